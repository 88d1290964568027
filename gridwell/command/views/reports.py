"""Reports (信息上报): what is due, the figures now, what was sent, what came in from below."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Right
from gridwell.command.actions.reports import send_report
from gridwell.command.duty_forms import ReportForm
from gridwell.command.labels import FIGURES
from gridwell.command.queries import reports as queries
from gridwell.command.rules.reports import Change, compared
from gridwell.command.views import back_to, for_right, is_community
from gridwell.core import clock
from gridwell.core.errors import RuleBroken
from gridwell.core.paging import page_of
from gridwell.core.wording import say
from gridwell.orders.labels import MODES

PAGE = 20


def _worded(changes: list[Change]) -> list[tuple[str, Change]]:
    return [(str(FIGURES[change.code]), change) for change in changes]


@listing.offered("reports")
@require_http_methods(["GET", "POST"])
@for_right(Right.APPROVE_ORDERS)
def report_list(request: ActorRequest, area: int) -> HttpResponse:
    """The figures of this moment beside what was sent last, the button, and what came from below."""
    now = clock.now()
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = send_report(actor=request.actor, area=area, now=now, **form.cleaned_data)
            messages.success(
                request, _("The report has gone to %(area)s.") % {"area": row.to_area.name}
            )
            return back_to("report_list", request)
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
    sent = queries.reports_of(request.actor, area)
    page = page_of(request, sent, PAGE)
    last = sent.first()
    due = queries.due_of([area], now)[area]
    context = {
        "due": due,
        "mode": MODES[due.mode],
        "last": last,
        "figures": _worded(
            compared(last.figures if last else None, queries.figures_of([area], now)[area])
        ),
        "page": page,
        "titles": queries.titles_of(row.post for row in page),
        "below": [] if is_community(request) else queries.received_at(area, now),
        "form": form,
        "parent": queries.parent_code(area),
    }
    return render(request, "command/report_list.html", context)


@require_GET
@for_right(Right.APPROVE_ORDERS)
def report_file(request: ActorRequest, area: int, report: int) -> HttpResponse:
    """One report as it was sent, beside the one before it and the figures of now."""
    row = queries.access_report(request.actor, area, report)
    before = queries.previous_of(row)
    live = queries.figures_of([area], clock.now())[area]
    sent = compared(before.figures if before else None, row.figures)
    since = compared(row.figures, live)
    context = {
        "row": row,
        "before": before,
        "mode": MODES[row.mode],
        "titles": queries.titles_of([row.post]),
        "figures": [
            (words, one, later) for (words, one), later in zip(_worded(sent), since, strict=True)
        ],
    }
    return render(request, "command/report_file.html", context)
