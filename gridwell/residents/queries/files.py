"""The household file (一户一档): its people, what is known of them, and what happened when."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q

from gridwell.core import clock
from gridwell.residents.models import (
    Correction,
    Household,
    LabelMark,
    Membership,
    Objection,
    Presence,
    Resident,
    Trait,
)
from gridwell.residents.queries.marks import is_notable, marks_by_subject
from gridwell.residents.queries.people import merged_into_residents, phones_of


@dataclass
class Member:
    """A person of a household as the file shows them; numbers in the clear, the page masks them."""

    resident: Resident
    membership: Membership
    age: int | None
    phones: list[str] = field(default_factory=list)
    traits: list[Trait] = field(default_factory=list)
    marks: list[LabelMark] = field(default_factory=list)
    presence: Presence | None = None


@dataclass(frozen=True)
class HouseholdFile:
    """Everything the file page of one household shows."""

    household: Household
    members: tuple[Member, ...]
    former: tuple[Membership, ...]
    marks: tuple[LabelMark, ...]
    waiting: tuple[LabelMark, ...]
    others: tuple[Household, ...]  # households in the same dwelling
    objections: tuple[Objection, ...]
    past: tuple[Trait | Presence | LabelMark, ...]
    corrections: tuple[Correction, ...]


def age_on(birth_on: date | None, day: date) -> int | None:
    """Return full years of age on a day, or None when the birth date is not known."""
    if birth_on is None:
        return None
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))


def members_of(household_ids: Collection[int], community: int) -> dict[int, list[Membership]]:
    """Return open memberships by household, the head first; one query, residents joined."""
    found: dict[int, list[Membership]] = defaultdict(list)
    rows = (
        Membership.objects.filter(
            community=community,
            household__in=household_ids,
            superseded_at=None,
            ends_at=None,
            resident__merged_into=None,
        )
        .select_related("resident")
        .defer("resident__remark")
        .order_by("household", "-is_head", "resident__birth_on", "pk")
    )
    for row in rows:
        found[row.household_id].append(row)
    return found


def household_file(household: Household, now: datetime) -> HouseholdFile:
    """Return the file of a household; ten queries, more only where people were merged."""
    community = household.community_id
    rows = list(
        Membership.objects.filter(community=community, household=household, superseded_at=None)
        .select_related("resident")
        .order_by("-is_head", "resident__birth_on", "pk")
    )
    live = [r for r in rows if r.ends_at is None and r.resident.merged_into_id is None]
    ids = [row.resident_id for row in live]
    alike = merged_into_residents(community, ids)
    everyone = [*ids, *alike]
    members = {
        row.resident_id: Member(row.resident, row, age_on(row.resident.birth_on, clock.day_of(now)))
        for row in live
    }
    for resident, numbers in phones_of(community, everyone).items():
        own = members[alike.get(resident, resident)].phones
        own += [number for number in numbers if number not in own]
    past = _put_facts(community, members, everyone, alike, now)
    by_resident, by_household = marks_by_subject(
        community, now, residents=everyone, households=[household.pk]
    )
    for resident, marks in by_resident.items():
        members[alike.get(resident, resident)].marks += marks
    history = list(
        LabelMark.objects.filter(
            Q(household=household) | Q(resident__in=everyone),
            community=community,
            superseded_at=None,
        ).select_related("label__scheme")
    )
    return HouseholdFile(
        household=household,
        members=tuple(members.values()),
        former=tuple(row for row in rows if row.ends_at is not None),
        marks=tuple(by_household[household.pk]),
        waiting=tuple(
            mark
            for mark in history
            if mark.household_id and mark.is_manual and mark.approved_by is None
        ),
        others=tuple(
            Household.objects.filter(
                community=community, dwelling=household.dwelling_id, ends_at=None
            ).exclude(pk=household.pk)
        ),
        objections=tuple(
            Objection.objects.filter(
                Q(household=household) | Q(resident__in=everyone), community=community
            ).order_by("-entered_at")
        ),
        past=(*past, *filter(is_notable, history)),
        corrections=tuple(
            Correction.objects.filter(
                Q(household=household) | Q(resident__in=everyone), community=community
            ).order_by("superseded_at", "pk")
        ),
    )


def _put_facts(
    community: int,
    members: dict[int, Member],
    everyone: Sequence[int],
    alike: dict[int, int],
    now: datetime,
) -> list[Trait | Presence]:
    """Put traits and presence that hold on the members; return all of them for the timeline."""
    traits = list(
        Trait.objects.filter(
            community=community, resident__in=everyone, superseded_at=None
        ).order_by("starts_at", "pk")
    )
    for trait in traits:
        own = members[alike.get(trait.resident_id, trait.resident_id)].traits
        if (trait.ends_at is None or trait.ends_at > now) and all(
            (t.code, t.value) != (trait.code, trait.value) for t in own
        ):
            own.append(trait)
    presences = list(
        Presence.objects.filter(
            community=community, resident__in=everyone, superseded_at=None
        ).order_by("starts_at")
    )
    for presence in presences:
        if presence.starts_at <= now and (presence.ends_at is None or presence.ends_at > now):
            members[alike.get(presence.resident_id, presence.resident_id)].presence = presence
    return [*traits, *presences]
