"""Reads of the roster: turns in a window, who is on now, one's own turns, calendar feeds."""

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from gridwell.accounts.models import Post, User
from gridwell.accounts.queries import away_ids, lines_of, live
from gridwell.accounts.rules.actor import Actor, Right
from gridwell.core import clock
from gridwell.core.errors import NotVisible
from gridwell.organisation.models import CalendarFeed, Shift
from gridwell.organisation.rules.roster import Turn


@dataclass(frozen=True)
class ShiftView:
    """A turn as the roster shows it; `stands_in` is who acts while the one on duty is away."""

    shift: Shift
    is_away: bool
    stands_in: str
    is_now: bool

    @property
    def starts(self) -> str:
        """The local time of its beginning."""
        return f"{self.shift.starts_at.astimezone(clock.zone()):%H:%M}"

    @property
    def ends(self) -> str:
        """The local time of its end; 24:00 for the midnight of a day."""
        return clock.end_time_of(self.shift.ends_at)


@dataclass(frozen=True)
class RosterLine:
    """A post with its turns by day."""

    post: Post
    days: list[tuple[date, list[ShiftView]]]


def shifts_of(actor: Actor, area: int, start: datetime, end: datetime) -> QuerySet[Shift]:
    """Return the turns of an area that overlap [start, end)."""
    if not actor.covers(area):
        return Shift.objects.none()
    return (
        Shift.objects.filter(
            community_id=area, cancelled_at=None, starts_at__lt=end, ends_at__gt=start
        )
        .select_related("post", "user")
        .order_by("starts_at", "pk")
    )


def access_shift(actor: Actor, area: int, shift_id: int) -> Shift:
    """Return a turn of an area the actor covers, or raise NotVisible."""
    if actor.covers(area):
        found = Shift.objects.filter(pk=shift_id, community_id=area)
        shift = found.select_related("post", "user").first()
        if shift is not None:
            return shift
    raise NotVisible


def roster_posts(actor: Actor, area: int, now: datetime) -> QuerySet[Post]:
    """Return the posts of an area for which there can be a roster."""
    if not actor.covers(area):
        return Post.objects.none()
    return Post.objects.filter(live(now), area_id=area).order_by("role", "code")


def people_of(post: Post) -> list[User]:
    """Return who may stand on the roster of a post: A and the deputies, in their order."""
    deputies = [row.user for row in post.deputies.select_related("user").order_by("rank")]
    return [*([post.holder] if post.holder else []), *deputies]


def views_of(shifts: list[Shift], now: datetime) -> list[ShiftView]:
    """Return turns with who stands in where the one on duty is away; six queries at most."""
    running = [shift for shift in shifts if shift.starts_at <= now < shift.ends_at]
    away = away_ids({shift.user_id for shift in running}, now) if running else frozenset()
    wanted = {shift.post_id for shift in running if shift.user_id in away}
    acting = {}
    if wanted:
        acting = {
            line.post.pk: line.acting.name if line.acting else ""
            for line in lines_of(Post.objects.filter(pk__in=wanted), now)
        }
    return [
        ShiftView(
            shift,
            is_away=shift in running and shift.user_id in away,
            stands_in=acting.get(shift.post_id, "") if shift in running else "",
            is_now=shift in running,
        )
        for shift in shifts
    ]


def roster_of(
    actor: Actor, area: int, days: list[date], now: datetime, *, with_empty: bool = True
) -> list[RosterLine]:
    """Return the roster of some days: a line a post, the turns that begin on each day.

    A turn that runs over midnight stands on the day it begins; the first day also holds those that
    began before. `with_empty` keeps desk posts without any turn, so that a gap is seen.
    """
    start, end = clock.start_of(days[0]), clock.end_of(days[-1])
    cells: dict[tuple[int, date], list[ShiftView]] = defaultdict(list)
    for view in views_of(list(shifts_of(actor, area, start, end)), now):
        day = max(clock.day_of(view.shift.starts_at), days[0])
        cells[view.shift.post_id, day].append(view)
    filled = {post for post, _ in cells}
    posts = roster_posts(actor, area, now).filter(is_standby=False)
    if with_empty:
        rows = list(posts.filter(Q(pk__in=filled) | Q(team=None, place=None)))
        rows += list(Post.objects.filter(pk__in=filled - {p.pk for p in rows}))
    else:
        rows = list(Post.objects.filter(pk__in=filled).order_by("role", "code"))
    return [
        RosterLine(post, [(day, cells.get((post.pk, day), [])) for day in days]) for post in rows
    ]


def on_duty(actor: Actor, area: int, now: datetime) -> list[ShiftView]:
    """Return the turns that run now."""
    return views_of(list(shifts_of(actor, area, now, now + timedelta(microseconds=1))), now)


def turns_of(users: set[int], start: datetime, end: datetime) -> list[Turn]:
    """Return the turns of some people, whatever the area, that overlap [start, end)."""
    rows = Shift.objects.filter(
        user__in=users, cancelled_at=None, starts_at__lt=end, ends_at__gt=start
    )
    return [turn_by(row) for row in rows]


def turn_by(shift: Shift) -> Turn:
    """Return a stored turn as the rules take it."""
    return Turn(
        shift.post_id, shift.user_id, shift.starts_at, shift.ends_at, shift.remark, shift.pk
    )


def own_shifts(user_id: int, start: datetime, end: datetime) -> QuerySet[Shift]:
    """Return a person's own turns that overlap [start, end), whatever the area."""
    return (
        Shift.objects.filter(user=user_id, cancelled_at=None, starts_at__lt=end, ends_at__gt=start)
        .select_related("post__area")
        .order_by("starts_at", "pk")
    )


# ---- calendar feeds --------------------------------------------------------------------------


def digest_of_token(token: str) -> str:
    """Return what is kept of the secret of an address."""
    return hashlib.sha256(token.encode()).hexdigest()


def feed_by_token(token: str) -> CalendarFeed | None:
    """Return the feed of a secret address, or None when there is none or it was revoked.

    The feed of a locked or ended account, or of a post that is over, is not there either.
    """
    feed = (
        CalendarFeed.objects.filter(digest=digest_of_token(token), revoked_at=None)
        .select_related("user", "post")
        .first()
    )
    if feed is None or (feed.user is not None and not feed.user.is_active):
        return None
    over = feed.post.ends_at if feed.post is not None else None
    return None if over is not None and over <= clock.now() else feed


def feeds_of(user_id: int) -> QuerySet[CalendarFeed]:
    """Return a person's own feeds that are not revoked."""
    return CalendarFeed.objects.filter(user=user_id, revoked_at=None).order_by("pk")


def access_own_feed(user_id: int | None, feed_id: int) -> CalendarFeed:
    """Return a feed of the person themselves, or raise NotVisible."""
    feed = CalendarFeed.objects.filter(pk=feed_id, user=user_id, user__isnull=False).first()
    if feed is None:
        raise NotVisible
    return feed


def post_feeds(actor: Actor, area: int) -> QuerySet[CalendarFeed]:
    """Return the feeds of posts of an area whose posts the actor manages."""
    if not actor.may(Right.MANAGE_POSTS, area):
        return CalendarFeed.objects.none()
    return CalendarFeed.objects.filter(post__area_id=area, revoked_at=None).select_related("post")


def feed_shifts(feed: CalendarFeed, now: datetime) -> list[Shift]:
    """Return the turns that a feed shows: a month back and a year on, cancelled ones as such."""
    mine = Q(user=feed.user_id) if feed.user_id else Q(post=feed.post_id)
    return list(
        Shift.objects.filter(
            mine,
            starts_at__gte=now - timedelta(days=31),
            starts_at__lt=now + timedelta(days=366),
        )
        .select_related("post__area")
        .order_by("starts_at", "pk")[:2000]
    )
