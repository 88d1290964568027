"""What a night's kit holds (应急包): who lives where, per building, so that a round works on paper."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from gridwell.core.facts import holds_at
from gridwell.orders.models import RoundOrder
from gridwell.places.models import Place
from gridwell.places.queries import DOORS, LIVE
from gridwell.residents.models import Household, Membership, Stay
from gridwell.screening.labels.rounds import STATUSES
from gridwell.screening.models import Round, RoundMember
from gridwell.screening.queries.due import Key
from gridwell.screening.queries.lines import natural
from gridwell.screening.queries.members import with_status
from gridwell.screening.rules.tubes import PoolSize


@dataclass(frozen=True)
class KitPerson:
    """Somebody behind a door: a resident, or a guest, who has no `resident`. A mark of each round."""

    resident: int | None
    name: str
    marks: tuple[str, ...] = ()

    @property
    def words(self) -> list[str]:
        """Return what the list says of this person in each round; empty for who is not in it."""
        return [str(MARKS.get(mark, "")) for mark in self.marks]


#: What a list on paper says of a person in a round that is open or comes next.
MARKS: Final = {
    "due": "✓",
    "door": _("✓ at the door"),
    "sampled": STATUSES["sampled"],
    "exempt": STATUSES["exempt"],
}
OTHERWISE: Final = frozenset({"sampled", "exempt"})


@dataclass
class KitDoor:
    """A door with who lives behind it, heads first, and who only stays there."""

    door: str
    people: list[KitPerson] = field(default_factory=list)


@dataclass
class KitBuilding:
    """A building with its doors in the order in which one walks."""

    name: str
    doors: list[KitDoor] = field(default_factory=list)

    @property
    def people(self) -> int:
        """Return how many live there."""
        return sum(len(door.people) for door in self.doors)


def kit_buildings(
    community: int, now: datetime, rounds: Sequence[Mapping[Key, str]] = ()
) -> list[KitBuilding]:
    """Return the buildings of a community with doors and people; four queries.

    Guests stand behind the door at which they stay: on paper, too, nobody is missed. `rounds` say
    how people stand in each round, by a code of `MARKS`.
    """
    rows = (
        Place.objects.filter(LIVE, community_id=community, kind__in=DOORS)
        .annotate(above=Coalesce("building_id", "parent_id"))
        .order_by("path")
        .values_list("pk", "above", "door", "full_name")
    )
    names = dict(Place.objects.filter(community_id=community).values_list("pk", "full_name"))
    doors: dict[int, KitDoor] = {}
    buildings: dict[int | None, KitBuilding] = {}
    for pk, above, door, full_name in rows:
        building = buildings.setdefault(above, KitBuilding(names.get(above, "") or "—"))
        doors[pk] = KitDoor(door or full_name)
        building.doors.append(doors[pk])
    for place, key, name in (*_residents(community, now), *_guests(community, now)):
        if place in doors:
            marks = tuple(marks.get(key, "") for marks in rounds)
            doors[place].people.append(KitPerson(key[0], name, marks))
    for building in buildings.values():
        building.doors.sort(key=lambda door: natural(door.door))
    return sorted(buildings.values(), key=lambda building: natural(building.name))


def _residents(community: int, now: datetime) -> Iterable[tuple[int, Key, str]]:
    living = Membership.objects.filter(
        holds_at(now), community_id=community, kind="lives", superseded_at=None
    ).filter(resident__merged_into=None, resident__died_on=None)
    rows = living.order_by("household_id", "-is_head", "pk")
    for place, resident, name in rows.values_list("dwelling_id", "resident_id", "resident__name"):
        yield place, (resident, None), name


def _guests(community: int, now: datetime) -> Iterable[tuple[int, Key, str]]:
    stays = Stay.objects.filter(holds_at(now), community_id=community, superseded_at=None)
    for place, ref, name in stays.order_by("pk").values_list("place_id", "ref", "name"):
        yield place, (None, ref), _("%(name)s (guest)") % {"name": name}


def marks_of(row: Round) -> dict[Key, str]:
    """Return how everybody stands in an open round: a code of `MARKS`; one query."""
    members = RoundMember.objects.filter(community_id=row.community_id, round=row, removed_at=None)
    return {
        (resident, guest): status if status in OTHERWISE else "door" if at_door else "due"
        for resident, guest, at_door, status in with_status(members, row).values_list(
            "resident_id", "guest", "at_door", "status"
        )
    }


def rounds_between(community: int, first: date, last: date) -> list[Round]:
    """Return the rounds of some days that are not closed, whether open or still planned."""
    rows = Round.objects.filter(community_id=community, on__range=(first, last))
    rows = rows.exclude(state="closed").filter(order__ended_at=None)
    still = Round.objects.filter(community_id=community, state="open", on__lt=first)
    found = rows.select_related("order", "community").order_by("on", "pk")
    return [*still.select_related("order", "community").order_by("on", "pk"), *found]


def last_pool(community: int) -> str:
    """Return the pool size that was ordered last; ten when nothing ever was."""
    orders = RoundOrder.objects.filter(community_id=community).order_by("-on", "-pk")
    return orders.values_list("pool", flat=True).first() or PoolSize.TEN.value


@dataclass(frozen=True)
class Card:
    """A family card (家庭卡): whose, and the household's ref, which its code holds."""

    ref: UUID
    door: str
    people: int


def cards_of(community: int, buildings: Iterable[int], now: datetime) -> list[Card]:
    """Return the cards of the households of some buildings, in the order of doors."""
    counts: dict[int, int] = {}
    living = Membership.objects.filter(
        holds_at(now), community_id=community, kind="lives", superseded_at=None
    )
    homes = (
        Household.objects.filter(community_id=community, ends_at=None, merged_into=None)
        .annotate(above=Coalesce("dwelling__building_id", "dwelling__parent_id"))
        .filter(above__in=list(buildings))
        .annotate(door=F("dwelling__door"), full=F("dwelling__full_name"))
        .order_by("dwelling__path", "pk")
    )
    for household in living.filter(household__in=homes.values("pk")).values_list(
        "household_id", flat=True
    ):
        counts[household] = counts.get(household, 0) + 1
    return [
        Card(ref, door or full, counts[pk])
        for pk, ref, door, full in homes.values_list("pk", "ref", "door", "full")
        if counts.get(pk)
    ]
