"""The main job: a ledger in, a notice in, a question answered, approved, today's list, next days, lifted."""

import re
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from gridwell.residents.rules.identity import check_digit
from tests.e2e.conftest import Visitor

pytestmark = pytest.mark.e2e

JINXIANGDU = "140109901901"
MANXIANGDI = "140109901902"
GUANGHUA = "140109902901"


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
        assert answer is not None
        assert answer.status == 200, path
        settle(visitor)


def test_a_question_of_the_notice_is_answered_and_the_part_approved(officer_page: Visitor) -> None:
    page = officer_page.page
    officer_page.sign_in("manxiangdi")
    settle(officer_page)
    page.click("text=2022年第178号")
    settle(officer_page)
    assert "1处要您定" in text_of(officer_page)
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
    assert "金香都小区2号楼、3号楼" in text_of(officer_page)

    officer_page.open(f"/{JINXIANGDU}/register/buildings/")
    page.click("table a:has-text('4号楼')")
    settle(officer_page)
    assert "第3天" in text_of(officer_page)
    page.click("a.cell.is-missing >> nth=0")
    page.wait_for_selector("#board-side :text('为什么')")
    settle(officer_page)
    assert "为什么" in page.inner_text("#board-side")
    assert "就医不受影响" in page.inner_text("#board-side")

    for _ in range(2):
        officer_page.open("/demo/")
        page.click("button:has-text('下一天')", timeout=90_000)
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


def _ledger(path: Path) -> None:
    """Write a grid worker's ledger: two households behind new doors, one ID with a wrong digit."""
    good = "14010019800101001"
    book = Workbook()
    sheet = book.active
    sheet.append(["光华街社区第一网格居民台账（2022年11月23日更新）"])
    sheet.append(["小区", "楼号", "单元", "房号", "姓名", "与户主关系", "身份证号", "联系电话"])
    door = ["煤气化宿舍", "9号楼", "1单元"]
    sheet.append([*door, "101", "甄新来", "户主", good + check_digit(good), "14000000001"])
    sheet.append([*door, "101", "甄小来", "子", "140100201001010011", ""])
    sheet.append([*door, "102", "贾新来", "户主", "", "14000000003"])
    book.save(path)


def test_a_ledger_goes_in_and_its_faults_are_mended(officer_page: Visitor, tmp_path: Path) -> None:
    page = officer_page.page
    officer_page.sign_in("guanghua")
    ledger = tmp_path / "grid-1.xlsx"
    _ledger(ledger)
    _check_file(officer_page, ledger)
    assert "身份证号" in text_of(officer_page)  # the fault names its column
    with page.expect_download() as download:
        page.click("a[href$='/mend/']")
    mended = tmp_path / "mended.xlsx"
    download.value.save_as(mended)
    _import(officer_page)

    officer_page.open(f"/{GUANGHUA}/register/households/?q=甄小来")
    book = load_workbook(mended)
    wrong = next(
        cell
        for row in book.active.iter_rows()
        for cell in row
        if cell.value == "140100201001010011"
    )
    number = "14010020100101001"
    wrong.value = number + check_digit(number)
    book.save(mended)
    _check_file(officer_page, mended)
    _import(officer_page)

    _check_file(officer_page, mended)  # the same again changes nothing
    figures = page.inner_text(".figures")
    assert re.search(r"新增\s*0", figures), figures
    page.fill("input[name=q]", "甄小来")
    page.wait_for_selector("#found a")
    page.click("#found a >> nth=0")
    settle(officer_page)
    assert "甄小来" in text_of(officer_page)


def _check_file(visitor: Visitor, path: Path) -> None:
    """Upload a ledger and wait for its dry run."""
    visitor.open(f"/{GUANGHUA}/register/imports/")
    visitor.page.set_input_files("main input[type=file]", path)
    visitor.page.click("main form button.is-main")
    settle(visitor)


def _import(visitor: Visitor) -> None:
    """Import what was checked; the effect is shown and confirmed first."""
    visitor.page.click("form.effect button.is-main")
    visitor.page.click("#confirm button[data-part=yes]")
    visitor.page.wait_for_selector("form.effect", state="detached")
    settle(visitor)
