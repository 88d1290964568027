"""Finding people and places by whatever of them is known. Six queries at most."""

from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet

from gridwell.accounts.rules.actor import Actor
from gridwell.core.fields import vault
from gridwell.places.models import Place
from gridwell.places.queries import DOORS, places_of
from gridwell.places.rules.levels import PlaceKind
from gridwell.places.rules.naming import match_key
from gridwell.residents.models import Household, Membership, Phone, Resident
from gridwell.residents.queries.people import prefix, residents_of
from gridwell.residents.rules.searching import Asked, read_question


@dataclass(frozen=True)
class Hit:
    """Something found. `kind`: resident, dwelling, place; `by` says what matched (a code).

    `household` is where the file is opened; None for a place without one.
    """

    kind: str
    id: int
    text: str
    door: str
    by: str
    household: int | None = None
    building: int | None = None


def search(
    actor: Actor, community: int, text: str, limit: int = 20, *, with_names: bool = True
) -> list[Hit]:
    """Return what a few typed characters find in one community: people first, then doors, places.

    Without `with_names` only places are searched, for those who may not see names.
    """
    asked = read_question(text)
    if asked.is_empty or not actor.covers(community):
        return []
    people = _people(actor, community, asked, limit) if with_names else []
    doors = _doors(actor, community, asked, limit)
    named = _places(actor, community, asked, limit) if len(people) + len(doors) < limit else []
    homes = _homes(community, [p.pk for p, _ in people], [d.pk for d in doors if d.kind in DOORS])
    hits = [
        Hit(
            "resident",
            person.pk,
            person.name,
            person.dwelling.full_name if person.dwelling else "",
            by,
            homes[0].get(person.pk),
            person.dwelling.building_id if person.dwelling else None,
        )
        for person, by in people
    ]
    hits += [
        Hit(
            "dwelling",
            door.pk,
            door.full_name,
            door.door,
            "door",
            homes[1].get(door.pk),
            door.building_id,
        )
        for door in doors
    ]
    seen = {door.pk for door in doors}
    hits += [
        Hit("place", place.pk, place.full_name, place.door, "place", None, place.building_id)
        for place in named
        if place.pk not in seen
    ]
    return hits[:limit]


def _starts_with(field: str, text: str) -> Q:
    """Return "starts with" for any script, with a lower bound so that an index can help."""
    condition = Q(**{f"{field}__startswith": text, f"{field}__gte": text})
    if connection.vendor == "sqlite":  # compares bytes, so an upper bound is safe as well
        condition &= Q(**{f"{field}__lt": text + "\U0010ffff"})
    return condition


def _people(actor: Actor, community: int, asked: Asked, limit: int) -> list[tuple[Resident, str]]:
    """Return people with what matched; two queries at most."""
    base = (
        residents_of(actor, community)
        .select_related("dwelling")
        .only(
            *("name", "birth_on", "community_id", "dwelling_id", "dwelling__full_name"),
            *("dwelling__door", "dwelling__building_id", "dwelling__community_id"),
        )
    )
    if asked.name:
        found = list(base.filter(_starts_with("name", asked.name)).order_by("name", "pk")[:limit])
        if not found and len(asked.name) > 1:
            found = list(base.filter(name__contains=asked.name).order_by("name", "pk")[:limit])
        return [(person, "name") for person in found]
    if asked.letters:
        condition = prefix("initials", asked.letters[:30]) | prefix("pinyin", asked.letters)
        found = list(base.filter(condition).order_by("initials", "pinyin", "pk")[:limit])
        return [(person, "pinyin") for person in found]
    if asked.tail or asked.number:
        return _by_number(base, community, asked, limit)
    return []


def _by_number(
    base: QuerySet[Resident], community: int, asked: Asked, limit: int
) -> list[tuple[Resident, str]]:
    if asked.number:
        phones = Phone.objects.filter(community=community, number=asked.number)
        documents = Q(document=asked.number)
    else:
        tail = vault().tail(community, asked.tail)
        phones = Phone.objects.filter(community=community, tail=tail)
        documents = Q(document_tail=tail)
    by_document = list(base.filter(documents).order_by("name", "pk")[:limit])
    seen = {person.pk for person in by_document}
    by_phone = base.filter(pk__in=phones.values("resident_id")).order_by("name", "pk")[:limit]
    return [(person, "document") for person in by_document] + [
        (person, "phone") for person in by_phone if person.pk not in seen
    ]


def _doors(actor: Actor, community: int, asked: Asked, limit: int) -> list[Place]:
    """Return dwellings by door number: 2-1-1501, its start, or run together; one query."""
    if not asked.doors:
        return []
    condition = Q(door__in=asked.doors)
    if asked.door_start:
        condition |= _starts_with("door", asked.door_start + "-")
    return list(
        places_of(actor, community)
        .filter(condition, kind__in=DOORS)
        .only("full_name", "door", "kind", "building_id", "community_id")
        .order_by("door", "pk")[:limit]
    )


def _places(actor: Actor, community: int, asked: Asked, limit: int) -> list[Place]:
    """Return places by a part of their name, buildings before doors; one query."""
    key = match_key(asked.place)
    if not key:
        return []
    kinds = [kind.value for kind in PlaceKind]
    if len(key) < 4:  # a short word would find every dwelling of the compound
        kinds = [kind for kind in kinds if kind != PlaceKind.DWELLING.value]
    return list(
        places_of(actor, community)
        .filter(full_key__contains=key, kind__in=kinds)
        .only("full_name", "door", "kind", "building_id", "community_id")
        .order_by("path")[:limit]
    )


def _homes(
    community: int, residents: list[int], dwellings: list[int]
) -> tuple[dict[int, int], dict[int, int]]:
    """Return the open household by resident and by dwelling; two queries at most."""
    by_resident: dict[int, int] = {}
    by_dwelling: dict[int, int] = {}
    if residents:
        by_resident = dict(
            Membership.objects.filter(
                community=community, resident__in=residents, superseded_at=None, ends_at=None
            )
            .order_by("-kind")
            .values_list("resident_id", "household_id")
        )
    if dwellings:
        by_dwelling = dict(
            Household.objects.filter(
                community=community, dwelling__in=dwellings, ends_at=None
            ).values_list("dwelling_id", "pk")
        )
    return by_resident, by_dwelling
