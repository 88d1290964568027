"""Files of notices: what is read, and how each of the others is refused."""

import io
import struct
import zipfile
import zlib

import docx
import pytest

from gridwell.core.errors import UnreadableFile
from gridwell.orders.files import text_of

TEXT = "通告（2022年第178号）\n万柏林区（1个）：金桂苑1号楼。"


def docx_bytes(*, table: bool = False) -> bytes:
    document = docx.Document()
    for line in TEXT.split("\n"):
        document.add_paragraph(line)
    if table:
        rows = document.add_table(rows=2, cols=3)
        rows.rows[0].cells[0].merge(rows.rows[0].cells[1]).text = "合并"
        rows.rows[1].cells[2].text = "玉门花园A区8号楼"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def pdf_bytes(text: str) -> bytes:
    """Return the smallest PDF with one line of text (Latin letters need no embedded font)."""
    stream = f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET".encode() if text else b""
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, part in enumerate(parts, start=1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, part)
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n"
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % start
    return bytes(out)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_plain_text_in_any_encoding(encoding: str) -> None:
    assert text_of("178.txt", TEXT.encode(encoding)) == TEXT


def test_word_with_table() -> None:
    text = text_of("178.docx", docx_bytes(table=True))
    assert "金桂苑1号楼" in text
    assert "玉门花园A区8号楼" in text
    assert text.count("合并") == 1


def test_pdf_with_text() -> None:
    assert "Notice 178" in text_of("178.pdf", pdf_bytes("Notice 178"))


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"\0" * 90_000_000)
    return out.getvalue()


def other_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "x")
    return out.getvalue()


PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + bytes(13) + zlib.compress(b"")


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.txt", b"", "file_empty"),
        ("a.txt", bytes(range(32)) * 40, "file_kind"),
        ("a.txt", b"x" * (21 * 1024 * 1024), "file_too_large"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "file_kind"),
        ("a.wps", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "file_kind"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "file_encrypted"),
        ("a.png", PNG, "file_image"),
        ("a.docx", PNG, "file_image"),
        ("a.docx", docx_bytes()[:900], "file_broken"),
        ("a.docx", bomb(), "file_too_large"),
        ("a.docx", other_zip(), "file_kind"),
        ("a.pdf", b"%PDF-1.4 nothing", "file_broken"),
        ("a.pdf", pdf_bytes(""), "file_image"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "file_table"),
        ("a.xlsx", other_zip(), "file_table"),
        ("a.csv", "姓名,电话".encode(), "file_table"),
        ("a.exe", b"MZ" + bytes(100), "file_kind"),
    ],
)
def test_refused_with_the_way_out(name: str, data: bytes, code: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        text_of(name, data)
    assert refused.value.code == f"orders.{code}"
