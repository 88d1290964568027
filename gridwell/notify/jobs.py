"""Background work of notify."""

from dataclasses import asdict
from typing import Any

from gridwell.core import clock
from gridwell.core.worker import RunningJob
from gridwell.notify import actions


def run_deliver(_: RunningJob) -> dict[str, Any]:
    """Send what is due; a killed run is taken up by the next."""
    return asdict(actions.deliver_due(now=clock.now()))


def run_purge(_: RunningJob) -> dict[str, Any]:
    """Delete messages after their time."""
    return {"messages": actions.purge(now=clock.now())}
