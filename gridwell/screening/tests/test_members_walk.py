"""Two rounds of one day while people come, go, move and are merged: nobody is forgotten or asked twice."""

import os
from collections import Counter
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from gridwell.accounts.rules.actor import Actor
from gridwell.core.clock import end_of, start_of
from gridwell.core.errors import GridwellError, RuleBroken
from gridwell.health.models import Sample
from gridwell.orders.rules.rounds import Purpose
from gridwell.orders.tests.make import NOW, TODAY, make_building, make_district, make_zone
from gridwell.places.actions.grids import assign_grid
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY, make_grid
from gridwell.plan.actions import recompute_after, up_to_date
from gridwell.plan.rules.plan import DutyCode
from gridwell.residents.actions.circumstances import set_away, set_back
from gridwell.residents.actions.guests import end_guest, register_guest
from gridwell.residents.actions.households import move_in, move_out
from gridwell.residents.actions.merging import merge_residents, undo_merge
from gridwell.residents.actions.people import record_death
from gridwell.residents.models import Household, Resident, Stay
from gridwell.screening.actions import desk
from gridwell.screening.actions.members import (
    add_member,
    end_member_exemption,
    exempt_member,
    remove_member,
    set_outcome,
)
from gridwell.screening.actions.rounds import (
    bring_up_to_date,
    close_round,
    open_round,
    plan_round,
    reopen_round,
)
from gridwell.screening.models import Round, RoundMember
from gridwell.screening.queries.changes import changes_of
from gridwell.screening.queries.desk import access_desk
from gridwell.screening.queries.due import differs
from gridwell.screening.queries.members import missing, total
from gridwell.screening.rules.coverage import status_of
from gridwell.screening.tests.make import make_order

FEW = st.integers(0, 11)
BY_HAND = st.sampled_from(["add", "remove", "exempt", "due", "refused", "away", ""])


class Day(RuleBasedStateMachine):
    """Two rounds of one day, a zone's and the area's; everything is undone after each walk."""

    officer: Actor
    rounds: tuple[int, int]

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.now = NOW + timedelta(minutes=30)
        self.merged: list[Resident] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def tick(self) -> datetime:
        self.now += timedelta(seconds=40)
        return self.now

    def round(self, which: int) -> Round:
        return Round.objects.select_related("order__zone").get(pk=self.rounds[which % 2])

    def person(self, which: int) -> Resident:
        rows = Resident.objects.filter(merged_into=None).order_by("pk")
        return rows[which % rows.count()]

    def tried(self, act, **facts: object) -> bool:
        """Do an act or be refused; whether it was done."""
        try:
            with transaction.atomic():
                act(**facts)
        except RuleBroken:
            return False
        return True

    @rule(which=FEW)
    def open(self, which: int) -> None:
        self.tried(open_round, actor=self.officer, round=self.round(which), now=self.tick())

    @rule(which=FEW)
    def close(self, which: int) -> None:
        row, facts = self.round(which), {"actor": self.officer, "now": self.tick()}
        if self.tried(close_round, round=row, reason="收队", **facts):
            row.refresh_from_db()
            now = total(row)
            assert (row.report["due"], row.report["sampled"]) == (now.due, now.sampled)

    @rule(which=FEW)
    def reopen(self, which: int) -> None:
        self.tried(
            reopen_round, actor=self.officer, round=self.round(which), reason="漏人",
            now=self.tick(),
        )  # fmt: skip

    @rule(which=FEW)
    def work_in(self, which: int) -> None:
        row = self.round(which)
        recompute_after(communities=[COMMUNITY], day=TODAY, now=self.tick())
        done = self.tried(
            bring_up_to_date, actor=self.officer, round=row, reason="变动", now=self.now
        )
        if not done:
            return
        day = up_to_date(community=COMMUNITY, day=TODAY, now=self.now)
        found = changes_of(row, day)
        assert not found, f"not worked in at once: {found}"
        assert not differs(row, day.plan)
        self._everybody_asked_is_in(row, day.plan)

    def _everybody_asked_is_in(self, row: Round, plan) -> None:
        """Whom the plan asks for this round is in one of the rounds, or was taken out by somebody."""
        asked = {
            who
            for duty in plan.duties
            if duty.code == DutyCode.BE_SAMPLED
            and duty.basis.order in {row.order_id, row.order.zone_id}
            for who in duty.residents
            if who > 0
        }
        known = RoundMember.objects.filter(round__in=self.rounds, removed_at=None)
        by_hand = RoundMember.objects.filter(round=row, is_by_hand=True)
        others = Sample.objects.filter(superseded_at=None, resident__merged_into__isnull=False)
        here = {
            *known.values_list("resident", flat=True),
            *by_hand.values_list("resident", flat=True),
            *(_survivor(s.resident) for s in others.select_related("resident")),
        }
        assert asked <= here, f"forgotten: {asked - here}"

    @rule(which=FEW, who=FEW, act=BY_HAND)
    def by_hand(self, which: int, who: int, act: str) -> None:
        row, facts = self.round(which), {"actor": self.officer, "now": self.tick()}
        if act == "add":
            person = self.person(who)
            self.tried(add_member, round=row, resident=person, reason="在家", **facts)
            return
        rows = RoundMember.objects.filter(round=row, removed_at=None).order_by("pk")
        if not rows:
            return
        member = rows.select_related("round__order__zone", "resident")[who % rows.count()]
        if act == "remove":
            self.tried(remove_member, member=member, reason="重复", **facts)
        elif act == "exempt":
            until = end_of(TODAY)
            self.tried(exempt_member, member=member, reason="away", until=until, **facts)
        elif act == "due":
            self.tried(end_member_exemption, member=member, reason="回来了", **facts)
        else:
            self.tried(set_outcome, round=row, members=[member.pk], outcome=act, **facts)

    @rule(which=FEW, who=FEW, undoes=st.booleans())
    def sample(self, which: int, who: int, undoes: bool) -> None:
        row, now = self.round(which), self.tick()
        try:
            sampler = access_desk(self.officer, row.pk)
            with transaction.atomic():
                tube = desk.open_tube(
                    sampler=sampler, code=uuid4().hex[:12], ref=uuid4(), desk=uuid4().hex[:9],
                    now=now,
                )  # fmt: skip
                key = f"r:{self.person(who).ref.hex}"
                done = desk.add_sample(sampler=sampler, tube=tube, key=key, ref=uuid4(), now=now)
                if undoes:
                    desk.undo_sample(sampler=sampler, sample=done, now=now)
        except GridwellError:
            return

    @rule(who=FEW, what=st.sampled_from(["away", "back", "moved", "left", "died"]), home=FEW)
    def somebody(self, who: int, what: str, home: int) -> None:
        person, now = self.person(who), self.tick()
        facts = {"actor": self.officer, "now": now}
        many = {"community": COMMUNITY, "resident_ids": [person.pk], **facts}
        homes = Household.objects.order_by("pk")
        household = homes[home % homes.count()]
        if what == "away":
            self.tried(set_away, starts_at=start_of(TODAY), **many)
        elif what == "back":
            self.tried(set_back, **many)
        elif what == "moved":
            self.tried(move_in, resident=person, household=household, at=now, **facts)
        elif what == "left":
            self.tried(move_out, residents=[person], at=now, **facts)
        else:
            self.tried(record_death, resident=person, died_on=TODAY, **facts)

    @rule(one=FEW, two=FEW)
    def merge(self, one: int, two: int) -> None:
        gone, kept = self.person(one), self.person(two)
        facts = {"actor": self.officer, "now": self.tick()}
        if self.tried(merge_residents, gone=gone, kept=kept, reason="同一人", **facts):
            self.merged.append(gone)

    @rule()
    def take_the_merge_back(self) -> None:
        if self.merged:
            gone = Resident.objects.get(pk=self.merged.pop().pk)
            self.tried(undo_merge, actor=self.officer, gone=gone, now=self.tick())

    @rule(which=FEW, ends=st.booleans())
    def a_guest(self, which: int, ends: bool) -> None:
        now = self.tick()
        stay = Stay.objects.filter(superseded_at=None, ends_at=None).first()
        if ends and stay is not None:
            self.tried(end_guest, actor=self.officer, stay=stay, ends_at=now, now=now)
        elif stay is None:
            doors = Place.objects.filter(kind="dwelling").order_by("pk")
            self.tried(
                register_guest, actor=self.officer, place=doors[which % doors.count()],
                name="王访客", kind="visitor", starts_at=start_of(TODAY), ends_at=None,
                ref=uuid4(), now=now,
            )  # fmt: skip

    @rule(which=FEW, number=st.sampled_from(["1", "2"]))
    def a_building_goes_to_a_grid(self, which: int, number: str) -> None:
        rows = Place.objects.filter(kind="building").order_by("pk")
        building = rows[which % rows.count()]
        grid = make_grid(number=number)
        self.tried(
            assign_grid, actor=self.officer, community=COMMUNITY, grid=grid,
            place_ids=[building.pk], now=self.tick(),
        )  # fmt: skip

    @invariant()
    def holds(self) -> None:
        rounds = list(Round.objects.filter(pk__in=self.rounds))
        samples = list(Sample.objects.filter(superseded_at=None))
        active: Counter[object] = Counter()
        for row in rounds:
            members = list(RoundMember.objects.filter(round=row).select_related("dwelling"))
            inside = [one for one in members if one.removed_at is None]
            sampled = {(s.resident_id, s.guest) for s in samples if s.round == row.ref}
            lost = sampled - {(one.resident_id, one.guest) for one in inside}
            assert not lost, "sampled and not in the round"
            counted = Counter(
                status_of(
                    is_sampled=(one.resident_id, one.guest) in sampled,
                    is_exempt=bool(one.exempt),
                    outcome=one.outcome,
                    calls=one.calls,
                ).value
                for one in inside
            )
            now = total(row)
            assert now.by_status == dict(counted)
            base = RoundMember.objects.filter(round=row, removed_at=None)
            assert missing(base, row).count() == now.missing
            if row.state != "open":
                continue
            for one in inside:
                if one.dwelling is not None:
                    assert one.grid_id == one.dwelling.grid_id, "on the list of another grid"
                if not one.is_by_hand and (one.resident_id, one.guest) not in sampled:
                    active[one.resident_id or one.guest] += 1
        assert all(count == 1 for count in active.values()), "due in two rounds of one day"


def _survivor(entry: Resident | None) -> int:
    while entry is not None and entry.merged_into is not None:
        entry = entry.merged_into
    return entry.pk if entry is not None else 0


@pytest.mark.django_db
def test_two_rounds_of_one_day_in_any_order(
    officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_district()
    building = make_building(rooms=("101", "201"))
    make_building(building="2号楼", rooms=("101", "201"))
    Resident.objects.update(document="")
    zone = make_zone(officer, place=building, since=TODAY - timedelta(days=1))
    own = make_order(officer, purpose=Purpose.ZONE_DAY, zone=zone, pool="single")
    every = make_order(officer, number=7)
    first, second = (plan_round(actor=officer, order=order, now=NOW) for order in (own, every))
    recompute_after(communities=[COMMUNITY], day=TODAY, now=NOW)
    open_round(actor=officer, round=first, now=NOW)
    open_round(actor=officer, round=second, now=NOW)
    Day.officer, Day.rounds = officer, (first.pk, second.pk)
    run_state_machine_as_test(
        Day,
        settings=settings(
            max_examples=int(os.environ.get("GRIDWELL_WALKS", "8")),
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            print_blob=False,
            phases=[Phase.generate],  # a walk is long: it is shown as it was
        ),
    )
