"""The main job: a ledger in, a notice in, a question answered, approved, today's list, next days, lifted."""

import re
from pathlib import Path

import pytest

from tests.e2e.conftest import Visitor

pytestmark = pytest.mark.e2e

JINXIANGDU = "140109901901"
MANXIANGDI = "140109901902"


def settle(visitor: Visitor) -> None:
    """Wait until the page asks for nothing more, and check it."""
    visitor.page.wait_for_load_state("networkidle")
    visitor.check_page()


def text_of(visitor: Visitor) -> str:
    return str(visitor.page.inner_text("main"))


def test_sign_in_and_every_first_page(visitor: Visitor) -> None:
    visitor.open("/account/login/")
    visitor.check_page()
    visitor.sign_in("jinxiangdu")
    for path in (
        "today/",
        "register/buildings/",
        "register/households/",
        "register/imports/",
        "orders/notices/",
        "orders/zones/",
        "orders/isolation/",
    ):
        answer = visitor.page.goto(f"{visitor.desk.url}/{JINXIANGDU}/{path}")
        assert answer is not None and answer.status == 200, path
        settle(visitor)


def test_a_question_of_the_notice_is_answered_and_the_part_approved(officer_page: Visitor) -> None:
    page = officer_page.page
    officer_page.sign_in("manxiangdi")
    settle(officer_page)
    page.click("text=2022年第178号")
    settle(officer_page)
    assert "1 处要你定" in text_of(officer_page)
    assert "漫香堤小区1号楼" in page.inner_text(".notice-text")
    page.click("button:has-text('重新计天数')")
    settle(officer_page)
    page.click("text=核对完，看影响")
    settle(officer_page)
    assert "69" in text_of(officer_page) or "户" in text_of(officer_page)
    page.click("main form button.is-main")
    settle(officer_page)
    officer_page.open(f"/{MANXIANGDI}/today/")
    settle(officer_page)
    assert "第0天" in text_of(officer_page)
    assert "没有待核对的通告" in text_of(officer_page)


def test_from_the_notice_to_the_lifted_zone(officer_page: Visitor) -> None:
    page = officer_page.page
    officer_page.sign_in("jinxiangdu")
    before = _stay_home(officer_page)
    page.click("text=2022年第178号")
    settle(officer_page)
    page.click("text=核对完，看影响")
    settle(officer_page)
    assert "金香都小区2号楼" in text_of(officer_page)
    page.click("main form button.is-main")
    settle(officer_page)

    officer_page.open(f"/{JINXIANGDU}/today/")
    settle(officer_page)
    assert _stay_home(officer_page) > before
    assert "金香都小区3号楼" in text_of(officer_page)

    officer_page.open(f"/{JINXIANGDU}/register/buildings/")
    page.click("table a:has-text('4号楼')")
    settle(officer_page)
    assert "第3天" in text_of(officer_page)
    page.click("a.cell.is-missing >> nth=0")
    page.wait_for_selector("#board-side h2")
    settle(officer_page)
    assert "为什么" in page.inner_text("#board-side")
    assert "就医不受影响" in page.inner_text("#board-side")

    for _ in range(2):
        officer_page.open("/demo/")
        page.click("button:has-text('下一天')")
        settle(officer_page)
    officer_page.open(f"/{JINXIANGDU}/today/")
    settle(officer_page)
    assert "可以解除" in text_of(officer_page)
    page.click("table a:has-text('金香都小区4号楼')")
    settle(officer_page)
    page.click("a:has-text('解除') >> nth=0")
    settle(officer_page)
    assert "条件均已满足" in text_of(officer_page) or "满足" in text_of(officer_page)
    page.fill("input[name=ordered_by]", "万柏林区疫情防控办")
    if page.query_selector("input[name=reason]"):
        page.fill("input[name=reason]", "连续5天无新增，闭环一轮全阴")
    page.click("main form button.is-main")
    settle(officer_page)
    officer_page.open(f"/{JINXIANGDU}/orders/zones/")
    settle(officer_page)
    assert "金香都小区4号楼" not in text_of(officer_page)


def _stay_home(visitor: Visitor) -> int:
    visitor.open(f"/{JINXIANGDU}/today/")
    found = re.search(r"足不出户\s*([\d,]+)", text_of(visitor))
    assert found is not None
    return int(found.group(1).replace(",", ""))


def save(folder: Path, name: str, content: bytes) -> Path:
    """Write a file that the browser uploads."""
    path = folder / name
    path.write_bytes(content)
    return path
