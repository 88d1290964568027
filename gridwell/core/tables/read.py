"""Opens a spreadsheet file of any kind we read (打开表格)."""

import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from gridwell.core.errors import UnreadableFile
from gridwell.core.tables import csv_text, ods
from gridwell.core.tables.guard import Limits, check_extent, kind_of, member_bytes
from gridwell.core.tables.model import Book, Merge, Sheet, index_of

__all__ = ["Limits", "read_book"]

_CELL: Final = re.compile(
    rb'<(?:\w+:)?c\b([^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*)(?<!/)>(.*?)</(?:\w+:)?c>', re.DOTALL
)
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f[ />]")
_VALUE: Final = re.compile(rb"<(?:\w+:)?v>[^<]|<(?:\w+:)?is>")
#: A text that a formula gave, the empty one included: who computes nothing writes no kind of value.
_TEXT_GIVEN: Final = re.compile(rb'\bt="str"')
_RELATION: Final = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")
_SHEET: Final = re.compile(r"<(?:\w+:)?sheet\b[^>]*>")


def read_book(path: Path, *, limits: Limits | None = None) -> Book:
    """Return the sheets of a file; its kind is found by its content, never by its name.

    Macros are not run or read. Formulas give the value the last program stored. Raises
    UnreadableFile, with nothing read, for anything that is no readable spreadsheet: codes
    tables.missing, .empty, .too_large, .encrypted, .wrong_kind, .truncated, .damaged, .bomb,
    .too_wide, .too_many_cells, .no_cells, .encoding.
    """
    limits = limits or Limits()
    kind = kind_of(path, limits)
    if kind == "csv":
        book = csv_text.read(path, limits)
    elif kind == "ods":
        book = ods.read(path, limits)
    else:
        book = _read_with_calamine(path, kind, limits)
    if not book.sheets:
        raise UnreadableFile("tables.no_cells")
    return book


def _read_with_calamine(path: Path, kind: str, limits: Limits) -> Book:
    unvalued = _checked_xlsx(path, limits) if kind == "xlsx" else {}
    import python_calamine as calamine

    try:
        # By name the reader would take an .xls that was renamed .xlsx for a damaged one.
        if path.suffix.lower() == f".{kind}":
            workbook = calamine.CalamineWorkbook.from_path(path)
        else:
            workbook = calamine.CalamineWorkbook.from_filelike(BytesIO(path.read_bytes()))
        sheets, skipped = [], []
        for meta in workbook.sheets_metadata:
            if meta.typ != calamine.SheetTypeEnum.WorkSheet:
                skipped.append(meta.name)
                continue
            sheet = _sheet(workbook, meta, unvalued.get(meta.name, frozenset()), limits)
            if sheet.rows:
                sheets.append(sheet)
            else:
                skipped.append(meta.name)
    except calamine.PasswordError as error:
        raise UnreadableFile("tables.encrypted") from error
    except UnreadableFile:
        raise
    except (calamine.CalamineError, OSError, ValueError, OverflowError) as error:
        raise UnreadableFile(_code_of(error)) from error
    except BaseException as error:
        # A reader written in Rust reports what it did not foresee as a panic, no Exception.
        if type(error).__name__ == "PanicException":
            raise UnreadableFile("tables.damaged") from error
        raise
    return Book(kind, tuple(sheets), skipped=tuple(skipped))


def _code_of(error: Exception) -> str:
    words = str(error).lower()
    if "password" in words or "encrypt" in words:
        return "tables.encrypted"
    return "tables.truncated" if "eof" in words or "end of" in words else "tables.damaged"


def _sheet(workbook: Any, meta: Any, unvalued: frozenset[tuple[int, int]], limits: Limits) -> Sheet:
    import python_calamine as calamine

    found = workbook.get_sheet_by_name(meta.name)
    if found.total_width > limits.columns:
        raise UnreadableFile(
            "tables.too_wide", sheet=meta.name, columns=found.total_width, limit=limits.columns
        )
    ranges = found.merged_cell_ranges or ()
    return Sheet(
        name=meta.name,
        rows=found.to_python(skip_empty_area=False),
        merges=tuple(sorted((Merge(*a, *b) for a, b in ranges), key=lambda m: (m.top, m.left))),
        is_hidden=meta.visible != calamine.SheetVisibleEnum.Visible,
        unvalued=unvalued,
    )


def _checked_xlsx(path: Path, limits: Limits) -> dict[str, frozenset[tuple[int, int]]]:
    """Return the cells of each sheet whose formula has no value, after checking every sheet."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = _sheet_files(archive, limits)
            return {
                sheet: _unvalued(member_bytes(archive, name, limits))
                for sheet, name in names.items()
                if check_extent(archive, name, sheet, limits)
            }
    except (zipfile.BadZipFile, OSError) as error:
        raise UnreadableFile("tables.truncated") from error


def _unvalued(body: bytes) -> frozenset[tuple[int, int]]:
    return frozenset(
        (int(found[3]) - 1, index_of(found[2].decode()))
        for found in _CELL.finditer(body)
        if _FORMULA.search(found[4])
        and not _VALUE.search(found[4])
        and not _TEXT_GIVEN.search(found[1])
    )


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'(?:^|[\s:]){name}\s*=\s*(?:"([^"]*)"|\'([^\']*)\')', tag)
    return (found.group(1) or found.group(2) or "") if found else ""


def _sheet_files(archive: zipfile.ZipFile, limits: Limits) -> dict[str, str]:
    """Return sheet name -> member of the archive; sheets that are missing are the reader's to say."""
    from html import unescape

    members = set(archive.namelist())
    root = next((name for name in members if name.endswith("workbook.xml")), "xl/workbook.xml")
    folder, _, file = root.rpartition("/")
    relations = f"{folder}/_rels/{file}.rels"
    if root not in members or relations not in members:
        return {}
    targets = {
        _attribute(tag, "Id"): _attribute(tag, "Target")
        for tag in _RELATION.findall(
            member_bytes(archive, relations, limits).decode("utf-8", "replace")
        )
    }
    names: dict[str, str] = {}
    for tag in _SHEET.findall(member_bytes(archive, root, limits).decode("utf-8", "replace")):
        target = targets.get(_attribute(tag, "id"), "")
        name = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
        if name in members:
            names[unescape(_attribute(tag, "name"))] = name
    return names
