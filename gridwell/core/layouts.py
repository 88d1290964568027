"""Columns of a layout (版式): header words of an office's own, what stands below them, their order. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

#: More columns than any office's form has; what a spreadsheet still prints on paper is far fewer.
MOST_COLUMNS: Final = 200


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a layout: its header ("住址/小区" has two levels) and the code of its content.

    `text` is what stands in every line where the content is a fixed text.
    """

    header: str
    field: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class HeadCell:
    """A cell of a header of several levels: how many columns wide, how many levels high.

    `at` is the number of its first column, from 0.
    """

    text: str
    at: int
    wide: int = 1
    high: int = 1


def header_levels(columns: Sequence[Column]) -> list[list[str]]:
    """Return the header as rows; a name without levels is repeated downward, to be merged."""
    paths = [column.header.split("/") for column in columns]
    depth = max((len(path) for path in paths), default=1)
    return [
        [path[level] if level < len(path) - 1 else path[-1] for path in paths]
        for level in range(depth)
    ]


def head_cells(columns: Sequence[Column]) -> list[list[HeadCell]]:
    """Return the header level by level for a page: neighbours below one name share its cell.

    A name stands as low as its levels end, so that a plain one fills the whole height.
    """
    paths = [tuple(column.header.split("/")) for column in columns]
    depth = max((len(path) for path in paths), default=1)
    found: list[list[HeadCell]] = []
    for level in range(depth):
        cells: list[HeadCell] = []
        before: tuple[str, ...] | None = None
        for at, path in enumerate(paths):
            if level >= len(path):
                before = None
                continue
            is_last = level == len(path) - 1
            shared = None if is_last else path[: level + 1]
            if shared is not None and shared == before:
                cells[-1] = replace(cells[-1], wide=cells[-1].wide + 1)
            else:
                cells.append(HeadCell(path[level], at, high=depth - level if is_last else 1))
            before = shared
        found.append(cells)
    return found


def moved(
    placed: Sequence[tuple[int, Column]], pressed: str
) -> tuple[list[Column], int | None, str]:
    """Return columns after a button "up:3" or "down:3", where the moved one stands now, and the way.

    3 is the place on the page from which it was pressed; an empty or unknown one moves nothing.
    """
    columns = [column for _place, column in placed]
    way, _colon, number = pressed.partition(":")
    at = next((n for n, (place, _column) in enumerate(placed) if str(place) == number), None)
    if at is None or way not in {"up", "down"}:
        return columns, None, ""
    to = at - 1 if way == "up" else at + 1
    if not 0 <= to < len(columns):
        return columns, at, way
    columns[at], columns[to] = columns[to], columns[at]
    return columns, to, way
