"""What one guest's page and sheet say (访客页、访客告知书): the plan's duties with their reasons."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridwell.command.presenters.words import say
from gridwell.core import clock
from gridwell.health.labels import OUTCOMES
from gridwell.health.models import Result
from gridwell.health.queries import guests_sampled_between
from gridwell.plan.actions import up_to_date
from gridwell.plan.labels import DUTIES
from gridwell.plan.rules.explain import explain
from gridwell.plan.rules.facts import guest_id
from gridwell.plan.rules.plan import RESTRICTING, Duty, DutyCode, OrderKind, Plan
from gridwell.plan.sentences import sentence
from gridwell.protocols.queries import protocol_for
from gridwell.protocols.rules.model import Protocol
from gridwell.residents.labels import GUESTS
from gridwell.residents.models import Stay
from gridwell.residents.rules.masking import mask_document, mask_phone

_SHOWN_SAMPLES = 20


@dataclass(frozen=True)
class Asked:
    """One duty of a guest as a page and a sheet say it; `zone` 0 when no zone is behind it."""

    duty: str
    sentence: str
    from_at: datetime | None
    until_at: datetime | None
    zone: int
    is_restricting: bool


def guest_facts(stay: Stay, now: datetime) -> dict[str, Any]:
    """Return what a guest's page shows, numbers masked."""
    day = clock.day_of(now)
    plan = up_to_date(community=stay.community_id, day=day, now=now).plan
    asked = asked_of(stay, plan, protocol_for(stay.community_id, day))
    sampled = guests_sampled_between(stay.community_id, clock.start_of(day), clock.end_of(day))
    codes = {duty.code for duty in plan.duties_of(guest_id(stay.pk))}
    samples = Result.objects.filter(
        community_id=stay.community_id, guest=stay.ref, superseded_at=None
    ).order_by("-sampled_at")[:_SHOWN_SAMPLES]
    return {
        "stay": stay,
        "kind": say(GUESTS, stay.kind),
        "phone": mask_phone(stay.phone) if stay.phone else "",
        "document": mask_document(stay.document) if stay.document else "",
        "is_here": stay.starts_at <= now and (stay.ends_at is None or stay.ends_at > now),
        "is_gone": stay.ends_at is not None and stay.ends_at <= now,
        "asked": asked,
        "is_due": DutyCode.BE_SAMPLED in codes and stay.pk not in sampled,
        "samples": [(row.sampled_at, say(OUTCOMES, row.outcome)) for row in samples],
    }


def guests_asked(stays: Iterable[Stay], community: int, now: datetime) -> list[dict[str, Any]]:
    """Return a sheet for each guest of whom something is asked today, in the order given."""
    day = clock.day_of(now)
    plan = up_to_date(community=community, day=day, now=now).plan
    protocol = protocol_for(community, day)
    found = [(stay, asked_of(stay, plan, protocol)) for stay in stays]
    return [{"stay": stay, "asked": asked} for stay, asked in found if asked]


def asked_of(stay: Stay, plan: Plan, protocol: Protocol | None) -> list[Asked]:
    """Return what the day asks of a guest, restrictions first, each with its reason."""
    return [
        _asked(duty, plan, protocol)
        for duty in sorted(
            plan.duties_of(guest_id(stay.pk)), key=lambda duty: duty.code not in RESTRICTING
        )
    ]


def _asked(duty: Duty, plan: Plan, protocol: Protocol | None) -> Asked:
    return Asked(
        duty=say(DUTIES, duty.code),
        sentence=sentence(explain(duty, plan, protocol)),
        from_at=duty.from_at,
        until_at=duty.until_at,
        zone=duty.basis.order if duty.basis.order_kind == OrderKind.ZONE else 0,
        is_restricting=duty.code in RESTRICTING,
    )
