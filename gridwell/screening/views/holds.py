"""Positive pools: who is held, where and until when; whose own sample is missing; one extension."""

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.queries.users import names_of
from gridwell.accounts.rules.actor import Right
from gridwell.core import clock, frame
from gridwell.core.errors import RuleBroken
from gridwell.core.paging import page_of
from gridwell.core.wording import say
from gridwell.residents.rules.masking import mask_phone
from gridwell.screening.actions.holds import extend_hold
from gridwell.screening.labels.results import TUBE_RESULTS
from gridwell.screening.labels.trail import ENDS
from gridwell.screening.queries import holds as reads
from gridwell.screening.result_forms import ExtendForm
from gridwell.screening.views import back_to, needs

_TONES = {"negative": "ok", "positive": "bad", "unclear": "warn", "spoilt": "warn"}


@listing.offered("holds")
@require_GET
def hold_list(request: ActorRequest, area: int) -> HttpResponse:
    """Everybody held after a positive pool, tube by tube: the list to sample singly from."""
    community, now = needs(request, Right.SEE_NAMES), clock.now()
    show = request.GET.get("show", "open")
    rows = reads.holds_of(request.actor, community)
    if show == "open":
        rows = rows.filter(ended_at=None)
    elif show == "ran_out":
        rows = rows.filter(end="ran_out")
    page = page_of(request, rows, 100)
    lines = reads.held_people(community, list(page), now)
    if show == "ran_out":
        lines = [line for line in lines if line.is_open]
    tubes: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        tubes[line.hold.tube_id].append(_shown(line))
    context = {
        "page": page,
        "total": page.paginator.count,
        "show": show,
        "tubes": [(group[0]["hold"].tube, group) for group in tubes.values()],
        "held": sum(line.is_held for line in lines),
        "waiting": sum(line.is_held and line.is_waiting for line in lines),
        "is_community": True,
    }
    return render(request, "screening/hold_list.html", context)


def _shown(line: reads.HeldPerson) -> dict[str, Any]:
    """Return a line with its words: the phone masked, the own sample, how it ended."""
    return {
        "hold": line.hold,
        "name": line.name,
        "phone": mask_phone(line.phones[0]) if line.phones else "",
        "single": _single_words(line.single),
        "single_tone": _TONES.get(line.single, "info" if line.single else "warn"),
        "is_held": line.is_held,
        "is_waiting": line.is_waiting,
        "end": ENDS.get(line.hold.end, ""),
        "is_confirmed": line.hold.end == "confirmed",
    }


def _single_words(state: str) -> str:
    if not state:
        return _("not sampled singly yet")
    return str(TUBE_RESULTS.get(state, _("at the laboratory")))


@require_http_methods(["GET", "POST"])
def hold_file(request: ActorRequest, area: int, hold: int) -> HttpResponse:
    """One person's hold with every step and its time; an officer may extend it once."""
    community, now = needs(request, Right.SEE_NAMES), clock.now()
    row = reads.access_hold(request.actor, community, hold)
    line = reads.held_people(community, [row], now)[0]
    may_extend = (
        request.actor.may(Right.APPROVE_ORDERS, community)
        and line.is_held
        and row.extended_until is None
    )
    form = ExtendForm(request.POST or None)
    if request.method == "POST" and request.actor.may(Right.APPROVE_ORDERS, community):
        if form.is_valid():
            try:
                extend_hold(actor=request.actor, hold=row, now=now, **form.cleaned_data)
                messages.success(request, _("Extended, with your name, reason and clause."))
                return back_to("hold_file", request, hold=row.pk)
            except RuleBroken as refusal:
                form.add_error(None, say(refusal))
    elif request.method == "POST":
        raise RuleBroken("screening.not_allowed")
    by = row.extended_by
    context = {
        "row": _shown(line),
        "form": form,
        "may_extend": may_extend,
        "extended_by": names_of([by]).get(by, "") if by else "",
        "follows": frame.fill("hold_follows", request.actor, [row.pk], clock.day_of(now)),
    }
    return render(request, "screening/hold_file.html", context)
