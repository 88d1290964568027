"""After the round: its report, the saved layouts of upper offices, past rounds side by side."""

from collections.abc import Sequence
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.reasons import names_need_reason
from gridwell.accounts.rules.actor import Right
from gridwell.core import clock
from gridwell.core.errors import NotVisible
from gridwell.places.queries import communities_of
from gridwell.screening.labels.rounds import DOOR_REASONS, EXEMPT_REASONS, STATUSES
from gridwell.screening.models import Round, RoundMember
from gridwell.screening.presenters import report as parts
from gridwell.screening.presenters import rounds as show
from gridwell.screening.queries.lines import home_lines
from gridwell.screening.queries.members import members_of
from gridwell.screening.queries.report import report_of
from gridwell.screening.queries.rounds import rounds_of
from gridwell.screening.views import the_round
from gridwell.screening.views.missing import named_for

SHOWN = 60
#: Who is missing, by why: these figures of a report add up to "missing".
_STATUS_OF: Final = {
    "not_called": "due",
    "called": "called",
    "refused": "refused",
    "away": "away",
    "not_found": "not_found",
}
BY_BUILDING: Final = "buildings"
#: The saved layouts: which figures each office's form asks, in its order.
LAYOUTS: Final[dict[str, tuple[str, ...]]] = {
    "daily": (
        "due", "sampled", "percent", "missing", "not_called", "called", "refused", "away",
        "not_found", "exempt", "at_door",
    ),
    "results": ("sampled", "tubes", "positive_tubes", "negative", "positive", "waiting"),
    "full": (
        "due", "sampled", "percent", "missing", "not_called", "called", "refused", "away",
        "not_found", "exempt", "at_door", "added", "removed", "tubes", "positive_tubes", "negative", "positive",
        "waiting",
    ),
}  # fmt: skip


@names_need_reason
def round_report(request: ActorRequest, area: int, round: int) -> HttpResponse:
    """The report of a round: as it was kept when it closed, else as it stands now."""
    row = the_round(request, round)
    if row.state == "planned":
        raise NotVisible
    found: dict[str, Any] = row.report or report_of(row)
    code = request.GET.get("layout", "")
    grids = parts.by_grid(request.actor, row.community_id, found)
    if listing.is_asked(request) and code == BY_BUILDING:
        return _buildings(request, row, grids)
    if listing.is_asked(request):
        return _layout(request, row, found, code if code in LAYOUTS else "full")
    missed = RoundMember.objects.filter(
        community_id=row.community_id, pk__in=found["missed"][:5000]
    )
    own = members_of(request.actor, row).filter(pk__in=missed.values("pk"))
    context = {
        "round": row,
        "title": show.round_name(row),
        "report": found,
        "lines": _words(found),
        "exempt": [(str(EXEMPT_REASONS.get(k, k)), n) for k, n in found["exempt"].items()],
        "at_door": [(str(DOOR_REASONS.get(k, k)), n) for k, n in found["at_door"].items()],
        "times": [
            (_("first sample"), _when(found["first_sample_at"])),
            (_("last sample"), _when(found["last_sample_at"])),
            (_("last result"), _when(found["last_result_at"])),
        ],
        "missed": named_for(request, row, home_lines(row, own)),
        "layouts": [(code, _layout_words(code)) for code in (*LAYOUTS, BY_BUILDING)],
        "grids": grids,
    }
    template = "report_print" if request.GET.get("print") else "report"
    return render(request, f"screening/{template}.html", context)


def _when(text: str | None) -> Any:
    return parse_datetime(text) if text else None


def _value(found: dict[str, Any], column: str) -> int | str:
    """Return a figure of a report by its code."""
    if column == "percent":
        return f"{found['sampled'] * 100 // found['due']}%" if found["due"] else "—"
    if column == "exempt":
        return int(sum(found["exempt"].values()))
    if column == "at_door":
        return int(sum(found["at_door"].values()))
    if column in _STATUS_OF:
        return int(found["by_status"].get(_STATUS_OF[column], 0))
    return int(found.get(column, 0))


def column_words(column: str) -> str:
    """Return what a figure of a report is called."""
    words = {
        "due": pgettext("in a round", "Due"),
        "sampled": _("Sampled"),
        "percent": _("Covered"),
        "missing": pgettext("in a round", "Missing"),
        "exempt": _("Exempt"),
        "at_door": _("At the door"),
        "added": _("Added later"),
        "removed": _("Taken out"),
        "tubes": _("Tubes"),
        "positive_tubes": _("Tubes positive or unclear"),
        "negative": _("Negative people"),
        "positive": _("Positive people"),
        "waiting": _("Without a result"),
    }
    return words[column] if column in words else str(STATUSES[_STATUS_OF[column]])


def _layout_words(code: str) -> str:
    return {
        "daily": _("daily form"),
        "results": _("results form"),
        "full": _("all figures"),
        BY_BUILDING: _("by grid and building"),
    }[code]


def _words(found: dict[str, Any]) -> list[tuple[str, int | str]]:
    return [(column_words(column), _value(found, column)) for column in LAYOUTS["full"]]


def _layout(request: ActorRequest, row: Round, found: dict[str, Any], code: str) -> HttpResponse:
    columns = LAYOUTS[code]
    return listing.as_workbook(
        request,
        area=row.community_id,
        code=f"round-{code}",
        title=f"{show.round_name(row)} {row.on:%Y-%m-%d}",
        header=[_("Community"), _("Day"), _("Round"), *map(column_words, columns)],
        rows=[
            [
                request.area.name,
                row.on.isoformat(),
                show.round_name(row),
                *(_value(found, column) for column in columns),
            ]
        ],
    )


def _buildings(
    request: ActorRequest, row: Round, grids: Sequence[parts.GridFigures]
) -> HttpResponse:
    header, rows = parts.part_rows(grids)
    return listing.as_workbook(
        request,
        area=row.community_id,
        code="round-buildings",
        title=f"{show.round_name(row)} {row.on:%Y-%m-%d}",
        header=header,
        rows=rows,
    )


@listing.offered("rounds-compared")
def round_compare(request: ActorRequest, area: int) -> HttpResponse:
    """Closed rounds side by side, as they were reported; below an upper area those of all communities."""
    code = request.GET.get("layout", "full")
    columns = LAYOUTS.get(code, LAYOUTS["full"])
    rows = list(rounds_of(request.actor, area).filter(state="closed", report__isnull=False)[:SHOWN])
    has_many = communities_of(request.actor, area).count() > 1
    if code == BY_BUILDING and not has_many:
        return _compare_buildings(request, area, rows[: parts.SIDE_BY_SIDE])
    context = {
        "columns": [column_words(column) for column in columns],
        "rows": [
            {
                "round": row,
                "name": show.round_name(row),
                "values": [
                    (column_words(column), _value(row.report or {}, column)) for column in columns
                ],
            }
            for row in rows
        ],
        "layouts": _compare_layouts(has_many),
        "layout": code,
        "has_many": has_many,
        "may_see_names": request.actor.may(Right.SEE_NAMES, area),
        "today": clock.today(),
    }
    return render(request, "screening/compare.html", context)


def _compare_layouts(has_many: bool) -> list[tuple[str, str]]:
    codes = LAYOUTS if has_many else (*LAYOUTS, BY_BUILDING)
    return [(code, _layout_words(code)) for code in codes]


def _compare_buildings(request: ActorRequest, area: int, rounds: Sequence[Round]) -> HttpResponse:
    """The buildings of one community over its last rounds: coverage, and how many were missed."""
    names = [show.round_name(row) for row in rounds]
    context = {
        "rounds": list(zip(rounds, names, strict=True)),
        "rows": [
            (line, list(zip(names, line.cells, strict=True)))
            for line in parts.compared(request.actor, area, rounds)
        ],
        "layouts": _compare_layouts(has_many=False),
        "layout": BY_BUILDING,
    }
    return render(request, "screening/compare_buildings.html", context)
