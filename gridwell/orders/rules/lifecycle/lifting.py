"""What is still missing before a zone can be lifted (还差什么才能解除): clean days and rounds.

Two conditions apart, because notices tend to print only the first: so many days without a new
case, and a closing round of everyone in the zone that is all negative.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from gridwell.core.clock import day_of
from gridwell.orders.rules.lifecycle.life import Span
from gridwell.protocols.rules.model import Level, LevelRule, LiftRule


@dataclass(frozen=True, slots=True)
class Round:
    """The outcome of a round in a zone (一轮核酸的结果), entered by hand or from a ledger.

    `negative` counts people whose result is negative so far; `last_negative_at` when the last of
    them came, None while some are missing. `on` is the local day on which samples were taken.
    """

    on: date
    due: int
    sampled: int
    negative: int
    recorded_at: datetime
    last_negative_at: datetime | None = None
    positive: int = 0
    source: str = ""

    @property
    def is_all_negative(self) -> bool:
        """Return whether everybody who was due was sampled and is negative."""
        return self.positive == 0 and self.sampled >= self.due and self.negative >= self.due

    @property
    def closed_on(self) -> date:
        """Return the local day on which its last negative came."""
        return day_of(self.last_negative_at) if self.last_negative_at is not None else self.on


@dataclass(frozen=True, slots=True)
class ZoneCase:
    """A new infection found inside a zone (区内新增感染者)."""

    id: int
    found_at: datetime
    recorded_at: datetime


class Lacks(StrEnum):
    """What a zone still waits for before it can be lifted."""

    START_UNKNOWN = "start_unknown"
    CLEAN_DAYS = "clean_days"
    CLOSING_ROUND = "closing_round"
    CLOSING_RESULTS = "closing_results"
    ROUNDS = "rounds"
    NO_RULE = "no_rule"


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing still missing; `blocks` False only says what else is due (the rounds ahead)."""

    code: Lacks
    facts: tuple[tuple[str, int | str], ...] = ()
    blocks: bool = True


class Proposes(StrEnum):
    """What the rules propose to a person; nothing is done by itself."""

    LIFT = "lift"
    STEP = "step"
    RESTART = "restart"


@dataclass(frozen=True, slots=True)
class RoundMark:
    """A round of the zone's plan and how it stands: done, today, ahead or missed.

    `number` counts the rounds of the first days from 1; the closing round has 0. `on` is the
    first day on which it may be held; a closing round that was begun and is not complete goes on
    until it is, so that samples from `on` count for it.
    """

    number: int
    day_number: int
    on: date
    state: str
    is_closing: bool = False


@dataclass(frozen=True, slots=True)
class Lifting:
    """What is still missing for lifting (还差什么才能解除), on a local day.

    `counts_from` is the day from which clean days count: day 0, or the last new case when nobody
    has restarted the clock yet. `met_on` is the first day on which all conditions were met;
    `is_overdue` from 00:00 of the day after it. `earliest_on` is the first day on which lifting
    can be proposed if all goes well.
    """

    rule: LiftRule | None
    day_number: int | None
    counts_from: date | None
    earliest_on: date | None
    met_on: date | None
    is_overdue: bool
    is_closing_late: bool
    lacks: tuple[Lack, ...]
    proposes: tuple[Proposes, ...]
    new_cases: tuple[int, ...] = ()
    rounds: tuple[RoundMark, ...] = ()
    due_today: tuple[RoundMark, ...] = ()

    @property
    def is_met(self) -> bool:
        """Return whether lifting can be proposed."""
        return self.met_on is not None


def lifting_of(
    span: Span,
    level_rule: LevelRule | None,
    day: date,
    *,
    rounds: Sequence[Round] = (),
    cases: Sequence[ZoneCase] = (),
    known_at: datetime | None = None,
) -> Lifting:
    """Return what is still missing for lifting the zone on `day`, as known at `known_at`.

    Two conditions apart (risk-zone plan of 19 Nov 2022): clean days, and a closing round of
    everyone in the zone that is all negative. Proposed at the earliest on the last clean day,
    overdue from 00:00 of the day after both were met.
    """
    rule = level_rule.lifting(is_stepped=span.is_stepped) if level_rule is not None else None
    seen = _latest(rounds, known_at)
    fresh = _new_cases(span, cases, day, known_at)
    if rule is None or span.day0 is None:
        return _uncounted(span, rule, day, fresh)
    counts_from = max([span.day0, *(day_of(c.found_at) for c in fresh)])
    earliest = counts_from + timedelta(days=rule.clean_days)
    closing = _closing_round(rule, counts_from, seen, day)
    lacks = [*_lacks(rule, counts_from, day, closing, seen)]
    met_on: date | None = None
    if not lacks:
        met_on = max(earliest, closing.closed_on) if closing is not None else earliest
    marks = _marks(span, level_rule, rule, counts_from, seen, day)
    ahead = [m for m in marks if not m.is_closing and m.state in ("today", "ahead")]
    if ahead:
        days = ",".join(str(m.day_number) for m in ahead)
        lacks.append(Lack(Lacks.ROUNDS, (("days", days),), blocks=False))
    return Lifting(
        rule=rule,
        day_number=span.day_number(day),
        counts_from=counts_from,
        earliest_on=earliest,
        met_on=met_on,
        is_overdue=met_on is not None and day > met_on,
        is_closing_late=(
            rule.closing_day is not None
            and closing is None
            and day > counts_from + timedelta(days=rule.closing_day)
        ),
        lacks=tuple(lacks),
        proposes=_proposes(rule, met_on, fresh),
        new_cases=tuple(c.id for c in fresh),
        rounds=marks,
        due_today=_due_today(marks, rule, counts_from, seen, day),
    )


def _uncounted(span: Span, rule: LiftRule | None, day: date, fresh: Sequence[ZoneCase]) -> Lifting:
    """Return what can be said without a rule or without a day 0: nothing is met, nothing is late."""
    return Lifting(
        rule=rule,
        day_number=span.day_number(day),
        counts_from=span.day0,
        earliest_on=None,
        met_on=None,
        is_overdue=False,
        is_closing_late=False,
        lacks=(Lack(Lacks.NO_RULE if rule is None else Lacks.START_UNKNOWN),),
        proposes=(Proposes.RESTART,) if fresh else (),
        new_cases=tuple(c.id for c in fresh),
    )


def _proposes(
    rule: LiftRule, met_on: date | None, fresh: Sequence[ZoneCase]
) -> tuple[Proposes, ...]:
    """Return lift or step once all is met, counted from the last case; before that, restart."""
    if met_on is not None:
        return (Proposes.LIFT if rule.to is Level.LOW else Proposes.STEP,)
    return (Proposes.RESTART,) if fresh else ()


def _due_today(
    marks: Sequence[RoundMark],
    rule: LiftRule,
    counts_from: date,
    rounds: Sequence[Round],
    day: date,
) -> tuple[RoundMark, ...]:
    """Return the rounds for which people are due on `day`.

    Looks only at rounds of earlier days: what is entered during the day does not change who was
    due on it. A closing round whose samples are all in only waits for its results.
    """
    due = [m for m in marks if not m.is_closing and m.on == day]
    closing = next((m for m in marks if m.is_closing), None)
    if closing is None or day < closing.on:
        return tuple(due)
    begun = [r for r in rounds if closing.on <= r.on < day]
    if any(r.sampled >= r.due and r.positive == 0 for r in begun):
        return tuple(due)
    since = min((r.on for r in begun), default=day)
    return (*due, replace(closing, on=since))


def _latest(rounds: Sequence[Round], known_at: datetime | None) -> list[Round]:
    """Return the last recorded outcome of each day; earlier entries of that day are history."""
    latest: dict[date, Round] = {}
    for entry in sorted(rounds, key=lambda r: (r.recorded_at, r.negative, r.source)):
        if known_at is None or entry.recorded_at <= known_at:
            latest[entry.on] = entry
    return list(latest.values())


def _new_cases(
    span: Span, cases: Sequence[ZoneCase], day: date, known_at: datetime | None
) -> list[ZoneCase]:
    """Return the cases after day 0 that no restart has answered yet, oldest first."""
    fresh = [
        c
        for c in cases
        if (known_at is None or c.recorded_at <= known_at)
        and day_of(c.found_at) <= day
        and (span.day0 is None or day_of(c.found_at) > span.day0)
    ]
    return sorted(fresh, key=lambda c: (c.found_at, c.id))


def _closing_round(
    rule: LiftRule, counts_from: date, rounds: Sequence[Round], day: date
) -> Round | None:
    """Return the first all-negative round on the closing day or later, or None."""
    if rule.closing_day is None:
        return None
    first = counts_from + timedelta(days=rule.closing_day)
    closed = [
        r for r in rounds if r.on >= first and r.is_all_negative and r.on <= day >= r.closed_on
    ]
    return min(closed, key=lambda r: (r.closed_on, r.on)) if closed else None


def _lacks(
    rule: LiftRule, counts_from: date, day: date, closing: Round | None, rounds: Sequence[Round]
) -> Iterable[Lack]:
    passed = (day - counts_from).days
    if passed < rule.clean_days:
        yield Lack(Lacks.CLEAN_DAYS, (("left", rule.clean_days - passed), ("of", rule.clean_days)))
    if rule.closing_day is None or closing is not None:
        return
    first = counts_from + timedelta(days=rule.closing_day)
    begun = [r for r in rounds if first <= r.on <= day]
    if begun:
        last = max(begun, key=lambda r: (r.on, r.recorded_at))
        yield Lack(
            Lacks.CLOSING_RESULTS,
            (
                ("missing", max(last.due - last.negative, 0)),
                ("unsampled", max(last.due - last.sampled, 0)),
                ("positive", last.positive),
            ),
        )
    else:
        yield Lack(Lacks.CLOSING_ROUND, (("day", rule.closing_day), ("on", first.isoformat())))


def _marks(
    span: Span,
    level_rule: LevelRule | None,
    rule: LiftRule,
    counts_from: date,
    rounds: Sequence[Round],
    day: date,
) -> tuple[RoundMark, ...]:
    """Return the rounds of the zone's plan with their state; an outcome of that day is "done"."""
    held = {r.on for r in rounds if r.sampled >= r.due}
    marks: list[RoundMark] = []
    if level_rule is not None and level_rule.rounds is not None and span.day0 is not None:
        for number, day_number in enumerate(level_rule.rounds.days, start=1):
            on = span.day0 + timedelta(days=day_number)
            marks.append(RoundMark(number, day_number, on, _mark_state(on, day, on in held)))
    if rule.closing_day is not None:
        on = counts_from + timedelta(days=rule.closing_day)
        done = any(r.on >= on and r.is_all_negative for r in rounds)
        day_number = (on - (span.day0 or on)).days
        state = _mark_state(on, day, done)
        marks.append(RoundMark(0, day_number, on, state, is_closing=True))
    return tuple(marks)


def _mark_state(on: date, day: date, is_done: bool) -> str:
    if is_done and on <= day:
        return "done"
    if on == day:
        return "today"
    return "ahead" if on > day else "missed"
