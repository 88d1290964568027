"""Telling desks of what a laboratory found (结果通报): the community's officers and the subdistrict."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.urls import reverse

from gridwell.accounts.models import Post
from gridwell.accounts.queries import effective_holders
from gridwell.accounts.queries.who import serving
from gridwell.accounts.rules.actor import RIGHTS, Right
from gridwell.core import clock
from gridwell.notify import actions as notify
from gridwell.places.rules.levels import parent_of

DECIDING = tuple(role.value for role, rights in RIGHTS.items() if Right.APPROVE_ORDERS in rights)


def desks_of(community: int, now: datetime) -> set[int]:
    """Return who effectively holds the desk of a community and of its subdistrict; three queries."""
    areas = [community, parent_of(community)]
    posts = Post.objects.filter(serving(now), area_id__in=areas, role__in=DECIDING)
    held = effective_holders(list(posts.order_by("pk").values_list("pk", flat=True)), now)
    return {user for user in held.values() if user is not None}


def tell(
    *,
    kind: str,
    users: Collection[int],
    community: int,
    facts: dict[str, Any],
    page: str,
    key: str,
    now: datetime,
    is_urgent: bool = False,
) -> int:
    """Tell users of something at a community, with a link to its page there; once for each key."""
    said = {name: _plain(value) for name, value in facts.items()}
    return notify.tell(
        users=users,
        kind=kind,
        community=community,
        facts=said,
        link=reverse(page, kwargs={"area": community}),
        is_urgent=is_urgent,
        key=f"{kind}:{key}",
        now=now,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return f"{value.astimezone(clock.zone()):%m-%d %H:%M}"
    return value
