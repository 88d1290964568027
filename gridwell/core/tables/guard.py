"""Looks at a file before anything opens it: its kind, its size unpacked, its width.

A spreadsheet of 40 KB can unpack to gigabytes, and two cells far apart make a reader lay out all
the empty ones between them; both are found here by streaming, in bounded memory.
"""

import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gridwell.core.errors import UnreadableFile
from gridwell.core.tables.model import index_of

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CHUNK: Final = 1 << 20
_TAIL: Final = 512  # longest tag that may be cut by a chunk's end
#: A cell with a value: one that is closed at once, or has an empty value, holds only a format.
_CELL: Final = re.compile(
    rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*(?<!/)>'
    rb"(?=\s*<(?:\w+:)?(?:v(?:>| [^>/]*>)[^<]|is|f))"
)
_ROW: Final = re.compile(rb"<(?:\w+:)?row\b")
_ANY_CELL: Final = re.compile(rb"<(?:\w+:)?c[ />]")
_OTHER_KINDS: Final = {
    b"%PDF": "pdf",
    b"\x89PNG": "image",
    b"\xff\xd8\xff": "image",
    b"GIF8": "image",
    b"BM": "image",
    b"Rar!": "archive",
    b"7z\xbc\xaf": "archive",
    b"\x1f\x8b": "archive",
    b"{\\rt": "rtf",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file may be: bytes on disk, bytes unpacked, how often packed, columns, cells."""

    file_bytes: int = 100 << 20
    unpacked_bytes: int = 1 << 30
    ratio: int = 400
    columns: int = 1_000
    cells: int = 40_000_000


def kind_of(path: Path, limits: Limits) -> str:
    """Return xlsx, xls, ods or csv by the file's content, whatever its name says.

    Raises UnreadableFile with codes tables.empty, tables.too_large, tables.encrypted,
    tables.wrong_kind (fact `kind`), tables.truncated, tables.bomb, tables.missing.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise UnreadableFile("tables.missing", file=path.name) from error
    if size == 0:
        raise UnreadableFile("tables.empty", file=path.name)
    if size > limits.file_bytes:
        raise UnreadableFile("tables.too_large", size=size, limit=limits.file_bytes)
    if head.startswith(_OLE):
        return _kind_of_ole(path)
    if head.startswith(b"PK"):
        return _kind_of_zip(path, limits)
    return _kind_of_text(head)


def _kind_of_ole(path: Path) -> str:
    """Old Office files and encrypted new ones share this container; its directory tells which."""
    body = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in body:
        raise UnreadableFile("tables.encrypted")
    if "Workbook".encode("utf-16-le") in body or "Book\0".encode("utf-16-le") in body:
        return "xls"
    if "WordDocument".encode("utf-16-le") in body:
        raise UnreadableFile("tables.wrong_kind", kind="doc")
    raise UnreadableFile("tables.wrong_kind", kind="ole")


def _kind_of_zip(path: Path, limits: Limits) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise UnreadableFile("tables.truncated") from error
    _check_unpacked(members, limits)
    names = {member.filename for member in members}
    if any(name.startswith("xl/") and name.endswith("workbook.xml") for name in names):
        return "xlsx"
    if "xl/workbook.bin" in names:
        raise UnreadableFile("tables.wrong_kind", kind="xlsb")
    if "content.xml" in names and "META-INF/manifest.xml" in names:
        return "ods"
    kind = "docx" if "word/document.xml" in names else "archive"
    raise UnreadableFile("tables.wrong_kind", kind=kind)


def _check_unpacked(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    if any(member.flag_bits & 1 for member in members):
        raise UnreadableFile("tables.encrypted")
    unpacked = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    if len(members) > 20_000 or unpacked > limits.unpacked_bytes:
        raise UnreadableFile("tables.bomb", unpacked=unpacked)
    if unpacked > 32 << 20 and unpacked // packed > limits.ratio:
        raise UnreadableFile("tables.bomb", unpacked=unpacked)


def _kind_of_text(head: bytes) -> str:
    for sign, kind in _OTHER_KINDS.items():
        if head.startswith(sign):
            raise UnreadableFile("tables.wrong_kind", kind=kind)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "csv"
    if b"\0" in head:
        raise UnreadableFile("tables.wrong_kind", kind="binary")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<meta", b"<head", b"<style")):
        raise UnreadableFile("tables.wrong_kind", kind="html")
    if start.startswith(b"<?xml"):
        raise UnreadableFile("tables.wrong_kind", kind="xml")
    return "csv"


def member_bytes(archive: zipfile.ZipFile, name: str, limits: Limits) -> bytes:
    """Return one member, unpacking no more than the limit whatever its directory entry claims."""
    out: list[bytes] = []
    total = 0
    try:
        with archive.open(name) as stream:
            while chunk := stream.read(_CHUNK):
                total += len(chunk)
                if total > limits.unpacked_bytes:
                    raise UnreadableFile("tables.bomb", unpacked=total)
                out.append(chunk)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise UnreadableFile("tables.truncated") from error
    return b"".join(out)


def check_extent(archive: zipfile.ZipFile, name: str, sheet: str, limits: Limits) -> bool:
    """Refuse a sheet that would unfold to too many cells; return whether it has formulas.

    Cells that hold nothing but a format do not count.
    """
    widest, lowest, has_formula, unpacked = 0, 0, False, 0
    rest = b""
    try:
        with archive.open(name) as stream:
            while chunk := stream.read(_CHUNK):
                unpacked += len(chunk)
                if unpacked > limits.unpacked_bytes:
                    raise UnreadableFile("tables.bomb", unpacked=unpacked)
                block = rest + chunk
                width, height = _extent(block)
                widest, lowest = max(widest, width), max(lowest, height)
                has_formula = has_formula or b"<f" in block or b":f>" in block or b":f " in block
                rest = block[-_TAIL:]
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise UnreadableFile("tables.truncated") from error
    except KeyError as error:
        raise UnreadableFile("tables.damaged") from error
    if widest > limits.columns:
        raise UnreadableFile("tables.too_wide", sheet=sheet, columns=widest, limit=limits.columns)
    if widest * lowest > limits.cells:
        raise UnreadableFile("tables.too_many_cells", sheet=sheet, cells=widest * lowest)
    return has_formula


def _extent(block: bytes) -> tuple[int, int]:
    places = _CELL.findall(block)
    if places:
        letters = {letter for letter, _ in places}
        width = 1 + max(index_of(letter.decode()) for letter in letters)
        # Rows come in order, but a hostile file need not keep to it.
        return width, max(int(number) for number in {number for _, number in places})
    if b' r="' not in block and _ANY_CELL.search(block):  # a writer that leaves positions out
        return max(len(_ANY_CELL.findall(row)) for row in _ROW.split(block)), 1
    return 0, 0
