"""On which days a template makes tasks (任务模板). Pure."""

from collections.abc import Collection
from datetime import date


def is_due_on(
    rhythm: str, weekdays: Collection[int], modes: Collection[str], day: date, mode: str
) -> bool:
    """Return whether a template runs on a day in a mode; no modes named means in every mode."""
    if modes and mode not in modes:
        return False
    return rhythm == "daily" or day.weekday() in weekdays
