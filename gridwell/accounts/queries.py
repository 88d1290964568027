"""Reads of accounts: from a user to an actor, users and posts in scope."""

from datetime import datetime

from django.db.models import Q

from gridwell.accounts.models import Post, User
from gridwell.accounts.rules.actor import Actor, HeldPost, Role
from gridwell.places.rules.levels import span_of


def actor_of(user: User, now: datetime) -> Actor:
    """Return the actor a user is at this instant: posts held as A, or as deputy while A cannot.

    Three queries at most, whatever the number of posts.
    """
    posts = (
        Post.objects.filter(Q(holder=user) | Q(deputies__user=user), starts_at__lte=now)
        .filter(Q(ends_at=None) | Q(ends_at__gt=now))
        .distinct()
        .prefetch_related("grids__micro_grids")
        .order_by("-area_id", "pk")
    )
    held = []
    for post in posts:
        low, high = span_of(post.area_id)
        grids = None
        if post.role == Role.GRID_WORKER:
            grids = frozenset(
                pk
                for grid in post.grids.all()
                for pk in (grid.pk, *(m.pk for m in grid.micro_grids.all()))
            )
        held.append(
            HeldPost(
                id=post.pk,
                code=post.code,
                role=Role(post.role),
                title=post.title,
                low=low,
                high=high,
                grids=grids,
                is_deputy=post.holder_id != user.pk,
            )
        )
    return Actor(
        user_id=user.pk,
        display_name=user.name,
        posts=tuple(held),
        is_administrator=user.is_administrator,
    )
