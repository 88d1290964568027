"""The installed command from nothing to a served page, as a person would run it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django.urls import reverse

FLAGS = [
    "init",
    "--administrator",
    "admin",
    "--name",
    "张华",
    "--community",
    "140109008001",
    "--community-name",
    "鼎新",
    "--subdistrict-name",
    "兴华街道",
    "--officer",
    "--areas",
]
#: By one worker, which makes the installation once.
pytestmark = pytest.mark.xdist_group("installation")
AREAS = Path(__file__).parents[2] / "gridwell" / "places" / "files" / "taiyuan.csv"


def _env(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GRIDWELL", "DATABASE"))}
    return kept | {
        "GRIDWELL_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "gridwell.settings",
        "GRIDWELL_LANGUAGE": "en",
    }


def _run(home: Path, *argv: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gridwell", *argv],
        env=_env(home),
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("installation") / "home"
    done = _run(home, *FLAGS, str(AREAS))
    assert done.returncode == 0, done.stderr
    assert re.search(r"^One-time password: \S{14}$", done.stdout, re.MULTILINE)
    assert "keys.json" in done.stderr
    return home


def test_secrets_are_for_the_owner_alone(home: Path) -> None:
    for name in ("keys.json", "secret-key"):
        assert (home / name).stat().st_mode & 0o077 == 0
    assert home.stat().st_mode & 0o077 == 0


def test_it_runs_once(home: Path) -> None:
    keys = (home / "keys.json").read_bytes()
    done = _run(home, *FLAGS, str(AREAS))
    assert done.returncode == 1
    assert "init runs once" in done.stderr
    assert (home / "keys.json").read_bytes() == keys


def test_what_is_missing_is_named_when_nobody_answers(tmp_path: Path) -> None:
    done = _run(tmp_path / "home", "init", "--administrator", "admin")
    assert done.returncode == 1
    assert "12-digit code of the first community" in done.stderr
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("code", ["140109", "140109008000", "14010900800"])
def test_a_code_of_no_community_is_refused(tmp_path: Path, code: str) -> None:
    done = _run(tmp_path / "home", "init", "--community", code)
    assert done.returncode == 1
    assert code in done.stderr


def test_a_weak_password_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    done = _run(tmp_path / "home", *FLAGS, str(AREAS), "--password-stdin", stdin="12345678\n")
    assert done.returncode == 1
    assert not (tmp_path / "home" / "gridwell.sqlite3").exists()


def test_tables_are_up_to_date_and_the_trail_is_whole(home: Path) -> None:
    assert "0 changes" in _run(home, "migrate").stderr
    assert _run(home, "verify-audit").returncode == 0


def test_stored_values_are_computed_anew(home: Path) -> None:
    assert "grids\t" in _run(home, "recompute").stdout
    assert _run(home, "recompute", "grids").stdout.startswith("0 ")
    wrong = _run(home, "recompute", "nonsense")
    assert wrong.returncode == 1
    assert "grids" in wrong.stderr


def test_a_code_changes_and_comes_back(home: Path) -> None:
    assert _run(home, "recode", "140109008001", "140109008009").returncode == 0
    again = _run(home, "recode", "140109008001", "140109008009")
    assert again.returncode == 1
    assert "140109008001" in again.stderr
    assert _run(home, "verify-audit").returncode == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _children(pid: int) -> set[int]:
    found = set()
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text()
        except OSError:
            continue
        if f"\nPPid:\t{pid}\n" in text and "\nState:\tZ" not in text:
            found.add(int(status.parent.name))
    return found


def _server_processes(pid: int) -> list[int]:
    """Return the children that answer requests: neither the worker nor Python's own helper."""
    return [
        child
        for child in _children(pid)
        if b"multiprocessing.spawn" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


def _until(seconds: float, question: object) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if question():
            return True
        time.sleep(0.1)
    return False


@pytest.mark.skipif(not Path("/proc").exists(), reason="looks at processes through /proc")
def test_one_process_serves_pages_and_does_the_background_work(home: Path) -> None:
    port = _free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "gridwell", "serve", "--port", str(port)],
        env=_env(home),
        stderr=subprocess.PIPE,
        text=True,
    )
    page = reverse("account_login")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def answers() -> bool:
        try:
            with opener.open(f"http://127.0.0.1:{port}{page}", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    try:
        assert _until(20, answers)
        taken = _run(home, "serve", "--port", str(port))
        assert taken.returncode == 1
        assert str(port) in taken.stderr
        # The worker beside the server does what is queued, also after it was killed.
        assert _until(10, lambda: _children(server.pid))
        for child in _children(server.pid):
            if b"worker" in Path(f"/proc/{child}/cmdline").read_bytes():
                os.kill(child, signal.SIGKILL)
        code = (
            "from gridwell.core.cli import setup_django; setup_django()\n"
            "from gridwell.core import clock, worker\n"
            "from gridwell.core.models import Job\n"
            "import time\n"
            "job = worker.enqueue('core.tidy', now=clock.now(), subject='probe')\n"
            "end = time.monotonic() + 25\n"
            "while Job.objects.get(pk=job.pk).state != 'done' and time.monotonic() < end:\n"
            "    time.sleep(0.2)\n"
            "print(Job.objects.get(pk=job.pk).state)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=_env(home),
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == "done"
        # A server process that was killed comes back, and pages are answered all the while after.
        for child in _server_processes(server.pid)[:1]:
            os.kill(child, signal.SIGKILL)
            assert _until(20, lambda gone=child: gone not in _children(server.pid))
            assert _until(20, answers)
            assert _until(20, lambda: _server_processes(server.pid))
        children = _children(server.pid)
        assert children
    finally:
        server.terminate()
        said = server.communicate(timeout=30)[1]
    assert f"http://127.0.0.1:{port}/" in said
    assert _until(10, lambda: not any(Path(f"/proc/{child}").exists() for child in children))
