"""Pages of a list: the one asked for, or all of it when the page goes out as a file."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

from gridwell.core.errors import RuleBroken

PER_PAGE = 50
#: A file of more lines than this is asked for in parts; nothing is cut off in silence.
MOST_LINES = 20_000


def wants_all(request: HttpRequest) -> bool:
    """Return whether all pages are wanted at once: the list goes out as a file."""
    return bool(getattr(request, "is_whole_list", False))


def page_of(request: HttpRequest, rows: Any, size: int = PER_PAGE) -> Page[Any]:
    """Return the asked page of a queryset or list, the whole of it for a file.

    RuleBroken when a file would be longer than MOST_LINES: it is narrowed by the page's filter.
    """
    if not wants_all(request):
        return Paginator(rows, size).get_page(request.GET.get("page"))
    whole = Paginator(rows, MOST_LINES)
    if whole.count > MOST_LINES:
        raise RuleBroken("core.list_too_long", rows=whole.count, most=MOST_LINES)
    return whole.get_page(1)
