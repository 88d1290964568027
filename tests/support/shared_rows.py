"""Rows that the tests of a module share: made once, seen by each, changed for none of the others.

They lie in a transaction around those of the tests, which roll back to it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction


@contextmanager
def rows_for_module(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let a module-scoped fixture write rows; they are gone when it ends.

    The tests of the module must use `db`, never a database that they may commit to.
    """
    request.getfixturevalue("django_db_setup")
    blocker = request.getfixturevalue("django_db_blocker")
    with blocker.unblock():
        around = transaction.atomic()
        around.__enter__()
    try:
        with blocker.unblock():
            yield
    finally:
        with blocker.unblock():
            transaction.set_rollback(True)
            around.__exit__(None, None, None)
