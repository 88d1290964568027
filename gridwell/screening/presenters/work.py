"""The work of a round on its page (本轮任务): how much of each kind is done, each figure opens the list."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse

from gridwell.core.frame import Label
from gridwell.screening.models import Box, Round
from gridwell.tasks.kinds import kinds
from gridwell.tasks.models import Task
from gridwell.tasks.rules.states import ACTIVE, FINISHED


@dataclass(frozen=True)
class WorkLine:
    """One kind of work of a round: how many tasks, done and open; `url` lists the open ones."""

    name: Label
    every: int
    done: int
    active: int
    url: str


def work_lines(row: Round) -> list[WorkLine]:
    """Return the kinds of work that a round has made, in the order they come: two queries."""
    boxes = Box.objects.filter(community_id=row.community_id, round=row)
    bases = [f"round:{row.pk}", *(f"box:{pk}" for pk in boxes.values_list("pk", flat=True)[:500])]
    counted = (
        Task.objects.filter(community_id=row.community_id, basis__in=bases)
        .order_by()
        .values_list("kind")
        .annotate(
            every=Count("pk"),
            done=Count("pk", filter=Q(state__in=FINISHED)),
            active=Count("pk", filter=Q(state__in=ACTIVE)),
        )
    )
    found = {kind: (every, done, active) for kind, every, done, active in counted}
    known = kinds()
    listed = reverse("task_list", args=[row.community_id])
    lines = []
    for kind in ("call_building", "door_sampling", "visit_missing", "transport_box"):
        if kind in found and kind in known:
            every, done, active = found[kind]
            basis = "" if kind == "transport_box" else f"&basis=round:{row.pk}"
            url = f"{listed}?kind={kind}{basis}"
            lines.append(WorkLine(known[kind].name, every, done, active, url))
    return lines
