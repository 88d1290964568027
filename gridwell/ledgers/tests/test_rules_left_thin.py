"""Forms of ledgers that lost something: a unit written once, numbers and names in pairs, feet of pages."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from gridwell.core.tables import read_book
from gridwell.core.tables.model import Book, Sheet
from gridwell.core.tests.make_tables import write_tables
from gridwell.ledgers.rules.guests import COMMUNITY
from gridwell.ledgers.rules.reading import read_ledger
from gridwell.ledgers.rules.rows import LedgerRead
from gridwell.ledgers.tests.make import id_number


def read(*rows: list[Any], mapping: dict[str, str] | None = None) -> LedgerRead:
    book = Book("xlsx", (Sheet("Sheet1", [list(row) for row in rows]),))
    return read_ledger(book, today=date(2022, 11, 23), mapping=mapping)


def doors(found: LedgerRead) -> list[tuple[str, str]]:
    return [(row.name, row.place.written()) for row in found.residents]


def test_a_unit_written_once_below_its_building() -> None:
    found = read(
        ["楼号", "单元", "房号", "姓名"],
        ["1号楼", "1单元", "101", "王一"],
        ["1号楼", "", "102", "王二"],
        ["1号楼", "2单元", "101", "王三"],
        ["2号楼", "", "101", "王四"],
    )
    assert doors(found) == [
        ("王一", "1号楼1单元101"),
        ("王二", "1号楼1单元102"),
        ("王三", "1号楼2单元101"),
        ("王四", "2号楼101"),
    ]


def test_names_and_numbers_in_pairs() -> None:
    both = f"{id_number(1)}、{id_number(2)}"
    found = read(["房号", "住户", "身份证号"], ["7-1-101", "韩一、杨二", both])
    assert [(r.name, r.id_number) for r in found.residents] == [
        ("韩一", id_number(1)),
        ("杨二", id_number(2)),
    ]
    assert not found.faults


def test_a_bracket_behind_each_name_divides() -> None:
    found = read(["房号", "住户"], ["7-1-104", "何七(户主) 吕八(妻)"])
    assert [(r.name, r.relation) for r in found.residents] == [("何七", "户主"), ("吕八", "妻")]


def test_the_foot_of_a_page_is_nobody() -> None:
    found = read(
        ["序号", "楼号", "单元号", "门牌号", "姓名"],
        [1, "9", "1", "101", "严一"],
        ["第1页 共3页", "", "", "", "本页小计：4人"],
        ["负责人签字：", "", "", "", "审核："],
    )
    assert (doors(found), found.faults) == ([("严一", "9号楼1单元101")], ())


def test_a_door_that_is_a_date_is_none_beside_other_columns() -> None:
    found = read(
        ["楼", "单元", "房号", "姓名", "门牌"],
        [12, 1, "101", "谢二", "12-1-101"],
        [12, 1, "", "邹三", datetime(2022, 12, 1)],  # noqa: DTZ001 - as spreadsheets have it
    )
    assert doors(found) == [("谢二", "12号楼1单元101"), ("邹三", "12号楼1单元")]
    assert [f.code for f in found.faults] == ["address_date"]


def test_several_communities_in_one_file() -> None:
    rows = (
        ["社区", "楼栋", "单元", "房号", "姓名"],
        ["兴华社区", "1", "1", "101", "孙一"],
        ["和平社区", "1", "1", "102", "孙二"],
    )
    found = read(*rows)
    assert [(q.code, q.samples) for q in found.questions] == [
        ("communities", ("兴华社区\t1", "和平社区\t1"))
    ]
    only = read(*rows, mapping={COMMUNITY: "和平社区"})
    assert [row.name for row in only.residents] == ["孙二"]


def test_an_old_workbook_by_a_new_name(tmp_path: Path) -> None:
    rows = [["楼", "单元", "房号", "姓名"], ["6", "1", "101", "蒋一"]]
    path = write_tables(tmp_path / "old.xls", {"台账": rows})
    assert read_book(path.rename(tmp_path / "new.xlsx")).kind == "xls"
    path = write_tables(tmp_path / "new2.xlsx", {"台账": rows})
    assert read_book(path.rename(tmp_path / "old2.xls")).kind == "xlsx"
