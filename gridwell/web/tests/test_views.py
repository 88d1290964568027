"""Today, the lists behind it, why: what each role sees, and that the cost does not grow."""

import re
from datetime import datetime, timedelta
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.accounts.tests.make import make_post, make_user
from gridwell.audit.actions import record
from gridwell.core import clock
from gridwell.health.actions import record_result
from gridwell.orders.actions.zones import Basis, lift_zone
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY
from gridwell.plan.models import DayPlan
from gridwell.plan.rules.plan import Basis as PlanBasis
from gridwell.plan.rules.plan import Late, LateCode, OrderKind
from gridwell.protocols.actions import load_shipped
from gridwell.protocols.models import ProtocolVersion
from gridwell.residents.models import Resident, Trait
from gridwell.tasks import actions as task_actions
from gridwell.tasks.models import Task
from gridwell.web.figures import late_line
from gridwell.web.tests.make import EVENING, make_homes, make_zone

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def evening(monkeypatch: pytest.MonkeyPatch) -> datetime:
    monkeypatch.setattr(clock, "now", lambda: EVENING)
    return EVENING


def browser(actor: Actor) -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def today(actor: Actor, area: int = COMMUNITY, **query: str) -> str:
    answer = browser(actor).get(reverse("today", args=[area]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_officer_sees_who_must_stay_home_and_who_is_due(officer: Actor) -> None:
    make_homes(4)
    make_homes(2, building="2号楼")
    make_zone(officer)
    page = today(officer)
    assert "金桂苑1号楼" in page
    assert "8人 · 1栋" in page  # four households of two stay at home, in one building
    assert "已采 0 · 还差 8" in page  # day 1 has a round
    assert "第1天" in page


def test_a_sample_of_today_counts_as_done(officer: Actor) -> None:
    make_homes(2)
    make_zone(officer)
    record_result(
        actor=officer,
        resident=Resident.objects.order_by("pk")[0],
        sampled_at=EVENING - timedelta(hours=5),
        outcome="negative",
        now=EVENING,
    )
    assert "已采 1 · 还差 3" in today(officer)


def test_served_first_stand_first_with_their_reason(officer: Actor) -> None:
    homes = make_homes(6)
    make_zone(officer)
    alone = homes[4].memberships.get(is_head=True)
    Trait.objects.create(
        community_id=COMMUNITY,
        dwelling=homes[4].dwelling,
        resident_id=alone.resident_id,
        code="lives_alone",
        starts_at=EVENING - timedelta(days=90),
        recorded_at=EVENING - timedelta(days=90),
    )
    page = today(officer)
    assert "独居" in page
    first = page.index(homes[4].dwelling.door)
    assert all(first < page.index(home.dwelling.door) for home in homes if home is not homes[4])


def test_lifting_frees_everybody_at_once(officer: Actor) -> None:
    make_homes(2)
    zone = make_zone(officer)
    assert "4人 · 1栋" in today(officer)
    lift_zone(
        actor=officer,
        zone=zone,
        effective_at=EVENING,
        effective_on=clock.day_of(EVENING),
        basis=Basis(ordered_by="市疫情防控办", ordered_how="电话通知"),
        now=EVENING,
    )
    tomorrow = clock.day_of(EVENING) + timedelta(days=1)
    page = today(officer, day=tomorrow.isoformat())
    assert "0人 · 0栋" in page


def test_a_past_day_is_shown_as_known_then_and_as_known_now(officer: Actor) -> None:
    make_homes(1)
    make_zone(officer)
    page = today(officer, day="2022-11-20")
    assert "按当时所知" in page
    assert "按现在所知" in today(officer, day="2022-11-20", known="now")
    assert (
        browser(officer).get(reverse("today", args=[COMMUNITY]), {"day": "abc"}).status_code == 404
    )


def test_grid_worker_sees_the_own_grid_only(officer: Actor, grid_worker: Actor) -> None:
    make_homes(2, grid="1")
    make_homes(2, building="2号楼", grid="2")
    make_zone(officer, "1号楼")
    make_zone(officer, "2号楼")
    page = today(grid_worker)
    assert "只看我的网格" in page
    assert "4人 · 1栋" in page
    assert "金桂苑2号楼" not in page


def test_upper_levels_see_figures_and_no_doors(officer: Actor, district_officer: Actor) -> None:
    homes = make_homes(2)
    make_zone(officer)
    today(officer)
    page = today(district_officer)
    assert homes[0].dwelling.door not in page
    assert "户主0" not in page
    roll_up = today(district_officer, 140109000000)
    assert reverse("today", args=[COMMUNITY]) in roll_up
    for name in ("zone_list", "task_list"):  # each figure opens, also for who sees counts only
        assert f'href="{reverse(name, args=[COMMUNITY])}">' in roll_up
        assert browser(district_officer).get(reverse(name, args=[COMMUNITY])).status_code == 200


def test_why_beside_the_board_counts_people_for_upper_levels(
    officer: Actor, district_officer: Actor
) -> None:
    homes = make_homes(2)
    make_zone(officer)
    door = homes[0].dwelling_id
    building = Place.objects.get(community=COMMUNITY, kind="building")
    board = reverse("building_board", args=[COMMUNITY, building.pk])
    named = browser(officer).get(board, {"cell": door}).content.decode()
    assert "户主0" in named
    counted = browser(district_officer).get(board, {"cell": door}).content.decode()
    assert "户主0" not in counted
    assert "家人0" not in counted
    assert "<h3>2人</h3>" in counted


def test_who_is_late_out_of_isolation_opens_for_those_with_names() -> None:
    stay = PlanBasis(OrderKind.ISOLATION, 1, 0, 0, "", "", "7.1")
    row = Late(LateCode.ISOLATION_PAST_END, stay, EVENING.date(), 1)
    way = reverse("stay_list", args=[COMMUNITY])
    assert late_line(COMMUNITY, row, {}, may_name=True).url == way
    assert late_line(COMMUNITY, row, {}, may_name=False).url == ""


def test_a_stranger_finds_nothing(other_officer: Actor, officer: Actor) -> None:
    make_homes(1)
    answer = browser(other_officer).get(reverse("today", args=[COMMUNITY]))
    assert answer.status_code == 404


def test_missing_list_names_who_has_not_come(officer: Actor) -> None:
    make_homes(2)
    make_zone(officer)
    sampled = Resident.objects.get(name="户主0")
    record_result(
        actor=officer,
        resident=sampled,
        sampled_at=EVENING - timedelta(hours=3),
        outcome="negative",
        now=EVENING,
    )
    page = browser(officer).get(reverse("today_list", args=[COMMUNITY, "missing"])).content.decode()
    assert "家人0" in page
    assert "户主0" not in page
    assert (
        browser(officer).get(reverse("today_list", args=[COMMUNITY, "nonsense"])).status_code == 404
    )


def test_export_has_the_rows_of_the_screen_counted(officer: Actor) -> None:
    make_homes(3)
    make_zone(officer)
    url = reverse("today_list", args=[COMMUNITY, "be_sampled"])
    answer = browser(officer).get(url, {"export": "1"})
    book = openpyxl.load_workbook(BytesIO(answer.content))
    cells = [str(cell.value) for row in book.active.iter_rows() for cell in row if cell.value]
    assert sum("户主" in cell for cell in cells) == 3
    assert any("共3行" in cell for cell in cells)
    assert any("officer" in cell for cell in cells)


def test_why_names_order_clause_and_end(officer: Actor) -> None:
    home = make_homes(1)[0]
    make_zone(officer)
    page = browser(officer).get(reverse("today_why", args=[COMMUNITY, home.pk])).content.decode()
    assert "足不出户" in page
    assert "11月25日" in page  # the earliest day of lifting
    assert "就医不受影响" in page


@pytest.mark.parametrize("name", ["today", "today_list"])
def test_query_count_does_not_grow(officer: Actor, name: str) -> None:
    make_homes(1)
    make_zone(officer)
    url = reverse(name, args=[COMMUNITY, *(["be_sampled"] if name == "today_list" else [])])
    client = browser(officer)
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    make_homes(30)
    DayPlan.objects.all().delete()
    client.get(url)
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) <= len(few)


def test_nobody_without_a_post_is_lost(officer: Actor) -> None:
    User.objects.get(pk=officer.user_id).posts_held.update(holder=None)
    page = browser(officer).get(reverse("home")).content.decode()
    assert "您目前没有岗位" in page


def test_home_leads_to_the_own_community(officer: Actor) -> None:
    assert browser(officer).get("/").headers["Location"] == reverse("today", args=[COMMUNITY])


def test_an_administrator_without_a_post_sees_the_installation(db: None) -> None:
    admin = make_user(username="admin", is_administrator=True)
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(admin)
    empty = client.get(reverse("home")).content.decode()
    assert "还没有做过备份" in empty
    assert "gridwell load-areas" in empty
    make_post(holder=None)
    load_shipped(actor=Actor.system(0), now=EVENING)
    record("audit.backup_made", actor=Actor.system(0), community=0, at=EVENING)
    page = client.get(reverse("home")).content.decode()
    assert "1个没有人" in page
    assert "上次备份" in page
    assert ProtocolVersion.objects.order_by("pk")[0].title in page
    assert reverse("user_list") in page
    assert reverse("audit_installation") in page


def test_all_work_of_the_day_is_the_list_of_tasks(officer: Actor) -> None:
    make_homes(3)
    make_zone(officer)
    page = today(officer)
    tasks = Task.objects.filter(community=COMMUNITY, state="open")
    address = reverse("task_list", args=[COMMUNITY])
    counted = re.search(rf'href="{address}">看全部(\d+)件待办<', page)
    assert counted
    assert int(counted[1]) == tasks.count() > 3
    answer = browser(officer).get(reverse("today_list", args=[COMMUNITY, "work"]))
    assert (answer.status_code, answer["Location"]) == (302, address)
    task = tasks.filter(kind="door_service").first()
    assert task is not None
    assert reverse("task_file", args=[task.pk]) in page


def test_what_is_done_and_what_is_late_counts_at_once(officer: Actor) -> None:
    make_homes(3)
    make_zone(officer)
    assert "已办 0/3" in today(officer)
    task = Task.objects.filter(kind="door_service").first()
    assert task is not None
    task_actions.do(actor=officer, task=task, now=EVENING)
    Task.objects.exclude(pk=task.pk).update(due_at=EVENING - timedelta(minutes=1))
    page = today(officer)
    assert "已办 1/3" in page
    late = Task.objects.filter(state="open").count()
    assert f"{late}件任务逾期" in page


def test_another_day_shows_the_work_of_its_plan(officer: Actor) -> None:
    make_homes(3)
    make_zone(officer)
    answer = browser(officer).get(
        reverse("today_list", args=[COMMUNITY, "work"]), {"day": "2022-11-20"}
    )
    assert answer.status_code == 200
    assert answer.context["list"].households == 3
    page = today(officer, day="2022-11-20")
    assert reverse("today_list", args=[COMMUNITY, "work"]) in page
    assert not re.search(r'href="/work/tasks/', page)


def test_what_is_late_stands_before_the_work(officer: Actor) -> None:
    make_homes(1)
    make_zone(officer)
    page = today(officer)
    assert page.index('id="zones"') < page.index('id="late"') < page.index('id="work"')


def test_samples_stand_on_the_time_line_at_their_time(officer: Actor) -> None:
    make_homes(1)
    first, second = Resident.objects.order_by("pk")[:2]
    for person, hour in ((first, 9), (second, 11)):
        at = clock.start_of(clock.day_of(EVENING)) + timedelta(hours=hour, minutes=12)
        record_result(
            actor=officer, resident=person, sampled_at=at, outcome="negative", now=EVENING
        )
    household = first.memberships.get().household_id
    page = browser(officer).get(reverse("household_file", args=[COMMUNITY, household]))
    lines = [entry for entry in page.context["timeline"] if "阴性" in str(entry.text)]
    assert [clock.day_of(line.at) for line in lines] == [clock.day_of(EVENING)]
    assert f"{lines[0].at.astimezone(clock.zone()):%H:%M}" == "11:12"
    assert lines[0].note == f"{first.name} 09:12、{second.name} 11:12"
