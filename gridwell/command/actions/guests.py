"""People who are not registered, and exemptions: written, with the plan computed again (访客、免检)."""

from datetime import datetime
from typing import Any

from django.db import transaction

from gridwell.accounts.rules.actor import Actor
from gridwell.command.actions.plan import recompute_after
from gridwell.health.actions import exemptions
from gridwell.health.actions.guests import record_guest_result
from gridwell.health.models import Exemption, Result
from gridwell.places.models import Place
from gridwell.residents.actions import guests
from gridwell.residents.models import Resident, Stay
from gridwell.screening.actions.results import try_again


@transaction.atomic
def register_guest(*, actor: Actor, place: Place, now: datetime, **facts: Any) -> Stay:
    """Enter somebody who is here without being registered (登记访客); the plan follows."""
    stay = guests.register_guest(actor=actor, place=place, now=now, **facts)
    recompute_after([place.community_id], now)
    return stay


@transaction.atomic
def end_guest(
    *, actor: Actor, stay: Stay, ends_at: datetime, now: datetime, reason: str = ""
) -> Stay:
    """Write that somebody left (访客离开); the plan follows."""
    ended = guests.end_guest(actor=actor, stay=stay, ends_at=ends_at, reason=reason, now=now)
    recompute_after([stay.community_id], now)
    return ended


def number_guest(*, actor: Actor, stay: Stay, document: str, now: datetime) -> None:
    """Enter a guest's document number (补录证件号); rows that named it are tried again.

    Those of an upper area's laboratory are tried by the worker, within minutes.
    """
    guests.give_number(actor=actor, stay=stay, document=document, now=now)
    try_again(area=stay.community_id, now=now)


@transaction.atomic
def sample_guest(*, actor: Actor, stay: Stay, outcome: str, now: datetime) -> Result:
    """Record that a guest has just given a sample (访客采样); a positive is shown by the plan."""
    row = record_guest_result(actor=actor, stay=stay, sampled_at=now, outcome=outcome, now=now)
    recompute_after([stay.community_id], now)
    return row


@transaction.atomic
def exempt(*, actor: Actor, resident: Resident, now: datetime, **facts: Any) -> Exemption:
    """Exempt a person from sampling (免检), with a reason and an end; the plan follows."""
    row = exemptions.exempt(actor=actor, resident=resident, now=now, **facts)
    recompute_after([resident.community_id], now)
    return row


@transaction.atomic
def end_exemption(*, actor: Actor, exemption: Exemption, reason: str, now: datetime) -> None:
    """End an exemption early (提前结束免检); the plan follows."""
    exemptions.end_exemption(actor=actor, exemption=exemption, reason=reason, now=now)
    recompute_after([exemption.community_id], now)
