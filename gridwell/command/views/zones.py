"""Zones (风险区): the list, one zone's file, and every act on it with its effect before."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Right
from gridwell.command.actions import zones as acts
from gridwell.command.forms import (
    ChangeForm,
    CorrectForm,
    RangeForm,
    ReasonForm,
    RoundForm,
    ZoneForm,
)
from gridwell.command.picking import lines_of, picked_lines, range_name, set_community
from gridwell.command.presenters.zones import file_page, list_page
from gridwell.command.queries.effects import next_change, zone_effect
from gridwell.command.queries.reach import Reach
from gridwell.command.queries.shifts import shift_of
from gridwell.command.queries.zone_rounds import held_rounds, is_run_here, outcome_lines
from gridwell.command.views import back_to, community_of, for_right
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.numbers import whole_number
from gridwell.core.paging import page_of
from gridwell.core.wording import say
from gridwell.orders.actions.zones import attach_notice, explain_spread, record_round
from gridwell.orders.models import Zone, ZoneChange
from gridwell.orders.queries.notices import access_notice, notices_of
from gridwell.orders.queries.rounds import may_record_rounds
from gridwell.orders.queries.zones import access_zone, latest_change, zones_in
from gridwell.orders.rules.lifecycle import Act, ScopeLine
from gridwell.protocols.rules.model import Level

Two = tuple[Reach, Reach]  # who is held, who is freed
ACTS = {"lift": Act.LIFT, "restart": Act.RESTART, "range": Act.CHANGE_RANGE, "step": Act.STEP}


@listing.offered("zones")
@require_GET
def zone_list(request: ActorRequest, area: int) -> HttpResponse:
    """The open zones of an area with their day and what is still missing; or those of the past."""
    past = request.GET.get("show") == "past"
    zones = zones_in(request.actor, request.area.pk).select_related("community", "event")
    now = clock.now()
    if past:
        page = page_of(request, zones.filter(closed_at__lte=now).order_by("-closed_at", "pk"), 100)
        context = list_page(list(page), request.area.pk, now)
        context |= {"page": page, "total": page.paginator.count}
    else:
        context = list_page(
            list(zones.exclude(closed_at__lte=now).order_by("pk")), request.area.pk, now
        )
    context["past"] = past
    context["may_enter"] = request.actor.may(Right.APPROVE_ORDERS, request.area.pk)
    context["is_community"] = request.area.level == "community"
    return render(request, "command/zone_list.html", context)


def _zone(request: ActorRequest, zone: int) -> Zone:
    row = access_zone(request.actor, zone)
    if row.community_id != community_of(request):
        raise NotVisible
    return row


@require_GET
def zone_file(request: ActorRequest, area: int, zone: int) -> HttpResponse:
    """One zone: how it stands, what it waits for, its life, rounds and cases."""
    row, now = _zone(request, zone), clock.now()
    context = file_page(row, now)
    initial = {"on": clock.today(), "due": context["view"].reach.people, "positive": 0}
    context |= _rounds_of(request, row, context)
    context |= {
        "round_form": RoundForm(initial=initial),
        "may_approve": request.actor.may(Right.APPROVE_ORDERS, row.community_id),
        "may_record": may_record_rounds(request.actor, row),
        "notices": notices_of(request.actor, row.community_id).order_by("-pk")[:30],
    }
    return render(request, "command/zone_file.html", context)


def _rounds_of(request: ActorRequest, zone: Zone, page: dict[str, Any]) -> dict[str, Any]:
    """Return the rounds that are run here, and the outcomes with the round that wrote each."""
    held = held_rounds(request.actor, zone)
    return {
        "held": [row for row in held if row.round.state != "closed"],
        "outcomes": outcome_lines(page["rounds"], held),
    }


@require_http_methods(["GET", "POST"])
@for_right(Right.APPROVE_ORDERS)
def zone_new(request: ActorRequest, area: int) -> HttpResponse:
    """Enter a zone without a notice."""
    community, now = community_of(request), clock.now()
    initial: dict[str, Any] = {"effective_at": _local(now), "level": "high"}
    proposed = whole_number(request.GET.get("place"))
    if proposed is not None:
        initial["place"] = picked_lines([ScopeLine(place=proposed)])
    form = ZoneForm(request.POST or None, initial=initial)
    set_community(form, community)
    if request.method == "POST" and form.is_valid():
        try:
            zone = acts.enter_zone(
                actor=request.actor, community=community, now=now, **_zone_facts(form, community)
            )
            messages.success(request, _("The zone is on record."))
            return back_to("zone_file", request, zone=zone.pk)
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
    return render(request, "command/zone_new.html", {"form": form})


def _zone_facts(form: ZoneForm, community: int) -> dict[str, Any]:
    data = form.cleaned_data
    rows = lines_of(community, data["place"])
    return {
        "name": range_name(rows) or data["boundary"],
        "level": Level(data["level"]),
        "lines": [line for _place, line in rows],
        "boundary": "" if rows else data["boundary"],
        "effective_at": None if data["before_records"] else data["effective_at"],
        "ordered_by": data["ordered_by"],
        "ordered_how": data["ordered_how"],
        "spread_unclear": data["spread_unclear"],
    }


def _local(now: datetime) -> str:
    return now.astimezone(clock.zone()).strftime("%Y-%m-%dT%H:%M")


@require_http_methods(["GET", "POST"])
@for_right(Right.APPROVE_ORDERS)
def zone_change(request: ActorRequest, area: int, zone: int, act: str) -> HttpResponse:
    """Lift, restart, step or re-draw a zone: who is held and freed, then the act."""
    row, now = _zone(request, zone), clock.now()
    page = file_page(row, now)
    step_to = page["view"].step_to
    if act not in ACTS or (act == "step" and step_to is None):
        raise NotVisible
    kind = ACTS[act]
    level = {Act.LIFT: Level.LOW, Act.STEP: step_to}.get(kind)
    shape = RangeForm if kind is Act.CHANGE_RANGE else ChangeForm
    span = page["view"].span
    initial = {"effective_at": _local(now), "places": picked_lines(span.scope if span else ())}
    form = shape(request.POST or None, initial=initial)
    set_community(form, row.community_id)

    def done(data: dict[str, Any]) -> None:
        facts = {k: data[k] for k in ("effective_at", "ordered_by", "ordered_how", "reason")}
        facts |= {"level": step_to} if kind is Act.STEP else {}
        facts |= {"lines": _lines(data, row)} if kind is Act.CHANGE_RANGE else {}
        acts.change_zone(actor=request.actor, zone=row, act=kind, now=now, **facts)

    def redrawn(data: dict[str, Any]) -> Two:
        made = next_change(kind, now, data["effective_at"], scope=tuple(_lines(data, row)))
        return zone_effect(row, made, now, at=max(now, data["effective_at"]))

    page |= {"act": act}
    if kind is Act.CHANGE_RANGE:
        return _act_page(request, row, form, done, page, effect=redrawn)
    made = next_change(kind, now, now, level=level)
    page["held"], page["freed"] = zone_effect(row, made, now)
    return _act_page(request, row, form, done, page)


def _lines(data: dict[str, Any], zone: Zone) -> list[ScopeLine]:
    """Return the places chosen for a new range; refused when one is not in the register."""
    return [line for _place, line in lines_of(zone.community_id, data["places"])]


def _act_page(
    request: ActorRequest,
    zone: Zone,
    form: forms.Form,
    act: Callable[[dict[str, Any]], None],
    page: dict[str, Any],
    *,
    effect: Callable[[dict[str, Any]], Two] | None = None,
) -> HttpResponse:
    """Do the act and go back to the zone, or show its page; a refusal is said in place.

    Where the effect hangs on what is entered, `effect` reads it: the first sending only shows who
    is held and freed. The second carries what was seen; if that is not so any more, or something
    else was entered since, it is shown again.
    """
    if request.method == "POST" and form.is_valid():
        try:
            if effect is None or _is_seen(request, zone, form, page, effect(form.cleaned_data)):
                act(form.cleaned_data)
                messages.success(request, _("Done. Today's list is up to date."))
                return back_to("zone_file", request, zone=zone.pk)
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
    return render(request, "command/zone_change.html", page | {"form": form})


def _is_seen(
    request: ActorRequest, zone: Zone, form: forms.Form, page: dict[str, Any], effect: Two
) -> bool:
    """Return whether exactly this effect of exactly this entry was seen; else put it on the page."""
    held, freed = effect
    entered = sorted((name, str(value)) for name, value in form.cleaned_data.items())
    last = latest_change(zone.community_id)
    facts = [entered, sorted(held.dwellings), sorted(freed.dwellings), last]
    seen = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:20]
    sent = request.POST.get("confirmed", "")
    if sent == seen:
        return True
    page |= {"held": held, "freed": freed, "confirmed": seen}
    if sent:
        form.add_error(None, say(RuleBroken("command.changed_meanwhile")))
    return False


def _change(request: ActorRequest, zone: Zone, change: int) -> ZoneChange:
    row = zone.changes.select_related("zone", "notice").filter(pk=change).first()
    if row is None:
        raise NotVisible
    return row


@require_http_methods(["GET", "POST"])
@for_right(Right.APPROVE_ORDERS)
def zone_correct(request: ActorRequest, area: int, zone: int, change: int) -> HttpResponse:
    """Correct one change of a zone: who is held and freed by it, then the act, with a reason."""
    row, now = _zone(request, zone), clock.now()
    made = _change(request, row, change)
    initial = {"effective_at": _local(made.effective_at or now)}
    form = CorrectForm(request.POST or None, initial=initial)

    def level_of(data: dict[str, Any]) -> Level | None:
        return Level(data["level"]) if data["level"] else None

    def done(data: dict[str, Any]) -> None:
        acts.correct(
            actor=request.actor,
            change=made,
            effective_at=data["effective_at"],
            level=level_of(data),
            reason=data["reason"],
            now=now,
        )

    page = file_page(row, now) | {"title": _("Correct"), "change": made}

    def corrected(data: dict[str, Any]) -> Two:
        right_at = data["effective_at"]
        said = next_change(Act.CORRECT, now, right_at, level=level_of(data), target=made.pk)
        page["shift"] = shift_of(row, said, now)
        # What lies ahead both ways is looked at when it begins; else how it changes things now.
        ahead = min(made.effective_at or now, right_at) > now
        return zone_effect(row, said, now, at=max(made.effective_at, right_at) if ahead else now)

    return _act_page(request, row, form, done, page, effect=corrected)


@require_http_methods(["GET", "POST"])
@for_right(Right.APPROVE_ORDERS)
def zone_withdraw(request: ActorRequest, area: int, zone: int, change: int) -> HttpResponse:
    """Withdraw one change of a zone, with a reason; who is held and freed is shown."""
    row, now = _zone(request, zone), clock.now()
    made = _change(request, row, change)

    def done(data: dict[str, Any]) -> None:
        acts.withdraw(actor=request.actor, change=made, reason=data["reason"], now=now)

    page = file_page(row, now) | {"title": _("Withdraw"), "change": made}
    gone = next_change(Act.WITHDRAW, now, now, target=made.pk)
    page["shift"] = shift_of(row, gone, now)
    page["held"], page["freed"] = zone_effect(row, gone, now)
    return _act_page(request, row, ReasonForm(request.POST or None), done, page)


@require_POST
@for_right(Right.RECORD_HEALTH)
def zone_round(request: ActorRequest, area: int, zone: int) -> HttpResponse:
    """Record the outcome of a round that was not run here."""
    row = _zone(request, zone)
    form = RoundForm(request.POST)
    if form.is_valid():
        try:
            if is_run_here(row, form.cleaned_data["on"]):
                raise RuleBroken("orders.round_run_here", on=form.cleaned_data["on"])
            record_round(actor=request.actor, zone=row, now=clock.now(), **form.cleaned_data)
            messages.success(request, _("The round is on record."))
            return back_to("zone_file", request, zone=row.pk)
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
    context = file_page(row, clock.now()) | {"round_form": form, "may_record": True}
    context |= _rounds_of(request, row, context)
    return render(request, "command/zone_file.html", context, status=422)


@require_POST
@for_right(Right.APPROVE_ORDERS)
def zone_spread(request: ActorRequest, area: int, zone: int) -> HttpResponse:
    """Keep why the spread is unclear."""
    row = _zone(request, zone)
    explain_spread(
        actor=request.actor, zone=row, words=request.POST.get("words", ""), now=clock.now()
    )
    return back_to("zone_file", request, zone=row.pk)


@require_POST
@for_right(Right.APPROVE_ORDERS)
def zone_attach(request: ActorRequest, area: int, zone: int, change: int) -> HttpResponse:
    """Attach the paper that arrived later."""
    row = _zone(request, zone)
    notice = access_notice(request.actor, whole_number(request.POST.get("notice")) or 0)
    attach_notice(
        actor=request.actor, change=_change(request, row, change), notice=notice, now=clock.now()
    )
    return back_to("zone_file", request, zone=row.pk)
