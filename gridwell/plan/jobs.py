"""Background work of the plan: recompute what many acts touched, and turn the day at night."""

from collections.abc import Callable
from datetime import date
from typing import Any

from gridwell.core import clock
from gridwell.core.worker import RunningJob
from gridwell.places.models import Area
from gridwell.places.rules.levels import AreaLevel
from gridwell.plan import actions
from gridwell.plan.queries.days import behind, stored_day


def recompute_one(job: RunningJob) -> dict[str, Any] | None:
    """Recompute one community's day."""
    actions.recompute(
        community=job.community, day=date.fromisoformat(job.payload["day"]), now=clock.now()
    )
    return None


def turn_of_day(job: RunningJob) -> dict[str, Any] | None:
    """Compute the new day of every community, so that nobody waits for it in the morning."""
    day = clock.today()
    everyone = Area.objects.filter(level=AreaLevel.COMMUNITY, replaced_by=None)
    late = behind(everyone.order_by("code").values_list("code", flat=True), day)
    for done, community in enumerate(late, start=1):
        actions.recompute(community=community, day=day, now=clock.now())
        job.report(done, len(late))
    return {"communities": len(late)}


def recompute_all(community: int | None, report: Callable[[int, int], None]) -> int:
    """Compute today anew for one community or all; return how many stored days were wrong."""
    day, now = clock.today(), clock.now()
    areas = Area.objects.filter(level=AreaLevel.COMMUNITY, replaced_by=None)
    codes = [community] if community else list(areas.values_list("code", flat=True))
    wrong = 0
    for done, code in enumerate(codes, start=1):
        before = stored_day(code, day)
        after = actions.recompute(community=code, day=day, now=now)
        wrong += before is not None and before.plan.duties != after.plan.duties
        report(done, len(codes))
    return wrong
