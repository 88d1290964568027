"""Watching who acts: what an act moves from one person to another is written down and told."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from types import MappingProxyType

from gridwell.accounts import followers, queries
from gridwell.accounts.models import Absence, Post, StandIn, User
from gridwell.accounts.rules.actor import Actor


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
    are locked, so that A and B who drop out at once are followed one after the other.
    """
    lines = queries.posts_in_line(users, now).select_for_update().order_by("pk")
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
