"""Lists without a line of column names: read where that is plain, asked about where not."""

from gridwell.core.tables import Sheet
from gridwell.core.tables.model import Book
from gridwell.ledgers.rules.reading import read_ledger
from gridwell.ledgers.tests.compose import TODAY
from gridwell.ledgers.tests.test_rules_reading import rows_read

PLAIN_PEOPLE = (("张三", 101), ("李四", 102), ("王五", 103), ("赵六", 104))


def test_no_header_is_a_question() -> None:
    read = rows_read(["张三", "1-1-101", "14001394411"], ["李四", "1-1-102", "14001394412"])
    asked = [(question.code, question.column) for question in read.questions]
    assert asked == [("no_header", ""), *(("unknown_column", letter) for letter in "ABC")]
    assert read.residents == ()


def test_columns_without_a_header_are_known_by_what_an_officer_said() -> None:
    book = Book("csv", (Sheet("名单", [["张三", "1-1-101", "x"], ["李四", "1-1-102", "y"]]),))
    read = read_ledger(book, today=TODAY, mapping={"A": "name", "B": "address"})
    assert [(row.source.row, row.name, row.place.door) for row in read.residents] == [
        (1, "张三", "1-1-101"),
        (2, "李四", "1-1-102"),
    ]
    assert [row.remark for row in read.residents] == [{"C": "x"}, {"C": "y"}]


def test_a_list_without_a_header_is_read_where_its_values_are_plain() -> None:
    read = rows_read(
        ["某社区名单"],
        *([f"{name}", f"1-1-{door}", f"1400139441{door % 10}"] for name, door in PLAIN_PEOPLE),
    )
    assert [question.code for question in read.questions] == ["guessed_header"]
    assert [row.name for row in read.residents] == [name for name, _door in PLAIN_PEOPLE]
    assert all(row.phones and row.place.has_door for row in read.residents)


def test_lines_of_one_column_are_divided() -> None:
    read = rows_read(
        ["3号楼住户"],
        *([f"3-1-{door} {name} 1400139441{door % 10}"] for name, door in PLAIN_PEOPLE),
    )
    assert [(row.source.row, row.name, row.place.door) for row in read.residents] == [
        (number, name, f"3-1-{door}") for number, (name, door) in enumerate(PLAIN_PEOPLE, start=2)
    ]
    assert [question.code for question in read.questions] == ["guessed_header"]


def test_two_columns_of_doors_and_names_are_a_list() -> None:
    read = rows_read(*([f"3-1-{door}", name] for name, door in PLAIN_PEOPLE))
    assert [row.name for row in read.residents] == [name for name, _door in PLAIN_PEOPLE]


def test_one_column_of_names_or_prose_is_no_list() -> None:
    for lines in (["张三"], ["李四"], ["王五"], ["赵六"]), (["春 眠"], ["不觉 晓"], ["处处 闻"]):
        read = rows_read(*lines)
        assert not read.residents
        assert [fault.code for fault in read.faults] == ["no_table"]


def test_a_chart_of_a_building_says_what_to_do() -> None:
    read = rows_read(
        ["", "1单元", "", "2单元", ""],
        ["2层", "201 张三", "202 李四", "203 王五", "204 赵六"],
        ["1层", "101 张四", "102 李五", "103 王六", "104"],
    )
    assert not read.residents
    assert [fault.code for fault in read.faults] == ["floor_chart"]
