"""Printing and delivery (打印送达): door notices, isolation and release sheets, texts for groups."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Right
from gridwell.command.presenters.sheets import (
    basis_of,
    doors_in,
    sheets_of,
    stay_sheets,
    texts_of,
    zone_facts,
)
from gridwell.command.queries.zones import ZoneView, views_of
from gridwell.command.views import back_to, community_of, for_right
from gridwell.core import clock
from gridwell.core.errors import NotVisible
from gridwell.core.numbers import whole_number, whole_numbers
from gridwell.core.templatetags.core_tags import exact_day
from gridwell.health.queries import isolations_of
from gridwell.orders.actions.sheets import record_deliveries
from gridwell.orders.labels import DELIVERED
from gridwell.orders.queries.sheets import own_doors
from gridwell.orders.queries.zones import access_zone
from gridwell.places.queries import profile_of


def _view(request: ActorRequest, zone: int) -> ZoneView:
    row = access_zone(request.actor, zone)
    if row.community_id != community_of(request):
        raise NotVisible
    return views_of([row], clock.now())[0]


@require_GET
def zone_sheets(request: ActorRequest, area: int, zone: int) -> HttpResponse:
    """The door notices of a zone, printed by building."""
    view = _view(request, zone)
    per = "door" if request.GET.get("per") == "door" else "unit"
    context: dict[str, Any] = sheets_of(view, request.actor, per=per) | zone_facts(view)
    context |= {
        "zone": view.zone,
        "today_words": exact_day(clock.today()),
        "community": request.area,
        "telephone": profile_of(request.area.pk).telephone,
        "ways": DELIVERED.items(),
        "may_record": request.actor.may(Right.RECORD_HEALTH, request.area.pk),
        "back": reverse("zone_file", kwargs={"area": request.area.pk, "zone": zone}),
    }
    return render(request, "command/zone_sheets.html", context)


@require_POST
@for_right(Right.RECORD_HEALTH)
def zone_delivered(request: ActorRequest, area: int, zone: int) -> HttpResponse:
    """Record that the notices of one building were delivered."""
    view, now = _view(request, zone), clock.now()
    building = whole_number(request.POST.get("building")) or 0
    doors = doors_in(view, building)
    own = own_doors(request.actor, request.area.pk, doors)
    if doors and not own:
        raise NotVisible  # a building of another grid in the same zone
    count = record_deliveries(
        actor=request.actor,
        community=request.area.pk,
        sheet="zone_notice",
        basis=basis_of(zone),
        dwellings=sorted(own),
        how=request.POST.get("how", ""),
        delivered_at=now.replace(second=0, microsecond=0),
        now=now,
    )
    messages.success(request, _("Recorded. Doors: %(count)s.") % {"count": count})
    return back_to("zone_sheets", request, zone=zone)


@require_GET
def zone_words(request: ActorRequest, area: int, zone: int) -> HttpResponse:
    """The text for each building's group chat."""
    view = _view(request, zone)
    telephone = profile_of(request.area.pk).telephone
    context = {"zone": view.zone, "texts": texts_of(view, request.area.name, telephone)}
    return render(request, "command/zone_words.html", context)


@require_GET
def stay_print(request: ActorRequest, area: int, sheet: str) -> HttpResponse:
    """Isolation or release sheets of the ticked people (or all of today), by building."""
    community, now = community_of(request), clock.now()
    if not request.actor.may(Right.SEE_NAMES, community) or sheet not in ("isolation", "release"):
        raise NotVisible
    ticked = whole_numbers(request.GET.getlist("stay"))
    rows = isolations_of(request.actor, community)
    rows = rows.filter(ended_at=None) if sheet == "isolation" else rows.exclude(ended_at=None)
    if ticked:
        rows = rows.filter(pk__in=ticked)
    context = {
        "sheets": stay_sheets(rows[:400], now),
        "sheet": sheet,
        "today_words": exact_day(clock.today()),
        "community": request.area,
        "telephone": profile_of(community).telephone,
        "ways": DELIVERED.items(),
        "back": reverse("stay_list", kwargs={"area": community}),
    }
    return render(request, "command/stay_sheets.html", context)


@require_POST
@for_right(Right.RECORD_HEALTH)
def stay_delivered(request: ActorRequest, area: int, sheet: str) -> HttpResponse:
    """Record that isolation or release sheets were delivered."""
    community, now = community_of(request), clock.now()
    ticked = whole_numbers(request.POST.getlist("stay"))
    count = 0
    for stay in isolations_of(request.actor, community).filter(pk__in=ticked):
        if stay.dwelling_id is None:
            continue
        count += record_deliveries(
            actor=request.actor,
            community=community,
            sheet=sheet,
            basis=f"isolation:{stay.ref}",
            dwellings=[stay.dwelling_id],
            how=request.POST.get("how", ""),
            delivered_at=now.replace(second=0, microsecond=0),
            now=now,
        )
    messages.success(request, _("Recorded. Doors: %(count)s.") % {"count": count})
    return back_to("stay_list", request)
