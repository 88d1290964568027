"""Laboratories that send results, and their keys; with the guide for whoever connects one."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridwell.accounts.middleware import ActorRequest
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.numbers import whole_number
from gridwell.core.wording import say
from gridwell.screening import result_guide
from gridwell.screening.actions import laboratories as acts
from gridwell.screening.models import Laboratory, LaboratoryKey
from gridwell.screening.queries import results as reads
from gridwell.screening.result_forms import OVERLAPS, KeyForm, LaboratoryForm
from gridwell.screening.views import back_to
from gridwell.screening.views.results import handled

SHOWN_KEYS: Final = 5


@require_http_methods(["GET", "POST"])
def lab_list(request: ActorRequest, area: int) -> HttpResponse:
    """The laboratories of an area; a new one is entered on the same page."""
    area = handled(request)
    form = LaboratoryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            acts.add_laboratory(
                actor=request.actor, area=area, name=form.cleaned_data["name"], now=clock.now()
            )
            messages.success(
                request, _("The laboratory is on record. Give it a key if it can call.")
            )
            return back_to("lab_list", request)
        except RuleBroken as refusal:
            form.add_error("name", say(refusal))
    return _page(request, area, form)


def _page(
    request: ActorRequest, area: int, form: LaboratoryForm, key: str = "", name: str = ""
) -> HttpResponse:
    rows, now = list(reads.laboratories_of(request.actor, area)), clock.now()
    keys = reads.keys_of(rows)
    context = {
        "form": form,
        "rows": [
            {"laboratory": row, "keys": [_shown(k, now) for k in keys.get(row.pk, ())[:SHOWN_KEYS]]}
            for row in rows
        ],
        "overlaps": OVERLAPS,
        "key": key,
        "key_of": name,
        "address": request.build_absolute_uri(reverse("api_results")),
        "guide": request.build_absolute_uri(reverse("api_results_guide")),
    }
    answer = render(request, "screening/lab_list.html", context)
    if key:
        answer["Cache-Control"] = "no-store"
    return answer


def _shown(key: LaboratoryKey, now: datetime) -> dict[str, Any]:
    """Return a key as the page shows it: its name and end, never more of it than its last signs."""
    ended = key.revoked_at or (key.ends_at if key.ends_at and key.ends_at <= now else None)
    return {"key": key, "ended": ended, "is_valid": ended is None}


@require_POST
def lab_act(request: ActorRequest, area: int, laboratory: int) -> HttpResponse:
    """Give a laboratory a new key, shown this once, or shut it out."""
    area = handled(request)
    row = reads.access_laboratory(request.actor, area, laboratory)
    act = request.POST.get("act", "")
    if act == "key":
        return _give(request, area, row)
    if act == "revoke_key":
        acts.revoke_key(
            actor=request.actor,
            laboratory=row,
            key=whole_number(request.POST.get("key")) or 0,
            reason=request.POST.get("reason", ""),
            now=clock.now(),
        )
        messages.success(request, _("This key is void from now on; the others go on."))
        return back_to("lab_list", request)
    if act != "revoke":
        raise NotVisible
    acts.revoke_laboratory(
        actor=request.actor,
        laboratory=row,
        reason=request.POST.get("reason", ""),
        now=clock.now(),
    )
    messages.success(request, _("Its keys are void from now on."))
    return back_to("lab_list", request)


def _give(request: ActorRequest, area: int, row: Laboratory) -> HttpResponse:
    """Show a new key, this once; the keys before it go on as long as was chosen."""
    form, now = KeyForm(request.POST), clock.now()
    if not form.is_valid():
        raise RuleBroken("screening.key_overlap", days=acts.LONGEST_OVERLAP.days)
    days = form.cleaned_data["overlap"]
    key = acts.give_key(
        actor=request.actor,
        laboratory=row,
        name=form.cleaned_data["name"],
        old_until=now + timedelta(days=days) if days else None,
        now=now,
    )
    return _page(request, area, LaboratoryForm(), key, row.name)


@require_GET
@login_not_required
def lab_guide(request: HttpRequest) -> HttpResponse:
    """The guide for whoever connects a laboratory's system; for everybody, holds no data."""
    context = {
        "address": request.build_absolute_uri(reverse("api_results")),
        "openapi": request.build_absolute_uri(reverse("api_results_openapi")),
        "fields": result_guide.FIELDS,
        "faults": result_guide.faults(),
        "statuses": result_guide.STATUSES,
        "rows": result_guide.MOST_ROWS,
        "megabytes": result_guide.MOST_BYTES >> 20,
        "calls": result_guide.CALLS_A_MINUTE,
    }
    return render(request, "screening/lab_guide.html", context)
