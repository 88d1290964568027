"""After the round: its report, written into the forms of offices; past rounds side by side."""

from datetime import date
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.reasons import names_need_reason
from gridwell.core import clock
from gridwell.core.errors import NotVisible
from gridwell.core.paging import page_of
from gridwell.places.models import Area
from gridwell.places.queries import communities_of
from gridwell.screening.labels.rounds import DOOR_REASONS, EXEMPT_REASONS
from gridwell.screening.models import Round, RoundMember
from gridwell.screening.presenters import report as parts
from gridwell.screening.presenters import rounds as show
from gridwell.screening.presenters.report_forms import Filled, days_words, figure_lines, fill
from gridwell.screening.presenters.report_layouts import (
    Offered,
    audit_facts,
    offered_as,
    offered_at,
    sheet_of,
)
from gridwell.screening.queries.lines import home_lines
from gridwell.screening.queries.members import members_of
from gridwell.screening.queries.report import report_of
from gridwell.screening.queries.report_layouts import reported
from gridwell.screening.queries.rounds import rounds_of
from gridwell.screening.report_layout_forms import DaysForm
from gridwell.screening.rules.report_layouts import Rows
from gridwell.screening.views import community_of, is_community, the_round
from gridwell.screening.views.missing import named_for

#: Rounds side by side when no days are named.
SHOWN: Final = 60
_PER_PAGE: Final = 100


@require_GET
@names_need_reason
def round_report(request: ActorRequest, area: int, round: int) -> HttpResponse:
    """The report of a round: as it was kept when it closed, else as it stands now."""
    row = _held(request, round)
    found: dict[str, Any] = row.report or report_of(row)
    missed = RoundMember.objects.filter(
        community_id=row.community_id, pk__in=found.get("missed", [])[:5000]
    )
    own = members_of(request.actor, row).filter(pk__in=missed.values("pk"))
    context = {
        "round": row,
        "title": show.round_name(row),
        "report": found,
        "lines": figure_lines(found),
        "exempt": [(str(EXEMPT_REASONS.get(k, k)), n) for k, n in found.get("exempt", {}).items()],
        "at_door": [(str(DOOR_REASONS.get(k, k)), n) for k, n in found.get("at_door", {}).items()],
        "times": [
            (_("first sample"), _when(found.get("first_sample_at"))),
            (_("last sample"), _when(found.get("last_sample_at"))),
            (_("last result"), _when(found.get("last_result_at"))),
        ],
        "missed": named_for(request, row, home_lines(row, own)),
        "grids": parts.by_grid(request.actor, row.community_id, found),
        "forms": offered_at(request.actor, row.community_id),
    }
    template = "report_print" if request.GET.get("print") else "report"
    return render(request, f"screening/{template}.html", context)


def _held(request: ActorRequest, round_id: int) -> Round:
    """Return a round that was opened at least: before that there is nothing to report."""
    row = the_round(request, round_id)
    if row.state == "planned":
        raise NotVisible
    return row


def _when(text: str | None) -> Any:
    return parse_datetime(text) if text else None


@require_GET
def round_form(request: ActorRequest, area: int, round: int) -> HttpResponse:
    """The report of a round in the form of an office: figures only, on the screen, on paper, as a file."""
    row = _held(request, round)
    offered = offered_as(request.actor, row.community_id, request.GET.get("layout", ""))
    filled = fill(request.actor, offered.form, [row])
    name, day = show.round_name(row), days_words(row.on, row.on)
    context = {
        "round": row,
        "round_name": name,
        "back": reverse("round_report", args=[row.community_id, row.pk]),
    }
    return _answered(request, offered, filled, f"{name} {day}", context, "form_page")


@require_GET
def round_compare(request: ActorRequest, area: int) -> HttpResponse:
    """Closed rounds in a form, as they were reported; below an upper area those of all communities."""
    days_form = DaysForm(request.GET)
    first, last = days_form.days
    offered = offered_as(request.actor, area, request.GET.get("layout", ""))
    rows, is_latest = reported(request.actor, area, first, last), False
    if first is None and last is None:
        is_latest = offered.form.rows == Rows.ROUND
        if is_latest:
            rows = rows[:SHOWN]
        else:
            first = last = rows.values_list("on", flat=True).first()
            rows = reported(request.actor, area, first, last)
    filled = fill(request.actor, offered.form, rows)
    context = {
        "days_form": days_form,
        "is_latest": is_latest,
        "most": SHOWN,
        "absent": [] if is_latest else _absent(request, area, filled, first, last),
        "has_buildings": is_community(request),
    }
    days = "" if is_latest else days_words(first, last)
    return _answered(request, offered, filled, days, context, "compare")


def _absent(
    request: ActorRequest, area: int, filled: Filled, first: date | None, last: date | None
) -> list[tuple[Area, bool]]:
    """Return the communities below an upper area that are not in a form, with whether a round is open there."""
    if is_community(request):
        return []
    still = rounds_of(request.actor, area).filter(state="open")
    if first is not None:
        still = still.filter(on__gte=first)
    if last is not None:
        still = still.filter(on__lte=last)
    open_at = set(still.values_list("community_id", flat=True))
    return [
        (community, community.pk in open_at)
        for community in communities_of(request.actor, area)
        if community.pk not in filled.communities
    ]


def _answered(
    request: ActorRequest,
    offered: Offered,
    filled: Filled,
    days: str,
    context: dict[str, Any],
    page: str,
) -> HttpResponse:
    """Return a filled form as it is asked for: a file, a sheet of paper, a page."""
    area = request.area
    if listing.is_asked(request):
        return listing.as_file(
            request,
            area=area.pk,
            code="round-form",
            sheet=sheet_of(offered, filled, area, days),
            kind=request.GET["export"],
            facts=audit_facts(offered),
        )
    context |= {
        "offered": offered,
        "filled": filled,
        "days": days,
        "forms": offered_at(request.actor, area.pk),
    }
    if request.GET.get("print"):
        asked = request.GET.copy()
        del asked["print"]
        context |= {
            "lines": filled.shown(filled.everything),
            "made_at": clock.now(),
            "back": f"{request.path}?{asked.urlencode()}",
        }
        return render(request, "screening/form_print.html", context)
    shown = page_of(request, filled.everything, _PER_PAGE)
    context |= {"page": shown, "lines": filled.shown(shown.object_list)}
    return render(request, f"screening/{page}.html", context)


@require_GET
@listing.offered("rounds-compared")
def round_compare_buildings(request: ActorRequest, area: int) -> HttpResponse:
    """The buildings of one community over its last rounds: coverage, and how many were missed."""
    community = community_of(request)
    rounds = list(reported(request.actor, community, None, None)[: parts.SIDE_BY_SIDE])
    names = [show.round_name(row) for row in rounds]
    context = {
        "rounds": list(zip(rounds, names, strict=True)),
        "rows": [
            (line, list(zip(names, line.cells, strict=True)))
            for line in parts.compared(request.actor, community, rounds)
        ],
    }
    return render(request, "screening/compare_buildings.html", context)
