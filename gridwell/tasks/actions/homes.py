"""Tasks whose post is gone find another (任务随岗): nothing is stranded when a post ends."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from gridwell.accounts.models import PostDeputy
from gridwell.accounts.rules.actor import Actor
from gridwell.audit.actions import record
from gridwell.tasks.actions.journal import write_moves
from gridwell.tasks.actions.telling import tell_moved
from gridwell.tasks.kinds import kinds
from gridwell.tasks.models import Task
from gridwell.tasks.queries.responsible import NOWHERE, Spot, charge_of, chunks, spots_of
from gridwell.tasks.rules.states import ACTIVE

#: Kinds nobody knows any more (their package is gone) fall to grid and desk as a free task does.
_UNKNOWN = "free"


def homeless(now: datetime) -> Q:
    """Return the condition "the task has no post that anybody could act for"."""
    has_deputy = Exists(PostDeputy.objects.filter(post=OuterRef("post")))
    nobody = Q(~has_deputy, post__holder=None)
    return Q(post=None) | Q(post__ends_at__lte=now) | Q(post__is_standby=True) | nobody


@transaction.atomic
def rehome(*, community: int, now: datetime, givers: Mapping[int, int] | None = None) -> int:
    """Give open tasks without a post, or of one that ended or stands by, to whoever is in charge.

    A post in whose line nobody stands gives its tasks to one with a name. Those for which nobody is
    there stay as they are, and are listed as without a name. Both sides are told: one message each.
    `givers` says by post who had it, where the post does not say so any more. One query when there
    is nothing to do.
    """
    lost = list(
        Task.objects.filter(homeless(now), community_id=community, state__in=ACTIVE)
        .order_by("pk")
        .values_list("pk", "kind", "subject_kind", "subject", "post_id")
    )
    if not lost:
        return 0
    charge, known = charge_of(community, now), kinds()
    spots = spots_of(community, {(kind, pk) for _, _, kind, pk, _ in lost})
    moves: list[tuple[int, int | None, int | None]] = []
    for pk, code, subject_kind, subject, old in lost:
        kind = known.get(code) or known[_UNKNOWN]
        spot: Spot = spots.get((subject_kind, subject), NOWHERE)
        new = charge.post_for(kind, spot)
        if new != old:
            moves.append((pk, old, new))
    by_post: dict[int | None, list[int]] = defaultdict(list)
    for pk, _, new in moves:
        by_post[new].append(pk)
    for post, pks in by_post.items():
        for part in chunks(pks):
            rows = Task.objects.filter(community_id=community, pk__in=part, state__in=ACTIVE)
            rows.update(post_id=post, asked_at=now, changed_at=now)
            rows.filter(state="taken").update(state="open", taken_by=None, taken_at=None)
    write_moves(community, moves, now=now, why="post_gone")
    if moves:
        tell_moved(community, moves, now=now, givers=givers or {})
        record(
            "tasks.rehomed",
            actor=Actor.system(community),
            community=community,
            at=now,
            count=len(moves),
            without_name=len(by_post.get(None, ())),
        )
    return len(moves)
