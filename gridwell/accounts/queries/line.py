"""Reads around the line of a post: stand-ins and hand-backs, rehearsals, the reserve list."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.db.models import Exists, OuterRef, Q, QuerySet

from gridwell.accounts.models import (
    Absence,
    Post,
    PostRehearsal,
    ReserveCandidate,
    StandIn,
    User,
)
from gridwell.accounts.queries.who import effective_holders, in_range, live
from gridwell.accounts.rules.actor import Actor
from gridwell.accounts.rules.weakness import Home
from gridwell.core.errors import NotVisible


def absences_now(users: Collection[int], now: datetime) -> dict[int, Absence]:
    """Return for each user who is absent now the absence that lasts longest; one query."""
    rows = Absence.objects.filter(live(now), user__in=users).order_by("user", "pk")
    return {
        user: max(group, key=lambda row: (row.ends_at is None, row.ends_at or now))
        for user, group in groupby(rows, key=lambda row: row.user_id)
    }


def homes_of(users: Iterable[User]) -> dict[int, Home]:
    """Return where people live whose home is known and who really live there; no query.

    `home` must have been read with the users.
    """
    return {
        user.pk: Home(user.home.pk, user.home.building_id)
        for user in users
        if user.home is not None and not user.lives_elsewhere
    }


def stand_ins_of(post: Post, limit: int = 20) -> list[StandIn]:
    """Return who stood in on a post, the latest first."""
    rows = StandIn.objects.filter(post=post).select_related("user", "absent")
    return list(rows.order_by("-starts_at", "-pk")[:limit])


def standing_in(user: int) -> list[StandIn]:
    """Return the posts on which a user stands in now."""
    rows = StandIn.objects.filter(user=user, ends_at=None)
    return list(rows.select_related("post__area", "absent").order_by("starts_at", "pk"))


def hand_backs_waiting(user: int) -> list[StandIn]:
    """Return what deputies did on a user's posts that the user has not taken back yet."""
    rows = StandIn.objects.filter(post__holder=user, ends_at__isnull=False, confirmed_at=None)
    rows = rows.exclude(user=user)
    return list(rows.select_related("post__area", "user", "absent").order_by("starts_at", "pk"))


def access_stand_in(actor: Actor, stand_in: int) -> StandIn:
    """Return a stand-in that the actor acted in, takes back, or manages; or raise NotVisible."""
    row = (
        StandIn.objects.filter(pk=stand_in)
        .select_related("post__area", "post__holder", "user", "absent")
        .first()
    )
    if row is None:
        raise NotVisible
    is_mine = actor.user_id in {row.user_id, row.post.holder_id, row.absent_id}
    if not is_mine and not actor.may_manage_posts(row.post.area_id):
        raise NotVisible
    return row


def rehearsals_of(post: Post, limit: int = 6) -> list[PostRehearsal]:
    """Return the rehearsals of a post, the latest first."""
    rows = PostRehearsal.objects.filter(post=post).select_related("stood_in")
    return list(rows.order_by("-held_on")[:limit])


def month_of(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def not_rehearsed(posts: QuerySet[Post], day: date) -> QuerySet[Post]:
    """Narrow posts to those not rehearsed since the month of `day` began."""
    held = PostRehearsal.objects.filter(
        post=OuterRef("pk"), held_on__gte=month_of(day), held_on__lte=day
    )
    return posts.filter(~Exists(held))


def reserves_of(actor: Actor, area: int | None = None, role: str = "") -> list[ReserveCandidate]:
    """Return the reserve list of the actor's range, of one area and fit for one role where given."""
    rows = ReserveCandidate.objects.filter(in_range(actor, "area_id"), ended_at=None)
    if area is not None:
        rows = rows.filter(area=area)
    found = rows.select_related("area", "user").order_by("area_id", "name", "pk")
    # A list of codes is not searched alike by all databases; a reserve list is short.
    return [row for row in found if not role or role in row.roles]


def access_reserve(actor: Actor, candidate: int) -> ReserveCandidate:
    """Return an entry of the reserve list in the actor's range, or raise NotVisible."""
    row = (
        ReserveCandidate.objects.filter(in_range(actor, "area_id"), pk=candidate)
        .select_related("area", "user")
        .first()
    )
    if row is None:
        raise NotVisible
    return row


@dataclass(frozen=True)
class OpenPost:
    """A post for which nobody can act now: the alarm of the level above."""

    id: int
    title: str
    area: int
    area_name: str
    code: str


def nobody_acts(spans: Collection[tuple[int, int]], now: datetime) -> list[OpenPost]:
    """Return the serving posts inside ranges of areas for which nobody can act; set-based.

    Reads only posts that could be open: without A, or with an A who is away.
    """
    inside = Q(pk__in=[])
    for low, high in spans:
        inside |= Q(area_id__gte=low, area_id__lt=high)
    absent = Absence.objects.filter(live(now), user=OuterRef("holder"))
    posts = (
        Post.objects.filter(live(now), inside, is_standby=False)
        .filter(Q(holder=None) | Q(holder__is_active=False) | Exists(absent))
        .select_related("area")
        .order_by("area_id", "code")
    )
    found = list(posts)
    held = effective_holders([post.pk for post in found], now)
    return [
        OpenPost(post.pk, post.title, post.area_id, post.area.name, post.code)
        for post in found
        if held[post.pk] is None
    ]


def reserve_users(area: int) -> frozenset[int]:
    """Return the users on the reserve list of an area; one query."""
    rows = ReserveCandidate.objects.filter(area=area, ended_at=None, user__is_active=True)
    return frozenset(rows.values_list("user", flat=True)) - {None}
