"""Reads of kept forms of the report (报告版式): an office's own, and those of every office above it."""

from datetime import date, datetime

from django.db.models import Case, IntegerField, QuerySet, Value, When

from gridwell.accounts.rules.actor import Actor
from gridwell.core.errors import NotVisible
from gridwell.core.layouts import Column
from gridwell.places.rules.levels import parent_of
from gridwell.screening.models import ReportLayout, Round
from gridwell.screening.queries.rounds import rounds_of
from gridwell.screening.rules.report_layouts import Form, Rows


def offices_of(area: int) -> list[int]:
    """Return an area and those above it, the nearest first: whose forms are offered here."""
    found, above = [area], parent_of(area)
    while above is not None:
        found.append(above)
        above = parent_of(above)
    return found


def layouts_of(actor: Actor, area: int) -> QuerySet[ReportLayout]:
    """Return the forms offered at an area: those of the highest office first, the own ones last.

    Who may look at the area sees them; a form of an office that does not lie above it is not there.
    """
    return _of(actor, area).filter(removed_at=None)


def access_layout(actor: Actor, area: int, layout_id: int) -> ReportLayout:
    """Return a form that is offered at an area, or raise NotVisible."""
    row = layouts_of(actor, area).filter(pk=layout_id).first()
    if row is None:
        raise NotVisible
    return row


def access_own(actor: Actor, area: int, layout_id: int) -> ReportLayout:
    """Return a form of this very area, a removed one too, or raise NotVisible."""
    row = _of(actor, area).filter(pk=layout_id, area=area).first()
    if row is None:
        raise NotVisible
    return row


def removed_of(actor: Actor, area: int, since: datetime) -> QuerySet[ReportLayout]:
    """Return the area's own forms that were removed since an instant, the last first."""
    rows = _of(actor, area).filter(area=area, removed_at__gte=since)
    return rows.order_by("-removed_at", "-pk")


def _of(actor: Actor, area: int) -> QuerySet[ReportLayout]:
    if not actor.covers(area):
        return ReportLayout.objects.none()
    offices = offices_of(area)
    whens = [When(area=office, then=Value(-n)) for n, office in enumerate(offices)]
    rows = ReportLayout.objects.filter(area__in=offices).select_related("area")
    return rows.order_by(Case(*whens, output_field=IntegerField()), "name", "pk")


def form_of(row: ReportLayout) -> Form:
    """Return a kept form as the rules fill it."""
    columns = tuple(Column(one["header"], one["field"], one.get("text", "")) for one in row.columns)
    return Form(Rows(row.rows), columns, row.has_total)


def reported(actor: Actor, area: int, first: date | None, last: date | None) -> QuerySet[Round]:
    """Return the closed rounds inside an area that have a report, of these days, the latest first."""
    rows = rounds_of(actor, area).filter(state="closed", report__isnull=False)
    if first is not None:
        rows = rows.filter(on__gte=first)
    return rows if last is None else rows.filter(on__lte=last)


def present_rounds(actor: Actor, area: int, most: int) -> list[Round]:
    """Return some rounds of the latest day on which any was held here, open or closed: to try a form with."""
    rows = rounds_of(actor, area).exclude(state="planned")
    day = rows.values_list("on", flat=True).first()
    return [] if day is None else list(rows.filter(on=day)[:most])
