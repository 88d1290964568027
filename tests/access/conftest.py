"""The people of all roles, made once for the rows of a table."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from tests.access.samples import Cast, make_cast
from tests.support.shared_rows import rows_for_module


@pytest.fixture(scope="module")
def _people(request: pytest.FixtureRequest) -> Iterator[Cast]:
    with rows_for_module(request):
        people = make_cast()
        people.sign_in()
        yield people


@pytest.fixture
def cast(_people: Cast, db: None) -> Cast:
    """Return one person of each role; what a test does to them is undone after it."""
    cache.clear()  # limits of sign-in count by address of the computer
    return _people
