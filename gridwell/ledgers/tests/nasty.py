"""Ledgers as badly kept as they come, each with what a person counts in it by hand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl

from gridwell.core.tests.make_tables import Span, write_tables
from gridwell.ledgers.tests.make import id_number

Rows = list[list[Any]]


@dataclass(frozen=True)
class Counted:
    """What is in a file by hand: dwellings, people, faults as (row, code), questions of twins."""

    dwellings: int
    people: int
    faults: Sequence[tuple[int, str]] = ()
    duplicates: int = 0
    doors: Sequence[
        str
    ] = ()  # keys of all dwellings, in the order of the file; () is not looked at
    births: dict[str, date | None] = field(default_factory=dict)
    documents: dict[str, str] = field(default_factory=dict)
    phones: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Nasty:
    """One file: how it is written, and what is in it."""

    code: str
    write: Callable[[Path], Path]
    counted: Counted


CASES: list[Nasty] = []


def case(
    code: str,
    sheets: dict[str, Rows] | Rows,
    counted: Counted,
    *,
    merges: dict[str, Sequence[Span]] | Sequence[Span] = (),
    suffix: str = ".xlsx",
    encoding: str = "",
) -> None:
    pages = sheets if isinstance(sheets, dict) else {"Sheet1": sheets}
    spans = merges if isinstance(merges, dict) else {next(iter(pages)): merges}

    def write(folder: Path) -> Path:
        path = folder / f"{code}{suffix}"
        return write_tables(path, pages, merges=spans, encoding=encoding)

    CASES.append(Nasty(code, write, counted))


def _old(number: str) -> str:
    """Return the 15-digit form of an ID number."""
    return number[:6] + number[8:17]


N = [id_number(serial, "19850307") for serial in range(100)]

case(
    "two_levels_and_merged_homes",
    [
        ["光华街社区第三网格居民台账", "", "", "", "", "", "", ""],
        ["填表日期：2022年11月20日", "", "", "", "", "", "", ""],
        ["序号", "住址", "", "", "人员信息", "", "", "备注"],
        ["", "楼栋", "单元", "房号", "姓名", "与户主关系", "身份证号", ""],
        [1, "1号楼", "1单元", "101", "张一", "户主", N[1], ""],
        [2, "", "", "", "李二", "配偶", N[2], ""],
        [3, "", "", "", "张三", "子", "", ""],
        [4, "", "", "102", "王四", "户主", N[4], ""],
        [5, "", "2单元", "101", "赵五", "户主", N[5], ""],
        ["合计", "", "", "3户", "5人", "", "", ""],
    ],
    Counted(3, 5, doors=("|1#||1单元|101", "|1#||1单元|102", "|1#||2单元|101")),
    merges=[
        (0, 0, 0, 7),
        (1, 0, 1, 7),
        (2, 0, 3, 0),
        (2, 1, 2, 3),
        (2, 4, 2, 6),
        (2, 7, 3, 7),
        (4, 1, 8, 1),
        (4, 2, 7, 2),
        (4, 3, 6, 3),
    ],
)

case(
    "one_line_a_household",
    [
        ["海西社区1号楼入户摸排登记表"],
        ["门牌号", "家庭成员", "联系电话", "备注"],
        ["1-101", "张伟、李娜（妻）、张小宝（子） 3人", "14001234567", ""],
        ["1-102", "空户", "", ""],
        ["1-201", "王芳", "14001234568/0351-6543210", "独居"],
        ["2-101", "赵六（户主）、钱七（配偶）、赵八（女）、孙九（母亲）共4人", "14001234569", ""],
        ["2-102", "周十、吴十一 3人", "", ""],
        ["2-201", "出租（房东电话14001234570）", "", ""],
        ["合计", "10人", "", ""],
    ],
    Counted(
        6,
        10,
        faults=[(7, "people_count")],
        doors=(
            "海西社区|1#||1单元|101",
            "海西社区|1#||1单元|102",
            "海西社区|1#||1单元|201",
            "海西社区|1#||2单元|101",
            "海西社区|1#||2单元|102",
            "海西社区|1#||2单元|201",
        ),
        phones={"王芳": ("14001234568", "03516543210")},
    ),
)

case(
    "gb18030_csv_with_rare_names",
    [
        ["小区", "楼号", "单元", "室", "姓名", "公民身份号码", "手机号码"],
        ["鼎新苑", "3号楼", "2", "501", "张㛃", N[10], "'14001230001"],
        ["鼎新苑", "3号楼", "2", "501", "阿依古丽·买买提", N[11], "+86 140-0123-0002"],
        [
            "鼎新苑",
            "3号楼",
            "2",
            "502",
            "喆䶮",
            N[12][:17] + ("1" if N[12][17] != "1" else "2"),
            "",
        ],
        ["鼎新苑", "甲3号楼", "2", "502", "欧阳修", "", "140012300"],
    ],
    Counted(
        3,
        4,
        faults=[(4, "id_check_digit"), (5, "phone_short")],
        phones={"张㛃": ("14001230001",), "阿依古丽·买买提": ("14001230002",)},
    ),
    suffix=".csv",
    encoding="gb18030",
)

case(
    "dates_of_all_kinds",
    [
        ["楼号", "房号", "姓名", "出生日期"],
        ["1", "101", "甲一", "1985.3.7"],
        ["1", "101", "甲二", "85年3月"],
        ["1", "101", "甲三", 31113],
        ["1", "101", "甲四", "一九八五年三月七日"],
        ["1", "101", "甲五", date(1985, 3, 7)],
        ["1", "101", "甲六", 19850307],
        ["1", "101", "甲七", "1985年13月7日"],
        ["1", "101", "甲八", "1985/03/07 00:00:00"],
        ["1", "101", "甲九", "85.3.7"],
        ["1", "102", "乙一", "二〇〇二年十一月二十日"],
        ["1", "102", "乙二", "1985年3月7日生"],
        ["1", "102", "乙三", "3/7/1985"],
        ["1", "102", "乙四", "07-Mar-1985"],
        ["1", "102", "乙五", "１９８５－０３－０７"],
        ["1", "102", "乙六", "1985-2-30"],
        ["1", "102", "乙七", "民国七十四年"],
    ],
    Counted(
        2,
        16,
        faults=[
            (3, "date_incomplete"),
            (8, "no_such_date"),
            (13, "date_ambiguous"),
            (16, "no_such_date"),
            (17, "date_form"),
        ],
        births={
            **{f"甲{n}": date(1985, 3, 7) for n in "一三四五六八九"},
            "甲二": None,
            "甲七": None,
            "乙一": date(2002, 11, 20),
            "乙三": None,
            **{f"乙{n}": date(1985, 3, 7) for n in "二四五"},
        },
    ),
)

case(
    "numbers_of_all_kinds",
    [
        ["住址", "姓名", "身份证号", "电话"],
        ["1-1-101", "一", _old(N[20]), ""],
        ["1-1-101", "二", float(N[21][:17] + "0"), ""],
        ["1-1-101", "三", "1.40100E+17", ""],
        ["1-1-101", "四", f"{N[23][:6]} {N[23][6:14]} {N[23][14:]}", ""],
        ["1-1-101", "五", f"'{N[24]}", ""],
        ["1-1-102", "六", next(n for n in N if n.endswith("X")).lower(), ""],
        ["1-1-102", "七", N[26] + "\n", ""],
        ["1-1-102", "八", N[27][:17], ""],
        ["1-1-102", "九", "无", "14001112222、14001113333；0351-6543210"],
        ["1-1-102", "十", "E12345678", 14001114444.0],
        ["1-1-102", "十一", "H12345678", "140 0111 5555（女儿）"],
        ["1-1-102", "十二", f"身份证：{N[29]}", "1400111666"],
        ["1-1-102", "十三", N[30].replace("0", "O", 1), ""],
    ],
    Counted(
        2,
        13,
        faults=[
            (3, "id_digits_lost"),
            (4, "id_digits_lost"),
            (9, "id_length"),
            (13, "phone_short"),
            (14, "id_characters"),
        ],
        documents={
            "一": N[20],
            "四": N[23],
            "五": N[24],
            "七": N[26],
            "十": "E12345678",
            "十二": N[29],
        },
        phones={
            "九": ("14001112222", "14001113333", "03516543210"),
            "十": ("14001114444",),
            "十一": ("14001115555",),
        },
    ),
)

case(
    "totals_in_the_middle_notes_below",
    [
        ["序号", "楼号", "单元", "房号", "姓名", "电话"],
        [1, "1", "1", "101", "甲", "14001230001"],
        [2, "1", "1", "102", "乙", "14001230002"],
        ["1单元小计", "", "", "2户", "2人", ""],
        [3, "1", "2", "101", "丙", "14001230003"],
        ["", "", "", "本页小计", "1人", ""],
        ["总 计", "", "", "3户", "3人", ""],
        ["", "", "", "", "", ""],
        ["说明：1. 本表由网格员填写。", "", "", "", "", ""],
        ["2. 租户须注明房东电话。", "", "", "", "", ""],
        ["注意：每周五前上报", "", "", "", "", ""],
        ["填表人：王某某", "", "", "审核人：", "", "2022年11月20日"],
    ],
    Counted(3, 3),
)

case(
    "a_sheet_a_building",
    {
        "3号楼": [
            ["单元", "房号", "姓名", "电话"],
            ["1", "101", "甲", ""],
            ["1", "102", "乙", ""],
        ],
        "5号楼": [
            ["单元", "房号", "姓名", "电话"],
            ["1", "101", "丙", ""],
            ["", "", "丁", ""],
        ],
        "汇总": [["楼号", "户数", "人数"], ["3号楼", 2, 2], ["5号楼", 1, 2], ["合计", 3, 4]],
        "说明": [["本表由社区填写，每周更新一次"]],
    },
    Counted(3, 4, doors=("|3#||1单元|101", "|3#||1单元|102", "|5#||1单元|101")),
)

case(
    "address_from_the_title",
    [
        ["迎泽区某街道金桂苑小区2号楼3单元住户情况统计表"],
        ["房号", "姓名", "性别", "年龄", "联系方式"],
        ["101", "甲", "男", 45, "14001230001"],
        ["102", "乙", "女", 39, "14001230002"],
        ["102", "丙", "男", 12, ""],
    ],
    Counted(2, 3, doors=("金桂苑小区|2#||3单元|101", "金桂苑小区|2#||3单元|102")),
)

case(
    "english_columns",
    [
        [
            "No.",
            "Building",
            "Unit",
            "Room",
            "Full Name",
            "Gender",
            "ID Number",
            "Mobile",
            "Remarks",
        ],
        [1, "3", "2", "501", "Zhang San", "M", N[30], "14001230001", ""],
        [2, "3", "2", "501", "Li Si", "F", N[31], "14001230002", "tenant"],
        [3, "3", "2", "502", "John Smith", "male", "E12345678", "", ""],
    ],
    Counted(
        2,
        3,
        faults=[
            *([(2, "sex_contradicts_id")] if int(N[30][16]) % 2 == 0 else []),
            *([(3, "sex_contradicts_id")] if int(N[31][16]) % 2 == 1 else []),
        ],
        doors=("|3#||2单元|501", "|3#||2单元|502"),
    ),
)

case(
    "units_and_rooms_in_words",
    [
        ["楼栋", "单元", "房号", "住户姓名"],
        ["三号楼", "二单元", "三层东户", "甲"],
        ["3#", "2", "3层西户", "乙"],
        ["3栋", "2单元", "2-1-0301", "丙"],
        ["3号", "2门", "401室", "丁"],
        ["三", "二", "402房", "戊"],
        ["3号楼", "二单元", "底商1号", "己"],
        ["3号楼", "2", "负一层", "庚"],
        ["3号楼", "贰单元", "501", "辛"],
    ],
    Counted(8, 8),
)

case(
    "household_numbers_dashed",
    [
        ["户号", "户主姓名", "成员姓名", "与户主关系"],
        ["2-1-0301", "张三", "张三", "本人"],
        ["2-1-0301", "张三", "李四", "妻"],
        ["2-1-0302", "王五", "王五", "户主"],
        ["2-1-东户", "赵六", "赵六", "户主"],
        ["2-1-西户", "钱七", "钱七", "户主"],
    ],
    Counted(4, 5, doors=("|2#||1单元|301", "|2#||1单元|302", "|2#||1单元|东", "|2#||1单元|西")),
)

case(
    "hidden_sheet_and_blank_columns",
    {
        "台账": [
            ["", "", "", "", "", ""],
            ["", "", "姓名", "", "楼房号", "联系方式"],
            ["", "", "甲", "", "1号楼1单元101", "14001230001"],
            ["", "", "乙", "", "1号楼1单元102", ""],
        ],
    },
    Counted(2, 2),
)

case(
    "header_on_each_page",
    [
        ["某社区居民花名册（第1页）"],
        ["序号", "姓名", "身份证号码", "家庭住址"],
        [1, "甲", N[40], "金桂苑1号楼1单元101"],
        [2, "乙", N[41], "金桂苑1号楼1单元102"],
        ["某社区居民花名册（第2页）"],
        ["序号", "姓名", "身份证号码", "家庭住址"],
        [3, "丙", N[42], "金桂苑1号楼1单元102"],
        [4, "丁", N[42], "金桂苑1号楼1单元201"],
    ],
    Counted(3, 4, faults=[(8, "id_of_another")]),
)

case(
    "the_same_person_twice",
    [
        ["楼号", "房号", "姓名", "身份证号", "出生日期"],
        ["1", "101", "甲", N[50], ""],
        ["1", "102", "乙", "", "1990-01-01"],
        ["1", "102", "乙", "", "1990-01-01"],
        ["2", "101", "甲", N[50], ""],
    ],
    Counted(3, 4, faults=[(5, "same_person_twice")], duplicates=2),
)

case(
    "no_name_or_no_address",
    [
        ["楼号", "单元", "房号", "姓名", "身份证号", "电话"],
        ["1", "1", "101", "", N[60], ""],
        ["", "", "", "甲", N[61], ""],
        ["1", "1", "102", "乙", "", ""],
        ["1", "1", "103", "", "", ""],
        ["1", "1", "104", "无人", "", ""],
        ["1", "1", "105", "空置", "", "14001230009"],
    ],
    Counted(5, 2),
)

case(
    "xls_with_serial_dates",
    [
        ["居民信息表"],
        ["小区名称", "楼栋号", "单元号", "门牌号", "姓名", "出生年月", "是否租住"],
        ["东华苑", 1.0, 2.0, 301.0, "甲", date(1985, 3, 7), "否"],
        ["东华苑", 1.0, 2.0, 302.0, "乙", "1985.03.07", "是"],
        ["东华苑", 1.0, 2.0, 302.0, "丙", "1985.03", "是"],
    ],
    Counted(
        2,
        3,
        faults=[(5, "date_incomplete")],
        births={"甲": date(1985, 3, 7), "乙": date(1985, 3, 7), "丙": None},
    ),
    suffix=".xls",
)

case(
    "ods_with_merges",
    [
        ["楼号", "单元", "房号", "姓名", "关系"],
        ["1", "1", "101", "甲", "户主"],
        ["", "", "", "乙", "妻"],
        ["", "", "102", "丙", "户主"],
    ],
    Counted(2, 3, doors=("|1#||1单元|101", "|1#||1单元|102")),
    merges=[(1, 0, 3, 0), (1, 1, 3, 1), (1, 2, 2, 2)],
    suffix=".ods",
)


def write_hidden(folder: Path) -> Path:
    """Write a book with a hidden sheet, hidden rows and a filter: what is hidden by row still counts."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "居民"
    for row in (
        ["楼号", "房号", "姓名"],
        ["1", "101", "甲"],
        ["1", "102", "乙"],
        ["1", "103", "丙"],
    ):
        page.append(row)
    page.row_dimensions[3].hidden = True
    page.column_dimensions["B"].hidden = True
    old = book.create_sheet("旧表")
    for row in (["楼号", "房号", "姓名"], ["9", "901", "老甲"]):
        old.append(row)
    old.sheet_state = "hidden"
    path = folder / "hidden.xlsx"
    book.save(path)
    return path


CASES.append(Nasty("hidden_rows_and_sheets", write_hidden, Counted(3, 3)))
