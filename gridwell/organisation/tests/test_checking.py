"""The dry run of a ledger of residents says which duties and names would not be taken, before a row is written."""

from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from gridwell.accounts.models import Post, User
from gridwell.accounts.queries import live
from gridwell.accounts.rules.actor import Actor
from gridwell.core.errors import RuleBroken
from gridwell.core.tables.write import xlsx_bytes
from gridwell.ledgers.actions import imports
from gridwell.ledgers.actions.undo import undo_import
from gridwell.ledgers.models import LedgerImport
from gridwell.ledgers.queries.imports import findings_of
from gridwell.ledgers.tests.make import HEADER, LATER, NOW, line, make_import
from gridwell.ledgers.views.shown import fault_words
from gridwell.organisation.models import Helper, ImportTrace
from gridwell.organisation.tests.make import make_building, make_head
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY

pytestmark = pytest.mark.django_db
COLUMNS = (*HEADER, "兼职", "包保干部", "包保干部电话")
MAPPING = {
    "兼职": "head.duty",
    "包保干部": "five.cadre",
    "包保干部电话": "five.cadre_telephone",
}


def checked(officer: Actor, rows: list[list[Any]]) -> LedgerImport:
    row = make_import(actor=officer, rows=rows, header=COLUMNS)
    imports.map_columns(actor=officer, ledger_import=row, mapping=MAPPING, now=NOW)
    return imports.check(actor=officer, ledger_import=row, now=NOW)


def of(
    name: str, duty: str = "", cadre: str = "", number: str = "", *, room: str = "101", **door: str
) -> list[str]:
    return [*line(name=name, room=room, **door), duty, cadre, number]


def flaws(row: LedgerImport) -> dict[str, str]:
    return {fault["name"]: fault["code"] for fault in findings_of(row).faults}


def test_the_dry_run_names_each_duty_that_makes_nobody_a_head(officer: Actor) -> None:
    rows = [
        of("王一", "1号楼楼院长"),
        of("王二", "楼长", room="102"),  # the same building, by where he lives
        of("王三", "看门", room="103"),
        of("王四", "88号楼楼长", room="104"),
        of("王五", "无", room="105"),
        of("王六", "1号楼1单元单元长", room="106"),
    ]
    row = checked(officer, rows)
    assert flaws(row) == {
        "王二": "head.second",
        "王三": "head.duty_unknown",
        "王四": "head.place_unknown",
    }
    assert not Post.objects.filter(place__isnull=False).exists()
    assert not Place.objects.exists()
    [second] = [fault for fault in findings_of(row).faults if fault["code"] == "head.second"]
    assert (second["row"], second["letter"], second["facts"]["other_row"]) == (3, "J", 2)
    assert "王一" in fault_words(second)
    imports.apply_import(actor=officer, ledger_import=row, now=NOW)
    made = Post.objects.filter(live(NOW), place__isnull=False).select_related("holder")
    assert {post.holder.name for post in made if post.holder} == {"王一", "王六"}


def test_a_standing_head_and_a_house_without_units_are_said(officer: Actor) -> None:
    make_head(officer, make_building(), name="老楼长")
    rows = [
        of("王二", "单元长", compound="", building="2", unit=""),
        of("王一", "1号楼楼长", compound=""),
    ]
    assert flaws(checked(officer, rows)) == {"王一": "head.taken", "王二": "head.place_needed"}


def test_an_empty_post_is_filled_and_given_back(officer: Actor) -> None:
    building = make_building()
    post = make_head(officer, building, name="老楼长")
    Post.objects.filter(pk=post.pk).update(holder=None)
    row = checked(officer, [of("王一", "1号楼楼长", compound="")])
    assert flaws(row) == {}
    imports.apply_import(actor=officer, ledger_import=row, now=NOW)
    assert Post.objects.get(live(NOW), place=building).holder.name == "王一"  # type: ignore[union-attr]  # just filled
    undo_import(actor=officer, ledger_import=LedgerImport.objects.get(pk=row.pk), now=LATER)
    assert Post.objects.get(live(LATER), place=building).holder is None
    assert not User.objects.filter(name="王一", is_active=True).exists()


def test_the_dry_run_names_what_of_the_five_is_not_taken(officer: Actor) -> None:
    rows = [
        of("王一", cadre="张三", number="13800000001"),
        of("王二", cadre="李四"),  # the same door: one household, two names
        of("王三", cadre="13800000002", room="102"),
        of("王四", cadre="张三", number="12", room="103"),
        of("王五", number="13800000003", room="104"),
        of("王六", cadre="无", number="无", room="105"),
    ]
    rows[1][5] = "配偶"
    row = checked(officer, rows)
    assert flaws(row) == {
        "王二": "five.differs",
        "王三": "five.no_name",
        "王四": "five.telephone",
        "王五": "five.nobody",
    }
    assert not Helper.objects.exists()
    imports.apply_import(actor=officer, ledger_import=row, now=NOW)
    named = Helper.objects.values_list("name", "telephone").order_by("pk")
    assert sorted(named) == [("张三", ""), ("张三", "13800000001")]


def test_what_changes_after_the_check_is_looked_at_again(officer: Actor) -> None:
    make_building()
    row = checked(officer, [of("王一", "1号楼楼长", compound="")])
    make_head(officer, Place.objects.get(kind="building"), name="新楼长")
    with pytest.raises(RuleBroken, match="register_changed"):
        imports.apply_import(actor=officer, ledger_import=row, now=NOW)
    row.refresh_from_db()
    assert flaws(row) == {"王一": "head.taken"}
    assert not ImportTrace.objects.exists()


def test_the_list_of_faults_and_the_sheet_to_mend_have_them(officer: Actor) -> None:
    row = checked(officer, [of("王一", "看门"), of("王二", room="102")])
    browser = Client()
    browser.force_login(User.objects.get(pk=officer.user_id))
    page = browser.get(reverse("import_faults", args=[COMMUNITY, row.pk])).content.decode()
    assert "看门" in page
    assert "职务看不懂" in page
    sheets = imports.sheets_to_mend_of(row, NOW)
    book = load_workbook(BytesIO(xlsx_bytes(sheets, watermark="")))
    cells = [str(cell) for cells in book.worksheets[0].values for cell in cells]
    assert "王一" in cells
    assert "王二" not in cells


def test_a_check_costs_the_same_for_one_line_and_for_sixty(
    officer: Actor, django_assert_max_num_queries: Any
) -> None:
    row = make_import(actor=officer, rows=[of("王一", "看门")], header=COLUMNS)
    many = [of(f"王{number}", f"{number}号楼楼长", room=str(number)) for number in range(60)]
    other = make_import(actor=officer, rows=many, header=COLUMNS)
    for one in (row, other):
        imports.map_columns(actor=officer, ledger_import=one, mapping=MAPPING, now=NOW)
        with django_assert_max_num_queries(40):
            imports.check(actor=officer, ledger_import=one, now=NOW)
