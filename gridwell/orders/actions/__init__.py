"""Writes of orders: `notices`, `zones`, `standstills`, `modes`, `sheets`."""

from collections.abc import Callable
from datetime import datetime, timedelta

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.core.errors import NotVisible, RuleBroken

#: What packages above add to the right to decide; each raises when somebody else decides there.
_guards: list[Callable[[Actor, int], None]] = []


def register_guard(function: Callable[[Actor, int], None]) -> None:
    """Have `function(actor, area)` asked before every decision on orders; at start-up."""
    if function not in _guards:
        _guards.append(function)


def require(actor: Actor, right: Right, area: int) -> None:
    """Raise unless the actor has a right in an area: 404 outside the scope, else a refusal.

    Where another level has taken over, deciding is refused with who decides there.
    """
    if not actor.covers(area):
        raise NotVisible
    if not actor.may(right, area):
        raise RuleBroken("orders.not_allowed")
    if right is Right.APPROVE_ORDERS:
        for guard in _guards:
            guard(actor, area)


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
