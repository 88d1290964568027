"""Writing what happened to tasks (任务经过): one event, or very many at once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from gridwell.core.bulk import insert_rows
from gridwell.tasks.models import Task, TaskEvent

_COLUMNS = ("community", "task", "act", "at", "user", "post", "reason", "note", "facts", "key")


def write_event(
    task: Task,
    act: str,
    *,
    now: datetime,
    user: int | None = None,
    post: int | None = None,
    reason: str = "",
    note: str = "",
    facts: Mapping[str, Any] | None = None,
    key: str = "",
) -> TaskEvent:
    """Write one step of a task."""
    return TaskEvent.objects.create(
        community_id=task.community_id,
        task=task,
        act=act,
        at=now,
        user_id=user,
        post_id=post,
        reason=reason,
        note=note,
        facts=dict(facts or {}),
        key=key,
    )


def write_events(
    community: int,
    tasks: Iterable[int],
    act: str,
    *,
    now: datetime,
    user: int | None = None,
    post: int | None = None,
    reason: str = "",
    note: str = "",
    facts: Mapping[str, Any] | None = None,
    key: str = "",
) -> int:
    """Write the same step of many tasks."""
    same = dict(facts or {})
    return insert_rows(
        TaskEvent,
        _COLUMNS,
        ((community, pk, act, now, user, post, reason, note, same, key) for pk in tasks),
    )


def write_moves(
    community: int, moves: Sequence[tuple[int, int | None, int | None]], *, now: datetime, why: str
) -> int:
    """Write that tasks went from one post to another: (task, from, to)."""
    return insert_rows(
        TaskEvent,
        _COLUMNS,
        (
            (community, pk, "move", now, None, None, why, "", {"from": old, "to": new}, "")
            for pk, old, new in moves
        ),
    )
