"""Sites, tubes, holds, coverage and the next round: tables of cases."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridwell.screening.rules import coverage, holds, proposals, sites, tubes
from gridwell.screening.rules.tubes import MAY_BECOME, PoolSize, TubeFacts, TubeState

NOON = datetime(2022, 11, 23, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("people", "wanted_sites", "desks"),
    [(0, (0, 0), (0, 0)), (1, (1, 1), (1, 1)), (8097, (3, 5), (11, 14)), (3000, (1, 2), (4, 5))],
)
def test_the_guide_asks_for_sites_and_desks(people, wanted_sites, desks):
    found = sites.need(people)
    assert (found.sites, found.desks) == (wanted_sites, desks)


def test_what_a_plan_lacks_is_named():
    assert sites.shortage(8097, sites=4, desks=12, hours=8) == []
    assert sites.shortage(8097, sites=2, desks=4, hours=8) == ["sites", "desks", "hours"]


@pytest.mark.parametrize(
    ("tube", "person", "household", "code"),
    [
        (TubeFacts(TubeState.CLOSED, PoolSize.TEN, ()), "a", 1, "screening.tube_closed"),
        (TubeFacts(TubeState.OPEN, PoolSize.TEN, ("a",)), "a", 1, "screening.already_in_tube"),
        (TubeFacts(TubeState.OPEN, PoolSize.FIVE, tuple("abcde")), "f", 1, "screening.tube_full"),
        (TubeFacts(TubeState.OPEN, PoolSize.SINGLE, ("a",)), "b", 1, "screening.tube_full"),
        (
            TubeFacts(TubeState.OPEN, PoolSize.HOUSEHOLD, ("a",), 1),
            "b",
            2,
            "screening.other_household",
        ),
        (TubeFacts(TubeState.OPEN, PoolSize.HOUSEHOLD, ("a",), 1), "b", 1, None),
        (TubeFacts(TubeState.OPEN, PoolSize.HOUSEHOLD, ()), "b", 2, None),
        (TubeFacts(TubeState.OPEN, PoolSize.TEN, tuple("abc")), "d", None, None),
    ],
)
def test_who_may_go_into_a_tube(tube, person, household, code):
    assert tubes.entry_refusal(tube, person, household) == code


def test_a_tube_never_leaves_its_result():
    for to in TubeState:
        for state in tubes.RESULTS:
            assert tubes.move_refusal(state, to) is not None
    assert (
        tubes.move_refusal(TubeState.NEGATIVE, TubeState.POSITIVE) == "screening.result_contradicts"
    )


@given(st.lists(st.sampled_from(list(TubeState)), max_size=12))
def test_every_walk_of_a_tube_ends_in_a_result_or_goes_on(steps):
    state = TubeState.OPEN
    for step in steps:
        if tubes.move_refusal(state, step) is None:
            state = step
    is_done = state in tubes.RESULTS | {TubeState.SPOILT}
    assert is_done or any(state in before for before in MAY_BECOME.values())


def test_a_clock_that_differs_is_named():
    assert not tubes.clock_check(NOON + timedelta(seconds=90), NOON).is_off
    off = tubes.clock_check(NOON - 3 * HOUR, NOON)
    assert off.is_off
    assert off.seconds == -10800


def test_a_hold_ends_by_itself_at_its_last_instant():
    hold = holds.HoldFacts(NOON)
    assert holds.lasts(hold, NOON)
    assert holds.lasts(hold, NOON + 24 * HOUR - timedelta(seconds=1))
    assert not holds.lasts(hold, NOON + 24 * HOUR)
    assert not holds.lasts(holds.HoldFacts(NOON, ended_at=NOON + HOUR), NOON + HOUR)


@pytest.mark.parametrize(("hours", "due"), [(11, ()), (12, (0.5,)), (18, (0.5, 0.75)), (24, ())])
def test_alarms_come_at_half_and_three_quarters(hours, due):
    assert holds.alarms_due(holds.HoldFacts(NOON), NOON + hours * HOUR) == due


@pytest.mark.parametrize(
    ("hold", "until", "clause", "code"),
    [
        (holds.HoldFacts(NOON), NOON + 36 * HOUR, "T4-3", None),
        (holds.HoldFacts(NOON), NOON + 49 * HOUR, "T4-3", "screening.hold_too_long"),
        (holds.HoldFacts(NOON), NOON + 12 * HOUR, "T4-3", "screening.hold_too_long"),
        (holds.HoldFacts(NOON), NOON + 36 * HOUR, " ", "screening.hold_needs_clause"),
        (
            holds.HoldFacts(NOON, extended_until=NOON + 30 * HOUR),
            NOON + 36 * HOUR,
            "T4-3",
            "screening.hold_extended_before",
        ),
        (holds.HoldFacts(NOON, hours=1), NOON + 36 * HOUR, "T4-3", "screening.hold_over"),
    ],
)
def test_a_hold_is_extended_once_with_a_clause(hold, until, clause, code):
    now = NOON + 2 * HOUR
    assert holds.extension_refusal(hold, until, "复采结果未出", clause, now) == code


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"is_sampled": True, "is_exempt": True, "outcome": "refused", "calls": 2}, "sampled"),
        ({"is_sampled": False, "is_exempt": True, "outcome": "refused", "calls": 2}, "exempt"),
        ({"is_sampled": False, "is_exempt": False, "outcome": "refused", "calls": 2}, "refused"),
        ({"is_sampled": False, "is_exempt": False, "outcome": "", "calls": 2}, "called"),
        ({"is_sampled": False, "is_exempt": False, "outcome": "", "calls": 0}, "due"),
    ],
)
def test_status_of_a_person(facts, status):
    assert coverage.status_of(**facts) == status


def test_coverage_of_nobody_is_none():
    assert coverage.coverage(0, 0) is None
    assert coverage.coverage(242, 236) == Fraction(236, 242)


def test_the_pace_follows_the_targets():
    opened = NOON - 5 * HOUR  # 7:00
    targets = [
        coverage.Target(NOON, Fraction(1, 2)),
        coverage.Target(NOON + 4 * HOUR, Fraction(1)),
    ]
    at_noon = coverage.pace(100, 49, opened, targets, NOON)
    assert (at_noon.expected, at_noon.is_behind) == (50, True)
    assert (at_noon.next_at, at_noon.next_wanted) == (NOON + 4 * HOUR, 51)
    later = coverage.pace(100, 80, opened, targets, NOON + 2 * HOUR)
    assert (later.expected, later.is_behind) == (75, False)
    over = coverage.pace(100, 98, opened, targets, NOON + 9 * HOUR)
    assert (over.expected, over.next_at, over.next_wanted) == (100, None, 2)


def days(*cases):
    return [
        proposals.PastRound(date(2022, 11, 20) + timedelta(days=n), c) for n, c in enumerate(cases)
    ]


@pytest.mark.parametrize(
    ("rounds", "following", "on"),
    [
        (days(0), "daily", 21),
        (days(0, 2), "daily", 22),
        (days(0, 0, 0), "final", 26),
        (days(1, 0, 0, 0), "final", 27),
        ([*days(0, 0, 0), proposals.PastRound(date(2022, 11, 26), 0)], "stop", None),
        ([*days(0, 0, 0), proposals.PastRound(date(2022, 11, 26), 1)], "daily", 27),
    ],
)
def test_the_next_round_of_an_area(rounds, following, on):
    found = proposals.next_round(rounds)
    assert found.next == following
    assert (found.on.day if found.on else None) == on


def test_nothing_is_proposed_while_results_are_out():
    assert proposals.next_round([]) is None
    assert proposals.next_round(days(0, None)) is None
