"""What a corrected notice does to what the notice it corrects has done (更正), pure.

Items that stand in both do nothing; an item that is gone takes back what it did; one whose day or
level alone is another corrects its change; all others are worked out as those of any notice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gridwell.orders.rules.changes import ItemLines, Work
from gridwell.orders.rules.lifecycle import Act, ScopeLine


@dataclass(frozen=True, slots=True)
class Made:
    """A change that approving the corrected notice made, and that nobody has withdrawn.

    `is_before_records` True for all changes of a zone that the approval made only to lift it.
    """

    change: int
    zone: int
    zone_name: str
    act: Act
    item: int
    is_before_records: bool = False


@dataclass(frozen=True, slots=True)
class Correction:
    """What remains to be worked out, what is done already, and what is taken back or corrected."""

    fresh: tuple[ItemLines, ...]
    kept: frozenset[int]  # sequences of the items that are done already
    work: tuple[Work, ...]


def correction_of(
    items: Sequence[ItemLines], before: Sequence[ItemLines], made: Sequence[Made]
) -> Correction:
    """Return what a corrected notice changes against the items of the notices before it.

    `before` are the items whose changes stand, and those of the last notice that was approved: an
    item that a person had left out is not asked about again.
    """
    by_item: dict[int, list[Made]] = {}
    for change in made:
        by_item.setdefault(change.item, []).append(change)
    known = {_identity(item) for item in before if item.lines}
    ours = [item for item in items if item.lines]
    kept = [item for item in ours if _identity(item) in known]
    fresh = [item for item in ours if _identity(item) not in known]
    same = {_identity(item) for item in kept}
    gone = [item for item in before if item.item in by_item and _identity(item) not in same]
    amended: list[Work] = []
    for old in tuple(gone):
        new = next((i for i in fresh if i.act == old.act and _lines(i) == _lines(old)), None)
        changes = by_item[old.item]
        if new is None or any(change.is_before_records for change in changes):
            continue
        fresh.remove(new)
        gone.remove(old)
        amended += [_amend(new, change) for change in changes]
    lost = {old.item: old for old in gone}
    # What is no longer an item of any notice before this one cannot be told apart: it stays.
    withdrawn = [_withdraw(lost[c.item], c) for c in made if c.item in lost]
    return Correction(
        tuple(fresh), frozenset(item.sequence for item in kept), (*withdrawn, *amended)
    )


def _identity(item: ItemLines) -> tuple[object, ...]:
    return (item.act, item.level_from, item.level_to, item.effective_at, _lines(item))


def _lines(item: ItemLines) -> frozenset[tuple[int | None, object, bool]]:
    lines: Iterable[ScopeLine] = item.lines
    return frozenset((line.place, line.floors, line.is_except) for line in lines)


def _amend(item: ItemLines, change: Made) -> Work:
    """Return the correction of one change: the day as now printed, and the level it sets."""
    level = item.level_to if change.act in (Act.DESIGNATE, Act.STEP) else None
    return Work(item, Act.CORRECT, change.zone, change.zone_name, level, None, undoes=change.change)


def _withdraw(item: ItemLines, change: Made) -> Work:
    """Return the withdrawal of one change; its item is the corrected notice's, with no number here."""
    printed = ItemLines(
        item=item.item,
        sequence=0,
        act=item.act,
        level_from=item.level_from,
        level_to=item.level_to,
        effective_at=item.effective_at,
        effective_on=item.effective_on,
        text=item.text,
        lines=(),
    )
    return Work(
        printed, Act.WITHDRAW, change.zone, change.zone_name, None, None, undoes=change.change
    )
