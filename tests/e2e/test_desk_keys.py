"""How many keys a tube of ten costs at a sampling desk: three a person at most, by every way to say who it is.

A scan counts as one key: the scanner types, and ends with Enter. Swabbing is not counted. Times are
measured by `bench/bench_desk_page.py`, never in a test.
"""

import os
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from gridwell.accounts.models import User
from gridwell.accounts.tests.make import make_actor
from gridwell.health.models import Sample, Tube
from gridwell.orders.tests.make import make_district
from gridwell.places.tests.make import make_dwelling, make_grid
from gridwell.residents.models import Resident
from gridwell.residents.rules.identity import check_digit
from gridwell.residents.tests.make import make_household, make_resident
from gridwell.screening.models import Round
from gridwell.screening.rules.desk import card_code, person_code
from gridwell.screening.tests.make import make_round
from gridwell.screening.tests.test_desk import a_team_member

# The browser's loop runs in this thread; the database is never touched from within it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

TUBE = 10
MOST = 3
ROOMS = ("101", "102", "201", "202", "301")
COUNTS = """
window.keys = 0;
window.scanning = false;
addEventListener("keydown", () => { if (!window.scanning) window.keys += 1; }, true);
"""
#: Longer than the pause after which an Enter is a hand's and not a scanner's second one.
HAND = 120


def document(number: int) -> str:
    body = f"140105198505{number:02d}{100 + number}"
    return body + check_digit(body)


@pytest.fixture
def row(live_server: Any) -> Round:
    """Five doors, two people behind each."""
    make_district()
    for at, room in enumerate(ROOMS):
        home = make_household(dwelling=make_dwelling(room=room, grid=make_grid()))
        for one in (1, 2):
            make_resident(
                household=home,
                name=f"{room}第{one}人",
                document=document(at * 2 + one),
                birth_on=date(1985, 5, at * 2 + one),
                is_head=one == 1,
            )
    return make_round(make_actor(username="officer"))


class Hand:
    """What a sampler does with scanner and keys, counted."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def scan(self, text: str, *, twice: bool = False) -> None:
        """Let a scanner type: one key, however long the code; some end with Enter twice."""
        self.page.evaluate("window.scanning = true")
        self.page.keyboard.type(text + "\n" * (2 if twice else 1))
        self.page.evaluate("window.scanning = false; window.keys += 1")

    def type(self, text: str) -> None:
        """Type with fingers."""
        self.page.keyboard.type(text)

    def enter(self) -> None:
        """Press Enter once what was asked for is shown."""
        self.page.locator("[data-desk-meant] li").first.wait_for()
        self.page.wait_for_timeout(HAND)
        self.page.keyboard.press("Enter")

    @property
    def keys(self) -> int:
        """Return the keys so far."""
        return int(self.page.evaluate("window.keys"))


@pytest.fixture
def hand(live_server: Any, chromium: Any, row: Round) -> Iterator[Hand]:
    client = Client()
    client.force_login(User.objects.get(pk=a_team_member().user_id))
    url = live_server.url.replace("127.0.0.1", "localhost")
    context = chromium.new_context(viewport={"width": 390, "height": 844}, base_url=url)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])
    context.add_init_script(COUNTS)
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda fault: page.faults.append(str(fault)))
    page.goto(f"/desk/{row.pk}/app/")
    page.wait_for_selector("[data-ready]", state="attached")
    assert page.evaluate("document.activeElement.id") == "entry"
    yield Hand(page)
    assert page.faults == []
    context.close()


def by_code(hand: Hand) -> None:
    for person in Resident.objects.order_by("pk"):
        hand.scan(person_code(person.ref))


def by_impatient_scanner(hand: Hand) -> None:
    for person in Resident.objects.order_by("pk"):
        hand.scan(person_code(person.ref), twice=True)


def by_id_card(hand: Hand) -> None:
    """An ID card is scanned like a code; its number is never typed by hand where there is a scanner."""
    for number in range(1, TUBE + 1):
        hand.scan(document(number))


def by_family_card(hand: Hand) -> None:
    homes = {person.memberships.get().household for person in Resident.objects.all()}
    for home in sorted(homes, key=lambda one: one.pk):
        hand.scan(card_code(home.ref))
        hand.enter()
        hand.page.locator("[data-desk-meant]").wait_for(state="hidden")


def by_door(hand: Hand) -> None:
    """Typed without any scanner: the room, Enter, Enter for both of them."""
    for room in ROOMS:
        hand.type(f"{room}\n")
        hand.enter()
        hand.page.locator("[data-desk-meant]").wait_for(state="hidden")


@pytest.mark.parametrize("is_offline", [False, True], ids=["online", "offline"])
@pytest.mark.parametrize(
    "way", [by_code, by_impatient_scanner, by_id_card, by_family_card, by_door]
)
def test_a_tube_of_ten_in_three_keys_a_person(
    hand: Hand, way: Callable[[Hand], None], is_offline: bool
) -> None:
    page = hand.page
    page.context.set_offline(is_offline)
    hand.scan("TUBE00001")
    page.locator("[data-desk-tube]", has_text="TUBE00001").wait_for()
    assert hand.keys == 1
    way(hand)
    page.locator("[data-desk-tube]", has_text="10 / 10").wait_for()
    keys = hand.keys - 1
    assert keys <= MOST * TUBE, f"{way.__name__}: {keys / TUBE} keys a person"
    if way in {by_code, by_impatient_scanner, by_id_card}:
        assert keys == TUBE  # a scan each, nothing else
    if way is by_family_card:
        assert keys <= TUBE
    assert page.evaluate("document.activeElement.id") == "entry"  # ready for the next
    page.context.set_offline(False)
    page.locator("[data-desk-wait]", has_text="已全部上传").wait_for(timeout=30_000)
    assert Sample.objects.filter(superseded_at=None).count() == TUBE
    assert Tube.objects.get().state == "closed"


def test_a_second_enter_of_the_scanner_takes_nobody_in(hand: Hand) -> None:
    """Of a family only one came: the scanner's own second Enter must not put the others in."""
    page = hand.page
    hand.scan("TUBE00001", twice=True)
    page.locator("[data-desk-tube]", has_text="TUBE00001").wait_for()
    home = Resident.objects.order_by("pk").first().memberships.get().household  # type: ignore[union-attr]  # there are ten
    hand.scan(card_code(home.ref), twice=True)
    page.locator("[data-desk-meant] li").nth(1).wait_for()
    page.wait_for_timeout(300)
    assert page.locator("[data-desk-in] li").count() == 0
    hand.type("1\n")
    page.locator("[data-desk-in] b", has_text="101第1人").wait_for()
    hand.scan(person_code(Resident.objects.get(name="101第1人").ref), twice=True)
    said = page.locator("[data-desk-said]", has_text="只算一次")
    said.wait_for()
    assert "is-bad" not in (said.get_attribute("class") or "")
    assert page.locator("[data-desk-in] li").count() == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("ＴＵＢＥ０００１２", ""),  # full-width, as a pinyin keyboard types it
        ("tube00012", ""),
        ("TUBEOOO12", "TUBE00012"),  # O for 0: asked about
        ("TUBE00001", "正在用的就是这支管"),  # the one in hand
        ("14010519850501010", "身份证号"),  # an ID number without its last digit
        ("P0123456789ABCDEFGHIJ", "重扫"),  # a personal code read in part
    ],
)  # fmt: skip
def test_a_tube_that_was_typed_oddly(hand: Hand, typed: str, said: str) -> None:
    page = hand.page
    hand.scan("TUBE00001")
    page.locator("[data-desk-tube]", has_text="TUBE00001").wait_for()
    hand.type(typed + "\n")
    if said:
        page.locator("[data-desk-said]", has_text=said).wait_for()
        assert "TUBE00001" in page.locator("[data-desk-tube]").inner_text()
    else:
        page.locator("[data-desk-tube]", has_text="TUBE00012").wait_for()
