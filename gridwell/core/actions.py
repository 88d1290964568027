"""Writes of background work: queue, claim, end, stop (see `core/worker.py` for the loop)."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from gridwell.core.models import Job
from gridwell.core.sidechannel import FileChannel, channel

#: Seconds without a heart-beat after which a running job counts as killed; the beat is every 5 s.
SILENCE = 30
OPEN = ("queued", "running")
KEPT = timedelta(days=90)
KEPT_BRIEFLY = timedelta(days=2)


def enqueue(
    kind: str,
    *,
    now: datetime,
    community: int = 0,
    subject: str = "",
    payload: dict[str, Any] | None = None,
    created_by: int | None = None,
    run_after: datetime | None = None,
    ref: UUID | None = None,
) -> Job:
    """Queue a piece of work and return its row; while one for the same subject is open, that one.

    `community` 0 is the installation's own work. `payload` holds ids only. Inside a transaction the
    row appears with the commit, so queueing is part of the act that asks for it. A `ref` given by
    the caller makes it happen once for ever.
    """
    job = Job(
        kind=kind,
        community=community,
        subject=subject,
        payload=payload or {},
        created_by=created_by,
        created_at=now,
        run_after=run_after or now,
    )
    if ref is not None:
        job.ref = ref
    try:
        with transaction.atomic():
            job.save(force_insert=True)
    except IntegrityError:
        same = Job.objects.filter(ref=job.ref)
        opened = Job.objects.filter(
            community=community, kind=kind, subject=subject, state__in=OPEN
        ).exclude(subject="")
        return same.first() or opened.get()
    return job


def claim(kinds: list[str], *, now: datetime) -> Job | None:
    """Take the next due job of these kinds, or None. Two workers never take the same one."""
    due = Job.objects.filter(state="queued", kind__in=kinds, run_after__lte=now)
    for pk in due.order_by("run_after", "pk").values_list("pk", flat=True)[:5]:
        taken = Job.objects.filter(pk=pk, state="queued").update(
            state="running", tries=F("tries") + 1, started_at=now, ended_at=None, message=""
        )
        if taken:
            job = Job.objects.get(pk=pk)
            channel().clear(job.ref)
            channel().beat(job.ref)
            return job
    return None


def finish(
    job: Job,
    *,
    state: str,
    now: datetime,
    message: str = "",
    result: dict[str, Any] | None = None,
) -> bool:
    """End a running job; False when another worker has taken it over meanwhile.

    `tries` is the fence: a worker that was held up and thought dead cannot end its successor's job.
    """
    sign = channel().read(job.ref)
    ended = Job.objects.filter(pk=job.pk, state="running", tries=job.tries).update(
        state=state,
        ended_at=now,
        message=message[:400],
        result=result or {},
        done=sign.done,
        total=sign.total,
        stop_asked=sign.stop_asked,
    )
    if ended and isinstance(channel(), FileChannel):
        channel().clear(job.ref)  # the row has it all now
    return bool(ended)


def put_back(job: Job, *, now: datetime, message: str, wait: timedelta) -> bool:
    """Queue a running job again, to be tried after `wait`."""
    return bool(
        Job.objects.filter(pk=job.pk, state="running", tries=job.tries).update(
            state="queued", run_after=now + wait, message=message[:400]
        )
    )


def revive(kinds: dict[str, int], *, now: datetime) -> int:
    """Queue again what a killed process left running; give up after a kind's number of tries.

    Whatever such a job had written was one transaction and is gone with its process.
    """
    revived = 0
    for job in Job.objects.filter(state="running", kind__in=kinds):
        age = channel().read(job.ref).age
        if age is not None and age < SILENCE:
            continue
        words = "the process that did this was killed"
        if job.tries >= kinds[job.kind]:
            finish(job, state="failed", now=now, message=words)
        else:
            revived += put_back(job, now=now, message=words, wait=timedelta(0))
    return revived


def ask_stop(job: Job, *, now: datetime) -> None:
    """Ask a job to stop: a queued one ends at once, a running one at its next report."""
    stopped = Job.objects.filter(pk=job.pk, state="queued").update(
        state="stopped", ended_at=now, stop_asked=True
    )
    if not stopped:
        channel().ask_stop(job.ref)


def purge_jobs(*, now: datetime, often: Collection[str] = ()) -> int:
    """Delete what ended more than 90 days ago, two for work that comes `often`; return how many."""
    brief = Job.objects.filter(kind__in=often, state="done", ended_at__lt=now - KEPT_BRIEFLY)
    return Job.objects.filter(ended_at__lt=now - KEPT).delete()[0] + brief.delete()[0]
