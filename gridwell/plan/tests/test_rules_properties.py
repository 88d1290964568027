"""The invariants of the plan, for any community that Hypothesis can think of."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gridwell.core.clock import end_of, start_of
from gridwell.orders.rules.lifecycle import Act, Change, Precision, Round
from gridwell.plan.rules.codec import from_json, to_json
from gridwell.plan.rules.compare import compare
from gridwell.plan.rules.engine import derive
from gridwell.plan.rules.facts import (
    Dwellings,
    ExemptionFact,
    Guests,
    HoldFact,
    IsolationFact,
    LowOrder,
    People,
    ResultFact,
    RoundOrderFact,
    Snapshot,
    StandstillFact,
    ZoneCaseFact,
    ZoneFact,
    guest_id,
)
from gridwell.plan.rules.plan import RESTRICTING, WORK_CODES, DutyCode, EndCode, OrderKind, Plan
from gridwell.plan.tests.make import COMMUNITY, D0, at, protocol_on
from gridwell.protocols.rules.model import Level

DWELLINGS = tuple(range(10, 18))
RESIDENTS = tuple(range(1, 13))
GUESTS = (1, 2, 3)
DAYS = [date(2022, 7, 5), date(2022, 11, 12), D0, D0 + timedelta(days=3), D0 + timedelta(days=6)]
DAYS += [date(2022, 12, 9), date(2023, 2, 1)]

prove = settings(max_examples=50, deadline=None)

few_days = st.integers(-7, 2)
hours = st.integers(0, 23)
some_dwellings = st.frozensets(st.sampled_from(DWELLINGS), min_size=1, max_size=6)


@st.composite
def instants(draw: st.DrawFn, day: date) -> datetime:
    return at(day + timedelta(days=draw(few_days)), draw(hours))


@st.composite
def recorded(draw: st.DrawFn, day: date) -> datetime:
    """Return when something was recorded: mostly long ago, so that most facts are known."""
    return draw(st.one_of(st.just(at(day - timedelta(days=8))), instants(day)))


@st.composite
def zones(draw: st.DrawFn, day: date, id: int) -> ZoneFact:
    changes: list[Change] = []
    covers: dict[int, frozenset[int]] = {}
    for number in range(draw(st.integers(1, 4))):
        row = id * 10 + number
        act = Act.DESIGNATE if number == 0 else draw(st.sampled_from(list(Act)))
        effective = draw(instants(day))
        scope: Any = ()
        if act not in (Act.DESIGNATE, Act.CHANGE_RANGE):
            scope = draw(st.sampled_from([None, ()]))
        changes.append(
            Change(
                id=row,
                act=act,
                effective_at=effective,
                recorded_at=draw(recorded(day)),
                precision=draw(st.sampled_from(list(Precision))),
                level=draw(st.sampled_from([Level.HIGH, Level.HIGH, Level.MID])),
                scope=scope,
                target=id * 10 + draw(st.integers(0, number - 1)) if number else None,
            )
        )
        if scope is not None:
            covers[row] = draw(some_dwellings)
    rounds = tuple(
        Round(
            on=day + timedelta(days=draw(few_days)),
            due=4,
            sampled=draw(st.integers(2, 4)),
            negative=draw(st.integers(2, 4)),
            recorded_at=draw(recorded(day)),
        )
        for _ in range(draw(st.integers(0, 2)))
    )
    return ZoneFact(id, f"zone {id}", tuple(changes), covers, rounds)


@st.composite
def isolations(draw: st.DrawFn, day: date, id: int) -> IsolationFact:
    classes = ["close_contact", "zone_outflow", "secondary_contact", "closed_loop_worker", "?"]
    from_on = day + timedelta(days=draw(few_days))
    return IsolationFact(
        id=id,
        resident=draw(st.sampled_from([*RESIDENTS, 999])),
        class_code=draw(st.sampled_from(classes)),
        kind=draw(st.sampled_from(["home", "facility", "hospital", "monitoring", "?"])),
        from_on=from_on,
        recorded_at=draw(recorded(day)),
        ended_at=draw(st.one_of(st.none(), instants(day))),
        last_on=draw(st.sampled_from([None, day, day, from_on + timedelta(days=4)])),
        clause=draw(st.sampled_from(["", "P9-contact", "P9-contact"])),
    )


@st.composite
def holds(draw: st.DrawFn, day: date, id: int) -> HoldFact:
    since = draw(instants(day))
    return HoldFact(
        id=id,
        resident=draw(st.sampled_from([*RESIDENTS, guest_id(1), 999])),
        from_at=since,
        until_at=since + timedelta(hours=draw(st.integers(-2, 48))),
        recorded_at=draw(recorded(day)),
        version=draw(st.sampled_from(["", "P20-T4", "P20-T4"])),
        clause=draw(st.sampled_from(["", "QA-hold", "QA-hold"])),
        tube="T1",
        is_sampled=draw(st.booleans()),
    )


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    day = draw(st.sampled_from(DAYS))
    shift = draw(st.integers(0, 7))
    homes = [DWELLINGS[(r * 5 + shift) % 8] for r in RESIDENTS]
    away = draw(st.dictionaries(st.sampled_from(RESIDENTS), instants(day), max_size=3))

    def window() -> tuple[datetime, datetime]:
        since = draw(instants(day))
        return since, since + timedelta(hours=draw(st.integers(1, 100)))

    def known() -> datetime:
        return draw(recorded(day))

    return Snapshot(
        community=COMMUNITY,
        day=day,
        known_at=draw(st.one_of(st.just(at(day, 23, 59)), instants(day))),
        protocol=draw(
            st.sampled_from([protocol_on(day), protocol_on(day), protocol_on(day, area=None), None])
        ),
        dwellings=Dwellings(DWELLINGS, tuple(d // 3 for d in DWELLINGS), (0,) * 8),
        people=People(
            ids=RESIDENTS,
            dwellings=tuple(homes),
            households=tuple(h * 100 for h in homes),
            births=tuple((0, 700_000, 735_000)[r % 3] for r in RESIDENTS),
            away={r: [(since, None)] for r, since in away.items()},
            traits={r: frozenset({"disabled"}) for r in draw(st.sets(st.sampled_from(RESIDENTS)))},
        ),
        guests=Guests(
            ids=tuple(guest_id(n) for n in GUESTS),
            places=tuple(draw(st.sampled_from((*DWELLINGS, 999))) for _ in GUESTS),
        ),
        zones=tuple(draw(zones(day, n)) for n in range(1, draw(st.integers(1, 3)) + 1)),
        low_orders=tuple(
            LowOrder(n, "通告", known(), known()) for n in range(draw(st.integers(0, 2)))
        ),
        standstills=tuple(
            StandstillFact(
                n,
                "静默",
                draw(instants(day)),
                draw(st.sampled_from([None, at(day, 12), at(day + timedelta(days=2))])),
                known(),
                draw(st.one_of(st.none(), some_dwellings)),
            )
            for n in range(draw(st.integers(0, 1)))
        ),
        round_orders=tuple(
            RoundOrderFact(
                n, "一轮", day, known(), draw(some_dwellings),
                clause=draw(st.sampled_from(["", "条"])),
            )
            for n in range(draw(st.integers(0, 1)))
        ),
        isolations=tuple(draw(isolations(day, n)) for n in range(draw(st.integers(0, 4)))),
        holds=tuple(draw(holds(day, n)) for n in range(draw(st.integers(0, 3)))),
        results=tuple(
            ResultFact(r, draw(instants(day)), draw(st.booleans()), known())
            for r in draw(st.lists(st.sampled_from(RESIDENTS), max_size=3))
        ),
        cases=tuple(
            ZoneCaseFact(n, draw(instants(day)), known(), dwelling=draw(st.sampled_from(DWELLINGS)))
            for n in range(draw(st.integers(0, 2)))
        ),
        exemptions=tuple(
            ExemptionFact(r, draw(st.sampled_from(list(DutyCode))), *window(), known())
            for r in draw(st.lists(st.sampled_from(RESIDENTS), max_size=2))
        ),
    )  # fmt: skip


def plan_of(snapshot: Snapshot) -> Plan:
    return derive(snapshot, snapshot.day)


@given(snapshots())
@prove
def test_no_restriction_without_a_live_order_a_clause_and_an_end(snapshot: Snapshot) -> None:
    plan = plan_of(snapshot)
    orders = {
        OrderKind.ZONE: {z.id for z in snapshot.zones},
        OrderKind.LOW: {o.order for o in snapshot.low_orders if o.recorded_at <= snapshot.known_at},
        OrderKind.STANDSTILL: {
            s.id for s in snapshot.standstills if s.recorded_at <= snapshot.known_at
        },
        OrderKind.ROUND_ORDER: {o.id for o in snapshot.round_orders},
        OrderKind.ISOLATION: {
            i.id for i in snapshot.isolations if i.recorded_at <= snapshot.known_at
        },
        OrderKind.HOLD: {h.id for h in snapshot.holds if h.recorded_at <= snapshot.known_at},
    }
    for group in plan.duties:
        assert group.residents
        assert group.basis.order in orders[OrderKind(group.basis.order_kind)]
        assert group.basis.clause
        assert group.basis.version
        assert group.end.clause
        if group.end.code == EndCode.AT:
            assert group.end.until_at is not None
        start, end = start_of(snapshot.day), end_of(snapshot.day)
        assert group.from_at is None or group.from_at < end
        assert group.until_at is None or group.until_at > start
        if group.from_at is not None and group.until_at is not None:
            assert group.from_at < group.until_at


@given(snapshots())
@prove
def test_nobody_outside_an_orders_range_is_restricted_by_it(snapshot: Snapshot) -> None:
    home = dict(zip(snapshot.people.ids, snapshot.people.dwellings, strict=True))
    home |= dict(zip(snapshot.guests.ids, snapshot.guests.places, strict=True))
    ranges: dict[tuple[str, int], frozenset[int]] = {}
    for zone in snapshot.zones:
        ranges[OrderKind.ZONE, zone.id] = frozenset().union(*zone.covers.values())
    for still in snapshot.standstills:
        ranges[OrderKind.STANDSTILL, still.id] = (
            frozenset(DWELLINGS) if still.dwellings is None else still.dwellings
        )
    for order in snapshot.round_orders:
        ranges[OrderKind.ROUND_ORDER, order.id] = order.dwellings or frozenset()
    isolated = {i.id: i.resident for i in snapshot.isolations}
    held = {h.id: h.resident for h in snapshot.holds}
    for group in plan_of(snapshot).duties:
        key = (OrderKind(group.basis.order_kind), group.basis.order)
        if key[0] is OrderKind.ISOLATION:
            assert group.residents == (isolated[key[1]],)
        elif key[0] is OrderKind.HOLD:
            assert group.residents == (held[key[1]],)
        elif key[0] is not OrderKind.LOW:
            assert all(home[r] in ranges[key] for r in group.residents)


@given(snapshots(), st.randoms(use_true_random=False))
@prove
def test_the_order_of_facts_does_not_matter(snapshot: Snapshot, rng: Any) -> None:
    def mixed(rows: Any) -> Any:
        found = list(rows)
        rng.shuffle(found)
        return tuple(found)

    people = snapshot.people
    rows = mixed(zip(people.ids, people.dwellings, people.households, people.births, strict=True))
    ids, dwellings, households, births = zip(*rows, strict=True)
    guests = Guests(
        *zip(*mixed(zip(snapshot.guests.ids, snapshot.guests.places, strict=True)), strict=True)
    )
    homes = mixed(zip(snapshot.dwellings.ids, snapshot.dwellings.buildings, strict=True))
    other = replace(
        snapshot,
        people=replace(people, ids=ids, dwellings=dwellings, households=households, births=births),
        guests=guests,
        dwellings=Dwellings(*zip(*homes, strict=True)),
        zones=mixed(
            replace(z, changes=mixed(z.changes), rounds=mixed(z.rounds)) for z in snapshot.zones
        ),
        **{
            name: mixed(getattr(snapshot, name))
            for name in (
                "low_orders",
                "standstills",
                "round_orders",
                "isolations",
                "holds",
                "results",
            )
        },
        cases=mixed(snapshot.cases),
        exemptions=mixed(snapshot.exemptions),
    )
    assert plan_of(other) == plan_of(snapshot)


@given(snapshots(), st.sampled_from(RESIDENTS), st.integers(-72, 24))
@prove
def test_a_negative_result_never_adds_a_restriction(
    snapshot: Snapshot, resident: int, hour: int
) -> None:
    sampled = start_of(snapshot.day) + timedelta(hours=hour)
    result = ResultFact(resident, sampled, True, snapshot.known_at)
    before = plan_of(snapshot)
    after = plan_of(replace(snapshot, results=(*snapshot.results, result)))
    assert after.duties == before.duties
    assert after.work == before.work


@given(snapshots())
@prove
def test_a_result_of_any_kind_restricts_nobody(snapshot: Snapshot) -> None:
    assert plan_of(snapshot).duties == plan_of(replace(snapshot, results=())).duties


@given(snapshots())
@prove
def test_a_hold_restricts_nobody_before_it_begins_or_beyond_its_end(snapshot: Snapshot) -> None:
    plan, facts = plan_of(snapshot), {hold.id: hold for hold in snapshot.holds}
    groups = [g for g in plan.duties if g.basis.order_kind == OrderKind.HOLD]
    for group in groups:
        fact = facts[group.basis.order]
        assert (group.from_at, group.until_at) == (fact.from_at, fact.until_at)
        assert group.end.code == EndCode.AT
        assert group.end.until_at == fact.until_at
    without = plan_of(replace(snapshot, holds=()))
    others = [g for g in plan.duties if g.basis.order_kind != OrderKind.HOLD]
    carry = DutyCode.CARRY_NEGATIVE
    assert [g for g in others if g.code is not carry] == [
        g for g in without.duties if g.code is not carry
    ]


@given(snapshots())
@prove
def test_going_to_hospital_is_never_refused(snapshot: Snapshot) -> None:
    plan = plan_of(snapshot)
    for resident in RESIDENTS:
        assert plan.may_go_to_hospital(resident)
        for duty in plan.duties_of(resident):
            assert "hospital" in duty.allows


@given(snapshots())
@prove
def test_deriving_twice_changes_nothing(snapshot: Snapshot) -> None:
    assert plan_of(snapshot) == plan_of(snapshot)
    assert compare(plan_of(snapshot), plan_of(snapshot)) == ()


@given(snapshots())
@prove
def test_what_is_recorded_later_is_not_known(snapshot: Snapshot) -> None:
    moment = snapshot.known_at

    def known(rows: Any) -> Any:
        return tuple(row for row in rows if row.recorded_at <= moment)

    told = replace(
        snapshot,
        zones=tuple(
            replace(z, changes=known(z.changes), rounds=known(z.rounds)) for z in snapshot.zones
        ),
        low_orders=known(snapshot.low_orders),
        standstills=known(snapshot.standstills),
        round_orders=known(snapshot.round_orders),
        isolations=known(snapshot.isolations),
        holds=known(snapshot.holds),
        results=known(snapshot.results),
        cases=known(snapshot.cases),
        exemptions=known(snapshot.exemptions),
    )
    assert plan_of(told) == plan_of(snapshot)


@given(snapshots())
@prove
def test_a_plan_survives_its_json(snapshot: Snapshot) -> None:
    plan = plan_of(snapshot)
    assert from_json(json.loads(json.dumps(to_json(plan)))) == plan


@given(snapshots(), st.sampled_from(RESIDENTS))
@prove
def test_the_answers_agree_with_each_other(snapshot: Snapshot, resident: int) -> None:
    plan = plan_of(snapshot)
    codes = {duty.code for duty in plan.duties_of(resident)}
    for code in DutyCode:
        assert (code in codes) == (resident in plan.residents_with(code))
        assert plan.count(code).people == len(plan.residents_with(code))
    restricted = frozenset().union(
        *(plan.residents_with(c) for c in RESTRICTING if c is not DutyCode.CARRY_NEGATIVE)
    )
    assert sum(row.people for row in plan.buildings) == len(restricted)
    assert plan.count("restricted").people == len(restricted)
    assert {work.code for work in plan.work} <= WORK_CODES
    assert {work.slot for work in plan.work} <= {"day", "once"}


@given(snapshots())
@prove
def test_nobody_both_stays_home_all_day_and_is_asked_to_carry_a_negative(
    snapshot: Snapshot,
) -> None:
    plan = plan_of(snapshot)
    held = {
        r
        for g in plan.duties
        if g.code in RESTRICTING and g.code is not DutyCode.CARRY_NEGATIVE
        for r in g.residents
        if g.until_at is None or g.until_at >= end_of(snapshot.day)
    }
    assert not held & plan.residents_with(DutyCode.CARRY_NEGATIVE)


@given(snapshots(), snapshots())
@prove
def test_comparing_tells_exactly_who_changed(one: Snapshot, other: Snapshot) -> None:
    before, after = plan_of(one), plan_of(other)
    found = compare(before, after)
    for code in DutyCode:
        began = {r for c in found if c.code is code and c.kind == "began" for r in c.residents}
        ended = {r for c in found if c.code is code and c.kind == "ended" for r in c.residents}
        assert began == after.residents_with(code) - before.residents_with(code)
        assert ended == before.residents_with(code) - after.residents_with(code)
