"""Writes of orders: `notices`, `zones`, `standstills`, `modes`, `sheets`."""

from datetime import datetime, timedelta

from gridwell.accounts.deciding import ask_guards
from gridwell.accounts.rules.actor import Actor, Right
from gridwell.core.errors import NotVisible, RuleBroken


def require(actor: Actor, right: Right, area: int) -> None:
    """Raise unless the actor has a right in an area: 404 outside the scope, else a refusal.

    Where another level has taken over, deciding is refused with who decides there.
    """
    if not actor.covers(area):
        raise NotVisible
    if not actor.may(right, area):
        raise RuleBroken("orders.not_allowed")
    ask_guards(actor, right, area)


FARTHEST = timedelta(days=7)  # an order is made for the days at hand; farther off is a wrong year


def require_near(instant: datetime, now: datetime) -> None:
    """Raise when an act is to take effect farther ahead than any order does."""
    if instant > now + FARTHEST:
        raise RuleBroken("orders.too_far_ahead", days=FARTHEST.days)


def require_reason(reason: str) -> str:
    """Return the reason without white space; an act that holds or frees people needs one."""
    reason = reason.replace("\0", "").strip()
    if not reason:
        raise RuleBroken("orders.reason_missing")
    return reason[:400]
