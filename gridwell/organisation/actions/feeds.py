"""Secret addresses of calendars (日历订阅): made, shown once, revoked."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from gridwell.accounts.models import Post
from gridwell.accounts.rules.actor import Actor
from gridwell.audit.actions import record
from gridwell.core.errors import NotVisible
from gridwell.organisation.models import CalendarFeed
from gridwell.organisation.queries import digest_of_token


@transaction.atomic
def make_feed(*, actor: Actor, post: Post | None = None, now: datetime) -> tuple[CalendarFeed, str]:
    """Make a secret address for one's own turns, or those of a post, and return its token once.

    An earlier address of the same owner is revoked: there is one at a time.
    """
    if actor.user_id is None or (post is not None and not actor.may_manage_posts(post.area_id)):
        raise NotVisible
    mine = {"post": post} if post is not None else {"user_id": actor.user_id}
    CalendarFeed.objects.filter(revoked_at=None, **mine).update(revoked_at=now)
    token = secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(
        digest=digest_of_token(token), made_by=actor.user_id, made_at=now, **mine
    )
    record(
        "organisation.feed_made",
        actor=actor,
        community=post.area_id if post is not None else 0,
        subject=feed,
        at=now,
    )
    return feed, token


@transaction.atomic
def revoke_feed(*, actor: Actor, feed: CalendarFeed, now: datetime) -> None:
    """Close an address for good; whoever has it gets nothing from now on."""
    own = feed.user_id is not None and feed.user_id == actor.user_id
    managed = feed.post is not None and actor.may_manage_posts(feed.post.area_id)
    if not (own or managed):
        raise NotVisible
    if CalendarFeed.objects.filter(pk=feed.pk, revoked_at=None).update(revoked_at=now):
        record(
            "organisation.feed_revoked",
            actor=actor,
            community=feed.post.area_id if feed.post is not None else 0,
            subject=feed,
            at=now,
        )


def note_read(feed: CalendarFeed, now: datetime) -> None:
    """Write down that an address is in use, once a day: unused ones can be found and closed."""
    old = now - timedelta(days=1)
    CalendarFeed.objects.filter(Q(read_at=None) | Q(read_at__lt=old), pk=feed.pk).update(
        read_at=now
    )
