"""The one clock. Nothing else asks the operating system for the time or the local day.

Knows no Django: `configure` is called once at start-up with the settings' zone and, in the demo
only, with a file that holds how far the clock is moved. Every process of the demo reads that file,
so the server and the worker agree.
"""

import os
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

_DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")
_zone = _DEFAULT_ZONE
_shift_file: Path | None = None
#: What was last read from the file, with what told that very writing of it from any other.
_read: tuple[tuple[int, int, int], timedelta] | None = None


def configure(*, zone: str, shift_file: Path | None) -> None:
    """Set the local zone and, for the demo, the file that says how far the clock is moved."""
    global _zone, _shift_file, _read
    _zone = ZoneInfo(zone)
    _shift_file = shift_file
    _read = None


def zone() -> ZoneInfo:
    """Return the zone in which days are counted."""
    return _zone


def is_movable() -> bool:
    """Return whether this installation may move its clock (the demo only)."""
    return _shift_file is not None


def shift() -> timedelta:
    """Return how far the clock is moved; zero outside the demo.

    A page asks some fifty times. The file is read again when it is another one: `move_to` puts a new
    file in place, so its number, size or time of writing differ at once, in every process.
    """
    global _read
    if _shift_file is None:
        return timedelta(0)
    try:
        seen = _shift_file.stat()
        key = (seen.st_ino, seen.st_mtime_ns, seen.st_size)
        known = _read
        if known is None or known[0] != key:
            known = key, timedelta(seconds=float(_shift_file.read_text("ascii")))
            _read = known
        return known[1]
    except FileNotFoundError:
        return timedelta(0)


def move_to(instant: datetime) -> None:
    """Move the demo's clock so that `instant` is now. Raises RuntimeError outside the demo."""
    if _shift_file is None:
        raise RuntimeError("the clock moves in the demo only")
    # Written beside and renamed: another process may read at any moment, and never half a number.
    beside = _shift_file.with_name(f"{_shift_file.name}.{os.getpid()}")
    beside.write_text(str((instant - datetime.now(UTC)).total_seconds()), "ascii")
    beside.replace(_shift_file)


def now() -> datetime:
    """Return the present instant, aware, in UTC."""
    return datetime.now(UTC) + shift()


def day_of(instant: datetime) -> date:
    """Return the local day that holds `instant`; 24:00 of a day is 00:00 of the next."""
    return instant.astimezone(_zone).date()


def today() -> date:
    """Return the present local day."""
    return day_of(now())


def start_of(day: date) -> datetime:
    """Return the first instant of a local day, aware."""
    return datetime.combine(day, time.min, tzinfo=_zone)


def end_of(day: date) -> datetime:
    """Return the first instant after a local day; windows are half-open.

    The calendar's last day ends with its last instant: no day comes after it.
    """
    if day == date.max:
        return datetime.combine(day, time.max, tzinfo=_zone)
    return start_of(day + timedelta(days=1))


def last_day_of(end: datetime) -> date:
    """Return the last local day of a window that ends at `end`: 00:00 is 24:00 of the day before."""
    return day_of(end - timedelta(microseconds=1))


def end_time_of(end: datetime) -> str:
    """Return the time at which a window ends on its last local day: 24:00 for midnight."""
    local = end.astimezone(_zone)
    return "24:00" if local.date() != last_day_of(end) else f"{local:%H:%M}"
