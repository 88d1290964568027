"""Background work of the organisation: the end of keeping."""

from typing import Any

from gridwell.core import clock
from gridwell.core.worker import RunningJob
from gridwell.organisation.actions import importing


def run_purge(job: RunningJob) -> dict[str, Any]:
    """Throw tables away that nobody decided on."""
    return {"tables": importing.purge_tables(now=clock.now())}
