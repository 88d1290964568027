"""Areas of charge (分片包干), and on the household file the five (五包一) and the four parties (四方责任)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.reasons import names_need_reason
from gridwell.core import clock
from gridwell.core.numbers import whole_number
from gridwell.organisation import forms, labels, queries
from gridwell.organisation.actions import naming
from gridwell.organisation.rules.kinds import Party
from gridwell.organisation.views.common import (
    ACT,
    act_page,
    at,
    bound,
    edits,
    manages,
    may_manage,
    one_community,
)
from gridwell.places.models import Place
from gridwell.places.queries import grids_of, places_of
from gridwell.places.rules.levels import PlaceKind
from gridwell.residents.models import Household
from gridwell.residents.queries import access_household

#: What can be in somebody's charge: grounds, buildings, units, sites; a single door has its five.
CHARGEABLE = [
    kind.value for kind in PlaceKind if kind not in {PlaceKind.DWELLING, PlaceKind.UNIT}
] + [PlaceKind.UNIT.value]


@listing.offered("charges")
@require_GET
@one_community
def charge_list(request: ActorRequest) -> HttpResponse:
    """List who is in charge of what, and who was."""
    now = clock.now()
    rows = list(queries.charges_of(request.actor, request.area.pk, now))
    before = list(queries.charges_before(request.actor, request.area.pk, now)[:50])
    people = queries.persons_of([*rows, *before], now)
    context = {
        "rows": [(row, people[row.pk]) for row in rows],
        "before": [(row, people[row.pk]) for row in before],
        "may_manage": may_manage(request),
        "on": "charges",
    }
    return render(request, "organisation/charge_list.html", context)


@require_http_methods(ACT)
@one_community
@manages
def charge_new(request: ActorRequest) -> HttpResponse:
    """Put somebody in charge of a place or a grid."""
    community, now = request.area.pk, clock.now()
    places: Any = places_of(request.actor, community).filter(kind__in=CHARGEABLE)
    form = forms.ChargeForm(
        **bound(request),
        places=places.order_by("full_name"),
        grids=grids_of(request.actor, community).order_by("number"),
        people=queries.people_to_name(request.actor, community),
        posts=queries.posts_to_name(request.actor, community, now),
        initial={
            "place": whole_number(request.GET.get("place")),
            "grid": whole_number(request.GET.get("grid")),
        },
    )

    def act() -> str:
        data = form.cleaned_data
        naming.name_charge(
            actor=request.actor,
            community=community,
            place=data["place"],
            grid=data["grid"],
            named=form.named,
            ends_at=form.ends_at,
            now=clock.now(),
        )
        return at(request, "charge_list")

    return act_page(
        request,
        form,
        act,
        title=_("New area of charge"),
        back=at(request, "charge_list"),
        submit=_("Put in charge"),
    )


@require_http_methods(ACT)
@one_community
@manages
def charge_end(request: ActorRequest, charge: int) -> HttpResponse:
    """End a charge."""
    found = queries.access_charge(request.actor, request.area.pk, charge)
    form = forms.ReasonForm(**bound(request))

    def act() -> str:
        naming.end_charge(
            actor=request.actor, charge=found, now=clock.now(), reason=form.cleaned_data["reason"]
        )
        return at(request, "charge_list")

    return act_page(
        request,
        form,
        act,
        title=_("End the charge of %(what)s") % {"what": found.what},
        back=at(request, "charge_list"),
        submit=_("End it"),
    )


# ---- the household file ----------------------------------------------------------------------


def _household(request: ActorRequest, household: int) -> tuple[Household, str]:
    found = access_household(request.actor, request.area.pk, household)
    return found, reverse("household_file", args=[request.area.pk, found.pk])


@require_http_methods(ACT)
@one_community
@edits
@names_need_reason
def five_edit(request: ActorRequest, household: int) -> HttpResponse:
    """Name the five of a household."""
    found, back = _household(request, household)
    standing = queries.five_of(found, clock.now())
    form = forms.FiveForm(
        **bound(request),
        people=queries.people_to_name(request.actor, request.area.pk),
        labels=labels.HELPERS,
        standing=standing,
        seen=queries.five_token(standing),
    )

    def act() -> str:
        naming.set_five(
            actor=request.actor,
            household=found,
            five=form.five,
            seen=form.cleaned_data["seen"],
            now=clock.now(),
        )
        return f"{back}#five"

    return act_page(
        request,
        form,
        act,
        template="organisation/five_edit.html",
        title=_("The five of %(door)s") % {"door": _door(found.dwelling)},
        back=back,
        submit=_("Save"),
    )


@require_http_methods(ACT)
@one_community
@edits
@names_need_reason
def party_new(request: ActorRequest, household: int) -> HttpResponse:
    """Write down one of the four parties of a household."""
    found, back = _household(request, household)
    form = forms.PartyForm(
        **bound(request),
        people=queries.people_to_name(request.actor, request.area.pk),
        labels=labels.PARTIES,
        initial={"party": request.GET.get("party", "")},
    )

    def act() -> str:
        naming.name_party(
            actor=request.actor,
            household=found,
            party=Party(form.cleaned_data["party"]),
            named=form.named,
            now=clock.now(),
        )
        return f"{back}#parties"

    return act_page(
        request,
        form,
        act,
        title=_("Who answers for %(door)s") % {"door": _door(found.dwelling)},
        back=back,
        submit=_("Save"),
    )


@require_http_methods(ACT)
@one_community
@edits
@names_need_reason
def party_end(request: ActorRequest, party: int) -> HttpResponse:
    """End one of the four parties."""
    found = queries.access_party(request.actor, request.area.pk, party)
    back = at(request, "household_file", household=found.household_id)
    form = forms.ReasonForm(**bound(request))

    def act() -> str:
        naming.end_party(
            actor=request.actor, party=found, now=clock.now(), reason=form.cleaned_data["reason"]
        )
        return back

    return act_page(
        request,
        form,
        act,
        title=_("End the responsibility: %(party)s") % {"party": labels.PARTIES[found.party]},
        back=back,
        submit=_("End it"),
    )


def _door(place: Place) -> str:
    return place.full_name
