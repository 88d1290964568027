"""Areas of charge (分片包干): who answers for which place or grid."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.core import clock
from gridwell.core.numbers import whole_number
from gridwell.organisation import forms, queries
from gridwell.organisation.actions import naming
from gridwell.organisation.views.common import (
    ACT,
    act_page,
    at,
    bound,
    manages,
    may_manage,
    one_community,
)
from gridwell.places.queries import grids_of, places_of
from gridwell.places.rules.levels import PlaceKind

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
