"""The command line: exit codes, streams, language, what is set up for whom."""

import json
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest

from gridwell.core.cli import Command, Refused, Terminal, language
from gridwell.core.cli import command as command_module
from gridwell.core.cli import run as run_module
from gridwell.core.errors import NotVisible, RuleBroken


def _call(monkeypatch: pytest.MonkeyPatch, error: BaseException | None, *argv: str) -> int:
    def run(args: Namespace, terminal: Terminal) -> None:
        if error is not None:
            raise error
        terminal.note("working")
        terminal.json({"name": "张华"})

    command = Command("probe", "Probe", lambda parser: None, run, needs_database=False)
    monkeypatch.setattr(run_module, "discover", lambda: {"probe": command})
    return run_module.main(argv or ["probe"])


def test_stdout_holds_only_the_result(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _call(monkeypatch, None) == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == {"name": "张华"}
    assert err == "working\n"


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (Refused("no such street"), 1, "gridwell: no such street"),
        (NotVisible(), 1, "gridwell: There is no such thing here."),
        (RuleBroken("nobody.worded_this"), 1, "gridwell: nobody.worded_this"),
        (FileNotFoundError(2, "x", "a.xlsx"), 1, "gridwell: There is no file a.xlsx."),
        (KeyboardInterrupt(), 130, "Stopped."),
        (ZeroDivisionError("boom"), 3, "ZeroDivisionError: boom"),
    ],
)
def test_exit_codes(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
    words: str,
) -> None:
    monkeypatch.setenv("GRIDWELL_LANGUAGE", "en")
    assert _call(monkeypatch, error) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err


def test_wrong_usage_is_two(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _call(monkeypatch, None, "frobnicate") == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "frobnicate" in err


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh-hans"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({}, "en"),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"GRIDWELL_LANGUAGE": "zh-hans", "LC_ALL": "en_US.UTF-8"}, "zh-hans"),
    ],
)
def test_language(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: str
) -> None:
    for name in ("GRIDWELL_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert language.language() == expected


def test_every_command_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    commands = command_module.discover()
    assert "migrate" in commands
    for name, command in commands.items():
        assert command.help, name
        with pytest.raises(SystemExit) as leave:
            command_module.build_parser(commands.values()).parse_args([name, "--help"])
        assert leave.value.code == 0
        assert name in capsys.readouterr().out


def test_finding_the_commands_loads_neither_django_nor_readers() -> None:
    heavy = "django", "openpyxl", "python_calamine", "docx", "pypdfium2", "pypinyin", "rich"
    code = (
        "import sys; from gridwell.core.cli.command import discover; discover();"
        f"print(sorted(set(sys.modules) & set({heavy!r})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_without_an_installation_a_command_says_so(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gridwell", "recompute"],
        capture_output=True,
        text=True,
        env={"GRIDWELL_HOME": str(tmp_path / "none"), "PATH": "/usr/bin:/bin"},
        check=False,
    )
    assert done.returncode == 1
    assert "gridwell init" in done.stderr
    assert done.stdout == ""
    assert not (tmp_path / "none").exists()
