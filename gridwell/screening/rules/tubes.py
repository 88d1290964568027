"""What may happen to a tube and who may go into it (采样管、混采). Pure.

Pools of 1, 5, 10 or 20 people or of one household are allowed; a laboratory never pools pools
(联防联控机制, 9 June 2022). A positive tube says nothing of a person until single samples do.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PoolSize(StrEnum):
    """How many people share a tube."""

    SINGLE = "single"
    HOUSEHOLD = "household"
    FIVE = "5"
    TEN = "10"
    TWENTY = "20"


#: The most people a tube takes; a household's tube takes as many as a large family has.
MOST: dict[PoolSize, int] = {
    PoolSize.SINGLE: 1,
    PoolSize.HOUSEHOLD: 20,
    PoolSize.FIVE: 5,
    PoolSize.TEN: 10,
    PoolSize.TWENTY: 20,
}


class TubeState(StrEnum):
    """The way of a tube from the desk to its result."""

    OPEN = "open"
    CLOSED = "closed"
    PACKED = "packed"  # in a box, counted
    SENT = "sent"
    RECEIVED = "received"  # by the laboratory
    NEGATIVE = "negative"
    POSITIVE = "positive"
    UNCLEAR = "unclear"  # single samples decide, as with a positive one
    SPOILT = "spoilt"  # leaked, lost, without cap: everyone in it is due again


#: The purpose of a second sample of somebody who gave two: it counts once, and both tubes hold.
AGAIN = "again"

RESULTS = frozenset({TubeState.NEGATIVE, TubeState.POSITIVE, TubeState.UNCLEAR})
ASKS_SINGLE = frozenset({TubeState.POSITIVE, TubeState.UNCLEAR})
"""After these everyone in the tube is held and sampled singly."""

_UNDERWAY = frozenset({TubeState.CLOSED, TubeState.PACKED, TubeState.SENT, TubeState.RECEIVED})

#: From which states a tube may reach a state. A result may overtake the hand-over papers.
MAY_BECOME: dict[TubeState, frozenset[TubeState]] = {
    TubeState.OPEN: frozenset({TubeState.CLOSED}),  # reopened to undo the last person
    TubeState.CLOSED: frozenset({TubeState.OPEN, TubeState.PACKED}),
    TubeState.PACKED: frozenset({TubeState.CLOSED}),
    TubeState.SENT: frozenset({TubeState.PACKED}),
    TubeState.RECEIVED: frozenset({TubeState.PACKED, TubeState.SENT}),
    TubeState.NEGATIVE: _UNDERWAY,
    TubeState.POSITIVE: _UNDERWAY,
    TubeState.UNCLEAR: _UNDERWAY,
    TubeState.SPOILT: _UNDERWAY | {TubeState.OPEN},
}


def move_refusal(state: TubeState, to: TubeState) -> str | None:
    """Return why a tube may not go from one state to another, or None."""
    if state in MAY_BECOME[to]:
        return None
    if state in RESULTS and to in RESULTS:
        return "screening.result_contradicts"
    return "screening.tube_cannot_move"


@dataclass(frozen=True, slots=True)
class TubeFacts:
    """A tube as the desk knows it. `household` is that of its first person, None while empty."""

    state: TubeState
    pool: PoolSize
    people: Collection[str]
    household: int | None = None


def entry_refusal(tube: TubeFacts, person: str, household: int | None) -> str | None:
    """Return why a person may not go into this tube, or None. `person` is a person's key.

    The same person scanned twice in a row is refused by its own code, which the desk shows as
    "already in this tube" and counts once.
    """
    if tube.state is not TubeState.OPEN:
        return "screening.tube_closed"
    if person in tube.people:
        return "screening.already_in_tube"
    if len(tube.people) >= MOST[tube.pool]:
        return "screening.tube_full"
    if tube.pool is PoolSize.HOUSEHOLD and tube.people and household != tube.household:
        return "screening.other_household"
    return None


def is_full(pool: PoolSize, people: int) -> bool:
    """Return whether a tube is full, so that the desk closes it by itself."""
    return pool is not PoolSize.HOUSEHOLD and people >= MOST[pool]


@dataclass(frozen=True, slots=True)
class ClockCheck:
    """How far a device's clock is from the server's, and whether that may be trusted."""

    seconds: float
    is_off: bool


#: A device whose clock differs by more is named; its times are kept as it said them, and shifted.
CLOCK_TOLERANCE = 120


def clock_check(device: datetime, server: datetime) -> ClockCheck:
    """Return how far a device is ahead of the server (negative: behind)."""
    seconds = (device - server).total_seconds()
    return ClockCheck(seconds, abs(seconds) > CLOCK_TOLERANCE)
