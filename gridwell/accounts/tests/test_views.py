"""Pages of accounts: status, scope, and what a refusal looks like."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gridwell.accounts import actions, queries
from gridwell.accounts.models import Post, PostDeputy, User
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.tests.make import PASSWORD, make_post, make_user
from gridwell.audit.models import AuditEntry
from gridwell.core import clock
from gridwell.places.tests.make import COMMUNITY, make_area, make_grid

pytestmark = pytest.mark.django_db


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


@pytest.fixture
def desk(officer: Actor) -> Client:
    return signed_in(officer)


def person(officer: Actor, username: str = "new") -> User:
    return actions.create_user(
        actor=officer, username=username, name="新人", area=make_area(), now=clock.now()
    )[0]


def test_an_account_is_made_and_its_password_shown_once(desk: Client) -> None:
    assert desk.get("/accounts/users/new/").status_code == 200
    answer = desk.post(
        "/accounts/users/new/", {"name": "王芳", "username": "wangfang", "area": COMMUNITY}
    )
    once = re.search(r"(?<=<code>)[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}", answer.content.decode())
    assert once
    assert "no-store" in answer["Cache-Control"]
    user = User.objects.get(username="wangfang")
    assert user.check_password(once[0])
    assert once[0] not in desk.get(f"/accounts/users/{user.pk}/").content.decode()


def test_a_refusal_stands_on_the_form(desk: Client, officer: Actor) -> None:
    person(officer, "taken")
    answer = desk.post(
        "/accounts/users/new/", {"name": "又一个", "username": "Taken", "area": COMMUNITY}
    )
    assert answer.status_code == 200
    assert "Taken" in answer.content.decode()
    assert User.objects.count() == 2


def test_lists_cost_the_same_for_one_and_for_thirty(desk: Client) -> None:
    def cost(url: str) -> int:
        desk.get(url)
        with CaptureQueriesContext(connection) as context:
            assert desk.get(url).status_code == 200
        return len(context)

    few = {url: cost(url) for url in ("/accounts/users/", "/accounts/posts/")}
    for number in range(30):
        post = make_post(
            holder=make_user(username=f"h{number}"),
            role=Role.GRID_WORKER,
            grids=(make_grid(number=str(number)),),
        )
        PostDeputy.objects.create(post=post, user=make_user(username=f"d{number}"))
    for url, before in few.items():
        assert cost(url) <= before, url


def test_the_list_of_posts_shows_what_has_no_name(desk: Client) -> None:
    make_post(holder=None, code="empty")
    page = desk.get("/accounts/posts/?state=no_a").content.decode()
    assert page.count("data-primary") == 1
    assert desk.get("/accounts/posts/?state=no_b").content.decode().count("data-primary") == 2
    assert desk.get("/accounts/posts/?state=away").status_code == 200
    assert "data-primary" not in desk.get("/accounts/posts/?q=没有这个").content.decode()


def test_pick_lists_hold_only_the_own_people(
    desk: Client, officer: Actor, other_officer: Actor
) -> None:
    page = desk.get(f"/accounts/posts/new/{COMMUNITY}/").content.decode()
    assert "officer · officer" in page
    assert "other_officer" not in page
    assert desk.get("/accounts/posts/new/140109008002/").status_code == 404
    assert "140109008002" not in desk.get("/accounts/posts/new/").content.decode()


def test_a_post_is_made_handed_over_and_ended(desk: Client, officer: Actor) -> None:
    first, second, grid = person(officer, "a"), person(officer, "b"), make_grid()
    answer = desk.post(
        f"/accounts/posts/new/{COMMUNITY}/",
        {"role": "grid_worker", "title": "一网格", "grids": [grid.pk], "holder": first.pk},
    )
    post = Post.objects.get(title="一网格")
    file = f"/accounts/posts/{post.pk}/"
    assert answer["Location"] == file
    desk.post(f"{file}deputies/", {"deputy_1": second.pk})
    assert first.name in desk.get(file).content.decode()
    desk.post(f"{file}holder/", {"holder": second.pk, "seen": first.pk, "reason": "换岗"})
    assert Post.objects.get(pk=post.pk).holder == second
    late = desk.post(f"{file}holder/", {"holder": "", "seen": first.pk})
    assert late.status_code == 200, "the second to decide sees the difference"
    assert Post.objects.get(pk=post.pk).holder == second
    desk.post(f"{file}grids/", {"grids": [grid.pk]})
    desk.post(f"{file}end/", {"reason": "撤岗"})
    assert not queries.posts_of(officer, clock.now()).filter(pk=post.pk).exists()
    assert desk.get(file).status_code == 200


def test_locking_ends_the_sessions_at_once(desk: Client, officer: Actor) -> None:
    user = person(officer)
    user.must_change_password = False
    user.save()
    theirs = Client()
    theirs.force_login(user)
    assert theirs.get("/account/").status_code == 200
    desk.post(f"/accounts/users/{user.pk}/lock/", {"reason": "手机丢失"})
    assert theirs.get("/account/").status_code == 302
    desk.post(f"/accounts/users/{user.pk}/unlock/")
    assert theirs.get("/account/").status_code == 200
    desk.post(f"/accounts/users/{user.pk}/reset/", {"reason": "忘记密码"})
    assert theirs.get("/account/").status_code == 302


def test_ending_an_account_leads_to_the_freed_posts(desk: Client, officer: Actor) -> None:
    user = person(officer)
    make_post(holder=user)
    answer = desk.post(f"/accounts/users/{user.pk}/end/", {"reason": "调离"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/accounts/posts/?state=no_a"


def test_absences_are_recorded_and_ended(desk: Client, officer: Actor) -> None:
    user = person(officer)
    start = clock.now().astimezone(clock.zone()) - timedelta(hours=1)
    desk.post(
        f"/accounts/users/{user.pk}/absence/",
        {"reason": "leave", "starts_at": f"{start:%Y-%m-%dT%H:%M}"},
    )
    absence = user.absences.get()
    assert desk.get("/accounts/users/?state=away").content.decode().count("data-primary") == 1
    desk.post(f"/accounts/users/{user.pk}/back/{absence.pk}/")
    absence.refresh_from_db()
    assert absence.ends_at is not None


def test_a_one_time_password_must_be_changed_first(officer: Actor) -> None:
    user, once = actions.create_user(
        actor=officer, username="fresh", name="新", area=make_area(), now=clock.now()
    )
    client = Client()
    client.post("/account/login/", {"login": "fresh", "password": once})
    for url in ("/account/", "/accounts/users/", "/account/2fa/"):
        assert client.get(url)["Location"] == "/account/password/", url
    same = client.post(
        "/account/password/", {"oldpassword": once, "password1": once, "password2": once}
    )
    assert same.status_code == 200
    assert User.objects.get(pk=user.pk).must_change_password
    good = {"oldpassword": once, "password1": "山西太原2022年冬", "password2": "山西太原2022年冬"}
    assert client.post("/account/password/", good).status_code == 302
    assert client.get("/account/").status_code == 200, "the session goes on"
    assert AuditEntry.objects.filter(act="accounts.password_changed").count() == 1


def test_the_person_s_language_is_kept(desk: Client, officer: Actor) -> None:
    assert 'lang="zh-CN"' in desk.get("/account/").content.decode()
    desk.post(reverse("core:set_language"), {"language": "en", "next": "/account/"})
    assert User.objects.get(pk=officer.user_id).language == "en"
    fresh = signed_in(officer)
    assert 'lang="en"' in fresh.get("/account/").content.decode()


def test_the_store_is_written_once_a_minute_at_most(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.get("/account/")

    def writes() -> int:
        with CaptureQueriesContext(connection) as context:
            desk.get("/account/")
        return sum("UPDATE" in q["sql"] or "INSERT" in q["sql"] for q in context)

    assert writes() == 0
    later = clock.now() + timedelta(seconds=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert writes() == 1


# ---- the reason before personal data -------------------------------------------------------------


def reason_url(area: int = COMMUNITY) -> str:
    return f"/{area}/reason/?next=/account/"


def test_a_reason_opens_names_for_half_an_hour(
    officer: Actor, district_officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gridwell.accounts import reasons

    client = signed_in(district_officer)
    assert client.get(reason_url(140109000000)).status_code == 200
    short = client.post(reason_url(140109000000), {"reason": "看", "next": "/account/"})
    assert short.status_code == 200
    given = client.post(reason_url(140109000000), {"reason": "核对178号通告", "next": "/account/"})
    assert given["Location"] == "/account/"
    entry = AuditEntry.objects.get(act="accounts.look_granted")
    assert (entry.community, entry.reason) == (140109000000, "核对178号通告")

    request: Any = client.get("/account/").wsgi_request
    request.actor = district_officer
    now = clock.now()
    assert reasons.has_look(request, COMMUNITY, now) == "核对178号通告"
    assert reasons.has_look(request, COMMUNITY, now + timedelta(minutes=31)) is None
    request.actor = officer
    request.actor = Actor(user_id=1, display_name="gone")
    assert reasons.has_look(request, COMMUNITY, now) is None, "the right was lost meanwhile"


def test_masking_again(officer: Actor) -> None:
    client = signed_in(officer)
    client.post(reason_url(), {"reason": "居民本人来问", "next": "/account/"})
    assert client.session["looks"]
    client.post(f"/{COMMUNITY}/reason/end/", {"next": "https://elsewhere.example/"})
    assert "looks" not in client.session


def test_the_way_back_is_ours(officer: Actor) -> None:
    client = signed_in(officer)
    answer = client.post(
        reason_url(), {"reason": "居民本人来问", "next": "https://elsewhere.example/"}
    )
    assert answer["Location"] == "/account/"


def test_a_view_of_names_asks_those_who_see_counts_only(
    officer: Actor, district_officer: Actor, rf: Any
) -> None:
    from django.contrib.sessions.backends.cache import SessionStore
    from django.http import HttpResponse

    from gridwell.accounts import reasons

    @reasons.names_need_reason
    def view(request: Any, area: int) -> HttpResponse:
        return HttpResponse(request.look_reason)

    def ask(actor: Actor) -> Any:
        request = rf.get("/page/")
        request.actor, request.session, request.area = actor, SessionStore(), make_area()
        return view(request, area=COMMUNITY)

    assert ask(officer).status_code == 200
    assert ask(district_officer)["Location"] == f"/{COMMUNITY}/reason/?next=%2Fpage%2F"


# ---- the trail -----------------------------------------------------------------------------------


def test_the_trail_is_paged_and_narrowed(desk: Client, officer: Actor) -> None:
    user = person(officer)
    for number in range(60):
        actions.change_user(
            actor=officer, user=user, name=f"名{number}", telephone="", now=clock.now()
        )
    url = f"/{COMMUNITY}/audit/"
    page = desk.get(url).content.decode()
    assert page.count('class="num" data-label') == 50
    assert "before=12" in page
    assert desk.get(f"{url}?before=12").content.decode().count('class="num" data-label') == 11
    narrowed = desk.get(f"{url}?act=accounts.user_created").content.decode()
    assert narrowed.count('class="num" data-label') == 1
    assert desk.get(f"{url}?act=nonsense&day=nonsense&before=x").status_code == 200
    with CaptureQueriesContext(connection) as context:
        desk.get(url)
    asked = [q["sql"] for q in context if "audit_auditentry" in q["sql"]]
    assert len(asked) == 1
    assert "COUNT(" not in asked[0]


@pytest.mark.parametrize("asked", ["day=9999-12-31", "day=0001-01-01", "before=x", "user=%00"])
def test_the_trail_takes_any_question(desk: Client, asked: str) -> None:
    assert desk.get(f"/{COMMUNITY}/audit/?{asked}").status_code == 200


def test_the_trail_goes_out_whole_with_its_count(desk: Client, officer: Actor) -> None:
    user = person(officer)
    actions.lock_user(actor=officer, user=user, reason="=1+1", now=clock.now())
    answer = desk.get(f"/{COMMUNITY}/audit.csv")
    text = b"".join(answer).decode("utf-8-sig")
    rows = text.splitlines()
    assert len([row for row in rows if row[:1].isdigit() and "," in row]) == 3
    assert "'=1+1" in text, "no cell computes"
    assert "officer" in rows[-1], "who took it out"
    assert AuditEntry.objects.filter(act="accounts.trail_exported").count() == 1


def test_an_upper_level_sees_the_trails_below(officer: Actor, district_officer: Actor) -> None:
    person(officer)
    page = signed_in(district_officer).get("/140109000000/audit/").content.decode()
    assert f"/{COMMUNITY}/audit/" in page


def test_passwords_of_the_cast_work() -> None:
    make_user(username="plain")
    answer = Client().post("/account/login/", {"login": "plain", "password": PASSWORD})
    assert answer["Location"] == "/"
