"""Stored days: computed from facts, stale when an act that matters comes, replayed as known then."""

import json
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from gridwell.accounts.rules.actor import Actor
from gridwell.audit.actions import record, record_look
from gridwell.audit.models import AuditEntry, AuditHead
from gridwell.core import clock
from gridwell.core.cli import main
from gridwell.core.models import Job
from gridwell.orders.actions.zones import withdraw_change
from gridwell.orders.models import ZoneChange
from gridwell.places.tests.make import COMMUNITY, OTHER_COMMUNITY, make_area, make_dwelling
from gridwell.plan import actions
from gridwell.plan.models import DayPlan
from gridwell.plan.queries import days
from gridwell.plan.queries.days import CHANGING, COMMON, behind, derived, stored_day
from gridwell.plan.queries.snapshot import load_snapshot
from gridwell.plan.rules.plan import DutyCode
from gridwell.residents.models import Resident
from gridwell.residents.tests.make import make_household, make_resident
from gridwell.web.tests.make import EVENING, make_homes, make_zone

pytestmark = pytest.mark.django_db
DAY = clock.day_of(EVENING)


def test_stored_equals_derived(officer: Actor) -> None:
    make_homes(3)
    make_zone(officer)
    stored = actions.recompute(community=COMMUNITY, day=DAY, now=EVENING)
    again = stored_day(COMMUNITY, DAY)
    assert again is not None
    assert again.plan == stored.plan
    fresh = derived(COMMUNITY, DAY)
    assert (fresh.duties, fresh.work, fresh.zones) == (
        stored.plan.duties,
        stored.plan.work,
        stored.plan.zones,
    )


def test_an_act_that_matters_makes_it_stale_and_a_look_does_not(officer: Actor) -> None:
    make_homes(1)
    actions.recompute(community=COMMUNITY, day=DAY, now=EVENING)
    record_look(officer, COMMUNITY, list(Resident.objects.all()), "送药联系")
    record("accounts.signed_in", actor=officer, community=COMMUNITY)
    record("screening.batch_taken", actor=officer, community=COMMUNITY)
    assert not COMMON.startswith(CHANGING)
    assert not any(act.startswith(COMMON) for act in CHANGING)
    assert behind([COMMUNITY], DAY) == []
    make_zone(officer)
    assert behind([COMMUNITY], DAY) == [COMMUNITY]
    day = actions.up_to_date(community=COMMUNITY, day=DAY, now=EVENING)
    assert day.plan.residents_with(DutyCode.STAY_HOME)
    assert behind([COMMUNITY], DAY) == []


@pytest.mark.django_db(transaction=True)
def test_what_was_read_of_the_trail_is_not_read_again(
    officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_homes(1)
    actions.recompute(community=COMMUNITY, day=DAY, now=EVENING)
    monkeypatch.setattr(days, "_quiet", {})
    monkeypatch.setattr(days, "READ_EVERY", 0.0)

    def is_stale() -> bool:
        day = stored_day(COMMUNITY, DAY)
        assert day is not None
        return day.is_stale

    for _ in range(3):
        record("screening.batch_taken", actor=officer, community=COMMUNITY)
        assert not is_stale()
    end = AuditHead.objects.get(pk=COMMUNITY)
    assert (days._quiet[COMMUNITY].until, days._quiet[COMMUNITY].digest) == (
        end.sequence,
        end.digest,
    )
    # Inside a transaction nothing is remembered: it may be undone, and its numbers taken again.
    with transaction.atomic():
        record("screening.batch_taken", actor=officer, community=COMMUNITY)
        assert not is_stale()
        transaction.set_rollback(True)
    assert days._quiet[COMMUNITY].until == end.sequence
    record("health.isolated", actor=officer, community=COMMUNITY)
    assert is_stale()
    assert is_stale()  # and it stays so
    # Another trail under the same number: what is remembered is of no use.
    AuditEntry.objects.filter(community=COMMUNITY, sequence=end.sequence).update(digest="x" * 64)
    assert is_stale()
    assert COMMUNITY not in days._quiet


def test_a_slower_computation_does_not_overwrite_one_that_saw_more(officer: Actor) -> None:
    make_homes(1)
    actions.recompute(community=COMMUNITY, day=DAY, now=EVENING)
    DayPlan.objects.update(last_fact=10**6)
    row = DayPlan.objects.get()
    actions.recompute(community=COMMUNITY, day=DAY, now=EVENING)
    assert DayPlan.objects.get().ref == row.ref


def test_a_body_of_another_version_is_computed_again(officer: Actor) -> None:
    make_homes(1)
    actions.recompute(community=COMMUNITY, day=DAY, now=EVENING)
    row = DayPlan.objects.get()
    DayPlan.objects.update(
        body={**row.body, "format": 0}, ref="0193d9d2-0000-7000-8000-000000000000"
    )
    assert stored_day(COMMUNITY, DAY) is None
    assert actions.up_to_date(community=COMMUNITY, day=DAY, now=EVENING).plan.community == COMMUNITY


def test_a_withdrawn_zone_held_people_as_known_then_and_not_as_known_now(officer: Actor) -> None:
    make_homes(1)
    make_zone(officer)
    withdraw_change(
        actor=officer,
        change=ZoneChange.objects.get(),
        reason="划错了楼",
        now=EVENING + timedelta(hours=1),
    )
    then = derived(COMMUNITY, DAY, EVENING)
    now = derived(COMMUNITY, DAY, EVENING + timedelta(hours=2))
    assert then.residents_with(DutyCode.STAY_HOME)
    assert not now.residents_with(DutyCode.STAY_HOME)


def test_nobody_of_another_community_is_in_the_snapshot(officer: Actor) -> None:
    make_homes(1)
    make_resident(household=make_household(dwelling=make_dwelling(community=OTHER_COMMUNITY)))
    snapshot = load_snapshot(COMMUNITY, DAY)
    assert len(snapshot.people.ids) == 2
    assert len(snapshot.dwellings.ids) == 1


def test_queries_do_not_grow(officer: Actor) -> None:
    make_homes(1)
    make_zone(officer)
    load_snapshot(COMMUNITY, DAY)
    with CaptureQueriesContext(connection) as few:
        load_snapshot(COMMUNITY, DAY)
    make_homes(20)
    with CaptureQueriesContext(connection) as many:
        load_snapshot(COMMUNITY, DAY)
    assert len(many) == len(few)


def test_many_communities_are_left_to_the_worker(officer: Actor) -> None:
    codes = [make_area(code=140109008010 + n).pk for n in range(6)]
    actions.recompute_after(communities=codes, day=DAY, now=EVENING)
    assert Job.objects.filter(kind=actions.JOB).count() == 6
    actions.recompute_after(communities=codes, day=DAY, now=EVENING)
    assert Job.objects.filter(kind=actions.JOB).count() == 6


def test_the_command_prints_one_object(officer: Actor, capsys: pytest.CaptureFixture[str]) -> None:
    make_homes(2)
    make_zone(officer)
    assert main(["plan", "--community", str(COMMUNITY), "--day", DAY.isoformat(), "--json"]) == 0
    body = json.loads(capsys.readouterr().out)
    assert body["duties"]["stay_home"] == [4, 2, 1]
    assert main(["plan", "--community", "110000000000"]) == 1
    assert main(["plan", "--community", str(COMMUNITY), "--day", "soon"]) == 1
