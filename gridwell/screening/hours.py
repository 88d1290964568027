"""Times of a round in words (时段起止): a round that runs past midnight says which are the next day's."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from gridwell.core import clock


def hour(instant: datetime, on: date | None = None) -> str:
    """Return the local time of an instant; `on` is the day of the round, after which it is said."""
    return _of_day(f"{instant.astimezone(clock.zone()):%H:%M}", clock.day_of(instant), on)


def span(starts: datetime, ends: datetime, on: date | None = None) -> str:
    """Return a stretch of the day: 09:30–10:00; the end of the day is 24:00, what follows the next day's."""
    first = clock.day_of(starts)
    if on is not None and first > on:  # the beginning says it of both
        return f"{hour(starts, on)}–{clock.end_time_of(ends)}"
    return f"{hour(starts)}–{hour_at_end(ends, on or first)}"


def hour_at_end(ends: datetime, on: date) -> str:
    """Return the local time at which something ends: 24:00 for the end of the round's day."""
    return _of_day(clock.end_time_of(ends), clock.last_day_of(ends), on)


def _of_day(time: str, day: date, on: date | None) -> str:
    return time if on is None or day <= on else _("%(time)s the next day") % {"time": time}
