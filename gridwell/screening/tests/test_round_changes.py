"""What changes while a round goes on: nobody is forgotten, nobody counts twice, what was decided stays."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from gridwell.accounts.rules.actor import Actor
from gridwell.audit.models import AuditEntry
from gridwell.core.clock import end_of, start_of
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.orders.rules.lifecycle import ScopeLine
from gridwell.orders.rules.rounds import Purpose
from gridwell.orders.tests.make import NOW, TODAY, make_building, make_district, make_zone
from gridwell.places.actions.grids import assign_grid
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY, make_grid
from gridwell.plan.actions import recompute_after, up_to_date
from gridwell.residents.actions.households import move_in
from gridwell.residents.actions.merging import merge_residents
from gridwell.residents.actions.people import record_death
from gridwell.residents.models import Household, Membership, Presence, Resident
from gridwell.residents.tests.make import make_resident
from gridwell.screening.actions import desk
from gridwell.screening.actions.members import (
    add_member,
    end_member_exemption,
    exempt_member,
    remove_member,
    set_at_door,
)
from gridwell.screening.actions.rounds import (
    WorkedIn,
    bring_up_to_date,
    close_round,
    open_round,
    plan_round,
    reopen_round,
)
from gridwell.screening.labels.rounds import ADDED
from gridwell.screening.models import Round, RoundMember
from gridwell.screening.presenters.rounds import changes, since_closed
from gridwell.screening.queries.desk import access_desk
from gridwell.screening.queries.due import differs
from gridwell.screening.queries.left import asked_twice
from gridwell.screening.queries.members import members_of, total
from gridwell.screening.tests.make import make_order, make_round, make_sample
from gridwell.tasks.models import Task

LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _district(db: None) -> None:
    make_district()


def worked_in(officer: Actor, row: Round) -> WorkedIn:
    """Bring the plan and then the round up to date."""
    recompute_after(communities=[COMMUNITY], day=TODAY, now=LATER)
    return bring_up_to_date(actor=officer, round=row, reason="当日变动", now=LATER)


def seen(officer: Actor, row: Round) -> bool:
    """Return whether the round's page says that something has changed."""
    recompute_after(communities=[COMMUNITY], day=TODAY, now=LATER)
    day = up_to_date(community=COMMUNITY, day=TODAY, now=LATER)
    assert bool(changes(officer, row, day)) == differs(row, day.plan)
    return changes(officer, row, day) is not None


def members(row: Round) -> list[RoundMember]:
    return list(RoundMember.objects.filter(round=row, removed_at=None).order_by("pk"))


def away(resident: Resident) -> Presence:
    return Presence.objects.create(
        community_id=COMMUNITY,
        dwelling_id=resident.dwelling_id,
        resident=resident,
        starts_at=start_of(TODAY) - timedelta(days=3),
        recorded_at=NOW,
    )


def test_who_comes_home_is_due_and_who_is_away_is_not(officer: Actor) -> None:
    make_building(rooms=("101",), people=2)
    one, two = Resident.objects.order_by("pk")
    gone = away(one)
    row = make_round(officer)
    assert (total(row).due, total(row).exempt) == (1, 1)
    Presence.objects.filter(pk=gone.pk).update(ends_at=start_of(TODAY) + timedelta(hours=1))
    away(two)
    assert seen(officer, row)
    assert worked_in(officer, row) == (0, 0, 2)
    assert [(m.resident_id, m.exempt) for m in members(row)] == [(one.pk, ""), (two.pk, "away")]
    assert not seen(officer, row)
    assert worked_in(officer, row) == (0, 0, 0)


def test_what_was_decided_by_hand_stays(officer: Actor) -> None:
    make_building(rooms=("101",), people=4)
    away(Resident.objects.order_by("pk")[1])
    row = make_round(officer)
    first, second, third, fourth = members(row)
    by_hand = {"actor": officer, "now": LATER}
    exempt_member(member=first, reason="away", until=end_of(TODAY), **by_hand)
    end_member_exemption(member=second, reason="人在家", **by_hand)
    remove_member(member=third, reason="重复登记", **by_hand)
    set_at_door(round=row, members=[fourth.pk], at_door=True, **by_hand)
    set_at_door(round=row, members=[fourth.pk], at_door=False, **by_hand)
    assert not seen(officer, row)
    assert worked_in(officer, row) == (0, 0, 0)
    assert [(m.pk, m.exempt) for m in members(row)] == [
        (first.pk, "away"), (second.pk, ""), (fourth.pk, ""),
    ]  # fmt: skip
    add_member(actor=officer, round=row, resident=third.resident, reason="搞错了", now=LATER)
    assert worked_in(officer, row) == (0, 0, 0)
    assert total(row).members == 4


def test_a_grid_worker_adds_nobody_of_another_grid(
    officer: Actor, grid_worker: Actor, other_grid_worker: Actor
) -> None:
    building = make_building(rooms=("101",), people=1)
    assign_grid(
        actor=officer, community=COMMUNITY, grid=make_grid(number="1"), place_ids=[building.pk],
        now=NOW,
    )  # fmt: skip
    row = make_round(officer)
    late = make_resident(household=Household.objects.get(), name="后到的")
    facts = {"round": row, "resident": late, "reason": "在家", "now": LATER}
    with pytest.raises(NotVisible):
        add_member(actor=other_grid_worker, **facts)
    assert total(row).members == 1
    assert add_member(actor=grid_worker, **facts).resident == late


def test_who_leaves_at_noon_leaves_nobody_alone_that_day(officer: Actor) -> None:
    make_building(rooms=("101",), people=2)
    old, other = Resident.objects.order_by("pk")
    Resident.objects.filter(pk=old.pk).update(birth_on=date(1930, 1, 1))
    gone = away(other)
    noon = start_of(TODAY) + timedelta(hours=12)
    Presence.objects.filter(pk=gone.pk).update(starts_at=noon)
    row = make_round(officer)
    assert [(m.exempt, m.at_door) for m in members(row)] == [("", False), ("", False)]
    Presence.objects.filter(pk=gone.pk).update(starts_at=start_of(TODAY))
    assert worked_in(officer, row) == (0, 0, 2)
    assert [(m.exempt, m.door_reason) for m in members(row)] == [("", "old_alone"), ("away", "")]


def test_who_was_added_by_hand_stays_though_the_register_does_not_ask(officer: Actor) -> None:
    own = make_building(rooms=("101",), people=1)
    make_building(building="2号楼", rooms=("101",), people=1)
    row = make_round(officer, lines=[ScopeLine(place=own.pk)])
    (inside,) = members(row)
    other = Resident.objects.exclude(pk=inside.resident_id).get()
    add_member(actor=officer, round=row, resident=other, reason="在本楼照看老人", now=LATER)
    assert not seen(officer, row)
    assert worked_in(officer, row) == (0, 0, 0)
    assert total(row).due == 2


def test_who_came_later_and_dies_is_taken_out(officer: Actor) -> None:
    make_building(rooms=("101",), people=1)
    row = make_round(officer)
    late = make_resident(household=Household.objects.get(), name="后到的")
    assert worked_in(officer, row) == (1, 0, 0)
    Resident.objects.filter(pk=late.pk).update(died_on=TODAY - timedelta(days=1))
    assert seen(officer, row)
    assert worked_in(officer, row) == (0, 1, 0)
    assert total(row).due == 1


def test_who_moves_is_missing_behind_the_new_door(officer: Actor) -> None:
    make_building(rooms=("101", "201"), people=2)
    row = make_round(officer)
    one, two, *_ = members(row)
    other = Household.objects.exclude(pk=one.household_id).get()
    make_sample(two)
    for member in (one, two):
        Membership.objects.filter(resident=member.resident_id).update(
            household=other, dwelling=other.dwelling_id
        )
        Resident.objects.filter(pk=member.resident_id).update(dwelling=other.dwelling_id)
    assert seen(officer, row)
    assert worked_in(officer, row) == (0, 0, 1)
    moved, stayed, *_ = members(row)
    assert (moved.dwelling_id, moved.household_id) == (other.dwelling_id, other.pk)
    assert stayed.dwelling_id == two.dwelling_id  # was sampled while living there


def test_who_is_isolated_at_home_meanwhile_is_sampled_at_the_door(officer: Actor) -> None:
    building = make_building(rooms=("101",), people=1)
    make_building(building="2号楼", rooms=("101",), people=1)
    row = make_round(officer)
    assert not any(m.at_door for m in members(row))
    make_zone(officer, place=building, since=TODAY - timedelta(days=1))
    assert worked_in(officer, row) == (0, 0, 1)
    assert [m.door_reason for m in members(row)] == ["zone", ""]


@pytest.mark.parametrize("sampled", ["gone", "kept"])
def test_two_entries_of_one_person_are_one_after_the_merge(officer: Actor, sampled: str) -> None:
    make_building(rooms=("101",), people=2)
    kept, gone = Resident.objects.order_by("pk")
    Resident.objects.update(document="")
    row = make_round(officer)
    by_resident = {m.resident_id: m for m in members(row)}
    make_sample(by_resident[{"gone": gone.pk, "kept": kept.pk}[sampled]])
    merge_residents(actor=officer, gone=gone, kept=kept, reason="同一人", now=LATER)
    assert worked_in(officer, row) == (0, 1, 0)
    assert (total(row).due, total(row).sampled) == (1, 1)
    assert worked_in(officer, row) == (0, 0, 0)


def test_a_building_handed_to_another_grid_is_on_its_list_at_once(
    officer: Actor, grid_worker: Actor, other_grid_worker: Actor
) -> None:
    building = make_building(rooms=("101",), people=2)
    make_building(building="2号楼", rooms=("101",), people=1)
    first, second = make_grid(number="1"), make_grid(number="2")
    facts = {"actor": officer, "community": COMMUNITY, "now": NOW}
    assign_grid(grid=first, place_ids=[building.pk], **facts)
    row = make_round(officer)

    def counts() -> list[int]:
        return [members_of(actor, row).count() for actor in (grid_worker, other_grid_worker)]

    assert counts() == [2, 0]
    assign_grid(grid=second, place_ids=[building.pk], **facts)
    assert counts() == [0, 2]
    assert Place.objects.get(pk=building.pk).grid == second
    close_round(actor=officer, round=row, reason="天黑", now=LATER)
    assign_grid(grid=first, place_ids=[building.pk], **facts)
    assert counts() == [0, 2]  # what is over stays as it was


def _zone_and_area(officer: Actor) -> tuple[Round, Round]:
    """Return the rounds of a zone and of the area, planned for one day; one home each."""
    building = make_building(rooms=("101",), people=3)
    make_building(building="2号楼", rooms=("101",), people=1)
    zone = make_zone(officer, place=building, since=TODAY - timedelta(days=1))
    own = make_order(officer, purpose=Purpose.ZONE_DAY, zone=zone, pool="single")
    every = make_order(officer, number=7)
    rows = [plan_round(actor=officer, order=order, now=NOW) for order in (own, every)]
    recompute_after(communities=[COMMUNITY], day=TODAY, now=NOW)
    return rows[0], rows[1]


@pytest.mark.parametrize("first", ["zone", "area"])
def test_nobody_is_due_in_two_rounds_of_a_day(officer: Actor, first: str) -> None:
    zone, area = _zone_and_area(officer)
    order = (zone, area) if first == "zone" else (area, zone)
    zone_row, area_row = None, None
    for one in order:
        opened = open_round(actor=officer, round=one, now=NOW)
        zone_row, area_row = (opened, area_row) if one is zone else (zone_row, opened)
        assert total(zone_row).due + total(area_row).due == 4 if one is order[1] else True
    assert (total(zone_row).due, total(area_row).due) == (3, 1)
    assert not seen(officer, area_row)
    assert worked_in(officer, area_row) == (0, 0, 0)
    # The zone's round ends with one sampled: the others are due in the area's again.
    make_sample(members(zone_row)[0])
    close_round(actor=officer, round=zone_row, reason="两人未找到", now=LATER)
    assert (total(area_row).due, total(area_row).missing) == (3, 3)
    assert not seen(officer, area_row)


def test_who_was_sampled_in_the_areas_round_stays_there_too(officer: Actor) -> None:
    zone, area = _zone_and_area(officer)
    area = open_round(actor=officer, round=area, now=NOW)
    make_sample(members(area)[0])
    zone = open_round(actor=officer, round=zone, now=LATER)
    assert total(zone).due == 3  # lifting the zone waits for everybody in it
    assert (asked_twice(zone), asked_twice(area)) == (1, 0)
    assert (total(area).due, total(area).sampled) == (2, 1)


def test_a_wide_round_opened_again_leaves_people_to_the_zones(officer: Actor) -> None:
    """The zone's round was opened while that of the area was closed."""
    zone, area = _zone_and_area(officer)
    area = open_round(actor=officer, round=area, now=NOW)
    assert total(area).due == 4
    close_round(actor=officer, round=area, reason="误点", now=LATER)
    zone = open_round(actor=officer, round=zone, now=LATER)
    reopen_round(actor=officer, round=area, reason="误点结束", now=LATER)
    assert (total(zone).due, total(area).due) == (3, 1)


@pytest.mark.parametrize("first", ["zone", "area"])
def test_who_is_worked_into_one_round_is_due_in_one(officer: Actor, first: str) -> None:
    zone, area = (open_round(actor=officer, round=one, now=NOW) for one in _zone_and_area(officer))
    late = make_resident(household=Household.objects.order_by("pk")[0], name="后到的")
    assert worked_in(officer, zone if first == "zone" else area) == (1, 0, 0)
    assert not seen(officer, zone)
    assert not seen(officer, area)
    assert not members_of(officer, area).filter(resident=late).exists()
    assert (total(zone).due, total(area).due) == (4, 1)


@pytest.mark.parametrize("by_hand", [False, True])
def test_who_was_scanned_by_mistake_is_missing_in_no_round_that_did_not_ask(
    officer: Actor, by_hand: bool
) -> None:
    zone, area = (open_round(actor=officer, round=one, now=NOW) for one in _zone_and_area(officer))
    (outside,) = members(area)
    if by_hand:  # somebody of the zone who was taken out of its round
        outside = members(zone)[0]
        remove_member(actor=officer, member=outside, reason="住院", now=NOW)
    before = total(zone)
    sampler = access_desk(officer, zone.pk)
    tube = desk.open_tube(sampler=sampler, code="TUBE-1", ref=uuid4(), desk="d", now=NOW)
    key = f"r:{outside.resident.ref.hex}"
    sample = desk.add_sample(sampler=sampler, tube=tube, key=key, ref=uuid4(), now=NOW)
    assert total(zone).due == before.due + 1
    desk.undo_sample(sampler=sampler, sample=sample, now=NOW)
    assert total(zone) == before
    gone = RoundMember.objects.get(round=zone, resident=outside.resident)
    assert str(ADDED[gone.removed_reason])
    desk.add_sample(sampler=sampler, tube=tube, key=key, ref=uuid4(), now=NOW)  # came after all
    assert (total(zone).due, total(zone).sampled) == (before.due + 1, 1)


def test_who_is_due_stays_due_when_the_sample_is_taken_back(officer: Actor) -> None:
    make_building(rooms=("101",), people=1)
    row = make_round(officer)
    late = make_resident(household=Household.objects.get(), name="后到的")
    recompute_after(communities=[COMMUNITY], day=TODAY, now=LATER)
    sampler = access_desk(officer, row.pk)
    tube = desk.open_tube(sampler=sampler, code="TUBE-1", ref=uuid4(), desk="d", now=LATER)
    key = f"r:{late.ref.hex}"
    sample = desk.add_sample(sampler=sampler, tube=tube, key=key, ref=uuid4(), now=LATER)
    desk.undo_sample(sampler=sampler, sample=sample, now=LATER)
    assert (total(row).due, total(row).missing) == (2, 2)


def test_who_moved_after_being_sampled_or_died_is_no_change_for_ever(officer: Actor) -> None:
    make_building(rooms=("101", "201"), people=1)
    row = make_round(officer)
    one, two = members(row)
    make_sample(one)
    facts = {"actor": officer, "now": LATER}
    other = Household.objects.get(pk=two.household_id)
    move_in(resident=one.resident, household=other, at=LATER, **facts)
    record_death(resident=two.resident, died_on=TODAY, **facts)
    assert worked_in(officer, row) == (0, 0, 0)
    assert not seen(officer, row)


def test_rounds_of_the_same_width_know_nothing_of_each_other(officer: Actor) -> None:
    one = make_building(rooms=("101",), people=2)
    rows = [make_round(officer, number=n, lines=[ScopeLine(place=one.pk)]) for n in (1, 2)]
    assert [total(row).due for row in rows] == [2, 2]


def test_a_round_closed_too_early_is_opened_again(officer: Actor, grid_worker: Actor) -> None:
    make_building(rooms=("101",), people=2)
    Resident.objects.update(birth_on=date(1930, 1, 1))
    row = make_round(officer)
    set_at_door(
        actor=officer, round=row, members=[m.pk for m in members(row)], at_door=True, now=NOW
    )
    facts = {"actor": officer, "round": row, "now": LATER}
    states = Task.objects.filter(kind="door_sampling").values_list("state", flat=True)
    assert set(states.all()) == {"open"}
    close_round(reason="误点", **facts)
    assert set(states.all()) == {"ended"}
    make_sample(members(row)[0])  # a desk sends later what it did before
    closed = Round.objects.get(pk=row.pk)
    assert since_closed(officer, closed, total(row)) == 1
    with pytest.raises(RuleBroken, match="reason_missing"):
        reopen_round(reason=" ", **facts)
    with pytest.raises(RuleBroken, match="not_allowed"):
        reopen_round(reason="误点", **(facts | {"actor": grid_worker}))
    with pytest.raises(RuleBroken, match="too_late_to_reopen"):
        reopen_round(reason="误点", **(facts | {"now": NOW + timedelta(days=2)}))
    again = reopen_round(reason="误点结束", **facts)
    assert (again.state, again.report, again.closed_at) == ("open", None, None)
    assert reopen_round(reason="误点结束", **facts).state == "open"
    assert AuditEntry.objects.filter(act="screening.round_reopened").count() == 1
    assert set(states.all()) == {"open"}
    done = close_round(reason="天黑", **facts)
    assert (done.report["due"], done.report["sampled"]) == (2, 1)
    assert since_closed(officer, done, total(row)) == 0


def test_a_zones_round_opened_again_takes_its_people_back(officer: Actor) -> None:
    zone, area = _zone_and_area(officer)
    zone, area = (open_round(actor=officer, round=one, now=NOW) for one in (zone, area))
    close_round(actor=officer, round=zone, reason="误点", now=LATER)
    assert (total(area).due, total(area).missing) == (4, 4)
    reopen_round(actor=officer, round=zone, reason="误点结束", now=LATER)
    assert (total(zone).due, total(area).due) == (3, 1)
