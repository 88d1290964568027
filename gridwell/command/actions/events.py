"""Closing an event (结束事件): all its orders end with it, shown before, with a reason."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.command.actions.plan import recompute_after
from gridwell.core.clock import day_of
from gridwell.health.actions import end_stay
from gridwell.health.models import Isolation, Monitoring
from gridwell.orders.actions import require, require_reason
from gridwell.orders.actions.standstills import end_standstill
from gridwell.orders.actions.zones import Basis, record_change
from gridwell.orders.models import Standstill, Zone
from gridwell.orders.queries.zones import lives_of
from gridwell.orders.rules.lifecycle import Act
from gridwell.protocols import actions as protocols
from gridwell.protocols.models import Event
from gridwell.protocols.rules.model import Level


@dataclass(frozen=True)
class Ending:
    """What closing an event ends."""

    zones: list[Zone]
    standstills: list[Standstill]
    isolations: list[Isolation]
    monitorings: list[Monitoring]

    @property
    def communities(self) -> list[int]:
        codes = {row.community_id for row in self.zones}
        codes |= {row.community_id for row in self.standstills}
        codes |= {row.community_id for row in self.isolations}
        codes |= {row.community_id for row in self.monitorings}
        return sorted(codes)


def ending_of(event: Event, now: datetime) -> Ending:
    """Return the orders that are open under an event: four queries."""
    return Ending(
        zones=list(Zone.objects.filter(event=event, closed_at=None).order_by("pk")),
        standstills=list(Standstill.objects.filter(event=event, ended_recorded_at=None)),
        isolations=list(Isolation.objects.filter(event=event, ended_at=None, superseded_at=None)),
        monitorings=list(Monitoring.objects.filter(event=event, ended_at=None, superseded_at=None)),
    )


@transaction.atomic
def close_event(*, actor: Actor, event: Event, reason: str, now: datetime) -> Ending:
    """Close an event and end every order under it: zones lifted, standstills and stays ended."""
    require(actor, Right.APPROVE_ORDERS, event.area_id)
    reason = require_reason(reason)
    protocols.close_event(actor=actor, event=event, reason=reason, now=now)
    ending = ending_of(event, now)
    basis = Basis(ordered_by=event.name, reason=reason)
    for life in lives_of(ending.zones):
        record_change(
            actor=actor,
            zone=life.zone,
            act=Act.LIFT,
            level=Level.LOW,
            effective_at=now,
            effective_on=day_of(now),
            basis=basis,
            now=now,
            is_audited=False,
        )
    for standstill in ending.standstills:
        end_standstill(
            actor=actor,
            standstill=standstill,
            ends_at=max(now, standstill.starts_at),
            reason=reason,
            now=now,
        )
    officer = Actor.system(0) if not actor.may(Right.RECORD_HEALTH, event.area_id) else actor
    for isolation in ending.isolations:
        ended_at = max(now, isolation.starts_at)
        end_stay(actor=officer, stay=isolation, reason=reason, ended_at=ended_at, now=now)
    for monitoring in ending.monitorings:
        ended_at = max(now, monitoring.starts_at)
        end_stay(actor=officer, stay=monitoring, reason=reason, ended_at=ended_at, now=now)
    for community in ending.communities:
        audit.record(
            "command.event_orders_ended",
            actor=actor,
            community=community,
            subject=event,
            reason=reason,
            at=now,
            zones=sum(1 for z in ending.zones if z.community_id == community),
        )
    recompute_after(ending.communities, now)
    return ending
