"""The header is found wherever it is, merged cells are filled, totals and blank lines go."""

import pytest

from gridwell.core.tables import Merge, Sheet, body_rows, find_header

NAMES = {"姓名", "电话", "楼号", "单元", "房号", "备注", "党员", "低保", "残疾", "性别"}


def known(path: tuple[str, ...]) -> float:
    return 1.0 if path[-1] in NAMES else 0.0


def sheet(*rows: list[object], merges: tuple[tuple[int, int, int, int], ...] = ()) -> Sheet:
    return Sheet("表", [list(row) for row in rows], tuple(Merge(*m) for m in merges))


def addresses(made: Sheet) -> list[str]:
    header = find_header(made, known)
    assert header is not None
    return [column.address for column in header.columns]


def test_plain_header_in_the_first_row() -> None:
    made = sheet(["姓名", "电话"], ["张三", "1"])
    header = find_header(made, known)
    assert header is not None
    assert (header.top, header.bottom, header.titles) == (0, 0, ())


def test_title_lines_above_and_to_the_side() -> None:
    made = sheet(
        ["某社区台账（2022年11月20日）", "", ""],
        ["填表人：王某", "", "日期：2022.11.20"],
        ["", "", ""],
        ["姓 名", "电\n话", "备注"],
        ["张三", "1", ""],
        merges=((0, 0, 0, 2),),
    )
    header = find_header(made, known)
    assert header is not None
    assert (header.top, header.bottom) == (3, 3)
    assert header.titles == ("某社区台账（2022年11月20日）", "填表人：王某", "日期：2022.11.20")
    assert [column.name for column in header.columns] == ["姓名", "电话", "备注"]


def test_two_levels_with_merged_groups() -> None:
    made = sheet(
        ["标题", "", "", "", ""],
        ["住址", "", "姓名", "重点情况", ""],
        ["楼号", "房号", "", "党员", "低保"],
        ["1", "101", "张三", "是", ""],
        merges=((0, 0, 0, 4), (1, 0, 1, 1), (1, 2, 2, 2), (1, 3, 1, 4)),
    )
    assert addresses(made) == ["住址/楼号", "住址/房号", "姓名", "重点情况/党员", "重点情况/低保"]


def test_two_levels_where_the_upper_names_more() -> None:
    made = sheet(
        ["楼号", "房号", "姓名", "电话", "重点情况", ""],
        ["", "", "", "", "党员", "低保"],
        ["1", "101", "张三", "5", "", "是"],
        merges=((0, 0, 1, 0), (0, 1, 1, 1), (0, 2, 1, 2), (0, 3, 1, 3), (0, 4, 0, 5)),
    )
    header = find_header(made, known)
    assert header is not None
    assert (header.top, header.bottom) == (0, 1)
    assert addresses(made)[-2:] == ["重点情况/党员", "重点情况/低保"]


def test_two_levels_without_any_merge_as_in_csv() -> None:
    made = sheet(
        ["住址", "", "基本信息", "", "备注"],
        ["楼号", "房号", "姓名", "电话", ""],
        ["1", "101", "张三", "5", ""],
    )
    header = find_header(made, known)
    assert header is not None
    assert (header.top, header.bottom) == (0, 1)
    assert addresses(made) == ["住址/楼号", "住址/房号", "基本信息/姓名", "基本信息/电话", "备注"]


def test_three_levels() -> None:
    made = sheet(
        ["居民信息", "", "", "", ""],
        ["住址", "", "人员", "重点情况", ""],
        ["楼号", "房号", "姓名", "党员", "低保"],
        ["1", "101", "张三", "是", ""],
        merges=((0, 0, 0, 4), (1, 0, 1, 1), (1, 3, 1, 4)),
    )
    assert addresses(made)[0].endswith("住址/楼号")
    assert [number for number, _ in body_rows(made, find_header(made, known))] == [4]


def test_no_header() -> None:
    assert find_header(sheet(["说明"], ["请认真填写，谢谢"]), known) is None
    assert find_header(sheet([]), known) is None


def test_merged_cells_give_their_value_to_all_they_cover() -> None:
    made = sheet(
        ["楼号", "姓名", "备注"],
        ["1", "张三", "甲"],
        ["", "李四", ""],
        ["", "", ""],
        ["2", "王五", "乙"],
        merges=((1, 0, 2, 0), (4, 1, 4, 2)),
    )
    header = find_header(made, known)
    assert header is not None
    assert list(body_rows(made, header)) == [
        (2, ["1", "张三", "甲"]),
        (3, ["1", "李四", ""]),
        (5, ["2", "王五", "王五"]),
    ]


def test_totals_notes_blank_lines_and_repeated_headers_go() -> None:
    made = sheet(
        ["姓名", "电话", "备注"],
        ["张三", "1", ""],
        ["", "  ", ""],
        ["姓名", "电话", "备注"],
        ["小 计", 1.0, ""],
        ["合计三", "2", ""],
        ["合计：2户", "", ""],
        ["总计", "", ""],
        ["注：本表由网格员填写", "", ""],
        ["注某", "3", ""],
    )
    header = find_header(made, known)
    assert header is not None
    kept = [n for n, _ in body_rows(made, header, totals=("合计", "小计", "总计"), notes=("注",))]
    assert kept == [2, 6, 10]  # a person called 合计三 and one called 注某 stay


def test_ragged_rows_are_filled_up() -> None:
    made = sheet(["姓名", "电话", "备注"], ["张三"], ["李四", "2", "x", "beyond"])
    header = find_header(made, known)
    assert header is not None
    assert [values for _, values in body_rows(made, header)] == [
        ["张三", "", ""],
        ["李四", "2", "x"],
    ]


@pytest.mark.parametrize("rows_above", range(0, 20, 3))
def test_header_far_down(rows_above: int) -> None:
    made = sheet(
        *[[f"第{i}条说明文字"] for i in range(rows_above)], ["姓名", "电话"], ["张三", "1"]
    )
    header = find_header(made, known)
    assert header is not None
    assert header.bottom == rows_above
