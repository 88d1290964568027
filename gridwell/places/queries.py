"""Reads of areas, places and grids. Each starts from who asks; what is not theirs is not there."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from django.db.models import BigIntegerField, Count, Q, QuerySet
from django.db.models.functions import Coalesce

from gridwell.core.errors import NotVisible
from gridwell.core.prepared import Prepared
from gridwell.places.models import Area, CommunityProfile, Grid, Place, PlaceAlias, PlaceMerge
from gridwell.places.rules.levels import AreaLevel, PlaceKind, span_of
from gridwell.places.rules.scope import Scoped

DOORS = (PlaceKind.DWELLING.value, PlaceKind.SITE.value)
LIVE = Q(merged_into=None, ended_at=None)


def areas_of(actor: Scoped) -> QuerySet[Area]:
    """Return the areas an actor may look at; one range condition a post."""
    spans = [Q(code__gte=low, code__lt=high) for low, high in actor.spans]
    if not spans:
        return Area.objects.none()
    return Area.objects.filter(reduce(or_, spans), replaced_by=None).order_by("code")


def communities_of(actor: Scoped, inside: int | None = None) -> QuerySet[Area]:
    """Return the communities an actor may look at, those inside an upper area when one is named."""
    found = areas_of(actor).filter(level=AreaLevel.COMMUNITY.value)
    if inside is not None:
        low, high = span_of(inside)
        found = found.filter(code__gte=low, code__lt=high)
    return found


def access_community(actor: Scoped, code: int) -> Area:
    """Return a community of the actor's, or raise NotVisible; an upper area is none."""
    area = communities_of(actor).filter(pk=code).first()
    if area is None:
        raise NotVisible
    return area


def community_of_place(place_id: int) -> int | None:
    """Return the community that a place stands in, None when there is no such place."""
    return next((community for (community,) in _STANDS_IN(pk=place_id)), None)


# Asked by each slot of a page.
_STANDS_IN = Prepared(
    lambda pk: Place.objects.filter(pk=pk).values_list("community_id"), pk=BigIntegerField()
)


def profile_of(community: int) -> CommunityProfile:
    """Return how a community has set up its desk; the defaults, unsaved, when it has not."""
    found = CommunityProfile.objects.filter(pk=community).first()
    return found or CommunityProfile(community_id=community)


def dwellings_of(actor: Scoped, community: int) -> QuerySet[Place]:
    """Return the live dwellings an actor may see in a community: all, or those of their grids."""
    if not actor.covers(community):
        return Place.objects.none()
    found = Place.objects.filter(LIVE, community=community, kind=PlaceKind.DWELLING.value)
    grids = actor.grids_at(community)
    return found if grids is None else found.filter(grid__in=grids)


def places_of(actor: Scoped, community: int) -> QuerySet[Place]:
    """Return the live places an actor may see: theirs, and what stands above them."""
    if not actor.covers(community):
        return Place.objects.none()
    found = Place.objects.filter(LIVE, community=community)
    grids = actor.grids_at(community)
    if grids is None:
        return found
    own = Place.objects.filter(LIVE, community=community, grid__in=grids)
    above = Q(grid__in=grids)
    for name in ("parent_id", "building_id", "unit_id", "building__parent_id"):
        above |= Q(pk__in=own.exclude(**{name: None}).values(name))
    return found.filter(above)


def _seen(actor: Scoped, community: int, place_id: int) -> Place | None:
    if actor.covers(community) and actor.grids_at(community) is None:
        return _PLACE.first(pk=place_id, community=community)
    return places_of(actor, community).select_related(*_AROUND).filter(pk=place_id).first()


# Asked by each page of a place, for who sees the whole community.
_AROUND = ("parent", "building", "unit", "grid", "community")
_PLACE = Prepared(
    lambda pk, community: Place.objects.filter(LIVE, pk=pk, community_id=community).select_related(
        *_AROUND
    ),
    pk=BigIntegerField(),
    community=BigIntegerField(),
)


def access_place(actor: Scoped, community: int, place_id: int) -> Place:
    """Return a place of the actor's, or raise NotVisible; one merged away leads to its survivor."""
    place = _seen(actor, community, place_id)
    if place is None:  # hardly ever; what is live was not merged away
        merged = Place.objects.filter(
            pk=place_id, community=community, merged_into__isnull=False
        ).values_list("merged_into", flat=True)
        kept = merged.first()
        place = _seen(actor, community, kept) if kept is not None else None
    if place is None:
        raise NotVisible
    return place


def buildings_of(actor: Scoped, community: int) -> QuerySet[Place]:
    """Return what dwellings stand in as a whole: buildings and rows, ground by ground."""
    kinds = [PlaceKind.BUILDING.value, PlaceKind.ROW.value]
    return (
        places_of(actor, community)
        .filter(kind__in=kinds)
        .select_related("parent", "grid")
        .order_by("parent__position", "parent__name", "position", "name")
    )


def grounds_of(actor: Scoped, community: int) -> QuerySet[Place]:
    """Return compounds, villages and lanes (小区、村、巷), in their order."""
    kinds = [PlaceKind.COMPOUND.value, PlaceKind.VILLAGE.value, PlaceKind.LANE.value]
    return places_of(actor, community).filter(kind__in=kinds).order_by("position", "name")


def grids_of(actor: Scoped, community: int) -> QuerySet[Grid]:
    """Return the live grids an actor may see in a community, micro-grids included."""
    if not actor.covers(community):
        return Grid.objects.none()
    found = Grid.objects.filter(community=community, ended_at=None)
    grids = actor.grids_at(community)
    return found if grids is None else found.filter(pk__in=grids)


def access_grid(actor: Scoped, community: int, grid_id: int) -> Grid:
    """Return a grid of the actor's, or raise NotVisible."""
    grid = grids_of(actor, community).filter(pk=grid_id).select_related("parent").first()
    if grid is None:
        raise NotVisible
    return grid


def dwellings_by_building(actor: Scoped, community: int) -> dict[int | None, tuple[int, int]]:
    """Return by building (dwellings, vacant ones); None holds what stands in no building."""
    rows = (
        dwellings_of(actor, community)
        .values_list("building")
        .annotate(all=Count("pk"), vacant=Count("pk", filter=Q(is_vacant=True)))
    )
    return {building: (total, vacant) for building, total, vacant in rows}


def gaps_of(actor: Scoped, community: int) -> QuerySet[Place]:
    """Return dwellings and sites that belong to no grid (网格空白); there should be none."""
    return places_of(actor, community).filter(kind__in=DOORS, grid=None).order_by("full_name")


def gap_count(actor: Scoped, community: int) -> int:
    """Return how many dwellings and sites belong to no grid; one query."""
    if actor.grids_at(community) is not None or not actor.covers(community):
        return 0
    return Place.objects.filter(LIVE, community=community, kind__in=DOORS, grid=None).count()


def dwellings_by_grid(community: int) -> dict[int | None, int]:
    """Return how many live dwellings each grid holds; micro-grids count for themselves."""
    rows = (
        Place.objects.filter(LIVE, community=community, kind=PlaceKind.DWELLING.value)
        .values_list("grid")
        .annotate(count=Count("pk"))
    )
    return dict(rows)


def survivors_of(community: int) -> dict[int, int]:
    """Return for each merged place the place it was merged into; chains are followed."""
    pairs = dict(
        Place.objects.filter(community=community, merged_into__isnull=False).values_list(
            "pk", "merged_into_id"
        )
    )
    return follow_merges(pairs)


def follow_merges(pairs: dict[int, int]) -> dict[int, int]:
    """Return merged -> last survivor for pairs merged -> next one."""
    found = {}
    for start in pairs:
        here, seen = start, {start}
        while (following := pairs.get(here)) is not None and following not in seen:
            seen.add(following)
            here = following
        found[start] = here
    return found


def effective_dwelling(prefix: str = "dwelling") -> Coalesce:
    """Return the expression for a dwelling's id with merged ones resolved (one step)."""
    return Coalesce(f"{prefix}__merged_into", f"{prefix}_id")


def aliases_of(place: Place) -> QuerySet[PlaceAlias]:
    """Return the other names of a place."""
    return PlaceAlias.objects.filter(community=place.community_id, place=place).order_by("added_at")


def merges_of(place: Place) -> QuerySet[PlaceMerge]:
    """Return the merges into a place that can still be undone."""
    return (
        PlaceMerge.objects.filter(community=place.community_id, kept=place, undone_at=None)
        .select_related("gone")
        .order_by("-pk")
    )


def access_merge(actor: Scoped, community: int, merge_id: int) -> PlaceMerge:
    """Return a merge of places in the actor's community, or raise NotVisible."""
    if actor.covers(community) and actor.grids_at(community) is None:
        merge = PlaceMerge.objects.filter(pk=merge_id, community=community).first()
        if merge is not None:
            return merge
    raise NotVisible


def below(place: Place, kinds: Iterable[PlaceKind] = (PlaceKind.DWELLING,)) -> QuerySet[Place]:
    """Return the live places of some kinds below a place, itself included when of such a kind."""
    return Place.objects.filter(
        LIVE,
        community=place.community_id,
        path__startswith=place.path,
        kind__in=[kind.value for kind in kinds],
    )


def grids_by_building(community: int) -> dict[int | None, list[int | None]]:
    """Return the grids of each building's dwellings; None among them is a gap; one query."""
    rows = (
        Place.objects.filter(LIVE, community=community, kind__in=DOORS)
        .values_list("building", "grid")
        .order_by("building", "grid__number")
        .distinct()
    )
    found: dict[int | None, list[int | None]] = {}
    for building, grid in rows:
        if grid not in found.setdefault(building, []):
            found[building].append(grid)
    return found


def grid_by_door(community: int) -> dict[int, int | None]:
    """Return the resolved grid of every live dwelling and site; one query."""
    rows = Place.objects.filter(LIVE, community=community, kind__in=DOORS)
    return dict(rows.values_list("pk", "grid"))


def doors_below(community: int, place_ids: Iterable[int]) -> set[int]:
    """Return the live dwellings and sites at or below some places; one query."""
    wanted = {str(pk) for pk in place_ids}
    rows = Place.objects.filter(LIVE, community=community, kind__in=DOORS)
    return {
        pk
        for pk, path in rows.values_list("pk", "path")
        if not wanted.isdisjoint(path.strip("/").split("/"))
    }


@dataclass
class Tick:
    """A place on the page that draws a grid. `through` names the ticked place above it."""

    place: Place
    is_ticked: bool
    through: str = ""
    grid: Grid | None = None
    doors: int = 0
    children: list["Tick"] = field(default_factory=list)
    is_closed: bool = False  # its doors are left out


def tick_tree(
    community: int, grid: Grid, ticked: set[int] | None = None, opened: int = 0
) -> list[Tick]:
    """Return the places of a community as a tree with what is ticked for a grid; two queries.

    `ticked` stands in for what is stored, so that a page can be shown again before it is saved.
    Doors are in the tree where one of their kind is ticked or assigned by itself, and in `opened`:
    3,000 boxes that nobody needs would make the page slow.
    """
    grids = {g.pk: g for g in Grid.objects.filter(community=community)}
    rows = list(
        Place.objects.filter(LIVE, community=community)
        .order_by("position", "name")
        .only(
            *("kind", "name", "full_name", "parent_id", "grid_id", "own_grid_id", "position"),
            "community_id",
        )
    )
    ticks = {
        place.pk: Tick(
            place,
            place.own_grid_id == grid.pk if ticked is None else place.pk in ticked,
            grid=grids.get(place.grid_id or 0),
        )
        for place in rows
    }
    roots: list[Tick] = []
    for tick in ticks.values():
        above = ticks.get(tick.place.parent_id or 0)
        (above.children if above else roots).append(tick)
    for root in roots:
        _tick_down(root, "")
    for tick in ticks.values():
        tick.is_closed = tick.place.pk != opened and _is_plain(tick)
        if tick.is_closed:
            tick.children = []
    return roots


def _is_plain(tick: Tick) -> bool:
    """Return whether a place holds doors only, none of which is ticked or assigned by itself."""
    return bool(tick.children) and all(
        child.place.kind in DOORS and not child.is_ticked and child.place.own_grid_id is None
        for child in tick.children
    )


def _tick_down(tick: Tick, through: str) -> int:
    """Write down the tree which ticked place covers what; return the doors below."""
    tick.through = through
    below = tick.place.name if tick.is_ticked else through
    tick.doors = int(tick.place.kind in DOORS)
    tick.doors += sum(_tick_down(child, below) for child in tick.children)
    return tick.doors


def siblings_of(place: Place) -> QuerySet[Place]:
    """Return the other live places of the same kind and parent, into which it may be merged."""
    beside = Q(parent=place.parent_id)
    if place.kind in DOORS:
        beside = Q(building=place.building_id)
    found = Place.objects.filter(LIVE, beside, community=place.community_id, kind=place.kind)
    return found.exclude(pk=place.pk).order_by("position", "name")


def possible_twins(place: Place) -> list[Place]:
    """Return siblings whose numbers are the same: 2号楼 and 贰号楼, 2号楼 and 2楼."""
    number = place.position
    return [p for p in siblings_of(place).filter(position=number)[:5] if number]
