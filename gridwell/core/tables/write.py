"""Writes spreadsheets row by row (导出): nothing is held but the row at hand.

Cells that begin with = + - @ or a tab are text, so that no spreadsheet computes what a person once
typed into a form (OWASP, CSV injection). The number of rows is written into the file and returned.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, TextIOWrapper
from typing import IO, Any, Final

from gridwell.core.tables.model import Cell

_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
_ILLEGAL: Final = {code: None for code in range(32) if code not in (9, 10, 13)}
_LONGEST_CELL: Final = 32_767
_SHEET_NAME_BAD: Final = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """One sheet to write: title lines, header levels, rows (streamed), widths in characters.

    `header` may have several levels; equal neighbours in one level are merged, and so is a name
    that is repeated downward. `text_columns` are kept as text in spreadsheets (ID numbers, phones).
    """

    name: str
    header: Sequence[Sequence[str]]
    rows: Iterable[Sequence[Cell | None]]
    titles: Sequence[str] = ()
    widths: Sequence[int] = ()


def is_dangerous(text: str) -> bool:
    """Return whether a spreadsheet might compute this text instead of showing it."""
    return text.startswith(_DANGEROUS) and not text.lstrip("+-").replace(".", "", 1).isdigit()


def guarded(value: Cell | None) -> Cell:
    """Return a cell for csv, where only an apostrophe keeps a spreadsheet from computing it."""
    if value is None:
        return ""
    if isinstance(value, str) and value and value[0] in "=+-@\t\r\n|%" and is_dangerous(value):
        return "'" + value
    return value


def write_xlsx(
    target: IO[bytes], sheets: Sequence[SheetPlan], *, watermark: str, counted: str = "{count}"
) -> int:
    """Write a workbook and return the number of rows below the headers.

    `watermark` (who, when) stands in the last lines of each sheet and in the file's properties;
    `counted` is a sentence with `{count}` that stands beside it.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.creator = "Gridwell"
    book.properties.description = watermark
    taken: set[str] = set()
    total = 0
    for plan in sheets:
        page = _page(book, plan, taken)
        for title in plan.titles:
            page.append([_cell(page, title, bold=True)])
        for level in plan.header:
            page.append([_cell(page, text, bold=True) for text in level])
        count = 0
        for row in plan.rows:
            page.append([_plain_or_cell(page, value) for value in row])
            count += 1
        page.append([])
        page.append([_cell(page, counted.format(count=count))])
        page.append([_cell(page, watermark)])
        page.oddFooter.center.text = watermark.replace("&", "&&")
        total += count
    book.save(target)
    return total


def _page(book: Any, plan: SheetPlan, taken: set[str]) -> Any:
    """Return an empty sheet with its widths, frozen header and merged header cells."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.cell_range import CellRange

    page = book.create_sheet(_sheet_name(plan.name, taken))
    for index, width in enumerate(plan.widths):
        page.column_dimensions[get_column_letter(index + 1)].width = width
    page.freeze_panes = f"A{len(plan.titles) + len(plan.header) + 1}"
    for merge in _header_merges(plan, len(plan.titles)):
        page.merged_cells.ranges.add(CellRange(merge))
    return page


def _cell(page: Any, value: Cell | None, *, bold: bool = False) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    made = WriteOnlyCell(page, value=None)
    if isinstance(value, str):
        made.value = _clean(value)
        made.data_type = "s"  # never a formula, whatever it begins with
        if is_dangerous(value):
            made.quotePrefix = True  # survives being edited by hand
    elif value is not None:
        made.value = _naive(value)
    if bold:
        made.font = Font(bold=True)
        made.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    return made


def _plain_or_cell(page: Any, value: Cell | None) -> Any:
    """Make a cell object only where it is needed; most texts are harmless as they are."""
    if isinstance(value, str):
        if value and (value[0] in "=+-@\t\r\n|%" or len(value) > 255 or not value.isprintable()):
            return _cell(page, value)
        return value or None
    return None if value is None else _naive(value)


def _naive(value: Cell) -> Cell:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.replace(tzinfo=None)
    return value


def _clean(text: str) -> str:
    return text.translate(_ILLEGAL)[:_LONGEST_CELL]


def _sheet_name(name: str, taken: set[str]) -> str:
    base = name.translate(_SHEET_NAME_BAD).strip("' ")[:28] or "Sheet"
    unique, number = base, 2
    while unique.casefold() in taken:
        unique, number = f"{base[:26]} {number}", number + 1
    taken.add(unique.casefold())
    return unique


def _header_merges(plan: SheetPlan, top: int) -> list[str]:
    from openpyxl.utils import get_column_letter

    merges: list[str] = []
    levels = [list(level) for level in plan.header]
    width = max((len(level) for level in levels), default=0)
    for row, level in enumerate(levels[:-1]):
        column = 0
        while column < width:
            if levels[row][column] == levels[-1][column]:  # one name for all levels
                if row == 0 or levels[row - 1][column] != levels[row][column]:
                    letter = get_column_letter(column + 1)
                    merges.append(f"{letter}{top + row + 1}:{letter}{top + len(levels)}")
                column += 1
                continue
            end = column
            while end + 1 < width and level[end + 1] == level[column]:
                end += 1
            if end > column and level[column]:
                left, right = get_column_letter(column + 1), get_column_letter(end + 1)
                merges.append(f"{left}{top + row + 1}:{right}{top + row + 1}")
            column = end + 1
    if width > 1:
        last = get_column_letter(width)
        merges.extend(f"A{row + 1}:{last}{row + 1}" for row in range(top))
    return merges


class CsvWriter:
    """Writes UTF-8 csv with a byte order mark, so that spreadsheets open Chinese text rightly."""

    def __init__(self, target: IO[bytes]) -> None:
        self._text = TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
        self._writer = csv.writer(self._text)
        self.count = 0

    def header(self, names: Sequence[str]) -> None:
        """Write the names of the columns."""
        self._writer.writerow([guarded(name) for name in names])

    def row(self, values: Sequence[Cell | None]) -> None:
        """Write one row and count it."""
        self._writer.writerow([_written(guarded(value)) for value in values])
        self.count += 1

    def close(self, watermark: str = "", counted: str = "") -> int:
        """Write the closing lines and return the number of rows; the target stays open."""
        if counted:
            self._writer.writerow([])
            self._writer.writerow([counted.format(count=self.count)])
        if watermark:
            self._writer.writerow([watermark])
        self._text.flush()
        self._text.detach()
        return self.count


def _written(value: Cell) -> object:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, date) else value


def write_csv(
    target: IO[bytes],
    header: Sequence[str],
    rows: Iterable[Sequence[Cell | None]],
    *,
    watermark: str,
    counted: str = "{count}",
) -> int:
    """Write a whole csv file and return the number of rows."""
    out = CsvWriter(target)
    out.header(header)
    for row in rows:
        out.row(row)
    return out.close(watermark, counted)


def xlsx_bytes(sheets: Sequence[SheetPlan], *, watermark: str, counted: str = "{count}") -> bytes:
    """Return a small workbook as bytes; large ones go to a file with `write_xlsx`."""
    out = BytesIO()
    write_xlsx(out, sheets, watermark=watermark, counted=counted)
    return out.getvalue()
