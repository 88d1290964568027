"""Writes of modes (平战转换)."""

from datetime import datetime

from django.db import transaction

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.core.errors import RuleBroken
from gridwell.orders.actions import require, require_reason
from gridwell.orders.models import ModeChange
from gridwell.orders.queries.modes import mode_of
from gridwell.protocols.models import Event

MODES = ("routine", "alert", "emergency")


@transaction.atomic
def change_mode(
    *,
    actor: Actor,
    area: int,
    mode: str,
    reason: str,
    now: datetime,
    event: Event | None = None,
) -> ModeChange:
    """Record a change of an area's mode (平战转换) from now on. Refused when it is that mode already."""
    require(actor, Right.APPROVE_ORDERS, area)
    reason = require_reason(reason)
    if mode not in MODES:
        raise RuleBroken("orders.unknown_mode")
    if mode_of(area, now) == mode:
        raise RuleBroken("orders.mode_already")
    change = ModeChange.objects.create(
        area_id=area,
        event=event,
        mode=mode,
        effective_at=now,
        reason=reason,
        recorded_at=now,
        recorded_by=actor.user_id,
    )
    audit.record(
        "orders.mode_changed", actor=actor, community=area, subject=change, reason=reason, at=now,
        mode=mode,
    )  # fmt: skip
    return change
