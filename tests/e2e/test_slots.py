"""The timetable in a browser: an entry is dragged to another slot, refused where it does not fit, taken back."""

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from gridwell.accounts.models import User
from gridwell.accounts.tests.make import make_actor
from gridwell.core import clock
from gridwell.orders.tests.make import make_building, make_district
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY
from gridwell.screening.actions.rounds import plan_round
from gridwell.screening.actions.slots import make_slots
from gridwell.screening.models import Round, Slot
from gridwell.screening.tests.make import make_desks, make_order, make_site

# The browser's loop runs in this thread; the database is never touched from within it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def row(live_server: Any) -> Round:
    """A planned round of tomorrow: two buildings of six, a desk at each from 8 to 9:30, ten a slot."""
    officer, now = make_actor(username="officer"), clock.now()
    make_district()
    make_building(rooms=("101", "201"), people=3)
    make_building(building="2号楼", rooms=("101", "201"), people=3)
    on = clock.day_of(now) + timedelta(days=1)
    order = make_order(officer, on=on, now=now)
    planned = plan_round(actor=officer, order=order, now=now)
    day = clock.start_of(on)
    for number in (1, 2):
        place = Place.objects.get(kind="building", name=f"{number}号楼")
        site = make_site(officer, name=f"采样点{number}", place=place)
        closes = day + timedelta(hours=9, minutes=30)
        make_desks(officer, planned, site, opens=day + timedelta(hours=8), closes=closes)
    Round.objects.update(desk_rate=20)
    make_slots(actor=officer, round=planned, now=now)
    return planned


@pytest.fixture
def page(live_server: Any, chromium: Any, row: Round) -> Iterator[Any]:
    client = Client()
    client.force_login(User.objects.get(username="officer"))
    url = live_server.url.replace("127.0.0.1", "localhost")
    context = chromium.new_context(viewport={"width": 1280, "height": 1100}, base_url=url)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda fault: page.faults.append(str(fault)))
    page.goto(reverse("slot_page", args=[COMMUNITY, row.pk]))
    page.wait_for_load_state("networkidle")
    yield page
    context.close()


def test_an_entry_is_dragged_refused_and_taken_back(page: Any, row: Round) -> None:
    slot = Slot.objects.get(place__building__name="2号楼")
    first, second = row.desks.order_by("site__name").values_list("site", flat=True)
    entry = page.locator(f"#slot-{slot.pk}")

    def cell(site: int, minute: int) -> Any:
        return page.locator(f'.slot-cell[data-spot="{site}:{minute}"]')

    def stands(site: int, minute: int) -> None:
        page.wait_for_selector(f'.slot-cell[data-spot="{site}:{minute}"] #slot-{slot.pk}')
        page.wait_for_load_state("networkidle")
        page.evaluate(
            "window.scrollTo(0, 0)"
        )  # a drag must not scroll: the mouse would lose its entry

    entry.drag_to(cell(second, 540))
    stands(second, 540)
    slot.refresh_from_db()
    assert slot.is_by_hand
    # Together with the other building the slot would be over its pace: the page asks for the reason.
    entry.drag_to(cell(first, 480))
    page.wait_for_selector("#id_reason")
    assert page.locator("#id_spot").input_value() == f"{first}:480"
    page.keyboard.press("Escape")
    page.locator("#id_reason").fill("同一家人")
    page.locator("#id_reason").press("Enter")
    stands(first, 480)
    Slot.objects.exclude(pk=slot.pk).update(is_high_risk=True, site=second)
    page.reload()
    other = Slot.objects.exclude(pk=slot.pk).get()
    page.locator(f"#slot-{slot.pk}").drag_to(page.locator(f"#slot-{other.pk}"))
    assert page.locator("#toasts").inner_text().strip()
    assert page.locator(f'.slot-cell[data-spot="{first}:480"] #slot-{slot.pk}').count() == 1
    page.get_by_role("button", name="撤销上一次调整").click()
    stands(second, 540)
    assert page.faults == []


@pytest.fixture
def phone(page: Any, chromium: Any) -> Iterator[Any]:
    """The same page on a telephone, with a finger."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        storage_state=page.context.storage_state(),
    )
    phone = context.new_page()
    phone.faults = []
    phone.on("pageerror", lambda fault: phone.faults.append(str(fault)))
    phone.goto(page.url)
    phone.wait_for_load_state("networkidle")
    yield phone
    context.close()


def _middle(page: Any, selector: str) -> tuple[float, float]:
    box = page.locator(selector).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _touch(page: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Put a finger down, draw it across the screen, and lift it, as the system reports it to the browser."""
    wire = page.context.new_cdp_session(page)

    def send(kind: str, *points: tuple[float, float]) -> None:
        at = [{"x": x, "y": y} for x, y in points]
        wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    send("touchStart", start)
    for step in range(1, 11):
        part = step / 10
        send(
            "touchMove",
            (start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part),
        )
    send("touchEnd")


def _show(page: Any, selector: str) -> None:
    """Bring two slots of one site on the screen."""
    page.locator(selector).evaluate("(found) => found.scrollIntoView({block: 'center'})")


def test_a_finger_drags_by_the_handle_and_scrolls_elsewhere(phone: Any, row: Round) -> None:
    slot = Slot.objects.get(place__building__name="2号楼")
    first, second = row.desks.order_by("site__name").values_list("site", flat=True)
    entry = f"#slot-{slot.pk}"
    grip = f"{entry} .grip"
    size = phone.locator(grip).bounding_box()
    assert min(size["width"], size["height"]) >= 40  # a finger hits it
    _show(phone, f'.slot-cell[data-spot="{second}:510"]')
    _touch(phone, _middle(phone, grip), _middle(phone, f'.slot-cell[data-spot="{second}:510"]'))
    phone.wait_for_selector(f'.slot-cell[data-spot="{second}:510"] {entry}')
    slot.refresh_from_db()
    assert slot.is_by_hand
    # Over the pace: the same page for the reason as with a mouse.
    phone.wait_for_load_state("networkidle")
    _show(phone, f'.slot-cell[data-spot="{second}:480"]')
    _touch(phone, _middle(phone, grip), _middle(phone, f'.slot-cell[data-spot="{first}:480"]'))
    phone.wait_for_selector("#id_reason")
    assert phone.locator("#id_spot").input_value() == f"{first}:480"
    phone.go_back()
    phone.wait_for_load_state("networkidle")
    # Refused in the same words.
    Slot.objects.exclude(pk=slot.pk).update(is_high_risk=True)
    phone.reload()
    _show(phone, f'.slot-cell[data-spot="{second}:480"]')
    _touch(phone, _middle(phone, grip), _middle(phone, f'.slot-cell[data-spot="{first}:480"]'))
    phone.locator("#toasts", has_text="高风险").wait_for()
    # Beside the handle a finger scrolls the page, and nothing is moved.
    phone.evaluate("window.scrollTo(0, 0)")
    _show(phone, entry)
    before = phone.evaluate("window.scrollY")
    x, y = _middle(phone, f"{entry} b")
    _touch(phone, (x, y), (x, y - 200))
    phone.wait_for_function("(before) => window.scrollY !== before", arg=before)
    assert phone.locator(".is-dragged").count() == 0
    slot.refresh_from_db()
    assert (slot.site_id, slot.starts_at) == (
        second,
        clock.start_of(row.on) + timedelta(minutes=510),
    )
    assert phone.faults == []


def test_keys_move_an_entry(page: Any, row: Round) -> None:
    slot = Slot.objects.get(place__building__name="2号楼")
    first, second = row.desks.order_by("site__name").values_list("site", flat=True)
    said = page.locator("[data-slots-said]")
    page.focus(f"#slot-{slot.pk}")
    page.keyboard.press("Space")
    said.filter(has_text="方向键").wait_for()
    page.keyboard.press("ArrowDown")
    said.filter(has_text="采样点2 08:30").wait_for()
    page.keyboard.press("Escape")
    assert said.is_hidden()
    assert page.locator(".is-over-drag").count() == 0
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector(f'.slot-cell[data-spot="{second}:510"] #slot-{slot.pk}')
    page.wait_for_load_state("networkidle")
    page.focus(f"#slot-{slot.pk}")
    for key in ("Space", "ArrowUp", "ArrowLeft"):
        page.keyboard.press(key)
    said.filter(has_text="写明原因").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_selector("#id_reason")
    assert page.locator("#id_spot").input_value() == f"{first}:480"
    assert page.faults == []
