"""Odd ledgers: titles between lines, signatures, wrong numbers beside names, cells of any kind."""

import random
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridwell.core.tables import Merge, Sheet
from gridwell.core.tables.header import Column
from gridwell.core.tables.model import Book
from gridwell.ledgers.rules.columns import field_named, take_columns
from gridwell.ledgers.rules.fields import NAMES, Field
from gridwell.ledgers.rules.matching import Outcome, match
from gridwell.ledgers.rules.people import Person, read_people
from gridwell.ledgers.rules.reading import read_ledger
from gridwell.ledgers.rules.report import report
from gridwell.ledgers.rules.rows import MemberKind, Tenure
from gridwell.ledgers.rules.values import clean_name, living_of, vaccine_state, yes_or_no
from gridwell.ledgers.tests import compose
from gridwell.ledgers.tests.compose import TODAY
from gridwell.ledgers.tests.test_rules_reading import rows_read


def test_titles_between_the_lines_name_the_building() -> None:
    header: list[object] = ["序号", "单元", "房号", "姓名"]
    read = rows_read(
        ["某社区人员台账"],
        header,
        ["1号楼", "", "", ""],
        [1, "1", "101", "一"],
        ["小计", "", "", "1人"],
        ["2号楼", "", "", ""],
        header,
        [1, "1", "101", "二"],
        ["第二网格", "", "", ""],
        [2, "1", "102", "三"],
        ["共3人", "", "", ""],
    )
    assert [row.dwelling_key for row in read.residents] == [
        "|1#||1单元|101",
        "|2#||1单元|101",
        "|2#||1单元|102",
    ]
    assert read.dwellings == 3
    assert read.faults == ()


def test_signatures_below_the_table_are_no_people() -> None:
    read = rows_read(
        ["楼号", "房号", "姓名", "电话"],
        ["1", "101", "张三", ""],
        ["填表人：王某", "", "审核人：李某", "电话：0351-6543210"],
        ["注：以上信息真实有效", "", "", ""],
    )
    assert [row.name for row in read.residents] == ["张三"]
    assert (read.faults, read.held, read.dwellings) == ((), (), 1)


def test_a_wrong_number_beside_a_name_in_a_cell_is_a_fault() -> None:
    read = rows_read(
        ["门牌", "住户"],
        ["1-1-101", "张三（140100199210018136）、李四（配偶，140100199111057665）"],
    )
    assert [(f.code, f.name) for f in read.faults] == [("id_check_digit", "张三")]
    assert [row.id_number for row in read.residents] == ["", "140100199111057665"]
    assert read.residents[1].birth_on == date(1991, 11, 5)


def test_a_serial_number_for_each_person_does_not_start_households() -> None:
    read = rows_read(
        ["序号", "楼号", "房号", "姓名"],
        [1, "1", "101", "甲"],
        [2, "", "", "乙"],
        [3, "1", "102", "丙"],
    )
    assert [row.dwelling_key for row in read.residents] == ["|1#|||101", "|1#|||101", "|1#|||102"]
    assert not read.held


def test_hidden_sheets_are_asked_about_and_not_read() -> None:
    rows = [["楼号", "房号", "姓名"], ["1", "101", "张三"]]
    book = Book("xlsx", (Sheet("今", rows), Sheet("旧", rows, is_hidden=True)))
    read = read_ledger(book, today=TODAY)
    assert read.people_listed == 1
    assert [(q.code, q.sheet) for q in read.questions] == [("hidden_sheet", "旧")]


@pytest.mark.parametrize(
    ("header", "cell", "key"),
    [
        ("楼栋单元房号", "3-2-501", "|3#||2单元|501"),
        ("楼号-单元-房号", "3号楼2单元501", "|3#||2单元|501"),
        ("门牌号", "鼎新苑3栋2单元501", "鼎新苑|3#||2单元|501"),
    ],
)
def test_addresses_in_one_column_of_any_name(header: str, cell: str, key: str) -> None:
    assert rows_read([header, "姓名"], [cell, "张三"]).residents[0].dwelling_key == key


@pytest.mark.parametrize(
    ("building", "room"),
    [("3-2", "501"), ("3号楼2单元", "501室"), ("3", "2-501"), ("3栋", "2单元501")],
)
def test_two_levels_in_one_column(building: str, room: str) -> None:
    read = rows_read(["楼栋", "房号", "姓名"], [building, room, "张三"])
    assert read.residents[0].dwelling_key == "|3#||2单元|501"


def test_every_name_of_every_field_is_known() -> None:
    for known, names in NAMES.items():
        for name in names.split():
            assert field_named(name) == (known, 1.0)
            assert field_named(f" *{name[:1]} {name[1:]}：\n")[0] is known


@pytest.mark.parametrize(
    ("header", "known"),
    [
        ("身份证号码（18位）", Field.ID_NUMBER),
        ("联系电话1", Field.PHONE),
        ("是否为低保家庭", Field.LOW_ALLOWANCE),
        ("最近一次核酸采样的时间", Field.LAST_SAMPLE),
        ("网格员", None),
        ("紧急联系人电话", None),
        ("核酸结果", Field.SAMPLE_RESULT),
        ("民族", None),
        ("户籍地址", None),
        ("健康码颜色是什么", None),
    ],
)
def test_other_names(header: str, known: Field | None) -> None:
    assert field_named(header)[0] is known


def test_the_first_of_two_columns_of_one_field_counts() -> None:
    columns = [
        Column(0, ("姓名",)),
        Column(1, ("姓名",)),
        Column(2, ("电话",)),
        Column(3, ("手机",)),
    ]
    assert [taken.field for taken in take_columns(columns)] == [
        Field.NAME,
        None,
        Field.PHONE,
        Field.PHONE,
    ]


@pytest.mark.parametrize(
    ("cell", "people", "declared"),
    [
        ("袁玉、张弘（配偶）、袁才谦（女） 3人", ["袁玉", "张弘", "袁才谦"], 3),
        ("方刚 1人", ["方刚"], 1),
        ("张三 李四 王五 共3人", ["张三", "李四", "王五"], 3),
        ("户主：张三；妻子：李四", ["张三", "李四"], None),
        ("3人：张三、李四、王五", ["张三", "李四", "王五"], 3),
        ("张三（户主）\n李四（配偶）", ["张三", "李四"], None),
        ("阿依古丽·买买提、John Smith（夫）", ["阿依古丽·买买提", "John Smith"], None),
        ("张三(4)", ["张三"], 4),
        ("张三等4人", ["张三"], 4),
        ("张三一家4口", ["张三"], 4),
        ("张 三、李 四（配偶）二人", ["张三", "李四"], 2),
    ],
)
def test_people_in_a_cell(cell: str, people: list[str], declared: int | None) -> None:
    read = read_people(cell)
    assert [person.name for person in read.people] == people
    assert read.declared == declared
    assert read.people[0].relation == "户主"


def test_members_one_a_line_under_the_name_of_their_head() -> None:
    read = rows_read(
        ["楼号", "房号", "户主", "家庭成员", "与户主关系", "性别"],
        ["1", "101", "张三", "张三", "户主", "男"],
        ["1", "101", "张三", "李四", "配偶", "女"],
    )
    assert [(r.name, r.is_head) for r in read.residents] == [("张三", True), ("李四", False)]
    assert read.dwellings == 1


def test_numbers_and_words_beside_a_name() -> None:
    (head, child) = read_people("张三（户主，13800138000）、小明（子，5岁）").people
    assert head == Person("张三", "户主", "", ("13800138000",), ())
    assert child == Person("小明", "子", "", (), ("5岁",))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("张 三", "张三"),
        ("阿依古丽 • 买买提", "阿依古丽·买买提"),
        ("㛃𠮷", "㛃𠮷"),
        ("Ｊohn  Smith", "John Smith"),
        ("-", ""),
        ("12", ""),
    ],
)
def test_names(text: str, name: str) -> None:
    assert clean_name(text) == name


@pytest.mark.parametrize(
    ("text", "tenure", "kind", "is_vacant"),
    [
        ("常住", Tenure.OWNED, None, False),
        ("租户", Tenure.RENTED, None, False),
        ("自有住房", Tenure.OWNED, None, False),
        ("单位宿舍", Tenure.DORMITORY, None, False),
        ("人户分离", Tenure.UNKNOWN, MemberKind.REGISTERED_ONLY, False),
        ("空户", Tenure.UNKNOWN, None, True),
        ("", Tenure.UNKNOWN, None, False),
    ],
)
def test_tenure_words(text: str, tenure: Tenure, kind: MemberKind | None, is_vacant: bool) -> None:
    living = living_of(text)
    assert (living.tenure, living.kind, living.is_vacant) == (tenure, kind, is_vacant)


def test_yes_no_and_vaccine_words() -> None:
    assert [yes_or_no(t)[0] for t in ("是", "√", "1", "否", "无残疾", "0", "")] == [True] * 3 + [
        False
    ] * 3 + [None]
    assert yes_or_no("肢体二级") == (True, "肢体二级")
    words = ["3针", "已接种两针", "1针", "未接种", "加强针", "0", "禁忌"]
    assert [vaccine_state(t) for t in words] == [
        "full",
        "full",
        "part",
        "none",
        "full",
        "none",
        "禁忌",
    ]


CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["是", "张三", "户主", "1号楼", "101", "140100199210018135", "合计", "2022.11.19", "空户"]
    ),
    st.floats(),
    st.integers(-(10**20), 10**20),
    st.booleans(),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(),
)
HEADERS = sorted(names.split()[0] for names in NAMES.values())


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(HEADERS), min_size=3, max_size=12, unique=True),
    st.lists(st.lists(CELLS, min_size=3, max_size=12), max_size=8),
    st.lists(
        st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(0, 5), st.integers(0, 5)),
        max_size=3,
    ),
)
def test_no_cells_break_it_and_no_named_line_is_lost(
    header: list[str], lines: list[list[object]], spans: list[tuple[int, int, int, int]]
) -> None:
    merges = tuple(Merge(t, left, t + down, left + right) for t, left, down, right in spans)
    book = Book("xlsx", (Sheet("表", [header, *lines], merges),))
    read = read_ledger(book, today=TODAY)
    found = match(read, [])
    said = report(read, found, lambda code, facts: code)
    asked, held = len(said["duplicates"]), len(read.people_listed * [0]) - len(read.residents)
    assert said["new"] + said["unchanged"] + asked + held == said["residents"]
    assert found.count(Outcome.CHANGED) == 0
    sources = {row.source for row in read.residents} | {h.source for h in read.held}
    for fault in read.faults:
        assert fault.sheet == "表"
        assert (fault.code != "no_table") < fault.row <= len(lines) + 1
        assert (fault.column == "") == (fault.letter == "")
    assert all(1 < source.row <= len(lines) + 1 for source in sources)
    assert all(row.name for row in read.residents)


@pytest.mark.parametrize("seed", range(8))
def test_the_order_of_columns_does_not_matter(seed: int) -> None:
    rng = random.Random(seed)
    homes = compose.make_homes(rng, 25)
    written = [
        row for row in compose.person_lines(rng, homes, style="one_cell").rows if len(row) > 8
    ]
    order = list(range(len(written[0])))
    rng.shuffle(order)
    shuffled = [[row[i] for i in order] for row in written]
    plain, mixed = rows_read(*written), rows_read(*shuffled)
    seen = [
        [(r.name, r.dwelling_key, r.id_number, r.phones, r.last_sample_at) for r in read.residents]
        for read in (plain, mixed)
    ]
    assert seen[0] == seen[1]


def test_a_sample_given_for_a_household_is_kept_as_a_remark() -> None:
    read = rows_read(
        ["门牌", "住户", "核酸时间"],
        ["1-1-101", "张三、李四 2人", "2022/11/19 08:56"],
        ["1-1-102", "王五 1人", "2022/11/19 08:56"],
    )
    assert [row.last_sample_at for row in read.residents] == [
        None,
        None,
        datetime.fromisoformat("2022-11-19T08:56"),
    ]
    assert read.households[0].remark == {"核酸时间": "2022/11/19 08:56"}


def test_a_file_that_is_no_ledger_says_so() -> None:
    read = rows_read([""], ["床前明月光"], ["疑是地上霜"])
    assert [(f.row, f.value, f.code) for f in read.faults] == [(2, "床前明月光", "no_table")]
    assert not read.residents


def test_tenants_beside_a_head_are_a_household_of_their_own() -> None:
    read = rows_read(
        ["楼号", "单元", "房号", "姓名", "与户主关系"],
        ["1", "1", "101", "王一", "户主"],
        ["1", "1", "101", "王二", "租户"],
        ["1", "1", "101", "王三", "租客"],
        ["1", "1", "102", "赵一", "承租人"],
        ["1", "1", "102", "赵二", "配偶"],
        ["1", "1", "102", "赵三", "户主"],
        ["1", "1", "103", "钱一", "户主"],
        ["1", "1", "103", "钱二", "妻子"],
    )
    homes = {row.name: row.household_key for row in read.residents}
    assert homes["王二"] == homes["王三"] != homes["王一"]
    assert homes["赵一"] == homes["赵二"] != homes["赵三"]
    assert homes["钱一"] == homes["钱二"]
    assert [home.tenure for home in read.households] == [
        Tenure.UNKNOWN,
        Tenure.RENTED,
        Tenure.RENTED,
        Tenure.UNKNOWN,
        Tenure.UNKNOWN,
    ]
    assert all(row.guest is None for row in read.residents)


def test_a_shop_in_the_column_of_units_is_no_unit() -> None:
    read = rows_read(
        ["楼号", "单元", "房号", "姓名"],
        ["1号楼", "底商3", "", "一"],
        ["1号楼", "底商", "4", "二"],
        ["1号楼", "门面房5号", "", "三"],
        ["1号楼", "2", "101", "四"],
    )
    assert [(row.place.unit, row.place.site or row.place.room) for row in read.residents] == [
        ("", "底商3"),
        ("", "底商4"),
        ("", "门面房5号"),
        ("2单元", "101"),
    ]
    assert read.faults == ()
