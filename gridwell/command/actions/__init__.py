"""Acts across packages: approvals, zones, health, events; modes, take-overs, instructions, reports."""

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.core.errors import NotVisible, RuleBroken


def require_desk(actor: Actor, area: int) -> None:
    """Raise unless the actor holds a deciding post over an area: 404 outside the scope.

    For what goes on while another level commands: instructions, reports, looks. Decisions on orders
    and modes ask `orders.actions.require`, which knows who commands.
    """
    if not actor.covers(area):
        raise NotVisible
    if not actor.may(Right.APPROVE_ORDERS, area):
        raise RuleBroken("orders.not_allowed")
