"""Background work of command: reports that go up by themselves."""

from typing import Any

from gridwell.command.actions.reports import send_due
from gridwell.core import clock
from gridwell.core.worker import RunningJob


def send_due_reports(job: RunningJob) -> dict[str, Any]:
    """Send the reports whose time has come, and queue the next look."""
    return {"count": send_due(clock.now())}
