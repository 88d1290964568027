"""Which pages a visitor of the demo has opened: the steps of the guide that leave no fact behind."""

from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

#: The step that opening a page fulfils, by the page's url name.
STEPS = {
    "notice_desk": "read",
    "today": "today",
    "building_board": "building",
    "today_why": "why",
    "round_missing": "round",
}


def _key(user: int) -> str:
    return f"demo-seen-{user}"


def seen_by(user: int | None) -> frozenset[str]:
    """Return the steps whose page this visitor has opened."""
    return frozenset(cache.get(_key(user), ())) if user is not None else frozenset()


class SeenMiddleware:
    """Notes the first time a visitor opens a page of the guide; in the demo only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        """Note the page; one cheap read on the pages of the guide, none on the others."""
        match = request.resolver_match
        step = STEPS.get(match.view_name) if match is not None else None
        user = getattr(request, "user", None)
        if step is None or user is None or user.pk is None:
            return
        seen = seen_by(user.pk)
        if step not in seen:
            cache.set(_key(user.pk), sorted(seen | {step}), timeout=None)
