"""Where the subject of a task lies, and which post is in charge there (包干); set-based."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from gridwell.accounts.models import Post, PostDeputy, Team
from gridwell.accounts.queries import effective_holders, serving
from gridwell.accounts.rules.actor import Role
from gridwell.places.models import Grid, Place
from gridwell.residents.models import Household, Resident
from gridwell.tasks.kinds import GROUPS, Kind

CHUNK = 900
#: From so many on it is cheaper to read the whole community than to name each.
MOST_NAMED = 1800

Subject = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something lies: the place one goes to, its building and unit, its resolved grid."""

    place: int | None = None
    building: int | None = None
    unit: int | None = None
    grid: int | None = None


NOWHERE = Spot()


def chunks(ids: Collection[int]) -> Iterator[list[int]]:
    """Yield ids in steps that SQLite's limit of variables allows."""
    rows = list(ids)
    for start in range(0, len(rows), CHUNK):
        yield rows[start : start + CHUNK]


def spots_of(community: int, subjects: Collection[Subject]) -> dict[Subject, Spot]:
    """Return where each subject lies; those not found in the community are left out.

    A query for each kind of subject and thousand of them, at most one more for split buildings.
    """
    by_kind: dict[str, set[int]] = defaultdict(set)
    for kind, pk in subjects:
        by_kind[kind].add(pk)
    found: dict[Subject, Spot] = {}
    for kind, ids in by_kind.items():
        if kind in {"household", "resident"}:
            found.update(_of_people(community, kind, ids))
        elif kind in {"building", "place"}:
            found.update(_of_places(community, kind, ids))
        elif kind == "grid":
            grids = Grid.objects.filter(community_id=community, pk__in=ids)
            found.update({(kind, pk): Spot(grid=pk) for pk in grids.values_list("pk", flat=True)})
        else:
            found.update({(kind, pk): NOWHERE for pk in ids})
    return found


def _of_people(community: int, kind: str, ids: set[int]) -> Iterator[tuple[Subject, Spot]]:
    table = Household if kind == "household" else Resident
    rows = table.objects.filter(community_id=community)
    columns = (
        "pk",
        "dwelling_id",
        "dwelling__building_id",
        "dwelling__unit_id",
        "dwelling__grid_id",
    )
    parts = [None] if len(ids) > MOST_NAMED else chunks(ids)
    for part in parts:
        some = rows if part is None else rows.filter(pk__in=part)
        for pk, *spot in some.values_list(*columns):
            if pk in ids:
                yield (kind, pk), Spot(*spot)


def _of_places(community: int, kind: str, ids: set[int]) -> dict[Subject, Spot]:
    found: dict[Subject, Spot] = {}
    for part in chunks(ids):
        rows = Place.objects.filter(community_id=community, pk__in=part)
        for pk, own, building, unit, grid in rows.values_list(
            "pk", "kind", "building_id", "unit_id", "grid_id"
        ):
            house = pk if own in {"building", "row"} else building
            found[kind, pk] = Spot(pk, house, pk if own == "unit" else unit, grid)
    # A building that is shared among grids has none of its own: the one of most doors is in charge.
    split = {pk for (_, pk), spot in found.items() if spot.grid is None}
    for pk, grid in _grids_of_most(community, split).items():
        old = found[kind, pk]
        found[kind, pk] = Spot(old.place, old.building, old.unit, grid)
    return found


def _grids_of_most(community: int, buildings: set[int]) -> dict[int, int]:
    if not buildings:
        return {}
    doors: dict[int, Counter[int]] = defaultdict(Counter)
    rows = Place.objects.filter(
        community_id=community, kind="dwelling", building__in=buildings, grid__isnull=False
    )
    for building, grid in rows.values_list("building_id", "grid_id"):
        doors[building][grid] += 1
    return {building: count.most_common(1)[0][0] for building, count in doors.items()}


@dataclass(frozen=True)
class Charge:
    """Who is in charge in one community at an instant: posts by place, by grid, of groups, of the desk.

    `named` are posts with anybody in their line; the others are chosen only when no other is there.
    `by_group` holds a group's members and leader by kind of team and grid; grid 0 is the group of
    the whole community.
    """

    by_place: Mapping[tuple[str, int], tuple[int, ...]]
    by_grid: Mapping[int, tuple[int, ...]]
    desk: tuple[int, ...]
    named: frozenset[int]
    by_group: Mapping[tuple[str, int], tuple[int, ...]] = field(default_factory=dict)

    def post_for(self, kind: Kind, spot: Spot) -> int | None:
        """Return the post that a task of this kind at this spot belongs to, None for no name."""
        line = [post for who in kind.responsible for post in self._posts(who, spot)]
        return next((post for post in line if post in self.named), next(iter(line), None))

    def _posts(self, who: str, spot: Spot) -> tuple[int, ...]:
        if who == "unit_head":
            return self.by_place.get((who, spot.unit or 0), ())
        if who == "building_head":
            return self.by_place.get((who, spot.building or 0), ())
        if who == "grid_worker":
            return self.by_grid.get(spot.grid or 0, ())
        if who in GROUPS:
            return self._group(GROUPS[who], spot)
        return self.desk

    def _group(self, team: str, spot: Spot) -> tuple[int, ...]:
        """Return a group's posts, beginning with another one for each building: work is shared out."""
        own = self.by_group.get((team, spot.grid or 0)) or self.by_group.get((team, 0), ())
        named = [post for post in own if post in self.named]
        if not named:
            return own
        first = (spot.building or 0) % len(named)
        return (*named[first:], *named[:first])


def charge_of(community: int, now: datetime) -> Charge:
    """Return who is in charge in a community; four queries, some more where there are groups."""
    rows = list(
        Post.objects.filter(
            serving(now),
            area_id=community,
            role__in=[
                Role.UNIT_HEAD,
                Role.BUILDING_HEAD,
                Role.GRID_WORKER,
                Role.COMMUNITY_OFFICER,
            ],
        )
        .annotate(has_deputy=Exists(PostDeputy.objects.filter(post=OuterRef("pk"))))
        .order_by("code")
        .values_list("pk", "role", "place_id", "holder_id", "has_deputy")
    )
    by_place: dict[tuple[str, int], tuple[int, ...]] = {}
    for pk, role, place, *_ in rows:
        if place is not None:
            by_place[role, place] = (*by_place.get((role, place), ()), pk)
    grid_posts = [pk for pk, role, *_ in rows if role == Role.GRID_WORKER]
    by_group, of_groups = _by_group(community, now)
    return Charge(
        by_place=by_place,
        by_grid=_by_grid(community, grid_posts),
        desk=tuple(pk for pk, role, *_ in rows if role == Role.COMMUNITY_OFFICER),
        named=frozenset(
            pk for pk, _, _, holder, has_deputy in rows if holder is not None or has_deputy
        )
        | of_groups,
        by_group=by_group,
    )


def _by_group(
    community: int, now: datetime
) -> tuple[dict[tuple[str, int], tuple[int, ...]], frozenset[int]]:
    """Return the posts of the groups that stand, their leader last, and those at which anybody acts.

    A group shares its work out among whoever is there; nobody waits for a member who is away.
    """
    teams = list(
        Team.objects.filter(
            Q(ends_at=None) | Q(ends_at__gt=now),
            area_id=community,
            kind__in=GROUPS.values(),
            starts_at__lte=now,
        )
        .order_by("pk")
        .values_list("pk", "kind", "grid_id", "leader_post_id")
    )
    if not teams:
        return {}, frozenset()
    leaders = [leader for *_, leader in teams if leader is not None]
    posts = (
        Post.objects.filter(serving(now))
        .filter(Q(team__in=[team for team, *_ in teams]) | Q(pk__in=leaders))
        .order_by("code")
    )
    rows = list(posts.values_list("pk", "team_id"))
    serving_now = {pk for pk, _team in rows}
    found: dict[tuple[str, int], tuple[int, ...]] = {}
    for team, kind, grid, leader in teams:
        line = [pk for pk, own in rows if own == team and pk != leader]
        if leader is not None and leader in serving_now:
            line.append(leader)
        if line:
            found[kind, grid or 0] = (*found.get((kind, grid or 0), ()), *line)
    acting = effective_holders(sorted(serving_now), now)
    return found, frozenset(pk for pk, user in acting.items() if user is not None)


def _by_grid(community: int, posts: list[int]) -> dict[int, tuple[int, ...]]:
    own: dict[int, tuple[int, ...]] = {}
    if posts:
        chosen = Post.grids.through.objects.filter(post__in=posts).order_by("post__code")
        for post, grid in chosen.values_list("post_id", "grid_id"):
            own[grid] = (*own.get(grid, ()), post)
    parents = Grid.objects.filter(community_id=community, parent__isnull=False)
    for grid, parent in parents.values_list("pk", "parent_id"):
        own.setdefault(grid, own.get(parent or 0, ()))
    return own
