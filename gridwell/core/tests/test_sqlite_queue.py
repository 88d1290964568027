"""Writers of one process take turns on SQLite, and whoever fails gives its turn up."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from pathlib import Path

import pytest
from django.db import InterfaceError, ProgrammingError, connections, transaction
from django.db.utils import OperationalError

from gridwell.core.sqlite import base
from gridwell.core.sqlite.base import DatabaseWrapper

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[DatabaseWrapper, DatabaseWrapper]]:
    """Two connections to one file, as two threads have them."""
    settings = deepcopy(connections.settings["default"])
    settings |= {
        "ENGINE": "gridwell.core.sqlite",
        "NAME": str(tmp_path / "queue.sqlite3"),
        "OPTIONS": {"transaction_mode": "IMMEDIATE"},
    }
    made = [DatabaseWrapper(deepcopy(settings), f"queue{n}") for n in range(2)]
    for one in made:
        one.inc_thread_sharing()
    made[0].cursor().execute("CREATE TABLE line (at INTEGER)")
    yield made[0], made[1]
    for one in made:
        one.close()


def _begin(one: DatabaseWrapper) -> None:
    one.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)


def _end(one: DatabaseWrapper) -> None:
    one.commit()
    one.set_autocommit(True)


def test_the_second_waits_for_the_first(pair: tuple[DatabaseWrapper, DatabaseWrapper]) -> None:
    first, second = pair
    _begin(first)
    first.cursor().execute("INSERT INTO line VALUES (1)")
    seen: list[int] = []

    def write() -> None:
        _begin(second)
        seen.extend(row[0] for row in second.cursor().execute("SELECT at FROM line").fetchall())
        _end(second)

    other = threading.Thread(target=write)
    other.start()
    other.join(timeout=0.1)
    assert other.is_alive()
    _end(first)
    other.join(timeout=10)
    assert seen == [1]


def test_who_gives_up_says_so_and_the_turn_goes_on(
    pair: tuple[DatabaseWrapper, DatabaseWrapper], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = pair
    monkeypatch.setattr(base, "PATIENCE", 0.05)
    _begin(first)
    with pytest.raises(OperationalError, match="locked"):
        _begin(second)
    first.rollback()
    first.set_autocommit(True)
    _begin(second)
    second.close()  # in the middle of its transaction
    _begin(first)
    first.cursor().execute("INSERT INTO line VALUES (2)")
    _end(first)
    assert first.cursor().execute("SELECT at FROM line").fetchall() == [(2,)]


def test_a_connection_closed_inside_a_block_does_not_keep_its_turn(
    pair: tuple[DatabaseWrapper, DatabaseWrapper], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = pair
    monkeypatch.setattr(base, "PATIENCE", 0.05)
    monkeypatch.setitem(connections.settings, first.alias, first.settings_dict)
    connections[first.alias] = first
    with suppress(ProgrammingError, InterfaceError), transaction.atomic(using=first.alias):
        first.cursor().execute("INSERT INTO line VALUES (1)")
        first.close()  # by a mistake of ours, or because its rolling back failed
    _begin(second)
    assert second.cursor().execute("SELECT at FROM line").fetchall() == []
    _end(second)
    del connections[first.alias]
