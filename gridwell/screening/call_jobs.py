"""Background work of rounds: what is done at the desks closes the work that waited for it."""

from typing import Any

from gridwell.core import clock
from gridwell.core.worker import RunningJob
from gridwell.screening.actions.work import follow_open


def follow_work(job: RunningJob) -> dict[str, Any] | None:
    """Bring the work of open rounds in line with what desks, paper and telephones recorded."""
    return {"rounds": follow_open(now=clock.now())}
