"""What patrols found (巡查发现): a list by what, where and how far it is put right."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from gridwell.accounts.rules.actor import Actor
from gridwell.tasks.models import Task
from gridwell.tasks.queries.access import PUT_RIGHT, tasks_of
from gridwell.tasks.rules.states import ACTIVE

STAGES = {
    "open": Q(state__in=ACTIVE),
    "corrected": Q(state="done"),
    "closed": Q(state__in=["verified", "ended"]),
}


def findings_of(actor: Actor, community: int) -> QuerySet[Task]:
    """Return the findings of a community that the actor may see, newest first."""
    return tasks_of(actor, community).filter(kind=PUT_RIGHT).order_by("-created_at", "-pk")


def narrowed_findings(
    found: QuerySet[Task], finding: str, stage: str, now: datetime
) -> QuerySet[Task]:
    """Narrow findings by what was found and how far it is; "late" is what should be right by now."""
    if finding:
        found = found.filter(facts__finding=finding)
    if stage == "late":
        return found.filter(STAGES["open"], due_at__lt=now)
    return found.filter(STAGES[stage]) if stage in STAGES else found


def findings_on(actor: Actor, patrol: Task) -> list[Task]:
    """Return what was found on one patrol, oldest first."""
    rows = Task.objects.filter(community_id=patrol.community_id, kind=PUT_RIGHT)
    return list(rows.filter(basis__startswith=f"patrol:{patrol.pk}:").order_by("created_at", "pk"))


@dataclass(frozen=True)
class FindingCounts:
    """How many findings there are at each stage."""

    open: int
    late: int
    corrected: int
    closed: int


def count_findings(found: QuerySet[Task], now: datetime) -> FindingCounts:
    """Return the counts of findings; one query."""
    counts = found.order_by().aggregate(
        late=Count("pk", filter=STAGES["open"] & Q(due_at__lt=now)),
        **{name: Count("pk", filter=condition) for name, condition in STAGES.items()},
    )
    return FindingCounts(**counts)
