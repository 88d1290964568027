"""Who belongs to which household (成员关系): opened and ended as dated facts, heads, dwellings kept in step.

No audit of their own: the acts that call these record what was done.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from gridwell.accounts.rules.actor import Actor
from gridwell.core.errors import RuleBroken
from gridwell.places.models import Place
from gridwell.residents.actions.facts import chunks, end, refuse_before, replace
from gridwell.residents.models import (
    Household,
    Membership,
    Phone,
    Presence,
    Resident,
    Trait,
)


def open_memberships(community: int, **narrowed: object) -> list[Membership]:
    """Return memberships that are open and known, narrowed by any field."""
    return list(
        Membership.objects.filter(
            community=community, ends_at=None, superseded_at=None, **narrowed
        ).order_by("pk")
    )


def open_membership(
    *,
    actor: Actor,
    household: Household,
    resident: Resident,
    relation: str,
    is_head: bool,
    kind: str,
    starts_at: datetime,
    now: datetime,
    source: str = "desk",
) -> Membership:
    """Write that a person belongs to a household; no audit of its own, callers record the act."""
    if household.ends_at is not None or household.merged_into_id is not None:
        raise RuleBroken("residents.household_ended")
    if kind not in {"lives", "registered_only"}:
        raise RuleBroken("residents.unknown_kind", kind=kind)
    community = household.community_id
    if kind == "lives" and open_memberships(community, resident=resident, kind="lives"):
        raise RuleBroken("residents.lives_elsewhere")
    if is_head and open_memberships(community, household=household, is_head=True):
        raise RuleBroken("residents.has_head")
    membership = Membership.objects.create(
        community_id=community,
        dwelling_id=household.dwelling_id,
        household=household,
        resident=resident,
        relation=relation.strip()[:20],
        is_head=is_head,
        kind=kind,
        starts_at=starts_at,
        recorded_at=now,
        recorded_by=actor.user_id,
        source=source[:60],
    )
    if kind == "lives":
        belongs_at(community, [resident.pk], household.dwelling_id)
        Place.objects.filter(pk=household.dwelling_id).update(is_vacant=False)
    return membership


def belongs_at(community: int, resident_ids: Sequence[int], dwelling_id: int | None) -> None:
    """Keep the stored dwelling of people and of their open facts in step with where they live."""
    for part in chunks(resident_ids):
        Resident.objects.filter(pk__in=part).update(dwelling_id=dwelling_id)
        Phone.objects.filter(community=community, resident__in=part).update(dwelling=dwelling_id)
        open_facts = {"community": community, "resident__in": part, "superseded_at": None}
        Trait.objects.filter(**open_facts, ends_at=None).update(dwelling=dwelling_id)
        if dwelling_id is not None:
            Presence.objects.filter(**open_facts).update(dwelling=dwelling_id)


def close_membership(
    *,
    actor: Actor,
    residents: Collection[Resident],
    at: datetime,
    now: datetime,
    end_reason: str,
    new_head: Resident | None = None,
) -> list[Membership]:
    """End all open memberships of people; a head who leaves others behind needs a successor.

    Refused for a day before one of them began: who lived there would be forgotten.
    Households that nobody is left in end, and their dwellings become vacant.
    """
    community = next(iter(residents)).community_id
    leaving = {resident.pk for resident in residents}
    rows = open_memberships(community, resident__in=leaving)
    if not rows:
        raise RuleBroken("residents.lives_nowhere")
    refuse_before(rows, at, "residents.before_membership")
    touched = {row.household_id for row in rows}
    staying = [
        row
        for row in open_memberships(community, household__in=touched)
        if row.resident_id not in leaving
    ]
    headless = {row.household_id for row in rows if row.is_head} & {
        row.household_id for row in staying
    }
    ended = end(Membership, rows, at=at, now=now, actor=actor, is_head=False, end_reason=end_reason)
    if headless:
        row = next(
            (r for r in staying if new_head is not None and r.resident_id == new_head.pk), None
        )
        if row is None:
            raise RuleBroken("residents.needs_head")
        make_head(actor, row, at=at, now=now)
    belongs_at(community, sorted(leaving), None)
    _settle(community, touched - {row.household_id for row in staying}, at)
    return ended


def make_head(actor: Actor, row: Membership, *, at: datetime, now: datetime) -> None:
    """Let a member be head from an instant on; the membership without headship ends there."""
    starts_at = max(row.starts_at, at)
    if row.starts_at < at:
        ended = replace(Membership, [row], now=now, actor=actor, ends_at=at)
        again = ended[0]
        again.pk, again.ends_at, again._state.adding = None, None, True
        again.starts_at, again.is_head, again.relation = starts_at, True, ""
        again.save(force_insert=True)
    else:
        replace(Membership, [row], now=now, actor=actor, is_head=True, relation="")


def _settle(community: int, emptied: Collection[int], at: datetime) -> None:
    """End households that nobody is left in; dwellings without another one become vacant."""
    if not emptied:
        return
    gone = Household.objects.filter(community=community, pk__in=emptied, ends_at=None)
    dwellings = list(gone.values_list("dwelling_id", flat=True))
    gone.update(ends_at=at)
    Place.objects.filter(pk__in=dwellings).exclude(
        pk__in=Household.objects.filter(
            community=community, dwelling__in=dwellings, ends_at=None
        ).values("dwelling_id")
    ).update(is_vacant=True)
