"""Background work of tasks: late ones climb, templates run, photos nobody names go."""

from typing import Any

from gridwell.core import clock
from gridwell.core.worker import RunningJob
from gridwell.tasks import actions


def escalate(job: RunningJob) -> dict[str, Any] | None:
    """Look once at every community in which something is late, over or unanswered."""
    now = clock.now()
    due = actions.communities_with_work(now)
    raised = 0
    for done, community in enumerate(due, start=1):
        raised += actions.escalate(community=community, now=now).raised
        job.report(done, len(due))
    return {"communities": len(due), "raised": raised}


def run_templates(job: RunningJob) -> dict[str, Any] | None:
    """Make the day's tasks of all templates, and throw away photos that no row names."""
    now = clock.now()
    codes = actions.communities_with_templates(now)
    made = 0
    for done, community in enumerate(codes, start=1):
        made += actions.run_templates(community=community, day=clock.day_of(now), now=now)
        job.report(done, len(codes))
    return {"tasks": made, "photos": actions.sweep_photos(now=now)}
