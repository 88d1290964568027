"""The quiet hours of an area (免打扰时段): a package above says them, for they follow its mode.

One source: what the mode of an area sets. Without a package that says so nothing is quiet.
"""

from collections.abc import Callable
from datetime import datetime, time

#: From, until; may pass midnight. Until is outside.
Hours = tuple[time, time]
Source = Callable[[int, datetime], Hours | None]

_sources: list[Source] = []


def register(function: Source) -> None:
    """Have `function(area, now)` say the quiet hours of an area of any level; once, at start-up."""
    _sources[:] = [function]


def hours_of(area: int, now: datetime) -> Hours | None:
    """Return the quiet hours that hold in an area now, None for none."""
    return _sources[0](area, now) if _sources else None
