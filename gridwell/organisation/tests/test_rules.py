"""Rules: turns that overlap, weeks that are copied, the chart's text and boxes, tables that are read."""

import itertools
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridwell.core.clock import zone
from gridwell.core.errors import RuleBroken
from gridwell.organisation.rules import importing
from gridwell.organisation.rules.chart import SHEET, WIDTH, Band, Card, Line, draw, fit, text_width
from gridwell.organisation.rules.naming import Named
from gridwell.organisation.rules.roster import (
    Turn,
    copy_turns,
    first_overlap,
    monday_of,
    month_before,
    month_weeks,
    next_month,
    turn_refusal,
)

START = datetime(2022, 11, 21, 8, tzinfo=zone())


def turn(
    hour: int = 0, length: int = 8, *, user: int = 1, post: int = 1, id: int | None = None
) -> Turn:
    start = START + timedelta(hours=hour)
    return Turn(post, user, start, start + timedelta(hours=length), id=id)


@pytest.mark.parametrize(
    ("other", "overlaps"),
    [
        (turn(8), False),  # begins at the very end
        (turn(-8), False),  # ends at the very beginning
        (turn(7), True),
        (turn(2, 1), True),
        (turn(-1, 20), True),
        (turn(2, user=2), False),
    ],
)
def test_overlap(other: Turn, overlaps: bool) -> None:
    assert (first_overlap(turn(), [other]) is not None) is overlaps


def test_a_turn_does_not_overlap_itself() -> None:
    assert first_overlap(turn(id=5), [turn(id=5)]) is None
    assert first_overlap(turn(id=5), [turn(id=6)]) == turn(id=6)


@pytest.mark.parametrize(
    ("length", "code"),
    [(0, "organisation.shift_backwards"), (-1, "organisation.shift_backwards"), (72, None),
     (73, "organisation.shift_too_long")],
)  # fmt: skip
def test_lengths(length: int, code: str | None) -> None:
    assert turn_refusal(START, START + timedelta(hours=length)) == code


turns = st.lists(
    st.builds(
        turn,
        st.integers(0, 160),
        st.integers(1, 24),
        user=st.integers(1, 4),
        post=st.integers(1, 3),
    ),
    max_size=12,
)


@given(turns, turns)
def test_copying_never_makes_an_overlap_and_twice_writes_nothing(
    week: list[Turn], standing: list[Turn]
) -> None:
    standing = [replace(one, remark="") for one in standing]
    first = copy_turns(week, standing, 7)
    for number, one in enumerate(first.new):
        assert first_overlap(one, [*standing, *first.new[:number]]) is None
    again = copy_turns(week, [*standing, *first.new], 7)
    assert again.new == ()
    assert len(first.new) + first.same + len(first.clashing) == len(week)


def test_months() -> None:
    weeks = month_weeks(date(2022, 11, 23))
    assert weeks[0][0] == date(2022, 10, 31)
    assert weeks[-1][-1] == date(2022, 12, 4)
    assert next_month(date(2022, 12, 31)) == date(2023, 1, 1)
    assert month_before(date(2023, 1, 31)) == date(2022, 12, 1)
    assert monday_of(date(2022, 11, 27)) == date(2022, 11, 21)


@given(st.text(alphabet="网格员王a1W·", max_size=30), st.integers(20, 300))
def test_a_text_that_is_cut_fits(text: str, width: int) -> None:
    shown = fit(text, width)
    assert shown == text or (text_width(shown) <= width and shown.endswith("…"))


@pytest.mark.parametrize("count", [1, 2, 3, 6])
def test_a_few_grids_hang_side_by_side_from_the_leading_group(count: int) -> None:
    cards = tuple(Card(f"{number}", (Line("网格员", "王"),)) for number in range(count))
    drawing = draw(Card("领导小组", (Line("组长", "张"),)), (), (Band(None, cards),), "暂缺")
    lead, *grids = drawing.boxes
    assert len(grids) == count
    assert {box.y for box in grids} == {grids[0].y}
    middle = lead.x + lead.width / 2
    assert (grids[0].x + grids[-1].x + grids[-1].width) / 2 == pytest.approx(middle)
    assert all(box.x >= 0 and box.x + box.width <= drawing.width for box in drawing.boxes)
    assert (drawing.width < WIDTH * 0.7) is (count <= 3)  # stretched to the page, few stand larger
    for left, right in itertools.pairwise(grids):
        assert left.x + left.width < right.x
    tops = {round(box.x + box.width / 2) for box in grids}
    assert tops <= {round(x) for x, _y1, _x2, y2 in drawing.lines if y2 == grids[0].y}


def test_the_chart_of_47_micro_grids_fits_one_landscape_sheet() -> None:
    lines = (Line("采样", "王小明"), Line("管控", ""), Line("后勤", "阿卜杜热合曼·吐尔逊"))
    cards = tuple(Card(f"{n}号楼微网格", lines) for n in range(1, 48))
    bands = tuple(
        Band(Card(f"{n + 1}网格", (Line("网格员", "李静"),)), cards[n * 8 : n * 8 + 8])
        for n in range(6)
    )
    drawing = draw(Card("领导小组", (Line("组长", "张伟"),)), (), bands, "无人")
    assert len(drawing.boxes) == 1 + 6 + 47
    assert all(box.x >= 0 and box.x + box.width <= WIDTH for box in drawing.boxes)
    assert all(box.y + box.height <= drawing.height for box in drawing.boxes)
    assert drawing.height / drawing.width <= SHEET
    boxes = sorted(drawing.boxes, key=lambda box: (box.y, box.x))
    for one in boxes:
        for other in boxes:
            if one is not other:
                apart = (
                    one.x + one.width <= other.x
                    or other.x + other.width <= one.x
                    or one.y + one.height <= other.y
                    or other.y + other.height <= one.y
                )
                assert apart, (one, other)
    texts = [text for box in drawing.boxes for text in box.texts]
    assert any(text.kind == "gap" and text.text == "无人" for text in texts)
    assert any(text.full for text in texts)  # a long name is cut and told in full


@pytest.mark.parametrize(
    "named",
    [Named(), Named(telephone="13800000000"), Named(user=1, name="王"), Named(post=1, user=1)],
)
def test_nobody_and_two_at_once_are_refused(named: Named) -> None:
    with pytest.raises(RuleBroken):
        named.check()


@pytest.mark.parametrize(
    ("duty", "group", "kind", "leads"),
    [
        ("组长", "采样组", "sampling", True),
        ("副组长", "采样组", "sampling", False),
        ("领导小组组长", "", "leading", True),
        ("管控隔离组负责人", "", "control", True),
        ("组员", "后勤保障组", "logistics", False),
        ("楼院长", "", "building_head", False),
        ("单元长", "", "unit_head", False),
        ("包干人", "", "charge", False),
        ("下棋", "", "", False),
        ("Sampling group: leader", "", "sampling", True),
    ],
)
def test_duties_are_read(duty: str, group: str, kind: str, leads: bool) -> None:
    line = importing.read_line(2, {"duty": duty, "group": group, "name": "王 五"})
    assert (line.kind, line.is_leader, line.name) == (kind, leads, "王五")


@pytest.mark.parametrize("text", ["3", "3网格", "第3网格", "三网格", "3号网格", "３网格"])
def test_writings_of_a_grid(text: str) -> None:
    assert importing.grid_key(text) == "3"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("姓 名", "name"),
        ("联系电话：", "telephone"),
        ("职务", "duty"),
        ("年龄", ""),
        ("Sent by", "unit"),
    ],
)
def test_columns(header: str, code: str) -> None:
    assert importing.column_of(header) == code
