"""Writes that only the demo needs: what was done through a day, at once and not one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from gridwell.accounts.rules.actor import Actor
from gridwell.audit import actions as audit
from gridwell.core.bulk import insert_rows, reserve_ids, update_rows
from gridwell.health.models import Sample, Tube
from gridwell.screening.models import RoundMember
from gridwell.screening.queries.desk import Sampler
from gridwell.screening.rules.tubes import PoolSize, TubeState
from gridwell.tasks.actions.checks import to_be_checked
from gridwell.tasks.actions.proofs import Proof
from gridwell.tasks.actions.steps import post_of
from gridwell.tasks.kinds import kind_of
from gridwell.tasks.models import Task, TaskEvent, TaskProof
from gridwell.tasks.rules.states import Act, State, after


@dataclass(frozen=True)
class Filled:
    """A tube as a desk filled and closed it: who went into it in which order, and when."""

    code: str
    people: tuple[tuple[RoundMember, datetime], ...]
    desk: str
    purpose: str = "pool"
    at_door: bool = False


@transaction.atomic
def fill_tubes(*, sampler: Sampler, tubes: Sequence[Filled]) -> list[Tube]:
    """Write closed tubes with their samples (演示采样): two inserts and one trail entry for all.

    Nothing is checked: the caller takes people who are due, each once.
    """
    pool = sampler.round.order.pool
    made = Tube.objects.bulk_create(
        Tube(
            community_id=sampler.community,
            code=tube.code,
            round=sampler.round.ref,
            purpose=tube.purpose,
            pool=PoolSize.SINGLE.value if tube.purpose == "single" else pool,
            state=TubeState.CLOSED.value,
            desk=tube.desk,
            opened_at=tube.people[0][1],
            closed_at=tube.people[-1][1],
            recorded_at=tube.people[-1][1],
            recorded_by=sampler.actor.user_id,
        )
        for tube in tubes
    )
    samples = [
        Sample(
            community_id=sampler.community,
            dwelling_id=member.dwelling_id,
            tube=row,
            round=sampler.round.ref,
            purpose=tube.purpose,
            resident_id=member.resident_id,
            guest=member.guest,
            position=position,
            sampled_at=at,
            at_door=tube.at_door,
            recorded_at=at,
            recorded_by=sampler.actor.user_id,
        )
        for row, tube in zip(made, tubes, strict=True)
        for position, (member, at) in enumerate(tube.people, start=1)
    ]
    Sample.objects.bulk_create(samples)
    if made:
        audit.record(
            "screening.batch_taken",
            actor=sampler.actor,
            community=sampler.community,
            subject=sampler.round,
            at=max(tube.people[-1][1] for tube in tubes),
            count=len(samples) + 2 * len(made),
        )
    return made


@dataclass(frozen=True)
class Taken:
    """A step somebody took on a task at an instant: taken in hand, done, checked, or not possible."""

    act: Act
    task: Task
    actor: Actor
    at: datetime
    proof: Proof | None = None
    reason: str = ""


_EVENT = ("id", "community", "task", "act", "at", "user", "post", "reason", "note", "facts", "key")
_TASK = ("state", "taken_by", "taken_at", "done_by", "done_at", "needs_check", "changed_at")


@transaction.atomic
def take_steps(*, community: int, steps: Sequence[Taken]) -> None:
    """Write what people did with a community's tasks through a day (演示办件); a few statements for all.

    The rows are those of `tasks.actions.steps`, one trail entry a step. Nothing is checked: the
    caller takes steps that may be taken, in the order of the trail; of kinds that write something
    else when they are done (`on_done`), none.
    """
    if not steps:
        return
    done = [(step.task, kind_of(step.task.kind)) for step in steps if step.act is Act.DO]
    to_check = to_be_checked(done, max(step.at for step in steps))
    events = list(zip(reserve_ids(TaskEvent, len(steps)), steps, strict=True))
    insert_rows(TaskEvent, _EVENT, [_event(community, pk, step) for pk, step in events])
    for step in steps:
        _move(step, is_checked=step.task.pk in to_check)
    tasks = {step.task.pk: step.task for step in steps}.values()
    update_rows(
        Task,
        _TASK,
        [
            (
                *(task.pk, task.state, task.taken_by_id, task.taken_at),
                *(task.done_by_id, task.done_at, task.needs_check, task.changed_at),
            )
            for task in tasks
        ],
    )
    TaskProof.objects.bulk_create(
        TaskProof(
            community_id=community,
            task=step.task,
            event_id=pk,
            count=step.proof.count,
            happened_at=step.at,
            where=step.proof.where,
        )
        for pk, step in events
        if step.proof is not None and (step.proof.count is not None or step.proof.where)
    )
    audit.record_each(
        community,
        [
            audit.Act(
                f"tasks.{step.act}",
                actor=step.actor,
                at=step.at,
                subject=step.task,
                facts={"kind_of_task": step.task.kind, "why": step.reason},
            )
            for step in steps
        ],
    )


def _event(community: int, pk: int, step: Taken) -> tuple[object, ...]:
    note = step.proof.note if step.proof is not None else ""
    post = post_of(step.actor, step.task)
    user = step.actor.user_id
    return (
        *(pk, community, step.task.pk, step.act.value, step.at),
        *(user, post, step.reason, note, {}, ""),
    )


def _move(step: Taken, *, is_checked: bool) -> None:
    """Give a task the values that a step leaves on it."""
    task = step.task
    task.state = after(step.act, State(task.state)).value
    task.changed_at = step.at
    if step.act is Act.DO:
        task.done_by_id, task.done_at, task.needs_check = step.actor.user_id, step.at, is_checked
    elif step.act is Act.TAKE:
        task.taken_by_id, task.taken_at = step.actor.user_id, step.at
    elif step.act is Act.CANNOT:
        task.taken_by_id = task.taken_at = None
