"""Where no name stands (没有名字): grids, groups, buildings, posts, places, people who are isolated."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from gridwell.accounts.models import Post, PostDeputy, Team
from gridwell.accounts.queries import live
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.core.facts import holds_at, known_at
from gridwell.health.models import Isolation
from gridwell.organisation.models import Helper
from gridwell.organisation.queries.chart import HEADED, Organisation, organisation_of, served_by
from gridwell.organisation.queries.naming import charged, now_known, with_helpers
from gridwell.organisation.rules.kinds import WORK_GROUPS, GapKind, GroupKind, HelperRole
from gridwell.places.models import Area, Grid, Place
from gridwell.places.queries import LIVE, communities_of, grids_by_building
from gridwell.places.rules.levels import span_of
from gridwell.residents.models import Membership
from gridwell.residents.queries import households_of


@dataclass(frozen=True)
class Gap:
    """One thing without a name on it. `subject` is the id of what it is about, by kind."""

    kind: GapKind
    subject: int
    name: str
    group: str = ""  # which work group a grid lacks
    have: int = 0  # how many of the five are named


def gaps_of(actor: Actor, community: int, now: datetime) -> list[Gap]:
    """Return everything of a community that has no name on it, in the order of the kinds."""
    whole = organisation_of(actor, community, now)
    return [
        *_groups(whole, community),
        *_buildings(whole),
        *_posts(whole),
        *_charges(whole, community, now),
        *_key_people(actor, community, now),
    ]


def _groups(whole: Organisation, community: int) -> Iterable[Gap]:
    if not whole.leading:
        yield Gap(GapKind.LEADING, community, "")
    for grid, above in whole.leaves:
        if not grid.worker_name:
            yield Gap(GapKind.GRID, grid.grid.pk, grid.grid.name)
        for kind in grid.missing(above):
            yield Gap(GapKind.GROUP, grid.grid.pk, grid.grid.name, group=kind.value)
    groups = [*whole.leading, *whole.special]
    for grid in whole.grids:
        for view in (grid, *grid.micro):
            groups += [*view.groups.values(), *view.special]
    for group in groups:
        if not group.leader_name:
            yield Gap(GapKind.GROUP_EMPTY, group.team.pk, group.team.name)


def _buildings(whole: Organisation) -> Iterable[Gap]:
    for view in whole.heads:
        if not view.name:
            yield Gap(GapKind.BUILDING, view.place.pk, view.place.full_name)


def _posts(whole: Organisation) -> Iterable[Gap]:
    """Desk posts nobody serves; those of groups, grids and buildings are named above already."""
    for line in whole.loose:
        if not served_by(line):
            yield Gap(GapKind.POST, line.post.pk, line.post.title)


def _charges(whole: Organisation, community: int, now: datetime) -> Iterable[Gap]:
    """Buildings that no charge covers and whose grids have nobody either (P10)."""
    places, grids = charged(community, now)
    for grid in whole.grids:
        for view in (grid, *grid.micro):
            if view.worker_name or grid.grid.pk in grids:
                grids.add(view.grid.pk)
    by_building = grids_by_building(community)
    for head in whole.heads:
        above = {int(part) for part in head.place.path.strip("/").split("/") if part}
        of_doors = by_building.get(head.place.pk, [])
        in_grids = bool(of_doors) and all(grid in grids for grid in of_doors)
        if not (above & places) and not in_grids:
            yield Gap(GapKind.CHARGE, head.place.pk, head.place.full_name)


def isolated_households(actor: Actor, community: int, now: datetime) -> set[int]:
    """Return the households of the actor's with somebody isolated at home now."""
    isolated = Isolation.objects.filter(
        known_at(None), holds_at(now), community=community, place_kind="home", ended_at=None
    ).values("resident_id")
    return set(
        Membership.objects.filter(
            community=community,
            resident__in=isolated,
            superseded_at=None,
            ends_at=None,
            kind="lives",
            household__in=households_of(actor, community).values("pk"),
        ).values_list("household_id", flat=True)
    )


def _key_people(actor: Actor, community: int, now: datetime) -> Iterable[Gap]:
    """Households with somebody isolated at home that lack one of their five; named by door only."""
    homes = isolated_households(actor, community, now)
    have = with_helpers(community, homes, now)
    lacking = [pk for pk in homes if have.get(pk, 0) < len(HelperRole)]
    rows = households_of(actor, community).filter(pk__in=lacking)
    for pk, name in rows.order_by("dwelling__full_name").values_list("pk", "dwelling__full_name"):
        yield Gap(GapKind.KEY_PERSON, pk, name, have=have.get(pk, 0))


# ---- upper areas -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Tally:
    """How many things of a community have no name on them."""

    area: Area
    leading: int
    grids: int
    groups: int
    buildings: int
    posts: int
    five: int

    @property
    def all(self) -> int:
        """All of them."""
        return self.leading + self.grids + self.groups + self.buildings + self.posts + self.five


def tallies_of(actor: Actor, area: int, now: datetime) -> list[Tally]:
    """Return the counts for each community below an area; eight queries, counts only."""
    areas = list(communities_of(actor, area).select_related("parent"))
    low, high = span_of(area)
    inside = Q(area_id__gte=low, area_id__lt=high)
    ours = Q(community_id__gte=low, community_id__lt=high)
    served = _served()
    led = set(
        Team.objects.filter(live(now), inside, kind=GroupKind.LEADING.value).values_list(
            "area_id", flat=True
        )
    )
    grids, groups = _grid_tallies(ours, inside, served, now)
    headed = Post.objects.filter(
        live(now),
        served,
        role=Role.BUILDING_HEAD,
        place=OuterRef("pk"),
        area_id=OuterRef("community_id"),
    )
    buildings = _counted(
        Place.objects.filter(LIVE, ours, ~Exists(headed), kind__in=HEADED), "community_id"
    )
    posts = _counted(Post.objects.filter(live(now), inside, ~served, is_standby=False), "area_id")
    five = _five_tallies(ours, now)
    return [
        Tally(
            area=one,
            leading=int(one.pk not in led),
            grids=grids[one.pk],
            groups=groups[one.pk],
            buildings=buildings[one.pk],
            posts=posts[one.pk],
            five=five[one.pk],
        )
        for one in areas
    ]


def _served() -> Q:
    """Return the condition "somebody is named on the post", A or a deputy."""
    return Q(holder__isnull=False) | Q(Exists(PostDeputy.objects.filter(post=OuterRef("pk"))))


def _counted(rows: QuerySet[Any], field: str) -> Counter[int]:
    found = rows.order_by().values_list(field).annotate(count=Count("pk"))
    return Counter(dict(found))


def _grid_tallies(
    ours: Q, inside: Q, served: Q, now: datetime
) -> tuple[Counter[int], Counter[int]]:
    """Return by community the grids without a grid worker, and the work groups that are lacking."""
    rows = list(
        Grid.objects.filter(ours, ended_at=None).values_list("pk", "parent_id", "community_id")
    )
    parents = {parent for _, parent, _ in rows if parent is not None}
    manned = set(
        Post.objects.filter(live(now), inside, served, role=Role.GRID_WORKER)
        .exclude(grids=None)
        .values_list("grids", flat=True)
    )
    kinds: dict[int, set[str]] = {}
    wanted = [kind.value for kind in WORK_GROUPS]
    for grid, kind in Team.objects.filter(live(now), inside, kind__in=wanted).values_list(
        "grid_id", "kind"
    ):
        kinds.setdefault(grid or 0, set()).add(kind)
    without: Counter[int] = Counter()
    lacking: Counter[int] = Counter()
    for pk, parent, community in rows:
        if pk in parents:
            continue
        without[community] += not ({pk, parent} & manned)
        has = kinds.get(pk, set()) | (kinds.get(parent, set()) if parent is not None else set())
        lacking[community] += len(set(wanted) - has)
    return without, lacking


def _five_tallies(ours: Q, now: datetime) -> Counter[int]:
    """Return by community the households with somebody isolated at home that lack one of their five."""
    isolated = Isolation.objects.filter(
        known_at(None), holds_at(now), ours, place_kind="home", ended_at=None
    )
    homes = dict(
        Membership.objects.filter(
            ours, resident__in=isolated.values("resident_id"), superseded_at=None, ends_at=None,
            kind="lives",
        ).values_list("household_id", "community_id")
    )  # fmt: skip
    helped = Counter(
        Helper.objects.filter(now_known(now), ours, household__isnull=False).values_list(
            "household_id", flat=True
        )
    )
    return Counter(community for home, community in homes.items() if helped[home] < len(HelperRole))
