"""What doing a task writes elsewhere (办结写入): run inside the transaction of doing it."""

from dataclasses import replace
from datetime import datetime

from gridwell.accounts.rules.actor import Actor
from gridwell.health.models import Isolation
from gridwell.orders.actions.sheets import record_deliveries, withdraw_deliveries
from gridwell.places.models import Place
from gridwell.residents.models import Household, Resident
from gridwell.tasks.models import Task

#: Sheet of orders by (kind of task, kind of order it rests on).
_SHEETS = {
    ("notice_on_door", "zone"): "zone_notice",
    ("notice_on_door", "isolation"): "isolation",
    ("release_notice", "isolation"): "release",
}


def sheets_delivered(task: Task, *, actor: Actor, happened_at: datetime, now: datetime) -> None:
    """Record the sheet as put up at every lived-in door of the building, or handed to the person.

    Whoever did the task may be a building head, who has no right of the desk: having done the task
    is the right, so the act runs as the community's own under the person's name.
    """
    order, _, rest = task.basis.partition(":")
    sheet = _SHEETS.get((task.kind, order))
    if sheet is None:
        return
    number = int(rest.partition(":")[0])
    basis = f"zone:{number}" if order == "zone" else _of_stay(task.community_id, number)
    record_deliveries(
        actor=replace(actor, is_system=True, system_area=task.community_id),
        community=task.community_id,
        sheet=sheet,
        basis=basis,
        dwellings=_doors(task),
        how="handed" if task.kind == "release_notice" else "posted",
        delivered_at=happened_at,
        source=_source(task),
        now=now,
    )


def sheets_withdrawn(task: Task, *, actor: Actor, reason: str, now: datetime) -> None:
    """Withdraw what doing the task recorded: the sheet is to be brought again."""
    withdraw_deliveries(
        actor=replace(actor, is_system=True, system_area=task.community_id),
        community=task.community_id,
        source=_source(task),
        reason=reason,
        now=now,
    )


def _source(task: Task) -> str:
    return f"task:{task.ref}"


def _of_stay(community: int, number: int) -> str:
    """Return what deliveries about an isolation are kept under: its ref, as on the printed sheet."""
    found = Isolation.objects.filter(community_id=community, pk=number)
    return f"isolation:{found.values_list('ref', flat=True).first() or number}"


def _doors(task: Task) -> list[int]:
    if task.subject_kind == "resident":
        found = Resident.objects.filter(community_id=task.community_id, pk=task.subject)
        return [pk for pk in found.values_list("dwelling_id", flat=True) if pk is not None]
    inside = Place.objects.filter(community_id=task.community_id, building=task.subject)
    lived_in = Household.objects.filter(
        community_id=task.community_id, ends_at=None, merged_into=None, dwelling__in=inside
    )
    return sorted(set(lived_in.values_list("dwelling_id", flat=True)))
