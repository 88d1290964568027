"""Acts on the proposals after a confirmed case (确诊后的处置): the case itself, its contacts."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from gridwell.accounts.rules.actor import Actor
from gridwell.command.actions.health import begin_stay, record_case
from gridwell.core.clock import day_of
from gridwell.core.errors import RuleBroken
from gridwell.health.models import Case, Hold, Result
from gridwell.health.queries import access_person
from gridwell.protocols.rules.model import StayKind


@transaction.atomic
def record_case_of(*, actor: Actor, hold: Hold, kind: str, now: datetime) -> Case:
    """Record the case of somebody whose single sample is positive (登记感染者); twice is once.

    Only of who is confirmed by a sample of his or her own: a pool says nothing of one person. A
    running zone that holds the door proposes to start its days again; nothing starts by itself.
    """
    if hold.end != "confirmed":
        raise RuleBroken("command.not_confirmed")
    found_at = (
        Result.objects.filter(
            community_id=hold.community_id,
            resident=hold.resident_id,
            guest=hold.guest,
            outcome="positive",
            superseded_at=None,
            sampled_at__gte=hold.tube.opened_at,
        )
        .order_by("-sampled_at")
        .values_list("resulted_at", flat=True)
        .first()
    )
    if found_at is None:
        raise RuleBroken("command.not_confirmed")
    return record_case(
        actor=actor,
        community=hold.community_id,
        resident=hold.resident,
        place=hold.dwelling if hold.guest else None,
        guest=hold.guest,
        found_at=min(found_at, now),
        kind=kind,
        was_isolated=False,
        now=now,
    )


@transaction.atomic
def isolate_contacts(
    *, actor: Actor, case: Case, residents: Sequence[int], kind: str, ordered_by: str, now: datetime
) -> int:
    """Begin isolation as close contacts of those who were picked (判定密接); return how many began.

    Each by the protocol of the day, with its clause and end. Who is isolated already stays so.
    """
    if not residents:
        raise RuleBroken("command.nobody_picked")
    if kind not in {StayKind.FACILITY, StayKind.HOME} or not ordered_by.strip():
        raise RuleBroken("command.contact_order_missing")
    began = 0
    for resident in sorted(set(residents)):
        person = access_person(actor, case.community_id, resident)
        if person.isolations.filter(ended_at=None, superseded_at=None).exists():
            continue
        begin_stay(
            actor=actor,
            resident=person,
            kind=kind,
            person_class="close_contact",
            from_on=day_of(now),
            already_spent=0,
            place_name="",
            ordered_by=ordered_by.strip()[:120],
            now=now,
        )
        began += 1
    return began
