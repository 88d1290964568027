"""Acts on households: move in, move out, split, merge, head, tenure."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from gridwell.accounts.rules.actor import Actor
from gridwell.audit.actions import digest_ids, record
from gridwell.core import clock, ids
from gridwell.core.errors import RuleBroken
from gridwell.places.models import Place
from gridwell.residents.actions.facts import (
    end,
    refuse_before,
    replace,
    require,
    require_reason,
)
from gridwell.residents.actions.memberships import (
    belongs_at,
    close_membership,
    make_head,
    open_membership,
    open_memberships,
)
from gridwell.residents.actions.rule_marks import refresh_marks_of
from gridwell.residents.actions.tenure import TENURES
from gridwell.residents.models import (
    Household,
    Membership,
    Resident,
)


@transaction.atomic
def open_household(
    *,
    actor: Actor,
    dwelling: Place,
    now: datetime,
    tenure: str = "unknown",
    starts_at: datetime | None = None,
    ref: UUID | None = None,
) -> Household:
    """Open a household in a dwelling (立户), which is vacant no longer.

    `ref` is the key of the form: sent a second time it returns the household of the first time.
    """
    require(actor, dwelling.community_id)
    if ref is not None:
        Place.objects.select_for_update(no_key=True).get(pk=dwelling.pk)  # one opening at a time
        known = Household.objects.filter(community=dwelling.community_id, ref=ref).first()
        if known is not None:
            return known
    if dwelling.kind != "dwelling" or dwelling.ended_at or dwelling.merged_into_id:
        raise RuleBroken("residents.no_dwelling")
    if tenure not in TENURES:
        raise RuleBroken("residents.unknown_tenure", tenure=tenure)
    household = Household.objects.create(
        community_id=dwelling.community_id,
        dwelling=dwelling,
        ref=ref or ids.new_ref(),
        tenure=tenure,
        starts_at=starts_at or now,
    )
    Place.objects.filter(pk=dwelling.pk).update(is_vacant=False)
    record(
        "residents.household_opened",
        actor=actor,
        community=dwelling.community_id,
        subject=household,
        at=now,
    )
    return household


@transaction.atomic
def move_in(
    *,
    actor: Actor,
    resident: Resident,
    household: Household,
    at: datetime,
    now: datetime,
    relation: str = "",
    is_head: bool = False,
    kind: str = "lives",
    new_head: Resident | None = None,
) -> Membership:
    """Let a known person move into a household (迁入); where they lived before ends then.

    `new_head` is who follows when the person was head where they leave others behind.
    """
    require(actor, household.community_id)
    if at > now:
        raise RuleBroken("residents.in_future")
    if resident.died_on is not None:
        raise RuleBroken("residents.has_died")
    community = household.community_id
    before = {row.household_id for row in open_memberships(community, resident=resident)}
    here = open_memberships(community, resident=resident, household=household)
    if any(row.kind == kind for row in here):
        raise RuleBroken("residents.lives_here_already")
    if open_memberships(community, resident=resident) and kind == "lives":
        close_membership(
            actor=actor,
            residents=[resident],
            at=at,
            now=now,
            end_reason="moved_out",
            new_head=new_head,
        )
    membership = open_membership(
        actor=actor,
        household=household,
        resident=resident,
        relation=relation,
        is_head=is_head,
        kind=kind,
        starts_at=at,
        now=now,
    )
    record(
        "residents.moved_in",
        actor=actor,
        community=community,
        subject=resident,
        at=now,
        household=household.pk,
    )
    refresh_marks_of(
        actor=actor, community=community, now=now, residents=[resident.pk], households=before
    )
    return membership


@transaction.atomic
def move_out(
    *,
    actor: Actor,
    residents: Sequence[Resident],
    at: datetime,
    now: datetime,
    new_head: Resident | None = None,
) -> None:
    """Let people move away from the community (迁出); their entries stay for the time of keeping."""
    if not residents:
        raise RuleBroken("residents.nobody")
    community = residents[0].community_id
    require(actor, community)
    if at > now:
        raise RuleBroken("residents.in_future")
    ended = close_membership(
        actor=actor,
        residents=residents,
        at=at,
        now=now,
        end_reason="moved_out",
        new_head=new_head,
    )
    who = [resident.pk for resident in residents]
    for resident in residents:
        resident.dwelling_id = None
    record(
        "residents.moved_out",
        actor=actor,
        community=community,
        subject=residents[0] if len(residents) == 1 else None,
        at=now,
        count=len(who),
        digest=digest_ids(who),
    )
    left = {row.household_id for row in ended}
    refresh_marks_of(actor=actor, community=community, now=now, residents=who, households=left)


@transaction.atomic
def split_household(
    *,
    actor: Actor,
    household: Household,
    residents: Sequence[Resident],
    head: Resident | None,
    at: datetime,
    now: datetime,
    dwelling: Place | None = None,
    tenure: str = "",
    new_head: Resident | None = None,
) -> Household:
    """Let some members form a household of their own (分户), here or in another dwelling."""
    require(actor, household.community_id)
    community = household.community_id
    rows = {row.resident_id: row for row in open_memberships(community, household=household)}
    leaving = [resident.pk for resident in residents if resident.pk in rows]
    if not leaving:
        raise RuleBroken("residents.nobody")
    if len(leaving) == len(rows):
        raise RuleBroken("residents.nobody_left")
    if head is None or head.pk not in leaving:
        raise RuleBroken("residents.needs_head")
    target = dwelling or household.dwelling
    fresh = open_household(
        actor=actor,
        dwelling=target,
        tenure=tenure or household.tenure,
        now=now,
        starts_at=at,
    )
    close_membership(
        actor=actor,
        residents=[resident for resident in residents if resident.pk in rows],
        at=at,
        now=now,
        end_reason="split",
        new_head=new_head,
    )
    _join(actor, fresh, [rows[pk] for pk in leaving], head=head.pk, at=at, now=now, source="split")
    record(
        "residents.household_split",
        actor=actor,
        community=community,
        subject=household,
        at=now,
        into=fresh.pk,
        count=len(leaving),
    )
    refresh_marks_of(
        actor=actor,
        community=community,
        now=now,
        residents=leaving,
        households=[household.pk, fresh.pk],
    )
    return fresh


def _join(
    actor: Actor,
    household: Household,
    rows: Sequence[Membership],
    *,
    head: int | None,
    at: datetime,
    now: datetime,
    source: str,
) -> None:
    """Write memberships in a household for people whose rows elsewhere have ended."""
    Membership.objects.bulk_create(
        Membership(
            community_id=household.community_id,
            dwelling_id=household.dwelling_id,
            household=household,
            resident_id=row.resident_id,
            relation="" if row.resident_id == head else row.relation,
            is_head=row.resident_id == head,
            kind=row.kind,
            starts_at=max(row.starts_at, at),
            recorded_at=now,
            recorded_by=actor.user_id,
            source=source,
        )
        for row in rows
    )
    living = [row.resident_id for row in rows if row.kind == "lives"]
    belongs_at(household.community_id, living, household.dwelling_id)


@transaction.atomic
def merge_households(
    *, actor: Actor, gone: Household, kept: Household, reason: str, at: datetime, now: datetime
) -> None:
    """Make two households one (并户): the members of `gone` join `kept`, whose head stays."""
    community = kept.community_id
    require(actor, community)
    require_reason(reason)
    if gone.pk == kept.pk or gone.community_id != community:
        raise RuleBroken("residents.merge_itself")
    if gone.ends_at or kept.ends_at or gone.merged_into_id or kept.merged_into_id:
        raise RuleBroken("residents.household_ended")
    rows = open_memberships(community, household=gone)
    refuse_before(rows, at, "residents.before_membership")
    end(Membership, rows, at=at, now=now, actor=actor, is_head=False, end_reason="merged")
    has_head = bool(open_memberships(community, household=kept, is_head=True))
    head = next((row.resident_id for row in rows if row.is_head), None)
    _join(
        actor,
        kept,
        rows,
        head=None if has_head else head,
        at=at,
        now=now,
        source=f"merge:{gone.pk}",
    )
    Household.objects.filter(pk=gone.pk).update(ends_at=at, merged_into=kept)
    _settle_dwelling(gone)
    record(
        "residents.households_merged",
        actor=actor,
        community=community,
        subject=kept,
        reason=reason,
        at=now,
        gone=gone.pk,
        count=len(rows),
    )
    both = [gone.pk, kept.pk]
    refresh_marks_of(actor=actor, community=community, now=now, households=both)


def _settle_dwelling(household: Household) -> None:
    others = Household.objects.filter(
        community=household.community_id, dwelling=household.dwelling_id, ends_at=None
    )
    if not others.exists():
        Place.objects.filter(pk=household.dwelling_id).update(is_vacant=True)


@transaction.atomic
def undo_household_merge(*, actor: Actor, gone: Household, now: datetime) -> None:
    """Take a merge of households back (撤销并户): who came with `gone` and is still there returns."""
    require(actor, gone.community_id)
    kept = gone.merged_into
    hit = Household.objects.filter(pk=gone.pk, merged_into__isnull=False).update(
        merged_into=None, ends_at=None
    )
    if not hit or kept is None:
        raise RuleBroken("residents.changed_meanwhile")
    rows = open_memberships(gone.community_id, household=kept, source=f"merge:{gone.pk}")
    heads = set(
        Membership.objects.filter(
            community=gone.community_id, household=gone, is_head=True
        ).values_list("resident_id", flat=True)
    )
    end(Membership, rows, at=now, now=now, actor=actor, is_head=False, end_reason="corrected")
    head = next((row.resident_id for row in rows if row.resident_id in heads), None)
    gone.refresh_from_db()
    _join(actor, gone, rows, head=head, at=now, now=now, source="merge undone")
    Place.objects.filter(pk=gone.dwelling_id).update(is_vacant=False)
    record(
        "residents.household_merge_undone",
        actor=actor,
        community=gone.community_id,
        subject=gone,
        at=now,
        count=len(rows),
    )
    both = [gone.pk, kept.pk]
    refresh_marks_of(actor=actor, community=gone.community_id, now=now, households=both)


@transaction.atomic
def change_head(
    *, actor: Actor, household: Household, resident: Resident, at: datetime, now: datetime
) -> None:
    """Make another member the head of a household (变更户主)."""
    community = household.community_id
    require(actor, community)
    if at > now:
        raise RuleBroken("residents.in_future")
    rows = open_memberships(community, household=household)
    row = next((r for r in rows if r.resident_id == resident.pk), None)
    if row is None:
        raise RuleBroken("residents.not_a_member")
    if row.is_head:
        return
    began = max(r.starts_at for r in rows if r.is_head or r is row)
    if at < began:
        day = clock.day_of(began).isoformat()
        raise RuleBroken("residents.before_membership", day=day)
    for old in (r for r in rows if r.is_head):
        if old.starts_at < at:
            replace(Membership, [old], now=now, actor=actor, ends_at=at)
            old.pk, old._state.adding = None, True
            old.starts_at, old.recorded_at, old.recorded_by = at, now, actor.user_id
            old.is_head = False
            old.save(force_insert=True)
        else:
            replace(Membership, [old], now=now, actor=actor, is_head=False)
    make_head(actor, row, at=at, now=now)
    record(
        "residents.head_changed",
        actor=actor,
        community=community,
        subject=household,
        at=now,
        head=resident.pk,
    )
