"""What an item of a notice does to the zones of a community (条目落到风险区), pure.

An item names places; zones stand with scopes. `work_of` decides what each item does to which
zone, and what must be asked before anybody is held or freed by it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from gridwell.orders.rules.lifecycle import Act, ScopeLine
from gridwell.protocols.rules.model import Level


class Ask(StrEnum):
    """What a person must answer about an item before its part can be approved."""

    ALREADY_OPEN = "already_open"  # named again while open: restart its clock, or leave it
    NEVER_DESIGNATED = "never_designated"  # lifted here, but no zone of it is known
    SPREAD_UNCLEAR = "spread_unclear"  # wider than unit or building: why
    OVERLAPS = "overlaps"  # an open zone covers part of it: restart that one, or only the rest
    PLACE = "place"  # which place of the register it is


class Answer(StrEnum):
    """The answers that can be given to `Ask`."""

    RESTART = "restart"
    KEEP = "keep"
    BEFORE_RECORDS = "before_records"
    LEAVE_OUT = "leave_out"
    EXPLAINED = "explained"  # with a remark
    RESTART_AND_REST = "restart_and_rest"  # the open zone restarts, the rest is a new zone
    ONLY_REST = "only_rest"  # the open zone stays as it is, the rest is a new zone


@dataclass(frozen=True, slots=True)
class ItemLines:
    """An item as one community understands it: the places it names there, as scope lines."""

    item: int
    sequence: int
    act: str
    level_from: Level | None
    level_to: Level | None
    effective_at: datetime | None
    effective_on: date | None
    text: str
    lines: tuple[ScopeLine, ...]


@dataclass(frozen=True, slots=True)
class OpenZone:
    """A zone that is open, with its scope and level, and the dwellings that it covers."""

    id: int
    name: str
    level: Level
    lines: tuple[ScopeLine, ...]
    dwellings: frozenset[int]
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """One change that approving an item makes. `zone` None: a new zone is made.

    `before_records` True: first a designation before our records, so that the lift has something
    to lift. `lines` None leaves the scope as it is. `undoes` is the change that WITHDRAW takes back
    or CORRECT puts right. `dwellings` is set where a new zone gets only a part of its item.
    """

    item: ItemLines
    act: Act
    zone: int | None
    zone_name: str
    level: Level | None
    lines: tuple[ScopeLine, ...] | None
    before_records: bool = False
    undoes: int | None = None
    dwellings: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question about an item, with what it is about."""

    ask: Ask
    sequence: int
    zone: int | None = None
    zone_name: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the items do, and what is still to be answered; contradictions are questions too."""

    work: tuple[Work, ...]
    questions: tuple[Question, ...]


def work_of(
    items: Iterable[ItemLines],
    zones: Sequence[OpenZone],
    covers: Mapping[int, frozenset[int]],
    answers: Mapping[tuple[str, int], str],
) -> Outcome:
    """Return what the items do to the zones, in the order: lift first, then what is drawn anew.

    `covers` gives the dwellings of each item by its id; `answers` are by (ask, sequence). A zone
    that is named again restarts by default, and is asked about all the same.
    """
    work: list[Work] = []
    questions: list[Question] = []
    order = {"lift": 0, "step": 1, "shrink": 2, "restart": 3, "designate": 4}
    for item in sorted(items, key=lambda i: (order.get(i.act, 9), i.sequence)):
        if not item.lines:
            continue
        dwellings = covers.get(item.item, frozenset())
        touched = _touched(item, dwellings, zones)
        if item.act == "designate":
            _designate(item, touched, dwellings, answers, work, questions)
        else:
            _change(item, touched, dwellings, answers, work, questions)
    return Outcome(tuple(work), tuple(questions))


def _touched(
    item: ItemLines, dwellings: frozenset[int], zones: Sequence[OpenZone]
) -> list[tuple[OpenZone, str]]:
    """Return the open zones an item speaks of: same, inside the item, around it, or part of both."""
    found = []
    ours = _places(item.lines)
    for zone in zones:
        theirs = _places(zone.lines)
        common = dwellings & zone.dwellings
        if ours == theirs or (common and dwellings == zone.dwellings):
            found.append((zone, "same"))
        elif common:
            if zone.dwellings <= dwellings:
                found.append((zone, "inside"))
            else:
                found.append((zone, "around" if dwellings <= zone.dwellings else "part"))
    return sorted(found, key=lambda f: (f[1] != "same", f[0].id))


def _places(lines: Iterable[ScopeLine]) -> frozenset[tuple[int | None, object, bool]]:
    return frozenset((line.place, line.floors, line.is_except) for line in lines)


def _designate(
    item: ItemLines,
    touched: Sequence[tuple[OpenZone, str]],
    dwellings: frozenset[int],
    answers: Mapping[tuple[str, int], str],
    work: list[Work],
    questions: list[Question],
) -> None:
    level = item.level_to or Level.HIGH
    again = [z for z, how in touched if how in ("same", "around") and z.level == level]
    if not again:
        stepped = [z for z, how in touched if how == "same"]
        if stepped:  # mid to high again: the zone goes on at another level
            zone = stepped[0]
            work.append(Work(item, Act.DESIGNATE, zone.id, zone.name, level, item.lines))
            return
        over = [z for z, how in touched if how != "same" and _covers_as_much(z.level, level)]
        if over:
            _overlap(item, level, over, dwellings, answers, work, questions)
            return
        work.append(Work(item, Act.DESIGNATE, None, item.text, level, item.lines))
        return
    zone = again[0]
    answer = answers.get((Ask.ALREADY_OPEN, item.sequence))
    if answer is None:
        questions.append(Question(Ask.ALREADY_OPEN, item.sequence, zone.id, zone.name, zone.basis))
    if answer in (None, Answer.RESTART):
        work.append(Work(item, Act.RESTART, zone.id, zone.name, zone.level, None))


def _covers_as_much(zone: Level, level: Level) -> bool:
    """Return whether a zone restricts its people at least as much as a designation would."""
    order = (Level.LOW, Level.MID, Level.HIGH)
    return order.index(zone) >= order.index(level)


def _overlap(
    item: ItemLines,
    level: Level,
    over: Sequence[OpenZone],
    dwellings: frozenset[int],
    answers: Mapping[tuple[str, int], str],
    work: list[Work],
    questions: list[Question],
) -> None:
    """Ask about open zones that cover a part of an item, so that nobody is in two zones at once.

    By default they restart, and what they do not cover becomes a zone of its own.
    """
    answer = answers.get((Ask.OVERLAPS, item.sequence))
    names = "、".join(zone.name for zone in over)
    if answer is None:
        questions.append(Question(Ask.OVERLAPS, item.sequence, over[0].id, names, over[0].basis))
    if answer != Answer.ONLY_REST:
        work += [Work(item, Act.RESTART, zone.id, zone.name, zone.level, None) for zone in over]
    rest = dwellings.difference(*(zone.dwellings for zone in over))
    if rest:
        lines = _rest_lines(item, over, rest)
        work.append(Work(item, Act.DESIGNATE, None, item.text, level, lines, dwellings=rest))


def _rest_lines(
    item: ItemLines, over: Sequence[OpenZone], rest: frozenset[int]
) -> tuple[ScopeLine, ...]:
    """Return the lines of an item without what open zones cover.

    A zone that itself leaves something out cannot be said as an exception: then door by door.
    """
    taken = [line for zone in over for line in zone.lines]
    if any(line.is_except for line in taken):
        return tuple(ScopeLine(place=dwelling) for dwelling in sorted(rest))
    return (*item.lines, *(replace(line, is_except=True) for line in taken if line.place))


def _change(
    item: ItemLines,
    touched: Sequence[tuple[OpenZone, str]],
    dwellings: frozenset[int],
    answers: Mapping[tuple[str, int], str],
    work: list[Work],
    questions: list[Question],
) -> None:
    fitting = [(z, how) for z, how in touched if item.level_from in (None, z.level)]
    if not fitting:
        answer = answers.get((Ask.NEVER_DESIGNATED, item.sequence))
        if answer is None:
            questions.append(Question(Ask.NEVER_DESIGNATED, item.sequence))
        if answer == Answer.BEFORE_RECORDS:
            act, level = _act_of(item)
            work.append(Work(item, act, None, item.text, level, item.lines, before_records=True))
        return
    act, level = _act_of(item)
    for zone, how in fitting:
        if act is Act.CHANGE_RANGE:
            if how in ("same", "around", "part"):
                work.append(Work(item, act, zone.id, zone.name, zone.level, item.lines))
        elif act is Act.RESTART or how in ("same", "inside"):
            work.append(Work(item, act, zone.id, zone.name, level or zone.level, None))
        elif act is Act.LIFT:
            # Only a part of the zone is freed: the rest stays, without starting its days again.
            rest = (*zone.lines, *(replace(line, is_except=True) for line in item.lines))
            work.append(Work(item, Act.CHANGE_RANGE, zone.id, zone.name, zone.level, rest))
        else:
            work.append(Work(item, act, zone.id, zone.name, level, None))


def _act_of(item: ItemLines) -> tuple[Act, Level | None]:
    if item.act == "lift":
        return Act.LIFT, Level.LOW
    if item.act == "step":
        return Act.STEP, item.level_to
    if item.act == "restart":
        return Act.RESTART, None
    return Act.CHANGE_RANGE, None


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between a notice and its correction (更正前后)."""

    kind: str  # added, gone, moved: the same place under another act or district
    before: str
    after: str


def differences(
    before: Sequence[tuple[str, str, str]], after: Sequence[tuple[str, str, str]]
) -> list[Difference]:
    """Return what a corrected notice changes; rows are (match key, group, printed text).

    Items are paired by their key; the same key in another group has moved.
    """
    old = {key: (group, text) for key, group, text in before}
    new = {key: (group, text) for key, group, text in after}
    found = [Difference("gone", text, "") for key, (_, text) in old.items() if key not in new]
    found += [Difference("added", "", text) for key, (_, text) in new.items() if key not in old]
    found += [
        Difference("moved", f"{old[key][0]}: {text}", f"{group}: {text}")
        for key, (group, text) in new.items()
        if key in old and old[key][0] != group
    ]
    return found
