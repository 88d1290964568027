"""Which round comes next by the rule for whole areas (区域核酸频次). Pure.

核酸检测实施办法 of 19 November 2022: where the chain is unclear, a round a day; after three rounds in a
row without a case in the community pause three days, one more round, stop when it is clean.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

CLEAN_ROUNDS = 3
PAUSE_DAYS = 3
"""What holds where a protocol says nothing of it: 核酸检测实施办法, as above."""


class Next(StrEnum):
    """What the rule says about the next round."""

    DAILY = "daily"  # go on, a round a day
    FINAL = "final"  # the one after the pause
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class PastRound:
    """A round of the area that is over: its day and the cases it found outside isolation.

    `cases` None while results are out: such a round counts neither as clean nor as not.
    """

    on: date
    cases: int | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """The next round: its day (None for stop) and after how many clean rounds in a row."""

    next: Next
    on: date | None
    clean: int


def next_round(
    rounds: Sequence[PastRound], *, wanted: int = CLEAN_ROUNDS, pause_days: int = PAUSE_DAYS
) -> Proposal | None:
    """Return what comes after these rounds, or None before the first or while results are out.

    `wanted` clean rounds in a row lead to a pause of `pause_days`, one more round and the stop.
    """
    done = sorted(rounds, key=lambda row: row.on)
    if not done or done[-1].cases is None:
        return None
    clean = _clean_at_the_end(done)
    last = done[-1].on
    if clean < wanted:
        return Proposal(Next.DAILY, last + timedelta(days=1), clean)
    if clean > wanted and _paused_before(done, pause_days):
        return Proposal(Next.STOP, None, clean)
    return Proposal(Next.FINAL, last + timedelta(days=pause_days + 1), clean)


def _clean_at_the_end(done: Sequence[PastRound]) -> int:
    clean = 0
    for row in reversed(done):
        if row.cases != 0:
            break
        clean += 1
    return clean


def _paused_before(done: Sequence[PastRound], pause_days: int) -> bool:
    """Return whether the last round came after the pause."""
    return (done[-1].on - done[-2].on).days > pause_days
