"""Watching who acts: what an act moves from one person to another is written down and told."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import groupby
from types import MappingProxyType

from django.db import connection, transaction
from django.db.models import Q

from gridwell.accounts import followers, queries
from gridwell.accounts.models import Absence, Post, StandIn, User
from gridwell.accounts.rules.actor import Actor
from gridwell.audit.actions import hold


@contextmanager
def watched(
    *,
    cause: str,
    actor: Actor,
    now: datetime,
    users: Collection[int] = (),
    posts: Collection[int] = (),
    user: User | None = None,
) -> Iterator[dict[int, Absence]]:
    """Run an act and follow up what it moved: stand-ins begin and end, the packages above are told.

    Watches the given posts and every post in whose line one of `users` stands. Use it inside the
    transaction of the act; put the absences it wrote, by user, into the dict it yields. The posts
    are locked, so that A and B who drop out at once are followed one after the other; what the
    clock has turned is followed up first, so that the act is not credited with it.
    """
    turn_absences(now=now)
    lines = queries.posts_in_line(users, now).select_for_update(no_key=True).order_by("pk")
    ids = {*posts, *lines.values_list("pk", flat=True)}
    before = queries.effective_holders(ids, now)
    absences: dict[int, Absence] = {}
    yield absences
    follow_up(before, cause=cause, actor=actor, now=now, user=user, absences=absences)


def follow_up(
    before: Mapping[int, int | None],
    *,
    cause: str,
    actor: Actor,
    now: datetime,
    user: User | None = None,
    absences: Mapping[int, Absence] = MappingProxyType({}),
) -> tuple[followers.LineMove, ...]:
    """Compare who acted with who acts now, write stand-ins and tell the followers; return the moves."""
    after = queries.effective_holders(before, now)
    moved = [pk for pk, held in before.items() if after[pk] != held]
    if not moved:
        return ()
    rows = Post.objects.select_related("area").in_bulk(moved)
    moves = tuple(
        followers.LineMove(
            post=rows[pk],
            before=before[pk],
            after=after[pk],
            absence=absences.get(before[pk] or 0) or absences.get(rows[pk].holder_id or 0),
        )
        for pk in moved
    )
    _write_stand_ins(moves, now)
    followers.follow(
        followers.LineChange(cause=cause, actor=actor, posts=moves, now=now, user=user)
    )
    return moves


def _write_stand_ins(moves: tuple[followers.LineMove, ...], now: datetime) -> None:
    """End the stand-ins of the posts that moved, and begin those of deputies who act now."""
    ids = [move.post.pk for move in moves]
    StandIn.objects.filter(post__in=ids, ends_at=None).update(ends_at=now)
    StandIn.objects.bulk_create(
        StandIn(
            post=move.post,
            user_id=move.after,
            absent_id=move.post.holder_id,
            reason=move.absence.reason if move.absence else "",
            starts_at=now,
        )
        for move in moves
        if move.after is not None and move.after != move.post.holder_id
    )


def hold_lines(users: Collection[int], now: datetime) -> None:
    """Take the chains in which acts on these people's lines are written, before any of their rows.

    The order of all locks on lines is: chains, absences that the clock has turned, posts.
    """
    if not connection.features.has_select_for_update:
        return
    areas = set(User.objects.filter(pk__in=users).values_list("area_id", flat=True))
    areas |= set(queries.posts_in_line(users, now).values_list("area_id", flat=True))
    hold(*(area or 0 for area in areas))


@transaction.atomic
def turn_absences(*, now: datetime) -> int:
    """Follow up absences that began or were over by the clock alone; return how many posts moved.

    Who acts never waits for this: it only writes stand-ins and has people told. Run it often; a
    second run finds nothing.
    """
    began = Q(told_start_at=None, starts_at__lte=now)
    over = Q(told_end_at=None, ends_at__lte=now)
    turned = Absence.objects.filter(began | over).order_by("user", "pk")
    waiting = set(turned.order_by().values_list("user_id", flat=True))
    if not waiting:
        return 0
    hold_lines(waiting, now)
    rows = list(turned.select_for_update())
    people = User.objects.in_bulk({row.user_id for row in rows})
    moved = sum(
        _turn(people[pk], list(group), now) for pk, group in groupby(rows, lambda row: row.user_id)
    )
    for row in rows:
        row.told_start_at = row.told_start_at or now
        if row.ends_at is not None and row.ends_at <= now:
            row.told_end_at = row.told_end_at or now
    Absence.objects.bulk_update(rows, ["told_start_at", "told_end_at"])
    return moved


def _turn(user: User, rows: list[Absence], now: datetime) -> int:
    """Follow up one person's absences against who acted just before the first of them turned."""
    turned = [row.starts_at for row in rows if row.told_start_at is None]
    turned += [row.ends_at for row in rows if row.ends_at is not None and row.ends_at <= now]
    just_before = min(turned) - timedelta(microseconds=1)
    posts = (
        queries.posts_in_line([user.pk], now)
        .select_for_update(no_key=True)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    is_away = user.pk in queries.away_ids([user.pk], now)
    moves = follow_up(
        queries.effective_holders(posts, just_before),
        cause="absence" if is_away else "return",
        actor=Actor.system(user.area_id or 0),
        now=now,
        user=user,
        absences={user.pk: rows[-1]},
    )
    return len(moves)
