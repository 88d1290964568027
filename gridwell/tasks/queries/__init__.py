"""Reads of tasks. Each starts from an actor, or is handed rows that did."""

from gridwell.tasks.queries.access import access_task, mine, standing_of, tasks_of, visible
from gridwell.tasks.queries.files import (
    Care,
    TaskFile,
    access_proof,
    care_of,
    checked_on,
    task_file,
)
from gridwell.tasks.queries.lists import (
    BuildingLines,
    Counts,
    Narrow,
    TaskLine,
    by_building,
    by_due,
    count_by,
    holdings,
    in_grids_of,
    in_walking_order,
    lines_of,
    narrowed,
)

__all__ = [
    "BuildingLines",
    "Care",
    "Counts",
    "Narrow",
    "TaskFile",
    "TaskLine",
    "access_proof",
    "access_task",
    "by_building",
    "by_due",
    "care_of",
    "checked_on",
    "count_by",
    "holdings",
    "in_grids_of",
    "in_walking_order",
    "lines_of",
    "mine",
    "narrowed",
    "standing_of",
    "task_file",
    "tasks_of",
    "visible",
]
