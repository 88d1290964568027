"""Sampling at the door is done when everybody due there was sampled, whoever took the sample (采样销号)."""

from collections.abc import Collection
from datetime import datetime

from gridwell.core.clock import end_of, start_of
from gridwell.health.models import Result
from gridwell.plan.rules.plan import DutyCode, Plan, WorkCode
from gridwell.residents.models import Membership
from gridwell.tasks.actions.journal import write_events
from gridwell.tasks.models import Task
from gridwell.tasks.queries.responsible import chunks
from gridwell.tasks.rules.states import ACTIVE


def close_sampled(community: int, plan: Plan, now: datetime) -> int:
    """Close the door samplings of the plan's day at which nobody due is left; set-based.

    A household with one person missing stays open; one in which nobody is due any more is left to
    the plan.
    """
    tasks = Task.objects.filter(
        community_id=community,
        kind=WorkCode.DOOR_SAMPLING.value,
        slot=plan.day.isoformat(),
        state__in=ACTIVE,
    )
    rows = list(tasks.values_list("pk", "subject_kind", "subject"))
    if not rows:
        return 0
    sampled = set(
        Result.objects.filter(
            community_id=community,
            superseded_at=None,
            sampled_at__gte=start_of(plan.day),
            sampled_at__lt=end_of(plan.day),
            sampled_at__lte=now,
        ).values_list("resident_id", flat=True)
    )
    due = plan.residents_with(DutyCode.BE_SAMPLED)
    if not sampled & due:
        return 0
    came = {"household": _homes(community, sampled & due), "resident": sampled & due}
    missing = {"household": _homes(community, due - sampled), "resident": due - sampled}
    closed = [
        pk
        for pk, kind, subject in rows
        if subject in came.get(kind, ()) and subject not in missing.get(kind, ())
    ]
    for part in chunks(closed):
        tasks.filter(pk__in=part).update(
            state="done", done_at=now, taken_by=None, taken_at=None, changed_at=now
        )
    write_events(community, closed, "do", now=now, reason="sampled")
    return len(closed)


def _homes(community: int, residents: Collection[int]) -> set[int]:
    found: set[int] = set()
    for part in chunks(residents):
        live = Membership.objects.filter(
            community_id=community,
            resident__in=part,
            ends_at=None,
            superseded_at=None,
            kind="lives",
        )
        found.update(live.values_list("household_id", flat=True))
    return found
