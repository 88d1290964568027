"""Who is to come down to a site in a round (到点采样人员), by unit or building, with the way to the sites.

Who is sampled at the door or exempt does not come. Units of open high-risk zones stand apart. Those
who walk badly, by their entry in the register or from 80 on, are a group of their building.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from django.db.models import Q
from django.db.models.functions import Coalesce

from gridwell.core.clock import end_of, start_of
from gridwell.core.facts import holds_in
from gridwell.places.models import Place
from gridwell.places.queries import LIVE
from gridwell.places.rules.levels import PlaceKind
from gridwell.plan.queries.days import Day
from gridwell.plan.queries.snapshot import LIVED_IN
from gridwell.plan.rules.crowd import VERY_OLD, birth_limit
from gridwell.plan.rules.plan import Plan
from gridwell.protocols.rules.model import Level
from gridwell.residents.models import Resident, Trait
from gridwell.residents.rules.traits import TraitCode
from gridwell.screening.models import Round, RoundMember, Site
from gridwell.screening.queries.due import due_of
from gridwell.screening.queries.members import sampled_of

GroupKey = tuple[int, bool]
"""A unit or building by id, and whether it is the people of it who walk badly."""

_GROUNDS = frozenset({PlaceKind.COMPOUND.value, PlaceKind.VILLAGE.value, PlaceKind.LANE.value})


@dataclass(frozen=True, slots=True)
class Comer:
    """Somebody who comes to a site: from which unit or building, behind which door."""

    resident: int | None
    place: int
    building: int
    dwelling: int
    walks_badly: bool = False
    is_sampled: bool = False
    is_called: bool = False


@dataclass
class Group:
    """People who are called together: `people` still to come, by door in the order of a walk.

    `everyone` counts those, too, who have been sampled.
    """

    key: GroupKey
    building: int
    is_high_risk: bool
    everyone: int = 0
    by_door: dict[int, int] = field(default_factory=dict)
    called: set[int] = field(
        default_factory=set
    )  # doors of whom somebody was called and has not come

    @property
    def people(self) -> int:
        """Return who is still to come."""
        return sum(self.by_door.values())


def groups_of(row: Round, day: Day) -> dict[GroupKey, Group]:
    """Return who is to come to a site, by group; of a round that is closed nobody.

    Before it opens as the plan of its day says, then as it is frozen. Five queries, four more for
    the plan's people.
    """
    if row.state == "closed":
        return {}
    order = _doors(row.community_id)
    risky = risky_places(day.plan, order)
    found: dict[GroupKey, Group] = {}
    for comer in sorted(comers_of(row, day), key=lambda one: order.get(one.dwelling, _NOWHERE)[3:]):
        key = group_key(comer.place, comer.building, risky, walks_badly=comer.walks_badly)
        group = found.setdefault(key, Group(key, comer.building, comer.place in risky))
        group.everyone += 1
        if not comer.is_sampled:
            group.by_door[comer.dwelling] = group.by_door.get(comer.dwelling, 0) + 1
            if comer.is_called:
                group.called.add(comer.dwelling)
    return found


def group_key(place: int, building: int, risky: frozenset[int], *, walks_badly: bool) -> GroupKey:
    """Return the group of somebody: of the building for who walks badly, unless the unit stands apart."""
    return (building, True) if walks_badly and place not in risky else (place, False)


def comers_of(row: Round, day: Day) -> list[Comer]:
    """Return everybody who is to come to a site, one by one."""
    slow = walking_badly(row.community_id, row.on)
    if row.state == "planned":
        return [
            _comer(due.resident, due.dwelling, due.building, due.unit, slow)
            for due in due_of(row.order, day)
            if not due.exempt and not due.door_reason
        ]
    resident, guest = sampled_of(row)
    rows = RoundMember.objects.filter(
        community_id=row.community_id, round=row, removed_at=None, exempt="", at_door=False
    ).exclude(dwelling=None)
    return [
        replace(
            _comer(who, dwelling, building, unit, slow),
            is_sampled=bool(by_resident or by_guest),
            is_called=bool(calls),
        )
        for who, dwelling, building, unit, calls, by_resident, by_guest in rows.annotate(
            by_resident=resident, by_guest=guest
        ).values_list(
            "resident_id",
            "dwelling_id",
            "building_id",
            "unit_id",
            "calls",
            "by_resident",
            "by_guest",
        )
    ]


def _comer(
    resident: int | None,
    dwelling: int,
    building: int | None,
    unit: int | None,
    slow: frozenset[int],
) -> Comer:
    return Comer(
        resident=resident,
        place=unit or building or dwelling,
        building=building or dwelling,
        dwelling=dwelling,
        walks_badly=resident in slow,
    )


def walking_badly(community: int, day: date) -> frozenset[int]:
    """Return who walks badly by the register, or is 80 or older: two queries."""
    traits = Trait.objects.filter(
        holds_in(start_of(day), end_of(day)),
        community_id=community,
        superseded_at=None,
        code=TraitCode.CANNOT_WALK,
    ).values_list("resident_id", flat=True)
    limit = date.fromordinal(birth_limit(day, VERY_OLD))
    old = Resident.objects.filter(
        Q(died_on=None), community_id=community, birth_on__lte=limit
    ).values_list("pk", flat=True)
    return frozenset(traits) | frozenset(old)


_Door = tuple[int | None, int | None, int, int, int]  # building, unit; then floor, position, id
_NOWHERE: _Door = (None, None, 0, 0, 0)


def _doors(community: int) -> dict[int, _Door]:
    """Return every door with its building and unit and its place in a walk from the ground up."""
    rows = Place.objects.filter(
        community_id=community, kind__in=LIVED_IN, ended_at=None, merged_into=None
    ).annotate(above=Coalesce("building_id", "parent_id"))
    return {
        pk: (above, unit, floor or 0, position, pk)
        for pk, above, unit, floor, position in rows.values_list(
            "pk", "above", "unit_id", "floor", "position"
        )
    }


def risky_places(plan: Plan, doors: Mapping[int, _Door] | None = None) -> frozenset[int]:
    """Return the units and buildings in which a door belongs to an open high-risk zone."""
    known = _doors(plan.community) if doors is None else doors
    found = set()
    for zone in plan.zones:
        if zone.level != Level.HIGH:
            continue
        for dwelling in zone.dwellings:
            above, unit, *_rest = known.get(dwelling, _NOWHERE)
            found.add(unit or above or dwelling)
    return frozenset(found)


@dataclass(frozen=True)
class Geography:
    """Where buildings stand to each other: the ground of each, and their order on a walk."""

    ground: Mapping[int, int]
    order: Mapping[int, int]

    def near(self, building: int, sites: Sequence[Site]) -> tuple[int, ...]:
        """Return the sites from the nearest on: the own compound first, then by the order of a walk.

        A site that stands by no place is left out: nobody knows how far it is.
        """
        ground, at = self.ground.get(building), self.order.get(building, 0)
        ranked = []
        for site in sites:
            stands = self._stands(site)
            if stands is not None:
                is_own = ground is not None and self.ground.get(stands) == ground
                ranked.append((not is_own, abs(self.order[stands] - at), site.pk))
        return tuple(pk for _far, _steps, pk in sorted(ranked))

    def _stands(self, site: Site) -> int | None:
        """Return the place in the order by which a site stands."""
        if site.place is None:
            return None
        above = (site.place.pk, site.place.unit_id, site.place.building_id, site.place.parent_id)
        return next((pk for pk in above if pk in self.order), None)


def geography_of(community: int) -> Geography:
    """Return where the buildings of a community stand: one query, doors left out."""
    rows = {
        pk: (kind, path, (position, name))
        for pk, kind, path, position, name in Place.objects.filter(LIVE, community_id=community)
        .exclude(kind__in=LIVED_IN)
        .values_list("pk", "kind", "path", "position", "name")
    }

    def way(pk: int) -> list[int]:
        return [above for above in _ids(rows[pk][1]) if above in rows]

    ordered = sorted(rows, key=lambda pk: ([rows[above][2] for above in way(pk)], pk))
    ground = {}
    for pk in rows:
        grounds = [above for above in way(pk) if rows[above][0] in _GROUNDS]
        if grounds:
            ground[pk] = grounds[-1]
    return Geography(ground, {pk: number for number, pk in enumerate(ordered)})


def _ids(path: str) -> Iterable[int]:
    return (int(part) for part in path.split("/") if part)
