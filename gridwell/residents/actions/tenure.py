"""Whether households own or rent (居住性质): one or many at once."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from gridwell.accounts.rules.actor import Actor
from gridwell.audit.actions import digest_ids, record
from gridwell.core.errors import RuleBroken
from gridwell.residents.actions.facts import chunks, require
from gridwell.residents.models import Household

TENURES = ("owned", "rented", "dormitory", "unknown")


@transaction.atomic
def set_tenure(
    *, actor: Actor, community: int, household_ids: Sequence[int], tenure: str, now: datetime
) -> int:
    """Set whether households own or rent (自住、租住); return how many changed."""
    require(actor, community)
    if tenure not in TENURES:
        raise RuleBroken("residents.unknown_tenure", tenure=tenure)
    changed = 0
    for part in chunks(household_ids):
        changed += (
            Household.objects.filter(community=community, pk__in=part, ends_at=None)
            .exclude(tenure=tenure)
            .update(tenure=tenure)
        )
    if changed:
        record(
            "residents.tenure_set",
            actor=actor,
            community=community,
            at=now,
            count=changed,
            digest=digest_ids(household_ids),
            tenure=tenure,
        )
    return changed
