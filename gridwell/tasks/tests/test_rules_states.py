"""The life of a task: a table, walked at random."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridwell.tasks.rules.states import (
    ACTIVE,
    FINISHED,
    TABLE,
    Act,
    State,
    Who,
    acts_open_to,
    after,
    refusal,
)

WALK = st.lists(st.tuples(st.sampled_from(sorted(TABLE)), st.sampled_from(sorted(Who))))


@pytest.mark.parametrize(
    ("act", "state", "who", "expected"),
    [
        (Act.TAKE, State.OPEN, {Who.HOLDER}, None),
        (Act.TAKE, State.OPEN, {Who.GRID}, None),
        (Act.TAKE, State.OPEN, {Who.UPPER}, "tasks.not_yours"),
        (Act.TAKE, State.OPEN, set(), "tasks.not_yours"),
        (Act.TAKE, State.TAKEN, {Who.DESK}, "tasks.already_taken"),
        (Act.TAKE, State.DONE, {Who.HOLDER}, "tasks.already_done"),
        (Act.DO, State.OPEN, {Who.HOLDER}, None),
        (Act.DO, State.TAKEN, {Who.DESK}, None),
        (Act.DO, State.DONE, {Who.HOLDER}, "tasks.already_done"),
        (Act.DO, State.VERIFIED, {Who.HOLDER}, "tasks.already_done"),
        (Act.DO, State.ENDED, {Who.HOLDER}, "tasks.already_ended"),
        (Act.DO, State.CANNOT, {Who.HOLDER}, "tasks.not_in_this_state"),
        (Act.DO, State.OPEN, {Who.UPPER}, "tasks.not_yours"),
        (Act.VERIFY, State.DONE, {Who.DESK}, None),
        (Act.VERIFY, State.DONE, {Who.UPPER}, None),
        (Act.VERIFY, State.DONE, {Who.HOLDER}, "tasks.not_yours"),
        (Act.VERIFY, State.OPEN, {Who.DESK}, "tasks.not_in_this_state"),
        (Act.ASSIGN, State.TAKEN, {Who.DESK}, None),
        (Act.ASSIGN, State.OPEN, {Who.HOLDER}, "tasks.not_yours"),
        (Act.END, State.OPEN, {Who.HOLDER}, "tasks.not_yours"),
        (Act.RAISE, State.OPEN, {Who.DESK}, "tasks.not_yours"),
        (Act.SILENT, State.TAKEN, {Who.SYSTEM}, "tasks.not_in_this_state"),
    ],
)
def test_who_may_do_what_when(act: Act, state: State, who: set[Who], expected: str | None) -> None:
    assert refusal(act, state, who) == expected


#: The whole life of a task once more, by hand: from which states each step leads where.
LIFE = {
    Act.TAKE: ("open", "taken"),
    Act.PUT_BACK: ("taken", "open"),
    Act.DO: ("open taken", "done"),
    Act.HAND_OVER: ("open taken cannot", "open"),
    Act.CANNOT: ("open taken", "cannot"),
    Act.VERIFY: ("done", "verified"),
    Act.REOPEN: ("cannot done verified ended", "open"),
    Act.ASSIGN: ("open taken cannot", "open"),
    Act.END: ("open taken cannot", "ended"),
    Act.RAISE: ("open taken cannot", ""),
    Act.MOVE: ("open taken cannot done verified ended", ""),
    Act.SILENT: ("open", ""),
}
#: And by whom.
BY = {
    Act.TAKE: "holder grid desk",
    Act.PUT_BACK: "holder grid desk upper",
    Act.DO: "holder grid desk",
    Act.HAND_OVER: "holder grid desk upper",
    Act.CANNOT: "holder grid desk",
    Act.VERIFY: "grid desk upper finder",
    Act.REOPEN: "holder grid desk upper finder",
    Act.ASSIGN: "desk upper",
    Act.END: "desk upper system",
    Act.RAISE: "system",
    Act.MOVE: "system",
    Act.SILENT: "system",
}


@pytest.mark.parametrize("act", [act for act in Act if act is not Act.CREATE])
def test_every_step_from_every_state_by_everybody(act: Act) -> None:
    of, to = LIFE[act]
    for state in State:
        for who in Who:
            allowed = state.value in of.split() and who.value in BY[act].split()
            assert (refusal(act, state, {who}) is None) == allowed, (state, who)
        if state.value in of.split():
            assert after(act, state) == (to or state)


@pytest.mark.parametrize("act", [Act.CANNOT, Act.REOPEN, Act.END])
def test_some_steps_need_a_reason(act: Act) -> None:
    state = State.DONE if act is Act.REOPEN else State.OPEN
    assert refusal(act, state, {Who.DESK}, has_reason=False) == "tasks.reason_needed"
    assert refusal(act, state, {Who.DESK}) is None


@given(WALK)
def test_no_walk_leaves_the_table(walk: list[tuple[Act, Who]]) -> None:
    """Whatever is tried: only steps of the table change the state, and a closed task stays closed
    until somebody opens it again."""
    state = State.OPEN
    for act, who in walk:
        code = refusal(act, state, {who})
        if code is not None:
            continue
        new = after(act, state)
        assert who in TABLE[act].by
        assert state in TABLE[act].of
        if state.value not in ACTIVE and new.value in ACTIVE:
            assert act is Act.REOPEN
        if new is State.VERIFIED and state is not State.VERIFIED:
            assert state is State.DONE
        state = new


@given(st.sampled_from(sorted(State)), st.sets(st.sampled_from(sorted(Who))))
def test_buttons_are_what_is_allowed(state: State, who: set[Who]) -> None:
    for act in acts_open_to(state, who):
        assert refusal(act, state, who) is None
    assert not acts_open_to(state, ())


def test_every_state_can_be_left_and_none_is_both_open_and_closed() -> None:
    for state in State:
        assert any(state in step.of and step.to not in {None, state} for step in TABLE.values())
    assert not set(ACTIVE) & set(FINISHED)
