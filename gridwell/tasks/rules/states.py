"""The life of a task (任务状态) as a table: which step leads from which state, and who may. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a task stands."""

    OPEN = "open"
    TAKEN = "taken"
    CANNOT = "cannot"  # somebody said why it cannot be done: the desk decides
    DONE = "done"
    VERIFIED = "verified"
    ENDED = "ended"  # needed no more, or missed: `end_reason` says which


#: In these something is still to be done.
ACTIVE = (State.OPEN.value, State.TAKEN.value, State.CANNOT.value)
#: In these it counts as done.
FINISHED = (State.DONE.value, State.VERIFIED.value)


class Act(StrEnum):
    """A step in a task's life."""

    CREATE = "create"
    TAKE = "take"
    PUT_BACK = "put_back"
    DO = "do"
    HAND_OVER = "hand_over"
    CANNOT = "cannot"
    VERIFY = "verify"
    REOPEN = "reopen"
    ASSIGN = "assign"
    END = "end"
    RAISE = "raise"  # a late one climbs; the state stays
    MOVE = "move"  # its post ended, or its subject was merged; the state stays
    SILENT = "silent"  # nobody answered an urgent one: the deputy steps in


class Who(StrEnum):
    """How somebody stands to a task."""

    HOLDER = "holder"  # holds its post effectively
    GRID = "grid"  # is in charge of the grid it lies in
    DESK = "desk"  # works at the desk of its community
    UPPER = "upper"  # works above the community
    FINDER = "finder"  # wrote down what is to be put right
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the table. `to` None keeps the state."""

    by: frozenset[Who]
    of: frozenset[State]
    to: State | None
    needs_reason: bool = False


_OPEN = frozenset({State.OPEN, State.TAKEN})
_NOT_OVER = frozenset({State.OPEN, State.TAKEN, State.CANNOT})
_DOERS = frozenset({Who.HOLDER, Who.GRID, Who.DESK})
_CHIEFS = frozenset({Who.DESK, Who.UPPER})

#: Every step that can be taken. What is not here is refused.
TABLE: dict[Act, Step] = {
    Act.TAKE: Step(_DOERS, frozenset({State.OPEN}), State.TAKEN),
    Act.PUT_BACK: Step(_DOERS | _CHIEFS, frozenset({State.TAKEN}), State.OPEN),
    Act.DO: Step(_DOERS, _OPEN, State.DONE),
    Act.HAND_OVER: Step(_DOERS | _CHIEFS, _NOT_OVER, State.OPEN),
    Act.CANNOT: Step(_DOERS, _OPEN, State.CANNOT, needs_reason=True),
    Act.VERIFY: Step(_CHIEFS | {Who.GRID, Who.FINDER}, frozenset({State.DONE}), State.VERIFIED),
    Act.REOPEN: Step(
        _DOERS | _CHIEFS | {Who.FINDER},
        frozenset({State.CANNOT, State.DONE, State.VERIFIED, State.ENDED}),
        State.OPEN,
        needs_reason=True,
    ),
    Act.ASSIGN: Step(_CHIEFS, _NOT_OVER, State.OPEN),
    Act.END: Step(_CHIEFS | {Who.SYSTEM}, _NOT_OVER, State.ENDED, needs_reason=True),
    Act.RAISE: Step(frozenset({Who.SYSTEM}), _NOT_OVER, None),
    Act.MOVE: Step(frozenset({Who.SYSTEM}), frozenset(State), None),
    Act.SILENT: Step(frozenset({Who.SYSTEM}), frozenset({State.OPEN}), None),
}


def refusal(act: Act, state: State, who: Collection[Who], *, has_reason: bool = True) -> str | None:
    """Return why a step is refused, or None when it may be taken.

    That somebody else was faster is told apart from what never goes: it says so by its own code.
    """
    step = TABLE[act]
    if not step.by & frozenset(who):
        return "tasks.not_yours"
    if state not in step.of:
        if state in FINISHED:
            return "tasks.already_done"
        if state is State.TAKEN and act is Act.TAKE:
            return "tasks.already_taken"
        return "tasks.already_ended" if state is State.ENDED else "tasks.not_in_this_state"
    if step.needs_reason and not has_reason:
        return "tasks.reason_needed"
    return None


def after(act: Act, state: State) -> State:
    """Return the state after a step that was allowed."""
    return TABLE[act].to or state


def acts_open_to(state: State, who: Collection[Who]) -> tuple[Act, ...]:
    """Return the steps that somebody may take now, in the order of the table: the page's buttons."""
    return tuple(act for act in TABLE if act in _BY_HAND and refusal(act, state, who) is None)


_BY_HAND = frozenset(
    {
        Act.TAKE,
        Act.PUT_BACK,
        Act.DO,
        Act.HAND_OVER,
        Act.CANNOT,
        Act.VERIFY,
        Act.REOPEN,
        Act.ASSIGN,
        Act.END,
    }
)
