"""What tasks are called where only their numbers are known (任务名称)."""

from collections.abc import Collection

from gridwell.tasks.kinds import kinds
from gridwell.tasks.models import Task


def names_in_trail(ids: Collection[int]) -> dict[int, str]:
    """Return tasks by their kind and the building they are in; one query.

    No title and no door: a title may name people, and the trail is read by levels that see no names.
    """
    known = kinds()
    rows = Task.objects.filter(pk__in=ids).values_list("pk", "kind", "building__full_name")
    return {
        pk: " · ".join(
            part for part in (str(known[kind].name) if kind in known else kind, building) if part
        )
        for pk, kind, building in rows
    }
