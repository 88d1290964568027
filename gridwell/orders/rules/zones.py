"""What a zone's scope covers: lines of places, floors and exceptions resolved to dwellings."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gridwell.orders.rules.lifecycle import ScopeLine
from gridwell.protocols.rules.model import Unit, unit_of_kind, width


class DwellingRow(NamedTuple):
    """A dwelling as the resolver needs it: its place id, its floor, and all places above it.

    `floor` None when unknown: such a dwelling is not inside a line limited to floors, and
    `floor_gaps` lists it so that somebody can be asked.
    """

    id: int
    floor: int | None
    path: Sequence[int]


def resolve(lines: Iterable[ScopeLine], dwellings: Iterable[DwellingRow]) -> frozenset[int]:
    """Return the dwellings inside the scope: all included places less all excepted ones.

    An exception wins over an inclusion, in whatever order they stand. Lines without a place (a
    boundary nobody matched yet) cover nothing. One pass over the dwellings.
    """
    lines = tuple(lines)
    include = _by_place(line for line in lines if not line.is_except)
    except_ = _by_place(line for line in lines if line.is_except)
    if not include:
        return frozenset()
    return frozenset(
        row.id for row in dwellings if _is_hit(row, include) and not _is_hit(row, except_)
    )


def floor_gaps(lines: Iterable[ScopeLine], dwellings: Iterable[DwellingRow]) -> frozenset[int]:
    """Return dwellings under a line limited to floors whose own floor is not known."""
    places = {line.place for line in lines if line.floors is not None and line.place is not None}
    return frozenset(
        row.id
        for row in dwellings
        if row.floor is None and (row.id in places or not places.isdisjoint(row.path))
    )


def widest_unit(lines: Iterable[tuple[ScopeLine, str]]) -> Unit | None:
    """Return the widest unit among the included lines, each given with its place's kind.

    None for an empty scope; an unmatched boundary counts as a compound.
    """
    units = [
        unit_of_kind(kind, has_floors=line.floors is not None)
        for line, kind in lines
        if not line.is_except
    ]
    return max(units, key=width) if units else None


def _by_place(lines: Iterable[ScopeLine]) -> dict[int, list[tuple[int, int] | None]]:
    found: dict[int, list[tuple[int, int] | None]] = {}
    for line in lines:
        if line.place is not None:
            found.setdefault(line.place, []).append(line.floors)
    return found


def _is_hit(row: DwellingRow, lines: dict[int, list[tuple[int, int] | None]]) -> bool:
    for place in (row.id, *row.path):
        for floors in lines.get(place, ()):
            if floors is None:
                return True
            if row.floor is not None and floors[0] <= row.floor <= floors[1]:
                return True
    return False


def line_words(name: str, line: ScopeLine) -> str:
    """Return a line of a range as notices write it: 1号楼1-6层, 除1号楼2单元外."""
    if line.floors is not None:
        low, high = line.floors
        name += f"{low}层" if low == high else f"{low}-{high}层"
    return f"除{name}外" if line.is_except else name
