"""Tasks made by people (派单), and giving many to one post at once."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from gridwell.accounts.models import Post
from gridwell.accounts.rules.actor import Actor
from gridwell.audit.actions import digest_ids, hold, record
from gridwell.core.clock import day_of
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.ids import new_ref
from gridwell.orders.queries.modes import profile_of
from gridwell.tasks.actions.journal import write_event, write_events
from gridwell.tasks.actions.silence import answered
from gridwell.tasks.actions.steps import post_in
from gridwell.tasks.actions.telling import tell_moved
from gridwell.tasks.kinds import Kind, kinds
from gridwell.tasks.models import Task, TaskEvent
from gridwell.tasks.queries.access import standing_in, tasks_of
from gridwell.tasks.queries.merged import survivors_of_subjects
from gridwell.tasks.queries.responsible import NOWHERE, Spot, charge_of, chunks, spots_of
from gridwell.tasks.rules.due import due_after
from gridwell.tasks.rules.states import ACTIVE, TABLE, Act, Who

#: Kinds that may be for anything, or for nothing in particular.
_FOR_ANYTHING = frozenset({"none", "place"})
SUBJECT_KINDS = ("none", "area", "grid", "building", "place", "household", "resident")


@transaction.atomic
def create(
    *,
    actor: Actor,
    community: int,
    kind: str,
    subject_kind: str = "none",
    subject: int = 0,
    post: Post | None = None,
    title: str = "",
    words: str = "",
    due_at: datetime | None = None,
    is_urgent: bool = False,
    basis: str = "",
    facts: dict[str, str | int] | None = None,
    now: datetime,
    key: str = "",
    is_allowed: bool = False,
) -> Task:
    """Make a task by hand and return it; with the same `key` or `basis` it is the same task.

    For a merged entry it is made for the survivor. Without `post` it goes to whoever is in charge
    there, or stands without a name. The desk and above may for all, a grid worker in own grids.
    `basis` is for packages that make tasks about a thing of theirs ("finding:12"); `is_allowed` says
    that the caller has checked the actor against that thing.
    """
    actor = answered(actor, now)
    known = _kind(kind)
    if kind == "free" and not title.strip():
        raise RuleBroken("tasks.words_needed")
    if due_at is not None and due_at <= now:
        raise RuleBroken("tasks.due_in_the_past")
    subject, spot = _subject(community, known, subject_kind, subject)
    if not is_allowed:
        _may_create(actor, community, spot)
    if post is not None:
        target: int | None = post_in(post, community, now).pk
    else:
        target = charge_of(community, now).post_for(known, spot)
    minutes = known.minutes_in(profile_of(community, now), day_of(now))
    task, is_new = Task.objects.get_or_create(
        community_id=community,
        kind=kind,
        subject_kind=subject_kind,
        subject=subject,
        basis=basis or f"person:{key or new_ref()}"[:80],
        slot="once",
        defaults={
            **_placed(spot, target, now),
            "title": title.strip()[:120],
            "words": words.strip(),
            "facts": facts or {},
            "is_urgent": is_urgent or known.is_urgent,
            "due_at": due_at or due_after(now, minutes, now),
            "created_by": actor.user_id,
        },
    )
    if is_new:
        _note_created(actor, task, now)
    return task


def _placed(spot: Spot, post: int | None, now: datetime) -> dict[str, Any]:
    """Return where a new task lies, whose it is, and since when."""
    return {
        "place_id": spot.place,
        "building_id": spot.building,
        "grid_id": spot.grid,
        "post_id": post,
        "origin": "person",
        "starts_at": now,
        "asked_at": now,
        "created_at": now,
        "changed_at": now,
    }


def _note_created(actor: Actor, task: Task, now: datetime) -> None:
    write_event(task, Act.CREATE, now=now, user=actor.user_id)
    record(
        "tasks.created",
        actor=actor,
        community=task.community_id,
        subject=task,
        at=now,
        kind_of_task=task.kind,
        post=task.post_id,
    )


def _kind(code: str) -> Kind:
    kind = kinds().get(code)
    if kind is None or not kind.by_hand:
        raise RuleBroken("tasks.unknown_kind", kind=code)
    return kind


def _subject(community: int, kind: Kind, subject_kind: str, subject: int) -> tuple[int, Spot]:
    """Return the subject itself, or what it was merged into, and where it lies."""
    if subject_kind not in SUBJECT_KINDS:
        raise RuleBroken("tasks.wrong_subject")
    if kind.subject_kind not in _FOR_ANYTHING and subject_kind != kind.subject_kind:
        raise RuleBroken("tasks.wrong_subject")
    if subject_kind == "none":
        return 0, NOWHERE
    if subject_kind == "area":
        return community, NOWHERE
    named = (subject_kind, subject)
    survivor = survivors_of_subjects(community, {named}).get(named, subject)
    spot = spots_of(community, {(subject_kind, survivor)}).get((subject_kind, survivor))
    if spot is None:
        raise RuleBroken("tasks.unknown_subject")
    return survivor, spot


def _may_create(actor: Actor, community: int, spot: Spot) -> None:
    who = standing_in(actor, community, spot.grid)
    if not who:
        raise NotVisible
    if not who & {Who.DESK, Who.UPPER, Who.GRID, Who.SYSTEM}:
        raise RuleBroken("tasks.not_yours")


@transaction.atomic
def assign_many(
    *,
    actor: Actor,
    community: int,
    tasks: Collection[int],
    post: Post,
    note: str = "",
    now: datetime,
    key: str = "",
) -> int:
    """Give open tasks of a community to one post; return how many moved. Closed ones are left out.

    Tasks outside what the actor may see are refused as a whole. Only the desk and above may.
    """
    actor = answered(actor, now)
    wanted = set(tasks)
    if not wanted:
        raise RuleBroken("tasks.no_tasks")
    if not standing_in(actor, community, None) & TABLE[Act.ASSIGN].by:
        raise RuleBroken("tasks.not_yours") if actor.covers(community) else NotVisible
    hold(community)
    post = post_in(post, community, now)
    moving = _movable(actor, community, wanted, post, key)
    for part in chunks(list(moving)):
        Task.objects.filter(community_id=community, pk__in=part).update(
            post=post,
            state="open",
            taken_by=None,
            taken_at=None,
            asked_at=now,
            changed_at=now,
        )
    for old in set(moving.values()):
        write_events(
            community,
            [pk for pk, was in moving.items() if was == old],
            Act.ASSIGN,
            now=now,
            user=actor.user_id,
            post=next((held.id for held in actor.posts_at(community)), None),
            note=note.strip(),
            facts={"from": old, "to": post.pk},
            key=key,
        )
    if moving:
        moves = [(pk, old, post.pk) for pk, old in sorted(moving.items())]
        tell_moved(community, moves, now=now)
        record(
            "tasks.assigned",
            actor=actor,
            community=community,
            subject=post,
            at=now,
            count=len(moving),
            ids=digest_ids(sorted(moving)),
        )
    return len(moving)


def _movable(
    actor: Actor, community: int, wanted: Collection[int], post: Post, key: str
) -> dict[int, int | None]:
    """Return the open ones among these tasks, locked, with the post each has now.

    Left out are those that the post has already, and those that this very act has moved.
    """
    moving: dict[int, int | None] = {}
    seen = 0
    for part in chunks(sorted(wanted)):
        rows = tasks_of(actor, community).select_for_update().filter(pk__in=part)
        for pk, old, state in rows.values_list("pk", "post_id", "state"):
            seen += 1
            if state in ACTIVE and old != post.pk:
                moving[pk] = old
    if seen != len(wanted):
        raise NotVisible
    if key:
        done = TaskEvent.objects.filter(community_id=community, key=key, task__in=list(moving))
        for pk in done.values_list("task_id", flat=True):
            moving.pop(pk, None)
    return moving
