"""The lists of Today as files: the columns of the screen, counted, with who made them and when."""

from datetime import datetime
from io import BytesIO

from django.http import HttpResponse
from django.utils.translation import gettext as _

from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.core.joining import joined
from gridwell.core.tables import SheetPlan, write_xlsx
from gridwell.places.models import Area
from gridwell.plan.labels import FIRST
from gridwell.plan.rules.plan import Plan
from gridwell.web.figures import list_title
from gridwell.web.queries.lists import DayList, Row

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def day_list(actor: Actor, area: Area, plan: Plan, found: DayList, now: datetime) -> HttpResponse:
    """Return a list of the day as a workbook. It names people as the screen does, no numbers."""
    header = [_("Building"), _("Door"), _("Label"), _("People"), _("Names"), _("Served first")]
    if found.asks_sample:
        header.insert(4, _("Sampled"))
    rows = [
        _line(building.name, row, asks_sample=found.asks_sample)
        for building in found.buildings
        for row in building.rows
    ]
    local = now.astimezone(clock.zone())
    sheet = SheetPlan(
        name=list_title(found.code),
        header=[header],
        rows=rows,
        titles=[f"{area.name} {plan.day:%Y-%m-%d} {list_title(found.code)}"],
        widths=[24, 12, 10, 8, 30, 24],
    )
    out = BytesIO()
    write_xlsx(
        out,
        [sheet],
        watermark=_("Made by %(name)s, %(at)s")
        % {"name": actor.display_name, "at": f"{local:%Y-%m-%d %H:%M}"},
        counted=_("rows: {count}"),
    )
    answer = HttpResponse(out.getvalue(), content_type=XLSX)
    name = f"{area.pk}-{plan.day:%Y%m%d}-{found.code}.xlsx"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _line(building: str, row: Row, *, asks_sample: bool) -> list[str | int]:
    line: list[str | int] = [
        building,
        row.door.door,
        str(row.door.mark.name) if row.door.mark else "",
        len(row.people) or row.door.people,
        joined(person.name for person in row.people),
        joined(str(FIRST.get(r, r)) for r in (row.priority.reasons if row.priority else ())),
    ]
    if asks_sample:
        line.insert(4, f"{row.done}/{len(row.people)}")
    return line
