"""No address hides behind another: what `reverse` builds for a name leads to that name's view."""

import re
from collections.abc import Iterator
from itertools import product
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import (
    URLPattern,
    URLResolver,
    get_resolver,
    include,
    path,
    resolve,
    reverse,
)

import gridwell.urls
from gridwell.places.tests.make import COMMUNITY

#: A value for each kind of part of a path. A word is one that no address has as a fixed part.
SAMPLES: dict[str, Any] = {
    "AreaConverter": COMMUNITY,
    "IntConverter": 7,
    "SlugConverter": "qx-sample",
    "StringConverter": "qx-sample",
    "UUIDConverter": UUID(int=7),
    "PathConverter": "qx/sample",
}
#: Patterns of other people's packages are regular expressions: a value for each of their groups.
GROUPS = {"key": "qx-sample", "uidb36": "7", "app_label": "core"}


def patterns(
    resolver: URLResolver, names: str = "", kwargs: dict[str, list[Any]] | None = None
) -> Iterator[tuple[str, dict[str, Any], URLPattern]]:
    """Yield (name, sample values, pattern) for every address that has a name."""
    for one in resolver.url_patterns:
        values = (kwargs or {}) | samples(one)
        if isinstance(one, URLResolver):
            inner = f"{names}{one.namespace}:" if one.namespace else names
            yield from patterns(one, inner, values)
        elif one.name:
            for chosen in product(*values.values()):
                yield f"{names}{one.name}", dict(zip(values, chosen, strict=True)), one


def samples(pattern: URLPattern | URLResolver) -> dict[str, list[Any]]:
    """Return values for each part of a pattern that varies; KeyError says which kind is new."""
    converters: dict[str, Any] = pattern.pattern.converters
    found = {name: _values(kind) for name, kind in converters.items()}
    groups = getattr(pattern.pattern.regex, "groupindex", {})
    return {name: [GROUPS[name]] for name in groups if name not in found} | found


def _values(converter: Any) -> list[Any]:
    if re.fullmatch(r"\w+(\|\w+)+", converter.regex):  # one of a few words: each of them
        return list(converter.regex.split("|"))
    return [SAMPLES[type(converter).__name__]]


def hidden(urlconf: Any = None) -> list[str]:
    """Return the names whose own address leads to the view of another pattern."""
    wrong = []
    for name, values, pattern in patterns(get_resolver(urlconf)):
        address = reverse(name, kwargs=values, urlconf=urlconf)
        found = resolve(address, urlconf=urlconf)
        if found.func is not pattern.callback and found.view_name != name:  # replaced on purpose
            wrong.append(f"{name} {address} leads to {found.view_name}")
    return wrong


def test_no_address_hides_another() -> None:
    assert gridwell.urls.urlpatterns
    wrong = hidden()
    assert not wrong, "hidden behind an earlier pattern:\n" + "\n".join(wrong)


def _one(request: HttpRequest, word: str) -> HttpResponse:
    return HttpResponse(word)


def _other(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def test_a_hidden_address_is_found() -> None:
    class Addresses:
        urlpatterns = [
            path("a/", include([path("<slug:word>/", _one, name="one")])),
            path("a/new/", _other, name="other"),
            path("b/new/", _other, name="seen"),
            path("b/<slug:word>/", _one, name="last"),
        ]

    assert hidden(Addresses) == ["other /a/new/ leads to one"]
