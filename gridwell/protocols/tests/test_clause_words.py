"""A clause is said on pages as people cite it, never by our id alone."""

import pytest
from django.db import connection
from django.template import Context, Template
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from gridwell.protocols.queries import clause_named, stored_files

pytestmark = pytest.mark.django_db


def written(clause: str, version: str = "") -> str:
    page = Template(
        "{% load protocol_tags %}{% clause_words clause version %}|{{ clause|clause_said }}"
    )
    return page.render(Context({"clause": clause, "version": version}))


@pytest.fixture
def known_clause() -> str:
    from gridwell.accounts.rules.actor import Actor
    from gridwell.core import clock
    from gridwell.protocols.actions import load_shipped

    load_shipped(actor=Actor.system(0), now=clock.now())
    _sha, file = stored_files()[0]
    return next(iter(file.clauses))


def test_a_clause_is_cited_by_its_document(known_clause: str) -> None:
    found = clause_named(known_clause)
    assert found is not None
    clause, document = found
    assert document is not None
    with translation.override("zh-hans"):
        text = written(known_clause)
    assert document.zh.strip("《》") in text  # the whole name on hover
    assert clause.place in text
    assert text.endswith(clause.zh)
    with translation.override("en"):
        assert document.en in written(known_clause)


def test_an_unknown_clause_is_said_as_it_is_and_markup_stays_text() -> None:
    assert written("x-1", "P99") == "P99 x-1|"
    assert "<b>" not in written("<b>")


def test_many_clauses_of_a_list_read_the_database_once(known_clause: str) -> None:
    written(known_clause)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        for _ in range(30):
            written(known_clause)
            written("no-such-clause")
    assert len(seen) <= 2
