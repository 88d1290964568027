"""The sampling desk in a browser: the network goes, the desk goes on, everything arrives once."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from gridwell.accounts.models import User
from gridwell.core import clock
from gridwell.health.models import Sample, Tube
from gridwell.orders.models import RoundOrder
from gridwell.orders.tests.make import make_district
from gridwell.places.tests.make import make_dwelling, make_grid
from gridwell.residents.tests.make import make_household, make_resident
from gridwell.screening.actions.kits import kit_path, make_kit
from gridwell.screening.actions.rounds import open_round
from gridwell.screening.models import DeskContact, DeskEntry, Round, RoundMember
from gridwell.screening.queries.desk import access_desk
from gridwell.screening.tests.make import make_round
from gridwell.screening.tests.test_desk import DOCUMENT, a_team_member, opened, put

# The browser's loop runs in this thread; the database is never touched from within it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
PHRASE = "a long enough phrase"
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
    """Scan or type something; Enter alone at a hand's pace: faster, it is the scanner's second one."""
    if text == "":
        page.wait_for_timeout(120)
    page.locator("#entry").fill(text)
    page.locator("#entry").press("Enter")


#: Scans in the very moment in which the desk comes into sight, before it is laid.
SCAN_AT_ONCE = """(text) => {
    const work = document.querySelector("[data-desk-work]");
    new MutationObserver((_changes, watching) => {
        if (work.hidden) return;
        watching.disconnect();
        const form = work.querySelector("[data-desk-scan]");
        form.elements.namedItem("entry").value = text;
        form.requestSubmit();
    }).observe(work, { attributes: true, attributeFilter: ["hidden"] });
}"""


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
    page.locator("[data-desk-settle]").click()
    page.locator(".case", has_text="TUBE00001").get_by_role("button", name="维持原记录").click()
    page.get_by_role("heading", name="全部收下了").wait_for()
    page.go_back()
    assert page.faults == []


@pytest.fixture
def kit(row: Round, settings: Any, tmp_path: Path) -> Path:
    """A night's kit, made while the round of the day was planned and not open."""
    settings.GRIDWELL_FILES = str(tmp_path)
    Round.objects.filter(pk=row.pk).update(state="planned", opened_at=None)
    RoundMember.objects.all().delete()
    now = clock.now()
    RoundOrder.objects.update(on=clock.day_of(now))
    Round.objects.update(on=clock.day_of(now))
    bundle = make_kit(actor=_officer(), community=row.community_id, phrase=PHRASE, now=now)
    return kit_path(bundle)


def test_a_day_out_of_the_nightly_kit(page: Any, row: Round, kit: Path) -> None:
    page.goto("/desk/app/")  # on the day before
    page.wait_for_selector("[data-choices='0']", state="attached")
    page.wait_for_selector("[data-kept]", state="attached")
    page.context.set_offline(True)
    page.goto("/desk/")  # as it stands in the telephone's bookmarks
    page.wait_for_selector("[data-choices='0']", state="attached")
    page.set_input_files("#kit-file", kit)
    page.fill("#kit-phrase", "not the passphrase")
    page.get_by_role("button", name="打开应急包").click()
    page.locator("[data-desk-kit-said]", has_text="口令").wait_for()
    page.fill("#kit-phrase", PHRASE)
    page.get_by_role("button", name="打开应急包").click()
    page.locator("[data-desk-kit] li").nth(1).wait_for()
    picture(page, "desk-kit-390")
    page.locator("[data-desk-kit] li button").first.click()
    page.evaluate(SCAN_AT_ONCE, "TUBE00001")
    page.locator("[data-desk-seats] li button").first.click()
    page.locator("[data-desk-said]", has_text="TUBE00001").wait_for()
    scan(page, DOCUMENT)
    page.locator("[data-desk-in] b", has_text="张一").wait_for()
    page.reload()
    page.locator("[data-desk-in] b", has_text="张一").wait_for()
    picture(page, "desk-from-kit-390")

    page.context.set_offline(False)  # the server is back; nobody has opened the round yet
    page.locator("[data-desk-warn]", has_text="尚未开启").wait_for(timeout=20_000)
    assert not Sample.objects.exists()
    page.context.set_offline(True)
    assert DeskContact.objects.get().people == 1
    open_round(actor=_officer(), round=Round.objects.get(pk=row.pk), now=clock.now())
    page.context.set_offline(False)
    page.locator("[data-desk-wait]", has_text="已全部上传").wait_for(timeout=20_000)
    assert [sample.resident.name for sample in Sample.objects.all() if sample.resident] == ["张一"]
    assert not DeskEntry.objects.exclude(code="").exists()
    assert page.faults == []


def test_a_round_that_nobody_had_ordered_is_sent_when_it_is_known(
    page: Any, row: Round, kit: Path
) -> None:
    page.goto("/desk/app/")
    page.wait_for_selector("[data-choices='0']", state="attached")
    page.wait_for_selector("[data-kept]", state="attached")
    page.context.set_offline(True)
    page.set_input_files("#kit-file", kit)
    page.fill("#kit-phrase", PHRASE)
    page.get_by_role("button", name="打开应急包").click()
    page.locator("[data-desk-kit] li button", has_text="尚未下达").click()
    page.locator("[data-desk-seats] li button", has_text="尚未下达").click()
    scan(page, "TUBE00009")
    scan(page, "202")
    scan(page, "")
    page.locator("[data-desk-in] b", has_text="李五").wait_for()
    open_round(actor=_officer(), round=Round.objects.get(pk=row.pk), now=clock.now())
    page.context.set_offline(False)
    page.goto(f"/desk/{row.pk}/app/")
    page.locator("[data-desk-adopt] b", has_text="2").wait_for()
    page.locator("[data-desk-adopt] button").click()
    page.locator("[data-desk-in] b", has_text="李五").wait_for()
    sent = re.compile("^2 .*已全部上传")
    page.locator("[data-desk-wait]", has_text=sent).wait_for(timeout=20_000)
    names = Sample.objects.values_list("resident__name", flat=True)
    assert sorted(names) == ["李五", "李四"]
    assert page.faults == []


def test_the_kit_opens_itself_without_any_server(chromium: Any, row: Round, kit: Path) -> None:
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, offline=True)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto(kit.as_uri())
    page.fill("[name=phrase]", "not the passphrase")
    page.press("[name=phrase]", "Enter")
    page.locator("[data-kit-said]", has_text="口令").wait_for()
    assert page.locator("text=李五").count() == 0
    page.fill("[name=phrase]", PHRASE)
    page.press("[name=phrase]", "Enter")
    page.locator("[data-kit-sheets] td", has_text="李五").wait_for()
    page.fill("[data-kit-find]", "张二")
    page.locator("[data-kit-sheets] td", has_text="李五").wait_for(state="hidden")
    picture(page, "kit-open-1280")
    page.select_option("[data-kit-paper]", "blank-sheets.html")
    page.fill("[data-kit-find]", "")
    assert page.locator("text=李五").count() == 0
    assert faults == []
    context.close()


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
