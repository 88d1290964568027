"""The sampling desk in a browser: the network goes, the desk goes on, everything arrives once."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from gridwell.accounts.models import User
from gridwell.health.models import Sample, Tube
from gridwell.orders.tests.make import make_district
from gridwell.places.tests.make import make_dwelling, make_grid
from gridwell.residents.tests.make import make_household, make_resident
from gridwell.screening.models import DeskEntry, Round
from gridwell.screening.queries.desk import access_desk
from gridwell.screening.tests.make import make_round
from gridwell.screening.tests.test_desk import DOCUMENT, a_team_member, opened, put

# The browser's loop runs in this thread; the database is never touched from within it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def row(live_server: Any) -> Round:
    from gridwell.accounts.tests.make import make_actor

    make_district()
    home = make_household(dwelling=make_dwelling(room="101", grid=make_grid()))
    make_resident(household=home, name="张一", document=DOCUMENT, is_head=True)
    make_resident(household=home, name="张二")
    other = make_household(dwelling=make_dwelling(room="202", grid=make_grid()))
    make_resident(household=other, name="李四")
    make_resident(household=other, name="李五")
    return make_round(make_actor(username="officer"))


@pytest.fixture
def page(live_server: Any, chromium: Any, row: Round) -> Iterator[Any]:
    """A telephone on which a member of a sampling group is signed in."""
    client = Client()
    client.force_login(User.objects.get(pk=a_team_member().user_id))
    url = live_server.url.replace("127.0.0.1", "localhost")
    context = chromium.new_context(viewport={"width": 390, "height": 844}, base_url=url)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda fault: page.faults.append(str(fault)))
    yield page
    context.close()


def scan(page: Any, text: str) -> None:
    page.locator("#entry").fill(text)
    page.locator("#entry").press("Enter")


def picture(page: Any, name: str) -> None:
    folder = os.environ.get("GRIDWELL_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_an_hour_without_network(page: Any, row: Round) -> None:
    page.goto(f"/desk/{row.pk}/app/")
    page.wait_for_selector("[data-ready]", state="attached")
    assert page.locator("[data-desk-app]").get_attribute("data-fault") is None
    scan(page, "TUBE00001")
    scan(page, DOCUMENT)
    page.locator("[data-desk-in] b", has_text="张一").wait_for()
    page.locator("[data-desk-wait]", has_text="已全部上传").wait_for()
    assert Sample.objects.count() == 1

    page.context.set_offline(True)
    scan(page, "202")
    page.locator("[data-desk-meant] li").nth(1).wait_for()
    picture(page, "desk-meant-390")
    scan(page, "")  # Enter alone: all of them
    page.locator("[data-desk-in] b", has_text="李五").wait_for()
    page.locator("[data-desk-undo]").click()
    page.locator("[data-desk-in] b", has_text="李五").wait_for(state="detached")
    page.reload()  # the battery died, the telephone was started again
    page.locator("[data-desk-in] b", has_text="李四").wait_for()
    scan(page, "TUBE00002")
    scan(page, DOCUMENT)
    page.locator("[data-desk-said].is-bad", has_text="张一").wait_for()
    scan(page, "101")
    scan(page, "2")
    page.locator("[data-desk-in] b", has_text="张二").wait_for()
    assert Sample.objects.count() == 1
    picture(page, "desk-offline-390")

    page.context.set_offline(False)
    page.locator("[data-desk-wait]", has_text="已全部上传").wait_for(timeout=20_000)
    page.reload()
    page.locator("[data-desk-in] b", has_text="张二").wait_for()
    standing = Sample.objects.filter(superseded_at=None)
    assert sorted(standing.values_list("resident__name", flat=True)) == ["张一", "张二", "李四"]
    assert list(Tube.objects.order_by("opened_at").values_list("code", "state")) == [
        ("TUBE00001", "closed"),
        ("TUBE00002", "open"),
    ]
    assert not DeskEntry.objects.exclude(code="").exists()
    assert page.faults == []
    page.set_viewport_size({"width": 1280, "height": 800})
    picture(page, "desk-app-1280")


def test_what_another_desk_had_done_meanwhile_is_named(page: Any, row: Round) -> None:
    page.goto(f"/desk/{row.pk}/app/")
    page.wait_for_selector("[data-ready]", state="attached")
    page.context.set_offline(True)
    scan(page, "TUBE00002")
    scan(page, DOCUMENT)
    page.locator("[data-desk-in] b", has_text="张一").wait_for()
    officer = access_desk(_officer(), row.pk)
    household = Round.objects.get(pk=row.pk).members.first().household
    assert household is not None
    first = household.memberships.get(is_head=True).resident
    put(officer, opened(officer, "TUBE00001", desk="other"), first)
    page.context.set_offline(False)
    page.locator("[data-desk-refused] li", has_text="TUBE00001").wait_for(timeout=20_000)
    page.locator("[data-desk-in] b").wait_for(state="detached")
    assert Sample.objects.filter(superseded_at=None).count() == 1
    assert page.faults == []


def _officer() -> Any:
    from gridwell.accounts.tests.make import make_actor

    return make_actor(username="officer")


def test_the_simple_page_at_both_widths(page: Any, row: Round) -> None:
    page.goto(f"/desk/{row.pk}/")
    scan(page, "TUBE00001")
    scan(page, "101")
    page.locator(".meant button").click()
    page.locator(".in-tube b", has_text="张二").wait_for()
    picture(page, "desk-simple-390")
    page.goto(f"/desk/{row.pk}/boxes/")
    picture(page, "box-list-390")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"/desk/{row.pk}/")
    picture(page, "desk-simple-1280")
    page.goto("/desk/")
    picture(page, "desk-list-1280")
    assert page.faults == []
