"""`gridwell import-ledger` as it is run: one object on stdout, everything else on stderr."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from gridwell.ledgers.tests.make import id_number, line, workbook
from gridwell.places.tests.make import COMMUNITY

AREAS = Path(__file__).parents[2] / "places" / "files" / "taiyuan.csv"
SHARED = os.environ.get("GRIDWELL_SHARED", "")
PEOPLE = [
    line(name="王一", document=id_number(1), phone="14001000001"),
    line(name="李二", relation="配偶", document="14010019800115"),
    line(name="", room="201", relation=""),
]
COUNTS = ("households", "residents", "new", "changed", "unchanged", "missing")


def _env(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GRIDWELL", "DATABASE"))}
    return kept | {
        "GRIDWELL_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "gridwell.settings",
        "GRIDWELL_LANGUAGE": "en",
    }


def run(home: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gridwell", *argv],
        env=_env(home),
        capture_output=True,
        text=True,
        check=False,
    )


def import_(home: Path, file: Path, *flags: str) -> dict[str, Any]:
    done = run(home, "import-ledger", str(file), "--community", str(COMMUNITY), "--json", *flags)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def counts(found: dict[str, Any]) -> list[int]:
    return [found[key] for key in COUNTS] + [len(found["faults"]), len(found["duplicates"])]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ledger") / "台账.xlsx"
    path.write_bytes(workbook(PEOPLE))
    return path


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation that knows the community."""
    home = tmp_path_factory.mktemp("installation") / "home"
    done = run(
        home, "init", "--administrator", "admin", "--name", "张华",
        "--community", str(COMMUNITY), "--community-name", "鼎新",
        "--subdistrict-name", "兴华街道", "--officer", "--areas", str(AREAS),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return home


def test_dry_run_needs_no_database_and_makes_none(tmp_path: Path, file: Path) -> None:
    home = tmp_path / "nothing"
    found = import_(home, file, "--dry-run")
    assert counts(found) == [2, 2, 2, 0, 0, 0, 1, 0]
    fault = found["faults"][0]
    assert fault.keys() >= {"sheet", "row", "column", "value", "code", "message"}
    assert (fault["sheet"], fault["row"], fault["code"]) == ("台账", 3, "id_length")
    assert not home.exists()


def test_it_writes_once_and_says_so(home: Path, file: Path) -> None:
    first = import_(home, file)
    assert counts(first) == [2, 2, 2, 0, 0, 0, 1, 0]
    assert counts(import_(home, file)) == [2, 2, 0, 0, 2, 0, 1, 0]
    assert counts(import_(home, file, "--dry-run")) == [2, 2, 0, 0, 2, 0, 1, 0]


def test_a_dry_run_writes_nothing_and_knows_no_stranger(home: Path, file: Path) -> None:
    before = (home / "gridwell.sqlite3").stat().st_mtime_ns
    found = run(
        home, "import-ledger", str(file), "--community", "999999999999", "--dry-run", "--json"
    )
    assert json.loads(found.stdout)["new"] == 2
    assert (home / "gridwell.sqlite3").stat().st_mtime_ns == before


def test_what_cannot_be_read_is_refused(home: Path, tmp_path: Path) -> None:
    bad = tmp_path / "a.xlsx"
    bad.write_bytes(b"%PDF-1.4")
    for argv in (
        ["import-ledger", str(bad), "--community", str(COMMUNITY), "--dry-run", "--json"],
        ["import-ledger", str(tmp_path / "gone.xlsx"), "--community", str(COMMUNITY), "--json"],
    ):
        done = run(home, *argv)
        assert done.returncode == 1
        assert done.stdout == ""
        assert "Traceback" not in done.stderr


def test_an_unknown_community_is_refused(home: Path, file: Path) -> None:
    done = run(home, "import-ledger", str(file), "--community", "140109008999", "--json")
    assert (done.returncode, done.stdout) == (1, "")
    assert "140109008999" in done.stderr
    assert run(home, "import-ledger", str(file), "--community", "12").returncode == 1


def test_for_people_it_says_the_same_in_words(home: Path, file: Path) -> None:
    done = run(home, "import-ledger", str(file), "--community", str(COMMUNITY), "--dry-run")
    assert done.returncode == 0
    assert "residents listed" in done.stdout
    assert "row 3" in done.stdout


def test_a_killed_import_leaves_nothing(home: Path, tmp_path: Path) -> None:
    rows = [
        line(name=f"人{n}", room=f"{n // 4 + 1:d}0{n % 4 + 1}", building=str(n % 30 + 1),
             relation="", document="")
        for n in range(2_500)
    ]  # fmt: skip
    path = tmp_path / "big.xlsx"
    path.write_bytes(workbook(rows))
    database = home / "gridwell.sqlite3"

    def people() -> int:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            found: int = connection.execute("select count(*) from residents_resident").fetchone()[0]
        connection.close()
        return found

    before = people()
    wal = database.with_name(database.name + "-wal")
    size = wal.stat().st_size if wal.exists() else 0
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "gridwell",
            "import-ledger",
            str(path),
            "--community",
            str(COMMUNITY),
        ],
        env=_env(home),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    # Kill it in the middle of writing: when it has begun, or at its end at the latest.
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until:
        if wal.exists() and wal.stat().st_size > size:
            process.send_signal(signal.SIGKILL)
            break
        time.sleep(0.002)
    process.wait()
    killed = process.returncode == -signal.SIGKILL
    assert people() == (before if killed else before + 2_500)
    import_(home, path)
    assert people() == before + 2_500


@pytest.mark.shared
@pytest.mark.skipif(not SHARED, reason="GRIDWELL_SHARED is not set")
@pytest.mark.parametrize(
    ("name", "residents"),
    [("dingxin-whole-community", 8097), ("guanghua-grid-3", 524), ("haixi-building-1", 923)],
)
def test_the_real_ledgers(home: Path, name: str, residents: int) -> None:
    path = Path(SHARED) / "data/ledgers" / f"{name}.xlsx"
    first = import_(home, path)
    assert first["residents"] == residents
    again = import_(home, path)
    assert (again["new"], again["changed"]) == (0, 0)
    assert again["unchanged"] == first["new"]
