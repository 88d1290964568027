"""Health acts from the desk, with the plan computed again (隔离、病例、结果)."""

from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from django.db import transaction

from gridwell.accounts.rules.actor import Actor
from gridwell.command.actions.plan import recompute_after
from gridwell.health import actions as health
from gridwell.health.models import Case, Isolation, Monitoring
from gridwell.places.models import Place
from gridwell.residents.models import Resident

Stay = TypeVar("Stay", Isolation, Monitoring)


@transaction.atomic
def begin_stay(
    *,
    actor: Actor,
    resident: Resident,
    kind: str,
    person_class: str,
    from_on: date,
    already_spent: int,
    place_name: str,
    ordered_by: str,
    now: datetime,
) -> Isolation | Monitoring:
    """Begin an isolation or monitoring; the plan follows."""
    stay = health.begin_stay(
        actor=actor,
        resident=resident,
        kind=kind,
        person_class=person_class,
        from_on=from_on,
        already_spent=already_spent,
        place_name=place_name,
        ordered_by=ordered_by,
        now=now,
    )
    recompute_after([resident.community_id], now)
    return stay


@transaction.atomic
def end_stay(*, actor: Actor, stay: Stay, reason: str, ended_at: datetime, now: datetime) -> Stay:
    """End an isolation or monitoring by hand, with a reason; the plan follows."""
    ended = health.end_stay(actor=actor, stay=stay, reason=reason, ended_at=ended_at, now=now)
    recompute_after([stay.community_id], now)
    return ended


@transaction.atomic
def record_case(
    *,
    actor: Actor,
    community: int,
    resident: Resident | None,
    place: Place | None,
    found_at: datetime,
    kind: str,
    was_isolated: bool,
    now: datetime,
    guest: UUID | None = None,
) -> Case:
    """Record an infection; zones propose to restart, nothing restarts by itself."""
    case = health.record_case(
        actor=actor,
        community=community,
        resident=resident,
        place=place,
        guest=guest,
        found_at=found_at,
        kind=kind,
        was_isolated=was_isolated,
        now=now,
    )
    recompute_after([community], now)
    return case
