"""A form of the report in a browser: made by keys, tried, filled by a community; at a desk and on a phone."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Role
from gridwell.accounts.tests.make import make_actor
from gridwell.core import clock
from gridwell.orders.tests.make import make_building, make_district
from gridwell.places.tests.make import COMMUNITY
from gridwell.screening.actions.rounds import close_round
from gridwell.screening.models import ReportLayout, Round, RoundMember
from gridwell.screening.tests.make import make_round, make_sample

# The browser's loop runs in this thread; the database is never touched from within it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
DISTRICT = 140109000000


@pytest.fixture
def row(live_server: Any) -> Round:
    """A closed round of four, three of them sampled."""
    officer, now = make_actor(username="officer"), clock.now()
    make_actor(username="district", role=Role.DISTRICT_OFFICER, area=DISTRICT)
    make_district()
    make_building(rooms=("101", "201"), people=2)
    opened = make_round(officer, on=clock.day_of(now), now=now)
    for member in RoundMember.objects.filter(round=opened).order_by("pk")[:3]:
        make_sample(member, at=now)
    return close_round(actor=officer, round=opened, now=now, reason="外出")


@pytest.fixture(params=[1280, 390])
def browse(request: Any, live_server: Any, chromium: Any, row: Round) -> Iterator[Any]:
    """Return a page in which somebody is signed in, of this width."""
    url = live_server.url.replace("127.0.0.1", "localhost")
    contexts, faults = [], []

    def of(username: str) -> Any:
        client = Client()
        client.force_login(User.objects.get(username=username))
        context = chromium.new_context(
            viewport={"width": request.param, "height": 900}, base_url=url
        )
        contexts.append(context)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])
        page = context.new_page()
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        return page

    yield of
    for context in contexts:
        context.close()
    assert faults == []


def fields(page: Any) -> list[str]:
    """Return the contents of the columns as they stand on the page."""
    return page.eval_on_selector_all("select[name$=-field]", "all => all.map(one => one.value)")


def pressed(page: Any, act: Any) -> None:
    with page.expect_navigation():
        act()
    page.wait_for_load_state("networkidle")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, f"{page.url} is wider than the screen"


def test_a_district_makes_it_by_keys_and_a_community_fills_it(browse: Any, row: Round) -> None:
    district = browse("district")
    district.goto(reverse("round_layout_new", args=[DISTRICT]) + "?from=results")
    district.fill("#id_name", "区结果快报")
    assert fields(district)[:3] == ["community", "day", "round"]
    district.locator("button[value='down:0']").focus()
    pressed(district, lambda: district.keyboard.press("Enter"))
    assert fields(district)[:3] == ["day", "community", "round"]
    pressed(district, lambda: district.keyboard.press("Enter"))  # the focus went with the column
    assert fields(district)[:3] == ["day", "round", "community"]
    assert district.input_value("#id_name") == "区结果快报"
    district.fill("#id_form-0-header", "日期/采样日")
    pressed(district, lambda: district.click("button[name=preview]"))
    tried = district.locator("section", has=district.locator("#tried"))
    assert "采样日" in tried.inner_text()
    assert not ReportLayout.objects.exists()
    district.focus("#id_title")
    pressed(district, lambda: district.keyboard.press("Enter"))  # saves: the first button
    assert ReportLayout.objects.get().area_id == DISTRICT

    officer = browse("officer")
    officer.goto(reverse("round_report", args=[COMMUNITY, row.pk]))
    mine = officer.locator("li", has_text="区结果快报")
    with officer.expect_download() as sent:
        mine.get_by_role("link", name="CSV").click()
    assert sent.value.suggested_filename.startswith("区结果快报")
    pressed(officer, lambda: mine.get_by_role("link", name="区结果快报", exact=True).click())
    cells = officer.eval_on_selector_all(
        "tbody td", "all => Object.fromEntries(all.map(one => [one.dataset.label, one.innerText]))"
    )
    assert (cells["已采"], cells["未出结果"]) == ("3", "3")


def test_removing_is_said_again_and_taken_back(browse: Any) -> None:
    district = browse("district")
    district.goto(reverse("round_layout_new", args=[DISTRICT]))
    district.fill("#id_name", "区日报")
    pressed(district, lambda: district.click("main button.is-main[type=submit]:not(.vh)"))
    line = district.locator("tr", has_text="区日报")
    pressed(district, lambda: line.get_by_role("link", name="删除").click())
    pressed(district, lambda: district.click("button[name=confirmed]"))
    assert ReportLayout.objects.get().removed_at is not None
    pressed(district, lambda: district.get_by_role("button", name="恢复").click())
    assert ReportLayout.objects.get().removed_at is None
