"""Empty dwellings of a ledger: whom to call about them is kept, shown, given out and taken back."""

from typing import Any

import pytest
from django.urls import reverse

from gridwell.accounts.rules.actor import Actor
from gridwell.ledgers.actions import layouts
from gridwell.ledgers.actions.undo import undo_import
from gridwell.ledgers.tests.make import HEADER, LATER, NOW, apply, id_number, line, make_import
from gridwell.places.models import Area, Place
from gridwell.places.tests.make import COMMUNITY
from gridwell.residents.models import DwellingNote
from gridwell.residents.tests.pages import client_of

pytestmark = pytest.mark.django_db
WIDE = (*HEADER, "备注")
PHONE, NEW = "14001000009", "14001000008"


def rows(*, phone: str = PHONE, words: str = "房主在外地") -> list[list[Any]]:
    return [
        [*line(name="王一", document=id_number(1)), ""],
        [*line(name="", room="102", relation="", phone=phone, tenure="空置"), words],
        [*line(name="", room="103", relation="", tenure="空置"), ""],
    ]


def note() -> DwellingNote:
    return DwellingNote.objects.get(superseded_at=None)


def test_phone_and_remark_of_an_empty_dwelling_are_kept_once(officer: Actor) -> None:
    apply(actor=officer, rows=rows(), header=WIDE)
    assert (note().phones, note().words) == (PHONE, "备注：房主在外地")
    assert note().dwelling.name == "102"
    apply(actor=officer, rows=rows(), header=WIDE, now=LATER)
    assert DwellingNote.objects.count() == 1


def test_a_later_ledger_adds_and_its_undo_brings_the_former_note_back(officer: Actor) -> None:
    first = apply(actor=officer, rows=rows(), header=WIDE)
    later = apply(actor=officer, rows=rows(phone=NEW, words=""), header=WIDE, now=LATER)
    assert note().phones == f"{PHONE},{NEW}"
    assert "房主在外地" in note().words
    undo_import(actor=officer, ledger_import=later, now=LATER)
    assert note().phones == PHONE
    undo_import(actor=officer, ledger_import=first, now=LATER)
    assert not Place.objects.filter(kind="dwelling").exists()


def test_the_note_is_shown_masked_and_whole_for_a_reason(officer: Actor) -> None:
    apply(actor=officer, rows=rows(), header=WIDE)
    client = client_of(officer)
    page = reverse("place_file", kwargs={"area": COMMUNITY, "place": note().dwelling_id})
    shown = client.get(page).content.decode()
    assert "140****0009" in shown
    assert PHONE not in shown
    asked = client.get(page + "?numbers=1")
    assert asked.status_code == 302
    building = note().dwelling.building_id
    board = reverse("building_board", kwargs={"area": COMMUNITY, "building": building})
    side = client.get(f"{board}?cell={note().dwelling_id}").content.decode()
    assert "140****0009" in side
    assert PHONE not in side


def test_a_list_by_household_has_the_empty_dwellings_in_its_walk(officer: Actor) -> None:
    apply(actor=officer, rows=[*rows(), line(name="赵六", room="104")], header=WIDE)
    layout = layouts.save_layout(
        actor=officer,
        community=COMMUNITY,
        name="户表",
        columns=[
            layouts.Column("房号", "room"),
            layouts.Column("户主", "head_name"),
            layouts.Column("电话", "head_phone"),
        ],
        rows="household",
        now=NOW,
    )
    area = Area.objects.get(pk=COMMUNITY)
    made = layouts.export(actor=officer, area=area, layout=layout, kind="csv", now=NOW)
    lines = made.file.read().decode("utf-8-sig").splitlines()
    said = [text.split(",") for text in lines if text[:3] in {"101", "102", "103", "104"}]
    assert [cells[0] for cells in said] == ["101", "102", "103", "104"]
    assert said[1][2] == "140****0009"
    assert made.rows == 4


@pytest.mark.parametrize(
    "body",
    ["这是一首诗\n床前明月光\n", "楼号,户数,人数\n1号楼,30,80\n2号楼,28,75\n"],
    ids=["poem", "summary"],
)
def test_a_file_without_a_ledger_offers_neither_import_nor_mending(
    officer: Actor, body: str
) -> None:
    row = make_import(actor=officer, file=body.encode(), name="x.csv")
    client = client_of(officer)
    kwargs = {"area": COMMUNITY, "ledger": row.pk}
    shown = client.get(reverse("import_page", kwargs=kwargs)).content.decode()
    assert reverse("import_apply", kwargs=kwargs) not in shown
    assert reverse("import_mend", kwargs=kwargs) not in shown
    assert client.post(reverse("import_apply", kwargs=kwargs)).status_code == 409
    assert client.get(reverse("import_mend", kwargs=kwargs)).status_code == 409


def test_columns_of_a_list_without_a_header_can_be_said(officer: Actor) -> None:
    body = "甲乙,1-1-101,y\n丙丁,1-1-102,x\n".encode()
    row = make_import(actor=officer, file=body, name="x.csv")
    client = client_of(officer)
    kwargs = {"area": COMMUNITY, "ledger": row.pk}
    page = client.get(reverse("import_page", kwargs=kwargs))
    assert [question["column"] for question, _form in page.context["unknown"]] == ["A", "B", "C"]
    said = {
        "c0-header": "A",
        "c0-field": "name",
        "c1-header": "B",
        "c1-field": "address",
        "c2-header": "C",
        "c2-field": "",
    }
    assert client.post(reverse("import_columns", kwargs=kwargs), said).status_code == 302
    row.refresh_from_db()
    assert (row.report["households"], row.report["residents"]) == (2, 2)
    assert client.post(reverse("import_apply", kwargs=kwargs)).status_code == 302
    row.refresh_from_db()
    assert row.state == "done"
