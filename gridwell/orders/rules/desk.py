"""What still stands open about a notice on a community's desk (核对状态), pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gridwell.orders.rules.matching import SURE


class MatchState(StrEnum):
    """How one place of an item stands in one community."""

    SURE = "sure"  # one candidate, certain: approving approves it
    CHOSEN = "chosen"  # a person has said so
    OUTSIDE = "outside"  # a person has said: not in our register
    ASK = "ask"  # candidates, none certain
    NONE = "none"  # nothing like it in this community


@dataclass(frozen=True, slots=True)
class Row:
    """A match as the rule sees it; rows of one choice belong together."""

    choice: int
    place: int | None
    floors: tuple[int, int] | None
    how: str
    confidence: int
    because: str
    is_decided: bool


@dataclass(frozen=True, slots=True)
class PlaceState:
    """How one place of an item stands, with the rows that count and the other proposals."""

    state: MatchState
    rows: tuple[Row, ...]
    others: tuple[Row, ...]


def state_of(rows: Iterable[Row], *, is_elsewhere: bool = False) -> PlaceState:
    """Return how one place of an item stands in a community.

    `is_elsewhere` True: the same name is certain in another community too, so it must be asked.
    """
    rows = tuple(rows)
    decided = tuple(r for r in rows if r.is_decided)
    if decided:
        if all(r.place is None for r in decided):
            return PlaceState(MatchState.OUTSIDE, decided, _open(rows))
        kept = tuple(r for r in decided if r.place is not None)
        return PlaceState(MatchState.CHOSEN, kept, _open(rows))
    if not rows:
        return PlaceState(MatchState.NONE, (), ())
    best = min(rows, key=lambda r: (-r.confidence, r.choice)).choice
    first = tuple(r for r in rows if r.choice == best)
    rivals = tuple(r for r in rows if r.choice != best)
    certain = first[0].confidence >= SURE and not is_elsewhere
    if certain and all(r.confidence < SURE for r in rivals):
        return PlaceState(MatchState.SURE, first, rivals)
    return PlaceState(MatchState.ASK, first, rivals)


def _open(rows: Sequence[Row]) -> tuple[Row, ...]:
    return tuple(r for r in rows if not r.is_decided)
