"""A day of screening: ordered, opened, sampled with the network gone in between, a pool positive, nobody missing.

The officer sits at a desk (1280 px), the sampler has a telephone (390 px). Runs on SQLite and on
PostgreSQL; the clock of the server stands in 2022, that of the browser does not.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.test import Client

from gridwell.accounts.models import User
from gridwell.accounts.tests.make import make_actor
from gridwell.core import clock
from gridwell.health.models import Hold, Sample, Tube
from gridwell.orders.tests.make import make_district
from gridwell.places.tests.make import COMMUNITY, make_dwelling, make_grid
from gridwell.residents.tests.make import make_household, make_resident
from gridwell.screening.models import Box, DeskEntry, Round, Site, Slot
from gridwell.screening.queries.members import total
from gridwell.screening.tests.test_desk import a_team_member
from tests.e2e.conftest import Desk, Visitor
from tests.e2e.test_sampling_desk import scan

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
pytestmark = [pytest.mark.e2e, pytest.mark.both, pytest.mark.django_db(transaction=True)]

ZONE = ZoneInfo("Asia/Shanghai")
ROOMS = ("101", "102", "201", "202", "301", "302")
UNITS = (("1号楼", "1单元"), ("1号楼", "2单元"), ("2号楼", "1单元"))
CHECKED: set[tuple[object, ...]] = set()
ALONE = "2-1-302"  # who is over 80 and lives alone


@dataclass
class Day:
    """The community, the server, and who is signed in."""

    desk: Desk
    officer: Visitor
    sampler: Visitor

    def at(self, hour: int, minute: int = 0) -> None:
        """Let it be so late."""
        clock.move_to(datetime(2022, 11, 23, hour, minute, tzinfo=ZONE))

    @property
    def round(self) -> Round:
        """Return the round of the day."""
        return Round.objects.get(community=COMMUNITY)

    def page(self, path: str = "") -> str:
        """Open a page of the round as the officer, and return what it says."""
        return shown(self.officer, f"/{COMMUNITY}/rounds/{self.round.pk}/{path}")


@pytest.fixture
def register(transactional_db: None) -> None:
    """18 doors in two buildings, two people behind each; one is 88 and alone."""
    make_district()
    grid = make_grid()
    for building, unit in UNITS:
        for room in ROOMS:
            place = make_dwelling(building=building, unit=unit, room=room, grid=grid)
            home = make_household(dwelling=place)
            is_alone = place.door == ALONE
            born = date(1934, 5, 1) if is_alone else date(1985, 5, 1)
            make_resident(
                household=home,
                name=f"户主{place.door}",
                birth_on=born,
                is_head=True,
                phone="14000000123",
            )
            if not is_alone:
                make_resident(household=home, name=f"家人{place.door}")


@pytest.fixture
def day(register: None, live_server: Any, chromium: Any, tmp_path: Path) -> Iterator[Day]:
    clock.configure(zone=settings.TIME_ZONE, shift_file=tmp_path / "clock")
    make_actor(username="officer")
    url = live_server.url.replace("127.0.0.1", "localhost")
    desk = Desk(url=url, home=tmp_path, environment={})
    contexts = [signed_in(chromium, url, "officer", 1280)]
    contexts.append(signed_in(chromium, url, _sampler(), 390))
    officer, sampler = (Visitor(context, desk) for context in contexts)
    found = Day(desk, officer, sampler)
    found.at(6, 0)
    try:
        yield found
    finally:
        for context in contexts:
            context.close()
        clock.configure(zone=settings.TIME_ZONE, shift_file=None)


def _sampler() -> str:
    return User.objects.get(pk=a_team_member().user_id).username


def signed_in(chromium: Any, url: str, username: str, width: int) -> Any:
    """Return a browser of its own in which a person is signed in."""
    client = Client()
    client.force_login(User.objects.get(username=username))
    context = chromium.new_context(
        viewport={"width": width, "height": 860 if width > 1000 else 844},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": url}])
    return context


def settle(visitor: Visitor) -> str:
    """Wait until the page is there, check it, and return what it says.

    A page that was checked with the same parts is not checked a second time.
    """
    visitor.page.wait_for_load_state()
    # A refusal is answered with 409, which the browser notes as an error of the page.
    visitor.errors[:] = [words for words in visitor.errors if "409" not in words]
    headings = visitor.page.locator("h1, h2, th, form").all_inner_texts()
    kind = (visitor.page.viewport_size["width"], visitor.page.url, *headings)
    if kind not in CHECKED:
        visitor.check_page()
        CHECKED.add(kind)
    assert visitor.errors == [], f"{visitor.page.url}: {visitor.errors}"
    folder = os.environ.get("GRIDWELL_PICTURES")
    if folder:
        width = visitor.page.viewport_size["width"]
        name = re.sub(r"\W+", "-", visitor.page.url.split("/", 3)[3])[:60]
        visitor.page.screenshot(path=Path(folder) / f"day-{width}-{name}.png", full_page=True)
    return str(visitor.page.inner_text("main"))


def shown(visitor: Visitor, path: str) -> str:
    visitor.open(path)
    return settle(visitor)


def press(visitor: Visitor, selector: str) -> str:
    """Press a button, say yes where it asks, and return what the next page says."""
    with visitor.page.expect_navigation():
        visitor.page.click(selector)
        if visitor.page.locator("#confirm[open]").count():
            visitor.page.click("#confirm button[data-part=yes]")
    return settle(visitor)


def send(visitor: Visitor, form: str, **values: str) -> str:
    """Fill in a form of the page, send it, and return what the next page says."""
    for name, value in values.items():
        field = visitor.page.locator(f"{form} [name={name}]")
        if field.evaluate("(field) => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    return press(visitor, f"{form} button.btn >> nth=-1")


def test_a_day_of_screening(day: Day) -> None:
    _ordered(day)
    _given_times(day)
    _opened(day)
    _called(day)
    _sampled_at_the_desk(day)
    _an_hour_without_network(day)
    day.at(10, 0)
    _packed_and_handed_over(day)
    _a_pool_is_positive(day)
    _sampled_singly(day)
    _after_the_case(day)
    _nobody_is_missing(day)
    _reported(day)


def _ordered(day: Day) -> None:
    """A round of the whole community is ordered; that no case calls for it is said and stays marked."""
    officer = day.officer
    assert "还没有" in shown(officer, f"/{COMMUNITY}/rounds/")
    form = "#new form"
    said = send(officer, form, pool="10", ordered_by="区指挥部", clause="T4-8")
    assert "社会面感染者" in said
    said = press(officer, f"{form} button.is-main")
    assert "全员核酸第1轮" in said
    assert "超出规定" in said
    assert day.round.state == "planned"


def _choose(visitor: Visitor, selector: str, words: str) -> None:
    """Choose what a list offers by a part of its words."""
    option = visitor.page.locator(f"{selector} option", has_text=words).first
    visitor.page.select_option(selector, option.get_attribute("value"))


def _given_times(day: Day) -> None:
    """Two sites with a desk each, a time for every unit; one is moved and back, a desk drops out."""
    officer = day.officer
    for name, building in (("东门采样点", "1号楼"), ("西门采样点", "2号楼")):
        shown(officer, f"/{COMMUNITY}/sites/")
        _choose(officer, "#new select[name=place]", building)
        assert name in send(officer, "#new form", name=name, where="进门左手")
    for name in ("东门采样点", "西门采样点"):
        day.page("slots/")
        _choose(officer, "#add select[name=site]", name)
        send(officer, "#add form", opens="07:00", closes="10:00")
    said = press(officer, "form[action$='/slots/make/'] button")
    for unit in ("1号楼1单元", "1号楼2单元", "2号楼1单元"):
        assert unit in said
    slots = Slot.objects.filter(round=day.round)
    assert sum(slot.people for slot in slots) == 34  # the one who is alone is sampled at the door

    press(officer, "a.slot-entry:has-text('2号楼') >> nth=0")
    _choose(officer, "select[name=spot]", "09:30")
    press(officer, ".side form:has([name=spot]) button.is-main")
    assert slots.filter(is_by_hand=True).count() == 1
    press(officer, "form[action$='/slots/undo/'] button")
    assert not slots.filter(is_by_hand=True).exists()

    press(officer, "#desks tr:has-text('西门采样点') a[data-primary]")
    send(officer, "form:has([name=act][value=stop])", reason="电脑坏了")
    assert {slot.site.name for slot in slots.select_related("site")} == {"东门采样点"}
    site = Site.objects.get(name="东门采样点")
    said = shown(officer, f"/site/{COMMUNITY}/{site.ref}/{site.code_version}/")
    assert "07:00" in said
    assert "户主" not in said


def _opened(day: Day) -> None:
    day.at(6, 50)
    day.page()
    said = press(day.officer, "form[action$='/open/'] button")
    assert re.search(r"应检\s*35", said)
    assert "80岁以上独居" in day.page("report/")
    assert ALONE in day.page("missing/?at_door=1")


def _called(day: Day, how: str = "group") -> None:
    """Everybody who is to come down is called; nothing personal stands in the text for the group."""
    text = day.page("calls/texts/")
    assert "2号楼" in text
    assert "东门采样点" in text
    assert "户主" not in text
    day.page("calls/")
    page = day.officer.page
    page.check("[data-tick-all]")
    page.select_option("form[data-ticks] select[name=how]", how)
    press(day.officer, "button[name=act][value=called]")
    assert "1号楼" in day.page("calls/log/")


def _sampled_at_the_desk(day: Day) -> None:
    """Two doors in a tube that is closed early, five doors in one that closes by itself when full."""
    day.at(7, 30)
    page = day.sampler.page
    said = shown(day.sampler, "/desk/")
    assert "全员核酸第1轮" in said
    page.click("a:has-text('开台采样')")
    page.wait_for_selector("[data-ready]", state="attached")
    _tube(page, "TY0001", ["1-1-101", "1-1-102"])
    page.click("[data-desk-close]")
    _tube(page, "TY0002", ["1-1-201", "1-1-202", "1-1-301", "1-1-302", "1-2-101"])
    page.locator("[data-desk-tube]", has_text="10 / 10").wait_for()
    settle(day.sampler)
    _all_sent(page)
    assert Sample.objects.count() == 14
    assert set(Tube.objects.values_list("code", "state")) == {
        ("TY0001", "closed"),
        ("TY0002", "closed"),
    }
    assert re.search(r"已采\s*14", day.page())


def _tube(page: Any, code: str, doors: list[str]) -> None:
    """Scan a tube, then everybody behind these doors."""
    scan(page, code)
    page.locator("[data-desk-tube]", has_text=code).wait_for()
    for door in doors:
        scan(page, door)
        page.locator("[data-desk-meant] h2", has_text=door).wait_for()
        scan(page, "")  # Enter alone: all of them
        page.locator("[data-desk-in] li", has_text=f"家人{door}").wait_for()


def _all_sent(page: Any) -> None:
    page.locator("[data-desk-wait]", has_text="已全部上传").wait_for(timeout=30_000)


def _an_hour_without_network(day: Day) -> None:
    """The network goes; the desk goes on, a visitor is added, the telephone is started again."""
    page = day.sampler.page
    day.at(8, 30)
    page.context.set_offline(True)
    _tube(page, "TY0003", ["1-2-102", "1-2-201", "1-2-202", "1-2-301", "1-2-302"])
    _tube(page, "TY0004", ["2-1-101", "2-1-102"])
    page.reload()
    page.locator("[data-desk-tube]", has_text="TY0004").wait_for()
    page.locator("[data-desk-net]", has_text="没有网络").wait_for()
    page.click("details.guest summary")
    page.fill("#guest-name", "甄来客")
    page.fill("#guest-door", "2-1-201")
    page.click("[data-desk-guest] button")
    page.locator("[data-desk-in] li", has_text="甄来客").wait_for()
    scan(page, "2-1-201")
    scan(page, "1")  # one of the two, who came alone
    page.locator("[data-desk-in] li", has_text="户主2-1-201").wait_for()
    assert Sample.objects.count() == 14
    day.at(9, 30)
    errors = day.sampler.errors
    errors.clear()  # the browser names each request that found no network
    page.context.set_offline(False)
    _all_sent(page)
    # The last of them it names a moment later.
    errors[:] = [words for words in errors if "ERR_INTERNET_DISCONNECTED" not in words]
    settle(day.sampler)
    assert Sample.objects.count() == 30
    assert not DeskEntry.objects.exclude(code="").exists()
    standing = total(day.round)
    assert (standing.due, standing.sampled) == (36, 30)  # the visitor is due and sampled
    page.click("[data-desk-close]")
    _all_sent(page)
    said = day.page("missing/")
    assert "家人2-1-201" in said
    assert ALONE in said
    assert "1-2-302" not in said
    _called(day, "loudspeaker")
    twice = day.page("missing/?show=twice")
    assert "家人2-1-201" in twice  # called twice, not come
    assert ALONE not in twice  # is sampled at the door and was never called down


def _packed_and_handed_over(day: Day, code: str = "BOX-1", tubes: int = 4) -> None:
    """The sampler counts one too few, counts again, and hands the box over to the laboratory."""
    sampler = day.sampler
    shown(sampler, f"/desk/{day.round.pk}/boxes/")
    send(sampler, "main form:has([name=code])", code=code)
    press(sampler, "form[action$='/put_all/'] button")
    pack = "form[action$='/pack/']"
    said = send(sampler, pack, counted=str(tubes - 1))
    assert f"系统里{tubes}管，手工清点{tubes - 1}管" in said
    send(sampler, pack, counted=str(tubes))
    send(sampler, "form[action$='/send/']", who="转运2组")
    said = send(sampler, "form[action$='/receive/']", who="检测基地")
    assert "检测基地" in said
    box = Box.objects.get(code=code)
    assert (box.counted, box.in_system) == (tubes, tubes)
    assert box.received_at is not None


def _results(day: Day, path: Path, rows: dict[str, str]) -> str:
    """Take in a laboratory's file, and return what the next page says."""
    path.write_text(
        "\n".join(["采样管号,检测结果", *(f"{k},{v}" for k, v in rows.items())]), "utf-8"
    )
    shown(day.officer, f"/{COMMUNITY}/results/")
    day.officer.page.set_input_files("main input[type=file]", path)
    return press(day.officer, "main form:has(input[type=file]) button.is-main")


def _a_pool_is_positive(day: Day) -> None:
    """Four are held at once, the officer is alarmed; a tube that nobody knows is named."""
    day.at(15, 0)
    officer = day.officer
    said = _results(
        day,
        day.desk.home / "noon.csv",
        {"TY0001": "阳性", "TY0002": "阴性", "TY0003": "阴性", "TY0004": "阴性", "TY9999": "阴性"},
    )
    assert "TY9999" in said
    assert Hold.objects.filter(ended_at=None).count() == 4
    said = shown(officer, f"/{COMMUNITY}/holds/")
    assert "TY0001" in said
    for door in ("1单元101", "1单元102"):
        assert door in said
    assert "140****0123" in said
    assert "TY0001" in shown(officer, "/messages/")
    assert "足不出户" in shown(officer, f"/{COMMUNITY}/today/")
    press(officer, "main a:has-text('混阳') >> nth=0")


def _sampled_singly(day: Day) -> None:
    """Each of the four is sampled in a tube of their own: three are released, one is confirmed."""
    day.at(16, 0)
    page = day.sampler.page
    shown(day.sampler, f"/desk/{day.round.pk}/app/")
    page.wait_for_selector("[data-ready]", state="attached")
    page.check("[name=single]")
    tubes = []
    for number, door in enumerate(("1-1-101", "1-1-101", "1-1-102", "1-1-102")):
        tubes.append(f"S000{number + 1}")
        scan(page, tubes[-1])
        page.locator("[data-desk-tube]", has_text=tubes[-1]).wait_for()
        scan(page, door)
        page.locator("[data-desk-meant] h2", has_text=door).wait_for()
        scan(page, str(number % 2 + 1))
        page.locator("[data-desk-tube]", has_text="1 / 1").wait_for()
    _all_sent(page)
    _packed_and_handed_over(day, "BOX-2", 4)
    day.at(19, 0)
    _results(
        day,
        day.desk.home / "evening.csv",
        {code: "阳性" if code == "S0003" else "阴性" for code in tubes},
    )
    ends = sorted(Hold.objects.values_list("end", flat=True))
    assert ends == ["confirmed", "released", "released", "released"]
    said = shown(day.officer, f"/{COMMUNITY}/holds/?show=all")
    assert said.count("单采阴性，解除") == 3


def _after_the_case(day: Day) -> None:
    """The protocol proposes the case, a zone and the contacts; the case goes on record."""
    officer = day.officer
    hold = Hold.objects.get(end="confirmed")
    shown(officer, f"/{COMMUNITY}/holds/{hold.pk}/")
    said = press(officer, f"main a[href*='/held/{hold.pk}/']")
    assert "1号楼" in said
    said = press(officer, "button[value=case]")
    assert "已登记" in said or "在案" in said
    assert "家人1-1-102" in said or "户主1-1-102" in said


def _nobody_is_missing(day: Day) -> None:
    """Who is left is sampled at the door with a paper sheet that is typed back; one is exempt."""
    day.at(19, 30)
    officer = day.officer
    member = day.round.members.get(resident__name="家人2-1-301")
    day.page(f"people/{member.pk}/")
    send(officer, "form:has([name=until])", reason="recovered", until="2022-12-20")
    building = member.building_id
    day.page(f"sheet/{building}/")
    day.page(f"sheet/{building}/back/")
    page = officer.page
    first = True
    for row in page.locator("main tbody tr:has([name^=done-])").all():
        due = row.locator("td >> nth=1").inner_text().split("/")[-1]
        row.locator("[name^=done-]").fill(due.strip())
        if first:
            row.locator("[name^=tube-]").fill("TY0005")
            first = False
    said = press(officer, "main form:has([name^=done-]) button.is-main")
    assert total(day.round).missing == 0, said
    assert "没有人缺" in day.page("missing/") or total(day.round).percent == 100


def _reported(day: Day) -> None:
    day.at(20, 30)
    day.page()
    said = press(day.officer, "form[action$='/close/'] button")
    row = day.round
    assert row.state == "closed"
    assert row.report is not None
    assert (row.report["due"], row.report["sampled"], row.report["missing"]) == (35, 35, 0)
    assert row.report["positive"] == 1
    assert re.search(r"完成率\s*100%", said)
    assert "全员核酸第1轮" in shown(day.officer, f"/{COMMUNITY}/rounds/compare/")
