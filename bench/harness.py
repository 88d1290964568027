"""How a benchmark is measured and printed.

Each module `bench/bench_<name>.py` has `BENCHES = [Bench(...)]`. A bench's `run()` makes one
measurement and returns a `Measured`; it is called five times, each in a fresh process, with one
stated seed, and the medians are printed as one line:

    name  value unit  reference  ratio  bar  ok|short
"""

import importlib
import json
import pkgutil
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

SEED = 20221123
TIMES = 5


class CannotRun(Exception):
    """Something this machine lacks; the line says so instead of a number."""


@dataclass(frozen=True)
class Measured:
    """One measurement. `reference` is the bare work that the value is compared with, if any."""

    value: float
    reference: float | None = None


@dataclass(frozen=True)
class Bench:
    """A benchmark and its bars; "at most" unless `at_least`."""

    name: str
    unit: str
    run: Callable[[], Measured]
    bar: float | None = None
    ratio_bar: float | None = None
    at_least: bool = False
    #: Runs once for all measurements, in its own process: makes data, returns nothing.
    prepare: Callable[[], None] | None = None
    times: int = TIMES
    #: Another benchmark whose median is the reference.
    reference: str = ""


def discover() -> dict[str, Bench]:
    """Return all benchmarks by name."""
    import bench

    found: dict[str, Bench] = {}
    for module in pkgutil.iter_modules(bench.__path__):
        if module.name.startswith("bench_"):
            for item in importlib.import_module(f"bench.{module.name}").BENCHES:
                found[item.name] = item
    return dict(sorted(found.items()))


def _child(name: str, what: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "--child", what, name],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode == 77:
        raise CannotRun(done.stdout.strip())
    if done.returncode:
        raise RuntimeError(f"{name} ended with {done.returncode}")
    return done.stdout


def run_child(what: str, name: str) -> int:
    """Run one preparation or measurement in this process."""
    bench = discover()[name]
    try:
        if what == "prepare":
            if bench.prepare is not None:
                bench.prepare()
        else:
            print("\n" + json.dumps(asdict(bench.run())))
    except CannotRun as error:
        print(error)
        return 77
    return 0


def _within(bench: Bench, value: float, bar: float | None) -> bool:
    if bar is None:
        return True
    return value >= bar if bench.at_least else value <= bar


def line_of(bench: Bench, measured: list[Measured]) -> tuple[str, bool]:
    """Return the line of a benchmark and whether it is within its bars."""
    value = statistics.median(one.value for one in measured)
    references = [one.reference for one in measured if one.reference is not None]
    reference = statistics.median(references) if references else None
    ratio = value / reference if reference else None
    fine = _within(bench, value, bench.bar) and (
        ratio is None or _within(bench, ratio, bench.ratio_bar)
    )
    sign = "≥" if bench.at_least else "≤"
    bars = [f"{sign}{bench.bar:g} {bench.unit}" if bench.bar is not None else ""]
    bars.append(f"{sign}{bench.ratio_bar:g}×" if bench.ratio_bar is not None else "")
    cells = [
        f"{bench.name:<14}",
        f"{value:>10.4g}",
        f"{bench.unit:<6}",
        f"{reference:>10.4g}" if reference is not None else f"{'-':>10}",
        f"{ratio:>8.3g}" if ratio is not None else f"{'-':>8}",
        f"{' '.join(filter(None, bars)) or '-':<18}",
        "ok" if fine else "short",
    ]
    return "  ".join(cells), fine


def _samples(bench: Bench) -> list[Measured]:
    """Measure a benchmark in fresh processes, one after another."""
    if bench.prepare is not None:
        _child(bench.name, "prepare")
    found = []
    for _ in range(bench.times):
        last = _child(bench.name, "run").strip().splitlines()[-1]
        found.append(Measured(**json.loads(last)))
    return found


def measure(bench: Bench) -> tuple[str, bool]:
    """Return the line of a benchmark and whether it is within its bars."""
    try:
        found = _samples(bench)
        if bench.reference:
            other = statistics.median(one.value for one in _samples(discover()[bench.reference]))
            found = [replace(one, reference=other) for one in found]
    except CannotRun as error:
        return f"{bench.name:<14}  left out: {error}", True
    return line_of(bench, found)


def main(names: list[str]) -> int:
    """Measure the named benchmarks, or all; 1 when one is short of its bar."""
    known = discover()
    wrong = [name for name in names if name not in known]
    if wrong:
        print(f"no such benchmark: {', '.join(wrong)}; known: {', '.join(known)}", file=sys.stderr)
        return 2
    fine = True
    print(f"# seed {SEED}, median of {TIMES} fresh processes", flush=True)
    for name in names or known:
        line, within = measure(known[name])
        fine = fine and within
        print(line, flush=True)
    return 0 if fine else 1
