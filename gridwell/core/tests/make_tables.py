"""Writes small spreadsheets of every kind, for tests of reading them."""

import csv
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import openpyxl
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import CoveredTableCell, Table, TableCell, TableRow
from odf.text import P

Rows = Sequence[Sequence[object]]
Span = tuple[int, int, int, int]  # top, left, bottom, right: zero-based, inclusive


def write_table(
    path: Path,
    rows: Rows,
    *,
    merges: Sequence[Span] = (),
    sheet: str = "Sheet1",
    encoding: str = "",
) -> Path:
    """Write one sheet in the format that the path's suffix names."""
    return write_tables(path, {sheet: rows}, merges={sheet: merges}, encoding=encoding)


def write_tables(
    path: Path,
    sheets: dict[str, Rows],
    *,
    merges: dict[str, Sequence[Span]] | None = None,
    encoding: str = "",
) -> Path:
    """Write several sheets; csv takes the first."""
    spans = merges or {}
    if path.suffix == ".csv":
        _csv(path, next(iter(sheets.values())), encoding or "utf-8")
    elif path.suffix == ".ods":
        _ods(path, sheets, spans)
    elif path.suffix == ".xls":
        _xls(path, sheets, spans)
    else:
        _xlsx(path, sheets, spans)
    return path


def _csv(path: Path, rows: Rows, encoding: str) -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        out = csv.writer(file)
        for row in rows:
            out.writerow([_plain(value) for value in row])


def _plain(value: object) -> object:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.strftime("%Y/%m/%d %H:%M")
    return value


def _xlsx(path: Path, sheets: dict[str, Rows], merges: dict[str, Sequence[Span]]) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if value != "" and value is not None:
                    page.cell(r + 1, c + 1, value)
        for top, left, bottom, right in merges.get(name, ()):
            page.merge_cells(
                start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1
            )
    book.save(path)


def _xls(path: Path, sheets: dict[str, Rows], merges: dict[str, Sequence[Span]]) -> None:
    book = xlwt.Workbook(encoding="utf-8")
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    moment = xlwt.easyxf(num_format_str="YYYY-MM-DD HH:MM")
    for name, rows in sheets.items():
        page = book.add_sheet(name, cell_overwrite_ok=True)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if value == "" or value is None:
                    continue
                if isinstance(value, datetime):
                    page.write(r, c, value, moment)
                elif isinstance(value, date):
                    page.write(r, c, value, day)
                else:
                    page.write(r, c, value)
        for top, left, bottom, right in merges.get(name, ()):
            page.merge(top, bottom, left, right)
    book.save(str(path))


def _ods(path: Path, sheets: dict[str, Rows], merges: dict[str, Sequence[Span]]) -> None:
    document = OpenDocumentSpreadsheet()
    for name, rows in sheets.items():
        table = Table(name=name)
        document.spreadsheet.addElement(table)
        heads = {(s[0], s[1]): s for s in merges.get(name, ())}
        covered = {
            (r, c)
            for top, left, bottom, right in merges.get(name, ())
            for r in range(top, bottom + 1)
            for c in range(left, right + 1)
            if (r, c) != (top, left)
        }
        width = max((len(row) for row in rows), default=0)
        for r, row in enumerate(rows):
            line = TableRow()
            table.addElement(line)
            for c in range(width):
                if (r, c) in covered:
                    line.addElement(CoveredTableCell())
                    continue
                line.addElement(_ods_cell(row[c] if c < len(row) else "", heads.get((r, c))))
    document.save(str(path))


def _ods_cell(value: object, span: Span | None) -> TableCell:
    options: dict[str, object] = {}
    if span:
        options["numberrowsspanned"] = span[2] - span[0] + 1
        options["numbercolumnsspanned"] = span[3] - span[1] + 1
    if value == "" or value is None:
        return TableCell(**options)
    if isinstance(value, date):  # and datetime, which is one
        cell = TableCell(valuetype="date", datevalue=value.isoformat(), **options)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        cell = TableCell(valuetype="float", value=repr(value), **options)
    else:
        cell = TableCell(valuetype="string", **options)
    cell.addElement(P(text=str(value)))
    return cell
