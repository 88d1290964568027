"""The frame: navigation by actor and scope, slots, the pages of core itself."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import resolve

from gridwell.core import assets, frame
from gridwell.core.frame import Badge, Frame, Scope


@pytest.fixture(autouse=True)
def registry(monkeypatch: pytest.MonkeyPatch) -> frame._Registry:
    """An empty registry, so that the packages' own pages do not count here."""
    fresh = frame._Registry()
    monkeypatch.setattr(frame, "_registry", fresh)
    frame.register_word("second", "Second", 2)
    frame.register_word("first", "First", 1)
    return fresh


LI = SimpleNamespace(display_name="Li", posts=())


def asked(path: str, actor: Any = LI) -> HttpRequest:
    request = RequestFactory().get(path)
    request.resolver_match = resolve(path)
    if actor is not None:
        request.actor = actor
    return request


def test_words_come_in_their_order_and_an_empty_one_has_its_page() -> None:
    entries = Frame(asked("/language/")).words
    assert [(entry.code, entry.url) for entry in entries] == [
        ("first", "/word/first/"),
        ("second", "/word/second/"),
    ]


def test_a_word_without_a_page_for_somebody_stands_only_where_it_is_to() -> None:
    frame.register_page("first", "Styles", "core:style_guide", 1)
    frame.register_word("second", "Second", 2, stays=lambda actor: actor.has_desk)
    for has_desk, codes in ((True, ["first", "second"]), (False, ["first"])):
        actor = SimpleNamespace(display_name="Li", posts=(), has_desk=has_desk)
        assert [entry.code for entry in Frame(asked("/language/", actor)).words] == codes


def test_only_the_open_word_shows_its_pages() -> None:
    frame.register_page("first", "Styles", "core:style_guide", 1)
    frame.register_page("first", "Sign in", "core:keep_alive", 2)
    first, second = Frame(asked("/style-guide/")).words
    assert first.is_on
    assert not second.is_on
    assert [(page.label, page.is_on) for page in first.pages] == [
        ("Styles", True),
        ("Sign in", False),
    ]
    assert Frame(asked("/language/")).words[0].pages == ()


def test_a_single_page_is_the_word_itself() -> None:
    frame.register_page("first", "Styles", "core:style_guide", 1)
    first = Frame(asked("/style-guide/")).words[0]
    assert (first.url, first.is_on, first.pages) == ("/style-guide/", True, ())


def test_a_page_not_for_this_person_is_left_out() -> None:
    frame.register_page("first", "Styles", "core:style_guide", 1, visible=lambda actor: False)
    assert Frame(asked("/style-guide/")).words[0].url == "/word/first/"


def test_a_page_of_the_lowest_areas_is_left_out_above_them() -> None:
    frame.register_page("first", "Styles", "core:style_guide", 1, only_lowest=True)
    frame.register_scope(lambda request: Scope(is_lowest=False))
    assert Frame(asked("/language/")).words[0].url == "/word/first/"
    frame.register_scope(lambda request: Scope())
    assert Frame(asked("/language/")).words[0].url == "/style-guide/"


def test_a_page_without_address_in_this_scope_is_left_out() -> None:
    frame.register_page("first", "Job", "core:job", 1)
    assert Frame(asked("/language/")).words[0].url == "/word/first/"
    frame.register_scope(lambda request: Scope({"ref": "0193d9d2-0000-7000-8000-000000000000"}))
    assert Frame(asked("/language/")).words[0].url.startswith("/jobs/0193d9d2")


@pytest.mark.parametrize("way", ["covers", "path", "told"])
def test_deeper_pages_keep_their_entry_lit(way: str) -> None:
    covers = ("core:set",) if way == "covers" else ()
    frame.register_page("second", "Sign in", "core:keep_alive", 1, covers=covers)
    request = asked("/language/")
    if way == "path":
        request.path = "/keep-alive/more/"
    if way == "told":
        frame.stand_at(request, "core:keep_alive")
    assert Frame(request).word == "second"


def test_the_stranger_gets_no_navigation() -> None:
    frame.register_page("first", "Styles", "core:style_guide", 1)
    frame.register_badges(lambda request: [Badge("war")], 1)
    frame.register_search("core:style_guide")
    stranger = Frame(asked("/style-guide/", actor=None))
    assert [entry.url for entry in stranger.words] == ["/word/first/", "/word/second/"]
    assert (stranger.badges, stranger.search_url, stranger.idle_seconds) == ([], None, 0)


def test_links_stand_in_their_places() -> None:
    request = asked("/language/")
    assert (Frame(request).person_links, Frame(request).idle_url) == ([], "/")
    frame.register_link("person", "Out", "core:set_language", 2, method="post")
    frame.register_link("person", "In", "core:keep_alive", 1)
    frame.register_link("person", "Boss", "core:style_guide", 3, visible=lambda actor: False)
    frame.register_link("idle", "Over", "core:keep_alive", 1)
    shown = Frame(request)
    assert [(link.label, link.method) for link in shown.person_links] == [
        ("In", "get"),
        ("Out", "post"),
    ]
    assert shown.idle_url == "/keep-alive/"


def test_slots_are_asked_once_for_all_ids_in_their_order() -> None:
    calls = []

    def late(actor: Any, ids: Any, day: date) -> list[Any]:
        calls.append(list(ids))
        return [SimpleNamespace(subject=number, text="late") for number in ids]

    def early(actor: Any, ids: Any, day: date) -> list[Any]:
        return [SimpleNamespace(subject=2, text="early")]

    frame.register_slot("marks", late, 20)
    frame.register_slot("marks", early, 10)
    frame.register_slot("marks", late, 20)  # ready() may run twice
    day = date(2022, 11, 23)
    assert [row.text for row in frame.fill("marks", None, [1, 2], day)] == ["early", "late", "late"]
    assert calls == [[1, 2]]
    found = frame.fill_by_subject("marks", None, [1, 2], day)
    assert [row.text for row in found[2]] == ["early", "late"]
    assert frame.fill("nothing", None, [1], day) == []


@pytest.fixture
def signed_in(officer: Any, client: Client) -> Client:
    from gridwell.accounts.models import User

    client.force_login(User.objects.get(pk=officer.user_id))
    return client


def test_a_word_without_pages_says_so(signed_in: Client) -> None:
    assert signed_in.get("/word/first/").status_code == 200
    assert signed_in.get("/word/nothing/").status_code == 404


def test_keep_alive_prolongs_the_session(signed_in: Client) -> None:
    before = signed_in.session.get_expiry_date()
    answer = signed_in.get("/keep-alive/")
    assert answer.status_code == 204
    assert "sessionid" in answer.cookies
    assert signed_in.session.get_expiry_date() >= before


@pytest.mark.parametrize("path", ["/word/first/", "/keep-alive/", "/style-guide/"])
@pytest.mark.django_db
def test_the_stranger_is_led_to_the_sign_in(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 302
    assert "/login/" in answer["Location"]


def test_the_style_page_is_for_the_demo_only(signed_in: Client, settings: Any) -> None:
    assert signed_in.get("/style-guide/").status_code == 404
    settings.DEMO = True
    page = signed_in.get("/style-guide/")
    assert page.status_code == 200
    assert 'class="figures"' in page.content.decode()
    assert "style=" not in page.content.decode()


def test_a_missing_front_end_has_a_page_that_says_what_to_do(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    signed_in.raise_request_exception = False
    monkeypatch.setattr(assets, "DIST", tmp_path)
    page = signed_in.get("/word/first/")
    assert page.status_code == 503
    assert "make frontend" in page.content.decode()


def test_a_fault_has_a_page_that_needs_nothing(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in.raise_request_exception = False

    def broken() -> list[Any]:
        raise ZeroDivisionError

    monkeypatch.setattr(frame, "words", broken)
    page = signed_in.get("/word/first/")
    assert page.status_code == 500
    assert "服务器出错" in page.content.decode()


def test_a_missing_page_keeps_the_frame_for_those_inside(signed_in: Client) -> None:
    page = signed_in.get("/word/nothing/").content.decode()
    assert 'id="nav"' in page
    signed_in.logout()
    assert 'id="nav"' not in signed_in.get("/nowhere/").content.decode()


def test_the_language_switch(client: Client) -> None:
    page = client.get("/nowhere/", headers={"accept-language": "zh-hans"}).content.decode()
    assert 'lang="zh-CN"' in page
    assert "没有找到" in page
    answer = client.post("/language/", {"language": "en", "next": "/nowhere/"})
    assert answer["Location"] == "/nowhere/"
    assert "Not found" in client.get("/nowhere/").content.decode()
