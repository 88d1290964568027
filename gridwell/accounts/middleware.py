"""Makes the actor of each request, and keeps everyone inside their scope."""

from collections.abc import Callable
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse

from gridwell.accounts.models import User
from gridwell.accounts.queries import actor_of
from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.places.models import Area


class ActorRequest(HttpRequest):
    """A request of a signed-in person, as views see it."""

    actor: Actor
    area: Area


class ActorMiddleware:
    """Sets `request.actor`; for a view with an `area` in its path also `request.area`.

    An area outside the actor's scope is answered like one that does not exist (404).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            asked = cast(ActorRequest, request)
            asked.actor = actor_of(cast(User, request.user), clock.now())
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        code = kwargs.get("area")
        actor = getattr(request, "actor", None)
        if code is None or actor is None:
            return
        area = Area.objects.filter(pk=code).first() if actor.covers(code) else None
        if area is None:
            raise Http404
        cast(ActorRequest, request).area = area
