"""Everything that `make test` runs: python tools/check.py [STEP …]

On a person's machine a step whose tools are missing is left out and named at the end; with CI=true
that is a failure. The last line sums up all steps and all tests.
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
NOT_HERE = 77
SUMMARY = re.compile(r"(\d+) (passed|failed|skipped|error|errors|xfailed|xpassed|deselected)\b")
FOLDERS = ("gridwell", "tests", "tools", "bench", "conftest.py")


@dataclass
class Tally:
    """What was counted so far."""

    counts: dict[str, int] = field(default_factory=lambda: {"passed": 0, "failed": 0, "skipped": 0})
    left_out: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def add(self, name: str, number: int) -> None:
        """Count tests; errors are failures."""
        key = "failed" if name.startswith("error") else name
        if key in self.counts:
            self.counts[key] += number


def _program(name: str) -> str:
    return str(BIN / name)


def _pytest(*arguments: str) -> list[str]:
    return [_program("pytest"), "-q", "-p", "no:cacheprovider", *arguments]


def _workers() -> list[str]:
    """Return how pytest is spread: more than the cores would only wait for each other."""
    return ["-n", str(min(2, os.cpu_count() or 1))]


def _has_chromium() -> bool:
    return bool(os.environ.get("GRIDWELL_CHROMIUM") or shutil.which("chromium"))


@dataclass(frozen=True)
class Step:
    """One thing to run. `needs` says what is missing on this machine, or None."""

    name: str
    command: list[str]
    needs: Callable[[], str | None] = lambda: None
    counts_tests: bool = False


def _no_chromium() -> str | None:
    return None if _has_chromium() else "Chromium"


def _no_postgres() -> str | None:
    sys.path.insert(0, str(ROOT / "tools"))
    import pg

    return None if pg.find_programs() else "PostgreSQL"


def steps() -> list[Step]:
    """Return all steps in their order; the quick ones first, pytest last."""
    folders = [name for name in FOLDERS if (ROOT / name).exists()]
    python = sys.executable
    return [
        Step("format", [_program("ruff"), "format", "--check", "-q", *folders]),
        Step("ruff", [_program("ruff"), "check", "-q", *folders]),
        Step("imports", [_program("lint-imports")]),
        Step("mypy", [_program("mypy")]),
        Step("templates", [_program("djlint"), "gridwell", "--lint", "--quiet"]),
        Step("frontend", [python, "tools/frontend.py", "build"]),
        Step("frontend-tests", [python, "tools/frontend.py", "test"]),
        Step(
            "postgres",
            [python, "tools/pg.py", *_pytest(*_workers(), *ON_POSTGRES)],
            _no_postgres,
            counts_tests=True,
        ),
        Step("e2e", _pytest("-m", "e2e", "tests/e2e"), _no_chromium, counts_tests=True),
        Step("tests", _pytest(*_workers(), "-m", "not e2e and not postgres"), counts_tests=True),
    ]


ON_POSTGRES = ["-m", "not e2e or both", "-p", "tests.support.only_database"]


def _run(step: Step, tally: Tally) -> None:
    begun = time.monotonic()
    print(f"── {step.name}", flush=True)
    lines: list[str] = []
    with subprocess.Popen(
        step.command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None  # noqa: S101 - it was asked for
        for line in process.stdout:
            lines.append(line)
            sys.stdout.write(line)
            sys.stdout.flush()
    code = process.returncode
    print(f"   {step.name}: {time.monotonic() - begun:.0f} s", flush=True)
    if code == NOT_HERE:
        tally.left_out.append(f"{step.name} (its tools are not on this machine)")
        return
    counted = SUMMARY.findall(lines[-1]) if step.counts_tests and lines else []
    for number, name in counted:
        tally.add(name, int(number))
    if not counted:
        tally.add("failed" if code else "passed", 1)
    if code:
        tally.broken.append(step.name)
        if counted and not any(name in {"failed", "error", "errors"} for _, name in counted):
            tally.add("failed", 1)


def main(chosen: list[str]) -> int:
    """Run all steps, or those that were named; 0 when nothing failed."""
    known = steps()
    wrong = set(chosen) - {step.name for step in known}
    if wrong:
        print(f"no such step: {', '.join(sorted(wrong))}", file=sys.stderr)
        return 2
    is_ci = os.environ.get("CI", "").lower() == "true"
    tally = Tally()
    begun = time.monotonic()
    for step in known:
        if chosen and step.name not in chosen:
            continue
        missing = step.needs()
        if missing:
            tally.left_out.append(f"{step.name} ({missing} is not on this machine)")
            continue
        _run(step, tally)
    for words in tally.left_out:
        print(f"LEFT OUT: {words}", flush=True)
    if is_ci and tally.left_out:
        print("Nothing may be left out in CI.", flush=True)
        tally.add("failed", len(tally.left_out))
    for name in tally.broken:
        print(f"FAILED: {name}", flush=True)
    counts = ", ".join(f"{number} {name}" for name, number in tally.counts.items())
    print(f"==== {counts} in {time.monotonic() - begun:.0f}s ====", flush=True)
    return 1 if tally.broken or tally.counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
