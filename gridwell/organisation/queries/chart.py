"""The organisation of a community as one picture: groups, grids, heads; a constant number of queries."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F, Q

from gridwell.accounts.models import Post, PostDeputy, Team, User
from gridwell.accounts.queries import PostLine, away_ids, lines_of, live
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.rules.holders import effective_of
from gridwell.core.errors import NotVisible
from gridwell.organisation.rules.kinds import WORK_GROUPS, GroupKind
from gridwell.places.models import Grid, Place
from gridwell.places.queries import LIVE
from gridwell.places.rules.levels import PlaceKind

HEADED = (PlaceKind.BUILDING.value, PlaceKind.ROW.value)


def served_by(line: PostLine | None) -> str:
    """Return the name of who serves a post now; of A for one on standby; empty for nobody."""
    if line is None:
        return ""
    if line.acting is not None:
        return line.acting.name
    return line.holder.name if line.post.is_standby and line.holder is not None else ""


@dataclass
class GroupView:
    """A group with its leader's post and its members' posts (the leader's left out)."""

    team: Team
    leader: PostLine | None = None
    members: list[PostLine] = field(default_factory=list)

    @property
    def leader_name(self) -> str:
        """Who leads it now; empty for nobody."""
        return served_by(self.leader)

    @property
    def people(self) -> int:
        """How many posts of it somebody serves."""
        lines = [*([self.leader] if self.leader else []), *self.members]
        return sum(1 for line in lines if served_by(line))


@dataclass
class GridView:
    """A grid with who is in charge, its groups by kind, and its micro-grids."""

    grid: Grid
    workers: list[PostLine] = field(default_factory=list)
    groups: dict[str, GroupView] = field(default_factory=dict)
    micro: list["GridView"] = field(default_factory=list)
    special: list[GroupView] = field(default_factory=list)

    @property
    def worker_name(self) -> str:
        """Who acts as grid worker now; empty for nobody."""
        return next(filter(None, map(served_by, self.workers)), "")

    @property
    def worker(self) -> PostLine | None:
        """The first grid worker's post."""
        return self.workers[0] if self.workers else None

    def missing(self, above: "GridView | None" = None) -> list[GroupKind]:
        """Return the work groups this grid lacks; a group of the grid above serves its micro-grids."""
        own = set(self.groups) | (set(above.groups) if above is not None else set())
        return [kind for kind in WORK_GROUPS if kind.value not in own]


@dataclass
class HeadView:
    """A building with its head and its unit heads by unit."""

    place: Place
    heads: list[PostLine] = field(default_factory=list)
    units: list[tuple[Place, list[PostLine]]] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Who acts as head now; empty for nobody."""
        return next(filter(None, map(served_by, self.heads)), "")


@dataclass
class Organisation:
    """Everybody of a community with a duty."""

    leading: list[GroupView]
    special: list[GroupView]
    grids: list[GridView]
    heads: list[HeadView]
    loose: list[PostLine]  # posts of the desk: in no group, no grid, no building

    @property
    def leaves(self) -> list[tuple[GridView, GridView | None]]:
        """The grids that must have their groups: those without micro-grids, each with the one above."""
        found: list[tuple[GridView, GridView | None]] = []
        for grid in self.grids:
            if grid.micro:
                found += [(micro, grid) for micro in grid.micro]
            else:
                found.append((grid, None))
        return found


def organisation_of(actor: Actor, community: int, now: datetime) -> Organisation:
    """Return who does what in a community; eight queries, whatever its size."""
    if not actor.covers(community):
        raise NotVisible
    teams = list(Team.objects.filter(live(now), area_id=community).order_by("kind", "name", "pk"))
    lines = _lines(community, now)
    groups = _groups(teams, lines)
    grids = _grids(community, groups, lines)
    free = [group for group in groups.values() if group.team.grid_id is None]
    return Organisation(
        leading=[g for g in free if g.team.kind == GroupKind.LEADING],
        special=[g for g in free if g.team.kind != GroupKind.LEADING],
        grids=grids,
        heads=_heads(community, lines),
        loose=[line for line in lines if _is_loose(line.post)],
    )


def _lines(community: int, now: datetime) -> list[PostLine]:
    """Return every live post of a community with its people and who acts; four queries.

    As `accounts.queries.lines_of`, without what this page does not show: hundreds of posts of groups
    and heads would make it slow.
    """
    posts = list(
        Post.objects.filter(live(now), area_id=community).select_related("holder").order_by("code")
    )
    deputies: dict[int, list[User]] = defaultdict(list)
    rows = PostDeputy.objects.filter(live(now, "post__"), post__area_id=community)
    for row in rows.select_related("user").order_by("rank"):
        deputies[row.post_id].append(row.user)
    grids: dict[int, list[Grid]] = defaultdict(list)
    workers = Post.objects.filter(live(now), area_id=community, role=Role.GRID_WORKER)
    for grid in Grid.objects.filter(posts__in=workers).annotate(post=F("posts")).order_by("pk"):
        grids[grid.post].append(grid)
    people = {post.holder_id for post in posts if post.holder_id is not None}
    people |= {user.pk for line in deputies.values() for user in line}
    away = away_ids(people, now)
    return [_line(post, deputies.get(post.pk, []), grids.get(post.pk, []), away) for post in posts]


def _line(post: Post, deputies: list[User], grids: list[Grid], away: frozenset[int]) -> PostLine:
    line = {user.pk: user for user in [*([post.holder] if post.holder else []), *deputies]}
    acting = None
    if not post.is_standby:
        acting = effective_of(post.holder_id, [user.pk for user in deputies], away)
    return PostLine(
        post=post,
        holder=post.holder,
        deputies=tuple(deputies),
        grids=tuple(grids),
        acting=line[acting] if acting is not None else None,
        away=away & frozenset(line),
    )


def _is_loose(post: Post) -> bool:
    return post.team_id is None and post.place_id is None and post.role != Role.GRID_WORKER


def _groups(teams: list[Team], lines: list[PostLine]) -> dict[int, GroupView]:
    by_post = {line.post.pk: line for line in lines}
    groups = {
        team.pk: GroupView(team, leader=by_post.get(team.leader_post_id or 0)) for team in teams
    }
    for line in lines:
        group = groups.get(line.post.team_id or 0)
        if group is not None and line.post.pk != group.team.leader_post_id:
            group.members.append(line)
    return groups


def _number(grid: Grid) -> tuple[int, str]:
    digits = "".join(filter(str.isdecimal, grid.number.rpartition("-")[2]))
    return (int(digits) if digits else 0, grid.number)


def _grids(community: int, groups: dict[int, GroupView], lines: list[PostLine]) -> list[GridView]:
    found = Grid.objects.filter(community=community, ended_at=None)
    views = {grid.pk: GridView(grid) for grid in sorted(found, key=_number)}
    for line in lines:
        if line.post.role == Role.GRID_WORKER:
            for grid in line.grids:
                if grid.pk in views:
                    views[grid.pk].workers.append(line)
    for group in groups.values():
        view = views.get(group.team.grid_id or 0)
        if view is None:
            continue
        is_work = group.team.kind in {kind.value for kind in WORK_GROUPS}
        if is_work and group.team.kind not in view.groups:
            view.groups[group.team.kind] = group
        else:  # a second group of one kind is a further group of the grid
            view.special.append(group)
    roots: list[GridView] = []
    for view in views.values():
        above = views.get(view.grid.parent_id or 0)
        (above.micro if above is not None else roots).append(view)
    for root in roots:
        for micro in root.micro:
            micro.workers = micro.workers or root.workers
    return roots


def _heads(community: int, lines: list[PostLine]) -> list[HeadView]:
    by_place: dict[int, list[PostLine]] = defaultdict(list)
    for line in lines:
        if line.post.place_id is not None:
            by_place[line.post.place_id].append(line)
    wanted = Q(kind__in=HEADED) | Q(kind=PlaceKind.UNIT.value, pk__in=list(by_place))
    rows = list(
        Place.objects.filter(LIVE, wanted, community=community)
        .select_related("parent")
        .only(
            *("kind", "name", "full_name", "position", "path", "building_id", "community_id"),
            *("parent__name", "parent__position", "parent__kind", "parent__community_id"),
        )
        .order_by("parent__position", "parent__name", "position", "name")
    )
    views = {
        place.pk: HeadView(place, by_place.get(place.pk, []))
        for place in rows
        if place.kind in HEADED
    }
    for place in rows:
        view = views.get(place.parent_id or 0)
        if place.kind == PlaceKind.UNIT.value and view is not None:
            view.units.append((place, by_place[place.pk]))
    return list(views.values())


def teams_of(actor: Actor, community: int, now: datetime) -> list[Team]:
    """Return the live groups of a community."""
    if not actor.covers(community):
        return []
    return list(
        Team.objects.filter(live(now), area_id=community)
        .select_related("grid")
        .order_by("kind", "pk")
    )


def access_team(actor: Actor, community: int, team_id: int) -> Team:
    """Return a group of the actor's community, ended ones included, or raise NotVisible."""
    if actor.covers(community):
        team = (
            Team.objects.filter(pk=team_id, area_id=community)
            .select_related("grid", "leader_post")
            .first()
        )
        if team is not None:
            return team
    raise NotVisible


def group_of(team: Team, now: datetime) -> GroupView:
    """Return one group with its people."""
    posts = Post.objects.filter(live(now)).filter(Q(team=team) | Q(pk=team.leader_post_id or 0))
    lines = lines_of(posts.order_by("code"), now)
    return _groups([team], lines)[team.pk]
