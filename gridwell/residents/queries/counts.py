"""How many: households, residents and empty dwellings, by building and by grid."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count as CountOf

from gridwell.accounts.rules.actor import Actor
from gridwell.core.numbers import whole_number
from gridwell.places import queries as places
from gridwell.places.models import CommunityProfile, Grid, Place
from gridwell.residents.models import Household, Resident
from gridwell.residents.queries.people import households_of, living_of


@dataclass(frozen=True)
class Count:
    """The figures of one building or grid; `vacant` are dwellings without a household."""

    dwellings: int = 0
    vacant: int = 0
    households: int = 0
    residents: int = 0


@dataclass(frozen=True)
class GridSize:
    """A grid with its figures (its micro-grids included) and whether its size is outside the band."""

    grid: Grid
    count: Count
    low: int
    high: int

    @property
    def is_small(self) -> bool:
        return self.count.households < self.low

    @property
    def is_large(self) -> bool:
        return self.count.households > self.high


def totals_of(actor: Actor, community: int) -> Count:
    """Return the figures of all that an actor sees in a community; three queries."""
    homes = households_of(actor, community).aggregate(
        n=CountOf("pk"), doors=CountOf("dwelling", distinct=True)
    )
    dwellings = places.dwellings_of(actor, community).count()
    return Count(
        dwellings=dwellings,
        vacant=max(0, dwellings - homes["doors"]),
        households=homes["n"],
        residents=living_of(actor, community).count(),
    )


def _by(actor: Actor, community: int, field: str) -> dict[int | None, Count]:
    doors = (
        places.dwellings_of(actor, community)
        .values_list(field)
        .annotate(n=CountOf("pk"))
        .order_by()
    )
    homes = {
        key: (households, lived_in)
        for key, households, lived_in in households_of(actor, community)
        .values_list(f"dwelling__{field}")
        .annotate(n=CountOf("pk"), doors=CountOf("dwelling", distinct=True))
        .order_by()
    }
    people = dict(
        living_of(actor, community)
        .values_list(f"dwelling__{field}")
        .annotate(n=CountOf("pk"))
        .order_by()
    )
    total = dict(doors)
    found = {}
    for key in {*total, *homes, *people}:
        households, lived_in = homes.get(key, (0, 0))
        vacant = max(0, total.get(key, 0) - lived_in)
        found[key] = Count(total.get(key, 0), vacant, households, people.get(key, 0))
    return found


def counts_by_building(actor: Actor, community: int) -> dict[int | None, Count]:
    """Return the figures by building or, where there is none, under None; four queries."""
    return _by(actor, community, "building")


def counts_by_grid(actor: Actor, community: int) -> dict[int | None, Count]:
    """Return the figures by resolved grid (a micro-grid stands for itself); four queries."""
    return _by(actor, community, "grid")


def _sum(counts: list[Count]) -> Count:
    return Count(
        sum(c.dwellings for c in counts),
        sum(c.vacant for c in counts),
        sum(c.households for c in counts),
        sum(c.residents for c in counts),
    )


def grid_sizes(actor: Actor, community: int, profile: CommunityProfile) -> list[GridSize]:
    """Return the grids an actor sees with figures and band; a grid counts its micro-grids too."""
    grids = list(places.grids_of(actor, community).select_related("parent"))
    counts = counts_by_grid(actor, community)
    below: dict[int, list[int]] = {}
    for grid in grids:
        if grid.parent_id:
            below.setdefault(grid.parent_id, []).append(grid.pk)
    sizes = []
    for grid in sorted(grids, key=_order):
        own = [counts.get(pk, Count()) for pk in (grid.pk, *below.get(grid.pk, ()))]
        low, high = profile.grid_low, profile.grid_high
        if grid.parent_id:
            low, high = profile.micro_grid_low, profile.micro_grid_high
        sizes.append(GridSize(grid, _sum(own), low, high))
    return sizes


def _order(grid: Grid) -> tuple[tuple[int, str], ...]:
    """Order grids by the numbers in their number: 2 before 10, 3 before 3-1."""
    parts = ((whole_number(part), part) for part in grid.number.split("-"))
    return tuple((10**6, part) if number is None else (number, "") for number, part in parts)


def counts_by_community(communities: Collection[int]) -> dict[int, Count]:
    """Return the figures of whole communities, for upper levels; three queries."""
    doors = (
        Place.objects.filter(
            community__in=communities, kind="dwelling", merged_into=None, ended_at=None
        )
        .values_list("community")
        .annotate(n=CountOf("pk"))
        .order_by()
    )
    homes = (
        Household.objects.filter(community__in=communities, ends_at=None, merged_into=None)
        .values_list("community")
        .annotate(n=CountOf("pk"))
        .order_by()
    )
    people = (
        Resident.objects.filter(
            community__in=communities, merged_into=None, died_on=None, dwelling__isnull=False
        )
        .values_list("community")
        .annotate(n=CountOf("pk"))
        .order_by()
    )
    total, households, residents = dict(doors), dict(homes), dict(people)
    return {
        code: Count(total.get(code, 0), 0, households.get(code, 0), residents.get(code, 0))
        for code in communities
    }
