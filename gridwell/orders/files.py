"""The text of a notice's file (通告文件): .txt, .docx, .pdf with text; others get the way out.

Knows no Django: the command reads files without a database. Every limit is checked before a
library sees the file.
"""

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from gridwell.core.errors import UnreadableFile

if TYPE_CHECKING:
    from docx.table import Table

MOST_MB = 20
MOST_PAGES = 300
MOST_UNPACKED = 60 * 1024 * 1024
MOST_RATIO = 200
_IMAGES = frozenset([".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".heic"])
_TABLES = frozenset([".xls", ".xlsx", ".xlsm", ".xlsb", ".et", ".ods", ".csv"])
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .doc, .wps, and encrypted .docx


def text_of(name: str, data: bytes) -> str:
    """Return the text of a file by its content, not only its name.

    Raises UnreadableFile: orders.file_kind (with the way out), file_table, file_image, file_broken,
    file_encrypted, file_empty, file_too_large.
    """
    if not data:
        raise UnreadableFile("orders.file_empty")
    if len(data) > MOST_MB * 1024 * 1024:
        raise UnreadableFile("orders.file_too_large", most=MOST_MB)
    suffix = Path(name).suffix.lower()
    if suffix in _TABLES:
        raise UnreadableFile("orders.file_table")
    if data.startswith(_OLE):
        if suffix == ".docx":
            raise UnreadableFile("orders.file_encrypted")
        raise UnreadableFile("orders.file_kind", kind=suffix or ".doc")
    if suffix in _IMAGES or data[:4] in (
        b"\x89PNG",
        b"GIF8",
        b"\xff\xd8\xff\xe0",
        b"\xff\xd8\xff\xe1",
    ):
        raise UnreadableFile("orders.file_image")
    if data.startswith(b"PK\x03\x04"):
        return _docx(suffix, data)
    if data.startswith(b"%PDF"):
        return _pdf(data)
    if suffix in (".txt", ".text", ".md", "") or not suffix:
        return _plain(data)
    raise UnreadableFile("orders.file_kind", kind=suffix)


def read_file(path: Path) -> str:
    """Return the text of a file on disk; a file that is too large is refused unread."""
    try:
        if path.stat().st_size > MOST_MB * 1024 * 1024:
            raise UnreadableFile("orders.file_too_large", most=MOST_MB)
        return text_of(path.name, path.read_bytes())
    except OSError as error:
        raise UnreadableFile("orders.file_missing", name=path.name) from error


def _plain(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        # GB18030 decodes almost anything: control characters say that it is no text.
        if sum(c < " " and c not in "\t\r\n\x0c" for c in text) > len(text) // 100:
            raise UnreadableFile("orders.file_kind", kind="—")
        return text
    raise UnreadableFile("orders.file_broken")


def _docx(suffix: str, data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            _check_bomb(infos, len(data))
            names = {info.filename for info in infos}
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise UnreadableFile("orders.file_broken") from error
    if "word/document.xml" not in names:
        raise UnreadableFile("orders.file_kind", kind=suffix or ".zip")
    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from docx.table import Table

    try:
        document = docx.Document(io.BytesIO(data))
        lines: list[str] = []
        for block in document.iter_inner_content():
            if isinstance(block, Table):
                lines.extend(_table_lines(block))
            else:
                lines.append(block.text)
    except (PackageNotFoundError, KeyError, ValueError, zipfile.BadZipFile, SyntaxError) as error:
        raise UnreadableFile("orders.file_broken") from error
    text = "\n".join(lines)
    if not text.strip():
        raise UnreadableFile("orders.file_image" if _has_media(names) else "orders.file_empty")
    return text


def _table_lines(table: "Table") -> list[str]:
    """Return a table row by row; a merged cell stands once."""
    lines = []
    for row in table.rows:
        cells: list[str] = []
        last: object = None
        for cell in row.cells:
            if cell._tc is last:
                continue
            last = cell._tc
            cells.append(" ".join(cell.text.split()))
        lines.append("\t".join(cells))
    return lines


def _has_media(names: set[str]) -> bool:
    return any(name.startswith("word/media/") for name in names)


def _check_bomb(infos: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(info.file_size for info in infos)
    if any(info.flag_bits & 1 for info in infos):
        raise UnreadableFile("orders.file_encrypted")
    if unpacked > MOST_UNPACKED or (unpacked > 1_000_000 and unpacked > size * MOST_RATIO):
        raise UnreadableFile("orders.file_too_large", most=MOST_MB)


def _pdf(data: bytes) -> str:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        code = "file_encrypted" if "assword" in str(error) else "file_broken"
        raise UnreadableFile(f"orders.{code}") from error
    pages: list[str] = []
    try:
        if len(document) > MOST_PAGES:
            raise UnreadableFile("orders.file_too_large", most=MOST_MB)
        for page in document:
            text_page = page.get_textpage()
            pages.append(text_page.get_text_bounded().replace("\r\n", "\n"))
            text_page.close()
            page.close()
    except pypdfium2.PdfiumError as error:
        raise UnreadableFile("orders.file_broken") from error
    finally:
        document.close()
    text = "\n".join(pages)
    if not text.strip():
        raise UnreadableFile("orders.file_image")
    return text
