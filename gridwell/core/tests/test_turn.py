"""Writers of several processes take turns on SQLite: nobody starves, nobody is told "locked"."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from time import monotonic, sleep

import pytest

from gridwell.core.sqlite import turn as turns
from gridwell.core.sqlite.turn import Line, Turn, turn_at

LONG = 30.0  # a test that hangs ends by this; nothing is measured with it
needs_locks = pytest.mark.skipif(not turns.HAS_FILE_LOCKS, reason="no file locks on this system")

#: A process as the server is one: threads that write to one file through Django's backend.
WRITER = """
import json, sys, threading, time
from django.conf import settings
settings.configure(
    DATABASES={"default": {
        "ENGINE": "gridwell.core.sqlite", "NAME": sys.argv[1],
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20,
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"},
    }},
    USE_TZ=True,
)
import django
django.setup()
from django.db import connection, transaction
name, threads, times = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
faults, passed = [], []

def write():
    try:
        with connection.cursor() as cursor:
            for _ in range(times):
                cursor.execute("SELECT MAX(id) FROM line")
                asked = cursor.fetchone()[0] or 0
                with transaction.atomic():
                    # Read, then written: who wrote in between would be lost.
                    cursor.execute("SELECT held FROM counter")
                    held = cursor.fetchone()[0]
                    time.sleep(0.002)  # as long as an act takes: others do come meanwhile
                    cursor.execute("UPDATE counter SET held = %s", [held + 1])
                    cursor.execute("INSERT INTO line (who) VALUES (%s)", [name])
                    cursor.execute("SELECT last_insert_rowid()")
                    passed.append(cursor.fetchone()[0] - asked - 1)
    except Exception as error:
        faults.append(repr(error))
    finally:
        connection.close()

print("ready", flush=True)
sys.stdin.readline()
crowd = [threading.Thread(target=write) for _ in range(threads)]
for one in crowd: one.start()
for one in crowd: one.join()
print(json.dumps({"faults": faults, "passed": passed}))
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database with a counter and a line in which each writer leaves a row."""
    path = tmp_path / "shared.sqlite3"
    with closing(connect(path)) as made:
        made.execute("CREATE TABLE counter (held INTEGER)")
        made.execute("INSERT INTO counter VALUES (0)")
        made.execute("CREATE TABLE line (id INTEGER PRIMARY KEY, who TEXT)")
        made.commit()
    return path


def _writer(file: Path, name: str, threads: int, times: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(file), name, str(threads), str(times)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _let_go(writers: list[subprocess.Popen[str]]) -> None:
    """Let processes that have set up begin at once."""
    for one in writers:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in writers:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()


@needs_locks
def test_two_processes_write_and_nobody_starves(file: Path) -> None:
    threads, times = 4, 50
    writers = [_writer(file, name, threads, times) for name in ("a", "b")]
    _let_go(writers)
    said = [json.loads(one.communicate(timeout=120)[0]) for one in writers]
    assert [one["faults"] for one in said] == [[], []]
    with closing(connect(file)) as made:
        assert made.execute("SELECT held FROM counter").fetchone()[0] == 2 * threads * times
    for one in said:
        passed = sorted(one["passed"])
        assert len(passed) == threads * times
        # First come, first served among four of the own process, and one of the other between any
        # two: seven go before. Left to SQLite the own threads pass each other on (three), and
        # whoever asks at the wrong moments sees a hundred go before.
        assert threads <= passed[len(passed) // 2] <= 2 * threads
        assert passed[-1] <= 8 * threads  # a thread that the machine leaves lying counts some more


@needs_locks
def test_whoever_dies_gives_the_turn_up(file: Path) -> None:
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time\n"
            "from gridwell.core.sqlite.turn import turn_at\n"
            "assert turn_at(sys.argv[1]).acquire(5)\n"
            "print('held', flush=True)\n"
            "time.sleep(600)\n",
            str(file),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    turn = Turn(str(file))
    assert not turn.acquire(0.05)
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    holder.stdout.close()
    assert turn.acquire(LONG)
    turn.release()
    turn.close()


class Asking(threading.Thread):
    """Somebody who asks for a turn and leaves a name when it comes."""

    def __init__(self, turn: Turn | Line, name: str, came: list[str]) -> None:
        super().__init__(daemon=True)
        self.turn, self.called, self.came = turn, name, came

    def run(self) -> None:
        assert self.turn.acquire(LONG)
        self.came.append(self.called)
        self.turn.release()


def _until(question: object) -> None:
    end = monotonic() + LONG
    while not question():  # type: ignore[operator]  # a lambda of the test
        assert monotonic() < end
        sleep(0.001)


@pytest.fixture
def pair(file: Path) -> Iterator[tuple[Turn, Turn]]:
    """Two processes at one file: each has files of its own open, which is what the kernel counts."""
    two = Turn(str(file)), Turn(str(file))
    yield two
    for one in two:
        one.close()


@needs_locks
def test_who_has_written_does_not_pass_who_waits(pair: tuple[Turn, Turn]) -> None:
    here, there = pair
    came: list[str] = []
    assert here.acquire(LONG)
    waits = Asking(there, "there", came)
    waits.start()
    probe = turns.FileLock(str(turns_path(here)) + "-door")

    def is_at_the_door() -> bool:
        if probe.acquire(0):
            probe.release()
            return False
        return True

    _until(is_at_the_door)
    eager = [Asking(here, f"here {number}", came) for number in range(3)]
    for one in eager:
        one.start()
    here.release()
    for one in (waits, *eager):
        one.join(LONG)
    probe.close()
    # At most the one who stood first in the own line was at the file before; nobody else passes.
    assert came.index("there") <= 1
    assert len(came) == 4


def turns_path(turn: Turn) -> Path:
    """Return the database that a turn belongs to."""
    assert turn.path is not None
    return Path(turn.path)


def test_the_line_is_first_come_first_served() -> None:
    line, came = Line(), []  # type: ignore[var-annotated]  # of names
    assert line.acquire(LONG)
    crowd = [Asking(line, str(number), came) for number in range(6)]
    for number, one in enumerate(crowd, 1):
        one.start()
        _until(lambda number=number: len(line._waiting) == number)
    line.release()
    for one in crowd:
        one.join(LONG)
    assert came == [str(number) for number in range(6)]
    assert line.acquire(0)


def test_who_gives_up_stands_in_nobodys_way() -> None:
    line = Line()
    assert line.acquire(LONG)
    assert not line.acquire(0.01)
    line.release()
    assert line.acquire(0)
    line.release()


@needs_locks
def test_who_gives_up_at_the_file_leaves_the_door_open(pair: tuple[Turn, Turn]) -> None:
    here, there = pair
    assert here.acquire(LONG)
    assert not there.acquire(0.01)
    here.release()
    assert here.acquire(0)
    here.release()
    assert there.acquire(LONG)
    there.release()


def test_without_file_locks_threads_still_stand_in_line(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "HAS_FILE_LOCKS", False)
    turn = Turn(str(file))
    assert turn.acquire(0)
    assert not turn.acquire(0.01)
    turn.release()
    assert turn.acquire(0)
    turn.release()
    assert not file.with_name("shared.sqlite3-turn").exists()


@pytest.mark.parametrize("name", [":memory:", "file:memorydb_x?mode=memory&cache=shared"])
def test_a_database_in_memory_leaves_no_files(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    turn = turn_at(name)
    assert turn.acquire(LONG)
    turn.release()
    assert turn_at(name) is turn
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
@needs_locks
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_child_does_not_share_the_turn(file: Path) -> None:
    turn = turn_at(str(file))
    assert turn.acquire(LONG)
    child = os.fork()
    if child == 0:  # pragma: no cover - in the child
        turn.release()  # of the parent: must not let anybody in
        os._exit(1 if turn_at(str(file)).acquire(0.01) else 0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    turn.release()
