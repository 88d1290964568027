"""A refused act is shown on the page it came from, with everything kept (拒绝后原样保留).

Two hundred ticks and a typed reason are not thrown away because one rule said no. The page is asked
for again as it is now, by who asked before, and its form filled with what was sent.
"""

from collections.abc import Callable
from copy import copy
from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.kept_form import PAGE, refill

Guard = Callable[[HttpRequest, dict[str, Any]], None]
_GUARDS: list[Guard] = []


def register_guard(guard: Guard) -> None:
    """Add what looks at every page before its view: whoever may not see it gets Http404 from it."""
    if guard not in _GUARDS:
        _GUARDS.append(guard)


def shown_again(request: HttpRequest, words: str, code: str) -> HttpResponse | None:
    """Return the page that a refused form was sent from, with the refusal and all that was typed; or None.

    None where there is no such page: sent by a script, from elsewhere, or the page is not theirs any more.
    """
    user = getattr(request, "user", None)
    if request.method != "POST" or user is None or not user.is_authenticated:
        return None
    if getattr(request, "htmx", False) or not request.POST:
        return None
    page = _page_of(request)
    answer = _asked_again(request, page) if page else None
    if answer is None:
        return None
    facts = {"words": words, "code": code, "page": page}
    said = render_to_string("core/parts/refused_here.html", facts, request)
    html = answer.content.decode(answer.charset or "utf-8")
    path = request.path
    filled = refill(html, path=path, page=page, sent=dict(request.POST.lists()), said=said)
    if filled is None:
        return None
    answer.content = filled.encode(answer.charset or "utf-8")
    answer.status_code = 409
    return answer


def _page_of(request: HttpRequest) -> str:
    """Return the address, on this server, of the page that the form was sent from; empty if unknown."""
    asked = request.POST.get(PAGE, "") or request.META.get("HTTP_REFERER", "")
    host = request.get_host()
    if not url_has_allowed_host_and_scheme(asked, {host}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(asked)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _asked_again(request: HttpRequest, page: str) -> HttpResponse | None:
    """Return the page as it is now, or None where it does not answer with one."""
    path, _mark, query = page.partition("?")
    try:
        match = resolve(path)
    except Resolver404:
        return None
    again = copy(request)
    again.method, again.path, again.path_info, again.resolver_match = "GET", path, path, match
    again.GET, again.POST = QueryDict(query), QueryDict()
    again.META = request.META | {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
    }
    try:
        for guard in _GUARDS:
            guard(again, match.kwargs)
        answer = match.func(again, *match.args, **match.kwargs)
    except (Http404, NotVisible, RuleBroken):
        return None
    is_page = isinstance(answer, HttpResponse) and answer.status_code == 200
    kind = answer.headers.get("Content-Type", "") if is_page else ""
    return answer if kind.startswith("text/html") else None
