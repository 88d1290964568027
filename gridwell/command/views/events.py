"""Standstills (静默) and events (事件): begun by order, ended with a reason and its effect."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Right
from gridwell.command.actions import zones as acts
from gridwell.command.actions.events import close_event, ending_of
from gridwell.command.forms import EndForm, EventForm, ReasonForm, StandstillForm
from gridwell.command.picking import lines_of, set_community
from gridwell.command.presenters.standstills import standstill_rows
from gridwell.command.queries.standstills import named_at
from gridwell.command.views import back_to, community_of, for_right
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.numbers import whole_number
from gridwell.core.wording import say
from gridwell.orders.models import Notice
from gridwell.orders.queries.modes import access_standstill, standstills_of
from gridwell.orders.queries.notices import access_notice
from gridwell.protocols.actions import open_event
from gridwell.protocols.queries import access_event, events_of, families


@listing.offered("standstills")
@require_http_methods(["GET", "POST"])
@for_right(Right.APPROVE_ORDERS, to_send=True)
def standstill_list(request: ActorRequest, area: int) -> HttpResponse:
    """The standstills of a community; a new one is entered on the same page."""
    community, now = community_of(request), clock.now()
    notice = _notice_of(request)
    form = StandstillForm(request.POST or None, initial=_said(request, notice, community, now))
    set_community(form, community)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data) | {"notice": notice}
        try:
            rows = lines_of(community, data.pop("place"))
            lines = [line for _place, line in rows]
            acts.begin_standstill(
                actor=request.actor, community=community, lines=lines, now=now, **data
            )
            messages.success(request, _("The standstill is on record."))
            return back_to("standstill_list", request)
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
    context = {
        "rows": standstill_rows(standstills_of(request.actor, community), community, now),
        "form": form,
        "notice": notice,
        "may_approve": request.actor.may(Right.APPROVE_ORDERS, community),
    }
    return render(request, "command/standstill_list.html", context)


def _notice_of(request: ActorRequest) -> Notice | None:
    """Return the notice that orders the standstill, when one is named; one of others is not there."""
    named = request.POST.get("notice") or request.GET.get("notice")
    if not named:
        return None
    return access_notice(request.actor, whole_number(named) or 0)


def _said(
    request: ActorRequest, notice: Notice | None, community: int, now: datetime
) -> dict[str, Any]:
    """Return what the form begins with: what the notice says, as far as it was read."""
    if notice is None:
        return {"starts_at": _local(now)}
    start = whole_number(request.GET.get("start"))
    found = named_at(notice, community, start) if start is not None else None
    initial: dict[str, Any] = {"notice": notice.pk}
    if found is not None:
        said = found.said
        initial |= {
            "starts_at": _local(said.from_at) if said.from_at else "",
            "ends_at": _local(said.until_at) if said.until_at else "",
            "reason": said.text[:400],
        }
    return initial


def _local(instant: datetime) -> str:
    return instant.astimezone(clock.zone()).strftime("%Y-%m-%dT%H:%M")


@require_http_methods(["GET", "POST"])
@for_right(Right.APPROVE_ORDERS)
def standstill_end(request: ActorRequest, area: int, standstill: int) -> HttpResponse:
    """End a standstill with a reason."""
    row, now = access_standstill(request.actor, standstill), clock.now()
    if row.community_id != community_of(request):
        raise NotVisible
    local = now.astimezone(clock.zone()).strftime("%Y-%m-%dT%H:%M")
    form = EndForm(request.POST or None, initial={"ends_at": local})
    if request.method == "POST" and form.is_valid():
        try:
            acts.end_standstill(actor=request.actor, standstill=row, now=now, **form.cleaned_data)
            messages.success(request, _("The standstill is ended."))
            return back_to("standstill_list", request)
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
    rows = standstill_rows([row], row.community_id, now)
    return render(request, "command/standstill_end.html", {"row": rows[0], "form": form})


@listing.offered("events")
@require_http_methods(["GET", "POST"])
@for_right(Right.APPROVE_ORDERS, to_send=True)
def event_list(request: ActorRequest, area: int) -> HttpResponse:
    """The events of an area; a new one is opened on the same page."""
    known = families()
    form = EventForm(request.POST or None, families=known)
    if request.method == "POST" and form.is_valid():
        try:
            open_event(
                actor=request.actor, area=request.area.pk, now=clock.now(), **form.cleaned_data
            )
            messages.success(request, _("The event is open."))
            return back_to("event_list", request)
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
    context = {
        "events": events_of(request.actor, request.area.pk),
        "form": form,
        "may_approve": request.actor.may(Right.APPROVE_ORDERS, request.area.pk),
    }
    return render(request, "command/event_list.html", context)


@require_http_methods(["GET", "POST"])
@for_right(Right.APPROVE_ORDERS)
def event_close(request: ActorRequest, area: int, event: int) -> HttpResponse:
    """Close an event: what ends with it, a reason, then the act."""
    row, now = access_event(request.actor, request.area.pk, event), clock.now()
    if row.area_id != request.area.pk:  # what ends with it is the business of its own area
        raise NotVisible
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            close_event(actor=request.actor, event=row, reason=form.cleaned_data["reason"], now=now)
            messages.success(request, _("The event is closed and all its orders are ended."))
            return back_to("event_list", request)
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
    ending = ending_of(row, now)
    context = {"event": row, "ending": ending, "form": form}
    return render(request, "command/event_close.html", context)
