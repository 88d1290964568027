"""Finds the header of a sheet wherever it is (表头), and gives the lines below it.

Knows no column names: `known` says how surely a path of header texts names a column.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from gridwell.core.tables.model import Cell, Merge, Row, Sheet, cell_text, letter_of

#: Takes the path of a header cell from the top down, returns 0 (not a name) to 1 (a name for sure).
Known = Callable[[tuple[str, ...]], float]

_SEARCHED_ROWS: Final = 60
_LONGEST_NAME: Final = 40
_LEVELS: Final = 4
_WHITE: Final = re.compile(r"\s+")
_DAY: Final = re.compile(r"\d{4}\s*[年./-]\s*\d{1,2}")
_FIGURES: Final = re.compile(r"[\d.,:/%\-年月日]+")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: where it is, and its header texts from the top level down, spaces removed."""

    index: int
    path: tuple[str, ...]

    @property
    def letter(self) -> str:
        """Return the spreadsheet's letters for the column."""
        return letter_of(self.index)

    @property
    def name(self) -> str:
        """Return the lowest header text, which is the column's own."""
        return self.path[-1] if self.path else ""

    @property
    def address(self) -> str:
        """Return the name path, "重点情况/是否党员"; the letter for a column without a name."""
        return "/".join(self.path) or self.letter


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header is (zero-based rows, both inclusive), its columns, and the text above it."""

    top: int
    bottom: int
    columns: tuple[Column, ...]
    titles: tuple[str, ...]


def find_header(sheet: Sheet, known: Known, *, least: float = 2) -> Header | None:
    """Return the header of a sheet, or None when no row reaches `least` known column names.

    The row with the most known names wins; rows above and below join it when merged cells or
    blanks show that they are levels of the same header.
    """
    grid = _Grid(sheet)
    best, best_score = -1, 0.0
    for row in range(min(len(sheet.rows), _SEARCHED_ROWS)):
        score = _row_score(grid, row, known)
        if score > best_score:
            best, best_score = row, score
    if best < 0 or best_score < least:
        return None
    top = bottom = best
    while top > 0 and bottom - top + 1 < _LEVELS and _is_level_above(grid, top - 1, top):
        top -= 1
    while bottom - top + 1 < _LEVELS and _is_level_below(grid, bottom, bottom + 1, known):
        bottom += 1
    columns = _columns(grid, top, bottom)
    titles = [grid.text(row, column) for row in range(top) for column in grid.filled(row)]
    return Header(top, bottom, columns, tuple(dict.fromkeys(title for title in titles if title)))


class _Grid:
    """Texts of a sheet's first rows, with what merges cover them."""

    def __init__(self, sheet: Sheet) -> None:
        self.rows = sheet.rows
        self.merges = [merge for merge in sheet.merges if merge.top < _SEARCHED_ROWS + _LEVELS]
        self.cover: dict[tuple[int, int], Merge] = {}
        for merge in self.merges:
            for row in range(merge.top, min(merge.bottom, merge.top + _LEVELS) + 1):
                for column in range(merge.left, min(merge.right, merge.left + 2_000) + 1):
                    self.cover[row, column] = merge

    def own(self, row: int, column: int) -> str:
        """Return the cell's own text without spaces, ignoring merges."""
        if not 0 <= row < len(self.rows) or column >= len(self.rows[row]):
            return ""
        value = self.rows[row][column]
        return _WHITE.sub("", cell_text(value)) if value != "" else ""

    def text(self, row: int, column: int) -> str:
        """Return the text that is seen at a cell, through the merge that covers it."""
        merge = self.cover.get((row, column))
        return self.own(merge.top, merge.left) if merge else self.own(row, column)

    def width(self, row: int) -> int:
        return len(self.rows[row]) if 0 <= row < len(self.rows) else 0

    def filled(self, row: int) -> list[int]:
        """Return the columns with a text of their own."""
        return [column for column in range(self.width(row)) if self.own(row, column)]


def _row_score(grid: _Grid, row: int, known: Known) -> float:
    """Sum what is known, less what is not: a line of data may hold a word that names a column."""
    texts = [grid.own(row, column) for column in grid.filled(row)]
    names = [text for text in texts if _may_be_name(text)]
    if not names:
        return 0.0
    sure = sum(known((text,)) for text in names)
    strange = len(texts) - len(names)
    return sure - 0.5 * strange


def _may_be_name(text: str) -> bool:
    return len(text) <= _LONGEST_NAME and not _FIGURES.fullmatch(text)


def _is_level_above(grid: _Grid, row: int, below: int) -> bool:
    """Tell a level of group names from a title line, by merges and by how many texts it has."""
    filled = grid.filled(row)
    if not filled or any(
        not _may_be_name(grid.own(row, c)) or len(grid.own(row, c)) > 20 for c in filled
    ):
        return False
    down = any(m.top <= row and m.bottom >= below for m in grid.merges if m.left in filled)
    if down:
        return True
    if len(filled) < 2 or any("：" in grid.own(row, c) or ":" in grid.own(row, c) for c in filled):
        return False
    # Every group name stands over a column of the level below, and some over more than one.
    below_filled = grid.filled(below)
    return len(filled) < len(below_filled) + 1 and max(filled) <= max(below_filled, default=-1) + 1


def _is_level_below(grid: _Grid, bottom: int, row: int, known: Known) -> bool:
    """Tell a level of names under group names from the first line of data."""
    filled = grid.filled(row)
    if not filled or any(not _may_be_name(grid.own(row, column)) for column in filled):
        return False
    for column in filled:
        merge = grid.cover.get((bottom, column))
        in_group = merge is not None and merge.bottom == bottom and merge.right > merge.left
        if not (in_group or (merge is None and not grid.own(bottom, column))):
            # Without merges (csv) the first name of a group stands right under the group's name.
            right_is_blank = not grid.own(bottom, column + 1) and column + 1 in filled
            if merge is not None or not right_is_blank:
                return False
    covers_down = any(m.top <= bottom and m.bottom >= row for m in grid.merges)
    sure = sum(known((grid.own(row, column),)) > 0 for column in filled)
    grouped = any(m.top <= bottom <= m.bottom and m.right > m.left for m in grid.merges)
    return covers_down or (grouped and sure > 0) or sure >= max(2, len(filled) - 1)


def _columns(grid: _Grid, top: int, bottom: int) -> tuple[Column, ...]:
    width = max(grid.width(row) for row in range(top, bottom + 1))
    carried: list[str] = [""] * (bottom - top + 1)
    columns = []
    for column in range(width):
        path: list[str] = []
        for level, row in enumerate(range(top, bottom + 1)):
            text = grid.text(row, column)
            covered = (row, column) in grid.cover
            if text:
                carried[level] = text if not covered else ""
                for lower in range(level + 1, len(carried)):
                    carried[lower] = ""
            elif not covered and row < bottom and grid.text(bottom, column):
                text = carried[level]  # a group name written once, over its first column
            if text and (not path or path[-1] != text):
                path.append(text)
        if path:
            columns.append(Column(column, tuple(path)))
    return tuple(columns)


def body_rows(
    sheet: Sheet, header: Header, *, totals: Collection[str] = (), notes: Collection[str] = ()
) -> Iterator[tuple[int, list[Cell]]]:
    """Yield (spreadsheet row number, values) for the lines under the header.

    A merged range gives its value to each of its cells, downward and rightward; so a line inside a
    merge is not blank. Blank lines go; so do lines whose first text begins or ends with a word of
    `totals`, a lone text that begins with one of `notes`, and the header printed again on a later page.
    """
    width = max((column.index for column in header.columns), default=-1) + 1
    fills = _fills(sheet, header.bottom)
    names = {column.index: column.name for column in header.columns}
    blank: list[Cell] = [""] * width
    beginnings = {word[0] for word in (*totals, *notes)}
    ends = {word[-1] for word in totals}
    whole = {word for word in totals if len(word) > 1}
    for index in range(header.bottom + 1, len(sheet.rows)):
        row = sheet.rows[index]
        values = list(row[:width]) if len(row) >= width else [*row, *blank[len(row) :]]
        own = [value for value in values if value != "" and value is not None]
        if index in fills:
            for column, value in fills[index]:
                if column < width:
                    values[column] = value
        elif not own:
            continue
        if not own and not any(value != "" for value in values):
            continue
        first = own[0] if own else ""
        may_be_aside = isinstance(first, str) and (
            first[:1] in beginnings or first[-1:] in ends or first[:1].isspace()
        )
        if may_be_aside and _is_aside(own, values, totals, notes):
            continue
        # 3号楼 | 合计 | 12人: the word stands alone in a cell behind what it adds up.
        if any(isinstance(v, str) and len(v) < 8 and _WHITE.sub("", v) in whole for v in own[1:4]):
            continue
        if _is_header_again(values, names):
            continue
        yield index + 1, values


def _fills(sheet: Sheet, header_bottom: int) -> dict[int, list[tuple[int, Cell]]]:
    """Return row -> (column, value) for cells that a merge covers; ranges are bounded by the sheet."""
    fills: dict[int, list[tuple[int, Cell]]] = {}
    last = len(sheet.rows) - 1
    for merge in sheet.merges:
        if merge.bottom <= header_bottom or merge.top > last:
            continue
        row = sheet.rows[merge.top]
        value = row[merge.left] if merge.left < len(row) else ""
        if value == "":
            continue
        for index in range(max(merge.top, header_bottom + 1), min(merge.bottom, last) + 1):
            for column in range(merge.left, min(merge.right, merge.left + 200) + 1):
                if (index, column) != (merge.top, merge.left):
                    fills.setdefault(index, []).append((column, value))
    return fills


def _is_aside(
    own: Sequence[Cell], values: Row, totals: Collection[str], notes: Collection[str]
) -> bool:
    """Tell a line that adds up or explains, by its first text; numbers never begin one."""
    first = own[0] if own else ""
    if not isinstance(first, str):
        return False
    if not first.strip():
        return _is_blank(values)
    text = _WHITE.sub("", first)
    for word in totals:
        if text.startswith(word) and not text[len(word) : len(word) + 1].isalpha():
            return True
        # 1单元小计, 本页合计: a total of what it names.
        if len(word) > 1 and text.endswith(word) and len(text) <= len(word) + 10:
            return True
    if not text.startswith(tuple(notes)):
        return False
    lone = len(set(map(str, own))) == 1
    # A line of signatures: 填表人：王某 | 电话：… | 2022年11月20日; no line of a list has a colon in
    # each of its cells.
    return lone or all(_is_signature(v) for v in own)


def _is_signature(value: Cell) -> bool:
    if not isinstance(value, str):
        return isinstance(value, date)
    return "：" in value or ":" in value or bool(_DAY.search(value))


def _is_blank(values: Row) -> bool:
    return all(value == "" or (isinstance(value, str) and not value.strip()) for value in values)


def _is_header_again(values: Row, names: dict[int, str]) -> bool:
    same = other = 0
    for index, value in enumerate(values):
        if value == "" or not isinstance(value, str):
            other += value != ""
            if other:
                return False
            continue
        if names.get(index) == _WHITE.sub("", value):
            same += 1
        else:
            return False
    return same >= 2
