"""Turns the two errors that are meant for people into answers, and lets a lost race run again."""

import logging
from collections.abc import Callable

from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import page_not_found

from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.kept import shown_again
from gridwell.core.wording import say

#: What PostgreSQL says when it has undone one of two acts that waited for each other.
LOST_RACES = frozenset({"40001", "40P01"})
AGAIN = 3
log = logging.getLogger(__name__)


def lost_race(error: Exception) -> bool:
    """Return whether the database has undone an act only because another one was faster."""
    return getattr(error.__cause__, "sqlstate", "") in LOST_RACES


class ErrorMiddleware:
    """NotVisible becomes 404, RuleBroken a page (or, for htmx, a message) that says why: 409.

    The page is the one the form was sent from, with all that was typed (`core.kept`), where there is one.

    Acts take their locks in one order (`audit.actions.hold`). Where two still wait for each other
    the database undoes one of them as a whole; its page is then asked for again, here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, OperationalError) and lost_race(error):
            return self._again(request, error)
        return self._answer(request, error)

    def _again(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        match = request.resolver_match
        if match is None:
            return None
        for _ in range(AGAIN):
            log.warning("asked for again after a lost race: %s", match.view_name)
            for name in request.FILES:
                for file in request.FILES.getlist(name):
                    file.seek(0)
            try:
                response: HttpResponse = match.func(request, *match.args, **match.kwargs)
                return response
            except OperationalError as other:
                if not lost_race(other):
                    return None
            except (NotVisible, RuleBroken) as refusal:
                return self._answer(request, refusal)
        return None

    def _answer(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, NotVisible):
            return page_not_found(request, Http404())
        if isinstance(error, RuleBroken):
            words = say(error)
            return shown_again(request, words, error.code) or render(
                request,
                "core/refused.html",
                {
                    "words": words,
                    "code": error.code,
                    "back": request.META.get("HTTP_REFERER", "/"),
                },
                status=409,
            )
        return None
