"""One change for many ticked people (批量修改): its effect first, then one act."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from gridwell.accounts.rules.actor import Actor
from gridwell.core.errors import RuleBroken
from gridwell.places.actions import assign_grid
from gridwell.places.models import Grid, Place
from gridwell.residents.actions import circumstances
from gridwell.residents.actions.facts import chunks, require
from gridwell.residents.actions.tenure import set_tenure
from gridwell.residents.models import Household, Membership, Resident, Trait

#: What can be changed for many at once.
KINDS = ("trait_on", "trait_off", "tenure", "grid", "away", "back")


@dataclass(frozen=True)
class Change:
    """One change: its kind, and what it sets (a trait's code, a tenure, a grid's id)."""

    kind: str
    code: str = ""
    value: str = ""
    until: datetime | None = None


@dataclass(frozen=True)
class Effect:
    """How many a change concerns, and for how many it is nothing new."""

    people: int
    households: int
    dwellings: int
    unchanged: int


def _households(community: int, residents: Sequence[int]) -> list[int]:
    found: set[int] = set()
    for part in chunks(residents):
        found |= set(
            Membership.objects.filter(
                community=community, resident__in=part, superseded_at=None, ends_at=None
            ).values_list("household_id", flat=True)
        )
    return sorted(found)


def _dwellings(community: int, residents: Sequence[int]) -> list[int]:
    found: set[int] = set()
    for part in chunks(residents):
        found |= set(
            Resident.objects.filter(
                community=community, pk__in=part, dwelling__isnull=False
            ).values_list("dwelling_id", flat=True)
        )
    return sorted(pk for pk in found if pk is not None)


def preview_change(community: int, residents: Sequence[int], change: Change) -> Effect:
    """Return what a change would touch, without doing it."""
    if change.kind not in KINDS:
        raise RuleBroken("residents.unknown_change", change=change.kind)
    homes = _households(community, residents)
    doors = _dwellings(community, residents)
    same = 0
    if change.kind in {"trait_on", "trait_off"}:
        having = 0
        for part in chunks(residents):
            rows = Trait.objects.filter(
                community=community,
                resident__in=part,
                code=change.code,
                superseded_at=None,
                ends_at=None,
            )
            having += (rows.filter(value=change.value) if change.value else rows).count()
        same = having if change.kind == "trait_on" else len(residents) - having
    elif change.kind == "tenure":
        same = Household.objects.filter(
            community=community, pk__in=homes[:800], tenure=change.code
        ).count()
    elif change.kind == "grid":
        same = Place.objects.filter(
            community=community, pk__in=doors[:800], grid=int(change.code or 0) or None
        ).count()
    return Effect(len(residents), len(homes), len(doors), same)


@transaction.atomic
def change_many(
    *,
    actor: Actor,
    community: int,
    residents: Sequence[int],
    change: Change,
    now: datetime,
) -> int:
    """Do one change for many people and return how many changed (people, households or places)."""
    require(actor, community)
    if not residents:
        raise RuleBroken("residents.nobody")
    people: dict[str, Any] = {
        "actor": actor,
        "community": community,
        "resident_ids": residents,
        "now": now,
    }
    if change.kind == "trait_on":
        return circumstances.add_trait(code=change.code, value=change.value, **people)
    if change.kind == "trait_off":
        return circumstances.end_trait(code=change.code, **people)
    if change.kind == "away":
        return circumstances.set_away(whereabouts=change.value, ends_at=change.until, **people)
    if change.kind == "back":
        return circumstances.set_back(**people)
    if change.kind == "tenure":
        return set_tenure(
            actor=actor,
            community=community,
            household_ids=_households(community, residents),
            tenure=change.code,
            now=now,
        )
    if change.kind == "grid":
        grid = Grid.objects.filter(
            community=community, pk=int(change.code or 0), ended_at=None
        ).first()
        if grid is None:
            raise RuleBroken("residents.no_such_grid")
        return assign_grid(
            actor=actor,
            community=community,
            grid=grid,
            place_ids=_dwellings(community, residents),
            now=now,
        )
    raise RuleBroken("residents.unknown_change", change=change.kind)
