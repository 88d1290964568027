"""The steps people take on a task: take, put back, do, hand over, cannot, verify, reopen, end.

Each takes `key`, the sender's own key of the act: sent twice, it is one. Two people who close one
task at once: the second learns who was faster and when, and loses nothing they wrote.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from gridwell.accounts.models import Post
from gridwell.accounts.queries import names_of
from gridwell.accounts.rules.actor import Actor
from gridwell.audit.actions import hold, record
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.joining import joined
from gridwell.places.rules.levels import span_of
from gridwell.tasks.actions.checks import has_to_be_checked
from gridwell.tasks.actions.homes import rehome
from gridwell.tasks.actions.journal import write_event
from gridwell.tasks.actions.proofs import Proof, keep_proof, missing_proof
from gridwell.tasks.actions.silence import answered, as_they_stand
from gridwell.tasks.actions.telling import tell_moved
from gridwell.tasks.kinds import kinds
from gridwell.tasks.labels import CANNOT_REASONS, END_REASONS, PROOFS, STATES
from gridwell.tasks.models import Task, TaskEvent
from gridwell.tasks.queries.access import standing_of
from gridwell.tasks.rules.due import within
from gridwell.tasks.rules.states import FINISHED, Act, State, after, refusal

__all__ = [
    "Proof",
    "cannot",
    "do",
    "end_task",
    "hand_over",
    "post_in",
    "post_of",
    "put_back",
    "reopen",
    "take",
    "verify",
]

#: A task that is opened again has at least so long.
AGAIN = timedelta(hours=1)
#: So long before it was given may a task have been done: it is asked for after the fact at times.
BEFORE = timedelta(days=7)


@transaction.atomic
def take(*, actor: Actor, task: Task, now: datetime, key: str = "") -> Task:
    """Take a task in hand: the others see by whom and since when. Taking one's own again is nothing."""
    actor = answered(actor, now)
    row = _lock(actor, task, key)
    if row is None or (task.state == State.TAKEN and task.taken_by_id == actor.user_id):
        return task
    # Who dropped out since they opened the page must not have it in hand: nobody would free it.
    actor = as_they_stand(actor, now)
    return _step(Act.TAKE, actor, task, now, key, taken_by_id=actor.user_id, taken_at=now)


@transaction.atomic
def put_back(*, actor: Actor, task: Task, now: datetime, note: str = "", key: str = "") -> Task:
    """Put a task back that somebody had in hand; it is open for the post again."""
    actor = answered(actor, now)
    if _lock(actor, task, key) is None:
        return task
    return _step(
        Act.PUT_BACK,
        actor,
        task,
        now,
        key,
        note=note,
        taken_by_id=None,
        taken_at=None,
        asked_at=now,
    )


@transaction.atomic
def do(
    *, actor: Actor, task: Task, proof: Proof | None = None, now: datetime, key: str = ""
) -> Task:
    """Close a task as done, with what its kind needs as proof; what doing it writes is written now."""
    proof = proof or Proof()
    actor = answered(actor, now)
    if _lock(actor, task, key) is None:
        return task
    _refuse(Act.DO, actor, task)
    kind = kinds().get(task.kind)
    happened_at = proof.happened_at or now
    if happened_at > now:
        raise RuleBroken("tasks.happened_in_the_future")
    if happened_at < min(task.created_at, task.starts_at) - BEFORE:
        raise RuleBroken("tasks.happened_before_it_was_given")
    missing = missing_proof(kind, proof)
    if missing:
        words = joined(str(PROOFS[code]) for code in missing)
        raise RuleBroken("tasks.proof_needed", missing=words)
    _step(
        Act.DO,
        actor,
        task,
        now,
        key,
        note=proof.note,
        done_by_id=actor.user_id,
        done_at=happened_at,
        needs_check=has_to_be_checked(task, kind, now),
        level=task.level,
    )
    keep_proof(task, proof, happened_at)
    if kind is not None and kind.on_done is not None:
        kind.on_done(task, actor=actor, happened_at=happened_at, now=now)
    return task


@transaction.atomic
def hand_over(
    *, actor: Actor, task: Task, post: Post, note: str = "", now: datetime, key: str = ""
) -> Task:
    """Give a task to another post of the community, or of a level above it; both are told."""
    actor = answered(actor, now)
    if _lock(actor, task, key) is None or task.post_id == post.pk:
        return task
    post = post_in(post, task.community_id, now)
    old = task.post_id
    _step(
        Act.HAND_OVER,
        actor,
        task,
        now,
        key,
        note=note,
        facts={"from": old, "to": post.pk},
        post_id=post.pk,
        taken_by_id=None,
        taken_at=None,
        asked_at=now,
    )
    tell_moved(task.community_id, [(task.pk, old, post.pk)], now=now)
    return task


@transaction.atomic
def cannot(
    *, actor: Actor, task: Task, reason: str, note: str = "", now: datetime, key: str = ""
) -> Task:
    """Say that a task cannot be done, and why: the desk decides what becomes of it."""
    actor = answered(actor, now)
    if _lock(actor, task, key) is None:
        return task
    if reason not in CANNOT_REASONS:
        raise RuleBroken("tasks.unknown_reason")
    if reason == "other" and not note.strip():
        raise RuleBroken("tasks.reason_needed")
    return _step(
        Act.CANNOT,
        actor,
        task,
        now,
        key,
        note=note,
        reason=reason,
        taken_by_id=None,
        taken_at=None,
    )


@transaction.atomic
def verify(*, actor: Actor, task: Task, note: str = "", now: datetime, key: str = "") -> Task:
    """Confirm that a task was done well; never by whoever did it."""
    actor = answered(actor, now)
    if _lock(actor, task, key) is None:
        return task
    _refuse(Act.VERIFY, actor, task)
    if task.done_by_id is not None and task.done_by_id == actor.user_id:
        raise RuleBroken("tasks.verify_own")
    return _step(Act.VERIFY, actor, task, now, key, note=note)


@transaction.atomic
def reopen(*, actor: Actor, task: Task, note: str, now: datetime, key: str = "") -> Task:
    """Open a closed task again, with the reason: undoes "done", "cannot", and an end by hand.

    What ended with its basis stays ended: the basis itself would have to come back.
    """
    actor = answered(actor, now)
    if _lock(actor, task, key) is None:
        return task
    if task.state == State.ENDED and task.end_reason != "not_needed":
        raise _ended(task)
    due_at = within(max(task.due_at, now + AGAIN), task.ends_at, now)
    _refuse(Act.REOPEN, actor, task, has_reason=bool(note.strip()))
    kind = kinds().get(task.kind)
    if task.state in FINISHED and kind is not None and kind.on_reopened is not None:
        kind.on_reopened(task, actor=actor, reason=note.strip(), now=now)
    _step(
        Act.REOPEN,
        actor,
        task,
        now,
        key,
        note=note,
        has_reason=bool(note.strip()),
        taken_by_id=None,
        taken_at=None,
        done_by_id=None,
        done_at=None,
        needs_check=False,
        ended_at=None,
        end_reason="",
        due_at=due_at,
        asked_at=now,
        level="",
        raised_at=None,
    )
    # Its post may have ended since: whoever is in charge now gets it, at once.
    if rehome(community=task.community_id, now=now):
        task.refresh_from_db()
    return task


@transaction.atomic
def end_task(*, actor: Actor, task: Task, note: str, now: datetime, key: str = "") -> Task:
    """End a task that is not needed any more, with the reason; only the desk and above may."""
    actor = answered(actor, now)
    if _lock(actor, task, key) is None:
        return task
    return _step(
        Act.END,
        actor,
        task,
        now,
        key,
        note=note,
        reason="not_needed",
        has_reason=bool(note.strip()),
        ended_at=now,
        end_reason="not_needed",
        taken_by_id=None,
        taken_at=None,
    )


def post_in(post: Post, community: int, now: datetime) -> Post:
    """Return a post that can be given work of a community, or refuse it with the reason.

    Locked, so that it does not end while it is given something.
    """
    post = Post.objects.select_for_update(no_key=True).get(pk=post.pk)
    low, high = span_of(post.area_id)
    if not low <= community < high:
        raise RuleBroken("tasks.post_elsewhere", post=post.title)
    if (
        post.is_standby
        or post.starts_at > now
        or (post.ends_at is not None and post.ends_at <= now)
    ):
        raise RuleBroken("tasks.post_ended", post=post.title)
    return post


def _lock(actor: Actor, task: Task, key: str) -> Task | None:
    """Refresh the task under a lock; None when this very act was done already (the same key)."""
    hold(task.community_id)
    fresh = (
        Task.objects.select_for_update().filter(community_id=task.community_id, pk=task.pk).first()
    )
    if fresh is None or not standing_of(actor, fresh):
        raise NotVisible
    for field in Task._meta.concrete_fields:
        setattr(task, field.attname, getattr(fresh, field.attname))
    task._state.fields_cache.clear()
    is_known = (
        bool(key)
        and TaskEvent.objects.filter(community_id=task.community_id, task=task, key=key).exists()
    )
    return None if is_known else task


def _refuse(act: Act, actor: Actor, task: Task, *, has_reason: bool = True) -> None:
    code = refusal(act, State(task.state), standing_of(actor, task), has_reason=has_reason)
    if code is None:
        return
    if code == "tasks.already_done":
        who = names_of([task.done_by_id]).get(task.done_by_id or 0, "")
        raise RuleBroken(code, name=who, at=task.done_at)
    if code == "tasks.already_taken":
        who = names_of([task.taken_by_id]).get(task.taken_by_id or 0, "")
        raise RuleBroken(code, name=who, at=task.taken_at)
    if code == "tasks.already_ended":
        raise _ended(task)
    raise RuleBroken(code, state=STATES[task.state])


def _ended(task: Task) -> RuleBroken:
    why = END_REASONS.get(task.end_reason, task.end_reason)
    return RuleBroken("tasks.already_ended", at=task.ended_at, why=why)


def _step(
    act: Act,
    actor: Actor,
    task: Task,
    now: datetime,
    key: str,
    *,
    note: str = "",
    reason: str = "",
    has_reason: bool = True,
    facts: Mapping[str, Any] | None = None,
    **changes: Any,
) -> Task:
    """Take one step by the table: check, write the row, the event and the audit entry."""
    _refuse(act, actor, task, has_reason=has_reason)
    changes["state"] = after(act, State(task.state)).value
    changes["changed_at"] = now
    for name, value in changes.items():
        setattr(task, name, value)
    fields = [name.removesuffix("_id") for name in changes]
    task.save(update_fields=fields)
    write_event(
        task,
        act,
        now=now,
        user=actor.user_id,
        post=post_of(actor, task),
        reason=reason,
        note=note.strip(),
        facts=facts,
        key=key,
    )
    record(
        f"tasks.{act}",
        actor=actor,
        community=task.community_id,
        subject=task,
        at=now,
        kind_of_task=task.kind,
        why=reason,
        **dict(facts or {}),
    )
    return task


def post_of(actor: Actor, task: Task) -> int | None:
    """Return the post under which the actor acts: the task's own if they hold it."""
    held = [post.id for post in actor.all_posts]
    if task.post_id in held:
        return task.post_id
    here = [post.id for post in actor.posts_at(task.community_id)]
    return next(iter([*here, *held]), None)
