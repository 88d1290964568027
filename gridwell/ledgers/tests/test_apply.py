"""A ledger becomes the register: in one transaction, once, and back."""

from datetime import date
from typing import Any

import pytest

from gridwell.accounts.rules.actor import Actor
from gridwell.audit.models import AuditEntry
from gridwell.core.errors import RuleBroken
from gridwell.health.models import Isolation, Result
from gridwell.ledgers.actions import imports, writing
from gridwell.ledgers.actions.undo import undo_import
from gridwell.ledgers.models import ImportChange, LedgerImport
from gridwell.ledgers.queries.imports import findings_of
from gridwell.ledgers.queries.undo import done_by, touched_since
from gridwell.ledgers.tests.make import (
    HEADER,
    LATER,
    NOW,
    apply,
    id_number,
    line,
    make_import,
    workbook,
)
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY, make_dwelling
from gridwell.residents.actions.marks import apply_default_schemes
from gridwell.residents.models import (
    Correction,
    Household,
    LabelMark,
    Membership,
    Phone,
    Resident,
    Trait,
)
from gridwell.residents.tests.make import make_household, make_resident

pytestmark = pytest.mark.django_db

FAMILY = [
    line(name="王一", document=id_number(1), phone="14001000001"),
    line(name="李二", relation="配偶", document=id_number(2)),
    line(name="王三", relation="子", document=id_number(3, "20100301")),
    line(name="赵四", room="102", document=id_number(4), tenure="租户"),
    line(name="", room="201", relation=""),
]
TABLES = (Place, Household, Resident, Membership, Phone, Trait, LabelMark, Result, Isolation)


def everything() -> list[Any]:
    """Return all rows of the register, without what an undone import may leave as history."""
    return [sorted(model.objects.values_list("pk", flat=True)) for model in TABLES]


def test_a_ledger_becomes_places_households_and_people(officer: Actor) -> None:
    done = apply(actor=officer, rows=FAMILY)
    assert done.state == "done"
    assert Resident.objects.count() == 4
    assert Household.objects.count() == 2
    assert Place.objects.filter(kind="dwelling").count() == 3
    assert Place.objects.get(name="201").is_vacant
    wang = Resident.objects.get(name="王一")
    assert wang.document == id_number(1)
    assert wang.birth_on == date(1980, 1, 15)
    assert list(wang.phones.values_list("number", flat=True)) == ["14001000001"]
    head = Membership.objects.get(resident=wang)
    assert head.is_head
    assert head.source == f"import:{done.pk}"
    zhao = Membership.objects.get(resident__name="赵四").household
    assert zhao.tenure == "rented"
    entry = AuditEntry.objects.get(act="ledgers.applied")
    assert entry.facts["new"] == 4


def test_the_same_file_twice_changes_nothing(officer: Actor) -> None:
    apply(actor=officer, rows=FAMILY)
    before = everything()
    again = apply(actor=officer, rows=FAMILY, now=LATER)
    assert (again.report["new"], again.report["changed"], again.report["unchanged"]) == (0, 0, 4)
    assert everything() == before
    assert not ImportChange.objects.filter(ledger_import=again).exists()


def test_fields_change_one_by_one_and_facts_keep_their_history(officer: Actor) -> None:
    header = (*HEADER, "是否残疾")
    apply(actor=officer, rows=[[*row, ""] for row in FAMILY], header=header)
    rows = [[*row, ""] for row in FAMILY]
    rows[0][7] = "14001000009"
    rows[1][5] = "妻子"
    rows[1][9] = "是"
    rows[3][3] = "202"  # 赵四 moves
    apply(actor=officer, rows=rows, header=header, now=LATER)
    wang = Resident.objects.get(name="王一")
    assert set(wang.phones.values_list("number", flat=True)) == {"14001000001", "14001000009"}
    assert Trait.objects.get(resident__name="李二").code == "disabled"
    wife = Membership.objects.filter(resident__name="李二").order_by("pk")
    assert [(m.relation, m.superseded_at) for m in wife] == [("配偶", LATER), ("妻子", None)]
    zhao = Membership.objects.filter(resident__name="赵四", superseded_at=None).order_by("pk")
    assert [(m.dwelling.name, m.ends_at) for m in zhao] == [("102", LATER), ("202", None)]
    assert Resident.objects.get(name="赵四").dwelling.name == "202"
    assert Place.objects.get(name="102").is_vacant
    assert not Place.objects.get(name="202").is_vacant
    assert Household.objects.get(dwelling__name="102").ends_at == LATER


def test_the_head_changes_hands(officer: Actor) -> None:
    apply(actor=officer, rows=FAMILY)
    rows = [list(row) for row in FAMILY]
    rows[0][5], rows[1][5] = "配偶", "户主"
    done = apply(actor=officer, rows=rows, now=LATER)
    heads = Membership.objects.filter(
        is_head=True, superseded_at=None, household__dwelling__name="101"
    )
    assert [head.resident.name for head in heads] == ["李二"]
    assert done.report["changed"] == 2
    assert apply(actor=officer, rows=rows, now=LATER).report["changed"] == 0


def test_a_head_who_is_not_in_the_file_gives_way(officer: Actor) -> None:
    household = make_household(dwelling=make_dwelling())
    make_resident(household=household, name="钱旧", is_head=True, relation="户主")
    make_resident(household=household, name="钱新", relation="子", birth_on=None)
    rows = [line(name="钱新")]
    apply(actor=officer, rows=rows)
    heads = Membership.objects.filter(is_head=True, superseded_at=None)
    assert [head.resident.name for head in heads] == ["钱新"]
    assert apply(actor=officer, rows=rows, now=LATER).report["changed"] == 0


def test_nobody_is_deleted(officer: Actor) -> None:
    resident = make_resident(household=make_household(dwelling=make_dwelling()), name="孙不在")
    done = apply(actor=officer, rows=[line(name="新来", room="101", document=id_number(9))])
    assert done.report["missing"] == 1
    assert findings_of(done).missing == [resident.pk]
    resident.refresh_from_db()
    assert resident.dwelling is not None


def test_doors_are_found_however_they_are_written(officer: Actor) -> None:
    apply(actor=officer, rows=FAMILY)
    places = Place.objects.count()
    rows = [
        line(name="王一", building="一号楼", unit="1单元", room="101室", document=id_number(1)),
        line(name="李二", building="1#", unit="一", relation="配偶", document=id_number(2)),
    ]
    done = apply(actor=officer, rows=rows, now=LATER)
    assert Place.objects.count() == places
    assert (done.report["new"], done.report["changed"]) == (0, 0)


def test_samples_isolation_and_labels_come_along(officer: Actor) -> None:
    apply_default_schemes(actor=officer, community=COMMUNITY, now=NOW)
    header = (*HEADER, "最近一次核酸时间", "居家隔离至", "暖心标")
    rows = [
        [*FAMILY[0], "2022-11-22 09:10", "2022-11-27", "橙"],
        [*FAMILY[1], "", "2022-11-01", "没听过的标"],
    ]
    apply(actor=officer, rows=rows, header=header)
    result = Result.objects.get()
    assert (result.outcome, result.resident.name) == ("pending", "王一")
    assert Isolation.objects.get().resident.name == "王一"
    mark = LabelMark.objects.get(resident__name="王一", is_manual=True)
    assert mark.label.colour == "orange"
    assert mark.ends_at is not None
    assert "没听过的标" in Resident.objects.get(name="李二").remark
    again = apply(actor=officer, rows=rows, header=header, now=LATER)
    assert again.report["changed"] == 0
    rows[0][10] = "2022-11-29"
    changed = apply(actor=officer, rows=rows, header=header, now=LATER)
    assert changed.report["changed"] == 1
    assert Isolation.objects.filter(superseded_at=None).count() == 1


def test_an_unknown_column_is_a_remark(officer: Actor) -> None:
    apply(actor=officer, rows=[[*FAMILY[0], "爱下棋"]], header=(*HEADER, "特长"))
    assert '"特长": "爱下棋"' in Resident.objects.get().remark


def test_people_without_a_room_and_addresses_nobody_can_read(officer: Actor) -> None:
    rows = [
        line(name="周无房", room=""),
        ["", "", "", "老供销社后院东头", "吴偏房", "户主", "", "", ""],
    ]
    done = apply(actor=officer, rows=rows)
    assert Resident.objects.count() == 2
    assert done.report["new"] == 2
    assert apply(actor=officer, rows=rows, now=LATER).report["unchanged"] == 2


# ---- nothing half-written -----------------------------------------------------------------


def test_an_import_that_breaks_leaves_nothing(
    officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = make_import(actor=officer, rows=FAMILY)
    before = everything()
    entries = AuditEntry.objects.count()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(writing, "write_marks", killed)
    with pytest.raises(KeyboardInterrupt):
        imports.apply_import(actor=officer, ledger_import=row, now=NOW)
    assert everything() == before
    assert AuditEntry.objects.count() == entries
    row.refresh_from_db()
    assert row.state == "checked"
    monkeypatch.undo()
    assert imports.apply_import(actor=officer, ledger_import=row, now=NOW).state == "done"


def test_a_register_that_changed_is_shown_again_first(officer: Actor) -> None:
    row = make_import(actor=officer, rows=FAMILY)
    make_resident(household=make_household(dwelling=make_dwelling()), name="王一", birth_on=None)
    with pytest.raises(RuleBroken, match="register_changed"):
        imports.apply_import(actor=officer, ledger_import=row, now=NOW)
    row.refresh_from_db()
    assert row.state == "checked"
    assert row.report["changed"] == 1
    imports.apply_import(actor=officer, ledger_import=row, now=NOW)


def test_an_import_is_applied_once(officer: Actor) -> None:
    row = apply(actor=officer, rows=FAMILY)
    for stale in (row, LedgerImport.objects.get(pk=row.pk)):
        with pytest.raises(RuleBroken, match="not_open"):
            imports.apply_import(actor=officer, ledger_import=stale, now=LATER)


def test_who_may_not_import_is_refused(grid_worker: Actor, officer: Actor) -> None:
    with pytest.raises(RuleBroken, match="not_allowed"):
        imports.start_import(
            actor=grid_worker, community=COMMUNITY, name="a.xlsx", parts=[b"x"], now=NOW
        )
    row = make_import(actor=officer, rows=FAMILY)
    for act in (imports.check, imports.apply_import, imports.drop_import):
        with pytest.raises(RuleBroken, match="not_allowed"):
            act(actor=grid_worker, ledger_import=row, now=NOW)


# ---- undo ----------------------------------------------------------------------------------


def test_undo_takes_everything_back(officer: Actor) -> None:
    before = everything()
    done = apply(actor=officer, rows=FAMILY)
    undo_import(actor=officer, ledger_import=done, now=LATER)
    assert everything() == before
    done.refresh_from_db()
    assert (done.state, done.undone_by) == ("undone", officer.user_id)
    assert AuditEntry.objects.filter(act="ledgers.undone").count() == 1
    assert apply(actor=officer, rows=FAMILY, now=LATER).report["new"] == 4


def test_undo_gives_changed_people_their_former_values_back(officer: Actor) -> None:
    header = (*HEADER, "是否残疾", "出生日期")
    first = [[*row, "", ""] for row in FAMILY]
    first[1][6] = ""
    apply(actor=officer, rows=first, header=header)
    second = [list(row) for row in first]
    second[0][7] = "14001000009"
    second[1][5], second[1][9], second[1][10] = "妻子", "是", "1981-02-03"
    second[3][3] = "202"
    done = apply(actor=officer, rows=second, header=header, now=LATER)
    assert done.report["changed"] == 3
    undo_import(actor=officer, ledger_import=done, now=LATER)
    again = apply(actor=officer, rows=first, header=header, now=LATER)
    assert (again.report["new"], again.report["changed"]) == (0, 0)
    assert Phone.objects.count() == 1
    assert Resident.objects.get(name="李二").birth_on is None
    assert Resident.objects.get(name="赵四").dwelling.name == "102"
    assert not Place.objects.filter(name="202").exists() or Place.objects.get(name="202").is_vacant
    assert Household.objects.get(dwelling__name="102").ends_at is None


def test_undo_keeps_who_was_changed_since_unless_ticked(officer: Actor) -> None:
    from gridwell.residents.actions.circumstances import add_trait

    done = apply(actor=officer, rows=FAMILY)
    wang, li = Resident.objects.get(name="王一"), Resident.objects.get(name="李二")
    for person in (wang, li):
        add_trait(
            actor=officer,
            community=COMMUNITY,
            resident_ids=[person.pk],
            code="cannot_walk",
            now=LATER,
        )
    touched = touched_since(done, done_by(done))
    assert {person.resident for person in touched} == {wang.pk, li.pk}
    undo_import(actor=officer, ledger_import=done, now=LATER, also=[li.pk])
    assert [person.name for person in Resident.objects.all()] == ["王一"]
    assert Household.objects.count() == 1
    assert Place.objects.filter(kind="dwelling").count() == 1


def test_undo_is_refused_when_it_cannot_be(officer: Actor, grid_worker: Actor) -> None:
    done = apply(actor=officer, rows=FAMILY)
    with pytest.raises(RuleBroken, match="not_allowed"):
        undo_import(actor=grid_worker, ledger_import=done, now=LATER)
    ImportChange.objects.filter(ledger_import=done).delete()
    with pytest.raises(RuleBroken, match="undo_too_late"):
        undo_import(actor=officer, ledger_import=done, now=LATER)
    open_one = make_import(actor=officer, rows=FAMILY)
    with pytest.raises(RuleBroken, match="not_open"):
        undo_import(actor=officer, ledger_import=open_one, now=LATER)


def test_the_file_is_kept_encrypted_and_goes(officer: Actor, settings: Any) -> None:
    from pathlib import Path

    body = workbook(FAMILY)
    row = make_import(actor=officer, file=body)
    path = Path(settings.GRIDWELL_FILES) / row.file_path
    assert "王一".encode() not in path.read_bytes()
    assert body[:40] not in path.read_bytes()
    imports.drop_import(actor=officer, ledger_import=row, now=NOW)
    row.refresh_from_db()
    assert (row.state, row.findings, row.file_path) == ("dropped", "", "")


def test_what_a_ledger_changes_stays_on_the_timeline_and_its_undo_too(officer: Actor) -> None:
    apply(actor=officer, rows=[line(name="王一", document="", tenure="常住")])
    second = apply(
        actor=officer,
        rows=[line(name="王一", document=id_number(1), tenure="租户")],
        now=LATER,
    )
    kept = {(row.field, row.former, row.source) for row in Correction.objects.all()}
    source = f"import:{second.pk}"
    assert {("tenure", "owned", source), ("document", "", source)} <= kept
    undo_import(actor=officer, ledger_import=second, now=LATER)
    undone = Correction.objects.filter(source="import undone")
    assert ("document", id_number(1)) in {(row.field, row.former) for row in undone}
