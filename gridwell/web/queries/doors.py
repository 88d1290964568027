"""Households as lines of a list: door, people, colour; set-based for any number of them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Count, F, Q

from gridwell.core.components import Mark
from gridwell.places.models import Place
from gridwell.residents.models import Household, LabelMark, Membership

CHUNK = 900


@dataclass(frozen=True)
class DoorLine:
    """A household as lists show it. `sort` puts doors in walking order."""

    household: int
    dwelling: int
    building: int | None
    grid: int | None
    compound: str
    door: str
    people: int
    mark: Mark | None
    sort: tuple[object, ...]


def chunks(ids: Collection[int]) -> Iterator[list[int]]:
    """Yield ids in steps that SQLite's limit of variables allows."""
    rows = list(ids)
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]


def door_lines(community: int, households: Collection[int]) -> dict[int, DoorLine]:
    """Return the line of each household: three queries a thousand households."""
    marks = board_marks(community, households)
    compounds = compound_names(community)
    several = len(set(compounds.values())) > 1
    found: dict[int, DoorLine] = {}
    for part in chunks(households):
        rows = (
            Household.objects.filter(community_id=community, pk__in=part)
            .annotate(
                people=Count(
                    "memberships",
                    filter=Q(
                        memberships__ends_at=None,
                        memberships__superseded_at=None,
                        memberships__kind="lives",
                    ),
                ),
                building_order=F("dwelling__building__position"),
                unit_order=F("dwelling__unit__position"),
            )
            .values_list(
                "pk",
                "dwelling_id",
                "dwelling__building_id",
                "dwelling__grid_id",
                "dwelling__path",
                "dwelling__door",
                "dwelling__name",
                "people",
                "building_order",
                "unit_order",
                "dwelling__floor",
            )
        )
        for pk, dwelling, building, grid, path, door, name, people, b, u, floor in rows:
            root = compounds.get(int(path.strip("/").split("/")[0] or 0), "")
            found[pk] = DoorLine(
                household=pk,
                dwelling=dwelling,
                building=building,
                grid=grid,
                compound=root if several else "",
                door=door or name,
                people=people,
                mark=marks.get(pk),
                sort=(root, b or 0, u or 0, floor or 0, door or name),
            )
    return found


def compound_names(community: int) -> dict[int, str]:
    """Return the names of the places at the root of the community's tree by id."""
    rows = Place.objects.filter(community_id=community, parent=None, merged_into=None)
    return dict(rows.values_list("pk", "name"))


def board_marks(community: int, households: Collection[int]) -> dict[int, Mark]:
    """Return each household's colour by the community's board scheme, the highest if several."""
    best: dict[int, tuple[int, Mark]] = {}
    for part in chunks(households):
        rows = LabelMark.objects.filter(
            community_id=community,
            household__in=part,
            ends_at=None,
            superseded_at=None,
            label__scheme__is_board_scheme=True,
        ).values_list("household_id", "label__rank", "label__sign", "label__colour", "label__name")
        for household, rank, sign, colour, name in rows:
            if household not in best or best[household][0] < rank:
                best[household] = (rank, Mark(sign=sign, colour=colour, name=name))
    return {household: mark for household, (_, mark) in best.items()}


def households_of_residents(community: int, residents: Collection[int]) -> dict[int, int]:
    """Return resident -> household they live in now."""
    found: dict[int, int] = {}
    for part in chunks(residents):
        found.update(
            Membership.objects.filter(
                community_id=community,
                resident__in=part,
                ends_at=None,
                superseded_at=None,
                kind="lives",
            ).values_list("resident_id", "household_id")
        )
    return found


def households_at(community: int, dwellings: Collection[int]) -> dict[int, int]:
    """Return dwelling -> the household there whose people live there now, the oldest if several."""
    found: dict[int, int] = {}
    for part in chunks(dwellings):
        rows = Membership.objects.filter(
            community_id=community,
            dwelling__in=part,
            ends_at=None,
            superseded_at=None,
            kind="lives",
        ).values_list("dwelling_id", "household_id")
        for dwelling, household in rows:
            found[dwelling] = min(household, found.get(dwelling, household))
    return found


def place_lines(community: int, places: Collection[int]) -> dict[int, DoorLine]:
    """Return doors without a household as lines: `household` 0, the people who stay there counted."""
    if not places:
        return {}
    compounds = compound_names(community)
    found: dict[int, DoorLine] = {}
    for part in chunks(places):
        rows = Place.objects.filter(community_id=community, pk__in=part).select_related(
            "building", "unit"
        )
        for row in rows.annotate(staying=Count("stays", filter=Q(stays__superseded_at=None))):
            root = compounds.get(int(row.path.strip("/").split("/")[0] or 0), "")
            building = row.building.position if row.building else 0
            unit = row.unit.position if row.unit else 0
            name = row.door or row.name
            found[row.pk] = DoorLine(
                household=0,
                dwelling=row.pk,
                building=row.building_id,
                grid=row.grid_id,
                compound=root,
                door=name,
                people=row.staying,
                mark=None,
                sort=(root, building, unit, row.floor or 0, name),
            )
    return found


def in_walking_order(lines: Sequence[DoorLine]) -> list[DoorLine]:
    """Return lines by compound, building, unit, floor and door."""
    return sorted(lines, key=lambda line: line.sort)
