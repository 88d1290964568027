"""Which report is due, and what has changed since one was sent (信息上报). Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

#: A report may be sent this long before its time.
EARLY = timedelta(hours=2)

#: The figures of a report, in the order in which they are read.
FIGURES: tuple[str, ...] = (
    "zones_high",
    "zones_mid",
    "stay_home",
    "stay_home_households",
    "isolated",
    "to_sample",
    "door_services",
    "tasks_open",
    "tasks_done",
    "tasks_late",
    "late",
    "vacant_posts",
)


@dataclass(frozen=True)
class Change:
    """One figure of a report beside the one it is compared with."""

    code: str
    before: int | None
    now: int

    @property
    def difference(self) -> int:
        """Return how much has come or gone; 0 when there is nothing to compare with."""
        return self.now - self.before if self.before is not None else 0


def compared(before: Mapping[str, int] | None, now: Mapping[str, int]) -> list[Change]:
    """Return the figures now with those of a report; a figure the report lacks has no difference."""
    sent = before or {}
    return [Change(code, sent.get(code), now.get(code, 0)) for code in FIGURES]


def answers(due: Sequence[datetime], sent: Collection[datetime], now: datetime) -> datetime | None:
    """Return the set time that a report sent now answers, or None for one out of turn.

    The latest time that has passed unanswered; else the next one, from two hours before.
    """
    left = [at for at in due if at not in sent]
    passed = [at for at in left if at <= now]
    if passed:
        return passed[-1]
    return next((at for at in left if at - EARLY <= now), None)


def overdue(due: Sequence[datetime], sent: Collection[datetime], now: datetime) -> list[datetime]:
    """Return the set times that have passed without a report."""
    return [at for at in due if at <= now and at not in sent]
