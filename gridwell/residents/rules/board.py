"""How doors are laid out on a building board: columns by unit, lines by floor. Pure."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

D = TypeVar("D")


@dataclass(frozen=True)
class Spot:
    """Where a door belongs: its unit (None outside any), its floor, its order on the floor."""

    unit: int | None
    floor: int | None
    order: tuple[int, str]


@dataclass(frozen=True)
class Layout(Generic[D]):
    """Groups with their widths, and lines (floor, per group its doors, padded with None)."""

    groups: tuple[tuple[int | None, int], ...]
    lines: tuple[tuple[int | None, tuple[tuple[D | None, ...], ...]], ...]


def lay_out(doors: Sequence[tuple[Spot, D]], units: Sequence[int]) -> Layout[D]:
    """Return the board of a building: units in the given order, the top floor first.

    A door keeps its column over the floors where room numbers allow it (02 stands above 02); doors
    of no known floor stand in a last line without number.
    """
    by_unit: dict[int | None, list[tuple[Spot, D]]] = defaultdict(list)
    for spot, door in doors:
        by_unit[spot.unit].append((spot, door))
    order = [u for u in units if u in by_unit] + ([None] if None in by_unit else [])
    floors = sorted({spot.floor for spot, _ in doors if spot.floor is not None}, reverse=True)
    lines: list[int | None] = [*floors]
    if any(spot.floor is None for spot, _ in doors):
        lines.append(None)
    columns = {unit: _columns(by_unit[unit]) for unit in order}
    return Layout(
        groups=tuple((unit, columns[unit][0]) for unit in order),
        lines=tuple(
            (floor, tuple(_line(columns[unit], floor) for unit in order)) for floor in lines
        ),
    )


def _columns(doors: list[tuple[Spot, D]]) -> tuple[int, dict[int | None, dict[int, D]]]:
    """Return the width of a unit and its doors by floor and column."""
    by_floor: dict[int | None, list[tuple[Spot, D]]] = defaultdict(list)
    for spot, door in doors:
        by_floor[spot.floor].append((spot, door))
    ends = sorted({_end(spot) for spot, _ in doors if spot.floor is not None})
    widest = max(len(row) for row in by_floor.values())
    aligned = len(ends) <= widest + 2
    found: dict[int | None, dict[int, D]] = {}
    for floor, row in by_floor.items():
        row.sort(key=lambda pair: pair[0].order)
        places = [ends.index(_end(spot)) for spot, _ in row] if floor is not None else []
        if not aligned or len(set(places)) != len(row):
            places = list(range(len(row)))
        found[floor] = {place: door for place, (_, door) in zip(places, row, strict=True)}
    width = max(max(row, default=0) + 1 for row in found.values())
    return width, found


def _end(spot: Spot) -> int:
    """Return the room within its floor: 2 of 1502."""
    return spot.order[0] % 100


def _line(
    columns: tuple[int, Mapping[int | None, Mapping[int, D]]], floor: int | None
) -> tuple[D | None, ...]:
    width, found = columns
    row = found.get(floor)
    return tuple(row.get(place) if row else None for place in range(width))


def wrap(doors: Sequence[D], width: int = 10) -> list[tuple[D | None, ...]]:
    """Return doors of a row of houses in lines of equal width."""
    rows = [tuple(doors[start : start + width]) for start in range(0, len(doors), width)]
    return [row + (None,) * (width - len(row)) if len(rows) > 1 else row for row in rows]
