"""Sites, desks and slots: everyone called once, no slot over its rate, high-risk buildings alone."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db.models import Q
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from gridwell.accounts.models import Post
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.audit.models import AuditEntry
from gridwell.core.clock import start_of
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.orders.tests.make import NOW, TODAY, make_building, make_district, make_zone
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY
from gridwell.plan.actions import up_to_date
from gridwell.residents.models import Household, Resident
from gridwell.screening.actions import desks, sites, slots
from gridwell.screening.actions.desks import Hours
from gridwell.screening.actions.rounds import open_round, plan_round
from gridwell.screening.actions.slots import Move
from gridwell.screening.models import Desk, Round, RoundMember, Site, Slot, SlotChange
from gridwell.screening.queries.called_to import called_to, slot_book
from gridwell.screening.queries.slots import facts_of, over_room, stage_of
from gridwell.screening.rules.sites import BEST_RATE
from gridwell.screening.rules.slots import grid_of
from gridwell.screening.tests.make import make_desks, make_order, make_sample, make_site

MORNING = start_of(TODAY) + timedelta(hours=6)


def at(hour: int, minute: int = 0) -> datetime:
    return start_of(TODAY) + timedelta(hours=hour, minutes=minute)


@pytest.fixture
def stage(officer: Actor) -> Round:
    """A planned round of two buildings, a site at each with one desk from 8 to 10."""
    make_district()
    make_building(rooms=("101", "201", "301"), people=4)
    make_building(building="2号楼", rooms=("101", "201"), people=4)
    make_building(compound="玉门里", building="3号楼", rooms=("101",), people=4)
    row = plan_round(actor=officer, order=make_order(officer, now=MORNING), now=MORNING)
    for number, building in enumerate(("1号楼", "3号楼"), 1):
        place = Place.objects.get(kind="building", name=building)
        site = make_site(officer, name=f"采样点{number}", place=place)
        make_desks(officer, row, site, opens=at(8), closes=at(10))
    return row


def made(officer: Actor, row: Round, now: datetime = MORNING) -> slots.Made:
    return slots.make_slots(actor=officer, round=row, now=now)


def test_everyone_is_called_once_to_the_nearest_site(officer: Actor, stage: Round) -> None:
    found = made(officer, stage)
    assert (found.people, found.people_unplaced, found.changed) == (24, 0, 0)
    rows = {s.place.building.name: s for s in Slot.objects.select_related("place", "site")}
    assert {name: slot.site.name for name, slot in rows.items()} == {
        "1号楼": "采样点1",
        "2号楼": "采样点1",
        "3号楼": "采样点2",
    }
    assert all(slot.because == "nearest" for slot in rows.values())
    again = made(officer, stage)
    assert (again.people, again.changed) == (24, 0)
    assert AuditEntry.objects.filter(act="screening.slots_made").count() == 2


def test_those_at_the_door_or_exempt_do_not_come(officer: Actor, stage: Round) -> None:
    row = open_round(actor=officer, round=stage, now=MORNING)
    one, two, three, *_rest = RoundMember.objects.filter(round=row, building__name="1号楼")
    RoundMember.objects.filter(pk=one.pk).update(at_door=True)
    RoundMember.objects.filter(pk=two.pk).update(exempt="away")
    make_sample(three)
    made(officer, row)
    assert Slot.objects.get(place__building__name="1号楼").people == 9
    assert set(called_to(row, [one.pk, two.pk, three.pk])) == {three.pk}


def test_who_walks_badly_has_a_slot_of_the_building(officer: Actor, stage: Round) -> None:
    old = Resident.objects.filter(name="住户1010").first()
    Resident.objects.filter(pk=old.pk).update(birth_on=TODAY.replace(year=1935))
    row = open_round(actor=officer, round=stage, now=MORNING)
    made(officer, row)
    slow = Slot.objects.get(walks_badly=True)
    assert (slow.people, slow.because) == (1, "walks_badly")
    member = RoundMember.objects.get(resident=old)
    mate = RoundMember.objects.filter(dwelling=member.dwelling).exclude(pk=member.pk).first()
    found = called_to(row, [member.pk, mate.pk])
    assert found[member.pk].slot == slow.pk
    assert found[mate.pk].slot != slow.pk


def test_units_of_a_high_zone_stand_alone(officer: Actor, stage: Round) -> None:
    make_zone(officer, place=Place.objects.get(name="2号楼"))
    row = open_round(actor=officer, round=stage, now=NOW - timedelta(hours=13))
    RoundMember.objects.filter(round=row).update(at_door=False)
    made(officer, row, NOW - timedelta(hours=13))
    risky = Slot.objects.get(place__building__name="2号楼")
    assert (risky.is_high_risk, risky.because) == (True, "high_risk")
    shared = Slot.objects.filter(site=risky.site, starts_at=risky.starts_at)
    assert shared.count() == 1


def test_without_desks_or_people_it_says_so(officer: Actor, stage: Round) -> None:
    Desk.objects.all().delete()
    with pytest.raises(RuleBroken, match="no_desks"):
        made(officer, stage)


def test_too_few_desks_leave_people_over_by_name(officer: Actor, stage: Round) -> None:
    Desk.objects.update(closes_at=at(8, 30))
    Round.objects.update(desk_rate=20)
    found = made(officer, stage)
    assert found.people_unplaced == 24 - sum(Slot.objects.values_list("people", flat=True))
    assert found.unplaced


def test_a_large_unit_is_cut_between_doors(officer: Actor, stage: Round) -> None:
    Round.objects.update(desk_rate=20)  # ten a slot
    made(officer, stage)
    pieces = Slot.objects.filter(place__building__name="1号楼").order_by("piece")
    assert [slot.people for slot in pieces] == [8, 4]
    doors = [door for slot in pieces for door in slot.doors]
    assert len(doors) == len(set(doors)) == 3
    row = open_round(actor=officer, round=stage, now=MORNING)
    for slot in pieces:
        for member in RoundMember.objects.filter(round=row, dwelling__in=slot.doors):
            assert called_to(row, [member.pk])[member.pk].slot == slot.pk


def test_a_desk_that_drops_out_moves_who_has_not_been_called(officer: Actor, stage: Round) -> None:
    Round.objects.update(desk_rate=24)  # twelve a slot: the two buildings follow each other
    row = open_round(actor=officer, round=stage, now=MORNING)
    made(officer, row)
    now = at(8, 10)
    begun = {slot.pk: slot.site_id for slot in Slot.objects.filter(starts_at__lte=now)}
    desk = Desk.objects.get(site__name="采样点1")
    found = slots.drop_out(actor=officer, desk=desk, reason="停电", now=now)
    assert found is not None
    assert found.people_unplaced == 0
    assert {s.pk: s.site_id for s in Slot.objects.filter(pk__in=begun)} == begun
    later = Slot.objects.exclude(pk__in=begun)
    assert later
    assert all(slot.site.name == "采样点2" and slot.starts_at > now for slot in later)
    change = SlotChange.objects.get(how="again")
    assert (change.from_site.name, change.to_site.name) == ("采样点1", "采样点2")
    assert slots.drop_out(actor=officer, desk=desk, reason="停电", now=now).changed == 0
    back = slots.take_up(actor=officer, desk=desk, now=now)
    assert back.changed == 0  # whoever was told has a slot: nobody is told a third time


@pytest.fixture
def one_site(officer: Actor, stage: Round) -> Round:
    """The open round with two desks at one site, where all twenty-four come at once."""
    Desk.objects.filter(site__name="采样点2").delete()
    site = Site.objects.get(name="采样点1")
    desks.add_desks(
        actor=officer, round=stage, site=site, hours=Hours(at(8), at(10)), post=None, now=NOW
    )
    Round.objects.update(desk_rate=24)
    row = open_round(actor=officer, round=stage, now=MORNING)
    made(officer, row)
    assert set(Slot.objects.values_list("starts_at", flat=True)) == {at(8)}
    return row


def test_who_was_called_keeps_the_slot_when_a_desk_drops_out(
    officer: Actor, one_site: Round
) -> None:
    """A building that is on its way stays; the others make room."""
    desk = Desk.objects.order_by("number").first()
    for called in Slot.objects.order_by("pk"):
        whom = Q(building=called.place) | Q(unit=called.place)
        RoundMember.objects.filter(round=one_site).update(calls=0)
        RoundMember.objects.filter(whom, round=one_site).update(calls=1)
        slots.drop_out(actor=officer, desk=desk, reason="停电", now=MORNING)
        assert Slot.objects.get(pk=called.pk).starts_at == at(8)
        assert Slot.objects.filter(starts_at__gt=at(8)).exists()
        slots.take_up(actor=officer, desk=desk, now=MORNING)
        Slot.objects.update(starts_at=at(8))


def test_who_still_stands_in_front_of_a_site_takes_room_of_the_next_slot(
    officer: Actor, one_site: Round
) -> None:
    """Twenty-four were called and one of two desks is left: twelve come before the next slot's."""
    now = at(8, 5)
    slots.drop_out(actor=officer, desk=Desk.objects.first(), reason="停电", now=now)
    found = stage_of(one_site, now)
    site = Site.objects.get(name="采样点1").pk
    assert found.behind == {site: 12}
    left = grid_of(found.plans, 30, 24, found.since)
    assert left.room[site, found.since] == 12
    assert (site, found.since) not in left.less(found.behind).room


def test_what_is_left_of_a_cut_unit_is_named(officer: Actor, stage: Round) -> None:
    Round.objects.update(desk_rate=20)  # ten a slot
    row = open_round(actor=officer, round=stage, now=MORNING)
    made(officer, row)
    piece = Slot.objects.filter(place__building__name="1号楼").order_by("piece").last()
    assert piece.doors
    piece.delete()
    day = up_to_date(community=COMMUNITY, day=row.on, now=MORNING)
    ((group, people),) = facts_of(row, day, MORNING).unplaced
    assert (group.key[0], people) == (piece.place_id, piece.people)


def the_move(slot: Slot, site: str, minute: int, **facts: object) -> Move:
    desk = Desk.objects.filter(site__name=site).first()
    return Move(site=desk.site_id, start=minute, ref=uuid4(), **facts)


def test_a_move_by_hand_stays_and_can_be_taken_back(officer: Actor, stage: Round) -> None:
    made(officer, stage)
    slot = Slot.objects.get(place__building__name="2号楼")
    move = the_move(slot, "采样点2", 9 * 60, seen=(slot.site_id, slot.starts_at))
    for _ in range(2):
        slots.move_slot(actor=officer, round=stage, slot=slot.pk, move=move, now=MORNING)
    slot.refresh_from_db()
    assert (slot.site.name, slot.starts_at, slot.is_by_hand) == ("采样点2", at(9), True)
    assert SlotChange.objects.count() == 1
    assert made(officer, stage).changed == 0
    change = SlotChange.objects.get()
    for _ in range(2):
        slots.undo_move(actor=officer, round=stage, change=change.pk, now=MORNING)
    slot.refresh_from_db()
    assert (slot.site.name, slot.is_by_hand, slot.because) == ("采样点1", False, "nearest")
    with pytest.raises(RuleBroken, match="move_not_last"):
        slots.undo_move(actor=officer, round=stage, change=change.pk + 1, now=MORNING)
    slots.move_slot(
        actor=officer, round=stage, slot=slot.pk, move=the_move(slot, "采样点2", 540), now=MORNING
    )
    assert slots.release_slots(actor=officer, round=stage, slots=[slot.pk], now=MORNING) == 1
    assert made(officer, stage).changed == 1


def test_moves_that_break_a_rule_are_refused(officer: Actor, stage: Round) -> None:
    Round.objects.update(desk_rate=24)
    made(officer, stage)
    slot = Slot.objects.get(place__building__name="2号楼")
    other = Slot.objects.get(place__building__name="1号楼")
    minute = int((other.starts_at - start_of(TODAY)).total_seconds() // 60)

    def refused(code: str, move: Move, now: datetime = MORNING, **facts: str) -> None:
        with pytest.raises(RuleBroken) as error:
            slots.move_slot(actor=officer, round=stage, slot=slot.pk, move=move, now=now, **facts)
        assert error.value.code == f"screening.{code}"

    refused("slot_no_desk", the_move(slot, "采样点1", 10 * 60))
    refused("slot_no_desk", the_move(slot, "采样点1", 8 * 60 + 15))
    refused("slot_no_desk", Move(site=10**6, start=480, ref=uuid4()))
    refused("slot_begun", the_move(slot, "采样点2", 480), now=at(8, 5), reason="急")
    refused("changed_meanwhile", the_move(slot, "采样点2", 540, seen=(0, slot.starts_at)))
    refused("slot_waiting", the_move(slot, "采样点1", minute))
    Slot.objects.filter(pk=other.pk).update(people=43)
    refused("slot_rate", the_move(slot, "采样点1", minute), reason="急")
    Slot.objects.filter(pk=other.pk).update(people=12, is_high_risk=True)
    refused("slot_mixed", the_move(slot, "采样点1", minute), reason="急")
    Slot.objects.filter(pk=other.pk).update(is_high_risk=False)
    slots.move_slot(
        actor=officer, round=stage, slot=slot.pk, move=the_move(slot, "采样点1", minute),
        now=MORNING, reason="同一栋",
    )  # fmt: skip
    assert SlotChange.objects.get().reason == "同一栋"
    stage.refresh_from_db()
    assert stage_of(stage, MORNING).waits[slot.site_id, minute] == 50


def test_rights(officer: Actor, other_officer: Actor, grid_worker: Actor, stage: Round) -> None:
    with pytest.raises(RuleBroken, match="not_allowed"):
        made(grid_worker, stage)
    with pytest.raises(NotVisible):
        made(other_officer, stage)
    desk = Desk.objects.first()
    with pytest.raises(RuleBroken, match="not_allowed"):
        desks.stop_desk(actor=grid_worker, desk=desk, reason="x", now=MORNING)


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("desk_hours_odd", {"hours": Hours(at(9), at(8))}),
        ("desk_other_day", {"hours": Hours(at(24), at(25))}),
        ("desk_too_late", {"hours": Hours(at(9), at(32))}),
        ("desk_count_odd", {"count": 0}),
        ("desk_count_odd", {"count": 21}),
    ],
)
def test_odd_desks(officer: Actor, stage: Round, code: str, facts: dict) -> None:
    given = {"hours": Hours(at(8), at(12)), "count": 1} | facts
    site = Desk.objects.first().site
    with pytest.raises(RuleBroken) as error:
        desks.add_desks(actor=officer, round=stage, site=site, now=MORNING, **given)
    assert error.value.code == f"screening.{code}"


def test_a_post_stands_at_one_desk_at_a_time(officer: Actor, stage: Round) -> None:
    post = Post.objects.get(holder=officer.user_id, role=Role.COMMUNITY_OFFICER)
    first, second = Desk.objects.order_by("pk")
    hours = Hours(at(8), at(10))
    desks.edit_desk(actor=officer, desk=first, hours=hours, post=post, now=MORNING)
    with pytest.raises(RuleBroken, match="desk_post_twice"):
        desks.edit_desk(actor=officer, desk=second, hours=hours, post=post, now=MORNING)
    later = Hours(at(10), at(12))
    desks.edit_desk(actor=officer, desk=second, hours=later, post=post, now=MORNING)
    desks.edit_desk(actor=officer, desk=second, hours=later, post=post, now=MORNING)
    assert AuditEntry.objects.filter(act="screening.desk_changed").count() == 2


def test_sites(officer: Actor, stage: Round) -> None:
    site = Desk.objects.first().site
    with pytest.raises(RuleBroken, match="site_named_so"):
        sites.open_site(actor=officer, community=COMMUNITY, name=f" {site.name} ", now=NOW)
    with pytest.raises(RuleBroken, match="site_nameless"):
        sites.open_site(actor=officer, community=COMMUNITY, name=" ", now=NOW)
    with pytest.raises(RuleBroken, match="site_has_desks"):
        sites.end_site(actor=officer, site=site, reason="雨", now=NOW)
    assert sites.renew_code(actor=officer, site=site, reason="被拍走", now=NOW).code_version == 2
    Slot.objects.all().delete()
    for desk in Desk.objects.filter(site=site):
        desks.remove_desk(actor=officer, desk=desk, now=NOW)
    assert sites.end_site(actor=officer, site=site, reason="雨", now=NOW).ends_at == NOW
    with pytest.raises(RuleBroken, match="site_ended"):
        sites.renew_code(actor=officer, site=site, reason="x", now=NOW)


@settings(
    max_examples=12,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # each example solves several timetables
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_after_any_stops_everyone_is_called_exactly_once(
    officer: Actor, stage: Round, data: st.DataObject
) -> None:
    """Random hours, a rate, then desks that drop out one after another through the morning."""
    Slot.objects.all().delete()
    SlotChange.objects.all().delete()
    Round.objects.update(
        desk_rate=data.draw(st.sampled_from([8, 16, 24, 80])), state="open", opened_at=MORNING
    )
    row = Round.objects.get()
    RoundMember.objects.all().delete()
    homes = list(Household.objects.order_by("pk"))
    for home in homes:
        for resident in Resident.objects.filter(dwelling=home.dwelling):
            RoundMember.objects.create(
                community_id=COMMUNITY, round=row, resident=resident, household=home,
                dwelling=home.dwelling, building_id=home.dwelling.building_id,
                at_door=data.draw(st.integers(0, 9)) == 9,
            )  # fmt: skip
    assume(RoundMember.objects.filter(at_door=False).exists())
    for desk in Desk.objects.all():
        opens = at(data.draw(st.integers(7, 9)))
        hours = data.draw(st.integers(1, 4))
        Desk.objects.filter(pk=desk.pk).update(
            opens_at=opens, closes_at=opens + timedelta(hours=hours), stopped_at=None
        )
    made(officer, row)
    _everyone_once(row, MORNING)
    now = at(7)
    for desk in Desk.objects.order_by("pk"):
        now += timedelta(minutes=data.draw(st.integers(0, 90)))
        if data.draw(st.booleans()):
            begun = set(
                Slot.objects.filter(starts_at__lte=now).values_list("pk", "site", "starts_at")
            )
            slots.drop_out(actor=officer, desk=desk, reason="停", now=now)
            kept = Slot.objects.filter(pk__in=[pk for pk, *_ in begun])
            assert set(kept.values_list("pk", "site", "starts_at")) == begun
            _everyone_once(row, now)


def _everyone_once(row: Round, now: datetime) -> None:
    stage = stage_of(row, now)
    to_come = RoundMember.objects.filter(round=row, at_door=False)
    book = slot_book(row)
    held: dict[int, int] = {}
    for member in to_come:
        place = book.of(
            dwelling=member.dwelling_id, unit=member.unit_id, building=member.building_id
        )
        if place is not None:
            held[place.slot] = held.get(place.slot, 0) + 1
    assert held == {slot.pk: slot.people for slot in stage.slots}
    coming = [slot for slot in stage.slots if not stage.has_begun(slot)]
    assert not [spot for spot in over_room(stage) if spot[1] >= stage.since]
    for slot in coming:
        start = stage.start_of(slot)
        inside = stage.by_spot[slot.site_id, start]
        assert sum(one.people for one in inside) <= stage.grid.room[slot.site_id, start]
        assert len({one.is_high_risk for one in inside}) == 1
    assert row.desk_rate <= BEST_RATE
