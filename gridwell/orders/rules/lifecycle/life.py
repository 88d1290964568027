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
from gridwell.protocols.rules.model import Level


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
