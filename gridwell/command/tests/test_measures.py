"""What a notice asks in an emergency: read at the desk, turned into work, ended when it is over."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.audit.models import AuditEntry
from gridwell.command.actions import measures as actions
from gridwell.command.queries.measures import measure_at, measures_of
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.orders.models import Notice, Zone
from gridwell.orders.tests.make import NOW, make_building, make_district, make_notice, notice_text
from gridwell.places.tests.make import COMMUNITY, OTHER_COMMUNITY, make_grid
from gridwell.residents.models import Household
from gridwell.residents.tests.make import make_resident
from gridwell.tasks.models import Task

FLOOD = """万柏林区防汛抗旱指挥部通告
受强降雨影响，请金桂苑1号楼、河沿小区2号楼居民于11月24日18时前全部转移至金桂小学安置点。
请各社区对独居老人、残疾人每日上门走访一次。
万柏林区防汛抗旱指挥部
2022年11月23日
"""
OVER = (
    "关于解除转移的通知\n金桂苑1号楼居民可于11月26日8时起有序返回，转移措施解除。\n2022年11月25日"
)


@pytest.fixture
def desk(officer: Actor, monkeypatch: pytest.MonkeyPatch) -> Client:
    make_district()
    monkeypatch.setattr(clock, "now", lambda: NOW)
    client = Client()
    client.force_login(User.objects.get(pk=officer.user_id))
    return client


def flood(officer: Actor, text: str = FLOOD) -> Notice:
    make_building()
    make_building(building="2号楼", rooms=("101",))
    return make_notice(officer, text=text).notice


def at(name: str, notice: Notice, start: int, area: int = COMMUNITY) -> str:
    return reverse(name, kwargs={"area": area, "notice": notice.pk, "start": start})


@pytest.mark.django_db
def test_the_desk_shows_what_was_read_and_what_is_not_in_the_register(
    desk: Client, officer: Actor
) -> None:
    notice = flood(officer)
    transfer, visit = measures_of(notice, COMMUNITY)
    assert [place.full_name for place, _line in transfer.found] == ["金桂苑1号楼"]
    assert transfer.missing == ("河沿小区2号楼",)
    assert transfer.said["shelter"] == "金桂小学安置点"
    assert visit.said["whom"] == ["独居老人", "残疾人"]
    page = desk.get(reverse("notice_desk", args=[COMMUNITY, notice.pk])).text
    assert "应急措施" in page
    assert "河沿小区2号楼" in page
    assert at("measure_work", notice, transfer.start) in page
    assert reverse("notice_approve", args=[COMMUNITY, notice.pk]) not in page  # nothing to approve
    assert "没有与本社区" not in page
    with pytest.raises(NotVisible):
        measure_at(notice, COMMUNITY, 1)


@pytest.mark.django_db
def test_the_effect_comes_first_and_the_tasks_come_once(desk: Client, officer: Actor) -> None:
    notice = flood(officer)
    start = measures_of(notice, COMMUNITY)[0].start
    where = at("measure_work", notice, start)
    form = desk.get(where).context["form"]
    assert form["kind"].value() == "evacuate"
    assert form["due_at"].value() == "2022-11-24T18:00"
    assert not form["is_first"].value()
    sent = {
        "kind": "evacuate",
        "place": "金桂苑1号楼",
        "due_at": "2022-11-24T18:00",
        "words": "转移至金桂小学安置点",
    }
    given = desk.post(where, sent).context["given"]
    assert (given.reach.households, given.reach.people, len(given.subjects)) == (3, 6, 3)
    assert not Task.objects.exists()
    assert desk.post(where, sent | {"confirmed": "yes"}).status_code == 302
    assert desk.post(where, sent | {"confirmed": "yes"}).status_code == 302
    tasks = Task.objects.filter(community_id=COMMUNITY, kind="evacuate")
    assert tasks.count() == 3
    task = tasks.first()
    assert task is not None
    assert (task.words, task.is_urgent, task.origin) == ("转移至金桂小学安置点", True, "measure")
    assert "防汛" in desk.get(reverse("task_file", args=[task.pk])).text
    assert AuditEntry.objects.filter(act="command.measure_given").count() == 2
    assert measures_of(notice, COMMUNITY)[0].open_tasks == 3
    assert not Zone.objects.exists()


@pytest.mark.django_db
def test_only_those_who_come_first_are_visited(desk: Client, officer: Actor) -> None:
    notice = flood(officer)
    home = Household.objects.filter(community_id=COMMUNITY).first()
    assert home is not None
    make_resident(household=home, name="高寿", birth_on=(NOW - timedelta(days=365 * 90)).date())
    visit = measures_of(notice, COMMUNITY)[1]
    where = at("measure_work", notice, visit.start)
    form = desk.get(where).context["form"]
    assert (form["kind"].value(), bool(form["is_first"].value())) == ("care_visit", True)
    sent = {"kind": "care_visit", "is_first": "on", "due_at": "2022-11-24T18:00", "words": "看望"}
    assert "请选择地点" in desk.post(where, sent).text  # never the whole community by itself
    given = desk.post(where, sent | {"is_whole": "on"}).context["given"]
    assert given.subjects == (("household", home.pk),)
    assert given.reach.households == 4


@pytest.mark.django_db
def test_a_notice_at_every_building_of_an_outage(desk: Client, officer: Actor) -> None:
    text = "停水通知\n因检修,11月24日8时至18时对以下区域停水:\n1.金桂苑1号楼\n2.金桂苑2号楼\n2022年11月23日"
    notice = flood(officer, text)
    (outage,) = measures_of(notice, COMMUNITY)
    assert len(outage.found) == 2
    form = desk.get(at("measure_work", notice, outage.start)).context["form"]
    assert form["kind"].value() == "notice_on_door"
    assert form["due_at"].value() == "2022-11-24T08:00"  # word of it comes before it begins
    lines = [line for _place, line in outage.found]
    facts = {
        "actor": officer,
        "community": COMMUNITY,
        "notice": notice,
        "start": outage.start,
        "lines": lines,
        "kind": "notice_on_door",
        "is_first": False,
        "due_at": NOW + timedelta(hours=6),
        "words": "张贴停水通知",
        "now": NOW,
    }
    assert actions.give_work(**facts) == 2
    assert set(Task.objects.values_list("subject_kind", flat=True)) == {"building"}
    with pytest.raises(RuleBroken, match=r"tasks\.due_in_the_past"):
        actions.give_work(**facts | {"due_at": NOW})
    with pytest.raises(RuleBroken, match=r"tasks\.unknown_kind"):
        actions.give_work(**facts | {"kind": "disinfection"})


@pytest.mark.django_db
def test_nobody_in_the_range_is_said(desk: Client, officer: Actor) -> None:
    notice = flood(officer)
    make_building(compound="空苑", building="1号楼", rooms=("101",), people=0)
    where = at("measure_work", notice, measures_of(notice, COMMUNITY)[0].start)
    sent = {
        "kind": "evacuate",
        "place": "空苑1号楼",
        "due_at": "2022-11-24T18:00",
        "words": "转移",
        "confirmed": "yes",
    }
    assert "没有人" in desk.post(where, sent).text
    assert not Task.objects.exists()


@pytest.mark.django_db
def test_what_is_over_ends_its_open_work(desk: Client, officer: Actor) -> None:
    notice = flood(officer)
    one = measures_of(notice, COMMUNITY)[0]
    sent = {
        "kind": "evacuate",
        "place": "金桂苑1号楼",
        "due_at": "2022-11-24T18:00",
        "words": "转移",
    }
    desk.post(at("measure_work", notice, one.start), sent | {"confirmed": "yes"})
    ends = at("measure_end", notice, one.start)
    assert desk.post(ends, {}).status_code == 409
    assert desk.post(ends, {"reason": "汛情解除"}).status_code == 302
    assert set(Task.objects.values_list("state", flat=True)) == {"ended"}
    assert AuditEntry.objects.filter(act="command.measure_ended").exists()
    over = make_notice(officer, text=OVER).notice
    (back,) = measures_of(over, COMMUNITY)
    assert back.said["is_end"]
    page = desk.get(reverse("notice_desk", args=[COMMUNITY, over.pk])).text
    assert at("measure_work", over, back.start) not in page


@pytest.mark.django_db
def test_others_find_nothing(desk: Client, officer: Actor, grid_worker: Actor) -> None:
    notice = flood(officer)
    start = measures_of(notice, COMMUNITY)[0].start
    make_grid()
    worker = Client()
    worker.force_login(User.objects.get(pk=grid_worker.user_id))
    assert worker.get(at("measure_work", notice, start)).status_code == 404
    assert worker.post(at("measure_end", notice, start), {"reason": "x"}).status_code == 404
    assert desk.get(at("measure_work", notice, start, OTHER_COMMUNITY)).status_code == 404
    assert desk.get(at("measure_work", notice, 3)).status_code == 404


@pytest.mark.django_db
def test_zones_and_a_measure_in_one_paper_are_both_there(desk: Client, officer: Actor) -> None:
    text = notice_text().replace(
        "二、调整", "因抢修，11月24日8时至18时金桂苑2号楼停电。\n\n二、调整"
    )
    notice = flood(officer, text)
    page = desk.get(reverse("notice_desk", args=[COMMUNITY, notice.pk])).text
    assert reverse("notice_approve", args=[COMMUNITY, notice.pk]) in page
    (outage,) = measures_of(notice, COMMUNITY)
    assert at("measure_work", notice, outage.start) in page


@pytest.mark.django_db
def test_the_desk_asks_nothing_of_the_database_without_measures(
    desk: Client, officer: Actor, django_assert_num_queries: object
) -> None:
    notice = make_notice(officer).notice
    with django_assert_num_queries(0):  # type: ignore[operator]  # the fixture has no public type
        assert measures_of(notice, COMMUNITY) == []
