"""Two that want the same doors: items of one notice, an open zone of a lower level. Pure."""

from datetime import UTC, datetime

import pytest

from gridwell.orders.rules.changes import Answer, Ask, ItemLines, OpenZone, Outcome, work_of
from gridwell.orders.rules.lifecycle import Act, ScopeLine
from gridwell.protocols.rules.model import Level

AT = datetime(2022, 11, 23, tzinfo=UTC)
HIGH, MID = Level.HIGH, Level.MID


def item(number: int, *places: int, act: str = "designate", level: Level = HIGH) -> ItemLines:
    lines = tuple(ScopeLine(place=place) for place in places)
    return ItemLines(number, number, act, None, level, AT, AT.date(), f"第{number}项", lines)


def zone(number: int, level: Level, place: int, *dwellings: int) -> OpenZone:
    return OpenZone(number, f"区{number}", level, (ScopeLine(place=place),), frozenset(dwellings))


def told(outcome: Outcome) -> list[tuple]:
    return [(w.act, w.zone, w.level, w.dwellings and sorted(w.dwellings)) for w in outcome.work]


def asked(outcome: Outcome) -> list[tuple[Ask, int]]:
    return [(q.ask, q.sequence) for q in outcome.questions]


OPEN_MID = zone(7, MID, 70, 1, 2, 3)


@pytest.mark.parametrize(
    ("answer", "work"),
    [
        (None, [(Act.CHANGE_RANGE, 7, MID, None), (Act.DESIGNATE, None, HIGH, None)]),
        (Answer.STEP_UP, [(Act.CHANGE_RANGE, 7, MID, None), (Act.DESIGNATE, None, HIGH, None)]),
        (
            Answer.RESTART_LOWER,
            [
                (Act.CHANGE_RANGE, 7, MID, None),
                (Act.RESTART, 7, MID, None),
                (Act.DESIGNATE, None, HIGH, None),
            ],
        ),
        (Answer.KEEP_BOTH, [(Act.DESIGNATE, None, HIGH, None)]),
    ],
)
def test_high_over_a_part_of_an_open_mid_zone_is_asked(
    answer: Answer | None, work: list[tuple]
) -> None:
    answers = {(Ask.RAISES, 1): answer} if answer else {}
    outcome = work_of([item(1, 10)], [OPEN_MID], {1: frozenset({1, 9})}, answers)
    assert asked(outcome) == ([] if answer else [(Ask.RAISES, 1)])
    assert told(outcome) == work


def test_a_mid_zone_inside_a_high_one_ends_with_it() -> None:
    outcome = work_of([item(1, 10)], [OPEN_MID], {1: frozenset({1, 2, 3, 4})}, {})
    assert told(outcome) == [(Act.LIFT, 7, Level.LOW, None), (Act.DESIGNATE, None, HIGH, None)]


def test_two_items_that_cut_one_zone_both_stay_out_of_it() -> None:
    covers = {1: frozenset({1}), 2: frozenset({2})}
    answers = {(Ask.RAISES, n): Answer.STEP_UP for n in (1, 2)}
    outcome = work_of([item(1, 10), item(2, 20)], [OPEN_MID], covers, answers)
    cuts = [w.lines for w in outcome.work if w.act is Act.CHANGE_RANGE]
    assert [line.place for line in cuts[-1] or () if line.is_except] == [10, 20]


def test_two_partial_lifts_of_one_zone_both_free_people() -> None:
    covers = {1: frozenset({1}), 2: frozenset({2})}
    lifts = [item(1, 10, act="lift"), item(2, 20, act="lift")]
    outcome = work_of(lifts, [zone(7, HIGH, 70, 1, 2, 3)], covers, {})
    assert [line.place for line in outcome.work[-1].lines or () if line.is_except] == [10, 20]


@pytest.mark.parametrize(
    ("first", "second", "yields", "rest"),
    [
        (HIGH, HIGH, 2, [3]),  # of equals the first keeps the doors
        (MID, HIGH, 1, [1]),  # of two levels the stricter
        (HIGH, MID, 2, [3]),
    ],
)
def test_two_items_on_the_same_doors_are_asked(
    first: Level, second: Level, yields: int, rest: list[int]
) -> None:
    items = [item(1, 10, level=first), item(2, 20, level=second)]
    covers = {1: frozenset({1, 2}), 2: frozenset({2, 3})}
    outcome = work_of(items, [], covers, {})
    assert asked(outcome) == [(Ask.ITEMS_OVERLAP, yields)]
    narrowed = [w for w in outcome.work if w.dwellings is not None]
    assert [(w.item.item, sorted(w.dwellings or ())) for w in narrowed] == [(yields, rest)]
    both = work_of(items, [], covers, {(Ask.ITEMS_OVERLAP, yields): Answer.KEEP_BOTH})
    assert told(both) == [(Act.DESIGNATE, None, level, None) for level in (first, second)]
    assert both.questions == ()


def test_an_item_that_another_covers_whole_makes_no_zone() -> None:
    covers = {1: frozenset({1, 2}), 2: frozenset({2})}
    outcome = work_of([item(1, 10), item(2, 20)], [], covers, {})
    assert [w.item.item for w in outcome.work] == [1]
    assert asked(outcome) == [(Ask.ITEMS_OVERLAP, 2)]


def test_lifted_and_designated_by_one_notice_is_asked() -> None:
    items = [item(1, 70, act="lift"), item(2, 70)]
    covers = {1: frozenset({1, 2}), 2: frozenset({1, 2})}
    open_zone = zone(7, HIGH, 70, 1, 2)
    outcome = work_of(items, [open_zone], covers, {})
    assert asked(outcome) == [(Ask.LIFTED_TOO, 2)]
    assert [(w.act, w.zone) for w in outcome.work] == [(Act.LIFT, 7), (Act.DESIGNATE, None)]
    answers = {(Ask.LIFTED_TOO, 2): Answer.LEAVE_OUT}
    assert [w.act for w in work_of(items, [open_zone], covers, answers).work] == [Act.LIFT]


def test_items_apart_ask_nothing() -> None:
    covers = {1: frozenset({1}), 2: frozenset({2}), 3: frozenset({3})}
    items = [item(1, 10), item(2, 20), item(3, 30, act="lift")]
    outcome = work_of(items, [zone(7, HIGH, 30, 3)], covers, {})
    assert outcome.questions == ()
    assert [w.act for w in outcome.work] == [Act.LIFT, Act.DESIGNATE, Act.DESIGNATE]
