"""Isolation and monitoring (隔离与监测), cases, results: lists, begin, end."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Right
from gridwell.command.actions import health as acts
from gridwell.command.forms import CaseForm, NarrowForm, ResultForm, StayForm
from gridwell.command.picking import place_of, set_community
from gridwell.command.presenters.words import say as word
from gridwell.command.views import back_to, community_of, for_right
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.numbers import whole_number
from gridwell.core.paging import page_of
from gridwell.core.sources import source_words
from gridwell.core.templatetags.core_tags import end_in_full
from gridwell.core.wording import say
from gridwell.health.actions import record_result, withdraw_case
from gridwell.health.labels import CASE_KINDS, OUTCOMES
from gridwell.health.queries import (
    access_case,
    access_isolation,
    access_monitoring,
    access_person,
    cases_of,
    isolations_of,
    monitorings_of,
    names_of,
    results_of,
)
from gridwell.places.queries import buildings_of
from gridwell.protocols.labels import CLASSES, STAYS
from gridwell.residents.queries.search import search


def people_of(request: ActorRequest) -> int:
    """Return the community whose people may be shown by name here; others get a 404."""
    community = community_of(request)
    if not request.actor.may(Right.SEE_NAMES, community):
        raise NotVisible
    return community


def narrow_form(request: ActorRequest, community: int, *keep: str) -> NarrowForm:
    """Return the form that narrows a list of people to a building, and to what else is kept."""
    buildings = [(place.pk, place.full_name) for place in buildings_of(request.actor, community)]
    return NarrowForm(request.GET, buildings=buildings, keep=keep)


@listing.offered("stays")
@require_GET
def stay_list(request: ActorRequest, area: int) -> HttpResponse:
    """Who is isolated or monitored, those due or overdue first."""
    community, now = people_of(request), clock.now()
    show = request.GET.get("show", "isolation")
    rows: Any = (monitorings_of if show == "monitoring" else isolations_of)(
        request.actor, community
    )
    rows = rows.exclude(ended_at=None).order_by("-ended_at") if show == "ended" else rows.filter(
        ended_at=None
    )  # fmt: skip
    narrow = narrow_form(request, community)
    page = page_of(request, narrow.of(rows), 100)
    shown = [
        {
            "stay": stay,
            "kind": word(STAYS, getattr(stay, "place_kind", "monitoring")),
            "why": word(CLASSES, stay.person_class) if stay.person_class else "",
            "is_late": stay.ended_at is None and stay.ends_at is not None and stay.ends_at <= now,
        }
        for stay in page
    ]
    open_rows = isolations_of(request.actor, community).filter(ended_at=None)
    context = {
        "rows": shown,
        "page": page,
        "total": page.paginator.count,
        "show": show,
        "narrow": narrow,
        "figures": {
            "isolated": open_rows.count(),
            "monitored": monitorings_of(request.actor, community).filter(ended_at=None).count(),
            "late": open_rows.filter(ends_at__lte=now).count(),
        },
        "may_record": request.actor.may(Right.RECORD_HEALTH, community),
    }
    return render(request, "command/stay_list.html", context)


def found_people(request: ActorRequest, community: int) -> list[Any]:
    words = request.POST.get("q", "").strip()
    hits = search(request.actor, community, words, 20) if words else []
    return [hit for hit in hits if hit.kind == "resident"]


@require_http_methods(["GET", "POST"])
@for_right(Right.RECORD_HEALTH)
def stay_new(request: ActorRequest, area: int) -> HttpResponse:
    """Find the person (by POST, so that no name stands in an address), then say what and why."""
    community, now = people_of(request), clock.now()
    context: dict[str, Any] = {
        "found": found_people(request, community),
        "q": request.POST.get("q", ""),
    }
    resident = whole_number(request.POST.get("resident"))
    if resident is not None:
        person = access_person(request.actor, community, resident)
        is_first = "kind" not in request.POST
        form = StayForm(
            None if is_first else request.POST,
            initial={"resident": person.pk, "from_on": clock.today(), "already_spent": 0},
        )
        context |= {"person": person, "form": form}
        if not is_first and form.is_valid():
            facts = {k: v for k, v in form.cleaned_data.items() if k != "resident"}
            try:
                stay = acts.begin_stay(actor=request.actor, resident=person, now=now, **facts)
                messages.success(
                    request,
                    _("On record until %(until)s by protocol %(protocol)s.")
                    % {"until": end_in_full(stay.ends_at), "protocol": stay.protocol},
                )
                return back_to("stay_list", request)
            except RuleBroken as refusal:
                form.add_error(None, say(refusal))
    return render(request, "command/stay_new.html", context)


@require_POST
@for_right(Right.RECORD_HEALTH)
def stay_end(request: ActorRequest, area: int, kind: str, stay: int) -> HttpResponse:
    """End an isolation or monitoring by hand, with a reason."""
    community, now = people_of(request), clock.now()
    facts: dict[str, Any] = {"reason": request.POST.get("reason", ""), "ended_at": now, "now": now}
    if kind == "monitoring":
        monitoring = access_monitoring(request.actor, community, stay)
        acts.end_stay(actor=request.actor, stay=monitoring, **facts)
    else:
        isolation = access_isolation(request.actor, community, stay)
        acts.end_stay(actor=request.actor, stay=isolation, **facts)
    messages.success(request, _("Ended. The release sheet can be printed now."))
    return back_to("stay_list", request)


@listing.offered("cases")
@require_http_methods(["GET", "POST"])
@for_right(Right.RECORD_HEALTH, to_send=True)
def case_list(request: ActorRequest, area: int) -> HttpResponse:
    """The cases on record; a new one is entered on the same page."""
    community, now = people_of(request), clock.now()
    is_new = request.method == "POST" and "found_at" in request.POST
    form = CaseForm(request.POST if is_new else None)
    if is_new and form.is_valid():
        try:
            return _record_case(request, form, community)
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
    resident = whole_number(request.POST.get("resident"))
    person = access_person(request.actor, community, resident) if resident is not None else None
    if not is_new:
        form = CaseForm(
            initial={"resident": person.pk if person else None, "found_at": local_now(now)}
        )
    set_community(form, community)
    narrow = narrow_form(request, community)
    page = page_of(request, narrow.of(cases_of(request.actor, community)), 100)
    context = {
        "rows": [
            (c, who, word(CASE_KINDS, c.kind))
            for c, who in zip(page, names_of(community, page), strict=True)
        ],
        "narrow": narrow,
        "page": page,
        "total": page.paginator.count,
        "form": form,
        "person": person,
        "found": found_people(request, community),
        "q": request.POST.get("q", ""),
        "may_record": request.actor.may(Right.RECORD_HEALTH, community),
    }
    return render(request, "command/case_list.html", context)


def local_now(now: Any) -> str:
    """Return an instant as a datetime-local field shows it."""
    return str(now.astimezone(clock.zone()).strftime("%Y-%m-%dT%H:%M"))


def _record_case(request: ActorRequest, form: CaseForm, community: int) -> HttpResponse:
    data = form.cleaned_data
    person = access_person(request.actor, community, data["resident"]) if data["resident"] else None
    place = place_of(community, data["place"][0]) if data["place"] else None
    acts.record_case(
        actor=request.actor,
        community=community,
        resident=person,
        place=place,
        found_at=data["found_at"],
        kind=data["kind"],
        was_isolated=data["was_isolated"],
        now=clock.now(),
    )
    messages.success(request, _("On record. Zones that hold the place propose to start again."))
    return back_to("case_list", request)


@require_POST
@for_right(Right.RECORD_HEALTH)
def case_withdraw(request: ActorRequest, area: int, case: int) -> HttpResponse:
    """Take back a case that was entered by mistake."""
    row = access_case(request.actor, people_of(request), case)
    withdraw_case(
        actor=request.actor, case=row, reason=request.POST.get("reason", ""), now=clock.now()
    )
    return back_to("case_list", request)


@listing.offered("results")
@require_http_methods(["GET", "POST"])
@for_right(Right.RECORD_HEALTH, to_send=True)
def result_list(request: ActorRequest, area: int) -> HttpResponse:
    """The latest results; a person's result is entered on the same page."""
    community, now = people_of(request), clock.now()
    is_new = request.method == "POST" and "sampled_at" in request.POST
    form = ResultForm(request.POST if is_new else None)
    resident = whole_number(request.POST.get("resident"))
    person = access_person(request.actor, community, resident) if resident is not None else None
    if is_new and form.is_valid() and person is not None:
        facts = {k: v for k, v in form.cleaned_data.items() if k != "resident"}
        try:
            record_result(actor=request.actor, resident=person, now=now, **facts)
            messages.success(request, _("The result is on record."))
            return back_to("result_list", request)
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
    elif not is_new:
        form = ResultForm(
            initial={"resident": person.pk if person else None, "sampled_at": local_now(now)}
        )
    narrow = narrow_form(request, community, "outcome", "day")
    page = page_of(request, narrow.of(results_of(request.actor, community)), 100)
    context = {
        "rows": [
            (r, who, word(OUTCOMES, r.outcome), source_words(r.source))
            for r, who in zip(page, names_of(community, page), strict=True)
        ],
        "narrow": narrow,
        "page": page,
        "total": page.paginator.count,
        "form": form,
        "person": person,
        "found": found_people(request, community),
        "q": request.POST.get("q", ""),
        "may_record": request.actor.may(Right.RECORD_HEALTH, community),
    }
    return render(request, "command/result_list.html", context)
