"""Lines without a door: lost where every other line has its own, and units that only titles name."""

import pytest

from gridwell.ledgers.tests.test_rules_reading import rows_read


def people(count: int) -> list[list[object]]:
    return [[f"张{chr(0x4E00 + n)}", f"{n}号楼1单元101"] for n in range(1, count + 1)]


def test_a_stray_blank_address_is_lost_not_the_one_above() -> None:
    read = rows_read(["姓名", "住址"], *people(6), ["李四", ""], *people(3)[:1])
    assert [(h.name, h.code) for h in read.held] == [("李四", "no_address")]
    assert "李四" not in [r.name for r in read.residents]


@pytest.mark.parametrize("word", ["不详", "待查", "无", "/"])
def test_a_word_for_no_address_names_no_dwelling(word: str) -> None:
    read = rows_read(["姓名", "住址"], *people(6), ["李四", word])
    assert [(h.name, h.code) for h in read.held] == [("李四", "no_address")]
    assert len(read.households) == 6


def test_members_left_without_the_door_of_their_household_keep_it() -> None:
    lines: list[list[object]] = []
    for person in people(6):
        lines += [person, [f"{person[0]}之妻", ""]]
    read = rows_read(["姓名", "住址"], *lines)
    assert (len(read.residents), len(read.households), read.held) == (12, 6, ())


def test_tables_side_by_side_each_below_its_unit() -> None:
    read = rows_read(
        ["1单元", "", "", "2单元", "", ""],
        ["房号", "户主", "人口", "房号", "户主", "人口"],
        ["101", "丙一", 1, "101", "丙五", 1],
        ["102", "丙二", 1, "", "", ""],
    )
    found = {(r.name, r.place.unit, r.place.room) for r in read.residents}
    assert found == {("丙一", "1单元", "101"), ("丙二", "1单元", "102"), ("丙五", "2单元", "101")}


def test_a_unit_between_the_lines_stands_in_the_building_above_it() -> None:
    read = rows_read(
        ["3号楼住户登记表"],
        ["房号", "姓名"],
        ["1单元", ""],
        ["101", "丙一"],
        ["2单元", ""],
        ["101", "丙二"],
    )
    found = {(r.name, r.place.building, r.place.unit, r.place.room) for r in read.residents}
    assert found == {("丙一", "3号楼", "1单元", "101"), ("丙二", "3号楼", "2单元", "101")}
