"""A day of command: an emergency, A isolated, B in the post, handed back, an order, a report, the return.

The officer sits at a desk (1280 px); A and B, both grid workers, have a phone (390 px).
"""

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from tests.e2e.conftest import Desk, Visitor

pytestmark = pytest.mark.e2e

DINGXIN = 140105901901
OFFICER, HOLDER, DEPUTY = "dingxin", "dingxin-1", "dingxin-1-b"
POST, PREPARED = "第1网格网格员", "应急流调协查岗"
ROUND = "战时夜间值守巡查"
ORDER = "今晚核对独居老人联系电话"

At = Callable[[str, int], Visitor]


@pytest.fixture
def at(chromium: Any, desk: Desk) -> Iterator[At]:
    """Return who signs a person in at a window of so many pixels."""
    contexts: list[Any] = []

    def sign_in(username: str, width: int) -> Visitor:
        context = chromium.new_context(
            viewport={"width": width, "height": 860 if width > 1000 else 844},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
        )
        contexts.append(context)
        visitor = Visitor(context, desk)
        visitor.sign_in(username)
        settle(visitor)
        return visitor

    yield sign_in
    for context in contexts:
        context.close()


def settle(visitor: Visitor) -> str:
    """Wait until the page asks for nothing more, check it, and return what it says."""
    visitor.page.wait_for_load_state("networkidle")
    visitor.check_page()
    return str(visitor.page.inner_text("main"))


def shown(visitor: Visitor, path: str) -> str:
    visitor.open(path)
    return settle(visitor)


def here(path: str) -> str:
    return f"/{DINGXIN}/{path}"


def press(visitor: Visitor, selector: str) -> str:
    visitor.page.click(selector)
    return settle(visitor)


def photo() -> bytes:
    """Return a small photo as a phone makes it."""
    buffer = BytesIO()
    Image.new("RGB", (640, 480), (120, 140, 160)).save(buffer, "JPEG")
    return buffer.getvalue()


def test_a_day_of_command(at: At) -> None:
    officer = at(OFFICER, 1280)
    home = _home_and_work_of_an_emergency(officer)
    _emergency_rehearsed_and_declared(officer)
    _holder_is_isolated(officer, home)
    deputy = at(DEPUTY, 390)
    _deputy_does_the_work(deputy)
    _isolation_ends(officer)
    holder = at(HOLDER, 390)
    _handed_back(holder)
    _instruction_goes_down(officer, holder)
    _report_goes_up(officer)
    _returned_to_routine(officer)
    _chronicle_shows_it(officer)


def _home_and_work_of_an_emergency(officer: Visitor) -> tuple[str, str]:
    """Have A live behind a door of the register, B deputise for the prepared post, and a round kept."""
    page = officer.page
    shown(officer, here("register/households/"))
    row = page.inner_text("main tbody tr >> nth=0").split("\t")
    door = row[0].strip()
    found = re.search(r"([^\s、]+)（户主）", "\t".join(row))
    assert found is not None, row
    name = found.group(1)

    shown(officer, f"/accounts/users/?q={HOLDER}")
    press(officer, _row_of(HOLDER))
    press(officer, "a[href$='/home/']")
    page.fill("input[name=door]", door)
    page.fill("input[name=entry]", name)
    assert door in press(officer, "main form button.is-main")

    shown(officer, "/accounts/posts/?state=standby")
    said = press(officer, f"main a:has-text('{PREPARED}')")
    assert "待命" in said
    press(officer, "a[href$='/deputies/']")
    option = page.locator(f"select[name=deputy_1] option:has-text('{DEPUTY}')")
    page.select_option("select[name=deputy_1]", option.get_attribute("value"))
    press(officer, "main form button.is-main")

    shown(officer, here("work/templates/"))
    page.select_option("select[name=kind]", "patrol")
    page.fill("input[name=title]", ROUND)
    page.fill("input[name=hour]", "23")
    page.check("input[name=modes][value=emergency]")
    page.select_option("select[name=spread]", "grid")
    assert ROUND in press(officer, "aside form button.is-main")
    assert ROUND not in shown(officer, here("work/"))
    return door, name


def _emergency_rehearsed_and_declared(officer: Visitor) -> None:
    page = officer.page
    shown(officer, here("orders/mode/"))
    said = press(officer, "a[href$='/to/emergency/']")
    assert "1个预备岗位启用" in said
    assert "1个任务模板启用" in said
    assert "08:00、14:00、20:00" in said
    page.fill("#rehearse-reason", "转战时前桌面推演")
    said = press(officer, "form[action$='/rehearse/'] button")
    assert "转战时前桌面推演" in said
    assert "待命" in shown(officer, "/accounts/posts/?state=standby")  # nothing has changed

    shown(officer, here("orders/mode/to/emergency/"))
    page.fill("textarea[name=reason]", "小区内发现3例阳性，启动应急指挥")
    said = press(officer, "main form:has(textarea[name=reason]) button.is-main")
    assert "战时" in page.inner_text("header .badge")
    assert "1个岗位" in said
    assert PREPARED not in shown(officer, "/accounts/posts/?state=standby")
    assert shown(officer, here("work/")).count(ROUND) == 8  # one for each grid


def _row_of(username: str) -> str:
    """Return the link of an account in the list of accounts, told from names that begin alike."""
    return f"main tbody tr:has(td:text-is('{username}')) a[data-primary]"


def _holder_is_isolated(officer: Visitor, home: tuple[str, str]) -> None:
    door, name = home
    page = officer.page
    shown(officer, here("orders/isolation/new/"))
    page.fill("main input[name=q]", name)
    press(officer, "main form.filters button")
    press(officer, f"main li:has-text('{door}') button")
    page.select_option("select[name=kind]", "home")
    page.select_option("select[name=person_class]", "close_contact")
    page.fill("input[name=ordered_by]", "小店区疫情防控办")
    assert name in press(officer, "main form button.is-main")
    said = shown(officer, f"/accounts/users/?q={HOLDER}")
    assert "缺岗" in said
    acting = page.inner_text(_row_of(DEPUTY))
    said = press(officer, _row_of(HOLDER))
    assert "隔离" in said
    assert acting in said  # B acts


def _deputy_does_the_work(deputy: Visitor) -> None:
    page = deputy.page
    said = shown(deputy, "/messages/")
    assert f"请您补位：{POST}" in said
    assert f"请您补位：{PREPARED}" in said
    said = shown(deputy, "/account/")
    assert "您正在补位" in said
    assert PREPARED in said

    said = shown(deputy, "/work/mine/")
    assert ROUND in said
    assert "补位" in said
    press(deputy, f"main tr:has-text('{ROUND}') a[data-primary] >> nth=0")
    press(deputy, "a.btn[href*='/step/do/']")
    page.fill("textarea[name=note]", "1网格走了一圈，3号门已上锁。")
    page.set_input_files(
        "input[name=photo]", {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    said = press(deputy, "main form button.is-main")
    assert "1网格走了一圈，3号门已上锁。" in said
    assert "640 × 480" in said


def _isolation_ends(officer: Visitor) -> None:
    page = officer.page
    shown(officer, here("orders/isolation/"))
    page.click("main form[action$='/end/'] button >> nth=0")
    page.fill("#confirm input[type=text], #confirm textarea", "经复核不属密接")
    page.click("#confirm button[data-part=yes]")
    page.wait_for_load_state()
    settle(officer)
    said = shown(officer, f"/accounts/users/?q={HOLDER}")
    assert "缺岗" not in said.partition("上次登录")[2]


def _handed_back(holder: Visitor) -> None:
    said = shown(holder, "/messages/")
    assert f"您已返岗：{POST}" in said
    assert "待接回的工作" in shown(holder, "/account/")
    listed = "section[aria-labelledby=hand-backs]"
    said = press(holder, f"{listed} a[data-primary]:has-text('{POST}')")
    assert ROUND in said  # what B did
    press(holder, "main form button.is-main")
    assert POST not in holder.page.inner_text(listed)
    assert PREPARED in holder.page.inner_text(listed)  # each post is taken back by itself


def _instruction_goes_down(officer: Visitor, holder: Visitor) -> None:
    page = officer.page
    shown(officer, here("orders/instructions/new/"))
    page.fill("input[name=title]", ORDER)
    page.fill("textarea[name=text]", "逐户核对独居老人的联系电话，打不通的上门。今晚22时前完成。")
    page.check("input[name=roles][value=grid_worker]")
    assert "9" in press(officer, "main form button.is-main")
    sent = page.url

    shown(holder, "/instructions/")
    press(holder, f"main a:has-text('{ORDER}') >> nth=0")
    press(holder, "button[value=accepted]")
    press(holder, f"main a:has-text('{ORDER}') >> nth=0")
    holder.page.fill("textarea[name=reason]", "21户已全部核对")
    press(holder, "button[value=done]")

    officer.page.goto(sent)
    said = settle(officer)
    assert "21户已全部核对" in said


def _report_goes_up(officer: Visitor) -> None:
    page = officer.page
    shown(officer, here("orders/reports/"))
    page.fill("textarea[name=remark]", "首日战时运行平稳")
    press(officer, "main form:has(textarea[name=remark]) button.is-main")
    shown(officer, here("work/new/"))
    page.select_option("select[name=kind]", "free")
    page.fill("input[name=title]", "给3号门岗亭送热水")
    press(officer, "main form button.is-main")
    shown(officer, here("orders/reports/"))
    assert "+1" in page.inner_text("main tr:has-text('在办任务')")
    said = press(officer, "main h2:has-text('上报记录') ~ table tbody tr:first-child a")
    assert "小店街道" in said
    assert "首日战时运行平稳" in said
    assert "+1" in page.inner_text("main tr:has-text('在办任务')")


def _returned_to_routine(officer: Visitor) -> None:
    page = officer.page
    shown(officer, here("orders/mode/"))
    said = press(officer, "a[href$='/to/routine/']")
    assert "1个转为待命" in said
    page.fill("textarea[name=reason]", "连续多日无新增，按程序转回")
    page.fill("textarea[name=remark]", "共补位一次，交接完整。")
    said = press(officer, "main form:has(textarea[name=remark]) button.is-main")
    assert "结束报告" in said
    assert "共补位一次，交接完整。" in said
    assert PREPARED in shown(officer, "/accounts/posts/?state=standby")


def _chronicle_shows_it(officer: Visitor) -> None:
    said = shown(officer, here("orders/chronicle/"))
    for words in (
        "转战时前桌面推演",
        "小区内发现3例阳性，启动应急指挥",
        "预备岗位启用",
        "按模板生成任务",
        "开始隔离",
        "任务办结",
        "解除隔离",
        "接回B角交回的工作",
        f"下达指令 “{ORDER}”",
        "上报信息",
        "连续多日无新增，按程序转回",
    ):
        assert words in said
