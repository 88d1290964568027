"""Comma-separated text: encoding and delimiter are found, not asked for."""

import codecs
import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from gridwell.core.errors import UnreadableFile
from gridwell.core.tables.guard import Limits
from gridwell.core.tables.model import Book, Sheet

_DELIMITERS: Final = ",\t;|，"
#: A formula that was saved as its text: nobody's name, and nothing that csv can compute.
_FORMULA: Final = re.compile(r"=\s*[A-Za-z0-9(+'\"@$-]")
_SHORT: Final = 12
_SAMPLE: Final = 256 << 10


def read(path: Path, limits: Limits) -> Book:
    """Return a csv file as a book of one sheet named after the file.

    Read line by line, so that one with too many cells is refused before it fills the memory.
    """
    encoding, delimiter = find_dialect(path)
    rows: list[list[str]] = []
    cells = 0
    unvalued: set[tuple[int, int]] = set()
    same: dict[str, str] = {}  # a word that stands in a thousand lines is held once
    for line in iter_rows(path, encoding=encoding, delimiter=delimiter):
        row = [same.setdefault(cell, cell) if len(cell) < _SHORT else cell for cell in line]
        cells += len(row)
        if len(row) > limits.columns:
            raise UnreadableFile(
                "tables.too_wide", sheet=path.stem, columns=len(row), limit=limits.columns
            )
        if cells > limits.cells:
            raise UnreadableFile("tables.too_many_cells", sheet=path.stem, cells=cells)
        for index, cell in enumerate(row):
            if cell[:1] == "=" and _FORMULA.match(cell):
                unvalued.add((len(rows), index))
                row[index] = ""
        rows.append(row)
    if not any(any(cell.strip() for cell in row) for row in rows):
        return Book("csv", (), encoding, delimiter)
    return Book("csv", (Sheet(path.stem, rows, unvalued=frozenset(unvalued)),), encoding, delimiter)


def iter_rows(path: Path, *, encoding: str, delimiter: str) -> Iterator[list[str]]:
    """Yield a csv file's rows one by one, for files too large to hold.

    A quoted cell may run over several lines and is still one row, as a spreadsheet numbers it.
    """
    try:
        with path.open(encoding=encoding, newline="") as file:
            for row in csv.reader(file, delimiter=delimiter):
                # ="0351" is how some programs keep a figure text in csv.
                yield [c[2:-1] if c[:2] == '="' and c[-1:] == '"' else c for c in row]
    except UnicodeDecodeError as error:
        raise UnreadableFile("tables.encoding", encoding=encoding) from error
    except csv.Error as error:
        raise UnreadableFile("tables.damaged") from error


def find_dialect(path: Path) -> tuple[str, str]:
    """Return the encoding and delimiter of a csv file.

    UTF-8 (with or without a byte order mark) is tried over the whole file, because GB18030 takes
    almost any bytes; a UTF-8 text that happens to be valid is never GB18030 in practice.
    """
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
        encoding = _encoding_of(sample, file)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(sample)
    return encoding, _delimiter_of(text)


def _encoding_of(sample: bytes, file: BinaryIO) -> str:
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(sample)
        while chunk := file.read(1 << 20):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def _delimiter_of(text: str) -> str:
    """Take the one that cuts the most lines into the same number (>1) of cells."""
    lines = text.splitlines()[:200]
    if len(text) >= _SAMPLE // 4 and len(lines) > 1:
        lines = lines[:-1]  # the sample may end within a line
    best, delimiter = 0.0, ","
    for candidate in _DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(lines, delimiter=candidate)]
        except csv.Error:
            continue
        cut = [width for width in widths if width > 1]
        if not cut:
            continue
        usual = max(set(cut), key=lambda width: (cut.count(width), width))
        score = cut.count(usual) + min(usual, 50) / 100
        if score > best:
            best, delimiter = score, candidate
    return delimiter
