"""Which done work a second person has to look at (复核)."""

from datetime import datetime

from gridwell.orders.queries.modes import needs_approval
from gridwell.orders.rules.modes import Manual
from gridwell.tasks.kinds import Kind
from gridwell.tasks.models import Task
from gridwell.tasks.queries.files import Care, care_of


def has_to_be_checked(task: Task, kind: Kind | None, now: datetime) -> bool:
    """Return whether a task that is done now counts only once somebody else has checked it.

    Always for kinds that say so. Else in modes that ask for it, for what was urgent, and where
    somebody lives whose circumstances the kind shows: the old, the sick, those who live alone.
    """
    if kind is not None and kind.needs_check:
        return True
    if not task.is_urgent and (kind is None or not kind.marks):
        return False
    if not needs_approval(task.community_id, Manual.TASK_CHECK, now):
        return False
    care = Care() if task.is_urgent else care_of([task], now).get(task.pk, Care())
    return task.is_urgent or bool(care.traits or care.marks)
