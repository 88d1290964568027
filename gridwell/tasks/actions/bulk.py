"""Many tasks at once for packages that make their own work (批量派单、批量销号); set-based.

The plan's work comes and goes with the plan (`sync`). What rests on something else, such as a round
of sampling, is made, closed and opened again here. None of it asks who may: the caller has.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from gridwell.accounts.rules.actor import Actor
from gridwell.audit.actions import hold, record
from gridwell.core.bulk import insert_rows
from gridwell.core.ids import new_ref
from gridwell.tasks.actions.ends import end_tasks
from gridwell.tasks.actions.journal import write_events
from gridwell.tasks.kinds import kind_of
from gridwell.tasks.models import Task
from gridwell.tasks.queries.responsible import CHUNK, NOWHERE, charge_of, chunks, spots_of
from gridwell.tasks.rules.states import ACTIVE

_RANK = 100
_COLUMNS = (
    "community", "ref", "kind", "subject_kind", "subject", "place", "building", "grid", "post",
    "title", "words", "facts", "origin", "basis", "slot", "state", "is_urgent", "rank", "starts_at",
    "due_at", "ends_at", "asked_at", "end_reason", "level", "created_at", "changed_at", "created_by",
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """One task that is asked for: what it is about, from when to when, what its wording needs."""

    subject_kind: str
    subject: int
    starts_at: datetime
    due_at: datetime
    basis: str
    slot: str = "once"
    facts: Mapping[str, str | int] = field(default_factory=dict)
    title: str = ""
    words: str = ""  # what is to be done, in place of the hint of its kind


@transaction.atomic
def create_many(
    *,
    actor: Actor,
    community: int,
    kind: str,
    wanted: Sequence[Wanted],
    origin: str,
    now: datetime,
) -> int:
    """Make these tasks of one kind and return how many were new; asked for again they are the same.

    Each goes to whoever is in charge there, or stands without a name. What is not found in the
    community is left out. A dozen queries whatever the number.
    """
    known = kind_of(kind)
    hold(community)  # of two at once one waits
    bases = sorted({row.basis for row in wanted})
    held: set[tuple[str, int, str, str]] = set()
    for start in range(0, len(bases), CHUNK):
        rows = Task.objects.filter(
            community_id=community, kind=kind, basis__in=bases[start : start + CHUNK]
        )
        held |= set(rows.values_list("subject_kind", "subject", "basis", "slot"))
    new = {
        key: row
        for row in wanted
        if (key := (row.subject_kind, row.subject, row.basis, row.slot)) not in held
    }
    spots = spots_of(community, {(row.subject_kind, row.subject) for row in new.values()})
    new = {
        key: row
        for key, row in new.items()
        if row.subject_kind in {"none", "area"} or (row.subject_kind, row.subject) in spots
    }
    if not new:
        return 0
    charge = charge_of(community, now)

    def values(row: Wanted) -> tuple[Any, ...]:
        spot = spots.get((row.subject_kind, row.subject), NOWHERE)
        return (
            community, new_ref(), kind, row.subject_kind, row.subject, spot.place, spot.building,
            spot.grid, charge.post_for(known, spot), row.title[:120], row.words,
            dict(row.facts), origin, row.basis,
            row.slot, "open", known.is_urgent, _RANK, row.starts_at, row.due_at, None,
            max(now, row.starts_at), "", "", now, now, actor.user_id,
        )  # fmt: skip

    made = insert_rows(Task, _COLUMNS, (values(row) for row in new.values()))
    record(
        "tasks.created",
        actor=actor,
        community=community,
        at=now,
        kind_of_task=kind,
        count=made,
    )
    return made


def close_many(*, community: int, tasks: Collection[int], reason: str, now: datetime) -> int:
    """Close these open tasks as done by what was recorded elsewhere; `reason` is said in their history.

    Inside the caller's transaction, whose audit entry names the cause.
    """
    closed: list[int] = []
    for part in chunks(tasks):
        rows = Task.objects.select_for_update().filter(
            community_id=community, pk__in=part, state__in=ACTIVE
        )
        closed += rows.values_list("pk", flat=True)
        rows.update(state="done", done_at=now, taken_by=None, taken_at=None, changed_at=now)
    write_events(community, closed, "do", now=now, reason=reason)
    return len(closed)


def reopen_many(
    *,
    community: int,
    tasks: Collection[int],
    reason: str,
    now: datetime,
    is_asked_again: bool = False,
) -> int:
    """Open tasks again that had closed or ended by themselves; those that a person did stay done.

    `is_asked_again`: it is to be done once more, whoever did it before; their history keeps it.
    """
    opened: list[int] = []
    for part in chunks(tasks):
        rows = Task.objects.select_for_update().filter(
            community_id=community, pk__in=part, state__in=("done", "verified", "ended")
        )
        if not is_asked_again:
            rows = rows.filter(done_by=None)
        opened += rows.values_list("pk", flat=True)
        rows.update(
            state="open",
            done_by=None,
            done_at=None,
            needs_check=False,
            ended_at=None,
            end_reason="",
            asked_at=now,
            changed_at=now,
        )
    write_events(community, opened, "reopen", now=now, reason=reason)
    return len(opened)


def end_many(*, community: int, tasks: Collection[int], reason: str, now: datetime) -> int:
    """End these open tasks for a reason of `labels.END_REASONS`."""
    return end_tasks(community, tasks, reason, now=now)
