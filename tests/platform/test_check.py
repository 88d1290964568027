"""`make test` itself: what cannot be started or is not there is said, and counted."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

FILE = Path(__file__).parents[2] / "tools" / "check.py"


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("gridwell_tools_check", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    monkeypatch.delenv("CI", raising=False)
    return module


@pytest.mark.parametrize("beside", [[], [["true"]]], ids=["alone", "beside another"])
def test_a_program_that_cannot_be_started_has_failed(
    check: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    beside: list[list[str]],
) -> None:
    lanes = [[check.Step("gone", ["/nowhere/ruff"])]]
    lanes += [[check.Step(f"other {n}", command)] for n, command in enumerate(beside)]
    monkeypatch.setattr(check, "stages", lambda: [lanes])
    assert check.main([]) == 1
    said = capsys.readouterr().out
    assert "/nowhere/ruff cannot be started: No such file or directory" in said
    assert "FAILED: gone" in said
    assert f"{len(beside)} passed, 1 failed" in said


def test_what_is_not_on_a_machine_is_left_out_there_and_fails_in_ci(
    check: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = [[check.Step("browser", ["false"], lambda: "Chromium")], [check.Step("fine", ["true"])]]
    monkeypatch.setattr(check, "stages", lambda: [steps])
    assert check.main([]) == 0
    assert "LEFT OUT: browser (Chromium is not on this machine)" in capsys.readouterr().out
    monkeypatch.setenv("CI", "true")
    assert check.main([]) == 1
    assert "Nothing may be left out in CI." in capsys.readouterr().out


def test_a_step_is_named_as_it_is_called(
    check: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check.main(["mypi"]) == 2
    assert "no such step: mypi" in capsys.readouterr().err


def test_what_one_step_compiles_the_next_one_finds(check: ModuleType) -> None:
    forbidden = {"PYTHONDONTWRITEBYTECODE": "1", "HOME": "/root"}
    check._compile_once(forbidden)
    assert forbidden == {
        "HOME": "/root",
        "PYTHONPYCACHEPREFIX": str(Path(sys.executable).parent.parent / "pycache"),
    }
    elsewhere = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": "/kept"}
    check._compile_once(elsewhere)
    assert elsewhere == {"PYTHONPYCACHEPREFIX": "/kept"}
    allowed = {"HOME": "/root"}
    check._compile_once(allowed)
    assert allowed == {"HOME": "/root"}
