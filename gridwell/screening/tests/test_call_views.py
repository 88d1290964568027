"""The pages of calling: who is to be called when, texts, sheets, the log, and the missing list's acts."""

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.notify.models import Message
from gridwell.orders.tests.make import NOW, make_building, make_district
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY, make_grid
from gridwell.residents.models import Phone, Resident
from gridwell.screening.models import Call, Round, RoundMember, Site, Slot, SlotChange
from gridwell.screening.queries.members import total
from gridwell.screening.tests.make import make_order, make_round, make_sample
from gridwell.tasks.models import Task


@pytest.fixture(autouse=True)
def _stage(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    make_district()
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def building() -> Place:
    return make_building(rooms=("101", "201"), people=2)


@pytest.fixture
def row(building: Place, officer: Actor) -> Round:
    made = make_round(officer)
    site = Site.objects.create(community_id=COMMUNITY, name="东门", starts_at=NOW)
    Slot.objects.create(
        community_id=COMMUNITY, round=made, site=site, place=building, people=4,
        starts_at=NOW, ends_at=NOW + timedelta(minutes=30), because="nearest",
    )  # fmt: skip
    return made


def browser(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def url(name: str, row: Round, **kwargs: object) -> str:
    return reverse(name, kwargs={"area": COMMUNITY, "round": row.pk, **kwargs})


def test_the_page_says_who_is_to_be_called_when(
    row: Round, officer: Actor, other_grid_worker: Actor
) -> None:
    client = browser(officer)
    answer = client.get(url("call_list", row))
    (line,) = answer.context["lines"]
    assert (line.times, line.part.due, line.part.waiting) == ("20:00–20:30", 4, 4)
    text = answer.content.decode()
    assert "东门" in text
    assert "住户" not in text
    for show, seen in (("now", 1), ("todo", 1), ("late", 0), ("twice", 0), ("odd", 1)):
        assert len(client.get(url("call_list", row), {"show": show}).context["lines"]) == seen
    assert not client.get(url("call_list", row), {"building": "7"}).context["lines"]
    book = load_workbook(BytesIO(client.get(url("call_list", row), {"export": "1"}).content))
    cells = {cell for line in book.active.iter_rows(values_only=True) for cell in line}
    assert "20:00–20:30" in cells
    assert not browser(other_grid_worker).get(url("call_list", row)).context["lines"]


def test_what_was_called_is_written_down_once(row: Round, officer: Actor) -> None:
    client, target = browser(officer), url("call_record", row)
    part = f"s{Slot.objects.get().pk}"
    data = {"part": [part], "how": "group", "key": uuid4(), "next": "?show=now"}
    assert client.post(target, data)["Location"].endswith("?show=now")
    client.post(target, data)
    assert total(row).called == 4
    assert set(RoundMember.objects.values_list("calls", flat=True)) == {1}
    for wrong in (
        {"key": "x"},
        {"how": ""},
        {"part": []},
        {"part": ["s0", "drop"]},
        {"at": "25:00"},
        {"at": "23:59"},
    ):
        odd = data | {"key": uuid4()} | wrong
        assert client.post(target, odd).status_code == 409, wrong
    assert client.post(target, data | {"key": uuid4(), "at": "19:40"}).status_code == 302
    assert Call.objects.count() == 2
    page = client.get(url("call_log", row))
    assert page.context["total"] == 2
    assert not client.get(url("call_log", row), {"how": "phone"}).context["lines"]
    assert client.get(url("call_log", row), {"export": "1"}).content.startswith(b"PK")
    client.post(url("call_back", row, call=Call.objects.order_by("pk").first().pk))
    assert set(RoundMember.objects.values_list("calls", flat=True)) == {1}


def test_those_in_charge_are_told_with_one_button(
    row: Round, officer: Actor, grid_worker: Actor
) -> None:
    RoundMember.objects.update(grid=make_grid(number="1"))
    part = f"s{Slot.objects.get().pk}"
    data = {"part": [part], "act": "tell", "key": uuid4()}
    browser(officer).post(url("call_record", row), data)
    message = Message.objects.get(kind="screening.call_now")
    assert message.user_id == grid_worker.user_id
    assert "20:00–20:30" in message.facts["places"][0]
    assert total(row).called == 0


def test_texts_and_sheets_hold_no_name(row: Round, officer: Actor) -> None:
    Resident.objects.update(name="不可外传")
    client = browser(officer)
    for name in ("call_texts", "call_sheet"):
        text = client.get(url(name, row)).content.decode()
        assert "1号楼" in text
        assert "20:00–20:30" in text
        assert "不可外传" not in text
    sheet = client.get(url("call_sheet", row)).context["sheets"][0]
    assert [(door.door, door.missing) for door in sheet.parts[0].doors] == [
        ("1-1-201", 2),
        ("1-1-101", 2),
    ]
    assert [code for code, _script in sheet.scripts] == ["zh-hans"]
    client.cookies["django_language"] = "en"
    User.objects.update(language="en")
    both = client.get(url("call_sheet", row)).context["sheets"][0].scripts
    assert [code for code, _script in both] == ["zh-hans", "en"]


def test_before_it_opens_the_page_says_so(building: Place, officer: Actor) -> None:
    from gridwell.screening.actions.rounds import plan_round

    row = plan_round(actor=officer, order=make_order(officer), now=NOW)
    client = browser(officer)
    assert "call_record" not in client.get(url("call_list", row)).content.decode()
    for name in ("call_texts", "call_sheet", "call_log"):
        assert client.get(url(name, row)).status_code == 200
    data = {"part": ["p1"], "how": "group", "key": uuid4()}
    assert client.post(url("call_record", row), data).status_code == 409


def test_called_twice_and_what_follows(row: Round, officer: Actor) -> None:
    client, target = browser(officer), url("round_outcome", row)
    one, *_ = RoundMember.objects.order_by("pk")
    for how in ("called_phone", "called_door"):
        data = {"member": [one.pk], "outcome": how, "key": uuid4(), "next": "?show=twice"}
        assert client.post(target, data).status_code == 302
    page = client.get(url("round_missing", row), {"show": "twice"})
    assert page.context["page"].paginator.count == 1
    data = {"member": [one.pk], "outcome": "visit", "key": uuid4()}
    client.post(target, data)
    client.post(target, data)
    assert Task.objects.filter(kind="visit_missing").count() == 1
    make_sample(one)
    page = client.get(url("round_missing", row), {"show": "twice"})
    assert page.context["page"].paginator.count == 0
    assert client.post(target, data).status_code == 409


def test_whole_numbers_need_a_reason(row: Round, officer: Actor) -> None:
    one, *_ = RoundMember.objects.order_by("pk")
    Phone.objects.create(
        community_id=COMMUNITY, resident=one.resident, number="13812345678", rank=1
    )
    client = browser(officer)
    assert "13812345678" not in client.get(url("round_missing", row)).content.decode()
    asked = client.get(url("round_missing", row), {"numbers": "1"})
    assert asked.status_code == 302
    client.post(asked["Location"], {"reason": "打电话催检"})
    text = client.get(url("round_missing", row), {"numbers": "1"}).content.decode()
    assert 'href="tel:13812345678"' in text


def test_the_door_list_stands_by_itself(row: Round, officer: Actor) -> None:
    client, target = browser(officer), url("round_outcome", row)
    assert "data-ticks" not in client.get(url("round_doors", row)).content.decode()
    one, *_ = RoundMember.objects.order_by("pk")
    data = {"member": [one.pk], "outcome": "at_door", "key": uuid4(), "list": "doors"}
    assert client.post(target, data)["Location"] == url("round_doors", row)
    page = client.get(url("round_doors", row))
    assert page.context["page"].paginator.count == 1
    assert page.context["reasons"][0][1] == 1
    assert client.get(url("round_doors", row), {"print": "1"}).status_code == 200
    assert client.get(url("round_doors", row), {"export": "1"}).content.startswith(b"PK")
    assert Task.objects.filter(kind="door_sampling").count() == 1


def test_many_turns_of_a_building_are_called_one_by_one(row: Round, officer: Actor) -> None:
    whole = Slot.objects.get()
    doors = list(Place.objects.filter(kind="dwelling").order_by("pk").values_list("pk", flat=True))
    Slot.objects.filter(pk=whole.pk).update(doors=doors[:1])
    for piece, slow in ((2, False), (1, True)):
        Slot.objects.create(
            community_id=COMMUNITY, round=row, site=whole.site, place=whole.place, people=2,
            starts_at=NOW + timedelta(hours=piece), ends_at=NOW + timedelta(hours=piece + 1),
            because="nearest", piece=piece, walks_badly=slow, doors=[] if slow else doors[1:],
        )  # fmt: skip
    sheet = browser(officer).get(url("call_sheet", row)).context["sheets"][0]
    first, second = sheet.parts  # nobody walks badly here
    assert "1-1-101" in browser(officer).get(url("call_texts", row)).content.decode()
    assert "东门" in first.call
    assert first.call != second.call
    assert "20:00" not in sheet.scripts[0][1].loudspeaker


def test_the_page_of_a_round_says_how_far_its_work_is(row: Round, officer: Actor) -> None:
    client, target = browser(officer), url("round_file", row)
    (line,) = client.get(target).context["work"]
    assert (line.every, line.done, line.active) == (1, 0, 1)
    assert client.get(line.url).context["page"].paginator.count == 1
    data = {"part": [f"s{Slot.objects.get().pk}"], "how": "group", "key": uuid4()}
    client.post(url("call_record", row), data)
    (line,) = client.get(target).context["work"]
    assert (line.done, line.active) == (1, 0)


def test_the_cost_of_the_page_does_not_grow_with_the_buildings(
    building: Place, officer: Actor
) -> None:
    row = make_round(officer)
    client, target = browser(officer), url("call_list", row)
    client.get(target)
    with CaptureQueriesContext(connection) as one:
        assert len(client.get(target).context["lines"]) == 1
    for number in (2, 3, 4, 5):
        make_building(building=f"{number}号楼", rooms=("101",), people=2)
    Round.objects.all().delete()
    many = make_round(officer, number=2)
    with CaptureQueriesContext(connection) as five:
        assert len(client.get(url("call_list", many)).context["lines"]) == 5
    assert len(five) == len(one)


def test_who_was_called_to_another_time_is_called_again(
    row: Round, officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a slot has come to stand elsewhere whoever was called by it stands under its own filter."""
    client, page = browser(officer), url("call_list", row)
    slot = Slot.objects.get()

    def stale() -> int:
        return len(client.get(page, {"show": "stale"}).context["lines"])

    def called() -> None:
        data = {"part": [f"s{slot.pk}"], "how": "phone", "act": "called", "key": str(uuid4())}
        client.post(url("call_record", row), data)

    called()
    assert stale() == 0
    at = NOW + timedelta(minutes=5)
    SlotChange.objects.create(
        community_id=COMMUNITY, round=row, ref=uuid4(), how="again", place=slot.place, people=4,
        from_site=slot.site, from_at=NOW, to_site=slot.site, to_at=slot.ends_at, changed_at=at,
    )  # fmt: skip
    assert stale() == 1
    assert "喊过后时段变了" in client.get(page).content.decode()
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=10))
    called()
    assert stale() == 0
