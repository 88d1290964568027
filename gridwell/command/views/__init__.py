"""Pages of orders: notices, zones, standstills, isolation, events, sheets."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from gridwell.accounts.middleware import ActorRequest
from gridwell.core.errors import NotVisible
from gridwell.places.rules.levels import AreaLevel


def community_of(request: ActorRequest) -> int:
    """Return the community of the page; upper areas have no such page (404)."""
    if request.area.level != AreaLevel.COMMUNITY:
        raise NotVisible
    return request.area.pk


def is_community(request: ActorRequest) -> bool:
    """Return whether the page is a single community's."""
    return request.area.level == AreaLevel.COMMUNITY


def back_to(name: str, request: ActorRequest, *, fragment: str = "", **kwargs: Any) -> HttpResponse:
    """Return a redirect to a page of the same area after a write."""
    url = reverse(name, kwargs={"area": request.area.pk, **kwargs})
    return HttpResponseRedirect(f"{url}#{fragment}" if fragment else url)
