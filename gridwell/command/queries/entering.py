"""Whom a guest may be in the register (访客可能是谁), and whose household he or she may belong to."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from gridwell.accounts.rules.actor import Actor
from gridwell.core.fields import vault
from gridwell.core.joining import joined
from gridwell.places.rules.levels import PlaceKind
from gridwell.residents.models import Membership, Phone, Resident, Stay
from gridwell.residents.queries.people import residents_of

MOST = 8


@dataclass(frozen=True)
class Alike:
    """Somebody of the register who may be the guest. `by` says what is the same: document phone name."""

    resident: int
    name: str
    door: str
    by: tuple[str, ...]


def alike(actor: Actor, stay: Stay) -> list[Alike]:
    """Return who has the guest's number, telephone or name, the surest first. A person decides."""
    community = stay.community_id
    people = residents_of(actor, community).filter(merged_into=None)
    same = {
        "document": Q(document=stay.document) if stay.document else None,
        "phone": Q(pk__in=_with_phone(community, stay.phone)) if stay.phone else None,
        "name": Q(name=stay.name),
    }
    found: dict[int, list[str]] = {}
    for by, condition in same.items():
        if condition is not None:
            for pk in people.filter(condition).values_list("pk", flat=True)[:MOST]:
                found.setdefault(pk, []).append(by)
    rows = {row.pk: row for row in Resident.objects.filter(pk__in=found).select_related("dwelling")}
    lines = (
        Alike(
            pk, rows[pk].name, rows[pk].dwelling.full_name if rows[pk].dwelling else "", tuple(by)
        )
        for pk, by in found.items()
    )
    return sorted(lines, key=lambda line: ("document" not in line.by, -len(line.by), line.resident))


def _with_phone(community: int, number: str) -> Iterable[int]:
    rows = Phone.objects.filter(
        community_id=community, tail=vault().tail(community, number), number=number
    )
    return list(rows.values_list("resident_id", flat=True)[:MOST])


def households_at(stay: Stay) -> list[tuple[int, str]]:
    """Return the households of the stay's door: id and the names in it, the head first."""
    if stay.place.kind != PlaceKind.DWELLING:
        return []
    rows = Membership.objects.filter(
        community_id=stay.community_id,
        dwelling_id=stay.place_id,
        ends_at=None,
        superseded_at=None,
        kind="lives",
        household__merged_into=None,
    ).order_by("household_id", "-is_head", "pk")
    names: dict[int, list[str]] = {}
    for household, name in rows.values_list("household_id", "resident__name"):
        names.setdefault(household, []).append(name)
    return [(household, joined(found)) for household, found in names.items()]
