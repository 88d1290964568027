"""The life of a risk zone (风险区) from its dated changes: level, day, scope, and when it comes down.

Two times run through it: `effective_at` (when an act takes effect) and `recorded_at` (when we came
to know it). A correction or withdrawal is a new change that points at the old one; it takes hold
backwards in what is known *now* and changes nothing in what was known *then*.

Days are counted as observed in Taiyuan, November 2022: day 0 is the local day of effect, and 24:00
of a day counts as that day. The lengths come from the protocol.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from gridwell.core.clock import day_of, start_of
from gridwell.protocols.rules.model import Level, LevelRule, LiftRule


class Act(StrEnum):
    """What is done to a zone."""

    DESIGNATE = "designate"  # 划定
    RESTART = "restart"  # 管理时间重新计算
    CHANGE_RANGE = "change_range"  # 缩小、扩大范围
    STEP = "step"  # 高 → 中, 中 → 低 …
    LIFT = "lift"  # 解除
    CORRECT = "correct"  # 更正: what it says stands instead of what the target says
    WITHDRAW = "withdraw"  # 撤回: the target counts as never made


class Precision(StrEnum):
    """How exactly the paper says when it takes effect."""

    MINUTE = "minute"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class ScopeLine:
    """One line of a zone's scope (范围): a place with all below it, maybe only some floors.

    `is_except` takes it out again (除1号楼外). `place` is None for a boundary that nobody has
    matched to the register yet; its words are in `boundary`.
    """

    place: int | None
    floors: tuple[int, int] | None = None
    is_except: bool = False
    community: int | None = None
    boundary: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a change comes from: the notice, or who ordered it without one.

    `text` is the item as printed; `notice` what people call the paper ("2022年第173号").
    """

    notice_id: int | None = None
    notice: str = ""
    issuer: str = ""
    item_id: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One dated act on a zone (风险区变更).

    `effective_at` None is allowed for DESIGNATE only: "before our records". `scope` is the whole
    new scope; None leaves it as it was. `counts_as_on` overrides the day 0 that `day0_of` finds.
    `target` is the id of the change that CORRECT or WITHDRAW speaks of. A CORRECT keeps the
    target's act and brings what is right instead: times in full, level and scope where they are
    not None. `scope_row` is set by `standing`: the id of the row whose lines are the scope.
    """

    id: int
    act: Act
    effective_at: datetime | None
    recorded_at: datetime
    precision: Precision = Precision.MINUTE
    level: Level | None = None
    scope: tuple[ScopeLine, ...] | None = None
    source: Source = field(default_factory=Source)
    counts_as_on: date | None = None
    target: int | None = None
    reason: str = ""
    scope_row: int | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a zone's life in which nothing changes: [from_at, until_at).

    `from_at` None: since before our records; `until_at` None: no end known. The ids say which
    change set each thing, so that every duty can name its act: `opened_by` designated the zone,
    `level_by` set the level, `clock_by` set day 0, `scope_by` drew the scope.
    """

    from_at: datetime | None
    until_at: datetime | None
    level: Level
    day0: date | None
    scope: tuple[ScopeLine, ...]
    opened_by: Change
    level_by: Change
    clock_by: Change
    scope_by: Change
    is_stepped: bool

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Return whether the span shares an instant with [start, end)."""
        return (self.from_at is None or self.from_at < end) and (
            self.until_at is None or self.until_at > start
        )

    def day_number(self, day: date) -> int | None:
        """Return which day of the zone `day` is (第几天); None before it or when unknown."""
        if self.day0 is None or day < self.day0:
            return None
        return (day - self.day0).days


@dataclass(frozen=True, slots=True)
class ZoneState:
    """How a zone stands at an instant, as known at another.

    `is_open` False with `span` set: it was lifted, and `span` is its last stretch; with `span`
    None: it never was, or all of it was withdrawn, or it has not begun.
    """

    is_open: bool
    span: Span | None
    ended_by: Change | None = None

    @property
    def level(self) -> Level | None:
        """Return the level, None when the zone is not open."""
        return self.span.level if self.span is not None and self.is_open else None


def day0_of(change: Change) -> date | None:
    """Return the day 0 (起算日) that a change sets: the local day of effect.

    00:00 with minute precision is 24:00 of the day before and counts as that day; with day
    precision it only says which day. None when it is before our records.
    """
    if change.counts_as_on is not None:
        return change.counts_as_on
    if change.effective_at is None:
        return None
    day = day_of(change.effective_at)
    if change.precision is Precision.MINUTE and change.effective_at == start_of(day):
        return day - timedelta(days=1)
    return day


def standing(changes: Iterable[Change], known_at: datetime | None = None) -> tuple[Change, ...]:
    """Return the acts that stand as known at `known_at`, in the order in which they take effect.

    Corrections are worked in and withdrawn acts left out. A withdrawal can be withdrawn, and a
    correction corrected: the one recorded last wins. None knows everything.
    """
    known = [c for c in changes if known_at is None or c.recorded_at <= known_at]
    known.sort(key=lambda c: (c.recorded_at, c.id), reverse=True)
    void: set[int] = set()
    corrections: dict[int, Change] = {}
    acts: list[Change] = []
    for change in known:  # newest first, so whoever points at a change was seen before it
        if change.id in void:
            continue
        if change.act is Act.WITHDRAW:
            if change.target is not None:
                void.add(change.target)
        elif change.target is not None and change.act is Act.CORRECT:
            corrections.setdefault(change.target, corrections.get(change.id, change))
        elif change.act is not Act.CORRECT:
            acts.append(_corrected(change, corrections.get(change.id)))
    acts.sort(key=lambda c: (c.effective_at is not None, c.effective_at or c.recorded_at, c.id))
    return tuple(acts)


def _corrected(change: Change, said: Change | None) -> Change:
    """Return `change` as the correction says it should have been, under its own id and act."""
    if said is None:
        return replace(change, scope_row=change.id if change.scope is not None else None)
    has_lines = said.scope is not None
    row = said.id if has_lines else (change.id if change.scope is not None else None)
    return replace(
        change,
        effective_at=said.effective_at,
        precision=said.precision,
        counts_as_on=said.counts_as_on,
        level=said.level or change.level,
        scope=said.scope if has_lines else change.scope,
        scope_row=row,
    )


def spans(changes: Iterable[Change], known_at: datetime | None = None) -> tuple[Span, ...]:
    """Return the stretches of a zone's life in order, as known at `known_at`.

    An act that finds no open zone (a lift of nothing, a restart before the start) does nothing; a
    designation of an open zone at the same level restarts its clock, because that is what notices
    mean by naming a zone again.
    """
    done: list[Span] = []
    current: Span | None = None
    for change in standing(changes, known_at):
        following = _after(current, change)
        if following is current:
            continue
        if current is not None and current.from_at != change.effective_at:
            done.append(replace(current, until_at=change.effective_at))
        current = following
    if current is not None:
        done.append(current)
    return tuple(done)


def _after(current: Span | None, change: Change) -> Span | None:
    """Return the span that follows `change`; `current` itself when the act changes nothing."""
    if current is None:
        return _opened(change) if change.act is Act.DESIGNATE else None
    at = change.effective_at
    scope = change.scope if change.scope is not None else current.scope
    scope_by = change if change.scope is not None else current.scope_by
    if change.act is Act.LIFT or (change.act is Act.STEP and change.level is Level.LOW):
        return None
    if change.act is Act.CHANGE_RANGE:
        return replace(current, from_at=at, scope=scope, scope_by=scope_by)
    if change.act is Act.RESTART or (
        change.act is Act.DESIGNATE and change.level in (None, current.level)
    ):
        return replace(
            current,
            from_at=at,
            scope=scope,
            scope_by=scope_by,
            day0=day0_of(change),
            clock_by=change,
        )
    level = change.level or current.level
    return replace(
        current,
        from_at=at,
        scope=scope,
        scope_by=scope_by,
        level=level,
        level_by=change,
        day0=day0_of(change),
        clock_by=change,
        is_stepped=change.act is Act.STEP,
    )


def _opened(change: Change) -> Span:
    return Span(
        from_at=change.effective_at,
        until_at=None,
        level=change.level or Level.HIGH,
        day0=day0_of(change),
        scope=change.scope or (),
        opened_by=change,
        level_by=change,
        clock_by=change,
        scope_by=change,
        is_stepped=False,
    )


def state_at(
    changes: Sequence[Change], at: datetime, known_at: datetime | None = None
) -> ZoneState:
    """Return how the zone stands at `at` as known at `known_at` (default: all we know).

    The instant of a lift is already outside the zone.
    """
    last: Span | None = None
    for span in spans(changes, known_at):
        if span.from_at is not None and span.from_at > at:
            break
        last = span
    if last is None:
        return ZoneState(is_open=False, span=None)
    if last.until_at is None or last.until_at > at:
        return ZoneState(is_open=True, span=last)
    return ZoneState(is_open=False, span=last, ended_by=_ending(changes, last, known_at))


def _ending(changes: Sequence[Change], span: Span, known_at: datetime | None) -> Change | None:
    for change in standing(changes, known_at):
        if change.effective_at == span.until_at and change.act in (Act.LIFT, Act.STEP):
            return change
    return None


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
        code = Lacks.NO_RULE if rule is None else Lacks.START_UNKNOWN
        proposes = (Proposes.RESTART,) if fresh else ()
        return Lifting(
            rule=rule,
            day_number=span.day_number(day),
            counts_from=span.day0,
            earliest_on=None,
            met_on=None,
            is_overdue=False,
            is_closing_late=False,
            lacks=(Lack(code),),
            proposes=proposes,
            new_cases=tuple(c.id for c in fresh),
        )
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
    proposes_list: list[Proposes] = []
    if fresh:
        proposes_list.append(Proposes.RESTART)
    elif met_on is not None:
        proposes_list.append(Proposes.LIFT if rule.to is Level.LOW else Proposes.STEP)
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
        proposes=tuple(proposes_list),
        new_cases=tuple(c.id for c in fresh),
        rounds=marks,
        due_today=_due_today(marks, rule, counts_from, seen, day),
    )


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
