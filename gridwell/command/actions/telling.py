"""Whom an act of command concerns, and telling them: users by the posts they effectively hold."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from gridwell.accounts.models import Post
from gridwell.accounts.queries import effective_holders
from gridwell.accounts.queries.who import serving
from gridwell.accounts.rules.actor import RIGHTS, Right
from gridwell.notify import actions as notify
from gridwell.places.rules.levels import span_of

#: Roles that decide at their area: the desk of a community, a subdistrict, a district, a city.
DECIDING = tuple(role.value for role, rights in RIGHTS.items() if Right.APPROVE_ORDERS in rights)


def desk_posts(areas: Collection[int], now: datetime) -> QuerySet[Post]:
    """Return the serving posts that decide at these very areas."""
    return Post.objects.filter(serving(now), area_id__in=areas, role__in=DECIDING)


def desks_of(area: int, now: datetime) -> set[int]:
    """Return the users who effectively hold the desk of an area now; three queries."""
    return desks_of_many([area], now)


def desks_of_many(areas: Collection[int], now: datetime) -> set[int]:
    """Return the users who effectively hold the desks of some areas now; set-based."""
    return _holders(desk_posts(areas, now), now)


def everyone_in(area: int, now: datetime) -> set[int]:
    """Return the users who effectively hold any post inside an area now; set-based."""
    low, high = span_of(area)
    return _holders(Post.objects.filter(serving(now), area_id__gte=low, area_id__lt=high), now)


def _holders(posts: QuerySet[Post], now: datetime) -> set[int]:
    held = effective_holders(list(posts.order_by("pk").values_list("pk", flat=True)), now)
    return {user for user in held.values() if user is not None}


def tell(
    *,
    kind: str,
    users: Collection[int],
    area: int,
    facts: dict[str, Any],
    page: str,
    key: str,
    now: datetime,
    is_urgent: bool = False,
    kwargs: dict[str, Any] | None = None,
) -> int:
    """Tell users of an act at an area, with a link to its page there; once for each key.

    Without a page the link leads each to where they work.
    """
    return notify.tell(
        users=users,
        kind=kind,
        community=area,
        facts=facts,
        link=_link(page, {"area": area} if kwargs is None else kwargs),
        is_urgent=is_urgent,
        key=f"{kind}:{key}",
        now=now,
    )


def _link(page: str, kwargs: dict[str, Any]) -> str:
    return reverse(page, kwargs=kwargs) if page else "/"
