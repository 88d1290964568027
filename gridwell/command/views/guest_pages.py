"""One guest's own page (访客页), and the sheets that say what applies to guests and why."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Right
from gridwell.command.presenters.guest_file import guest_facts, guests_asked
from gridwell.command.views.health import people_of
from gridwell.core import clock
from gridwell.core.numbers import whole_numbers
from gridwell.core.templatetags.core_tags import exact_day
from gridwell.places.queries import profile_of
from gridwell.residents.queries import household_of_resident
from gridwell.residents.queries.guests import access_guest, guests_here

MOST_SHEETS = 400


@require_GET
def guest_file(request: ActorRequest, area: int, stay: int) -> HttpResponse:
    """Who is here without being registered: where, since when, what applies today and why."""
    community, now = people_of(request), clock.now()
    row = access_guest(request.actor, community, stay)
    context = guest_facts(row, now) | {
        "may_edit": request.actor.may(Right.EDIT_REGISTER, community),
        "may_record": request.actor.may(Right.RECORD_HEALTH, community),
        "home": household_of_resident(row.registered_as) if row.registered_as else None,
    }
    return render(request, "command/guest_file.html", context)


@require_GET
def guest_sheets(request: ActorRequest, area: int) -> HttpResponse:
    """A sheet for each guest who is here now and of whom something is asked; the ticked ones only."""
    community, now = people_of(request), clock.now()
    rows = guests_here(request.actor, community, now).filter(starts_at__lte=now)
    if ticked := whole_numbers(request.GET.getlist("stay")):
        rows = rows.filter(pk__in=ticked)
    sheets = guests_asked(rows, community, now)
    context = {
        "sheets": sheets[:MOST_SHEETS],
        "left": max(0, len(sheets) - MOST_SHEETS),
        "today_words": exact_day(clock.today()),
        "community": request.area,
        "telephone": profile_of(community).telephone,
        "back": reverse("guest_list", kwargs={"area": community}),
    }
    return render(request, "command/guest_sheets.html", context)
