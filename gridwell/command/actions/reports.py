"""Reports up (信息上报): by an officer, or by themselves where the mode allows it."""

from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from gridwell.accounts.rules.actor import Actor
from gridwell.audit import actions as audit
from gridwell.command.actions import require_desk
from gridwell.command.actions.telling import desks_of, tell
from gridwell.command.models import Report
from gridwell.command.queries.reports import (
    due_of,
    figures_of,
    parent_code,
    reporting_areas,
)
from gridwell.core.actions import enqueue
from gridwell.core.errors import RuleBroken
from gridwell.places.models import Area

JOB = "command.reports"


@transaction.atomic
def send_report(*, actor: Actor, area: int, remark: str, client_ref: UUID, now: datetime) -> Report:
    """Send an area's figures up (信息上报), made from the live data at this moment.

    It answers the set time that is open, if any; the same form again returns the same report. Of
    two officers who answer one set time, the second gets the first one's report.
    """
    require_desk(actor, area)
    to_area = parent_code(area)
    if to_area is None:
        raise RuleBroken("command.report_to_nobody")
    place = Area.objects.select_for_update(no_key=True).get(pk=area)
    seen = Report.objects.filter(area_id=area, client_ref=client_ref).first()
    if seen is not None:
        return seen
    due = due_of([area], now)[area]
    row = Report.objects.create(
        area_id=area,
        to_area_id=to_area,
        mode=due.mode,
        due_at=due.answers,
        sent_at=now,
        figures=figures_of([area], now)[area],
        remark=remark.strip()[:400],
        sent_by=actor.user_id,
        post=actor.post_code_at(area),
        client_ref=client_ref,
    )
    audit.record(
        "command.report_sent", actor=actor, community=area, subject=row, at=now, to=to_area,
        due_at=row.due_at,
    )  # fmt: skip
    tell(
        kind="command.report_received",
        users=desks_of(to_area, now),
        area=to_area,
        facts={"area": place.name},
        page="report_list",
        key=f"report:{row.pk}",
        now=now,
    )
    return row


def send_due(now: datetime) -> int:
    """Send the reports whose time has come in areas where the mode lets them go by themselves.

    Set-based over all areas, safe to run as often as one likes; returns how many were sent. Then
    the next time is queued.
    """
    areas = reporting_areas(now)
    dues = due_of(areas, now)
    ready = [code for code in areas if not dues[code].is_manual and dues[code].late]
    parents = dict(Area.objects.filter(pk__in=ready).values_list("code", "parent_id"))
    figures = figures_of(ready, now)
    with transaction.atomic():
        rows = [
            Report(
                area_id=code,
                to_area_id=parents[code],
                mode=dues[code].mode,
                due_at=dues[code].late[-1],
                sent_at=now,
                figures=figures[code],
                client_ref=_ref_of(code, dues[code].late[-1]),
            )
            for code in ready
        ]
        refs = [row.client_ref for row in rows]
        there = set(Report.objects.filter(client_ref__in=refs).values_list("client_ref", flat=True))
        new = [row for row in rows if row.client_ref not in there]
        Report.objects.bulk_create(new, ignore_conflicts=True)
        sent = len(new)
        if sent:
            audit.record(
                "command.reports_sent", actor=Actor.system(0), community=0, at=now, count=sent
            )
    queue_next(now)
    return sent


def _ref_of(area: int, due_at: datetime) -> UUID:
    return uuid5(NAMESPACE_URL, f"report:{area}:{due_at.isoformat()}")


def queue_next(now: datetime) -> None:
    """Have the worker look again at the next set time of any area today."""
    times = {at for due in due_of(reporting_areas(now), now).values() for at in due.times}
    ahead = min((at for at in times if at > now), default=None)
    if ahead is not None:
        enqueue(JOB, now=now, subject=f"{ahead:%Y-%m-%dT%H:%M}", run_after=ahead)
