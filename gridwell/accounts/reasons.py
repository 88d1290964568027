"""Names need a reason: a short leave to see personal data, held by the session (查看事由).

Upper levels see counts. To see names, and for everybody to see whole numbers, a reason is given once;
it holds for the area it was given for and all below it, for half an hour or until sign-out. Giving it
is recorded, and so is every look under it: the view that shows the data calls

    audit.actions.record_look(actor, community, residents, request.look_reason, what="names")

A view that always shows names wears `@names_need_reason`; one that masks unless asked calls
`has_look(request, area, now)` and links to `ask_url(request, area)`.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Concatenate, ParamSpec, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from gridwell.accounts import actions
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Right
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.places.rules.levels import span_of

P = ParamSpec("P")
HOLDS = timedelta(minutes=30)
KEY = "looks"


def grant_look(request: HttpRequest, area: int, reason: str, now: datetime) -> datetime:
    """Let this session see personal data of an area and return until when; the reason is recorded.

    NotVisible without the right to unmask there; RuleBroken without a reason in words.
    """
    actor = cast(ActorRequest, request).actor
    if not actor.may(Right.UNMASK, area):
        raise NotVisible
    reason = reason.strip()[:400]
    if len(reason) < 4:
        raise RuleBroken("accounts.reason_needed")
    ends_at = now + HOLDS
    actions.note_look_granted(actor=actor, area=area, reason=reason, ends_at=ends_at, now=now)
    held = {code: pair for code, pair in _held(request).items() if pair[1] > now.timestamp()}
    request.session[KEY] = {**held, str(area): [reason, ends_at.timestamp()]}
    return ends_at


def has_look(request: HttpRequest, area: int, now: datetime) -> str | None:
    """Return the reason under which this session may see personal data of an area now, or None.

    A right that was lost meanwhile ends the leave: it is asked again each time.
    """
    if not cast(ActorRequest, request).actor.may(Right.UNMASK, area):
        return None
    for code, (reason, ends_at) in _held(request).items():
        low, high = span_of(int(code))
        if low <= area < high and now.timestamp() < ends_at:
            return reason
    return None


def end_looks(request: HttpRequest) -> None:
    """Mask everything again in this session."""
    request.session.pop(KEY, None)


def ask_url(request: HttpRequest, area: int, back: str = "") -> str:
    """Return the address of the page that asks for the reason and then leads back."""
    query = urlencode({"next": back or request.get_full_path()})
    return f"{reverse('look_reason', kwargs={'area': area})}?{query}"


def names_need_reason(
    view: Callable[Concatenate[ActorRequest, P], HttpResponse],
) -> Callable[Concatenate[ActorRequest, P], HttpResponse]:
    """Wrap a view of `<area:area>` that shows names: who may not see them freely is asked why first.

    Sets `request.look_reason`: the reason given, empty for those whose daily work it is.
    """

    @wraps(view)
    def guarded(request: ActorRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        area = request.area.pk
        request.look_reason = has_look(request, area, clock.now()) or ""
        if request.actor.may(Right.SEE_NAMES, area) or request.look_reason:
            return view(request, *args, **kwargs)
        if not request.actor.may(Right.UNMASK, area):
            raise NotVisible
        return redirect(ask_url(request, area))

    return guarded


def _held(request: HttpRequest) -> dict[str, tuple[str, float]]:
    return cast(dict[str, tuple[str, float]], request.session.get(KEY, {}))
