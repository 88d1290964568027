"""Turns of duty (值班): which overlap, how a week is copied. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

#: The longest single turn that is taken: longer ones are typing errors.
LONGEST = timedelta(hours=72)


@dataclass(frozen=True)
class Turn:
    """One turn of duty: [starts_at, ends_at) of a person on a post."""

    post: int
    user: int
    starts_at: datetime
    ends_at: datetime
    remark: str = ""
    id: int | None = None

    def overlaps(self, other: "Turn") -> bool:
        """Return whether both share an instant; one that begins when the other ends does not."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def moved(self, days: int) -> "Turn":
        """Return the same turn some days later, not written yet."""
        by = timedelta(days=days)
        return Turn(self.post, self.user, self.starts_at + by, self.ends_at + by, self.remark)


def turn_refusal(starts_at: datetime, ends_at: datetime) -> str | None:
    """Return why a turn cannot be, or None."""
    if ends_at <= starts_at:
        return "organisation.shift_backwards"
    if ends_at - starts_at > LONGEST:
        return "organisation.shift_too_long"
    return None


def first_overlap(turn: Turn, others: Iterable[Turn]) -> Turn | None:
    """Return the earliest turn of the same person that overlaps, itself left out."""
    found = [
        other
        for other in others
        if other.user == turn.user
        and turn.overlaps(other)
        and (other.id is None or other.id != turn.id)
    ]
    return min(found, key=lambda other: other.starts_at, default=None)


@dataclass(frozen=True)
class Copied:
    """What copying a week comes to: turns to write, those that stand already, those that overlap."""

    new: tuple[Turn, ...]
    same: int
    clashing: tuple[Turn, ...]


def copy_turns(turns: Sequence[Turn], standing: Sequence[Turn], days: int) -> Copied:
    """Return what copying turns some days on would write; twice writes nothing twice."""
    known = {(t.post, t.user, t.starts_at, t.ends_at) for t in standing}
    by_user: dict[int, list[Turn]] = {}
    for turn in standing:
        by_user.setdefault(turn.user, []).append(turn)
    new: list[Turn] = []
    clashing: list[Turn] = []
    same = 0
    for turn in turns:
        moved = turn.moved(days)
        if (moved.post, moved.user, moved.starts_at, moved.ends_at) in known:
            same += 1
        elif first_overlap(moved, by_user.get(moved.user, ())) is not None:
            clashing.append(moved)
        else:
            new.append(moved)
            by_user.setdefault(moved.user, []).append(moved)
    return Copied(tuple(new), same, tuple(clashing))


def monday_of(day: date) -> date:
    """Return the Monday of the week of a day."""
    return day - timedelta(days=day.weekday())


def first_of_month(day: date) -> date:
    """Return the first day of the month of a day."""
    return day.replace(day=1)


def next_month(day: date) -> date:
    """Return the first day of the month after."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def month_before(day: date) -> date:
    """Return the first day of the month before."""
    return first_of_month(first_of_month(day) - timedelta(days=1))


def month_weeks(day: date) -> list[list[date]]:
    """Return the weeks of the month of a day, Monday first, whole weeks."""
    first, end = first_of_month(day), next_month(day)
    start = monday_of(first)
    weeks = []
    while start < end:
        weeks.append([start + timedelta(days=n) for n in range(7)])
        start += timedelta(days=7)
    return weeks
