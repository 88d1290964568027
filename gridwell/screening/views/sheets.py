"""The paper sheet of a building (户号/住几人/已做几人/备注): printed, and typed back quickly."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.reasons import names_need_reason
from gridwell.accounts.rules.actor import Right
from gridwell.core import clock
from gridwell.core.numbers import whole_numbers
from gridwell.core.wording import say
from gridwell.places.models import Place
from gridwell.places.queries import access_place
from gridwell.screening.actions.sheets import SheetGuest, SheetRow, take_sheet
from gridwell.screening.labels.rounds import OUTCOMES
from gridwell.screening.models import Round
from gridwell.screening.presenters.rounds import round_name
from gridwell.screening.queries.lines import HomeLine, home_lines, natural
from gridwell.screening.queries.members import members_of
from gridwell.screening.views import back_to, needs, the_round
from gridwell.screening.views.missing import named_for

MOST_ROWS = 2_000
GUEST_ROWS = 5
GUEST_FIELDS = ("door", "name", "document", "phone", "tube")


def _lines(request: ActorRequest, row: Round, place: Place) -> list[HomeLine]:
    rows = members_of(request.actor, row).filter(building=place)
    return home_lines(row, rows)


@names_need_reason
def round_sheet(request: ActorRequest, area: int, round: int, building: int) -> HttpResponse:
    """The sheet of a building on paper; `?blank=1` without what is known so far."""
    row = the_round(request, round)
    place = access_place(request.actor, row.community_id, building)
    context = {
        "round": row,
        "title": round_name(row),
        "place": place,
        "lines": named_for(request, row, _lines(request, row, place)),
        "is_blank": bool(request.GET.get("blank")),
    }
    return render(request, "screening/sheet_print.html", context)


@require_http_methods(["GET", "POST"])
@names_need_reason
def round_sheet_back(request: ActorRequest, area: int, round: int, building: int) -> HttpResponse:
    """Type a sheet back: how many are done, in which tube, and what was found of the others."""
    needs(request, Right.RECORD_HEALTH)
    row = the_round(request, round)
    place = access_place(request.actor, row.community_id, building)
    faults: dict[int, str] = {}
    if request.method == "POST":
        taken = take_sheet(
            actor=request.actor,
            round=row,
            building=place.pk,
            rows=_typed(request.POST),
            guests=_guests(request.POST),
            now=clock.now(),
        )
        said = {
            "sampled": taken.sampled,
            "outcomes": taken.outcomes,
            "guests": taken.guests,
        }
        messages.success(
            request,
            _(
                "Sampled: %(sampled)s, remarks written down: %(outcomes)s, taken in without being "
                "registered: %(guests)s."
            )
            % said,
        )
        if not taken.faults:
            return back_to("round_sheet_back", request, round=row.pk, building=place.pk)
        faults = {number: say(refusal) for number, refusal in taken.faults}
    lines = [line for line in _lines(request, row, place) if line.missing or line.exempt]
    typed = {number: values for number, values in _echo(request.POST) if number in faults}
    context = {
        "round": row,
        "title": round_name(row),
        "place": place,
        "rows": [
            {"line": line, "fault": faults.get(line.people[0].member, "")}
            | {"typed": typed.get(line.people[0].member, {})}
            for line in named_for(request, row, lines)
        ],
        "outcomes": OUTCOMES.items(),
        "guests": _guest_rows(request.POST, faults),
        "doors": sorted({line.door for line in _lines(request, row, place)}, key=natural),
        "faults": len(faults),
    }
    return render(request, "screening/sheet_back.html", context, status=409 if faults else 200)


def _typed(data: Any) -> list[SheetRow]:
    """Return the rows that say anything. A row is known by its first member."""
    rows = []
    for number in whole_numbers(data.getlist("row"))[:MOST_ROWS]:
        done = data.get(f"done-{number}", "")[:20]
        ticked = tuple(whole_numbers(data.getlist(f"who-{number}")))
        outcome = data.get(f"outcome-{number}", "")
        tube = data.get(f"tube-{number}", "")[:40]
        rows.append(
            SheetRow(
                number=number,
                members=tuple(whole_numbers(data.getlist(f"all-{number}"))),
                done=done,
                ticked=ticked,
                tube=tube,
                outcome=outcome,
                remark=data.get(f"remark-{number}", "")[:200],
            )
        )
    return rows


def _guests(data: Any) -> list[SheetGuest]:
    """Return the people typed in beside the register: a row counts once it has a door or a name."""
    found = []
    for at in range(1, GUEST_ROWS + 1):
        said = {name: data.get(f"guest-{name}-{at}", "").strip() for name in GUEST_FIELDS}
        if said["door"] or said["name"]:
            found.append(
                SheetGuest(
                    number=-at,
                    door=said["door"][:40],
                    name=said["name"][:60],
                    document=said["document"][:40],
                    phone=said["phone"][:40],
                    tube=said["tube"][:40],
                )
            )
    return found


def _guest_rows(data: Any, faults: dict[int, str]) -> list[dict[str, Any]]:
    """Return the empty rows for people beside the register; what was refused stands there again."""
    return [
        {
            "at": at,
            "fault": faults.get(-at, ""),
            "typed": {name: data.get(f"guest-{name}-{at}", "") for name in GUEST_FIELDS}
            if -at in faults
            else {},
        }
        for at in range(1, GUEST_ROWS + 1)
    ]


def _echo(data: Any) -> list[tuple[int, dict[str, str]]]:
    """Return what was typed into each row, to show it again beside its fault."""
    names = ("done", "tube", "outcome", "remark")
    return [
        (number, {name: data.get(f"{name}-{number}", "") for name in names})
        for number in whole_numbers(data.getlist("row"))[:MOST_ROWS]
    ]
