"""Reads of accounts: from a user to an actor, users and posts in scope, who is in charge."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from gridwell.accounts.models import Absence, Post, PostDeputy, User
from gridwell.accounts.rules.actor import Actor, HeldPost, Right, Role
from gridwell.accounts.rules.holders import effective_of
from gridwell.audit import queries as audit
from gridwell.core.errors import NotVisible
from gridwell.places.models import Area, Grid
from gridwell.places.rules.levels import AreaLevel, span_of

NOBODY = Q(pk__in=[])


# ---- from a user to an actor -----------------------------------------------------------------


def live(now: datetime, prefix: str = "") -> Q:
    """Return the condition "the post exists at this instant"; its end instant is outside."""
    return Q(**{f"{prefix}starts_at__lte": now}) & (
        Q(**{f"{prefix}ends_at": None}) | Q(**{f"{prefix}ends_at__gt": now})
    )


def not_over(now: datetime) -> Q:
    """Return the condition "lasts or is to come"."""
    return Q(ends_at=None) | Q(ends_at__gt=now)


def away_ids(users: Collection[int], now: datetime) -> frozenset[int]:
    """Return who of these users cannot serve now: absent, locked or ended. One query."""
    absent = Absence.objects.filter(live(now), user=OuterRef("pk"))
    gone = User.objects.filter(Q(is_active=False) | Exists(absent), pk__in=users)
    return frozenset(gone.values_list("pk", flat=True))


def actor_of(user: User, now: datetime) -> Actor:
    """Return the actor a user is at this instant: posts held as A, or as deputy while A cannot.

    Two queries for an officer, four at most, whatever the number of posts.
    """
    posts = list(
        Post.objects.filter(
            Q(holder=user) | Exists(PostDeputy.objects.filter(post=OuterRef("pk"), user=user))
        )
        .filter(live(now))
        .order_by("-area_id", "pk")
    )
    lines = _deputies_of([post.pk for post in posts if post.holder_id != user.pk])
    involved = {user.pk, *(pk for line in lines.values() for pk in line)} | {
        post.holder_id for post in posts if post.holder_id is not None
    }
    away = away_ids(involved, now) if posts else frozenset()
    held = [
        post
        for post in posts
        # A's own line needs no deputies: either A is there, or somebody else acts.
        if effective_of(post.holder_id, lines.get(post.pk, ()), away) == user.pk
    ]
    grids = _grids_of([post.pk for post in held if post.role == Role.GRID_WORKER])
    return Actor(
        user_id=user.pk,
        display_name=user.name,
        posts=tuple(_held(post, grids, is_deputy=post.holder_id != user.pk) for post in held),
        is_administrator=user.is_administrator,
    )


def _held(post: Post, grids: dict[int, set[int]], *, is_deputy: bool) -> HeldPost:
    low, high = span_of(post.area_id)
    is_narrowed = post.role == Role.GRID_WORKER
    return HeldPost(
        id=post.pk,
        code=post.code,
        role=Role(post.role),
        title=post.title,
        low=low,
        high=high,
        grids=frozenset(grids.get(post.pk, ())) if is_narrowed else None,
        is_deputy=is_deputy,
    )


def _deputies_of(posts: Collection[int]) -> dict[int, list[int]]:
    """Return the deputies of posts in their order."""
    found: dict[int, list[int]] = {}
    if posts:
        rows = PostDeputy.objects.filter(post__in=posts).order_by("post", "rank")
        for post, user in rows.values_list("post", "user"):
            found.setdefault(post, []).append(user)
    return found


def _grids_of(posts: Collection[int]) -> dict[int, set[int]]:
    """Return the grids of posts, the micro-grids below them included."""
    found: dict[int, set[int]] = {}
    if posts:
        chosen = Post.grids.through.objects.filter(post__in=posts)
        for post, grid, below in chosen.values_list("post", "grid", "grid__micro_grids"):
            found.setdefault(post, set()).update({grid, below} - {None})
    return found


# ---- users in scope --------------------------------------------------------------------------


def _in_range(actor: Actor, field: str) -> Q:
    """Return the condition "inside the range in which the actor manages posts"."""
    if actor.runs_installation:
        return Q()
    spans = [
        Q(**{f"{field}__gte": low, f"{field}__lt": high})
        for low, high in actor.spans_with(Right.MANAGE_POSTS)
    ]
    return reduce(or_, spans) if spans else NOBODY


def users_of(actor: Actor, area: int | None = None) -> QuerySet[User]:
    """Return the users of the actor's desks: kept there, or holding or deputising a post there.

    With `area`, only those inside it. Pick lists use the same function as the pages.
    """
    home, post = _in_range(actor, "area_id"), _in_range(actor, "area_id")
    if area is not None:
        low, high = span_of(area)
        inside = Q(area_id__gte=low, area_id__lt=high)
        home, post = home & inside, post & inside
    posts = Post.objects.filter(post)
    if actor.runs_installation and area is None:
        return User.objects.order_by("name", "pk")
    return User.objects.filter(
        home
        | Exists(posts.filter(holder=OuterRef("pk")))
        | Exists(posts.filter(deputies__user=OuterRef("pk")))
    ).order_by("name", "pk")


def active_users_of(actor: Actor, area: int | None = None) -> QuerySet[User]:
    """Return the users who can be given a post."""
    return users_of(actor, area).filter(is_active=True, ended_at=None)


def access_user(actor: Actor, user_id: int) -> User:
    """Return a user of the actor's desks, or raise NotVisible."""
    user = users_of(actor).select_related("area").filter(pk=user_id).first()
    if user is None:
        raise NotVisible
    return user


def may_change(actor: Actor, user: User, now: datetime) -> bool:
    """Return whether the actor may change an account: every post of it lies inside their range.

    Else whoever manages one community could take over the account of a district officer who
    deputises there. Without posts the desk that keeps the account decides.
    """
    if actor.runs_installation:
        return True
    if user.is_administrator:
        return False
    areas = set(
        Post.objects.filter(live(now))
        .filter(Q(holder=user) | Exists(PostDeputy.objects.filter(post=OuterRef("pk"), user=user)))
        .values_list("area_id", flat=True)
    )
    if not areas and user.area_id is not None:
        areas = {user.area_id}
    return bool(areas) and all(actor.may_manage_posts(area) for area in areas)


def user_by_name(username: str) -> User | None:
    """Return the user who signs in by this name; case does not matter."""
    return User.objects.filter(username__iexact=username).first()


def names_of(ids: Iterable[int | None]) -> dict[int, str]:
    """Return the names of users by id, for lines that say who did it; one query."""
    wanted = {pk for pk in ids if pk is not None}
    return dict(User.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


# ---- posts in scope --------------------------------------------------------------------------


@dataclass(frozen=True)
class PostLine:
    """A post with the people of its line A, B, … and who acts now; `acting` None means nobody."""

    post: Post
    holder: User | None
    deputies: tuple[User, ...]
    grids: tuple[Grid, ...]
    acting: User | None
    away: frozenset[int]

    @property
    def is_deputy_acting(self) -> bool:
        """Return whether a deputy stands in for A now."""
        return self.acting is not None and self.acting != self.holder

    @property
    def is_holder_away(self) -> bool:
        """Return whether A is named but cannot serve now."""
        return self.holder is not None and self.holder.pk in self.away


def posts_of(actor: Actor, now: datetime, area: int | None = None) -> QuerySet[Post]:
    """Return the live posts in the range in which the actor manages posts."""
    posts = Post.objects.filter(_in_range(actor, "area_id"), live(now))
    if area is not None:
        low, high = span_of(area)
        posts = posts.filter(area_id__gte=low, area_id__lt=high)
    return posts.order_by("area_id", "role", "code")


def access_post(actor: Actor, post_id: int) -> Post:
    """Return a post, ended ones included, of the range the actor manages, or raise NotVisible."""
    post = (
        Post.objects.filter(_in_range(actor, "area_id"), pk=post_id)
        .select_related("holder", "area")
        .first()
    )
    if post is None:
        raise NotVisible
    return post


def lines_of(posts: QuerySet[Post], now: datetime) -> list[PostLine]:
    """Return posts with their people; four queries, whatever their number."""
    rows = list(
        posts.select_related("holder", "area").prefetch_related(
            Prefetch("deputies", PostDeputy.objects.select_related("user").order_by("rank")),
            Prefetch("grids", Grid.objects.order_by("pk")),
        )
    )
    people = {user.pk for post in rows for user in _line(post)}
    away = away_ids(people, now) if people else frozenset()
    return [_post_line(post, away) for post in rows]


def _line(post: Post) -> list[User]:
    return [*([post.holder] if post.holder else []), *(d.user for d in post.deputies.all())]


def _post_line(post: Post, away: frozenset[int]) -> PostLine:
    line = {user.pk: user for user in _line(post)}
    deputies = tuple(deputy.user for deputy in post.deputies.all())
    acting = effective_of(post.holder_id, [user.pk for user in deputies], away)
    return PostLine(
        post=post,
        holder=post.holder,
        deputies=deputies,
        grids=tuple(post.grids.all()),
        acting=line[acting] if acting is not None else None,
        away=away & frozenset(line),
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


def absences_of(user: User, now: datetime) -> QuerySet[Absence]:
    """Return the absences of a user that last or are to come."""
    return Absence.objects.filter(not_over(now), user=user).order_by("starts_at")


def access_absence(user: User, absence_id: int) -> Absence:
    """Return an absence of a user that the caller has reached, or raise NotVisible."""
    absence = Absence.objects.select_related("user").filter(user=user, pk=absence_id).first()
    if absence is None:
        raise NotVisible
    return absence


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

    Every grid asked for is a key, an empty list means no name on it. Five queries, whatever the
    number of grids. Empty for a community the actor does not cover.
    """
    if not actor.covers(community):
        return {}
    asked = dict(
        Grid.objects.filter(community=community, pk__in=grid_ids).values_list("pk", "parent_id")
    )
    wanted = {*asked, *(parent for parent in asked.values() if parent is not None)}
    posts = Post.objects.filter(
        live(now), area_id=community, role=Role.GRID_WORKER, grids__in=wanted
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


# ---- areas and grids to choose from ----------------------------------------------------------


def areas_to_manage(actor: Actor, level: AreaLevel | None = None) -> QuerySet[Area]:
    """Return the areas at which the actor may make users and posts."""
    areas = Area.objects.filter(_in_range(actor, "code"), replaced_by=None).order_by("code")
    return areas if level is None else areas.filter(level=level.value)


def grids_at(area: Area) -> QuerySet[Grid]:
    """Return the live grids and micro-grids of a community, grids first."""
    return Grid.objects.filter(community=area, ended_at=None).order_by(
        F("parent_id").asc(nulls_first=True), "pk"
    )


# ---- who looked ------------------------------------------------------------------------------


@dataclass(frozen=True)
class NamedLook:
    """A look at a file with the looker's name (谁看过)."""

    at: datetime
    name: str
    post: str
    reason: str
    what: str
    count: int


def looks_at(community: int, subject: models.Model, limit: int = 100) -> list[NamedLook]:
    """Return who looked at a row's unmasked data, newest first; three queries.

    The caller has checked that the actor may see the row itself.
    """
    looks = audit.looks_at(community, subject, limit)
    names = names_of(look.user for look in looks)
    return [
        NamedLook(
            at=look.at,
            name=names.get(look.user or 0, ""),
            post=look.post,
            reason=look.reason,
            what=look.what,
            count=look.count,
        )
        for look in looks
    ]
