"""Rounds: who is due is frozen when one opens; what comes later is dated; the report adds up."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from gridwell.accounts.rules.actor import Actor
from gridwell.audit.models import AuditEntry
from gridwell.core.clock import end_of, start_of
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.health.actions.exemptions import exempt
from gridwell.health.models import Exemption
from gridwell.orders.actions.rounds import end_round_order
from gridwell.orders.actions.zones import Basis
from gridwell.orders.models import RoundOrder, ZoneRound
from gridwell.orders.rules.lifecycle import ScopeLine
from gridwell.orders.rules.rounds import Asked, Excess, Purpose, excess
from gridwell.orders.tests.make import NOW, TODAY, make_building, make_district, make_zone
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY, make_grid
from gridwell.plan.actions import recompute_after, up_to_date
from gridwell.residents.actions.guests import register_guest
from gridwell.residents.models import Household, Presence, Resident, Trait
from gridwell.residents.tests.make import make_resident
from gridwell.screening.actions.members import (
    add_member,
    end_member_exemption,
    exempt_member,
    remove_member,
    set_at_door,
    set_outcome,
)
from gridwell.screening.actions.rounds import (
    bring_up_to_date,
    close_round,
    open_round,
    plan_round,
    refresh_outcome,
    set_targets,
)
from gridwell.screening.models import Round, RoundMember
from gridwell.screening.queries.due import differs
from gridwell.screening.queries.members import missing, progress, total, with_status
from gridwell.screening.queries.proposals import area_proposal, excess_of, proposed
from gridwell.screening.queries.rounds import access_round
from gridwell.screening.rules.coverage import Status, status_of
from gridwell.screening.tests.make import make_order, make_round, make_sample, make_tube

LATER = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _district(db: None) -> None:
    make_district()


def codes(act: str) -> int:
    return AuditEntry.objects.filter(act=act).count()


def test_an_order_asks_and_sent_twice_is_one(officer: Actor) -> None:
    one = make_order(officer)
    assert make_order(officer) == one
    assert codes("orders.round_ordered") == 1
    end_round_order(actor=officer, order=one, reason="取消", now=NOW)
    with pytest.raises(RuleBroken, match="round_order_ended"):
        end_round_order(actor=officer, order=one, reason="取消", now=NOW)
    assert make_order(officer) != one


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"on": TODAY - timedelta(days=1)}, "round_in_the_past"),
        ({"on": TODAY + timedelta(days=60)}, "too_far_ahead"),
        ({"purpose": "holiday"}, "round_purpose_unknown"),
        ({"pool": "30"}, "round_pool_unknown"),
        ({"purpose": Purpose.ZONE_DAY}, "round_needs_zone"),
        ({"basis": Basis(clause="x")}, "zone_without_basis"),
        ({"basis": Basis(ordered_by="区指挥部")}, "round_without_clause"),
        ({"lines": [ScopeLine(place=999999)]}, "place_not_here"),
    ],
)
def test_an_order_that_does_not_stand_is_refused(officer: Actor, wrong: dict, code: str) -> None:
    with pytest.raises(RuleBroken, match=code):
        make_order(officer, **wrong)
    assert not RoundOrder.objects.exists()


def test_only_officers_order(grid_worker: Actor, other_officer: Actor) -> None:
    with pytest.raises(RuleBroken, match="not_allowed"):
        make_order(grid_worker)
    with pytest.raises(NotVisible):
        make_order(other_officer)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (Asked("city_round", TODAY, "20", cases=2), ()),
        (Asked("city_round", TODAY, "20"), (Excess.NO_CASE,)),
        (Asked("city_round", TODAY, "20", cases=1, is_stop=True), (Excess.AFTER_STOP,)),
        (
            Asked("city_round", TODAY, "20", cases=1, next_on=TODAY + timedelta(days=2)),
            (Excess.IN_PAUSE,),
        ),
        (Asked("zone_day", TODAY, "household", zone_days=frozenset({TODAY}), is_high=True), ()),
        (
            Asked("zone_day", TODAY, "20", is_high=True, same_day=1, knows_clause=False),
            (
                Excess.DAY_NOT_ASKED,
                Excess.TWICE_A_DAY,
                Excess.POOL_TOO_LARGE,
                Excess.NO_CLAUSE,
            ),
        ),
    ],
)
def test_what_goes_beyond_the_rule_is_named(asked: Asked, found: tuple) -> None:
    assert excess(asked) == found


def test_a_round_freezes_who_is_due(officer: Actor) -> None:
    building = make_building(rooms=("101", "201"), people=2)
    one, two, three, four = Resident.objects.order_by("pk")
    Presence.objects.create(
        community_id=COMMUNITY,
        dwelling_id=one.dwelling_id,
        resident=one,
        starts_at=start_of(TODAY) - timedelta(days=3),
        recorded_at=NOW,
    )
    exempt(
        actor=officer,
        resident=two,
        reason="recovered",
        starts_at=start_of(TODAY),
        ends_at=end_of(TODAY + timedelta(days=30)),
        now=NOW,
    )
    Trait.objects.create(
        community_id=COMMUNITY,
        dwelling_id=three.dwelling_id,
        resident=three,
        code="cannot_walk",
        starts_at=start_of(TODAY),
        recorded_at=NOW,
    )
    guest = register_guest(
        actor=officer,
        place=Place.objects.get(pk=one.dwelling_id),
        name="王店员",
        kind="visitor",
        starts_at=start_of(TODAY),
        ends_at=None,
        ref=uuid4(),
        now=NOW,
    )
    row = make_round(officer)
    assert row.state == "open"
    members = {m.resident_id or m.guest: m for m in RoundMember.objects.filter(round=row)}
    assert set(members) == {one.pk, two.pk, three.pk, four.pk, guest.ref}
    assert (members[one.pk].exempt, members[two.pk].exempt) == ("away", "recovered")
    assert members[three.pk].door_reason == "cannot_walk"
    assert members[three.pk].at_door
    assert not members[four.pk].at_door
    assert members[guest.ref].household_id == members[one.pk].household_id
    assert {m.building_id for m in members.values()} == {building.pk}
    assert total(row).due == 3
    assert open_round(actor=officer, round=row, now=LATER).opened_at == NOW
    assert codes("screening.round_opened") == 1


def test_somebody_old_and_alone_is_sampled_at_the_door(officer: Actor) -> None:
    make_building(rooms=("101",), people=1)
    Resident.objects.update(birth_on=date(1940, 1, 1))
    assert RoundMember.objects.get(round=make_round(officer)).door_reason == "old_alone"


def test_a_line_limits_the_round_to_a_building(officer: Actor) -> None:
    one = make_building(rooms=("101",), people=2)
    make_building(building="2号楼", rooms=("101",), people=3)
    row = make_round(officer, lines=[ScopeLine(place=one.pk)])
    assert RoundMember.objects.filter(round=row).count() == 2


def test_nobody_due_or_not_yet_or_ended_is_refused(officer: Actor) -> None:
    order = make_order(officer)
    row = plan_round(actor=officer, order=order, now=NOW)
    assert plan_round(actor=officer, order=order, now=NOW) == row
    with pytest.raises(RuleBroken, match="nobody_due"):
        open_round(actor=officer, round=row, now=NOW)
    make_building()
    far = plan_round(
        actor=officer, order=make_order(officer, on=TODAY + timedelta(days=3)), now=NOW
    )
    with pytest.raises(RuleBroken, match="too_early"):
        open_round(actor=officer, round=far, now=NOW)
    end_round_order(actor=officer, order=order, reason="取消", now=NOW)
    with pytest.raises(RuleBroken, match="order_ended"):
        open_round(actor=officer, round=row, now=NOW)


def test_a_round_is_reached_through_the_actor(officer: Actor, other_officer: Actor) -> None:
    make_building()
    row = make_round(officer)
    assert access_round(officer, COMMUNITY, row.pk) == row
    for actor in (other_officer,):
        with pytest.raises(NotVisible):
            access_round(actor, COMMUNITY, row.pk)


def test_every_status_is_the_rules(officer: Actor) -> None:
    make_building(rooms=("101", "201", "301", "401"), people=2)
    row = make_round(officer)
    members = list(RoundMember.objects.filter(round=row).order_by("pk"))
    make_sample(members[0])
    members[1].exempt = "away"
    for member, outcome in zip(members[2:5], ("refused", "away", "not_found"), strict=True):
        member.outcome = outcome
    members[5].calls = 2
    for member in members:
        member.save()
    make_sample(members[2])  # refused at first, then came
    make_sample(members[6]).__class__.objects.filter(resident=members[6].resident_id).update(
        superseded_at=NOW
    )  # taken back
    found = with_status(RoundMember.objects.filter(round=row), row)
    sampled = {members[0].pk, members[2].pk}
    for member in found:
        assert member.status == status_of(
            is_sampled=member.pk in sampled,
            is_exempt=bool(member.exempt),
            outcome=member.outcome,
            calls=member.calls,
        )
    whole = total(row)
    assert (whole.due, whole.sampled, whole.missing, whole.exempt) == (7, 2, 5, 1)
    assert missing(RoundMember.objects.filter(round=row), row).count() == 5
    homes = progress(row, "household")
    assert sum(part.due for part in homes.values()) == 7
    assert homes[members[0].household_id].sampled == 1


@pytest.mark.parametrize("people", [1, 6])
def test_figures_cost_one_query(officer: Actor, django_assert_num_queries, people: int) -> None:
    make_building(people=people)
    row = make_round(officer)
    with django_assert_num_queries(1):
        progress(row, "building")


def test_what_came_later_is_dated(officer: Actor) -> None:
    make_building(rooms=("101",), people=2)
    row = make_round(officer)
    first = RoundMember.objects.filter(round=row).order_by("pk").first()
    late = make_resident(household=Household.objects.get(), name="后到的")
    gone = Resident.objects.order_by("pk")[1]
    gone.memberships.update(ends_at=start_of(TODAY))
    from gridwell.plan.models import DayPlan

    DayPlan.objects.update(is_stale=True)
    assert bring_up_to_date(actor=officer, round=row, reason="今日变动", now=LATER) == (1, 1, 0)
    added = RoundMember.objects.get(round=row, resident=late)
    assert (added.added_at, added.added_reason) == (LATER, "今日变动")
    removed = RoundMember.objects.get(round=row, resident=gone)
    assert removed.removed_at == LATER
    assert bring_up_to_date(actor=officer, round=row, reason="今日变动", now=LATER) == (0, 0, 0)
    assert codes("screening.round_updated") == 1
    assert total(row).due == 2
    remove_member(actor=officer, member=first, reason="重复登记", now=LATER)
    with pytest.raises(RuleBroken, match="changed_meanwhile"):
        remove_member(actor=officer, member=first, reason="重复登记", now=LATER)
    again = add_member(
        actor=officer, round=row, resident=first.resident, reason="搞错了", now=LATER
    )
    assert again.pk == first.pk
    assert again.removed_at is None
    with pytest.raises(RuleBroken, match="reason_missing"):
        remove_member(actor=officer, member=again, reason=" ", now=LATER)
    make_sample(again)
    with pytest.raises(RuleBroken, match="sampled_already"):
        remove_member(actor=officer, member=again, reason="搬走", now=LATER)


def test_outcomes_and_exemptions(
    officer: Actor, grid_worker: Actor, other_grid_worker: Actor
) -> None:
    make_building(rooms=("101",), people=2)
    Place.objects.filter(kind="dwelling").update(grid=make_grid(number="1"))
    row = make_round(officer)
    ids = list(RoundMember.objects.filter(round=row).order_by("pk").values_list("pk", flat=True))
    facts = {"round": row, "members": ids, "now": LATER}
    assert set_outcome(actor=other_grid_worker, outcome="refused", **facts) == 0
    assert set_outcome(actor=grid_worker, outcome="refused", remark="说明天来", **facts) == 2
    assert set_outcome(actor=grid_worker, outcome="refused", **facts) == 0
    assert codes("screening.outcome_set") == 1
    with pytest.raises(RuleBroken, match="outcome_unknown"):
        set_outcome(actor=grid_worker, outcome="sampled", **facts)
    assert set_outcome(actor=grid_worker, outcome="", **facts) == 2
    member = RoundMember.objects.get(pk=ids[0])
    exempting = {"actor": grid_worker, "member": member, "now": LATER}
    until = end_of(TODAY + timedelta(days=2))
    for reason, end, code in (
        ("bored", until, "exempt_reason_unknown"),
        ("away", None, "exempt_needs_end"),
        ("other", until, "reason_missing"),
    ):
        with pytest.raises(RuleBroken, match=code):
            exempt_member(reason=reason, until=end, **exempting)
    exempt_member(reason="cannot_be_sampled", until=until, **exempting)
    assert Exemption.objects.get().resident_id == member.resident_id
    assert total(row).due == 1
    end_member_exemption(actor=grid_worker, member=member, reason="能采了", now=LATER)
    assert total(row).due == 2
    assert set_at_door(actor=grid_worker, at_door=True, **facts) == 2


def test_targets_are_times_that_grow(officer: Actor) -> None:
    make_building(rooms=("101",), people=1)
    row = make_round(officer)
    set_targets(actor=officer, round=row, targets=[("11:00", 40), ("15:30", 100)], now=NOW)
    assert Round.objects.get(pk=row.pk).targets == [["11:00", 40], ["15:30", 100]]
    for odd in ([], [("25:00", 50)], [("12:00", 60), ("11:00", 100)], [("12:00", 101)]):
        with pytest.raises(RuleBroken, match="targets_odd"):
            set_targets(actor=officer, round=row, targets=odd, now=NOW)


def test_a_zones_round_is_written_from_its_samples(officer: Actor) -> None:
    building = make_building(rooms=("101", "201"), people=1)
    make_building(building="2号楼", rooms=("101",), people=1)
    zone = make_zone(officer, place=building, since=TODAY - timedelta(days=1))
    row = make_round(officer, purpose=Purpose.ZONE_DAY, zone=zone, pool="household")
    members = list(RoundMember.objects.filter(round=row).order_by("pk"))
    assert len(members) == 2
    assert all(m.door_reason == "zone" for m in members)
    tube = make_tube(row, state="negative", resulted_at=LATER)
    make_sample(members[0], tube=tube)
    with pytest.raises(RuleBroken, match="still_missing"):
        close_round(actor=officer, round=row, now=LATER)
    done = close_round(actor=officer, round=row, now=LATER, reason="一人明日补采")
    assert (done.report["due"], done.report["sampled"], done.report["missed"]) == (
        2,
        1,
        [members[1].pk],
    )
    outcome = ZoneRound.objects.get()
    assert (outcome.due, outcome.sampled, outcome.negative) == (2, 1, 1)
    assert outcome.source == f"round:{row.ref}"
    assert outcome.last_result_at == LATER
    assert refresh_outcome(actor=officer, round=done, now=LATER) == outcome
    assert close_round(actor=officer, round=row, now=LATER).closed_at == LATER
    with pytest.raises(RuleBroken, match="round_closed"):
        set_outcome(actor=officer, round=row, members=[1], outcome="away", now=LATER)
    assert total(row).sampled == 1
    assert Status.SAMPLED in total(row).by_status


def test_a_round_of_key_people_asks_only_them(officer: Actor) -> None:
    make_building(rooms=("101", "201"), people=2)
    courier, frail, *_ = Resident.objects.order_by("pk")
    for resident, code, value in ((courier, "risk_post", "courier"), (frail, "pregnant", "")):
        Trait.objects.create(
            community_id=COMMUNITY, resident=resident, code=code, value=value,
            starts_at=NOW - timedelta(days=9), recorded_at=NOW - timedelta(days=9),
        )  # fmt: skip
    plan = up_to_date(community=COMMUNITY, day=TODAY, now=NOW).plan
    (asked,) = [row for row in proposed(COMMUNITY, plan, NOW) if row.purpose == "key_people"]
    assert (asked.traits, asked.people, asked.clause) == (("risk_post",), 1, "T4-8")
    for traits, purpose in (
        ((), "key_people"),
        (("pregnant",), "city_round"),
        (("x",), "key_people"),
    ):
        with pytest.raises(RuleBroken, match=r"round_(needs_traits|trait_unknown)"):
            make_order(officer, purpose=purpose, traits=traits)
    row = make_round(officer, purpose="key_people", traits=["risk_post:courier"])
    assert [m.resident for m in RoundMember.objects.filter(round=row)] == [courier]
    other = make_order(officer, purpose="key_people", traits=["pregnant"])
    assert other != row.order
    assert not [r for r in proposed(COMMUNITY, plan, NOW) if r.purpose == "key_people"]


def test_old_and_alone_is_who_has_nobody_else_at_home(officer: Actor) -> None:
    make_building(rooms=("101",), people=2)
    old, other = Resident.objects.order_by("pk")
    Resident.objects.filter(pk=old.pk).update(birth_on=date(1935, 1, 1))
    exempt(
        actor=officer, resident=other, reason="recovered", starts_at=NOW - timedelta(days=2),
        ends_at=NOW + timedelta(days=9), now=NOW - timedelta(days=1),
    )  # fmt: skip
    row = make_round(officer)
    assert not RoundMember.objects.get(round=row, resident=old).at_door


def test_nothing_is_proposed_while_a_round_run_here_waits(officer: Actor) -> None:
    make_building(rooms=("101",), people=1)
    row = make_round(officer)
    orders = list(RoundOrder.objects.all())
    later = NOW + timedelta(days=1)
    assert area_proposal(COMMUNITY, orders, later) is None
    close_round(actor=officer, round=row, reason="天黑", now=NOW)
    assert area_proposal(COMMUNITY, orders, later) is not None


def test_two_rounds_of_a_zone_on_a_day_are_one_too_many(officer: Actor) -> None:
    building = make_building(rooms=("101",), people=1)
    zone = make_zone(officer, place=building, since=TODAY - timedelta(days=1))
    make_order(officer, purpose="zone_day", zone=zone, pool="single")
    plan = up_to_date(community=COMMUNITY, day=TODAY, now=NOW).plan
    draft = RoundOrder(
        community_id=COMMUNITY, zone=zone, purpose="closing_round", on=TODAY, pool="single",
        clause="T4-8",
    )  # fmt: skip
    assert Excess.TWICE_A_DAY in excess_of(draft, plan, NOW)


def test_a_difference_is_seen_without_working_it_out(officer: Actor) -> None:
    make_building(rooms=("101",), people=2)
    row = make_round(officer)

    def seen() -> bool:
        return differs(row, up_to_date(community=COMMUNITY, day=TODAY, now=NOW).plan)

    assert not seen()
    one, *_ = RoundMember.objects.order_by("pk")
    exempt_member(actor=officer, member=one, reason="away", until=NOW + timedelta(days=2), now=NOW)
    assert not seen()
    make_resident(household=one.household, name="新来的")
    recompute_after(communities=[COMMUNITY], day=TODAY, now=NOW)
    assert seen()
    bring_up_to_date(actor=officer, round=row, reason="新搬来", now=NOW)
    assert not seen()
    Resident.objects.filter(name="新来的").update(died_on=TODAY - timedelta(days=1))
    RoundMember.objects.filter(resident__name="新来的").update(added_at=None)
    recompute_after(communities=[COMMUNITY], day=TODAY, now=NOW)
    assert seen()
    make_sample(RoundMember.objects.get(resident__name="新来的"))
    assert not seen()
