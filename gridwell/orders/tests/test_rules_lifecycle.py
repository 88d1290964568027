"""The life of a zone: levels, day counting, lifting, corrections, what was known when."""

import itertools
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridwell.core.clock import zone as local_zone
from gridwell.orders.rules.lifecycle import (
    Act,
    Change,
    Lacks,
    Lifting,
    Precision,
    Proposes,
    Round,
    ScopeLine,
    ZoneCase,
    day0_of,
    lifting_of,
    spans,
    standing,
    state_at,
)
from gridwell.orders.rules.zones import DwellingRow, floor_gaps, resolve, widest_unit
from gridwell.protocols.rules.model import Level, LevelRule, Unit
from gridwell.protocols.rules.resolve import resolve as protocol_of
from gridwell.protocols.rules.shipped import shipped

D0 = date(2022, 11, 18)
WIDE = (ScopeLine(place=1), ScopeLine(place=2))
NARROW = (ScopeLine(place=1),)


def at(day: date, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=local_zone())


def day(number: int) -> date:
    return D0 + timedelta(days=number)


_ids = itertools.count(1)


def change(act: Act, on: date | None, **parts: object) -> Change:
    values: dict[str, object] = {
        "id": next(_ids),
        "act": act,
        "effective_at": None if on is None else at(on),
        "recorded_at": at(on or D0, 12),
        "precision": Precision.DAY,
    }
    values.update(parts)
    return Change(**values)  # type: ignore[arg-type]  # values of all kinds


def opened(on: date | None = D0, **parts: object) -> Change:
    return change(Act.DESIGNATE, on, **{"level": Level.HIGH, "scope": NARROW, **parts})


def rule(on: date, level: str = "high", area: int | None = 140106004009) -> LevelRule:
    protocol = protocol_of(shipped(), area, on)
    assert protocol is not None
    return protocol.levels[level]


T4 = rule(date(2022, 11, 23))
P9 = rule(date(2022, 7, 1))
P9_MID = rule(date(2022, 7, 1), "mid")
N10 = rule(date(2022, 12, 8))


def held(
    on: date, *, due: int = 10, sampled: int = 10, negative: int = 10, **parts: object
) -> Round:
    values: dict[str, object] = {
        "on": on,
        "due": due,
        "sampled": sampled,
        "negative": negative,
        "recorded_at": at(on, 21),
        "last_negative_at": at(on, 20) if negative >= due else None,
    }
    values.update(parts)
    return Round(**values)  # type: ignore[arg-type]  # values of all kinds


def lifting(number: int, rounds: list[Round], cases: list[ZoneCase] | None = None) -> Lifting:
    (span,) = spans([opened()])
    return lifting_of(span, T4, day(number), rounds=rounds, cases=cases or ())


DAY0 = [
    ("at half past two", at(D0, 2, 30), Precision.MINUTE, D0),
    ("24:00 counts as the day that ends", at(day(1)), Precision.MINUTE, D0),
    ("from now on", at(D0), Precision.DAY, D0),
    ("one minute after midnight", at(D0, 0, 1), Precision.MINUTE, D0),
]


@pytest.mark.parametrize(("name", "instant", "precision", "wanted"), DAY0)
def test_day_0_is_the_local_day_of_effect(
    name: str, instant: datetime, precision: Precision, wanted: date
) -> None:
    made = replace(opened(), effective_at=instant, precision=precision)
    assert day0_of(made) == wanted
    assert day0_of(replace(made, counts_as_on=day(9))) == day(9)


def test_a_zone_of_18_november_is_on_day_5_on_the_23rd() -> None:
    state = state_at([opened()], at(day(5), 20))
    assert state.is_open
    assert state.span is not None
    assert state.span.day_number(date(2022, 11, 23)) == 5
    assert state.span.day_number(day(-1)) is None


def test_before_its_start_and_from_the_instant_of_its_lift_it_is_not_open() -> None:
    life = [opened(), change(Act.LIFT, day(5), effective_at=at(day(5), 15))]
    assert not state_at(life, at(day(-1), 23, 59)).is_open
    assert state_at(life, at(day(5), 14, 59)).is_open
    lifted = state_at(life, at(day(5), 15))
    assert not lifted.is_open
    assert lifted.ended_by is not None
    assert lifted.ended_by.act is Act.LIFT
    assert lifted.level is None


def test_restart_resets_day_0_and_keeps_level_and_scope() -> None:
    first, second = spans([opened(), change(Act.RESTART, day(3))])
    assert (first.day0, second.day0) == (D0, day(3))
    assert second.scope == first.scope
    assert second.opened_by is first.opened_by
    assert second.clock_by.act is Act.RESTART
    assert first.until_at == second.from_at


def test_an_open_zone_named_again_restarts() -> None:
    named_again = opened(day(3), scope=None)
    (_, second) = spans([opened(), named_again])
    assert second.day0 == day(3)
    assert second.scope == NARROW


def test_shrinking_does_not_touch_the_clock() -> None:
    life = [opened(scope=WIDE), change(Act.CHANGE_RANGE, day(2), scope=NARROW)]
    first, second = spans(life)
    assert (first.scope, second.scope) == (WIDE, NARROW)
    assert second.day0 == D0
    assert second.scope_by.act is Act.CHANGE_RANGE


def test_step_to_mid_and_on_to_low_under_the_ninth_edition() -> None:
    life = [opened(), change(Act.STEP, day(7), level=Level.MID)]
    (_, mid) = spans(life)
    assert (mid.level, mid.is_stepped, mid.day0) == (Level.MID, True, day(7))
    waiting = lifting_of(mid, P9_MID, day(9))
    assert [lack.code for lack in waiting.lacks] == [Lacks.CLEAN_DAYS]
    met = lifting_of(mid, P9_MID, day(10))
    assert met.proposes == (Proposes.LIFT,)
    ended = [*life, change(Act.STEP, day(10), level=Level.LOW)]
    assert not state_at(ended, at(day(10), 1)).is_open


def test_a_lift_or_restart_of_nothing_does_nothing() -> None:
    assert spans([change(Act.LIFT, D0), change(Act.RESTART, D0)]) == ()


def test_designated_again_after_a_lift_is_a_new_stretch() -> None:
    life = [opened(), change(Act.LIFT, day(5)), opened(day(8))]
    first, second = spans(life)
    assert (first.until_at, second.from_at) == (at(day(5)), at(day(8)))
    assert second.opened_by.id != first.opened_by.id


# Lifting


def test_what_is_missing_at_first() -> None:
    state = lifting(0, [])
    codes = {lack.code: lack for lack in state.lacks}
    assert set(codes) == {Lacks.CLEAN_DAYS, Lacks.CLOSING_ROUND, Lacks.ROUNDS}
    assert dict(codes[Lacks.CLEAN_DAYS].facts) == {"left": 5, "of": 5}
    assert not codes[Lacks.ROUNDS].blocks
    assert state.earliest_on == day(5)
    assert not state.is_met


ROUNDS = [(0, ()), (1, (1,)), (2, (2,)), (3, (3,)), (4, ()), (5, (0,)), (6, (0,))]


@pytest.mark.parametrize(("number", "wanted"), ROUNDS)
def test_rounds_on_the_first_three_days_and_the_closing_one_from_day_5(
    number: int, wanted: tuple[int, ...]
) -> None:
    assert tuple(mark.number for mark in lifting(number, []).due_today) == wanted


def test_lift_is_proposed_on_day_5_with_the_last_negative_and_overdue_from_day_6() -> None:
    rounds = [held(day(5))]
    assert lifting(4, rounds).proposes == ()
    met = lifting(5, rounds)
    assert (met.met_on, met.proposes, met.is_overdue) == (day(5), (Proposes.LIFT,), False)
    assert lifting(6, rounds).is_overdue


def test_five_clean_days_alone_do_not_lift() -> None:
    state = lifting(7, [held(day(4))])
    assert [lack.code for lack in state.lacks] == [Lacks.CLOSING_ROUND]
    assert state.is_closing_late
    assert not state.is_overdue
    assert not lifting(5, []).is_closing_late


def test_a_round_that_waits_for_results_says_how_many() -> None:
    state = lifting(5, [held(day(5), sampled=9, negative=7)])
    (lack,) = state.lacks
    assert lack.code is Lacks.CLOSING_RESULTS
    assert dict(lack.facts) == {"missing": 3, "unsampled": 1, "positive": 0}


def test_the_closing_round_goes_on_until_everybody_was_sampled() -> None:
    (mark,) = lifting(6, [held(day(5), sampled=9, negative=7)]).due_today
    assert mark.on == day(5)
    assert lifting(6, [held(day(5), sampled=10, negative=7)]).due_today == ()


def test_what_is_entered_today_does_not_change_who_was_due_today() -> None:
    before, after = lifting(5, []), lifting(5, [held(day(5))])
    assert [(m.number, m.on) for m in before.due_today] == [(0, day(5))]
    assert [(m.number, m.on) for m in after.due_today] == [(0, day(5))]


def test_a_late_closing_round_is_met_on_its_own_day() -> None:
    rounds = [held(day(8))]
    assert lifting(8, rounds).met_on == day(8)
    assert not lifting(8, rounds).is_overdue
    assert lifting(9, rounds).is_overdue


def test_the_last_negative_counts_not_the_day_of_the_samples() -> None:
    rounds = [held(day(5), last_negative_at=at(day(6), 8))]
    assert lifting(5, rounds).met_on is None
    assert lifting(6, rounds).met_on == day(6)


def test_only_the_last_entry_of_a_day_counts() -> None:
    early = held(day(5), negative=10)
    late = held(day(5), negative=9, recorded_at=at(day(5), 22))
    assert not lifting(5, [early, late]).is_met
    assert not lifting(5, [late, early]).is_met
    mended = held(day(5), negative=10, recorded_at=at(day(5), 23))
    assert lifting(5, [mended, early, late]).is_met


def test_a_new_case_proposes_restart_and_counts_anew() -> None:
    case = ZoneCase(1, found_at=at(day(3), 9), recorded_at=at(day(3), 10))
    state = lifting(5, [held(day(5))], [case])
    assert state.proposes == (Proposes.RESTART,)
    assert state.counts_from == day(3)
    assert state.earliest_on == day(8)
    assert state.new_cases == (1,)
    assert not state.is_met


def test_a_case_nobody_restarted_for_lifts_five_clean_days_after_it() -> None:
    case = ZoneCase(1, found_at=at(day(3), 9), recorded_at=at(day(3), 10))
    state = lifting(8, [held(day(8))], [case])
    assert state.proposes == (Proposes.LIFT,)
    assert lifting(8, [held(day(7))], [case]).proposes == (Proposes.RESTART,)


def test_the_case_of_day_0_is_why_the_zone_exists() -> None:
    case = ZoneCase(1, found_at=at(D0, 9), recorded_at=at(D0, 10))
    assert lifting(5, [held(day(5))], [case]).proposes == (Proposes.LIFT,)


def test_after_the_restart_the_case_is_answered() -> None:
    case = ZoneCase(1, found_at=at(day(3), 9), recorded_at=at(day(3), 10))
    (_, span) = spans([opened(), change(Act.RESTART, day(3))])
    state = lifting_of(span, T4, day(8), rounds=[held(day(8))], cases=[case])
    assert state.proposes == (Proposes.LIFT,)


def test_the_ninth_edition_steps_down_after_seven_days() -> None:
    (span,) = spans([opened()])
    state = lifting_of(span, P9, day(7), rounds=[held(day(7))])
    assert state.proposes == (Proposes.STEP,)


def test_the_ten_measures_need_no_closing_round() -> None:
    (span,) = spans([opened()])
    assert lifting_of(span, N10, day(4)).proposes == ()
    assert lifting_of(span, N10, day(5)).proposes == (Proposes.LIFT,)
    assert lifting_of(span, N10, day(6)).is_overdue


def test_a_zone_from_before_our_records_is_never_late() -> None:
    (span,) = spans([opened(None)])
    state = lifting_of(span, T4, day(40))
    assert span.day0 is None
    assert [lack.code for lack in state.lacks] == [Lacks.START_UNKNOWN]
    assert not state.is_overdue
    assert not state.is_closing_late
    assert not state_at([opened(None), change(Act.LIFT, D0)], at(D0)).is_open


def test_what_was_not_known_yet_does_not_count() -> None:
    (span,) = spans([opened()])
    rounds = [held(day(5), recorded_at=at(day(6), 9))]
    then = lifting_of(span, T4, day(5), rounds=rounds, known_at=at(day(5), 23))
    now = lifting_of(span, T4, day(5), rounds=rounds, known_at=at(day(6), 10))
    assert (then.is_met, now.is_met) == (False, True)


# Corrections and withdrawals


def test_a_correction_holds_backwards_in_what_is_known_now() -> None:
    first = opened()
    fix = change(Act.CORRECT, day(-2), target=first.id, recorded_at=at(day(2), 9))
    (then,) = spans([first, fix], at(day(1)))
    (now,) = spans([first, fix])
    assert (then.day0, now.day0) == (D0, day(-2))
    assert now.opened_by.id == first.id
    assert now.scope == NARROW


def test_a_correction_of_the_range_names_its_own_row() -> None:
    first = opened(scope=WIDE)
    fix = change(Act.CORRECT, D0, target=first.id, scope=NARROW, recorded_at=at(day(1)))
    (now,) = spans([first, fix])
    assert now.scope == NARROW
    assert now.scope_by.scope_row == fix.id
    (then,) = spans([first, fix], at(D0, 13))
    assert then.scope_by.scope_row == first.id


def test_of_two_corrections_the_later_counts_and_may_be_withdrawn() -> None:
    first = opened()
    one = change(Act.CORRECT, day(1), target=first.id, recorded_at=at(day(2)))
    two = change(Act.CORRECT, day(3), target=first.id, recorded_at=at(day(4)))
    back = change(Act.WITHDRAW, day(5), target=two.id, recorded_at=at(day(5)))
    assert spans([first, one, two])[0].day0 == day(3)
    assert spans([first, one, two, back])[0].day0 == day(1)


def test_a_withdrawn_zone_never_was_but_was_then() -> None:
    first = opened()
    back = change(Act.WITHDRAW, day(2), target=first.id)
    life = [first, back]
    assert state_at(life, at(day(1)), known_at=at(day(1))).is_open
    assert not state_at(life, at(day(1)), known_at=at(day(3))).is_open
    assert spans(life) == ()


def test_a_withdrawn_lift_opens_again_and_a_withdrawn_withdrawal_lifts_again() -> None:
    first, lift = opened(), change(Act.LIFT, day(5))
    back = change(Act.WITHDRAW, day(6), target=lift.id)
    again = change(Act.WITHDRAW, day(7), target=back.id)
    assert state_at([first, lift, back], at(day(8))).is_open
    assert not state_at([first, lift, back, again], at(day(8))).is_open


_changes = st.lists(
    st.builds(
        lambda act, on, late, level, scope, target: change(
            act,
            day(on),
            recorded_at=at(day(on + late), 12),
            level=level,
            scope=scope,
            target=target,
        ),
        st.sampled_from(list(Act)),
        st.integers(0, 12),
        st.integers(0, 3),
        st.sampled_from([None, *Level]),
        st.sampled_from([None, WIDE, NARROW]),
        st.none(),
    ),
    max_size=7,
)


@st.composite
def lives(draw: st.DrawFn) -> list[Change]:
    """Return any list of changes, corrections and withdrawals pointing at earlier ones."""
    made = [opened(), *draw(_changes)]
    made = [replace(c, id=n) for n, c in enumerate(made, start=1)]
    return [
        replace(c, target=draw(st.integers(1, c.id - 1)))
        if c.act in (Act.CORRECT, Act.WITHDRAW)
        else c
        for c in made
    ]


@given(lives(), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_order_in_which_changes_are_listed_means_nothing(
    life: list[Change], rng: object
) -> None:
    mixed = list(life)
    rng.shuffle(mixed)  # type: ignore[attr-defined]  # Hypothesis gives a Random
    assert spans(mixed) == spans(life)


@given(lives())
@settings(deadline=None)
def test_spans_never_overlap_and_follow_in_time(life: list[Change]) -> None:
    found = spans(life)
    for earlier, later in itertools.pairwise(found):
        assert earlier.until_at is not None
        assert later.from_at is not None
        assert earlier.until_at <= later.from_at
    assert all(s.level in (Level.HIGH, Level.MID, Level.LOW) for s in found)


@given(lives(), st.integers(0, 15))
@settings(deadline=None)
def test_what_is_recorded_later_changes_nothing_that_was_known(life: list[Change], n: int) -> None:
    moment = at(day(n), 12)
    known = [c for c in life if c.recorded_at <= moment]
    assert spans(life, moment) == spans(known)
    assert standing(life, moment) == standing(known)


# Scope

TOWER = [
    DwellingRow(101, 1, (1, 10)),
    DwellingRow(1401, 14, (1, 10)),
    DwellingRow(2001, 20, (1, 10)),
    DwellingRow(2101, 21, (1, 11)),
    DwellingRow(999, None, (1, 11)),
    DwellingRow(5, 1, (2, 20)),
]

SCOPES = [
    ("a compound", (ScopeLine(1),), {101, 1401, 2001, 2101, 999}),
    ("except a building", (ScopeLine(1), ScopeLine(11, is_except=True)), {101, 1401, 2001}),
    ("the exception first", (ScopeLine(11, is_except=True), ScopeLine(1)), {101, 1401, 2001}),
    ("floors 14 to 20", (ScopeLine(10, floors=(14, 20)),), {1401, 2001}),
    ("an unknown floor is not inside", (ScopeLine(11, floors=(1, 30)),), {2101}),
    ("one room", (ScopeLine(2001),), {2001}),
    ("a boundary nobody matched", (ScopeLine(None, boundary="东至…"),), set()),
    ("nothing", (), set()),
]


@pytest.mark.parametrize(("name", "lines", "wanted"), SCOPES, ids=[s[0] for s in SCOPES])
def test_scope_resolved_to_dwellings(
    name: str, lines: tuple[ScopeLine, ...], wanted: set[int]
) -> None:
    assert resolve(lines, TOWER) == wanted
    assert resolve(iter(lines), iter(TOWER)) == wanted


def test_dwellings_without_a_floor_are_listed() -> None:
    assert floor_gaps((ScopeLine(1, floors=(1, 3)),), TOWER) == {999}
    assert floor_gaps((ScopeLine(1),), TOWER) == frozenset()


def test_the_widest_unit_of_a_scope() -> None:
    lines = [
        (ScopeLine(1), "unit"),
        (ScopeLine(2), "building"),
        (ScopeLine(3, is_except=True), "compound"),
    ]
    assert widest_unit(lines) is Unit.BUILDING
    assert widest_unit([(ScopeLine(1, floors=(1, 2)), "building")]) is Unit.FLOOR
    assert widest_unit([(ScopeLine(1), "village")]) is Unit.COMPOUND
    assert widest_unit([]) is None
