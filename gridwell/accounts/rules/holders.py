"""Who effectively holds a post: A, or the first deputy while all before cannot (A角、B角). Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Away:
    """A time in which a person cannot serve: [starts_at, ends_at), open when `ends_at` is None."""

    user: int
    starts_at: datetime
    ends_at: datetime | None = None

    def covers(self, now: datetime) -> bool:
        """Return whether the person is away at this instant; at the end instant they are back."""
        return self.starts_at <= now and (self.ends_at is None or now < self.ends_at)


def away_at(absences: Iterable[Away], now: datetime) -> frozenset[int]:
    """Return the users who cannot serve at an instant."""
    return frozenset(absence.user for absence in absences if absence.covers(now))


def effective_of(holder: int | None, deputies: Sequence[int], away: Collection[int]) -> int | None:
    """Return the first of A and the deputies, in their order, who is not away; None for nobody.

    A post without A is served by its first deputy: an empty chair strands no work. When all are
    away nobody acts; the list of posts shows it, and the level above is to name somebody.
    """
    line = [*([holder] if holder is not None else []), *deputies]
    return next((user for user in line if user not in away), None)


def effective_holder(
    holder: int | None, deputies: Sequence[int], absences: Iterable[Away], now: datetime
) -> int | None:
    """Return who holds a post at an instant: A unless absent, else the first deputy who is there."""
    return effective_of(holder, deputies, away_at(absences, now))


def deputies_refusal(holder: int | None, deputies: Sequence[int]) -> str | None:
    """Return why a line of deputies is refused, or None.

    The line A, B, … must never come back to somebody who is already in it. Two people may deputise
    for each other on two posts (互为AB角): each post has its own line.
    """
    if holder is not None and holder in deputies:
        return "accounts.deputy_is_holder"
    if len(set(deputies)) != len(deputies):
        return "accounts.deputy_twice"
    return None
