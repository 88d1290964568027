"""From a user to an actor: who effectively holds which post now."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from functools import reduce
from itertools import islice
from operator import or_

from django.db.models import BigIntegerField, DateTimeField, Exists, OuterRef, Q, QuerySet

from gridwell.accounts.models import Absence, Post, PostDeputy, User
from gridwell.accounts.rules.actor import DUTY_ROLES, Actor, HeldPost, Right, Role
from gridwell.accounts.rules.holders import effective_of
from gridwell.core.prepared import Prepared, PreparedIn
from gridwell.places.rules.levels import span_of

NOBODY = Q(pk__in=[])
#: Ids a query names one by one: below the limit of SQLite, and of what a planner likes.
MANY = 5_000


def live(now: datetime, prefix: str = "") -> Q:
    """Return the condition "the post exists at this instant"; its end instant is outside."""
    return Q(**{f"{prefix}starts_at__lte": now}) & (
        Q(**{f"{prefix}ends_at": None}) | Q(**{f"{prefix}ends_at__gt": now})
    )


def serving(now: datetime, prefix: str = "") -> Q:
    """Return the condition "the post holds at this instant": it exists and is not on standby."""
    return live(now, prefix) & Q(**{f"{prefix}is_standby": False})


def not_over(now: datetime) -> Q:
    """Return the condition "lasts or is to come"."""
    return Q(ends_at=None) | Q(ends_at__gt=now)


def away_ids(users: Collection[int], now: datetime) -> frozenset[int]:
    """Return who of these users cannot serve now: absent, locked or ended. One query, two for many."""
    if not users:
        return frozenset()
    if len(users) > MANY:  # cheaper to ask who is away at all than to name everybody
        absent_ids = Absence.objects.filter(live(now)).values_list("user", flat=True)
        locked = User.objects.filter(is_active=False).values_list("pk", flat=True)
        return frozenset(users) & {*absent_ids, *locked}
    return frozenset(pk for (pk,) in _AWAY(sorted(users), now=now))


def _away(these: Collection[int], now: datetime) -> QuerySet[User, tuple[int]]:
    absent = Absence.objects.filter(live(now), user=OuterRef("pk"))
    gone = User.objects.filter(Q(is_active=False) | Exists(absent), pk__in=these)
    return gone.values_list("pk")


def _line_of(user: int, now: datetime) -> QuerySet[Post]:
    """Return the serving posts in whose line a user stands."""
    deputy = PostDeputy.objects.filter(post=OuterRef("pk"), user=user)
    posts = Post.objects.filter(Q(holder=user) | Exists(deputy)).filter(serving(now))
    return posts.order_by("-area_id", "pk")


# Asked at every request.
_AWAY = PreparedIn(_away, BigIntegerField(), now=DateTimeField())
_LINE = Prepared(_line_of, user=BigIntegerField(), now=DateTimeField())


def effective_holders(post_ids: Iterable[int], now: datetime) -> dict[int, int | None]:
    """Return who effectively holds each post at this instant, None for nobody; set-based.

    A post that has ended, has not begun or is on standby is held by nobody. Every id asked for is
    a key. Two queries where every A is there; deputies are read only where one is not.
    """
    found: dict[int, int | None] = dict.fromkeys(post_ids)
    holders: dict[int, int | None] = {}
    for some in batches(found):
        rows = Post.objects.filter(serving(now), pk__in=some).order_by()
        holders.update(rows.values_list("pk", "holder"))
    away = away_ids({pk for pk in holders.values() if pk is not None}, now)
    found.update(holders)
    empty = [post for post, holder in holders.items() if holder is None or holder in away]
    lines: dict[int, list[int]] = {}
    for some in batches(empty):
        lines.update(_deputies_of(some))
    away |= away_ids(set().union(*lines.values()), now)
    for post in empty:
        found[post] = effective_of(holders[post], lines.get(post, ()), away)
    return found


def batches(ids: Iterable[int]) -> Iterator[tuple[int, ...]]:
    """Yield ids in portions that one query can name."""
    rest = iter(ids)
    while some := tuple(islice(rest, MANY)):
        yield some


def posts_in_line(users: Collection[int], now: datetime) -> QuerySet[Post]:
    """Return the serving posts in whose line (A or deputies) any of these users stands."""
    deputies = PostDeputy.objects.filter(user__in=users).values("post")
    return Post.objects.filter(serving(now)).filter(Q(holder__in=users) | Q(pk__in=deputies))


def actor_of(user: User, now: datetime) -> Actor:
    """Return the actor a user is at this instant: posts held as A, or as deputy while A cannot.

    Two queries for an officer, four at most, whatever the number of posts.
    """
    posts = _LINE(user=user.pk, now=now)
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
    seats = [_held(post, grids, is_deputy=post.holder_id != user.pk) for post in held]
    return Actor(
        user_id=user.pk,
        display_name=user.name,
        posts=tuple(seat for seat in seats if seat.role not in DUTY_ROLES),
        is_administrator=user.is_administrator,
        duties=tuple(seat for seat in seats if seat.role in DUTY_ROLES),
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
        place=post.place_id,
        team=post.team_id,
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


def in_range(actor: Actor, field: str) -> Q:
    """Return the condition "inside the range in which the actor manages posts"."""
    if actor.runs_installation:
        return Q()
    spans = [
        Q(**{f"{field}__gte": low, f"{field}__lt": high})
        for low, high in actor.spans_with(Right.MANAGE_POSTS)
    ]
    return reduce(or_, spans) if spans else NOBODY
