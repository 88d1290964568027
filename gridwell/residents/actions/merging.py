"""Two entries of one person made one (合并居民), and the way back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from gridwell.accounts.rules.actor import Actor
from gridwell.audit.actions import record
from gridwell.core.errors import RuleBroken
from gridwell.residents.actions.facts import end, require, require_reason
from gridwell.residents.actions.memberships import open_memberships
from gridwell.residents.actions.rule_marks import refresh_marks_of
from gridwell.residents.models import Membership, Phone, Resident, Trait

COMPARED = ("name", "sex", "birth_on", "document_kind", "document", "died_on")


@dataclass(frozen=True)
class MergePreview:
    """What a merge of two entries means: which values differ, what facts come along."""

    gone: Resident
    kept: Resident
    differing: Mapping[str, tuple[object, object]]  # field -> (of gone, of kept)
    traits: int
    phones: int
    leaves_household: bool


def preview_merge(gone: Resident, kept: Resident) -> MergePreview:
    """Return what merging would do, without doing it; refuses what cannot be one person."""
    if gone.pk == kept.pk or gone.community_id != kept.community_id:
        raise RuleBroken("residents.merge_itself")
    if gone.merged_into_id or kept.merged_into_id:
        raise RuleBroken("residents.changed_meanwhile")
    if gone.document and kept.document and gone.document != kept.document:
        raise RuleBroken("residents.two_documents")
    facts = {"community": gone.community_id, "resident": gone}
    lives = open_memberships(gone.community_id, resident=gone)
    if lives and not open_memberships(gone.community_id, resident=kept):
        raise RuleBroken("residents.keep_who_lives_here")
    return MergePreview(
        gone=gone,
        kept=kept,
        differing={
            name: (getattr(gone, name), getattr(kept, name))
            for name in COMPARED
            if getattr(gone, name) != getattr(kept, name)
        },
        traits=Trait.objects.filter(superseded_at=None, ends_at=None, **facts).count(),
        phones=Phone.objects.filter(**facts).count(),
        leaves_household=bool(lives),
    )


@transaction.atomic
def merge_residents(
    *, actor: Actor, gone: Resident, kept: Resident, reason: str, now: datetime
) -> None:
    """Merge the entry `gone` into `kept`: facts stay where they are, reads find the survivor.

    Its membership ends, so that the household does not count the person twice.
    """
    community = kept.community_id
    require(actor, community)
    require_reason(reason)
    preview_merge(gone, kept)
    hit = Resident.objects.filter(pk=gone.pk, merged_into=None).update(
        merged_into=kept, changed_at=now
    )
    if not hit:
        raise RuleBroken("residents.changed_meanwhile")
    rows = open_memberships(community, resident=gone)
    heads = {row.household_id for row in rows if row.is_head}
    end(Membership, rows, at=now, now=now, actor=actor, is_head=False, end_reason="merged")
    # The survivor is head where the merged entry was, if both stood in that household.
    for row in open_memberships(community, resident=kept, household__in=heads):
        Membership.objects.filter(pk=row.pk).update(is_head=True)
    record(
        "residents.merged",
        actor=actor,
        community=community,
        subject=kept,
        reason=reason,
        at=now,
        gone=gone.pk,
        was_head=sorted(heads),
    )
    homes = {row.household_id for row in rows}
    both = [gone.pk, kept.pk]
    refresh_marks_of(actor=actor, community=community, now=now, residents=both, households=homes)
    gone.refresh_from_db()


@transaction.atomic
def undo_merge(*, actor: Actor, gone: Resident, now: datetime) -> None:
    """Take a merge back (撤销合并): the entry stands for itself again, in its household."""
    community = gone.community_id
    require(actor, community)
    kept_id = gone.merged_into_id
    try:
        with transaction.atomic():
            hit = Resident.objects.filter(pk=gone.pk, merged_into__isnull=False).update(
                merged_into=None, changed_at=now
            )
    except IntegrityError as error:
        raise RuleBroken("residents.document_taken", resident=kept_id or 0) from error
    if not hit:
        raise RuleBroken("residents.changed_meanwhile")
    ended = Membership.objects.filter(
        community=community, resident=gone, end_reason="merged", superseded_at=None
    ).select_related("household")
    for row in ended:
        if row.household.ends_at is None and not open_memberships(
            community, resident=gone, kind=row.kind
        ):
            Membership.objects.create(
                community_id=community,
                dwelling_id=row.household.dwelling_id,
                household=row.household,
                resident=gone,
                relation=row.relation,
                kind=row.kind,
                starts_at=now,
                recorded_at=now,
                recorded_by=actor.user_id,
                source="merge undone",
            )
            Resident.objects.filter(pk=gone.pk).update(dwelling=row.household.dwelling_id)
    record(
        "residents.merge_undone",
        actor=actor,
        community=community,
        subject=gone,
        at=now,
        kept=kept_id,
    )
    refresh_marks_of(
        actor=actor, community=community, now=now, residents=[gone.pk, kept_id or gone.pk]
    )
    gone.refresh_from_db()
