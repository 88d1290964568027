"""`gridwell serve`: the web server, with a worker beside it so that one command is enough."""

import multiprocessing
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

from django.core import checks
from django.db import connections

from gridwell.core.checks import server_mix
from gridwell.core.cli import Refused, Terminal, say
from gridwell.core.sqlite.turn import HAS_FILE_LOCKS

THREADS = 8
MOST_PROCESSES = 4
#: A process with its connections' caches takes about half of this when it is busy.
MEMORY_OF_ONE = 1 << 30


def usual_processes() -> int:
    """Return how many server processes fit this machine: one a processor, at most four.

    Python computes on one processor a process. Fewer where the memory is small, and one where
    processes could not take turns on a SQLite file.
    """
    if connections["default"].vendor == "sqlite" and not HAS_FILE_LOCKS:
        return 1
    here = getattr(os, "sched_getaffinity", None)  # a container may have fewer than the machine
    processors = len(here(0)) if here is not None else os.cpu_count() or 1
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # not told here
        memory = MOST_PROCESSES * MEMORY_OF_ONE
    return max(1, min(processors, memory // MEMORY_OF_ONE, MOST_PROCESSES))


class WorkerKeeper:
    """Keeps one `gridwell worker` running as a child process; starts it again when it dies."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep, daemon=True, name="worker-keeper")

    def _start(self) -> subprocess.Popen[bytes]:
        # The arguments are our own; stdin stays closed so that Ctrl-C is ours to pass on.
        return subprocess.Popen(  # noqa: S603 - our own words, no shell
            [sys.executable, "-m", "gridwell", "worker", "--quiet", "--parent", str(os.getpid())],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _keep(self) -> None:
        while not self._over.is_set():
            self._process = self._start()
            while self._process.poll() is None and not self._over.wait(0.5):
                pass
            self._over.wait(2)

    def start(self) -> None:
        """Start the child and watch it."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the child to end after its job; it is not waited for longer than ten seconds."""
        self._over.set()
        self._thread.join(timeout=5)
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._process.kill()  # its transaction is undone, the row is queued again


def refuse_unsafe(terminal: Terminal, *, host: str, processes: int) -> None:
    """Say the system checks' warnings; refuse to serve when one is an error."""
    found = [*checks.run_checks(), *server_mix(host=host, processes=processes)]
    for message in found:
        if message.level >= checks.WARNING:
            terminal.note(str(message))
    if any(message.is_serious() for message in found):
        raise Refused(say("The installation is not safe to serve; see the lines above."))


def refuse_taken_port(host: str, port: int) -> None:
    """Refuse a port on which something already answers."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Refused(
                say("Port %(port)s on %(host)s cannot be used: %(reason)s")
                % {"port": port, "host": host, "reason": error.strerror}
            ) from error


#: Where the server's own faults are told: stdout is for what a command answers.
_TO_STDERR = {
    name: {"class": "logging.StreamHandler", "formatter": "generic", "stream": "ext://sys.stderr"}
    for name in ("console", "access")
}


def serve(*, host: str, port: int, threads: int, processes: int, worker: bool) -> None:
    """Serve until stopped by Ctrl-C or SIGTERM. The caller has run the checks."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    connections.close_all()
    if multiprocessing.get_start_method(allow_none=True) is None:
        # A forked server process would inherit threads and open files half-way.
        multiprocessing.set_start_method("spawn")
    server = Granian(
        "gridwell.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=threads,
        backpressure=threads * 16,
        log_level=LogLevels.error,
        log_dictconfig={"handlers": _TO_STDERR},
        websockets=False,
        respawn_failed_workers=True,
        working_dir=Path.cwd(),
    )
    keeper = WorkerKeeper()
    if worker:
        keeper.start()
    try:
        server.serve()
    finally:
        if worker:
            keeper.stop()
