"""Telling both sides when work changes hands (交接告知): one message each for an act, not for a task."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from gridwell.accounts.models import Post
from gridwell.accounts.queries import effective_holders
from gridwell.core.ids import new_ref
from gridwell.notify.actions.tell import tell
from gridwell.tasks.models import Task
from gridwell.tasks.queries.responsible import chunks

RECEIVED = "tasks.received"
GIVEN = "tasks.given"
MINE = "/work/mine/"
#: Task, the post it had, the post it has now.
Move = tuple[int, int | None, int | None]


def tell_moved(
    community: int,
    moves: Collection[Move],
    *,
    now: datetime,
    givers: Mapping[int, int] = MappingProxyType({}),
) -> None:
    """Tell whoever had these tasks and whoever has them now; a fixed number of queries.

    `givers` says by post who had them where the post cannot say it any more. Whoever is on both
    sides of a task is told nothing of it. Call it once for an act, within it.
    """
    rows = Post.objects.in_bulk({post for _, *both in moves for post in both if post is not None})
    acting = effective_holders(rows, now)
    gave: dict[int, list[Move]] = defaultdict(list)
    got: dict[int, list[Move]] = defaultdict(list)
    for move in moves:
        _, old, new = move
        taker = acting.get(new) if new is not None else None
        giver = None
        if old is not None:
            giver = givers.get(old) or acting.get(old) or rows[old].holder_id
        if giver == taker:
            continue
        if giver is not None:
            gave[giver].append(move)
        if taker is not None:
            got[taker].append(move)
    is_urgent = bool(got) and _is_any_urgent(community, [pk for pk, *_ in moves])
    link = f"/work/tasks/{next(iter(moves))[0]}/" if len(moves) == 1 else MINE
    key = str(new_ref())
    titles = {pk: post.title for pk, post in rows.items()}
    for kind, sides, to, urgent in ((RECEIVED, got, link, is_urgent), (GIVEN, gave, MINE, False)):
        if sides:
            tell(
                users=sides,
                kind=kind,
                community=community,
                facts={},
                each={user: _facts(some, titles) for user, some in sides.items()},
                link=to,
                is_urgent=urgent,
                key=f"{kind}:{key}",
                now=now,
            )


def _facts(moves: Collection[Move], titles: Mapping[int, str]) -> dict[str, Any]:
    """Return how many, from which post and to which; codes where there is no one title."""
    return {
        "count": len(moves),
        "from": _title({old for _, old, _ in moves}, titles),
        "to": _title({new for _, _, new in moves}, titles),
    }


def _title(posts: Collection[int | None], titles: Mapping[int, str]) -> str:
    (one, *more) = posts
    if more:
        return "several"
    return "none" if one is None else titles[one]


def _is_any_urgent(community: int, tasks: Collection[int]) -> bool:
    rows = Task.objects.filter(community_id=community, is_urgent=True)
    return any(rows.filter(pk__in=part).exists() for part in chunks(tasks))
