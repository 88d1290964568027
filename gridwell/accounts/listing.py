"""A list of a page as a file: the columns of the screen, counted, with who took it out and when.

Every list offers it (`?export=1`). Numbers of people go out masked, as the screen shows them; whole
numbers leave only through the exports of the register, which ask for a reason.
"""

from collections.abc import Iterable, Sequence
from io import BytesIO

from django.http import HttpResponse
from django.utils.translation import gettext as _

from gridwell.accounts.actions.lists import note_list_exported
from gridwell.accounts.middleware import ActorRequest
from gridwell.core import clock
from gridwell.core.tables import SheetPlan, write_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def is_asked(request: ActorRequest) -> bool:
    """Return whether the page is asked for as a file."""
    return bool(request.GET.get("export"))


def as_workbook(
    request: ActorRequest,
    *,
    area: int,
    code: str,
    title: str,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    widths: Sequence[int] = (),
) -> HttpResponse:
    """Return a list as a workbook and record that it was taken out.

    `code` names the list in the file's name and in the audit trail ("zones"); `area` is the scope
    of the page, 0 for the installation. `rows` holds what the screen shows after its filters, all
    pages of it; values that are neither text nor number are written as their words.
    """
    now = clock.now()
    local = now.astimezone(clock.zone())
    lines = [[_cell(value) for value in row] for row in rows]
    sheet = SheetPlan(name=title, header=[list(header)], rows=lines, titles=[title], widths=widths)
    out = BytesIO()
    write_xlsx(
        out,
        [sheet],
        watermark=_("Made by %(name)s, %(at)s")
        % {"name": request.actor.display_name, "at": f"{local:%Y-%m-%d %H:%M}"},
        counted=_("{count} rows"),
    )
    note_list_exported(actor=request.actor, community=area, code=code, rows=len(lines), now=now)
    answer = HttpResponse(out.getvalue(), content_type=XLSX)
    name = f"{area or 'gridwell'}-{local:%Y%m%d}-{code}.xlsx"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _cell(value: object) -> str | int | float:
    if isinstance(value, bool) or value is None:
        return _("yes") if value else ""
    if isinstance(value, int | float):
        return value
    return str(value)
