"""How many tasks there are in each community of an upper area (任务汇总)."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from gridwell.accounts.rules.actor import Actor
from gridwell.places.models import Area
from gridwell.places.rules.levels import AreaLevel, span_of
from gridwell.tasks.models import Task
from gridwell.tasks.queries.lists import nobodys
from gridwell.tasks.rules.states import ACTIVE


@dataclass(frozen=True)
class AreaCounts:
    """The open tasks of one community; `climbed` are late ones that reached the subdistrict."""

    area: int
    name: str
    active: int
    late: int
    no_name: int
    climbed: int


def counts_below(actor: Actor, area: Area, now: datetime) -> list[AreaCounts]:
    """Return the counts of the communities below that the actor covers, worst first; five queries."""
    low, high = span_of(area.pk)
    names = Area.objects.filter(level=AreaLevel.COMMUNITY, code__gte=low, code__lt=high)
    active = Task.objects.filter(community_id__gte=low, community_id__lt=high, state__in=ACTIVE)
    rows = {
        code: counts
        for code, *counts in active.order_by()
        .values_list("community_id")
        .annotate(
            active=Count("pk"),
            late=Count("pk", filter=Q(due_at__lt=now)),
            no_name=Count("pk", filter=nobodys(active, now)),
            climbed=Count("pk", filter=Q(level="subdistrict")),
        )
    }
    found = [
        AreaCounts(code, name, *rows.get(code, (0, 0, 0, 0)))
        for code, name in names.values_list("code", "name")
        if actor.covers(code)
    ]
    return sorted(found, key=lambda row: (-row.climbed, -row.late, -row.active, row.area))
