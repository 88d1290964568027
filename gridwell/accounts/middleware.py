"""Makes the actor of each request, and keeps everyone inside their scope."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.models import BigIntegerField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation

from gridwell.accounts import actions
from gridwell.accounts.models import User
from gridwell.accounts.queries import actor_of
from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.core.prepared import Prepared
from gridwell.places.models import Area

#: Pages open to somebody whose one-time password must be changed first.
BEFORE_CHANGE = frozenset(
    {
        "account_change_password",
        "account_logout",
        "account_reauthenticate",
        "switch_user",
        "idle_over",
        "core:set_language",
        "core:keep_alive",
    }
)
_AREA = Prepared(lambda pk: Area.objects.filter(pk=pk), pk=BigIntegerField())
SEEN = "seen"
SEEN_EVERY = 60


class ActorRequest(HttpRequest):
    """A request of a signed-in person, as views see it."""

    actor: Actor
    area: Area
    look_reason: str
    offers_file: bool  # set by accounts.listing: the page's lists can be taken out
    is_whole_list: bool  # and this time they are: no paging


class ActorMiddleware:
    """Sets `request.actor`; for a view with an `area` in its path also `request.area`.

    An area outside the actor's scope is answered like one that does not exist (404). The page
    speaks the person's language; a session that is used lives on, at one write a minute at most;
    whoever got a one-time password is led to change it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not isinstance(user, User):
            # Chinese unless the visitor chose otherwise; not what the browser happens to prefer.
            _speak(request, request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""))
            return self.get_response(request)
        request.actor = actor_of(user, clock.now())  # type: ignore[attr-defined]  # an ActorRequest from here on
        _speak(request, user.language)
        _keep_session(request)
        response = self.get_response(request)
        _keep_language(request, response, user)
        return response

    def process_view(
        self, request: HttpRequest, view: object, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        actor = getattr(request, "actor", None)
        if actor is None:
            return None
        match = request.resolver_match
        here = match.view_name if match else ""
        if getattr(request.user, "must_change_password", False) and here not in BEFORE_CHANGE:
            return redirect("account_change_password")
        enter_area(request, kwargs)
        return None


def enter_area(request: HttpRequest, kwargs: dict[str, Any]) -> None:
    """Set the area of a page's path, or answer 404 to who has nothing to do with it."""
    code = kwargs.get("area")
    if code is None:
        return
    actor: Actor = request.actor  # type: ignore[attr-defined]  # asked of signed-in people only
    area = _AREA.first(pk=code) if actor.covers(code) else None
    if area is None:
        raise Http404
    request.area = area  # type: ignore[attr-defined]  # an ActorRequest from here on


def _speak(request: HttpRequest, language: str) -> None:
    known = dict(settings.LANGUAGES)
    translation.activate(language if language in known else settings.LANGUAGE_CODE)
    request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE


def _keep_session(request: HttpRequest) -> None:
    """Prolong the session of somebody who works; the store is written once a minute at most."""
    now = int(clock.now().timestamp())
    if abs(now - request.session.get(SEEN, 0)) >= SEEN_EVERY:
        request.session[SEEN] = now


def _keep_language(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Keep a language that a signed-in person has just chosen on any page."""
    cookie = response.cookies.get(settings.LANGUAGE_COOKIE_NAME)
    chosen = cookie.value if cookie is not None else user.language
    if chosen != user.language and chosen in dict(settings.LANGUAGES):
        actions.set_language(user=user, language=chosen)
