"""The door-to-door census (入户摸排): a door and its people in one sending, whatever is there already."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.wording import say
from gridwell.places.actions.tree import create_place
from gridwell.places.models import Place
from gridwell.places.queries import LIVE
from gridwell.places.rules.address import DoorAddress, read_door
from gridwell.places.rules.level_names import building_name, unit_name
from gridwell.places.rules.levels import PlaceKind
from gridwell.places.rules.tree import key_of
from gridwell.residents.actions.households import open_household
from gridwell.residents.actions.people import Person, register_resident
from gridwell.residents.models import Household, Membership
from gridwell.residents.rules.identity import DocumentKind
from gridwell.screening.actions import require
from gridwell.screening.rules.census import MOST_PEOPLE, Jotted

#: What an import, or a colleague, has entered before: that is no fault of the census.
KNOWN = frozenset({"residents.same_name_here", "residents.document_taken"})
HEAD = ("户主", "本人")


@dataclass
class Counted:
    """What came of one door: its household, how many were entered, who was known already."""

    household: Household
    dwelling: Place
    added: int = 0
    known: list[str] = field(default_factory=list)


@transaction.atomic
def count_door(
    *,
    actor: Actor,
    building: Place,
    unit: str,
    room: str,
    people: Sequence[Jotted],
    ref: UUID,
    now: datetime,
) -> Counted:
    """Enter a door with its people and return what came of it; sent twice it is once.

    The unit and the door are made when absent. A household that lives there is used, so that the
    census works beside an import: who is known by number, or by name in the dwelling, is left as is.
    """
    community = building.community_id
    require(actor, Right.EDIT_REGISTER, community)
    grids = actor.grids_at(community)
    if grids is not None and building.grid_id is not None and building.grid_id not in grids:
        raise NotVisible
    if not people:
        raise RuleBroken("screening.census_nobody")
    if len(people) > MOST_PEOPLE:
        raise RuleBroken("screening.census_too_many", most=MOST_PEOPLE)
    for jotted in people:
        if jotted.unread:
            raise RuleBroken("screening.census_unread", name=jotted.name, text=jotted.unread)
    # Three volunteers in one staircase: the unit and the door are made by whoever comes first.
    Place.objects.select_for_update(no_key=True).get(pk=building.pk)
    unit, room = _door(building, unit, room)
    above = _child(actor, building, PlaceKind.UNIT, unit, now) if unit else building
    dwelling = _child(actor, above, PlaceKind.DWELLING, room, now)
    if grids is not None and dwelling.grid_id not in grids and dwelling.grid_id is not None:
        raise NotVisible
    counted = Counted(_household(actor, dwelling, ref, now), dwelling)
    heads = any(jotted.relation in HEAD for jotted in people)
    for number, jotted in enumerate(people):
        is_head = jotted.relation in HEAD or (number == 0 and not heads)
        _enter(actor, counted, jotted, is_head, uuid5(ref, f"{number}:{jotted.name}"), now)
    return counted


def _door(building: Place, unit: str, room: str) -> tuple[str, str]:
    """Return unit and room of a door as it was typed: 4 and 1202, or 4-1202 and 1-4-1202 in one field.

    Three ways to write one door make one door. Refused is another building or unit, and a room alone
    in a building that has units.
    """
    own = building_name(building.name)
    wanted = unit_name(unit.strip()) if unit.strip() else ""
    found = read_door(room, within=DoorAddress(building=own, unit=wanted))
    if found.building != own or (wanted and found.unit != wanted):
        raise RuleBroken("screening.census_other_door", door=room.strip()[:40])
    name = room if found.is_raw or not found.room else found.room
    if (
        not found.unit
        and _has_units(building)
        and _known(building, PlaceKind.DWELLING, name) is None
    ):
        raise RuleBroken("screening.census_which_unit", door=room.strip()[:40])
    return found.unit, name


def _has_units(building: Place) -> bool:
    return Place.objects.filter(
        LIVE, community=building.community_id, parent=building, kind=PlaceKind.UNIT.value
    ).exists()


def _enter(
    actor: Actor, counted: Counted, jotted: Jotted, is_head: bool, ref: UUID, now: datetime
) -> None:
    """Enter one person behind a door; whoever is known is noted as such."""
    kind = DocumentKind.ID_CARD if jotted.document else DocumentKind.NONE
    try:
        with transaction.atomic():
            register_resident(
                actor=actor,
                household=counted.household,
                person=Person(
                    name=jotted.name,
                    document=jotted.document,
                    document_kind=kind.value,
                    phones=(jotted.phone,) if jotted.phone else (),
                ),
                relation=jotted.relation,
                is_head=is_head and not _has_head(counted.household),
                now=now,
                source="census",
                ref=ref,
            )
            counted.added += 1
    except RuleBroken as refusal:
        if refusal.code not in KNOWN:
            words = say(refusal)
            raise RuleBroken("screening.census_line", name=jotted.name, words=words) from refusal
        counted.known.append(jotted.name)


def _known(parent: Place, kind: PlaceKind, name: str) -> Place | None:
    """Return the place of that name under a parent, in any spelling."""
    return Place.objects.filter(
        community=parent.community_id,
        parent=parent,
        kind=kind.value,
        key=key_of(kind, name)[:80],
        merged_into=None,
        ended_at=None,
    ).first()


def _child(actor: Actor, parent: Place, kind: PlaceKind, name: str, now: datetime) -> Place:
    """Return the place of that name under a parent, made when absent."""
    return _known(parent, kind, name) or create_place(
        actor=actor,
        community=parent.community_id,
        kind=kind,
        name=name.strip()[:80],
        parent=parent,
        now=now,
    )


def _household(actor: Actor, dwelling: Place, ref: UUID, now: datetime) -> Household:
    """Return the household that lives behind a door, the oldest if several; opened when there is none."""
    lives = (
        Membership.objects.filter(
            community_id=dwelling.community_id,
            dwelling=dwelling,
            ends_at=None,
            superseded_at=None,
            kind="lives",
            household__merged_into=None,
        )
        .order_by("household_id")
        .select_related("household")
        .first()
    )
    if lives is not None:
        household: Household = lives.household
        return household
    return open_household(actor=actor, dwelling=dwelling, now=now, ref=ref)


def _has_head(household: Household) -> bool:
    return Membership.objects.filter(
        community_id=household.community_id,
        household=household,
        is_head=True,
        ends_at=None,
        superseded_at=None,
    ).exists()
