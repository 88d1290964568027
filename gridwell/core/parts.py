"""Parts of pages: what a page asks for again without the rest (htmx)."""

from django.http import HttpRequest


def wants_part(request: HttpRequest) -> bool:
    """Return whether only a part of the page was asked for (htmx marks such requests)."""
    return bool(getattr(request, "htmx", False))
