"""Wrong mixes of settings are named by id."""

from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from pytest_django import Settings

from gridwell.core import checks as core_checks
from gridwell.core.checks import server_mix


def _ids() -> set[str]:
    return {message.id or "" for message in run_checks() if (message.id or "").startswith("core.")}


def test_the_test_settings_are_sound() -> None:
    assert _ids() == set()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"SECRET_KEY": "not-initialised"}, {"core.E001"}),
        ({"SECRET_KEY": "short"}, {"core.E002"}),
        ({"GRIDWELL_KEY_FILE": "/nowhere/keys.json"}, {"core.E003"}),
        ({"DEBUG": True, "ALLOWED_HOSTS": ["desk.example"], "HTTPS": True}, {"core.E005"}),
        ({"DEMO": True, "ALLOWED_HOSTS": ["desk.example"], "HTTPS": True}, {"core.E006"}),
        ({"ALLOWED_HOSTS": ["desk.example"]}, {"core.W007"}),
        ({"ALLOWED_HOSTS": ["desk.example"], "HTTPS": True}, set()),
    ],
)
def test_wrong_mixes(settings: Settings, changes: dict[str, Any], expected: set[str]) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)
    assert _ids() == expected


def test_a_key_file_open_to_others(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text("{}")
    path.chmod(0o640)
    settings.GRIDWELL_KEY_FILE = str(path)
    assert _ids() == {"core.E004"}


def test_keys_among_the_uploads(settings: Settings, tmp_path: Path) -> None:
    settings.GRIDWELL_FILES = str(tmp_path)
    settings.GRIDWELL_AUDIT_HEADS = str(tmp_path / "heads")
    assert _ids() == {"core.E008"}


@pytest.mark.parametrize(
    ("changes", "host", "processes", "expected"),
    [
        ({"DEMO": True}, "0.0.0.0", 1, ["core.E009"]),  # noqa: S104
        ({"DEMO": True}, "127.0.0.1", 1, []),
        ({"DEBUG": True}, "192.168.1.4", 1, ["core.E010"]),
        ({}, "0.0.0.0", 1, []),  # noqa: S104
    ],
)
def test_what_a_server_may_not_do(
    settings: Settings,
    changes: dict[str, Any],
    host: str,
    processes: int,
    expected: list[str],
) -> None:
    for name, value in changes.items():
        setattr(settings, name, value)
    assert [message.id for message in server_mix(host=host, processes=processes)] == expected


@pytest.mark.parametrize("has_locks", [True, False])
def test_many_processes_on_one_sqlite_file(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, has_locks: bool
) -> None:
    monkeypatch.setattr(core_checks, "HAS_FILE_LOCKS", has_locks)
    is_sqlite = "sqlite" in settings.DATABASES["default"]["ENGINE"]
    expected = ["core.W011"] if is_sqlite and not has_locks else []
    assert [message.id for message in server_mix(host="127.0.0.1", processes=2)] == expected
