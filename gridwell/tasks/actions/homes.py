"""Tasks whose post is gone find another (任务随岗): nothing is stranded when a post ends."""

from collections import defaultdict
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from gridwell.accounts.rules.actor import Actor
from gridwell.audit.actions import record
from gridwell.tasks.actions.journal import write_moves
from gridwell.tasks.kinds import kinds
from gridwell.tasks.models import Task
from gridwell.tasks.queries.responsible import NOWHERE, Spot, charge_of, chunks, spots_of
from gridwell.tasks.rules.states import ACTIVE

#: Kinds nobody knows any more (their package is gone) fall to grid and desk as a free task does.
_UNKNOWN = "free"


@transaction.atomic
def rehome(*, community: int, now: datetime) -> int:
    """Give open tasks without a post, or of one that ended or stands by, to whoever is in charge.

    Those for which nobody is there stay without a name, and are listed so. One cheap query when
    there is nothing to do.
    """
    gone = Q(post__ends_at__lte=now) | Q(post__is_standby=True)
    lost = list(
        Task.objects.filter(Q(post=None) | gone, community_id=community, state__in=ACTIVE)
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
        record(
            "tasks.rehomed",
            actor=Actor.system(community),
            community=community,
            at=now,
            count=len(moves),
            without_name=len(by_post.get(None, ())),
        )
    return len(moves)
