"""How far a round is (轮次进度). Pure: what is true of it decides, not what somebody pressed last."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class RoundStep(StrEnum):
    """The steps of a round, in their order."""

    ORDERED = "ordered"
    DESKS = "desks"
    SLOTS = "slots"
    OPEN = "open"
    CALLS = "calls"
    SAMPLING = "sampling"
    RESULTS = "results"
    CLOSE = "close"


#: Steps that come before a round opens; one without sites of its own may leave them out.
BEFORE: Final = (RoundStep.ORDERED, RoundStep.DESKS, RoundStep.SLOTS, RoundStep.OPEN)


@dataclass(frozen=True, slots=True)
class Left:
    """What is left in an open round.

    `uncalled`: missing people whom nobody has called, less those sampled at the door. `tubes`: tubes
    with people in them and no result. `single`: people of a positive pool without a single result.
    """

    due: int = 0
    sampled: int = 0
    uncalled: int = 0
    tubes: int = 0
    single: int = 0

    @property
    def missing(self) -> int:
        """Return who still has to be sampled."""
        return self.due - self.sampled

    @property
    def results(self) -> int:
        """Return what the laboratory still owes."""
        return self.tubes + self.single


def steps_done(
    state: str, *, has_desks: bool, has_slots: bool, left: Left
) -> Mapping[RoundStep, bool]:
    """Return which steps of a round are done.

    Calls are done when nobody is left to call, also because all have come; results when every tube
    that was filled has one. While people are missing there are tubes still to come.
    """
    is_open, is_closed = state != "planned", state == "closed"
    is_all_sampled = is_open and left.due > 0 and left.missing == 0
    return {
        RoundStep.ORDERED: True,
        RoundStep.DESKS: has_desks,
        RoundStep.SLOTS: has_slots,
        RoundStep.OPEN: is_open,
        RoundStep.CALLS: is_closed or (is_open and left.due > 0 and not left.uncalled),
        RoundStep.SAMPLING: is_closed or is_all_sampled,
        RoundStep.RESULTS: is_open
        and left.sampled > 0
        and not left.results
        and (is_closed or is_all_sampled),
        RoundStep.CLOSE: is_closed,
    }


def step_now(state: str, *, has_desks: bool, has_slots: bool, left: Left) -> RoundStep | None:
    """Return the step that a round is at; None for a closed one whose results are complete.

    Before it opens the first that is not done. Then calling, until the first sample; from then on
    sampling, until nobody is missing; then the results, and then it is ready to close.
    """
    done = steps_done(state, has_desks=has_desks, has_slots=has_slots, left=left)
    if state == "planned":
        return next(step for step in BEFORE if not done[step])
    if state == "closed":
        return RoundStep.RESULTS if left.results else None
    if left.missing or not left.due:
        waits = left.uncalled and not left.sampled
        return RoundStep.CALLS if waits else RoundStep.SAMPLING
    return RoundStep.RESULTS if left.results else RoundStep.CLOSE
