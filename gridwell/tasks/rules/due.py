"""When a task is due, and when a late one climbs (时限、逐级上报). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from gridwell.core.clock import day_of, end_of, start_of, zone

ONCE = "once"
#: Daily work that begins after its hour still gets so long.
LEAST = timedelta(minutes=60)


def due_of_day(day: date, hour: int, now: datetime) -> datetime:
    """Return when daily work is due: at its hour, an hour from now if that is over, within the day."""
    due = max(start_of(day) + timedelta(hours=hour), now + LEAST)
    return min(due, end_of(day))


def due_after(starts_at: datetime, minutes: int, now: datetime) -> datetime:
    """Return when single work is due: the time allowed, counted from when it could begin."""
    return max(starts_at, now) + timedelta(minutes=minutes)


def within(due_at: datetime, ends_at: datetime | None, now: datetime) -> datetime:
    """Return `due_at`, not after the end of what the work rests on."""
    return due_at if ends_at is None or ends_at <= now else min(due_at, ends_at)


LEVELS = ("grid", "community", "subdistrict")
"""A late task climbs from the grid to the community to the subdistrict."""

#: Minutes after the due time at which a task reaches each level, by mode.
CLIMB: Mapping[str, tuple[int, int, int]] = {
    "routine": (0, 4 * 60, 24 * 60),
    "alert": (0, 2 * 60, 6 * 60),
    "emergency": (0, 30, 2 * 60),
}


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours in which nobody is called for what can wait: [from_hour, until_hour) over midnight."""

    from_hour: int
    until_hour: int

    def covers(self, at: datetime) -> bool:
        """Return whether an instant lies in the quiet hours."""
        hour = at.astimezone(zone()).hour
        return hour >= self.from_hour or hour < self.until_hour

    def after(self, at: datetime) -> datetime:
        """Return the instant itself, or the end of the quiet hours it lies in."""
        if not self.covers(at):
            return at
        local = at.astimezone(zone())
        day = local.date() if local.hour < self.until_hour else local.date() + timedelta(days=1)
        return datetime.combine(day, time(self.until_hour), tzinfo=zone())


#: In an emergency nothing waits for the morning.
QUIET: Mapping[str, Quiet | None] = {
    "routine": Quiet(20, 8),
    "alert": Quiet(22, 7),
    "emergency": None,
}


def climbs_at(due_at: datetime, level: str, mode: str, *, is_urgent: bool) -> datetime:
    """Return when a task that is still open reaches a level; urgent ones pass the quiet hours."""
    at = due_at + timedelta(minutes=CLIMB[mode][LEVELS.index(level)])
    quiet = None if is_urgent else QUIET[mode]
    return quiet.after(at) if quiet is not None else at


def level_at(due_at: datetime, now: datetime, mode: str, *, is_urgent: bool) -> str:
    """Return the highest level that a task has reached by now; "" while it is not late."""
    reached = ""
    for level in LEVELS:
        if climbs_at(due_at, level, mode, is_urgent=is_urgent) <= now:
            reached = level
    return reached


def is_higher(level: str, other: str) -> bool:
    """Return whether a level lies above another; "" is below all."""
    order = ("", *LEVELS)
    return order.index(level) > order.index(other)


def is_silent(asked_at: datetime, minutes: int, now: datetime) -> bool:
    """Return whether an urgent task has waited so long that the deputy has to step in."""
    return now >= asked_at + timedelta(minutes=minutes)


def slot_of(code: str, day: date) -> str:
    """Return the slot of a task: the day of daily work, else "once"."""
    return day.isoformat() if code == "day" else ONCE


def is_of_today(slot: str, now: datetime) -> bool:
    """Return whether daily work belongs to the day of `now`; single work never is out of date."""
    return slot == ONCE or slot == day_of(now).isoformat()
