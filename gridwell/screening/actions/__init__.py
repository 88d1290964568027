"""Writes of screening. Who may: `require`; grids narrow what a grid worker may touch."""

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.core.errors import NotVisible, RuleBroken


def require(actor: Actor, right: Right, community: int) -> None:
    """Raise unless the actor has a right here: 404 outside the scope, else a refusal."""
    if not actor.covers(community):
        raise NotVisible
    if not actor.may(right, community):
        raise RuleBroken("screening.not_allowed")


def require_reason(reason: str, most: int = 200) -> str:
    """Return the reason as it is kept: without white space around it and without NUL characters."""
    reason = reason.replace("\0", "").strip()
    if not reason:
        raise RuleBroken("screening.reason_missing")
    return reason[:most]
