"""What is written can be read back, and nothing in it is computed."""

from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from gridwell.core.tables import SheetPlan, read_book, write_csv, write_xlsx
from gridwell.core.tables.write import is_dangerous

NASTY = ["=1+1", "+86 138", "-cmd", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("http://x")', "-5"]


def plan(rows: list[list[object]]) -> SheetPlan:
    return SheetPlan(
        name="第[1]网格/台账?",
        titles=("某社区台账",),
        header=[["住址", "住址", "姓名"], ["楼号", "房号", "姓名"]],
        rows=rows,
        widths=(8, 8, 12),
    )


def test_xlsx_comes_back_with_its_header_merges_and_lines(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    moment = datetime(2022, 11, 23, 20, 0, tzinfo=UTC)
    rows: list[list[object]] = [
        ["1", 101, "张三"],
        ["2", date(2022, 1, 2), moment],
        ["3", None, "㛃"],
    ]
    with path.open("wb") as file:
        count = write_xlsx(
            file, [plan(rows), plan(rows)], watermark="王某 & 李某", counted="共 {count} 行"
        )
    assert count == 6
    first, second = read_book(path).sheets
    assert first.name != second.name
    assert {(m.top, m.left, m.bottom, m.right) for m in first.merges} == {
        (0, 0, 0, 2),
        (1, 0, 1, 1),
        (1, 2, 2, 2),
    }
    got = [list(row) for row in first.rows]
    assert got[1] == ["住址", "住址", "姓名"]
    assert got[3] == ["1", 101.0, "张三"]
    assert got[-2][0] == "共 3 行"
    assert got[-1][0] == "王某 & 李某"


def test_nothing_in_an_xlsx_is_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    with path.open("wb") as file:
        write_xlsx(file, [plan([[text, "x", text] for text in NASTY])], watermark="=w")
    book = openpyxl.load_workbook(path)
    cells = [
        cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value is not None
    ]
    assert all(cell.data_type != "f" for cell in cells)
    written = {str(cell.value).replace("_x000D_", "\r") for cell in cells}
    assert {"=1+1", "+86 138", "-cmd", "@SUM(A1)"} <= written


def test_csv_has_a_byte_order_mark_and_guards_cells() -> None:
    out = BytesIO()
    rows = [["张三", text] for text in NASTY]
    assert write_csv(out, ["姓名", "备注"], rows, watermark="王某", counted="共 {count} 行") == len(
        NASTY
    )
    body = out.getvalue()
    assert body.startswith(b"\xef\xbb\xbf")
    lines = body.decode("utf-8-sig").split("\r\n")
    assert lines[0] == "姓名,备注"
    assert lines[1] == "张三,'=1+1"
    assert "张三,-5" in lines  # a plain number stays one
    assert f"共 {len(NASTY)} 行" in lines
    assert "王某" in lines


@pytest.mark.parametrize(
    ("text", "dangerous"),
    [
        ("=a", True),
        ("-1.5", False),
        ("+3", False),
        ("-", True),
        ("", False),
        ("张=三", False),
        ("@x", True),
    ],
)
def test_dangerous_texts(text: str, dangerous: bool) -> None:
    assert is_dangerous(text) is dangerous


def test_control_characters_do_not_break_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    with path.open("wb") as file:
        write_xlsx(file, [plan([["a\x00b\x0b", "x" * 40_000, "两\n行"]])], watermark="w")
    row = read_book(path).sheets[0].rows[3]
    assert row[0] == "ab"
    assert len(str(row[1])) == 32_767
    assert row[2] == "两\n行"


def test_rows_are_streamed(tmp_path: Path) -> None:
    seen: list[int] = []

    def rows() -> object:
        for i in range(5):
            seen.append(i)
            yield [str(i), i, "x"]

    with (tmp_path / "out.xlsx").open("wb") as file:
        assert write_xlsx(file, [plan(rows())], watermark="w") == 5
    assert seen == [0, 1, 2, 3, 4]
