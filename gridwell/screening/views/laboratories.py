"""Laboratories that send results, and their keys; with the guide for whoever connects one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gridwell.accounts.middleware import ActorRequest
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.wording import say
from gridwell.screening.actions import laboratories as acts
from gridwell.screening.queries import results as reads
from gridwell.screening.result_forms import LaboratoryForm
from gridwell.screening.views import back_to
from gridwell.screening.views.results import handled


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
    context = {
        "form": form,
        "rows": list(reads.laboratories_of(request.actor, area)),
        "key": key,
        "key_of": name,
        "address": request.build_absolute_uri(reverse("api_results")),
        "openapi": reverse("api_results_openapi"),
    }
    answer = render(request, "screening/lab_list.html", context)
    if key:
        answer["Cache-Control"] = "no-store"
    return answer


@require_POST
def lab_act(request: ActorRequest, area: int, laboratory: int) -> HttpResponse:
    """Give a laboratory a new key, shown this once, or shut it out."""
    area = handled(request)
    row = reads.access_laboratory(request.actor, area, laboratory)
    act = request.POST.get("act", "")
    if act == "key":
        key = acts.give_key(actor=request.actor, laboratory=row, now=clock.now())
        return _page(request, area, LaboratoryForm(), key, row.name)
    if act != "revoke":
        raise NotVisible
    acts.revoke_laboratory(
        actor=request.actor,
        laboratory=row,
        reason=request.POST.get("reason", ""),
        now=clock.now(),
    )
    messages.success(request, _("Its key is void from now on."))
    return back_to("lab_list", request)
