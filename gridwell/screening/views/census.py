"""The door-to-door census (入户摸排): door after door, for who stands in the staircase with a phone."""

from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Right
from gridwell.core import clock
from gridwell.core.errors import RuleBroken
from gridwell.core.joining import joined
from gridwell.core.wording import say
from gridwell.places.models import Place
from gridwell.places.queries import access_place, buildings_of, dwellings_of
from gridwell.screening.actions.census import count_door
from gridwell.screening.forms import CensusForm
from gridwell.screening.queries.lines import natural
from gridwell.screening.rules.census import read_people
from gridwell.screening.views import back_to, needs

SHOWN = 400


def census(request: ActorRequest, area: int) -> HttpResponse:
    """The buildings, with how many of their doors have people in the register."""
    community = needs(request, Right.EDIT_REGISTER)
    lived_in = Q(households__ends_at=None, households__merged_into=None)
    counts = {
        building: (doors, counted)
        for building, doors, counted in dwellings_of(request.actor, community)
        .order_by()
        .values_list("building_id")
        .annotate(
            doors=Count("pk", distinct=True),
            counted=Count("pk", distinct=True, filter=lived_in & Q(households__isnull=False)),
        )
        .values_list("building_id", "doors", "counted")
    }
    rows = [
        (place, *counts.get(place.pk, (0, 0))) for place in buildings_of(request.actor, community)
    ]
    return render(request, "screening/census.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
def census_building(request: ActorRequest, area: int, building: int) -> HttpResponse:
    """A building door by door: unit and room, then the people, one a line."""
    community = needs(request, Right.EDIT_REGISTER)
    place = access_place(request.actor, community, building)
    initial = {"ref": uuid4(), "unit": request.GET.get("unit", "")[:40]}
    form = CensusForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            counted = count_door(
                actor=request.actor,
                building=place,
                unit=data["unit"],
                room=data["room"],
                people=read_people(data["people"]),
                ref=data["ref"],
                now=clock.now(),
            )
            words = ngettext(
                "%(door)s: %(count)s person entered.",
                "%(door)s: %(count)s people entered.",
                counted.added,
            ) % {"door": counted.dwelling.full_name, "count": counted.added}
            if counted.known:
                known = {"names": joined(counted.known)}
                words += " " + _("Known already and left as they were: %(names)s.") % known
            messages.success(request, words)
            response = back_to("census_building", request, building=place.pk)
            response["Location"] += f"?{urlencode({'unit': data['unit']})}"
            return response
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
    context = {"place": place, "form": form, "doors": _doors(request, place)}
    return render(request, "screening/census_building.html", context)


def _doors(request: ActorRequest, place: Place) -> list[Place]:
    """Return the building's doors with how many people live behind each, in order."""
    lives = Q(
        residents__memberships__ends_at=None,
        residents__memberships__superseded_at=None,
        residents__memberships__kind="lives",
    )
    rows = (
        dwellings_of(request.actor, place.community_id)
        .filter(building=place)
        .annotate(people=Count("residents", distinct=True, filter=lives))
    )
    return sorted(rows[:SHOWN], key=lambda row: natural(row.door or row.name))
