"""What a spreadsheet is once it has been read."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

#: A cell's value; "" is an empty cell.
Cell = str | int | float | bool | date | datetime | time | timedelta
Row = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range (合并单元格), zero-based and inclusive on all sides."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: `rows[0]` is the spreadsheet's row 1, whatever is above or left of the data.

    Rows may differ in length. `unvalued` holds (row, column) of formulas that no program has
    computed: the cell is empty in `rows`, and whoever needs it must say so. `is_hidden` sheets are
    read like the others.
    """

    name: str
    rows: Sequence[Row]
    merges: tuple[Merge, ...] = ()
    is_hidden: bool = False
    unvalued: frozenset[tuple[int, int]] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Book:
    """A read file: its kind (xlsx, xls, ods, csv) and its sheets that hold cells.

    `encoding` and `delimiter` say how a csv was read. `skipped` names sheets without cells, such
    as charts.
    """

    kind: str
    sheets: tuple[Sheet, ...]
    encoding: str = ""
    delimiter: str = ""
    skipped: tuple[str, ...] = ()


def letter_of(index: int) -> str:
    """Return the spreadsheet letters of a zero-based column: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def index_of(letters: str) -> int:
    """Return the zero-based column of spreadsheet letters: A is 0, AA is 26."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def cell_text(value: Cell | None) -> str:
    """Return a cell as a person sees it: 101.0 is 101, dates are ISO, ends are trimmed."""
    if isinstance(value, str):
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        if not value.is_integer() or abs(value) >= 1e21:
            return repr(value)
        # Beyond 2**53 a float's own digits end in noise: only those that it stands for are shown.
        return str(int(value)) if abs(value) < 1e15 else str(int(Decimal(repr(value))))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    return str(value)
