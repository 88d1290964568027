"""Pages of posts with A and B across packages: homes, hand-backs with their tasks, the alarm of Today."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from gridwell.accounts import actions as accounts
from gridwell.accounts import queries
from gridwell.accounts.models import Post, PostDeputy, StandIn, User
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.tests.make import make_post, make_user
from gridwell.command.queries.lines import tasks_of_stand_in
from gridwell.core import clock
from gridwell.orders.tests.make import NOW, make_building, make_district
from gridwell.places.models import Area
from gridwell.places.tests.make import COMMUNITY, OTHER_COMMUNITY, make_grid
from gridwell.residents.models import Resident
from gridwell.tasks.models import Task

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def desk(officer: Actor, monkeypatch: pytest.MonkeyPatch) -> Client:
    make_district()
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return signed_in("officer")


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=name))
    return client


def colleague(name: str = "a") -> User:
    user = make_user(username=name, name="住户1010")
    User.objects.filter(pk=user.pk).update(area=COMMUNITY)
    return user


def make_line() -> Post:
    post = make_post(holder=colleague(), role=Role.GRID_WORKER, grids=(make_grid(),))
    PostDeputy.objects.create(post=post, user=make_user(username="b"))
    return post


# ---- homes --------------------------------------------------------------------------------------


def test_a_home_is_said_by_its_door_and_taken_away_again(desk: Client) -> None:
    make_building(rooms=("101", "201"))
    user = colleague()
    url = reverse("user_home", kwargs={"user": user.pk})
    assert desk.get(url).status_code == 200
    sent = desk.post(url, {"community": COMMUNITY, "door": "1-1-101", "lives_elsewhere": "on"})
    assert sent.status_code == 302
    user.refresh_from_db()
    assert user.home is not None
    assert user.home.door == "1-1-101"
    assert user.lives_elsewhere
    assert user.home.full_name in desk.get(sent["Location"]).text
    desk.post(url, {"community": COMMUNITY, "door": "  "})
    user.refresh_from_db()
    assert user.home is None


@pytest.mark.parametrize(
    ("door", "entry", "words"),
    [
        ("9-9-999", "", "9-9-999"),
        ("1-1-101", "无此人", "无此人"),
        ("x" * 121, "", ""),
    ],
)
def test_what_names_no_home_is_said_in_place(
    desk: Client, door: str, entry: str, words: str
) -> None:
    make_building(rooms=("101",))
    user = colleague()
    url = reverse("user_home", kwargs={"user": user.pk})
    page = desk.post(url, {"community": COMMUNITY, "door": door, "entry": entry})
    assert page.status_code == 200
    assert page.context["form"].errors
    assert words in page.text
    user.refresh_from_db()
    assert user.home is None


def test_a_door_in_two_compounds_is_asked_for_in_full(desk: Client) -> None:
    make_building(rooms=("101",))
    make_building(compound="银桂苑", rooms=("101",))
    url = reverse("user_home", kwargs={"user": colleague().pk})
    page = desk.post(url, {"community": COMMUNITY, "door": "1-1-101"})
    assert "金桂苑" in page.text
    assert "银桂苑" in page.text
    assert (
        desk.post(url, {"community": COMMUNITY, "door": "银桂苑1号楼1单元101"}).status_code == 302
    )


def test_an_entry_is_linked_only_by_whoever_sees_the_names(desk: Client) -> None:
    make_building(rooms=("101",))
    make_building(community=OTHER_COMMUNITY, rooms=("101",))
    user = colleague()
    url = reverse("user_home", kwargs={"user": user.pk})
    desk.post(url, {"community": COMMUNITY, "door": "1-1-101", "entry": "住户1011"})
    user.refresh_from_db()
    assert user.resident == Resident.objects.get(community=COMMUNITY, name="住户1011").pk
    page = desk.post(url, {"community": OTHER_COMMUNITY, "door": "1-1-101", "entry": "住户1011"})
    assert page.context["form"].non_field_errors()
    sent = desk.post(url, {"community": OTHER_COMMUNITY, "door": "1-1-101"})
    assert sent.status_code == 302, "where somebody lives is no secret of the register"


# ---- hand-backs ---------------------------------------------------------------------------------


def task(post: Post, number: int, **facts: object) -> Task:
    given = {
        "community_id": COMMUNITY,
        "kind": "free",
        "title": f"任务{number}",
        "post": post,
        "origin": "person",
        "basis": f"person:{number}",
        "starts_at": NOW,
        "due_at": NOW + HOUR,
        "asked_at": NOW,
        "created_at": NOW,
        "changed_at": NOW,
        **facts,
    }
    return Task.objects.create(**given)


def test_the_hand_back_lists_what_b_did_and_a_confirms(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = make_line()
    first, second = (User.objects.get(username=name) for name in "ab")
    absence = accounts.record_absence(
        actor=Actor.system(COMMUNITY), user=first, reason="illness", starts_at=NOW, now=NOW
    )
    done = {"state": "done", "done_by": second}
    task(post, 1, **done, done_at=NOW + HOUR)
    task(post, 2, **done, done_at=NOW - HOUR)  # before
    task(post, 3, state="done", done_by=first, done_at=NOW + HOUR)  # somebody else
    task(post, 4, state="taken", taken_by=second, taken_at=NOW + HOUR)
    stand_in = StandIn.objects.get()
    assert {row.title for row in tasks_of_stand_in(stand_in)} == {"任务1", "任务4"}
    later = NOW + 2 * HOUR
    monkeypatch.setattr(clock, "now", lambda: later)
    accounts.end_absence(actor=Actor.system(COMMUNITY), absence=absence, now=later)
    url = reverse("hand_back", kwargs={"stand_in": stand_in.pk})
    mine = signed_in("a")
    assert url in mine.get(reverse("my_account")).text
    page = mine.get(url).text
    assert "任务1" in page
    assert "任务2" not in page
    assert signed_in("b").get(url).status_code == 200
    assert not signed_in("b").get(url).context["may_confirm"]
    assert mine.post(url, {"remark": ""}).status_code == 302
    stand_in.refresh_from_db()
    assert stand_in.confirmed_at == later
    assert url not in mine.get(reverse("my_account")).text


def test_a_strangers_hand_back_is_not_there(desk: Client, other_officer: Actor) -> None:
    make_line()
    accounts.record_absence(
        actor=Actor.system(COMMUNITY),
        user=User.objects.get(username="a"),
        reason="leave",
        starts_at=NOW,
        now=NOW,
    )
    url = reverse("hand_back", kwargs={"stand_in": StandIn.objects.get().pk})
    assert signed_in("other_officer").get(url).status_code == 404
    assert desk.get(url).status_code == 200
    assert desk.get(reverse("hand_back", kwargs={"stand_in": 10**9})).status_code == 404


# ---- alarms -------------------------------------------------------------------------------------


def test_today_and_the_list_of_posts_raise_the_alarm(desk: Client) -> None:
    post = make_line()
    make_building(rooms=("101",))
    today = reverse("today", kwargs={"area": COMMUNITY})
    url = reverse("post_file", kwargs={"post": post.pk})
    assert url not in desk.get(today).text
    for name in "ab":
        accounts.record_absence(
            actor=Actor.system(COMMUNITY),
            user=User.objects.get(username=name),
            reason="leave",
            starts_at=NOW,
            now=NOW,
        )
    assert url in desk.get(today).text
    assert [row.id for row in desk.get(reverse("post_list")).context["alarms"]] == [post.pk]


def test_a_post_says_why_its_deputy_acts(desk: Client) -> None:
    post = make_line()
    accounts.record_absence(
        actor=Actor.system(COMMUNITY),
        user=User.objects.get(username="a"),
        reason="isolation",
        starts_at=NOW,
        ends_at=NOW + 72 * HOUR,
        now=NOW,
    )
    page = desk.get(reverse("post_file", kwargs={"post": post.pk})).text
    assert "A角（住户1010）缺岗：隔离中" in page or "隔离" in page
    assert "<b>b</b>" in page


def test_heads_and_members_are_made_on_the_form(desk: Client) -> None:
    building = make_building(rooms=("101",))
    url = reverse("post_new", kwargs={"at": COMMUNITY})
    facts = {"role": "building_head", "title": "1号楼楼长", "activates_in": "emergency"}
    assert desk.post(url, facts).context["form"].errors
    assert desk.post(url, facts | {"place": building.pk}).status_code == 302
    post = Post.objects.get(role=Role.BUILDING_HEAD)
    assert (post.place, post.is_standby) == (building, True)
    team = accounts.create_team(
        actor=queries.actor_of(User.objects.get(username="officer"), NOW),
        area=Area.objects.get(pk=COMMUNITY),
        kind="sampling",
        name="采样组",
        now=NOW,
    )
    facts = {"role": "team_member", "title": "采样员", "team": team.pk}
    assert desk.post(url, facts).status_code == 302
    assert Post.objects.get(role=Role.TEAM_MEMBER).team == team


def test_the_reserve_list_and_rehearsals_on_their_pages(desk: Client) -> None:
    post = make_line()
    sent = desk.post(
        reverse("reserve_new"), {"area": COMMUNITY, "name": "李四", "roles": ["grid_worker"]}
    )
    assert sent.status_code == 302
    assert "李四" in desk.get(reverse("reserve_list"), {"role": "grid_worker"}).text
    assert "李四" not in desk.get(reverse("reserve_list"), {"role": "unit_head"}).text
    url = reverse("post_rehearsal", kwargs={"post": post.pk})
    second = User.objects.get(username="b")
    facts = {"held_on": "2022-11-23", "stood_in": second.pk, "result": "failed"}
    assert desk.post(url, facts).context["form"].errors
    assert desk.post(url, facts | {"remark": "找不到任务"}).status_code == 302
    assert "找不到任务" in desk.get(reverse("post_file", kwargs={"post": post.pk})).text
    rows = desk.get(reverse("post_list"), {"state": "not_rehearsed"}).context["lines"]
    assert post.pk not in [line.post.pk for line in rows]
