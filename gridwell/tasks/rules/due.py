"""When a task is due, and when a late one climbs (时限、逐级上报). Pure."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from gridwell.core.clock import day_of, end_of, start_of, zone
from gridwell.notify.rules.quiet import next_allowed
from gridwell.orders.rules.modes import Profile, standard

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


def minutes_allowed(own: Mapping[str, int], profile: Profile, on: date) -> int:
    """Return the minutes that work is allowed under what a mode sets (状态参数).

    `own` holds the kind's minutes in routine, and in other modes where it says its own. Without an
    own time for the mode, the profile's share of the routine time holds. An own time is meant for
    the share that modes have by themselves; where an area sets another, it changes in proportion.
    """
    usual = standard(profile.mode, on).time_percent
    if profile.mode in own:
        minutes = own[profile.mode] * profile.time_percent / usual
    else:
        minutes = own["routine"] * profile.time_percent / 100
    return max(round(minutes), 1)


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


def climbs_at(due_at: datetime, level: str, profile: Profile, *, is_urgent: bool) -> datetime:
    """Return when a task that is still open reaches a level; urgent ones pass the quiet hours."""
    at = due_at + timedelta(minutes=CLIMB[profile.mode][LEVELS.index(level)])
    if is_urgent or profile.quiet is None:
        return at
    return next_allowed(at.astimezone(zone()), *profile.quiet)


def level_at(due_at: datetime, now: datetime, profile: Profile, *, is_urgent: bool) -> str:
    """Return the highest level that a task has reached by now; "" while it is not late."""
    reached = ""
    for level in LEVELS:
        if climbs_at(due_at, level, profile, is_urgent=is_urgent) <= now:
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
