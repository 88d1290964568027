"""The pages of sites, desks and slots: entered, made, moved, stopped, taken back, printed, scanned."""

from datetime import datetime, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.core.clock import start_of
from gridwell.orders.tests.make import TODAY, make_building, make_district
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY
from gridwell.residents.models import Household
from gridwell.screening.actions.rounds import open_round, plan_round
from gridwell.screening.models import Desk, Round, RoundMember, Site, Slot, SlotChange
from gridwell.screening.tests.make import make_desks, make_order, make_site


def at(hour: int, minute: int = 0) -> datetime:
    return start_of(TODAY) + timedelta(hours=hour, minutes=minute)


MORNING = at(6)


@pytest.fixture(autouse=True)
def row(officer: Actor, monkeypatch: pytest.MonkeyPatch) -> Round:
    """An open round of two buildings; no site yet."""
    monkeypatch.setattr(clock, "now", lambda: MORNING)
    make_district()
    make_building(rooms=("101", "201"), people=4)
    make_building(building="2号楼", rooms=("101",), people=4)
    planned = plan_round(actor=officer, order=make_order(officer, now=MORNING), now=MORNING)
    return open_round(actor=officer, round=planned, now=MORNING)


@pytest.fixture
def client(officer: Actor) -> Client:
    return browser(officer)


def browser(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def url(name: str, row: Round | None = None, **kwargs: object) -> str:
    given = {"round": row.pk} if row is not None else {}
    return reverse(name, kwargs={"area": COMMUNITY, **given, **kwargs})


@pytest.fixture
def made(client: Client, officer: Actor, row: Round) -> Round:
    """The same with a desk at each building from 8 to 10, and slots."""
    for number in (1, 2):
        place = Place.objects.get(kind="building", name=f"{number}号楼")
        site = make_site(officer, name=f"采样点{number}", place=place)
        make_desks(officer, row, site, opens=at(8), closes=at(10))
    assert client.post(url("slot_make", row)).status_code == 302
    return row


def test_from_nothing_to_a_timetable(client: Client, row: Round) -> None:
    assert url("site_list") in client.get(url("slot_page", row)).content.decode()
    place = Place.objects.get(kind="building", name="1号楼")
    client.post(url("site_list"), {"name": "东门", "place": place.pk, "where": "车棚旁"})
    site = Site.objects.get()
    assert client.post(url("slot_make", row)).status_code == 409
    desks = {"site": site.pk, "count": 2, "opens": "08:00", "closes": "10:00", "post": ""}
    client.post(url("slot_desk_add", row), desks)
    assert [desk.number for desk in Desk.objects.order_by("number")] == [1, 2]
    assert client.post(url("slot_make", row))["Location"].endswith("#timetable")
    page = client.get(url("slot_page", row))
    assert [(h.site.name, h.desks, h.people) for h in page.context["heads"]] == [("东门", 2, 12)]
    text = page.content.decode()
    assert "1号楼" in text
    assert "就近采样点" in text
    assert client.get(url("round_file", row)).context["steps"][2].state == "done"


@pytest.mark.parametrize(
    "wrong",
    [
        {"opens": "10:00", "closes": "08:00"},
        {"opens": "x"},
        {"count": "0"},
        {"count": "99"},
        {"site": "77"},
        {"site": ""},
    ],
)
def test_odd_desks_are_shown_in_the_form(
    client: Client, officer: Actor, row: Round, wrong: dict[str, str]
) -> None:
    site = make_site(officer)
    good = {"site": site.pk, "count": 1, "opens": "08:00", "closes": "10:00", "post": ""}
    answer = client.post(url("slot_desk_add", row), good | wrong)
    assert answer.status_code == 409
    assert 'role="alert"' in answer.content.decode()
    assert not Desk.objects.exists()


def test_until_midnight(client: Client, officer: Actor, row: Round) -> None:
    site = make_site(officer)
    desks = {"site": site.pk, "count": 1, "opens": "18:00", "closes": "00:00", "post": ""}
    client.post(url("slot_desk_add", row), desks)
    assert Desk.objects.get().closes_at == at(24)
    assert "18:00–24:00" in client.get(url("slot_page", row)).content.decode()


def test_a_move_by_hand_and_back(client: Client, made: Round) -> None:
    slot = Slot.objects.get(place__building__name="2号楼")
    other = Site.objects.get(name="采样点1")
    page = client.get(url("slot_file", made, slot=slot.pk))
    spots = [value for value, _words in page.context["form"].fields["spot"].choices]
    assert f"{other.pk}:540" in spots
    sent = {
        "ref": uuid4(),
        "seen": page.context["form"].initial["seen"],
        "spot": f"{other.pk}:540",
    }
    answer = client.post(url("slot_file", made, slot=slot.pk), sent)
    assert answer["Location"].endswith(f"#slot-{slot.pk}")
    slot.refresh_from_db()
    assert (slot.site, slot.starts_at, slot.is_by_hand) == (other, at(9), True)
    assert client.post(url("slot_file", made, slot=slot.pk), sent).status_code == 302
    stale = client.post(url("slot_file", made, slot=slot.pk), sent | {"ref": uuid4()})
    assert stale.status_code == 409
    change = SlotChange.objects.get()
    assert client.get(url("slot_page", made)).context["undo_id"] == change.pk
    client.post(url("slot_undo", made), {"change": change.pk})
    slot.refresh_from_db()
    assert slot.site.name == "采样点2"
    assert client.post(url("slot_undo", made), {"change": "x"}).status_code == 409
    assert "采样点1 09:00" in client.get(url("slot_changes", made)).content.decode()


def test_what_does_not_fit_is_refused_in_words(client: Client, made: Round) -> None:
    slot = Slot.objects.get(place__building__name="2号楼")
    here = url("slot_file", made, slot=slot.pk)
    sent = {"ref": uuid4(), "seen": ""}
    shut = client.post(here, sent | {"spot": f"{slot.site_id}:{20 * 60}"})
    assert shut.status_code == 409
    assert "没有采样台开着" in shut.content.decode()
    for odd in ("x", "1", "1:2:3", "", f"{slot.site_id}:99999"):
        assert client.post(here, sent | {"spot": odd}).status_code in {200, 409}
    Round.objects.update(desk_rate=8)
    full = Slot.objects.get(place__building__name="1号楼")
    spot = f"{full.site_id}:{(full.starts_at - at(0)).seconds // 60}"
    slow = client.post(here, sent | {"spot": spot})
    assert slow.status_code == 409
    assert "约等" in slow.content.decode()
    assert client.post(here, sent | {"spot": spot, "reason": "同一家人"}).status_code == 302
    text = client.get(url("slot_page", made)).content.decode()
    assert "超过30分钟" in text
    assert "同一家人" in client.get(here).content.decode()
    client.post(url("slot_release", made, slot=slot.pk))
    assert not Slot.objects.get(pk=slot.pk).is_by_hand


def test_a_desk_stops_and_works_again(
    client: Client, made: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk.objects.get(site__name="采样点2")
    page = url("slot_desk", made, desk=desk.pk)
    assert client.post(page, {"act": "stop", "reason": " "}).status_code == 409
    monkeypatch.setattr(clock, "now", lambda: at(7))
    answer = client.post(page, {"act": "stop", "reason": "停电"})
    assert answer["Location"] == url("slot_changes", made)
    text = client.get(answer["Location"]).content.decode()
    assert "采样点2" in text
    assert "采样点1" in text
    assert client.get(answer["Location"], {"export": "1"}).content.startswith(b"PK")
    shown = client.get(url("slot_page", made)).content.decode()
    assert "停电" in shown
    assert client.post(page, {"act": "resume"}).status_code == 302
    assert Desk.objects.get(pk=desk.pk).stopped_at is None
    for wrong in ({"opens": "09:00", "closes": "08:00", "post": ""}, {"opens": "", "closes": ""}):
        assert 'role="alert"' in client.post(page, wrong).content.decode()
    client.post(page, {"opens": "09:00", "closes": "11:00", "post": ""})
    assert Desk.objects.get(pk=desk.pk).opens_at == at(9)
    Slot.objects.all().delete()
    client.post(page, {"act": "remove"})
    assert not Desk.objects.filter(pk=desk.pk).exists()
    assert client.get(page).status_code == 404


def test_who_finds_no_room_is_named_with_what_helps(client: Client, made: Round) -> None:
    Slot.objects.all().delete()
    Desk.objects.update(closes_at=at(8, 30))
    assert client.post(url("slot_pace", made), {"minutes": "30", "rate": "4"}).status_code == 302
    assert client.post(url("slot_make", made))["Location"].endswith("#shortage")
    shown = client.get(url("slot_page", made))
    assert shown.context["shortage"].people == 12
    assert "1号楼" in shown.context["shortage"].names[0]


@pytest.mark.parametrize(
    "wrong", [{"minutes": "31"}, {"rate": "101"}, {"minutes": ""}, {"rate": "1"}]
)
def test_odd_paces(client: Client, row: Round, wrong: dict[str, str]) -> None:
    sent = {"minutes": "30", "rate": "80"} | wrong
    assert client.post(url("slot_pace", row), sent).status_code == 409
    assert Round.objects.get().desk_rate == 80


def test_a_timetable_on_paper_and_as_a_file(client: Client, made: Round) -> None:
    paper = client.get(url("slot_page", made), {"print": "1"}).content.decode()
    assert paper.count('class="sheet"') == 2
    assert "住户" not in paper
    book = load_workbook(BytesIO(client.get(url("slot_page", made), {"export": "1"}).content))
    cells = {cell for line in book.active.iter_rows(values_only=True) for cell in line}
    assert {"采样点1", "08:00", 8} <= cells


def test_the_household_file_says_where_to_go(client: Client, made: Round) -> None:
    home = Household.objects.filter(dwelling__building__name="2号楼").get()
    page = reverse("household_file", args=[COMMUNITY, home.pk])
    assert "采样点2, 08:00–08:30" in client.get(page).content.decode()
    RoundMember.objects.filter(household=home).update(at_door=True)
    text = client.get(page).content.decode()
    assert "采样点2" not in text
    assert "上门采样" in text


def test_the_missing_list_says_where_people_are_called(client: Client, made: Round) -> None:
    text = client.get(url("round_missing", made)).content.decode()
    assert "采样点2 08:00–08:30" in text
    paper = client.get(url("round_missing", made), {"print": "1"}).content.decode()
    assert "采样点2 08:00–08:30" in paper
    member = RoundMember.objects.filter(building__name="2号楼").first()
    page = client.get(url("round_member", made, member=member.pk)).content.decode()
    assert "采样点2 08:00–08:30" in page
    book = load_workbook(BytesIO(client.get(url("round_missing", made), {"export": "1"}).content))
    cells = {cell for line in book.active.iter_rows(values_only=True) for cell in line}
    assert "采样点2 08:00–08:30" in cells


def test_a_site_is_changed_and_ended(client: Client, officer: Actor) -> None:
    site = make_site(officer)
    make_site(officer, name="西门")
    page = url("site_file", site=site.pk)
    assert "已经有一个" in client.post(page, {"name": "西门"}).content.decode()
    assert 'role="alert"' in client.post(page, {"name": ""}).content.decode()
    client.post(page, {"name": "南门", "where": "花坛边"})
    assert client.post(url("site_end", site=site.pk), {"reason": ""}).status_code == 409
    client.post(url("site_end", site=site.pk), {"reason": "下雨"})
    assert client.get(url("site_sheet", site=site.pk)).status_code == 404
    rows = client.get(url("site_list")).context["rows"]
    assert [(row.name, row.ends_at is None) for row in rows] == [("西门", True), ("南门", False)]


def test_a_place_code_opens_the_facts_of_the_site(
    client: Client, made: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Site.objects.get(name="采样点1")
    code = reverse("site_public", args=[COMMUNITY, site.ref, 1])
    sheet = client.get(url("site_sheet", site=site.pk)).content.decode()
    assert f"http://testserver{code}" in sheet
    assert "<svg" in sheet
    nobody = Client()
    before = nobody.get(code)
    assert before.context["page"].next.when == "08:00–08:30"
    monkeypatch.setattr(clock, "now", lambda: at(8, 10))
    text = nobody.get(code).content.decode()
    assert "1号楼" in text
    assert "住户" not in text
    client.post(url("site_code", site=site.pk), {"reason": "被人拍照转发"})
    old = nobody.get(code)
    assert old.status_code == 410
    assert "1号楼" not in old.content.decode()
    assert nobody.get(reverse("site_public", args=[COMMUNITY, site.ref, 2])).status_code == 200
    for wrong in ([COMMUNITY, uuid4(), 1], [COMMUNITY, site.ref, 3], [COMMUNITY, site.ref, 0]):
        assert nobody.get(reverse("site_public", args=wrong)).status_code == 404


def test_a_planned_round_can_be_prepared_the_evening_before(
    client: Client, officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = make_order(officer, now=MORNING, on=TODAY + timedelta(days=1), number=2)
    planned = plan_round(actor=officer, order=order, now=MORNING)
    site = make_site(officer, name="北门")
    make_desks(officer, planned, site, opens=at(32), closes=at(34))
    client.post(url("slot_make", planned))
    assert sum(Slot.objects.filter(round=planned).values_list("people", flat=True)) == 12
    steps = client.get(url("round_file", planned)).context["steps"]
    assert [step.state for step in steps[:4]] == ["done", "done", "done", "now"]
