"""Desks of a round: set up, changed, stopped, taken up again, taken away."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.models import Post
from gridwell.accounts.rules.actor import Right
from gridwell.core import clock
from gridwell.core.errors import RuleBroken
from gridwell.core.wording import say
from gridwell.screening.actions import desks as acts
from gridwell.screening.actions import slots as slot_acts
from gridwell.screening.models import Desk, Round
from gridwell.screening.presenters.rounds import round_name
from gridwell.screening.queries.sites import (
    access_round_desk,
    access_site,
    desk_posts,
    has_tubes,
    open_sites,
)
from gridwell.screening.slot_forms import DeskForm, DesksForm
from gridwell.screening.views import back_to, needs, the_round
from gridwell.screening.views.slots import after_making, page_of_slots, post_choices


@require_POST
def slot_desk_add(request: ActorRequest, area: int, round: int) -> HttpResponse:
    """Set up desks at a site."""
    community, now = needs(request, Right.APPROVE_ORDERS), clock.now()
    row = the_round(request, round)
    form = DesksForm(request.POST, sites=open_sites(community), posts=post_choices(community, now))
    if form.is_valid():
        try:
            desks = acts.add_desks(
                actor=request.actor,
                round=row,
                site=access_site(request.actor, community, form.cleaned_data["site"]),
                hours=form.hours(row.on),
                count=form.cleaned_data["count"],
                post=_post(community, form.cleaned_data["post"], now),
                now=now,
            )
            words = ngettext("%(count)s desk set up.", "%(count)s desks set up.", len(desks))
            messages.success(request, words % {"count": len(desks)})
            return back_to("slot_page", request, round=row.pk, fragment="desks")
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
    context = page_of_slots(request, row, now, desks=form)
    return render(request, "screening/slots.html", context, status=409)


def _post(community: int, chosen: int | None, now: datetime) -> Post | None:
    return desk_posts(community, now).filter(pk=chosen).first() if chosen else None


@require_http_methods(["GET", "POST"])
def slot_desk(request: ActorRequest, area: int, round: int, desk: int) -> HttpResponse:
    """A desk: its hours and post; that it dropped out, works again, or was a mistake."""
    community, now = needs(request, Right.APPROVE_ORDERS), clock.now()
    row = the_round(request, round)
    found = access_round_desk(row, desk)
    form = _form(request, found, community, now)
    fault = ""
    if request.method == "POST":
        try:
            answer = _act(request, row, found, form, now)
            if answer is not None:
                return answer
        except RuleBroken as refusal:
            fault = say(refusal)
    context = {
        "round": row,
        "title": round_name(row),
        "desk": found,
        "form": form,
        "fault": fault,
        "has_worked": has_tubes(found),
        "may_change": row.state != "closed",
    }
    return render(request, "screening/slot_desk.html", context, status=409 if fault else 200)


def _form(request: ActorRequest, desk: Desk, community: int, now: datetime) -> DeskForm:
    zone = clock.zone()
    initial = {
        "opens": desk.opens_at.astimezone(zone).time(),
        "closes": desk.closes_at.astimezone(zone).time(),
        "post": desk.post_id,
    }
    posts = post_choices(community, now)
    if desk.post is not None and desk.post_id not in {pk for pk, _words in posts}:
        posts.append((desk.post.pk, desk.post.title))
    is_edit = request.method == "POST" and "opens" in request.POST
    return DeskForm(request.POST if is_edit else None, initial=initial, posts=posts)


def _act(
    request: ActorRequest, row: Round, desk: Desk, form: DeskForm, now: datetime
) -> HttpResponse | None:
    """Do what the page was sent for; None when the form has faults."""
    facts: dict[str, Any] = {"actor": request.actor, "desk": desk, "now": now}
    act = request.POST.get("act", "")
    if act in {"stop", "resume"}:
        if act == "stop":
            made = slot_acts.drop_out(reason=request.POST.get("reason", ""), **facts)
        else:
            made = slot_acts.take_up(**facts)
        if made is not None:
            return after_making(request, row, made)
    elif act == "remove":
        acts.remove_desk(**facts)
    elif form.is_valid():
        post = _post(row.community_id, form.cleaned_data["post"], now)
        acts.edit_desk(hours=form.hours(row.on), post=post, **facts)
    else:
        return None
    messages.success(request, _("On record."))
    return back_to("slot_page", request, round=row.pk, fragment="desks")
