"""Calling (喊楼): who is to be called when, what was called, texts and sheets, the log of calls."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Right
from gridwell.core import clock
from gridwell.core.errors import RuleBroken
from gridwell.core.numbers import whole_number
from gridwell.core.paging import page_of
from gridwell.places.queries import profile_of
from gridwell.screening.actions import calls as acts
from gridwell.screening.call_texts import round_name
from gridwell.screening.labels.calls import CHOSEN, HOW
from gridwell.screening.models import Round
from gridwell.screening.presenters import calls as show
from gridwell.screening.queries.calls import (
    access_call,
    calls_of,
    last_told,
    parts_by_key,
    parts_of,
)
from gridwell.screening.views import back_to, needs, the_round

A_PAGE = 100


@listing.offered("calls")
@require_GET
def call_list(request: ActorRequest, area: int, round: int) -> HttpResponse:
    """Who is to be called when, by building and slot, and what was called."""
    row = the_round(request, round)
    now, parts = clock.now(), parts_of(request.actor, row)
    code = request.GET.get("show", "")
    code = code if code in show.SHOWS else ""
    building = whole_number(request.GET.get("building"))
    chosen = show.shown(parts, code, building, now)
    context = {
        "round": row,
        "title": round_name(row),
        "figures": show.figures(row, parts),
        "lines": show.part_lines(row, chosen, last_told(row), now),
        "total": len(parts),
        "buildings": show.buildings_of(parts).items(),
        "show": code,
        "shows": show.SHOWS.items(),
        "building": building,
        "ways": [(how, HOW[how]) for how in CHOSEN],
        "key": uuid4(),
        "may_record": row.state == "open"
        and request.actor.may(Right.RECORD_HEALTH, row.community_id),
        "has_slots": any(part.slot is not None for part in parts),
    }
    return render(request, "screening/call_list.html", context)


@require_POST
def call_record(request: ActorRequest, area: int, round: int) -> HttpResponse:
    """Write down what was called, or tell those in charge to call; for everything ticked."""
    needs(request, Right.RECORD_HEALTH)
    row = the_round(request, round)
    messages.success(request, _record(request, row, clock.now()))
    response = back_to("call_list", request, round=row.pk)
    target = request.POST.get("next", "")
    if target.startswith("?"):
        response["Location"] += target
    return response


def _record(request: ActorRequest, row: Round, now: datetime) -> str:
    """Do what was asked for everything ticked, and return what to say of it."""
    facts: dict[str, Any] = {
        "actor": request.actor,
        "round": row,
        "parts": parts_by_key(request.actor, row, request.POST.getlist("part")),
        "ref": key_of(request),
        "now": now,
    }
    if request.POST.get("act") == "tell":
        count = acts.tell_heads(name=round_name(row), **facts)
        if not count:
            return _("They were told already. How far it is stands under “Who called whom”.")
        words = ngettext(
            "%(count)s person was told. How far it is stands under “Who called whom”.",
            "%(count)s people were told. How far it is stands under “Who called whom”.",
            count,
        )
    else:
        at = _called_at(row, request.POST.get("at", ""))
        count = acts.call_parts(how=request.POST.get("how", ""), called_at=at, **facts)
        words = ngettext("%(count)s person called.", "%(count)s people called.", count)
    return words % {"count": count}


def key_of(request: ActorRequest) -> UUID:
    """Return the sender's own key of the act; a form without one is refused."""
    try:
        return UUID(request.POST.get("key", ""))
    except ValueError as odd:
        raise RuleBroken("screening.entry_odd") from odd


def _called_at(row: Round, text: str) -> datetime | None:
    """Return the instant of a local time of today, None when it was left empty."""
    if not text.strip():
        return None
    try:
        at = datetime.strptime(text.strip(), "%H:%M").time()  # noqa: DTZ007 - joined to its day below
    except ValueError as odd:
        raise RuleBroken("screening.call_time_odd") from odd
    return datetime.combine(clock.today(), at, tzinfo=clock.zone())


@require_GET
def call_texts(request: ActorRequest, area: int, round: int) -> HttpResponse:
    """The text for each building's group, to be copied with one tap."""
    row = the_round(request, round)
    buildings = show.buildings_of(parts_of(request.actor, row))
    chosen = whole_number(request.GET.get("building"))
    own = {pk: name for pk, name in buildings.items() if chosen in {None, pk}}
    telephone = profile_of(row.community_id).telephone
    context = {
        "round": row,
        "title": round_name(row),
        "texts": show.texts_of(row, own, request.area.name, telephone),
        "buildings": buildings.items(),
        "building": chosen,
        "has_telephone": bool(telephone),
    }
    return render(request, "screening/call_texts.html", context)


@require_GET
def call_sheet(request: ActorRequest, area: int, round: int) -> HttpResponse:
    """The call sheets on paper, one a building, in large type; no name is on them."""
    row, now = the_round(request, round), clock.now()
    parts = parts_of(request.actor, row)
    code = request.GET.get("show", "")
    building = whole_number(request.GET.get("building"))
    chosen = show.shown(parts, code if code in show.SHOWS else "", building, now)
    context = {
        "round": row,
        "title": round_name(row),
        "sheets": show.sheets_of(row, chosen, request.area.name),
    }
    return render(request, "screening/call_sheet.html", context)


@listing.offered("call-log")
@require_GET
def call_log(request: ActorRequest, area: int, round: int) -> HttpResponse:
    """Who called whom when and how, the latest first."""
    row, now = the_round(request, round), clock.now()
    rows = every = calls_of(request.actor, row)
    how, building = request.GET.get("how", ""), whole_number(request.GET.get("building"))
    if how in HOW:
        rows = rows.filter(how=how)
    if building is not None:
        rows = rows.filter(place=building) | rows.filter(place__building=building)
    page = page_of(request, rows, A_PAGE)
    may = row.state == "open" and request.actor.may(Right.RECORD_HEALTH, row.community_id)
    context = {
        "round": row,
        "title": round_name(row),
        "page": page,
        "total": every.count(),
        "lines": show.call_lines(list(page), may=may, now=now, undo=acts.UNDO),
        "ways": HOW.items(),
        "how": how,
        "buildings": show.buildings_of(parts_of(request.actor, row)).items(),
        "building": building,
    }
    return render(request, "screening/call_log.html", context)


@require_POST
def call_back(request: ActorRequest, area: int, round: int, call: int) -> HttpResponse:
    """Take back a call that was entered by mistake."""
    needs(request, Right.RECORD_HEALTH)
    row = the_round(request, round)
    found = access_call(request.actor, row, call)
    acts.take_back_call(actor=request.actor, call=found, now=clock.now())
    messages.success(request, _("Taken back: it counts for nobody any more."))
    return back_to("call_log", request, round=row.pk)
