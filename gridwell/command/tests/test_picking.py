"""Choosing places: what suggestions show and to whom, chips, text without script, faults."""

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.command.forms import StandstillForm, ZoneForm
from gridwell.command.picking import Picked, lines_of, range_name, read_words, set_community
from gridwell.core import clock
from gridwell.core.errors import RuleBroken
from gridwell.orders.models import Standstill, Zone
from gridwell.orders.tests.make import NOW, TODAY, make_building, make_district, make_notice
from gridwell.orders.tests.make import notice_text as plain_text
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY, OTHER_COMMUNITY, make_grid
from gridwell.plan.queries.days import derived
from gridwell.plan.rules.plan import DutyCode

ORDER = {"ordered_by": "区指挥部", "reason": "研判"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("金桂苑1号楼", [Picked(words="金桂苑1号楼")]),
        ("金桂苑1号楼1-6层", [Picked(words="金桂苑1号楼", floors=(1, 6))]),
        ("金桂苑1号楼 3层\n", [Picked(words="金桂苑1号楼", floors=(3, 3))]),
        ("除金桂苑1号楼2单元外", [Picked(words="金桂苑1号楼2单元", is_except=True)]),
        ("甲；乙\n\n", [Picked(words="甲"), Picked(words="乙")]),
        (" \n ", []),
    ],
)
def test_text_is_read_line_by_line(text: str, expected: list[Picked]) -> None:
    assert read_words(text) == expected


@pytest.fixture
def desk(officer: Actor, monkeypatch: pytest.MonkeyPatch) -> Client:
    make_district()
    monkeypatch.setattr(clock, "now", lambda: NOW)
    client = Client()
    client.force_login(User.objects.get(pk=officer.user_id))
    return client


def at(name: str, area: int = COMMUNITY, **kwargs: object) -> str:
    return reverse(name, kwargs={"area": area, **kwargs})


@pytest.mark.django_db
def test_suggestions_obey_scope(desk: Client, grid_worker: Actor) -> None:
    make_building()
    theirs = make_building(building="2号楼")
    make_building(compound="金桂园", community=OTHER_COMMUNITY)
    where = at("place_suggest") + "?field=place&place="
    found = desk.get(where + "金桂").text
    assert "金桂苑1号楼" in found
    assert "金桂园" not in found
    assert "101" not in found  # a door only when it is named
    assert "金桂苑1号楼1单元101" in desk.get(where + "金桂苑1号楼1单元101").text
    doors = desk.get(at("place_suggest") + "?field=place&doors=1&place=1号楼").text
    assert "金桂苑1号楼1单元101" in doors
    assert "data-choose" not in desk.get(where).text
    Place.objects.filter(building=theirs).update(grid=make_grid())
    worker = Client()
    worker.force_login(User.objects.get(pk=grid_worker.user_id))
    assert "金桂苑2号楼" in worker.get(where + "2号楼").text
    assert "金桂苑1号楼" not in worker.get(where + "1号楼").text
    assert desk.get(at("place_suggest", OTHER_COMMUNITY) + "?place=金桂").status_code == 404


@pytest.mark.django_db
def test_chips_text_floors_and_exceptions_make_a_range(desk: Client) -> None:
    first, second = make_building(), make_building(building="2号楼")
    make_building(building="3号楼")
    door = Place.objects.get(building=second, kind="dwelling", name__startswith="101")
    form = ORDER | {
        "level": "high",
        "effective_at": "2022-11-23T10:00",
        "place": "金桂苑3号楼",
        "place_chosen": [str(first.pk), str(second.pk), str(door.pk)],
        "place_floors": ["2-3", "", ""],
        "place_how": ["in", "in", "out"],
    }
    assert desk.post(at("zone_new"), form).status_code == 302
    zone = Zone.objects.get()
    assert zone.name == "金桂苑1号楼2-3层、金桂苑2号楼、金桂苑3号楼（除金桂苑2号楼1单元101外）"
    page = desk.get(at("zone_file", zone=zone.pk))
    assert "除金桂苑2号楼1单元101外" in page.text
    assert page.context["view"].reach.people == 2 * (2 + 2 + 3)
    again = desk.get(at("zone_change", zone=zone.pk, act="range")).text
    assert again.count("data-pick>") >= 5  # what it covers now, and the mould


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"place": "没有的楼"},
        {"place_chosen": ["x"]},
        {"place_chosen": ["99999999"]},
        {"place_chosen": ["{}"], "place_floors": ["三楼"]},
        {"place_chosen": ["{}"], "place_floors": ["6-1"]},
        {"place_chosen": ["{}"], "place_how": ["out"]},
        {"place": "\n".join(f"金桂苑{n}号楼" for n in range(80))},
    ],
)
def test_what_is_wrong_is_said_and_kept(desk: Client, wrong: dict) -> None:
    place = make_building()
    sent = {
        key: [str(place.pk) if text == "{}" else text for text in value]
        if isinstance(value, list)
        else value
        for key, value in wrong.items()
    }
    form = ORDER | {"level": "high", "effective_at": "2022-11-23T10:00"}
    answer = desk.post(at("zone_new"), form | sent)
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not Zone.objects.exists()


@pytest.mark.django_db
def test_a_place_of_another_community_is_not_there(desk: Client) -> None:
    other = make_building(compound="玉门花园", community=OTHER_COMMUNITY)
    with pytest.raises(RuleBroken, match=r"orders\.place_not_here"):
        lines_of(COMMUNITY, [Picked(place=other.pk)])
    form = ZoneForm(QueryDict(f"place_chosen={other.pk}"))
    set_community(form, COMMUNITY)
    assert "玉门花园" not in str(form["place"])
    assert range_name([]) == ""


@pytest.mark.django_db
def test_a_standstill_with_exceptions_holds_the_others_only(desk: Client) -> None:
    building = make_building()
    door = Place.objects.get(building=building, kind="dwelling", name__startswith="101")
    form = ORDER | {
        "starts_at": "2022-11-23T08:00",
        "ends_at": "2022-11-25T24:00"[:11] + "20:00",
        "place_chosen": [str(building.pk), str(door.pk)],
        "place_how": ["in", "out"],
        "place_floors": ["", ""],
    }
    assert desk.post(at("standstill_list"), form).status_code == 302
    assert desk.post(at("standstill_list"), form).status_code == 302  # the same order again
    row = Standstill.objects.get()
    assert row.lines.count() == 2
    Standstill.objects.update(clause="通告")
    assert derived(COMMUNITY, TODAY).count(DutyCode.NOT_LEAVE_AREA).people == 4
    assert "除金桂苑1号楼1单元101外" in desk.get(at("standstill_list")).text


@pytest.mark.django_db
def test_a_standstill_of_a_notice_fills_its_form(desk: Client, officer: Actor) -> None:
    make_building()
    text = (
        plain_text()
        + "\n四、自11月24日0时至11月26日24时，万柏林区实行静默管理。小店区11月24日起静默管理。"
    )
    notice = make_notice(officer, text=text).notice
    page = desk.get(at("notice_desk", notice=notice.pk))
    ours = [one.is_ours for one in page.context["standstills"]]
    assert ours[0] is True
    start = page.context["standstills"][0].said.start
    where = at("standstill_list") + f"?notice={notice.pk}&start={start}"
    assert where.replace("&", "&amp;") + "#new" in page.text
    form = desk.get(where).context["form"]
    assert form["starts_at"].value() == "2022-11-24T00:00"
    assert form["ends_at"].value() == "2022-11-27T00:00"
    sent = {name: form[name].value() or "" for name in ("notice", "starts_at", "ends_at", "reason")}
    assert desk.post(at("standstill_list"), sent).status_code == 302
    row = Standstill.objects.get()
    assert row.notice == notice
    entered = desk.get(at("notice_desk", notice=notice.pk)).context["standstills"][0].entered
    assert entered == row.pk
    assert desk.post(at("standstill_list"), sent | {"notice": 99999}).status_code == 404
    assert not StandstillForm({"starts_at": "2022-11-24T00:00", "reason": "x"}).is_valid()
