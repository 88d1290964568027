"""Ledgers of every form are read to the same truth; what is wrong in them is found, and only that."""

import random
from datetime import date, datetime
from pathlib import Path

import pytest

from gridwell.core.tables import Sheet, read_book
from gridwell.core.tables.model import Book
from gridwell.core.tests.make_tables import write_table, write_tables
from gridwell.ledgers.rules.reading import read_ledger
from gridwell.ledgers.rules.rows import LedgerRead, MemberKind, Tenure
from gridwell.ledgers.tests import compose
from gridwell.ledgers.tests.compose import TODAY, Home
from gridwell.residents.rules.identity import DocumentKind, Sex


def rows_read(
    *rows: list[object], name: str = "表", today: date = TODAY, **options: object
) -> LedgerRead:
    book = Book("xlsx", (Sheet(name, [list(row) for row in rows]),))
    return read_ledger(book, today=today, **options)


def check(read: LedgerRead, homes: list[Home], *, with_documents: bool = True) -> None:
    people = [(home, person) for home in homes for person in home.people]
    assert read.dwellings == len(homes)
    assert len(read.households) == len(homes)
    assert read.people_listed == len(people)
    assert not read.held
    assert [row.name for row in read.residents] == [person.name for _, person in people]
    for row, (home, person) in zip(read.residents, people, strict=True):
        assert row.dwelling_key == home.key
        assert row.is_head == (person.relation == "户主")
        assert row.relation == person.relation
        assert row.tenure is (Tenure.RENTED if home.is_rented else Tenure.OWNED)
        if with_documents and not row.faults:
            assert row.id_number == person.number
            assert row.birth_on == person.birth_on
            assert row.sex is person.sex
            assert row.phones == ((person.phone,) if person.phone else ())
            assert ("party_member" in row.traits) == person.is_party_member
            assert row.traits.get("illness", "") == person.illness
            assert row.last_sample_at == datetime.strptime(person.sampled, "%Y/%m/%d %H:%M")  # noqa: DTZ007
    empty = {home.key for home in homes if not home.people}
    assert {h.dwelling_key for h in read.households if h.is_vacant} == empty
    assert len({row.row_key for row in read.residents}) == len(people)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    ("style", "suffix", "encoding"),
    [
        *(("merged", kind, "") for kind in ("xlsx", "xls", "ods")),
        *(("blank", kind, "") for kind in ("xlsx", "xls", "ods")),
        *(("blank", "csv", encoding) for encoding in ("utf-8", "gb18030", "utf-8-sig")),
        ("repeated", "xlsx", ""),
        ("repeated", "csv", "gb18030"),
        ("one_cell", "xlsx", ""),
        ("one_cell", "csv", "utf-8"),
    ],
)
def test_one_line_a_person(
    tmp_path: Path, style: str, suffix: str, encoding: str, seed: int
) -> None:
    rng = random.Random(f"{style}{suffix}{encoding}{seed}")
    homes = compose.make_homes(rng, 30)
    written = compose.person_lines(rng, homes, style=style)
    path = write_table(
        tmp_path / f"台账.{suffix}", written.rows, merges=written.merges, encoding=encoding
    )
    read = read_ledger(read_book(path), today=TODAY)
    assert [(f.row, f.code, f.value) for f in read.faults] == []
    assert read.questions == ()
    check(read, homes)
    rows = {row.id_number: row.source.row for row in read.residents}
    if not encoding:
        assert rows == written.where


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("suffix", ["xlsx", "xls", "ods", "csv"])
def test_one_line_a_household(tmp_path: Path, suffix: str, seed: int) -> None:
    rng = random.Random(f"household{suffix}{seed}")
    homes = [h for h in compose.make_homes(rng, 40, "海西") if h.building == 1]
    written = compose.household_lines(rng, homes, 1, "海西")
    read = read_ledger(
        read_book(write_table(tmp_path / f"台账.{suffix}", written.rows)), today=TODAY
    )
    assert read.faults == ()
    check(read, homes, with_documents=False)
    phones = {h.dwelling_key: h.phones for h in read.households}
    for home in homes:
        if home.people:
            assert phones[home.key] == (home.people[0].phone,)
    assert read.sheets[0].is_household_lines


@pytest.mark.parametrize("seed", range(4))
def test_a_sheet_for_each_building_and_both_forms_in_one_book(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    homes = compose.make_homes(rng, 60, "海西")
    first = [home for home in homes if home.building == 1]
    rest = [home for home in homes if home.building != 1]
    sheets = {
        "海西1号楼": compose.household_lines(rng, first, 1, "海西").rows,
        "其余楼栋": compose.person_lines(rng, rest, style="repeated").rows,
        "填表说明": [["请如实填写"]],
    }
    read = read_ledger(read_book(write_tables(tmp_path / "全部.xlsx", sheets)), today=TODAY)
    assert read.dwellings == len(homes)
    assert read.people_listed == sum(len(home.people) for home in homes)
    assert {row.dwelling_key for row in read.residents} == {h.key for h in homes if h.people}
    assert read.questions == ()


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("style", ["merged", "repeated", "one_cell"])
def test_faults_are_found_where_they_are_and_nowhere_else(
    tmp_path: Path, style: str, seed: int
) -> None:
    rng = random.Random(f"faults{style}{seed}")
    homes = compose.make_homes(rng, 40)
    written = compose.person_lines(rng, homes, style=style)
    spoiled = compose.with_faults(rng, written, homes, 12)
    path = write_table(tmp_path / "a.xlsx", written.rows, merges=written.merges)
    read = read_ledger(read_book(path), today=TODAY)
    assert {fault.row: fault.code for fault in read.faults} == spoiled
    check(read, homes)  # a fault of a field keeps the person
    for fault in read.faults:
        assert fault.column
        assert fault.letter
        assert fault.name
    for row in read.residents:
        for fault in row.faults:
            assert fault.value in row.remark.values()  # the raw value is kept


def test_digits_of_every_fault_keep_what_is_still_known() -> None:
    read = rows_read(
        ["楼号", "单元", "房号", "姓名", "性别", "身份证号", "出生日期"],
        ["1", "1", "101", "毛达", "男", 1.401001972071666e17, ""],
    )
    (row,) = read.residents
    assert [fault.code for fault in row.faults] == ["id_digits_lost"]
    assert row.birth_on == date(1972, 7, 16)
    assert row.sex is Sex.MALE  # the column's
    assert row.documents == ()


def test_missing_numbers_are_gaps_not_faults() -> None:
    read = rows_read(
        ["楼号", "单元", "房号", "姓名", "身份证号", "电话"], ["1", "1", "101", "张三", "无", "-"]
    )
    assert read.faults == ()
    assert {gap.code for gap in read.gaps} == {"no_document", "no_phone", "no_birth"}


def test_only_a_line_without_name_or_address_is_held_back() -> None:
    read = rows_read(
        ["楼号", "单元", "房号", "姓名", "与户主关系", "身份证号", "电话"],
        ["", "", "", "无地址", "户主", "140100199210018135", ""],
        ["1", "1", "101", "张三", "户主", "", "1"],
        ["1", "1", "102", "", "户主", "140100199111057665", "12"],
        ["1", "1", "103", "", "", "", "14001394411"],
    )
    assert [(held.source.row, held.code) for held in read.held] == [
        (2, "no_address"),
        (4, "no_name"),
    ]
    assert [row.name for row in read.residents] == ["张三"]
    assert read.people_listed == 2
    assert read.dwellings == 2
    assert [h.is_vacant for h in read.households] == [False, True]
    assert [(f.row, f.code, f.is_held) for f in read.faults] == [
        (2, "no_address", True),
        (3, "phone_short", False),
        (4, "no_name", True),
        (4, "phone_short", True),
    ]


def test_same_number_twice() -> None:
    number = "140100199210018135"
    read = rows_read(
        ["楼号", "单元", "房号", "姓名", "身份证号"],
        ["1", "1", "101", "秦 信泽", number],
        ["1", "1", "102", "秦信泽", number],
        ["1", "1", "103", "另一人", number],
    )
    assert read.people_listed == 3
    (twin,) = read.duplicates
    assert (twin.code, twin.first.row, twin.row.row) == ("same_document", 2, 3)
    assert twin.column == "身份证号"
    assert [(f.row, f.code) for f in read.faults] == [
        (3, "same_person_twice"),
        (4, "id_of_another"),
    ]
    assert read.residents[2].documents == ()
    assert read.residents[2].remark["身份证号"] == number


def test_same_name_behind_one_door() -> None:
    header: list[object] = ["楼号", "单元", "房号", "姓名", "出生日期"]
    read = rows_read(
        header,
        ["1", "1", "101", "张三", "1990-01-01"],
        ["1", "1", "101", "张三", "1990-01-01"],
        ["1", "1", "101", "李四", ""],
        ["1", "1", "101", "李四", ""],
        ["1", "1", "102", "张三", "1990-01-01"],
        ["1", "1", "101", "王五", "1990-01-01"],
        ["1", "1", "101", "王五", "1962-01-01"],
    )
    assert [(d.code, d.first.row, d.row.row) for d in read.duplicates] == [
        ("same_in_dwelling", 2, 3),
        ("same_name_in_dwelling", 4, 5),
    ]
    assert read.faults == ()


def test_two_heads_behind_one_door_are_two_households_in_one_dwelling() -> None:
    read = rows_read(
        ["楼号", "单元", "房号", "姓名", "与户主关系"],
        ["1", "1", "101", "张三", "户主"],
        ["", "", "", "李四", "配偶"],
        ["1", "1", "101", "王五", "户主"],
        ["", "", "", "赵六", "子"],
    )
    assert read.dwellings == 1
    assert [h.people for h in read.households] == [2, 2]
    assert len({row.household_key for row in read.residents}) == 2
    assert [row.is_head for row in read.residents] == [True, False, True, False]


def test_blank_upper_cells_take_the_line_above_but_not_into_another_building() -> None:
    read = rows_read(
        ["小区", "楼号", "单元", "房号", "姓名"],
        ["甲苑", "1", "2", "101", "一"],
        ["", "", "", "102", "二"],
        ["", "", "3", "101", "三"],
        ["", "2", "", "101", "四"],
        ["", "", "", "", "五"],
        ["乙苑", "1", "1", "101", "六"],
    )
    assert [row.dwelling_key for row in read.residents] == [
        "甲苑|1#||2单元|101",
        "甲苑|1#||2单元|102",
        "甲苑|1#||3单元|101",
        "甲苑|2#|||101",
        "甲苑|2#|||101",
        "乙苑|1#||1单元|101",
    ]


@pytest.mark.parametrize("words", ["空户", "空置", "无人居住", "空房", "", "无"])
def test_vacant_dwellings_count_as_dwellings(words: str) -> None:
    read = rows_read(
        ["楼号", "单元", "房号", "姓名", "电话"],
        ["1", "1", "101", words, ""],
        ["1", "1", "102", "张三", ""],
    )
    assert (read.dwellings, read.people_listed) == (2, 1)
    assert [h.is_vacant for h in read.households] == [True, False]
    assert read.faults == ()


def test_declared_number_is_checked() -> None:
    read = rows_read(
        ["门牌", "住户（人数）"],
        ["1-1-101", "张三、李四（配偶） 3人"],
        ["1-1-102", "王五（2）"],
        ["1-1-103", "赵六 1人"],
    )
    assert [(f.row, f.code, dict(f.facts)) for f in read.faults] == [
        (2, "people_count", {"declared": 3, "found": 2}),
        (3, "people_count", {"declared": 2, "found": 1}),
    ]
    assert [h.declared for h in read.households] == [3, 2, 1]


def test_remarks_of_a_household_go_to_the_person_only_when_alone() -> None:
    read = rows_read(
        ["门牌", "住户（人数）", "其他情况"],
        ["1-1-101", "张三 1人", "独居，行动不便，需上门采样"],
        ["1-1-102", "李四、王五（配偶） 2人", "有高龄老人，孕妇"],
    )
    alone, couple = read.households
    assert set(read.residents[0].traits) == {"lives_alone", "cannot_walk"}
    assert not read.residents[1].traits
    assert not read.residents[2].traits
    assert set(couple.traits) == {"pregnant"}
    assert couple.labels == ("高龄老人",)
    assert couple.remark == {"其他情况": "有高龄老人，孕妇"}
    assert alone.labels == ("需上门",)


def test_unknown_columns_become_remarks_until_they_are_mapped() -> None:
    header: list[object] = ["楼号", "单元", "房号", "姓名", "健康码", "宠物", "空列"]
    line: list[object] = ["1", "1", "101", "张三", "绿码", "猫", ""]
    read = rows_read(header, line)
    assert read.residents[0].remark == {"健康码": "绿码", "宠物": "猫"}
    assert [(q.code, q.column, q.samples) for q in read.questions] == [
        ("unknown_column", "健康码", ("绿码",)),
        ("unknown_column", "宠物", ("猫",)),
    ]
    mapped = rows_read(header, line, mapping={"健康码": "labels", "宠物": "pets"})
    assert mapped.residents[0].labels == ("绿码",)
    assert mapped.residents[0].extra == {"pets": "猫"}
    assert mapped.questions == ()


def test_all_circumstances() -> None:
    header: list[object] = [
        *(
            "楼号",
            "房号",
            "姓名",
            "是否孕妇",
            "残疾",
            "低保",
            "特困",
            "基础疾病",
            "病情是否稳定",
            "独居",
            "行动不便",
        ),
        *(
            "工作单位",
            "疫苗接种情况",
            "政治面貌",
            "人户分离",
            "租住",
            "暖心标",
            "居家隔离至",
            "高龄",
        ),
    ]
    read = rows_read(
        ["台账（2022年12月28日）"],
        header,
        [
            "1",
            "101",
            "甲",
            "是",
            "肢体二级",
            "√",
            "有",
            "高血压",
            "稳定",
            "是",
            "是",
            "某厂",
            "3针",
            "中共党员",
            "是",
            "是",
            "粉、橙",
            "1月3日",
            "是",
        ],
        [
            "1",
            "102",
            "乙",
            "否",
            "无",
            "×",
            "",
            "",
            "",
            "",
            "",
            "无",
            "未接种",
            "群众",
            "",
            "",
            "",
            "",
            "",
        ],
    )
    first, second = read.residents
    assert first.traits == {
        "pregnant": "",
        "disabled": "肢体二级",
        "low_allowance": "",
        "destitute": "",
        "illness": "stable",
        "lives_alone": "",
        "cannot_walk": "",
        "employer": "某厂",
        "vaccine": "full",
        "party_member": "",
    }
    assert first.kind is MemberKind.REGISTERED_ONLY
    assert first.tenure is Tenure.RENTED
    assert set(first.labels) == {"粉", "橙", "高龄老人"}
    assert first.isolated_until == date(2023, 1, 3)  # after the title's 28 December
    assert second.traits == {"vaccine": "none"}
    assert second.denied == {"pregnant", "disabled", "low_allowance", "party_member"}
    assert second.kind is MemberKind.LIVES


def test_other_documents_and_document_kinds() -> None:
    read = rows_read(
        ["楼号", "房号", "姓名", "证件类型", "证件号码", "护照号"],
        ["1", "101", "John Smith", "护照", "E12345678", ""],
        ["1", "102", "张三", "身份证", "140100199210018135", "EA1234567"],
        ["1", "103", "李四", "台湾居民来往大陆通行证", "12345678", ""],
    )
    kinds = [[document.kind for document in row.documents] for row in read.residents]
    assert kinds == [
        [DocumentKind.PASSPORT],
        [DocumentKind.ID_CARD, DocumentKind.PASSPORT],
        [DocumentKind.TAIWAN],
    ]
    assert read.faults == ()


def test_year_comes_from_the_title_else_other_dates_else_today() -> None:
    header: list[object] = ["楼号", "房号", "姓名", "居家隔离至", "最近一次核酸时间"]
    titled = rows_read(["台账2021年11月20日"], header, ["1", "101", "甲", "11月25日", "2022/11/19"])
    assert titled.residents[0].isolated_until == date(2021, 11, 25)
    dated = rows_read(header, ["1", "101", "甲", "11.25", "2020/11/19 08:56"])
    assert dated.residents[0].isolated_until == date(2020, 11, 25)
    bare = rows_read(header, ["1", "101", "甲", "11月25日", ""])
    assert bare.residents[0].isolated_until == date(2022, 11, 25)


def test_columns_of_others_are_not_taken_for_the_residents() -> None:
    read = rows_read(
        ["居民", "", "", "", "网格员", "", "房东"],
        ["楼号", "房号", "姓名", "电话", "姓名", "电话", "房东电话"],
        ["1", "101", "张三", "14001394411", "王网格", "14001394412", "14001394413"],
    )
    (row,) = read.residents
    assert (row.name, row.phones) == ("张三", ("14001394411",))


def test_head_in_one_column_and_members_in_another() -> None:
    read = rows_read(
        ["楼号", "单元", "房号", "户主姓名", "家庭成员", "联系电话"],
        ["1", "1", "101", "张三", "李四（妻子）、张小四（子）", "14001394411"],
        ["1", "1", "102", "王五", "", ""],
    )
    assert [(r.name, r.relation, r.is_head) for r in read.residents[:3]] == [
        ("张三", "户主", True),
        ("李四", "妻子", False),
        ("张小四", "子", False),
    ]
    assert read.residents[3].name == "王五"
    assert read.residents[0].phones == ("14001394411",)


def test_a_door_that_became_a_date_is_a_fault() -> None:
    read = rows_read(["楼号", "房号", "姓名"], ["1", date(2022, 3, 2), "张三"])
    assert [fault.code for fault in read.faults] == ["address_date"]
    assert len(read.residents) == 1


def test_villages_and_rows() -> None:
    read = rows_read(
        ["住址", "姓名"],
        ["西龙庄村3排5户", "张三"],
        ["西龙庄村三排6户", "李四"],
        ["平房12号", "王五"],
    )
    assert [row.dwelling_key for row in read.residents] == [
        "西龙庄村||3排||5",
        "西龙庄村||3排||6",
        "|平房|||12",
    ]


def test_formula_that_nobody_computed(tmp_path: Path) -> None:
    path = write_table(
        tmp_path / "a.xlsx",
        [["楼号", "房号", "姓名", "电话"], ["1", "101", "张三", '=CONCAT("1400","1394411")']],
    )
    read = read_ledger(read_book(path), today=TODAY)
    assert [(f.row, f.letter, f.code) for f in read.faults] == [(2, "D", "formula_without_value")]
    assert read.residents[0].phones == ()


def test_row_keys_stay_and_differ() -> None:
    rng = random.Random(5)
    homes = compose.make_homes(rng, 20)
    written = compose.person_lines(rng, homes, style="repeated")
    first = rows_read(*written.rows)
    again = rows_read(*written.rows)
    assert [r.row_key for r in first.residents] == [r.row_key for r in again.residents]
    moved = rows_read(*written.rows[:1], [""], *written.rows[1:])
    assert {r.row_key for r in moved.residents} == {r.row_key for r in first.residents}
