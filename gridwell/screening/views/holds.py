"""Positive pools: who is held, where and until when; whose own sample is missing; one extension."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.queries.users import names_of
from gridwell.accounts.reasons import ask_url, has_look, names_need_reason
from gridwell.accounts.rules.actor import Right
from gridwell.audit.actions import record_look
from gridwell.core import clock, frame
from gridwell.core.errors import RuleBroken
from gridwell.core.paging import page_of
from gridwell.core.wording import say
from gridwell.health.models import Hold
from gridwell.health.queries import sampled_singly
from gridwell.places.queries import communities_of
from gridwell.residents.models import Resident
from gridwell.residents.queries import household_of_resident as household_of
from gridwell.screening.actions.holds import extend_hold
from gridwell.screening.presenters import holds as present
from gridwell.screening.queries import holds as reads
from gridwell.screening.result_forms import ExtendForm
from gridwell.screening.views import back_to, community_of, is_community

#: What the list can show.
SHOWS: Final = {
    "open": gettext_lazy("held now"),
    "waiting": gettext_lazy("to sample singly"),
    "confirmed": gettext_lazy("own sample positive"),
    "ran_out": gettext_lazy("hours over, own sample still open"),
    "all": gettext_lazy("all holds"),
}


@listing.offered("holds")
@require_GET
def hold_list(request: ActorRequest, area: int) -> HttpResponse:
    """Everybody held after a positive pool, tube by tube: the list to sample singly from.

    An upper office sees figures by community; a community's names it sees with a reason.
    """
    return _names(request, area) if is_community(request) else _rollup(request, area)


@names_need_reason
def _names(request: ActorRequest, community: int) -> HttpResponse:
    now = clock.now()
    asks = bool(request.GET.get("numbers")) and not listing.is_asked(request)
    unmask = has_look(request, community, now) if asks else None
    if asks and unmask is None:
        return redirect(ask_url(request, community))
    show = request.GET.get("show", "open")
    show = show if show in SHOWS else "open"
    page = page_of(request, _asked(reads.holds_of(request.actor, community), show), 100)
    people = reads.held_people(community, list(page), now)
    _note_look(request, community, people, unmask)
    found = reads.figures_of(request.actor, community, now).get(community, reads.HoldFigures())
    lines = [present.line_of(person, is_unmasked=unmask is not None) for person in people]
    context = {
        "page": page,
        "total": page.paginator.count,
        "show": show,
        "shows": list(SHOWS.items()),
        "tubes": present.groups_of(lines),
        "figures": present.figures(community, found),
        "buildings": present.building_lines(community, found.buildings),
        "next_end": found.next_end,
        "is_unmasked": unmask is not None,
        "may_unmask": request.actor.may(Right.UNMASK, community),
        "day": clock.day_of(now),
    }
    return render(request, "screening/hold_list.html", context)


def _asked(rows: QuerySet[Hold], show: str) -> QuerySet[Hold]:
    if show == "all":
        return rows
    if show == "ran_out":
        return rows.filter(end="ran_out")
    if show == "confirmed":
        return rows.filter(end="confirmed")
    rows = rows.filter(ended_at=None)
    return rows.exclude(sampled_singly()) if show == "waiting" else rows


def _note_look(
    request: ActorRequest,
    community: int,
    people: Sequence[reads.HeldPerson],
    unmask: str | None,
) -> None:
    """Write down a look at whole numbers, and at names by somebody whose daily work it is not."""
    reason = unmask or request.look_reason
    if reason:
        seen = [row.hold.resident_id for row in people if row.hold.resident_id is not None]
        what = "numbers" if unmask else "names"
        record_look(request.actor, community, Resident, reason, what=what, ids=seen)


def _rollup(request: ActorRequest, area: int) -> HttpResponse:
    """Show how many are held in each community below: figures that open, no names."""
    found = reads.figures_of(request.actor, area, clock.now())
    lines = present.community_lines(communities_of(request.actor, area), found)
    context = {
        "lines": lines,
        "total": len(lines),
        "held": sum(line.figures.held for line in lines),
        "waiting": sum(line.figures.waiting for line in lines),
    }
    return render(request, "screening/hold_rollup.html", context)


@require_http_methods(["GET", "POST"])
@names_need_reason
def hold_file(request: ActorRequest, area: int, hold: int) -> HttpResponse:
    """One person's hold with every step and its time; an officer may extend it once."""
    community, now = community_of(request), clock.now()
    row = reads.access_hold(request.actor, community, hold)
    people = reads.held_people(community, [row], now)
    may_extend = (
        request.actor.may(Right.APPROVE_ORDERS, community)
        and people[0].is_held
        and row.extended_until is None
    )
    form = ExtendForm(request.POST or None)
    if request.method == "POST":
        if not request.actor.may(Right.APPROVE_ORDERS, community):
            raise RuleBroken("screening.not_allowed")
        if form.is_valid():
            try:
                extend_hold(actor=request.actor, hold=row, now=now, **form.cleaned_data)
                messages.success(request, _("Extended, with your name, reason and clause."))
                return back_to("hold_file", request, hold=row.pk)
            except RuleBroken as refusal:
                form.add_error(None, say(refusal))
    _note_look(request, community, people, None)
    by = row.extended_by
    extended_by = names_of([by]).get(by, "") if by else ""
    context = {
        "row": present.line_of(people[0]),
        "basis": present.basis_of(row),
        "form": form,
        "may_extend": may_extend,
        "latest": row.ends_at + timedelta(hours=row.hours),
        "steps": present.steps_of(row, reads.singles_of(row), extended_by, now),
        "household": household_of(row.resident) if row.resident is not None else None,
        "follows": frame.fill("hold_follows", request.actor, [row.pk], clock.day_of(now)),
    }
    return render(request, "screening/hold_file.html", context)
