"""Whether households own or rent (居住性质): one or many at once."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from gridwell.accounts.rules.actor import Actor
from gridwell.audit.actions import digest_ids, record
from gridwell.core.errors import RuleBroken
from gridwell.residents.actions.corrections import Former, keep_former
from gridwell.residents.actions.facts import chunks, require
from gridwell.residents.actions.rule_marks import refresh_marks_of
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
    former: list[Former] = []
    for part in chunks(household_ids):
        rows = Household.objects.filter(community=community, pk__in=part, ends_at=None)
        rows = rows.exclude(tenure=tenure)
        former += [
            Former("tenure", before, household=pk)
            for pk, before in rows.values_list("pk", "tenure")
        ]
    for part in chunks([row.household or 0 for row in former]):
        Household.objects.filter(pk__in=part).update(tenure=tenure)
    changed = len(former)
    if changed:
        keep_former(actor=actor, community=community, former=former, now=now)
        record(
            "residents.tenure_set",
            actor=actor,
            community=community,
            at=now,
            count=changed,
            digest=digest_ids(household_ids),
            tenure=tenure,
        )
        homes = [row.household or 0 for row in former]
        refresh_marks_of(actor=actor, community=community, now=now, households=homes)
    return changed
