"""Tables that were made the quick way are those that Django makes."""

from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.db import connections
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

from gridwell.core.migrating import new_tables_alone

#: Small enough to be made twice, with relations in both directions and one that comes later.
UP_TO = [
    ("audit", "0001_audit"),
    ("accounts", "0001_accounts"),
    ("mfa", "0003_authenticator_type_uniq"),
]


def _schema(file: Path) -> list[tuple[str, ...]]:
    settings = {**connections["default"].settings_dict, "NAME": str(file), "OPTIONS": {}}
    own = DatabaseWrapper(settings, "default")
    with closing(own):
        MigrationExecutor(own).migrate(UP_TO)
        with own.cursor() as cursor:
            cursor.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY 1, 2")
            return cursor.fetchall()


@pytest.mark.django_db
def test_the_same_tables(tmp_path: Path) -> None:
    plain = _schema(tmp_path / "plain.sqlite3")
    with new_tables_alone():
        quick = _schema(tmp_path / "quick.sqlite3")
    assert len(plain) > 50
    assert quick == plain


def test_it_is_what_migrate_does_and_no_more() -> None:
    assert get_commands()["migrate"] == "gridwell.core"
    before = ProjectState._find_reload_model
    with pytest.raises(ZeroDivisionError), new_tables_alone():
        raise ZeroDivisionError
    assert ProjectState._find_reload_model is before


def test_a_django_without_the_private_part_makes_its_tables_the_plain_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(ProjectState, "_find_reload_model")
    with new_tables_alone():
        assert not hasattr(ProjectState, "_find_reload_model")
    assert not hasattr(ProjectState, "_find_reload_model")
