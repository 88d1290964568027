"""Writes about the devices of desks (采样台设备)."""

from datetime import datetime

from django.db import transaction

from gridwell.audit import actions as audit
from gridwell.core.errors import RuleBroken
from gridwell.screening.actions import require_reason
from gridwell.screening.models import DeskContact
from gridwell.screening.queries.desk import Sampler


@transaction.atomic
def give_up_device(*, sampler: Sampler, contact: DeskContact, reason: str, now: datetime) -> None:
    """Write that nothing more will come from a device (不再等待), with the reason.

    Nothing is lost by it: when the device speaks again, what it sends is taken as ever.
    """
    reason = require_reason(reason)
    rows = DeskContact.objects.filter(pk=contact.pk, given_up_at=None, heard_at=contact.heard_at)
    if not rows.update(given_up_at=now, given_up_reason=reason):
        raise RuleBroken("screening.changed_meanwhile")
    audit.record(
        "screening.device_given_up",
        actor=sampler.actor,
        community=sampler.community,
        subject=contact,
        reason=reason,
        at=now,
        count=contact.waiting,
    )
