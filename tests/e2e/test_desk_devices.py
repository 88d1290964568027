"""What a telephone keeps of a sampling desk: nothing after sign-out but what is not sent; each to their own."""

import base64
import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from gridwell.accounts.models import User
from gridwell.accounts.tests.make import make_actor
from gridwell.core import clock
from gridwell.health.models import Sample, Tube
from gridwell.orders.tests.make import make_district
from gridwell.places.tests.make import make_dwelling, make_grid
from gridwell.residents.tests.make import make_household, make_resident
from gridwell.screening.models import DeskEntry, Round, RoundMember
from gridwell.screening.tests.make import make_round
from gridwell.screening.tests.test_desk import DOCUMENT, a_team_member
from tests.e2e.test_sampling_desk import scan

# The browser's loop runs in this thread; the database is never touched from within it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

NAMES = ("张一", "张二", "李四")

#: Everything that this origin keeps, as text; what is encrypted shows as its size.
ON_DEVICE = """async () => {
  const db = await new Promise((resolve, reject) => {
    const request = indexedDB.open("gridwell-desk");
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const found = {};
  for (const name of db.objectStoreNames) {
    found[name] = await new Promise((resolve) => {
      const request = db.transaction(name).objectStore(name).getAll();
      request.onsuccess = () => resolve(request.result);
    });
  }
  db.close();
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      if (!request.url.includes("/static/")) found[request.url] = await (await cache.match(request)).text();
    }
  }
  found.local = {...localStorage};
  found.session = {...sessionStorage};
  return JSON.stringify(found);
}"""


@pytest.fixture
def row(live_server: Any) -> Round:
    make_district()
    home = make_household(dwelling=make_dwelling(room="101", grid=make_grid()))
    make_resident(household=home, name=NAMES[0], document=DOCUMENT, is_head=True)
    make_resident(household=home, name=NAMES[1])
    other = make_household(dwelling=make_dwelling(room="202", grid=make_grid()))
    make_resident(household=other, name=NAMES[2])
    return make_round(make_actor(username="officer"))


def sign_in(context: Any, url: str, user: int) -> None:
    client = Client()
    client.force_login(User.objects.get(pk=user))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])


@pytest.fixture
def phone(live_server: Any, chromium: Any, row: Round) -> Iterator[Any]:
    """A telephone on which a member of a sampling group is signed in."""
    url = live_server.url.replace("127.0.0.1", "localhost")
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, base_url=url, locale="zh-CN"
    )
    member = a_team_member().user_id
    sign_in(context, url, member)
    context.member, context.url = member, url
    yield context
    context.close()


def desk(phone: Any, row: Round) -> Any:
    """Open the desk in a tab of its own."""
    page = phone.new_page()
    page.faults = []
    page.on("pageerror", lambda fault: page.faults.append(str(fault)))
    page.goto(f"/desk/{row.pk}/app/")
    page.wait_for_selector("[data-ready]", state="attached")
    return page


def leave(page: Any, path: str = "/account/logout/") -> None:
    """Press sign-out, or change of user, as the menu has it."""
    page.goto("/desk/")
    page.eval_on_selector(f"form[action='{path}']", "(form) => form.requestSubmit()")


def on_device(page: Any) -> dict[str, Any]:
    return dict(json.loads(page.evaluate(ON_DEVICE)))


def sent(page: Any) -> None:
    page.locator("[data-desk-wait]", has_text="已全部上传").wait_for(timeout=30_000)


@pytest.mark.parametrize("path", ["/account/logout/", "/account/switch/"])
def test_nothing_is_left_after_sign_out(phone: Any, row: Round, path: str) -> None:
    page = desk(phone, row)
    scan(page, "TUBE00001")
    scan(page, DOCUMENT)
    page.locator("[data-desk-in] b", has_text=NAMES[0]).wait_for()
    sent(page)
    kept = on_device(page)
    assert kept["packages"]
    assert not any(name in json.dumps(kept, ensure_ascii=False) for name in (*NAMES, DOCUMENT))
    leave(page, path)
    page.wait_for_url("**/account/login/**")
    kept = on_device(page)
    assert (kept["packages"], kept["acts"]) == ([], [])
    assert not any(name in json.dumps(kept, ensure_ascii=False) for name in (*NAMES, DOCUMENT))
    # And without network the desk opens on nothing.
    phone.set_offline(True)
    page.goto("/desk/")
    page.locator("[data-desk-none]").wait_for()
    assert page.faults == []


def test_what_is_not_sent_stays_and_is_said(phone: Any, row: Round) -> None:
    page = desk(phone, row)
    scan(page, "TUBE00001")
    scan(page, DOCUMENT)
    page.locator("[data-desk-in] b", has_text=NAMES[0]).wait_for()
    sent(page)
    page.route("**/send/", lambda route: route.abort())  # the page answers, the way up does not
    scan(page, "202")
    page.locator("[data-desk-meant] li").wait_for()
    page.wait_for_timeout(150)
    scan(page, "")
    page.locator("[data-desk-in] b", has_text=NAMES[2]).wait_for()
    leave(page)
    question = page.locator("#confirm[open]")
    question.filter(has_text="1人").wait_for()
    page.keyboard.press("Escape")
    assert on_device(page)["packages"]  # nothing was done
    leave(page)
    page.click("#confirm[open] [data-part=yes]")
    page.wait_for_url("**/account/login/**")
    kept = on_device(page)
    assert kept["packages"] == []
    assert [row["what"] for row in kept["acts"]] == ["waiting"]
    assert not any(name in json.dumps(kept, ensure_ascii=False) for name in NAMES)

    # A colleague on the same telephone is told, and sends nothing of it.
    officer = User.objects.get(username="officer").pk
    sign_in(phone, phone.url, officer)
    other = desk(phone, row)
    other.locator("[data-desk-others] b", has_text="1").wait_for()
    sent(other)
    assert Sample.objects.count() == 1
    leave(other)
    other.wait_for_url("**/account/login/**")
    assert [row["what"] for row in on_device(other)["acts"]] == ["waiting"]

    # Back again: the tube stands open with both, what waited is sent, the next goes in.
    sign_in(phone, phone.url, phone.member)
    again = desk(phone, row)
    sent(again)
    again.locator("[data-desk-in] b", has_text=NAMES[0]).wait_for()
    again.locator("[data-desk-in] b", has_text=NAMES[2]).wait_for()
    scan(again, "101")
    again.locator("[data-desk-meant] li").nth(1).wait_for()
    scan(again, "2")
    again.locator("[data-desk-in] b", has_text=NAMES[1]).wait_for()
    sent(again)
    assert Sample.objects.filter(superseded_at=None).count() == 3
    assert Tube.objects.count() == 1
    assert again.faults == []


def test_a_colleagues_list_goes_with_the_next_page(phone: Any, row: Round) -> None:
    """The session ended without the button; whoever signs in next takes the list off."""
    page = desk(phone, row)
    assert on_device(page)["packages"]
    sign_in(phone, phone.url, User.objects.get(username="officer").pk)
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert on_device(page)["packages"] == []


def test_two_tabs_are_one_desk(phone: Any, row: Round) -> None:
    one, two = desk(phone, row), desk(phone, row)
    scan(one, "TUBE00001")
    two.locator("[data-desk-tube]", has_text="TUBE00001").wait_for()
    scan(two, DOCUMENT)
    one.locator("[data-desk-in] b", has_text=NAMES[0]).wait_for()
    scan(one, DOCUMENT)
    one.locator("[data-desk-said]", has_text="只算一次").wait_for()
    sent(one)
    sent(two)
    assert Sample.objects.count() == 1
    leave(one)
    one.wait_for_url("**/account/login/**")
    two.locator("[data-desk-work]").wait_for(state="hidden")  # the other tab shows nobody either
    two.wait_for_url("**/account/login/**")
    assert (one.faults, two.faults) == ([], [])


WITHOUT = """
const known = SubtleCrypto.prototype.importKey;
SubtleCrypto.prototype.importKey = function (...words) {
  if (words[2] && words[2].name === "Ed25519") {
    window.refused = true;
    return Promise.reject(new DOMException("Unrecognized name.", "NotSupportedError"));
  }
  return known.apply(this, words);
};
"""


@pytest.mark.parametrize("knows", [True, False], ids=["known", "in script"])
def test_every_browser_checks_the_signature(phone: Any, row: Round, knows: bool) -> None:
    if not knows:
        phone.add_init_script(WITHOUT)
    page = desk(phone, row)
    assert page.evaluate("window.refused === true") is not knows
    scan(page, "TUBE00001")
    page.locator("[data-desk-tube]", has_text="TUBE00001").wait_for()

    def changed(route: Any) -> None:
        body = route.fetch().json()
        sealed = bytearray(base64.b64decode(body["sealed"]))
        sealed[-1] ^= 1
        body["sealed"] = base64.b64encode(sealed).decode()
        route.fulfill(json=body)

    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.route("**/bundle/", changed)
    page.reload()
    page.locator("[data-desk-warn]", has_text="不是本系统").wait_for()
    assert not any(url.endswith("/key/") for url in asked)  # its key is not even asked for


def test_the_next_device_goes_on_with_the_open_tube(phone: Any, row: Round) -> None:
    """A telephone dies; the next one at the same desk goes on with the tube."""
    page = desk(phone, row)
    scan(page, "TUBE00001")
    scan(page, DOCUMENT)
    page.locator("[data-desk-in] b", has_text=NAMES[0]).wait_for()
    sent(page)
    page.close()
    page = phone.new_page()
    page.goto("/desk/")
    page.evaluate("indexedDB.deleteDatabase('gridwell-desk')")
    page.close()
    page = desk(phone, row)
    page.locator("[data-desk-in] b", has_text=NAMES[0]).wait_for()


@pytest.mark.parametrize("hours", [3, -3, 20])
def test_a_clock_that_is_hours_off(phone: Any, row: Round, hours: int) -> None:
    """The package does not end early, what is sampled gets the right time, and the person is told."""
    phone.add_init_script(
        f"""{{ const Real = Date, off = {hours} * 3600000;
        window.Date = class extends Real {{
          constructor(...words) {{ if (words.length) super(...words); else super(Real.now() + off); }}
          static now() {{ return Real.now() + off; }}
        }}; }}"""
    )
    page = desk(phone, row)
    phone.set_offline(True)
    scan(page, "TUBE00001")
    scan(page, DOCUMENT)
    page.locator("[data-desk-in] b", has_text=NAMES[0]).wait_for()
    page.reload()  # without network: the package is still good
    page.locator("[data-desk-in] b", has_text=NAMES[0]).wait_for()
    phone.set_offline(False)
    sent(page)
    page.locator("[data-desk-warn]", has_text="时钟").wait_for()
    sample = Sample.objects.get()
    assert abs((sample.sampled_at - clock.now()).total_seconds()) < 300
    assert page.faults == []


def test_forty_people_unsent_when_the_battery_dies(phone: Any, row: Round) -> None:
    """The tab is gone without a word; next time everything is there, and each counts once."""
    for door in range(20):
        place = make_dwelling(room=f"9{door:02}", grid=make_grid())
        home = make_household(dwelling=place)
        for one in (1, 2):
            RoundMember.objects.create(
                community_id=row.community_id,
                round=row,
                resident=make_resident(household=home, name=f"9{door:02}第{one}人"),
                household=home,
                dwelling=place,
                building_id=place.building_id,
            )
    page = desk(phone, row)
    phone.set_offline(True)
    for door in range(20):
        if door % 5 == 0:
            scan(page, f"TUBE0001{door // 5}")
        scan(page, f"9{door:02}")
        page.locator("[data-desk-meant] li").nth(1).wait_for()
        page.locator("[data-desk-all]").click()
        page.locator("[data-desk-in] b", has_text=f"9{door:02}第2人").wait_for()
    page.close()
    page = phone.new_page()
    page.goto(f"/desk/{row.pk}/app/")
    page.locator("[data-desk-tube]", has_text="10 / 10").wait_for()
    page.locator("[data-desk-net]", has_text="没有网络").wait_for()
    assert Sample.objects.count() == 0
    second = phone.new_page()  # and somebody opens it a second time meanwhile
    second.goto(f"/desk/{row.pk}/app/")
    second.locator("[data-desk-tube]", has_text="10 / 10").wait_for()
    phone.set_offline(False)
    sent(page)
    sent(second)
    assert Sample.objects.filter(superseded_at=None).count() == 40
    assert Tube.objects.filter(state="closed").count() == 4
    assert not DeskEntry.objects.exclude(code="").exists()
