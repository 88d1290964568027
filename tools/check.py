"""Everything that `make test` runs: python tools/check.py [STEP …]

On a person's machine a step whose tools are missing is left out and named at the end; with CI=true
that is a failure. The last line sums up all steps and all tests.
"""

import itertools
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

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
    lock: Lock = field(default_factory=Lock)

    def add(self, name: str, number: int) -> None:
        """Count tests; errors are failures."""
        key = "failed" if name.startswith("error") else name
        if key in self.counts:
            self.counts[key] += number


def _program(name: str) -> str:
    return str(BIN / name)


def _compile_once(environment: MutableMapping[str, str]) -> None:
    """Let the steps keep what Python compiles for each other, where it may not lie beside the sources.

    Hundreds of processes would else compile the same thousand files, each for itself.
    """
    if environment.pop("PYTHONDONTWRITEBYTECODE", ""):
        environment.setdefault("PYTHONPYCACHEPREFIX", str(BIN.parent / "pycache"))


def _pytest(*arguments: str) -> list[str]:
    return [_program("pytest"), "-q", "-p", "no:cacheprovider", *arguments]


def _workers(spread: str = "loadgroup") -> list[str]:
    """Return how pytest is spread: more than the cores would only wait for each other."""
    return ["-n", str(min(2, os.cpu_count() or 1)), "--dist", spread]


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


ON_POSTGRES = ["-m", "not e2e or both", "-p", "tests.support.only_database"]
#: A file of e2e tests is one story, in its order.
STORIES = ["--no-loadscope-reorder", *_workers("loadfile")]


def stages() -> list[list[list[Step]]]:
    """Return all steps: stages one after the other, in each of them lanes that run side by side.

    The browser's tests wait for pages half of their time, in which the static checks run.
    """
    folders = [name for name in FOLDERS if (ROOT / name).exists()]
    python = sys.executable
    static = [
        Step("format", [_program("ruff"), "format", "--check", "-q", *folders]),
        Step("ruff", [_program("ruff"), "check", "-q", *folders]),
        Step("imports", [_program("lint-imports")]),
        Step("mypy", [_program("mypy")]),
        Step("templates", [_program("djlint"), "gridwell", "--lint", "--quiet"]),
        Step("frontend-tests", [python, "tools/frontend.py", "test"]),
    ]
    e2e = Step("e2e", _pytest(*STORIES, "-m", "e2e", "tests/e2e"), _no_chromium, counts_tests=True)
    postgres = Step(
        "postgres",
        [python, "tools/pg.py", *_pytest(*_workers(), *ON_POSTGRES)],
        _no_postgres,
        counts_tests=True,
    )
    tests = Step("tests", _pytest(*_workers(), "-m", "not e2e and not postgres"), counts_tests=True)
    return [
        [[Step("frontend", [python, "tools/frontend.py", "build"])]],
        [static, [e2e]],
        [[postgres]],
        [[tests]],
    ]


def _run(step: Step, tally: Tally, *, is_alone: bool) -> None:
    """Run a step and count what came of it; beside others its words are shown when it has ended."""
    begun = time.monotonic()
    print(f"── {step.name}{'' if is_alone else ' …'}", flush=True)
    lines: list[str] = []

    def hear(line: str) -> None:
        lines.append(line)
        if is_alone:
            sys.stdout.write(line)
            sys.stdout.flush()

    code = _code_of(step, hear)
    with tally.lock:
        if not is_alone:
            sys.stdout.write("".join([f"── {step.name}\n", *lines]))
        print(f"   {step.name}: {time.monotonic() - begun:.0f} s", flush=True)
        _count(step, code, lines, tally)


def _code_of(step: Step, hear: Callable[[str], None]) -> int:
    """Run a step's program and return its exit code; one that cannot be started has failed."""
    try:
        with subprocess.Popen(
            step.command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",  # a broken character in a program's words is no reason to stop
        ) as process:
            assert process.stdout is not None  # noqa: S101 - it was asked for
            for line in process.stdout:
                hear(line)
        return process.returncode
    except OSError as error:
        hear(
            f"{step.command[0]} cannot be started: {error.strerror}. `make setup-dev` installs it.\n"
        )
        return 127


def _count(step: Step, code: int, lines: list[str], tally: Tally) -> None:
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


def _run_lanes(lanes: list[list[Step]], tally: Tally) -> None:
    """Run the steps of each lane in order, the lanes beside each other where there are cores."""
    ready: list[list[Step]] = []
    for lane in lanes:
        ready.append([])
        for step in lane:
            missing = step.needs()
            if missing:
                tally.left_out.append(f"{step.name} ({missing} is not on this machine)")
            else:
                ready[-1].append(step)
    ready = [lane for lane in ready if lane]
    if len(ready) < 2 or (os.cpu_count() or 1) < 2:
        for step in itertools.chain(*ready):
            _run(step, tally, is_alone=True)
        return

    def run(lane: list[Step]) -> None:
        for step in lane:
            _run(step, tally, is_alone=False)

    with ThreadPoolExecutor(len(ready)) as pool:
        for done in [pool.submit(run, lane) for lane in ready]:
            done.result()


def main(chosen: list[str]) -> int:
    """Run all steps, or those that were named; 0 when nothing failed."""
    known = stages()
    names = {step.name for lanes in known for lane in lanes for step in lane}
    wrong = set(chosen) - names
    if wrong:
        print(f"no such step: {', '.join(sorted(wrong))}", file=sys.stderr)
        return 2
    is_ci = os.environ.get("CI", "").lower() == "true"
    _compile_once(os.environ)
    tally = Tally()
    begun = time.monotonic()
    for lanes in known:
        asked = [[s for s in lane if not chosen or s.name in chosen] for lane in lanes]
        _run_lanes(asked, tally)
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
