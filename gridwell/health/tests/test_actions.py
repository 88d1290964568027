"""Writes of health facts: idempotent, corrected by new rows, refused for a stated reason."""

from datetime import date, timedelta

import pytest

from gridwell.accounts.rules.actor import Actor
from gridwell.audit.models import AuditEntry
from gridwell.core.clock import day_of
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.health.actions import (
    ResultRow,
    UntilRow,
    begin_stay,
    end_stay,
    record_case,
    record_isolations,
    record_result,
    record_results,
    withdraw_case,
)
from gridwell.health.actions.exemptions import exempt
from gridwell.health.models import Case, Isolation, Result
from gridwell.health.queries import isolations_of, isolations_on, results_of
from gridwell.orders.tests.make import NOW, make_building, make_district
from gridwell.places.tests.make import COMMUNITY
from gridwell.residents.models import Resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(db: None) -> Resident:
    make_district()
    make_building(rooms=("101",))
    return Resident.objects.order_by("pk").first()


def test_a_result_is_one_and_a_correction_another_row(person: Resident, officer: Actor) -> None:
    facts: dict = {"actor": officer, "resident": person, "sampled_at": NOW, "now": NOW}
    record_result(outcome="pending", **facts)
    record_result(outcome="pending", **facts)
    record_result(outcome="negative", **facts)
    assert [(r.outcome, r.superseded_at is None) for r in Result.objects.order_by("pk")] == [
        ("pending", False),
        ("negative", True),
    ]
    assert AuditEntry.objects.filter(act="health.results_recorded").count() == 2
    for wrong, code in (
        ({"sampled_at": NOW + timedelta(hours=1)}, "in_the_future"),
        ({"resulted_at": NOW - timedelta(hours=1)}, "result_before_sample"),
        ({"outcome": "rosy"}, "class_unknown"),
    ):
        with pytest.raises(RuleBroken) as refused:
            record_result(**{"outcome": "negative", **facts, **wrong})
        assert refused.value.code == f"health.{code}"


def test_many_results_in_few_queries(
    person: Resident, officer: Actor, django_assert_max_num_queries
) -> None:
    rows = [
        ResultRow(person.pk, person.dwelling_id, NOW - timedelta(hours=n), "negative")
        for n in range(300)
    ]
    with django_assert_max_num_queries(16):
        assert record_results(
            actor=officer, community=COMMUNITY, rows=rows, source="import:1", now=NOW
        ) == 300  # fmt: skip
    assert record_results(
        actor=officer, community=COMMUNITY, rows=rows, source="import:1", now=NOW
    ) == 0  # fmt: skip


def test_stay_ends_by_protocol_and_by_hand(person: Resident, officer: Actor) -> None:
    facts: dict = {
        "actor": officer,
        "resident": person,
        "kind": "home",
        "person_class": "zone_outflow",
        "from_on": date(2022, 11, 16),
        "now": NOW,
    }
    stay = begin_stay(**facts)
    assert day_of(stay.ends_at) == date(2022, 11, 24)  # arrival on the 16th, 7 full days
    assert stay.clause == "P20-high-out"
    for wrong, code in (
        ({}, "already_isolated"),
        ({"person_class": "secondary_contact"}, "class_abolished"),
        ({"person_class": "unheard_of"}, "class_unknown"),
        ({"from_on": date(2001, 1, 1)}, "no_protocol"),
        ({"from_on": date(2022, 11, 27)}, "too_far_ahead"),
    ):
        with pytest.raises(RuleBroken) as refused:
            begin_stay(**facts | wrong)
        assert refused.value.code == f"health.{code}"
    began = stay.pk
    with pytest.raises(RuleBroken, match=r"health\.reason_missing"):
        end_stay(actor=officer, stay=stay, reason="", ended_at=NOW, now=NOW)
    ended = end_stay(actor=officer, stay=stay, reason="核酸阴性", ended_at=NOW, now=NOW)
    assert ended.pk != began
    then = NOW - timedelta(minutes=1)
    assert [s.pk for s in isolations_on(COMMUNITY, then, NOW, known_at=then)] == []
    assert Isolation.objects.get(pk=began).superseded_at == NOW
    with pytest.raises(RuleBroken, match=r"health\.ended_already"):
        end_stay(
            actor=officer,
            stay=Isolation.objects.get(pk=began),
            reason="再来",
            ended_at=NOW,
            now=NOW,
        )


def test_ledger_isolations(person: Resident, officer: Actor) -> None:
    rows = [UntilRow(person.pk, person.dwelling_id, date(2022, 11, 25))]
    facts: dict = {"actor": officer, "community": COMMUNITY, "source": "import:1", "now": NOW}
    assert record_isolations(rows=rows, **facts) == 1
    assert record_isolations(rows=rows, **facts) == 0
    past = [UntilRow(person.pk, person.dwelling_id, date(2022, 11, 1))]
    assert record_isolations(rows=past, **facts) == 0


def test_cases(person: Resident, officer: Actor) -> None:
    facts: dict = {
        "actor": officer,
        "community": COMMUNITY,
        "found_at": NOW,
        "kind": "confirmed",
        "now": NOW,
    }
    case = record_case(resident=person, **facts)
    assert record_case(resident=person, **facts) == case
    with pytest.raises(RuleBroken, match=r"health\.where_missing"):
        record_case(**facts)
    withdraw_case(actor=officer, case=case, reason="录错", now=NOW)
    with pytest.raises(RuleBroken, match=r"health\.ended_already"):
        withdraw_case(actor=officer, case=case, reason="录错", now=NOW)
    assert Case.objects.count() == 1


def test_exemption_needs_an_end_after_its_start(person: Resident, officer: Actor) -> None:
    facts: dict = {"actor": officer, "resident": person, "reason": "recovered", "now": NOW}
    exempt(starts_at=NOW, ends_at=NOW + timedelta(days=30), **facts)
    with pytest.raises(RuleBroken, match=r"health\.ends_before_it_begins"):
        exempt(starts_at=NOW, ends_at=NOW, **facts)


def test_only_those_of_the_community(
    person: Resident, other_officer: Actor, district_officer: Actor, other_grid_worker: Actor
) -> None:
    facts: dict = {"resident": person, "sampled_at": NOW, "outcome": "negative", "now": NOW}
    with pytest.raises(NotVisible):
        record_result(actor=other_officer, **facts)
    with pytest.raises(RuleBroken, match=r"health\.not_allowed"):
        record_result(actor=district_officer, **facts)
    record_result(actor=Actor.system(COMMUNITY), **facts)
    assert results_of(other_officer, COMMUNITY).count() == 0
    assert results_of(other_grid_worker, COMMUNITY).count() == 0  # another grid's person
    assert isolations_of(other_officer, COMMUNITY).count() == 0
