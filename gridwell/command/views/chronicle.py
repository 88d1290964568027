"""The chronicle (大事记) as a page, on paper and as a file."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Right
from gridwell.command.actions.chronicle import note_exported
from gridwell.command.duty_forms import ChronicleForm
from gridwell.command.labels import CHRONICLE
from gridwell.command.presenters.chronicle import by_day
from gridwell.command.queries import chronicle as queries
from gridwell.command.queries.instructions import next_areas
from gridwell.command.views import for_right
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.tables import CsvWriter, SheetPlan, write_xlsx
from gridwell.protocols.queries import events_of

#: Lines of a workbook; more are read, and made, better as csv.
MOST_IN_WORKBOOK = 50_000


def _form(request: ActorRequest) -> tuple[ChronicleForm, queries.Asked]:
    """Return the form and what it asks for; a value that is none narrows nothing."""
    area = request.area.pk
    events = {event.pk: event for event in events_of(request.actor, area)}
    form = ChronicleForm(
        request.GET,
        places=[(row.pk, row.name) for row in next_areas(area)],
        posts=queries.posts_named(area),
        events=[(pk, event.name) for pk, event in events.items()],
    )
    form.is_valid()
    asked: dict[str, Any] = {
        name: form.cleaned_data.get(name) for name in ("kind", "place", "day", "post", "before")
    }
    asked["kind"], asked["post"] = asked["kind"] or "", asked["post"] or ""
    event = events.get(form.cleaned_data.get("event") or 0)
    return form, queries.Asked(event=event, **asked)


@require_GET
@for_right(Right.READ_AUDIT)
def chronicle(request: ActorRequest, area: int) -> HttpResponse:
    """The acts of an area and those above it, newest first, by day; filters; older ones by page."""
    form, asked = _form(request)
    page = queries.chronicle_of(request.actor, area, asked)
    context = {
        "form": form,
        "days": by_day(page.lines),
        "count": len(page.lines),
        "older": f"{page.older[0].isoformat()}~{page.older[1]}" if page.older else "",
    }
    return render(request, "command/chronicle.html", context)


@require_GET
def chronicle_export(request: ActorRequest, area: int) -> HttpResponseBase:
    """Take the narrowed chronicle out, with who took it out, when, and the number of rows.

    As csv it is streamed whole, whatever its length; as a workbook it is refused in words where it
    is longer than one holds well.
    """
    if not request.actor.may(Right.READ_AUDIT, area):
        raise NotVisible
    _unused, asked = _form(request)
    is_workbook = request.GET.get("as") == "xlsx"
    if is_workbook and (rows := queries.count_of(request.actor, area, asked)) > MOST_IN_WORKBOOK:
        raise RuleBroken("command.chronicle_too_long", rows=rows, most=MOST_IN_WORKBOOK)
    now = clock.now()
    note_exported(actor=request.actor, area=area, now=now)
    answer: HttpResponseBase = (
        HttpResponse(_xlsx(request, asked), content_type=listing.XLSX)
        if is_workbook
        else StreamingHttpResponse(_csv(request, asked), content_type="text/csv; charset=utf-8")
    )
    suffix = "xlsx" if is_workbook else "csv"
    name = f"chronicle-{area}-{clock.day_of(now):%Y%m%d}.{suffix}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _header() -> list[str]:
    return [
        _("When"),
        _("Area"),
        _("Kind"),
        _("Act"),
        _("Subject"),
        _("Post"),
        _("Reason"),
        _("Facts"),
    ]


def _rows(request: ActorRequest, asked: queries.Asked) -> Iterator[list[str]]:
    for line in queries.all_lines(request.actor, request.area.pk, asked):
        yield [
            f"{line.at.astimezone(clock.zone()):%Y-%m-%d %H:%M:%S}",
            line.place,
            str(CHRONICLE[line.kind]),
            line.words,
            line.subject,
            line.post_title or line.post,
            line.reason,
            line.facts,
        ]


def _taken_out(request: ActorRequest) -> str:
    now = clock.now().astimezone(clock.zone())
    facts = {"name": request.actor.display_name, "when": f"{now:%Y-%m-%d %H:%M}"}
    return _("Taken out by %(name)s, %(when)s") % facts


def _xlsx(request: ActorRequest, asked: queries.Asked) -> bytes:
    sheet = SheetPlan(
        name=_("Chronicle"),
        header=[_header()],
        rows=_rows(request, asked),
        titles=[f"{request.area.name} {_('Chronicle')}"],
        widths=[20, 16, 16, 24, 30, 20, 40, 40],
    )
    out = BytesIO()
    write_xlsx(out, [sheet], watermark=_taken_out(request), counted=_("rows: {count}"))
    return out.getvalue()


def _csv(request: ActorRequest, asked: queries.Asked) -> Iterator[bytes]:
    buffer = BytesIO()
    out = CsvWriter(buffer)
    out.header(_header())
    for number, row in enumerate(_rows(request, asked)):
        out.row(row)
        if number % 500 == 499:
            yield _drain(buffer)
    out.close(_taken_out(request), _("rows: {count}"))
    yield _drain(buffer)


def _drain(buffer: BytesIO) -> bytes:
    piece = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return piece
