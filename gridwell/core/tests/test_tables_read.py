"""Every kind of file is read alike; what cannot be read is refused with its code."""

import struct
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from xlwt import CompoundDoc

from gridwell.core.errors import UnreadableFile
from gridwell.core.tables import Limits, Merge, cell_text, csv_text, letter_of, read_book
from gridwell.core.tables.labels import REFUSALS
from gridwell.core.tables.model import index_of
from gridwell.core.tests.make_tables import write_table, write_tables

ROWS = [
    ["名单", "", "", ""],
    ["姓名", "年龄", "日期", "时间"],
    ["张三", 30.0, date(1992, 10, 1), datetime.fromisoformat("2022-11-19T08:56")],
    ["", "", "", ""],
    ["李·四", 1.5, "1995.6.9", "=1+1 不是公式"],
]
MERGES = [(0, 0, 0, 3), (2, 0, 3, 0)]


def code_of(path: Path, **options: object) -> str:
    with pytest.raises(UnreadableFile) as refusal:
        read_book(path, **options)
    return refusal.value.code


def outcome_of(path: Path) -> str:
    """Return "read", or the code of the refusal; anything else that is raised fails the test."""
    try:
        book = read_book(path)
    except UnreadableFile as refusal:
        return refusal.code
    assert all(len(sheet.rows) for sheet in book.sheets)
    return "read"


@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods"])
def test_kinds_read_alike(tmp_path: Path, suffix: str) -> None:
    rows = [*ROWS[:4], [*ROWS[4][:3], "文字"]]
    book = read_book(write_table(tmp_path / f"a.{suffix}", rows, merges=MERGES, sheet="甲"))
    assert book.kind == suffix
    (sheet,) = book.sheets
    assert sheet.name == "甲"
    assert set(sheet.merges) == {Merge(*span) for span in MERGES}
    got = [[cell_text(v) for v in row] for row in sheet.rows]
    assert got[2][:3] == ["张三", "30", "1992-10-01"]
    assert got[2][3] == "2022-11-19 08:56"
    assert got[4] == ["李·四", "1.5", "1995.6.9", "文字"]
    assert not any(got[3])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_finds_encoding_and_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    lines = [["姓名", "住址", "备注"], ["张三", "1-101", "两\n行"], ["𠮷田㛃", "2-201", ""]]
    text = "\n".join(delimiter.join(f'"{c}"' if "\n" in c else c for c in row) for row in lines)
    path = tmp_path / "名单.csv"
    path.write_bytes(text.encode(encoding))
    book = read_book(path)
    assert [list(row) for row in book.sheets[0].rows] == lines
    assert book.delimiter == delimiter
    assert book.sheets[0].name == "名单"


def test_kind_is_found_by_content_not_by_name(tmp_path: Path) -> None:
    made = write_table(tmp_path / "a.xlsx", ROWS[:4])
    odd = tmp_path / "a.csv"
    made.rename(odd)
    assert read_book(odd).kind == "xlsx"


def test_several_sheets_hidden_and_empty_ones(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "一"
    book.active["C3"] = "x"
    book.create_sheet("空")
    hidden = book.create_sheet("藏")
    hidden["A1"], hidden.sheet_state = 1, "hidden"
    book.create_chartsheet("图")
    book.save(path)
    read = read_book(path)
    assert [(s.name, s.is_hidden) for s in read.sheets] == [("一", False), ("藏", True)]
    assert set(read.skipped) == {"空", "图"}
    assert read.sheets[0].rows[2][2] == "x"  # rows and columns as the spreadsheet numbers them


def test_macro_workbook_is_read_without_its_macros(tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.xlsm", ROWS[:3])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 not run")
    assert read_book(path).sheets[0].rows[1][0] == "姓名"


def test_formula_without_a_value_is_marked(tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.xlsx", [["a", "b"], [1, "=A2+1"], [2, "x"]])
    assert read_book(path).sheets[0].unvalued == {(1, 1)}


def test_formats_far_to_the_right_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active["A1"] = "x"
    book.active.cell(1, 16_000).number_format = "0.00"
    book.active.cell(60_000, 1).number_format = "0.00"
    book.save(path)
    assert len(read_book(path).sheets[0].rows[0]) < 20


@pytest.mark.parametrize("suffix", ["xlsx", "ods", "csv"])
def test_ten_thousand_columns_are_refused(tmp_path: Path, suffix: str) -> None:
    path = write_table(tmp_path / f"a.{suffix}", [["x"] * 10_000])
    assert code_of(path) == "tables.too_wide"


def test_two_cells_far_apart_are_refused_before_they_are_laid_out(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.cell(1, 900, "x")
    book.active.cell(1_000_000, 1, "y")
    book.save(path)
    assert code_of(path) == "tables.too_many_cells"


def test_repeated_ods_cells_are_bounded(tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.ods", [["x", "y"]])
    with zipfile.ZipFile(path) as archive:
        body = {name: archive.read(name) for name in archive.namelist()}
    body["content.xml"] = body["content.xml"].replace(
        b"<table:table-row>", b'<table:table-row table:number-rows-repeated="1000000000">', 1
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in body.items():
            archive.writestr(name, content)
    assert code_of(path) == "tables.too_many_cells"


def test_zip_bomb_is_not_opened(tmp_path: Path) -> None:
    path = write_table(tmp_path / "a.xlsx", ROWS[:3])
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.bin", b"\0" * (80 << 20))
    assert code_of(path) == "tables.bomb"


def test_lying_directory_entry_is_caught_while_unpacking(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_table(path, [["x", "=1"]] * 3)
    assert code_of(path, limits=Limits(unpacked_bytes=2_000)) == "tables.bomb"


def test_encrypted_office_file(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
    path.write_bytes(head + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600)
    assert code_of(path) == "tables.encrypted"


def test_encrypted_old_office_file(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    book.add_sheet("a").write(0, 0, "x")
    stream = book.get_biff_data()
    (length,) = struct.unpack("<H", stream[2:4])
    cut = 4 + length  # behind the first record: FILEPASS with an RC4 key
    locked = stream[:cut] + struct.pack("<HHHHH", 0x2F, 54, 1, 1, 1) + b"k" * 48 + stream[cut:]
    path = tmp_path / "a.xls"
    CompoundDoc.XlsDoc().save(str(path), locked)
    assert code_of(path) == "tables.encrypted"


def test_encrypted_ods(tmp_path: Path) -> None:
    path = tmp_path / "a.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", "scrambled")
        archive.writestr("META-INF/manifest.xml", "<m><manifest:encryption-data/></m>")
    assert code_of(path) == "tables.encrypted"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "tables.empty"),
        (b"%PDF-1.7 ...", "tables.wrong_kind"),
        (b"\x89PNG\r\n\x1a\n....", "tables.wrong_kind"),
        (b"\xff\xd8\xff\xe0....", "tables.wrong_kind"),
        (b"<html><table><tr><td>x</table>", "tables.wrong_kind"),
        (b'<?xml version="1.0"?><Workbook/>', "tables.wrong_kind"),
        (b"abc\0\0\0def", "tables.wrong_kind"),
        (b"PK\x03\x04 nothing else", "tables.truncated"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 short", "tables.wrong_kind"),
        (b"\n\n , , \n", "tables.no_cells"),
        (b"a,b\n\xff\xff\xff\xfe,\x80\x80\n", "tables.encoding"),
    ],
)
def test_what_is_no_spreadsheet(tmp_path: Path, body: bytes, code: str) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(body)
    assert code_of(path) == code


def test_missing_and_too_large_files(tmp_path: Path) -> None:
    assert code_of(tmp_path / "none.xlsx") == "tables.missing"
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(200 << 20)  # a sparse file of 200 MB
    assert code_of(path) == "tables.too_large"


def test_word_document_is_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    with pytest.raises(UnreadableFile) as refusal:
        read_book(path)
    assert refusal.value.facts["kind"] == "docx"


def test_workbook_with_only_pictures(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.save(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/media/image1.png", b"\x89PNG")
    assert code_of(path) == "tables.no_cells"


@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods"])
def test_a_file_cut_anywhere_is_refused_or_read(tmp_path: Path, suffix: str) -> None:
    whole = write_table(tmp_path / f"whole.{suffix}", ROWS[:4] * 30).read_bytes()
    path = tmp_path / f"cut.{suffix}"
    for part in range(1, 20):
        path.write_bytes(whole[: len(whole) * part // 20])
        assert outcome_of(path) in {"read", *REFUSALS}
    path.write_bytes(whole[: len(whole) // 2])
    assert code_of(path) in {"tables.truncated", "tables.damaged", "tables.wrong_kind"}


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    body=st.binary(max_size=400),
    head=st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]),
)
def test_no_bytes_break_it(tmp_path: Path, head: bytes, body: bytes) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(head + body)
    assert outcome_of(path) in {"read", *REFUSALS}


def test_damaged_inside_the_archive(tmp_path: Path) -> None:
    path = write_tables(tmp_path / "a.xlsx", {"一": ROWS[:4] * 50})
    with zipfile.ZipFile(path) as archive:
        body = {name: archive.read(name) for name in archive.namelist()}
    body["xl/worksheets/sheet1.xml"] = body["xl/worksheets/sheet1.xml"][:200]
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in body.items():
            archive.writestr(name, content)
    assert outcome_of(path) in {"tables.truncated", "tables.damaged", "tables.no_cells"}


@given(st.integers(0, 20_000))
def test_letters_and_indexes_are_inverse(index: int) -> None:
    assert index_of(letter_of(index)) == index


def test_letters() -> None:
    assert [letter_of(i) for i in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_a_csv_with_too_many_cells_is_refused_before_it_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("1,101,张三\n" * 2_000, "utf-8")
    read: list[list[str]] = []
    rows = csv_text.iter_rows

    def watched(*args: Any, **more: Any) -> Iterator[list[str]]:
        for row in rows(*args, **more):
            read.append(row)
            yield row

    monkeypatch.setattr(csv_text, "iter_rows", watched)
    with pytest.raises(UnreadableFile, match="too_many_cells"):
        read_book(path, limits=Limits(cells=300))
    assert len(read) == 101
    book = read_book(path)
    names = {id(row[2]) for row in book.sheets[0].rows}
    assert len(names) == 1


def test_a_file_of_200_mb_is_refused_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.write("楼号,房号,姓名\n".encode())
        file.truncate(200 << 20)
    with pytest.raises(UnreadableFile, match="too_large"):
        read_book(path)


def test_a_formula_in_csv_is_a_formula_without_a_value(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("姓名,电话,备注\n=cmd|'/c calc'!A1,=\"13812345678\",=见附表\n", "utf-8")
    (sheet,) = read_book(path).sheets
    assert list(sheet.rows[1]) == ["", "13812345678", "=见附表"]
    assert sheet.unvalued == {(1, 0)}
