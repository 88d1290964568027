"""Modes of an area (平战状态) and what each of them sets, as dated data. Pure.

What a mode sets is no law of nature: the table below is what an installation starts with, dated as
protocols are, and every area may lay its own row over it (`orders.ModeProfile`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any


class Mode(StrEnum):
    """Modes of an area (平战状态)."""

    ROUTINE = "routine"
    ALERT = "alert"
    EMERGENCY = "emergency"


#: The stricter mode has the higher number.
STRICTNESS: Mapping[str, int] = {mode.value: number for number, mode in enumerate(Mode)}


class Manual(StrEnum):
    """What needs a person's yes in a mode, and goes by itself in the others (人工审批)."""

    REPORTS = "reports"  # an officer looks at a report before it goes up
    TASK_CHECK = "task_check"  # done work is checked by a second person


@dataclass(frozen=True)
class Profile:
    """What a mode sets (状态参数). `quiet` is [from, until) of a day and may pass midnight; None = none.

    `time_percent` is the share of the routine time that work is allowed in the mode. A kind of work may
    have an own time for a mode; an area that sets another share than the table changes that too.
    """

    mode: str
    time_percent: int
    quiet: tuple[time, time] | None
    reports_at: tuple[time, ...]
    manual: frozenset[str] = frozenset()

    def is_quiet(self, at: time) -> bool:
        """Return whether a time of day lies in the quiet hours; their end is outside."""
        if self.quiet is None or self.quiet[0] == self.quiet[1]:
            return False
        start, end = self.quiet
        return start <= at < end if start < end else at >= start or at < end


#: From which day which table holds. Later tables are added, never changed: a past day is read by its own.
DATED: tuple[tuple[date, Mapping[str, Profile]], ...] = (
    (
        date(2020, 1, 1),
        {
            Mode.ROUTINE: Profile("routine", 100, (time(21), time(8)), (time(17),)),
            Mode.ALERT: Profile(
                "alert",
                75,
                (time(22), time(7)),
                (time(10), time(17)),
                frozenset({Manual.TASK_CHECK}),
            ),
            Mode.EMERGENCY: Profile(
                "emergency",
                50,
                (time(23), time(6)),
                (time(8), time(14), time(20)),
                frozenset({Manual.REPORTS, Manual.TASK_CHECK}),
            ),
        },
    ),
)


def standard(mode: str, on: date) -> Profile:
    """Return what a mode sets on a day where no area says otherwise."""
    tables = [table for since, table in DATED if since <= on] or [DATED[0][1]]
    return tables[-1][mode]


def overridden(profile: Profile, values: Mapping[str, Any]) -> Profile:
    """Return a profile with an area's own values laid over it; None keeps what was."""
    return replace(profile, **{key: value for key, value in values.items() if value is not None})


def strictest(modes: Iterable[str]) -> str:
    """Return the strictest of some modes; routine of none.

    Modes overlap: an area has its own and those of all areas above. The stricter one holds, so a
    community cannot go easy in a district's emergency, and a district's return frees nobody whom
    the community itself holds.
    """
    return max(modes, key=lambda mode: STRICTNESS[mode], default=Mode.ROUTINE.value)


def due_times(profile: Profile, day_start: datetime) -> list[datetime]:
    """Return the instants of a local day at which a report is due."""
    return [
        day_start + timedelta(hours=at.hour, minutes=at.minute)
        for at in sorted(set(profile.reports_at))
    ]
