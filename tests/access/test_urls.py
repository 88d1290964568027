"""Every address, tried by every role and by a stranger. A url name without a row fails here."""

import importlib
import pkgutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse

from tests.access import rows
from tests.access.samples import ROLES, Cast, Row

TABLE: list[Row] = [
    row
    for module in pkgutil.iter_modules(rows.__path__)
    for row in importlib.import_module(f"{rows.__name__}.{module.name}").ROWS
]


def url_names(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield (name, route) of every address; the name is empty where somebody forgot it."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from url_names(pattern, inner)
        elif isinstance(pattern, URLPattern):
            yield (f"{prefix}{pattern.name}" if pattern.name else ""), str(pattern.pattern)


def test_every_address_has_a_row() -> None:
    named = dict(url_names(get_resolver()))
    assert "" not in named, f"an address without a name: {named.get('')}"
    missing = sorted(set(named) - {row.name for row in TABLE})
    assert not missing, (
        "These url names are not in the table of URL × role. Add one line each to "
        "tests/access/rows/<package>.py (tests/access/samples.py says how):\n"
        + "\n".join(
            f'    ROW("{name}", …, officer=…, grid_worker=…, district=…),  # {named[name]}'
            for name in missing
        )
    )


def test_no_row_is_left_of_an_address_that_is_gone() -> None:
    named = {name for name, _route in url_names(get_resolver())}
    assert sorted({row.name for row in TABLE} - named) == []


def test_no_row_stands_twice() -> None:
    titles = [row.title for row in TABLE]
    assert sorted({title for title in titles if titles.count(title) > 1}) == []


def address(row: Row, cast: Cast) -> str:
    kwargs = {key: value(cast) if callable(value) else value for key, value in row.kwargs.items()}
    return reverse(row.name, kwargs=kwargs) + row.query


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.title)
def test_each_role_gets_what_the_table_says(row: Row, cast: Cast) -> None:
    wrong = []
    for role in ROLES:
        url = address(row, cast)
        client = cast.client(role)
        answer = client.get(url) if row.data is None else client.post(url, row.data)
        expected = row.answers[role]
        got: int | str = answer.status_code
        if isinstance(expected, str) and answer.status_code in {301, 302, 303}:
            try:
                match = resolve(urlsplit(answer["Location"]).path)
                got = match.view_name
            except Resolver404:
                got = answer["Location"]
        if got != expected:
            wrong.append(f"{role}: {got}, expected {expected}")
    assert not wrong, f"{row.title}: " + "; ".join(wrong)


def test_the_table_knows_what_it_does_not_find() -> None:
    """The walk itself works: it finds pages inside namespaces and inside includes."""
    named = {name for name, _route in url_names(get_resolver())}
    assert {"core:word", "mfa_index", "user_list"} <= named
