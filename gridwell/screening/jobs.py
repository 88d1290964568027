"""Background work of screening: holds are watched, rows of laboratories tried again."""

from typing import Any

from gridwell.core import clock
from gridwell.core.worker import RunningJob
from gridwell.screening.actions.holds import communities_with_holds, watch_holds
from gridwell.screening.actions.results import areas_to_try, try_again


def watch(job: RunningJob) -> dict[str, Any] | None:
    """Give the alarms of holds that are due, end those that have run out, try open rows again."""
    now = clock.now()
    held, waiting = communities_with_holds(), areas_to_try()
    total = len(held) + len(waiting)
    alarms = ended = matched = 0
    for done, community in enumerate(held, start=1):
        given, over = watch_holds(community=community, now=now)
        alarms, ended = alarms + given, ended + over
        job.report(done, total)
    for done, area in enumerate(waiting, start=len(held) + 1):
        matched += try_again(area=area, now=now)
        job.report(done, total)
    return {"alarms": alarms, "ended": ended, "matched": matched}
