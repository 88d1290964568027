"""Guests in ledgers: who is taken as one, what is asked, written, written again, and taken back."""

from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.core.tables import SheetPlan, write_xlsx
from gridwell.core.tables.model import Book, Sheet
from gridwell.ledgers.actions import imports
from gridwell.ledgers.actions.undo import undo_import
from gridwell.ledgers.models import LedgerImport
from gridwell.ledgers.queries.imports import findings_of
from gridwell.ledgers.queries.undo import Fate, done_by, effect_of
from gridwell.ledgers.rules.guests import GUESTS, RESIDENTS, kind_of, sheet_kind
from gridwell.ledgers.rules.reading import read_ledger
from gridwell.ledgers.rules.rows import LedgerRead
from gridwell.ledgers.tests.make import LATER, NOW, apply, id_number, line, make_import
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY
from gridwell.plan.queries.snapshot import load_snapshot
from gridwell.residents.actions.guests import end_guest
from gridwell.residents.models import Household, Resident, Stay

VISITS = ("姓名", "身份证号", "联系电话", "来访地址", "来访时间", "离开时间", "来源地", "备注")


def read(name: str, *rows: list[Any], mapping: dict[str, str] | None = None) -> LedgerRead:
    return read_ledger(
        Book("xlsx", (Sheet(name, [list(row) for row in rows]),)),
        today=date(2022, 11, 23),
        mapping=mapping,
    )


def book(**sheets: list[list[Any]]) -> bytes:
    out = BytesIO()
    plans = [SheetPlan(name=n, header=[rows[0]], rows=rows[1:]) for n, rows in sheets.items()]
    write_xlsx(out, plans, watermark="", counted="")
    return out.getvalue()


def visits(*rows: list[Any]) -> bytes:
    return book(访客=[list(VISITS), *rows])


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2022, 11, day, hour, tzinfo=clock.zone())


@pytest.mark.parametrize(
    ("name", "titles", "kind"),
    [
        ("流动人口", (), "lodger"),
        ("访客登记", (), "visitor"),
        ("Sheet1", ("金桂苑社区工地人员花名册",), "staff"),
        ("商铺", (), "staff"),
        ("返乡人员", (), "visitor"),
        ("常住人口", (), ""),
        ("常住及流动人口登记表", (), ""),
        ("1号楼", ("金桂苑住户台账",), ""),
        ("租户", (), ""),
    ],
)
def test_a_sheet_says_whom_it_lists(name: str, titles: tuple[str, ...], kind: str) -> None:
    assert sheet_kind(name, titles) == kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("暂住", "lodger"), ("访客", "visitor"), ("探亲", "visitor"), ("快递员", "staff"),
        ("施工人员", "staff"), ("返乡", "visitor"), ("常住", ""), ("租住", ""), ("自住", ""),
        ("户籍人口", ""), ("非流动人口", ""), ("", ""), ("本地户籍", ""), ("保姆", "staff"),
    ],
)  # fmt: skip
def test_a_cell_says_what_brings_somebody(text: str, kind: str) -> None:
    assert kind_of(text) == kind


def test_a_household_ledger_with_some_who_only_stay() -> None:
    header = ["房号", "姓名", "与户主关系", "居住性质", "是否户籍"]
    found = read(
        "1号楼",
        header,
        ["1-1-101", "张三", "户主", "常住", "是"],
        ["1-1-101", "李四", "配偶", "常住", "否"],  # of the household, whatever the police have
        ["1-1-101", "王五", "", "暂住", "否"],
        ["1-1-102", "赵六", "户主", "租住", "否"],  # rents, lives here
        ["1-1-103", "孙七", "", "", "否"],
    )
    said = {row.name: row.guest.kind if row.guest else "" for row in found.residents}
    assert said == {"张三": "", "李四": "", "王五": "lodger", "赵六": "", "孙七": "lodger"}
    home = next(h for h in found.households if h.dwelling_key.endswith("101"))
    assert (home.people, home.guests, home.is_vacant) == (2, 1, False)
    only_guests = next(h for h in found.households if h.dwelling_key.endswith("103"))
    assert (only_guests.people, only_guests.guests, only_guests.is_vacant) == (0, 1, False)
    assert next(r for r in found.residents if r.name == "李四").remark["是否户籍"] == "否"


def test_a_sheet_of_guests_with_days() -> None:
    found = read(
        "访客",
        ["金桂苑社区访客登记（2022年11月）"],
        list(VISITS),
        ["王一", "", "13812345678", "1-1-101", "11月20日", "11月25日", "某省某市", "探亲"],
        ["王二", "", "", "1-1-102", "2022-11-21 14:30", "至今", "", ""],
        ["王三", "", "", "1-1-103", "11月20日", "11月10日", "", ""],
        ["王四", "", "", "", "11月20日", "", "", ""],
        ["王五", "", "", "1-1-104", "12月20日", "", "", ""],
    )
    stays = {r.name: (r.guest.starts_at, r.guest.ends_at) for r in found.residents if r.guest}
    assert stays == {
        "王一": (datetime(2022, 11, 20), datetime(2022, 11, 26)),  # noqa: DTZ001 - as ledgers write
        "王二": (datetime(2022, 11, 21, 14, 30), None),  # noqa: DTZ001 - likewise
        "王三": (datetime(2022, 11, 20), None),  # noqa: DTZ001 - likewise
    }
    assert [f.code for f in found.faults] == ["stay_ends_before", "no_address", "stay_too_far"]
    assert [h.name for h in found.held] == ["王四", "王五"]
    assert found.residents[0].remark == {"来源地": "某省某市", "备注": "探亲"}
    assert found.people_listed == 5
    assert found.guests == 3


def test_the_officer_says_otherwise_of_a_sheet() -> None:
    rows = (["房号", "姓名"], ["1-1-101", "王一"], ["1-1-102", "王二"], ["1-1-103", "王三"])
    assert read("商铺", *rows).guests == 3
    assert read("商铺", *rows, mapping={"sheet:商铺": RESIDENTS}).guests == 0
    assert read("租户", *rows).guests == 0
    assert read("租户", *rows, mapping={"sheet:租户": GUESTS}).guests == 3
    asked = [q for q in read("租户", *rows).questions if q.code == "guest_sheet"]
    assert [(q.sheet, q.samples) for q in asked] == [("租户", ("0",))]


def test_two_in_one_cell_are_two_guests() -> None:
    found = read(
        "施工队", ["工地名称", "姓名", "电话"], ["东街工地项目部", "张三、李四", "13812345678"]
    )
    assert [(r.name, r.guest.kind if r.guest else "", r.phones) for r in found.residents] == [
        ("张三", "staff", ("13812345678",)),
        ("李四", "staff", ()),
    ]


@pytest.mark.django_db
def test_guests_become_stays_once(officer: Actor) -> None:
    rows = [
        [
            "王一",
            id_number(1),
            "13812345678",
            "金桂苑1-1-101",
            "2022-11-20",
            "2022-11-25",
            "某市",
            "",
        ],
        ["王二", "", "", "金桂苑1-1-101", "", "", "", ""],
    ]
    done = apply(actor=officer, rows=[], file=visits(*rows))
    assert done.report["guests"] == done.report["new"] == 2
    assert not Resident.objects.exists()
    assert not Household.objects.exists()
    one, two = Stay.objects.order_by("name")
    assert (one.starts_at, one.ends_at, one.kind) == (at(20), at(26), "visitor")
    assert (one.document, one.phone, one.note) == (id_number(1), "13812345678", "来源地：某市")
    assert (two.starts_at, two.ends_at) == (NOW, None)
    assert one.place.full_key == two.place.full_key
    assert not one.place.is_vacant
    snapshot = load_snapshot(COMMUNITY, date(2022, 11, 23))
    assert len(snapshot.guests.ids) == 2

    again = apply(actor=officer, rows=[], file=visits(*rows), now=LATER)
    assert (again.report["new"], again.report["changed"], again.report["unchanged"]) == (0, 0, 2)
    assert Stay.objects.count() == 2


@pytest.mark.django_db
def test_the_next_list_says_more(officer: Actor) -> None:
    apply(actor=officer, rows=[], file=visits(["王一", "", "", "金桂苑1-1-101", "", "", "", ""]))
    before = Stay.objects.get()
    later = [
        "王一",
        id_number(1),
        "13812345678",
        "金桂苑1-1-101",
        "2022-11-20",
        "2022-11-26",
        "",
        "探亲",
    ]
    done = apply(actor=officer, rows=[], file=visits(later), now=LATER)
    assert (done.report["new"], done.report["changed"]) == (0, 1)
    now_is = Stay.objects.get(superseded_at=None)
    assert now_is.ref == before.ref
    assert (now_is.starts_at, now_is.ends_at) == (at(20), at(27))
    assert (now_is.document, now_is.phone, now_is.note) == (
        id_number(1),
        "13812345678",
        "备注：探亲",
    )

    effect = undo_import(actor=officer, ledger_import=done, now=LATER + timedelta(hours=1))
    assert (effect.count(Fate.GOES), effect.count(Fate.RESTORED)) == (0, 1)
    back = Stay.objects.get(superseded_at=None)
    assert (back.ref, back.starts_at, back.ends_at, back.note) == (before.ref, NOW, None, "")


@pytest.mark.django_db
def test_a_guest_who_is_a_resident_is_asked_about(officer: Actor) -> None:
    apply(actor=officer, rows=[line(name="张三", document=id_number(7))])
    listed = ["张三", id_number(7), "", "金桂苑1-1-102", "2022-11-22", "", "", ""]
    row = make_import(actor=officer, file=visits(listed))
    assert (row.report["new"], row.report["duplicates"], row.report["missing"]) == (0, 1, 0)
    ((key, asked),) = findings_of(row).asked.items()
    assert asked["code"] == "is_resident"
    who = asked["candidates"][0]["id"]
    imports.answer_questions(
        actor=officer, ledger_import=row, answers={key: ("same", who)}, now=NOW
    )
    row = imports.check(actor=officer, ledger_import=row, now=NOW)
    assert (row.report["new"], row.report["unchanged"], row.report["duplicates"]) == (0, 1, 0)
    imports.answer_questions(
        actor=officer, ledger_import=row, answers={key: ("new", None)}, now=NOW
    )
    row = imports.check(actor=officer, ledger_import=row, now=NOW)
    row = imports.apply_import(actor=officer, ledger_import=row, now=NOW)
    assert Stay.objects.count() == 1
    again = make_import(actor=officer, file=visits(listed), now=LATER)
    assert (again.report["new"], again.report["unchanged"], again.report["duplicates"]) == (0, 1, 0)


@pytest.mark.django_db
def test_a_guest_who_left_and_is_listed_without_days_is_asked_about(officer: Actor) -> None:
    listed = ["王一", "", "", "金桂苑1-1-101", "", "", "", ""]
    apply(actor=officer, rows=[], file=visits(listed))
    end_guest(actor=officer, stay=Stay.objects.get(), ends_at=LATER, now=LATER)
    row = make_import(actor=officer, file=visits(listed), now=LATER + timedelta(days=1))
    ((_key, asked),) = findings_of(row).asked.items()
    assert asked["code"] == "was_here"
    assert asked["other"]["name"] == "王一"


@pytest.mark.django_db
def test_two_visits_are_two_stays(officer: Actor) -> None:
    rows = [
        ["王一", id_number(1), "", "金桂苑1-1-101", "2022-11-01", "2022-11-03", "", ""],
        ["王一", id_number(1), "", "金桂苑1-1-101", "2022-11-20", "2022-11-25", "", ""],
    ]
    done = apply(actor=officer, rows=[], file=visits(*rows))
    assert (done.report["new"], done.report["duplicates"]) == (2, 0)
    assert make_import(actor=officer, file=visits(*rows), now=LATER).report["unchanged"] == 2


@pytest.mark.django_db
def test_undo_takes_guests_back_and_spares_who_was_changed_since(officer: Actor) -> None:
    rows = [
        ["王一", "", "", "金桂苑1-1-101", "2022-11-20", "", "", ""],
        ["王二", "", "", "金桂苑1-1-102", "2022-11-20", "", "", ""],
    ]
    done = apply(actor=officer, rows=[], file=visits(*rows))
    end_guest(actor=officer, stay=Stay.objects.get(name="王二"), ends_at=LATER, now=LATER)
    effect = effect_of(done, done_by(done))
    assert (effect.count(Fate.GOES), effect.count(Fate.STAYS)) == (1, 1)
    undo_import(actor=officer, ledger_import=done, now=LATER + timedelta(hours=1))
    assert [s.name for s in Stay.objects.filter(superseded_at=None)] == ["王二"]
    assert (
        Place.objects.filter(kind="dwelling").count() == 2
    )  # both were lived in: history keeps them


@pytest.mark.django_db
def test_a_list_of_guests_changes_nothing_of_who_lives_there(officer: Actor) -> None:
    apply(actor=officer, rows=[line(name="张三"), line(name="李四", relation="配偶")])
    home = Household.objects.get()
    done = apply(
        actor=officer,
        rows=[],
        now=LATER,
        file=visits(["王一", "", "13812345678", "金桂苑1-1-101", "2022-11-24", "", "", "探亲"]),
    )
    assert (done.report["new"], done.report["changed"], done.report["missing"]) == (1, 0, 0)
    home.refresh_from_db()
    assert (home.remark, home.ends_at, home.tenure) == ("", None, "owned")
    assert Resident.objects.count() == 2


@pytest.mark.django_db
def test_who_works_at_a_site_is_behind_a_site(officer: Actor) -> None:
    file = book(工地=[["工地名称", "姓名"], ["东街改造项目部", "张三"], ["东街改造项目部", "李四"]])
    done = apply(actor=officer, rows=[], file=file)
    assert done.report["new"] == 2
    place = Place.objects.get(pk=Stay.objects.first().place_id)  # type: ignore[union-attr] # two were made
    assert (place.kind, place.name) == ("site", "东街改造项目部")
    assert apply(actor=officer, rows=[], file=file, now=LATER).report["unchanged"] == 2
    assert LedgerImport.objects.count() == 2


@pytest.mark.django_db
def test_the_pages_of_a_list_of_guests(officer: Actor, client: Client) -> None:
    client.force_login(User.objects.get(pk=officer.user_id))
    listed = ["王一", "", "13812345678", "金桂苑1-1-101", "2022-11-20", "2022-11-25", "", ""]
    row = make_import(actor=officer, file=visits(listed))

    def page(name: str, **more: Any) -> str:
        kwargs = {"area": COMMUNITY, "ledger": row.pk, **more}
        return client.get(reverse(name, kwargs=kwargs)).content.decode()

    assert "暂住、来访人员" in page("import_page")
    assert "2022-11-20 – 2022-11-25" in page("import_people", what="new")
    url = reverse("import_columns", kwargs={"area": COMMUNITY, "ledger": row.pk})
    client.post(url, {"sheet-0": RESIDENTS})
    row.refresh_from_db()
    assert (row.report["guests"], row.report["new"]) == (0, 1)
    client.post(url, {"sheet-0": "nonsense"})
    client.post(url, {"sheet-0": ""})
    row.refresh_from_db()
    assert row.report["guests"] == 1
    imports.apply_import(actor=officer, ledger_import=row, now=NOW)
    assert "王一" in page("import_undo")
    assert "从底数中移除" in page("import_undo")
    client.post(reverse("import_undo", kwargs={"area": COMMUNITY, "ledger": row.pk}))
    assert "仅由这次导入带来的1人已从底数中移除" in page("import_page").replace(" ", "")
