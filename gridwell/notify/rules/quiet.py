"""Quiet hours: when somebody may next be told of a thing that can wait. Pure."""

from datetime import datetime, time, timedelta

#: Minutes between one try and the next; after the last the delivery has failed.
WAITS = (1, 5, 15, 60)


def is_quiet(at: time, starts: time, ends: time) -> bool:
    """Return whether a local time lies in [starts, ends), over midnight too; equal is never quiet."""
    if starts <= ends:
        return starts <= at < ends
    return at >= starts or at < ends


def next_allowed(now: datetime, starts: time, ends: time) -> datetime:
    """Return when telling is allowed next: now, or the end of the quiet hours `now` lies in.

    `now` is local and aware; the end instant is outside the quiet hours.
    """
    at = now.time().replace(tzinfo=None)
    if not is_quiet(at, starts, ends):
        return now
    day = now.date() if at < ends else now.date() + timedelta(days=1)
    return datetime.combine(day, ends, tzinfo=now.tzinfo)


def next_try(tries: int, now: datetime) -> datetime | None:
    """Return when a delivery that failed `tries` times is tried again, None for never."""
    if tries > len(WAITS):
        return None
    return now + timedelta(minutes=WAITS[tries - 1])
