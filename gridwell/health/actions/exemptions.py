"""Exemptions from sampling (免检): given with a reason and an end, ended early."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from gridwell.accounts.rules.actor import Actor
from gridwell.audit import actions as audit
from gridwell.core.errors import RuleBroken
from gridwell.health.actions import require, require_reason
from gridwell.health.models import Exemption
from gridwell.residents.actions.facts import end
from gridwell.residents.models import Resident

REASONS: Final = ("recovered", "cannot_be_sampled", "other")
LONGEST: Final = timedelta(days=366)


@transaction.atomic
def exempt(
    *,
    actor: Actor,
    resident: Resident,
    reason: str,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    remark: str = "",
) -> Exemption:
    """Record why a person is not due to be sampled (免检), always with an end.

    One at a time: a second that overlaps the first is refused, so that its end is clear. "Other
    reason" asks for the reason in words. Sent twice, the first stands.
    """
    community = resident.community_id
    require(actor, community)
    if resident.merged_into_id is not None:
        raise RuleBroken("health.not_here")
    if ends_at <= starts_at:
        raise RuleBroken("health.ends_before_it_begins")
    if ends_at > starts_at + LONGEST:
        raise RuleBroken("health.exempt_too_long", days=LONGEST.days)
    if reason not in REASONS:
        raise RuleBroken("health.exempt_reason_unknown")
    if reason == "other":
        remark = require_reason(remark)
    audit.hold(community)  # of two at once one waits
    held = Exemption.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=starts_at),
        community_id=community,
        resident=resident,
        superseded_at=None,
        starts_at__lt=ends_at,
    ).first()
    if held is not None:
        if (held.reason, held.starts_at, held.ends_at) == (reason, starts_at, ends_at):
            return held
        raise RuleBroken("health.exempt_already")
    row = Exemption.objects.create(
        community_id=community,
        dwelling_id=resident.dwelling_id,
        resident=resident,
        reason=reason,
        remark=remark[:400],
        starts_at=starts_at,
        ends_at=ends_at,
        recorded_at=now,
        recorded_by=actor.user_id,
        source="desk",
    )
    audit.record(
        "health.exempted",
        actor=actor,
        community=community,
        subject=row,
        at=now,
        kind=reason,
    )
    return row


@transaction.atomic
def end_exemption(
    *, actor: Actor, exemption: Exemption, reason: str, now: datetime
) -> Exemption | None:
    """End an exemption early (提前结束免检), with a reason: from now on the person is due again.

    Returns the row that stands now, None when it had not begun. Of two people the second is told.
    """
    require(actor, exemption.community_id)
    reason = require_reason(reason)
    if exemption.superseded_at is not None or (
        exemption.ends_at is not None and exemption.ends_at <= now
    ):
        raise RuleBroken("health.ended_already")
    kept = end(Exemption, [exemption], at=now, now=now, actor=actor)
    audit.record(
        "health.exemption_ended",
        actor=actor,
        community=exemption.community_id,
        subject=exemption,
        reason=reason,
        at=now,
    )
    return kept[0] if kept else None
