"""Acts on grids (网格) and micro-grids (微网格): create, name, draw by ticking places, end."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from gridwell.audit.actions import digest_ids, record
from gridwell.core.errors import RuleBroken
from gridwell.places.followers import follow
from gridwell.places.models import CommunityProfile, Grid, Place
from gridwell.places.rules.scope import Scoped


def _require_right(actor: Scoped, community: int) -> None:
    if not actor.may("draw_grids", community):
        raise RuleBroken("places.not_allowed")


@transaction.atomic
def create_grid(
    *,
    actor: Scoped,
    community: int,
    number: str,
    name: str,
    now: datetime,
    parent: Grid | None = None,
) -> Grid:
    """Create a grid, or under `parent` a micro-grid."""
    _require_right(actor, community)
    if not number.strip() or not name.strip():
        raise RuleBroken("places.no_name")
    if parent is not None and parent.parent_id:
        raise RuleBroken("places.grid_too_deep")
    try:
        with transaction.atomic():
            grid = Grid.objects.create(
                community_id=community, number=number.strip(), name=name.strip(), parent=parent
            )
    except IntegrityError as error:
        raise RuleBroken("places.grid_number_taken", number=number) from error
    record("places.grid_created", actor=actor, community=community, subject=grid, at=now)
    return grid


@transaction.atomic
def rename_grid(*, actor: Scoped, grid: Grid, number: str, name: str, now: datetime) -> None:
    """Change number and name of a grid."""
    _require_right(actor, grid.community_id)
    if not number.strip() or not name.strip():
        raise RuleBroken("places.no_name")
    try:
        with transaction.atomic():
            Grid.objects.filter(pk=grid.pk).update(number=number.strip(), name=name.strip())
    except IntegrityError as error:
        raise RuleBroken("places.grid_number_taken", number=number) from error
    record("places.grid_renamed", actor=actor, community=grid.community_id, subject=grid, at=now)


@transaction.atomic
def end_grid(*, actor: Scoped, grid: Grid, now: datetime) -> int:
    """End a grid and its micro-grids; its dwellings become gaps. Return how many dwellings."""
    _require_right(actor, grid.community_id)
    ids = [grid.pk, *Grid.objects.filter(parent=grid).values_list("pk", flat=True)]
    Place.objects.filter(community=grid.community_id, own_grid__in=ids).update(own_grid=None)
    freed = Place.objects.filter(
        community=grid.community_id, grid__in=ids, kind="dwelling", merged_into=None, ended_at=None
    ).count()
    ended = Grid.objects.filter(pk__in=ids, ended_at=None).update(ended_at=now)
    if not ended:
        raise RuleBroken("places.changed_meanwhile")
    recompute_grids(community=grid.community_id)
    record(
        "places.grid_ended",
        actor=actor,
        community=grid.community_id,
        subject=grid,
        at=now,
        dwellings=freed,
    )
    return freed


@transaction.atomic
def assign_grid(
    *,
    actor: Scoped,
    community: int,
    grid: Grid | None,
    place_ids: Collection[int],
    now: datetime,
) -> int:
    """Put places, with all below them, into a grid (划入网格); None takes them out.

    An assignment made before at a place below a given one is cleared: the later act wins. Return
    how many places changed their resolved grid.
    """
    _require_right(actor, community)
    _clear_below(community, place_ids)
    _set_own(community, dict.fromkeys(place_ids, grid.pk if grid else None))
    changed = recompute_grids(community=community)
    record(
        "places.grid_assigned",
        actor=actor,
        community=community,
        subject=grid,
        at=now,
        count=len(place_ids),
        digest=digest_ids(place_ids),
        changed=changed,
    )
    return changed


@transaction.atomic
def draw_grid(*, actor: Scoped, grid: Grid, place_ids: Collection[int], now: datetime) -> int:
    """Make a grid consist of exactly these places with all below them (按楼栋单元划网格).

    Places that carried the grid and are not named any more lose it. Return how many places changed.
    """
    _require_right(actor, grid.community_id)
    if grid.ended_at is not None:
        raise RuleBroken("places.grid_ended")
    wanted = set(place_ids)
    before = set(
        Place.objects.filter(community=grid.community_id, own_grid=grid).values_list(
            "pk", flat=True
        )
    )
    _set_own(grid.community_id, dict.fromkeys(before - wanted))
    _clear_below(grid.community_id, wanted)
    _set_own(grid.community_id, dict.fromkeys(wanted, grid.pk))
    changed = recompute_grids(community=grid.community_id)
    record(
        "places.grid_drawn",
        actor=actor,
        community=grid.community_id,
        subject=grid,
        at=now,
        count=len(wanted),
        digest=digest_ids(wanted),
        changed=changed,
    )
    return changed


def _set_own(community: int, grids: dict[int, int | None]) -> None:
    by_grid: dict[int | None, list[int]] = defaultdict(list)
    for place_id, grid_id in grids.items():
        by_grid[grid_id].append(place_id)
    for grid_id, ids in by_grid.items():
        for chunk in _chunks(ids):
            Place.objects.filter(community=community, pk__in=chunk).update(own_grid=grid_id)


def _clear_below(community: int, place_ids: Iterable[int]) -> None:
    """Take away assignments made below given places; reads only places that carry one."""
    given = {str(place_id) for place_id in place_ids}
    carrying = Place.objects.filter(community=community, own_grid__isnull=False)
    below = [
        pk
        for pk, path in carrying.values_list("pk", "path")
        if not given.isdisjoint(path.strip("/").split("/")[:-1])
    ]
    _set_own(community, dict.fromkeys(below))


def recompute_grids(*, community: int) -> int:
    """Write the resolved grid of every place (own, else the nearest ancestor's); return changes.

    One read of the community's places and one update a grid that changed; safe to run at any time.
    """
    rows = Place.objects.filter(community=community).values_list(
        "pk", "parent_id", "own_grid_id", "grid_id", "merged_into_id"
    )
    own: dict[int, int | None] = {}
    parent: dict[int, int | None] = {}
    stored: dict[int, int | None] = {}
    for pk, parent_id, own_id, grid_id, kept_id in rows:
        own[pk], stored[pk] = own_id, grid_id
        # A merged place goes where its survivor is.
        parent[pk] = kept_id or parent_id
        if kept_id:
            own[pk] = None
    resolved: dict[int, int | None] = {}
    by_grid: dict[int | None, list[int]] = defaultdict(list)
    for pk in own:
        found = _resolve(pk, own, parent, resolved)
        if found != stored[pk]:
            by_grid[found].append(pk)
    for to_grid, ids in by_grid.items():
        for chunk in _chunks(ids):
            Place.objects.filter(community=community, pk__in=chunk).update(grid=to_grid)
    if by_grid:
        follow(community)
    return sum(len(ids) for ids in by_grid.values())


def _resolve(
    pk: int,
    own: dict[int, int | None],
    parent: dict[int, int | None],
    resolved: dict[int, int | None],
) -> int | None:
    walked = []
    here: int | None = pk
    while here is not None and here not in resolved:
        walked.append(here)
        if own.get(here) is not None:
            break
        here = parent.get(here)
    grid_id = None if here is None else (own[here] if here not in resolved else resolved[here])
    for step in walked:
        resolved[step] = grid_id
    return grid_id


def _chunks(ids: list[int], size: int = 800) -> Iterable[list[int]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))


@transaction.atomic
def set_profile(*, actor: Scoped, community: int, now: datetime, **values: int | str) -> None:
    """Set how a community has set up its desk: size bands, answer time, telephone."""
    if not actor.may("draw_grids", community):
        raise RuleBroken("places.not_allowed")
    if int(values.get("grid_low", 0)) > int(values.get("grid_high", 10**6)) or int(
        values.get("micro_grid_low", 0)
    ) > int(values.get("micro_grid_high", 10**6)):
        raise RuleBroken("places.band_upside_down")
    CommunityProfile.objects.update_or_create(community_id=community, defaults=values)
    record("places.profile_set", actor=actor, community=community, at=now, fields=sorted(values))
