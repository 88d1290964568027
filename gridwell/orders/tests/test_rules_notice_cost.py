"""What reading costs: a notice next to nothing, any other text in proportion to its length."""

import random
import time
from collections.abc import Callable

import pytest

from gridwell.orders.rules.notice import read_notice
from gridwell.orders.tests.test_rules_notice import notice, only


def test_fifty_items_in_twenty_milliseconds() -> None:
    items = ",".join(
        f"飞虹{a}花园{n}号楼{n % 4 + 1}单元" for n, a in enumerate("甲乙丙丁戊" * 10, 1)
    )
    text = notice(f"一、新增高风险区\n望岳区(50个):{items}。")
    assert len(only(text).items) == 50
    best = min(_seconds(text) for _ in range(7))
    assert best < 0.020


def _seconds(text: str) -> float:
    start = time.process_time()
    read_notice(text)
    return time.process_time() - start


@pytest.mark.parametrize(
    "part", ["将", "一", "1、", "1号楼、", "(", "区", "路", "高风险区", "飞", "等"]
)
def test_a_long_jumble_does_not_hang(part: str) -> None:
    text = notice("一、高风险区\n望岳区:" + part * 1500)
    assert _seconds(text) < 3


def _bytes(length: int) -> str:
    return random.Random(length).randbytes(length).decode("latin-1")


def _of(part: str) -> Callable[[int], str]:
    return lambda length: (part * (length // len(part) + 1))[:length]


JUMBLES = {
    part: _of(part)
    for part in (
        "1、", "，", "号楼", "小区1号楼、", "（", "）", "一", "。", "1-", "1.", "(1", "将", "飞", "区",
        "为低风险区,", "自11月20日24时起", "将飞虹小区划定为高风险区。", "新增高风险区1个,",
        "飞虹小区1号楼\n", "一、高风险区\n1.飞虹小区\n", "望岳区(1个):大柳村。\n",
    )
} | {"bytes": _bytes}  # fmt: skip


@pytest.mark.parametrize("headed", [False, True])
@pytest.mark.parametrize("name", JUMBLES)
def test_the_cost_grows_with_the_length(name: str, headed: bool) -> None:
    def text(length: int) -> str:
        jumble = JUMBLES[name](length)
        return notice(f"一、高风险区\n望岳区:{jumble}") if headed else jumble

    _seconds(text(500))  # what is compiled and loaded once
    short = min(_seconds(text(4_000)) for _ in range(3))
    long = min(_seconds(text(16_000)) for _ in range(2))
    assert long < 7 * short + 0.05


def test_what_no_notice_has_is_left_unread_and_said() -> None:
    points = "".join(f"飞虹小区{n}号楼," for n in range(3_000))
    text = notice(f"一、高风险区\n望岳区:{points[:-1]}。")
    reading = read_notice(text)
    read = [item for group in reading.groups for item in group.items]
    assert read[0].text == "飞虹小区0号楼"
    (unread,) = reading.unread
    assert read[-1].end <= unread.start
    assert text[: unread.end].endswith("飞虹小区2999号楼。")
    assert len(read) + unread.text.count("号楼") == 3_000
    assert "unread" in {question.code.value for question in reading.questions}


def test_an_item_as_long_as_a_text_is_no_place() -> None:
    text = notice("一、高风险区\n1.飞虹小区(" + "1号楼、" * 400 + ")")
    reading = read_notice(text)
    assert "odd_place" in {question.code.value for question in reading.questions}
