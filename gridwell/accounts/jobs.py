"""Background work of accounts: absences that begin or are over by the clock."""

from typing import Any

from gridwell.accounts import actions
from gridwell.core import clock
from gridwell.core.worker import RunningJob


def turn_absences(job: RunningJob) -> dict[str, Any] | None:
    """Follow up what the clock has turned since; who acts never waited for it."""
    moved = actions.turn_absences(now=clock.now())
    return {"moved": moved} if moved else None
