"""Background work: a loop that claims rows and calls registered functions.

    register_job("ledgers.import", run_import)          # in AppConfig.ready
    job = enqueue("ledgers.import", now=now, community=..., subject="import:12", payload={...})

`run_import(job: RunningJob) -> dict | None` does the work and returns what the row shall keep
(`{"url": ...}` becomes a link on the progress page). It calls `job.report(done, total, message)`
now and then; when somebody asked to stop, that call raises `JobStopped`, the transaction around the work
is undone, and the row ends as stopped. A refusal (RuleBroken) ends it as failed, with its words;
any other error is tried again a few times. A process that is killed leaves a row without
heart-beat, which the next worker queues again: so a job must be one transaction, or resumable.

    register_periodic("plan.turn_of_day", at=time(0, 1))   # queued once a local day, at or after
    register_often("tasks.escalate", minutes=5)            # queued once in each five minutes

Subjects make queueing idempotent while the job is open. The loop runs as `gridwell worker`, and as
a child process inside `gridwell serve`. One worker does one job at a time; there may be several.
"""

import logging
import os
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from time import monotonic
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.db import close_old_connections, connection, connections

from gridwell.core import actions, clock
from gridwell.core.actions import ask_stop, enqueue
from gridwell.core.errors import RuleBroken
from gridwell.core.models import Job
from gridwell.core.sidechannel import Sign, channel
from gridwell.core.wording import say

__all__ = [
    "JobStopped",
    "RunningJob",
    "Worker",
    "ask_stop",
    "enqueue",
    "register_job",
    "register_periodic",
    "sign_of",
]

log = logging.getLogger(__name__)
BEAT_EVERY = 5.0
REPORT_EVERY = 0.5


class JobStopped(Exception):
    """Somebody asked the job to stop; raised by `report` so that its transaction is undone."""


class RunningJob:
    """What a job's function gets: its row's facts, and how to say how far it is."""

    def __init__(self, row: Job) -> None:
        self.row = row
        self.ref = row.ref
        self.community = row.community or 0
        self.subject = row.subject
        self.payload: dict[str, Any] = row.payload
        self.created_by = row.created_by
        self._reported_at = -REPORT_EVERY

    def report(self, done: int, total: int = 0, message: str = "") -> None:
        """Say how far the work is; raises JobStopped when a stop was asked.

        Cheap enough for every row: only two a second and the last (done == total) are passed on.
        """
        if monotonic() - self._reported_at < REPORT_EVERY and done != total:
            return
        self._reported_at = monotonic()
        channel().report(self.ref, done, total, message)
        if channel().read(self.ref).stop_asked:
            raise JobStopped


JobFunction = Callable[[RunningJob], dict[str, Any] | None]


@dataclass(frozen=True)
class JobKind:
    """A kind of background work and how often it is tried."""

    function: JobFunction
    tries: int


_kinds: dict[str, JobKind] = {}
_periodic: dict[str, time] = {}
_often: dict[str, int] = {}


def register_job(kind: str, function: JobFunction, *, tries: int = 3) -> None:
    """Add a kind of work, from `AppConfig.ready`; `kind` is "package.what"."""
    _kinds[kind] = JobKind(function, tries)


def register_periodic(kind: str, *, at: time) -> None:
    """Have a registered kind queued once every local day, at or after this local time.

    Its subject is the day ("2022-11-23"). A day on which no worker ran is caught up only if it is
    today; the function itself must look back if older days matter to it.
    """
    _periodic[kind] = at


def register_often(kind: str, *, minutes: int) -> None:
    """Have a registered kind queued once in each stretch of so many minutes while a worker runs.

    Stretches in which none ran are not caught up: the function itself looks at what is due. Rows of
    such work are kept for two days only.
    """
    _often[kind] = minutes


def often() -> tuple[str, ...]:
    """Return the kinds that are queued every few minutes."""
    return tuple(_often)


def sign_of(row: Job) -> Sign:
    """Return how far a job is, whatever its state."""
    if row.state == "running":
        return channel().read(row.ref)
    return Sign(row.done, row.total, row.message, row.stop_asked)


def queue_periodic(now: datetime) -> list[Job]:
    """Queue the daily work that is due and was not queued for this day yet, and what comes often."""
    day = clock.day_of(now)
    due = [
        (kind, str(day))
        for kind, at in _periodic.items()
        if now >= datetime.combine(day, at, tzinfo=clock.zone())
    ]
    due += [(kind, f"{int(now.timestamp()) // (60 * n)}") for kind, n in _often.items()]
    queued = []
    for kind, turn in due:
        ref = uuid5(NAMESPACE_URL, f"gridwell:{kind}:{turn}")
        if not Job.objects.filter(ref=ref).exists():
            queued.append(enqueue(kind, now=now, subject=turn, ref=ref))
    return queued


class Worker:
    """The loop. `stop()` may be called from a signal handler or another thread."""

    def __init__(self, *, parent: int | None = None) -> None:
        self._stop = threading.Event()
        self._parent = parent
        self._looked_round: float = 0.0

    def stop(self) -> None:
        """End after the job in hand."""
        self._stop.set()

    def run(self, *, pause: float = 0.5) -> None:
        """Work until stopped, or until the process that started us is gone."""
        while not self._stop.is_set() and self._has_parent():
            try:
                worked = self.work_once()
            except Exception:
                # The database may be restarting; the loop must outlive it.
                log.exception("the worker could not look for work")
                close_old_connections()
                worked = False
                self._stop.wait(5)
            if not worked:
                self._stop.wait(pause)
        connections.close_all()

    def _has_parent(self) -> bool:
        return self._parent is None or os.getppid() == self._parent

    def work_once(self) -> bool:
        """Do one due job; return whether there was one."""
        now = clock.now()
        if self._is_time_to_look_round():
            actions.revive({kind: known.tries for kind, known in _kinds.items()}, now=now)
            queue_periodic(now)
        job = actions.claim(list(_kinds), now=now)
        if job is None:
            return False
        self._do(job)
        return True

    def _is_time_to_look_round(self) -> bool:
        """Whether some seconds have gone by since killed jobs and daily work were looked for."""
        if self._looked_round and monotonic() - self._looked_round < BEAT_EVERY:
            return False
        self._looked_round = monotonic()
        return True

    def _do(self, job: Job) -> None:
        kind = _kinds[job.kind]
        with _Beating(job):
            try:
                result = kind.function(RunningJob(job))
            except JobStopped:
                actions.finish(job, state="stopped", now=clock.now())
            except RuleBroken as refusal:
                actions.finish(job, state="failed", now=clock.now(), message=say(refusal))
            except Exception as error:
                log.exception("job %s %s failed", job.kind, job.ref)
                self._failed(job, kind, error)
            else:
                actions.finish(job, state="done", now=clock.now(), result=result)
        if not connection.in_atomic_block:  # not inside a test's transaction
            close_old_connections()

    def _failed(self, job: Job, kind: JobKind, error: Exception) -> None:
        """Try again later, or give up. The row keeps the error's kind, never its values."""
        frame = traceback.extract_tb(error.__traceback__)[-1]
        words = f"{type(error).__name__} in {frame.name}"
        if job.tries < kind.tries:
            wait = timedelta(seconds=2 ** (2 * job.tries))
            actions.put_back(job, now=clock.now(), message=words, wait=wait)
        else:
            actions.finish(job, state="failed", now=clock.now(), message=words)


class _Beating:
    """Beats for a job from a thread of its own while the body runs."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True, name="beat")

    def _beat(self) -> None:
        while not self._over.wait(BEAT_EVERY):
            try:
                channel().beat(self._job.ref)
            except Exception:
                log.exception("no heart-beat for job %s", self._job.ref)
        connections.close_all()

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
