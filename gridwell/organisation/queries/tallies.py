"""How many things have no name on them in each community of an upper area (各社区缺人数).

The same counts as the list of gaps of each community (`queries.gaps`), read for all communities at
once; a test holds the two equal.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from gridwell.accounts.models import Post, Team
from gridwell.accounts.queries import live, nobody_acts
from gridwell.accounts.queries.who import batches
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.core.facts import holds_at, known_at
from gridwell.health.models import Isolation
from gridwell.organisation.models import Charge, Helper
from gridwell.organisation.queries.chart import HEADED
from gridwell.organisation.queries.naming import now_known
from gridwell.organisation.rules.kinds import WORK_GROUPS, GapKind, GroupKind, HelperRole
from gridwell.places.models import Area, Grid, Place
from gridwell.places.queries import DOORS, LIVE, communities_of
from gridwell.places.rules.levels import span_of
from gridwell.residents.models import Membership

Counts = Counter[int]  # by community


@dataclass(frozen=True)
class Tally:
    """How many things of a community have no name on them, by kind."""

    area: Area
    counts: Mapping[str, int]

    @property
    def all(self) -> int:
        """All of them."""
        return sum(self.counts.values())


def tallies_of(actor: Actor, area: int, now: datetime) -> list[Tally]:
    """Return the counts for each community below an area; some twenty queries, no names."""
    areas = list(communities_of(actor, area).select_related("parent"))
    below = _Below(area, now)
    found: dict[GapKind, Counts] = {
        GapKind.LEADING: below.without_leading(areas),
        GapKind.GRID: below.grids_without_worker(),
        GapKind.GROUP: below.groups_lacking(),
        GapKind.GROUP_EMPTY: below.groups_without_leader(),
        GapKind.BUILDING: below.buildings_without_head(),
        GapKind.POST: below.posts_without_anyone(),
        GapKind.CHARGE: below.places_in_nobodys_charge(),
        GapKind.KEY_PERSON: below.isolated_without_five(),
    }
    return [
        Tally(one, {kind.value: counts[one.pk] for kind, counts in found.items()}) for one in areas
    ]


@dataclass
class _Below:
    """What lies inside an area, read once for all kinds."""

    area: int
    now: datetime
    unserved: set[int] = field(init=False)
    grids: dict[int, tuple[int | None, int]] = field(init=False)  # grid -> (parent, community)
    manned: set[int] = field(init=False)

    def __post_init__(self) -> None:
        low, high = span_of(self.area)
        self.of_posts = Q(area_id__gte=low, area_id__lt=high)
        self.ours = Q(community_id__gte=low, community_id__lt=high)
        # On standby nobody acts; whoever is named for then counts as a name.
        prepared = Post.objects.filter(live(self.now), self.of_posts, is_standby=True, holder=None)
        self.unserved = {post.id for post in nobody_acts([(low, high)], self.now)}
        self.unserved |= set(prepared.values_list("pk", flat=True))
        rows = Grid.objects.filter(self.ours, ended_at=None)
        self.grids = {
            pk: (parent, community)
            for pk, parent, community in rows.values_list("pk", "parent_id", "community_id")
        }
        self.manned = self._manned()

    def _manned(self) -> set[int]:
        """Return the grids with a grid worker; a micro-grid without a post has that of its grid."""
        workers = Post.objects.filter(live(self.now), self.of_posts, role=Role.GRID_WORKER)
        has_post: set[int] = set()
        served: set[int] = set()
        for post, grid in workers.exclude(grids=None).values_list("pk", "grids"):
            has_post.add(grid)
            if post not in self.unserved:
                served.add(grid)
        by_grid = {
            pk
            for pk, (parent, _community) in self.grids.items()
            if pk not in has_post and parent in self.grids and parent in served
        }
        return served | by_grid

    def _leaves(self) -> Iterable[tuple[int, int | None, int]]:
        above = {parent for parent, _community in self.grids.values() if parent in self.grids}
        for pk, (parent, community) in self.grids.items():
            if pk not in above:
                yield pk, parent if parent in self.grids else None, community

    def without_leading(self, areas: Collection[Area]) -> Counts:
        """Count communities without a leading group."""
        teams = Team.objects.filter(live(self.now), self.of_posts, kind=GroupKind.LEADING.value)
        led = set(teams.filter(grid=None).values_list("area_id", flat=True))
        return Counter(one.pk for one in areas if one.pk not in led)

    def grids_without_worker(self) -> Counts:
        """Count grids and micro-grids for which no grid worker acts."""
        return Counter(
            community for pk, _parent, community in self._leaves() if pk not in self.manned
        )

    def groups_lacking(self) -> Counts:
        """Count the work groups that grids lack; those of the grid above serve its micro-grids."""
        wanted = {kind.value for kind in WORK_GROUPS}
        kinds: dict[int | None, set[str]] = {}
        teams = Team.objects.filter(live(self.now), self.of_posts, kind__in=wanted)
        for grid, kind in teams.values_list("grid_id", "kind"):
            kinds.setdefault(grid, set()).add(kind)
        lacking: Counts = Counter()
        for pk, parent, community in self._leaves():
            above = kinds.get(parent, set()) if parent is not None else set()
            lacking[community] += len(wanted - kinds.get(pk, set()) - above)
        return lacking

    def groups_without_leader(self) -> Counts:
        """Count groups that nobody leads now."""
        teams = Team.objects.filter(live(self.now), self.of_posts).annotate(
            has_leader=Exists(Post.objects.filter(live(self.now), pk=OuterRef("leader_post")))
        )
        return Counter(
            area
            for area, grid, post, has_leader in teams.values_list(
                "area_id", "grid_id", "leader_post_id", "has_leader"
            )
            if (grid is None or grid in self.grids) and (not has_leader or post in self.unserved)
        )

    def buildings_without_head(self) -> Counts:
        """Count buildings for which no head acts: without a post, or with nobody to serve it."""
        houses = Place.objects.filter(LIVE, self.ours, kind__in=HEADED)
        posts = Post.objects.filter(live(self.now), self.of_posts)
        here = posts.filter(place=OuterRef("pk"), area_id=OuterRef("community_id"))
        rows = houses.filter(~Exists(here)).values_list("community_id", flat=True)
        found = Counter(rows.order_by())
        served: dict[int, bool] = {}
        for some in batches(self._places_of(self.unserved)):
            for post, place in posts.filter(place__in=some).values_list("pk", "place_id"):
                served[place] = served.get(place, False) or post not in self.unserved
        for some in batches(place for place, is_served in served.items() if not is_served):
            found.update(houses.filter(pk__in=some).values_list("community_id", flat=True))
        return found

    def _places_of(self, posts: Iterable[int]) -> set[int]:
        found: set[int] = set()
        for some in batches(posts):
            rows = Post.objects.filter(pk__in=some, place__isnull=False)
            found.update(rows.values_list("place_id", flat=True))
        return found

    def posts_without_anyone(self) -> Counts:
        """Count posts of the desk that nobody serves; others count with their grid, group or building."""
        found: Counts = Counter()
        for some in batches(self.unserved):
            loose = Post.objects.filter(pk__in=some, team=None, place=None)
            found.update(
                loose.exclude(role=Role.GRID_WORKER).values_list("area_id", flat=True).order_by()
            )
        return found

    def places_in_nobodys_charge(self) -> Counts:
        """Count buildings that no charge covers, with a door in a grid that nobody answers for (P10)."""
        charges = Charge.objects.filter(now_known(self.now), self.ours, starts_at__lte=self.now)
        places, grids = set(), set()
        for place, grid in charges.values_list("place_id", "grid_id"):
            places.add(place)
            grids.add(grid)
        answered = self.manned | grids
        nobodys = [
            pk
            for pk, (parent, _community) in self.grids.items()
            if pk not in answered and (parent not in self.grids or parent not in answered)
        ]
        doors = Place.objects.filter(LIVE, self.ours, kind__in=DOORS, building__isnull=False)
        houses = Place.objects.filter(LIVE, self.ours, kind__in=HEADED)
        of_none = doors.filter(Q(grid=None) | Q(grid__ended_at__isnull=False))
        open_houses = set(of_none.values_list("building_id", flat=True).distinct().order_by())
        for some in batches(nobodys):
            rows = doors.filter(grid__in=some).values_list("building_id", flat=True)
            open_houses.update(rows.distinct().order_by())
        empty = houses.filter(~Exists(doors.filter(building=OuterRef("pk"))))
        open_houses.update(empty.values_list("pk", flat=True))
        found: Counts = Counter()
        for some in batches(open_houses):
            for community, path in houses.filter(pk__in=some).values_list("community_id", "path"):
                above = {int(part) for part in path.strip("/").split("/") if part}
                found[community] += not (above & places)
        return found

    def isolated_without_five(self) -> Counts:
        """Count households with somebody isolated at home that lack one of their five."""
        isolated = Isolation.objects.filter(
            known_at(None), holds_at(self.now), self.ours, place_kind="home", ended_at=None
        )
        homes = dict(
            Membership.objects.filter(
                self.ours,
                resident__in=isolated.values("resident_id"),
                superseded_at=None,
                ends_at=None,
                kind="lives",
                household__ends_at=None,
                household__merged_into=None,
            ).values_list("household_id", "community_id")
        )
        helped: dict[int, set[str]] = {}
        rows = Helper.objects.filter(now_known(self.now), self.ours, household__isnull=False)
        for home, role in rows.values_list("household_id", "role"):
            helped.setdefault(home, set()).add(role)
        return Counter(
            community
            for home, community in homes.items()
            if len(helped.get(home, ())) < len(HelperRole)
        )
