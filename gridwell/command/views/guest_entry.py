"""A guest is entered into the register: as a new person, or as one who stands there already."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Right
from gridwell.command.actions.entering import Entry, enter_guest, link_guest
from gridwell.command.forms import GuestEntryForm
from gridwell.command.picking import place_of, set_community
from gridwell.command.queries.entering import alike, households_at
from gridwell.command.views import for_right
from gridwell.command.views.health import found_people, people_of
from gridwell.core import clock, ids
from gridwell.core.errors import RuleBroken
from gridwell.core.joining import joined
from gridwell.core.numbers import whole_number
from gridwell.core.wording import say
from gridwell.places.queries import access_place
from gridwell.places.rules.levels import PlaceKind
from gridwell.residents.actions.people import Person
from gridwell.residents.models import Household, Resident, Stay
from gridwell.residents.queries import household_of_resident
from gridwell.residents.queries.guests import access_guest
from gridwell.residents.queries.people import residents_of

BY = {
    "document": gettext_lazy("same document number"),
    "phone": gettext_lazy("same telephone"),
    "name": pgettext_lazy("of a person", "same name"),
}


@require_http_methods(["GET", "POST"])
@for_right(Right.EDIT_REGISTER)
def guest_enter(request: ActorRequest, area: int, stay: int) -> HttpResponse:
    """Enter a guest into the register, or say which resident the guest is."""
    community, now = people_of(request), clock.now()
    if (before := _entered_before(request, community)) is not None:
        return _done(request, before)
    row = access_guest(request.actor, community, stay)
    if row.registered_as is not None:
        return _to_file(request, row.registered_as)
    is_entry = request.method == "POST" and "name" in request.POST
    form = GuestEntryForm(
        request.POST if is_entry else None, households=households_at(row), initial=_initial(row)
    )
    set_community(form, community)
    refusal = ""
    try:
        if is_entry and form.is_valid():
            person = _entered(request, row, form.cleaned_data)
            return _done(request, person)
        resident = whole_number(request.POST.get("resident"))
        if resident is not None:
            known = residents_of(request.actor, community).filter(merged_into=None, pk=resident)
            link_guest(actor=request.actor, stay=row, resident=known.get(), now=now)
            return _done(request, known.get())
    except RuleBroken as broken:
        if is_entry:
            form.add_error(None, say(broken))
        else:
            refusal = say(broken)
    except Resident.DoesNotExist:
        refusal = _("Nobody of that name here.")
    row = access_guest(request.actor, community, stay)
    context = {
        "stay": row,
        "form": form,
        "refusal": refusal,
        "alike": [(one, joined(BY[by] for by in one.by)) for one in alike(request.actor, row)],
        "found": found_people(request, community),
        "q": request.POST.get("q", ""),
    }
    return render(request, "command/guest_enter.html", context)


def _entered_before(request: ActorRequest, community: int) -> Resident | None:
    """Return who this very form has entered already: pressed twice, it leads to the same file."""
    try:
        ref = UUID(request.POST.get("ref", ""))
    except ValueError:
        return None
    return residents_of(request.actor, community).filter(ref=ref).first()


def _initial(stay: Stay) -> dict[str, Any]:
    homes = households_at(stay)
    return {
        "ref": ids.new_ref(),
        "name": stay.name,
        "household": homes[0][0] if len(homes) == 1 else 0,
    }


def _entered(request: ActorRequest, stay: Stay, data: dict[str, Any]) -> Resident:
    community = stay.community_id
    household = None
    if data["household"] and not data["door"]:
        household = Household.objects.get(community_id=community, pk=data["household"])
    door = stay.place if stay.place.kind == PlaceKind.DWELLING else None
    if data["door"]:
        door = access_place(request.actor, community, place_of(community, data["door"][0]).pk)
    entry = Entry(
        person=Person(
            name=data["name"],
            document=data["document"] or stay.document,
            phones=tuple(number for number in (data["phone"] or stay.phone,) if number),
        ),
        ref=data["ref"],
        household=household,
        door=door,
        relation=data["relation"],
    )
    return enter_guest(actor=request.actor, stay=stay, entry=entry, now=clock.now())


def _done(request: ActorRequest, person: Resident) -> HttpResponse:
    words = _(
        "%(name)s is in the register. Samples, results and what held the guest stand there now."
    )
    messages.success(request, words % {"name": person.name})
    return _to_file(request, person)


def _to_file(request: ActorRequest, person: Resident) -> HttpResponse:
    home = household_of_resident(person)
    if home is None:
        return redirect("guest_list", area=person.community_id)
    return redirect("household_file", area=person.community_id, household=home.pk)
