"""People here without being registered (暂住、访客、店员), and exemptions from sampling (免检)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Right
from gridwell.command.actions import guests as acts
from gridwell.command.forms import ExemptionForm, GuestEndForm, GuestForm
from gridwell.command.picking import place_of, set_community
from gridwell.command.presenters.guests import exemption_page, guest_page
from gridwell.command.views import back_to, for_right
from gridwell.command.views.health import found_people, local_now, narrow_form, people_of
from gridwell.core import clock, ids
from gridwell.core.errors import RuleBroken
from gridwell.core.numbers import whole_number
from gridwell.core.paging import page_of
from gridwell.core.wording import say
from gridwell.health.queries import access_exemption, access_person
from gridwell.places.queries import access_place
from gridwell.residents.queries.guests import access_guest, guests_gone, guests_here


@listing.offered("guests")
@require_http_methods(["GET", "POST"])
@for_right(Right.EDIT_REGISTER, to_send=True)
def guest_list(request: ActorRequest, area: int) -> HttpResponse:
    """Who is here without being registered; a new one is entered on the same page."""
    community, now = people_of(request), clock.now()
    form = GuestForm(
        request.POST or None, initial={"ref": ids.new_ref(), "starts_at": local_now(now)}
    )
    set_community(form, community)
    if request.method == "POST" and form.is_valid():
        try:
            facts = dict(form.cleaned_data)
            chosen = place_of(community, facts.pop("place")[0])
            place = access_place(request.actor, community, chosen.pk)
            acts.register_guest(actor=request.actor, place=place, now=now, **facts)
            messages.success(request, _("On record. Whatever holds for the door holds for them."))
            return back_to("guest_list", request)
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
    past = request.GET.get("show") == "past"
    rows = (guests_gone if past else guests_here)(request.actor, community, now)
    narrow = narrow_form(request, community)
    page = page_of(request, narrow.of(rows, place="place"), 100)
    context = guest_page(page, community, now) | {
        "past": past,
        "narrow": narrow,
        "form": form,
        "may_edit": request.actor.may(Right.EDIT_REGISTER, community),
        "may_record": request.actor.may(Right.RECORD_HEALTH, community),
    }
    return render(request, "command/guest_list.html", context)


@require_POST
@for_right(Right.EDIT_REGISTER)
def guest_end(request: ActorRequest, area: int, stay: int) -> HttpResponse:
    """Write that somebody left: now, or at the time given."""
    community, now = people_of(request), clock.now()
    row = access_guest(request.actor, community, stay)
    form = GuestEndForm(request.POST)
    if not form.is_valid():
        raise RuleBroken("command.time_unclear")
    acts.end_guest(
        actor=request.actor,
        stay=row,
        ends_at=form.cleaned_data["ends_at"] or now,
        reason=form.cleaned_data["reason"],
        now=now,
    )
    messages.success(request, _("%(name)s has left.") % {"name": row.name})
    return back_to("guest_list", request)


@require_POST
@for_right(Right.EDIT_REGISTER)
def guest_number(request: ActorRequest, area: int, stay: int) -> HttpResponse:
    """Enter the document number of a guest who had none on record."""
    row = access_guest(request.actor, people_of(request), stay)
    document = request.POST.get("document", "").replace("\0", "")[:40]
    acts.number_guest(actor=request.actor, stay=row, document=document, now=clock.now())
    messages.success(request, _("The number is on record. Results that named it are tried again."))
    return back_to("guest_file", request, stay=row.pk)


@require_POST
@for_right(Right.RECORD_HEALTH)
def guest_sampled(request: ActorRequest, area: int, stay: int) -> HttpResponse:
    """Write that somebody gave a sample just now, or what came of it."""
    row = access_guest(request.actor, people_of(request), stay)
    acts.sample_guest(
        actor=request.actor,
        stay=row,
        outcome=request.POST.get("outcome", "pending"),
        now=clock.now(),
    )
    return back_to("guest_list", request)


@listing.offered("exemptions")
@require_http_methods(["GET", "POST"])
@for_right(Right.RECORD_HEALTH, to_send=True)
def exemption_list(request: ActorRequest, area: int) -> HttpResponse:
    """Who is exempt from sampling, why and until when; a new one is entered on the same page."""
    community, now = people_of(request), clock.now()
    is_new = request.method == "POST" and "starts_on" in request.POST
    resident = whole_number(request.POST.get("resident"))
    person = access_person(request.actor, community, resident) if resident is not None else None
    form = ExemptionForm(
        request.POST if is_new else None,
        initial={"resident": person.pk if person else None, "starts_on": clock.today()},
    )
    if is_new and form.is_valid() and person is not None:
        data: dict[str, Any] = form.cleaned_data
        try:
            acts.exempt(
                actor=request.actor,
                resident=person,
                reason=data["reason"],
                remark=data["remark"],
                starts_at=clock.start_of(data["starts_on"]),
                ends_at=clock.end_of(data["ends_on"]),
                now=now,
            )
            messages.success(request, _("On record: not due to be sampled until then."))
            return back_to("exemption_list", request)
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
    narrow = narrow_form(request, community)
    context = exemption_page(request, narrow, community, now)
    context |= {
        "narrow": narrow,
        "form": form,
        "person": person,
        "found": found_people(request, community),
        "q": request.POST.get("q", ""),
        "may_record": request.actor.may(Right.RECORD_HEALTH, community),
    }
    return render(request, "command/exemption_list.html", context)


@require_POST
@for_right(Right.RECORD_HEALTH)
def exemption_end(request: ActorRequest, area: int, exemption: int) -> HttpResponse:
    """End an exemption early, with a reason."""
    row = access_exemption(request.actor, people_of(request), exemption)
    acts.end_exemption(
        actor=request.actor,
        exemption=row,
        reason=request.POST.get("reason", ""),
        now=clock.now(),
    )
    messages.success(request, _("Ended: this person is due again."))
    return back_to("exemption_list", request)
