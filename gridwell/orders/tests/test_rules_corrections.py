"""What a corrected notice leaves to do, and what an open zone leaves of a new item: pure."""

from datetime import UTC, datetime

import pytest

from gridwell.orders.rules.changes import Answer, Ask, ItemLines, OpenZone, work_of
from gridwell.orders.rules.corrections import Made, correction_of
from gridwell.orders.rules.lifecycle import Act, ScopeLine
from gridwell.protocols.rules.model import Level

AT = datetime(2022, 11, 23, tzinfo=UTC)


def item(number: int, *places: int, act: str = "designate", level: Level = Level.HIGH,
         at: datetime = AT) -> ItemLines:  # fmt: skip
    lines = tuple(ScopeLine(place=place) for place in places)
    return ItemLines(number, number, act, None, level, at, at.date(), f"第{number}项", lines)


def made(change: int, of: int, act: Act = Act.DESIGNATE, **facts: bool) -> Made:
    return Made(change, zone=change, zone_name=f"区{change}", act=act, item=of, **facts)


def told(before: list[ItemLines], after: list[ItemLines], done: list[Made]) -> tuple:
    found = correction_of(after, before, done)
    work = [(w.act, w.undoes, w.level) for w in found.work]
    return [i.item for i in found.fresh], sorted(found.kept), work


BEFORE = [item(1, 10), item(2, 20)]
DONE = [made(101, 1), made(102, 2)]
LATER = datetime(2022, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ([item(11, 10), item(12, 20)], ([], [11, 12], [])),
        ([item(11, 20), item(12, 10)], ([], [11, 12], [])),
        ([item(11, 10)], ([], [11], [(Act.WITHDRAW, 102, None)])),
        ([item(11, 10), item(12, 30)], ([12], [11], [(Act.WITHDRAW, 102, None)])),
        ([item(11, 10), item(12, 20), item(13, 30)], ([13], [11, 12], [])),
        ([item(11, 10), item(12, 20, at=LATER)], ([], [11], [(Act.CORRECT, 102, Level.HIGH)])),
        (
            [item(11, 10), item(12, 20, level=Level.MID)],
            ([], [11], [(Act.CORRECT, 102, Level.MID)]),
        ),
        (
            [item(11, 10), item(12, 20, act="lift")],
            ([12], [11], [(Act.WITHDRAW, 102, None)]),
        ),
        ([item(11), item(12, 10)], ([], [12], [(Act.WITHDRAW, 102, None)])),
        ([], ([], [], [(Act.WITHDRAW, 101, None), (Act.WITHDRAW, 102, None)])),
    ],
)
def test_what_a_correction_leaves(after: list[ItemLines], expected: tuple) -> None:
    assert told(BEFORE, after, DONE) == expected


def test_what_was_made_only_to_be_lifted_goes_as_a_whole() -> None:
    before = [item(1, 10, act="lift")]
    done = [
        made(102, 1, Act.LIFT, is_before_records=True),
        made(101, 1, is_before_records=True),
    ]
    after = [item(11, 10, act="lift", at=LATER)]
    assert told(before, after, done) == (
        [11],
        [],
        [(Act.WITHDRAW, 102, None), (Act.WITHDRAW, 101, None)],
    )


OPEN = OpenZone(7, "1单元", Level.HIGH, (ScopeLine(place=11),), frozenset({1, 2}))


def told_of(zone: OpenZone, covers: set[int], level: Level, answer: Answer | None) -> tuple:
    answers = {(Ask.OVERLAPS, 1): answer} if answer else {}
    outcome = work_of([item(1, 10, level=level)], [zone], {1: frozenset(covers)}, answers)
    return [q.ask for q in outcome.questions], [(w.act, w.zone) for w in outcome.work]


BOTH = [(Act.RESTART, 7), (Act.DESIGNATE, None)]


@pytest.mark.parametrize(
    ("covers", "level", "answer", "expected"),
    [
        ({1, 2, 3}, Level.HIGH, None, ([Ask.OVERLAPS], BOTH)),  # the zone lies inside
        ({2, 3}, Level.HIGH, None, ([Ask.OVERLAPS], BOTH)),  # both have something of their own
        ({1, 2, 3}, Level.HIGH, Answer.RESTART_AND_REST, ([], BOTH)),
        ({1, 2, 3}, Level.HIGH, Answer.ONLY_REST, ([], [(Act.DESIGNATE, None)])),
        ({1, 2, 3}, Level.MID, Answer.ONLY_REST, ([], [(Act.DESIGNATE, None)])),
        ({1}, Level.MID, Answer.ONLY_REST, ([], [])),  # all of it is in a stricter zone
        ({3, 4}, Level.HIGH, None, ([], [(Act.DESIGNATE, None)])),  # nothing in common
    ],
)
def test_an_overlap_is_asked(
    covers: set[int], level: Level, answer: Answer | None, expected: tuple
) -> None:
    assert told_of(OPEN, covers, level, answer) == expected


def test_a_stricter_level_over_a_laxer_zone_holds_all_of_the_item() -> None:
    mid = OpenZone(7, "1单元", Level.MID, OPEN.lines, OPEN.dwellings)
    asked, work = told_of(mid, {1, 2, 3}, Level.HIGH, None)
    assert (asked, work) == ([Ask.RAISES], [(Act.LIFT, 7), (Act.DESIGNATE, None)])


def test_the_rest_is_said_by_exceptions_or_door_by_door() -> None:
    covers = {1: frozenset({1, 2, 3, 4})}
    work = work_of([item(1, 10)], [OPEN], covers, {}).work[-1]
    assert work.lines == (ScopeLine(place=10), ScopeLine(place=11, is_except=True))
    assert work.dwellings == {3, 4}
    less = (ScopeLine(place=11), ScopeLine(place=2, is_except=True))
    zone = OpenZone(7, "1单元", Level.HIGH, less, frozenset({1}))
    work = work_of([item(1, 10)], [zone], covers, {}).work[-1]
    assert work.lines == tuple(ScopeLine(place=place) for place in (2, 3, 4))
