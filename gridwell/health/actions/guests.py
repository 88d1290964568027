"""Results of people who are not registered (访客、店员核酸)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from gridwell.accounts.rules.actor import Actor
from gridwell.audit import actions as audit
from gridwell.core.errors import RuleBroken
from gridwell.health.actions import OUTCOMES, require
from gridwell.health.models import Case, Result
from gridwell.residents.models import Stay


@transaction.atomic
def record_guest_result(
    *, actor: Actor, stay: Stay, sampled_at: datetime, outcome: str, now: datetime
) -> Result:
    """Record a guest's sample and its result (访客采样); the same again changes nothing.

    Another outcome of the same sample corrects it. "pending": only that a sample was given.
    """
    require(actor, stay.community_id)
    if sampled_at > now:
        raise RuleBroken("health.in_the_future")
    if outcome not in OUTCOMES:
        raise RuleBroken("health.outcome_unknown")
    audit.hold(stay.community_id)  # of two at once one waits
    same = Result.objects.filter(
        community_id=stay.community_id, guest=stay.ref, sampled_at=sampled_at, superseded_at=None
    )
    known = same.first()
    if known is not None and known.outcome == outcome:
        return known
    same.update(superseded_at=now)
    row = Result.objects.create(
        community_id=stay.community_id,
        dwelling_id=stay.place_id,
        guest=stay.ref,
        sampled_at=sampled_at,
        outcome=outcome,
        source="desk",
        recorded_at=now,
        recorded_by=actor.user_id,
    )
    audit.record(
        "health.guest_sampled",
        actor=actor,
        community=stay.community_id,
        subject=row,
        at=now,
        outcome=outcome,
    )
    return row


def move_results(*, community: int, guest: UUID, resident: int, now: datetime) -> int:
    """Let a guest's results and cases stand under the resident he or she became; return how many.

    Inside the caller's transaction, which writes the trail. Of two results of one instant a positive
    one counts; the other stays on record as superseded.
    """
    theirs = Result.objects.filter(community_id=community, guest=guest)
    own = Result.objects.filter(community_id=community, resident=resident, superseded_at=None)
    same = {row.sampled_at: row for row in own.filter(sampled_at__in=theirs.values("sampled_at"))}
    for row in theirs.filter(superseded_at=None, sampled_at__in=list(same)):
        known = same[row.sampled_at]
        weaker = known if row.outcome == "positive" != known.outcome else row
        Result.objects.filter(pk=weaker.pk).update(superseded_at=now)
    moved = theirs.update(resident=resident, guest=None)
    Case.objects.filter(community_id=community, guest=guest).update(resident=resident, guest=None)
    return moved
