"""Facts of an entry that was merged count for the person who lives on."""

from datetime import timedelta

import pytest

from gridwell.accounts.rules.actor import Actor
from gridwell.core.clock import start_of
from gridwell.health.actions import begin_stay
from gridwell.orders.tests.make import NOW, TODAY, make_building, make_district
from gridwell.places.tests.make import COMMUNITY
from gridwell.plan.queries.snapshot import load_snapshot
from gridwell.plan.rules.engine import derive
from gridwell.plan.rules.plan import DutyCode
from gridwell.residents.actions.merging import merge_residents, undo_merge
from gridwell.residents.models import Presence, Resident, Trait


@pytest.fixture(autouse=True)
def _building(db: None) -> None:
    make_district()
    make_building(rooms=("101",), people=3)


def people() -> tuple[Resident, Resident, Resident]:
    gone, kept, other = Resident.objects.order_by("pk")
    return gone, kept, other


def stay_home() -> set[int]:
    plan = derive(load_snapshot(COMMUNITY, TODAY, NOW), TODAY)
    return {
        who for duty in plan.duties if duty.code == DutyCode.STAY_HOME for who in duty.residents
    }


def test_nobody_gets_out_of_an_isolation_by_being_merged(officer: Actor) -> None:
    gone, kept, _ = people()
    begin_stay(
        actor=officer, resident=gone, kind="home", person_class="close_contact",
        from_on=TODAY, source="desk", now=NOW,
    )  # fmt: skip
    assert gone.pk in stay_home()
    merge_residents(actor=officer, gone=gone, kept=kept, reason="同一人", now=NOW)
    assert kept.pk in stay_home()
    assert gone.pk not in stay_home()
    undo_merge(actor=officer, gone=gone, now=NOW)
    assert gone.pk in stay_home()
    assert kept.pk not in stay_home()


def test_circumstances_and_absences_of_both_entries_are_the_persons(officer: Actor) -> None:
    gone, kept, other = people()
    facts = {"community_id": COMMUNITY, "starts_at": start_of(TODAY), "recorded_at": NOW}
    for who, code in ((gone, "cannot_walk"), (kept, "pregnant"), (other, "pregnant")):
        Trait.objects.create(resident=who, dwelling_id=who.dwelling_id, code=code, **facts)
    Presence.objects.create(
        resident=gone, dwelling_id=gone.dwelling_id, ends_at=NOW + timedelta(days=1), **facts
    )
    merge_residents(actor=officer, gone=gone, kept=kept, reason="同一人", now=NOW)
    found = load_snapshot(COMMUNITY, TODAY, NOW).people
    assert found.traits == {
        kept.pk: frozenset({"cannot_walk", "pregnant"}),
        other.pk: frozenset({"pregnant"}),
    }
    assert found.away == {kept.pk: [(start_of(TODAY), NOW + timedelta(days=1))]}
