"""Which done work a second person has to look at (复核)."""

from collections.abc import Collection
from datetime import datetime

from gridwell.orders.queries.modes import needs_approval
from gridwell.orders.rules.modes import Manual
from gridwell.tasks.kinds import Kind
from gridwell.tasks.models import Task
from gridwell.tasks.queries.files import care_of


def has_to_be_checked(task: Task, kind: Kind | None, now: datetime) -> bool:
    """Return whether a task that is done now counts only once somebody else has checked it."""
    return bool(to_be_checked([(task, kind)], now))


def to_be_checked(done: Collection[tuple[Task, Kind | None]], now: datetime) -> frozenset[int]:
    """Return which of a community's tasks, done now, count only once somebody else has checked them.

    Always for kinds that say so. Else in modes that ask for it, for what was urgent, and where
    somebody lives whose circumstances the kind shows: the old, the sick, those who live alone.
    """
    always = {task.pk for task, kind in done if kind is not None and kind.needs_check}
    urgent = {task.pk for task, _ in done if task.is_urgent}
    caring = [
        task
        for task, kind in done
        if kind is not None and kind.marks and task.pk not in always | urgent
    ]
    maybe = next((task for task, _ in done if task.pk in urgent - always), next(iter(caring), None))
    if maybe is None or not needs_approval(maybe.community_id, Manual.TASK_CHECK, now):
        return frozenset(always)
    shown = care_of(caring, now) if caring else {}
    return frozenset(
        always | urgent | {pk for pk, care in shown.items() if care.traits or care.marks}
    )
