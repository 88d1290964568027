"""OpenDocument spreadsheets, read by own code because we need merged ranges and bounded repeats."""

import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from gridwell.core.errors import UnreadableFile
from gridwell.core.tables.guard import Limits, member_bytes
from gridwell.core.tables.model import Book, Cell, Merge, Sheet

_TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_MANIFEST: Final = b"encryption-data"


def read(path: Path, limits: Limits) -> Book:
    """Return the sheets of an ods file."""
    try:
        with zipfile.ZipFile(path) as archive:
            if _MANIFEST in member_bytes(archive, "META-INF/manifest.xml", limits):
                raise UnreadableFile("tables.encrypted")
            body = member_bytes(archive, "content.xml", limits)
    except (zipfile.BadZipFile, OSError) as error:
        raise UnreadableFile("tables.truncated") from error
    if b"<!ENTITY" in body or b"<!DOCTYPE" in body[:2000]:
        raise UnreadableFile("tables.damaged")
    sheets: list[Sheet] = []
    skipped: list[str] = []
    try:
        for table in _tables(body):
            sheet = _Reader(table.get(f"{_TABLE}name", ""), limits).read(table)
            if sheet.rows:
                sheets.append(sheet)
            else:
                skipped.append(sheet.name)
    except (ElementTree.ParseError, ValueError) as error:
        raise UnreadableFile("tables.damaged") from error
    return Book("ods", tuple(sheets), skipped=tuple(skipped))


def _tables(body: bytes) -> Iterator[ElementTree.Element]:
    for _, element in ElementTree.iterparse(BytesIO(body)):  # noqa: S314 - no entities, see above
        if element.tag == f"{_TABLE}table":
            yield element
            element.clear()


class _Reader:
    """Lays out one table; empty repeats at the ends of rows and sheets are not laid out."""

    def __init__(self, name: str, limits: Limits) -> None:
        self.name = name
        self.limits = limits
        self.rows: list[list[Cell]] = []
        self.merges: list[Merge] = []
        self.unvalued: set[tuple[int, int]] = set()
        self.cells = 0

    def read(self, table: ElementTree.Element) -> Sheet:
        pending = 0  # blank rows that count only if something follows
        for row in table.iter(f"{_TABLE}table-row"):
            repeated = int(row.get(f"{_TABLE}number-rows-repeated", "1"))
            values = self._row(row, len(self.rows) + pending)
            if not values:
                pending += repeated
                continue
            self._count(pending + repeated * len(values))
            self.rows.extend([] for _ in range(pending))
            self.rows.extend(list(values) for _ in range(repeated))
            pending = 0
        return Sheet(self.name, self.rows, tuple(self.merges), unvalued=frozenset(self.unvalued))

    def _count(self, cells: int) -> None:
        self.cells += cells
        if self.cells > self.limits.cells:
            raise UnreadableFile("tables.too_many_cells", sheet=self.name, cells=self.cells)

    def _row(self, row: ElementTree.Element, index: int) -> list[Cell]:
        values: list[Cell] = []
        pending = 0
        for cell in row:
            if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
                continue
            repeated = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
            column = len(values) + pending
            self._note(cell, index, column)
            value = _value(cell)
            if value == "":
                pending += repeated
                continue
            width = column + repeated
            if width > self.limits.columns:
                raise UnreadableFile(
                    "tables.too_wide", sheet=self.name, columns=width, limit=self.limits.columns
                )
            values.extend([""] * pending)
            values.extend([value] * repeated)
            pending = 0
        return values

    def _note(self, cell: ElementTree.Element, row: int, column: int) -> None:
        down = int(cell.get(f"{_TABLE}number-rows-spanned", "1"))
        right = int(cell.get(f"{_TABLE}number-columns-spanned", "1"))
        if (down > 1 or right > 1) and cell.tag == f"{_TABLE}table-cell":
            self.merges.append(Merge(row, column, row + down - 1, column + right - 1))
        has_formula = cell.get(f"{_TABLE}formula") is not None
        if has_formula and cell.get(f"{_OFFICE}value-type") is None:
            self.unvalued.add((row, column))


def _value(cell: ElementTree.Element) -> Cell:
    kind = cell.get(f"{_OFFICE}value-type")
    if kind in {"float", "currency", "percentage"}:
        try:
            return float(cell.get(f"{_OFFICE}value", ""))
        except ValueError:
            return _text(cell)
    if kind == "date":
        return _moment(cell.get(f"{_OFFICE}date-value", "")) or _text(cell)
    if kind == "boolean":
        return cell.get(f"{_OFFICE}boolean-value") == "true"
    return _text(cell)


def _moment(written: str) -> date | datetime | None:
    try:
        if len(written) == 10:
            return date.fromisoformat(written)
        return datetime.fromisoformat(written[:26])
    except ValueError:
        return None


def _text(cell: ElementTree.Element) -> str:
    lines = []
    for paragraph in cell.findall(f"{_TEXT}p"):
        parts = [paragraph.text or ""]
        for node in paragraph.iter():
            if node is paragraph:
                continue
            if node.tag == f"{_TEXT}s":
                parts.append(" " * min(int(node.get(f"{_TEXT}c", "1")), 100))
            elif node.tag == f"{_TEXT}tab":
                parts.append("\t")
            elif node.tag == f"{_TEXT}line-break":
                parts.append("\n")
            parts.append((node.text or "") + (node.tail or ""))
        lines.append("".join(parts))
    return "\n".join(lines)
