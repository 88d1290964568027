"""How long everyone of a positive pool is held singly (混阳留置), and when somebody is told. Pure.

People are held where they are until single samples decide; who is negative and no contact is
released at once, normally within 24 hours (Xinhua, 1 December 2022, on temporary control). A hold
therefore ends by itself; only a confirmed result or one extension by a named officer goes beyond.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

#: Hours of a hold where the protocol in force says nothing else.
DEFAULT_HOURS = 24
#: Parts of the hold at which officer and subdistrict are told that it still lasts.
ALARMS = (0.5, 0.75)


class HoldEnd(StrEnum):
    """Why a hold ended."""

    RELEASED = "released"  # the single sample is negative
    CONFIRMED = "confirmed"  # a case: what follows rests on other orders
    RAN_OUT = "ran_out"  # its hours are over: it ended by itself
    WITHDRAWN = "withdrawn"  # the tube's result was corrected


@dataclass(frozen=True, slots=True)
class HoldFacts:
    """A hold as recorded. `extended_until` is set once at most; `ended_at` None while it lasts."""

    starts_at: datetime
    hours: int = DEFAULT_HOURS
    extended_until: datetime | None = None
    ended_at: datetime | None = None

    @property
    def ends_at(self) -> datetime:
        """Return the instant at which the hold ends by itself unless it ended before."""
        return self.extended_until or self.starts_at + timedelta(hours=self.hours)


def lasts(hold: HoldFacts, now: datetime) -> bool:
    """Return whether a person is held at an instant; at its end instant nobody is."""
    return hold.starts_at <= now < hold.ends_at and (hold.ended_at is None or now < hold.ended_at)


def alarms_due(hold: HoldFacts, now: datetime) -> tuple[float, ...]:
    """Return the parts of the hold's own hours that have passed while it lasts: 0.5, 0.75."""
    if not lasts(hold, now):
        return ()
    whole = timedelta(hours=hold.hours)
    return tuple(part for part in ALARMS if now >= hold.starts_at + whole * part)


def extension_refusal(
    hold: HoldFacts, until: datetime, reason: str, clause: str, now: datetime
) -> str | None:
    """Return why a hold may not be extended, or None.

    Once, before it has ended, by at most its own hours again, with a reason and a clause.
    """
    if not lasts(hold, now):
        return "screening.hold_over"
    if hold.extended_until is not None:
        return "screening.hold_extended_before"
    if not reason.strip() or not clause.strip():
        return "screening.hold_needs_clause"
    if not hold.ends_at < until <= hold.ends_at + timedelta(hours=hold.hours):
        return "screening.hold_too_long"
    return None
