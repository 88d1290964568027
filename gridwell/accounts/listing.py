"""A list of a page as a file: the columns of the screen, counted, with who took it out and when.

Every list offers it (`?export=1`). Most views wear `@listing.offered("zones")`: the file is read
from the page itself, so it cannot differ from the screen. A view whose screen cuts or groups its
rows makes its own with `as_workbook`. Numbers of people go out masked, as the screen shows them;
whole numbers leave only through the exports of the register, which ask for a reason.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import wraps
from io import BytesIO
from types import MappingProxyType
from typing import Concatenate, ParamSpec

from django.http import HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from gridwell.accounts.actions.lists import note_list_exported
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Right
from gridwell.core import clock
from gridwell.core.errors import NotVisible
from gridwell.core.page_tables import PageTable, tables_of
from gridwell.core.tables import SheetPlan, write_csv, write_xlsx

P = ParamSpec("P")
View = Callable[Concatenate[ActorRequest, P], HttpResponseBase]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


#: The lists that are offered so, by code, with the view of each.
codes: dict[str, str] = {}


def is_asked(request: ActorRequest) -> bool:
    """Return whether the page is asked for as a file."""
    return bool(request.GET.get("export"))


def offered(code: str, right: Right | None = None) -> Callable[[View[P]], View[P]]:
    """Wrap a view whose lists can be taken out as a file; its page shows the button for it.

    `code` names the list in the file's name and in the audit trail. With `right` only who has it
    there is offered the file; asked for all the same it is not there (404). The view pages its rows
    with `core.paging.page_of`, so that the file holds all pages. A page without a list (nothing
    found, a form, a redirect) is answered as it is.
    """

    def wrap(view: View[P]) -> View[P]:
        @wraps(view)
        def offering(
            request: ActorRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponseBase:
            area = request.area.pk if hasattr(request, "area") else 0
            request.offers_file = right is None or request.actor.may(right, area)
            if request.method != "GET" or not is_asked(request):
                return view(request, *args, **kwargs)
            if not request.offers_file:
                raise NotVisible
            request.is_whole_list = True
            page = view(request, *args, **kwargs)
            if not isinstance(page, HttpResponse) or page.status_code != 200:
                return page
            tables = tables_of(page.content.decode())
            if not tables:
                return page
            return _sent(request, area, code, [_sheet(*group) for group in _grouped(tables)])

        codes[code] = f"{view.__module__}.{view.__name__}"
        return offering

    return wrap


def _grouped(tables: list[PageTable]) -> list[tuple[str, list[str], list[list[str | int]]]]:
    """Return one sheet for all tables with the same columns, the heading of each in front."""
    by_header: dict[tuple[str, ...], list[PageTable]] = {}
    for table in tables:
        by_header.setdefault(tuple(table.header), []).append(table)
    sheets = []
    for header, alike in by_header.items():
        rows: list[list[str | int]] = [row for table in alike for row in table.rows]
        heads = list(header)
        if len(alike) > 1:
            heads = [_("Heading"), *heads]
            rows = [[table.title, *row] for table in alike for row in table.rows]
        title = alike[0].title if len(alike) == 1 else alike[0].page
        sheets.append((title, heads, rows))
    return sheets


def _sheet(title: str, header: list[str], rows: list[list[str | int]]) -> SheetPlan:
    widths = [
        min(max([_width(head), *(_width(row[at]) for row in rows[:200])]) + 2, 60)
        for at, head in enumerate(header)
    ]
    return SheetPlan(name=title, header=[header], rows=rows, widths=widths)


def _width(value: str | int) -> int:
    """Return how many narrow letters a text is wide: a Chinese one counts as two."""
    text = str(value)
    return len(text) + sum(1 for letter in text if letter >= "\u2e80")


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
    lines = [[_cell(value) for value in row] for row in rows]
    sheet = SheetPlan(name=title, header=[list(header)], rows=lines, titles=[title], widths=widths)
    return _sent(request, area, code, [sheet])


def as_file(
    request: ActorRequest,
    *,
    area: int,
    code: str,
    sheet: SheetPlan,
    kind: str,
    facts: Mapping[str, object],
) -> HttpResponse:
    """Return one sheet as a workbook or, with `kind` csv, as plain text, under the sheet's own name.

    What a page cannot be read for: headers of several levels, a title line. The last level of the
    header is the one line that csv has, with the levels above it before a slash. `facts` go into
    the audit trail.
    """
    if kind != "csv":
        return _sent(request, area, code, [sheet], sheet.name, facts)
    now, out = clock.now(), BytesIO()
    count = write_csv(
        out,
        ["/".join(dict.fromkeys(path)) for path in zip(*sheet.header, strict=True)],
        sheet.rows,
        watermark=_made_by(request, now),
        counted=_("rows: {count}"),
    )
    note_list_exported(actor=request.actor, community=area, code=code, rows=count, now=now, **facts)
    answer = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = str(content_disposition_header(True, f"{sheet.name}.csv"))
    return answer


def _made_by(request: ActorRequest, now: datetime) -> str:
    local = now.astimezone(clock.zone())
    facts = {"name": request.actor.display_name, "at": f"{local:%Y-%m-%d %H:%M}"}
    return _("Made by %(name)s, %(at)s") % facts


def _sent(
    request: ActorRequest,
    area: int,
    code: str,
    sheets: list[SheetPlan],
    name: str = "",
    facts: Mapping[str, object] = MappingProxyType({}),
) -> HttpResponse:
    now = clock.now()
    local = now.astimezone(clock.zone())
    out = BytesIO()
    count = write_xlsx(out, sheets, watermark=_made_by(request, now), counted=_("rows: {count}"))
    note_list_exported(actor=request.actor, community=area, code=code, rows=count, now=now, **facts)
    answer = HttpResponse(out.getvalue(), content_type=XLSX)
    file = name or f"{area or 'gridwell'}-{local:%Y%m%d}-{code}"
    answer["Content-Disposition"] = str(content_disposition_header(True, f"{file}.xlsx"))
    return answer


def _cell(value: object) -> str | int | float:
    if isinstance(value, bool) or value is None:
        return _("yes") if value else ""
    if isinstance(value, int | float):
        return value
    return str(value)
