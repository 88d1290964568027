"""Who in a ledger is who in the register, and the figures that come of it."""

import random
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from gridwell.core.tables import read_book, write_xlsx
from gridwell.ledgers.labels import FAULTS, finding
from gridwell.ledgers.rules.matching import Basis, Existing, Matching, Outcome, match
from gridwell.ledgers.rules.mending import sheets_to_mend
from gridwell.ledgers.rules.reading import read_ledger
from gridwell.ledgers.rules.report import report
from gridwell.ledgers.rules.rows import LedgerRead, ResidentRow
from gridwell.ledgers.tests import compose
from gridwell.ledgers.tests.compose import TODAY
from gridwell.ledgers.tests.test_rules_reading import rows_read
from gridwell.residents.rules.identity import Sex

HEADER: list[object] = [
    "楼号",
    "单元",
    "房号",
    "姓名",
    "身份证号",
    "出生日期",
    "电话",
    "与户主关系",
]
ID_A, ID_B = "140100199210018135", "140100199111057665"
DOOR = "|1#||1单元|101"


def line(
    name: str, number: str = "", birth: str = "", phone: str = "", room: str = "101"
) -> list[object]:
    return ["1", "1", room, name, number, birth, phone, ""]


def registered(read: LedgerRead) -> list[Existing]:
    """Return the register as it is after all of a ledger was written."""
    return [existing(index, row) for index, row in enumerate(read.residents, 1)]


def existing(index: int, row: ResidentRow) -> Existing:
    return Existing(
        id=index,
        dwelling_key=row.dwelling_key,
        name=row.name,
        birth_on=row.birth_on,
        documents=frozenset(d.number for d in row.documents),
        sex=row.sex,
        relation=row.relation,
        is_head=row.is_head,
        phones=frozenset(row.phones),
        kind=row.kind,
        tenure=row.tenure,
        traits=dict(row.traits),
        labels=frozenset(row.labels),
        last_sample_at=row.last_sample_at,
        isolated_until=row.isolated_until,
        remark=dict(row.remark),
    )


def outcomes(found: Matching) -> list[tuple[Outcome, Basis, int | None]]:
    return [(d.outcome, d.basis, d.resident) for d in found.decisions]


PERSON = Existing(1, DOOR, "张三", date(1992, 10, 1), frozenset({ID_A}), Sex.MALE)
UNSURE = Existing(2, DOOR, "李四")


@pytest.mark.parametrize(
    ("written", "register", "outcome", "basis"),
    [
        (line("张三", ID_A), [PERSON], Outcome.UNCHANGED, Basis.DOCUMENT),
        (line("张 三", ID_A, room="102"), [PERSON], Outcome.CHANGED, Basis.DOCUMENT),
        (line("张三", "", "1992-10-01"), [PERSON], Outcome.UNCHANGED, Basis.DWELLING_NAME_BIRTH),
        (line("张三"), [PERSON], Outcome.UNCHANGED, Basis.DWELLING_NAME),
        (line("李四", ID_B), [UNSURE], Outcome.CHANGED, Basis.DWELLING_NAME),
        (line("王五", ID_B), [PERSON, UNSURE], Outcome.NEW, Basis.NONE),
        (line("张三", ID_B), [PERSON], Outcome.ASK, Basis.CONTRADICTION),
        (line("张三", "", "1991-01-01"), [PERSON], Outcome.ASK, Basis.CONTRADICTION),
        (line("张三", "", "1992-10-01", room="102"), [PERSON], Outcome.ASK, Basis.ELSEWHERE),
        (line("张三", room="102"), [PERSON], Outcome.NEW, Basis.NONE),
        (line("李四"), [UNSURE, replace(UNSURE, id=3)], Outcome.ASK, Basis.SEVERAL),
    ],
)
def test_who_is_who(
    written: list[object], register: list[Existing], outcome: Outcome, basis: Basis
) -> None:
    (decision,) = match(rows_read(HEADER, written), register).decisions
    assert (decision.outcome, decision.basis) == (outcome, basis)


def test_the_same_number_under_another_name_is_a_fault_and_no_merge() -> None:
    found = match(rows_read(HEADER, line("另一人", ID_A)), [PERSON])
    (decision,) = found.decisions
    assert decision.outcome is Outcome.NEW
    assert decision.row.documents == ()  # so that it can be written beside the other
    assert [(f.code, f.column, f.letter) for f in found.faults] == [
        ("id_of_resident", "身份证号", "E")
    ]
    assert found.missing == (1,)


def test_a_line_without_a_number_does_not_take_the_resident_of_a_later_line_with_one() -> None:
    found = match(rows_read(HEADER, line("张三", room="101"), line("张三", ID_A)), [PERSON])
    assert outcomes(found)[1] == (Outcome.UNCHANGED, Basis.DOCUMENT, 1)
    assert found.decisions[0].resident is None


def test_missing_are_those_of_listed_doors_who_are_not_in_the_file() -> None:
    register = [PERSON, replace(UNSURE, id=7), Existing(8, "|1#||1单元|999", "别处")]
    found = match(rows_read(HEADER, line("张三", ID_A)), register)
    assert found.missing == (7,)
    vacant = match(rows_read(HEADER, ["1", "1", "101", "空户", "", "", "", ""]), register)
    assert vacant.missing == (1, 7)


def test_blank_cells_erase_nothing_and_new_ones_add() -> None:
    known = replace(
        PERSON, phones=frozenset({"14001394411"}), traits={"pregnant": "", "disabled": ""}
    )
    same = match(rows_read(HEADER, line("张三", ID_A)), [known])
    assert same.decisions[0].outcome is Outcome.UNCHANGED
    more = match(rows_read(HEADER, line("张三", ID_A, "", "14001394412")), [known]).decisions[0]
    assert more.changes == {
        "phones": (frozenset({"14001394411"}), frozenset({"14001394411", "14001394412"}))
    }
    denied = rows_read([*HEADER, "是否孕妇"], [*line("张三", ID_A), "否"])
    (decision,) = match(denied, [known]).decisions
    assert decision.changes == {"traits": ({"pregnant": "", "disabled": ""}, {"disabled": ""})}


def test_an_older_sample_changes_nothing() -> None:
    known = replace(PERSON, last_sample_at=datetime.fromisoformat("2022-11-20T08:00"))
    for written, outcome in (("2022-11-19", Outcome.UNCHANGED), ("2022-11-21", Outcome.CHANGED)):
        read = rows_read([*HEADER, "核酸时间"], [*line("张三", ID_A), written])
        assert match(read, [known]).decisions[0].outcome is outcome


def test_answers() -> None:
    read = rows_read(HEADER, line("张三", ID_A), line("张三", ID_A, room="102"))
    twice = match(read, [])
    assert outcomes(twice) == [
        (Outcome.NEW, Basis.NONE, None),
        (Outcome.ASK, Basis.TWICE_IN_FILE, None),
    ]
    key = read.residents[1].row_key
    same = match(read, [], answers={key: "same"})
    assert same.decisions[1].outcome is Outcome.UNCHANGED
    new = match(read, [], answers={key: "new"})
    assert new.decisions[1].outcome is Outcome.NEW
    assert new.decisions[1].row.documents == ()  # the number is the first line's
    later = match(read, [], answers={key: "later"})
    assert later.decisions[1].outcome is Outcome.ASK
    asked = rows_read(HEADER, line("张三", "", "1992-10-01", room="102"))
    moved = match(asked, [PERSON], answers={asked.residents[0].row_key: 1})
    assert outcomes(moved) == [(Outcome.CHANGED, Basis.ANSWER, 1)]
    assert set(moved.decisions[0].changes) == {"dwelling_key"}


@pytest.mark.parametrize("seed", range(10))
def test_the_same_file_twice_changes_nothing(seed: int) -> None:
    rng = random.Random(seed)
    homes = compose.make_homes(rng, 40)
    written = compose.person_lines(rng, homes, style="one_cell")
    compose.with_faults(rng, written, homes, 8)
    read = rows_read(*written.rows)
    first = match(read, [])
    assert first.count(Outcome.NEW) == len(read.residents)
    again = match(read, registered(read))
    assert again.count(Outcome.UNCHANGED) == len(read.residents)
    assert again.missing == ()
    assert not again.faults


@pytest.mark.parametrize("seed", range(6))
def test_every_spelling_of_the_same_truth_is_the_same_people(seed: int) -> None:
    rng = random.Random(seed)
    homes = compose.make_homes(rng, 30)
    first = rows_read(*compose.person_lines(rng, homes, style="repeated").rows)
    second = rows_read(*compose.person_lines(rng, homes, style="one_cell").rows)
    found = match(second, registered(first))
    assert found.count(Outcome.UNCHANGED) == len(first.residents)


def test_totals_of_the_report_can_be_explained() -> None:
    read = rows_read(
        HEADER,
        line("张三", ID_A),
        line("张三", ID_A, room="102"),
        line("李四", "140100199210018136", room="103"),
        ["", "", "", "无地址", "", "", "", "户主"],
    )
    said = report(read, match(read, []), finding)
    assert said["households"] == 3
    assert said["residents"] == 4
    asked = len(said["duplicates"])
    held = sum(1 for fault in said["faults"] if fault["code"].startswith("no_"))
    assert said["new"] + said["changed"] + said["unchanged"] + asked + held == said["residents"]
    assert [sorted(fault) for fault in said["faults"]] == [
        ["code", "column", "message", "row", "sheet", "value"]
    ] * len(said["faults"])
    twin = said["duplicates"][0]
    assert (twin["row"], twin["other"]) == (3, {"sheet": "表", "row": 2})


def test_every_fault_has_its_words() -> None:
    facts = dict.fromkeys(
        ["value", "name", "other_row", "other_name", "id_says", "declared", "found", "row"], "x"
    )
    assert all(finding(code, facts) != code for code in FAULTS)


def test_mended_lines_come_back_and_end_the_faults(tmp_path: Path) -> None:
    rng = random.Random(3)
    homes = compose.make_homes(rng, 20)
    written = compose.person_lines(rng, homes, style="merged")
    from gridwell.core.tests.make_tables import write_table

    clean = read_ledger(
        read_book(write_table(tmp_path / "clean.xlsx", written.rows, merges=written.merges)),
        today=TODAY,
    )
    spoiled = compose.with_faults(rng, written, homes, 6)
    path = write_table(tmp_path / "a.xlsx", written.rows, merges=written.merges)
    read = read_ledger(read_book(path), today=TODAY)
    plans = sheets_to_mend(read, finding, reason_header="退回原因", key_header="行标识（请勿改动）")
    back = tmp_path / "back.xlsx"
    with back.open("wb") as file:
        assert write_xlsx(file, plans, watermark="王某") == len(spoiled)
    returned = read_ledger(read_book(back), today=TODAY)
    assert {fault.code for fault in returned.faults} == set(spoiled.values())
    by_key = {row.row_key: row for row in read.residents}
    for row in returned.residents:
        before = by_key[row.row_key]
        assert (row.name, row.dwelling_key) == (before.name, before.dwelling_key)
    again = match(returned, registered(clean))
    assert again.count(Outcome.NEW) == 0
