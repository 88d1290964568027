"""The sample ledger that a visitor imports: a building of the demo as a grid worker would keep it.

Most lines are people who are registered already; one has moved in, a few lines carry the faults
that ledgers have. Everybody in it is invented.
"""

from collections.abc import Iterator
from datetime import date
from itertools import islice

from gridwell.core.tables.write import SheetPlan, xlsx_bytes
from gridwell.demo import city
from gridwell.demo.city import STANDS_AT
from gridwell.demo.people import InventedHousehold, InventedPerson, Inventor
from gridwell.demo.register import SEED, households_of

FILE_NAME = "jinxiangdu-building-5.xlsx"
BUILDING, UNIT, HOMES = "5号楼", "2单元", 24
HEADER = ("序号", "小区", "楼号", "单元", "房号", "姓名", "与户主关系", "性别", "身份证号",
          "出生日期", "联系电话", "备注")  # fmt: skip
WIDTHS = (6, 14, 8, 8, 8, 10, 12, 6, 22, 12, 14, 16)

Home = tuple[city.Dwelling, InventedHousehold | None]
Line = list[str]


def sample_ledger() -> bytes:
    """Return the workbook."""
    rows = [[str(number), *line] for number, line in enumerate(_with_faults(_lines()), start=1)]
    sheet = SheetPlan(
        name=BUILDING,
        titles=(
            f"金香都小区{BUILDING}{UNIT}人员底册",
            "填表人：第3网格　　更新时间：2022年11月23日",
        ),
        header=(HEADER,),
        rows=rows,
        widths=WIDTHS,
    )
    return xlsx_bytes([sheet], watermark="Gridwell demo")


def _homes() -> Iterator[Home]:
    """Return the doors of the unit with those who live there, as the demo registered them."""
    model = next(community for community in city.COMMUNITIES if "jinxiangdu" in community.accounts)
    doors = zip(city.dwellings_of(model), households_of(model, STANDS_AT.date()), strict=True)
    for dwelling, household in doors:
        if (dwelling.building, dwelling.unit) == (BUILDING, UNIT):
            yield dwelling, household


def _lines() -> list[Line]:
    newcomers = Inventor(SEED + 1, date(2022, 11, 23)).household(2)
    lines = []
    for dwelling, household in islice(_homes(), HOMES):
        lines += [_line(dwelling, person) for person in (household or newcomers).people]
    return lines


def _line(dwelling: city.Dwelling, person: InventedPerson) -> Line:
    return [
        dwelling.compound,
        dwelling.building,
        dwelling.unit,
        dwelling.room,
        person.name,
        person.relation,
        "男" if person.sex == "male" else "女",
        person.document,
        person.birth_on.isoformat(),
        person.phone,
        "",
    ]


def _with_faults(lines: list[Line]) -> list[Line]:
    """Return the lines with a fault of each kind that ledgers have; one line a fault."""
    name, relation, document, birth, phone, remark = 4, 5, 7, 8, 9, 10
    having = [line for line in lines if line[document] and line[phone]]
    wrong, short, day, nameless, moved, word = having[2:14:2]
    last = wrong[document][-1]
    wrong[document] = wrong[document][:-1] + ("1" if last != "1" else "2")  # the check digit
    short[phone] = short[phone][:-2]
    day[birth] = "1987-13-05"
    nameless[name] = ""
    moved[phone] = moved[phone][:-4] + "0000"
    word[remark] = "慢性病，病情稳定"
    twin = list(having[16])
    twin[name], twin[relation] = "丁一", "其他"  # somebody else under the same number
    at = lines.index(having[16]) + 1
    return [*lines[:at], twin, *lines[at:]]
