"""The audit trail of a community as a page and as a file (留痕)."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gridwell.accounts import actions, forms, queries
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Right
from gridwell.audit import labels as audit_labels
from gridwell.audit import queries as audit
from gridwell.core import clock
from gridwell.core.errors import NotVisible
from gridwell.core.tables import CsvWriter
from gridwell.places.rules.levels import span_of


@require_GET
def audit_log(request: ActorRequest, area: int) -> HttpResponse:
    """Show the chain of an area, newest first, and the chains below it."""
    _may_read(request, area)
    low, high = span_of(area)
    below = [pair for pair in audit.chains_in(((low, high),)) if pair[0] != area]
    names = queries.area_names(code for code, _count in below)
    context = _context(request, area)
    context["below"] = [(code, names.get(code, str(code)), count) for code, count in below]
    return render(request, "accounts/audit_log.html", context)


@require_GET
def audit_installation(request: ActorRequest) -> HttpResponse:
    """Show the chain of the installation to its administrators."""
    if not request.actor.is_administrator:
        raise NotVisible
    return render(request, "accounts/audit_log.html", _context(request, 0))


@require_GET
def audit_export(request: ActorRequest, area: int) -> HttpResponseBase:
    """Stream the narrowed chain as csv, with who took it out, when, and the number of rows."""
    _may_read(request, area)
    wanted = _filter(request)
    actions.note_trail_exported(
        actor=request.actor,
        community=area,
        now=clock.now(),
        act_filter=wanted["act"],
        user_filter=wanted["user"],
        day_filter=str(wanted["day"] or ""),
    )
    answer = StreamingHttpResponse(
        _csv(request, area, wanted), content_type="text/csv; charset=utf-8"
    )
    name = f"audit-{area}-{clock.today():%Y%m%d}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _may_read(request: ActorRequest, area: int) -> None:
    if not request.actor.may(Right.READ_AUDIT, area):
        raise NotVisible


def _filter(request: ActorRequest) -> dict[str, Any]:
    """Return the asked-for narrowing; a value that is none narrows nothing."""
    form = forms.TrailFilter(request.GET, acts=audit_labels.known_acts())
    form.is_valid()
    return {name: form.cleaned_data.get(name) for name in ("act", "user", "day", "before")}


def _context(request: ActorRequest, community: int) -> dict[str, Any]:
    wanted = _filter(request)
    entries = list(
        audit.entries_of(community, **{**wanted, "act": wanted["act"] or ""})[: audit.PAGE + 1]
    )
    shown, more = entries[: audit.PAGE], len(entries) > audit.PAGE
    return {
        "rows": queries.trail_rows(shown),
        "older": shown[-1].sequence if more else None,
        "form": forms.TrailFilter(request.GET or None, acts=audit_labels.known_acts()),
        "community": community,
        "wanted": wanted,
        "wanted_name": queries.names_of([wanted["user"]]).get(wanted["user"] or 0, ""),
    }


def _csv(request: ActorRequest, area: int, wanted: dict[str, Any]) -> Iterator[bytes]:
    """Yield the file piece by piece; names are looked up a block at a time."""
    buffer = BytesIO()
    out = CsvWriter(buffer)
    out.header(
        [
            _("Number"),
            _("When"),
            _("Act"),
            _("Who"),
            _("Post"),
            _("Subject"),
            _("Reason"),
            _("Facts"),
        ]
    )
    before = None
    while True:
        narrowed = {**wanted, "act": wanted["act"] or "", "before": before}
        block = list(audit.entries_of(area, **narrowed)[:1000])
        for row in queries.trail_rows(block):
            out.row(
                [
                    row.sequence,
                    f"{row.at.astimezone(clock.zone()):%Y-%m-%d %H:%M:%S}",
                    row.words,
                    row.name,
                    row.post_title,
                    row.subject,
                    row.reason,
                    row.facts,
                ]
            )
        yield _drain(buffer)
        if len(block) < 1000:
            break
        before = block[-1].sequence
    now = clock.now().astimezone(clock.zone())
    out.close(
        _("Taken out by %(name)s, %(when)s")
        % {"name": request.actor.display_name, "when": f"{now:%Y-%m-%d %H:%M}"},
        _("rows: {count}"),
    )
    yield _drain(buffer)


def _drain(buffer: BytesIO) -> bytes:
    piece = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return piece
