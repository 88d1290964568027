"""Tasks that end by themselves (自动终止): their basis is gone, or their day is over."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from gridwell.accounts.rules.actor import Actor
from gridwell.audit.actions import record
from gridwell.core.clock import end_of
from gridwell.tasks.actions.journal import write_events
from gridwell.tasks.models import Task
from gridwell.tasks.queries.responsible import chunks
from gridwell.tasks.rules.due import ONCE
from gridwell.tasks.rules.states import ACTIVE


def end_tasks(community: int, pks: Collection[int], reason: str, *, now: datetime) -> int:
    """End these open tasks with a reason, those in hand as well; their history says it."""
    ended: list[int] = []
    for part in chunks(pks):
        rows = Task.objects.select_for_update().filter(
            community_id=community, pk__in=part, state__in=ACTIVE
        )
        ended += rows.values_list("pk", flat=True)
        rows.update(
            state="ended",
            ended_at=now,
            end_reason=reason,
            taken_by=None,
            taken_at=None,
            changed_at=now,
        )
    write_events(community, ended, "end", now=now, reason=reason)
    return len(ended)


@transaction.atomic
def end_for_basis(*, community: int, basis: str, reason: str, now: datetime) -> int:
    """End every open task that rests on a basis or anything below it ("zone:12"); return how many.

    For packages whose basis the plan does not know. Calling it again changes nothing.
    """
    rows = Task.objects.filter(community_id=community, state__in=ACTIVE)
    exact = rows.filter(basis=basis).values_list("pk", flat=True)
    below = rows.filter(basis__startswith=f"{basis}:").values_list("pk", flat=True)
    ended = end_tasks(community, [*exact, *below], reason, now=now)
    if ended:
        record(
            "tasks.ended_for_basis",
            actor=Actor.system(community),
            community=community,
            at=now,
            basis=basis,
            why=reason,
            count=ended,
        )
    return ended


def end_what_is_over(*, community: int, now: datetime) -> int:
    """End open tasks whose window has passed: missed when it was the day's end, else with their basis."""
    over = Task.objects.filter(community_id=community, state__in=ACTIVE, ends_at__lte=now)
    missed: list[int] = []
    gone: list[int] = []
    for pk, slot, ends_at in over.values_list("pk", "slot", "ends_at"):
        (missed if _is_end_of_day(slot, ends_at) else gone).append(pk)
    return end_tasks(community, missed, "missed", now=now) + end_tasks(
        community, gone, "basis_ended", now=now
    )


def _is_end_of_day(slot: str, ends_at: datetime | None) -> bool:
    return slot != ONCE and ends_at is not None and ends_at >= end_of(date.fromisoformat(slot))
