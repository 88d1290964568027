"""A pytest plugin that keeps the tests which use the database: pytest -p tests.support.only_database

The rest were run on SQLite a minute ago and would do the same again.
"""

import pytest

USES = frozenset({"db", "transactional_db", "django_db_reset_sequences", "live_server"})


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    kept = [
        item
        for item in items
        if item.get_closest_marker("django_db") or USES & set(getattr(item, "fixturenames", ()))
    ]
    left = [item for item in items if item not in set(kept)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = kept
