"""How many server processes fit a machine."""

import os

import pytest
from django.db import connection

from gridwell.core import serving
from gridwell.core.cli.run import main

GIGABYTE = 1 << 30


def _machine(monkeypatch: pytest.MonkeyPatch, *, processors: int, memory: int) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(processors)), raising=False)
    sizes = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": memory // 4096}
    monkeypatch.setattr(os, "sysconf", sizes.__getitem__, raising=False)


@pytest.mark.parametrize(
    ("processors", "memory", "expected"),
    [
        (1, 16 * GIGABYTE, 1),
        (2, 16 * GIGABYTE, 2),
        (64, 256 * GIGABYTE, 4),
        (8, 3 * GIGABYTE, 3),
        (8, GIGABYTE // 2, 1),
    ],
)
def test_one_a_processor_as_far_as_the_memory_goes(
    monkeypatch: pytest.MonkeyPatch, processors: int, memory: int, expected: int
) -> None:
    _machine(monkeypatch, processors=processors, memory=memory)
    assert serving.usual_processes() == expected


def test_a_machine_that_does_not_tell_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    _machine(monkeypatch, processors=2, memory=0)
    monkeypatch.delattr(os, "sysconf")
    assert serving.usual_processes() == 2


def test_one_where_processes_cannot_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    _machine(monkeypatch, processors=4, memory=16 * GIGABYTE)
    monkeypatch.setattr(serving, "HAS_FILE_LOCKS", False)
    assert serving.usual_processes() == (1 if connection.vendor == "sqlite" else 4)


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [["--processes", "0"], ["--threads", "0"]])
def test_a_server_of_nothing_is_refused(
    wrong: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRIDWELL_LANGUAGE", "en")
    monkeypatch.setattr("gridwell.core.cli.run._require_database", lambda **_: None)
    monkeypatch.setattr(serving, "serve", lambda **_: pytest.fail("it served"))
    assert main(["serve", *wrong]) == 1
    assert "at least one process" in capsys.readouterr().err
