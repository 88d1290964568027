"""The plan as a pure function (推演): `derive(snapshot, day)`, without database, clock or Django.

What asks something of a person needs three things: a live order, a clause of the protocol of the
day and an end (an instant, or a condition). Where one is missing nothing is derived and the order
is listed in `Plan.unfounded` for a person to look at. A result never adds a restriction, and no
duty ever forbids going to hospital.

Cost is linear: each person, dwelling and fact is touched a fixed number of times.
"""

from collections import Counter
from datetime import date, datetime, timedelta

from gridwell.core.clock import day_of, start_of
from gridwell.plan.rules import stays, zones
from gridwell.plan.rules.crowd import Crowd
from gridwell.plan.rules.draft import Draft, Window
from gridwell.plan.rules.facts import HoldFact, LowOrder, RoundOrderFact, Snapshot, StandstillFact
from gridwell.plan.rules.plan import (
    RESTRICTING,
    ActToday,
    Basis,
    BuildingToday,
    DutyCode,
    End,
    EndCode,
    OrderKind,
    Plan,
    SubjectKind,
    UnfoundedCode,
    WorkCode,
)
from gridwell.protocols.rules.model import Level

POSITIVE_DAYS = 7
"""How long a positive result without a case is shown."""


def derive(snapshot: Snapshot, day: date) -> Plan:
    """Return the plan of `day`: the duties whose windows overlap the local day [00:00, 24:00).

    `snapshot.day` may differ from `day` only to look ahead; people are those of the snapshot.
    """
    live = stays.live(snapshot, day)
    crowd = Crowd(snapshot, day, stays.elsewhere(live, day))
    draft = Draft(snapshot, day, crowd)
    zones.add(draft)
    stays.add(draft, live)
    for standstill in snapshot.standstills:
        _add_standstill(draft, standstill)
    for order in snapshot.round_orders:
        _add_round_order(draft, order)
    for hold in snapshot.holds:
        _add_hold(draft, hold)
    _add_low(draft)
    _add_positives(draft)
    return _finish(draft)


def _add_standstill(draft: Draft, fact: StandstillFact) -> None:
    protocol = draft.protocol
    if protocol is None or fact.recorded_at > draft.known_at:
        return
    clause = fact.clause or protocol.standstill_clause
    if not draft.overlaps(fact.from_at, fact.until_at):
        return
    if protocol.standstill == "never":
        draft.unfounded(UnfoundedCode.NO_RULE, OrderKind.STANDSTILL, fact.id, name=fact.name)
    elif not clause:
        draft.unfounded(UnfoundedCode.NO_CLAUSE, OrderKind.STANDSTILL, fact.id, name=fact.name)
    elif fact.until_at is None:
        draft.unfounded(UnfoundedCode.NO_END, OrderKind.STANDSTILL, fact.id, name=fact.name)
    else:
        residents = draft.residents(fact.dwellings)
        basis = Basis(OrderKind.STANDSTILL, fact.id, 0, 0, fact.notice, protocol.ref, clause)
        end = End(EndCode.AT, fact.until_at, clause=clause)
        window = (fact.from_at, fact.until_at)
        draft.duty(DutyCode.NOT_LEAVE_AREA, residents, basis, window, end, name=fact.name)
        first = draft.crowd.priorities(draft.crowd.households(residents))
        draft.first_served(first)
        draft.work(
            WorkCode.GREETING,
            SubjectKind.HOUSEHOLD,
            [p.household for p in first],
            basis,
            window,
            "day",
        )
    if draft.is_in_day(fact.from_at):
        act = ActToday(
            OrderKind.STANDSTILL, fact.id, 0, "begin", fact.from_at, fact.notice, fact.name
        )
        draft.act(act)


def _add_round_order(draft: Draft, fact: RoundOrderFact) -> None:
    protocol = draft.protocol
    if protocol is None or fact.recorded_at > draft.known_at or fact.on != draft.day:
        return
    if not fact.clause:
        draft.unfounded(UnfoundedCode.NO_CLAUSE, OrderKind.ROUND_ORDER, fact.id, name=fact.name)
        return
    basis = Basis(OrderKind.ROUND_ORDER, fact.id, 0, 0, fact.notice, protocol.ref, fact.clause)
    window = (draft.start, draft.end)
    end = End(EndCode.AT, draft.end, clause=fact.clause)
    asked = draft.residents(fact.dwellings)
    if fact.residents is not None:
        asked = tuple(resident for resident in asked if resident in fact.residents)
    draft.duty(DutyCode.BE_SAMPLED, asked, basis, window, end, name=fact.name)


def _add_hold(draft: Draft, fact: HoldFact) -> None:
    """Keep one member of a positive pool at home, from the result to the end of the hold."""
    if fact.recorded_at > draft.known_at or not draft.overlaps(fact.from_at, fact.until_at):
        return
    if fact.resident not in draft.crowd.household_of:
        return  # moved out or not of this community: somebody else's list
    if not (fact.clause and fact.version):
        draft.unfounded(UnfoundedCode.NO_CLAUSE, OrderKind.HOLD, fact.id)
        return
    basis = Basis(OrderKind.HOLD, fact.id, 0, 0, "", fact.version, fact.clause)
    end = End(EndCode.AT, fact.until_at, clause=fact.clause)
    window = (fact.from_at, fact.until_at)
    draft.duty(DutyCode.STAY_HOME, (fact.resident,), basis, window, end, tube=fact.tube)
    if not fact.is_sampled:
        _add_resample(draft, fact.resident, basis, window)
    for act, at in (("begin", fact.from_at), ("end", fact.until_at)):
        if draft.is_in_day(at):
            draft.act(ActToday(OrderKind.HOLD, fact.id, 0, act, at, "", ""))


def _add_resample(draft: Draft, resident: int, basis: Basis, window: Window) -> None:
    """Ask for the single sample; for who is not registered at the household or door of the stay."""
    crowd = draft.crowd
    if resident > 0:
        draft.work(WorkCode.RESAMPLE, SubjectKind.RESIDENT, (resident,), basis, window, "once")
        return
    homes = crowd.households((resident,))
    draft.work(WorkCode.RESAMPLE, SubjectKind.HOUSEHOLD, homes, basis, window, "once")
    doors = crowd.places_without_household((resident,))
    draft.work(WorkCode.RESAMPLE, SubjectKind.PLACE, doors, basis, window, "once")


def _add_low(draft: Draft) -> None:
    """Ask for a negative on leaving the city of everybody whom nothing stricter holds."""
    protocol = draft.protocol
    rule = protocol.levels.get(Level.LOW) if protocol is not None else None
    orders = [
        o
        for o in draft.snapshot.low_orders
        if o.recorded_at <= draft.known_at and draft.overlaps(o.from_at, o.until_at)
    ]
    if protocol is None or rule is None or rule.exit is None or not orders:
        return
    order = max(orders, key=lambda o: (o.from_at, o.order))
    held, released = draft.held()
    later = {r: at for r, at in released.items() if r not in held}
    free = [r for r in draft.crowd.everyone() if r not in held and r not in later]
    basis = Basis(OrderKind.LOW, order.order, 0, 0, order.notice, protocol.ref, rule.exit.clause)
    until = _low_end(draft, order)
    end = End(EndCode.ORDER_ENDS, until, clause=rule.exit.clause)
    facts = {
        "negatives": rule.exit.negatives,
        "hours": rule.exit.within_hours,
        "days": rule.exit.on_days,
    }
    draft.duty(DutyCode.CARRY_NEGATIVE, free, basis, (order.from_at, until), end, **facts)
    for at in sorted(set(later.values())):
        residents = sorted(r for r, freed_at in later.items() if freed_at == at)
        draft.duty(DutyCode.CARRY_NEGATIVE, residents, basis, (at, until), end, **facts)
    if draft.is_in_day(order.from_at):
        draft.act(ActToday(OrderKind.LOW, order.order, 0, "begin", order.from_at, order.notice, ""))


def _low_end(draft: Draft, order: LowOrder) -> datetime | None:
    until = order.until_at
    last = draft.protocol.in_force_until if draft.protocol is not None else None
    if last is not None:
        rule_ends = start_of(last)
        until = rule_ends if until is None else min(until, rule_ends)
    return until


def _add_positives(draft: Draft) -> None:
    """Point at positives that no case answers yet; they restrict nobody by themselves."""
    known = {c.resident for c in draft.snapshot.cases if c.recorded_at <= draft.known_at}
    since = draft.day - timedelta(days=POSITIVE_DAYS)
    found: dict[int, date] = {}
    for result in draft.snapshot.results:
        on = day_of(result.sampled_at)
        if (
            not result.is_negative
            and result.recorded_at <= draft.known_at
            and since <= on <= draft.day
            and result.resident not in known
        ):
            found[result.resident] = max(on, found.get(result.resident, on))
    for resident, on in found.items():
        draft.unfounded(UnfoundedCode.POSITIVE_WITHOUT_CASE, "result", resident, on=on.isoformat())


def _finish(draft: Draft) -> Plan:
    crowd = draft.crowd
    duties = draft.duties()
    by_code: dict[str, set[int]] = {}
    for group in duties:
        by_code.setdefault(group.code.value, set()).update(group.residents)
    restricted: set[int] = set().union(
        *(by_code.get(c.value, set()) for c in RESTRICTING if c is not DutyCode.CARRY_NEGATIVE)
    )
    by_code["restricted"] = restricted
    return Plan(
        community=draft.snapshot.community,
        day=draft.day,
        known_at=draft.known_at,
        version=draft.protocol.ref if draft.protocol is not None else "",
        last_fact=draft.snapshot.last_fact,
        duties=duties,
        work=draft.works(),
        priorities=draft.priorities(),
        zones=draft.zone_places(),
        buildings=_buildings(draft, by_code),
        late=draft.lates(),
        proposals=draft.proposals(),
        unfounded=draft.unfoundeds(),
        acts=draft.acts(),
        counts={code: crowd.tally(who).count for code, who in sorted(by_code.items()) if who},
    )


def _buildings(draft: Draft, by_code: dict[str, set[int]]) -> tuple[BuildingToday, ...]:
    """Return what each building has today, for buildings that have anything beyond the low rule."""
    crowd = draft.crowd
    levels = draft.building_levels()
    restricted = crowd.tally(by_code["restricted"])
    stay_home = crowd.tally(by_code.get(DutyCode.STAY_HOME, set())).people
    to_sample = crowd.tally(by_code.get(DutyCode.BE_SAMPLED, set())).people
    isolated = crowd.tally(draft.isolated()).people
    services = Counter(map(crowd.building_of_household.__getitem__, draft.door_services()))
    touched = set(levels).union(restricted.people, to_sample, isolated, services)
    return tuple(
        BuildingToday(
            building=building,
            level=levels.get(building, ""),
            households=restricted.households[building],
            people=restricted.people[building],
            stay_home=stay_home[building],
            to_sample=to_sample[building],
            isolated=isolated[building],
            door_services=services[building],
        )
        for building in sorted(touched)
    )
