"""Writing the stored day. Derived data: no audit entry, always recomputable."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from gridwell.audit.actions import hold
from gridwell.core.actions import enqueue
from gridwell.core.ids import new_ref
from gridwell.plan.followers import follow
from gridwell.plan.models import DayPlan
from gridwell.plan.queries.days import Day, derived, stored_day
from gridwell.plan.rules.codec import to_json
from gridwell.plan.rules.plan import Plan

#: Up to so many communities an act recomputes at once; more are left to the worker.
AT_ONCE = 5
JOB = "plan.recompute"


def recompute(*, community: int, day: date, now: datetime) -> Day:
    """Compute a community's day from the facts and store it in place of what was there.

    The plan says up to which fact it saw; an act that comes while it is computed makes it stale.
    """
    plan = derived(community, day)
    with transaction.atomic():
        hold(community)  # before the stored day, which other acts of the community wait for
        row, created = DayPlan.objects.get_or_create(
            community_id=community, day=day, defaults=_values(plan, now)
        )
        # A slower computation must not overwrite what has seen more.
        if not created:
            rows = DayPlan.objects.filter(pk=row.pk, last_fact__lte=plan.last_fact)
            is_stored = bool(rows.update(**_values(plan, now)))
        if created or is_stored:
            follow(community, day, plan, now)
    return Day(plan=plan, computed_at=now)


def _values(plan: Plan, now: datetime) -> dict[str, object]:
    return {
        "ref": new_ref(),
        "last_fact": plan.last_fact,
        "computed_at": now,
        "is_stale": False,
        "body": to_json(plan),
        "counts": counts(plan),
    }


def counts(plan: Plan) -> dict[str, object]:
    """Return the figures of a plan for roll-ups; no ids of people."""
    return {
        "duties": {code: list(count) for code, count in plan.counts.items()},
        "zones": {
            level: sum(1 for zone in plan.zones if zone.level == level)
            for level in {zone.level for zone in plan.zones if zone.level}
        },
        "late": len(plan.late),
        "proposals": len(plan.proposals),
        "work": {
            code: sum(len(group.subjects) for group in plan.work if group.code == code)
            for code in {group.code for group in plan.work}
        },
        "first": len(plan.priorities),
    }


def up_to_date(*, community: int, day: date, now: datetime) -> Day:
    """Return the stored day, computed anew when an act that matters has come since."""
    found = stored_day(community, day)
    if found is None or found.is_stale:
        return recompute(community=community, day=day, now=now)
    return found


def recompute_after(*, communities: Iterable[int], day: date, now: datetime) -> None:
    """Bring the day of touched communities up to date: at once for a few, else by the worker."""
    touched = sorted(set(communities))
    if len(touched) <= AT_ONCE:
        for community in touched:
            recompute(community=community, day=day, now=now)
        return
    DayPlan.objects.filter(community__in=touched, day=day).update(is_stale=True)
    for community in touched:
        enqueue(
            JOB,
            now=now,
            community=community,
            subject=day.isoformat(),
            payload={"day": day.isoformat()},
        )
