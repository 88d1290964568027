"""What a patrol finds (巡查发现): each finding is a task of its own, put right, checked, closed."""

from datetime import datetime, timedelta

from django.db import transaction

from gridwell.accounts.models import Post
from gridwell.accounts.queries import effective_holders, names_of
from gridwell.accounts.rules.actor import Actor
from gridwell.audit.actions import record
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.notify.actions import tell
from gridwell.places.models import Place
from gridwell.tasks.actions.make import create
from gridwell.tasks.actions.proofs import Proof, keep_proof
from gridwell.tasks.labels import FINDINGS
from gridwell.tasks.models import Task
from gridwell.tasks.queries.access import standing_of
from gridwell.tasks.rules.states import ACTIVE, Who

PATROL, PUT_RIGHT = "patrol", "put_right"
FOUND, REMINDER, TO_CHECK = "tasks.found", "tasks.reminder", "tasks.to_check"
AGAIN = timedelta(minutes=10)


@transaction.atomic
def record_finding(
    *,
    actor: Actor,
    patrol: Task,
    finding: str,
    where: str,
    post: Post,
    due_at: datetime,
    building: Place | None = None,
    words: str = "",
    photo: bytes | None = None,
    now: datetime,
    key: str = "",
) -> Task:
    """Write down what a patrol found and give it to a post; return the task of putting it right.

    Whoever walks the patrol may, also without a desk. The same `key` is the same finding. The post
    is told; whoever found it, or the desk, checks it afterwards.
    """
    if patrol.kind != PATROL:
        raise RuleBroken("tasks.not_a_patrol")
    who = standing_of(actor, patrol)
    if not who:
        raise NotVisible
    if not who & {Who.HOLDER, Who.GRID, Who.DESK}:
        raise RuleBroken("tasks.not_yours")
    if finding not in FINDINGS:
        raise RuleBroken("tasks.unknown_finding")
    basis = f"patrol:{patrol.pk}:{key or int(now.timestamp() * 1000)}"[:80]
    community = patrol.community_id
    known = Task.objects.filter(community_id=community, kind=PUT_RIGHT, basis=basis).first()
    if known is not None:
        return known
    task = create(
        actor=actor,
        community=community,
        kind=PUT_RIGHT,
        subject_kind="place" if building else "none",
        subject=building.pk if building else 0,
        post=post,
        title=str(where)[:120],
        words=words,
        due_at=due_at,
        basis=basis,
        facts={"finding": finding, "patrol": patrol.pk},
        now=now,
        is_allowed=True,
    )
    keep_proof(task, Proof(photo=photo, where=where), now)
    record(
        "tasks.finding_recorded",
        actor=actor,
        community=community,
        subject=task,
        at=now,
        finding=finding,
        patrol=patrol.pk,
    )
    _tell_holder(task, FOUND, f"{FOUND}:{task.ref}", now)
    return task


def ask_check(task: Task, *, actor: Actor, happened_at: datetime, now: datetime) -> None:
    """Tell whoever found it that it was put right; runs with doing the task."""
    if task.created_by is not None and task.created_by != actor.user_id:
        tell(
            users=[task.created_by],
            kind=TO_CHECK,
            community=task.community_id,
            facts={"place": task.title},
            link=f"/work/tasks/{task.pk}/",
            key=f"{TO_CHECK}:{task.ref}:{now.isoformat()}",
            now=now,
        )


@transaction.atomic
def remind(*, actor: Actor, task: Task, now: datetime) -> str:
    """Remind whoever effectively holds an open task's post; return the name. Desk and above may."""
    who = standing_of(actor, task)
    if not who:
        raise NotVisible
    if not who & {Who.DESK, Who.UPPER}:
        raise RuleBroken("tasks.not_yours")
    if task.state not in ACTIVE:
        raise RuleBroken("tasks.not_in_this_state", state=task.state)
    slot = int(now.timestamp() // AGAIN.total_seconds())
    holder, told = _tell_holder(task, REMINDER, f"{REMINDER}:{task.ref}:{slot}", now)
    if holder is None:
        raise RuleBroken("tasks.nobody_to_remind")
    if not told:
        raise RuleBroken("tasks.reminded_already")
    record(
        "tasks.reminded", actor=actor, community=task.community_id, subject=task, at=now, to=holder
    )
    return names_of([holder]).get(holder, "")


def _tell_holder(task: Task, kind: str, key: str, now: datetime) -> tuple[int | None, int]:
    """Tell the effective holder of a task's post; return them and how many were told."""
    if task.post_id is None:
        return None, 0
    holder = effective_holders([task.post_id], now).get(task.post_id)
    if holder is None:
        return None, 0
    told = tell(
        users=[holder],
        kind=kind,
        community=task.community_id,
        facts={"task": task.kind, "due": task.due_at},
        link=f"/work/tasks/{task.pk}/",
        is_urgent=task.is_urgent,
        key=key,
        now=now,
    )
    return holder, told
