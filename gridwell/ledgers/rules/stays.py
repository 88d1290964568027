"""Which guest of a ledger is whose stay in the register (访客比对), or perhaps a resident. Pure.

A stay is known by the person (number, else door and name) and by when: a later visit of the same person is
another stay. Whoever has a resident's number, or a resident's name behind the same door, is asked about.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridwell.ledgers.rules.rows import ResidentRow
from gridwell.ledgers.rules.values import name_key


@dataclass(frozen=True, slots=True)
class ExistingStay:
    """A stay of the register as a line can be compared with it; times are naive and local.

    `is_by_hand` marks one whose present row a person wrote: the end that he gave holds.
    """

    id: int
    dwelling_key: str
    name: str
    starts_at: datetime
    ends_at: datetime | None = None
    document: str = ""
    phone: str = ""
    kind: str = "visitor"
    note: str = ""
    is_by_hand: bool = False


def note_of(row: ResidentRow) -> str:
    """Return what a line says of a guest that a stay has no field for: where from, employer, remarks."""
    lines = [f"{header}：{text}" if header else text for header, text in row.remark.items()]
    lines += [d.number for d in row.documents[1:]]
    lines += row.phones[1:]
    if row.traits.get("employer"):
        lines.append(row.traits["employer"])
    lines += row.labels
    if row.last_sample_at is not None:
        lines.append(
            f"最近一次核酸：{row.last_sample_at:%Y-%m-%d %H:%M} {row.last_sample_outcome}".strip()
        )
    if row.isolated_until is not None:
        lines.append(f"隔离至：{row.isolated_until.isoformat()}")
    return "\n".join(dict.fromkeys(lines))[:1_000]


def stay_changes(row: ResidentRow, stay: ExistingStay) -> dict[str, tuple[Any, Any]]:
    """Return field -> (before, after) of what the line says otherwise; a blank cell says nothing."""
    changes: dict[str, tuple[Any, Any]] = {}
    guest = row.guest
    if guest is None:
        return changes
    if guest.starts_at is not None and guest.starts_at != stay.starts_at:
        changes["starts_at"] = (stay.starts_at, guest.starts_at)
    held = stay.is_by_hand and stay.ends_at is not None
    if guest.ends_at is not None and guest.ends_at != stay.ends_at and not held:
        changes["ends_at"] = (stay.ends_at, guest.ends_at)
    if row.phones and stay.phone not in row.phones:
        changes["phone"] = (stay.phone, row.phones[0])
    if row.documents and not stay.document:
        changes["document"] = ("", row.documents[0].number)
    fresh = [
        line for line in note_of(row).split("\n") if line and line not in stay.note.split("\n")
    ]
    if fresh:
        changes["note"] = (stay.note, "\n".join(filter(None, (stay.note, *fresh)))[:1_000])
        if changes["note"][0] == changes["note"][1]:
            del changes["note"]  # no room for more
    starts, ends = (changes.get(f, (None, getattr(stay, f)))[1] for f in ("starts_at", "ends_at"))
    if ends is not None and ends <= starts:
        changes.pop("starts_at", None)
        changes.pop("ends_at", None)
    return changes


class StayMatcher:
    """Finds the stay of each guest's line; a stay is found once."""

    def __init__(self, stays: Iterable[ExistingStay], now: datetime | None) -> None:
        self.now = now
        self.taken: set[int] = set()
        self._by_number: dict[str, list[ExistingStay]] = defaultdict(list)
        self._by_door: dict[tuple[str, str], list[ExistingStay]] = defaultdict(list)
        for stay in stays:
            if stay.document:
                self._by_number[stay.document].append(stay)
            self._by_door[stay.dwelling_key, name_key(stay.name)].append(stay)

    def find(self, row: ResidentRow) -> tuple[ExistingStay | None, ExistingStay | None, str]:
        """Return (the line's own stay, else one to ask about, and why it is asked)."""
        name = name_key(row.name)
        numbers = [d.number for d in row.documents]
        same = [
            stay
            for number in numbers
            for stay in self._by_number.get(number, ())
            if name_key(stay.name) == name
        ]
        there = self._by_door.get((row.dwelling_key, name), [])
        same += [s for s in there if s not in same and not (numbers and s.document)]
        same = [stay for stay in same if stay.id not in self.taken]
        here = [stay for stay in same if stay.dwelling_key == row.dwelling_key]
        if own := self._own(row, here):
            return own, None, ""
        if own := self._own(row, [s for s in same if s not in here]):
            return None, own, "stays_elsewhere"
        if row.guest is not None and row.guest.starts_at is None and here:
            return None, here[-1], "was_here"
        others = [s for s in there if s not in here and s.id not in self.taken]
        if other := self._own(row, others):
            return None, other, "another_number"
        return None, None, ""

    def _own(self, row: ResidentRow, stays: Sequence[ExistingStay]) -> ExistingStay | None:
        return next((stay for stay in stays if self._is_same_time(row, stay)), None)

    def _is_same_time(self, row: ResidentRow, stay: ExistingStay) -> bool:
        guest = row.guest
        if guest is None:
            return False
        if guest.starts_at is None:
            open_now = stay.ends_at is None or self.now is None or stay.ends_at > self.now
            return open_now or stay.ends_at == guest.ends_at
        if guest.starts_at.date() == stay.starts_at.date():
            return True
        begins_before = stay.ends_at is None or guest.starts_at < stay.ends_at
        return begins_before and (guest.ends_at is None or stay.starts_at < guest.ends_at)


def overlap(row: ResidentRow, other: ResidentRow) -> bool:
    """Return whether two lines of one guest may mean one stay; two visits on other days do not."""
    one, two = row.guest, other.guest
    if one is None or two is None or None in (one.starts_at, two.starts_at):
        return True
    begins = max(filter(None, (one.starts_at, two.starts_at)))
    first = one if two.starts_at == begins else two
    return first.ends_at is None or begins < first.ends_at
