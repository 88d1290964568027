"""Turns the two errors that are meant for people into answers."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import page_not_found

from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.wording import say


class ErrorMiddleware:
    """NotVisible becomes 404, RuleBroken a page (or, for htmx, a message) that says why: 409."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, NotVisible):
            return page_not_found(request, Http404())
        if isinstance(error, RuleBroken):
            return render(
                request,
                "core/refused.html",
                {
                    "words": say(error),
                    "code": error.code,
                    "back": request.META.get("HTTP_REFERER", "/"),
                },
                status=409,
            )
        return None
