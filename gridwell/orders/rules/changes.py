"""What an item of a notice does to the zones of a community (条目落到风险区), pure.

An item names places; zones stand with scopes. `work_of` decides what each item does to which
zone, and what must be asked before anybody is held or freed by it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
    RAISES = "raises"  # a lower open zone covers part of it: what becomes of that one
    ITEMS_OVERLAP = "items_overlap"  # another item of the notice covers part of it
    LIFTED_TOO = "lifted_too"  # the notice lifts and designates the same doors
    KEPT_IN_PART = "kept_in_part"  # only a part of an open zone is among what stays
    KEPT_UNKNOWN = "kept_unknown"  # something that stays is in nobody's register
    NO_LEVEL = "no_level"  # designated to no printed level, and no running zone tells it
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
    STEP_UP = "step_up"  # what overlaps goes up and leaves the lower zone
    RESTART_LOWER = "restart_lower"  # so it does, and what is left of the lower zone starts again
    KEEP_BOTH = "keep_both"  # both stand as they are; the stricter one counts
    FIRST_COUNTS = "first_counts"  # the doors belong to the other item's zone
    AS_PRINTED = "as_printed"  # lifted first, then designated
    WHOLE_STAYS = "whole_stays"  # the open zone stays as it is
    ONLY_NAMED = "only_named"  # of it only what the notice names
    AS_HIGH = "as_high"
    AS_MID = "as_mid"
    NOT_OURS = "not_ours"  # what is unknown lies elsewhere


@dataclass(frozen=True, slots=True)
class ItemLines:
    """An item as one community understands it: the places it names there, as scope lines.

    With `is_rest` the lines are what stays, and every other open zone is lifted
    (除以下区域外其他高风险区全部解除); `unknown` are names among them that no register has.
    """

    item: int
    sequence: int
    act: str
    level_from: Level | None
    level_to: Level | None
    effective_at: datetime | None
    effective_on: date | None
    text: str
    lines: tuple[ScopeLine, ...]
    is_rest: bool = False
    unknown: tuple[str, ...] = ()


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
    names: tuple[str, ...] = ()
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the items do, and what is still to be answered; contradictions are questions too."""

    work: tuple[Work, ...]
    questions: tuple[Question, ...]


@dataclass
class _Run:
    """What has come out so far, and what each zone still covers after the changes made to it."""

    covers: Mapping[int, frozenset[int]]
    answers: Mapping[tuple[str, int], str]
    work: list[Work] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    cuts: dict[int, tuple[ScopeLine, ...]] = field(default_factory=dict)
    lifted: set[int] = field(default_factory=set)

    def answer(self, ask: Ask, item: ItemLines) -> str | None:
        return self.answers.get((ask, item.sequence))

    def ask(
        self,
        ask: Ask,
        item: ItemLines,
        zone: OpenZone | None = None,
        names: Iterable[str] = (),
    ) -> None:
        self.questions.append(
            Question(
                ask,
                item.sequence,
                zone.id if zone is not None else None,
                tuple(names) or ((zone.name,) if zone is not None else ()),
                zone.basis if zone is not None else "",
            )
        )

    def cut(self, item: ItemLines, zone: OpenZone, lines: Iterable[ScopeLine]) -> None:
        """Take places out of an open zone; what earlier items took out stays out.

        A line that itself is an exception is not taken out: it was never in what leaves.
        """
        taken = tuple(replace(line, is_except=True) for line in lines if not line.is_except)
        kept = (*self.cuts.get(zone.id, zone.lines), *taken)
        self.cuts[zone.id] = kept
        self.work.append(Work(item, Act.CHANGE_RANGE, zone.id, zone.name, zone.level, kept))


def work_of(
    items: Iterable[ItemLines],
    zones: Sequence[OpenZone],
    covers: Mapping[int, frozenset[int]],
    answers: Mapping[tuple[str, int], str],
) -> Outcome:
    """Return what the items do to the zones, in the order: lift first, then what is drawn anew.

    `covers` gives the dwellings of each item by its id; `answers` are by (ask, sequence). A zone
    that is named again restarts by default, and is asked about all the same. Where two items, or an
    item and an open zone of a lower level, want the same doors, that is asked too.
    """
    run = _Run(covers, answers)
    order = {"lift": 0, "step": 1, "shrink": 2, "restart": 3, "designate": 4}
    ours = sorted(
        (item for item in items if item.lines or item.is_rest),
        key=lambda i: (order.get(i.act, 9), i.sequence),
    )
    rests = _between(ours, run)
    for item in ours:
        dwellings = rests.get(item.item, covers.get(item.item, frozenset()))
        if item.act == "designate":
            left = [zone for zone in zones if zone.id not in run.lifted]
            if item.item in rests:
                item = _narrowed(item, ours, covers, dwellings)
            if item.lines and (item := _with_level(item, zones, run)).lines:
                _designate(item, _touched(item, dwellings, left), dwellings, run)
        elif item.is_rest:
            _lift_rest(item, dwellings, zones, run)
        else:
            _change(item, _touched(item, dwellings, zones), dwellings, run)
    return Outcome(tuple(run.work), tuple(run.questions))


def _between(items: Sequence[ItemLines], run: _Run) -> dict[int, frozenset[int]]:
    """Ask about items of one notice that want the same doors; return what is left of those that yield.

    Of two designations the stricter keeps the doors, of equals the first; the other is asked about.
    A designation of what the notice lifts as well can be left out.
    """
    rests: dict[int, frozenset[int]] = {}
    drawn = [item for item in items if item.act == "designate"]
    for item in drawn:
        mine = run.covers.get(item.item, frozenset())
        lifts = [
            i
            for i in items
            if i.act == "lift" and not i.is_rest and mine & run.covers.get(i.item, frozenset())
        ]
        if lifts:
            answer = run.answer(Ask.LIFTED_TOO, item)
            if answer is None:
                run.ask(Ask.LIFTED_TOO, item, names=[i.text for i in lifts])
            if answer == Answer.LEAVE_OUT:
                rests[item.item] = frozenset()
                continue
        over = [o for o in drawn if _goes_before(o, item) and mine & run.covers.get(o.item, mine)]
        if over:
            answer = run.answer(Ask.ITEMS_OVERLAP, item)
            if answer is None:
                run.ask(Ask.ITEMS_OVERLAP, item, names=[o.text for o in over])
            if answer != Answer.KEEP_BOTH:
                rests[item.item] = mine.difference(*(run.covers[o.item] for o in over))
    return rests


def _goes_before(other: ItemLines, item: ItemLines) -> bool:
    """Return whether another designation keeps doors that both want: the stricter, else the first."""
    if other.item == item.item:
        return False
    theirs, ours = other.level_to or Level.HIGH, item.level_to or Level.HIGH
    if theirs != ours:
        return _covers_as_much(theirs, ours)
    return other.sequence < item.sequence


def _narrowed(
    item: ItemLines,
    items: Sequence[ItemLines],
    covers: Mapping[int, frozenset[int]],
    rest: frozenset[int],
) -> ItemLines:
    """Return an item without the doors that belong to other items; without lines when none is left."""
    if not rest:
        return replace(item, lines=())
    mine = covers.get(item.item, frozenset())
    others = [
        other
        for other in items
        if other.act == "designate"
        and _goes_before(other, item)
        and mine & covers.get(other.item, frozenset())
    ]
    taken = [line for other in others for line in other.lines]
    if any(line.is_except for line in taken):
        return replace(item, lines=tuple(ScopeLine(place=door) for door in sorted(rest)))
    return replace(
        item, lines=(*item.lines, *(replace(line, is_except=True) for line in taken if line.place))
    )


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
    run: _Run,
) -> None:
    level = item.level_to or Level.HIGH
    again = [z for z, how in touched if how in ("same", "around") and z.level == level]
    if again:
        zone = again[0]
        answer = run.answer(Ask.ALREADY_OPEN, item)
        if answer is None:
            run.ask(Ask.ALREADY_OPEN, item, zone)
        if answer in (None, Answer.RESTART):
            run.work.append(Work(item, Act.RESTART, zone.id, zone.name, zone.level, None))
        return
    stepped = [z for z, how in touched if how == "same"]
    if stepped:  # mid to high again: the zone goes on at another level
        zone = stepped[0]
        run.work.append(Work(item, Act.DESIGNATE, zone.id, zone.name, level, item.lines))
        return
    over = [z for z, how in touched if _covers_as_much(z.level, level)]
    lower = [(z, how) for z, how in touched if not _covers_as_much(z.level, level)]
    if lower:
        _raise(item, lower, run)
    if over:
        _overlap(item, level, over, dwellings, run)
        return
    # Only what is drawn narrower than its item has doors of its own.
    narrowed = dwellings if dwellings != run.covers.get(item.item, dwellings) else None
    run.work.append(
        Work(item, Act.DESIGNATE, None, item.text, level, item.lines, dwellings=narrowed)
    )


def _raise(item: ItemLines, lower: Sequence[tuple[OpenZone, str]], run: _Run) -> None:
    """Ask what becomes of lower open zones that an item covers in part (中风险区内划高风险区).

    By default the doors leave them, so that nobody is in two zones; a zone that lies inside the item
    as a whole ends with it.
    """
    answer = run.answer(Ask.RAISES, item)
    zones = [zone for zone, _ in lower]
    if answer is None:
        run.ask(Ask.RAISES, item, zones[0], [zone.name for zone in zones])
    if answer == Answer.KEEP_BOTH:
        return
    for zone, how in lower:
        if how == "inside":
            run.work.append(Work(item, Act.LIFT, zone.id, zone.name, Level.LOW, None))
            continue
        run.cut(item, zone, item.lines)
        if answer == Answer.RESTART_LOWER:
            run.work.append(Work(item, Act.RESTART, zone.id, zone.name, zone.level, None))


def _covers_as_much(zone: Level, level: Level) -> bool:
    """Return whether a zone restricts its people at least as much as a designation would."""
    order = (Level.LOW, Level.MID, Level.HIGH)
    return order.index(zone) >= order.index(level)


def _overlap(
    item: ItemLines,
    level: Level,
    over: Sequence[OpenZone],
    dwellings: frozenset[int],
    run: _Run,
) -> None:
    """Ask about open zones that cover a part of an item, so that nobody is in two zones at once.

    By default they restart, and what they do not cover becomes a zone of its own.
    """
    answer = run.answer(Ask.OVERLAPS, item)
    if answer is None:
        run.ask(Ask.OVERLAPS, item, over[0], [zone.name for zone in over])
    if answer != Answer.ONLY_REST:
        run.work += [Work(item, Act.RESTART, zone.id, zone.name, zone.level, None) for zone in over]
    rest = dwellings.difference(*(zone.dwellings for zone in over))
    if rest:
        lines = _rest_lines(item, over, rest)
        run.work.append(Work(item, Act.DESIGNATE, None, item.text, level, lines, dwellings=rest))


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
    run: _Run,
) -> None:
    fitting = [(z, how) for z, how in touched if item.level_from in (None, z.level)]
    work = run.work
    if not fitting:
        answer = run.answer(Ask.NEVER_DESIGNATED, item)
        if answer is None:
            run.ask(Ask.NEVER_DESIGNATED, item)
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
            if act is Act.LIFT:
                run.lifted.add(zone.id)
            work.append(Work(item, act, zone.id, zone.name, level or zone.level, None))
        elif act is Act.LIFT:
            # Only a part of the zone is freed: the rest stays, without starting its days again.
            run.cut(item, zone, item.lines)
        else:
            work.append(Work(item, act, zone.id, zone.name, level, None))


def _with_level(item: ItemLines, zones: Sequence[OpenZone], run: _Run) -> ItemLines:
    """Return a designation with its level; of one without any the running zones tell it, or a person.

    Without lines where nobody has said yet, or it is left out.
    """
    if item.level_to is not None:
        return item
    running = {zone.level for zone in zones}
    answer = run.answer(Ask.NO_LEVEL, item)
    if answer == Answer.LEAVE_OUT:
        return replace(item, lines=())
    if answer in (Answer.AS_HIGH, Answer.AS_MID):
        return replace(item, level_to=Level.HIGH if answer == Answer.AS_HIGH else Level.MID)
    if len(running) == 1:
        return replace(item, level_to=next(iter(running)))
    run.ask(Ask.NO_LEVEL, item)
    return replace(item, lines=())


def _lift_rest(item: ItemLines, kept: frozenset[int], zones: Sequence[OpenZone], run: _Run) -> None:
    """Lift every open zone of the item's level that nothing of what stays lies in.

    A zone of which only a part stays is asked about and stays whole until somebody says otherwise;
    so is a name that no register knows: it may be another name of one of these zones.
    """
    if item.unknown and run.answer(Ask.KEPT_UNKNOWN, item) is None:
        run.ask(Ask.KEPT_UNKNOWN, item, names=item.unknown)
    for zone in zones:
        if item.level_from not in (None, zone.level):
            continue
        staying = zone.dwellings & kept
        if not staying and _places(zone.lines) != _places(item.lines):
            run.lifted.add(zone.id)
            run.work.append(Work(item, Act.LIFT, zone.id, zone.name, Level.LOW, None))
        elif staying and staying != zone.dwellings:
            answer = run.answer(Ask.KEPT_IN_PART, item)
            if answer is None:
                run.ask(Ask.KEPT_IN_PART, item, zone)
            if answer == Answer.ONLY_NAMED:
                lines = tuple(ScopeLine(place=door) for door in sorted(staying))
                run.work.append(Work(item, Act.CHANGE_RANGE, zone.id, zone.name, zone.level, lines))


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
