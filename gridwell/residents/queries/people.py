"""Who is visible to whom: residents and households of an actor, merged ones resolved."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from gridwell.accounts.rules.actor import Actor
from gridwell.core.errors import NotVisible
from gridwell.core.facts import holds_at
from gridwell.places.queries import follow_merges
from gridwell.residents.models import Household, Membership, Phone, Resident, Trait


def residents_of(actor: Actor, community: int) -> QuerySet[Resident]:
    """Return the people an actor may see in a community: who belongs there now, merged ones not.

    People who left have no dwelling; they are seen by those who see the whole community.
    """
    if not actor.covers(community):
        return Resident.objects.none()
    found = Resident.objects.filter(community=community, merged_into=None)
    grids = actor.grids_at(community)
    return found if grids is None else found.filter(dwelling__grid__in=grids)


def living_of(actor: Actor, community: int) -> QuerySet[Resident]:
    """Return the people of `residents_of` who live in the community now."""
    return residents_of(actor, community).filter(dwelling__isnull=False, died_on=None)


def households_of(actor: Actor, community: int) -> QuerySet[Household]:
    """Return the open households an actor may see in a community."""
    if not actor.covers(community):
        return Household.objects.none()
    found = Household.objects.filter(community=community, ends_at=None, merged_into=None)
    grids = actor.grids_at(community)
    return found if grids is None else found.filter(dwelling__grid__in=grids)


def access_resident(actor: Actor, community: int, resident_id: int) -> Resident:
    """Return a resident of the actor's, or raise NotVisible; a merged one leads to the survivor."""
    if not actor.covers(community):
        raise NotVisible
    for _ in range(8):
        merged = (
            Resident.objects.filter(pk=resident_id, community=community)
            .values_list("merged_into_id", flat=True)
            .first()
        )
        if merged is None:
            break
        resident_id = merged
    found = residents_of(actor, community).filter(pk=resident_id).select_related("dwelling").first()
    if found is None:
        raise NotVisible
    return found


def access_household(
    actor: Actor, community: int, household_id: int, *, ended: bool = False
) -> Household:
    """Return a household of the actor's, or raise NotVisible; a merged one leads to the survivor.

    With `ended`, one that has ended is found as well: its file stays readable.
    """
    if not actor.covers(community):
        raise NotVisible
    found = Household.objects.filter(community=community)
    grids = actor.grids_at(community)
    if grids is not None:
        found = found.filter(dwelling__grid__in=grids)
    found = found.select_related("dwelling__building", "dwelling__unit", "dwelling__grid")
    household = found.filter(pk=household_id).first()
    for _ in range(8):
        if household is None or household.merged_into_id is None:
            break
        household = found.filter(pk=household.merged_into_id).first()
    if household is None or (household.ends_at is not None and not ended):
        raise NotVisible
    return household


def household_of_resident(resident: Resident) -> Household | None:
    """Return the household in which a person lives now, or the last one, or None."""
    row = (
        Membership.objects.filter(
            community=resident.community_id, resident=resident, superseded_at=None
        )
        .select_related("household")
        .order_by("ends_at", "kind", "-starts_at")
    )
    rows = sorted(row, key=lambda r: (r.ends_at is not None, r.kind != "lives", -r.pk))
    return rows[0].household if rows else None


def phones_of(community: int, resident_ids: Collection[int]) -> dict[int, list[str]]:
    """Return the phone numbers of people, in their order; one query, numbers in the clear."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = (
        Phone.objects.filter(community=community, resident__in=resident_ids)
        .order_by("resident", "rank")
        .values_list("resident_id", "number")
    )
    for resident_id, number in rows:
        found[resident_id].append(number)
    return found


def survivors_of(community: int) -> dict[int, int]:
    """Return for each merged person the one they were merged into; chains are followed."""
    return follow_merges(
        dict(
            Resident.objects.filter(community=community, merged_into__isnull=False).values_list(
                "pk", "merged_into_id"
            )
        )
    )


def merged_into_residents(community: int, resident_ids: Collection[int]) -> dict[int, int]:
    """Return for entries merged into some people: entry -> person; for reading facts of both.

    One query when nobody was merged; otherwise the community's merges are followed.
    """
    wanted = set(resident_ids)
    direct = Resident.objects.filter(community=community, merged_into__in=wanted)
    if not direct.exists():
        return {}
    return {gone: kept for gone, kept in survivors_of(community).items() if kept in wanted}


def merges_into_resident(resident: Resident) -> QuerySet[Resident]:
    """Return the entries that were merged into a person, whose merge can be undone."""
    return Resident.objects.filter(community=resident.community_id, merged_into=resident).order_by(
        "pk"
    )


def duplicates_of(actor: Actor, community: int, limit: int = 200) -> list[list[Resident]]:
    """Return groups of entries that may be one person: same name and birth date, or name and door.

    Three queries; the groups with the same birth date come first.
    """
    people = residents_of(actor, community).filter(died_on=None)
    by_birth = (
        people.exclude(birth_on=None)
        .values("name", "birth_on")
        .annotate(n=Count("pk"))
        .filter(n__gt=1)
        .order_by("name")[:limit]
    )
    by_door = (
        people.exclude(dwelling=None)
        .values("name", "dwelling")
        .annotate(n=Count("pk"))
        .filter(n__gt=1)
        .order_by("name")[:limit]
    )
    births = {(row["name"], row["birth_on"]) for row in by_birth}
    doors = {(row["name"], row["dwelling"]) for row in by_door}
    names = {name for name, _ in births | doors}
    if not names:
        return []
    groups: dict[tuple[int, str, object], list[Resident]] = defaultdict(list)
    for person in (
        people.filter(name__in=names)
        .select_related("dwelling")
        .defer("document", "remark")
        .order_by("pk")
    ):
        if (person.name, person.birth_on) in births:
            groups[0, person.name, person.birth_on].append(person)
        elif (person.name, person.dwelling_id) in doors:
            groups[1, person.name, person.dwelling_id].append(person)
    ordered = sorted(groups.items(), key=lambda pair: (pair[0][0], pair[0][1]))
    return [group for _, group in ordered if len(group) > 1][:limit]


def prefix(field: str, text: str) -> Q:
    """Return the condition "starts with" for plain letters, as a range that an index answers."""
    from gridwell.residents.rules.searching import after

    upper = after(text)
    condition = Q(**{f"{field}__gte": text})
    return condition & Q(**{f"{field}__lt": upper}) if upper else condition


def homes_of(community: int, resident_ids: Collection[int]) -> dict[int, Membership]:
    """Return the open membership of people, where they live before where they are registered."""
    rows = (
        Membership.objects.filter(
            community=community, resident__in=resident_ids, superseded_at=None, ends_at=None
        )
        .only("resident_id", "household_id", "relation", "is_head", "kind", "community_id")
        .order_by("-kind", "pk")
    )
    return {row.resident_id: row for row in rows}


def traits_of(
    community: int, resident_ids: Collection[int], now: datetime
) -> dict[int, list[Trait]]:
    """Return the circumstances that hold for people; one query."""
    found: dict[int, list[Trait]] = defaultdict(list)
    rows = Trait.objects.filter(
        holds_at(now), community=community, resident__in=resident_ids, superseded_at=None
    )
    for trait in rows.only("resident_id", "code", "value", "community_id").order_by("pk"):
        found[trait.resident_id].append(trait)
    return found


def merged_of(actor: Actor, community: int) -> QuerySet[Resident]:
    """Return entries that were merged into others, for the list from which it is undone."""
    if not actor.covers(community) or actor.grids_at(community) is not None:
        return Resident.objects.none()
    return (
        Resident.objects.filter(community=community, merged_into__isnull=False)
        .select_related("merged_into")
        .defer("document", "remark", "merged_into__document", "merged_into__remark")
        .order_by("-changed_at")[:50]
    )


def access_merged(actor: Actor, community: int, resident_id: int) -> Resident:
    """Return an entry that was merged into another one of the actor's, or raise NotVisible."""
    found = Resident.objects.filter(
        pk=resident_id, community=community, merged_into__isnull=False
    ).first()
    if found is None:
        raise NotVisible
    access_resident(actor, community, resident_id)
    return found
