"""What zones ask on a day: duties of the people in them, work, the state of the places, what is late."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gridwell.core.clock import day_of, end_of, start_of
from gridwell.orders.rules.lifecycle import (
    Act,
    Change,
    Lifting,
    Proposes,
    RoundMark,
    Span,
    ZoneCase,
    lifting_of,
    spans,
    standing,
)
from gridwell.plan.rules.draft import Draft, Window
from gridwell.plan.rules.facts import ZoneFact
from gridwell.plan.rules.plan import (
    ActToday,
    Basis,
    DutyCode,
    End,
    EndCode,
    Late,
    LateCode,
    OrderKind,
    Proposal,
    SubjectKind,
    UnfoundedCode,
    WorkCode,
    ZonePlace,
)
from gridwell.protocols.rules.model import LevelRule, LiftRule, Measure, Protocol

_NONE: frozenset[int] = frozenset()

_DUTY_OF_MEASURE = {
    Measure.STAY_HOME: DutyCode.STAY_HOME,
    Measure.NOT_LEAVE_ZONE: DutyCode.NOT_LEAVE_ZONE,
}

_NOTICE_ACTS = (Act.DESIGNATE, Act.RESTART, Act.CHANGE_RANGE, Act.STEP, Act.LIFT)


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of one level without a gap, for dwellings that are in it from end to end.

    `first` and `last` are the spans at its ends: the first says which act put these dwellings under
    the level, the last which day it is now.
    """

    first: Span
    last: Span
    dwellings: frozenset[int]

    @property
    def window(self) -> Window:
        """Return [from, until)."""
        return self.first.from_at, self.last.until_at

    @property
    def put_by(self) -> Change:
        """Return the act that put the dwellings under this level: designation, step or widening."""
        if self.first.from_at == self.first.level_by.effective_at:
            return self.first.level_by
        return self.first.scope_by


@dataclass(frozen=True, slots=True)
class _Zone:
    """A zone with everything computed once for the day."""

    fact: ZoneFact
    life: tuple[Span, ...]
    today: tuple[Span, ...]
    last: Span
    is_open: bool  # still open at the end of the day, as known
    rule: LevelRule | None
    lifting: Lifting


def add(draft: Draft) -> None:
    """Add what all zones of the snapshot ask on the draft's day."""
    for fact in draft.snapshot.zones:
        _add_acts(draft, fact)
        zone = _look(draft, fact)
        if zone is not None:
            _add_zone(draft, zone)


def runs(
    life: Sequence[Span], covers: Mapping[int, frozenset[int]], start: datetime, end: datetime
) -> list[Run]:
    """Return the stretches that overlap [start, end), dwellings with the same story together."""
    scopes = [covers.get(span.scope_by.scope_row or 0, _NONE) for span in life]
    found: list[Run] = []
    for dwellings, inside in _stories(scopes):
        first: Span | None = None
        last: Span | None = None
        for span, is_in in zip(life, inside, strict=True):
            goes_on = (
                last is not None and last.until_at == span.from_at and last.level is span.level
            )
            if first is not None and last is not None and not (is_in and goes_on):
                found.append(Run(first, last, dwellings))
                first = last = None
            if is_in:
                first = first or span
                last = span
        if first is not None and last is not None:
            found.append(Run(first, last, dwellings))
    return [
        run
        for run in found
        if (run.first.from_at is None or run.first.from_at < end)
        and (run.last.until_at is None or run.last.until_at > start)
    ]


def _stories(
    scopes: Sequence[frozenset[int]],
) -> list[tuple[frozenset[int], tuple[bool, ...]]]:
    """Return the dwellings split by in which spans they are; most zones have one story only."""
    kinds = {id(scope): scope for scope in scopes}
    if len(set(kinds.values())) == 1:
        return [(scopes[0], (True,) * len(scopes))]
    split: dict[tuple[bool, ...], set[int]] = {}
    for dwelling in frozenset().union(*scopes):
        inside = tuple(dwelling in scope for scope in scopes)
        split.setdefault(inside, set()).add(dwelling)
    return [(frozenset(dwellings), inside) for inside, dwellings in split.items()]


def _look(draft: Draft, fact: ZoneFact) -> _Zone | None:
    """Return the zone as it stands on the day, or None when it has nothing to say about it."""
    life = spans(fact.changes, draft.known_at)
    today = tuple(span for span in life if span.overlaps(draft.start, draft.end))
    if not today:
        return None
    last = today[-1]
    rule = draft.protocol.levels.get(last.level) if draft.protocol is not None else None
    lifting = lifting_of(
        last,
        rule,
        draft.day,
        rounds=fact.rounds,
        cases=_cases(draft, fact, last),
        known_at=draft.known_at,
    )
    is_open = last.until_at is None or last.until_at >= draft.end
    return _Zone(fact, life, today, last, is_open, rule, lifting)


def _cases(draft: Draft, fact: ZoneFact, span: Span) -> list[ZoneCase]:
    covered = fact.covers.get(span.scope_by.scope_row or 0, _NONE)
    return [
        ZoneCase(case.id, case.found_at, case.recorded_at)
        for case in draft.snapshot.cases
        if case.zone == fact.id or (case.zone is None and case.dwelling in covered)
    ]


def _add_zone(draft: Draft, zone: _Zone) -> None:
    protocol = draft.protocol
    covered = zone.fact.covers.get(zone.last.scope_by.scope_row or 0, _NONE)
    if protocol is not None and zone.rule is not None:
        for run in runs(zone.life, zone.fact.covers, draft.start, draft.end):
            _add_run(draft, protocol, zone, run)
        if zone.is_open:
            _add_late(draft, protocol, zone)
            _add_proposals(draft, protocol, zone)
    else:
        draft.unfounded(
            UnfoundedCode.NO_RULE,
            OrderKind.ZONE,
            zone.fact.id,
            level=zone.last.level.value,
            name=zone.fact.name,
        )
    residents = draft.crowd.living_in(covered)
    clause = zone.rule.measures_clause if zone.rule is not None else ""
    draft.zone_place(
        ZonePlace(
            zone=zone.fact.id,
            name=zone.fact.name,
            level=zone.last.level.value if zone.is_open else None,
            day_number=zone.last.day_number(draft.day),
            day0=zone.last.day0,
            from_at=zone.last.opened_by.effective_at,
            until_at=zone.last.until_at,
            basis=_basis(draft, zone, zone.last.level_by, clause),
            dwellings=tuple(sorted(covered)),
            buildings=draft.crowd.buildings_of(covered),
            households=len(draft.crowd.households(residents)),
            people=len(residents),
            lifting=zone.lifting,
        )
    )


def _basis(draft: Draft, zone: _Zone, put_by: Change, clause: str) -> Basis:
    version = draft.protocol.ref if draft.protocol is not None else ""
    return Basis(
        order_kind=OrderKind.ZONE,
        order=zone.fact.id,
        change=put_by.id,
        clock=zone.last.clock_by.id,
        notice=put_by.source.notice or put_by.source.issuer,
        version=version,
        clause=clause,
    )


def _add_run(draft: Draft, protocol: Protocol, zone: _Zone, run: Run) -> None:
    level = run.last.level
    rule = protocol.levels.get(level)
    lift = rule.lifting(is_stepped=run.last.is_stepped) if rule is not None else None
    if rule is None or lift is None:
        code = UnfoundedCode.NO_RULE if rule is None else UnfoundedCode.NO_END
        facts = {"level": level.value, "name": zone.fact.name}
        draft.unfounded(code, OrderKind.ZONE, zone.fact.id, **facts)
        return
    residents = draft.crowd.living_in(run.dwellings)
    basis = _basis(draft, zone, run.put_by, rule.measures_clause)
    end = _end(zone, run, lift)
    facts_of_day: dict[str, int | str] = {"name": zone.fact.name, "level": level.value}
    number = run.last.day_number(draft.day)
    if number is not None:
        facts_of_day["day"] = number
    for measure, code_of_duty in _DUTY_OF_MEASURE.items():
        if measure in rule.measures:
            draft.duty(code_of_duty, residents, basis, run.window, end, **facts_of_day)
    is_sampled = _add_rounds(draft, zone, run, rule, residents)
    if run.last.until_at is None or run.last.until_at > draft.start:
        _add_work(draft, zone, run, rule, residents, is_sampled=is_sampled)


def _end(zone: _Zone, run: Run, lift: LiftRule) -> End:
    if run.last.until_at is not None:
        return End(EndCode.AT, run.last.until_at, clause=lift.clause)
    return End(EndCode.ZONE_LIFTED, earliest_on=zone.lifting.earliest_on, clause=lift.clause)


def _add_rounds(
    draft: Draft, zone: _Zone, run: Run, rule: LevelRule, residents: Sequence[int]
) -> bool:
    """Add the samples due; only the zone's present stretch has rounds, and counts its days."""
    if run.last is not zone.last or not zone.lifting.due_today:
        return False
    for mark in zone.lifting.due_today:
        clause = _round_clause(rule, zone.lifting, mark)
        since = max(start_of(mark.on), run.first.from_at or start_of(mark.on))
        until = min(end_of(draft.day), run.last.until_at or end_of(draft.day))
        draft.duty(
            DutyCode.BE_SAMPLED,
            residents,
            _basis(draft, zone, run.put_by, clause),
            (since, until),
            End(EndCode.AT, until, clause=clause),
            name=zone.fact.name,
            day=mark.day_number,
            round=mark.number,
            closing=int(mark.is_closing),
        )
    return True


def _round_clause(rule: LevelRule, lifting: Lifting, mark: RoundMark) -> str:
    if mark.is_closing and lifting.rule is not None:
        return lifting.rule.closing_clause
    return rule.rounds.clause if rule.rounds is not None else rule.measures_clause


def _add_work(
    draft: Draft,
    zone: _Zone,
    run: Run,
    rule: LevelRule,
    residents: Sequence[int],
    *,
    is_sampled: bool,
) -> None:
    """Add what the teams owe to people who may not go out: it follows from the measure itself."""
    if Measure.DOOR_SERVICE not in rule.measures:
        return
    basis = _basis(draft, zone, run.put_by, rule.measures_clause)
    start, end = draft.within_day(run.window)
    window: Window = (start, end)
    households = draft.in_order(draft.crowd.households(residents))
    name = zone.fact.name
    draft.work(
        WorkCode.DOOR_SERVICE, SubjectKind.HOUSEHOLD, households, basis, window, "day", name=name
    )
    if is_sampled:
        draft.work(
            WorkCode.DOOR_SAMPLING,
            SubjectKind.HOUSEHOLD,
            households,
            basis,
            window,
            "day",
            name=name,
        )
    # A shop or an empty flat with people in it has no household, and its people need as much.
    doors = draft.crowd.places_without_household(residents)
    draft.work(WorkCode.DOOR_SERVICE, SubjectKind.PLACE, doors, basis, window, "day", name=name)
    if is_sampled:
        draft.work(
            WorkCode.DOOR_SAMPLING, SubjectKind.PLACE, doors, basis, window, "day", name=name
        )
    buildings = draft.crowd.buildings_of(run.dwellings)
    for code in (WorkCode.DELIVERY, WorkCode.DISINFECTION):
        draft.work(code, SubjectKind.BUILDING, buildings, basis, window, "day", name=name)


def _add_acts(draft: Draft, fact: ZoneFact) -> None:
    """Note the acts that took effect on the day, and that their paper is to be put on the doors."""
    previous: frozenset[int] = _NONE
    for change in standing(fact.changes, draft.known_at):
        covered = fact.covers.get(change.scope_row or 0, previous)
        affected = covered | previous
        previous = covered
        if draft.is_in_day(change.effective_at):
            draft.act(
                ActToday(
                    OrderKind.ZONE,
                    fact.id,
                    change.id,
                    change.act.value,
                    change.effective_at,
                    change.source.notice,
                    fact.name,
                )
            )
        if change.act in _NOTICE_ACTS and _paper_day(change) == draft.day:
            _add_paper(draft, fact, change, affected)


def _paper_day(change: Change) -> date | None:
    """Return the day on which the paper can go up: in effect and known here."""
    if change.effective_at is None:
        return None
    return max(day_of(change.effective_at), day_of(change.recorded_at))


def _add_paper(draft: Draft, fact: ZoneFact, change: Change, dwellings: frozenset[int]) -> None:
    protocol = draft.protocol
    rule = protocol.levels.get(change.level or "high") if protocol is not None else None
    clause = rule.measures_clause if rule is not None else ""
    draft.work(
        WorkCode.NOTICE_ON_DOOR,
        SubjectKind.BUILDING,
        draft.crowd.buildings_of(dwellings),
        Basis(
            OrderKind.ZONE,
            fact.id,
            change.id,
            change.id,
            change.source.notice or change.source.issuer,
            protocol.ref if protocol is not None else "",
            clause,
        ),
        (change.effective_at, None),
        "once",
        act=change.act.value,
        name=fact.name,
    )


def _add_late(draft: Draft, protocol: Protocol, zone: _Zone) -> None:
    lifting = zone.lifting
    if lifting.rule is None:
        return
    facts = (("name", zone.fact.name),)
    if lifting.is_overdue and lifting.met_on is not None:
        basis = _basis(draft, zone, zone.last.level_by, lifting.rule.clause)
        since = lifting.met_on + timedelta(days=1)
        draft.late(Late(LateCode.OVERDUE_LIFT, basis, since, zone.fact.id, facts))
    if lifting.is_closing_late and lifting.counts_from is not None:
        basis = _basis(draft, zone, zone.last.level_by, lifting.rule.closing_clause)
        since = lifting.counts_from + timedelta(days=(lifting.rule.closing_day or 0) + 1)
        draft.late(Late(LateCode.CLOSING_ROUND, basis, since, zone.fact.id, facts))


def _add_proposals(draft: Draft, protocol: Protocol, zone: _Zone) -> None:
    rule = zone.lifting.rule
    if rule is None or zone.last.until_at is not None:
        return
    for code in zone.lifting.proposes:
        facts: list[tuple[str, int | str]] = [("name", zone.fact.name)]
        if code is Proposes.RESTART:
            facts.append(("cases", len(zone.lifting.new_cases)))
        else:
            facts.append(("to", rule.to.value))
        basis = _basis(draft, zone, zone.last.level_by, rule.clause)
        draft.proposal(Proposal(code.value, basis, zone.fact.id, tuple(sorted(facts))))
