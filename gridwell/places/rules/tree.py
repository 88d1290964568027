"""How places stand in their tree: keys, door numbers, floors, order. Pure.

An address here is a tuple of steps from the community down to the dwelling; a step is a kind and a
name as it is to be shown: `((COMPOUND, "金桂苑"), (BUILDING, "3号楼"), (UNIT, "2单元"), (DWELLING, "501"))`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from gridwell.places.rules.levels import ALLOWED_PARENTS, PlaceKind
from gridwell.places.rules.naming import match_key

Step = tuple[PlaceKind, str]
Steps = tuple[Step, ...]

_ROOM_WORDS: Final = re.compile(r"(?:室|号|户|房)$")
_FIGURES: Final = re.compile(r"[0-9]+")
_LETTERED: Final = re.compile(r"([a-z])[0-9]*")
_SHORT: Final = re.compile(r"[0-9a-z]+(?:-[0-9a-z]+)*")
#: What a bare number means at a kind: "3" among buildings is building 3.
_COUNTERS: Final = {PlaceKind.BUILDING: "号楼", PlaceKind.UNIT: "单元", PlaceKind.ROW: "排"}
#: Kinds that carry a part of the door number.
_IN_DOOR: Final = frozenset(
    {PlaceKind.BUILDING, PlaceKind.ROW, PlaceKind.UNIT, PlaceKind.DWELLING, PlaceKind.SITE}
)


@dataclass(frozen=True, slots=True)
class DwellingRow:
    """A dwelling that a ledger or a survey names. `floor` None = as the room number says."""

    steps: Steps
    floor: int | None = None
    is_vacant: bool = False


@lru_cache(maxsize=65_536)
def key_of(kind: PlaceKind, name: str) -> str:
    """Return the key by which a place is found among its siblings: 3, 3号楼, 3# and 3栋 are one."""
    if kind in {PlaceKind.DWELLING, PlaceKind.SITE}:
        name = _ROOM_WORDS.sub("", name.strip()) or name
    key = match_key(name)
    if kind in _COUNTERS and key.isascii() and key.isdigit():
        key = match_key(key.lstrip("0") + _COUNTERS[kind])
    return key or name.strip()


@lru_cache(maxsize=65_536)
def short_of(kind: PlaceKind, name: str) -> str:
    """Return a place's part of a door number: "3" of 3号楼, "B" of B座; the name when it has none."""
    found = _SHORT.search(key_of(kind, name))
    return found.group().upper() if found else name.strip()


def door_of(steps: Iterable[Step]) -> str:
    """Return the door number as people say it, without the compound: 2-1-1501, in a village 3-5."""
    return "-".join(short_of(kind, name) for kind, name in steps if kind in _IN_DOOR)[:40]


def floor_of(room: str) -> int | None:
    """Return the floor that a room number tells (501 is on 5, 1201 on 12), or None."""
    found = _FIGURES.findall(room)
    if not found or len(found[-1]) < 3 or len(found[-1]) > 5:
        return None
    floor = int(found[-1][:-2])
    if room.strip().startswith(("-", "负", "B", "b", "地下")):
        return -floor
    return floor


@lru_cache(maxsize=65_536)
def position_of(kind: PlaceKind, name: str) -> int:
    """Return where a place stands among its siblings: by number, lettered ones after their letter."""
    key = key_of(kind, name)
    found = _FIGURES.search(key)
    number = min(int(found.group()), 99_999) if found else 0
    letter = _LETTERED.match(key)
    return (ord(letter.group(1)) - 96) * 100_000 + number if letter else number


def may_stand_under(kind: PlaceKind, parent: PlaceKind | None) -> bool:
    """Return whether a place of this kind may hang under that kind; None is the community."""
    return parent in ALLOWED_PARENTS[kind]


def fault_of(steps: Steps) -> str | None:
    """Return why steps are no address of a dwelling, or None: a stable code."""
    if not steps or steps[-1][0] not in {PlaceKind.DWELLING, PlaceKind.SITE}:
        return "places.no_dwelling"
    above: PlaceKind | None = None
    for kind, name in steps:
        if not name.strip():
            return "places.no_name"
        if not may_stand_under(kind, above):
            return "places.wrong_parent"
        above = kind
    return None
