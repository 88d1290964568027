"""Pages of screening. Each view parses, reaches things through the actor, acts, renders."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Right
from gridwell.core.errors import NotVisible
from gridwell.places.rules.levels import AreaLevel
from gridwell.screening.models import Round
from gridwell.screening.queries.rounds import access_round


def is_community(request: ActorRequest) -> bool:
    """Return whether the page is a single community's."""
    return request.area.level == AreaLevel.COMMUNITY


def community_of(request: ActorRequest) -> int:
    """Return the community of the page; upper areas have no such page (404)."""
    if not is_community(request):
        raise NotVisible
    return request.area.pk


def needs(request: ActorRequest, right: Right) -> int:
    """Return the community of the page for who has a right there; for others it is not there."""
    community = community_of(request)
    if not request.actor.may(right, community):
        raise NotVisible
    return community


def the_round(request: ActorRequest, round_id: int) -> Round:
    """Return the round of an address, or raise NotVisible."""
    return access_round(request.actor, community_of(request), round_id)


def back_to(name: str, request: ActorRequest, *, fragment: str = "", **kwargs: Any) -> HttpResponse:
    """Return a redirect to a page of the same area after a write."""
    url = reverse(name, kwargs={"area": request.area.pk, **kwargs})
    return HttpResponseRedirect(f"{url}#{fragment}" if fragment else url)
