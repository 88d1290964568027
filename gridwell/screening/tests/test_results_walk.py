"""Desks, laboratory, clock and officer in any order: nobody in two open tubes, nobody held is forgotten."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from gridwell.accounts.rules.actor import Actor
from gridwell.core.errors import RuleBroken
from gridwell.health.models import Hold, Result, Sample, Tube
from gridwell.orders.tests.make import NOW, make_building, make_district
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY
from gridwell.residents.actions.guests import register_guest
from gridwell.residents.models import Resident
from gridwell.screening.actions import desk
from gridwell.screening.actions.corrections import correct_result
from gridwell.screening.actions.holds import extend_hold, watch_holds
from gridwell.screening.actions.members import add_member
from gridwell.screening.actions.results import Sent, take_results
from gridwell.screening.models import ResultFault, Round
from gridwell.screening.queries.desk import Sampler
from gridwell.screening.queries.holds import facts_of
from gridwell.screening.rules.holds import lasts
from gridwell.screening.rules.results import ResultLine
from gridwell.screening.rules.tubes import ASKS_SINGLE, MOST, PoolSize
from gridwell.screening.tests.make import make_round

SAYS = st.sampled_from(["阴性", "阴性", "阳性", "阳性", "可疑", "漏液"])
FEW = st.integers(0, 9)  # which of the tubes or people there are, counted round


class Day(RuleBasedStateMachine):
    """A round of nine people, one of them not registered; everything is undone after each walk."""

    officer: Actor
    round: Round
    begun: datetime
    people: list[str]

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.now = self.begun
        self.sampler = Sampler(self.officer, self.round, None)
        # As the last check saw them: what can be done next is asked at every step.
        self.states: set[str] = set()
        self.has_undecided = False

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def tubes(self, *states: str) -> list[Tube]:
        rows = Tube.objects.order_by("pk")
        return list(rows.filter(state__in=states) if states else rows)

    def tick(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    @rule(single=st.booleans(), many=st.integers(1, 5), first=FEW, closes=st.booleans())
    def fill_a_tube(self, single: bool, many: int, first: int, closes: bool) -> None:
        """Open a tube and put people into it as far as they may, the first of them twice."""
        tube = desk.open_tube(
            sampler=self.sampler, code=uuid4().hex[:12], ref=uuid4(), desk=uuid4().hex[:6],
            now=self.tick(), purpose="single" if single else "pool",
        )  # fmt: skip
        for number in range(1 if single else many):
            self._put(tube, first + number)
        if closes and tube.samples.exists():
            desk.close_tube(sampler=self.sampler, tube=tube, now=self.tick())

    @precondition(lambda self: self.has_undecided)
    @rule(which=FEW, said=SAYS, comes=st.booleans())
    def somebody_held_is_sampled_singly(self, which: int, said: str, comes: bool) -> None:
        rows = Hold.objects.filter(end__in=["", "ran_out"]).order_by("pk")
        row = rows[which % len(rows)]
        person = row.guest if row.resident is None else row.resident.ref
        keys = [key for key in self.people if key.endswith(person.hex if person else "")]
        self.fill_a_tube(single=True, many=1, first=self.people.index(keys[0]), closes=True)
        if comes:
            self.the_laboratory_sends([(len(self.tubes()) - 1, said)])

    @rule(first=FEW, said=SAYS)
    def somebody_is_sampled_singly_from_the_first(self, first: int, said: str) -> None:
        """With a positive pool before it or without one."""
        self.fill_a_tube(single=True, many=1, first=first, closes=True)
        self.the_laboratory_sends([(len(self.tubes()) - 1, said)])

    @precondition(lambda self: "open" in self.states)
    @rule(which=FEW, who=FEW)
    def put_one_more(self, which: int, who: int) -> None:
        tubes = self.tubes("open")
        self._put(tubes[which % len(tubes)], who)

    def _put(self, tube: Tube, who: int) -> None:
        key = self.people[who % len(self.people)]
        try:
            desk.add_sample(sampler=self.sampler, tube=tube, key=key, ref=uuid4(), now=self.tick())
        except RuleBroken:
            return  # in another tube, full, closed: what counts is that nothing was written

    @precondition(lambda self: "open" in self.states)
    @rule(which=FEW)
    def close(self, which: int) -> None:
        tubes = [tube for tube in self.tubes("open") if tube.samples.filter(superseded_at=None)]
        if tubes:
            desk.close_tube(sampler=self.sampler, tube=tubes[which % len(tubes)], now=self.tick())

    @rule(which=FEW, who=FEW, takes_out=st.booleans())
    def correct_at_the_desk(self, which: int, who: int, takes_out: bool) -> None:
        samples = list(Sample.objects.filter(superseded_at=None).order_by("pk"))
        if not samples:
            return
        key = "" if takes_out else self.people[who % len(self.people)]
        try:
            with transaction.atomic():
                desk.correct_person(
                    sampler=self.sampler, sample=samples[which % len(samples)], key=key,
                    ref=uuid4(), reason="扫错", now=self.tick(),
                )  # fmt: skip
        except RuleBroken:
            return

    @precondition(lambda self: self.states)
    @rule(rows=st.lists(st.tuples(FEW, SAYS), min_size=1, max_size=3))
    def the_laboratory_sends(self, rows: list[tuple[int, str]]) -> None:
        tubes, now = self.tubes(), self.tick()
        lines = [
            ResultLine(n, tube=tubes[which % len(tubes)].code, said=said, at=now)
            for n, (which, said) in enumerate(rows, 2)
        ]
        take_results(actor=self.officer, sent=Sent(COMMUNITY, lines, "file"), now=now)

    @rule(which=FEW)
    def the_officer_lets_another_result_count(self, which: int) -> None:
        rows = ResultFault.objects.filter(
            settled_at=None, code__in=["contradiction", "twice"]
        ).order_by("pk")
        if not rows:
            return
        try:
            with transaction.atomic():
                correct_result(
                    actor=self.officer, fault=rows[which % len(rows)], reason="更正",
                    now=self.tick(),
                )  # fmt: skip
        except RuleBroken:
            return

    @rule(which=FEW, hours=st.integers(-1, 30))
    def the_officer_extends(self, which: int, hours: int) -> None:
        rows = Hold.objects.order_by("pk")
        if not rows:
            return
        hold = rows[which % len(rows)]
        try:
            extend_hold(
                actor=self.officer, hold=hold, until=hold.ends_at + timedelta(hours=hours),
                reason="送检延误", clause="函3号", now=self.tick(),
            )  # fmt: skip
        except RuleBroken:
            return

    @rule(hours=st.integers(1, 20))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        watch_holds(community=COMMUNITY, now=self.now)
        again = watch_holds(community=COMMUNITY, now=self.now)
        assert again == (0, 0), "watching twice at one instant does something twice"
        over = [row for row in Hold.objects.filter(ended_at=None) if row.ends_at <= self.now]
        assert not over, "somebody is still held after the end"

    @invariant()
    def holds(self) -> None:
        tubes = {tube.pk: tube for tube in self.tubes()}
        standing = list(Sample.objects.filter(superseded_at=None))
        held = list(Hold.objects.all())
        self.states = {tube.state for tube in tubes.values()}
        self.has_undecided = any(row.end in {"", "ran_out"} for row in held)
        _nobody_in_two_open_tubes(tubes, standing)
        _nobody_forgotten(tubes, standing, held)
        _nobody_held_without_ground_or_too_long(tubes, held, self.now)
        _results_are_those_of_tubes_that_decide(tubes, standing)


def _who(row: Sample | Hold) -> tuple[int | None, UUID | None]:
    return row.resident_id, row.guest


def _nobody_in_two_open_tubes(tubes: dict[int, Tube], standing: list[Sample]) -> None:
    is_open = [_who(s) for s in standing if tubes[s.tube_id].state == "open"]
    assert len(is_open) == len(set(is_open)), "in two open tubes"
    once = [(*_who(s), s.purpose) for s in standing]
    assert len(once) == len(set(once)), "in two tubes of one purpose"
    for tube, count in Counter(s.tube_id for s in standing).items():
        assert count <= MOST[PoolSize(tubes[tube].pool)]


def _nobody_forgotten(tubes: dict[int, Tube], standing: list[Sample], held: list[Hold]) -> None:
    """Released or confirmed, never forgotten: each lasts, is decided by an own sample, or is listed."""
    singles = {_who(s): s for s in standing if s.purpose == "single"}
    rows: dict[object, list[str]] = defaultdict(list)
    for row in held:
        if row.end != "withdrawn":
            rows[row.tube_id, _who(row)].append(row.end)
    for sample in standing:
        tube = tubes[sample.tube_id]
        if tube.purpose != "pool" or tube.state not in ASKS_SINGLE:
            continue
        own = singles.get(_who(sample))
        is_later = own is not None and own.sampled_at >= sample.sampled_at
        said = tubes[own.tube_id].state if own and is_later else ""
        ends = rows[tube.pk, _who(sample)]
        assert len(ends) <= 1, "held twice by one tube"
        if not ends:
            assert said == "negative", "of a positive pool and forgotten"
        elif said in {"negative", "positive"}:
            assert ends == ["released" if said == "negative" else "confirmed"]
        else:
            assert ends in ([""], ["ran_out"]), "decided by nothing"
    for who, own in singles.items():
        if tubes[own.tube_id].state == "positive":
            ends = [row.end for row in held if _who(row) == who]
            assert "confirmed" in ends, "positive singly and held by nothing"


def _nobody_held_without_ground_or_too_long(
    tubes: dict[int, Tube], held: list[Hold], now: datetime
) -> None:
    for row in held:
        assert row.ends_at <= row.starts_at + 2 * timedelta(hours=row.hours)
        assert row.extended_until is None or (row.extended_by and row.extended_clause)
        if row.ended_at is None and row.end != "confirmed":
            assert tubes[row.tube_id].state in ASKS_SINGLE, "held by no positive pool"
        if row.ended_at is not None:
            assert not lasts(facts_of(row), max(now, row.ended_at))


def _results_are_those_of_tubes_that_decide(tubes: dict[int, Tube], standing: list[Sample]) -> None:
    """A negative says it of everybody in the tube; a positive pool says nothing of a person.

    A single tube does, also where its sample stands again beside a later one.
    """
    decided = [
        (sample, tubes[sample.tube_id].state)
        for sample in standing
        if tubes[sample.tube_id].state == "negative"
        or (tubes[sample.tube_id].state == "positive" and tubes[sample.tube_id].purpose == "single")
    ]
    results = Result.objects.filter(superseded_at=None)
    assert set(results.values_list("resident_id", "guest", "sampled_at", "outcome")) == {
        (s.resident_id, s.guest, s.sampled_at, said) for s, said in decided
    }


@pytest.mark.django_db
def test_nobody_goes_into_a_second_tube_while_the_first_is_open(officer: Actor) -> None:
    make_district()
    make_building(rooms=("101",))
    row = make_round(officer)
    sampler = Sampler(officer, row, None)
    people = Resident.objects.filter(community=COMMUNITY).values_list("ref", flat=True)
    keys = [f"r:{ref.hex}" for ref in people]

    def tube(purpose: str) -> Tube:
        return desk.open_tube(
            sampler=sampler, code=f"TUBE-{purpose}", ref=uuid4(), desk=purpose, now=NOW,
            purpose=purpose,
        )  # fmt: skip

    def put(into: Tube, key: str) -> Sample:
        return desk.add_sample(sampler=sampler, tube=into, key=key, ref=uuid4(), now=NOW)

    pool, single = tube("pool"), tube("single")
    put(pool, keys[0])
    with pytest.raises(RuleBroken, match="in_other_tube"):
        put(single, keys[0])
    desk.close_tube(sampler=sampler, tube=pool, now=NOW)
    put(single, keys[0])


def _begin(officer: Actor) -> None:
    """Lay once what every walk begins with: a visitor in a positive pool of five, everybody held."""
    Day.officer, Day.round = officer, make_round(officer, pool="5")
    Day.begun = now = NOW + timedelta(minutes=20)
    stay = register_guest(
        actor=officer, place=Place.objects.filter(kind="dwelling")[0], name="王访客",
        kind="visitor", starts_at=NOW, ends_at=None, ref=uuid4(), now=now,
    )  # fmt: skip
    add_member(actor=officer, round=Day.round, reason="来访", now=now, stay=stay)
    residents = Resident.objects.filter(community=COMMUNITY).order_by("pk")
    Day.people = [f"r:{ref.hex}" for ref in residents.values_list("ref", flat=True)]
    Day.people.append(f"g:{stay.ref.hex}")
    sampler = Sampler(officer, Day.round, None)
    tube = desk.open_tube(sampler=sampler, code=uuid4().hex[:12], ref=uuid4(), desk="1", now=now)
    for key in Day.people[5:] + Day.people[:1]:
        desk.add_sample(sampler=sampler, tube=tube, key=key, ref=uuid4(), now=now)
    if Tube.objects.get().state == "open":
        desk.close_tube(sampler=sampler, tube=tube, now=now)
    line = ResultLine(2, tube=tube.code, said="阳性", at=now)
    take_results(actor=officer, sent=Sent(COMMUNITY, [line], "file"), now=now)
    assert Hold.objects.filter(guest=stay.ref).exists()


@pytest.mark.django_db
def test_a_day_in_any_order(officer: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("effects", "results", "holds"):  # who is told has tests of its own
        monkeypatch.setattr(f"gridwell.screening.actions.{package}.tell", lambda **_facts: None)
    make_district()
    make_building(rooms=("101", "201", "301", "401"))
    _begin(officer)
    run_state_machine_as_test(
        Day,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
