"""Pages of tasks: one's own, the desk's lists, the file, steps, photos."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from gridwell.accounts.models import Post, User
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.tests.make import make_post, make_user
from gridwell.audit.models import AuditEntry
from gridwell.core import clock
from gridwell.places.tests.make import COMMUNITY, make_dwelling, make_grid
from gridwell.residents.tests.make import make_household
from gridwell.tasks import actions
from gridwell.tasks.models import Task, TaskEvent, TaskProof
from gridwell.tasks.tests.make import make_task

pytestmark = pytest.mark.django_db
LIST = f"/{COMMUNITY}/work/"


def browser_of(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


@pytest.fixture
def browser(officer: Actor) -> Client:
    return browser_of(officer)


@pytest.fixture
def helper(db: None) -> Client:
    """A head of a building: no desk, one duty."""
    client = Client()
    client.force_login(make_user(username="helper"))
    return client


def a_visit(officer: Actor, room: str = "101", **values: Any) -> Task:
    home = make_household(dwelling=make_dwelling(room=room, grid=make_grid()))
    return actions.create(
        actor=officer,
        community=COMMUNITY,
        kind="household_update",
        subject_kind="household",
        subject=home.pk,
        now=clock.now(),
        **values,
    )


def a_duty(officer: Actor) -> tuple[Post, Task]:
    post = make_post(holder=make_user(username="helper"), role=Role.BUILDING_HEAD)
    return post, a_visit(officer, post=post)


def photo(kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind)
    return SimpleUploadedFile("IMG_0001.png", out.getvalue(), "image/png")


def step(task: Task, act: str) -> str:
    return f"/work/tasks/{task.pk}/step/{act}/"


# ---- my work ---------------------------------------------------------------------------------


def test_a_duty_without_a_desk_sees_its_own_work_and_no_page_of_the_desk(
    helper: Client, officer: Actor
) -> None:
    _post, own = a_duty(officer)
    other = a_visit(officer, room="201")
    page = helper.get("/work/mine/").content.decode()
    assert f"/work/tasks/{own.pk}/" in page
    assert f"/work/tasks/{other.pk}/" not in page
    assert helper.get(f"/work/tasks/{own.pk}/").status_code == 200
    assert helper.get(f"/work/tasks/{other.pk}/").status_code == 404
    assert helper.get(LIST).status_code == 404
    assert helper.get("/")["Location"] == "/work/mine/"


def test_taking_and_doing_with_one_tap_each(helper: Client, officer: Actor) -> None:
    _post, task = a_duty(officer)
    assert helper.post(step(task, "take"), {"key": "k1", "next": "/work/mine/"})["Location"] == (
        "/work/mine/"
    )
    assert helper.post(step(task, "do"), {"key": "k2"}).status_code == 302
    task.refresh_from_db()
    assert (task.state, task.done_by) == ("done", User.objects.get(username="helper"))
    page = helper.get("/work/mine/").content.decode()
    assert "今天已办" in page
    assert step(task, "reopen") in page


def test_pressed_twice_is_once(helper: Client, officer: Actor) -> None:
    _post, task = a_duty(officer)
    for _ in range(2):
        assert helper.post(step(task, "do"), {"key": "same"}).status_code == 302
    assert TaskEvent.objects.filter(task=task, act="do").count() == 1


def test_the_second_of_two_learns_who_was_faster_and_keeps_the_words(
    helper: Client, browser: Client, officer: Actor
) -> None:
    _post, task = a_duty(officer)
    browser.post(step(task, "do"), {"note": "已上门"})
    answer = helper.post(step(task, "do"), {"note": "两人在家，缺口罩"})
    assert answer.status_code == 409
    words = answer.content.decode()
    assert "officer" in words
    assert "两人在家，缺口罩" in words


def test_my_work_walks_from_building_to_building(helper: Client, officer: Actor) -> None:
    post, _task = a_duty(officer)
    a_visit(officer, room="201", post=post)
    page = helper.get("/work/mine/?order=walk")
    assert [len(group["rows"]) for group in page.context["groups"]] == [2]


def test_a_task_without_a_place_is_named_once(helper: Client, officer: Actor) -> None:
    post, _task = a_duty(officer)
    make_task(post=post, title="收齐登记表")
    for order in ("", "walk"):
        page = helper.get("/work/mine/", {"order": order}).content.decode()
        row = next(part for part in page.split("<tr") if "收齐登记表" in part)
        assert re.sub(r'aria-label="[^"]*"', "", row).count("收齐登记表") == 1


def test_next_leads_nowhere_else(helper: Client, officer: Actor) -> None:
    _post, task = a_duty(officer)
    answer = helper.post(step(task, "take"), {"next": "https://elsewhere.example/"})
    assert answer["Location"] == f"/work/tasks/{task.pk}/"


# ---- lists -----------------------------------------------------------------------------------


def test_the_list_narrows(browser: Client, officer: Actor) -> None:
    late = a_visit(officer)
    nobody = a_visit(officer, room="201")
    Task.objects.filter(pk=late.pk).update(due_at=clock.now() - timedelta(hours=1))
    Task.objects.filter(pk=nobody.pk).update(post=None)

    def shown(query: str) -> list[int]:
        return [row.task.pk for row in browser.get(LIST + query).context["rows"]]

    assert shown("?show=late") == [late.pk]
    assert shown("?show=no_name") == [nobody.pk]
    assert set(shown("")) == {late.pk, nobody.pk}
    assert shown("?kind=patrol") == []
    assert shown(f"?post={late.post_id}") == [late.pk]
    assert set(shown("?show=nonsense&post=x&grid=999999999999999999999")) == {late.pk, nobody.pk}


def test_the_list_costs_the_same_for_one_and_for_thirty(browser: Client, officer: Actor) -> None:
    def cost(url: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(url).status_code == 200
        return len(seen)

    a_visit(officer)
    first = {}
    for url in (LIST, "/work/mine/", "/work/mine/?order=walk"):
        cost(url)
        first[url] = cost(url)
    for number in range(29):
        a_visit(officer, room=f"3{number:02}")
    assert {url: cost(url) for url in first} == first


def test_bulk_assign_moves_what_was_ticked(browser: Client, officer: Actor) -> None:
    post, _ = a_duty(officer)
    tasks = [a_visit(officer, room="201"), a_visit(officer, room="301")]
    data = {"task": [task.pk for task in tasks], "post": post.pk, "next": f"{LIST}?show=late"}
    answer = browser.post(f"{LIST}assign/", data)
    assert answer["Location"] == f"{LIST}?show=late"
    assert set(Task.objects.filter(post=post).values_list("pk", flat=True)) >= {t.pk for t in tasks}


@pytest.mark.parametrize(
    ("data", "words"),
    [({}, "请选择岗位"), ({"post": "x"}, "请选择岗位")],
)
def test_bulk_assign_says_what_is_missing(
    browser: Client, data: dict[str, Any], words: str
) -> None:
    answer = browser.post(f"{LIST}assign/", data, follow=True)
    assert words in answer.content.decode()


def test_a_grid_worker_cannot_assign(grid_worker: Actor) -> None:
    assert browser_of(grid_worker).post(f"{LIST}assign/", {}).status_code == 404


def test_export_print_and_building(browser: Client, officer: Actor) -> None:
    task = a_visit(officer)
    answer = browser.get(f"{LIST}?export=1")
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    assert AuditEntry.objects.filter(act="accounts.list_exported").exists()
    assert "101" in browser.get(f"{LIST}print/").content.decode()
    page = browser.get(f"{LIST}by-building/{task.building_id}/")
    assert [row.task.pk for row in page.context["rows"]] == [task.pk]


def test_above_a_community_there_are_counts(district_officer: Actor, officer: Actor) -> None:
    a_visit(officer)
    (row,) = browser_of(district_officer).get("/140109000000/work/").context["rows"]
    assert (row.area, row.active, row.late) == (COMMUNITY, 1, 0)


# ---- steps -----------------------------------------------------------------------------------


def test_cannot_needs_a_reason_and_reopen_too(browser: Client, officer: Actor) -> None:
    task = a_visit(officer)
    assert browser.post(step(task, "cannot"), {}).status_code == 200
    assert browser.post(step(task, "cannot"), {"reason": "nobody_home"}).status_code == 302
    assert browser.post(step(task, "reopen"), {"note": " "}).status_code == 200
    assert browser.post(step(task, "reopen"), {"note": "晚上再去"}).status_code == 302
    task.refresh_from_db()
    assert task.state == "open"


def test_handing_over(browser: Client, officer: Actor) -> None:
    post, _ = a_duty(officer)
    task = a_visit(officer, room="201")
    assert browser.post(step(task, "hand_over"), {"post": post.pk}).status_code == 302
    task.refresh_from_db()
    assert task.post_id == post.pk


def test_the_file_says_why_who_and_what_happened(browser: Client, officer: Actor) -> None:
    task = a_visit(officer)
    browser.post(step(task, "do"), {"note": "已核对"})
    words = browser.get(f"/work/tasks/{task.pk}/").content.decode()
    assert "人工" in words or "手工" in words
    assert "已核对" in words


def test_upper_levels_see_no_circumstances_without_a_reason(
    district_officer: Actor, officer: Actor
) -> None:
    task = a_visit(officer)
    page = browser_of(district_officer).get(f"/work/tasks/{task.pk}/")
    assert page.context["ask_url"].startswith(f"/{COMMUNITY}/reason/")
    assert page.context["care"] == ()


# ---- photos ----------------------------------------------------------------------------------


def test_a_photo_is_kept_shown_and_every_look_recorded(browser: Client, officer: Actor) -> None:
    task = a_visit(officer)
    browser.post(step(task, "do"), {"photo": photo(), "where": "门口"})
    proof = TaskProof.objects.get()
    answer = browser.get(f"/work/photos/{proof.pk}/")
    assert answer["Content-Type"] == "image/jpeg"
    assert "no-store" in answer["Cache-Control"]
    assert Image.open(io.BytesIO(answer.content)).size == (40, 30)
    assert AuditEntry.objects.filter(act="residents.looked_at", facts__what="photo").count() == 1


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (SimpleUploadedFile("a.jpg", b"MZ this is no photo"), "不是"),
        (SimpleUploadedFile("a.jpg", b"x" * (12 * 1024 * 1024 + 1)), "12 MB"),
        (SimpleUploadedFile("a.svg", b"<svg onload='alert(1)'/>"), "不是"),
    ],
)
def test_a_photo_that_is_none_loses_nothing(
    browser: Client, officer: Actor, file: SimpleUploadedFile, words: str
) -> None:
    task = a_visit(officer)
    file.seek(0)
    answer = browser.post(step(task, "do"), {"photo": file, "note": "老人独居，已送药"})
    page = answer.content.decode()
    assert words in page
    assert "老人独居，已送药" in page
    task.refresh_from_db()
    assert task.state == "open"
    assert not TaskProof.objects.exists()


# ---- by hand, templates, reminders -----------------------------------------------------------


def test_a_task_by_hand_for_a_door(browser: Client, officer: Actor) -> None:
    door = make_dwelling(room="101", grid=make_grid())
    home = make_household(dwelling=door)
    data = {
        "kind": "household_update",
        "building": door.building_id,
        "door": door.door,
        "due_at": f"{clock.now() + timedelta(days=2):%Y-%m-%dT%H:%M}",
        "key": "k",
    }
    for _ in range(2):
        assert browser.post(f"{LIST}new/", data).status_code == 302
    task = Task.objects.get()
    assert (task.subject_kind, task.subject) == ("household", home.pk)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"door": ""}, "请选择楼栋和门牌"),
        ({"door": "999"}, "没有 999"),
        ({"due_at": "2020-01-01T10:00"}, "已经过去"),
        ({"kind": "dancing"}, "dancing"),
    ],
)
def test_a_task_by_hand_says_what_is_wrong(
    browser: Client, officer: Actor, more: dict[str, str], words: str
) -> None:
    door = make_dwelling(room="101", grid=make_grid())
    make_household(dwelling=door)
    data = {
        "kind": "household_update",
        "building": door.building_id,
        "door": door.door,
        "due_at": f"{clock.now() + timedelta(days=2):%Y-%m-%dT%H:%M}",
    }
    page = browser.post(f"{LIST}new/", data | more)
    assert page.status_code == 200
    assert words in page.content.decode()
    assert not Task.objects.exists()


def test_a_template_makes_todays_tasks_at_once(browser: Client, officer: Actor) -> None:
    data = {"kind": "patrol", "rhythm": "daily", "hour": 20, "spread": "area"}
    assert browser.post(f"{LIST}templates/", data).status_code == 302
    assert Task.objects.filter(origin="template").count() == 1
    page = browser.get(f"{LIST}templates/")
    (row,) = page.context["rows"]
    browser.post(f"{LIST}templates/{row['template'].pk}/end/")
    assert "已停用" in browser.get(f"{LIST}templates/").content.decode()


def test_a_weekly_template_needs_its_days(browser: Client, officer: Actor) -> None:
    data = {"kind": "patrol", "rhythm": "weekly", "hour": 20, "spread": "area"}
    assert "星期" in browser.post(f"{LIST}templates/", data).content.decode()


def test_reminding_reaches_the_holder_and_not_twice_in_a_row(
    browser: Client, helper: Client, officer: Actor
) -> None:
    _post, task = a_duty(officer)
    url = f"/work/tasks/{task.pk}/remind/"
    assert "helper" in browser.post(url, follow=True).content.decode()
    assert "十分钟" in browser.post(url, follow=True).content.decode()
    assert "条消息" in helper.get("/work/mine/").content.decode()
