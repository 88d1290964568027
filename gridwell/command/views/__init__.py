"""Pages of orders: notices, zones, standstills, isolation, events, sheets."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Right
from gridwell.core.errors import NotVisible
from gridwell.places.rules.levels import AreaLevel

P = ParamSpec("P")
View = Callable[Concatenate[ActorRequest, P], HttpResponse]


def for_right(right: Right, *, to_send: bool = False) -> Callable[[View[P]], View[P]]:
    """Wrap a view that only some posts have: for others it is not there (404), form and sending.

    `to_send` for a page that everybody of the area reads and only some write on.
    """

    def wrap(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: ActorRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            asks = not to_send or request.method == "POST"
            if asks and not request.actor.may(right, request.area.pk):
                raise NotVisible
            return view(request, *args, **kwargs)

        return guarded

    return wrap


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
