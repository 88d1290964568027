"""Posts in scope with their line A, B, …; who is in charge of grids; areas to choose from."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, QuerySet, Value, When

from gridwell.accounts.models import (
    Absence,
    Post,
    PostDeputy,
    ReserveCandidate,
    StandIn,
    Team,
    User,
)
from gridwell.accounts.queries.line import absences_now, homes_of, not_rehearsed
from gridwell.accounts.queries.users import active_users_of
from gridwell.accounts.queries.who import in_range, live, serving
from gridwell.accounts.rules.actor import Actor, Right, Role
from gridwell.accounts.rules.holders import effective_of
from gridwell.accounts.rules.posts import PLACE_OF
from gridwell.accounts.rules.weakness import Home, Weakness, weaknesses
from gridwell.core.clock import day_of
from gridwell.core.errors import NotVisible
from gridwell.core.numbers import whole_number
from gridwell.places.models import Area, Grid, Place
from gridwell.places.rules.levels import AreaLevel, span_of

#: Roles in their order: desks from above, grid workers, then those without a desk.
_BY_ROLE = Case(
    *(When(role=role.value, then=Value(order)) for order, role in enumerate(Role)),
    default=Value(len(Role)),
)


@dataclass(frozen=True)
class PostLine:
    """A post with the people of its line A, B, … and who acts now; `acting` None means nobody.

    On standby nobody acts, and nobody is missed.
    """

    post: Post
    holder: User | None
    deputies: tuple[User, ...]
    grids: tuple[Grid, ...]
    acting: User | None
    away: frozenset[int]
    absences: Mapping[int, Absence] = field(default_factory=dict)
    stand_in: StandIn | None = None
    weaknesses: tuple[Weakness, ...] = ()

    @property
    def holder_absence(self) -> Absence | None:
        """Return why A cannot serve, where it is an absence (else locked, or nobody)."""
        return self.absences.get(self.holder.pk) if self.holder else None

    @property
    def is_deputy_acting(self) -> bool:
        """Return whether a deputy stands in for A now."""
        return self.acting is not None and self.acting != self.holder

    @property
    def is_alarm(self) -> bool:
        """Return whether nobody can act for a post that holds now."""
        return self.acting is None and not self.post.is_standby

    @property
    def is_holder_away(self) -> bool:
        """Return whether A is named but cannot serve now."""
        return self.holder is not None and self.holder.pk in self.away


def posts_of(actor: Actor, now: datetime, area: int | None = None) -> QuerySet[Post]:
    """Return the live posts in the range in which the actor manages posts."""
    posts = Post.objects.filter(in_range(actor, "area_id"), live(now))
    if area is not None:
        low, high = span_of(area)
        posts = posts.filter(area_id__gte=low, area_id__lt=high)
    return posts.order_by("area_id", _BY_ROLE, "code")


def prepared_posts(area: int, now: datetime, but_not: Collection[int] = ()) -> QuerySet[Post]:
    """Return the live posts of an area's range that are prepared for a mode, standing or not.

    `but_not` are areas whose whole range is left out.
    """
    low, high = span_of(area)
    posts = Post.objects.filter(live(now), area_id__gte=low, area_id__lt=high)
    for code in but_not:
        first, end = span_of(code)
        posts = posts.exclude(area_id__gte=first, area_id__lt=end)
    return posts.exclude(activates_in="").order_by("area_id", "pk")


def access_post(actor: Actor, post_id: int) -> Post:
    """Return a post, ended ones included, of the range the actor manages, or raise NotVisible."""
    post = (
        Post.objects.filter(in_range(actor, "area_id"), pk=post_id)
        .select_related("holder", "area")
        .first()
    )
    if post is None:
        raise NotVisible
    return post


def lines_of(posts: QuerySet[Post], now: datetime) -> list[PostLine]:
    """Return posts with their people, why they are away and what is weak; five queries for any number."""
    rows = list(
        posts.select_related("holder__home", "area", "place", "team").prefetch_related(
            Prefetch("deputies", PostDeputy.objects.select_related("user__home").order_by("rank")),
            Prefetch("grids", Grid.objects.order_by("pk")),
        )
    )
    people = {user.pk: user for post in rows for user in _line(post)}
    absences = absences_now(people, now) if people else {}
    away = frozenset(absences) | {pk for pk, user in people.items() if not user.is_active}
    standing = StandIn.objects.filter(post__in=rows, ends_at=None) if people else ()
    stand_ins = {row.post_id: row for row in standing}
    homes = homes_of(people.values())
    return [_post_line(post, away, absences, stand_ins.get(post.pk), homes) for post in rows]


def _line(post: Post) -> list[User]:
    return [*([post.holder] if post.holder else []), *(d.user for d in post.deputies.all())]


def _post_line(
    post: Post,
    away: frozenset[int],
    absences: Mapping[int, Absence],
    stand_in: StandIn | None,
    homes: Mapping[int, Home],
) -> PostLine:
    line = {user.pk: user for user in _line(post)}
    deputies = tuple(deputy.user for deputy in post.deputies.all())
    ids = [user.pk for user in deputies]
    acting = None if post.is_standby else effective_of(post.holder_id, ids, away)
    return PostLine(
        post=post,
        holder=post.holder,
        deputies=deputies,
        grids=tuple(post.grids.all()),
        acting=line[acting] if acting is not None else None,
        away=away & frozenset(line),
        absences={pk: absences[pk] for pk in line if pk in absences},
        stand_in=stand_in if stand_in and stand_in.user_id == acting else None,
        weaknesses=weaknesses(post.holder_id, ids, away, homes),
    )


def line_of(post: Post, now: datetime) -> PostLine:
    """Return one post with its people."""
    return lines_of(Post.objects.filter(pk=post.pk), now)[0]


def without_name(posts: QuerySet[Post]) -> QuerySet[Post]:
    """Narrow posts to those with no name on them: neither A nor a deputy."""
    return posts.filter(~Exists(PostDeputy.objects.filter(post=OuterRef("pk"))), holder=None)


def posts_of_user(user: User, now: datetime) -> list[PostLine]:
    """Return the posts a user holds or deputises now, acting or not; for their own page."""
    own = Q(holder=user) | Exists(PostDeputy.objects.filter(post=OuterRef("pk"), user=user))
    return lines_of(Post.objects.filter(live(now)).filter(own).order_by("-area_id", "pk"), now)


def narrowed_posts(
    posts: QuerySet[Post], now: datetime, words: str = "", state: str = ""
) -> QuerySet[Post]:
    """Narrow posts by words (title, people, area, code) and state.

    States: open, no_a, no_b, away, standby, not_rehearsed (this month).
    """
    if words:
        deputy = PostDeputy.objects.filter(post=OuterRef("pk"), user__name__icontains=words)
        posts = posts.filter(
            Q(title__icontains=words)
            | Q(holder__name__icontains=words)
            | Q(area__name__icontains=words)
            | Q(code__startswith=words)
            | Exists(deputy)
        )
    absent = Absence.objects.filter(live(now), user=OuterRef("holder"))
    return {
        "open": lambda: without_name(posts),
        "no_a": lambda: posts.filter(holder=None),
        "no_b": lambda: posts.filter(~Exists(PostDeputy.objects.filter(post=OuterRef("pk")))),
        "away": lambda: posts.filter(Q(holder__is_active=False) | Exists(absent)),
        "standby": lambda: posts.filter(is_standby=True),
        "not_rehearsed": lambda: not_rehearsed(posts, day_of(now)),
    }.get(state, lambda: posts)()


def people_for(actor: Actor, post: Post) -> QuerySet[User]:
    """Return whom the actor may choose for a post: reserves first, their users, who stands in it already."""
    line = Q(pk=post.holder_id) | Exists(PostDeputy.objects.filter(post=post, user=OuterRef("pk")))
    ids = active_users_of(actor).values("pk")
    listed = ReserveCandidate.objects.filter(area=post.area_id, ended_at=None, user=OuterRef("pk"))
    people = User.objects.filter(Q(pk__in=ids) | line).annotate(is_reserve=Exists(listed))
    return people.order_by("-is_reserve", "name", "pk")


@dataclass(frozen=True)
class InCharge:
    """Who is in charge of a grid (包干人): the post, A, the deputies, and who acts now."""

    post_id: int
    post_code: str
    title: str
    holder: str | None
    deputies: tuple[str, ...]
    acting: str | None
    telephone: str  # of the one who acts
    is_deputy_acting: bool


def posts_for_grids(
    actor: Actor, community: int, grid_ids: Collection[int], now: datetime
) -> dict[int, list[InCharge]]:
    """Return who is in charge of each grid; a micro-grid without its own post has the grid's.

    Every grid asked for is a key, an empty list means no name on it. Six queries, whatever the
    number of grids. Empty for a community the actor does not cover.
    """
    if not actor.covers(community):
        return {}
    asked = dict(
        Grid.objects.filter(community=community, pk__in=grid_ids).values_list("pk", "parent_id")
    )
    wanted = {*asked, *(parent for parent in asked.values() if parent is not None)}
    posts = Post.objects.filter(
        serving(now), area_id=community, role=Role.GRID_WORKER, grids__in=wanted
    ).distinct()
    by_grid: dict[int, list[InCharge]] = {}
    for line in lines_of(posts.order_by("code"), now):
        for grid in line.grids:
            by_grid.setdefault(grid.pk, []).append(_in_charge(line))
    return {
        pk: by_grid.get(pk) or (by_grid.get(parent, []) if parent is not None else [])
        for pk, parent in asked.items()
    }


def _in_charge(line: PostLine) -> InCharge:
    return InCharge(
        post_id=line.post.pk,
        post_code=line.post.code,
        title=line.post.title,
        holder=line.holder.name if line.holder else None,
        deputies=tuple(user.name for user in line.deputies),
        acting=line.acting.name if line.acting else None,
        telephone=line.acting.telephone if line.acting else "",
        is_deputy_acting=line.is_deputy_acting,
    )


def areas_to_manage(actor: Actor, level: AreaLevel | None = None) -> QuerySet[Area]:
    """Return the areas at which the actor may make users and posts."""
    areas = Area.objects.filter(in_range(actor, "code"), replaced_by=None).order_by("code")
    return areas if level is None else areas.filter(level=level.value)


def first_area(actor: Actor) -> int | None:
    """Return the area that a form starts with: the one of the first post that manages."""
    return next((post.low for post in actor.posts if actor.may_manage_posts(post.low)), None)


def access_area(actor: Actor, code: int) -> Area:
    """Return an area at which the actor may make posts, or raise NotVisible."""
    area = areas_to_manage(actor).filter(pk=code).first()
    if area is None:
        raise NotVisible
    return area


def narrowed_areas(areas: QuerySet[Area], words: str) -> QuerySet[Area]:
    """Narrow areas by name or by the first digits of the code."""
    if not words:
        return areas
    if whole_number(words) is not None and len(words) <= 12:
        low = int(words.ljust(12, "0"))
        return areas.filter(code__gte=low, code__lt=low + 10 ** (12 - len(words)))
    return areas.filter(name__icontains=words)


def area_names(codes: Iterable[int]) -> dict[int, str]:
    """Return the names of areas by code; one query."""
    wanted = set(codes)
    return dict(Area.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def grids_at(area: Area) -> QuerySet[Grid]:
    """Return the live grids and micro-grids of a community, grids first."""
    return Grid.objects.filter(community=area, ended_at=None).order_by(
        F("parent_id").asc(nulls_first=True), "pk"
    )


def places_for_heads(area: Area) -> QuerySet[Place]:
    """Return the live buildings, rows and units of a community, as they stand side by side."""
    kinds = {kind for kinds in PLACE_OF.values() for kind in kinds}
    places = Place.objects.filter(community=area, kind__in=kinds, ended_at=None, merged_into=None)
    return places.order_by("building__position", "full_key", "position")


def teams_at(area: Area, now: datetime) -> QuerySet[Team]:
    """Return the groups of an area, the leading ones first."""
    teams = Team.objects.filter(live(now), area=area).select_related("grid")
    return teams.order_by(F("grid_id").asc(nulls_first=True), "kind", "name")


def managed_spans(actor: Actor) -> tuple[tuple[int, int], ...]:
    """Return the ranges of area codes in which the actor manages posts."""
    if actor.runs_installation:
        return ((0, 10**12),)
    return actor.spans_with(Right.MANAGE_POSTS)
