"""Background work: once, in order, stoppable, surviving kills and failures."""

import os
import signal
import subprocess
import sys
import threading
import time as machine
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client

from gridwell.accounts.tests.make import make_actor
from gridwell.core import actions, worker
from gridwell.core.errors import RuleBroken
from gridwell.core.models import Job
from gridwell.core.sidechannel import channel
from gridwell.places.tests.make import COMMUNITY, OTHER_COMMUNITY

NOW = datetime(2022, 11, 23, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_kinds", {})
    monkeypatch.setattr(worker, "_periodic", {})
    monkeypatch.setattr(worker, "_often", {})
    monkeypatch.setattr(worker, "REPORT_EVERY", 0.0)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    seen: list[Any] = []
    worker.register_job("test.note", lambda job: seen.append(job.payload["n"]))
    return seen


def _row(job: Job) -> Job:
    return Job.objects.get(pk=job.pk)


@pytest.mark.django_db(transaction=True)
def test_done_with_result(seen: list[Any]) -> None:
    worker.register_job("test.result", lambda job: {"url": "/there/"})
    job = worker.enqueue("test.result", now=NOW)
    assert worker.Worker().work_once()
    assert (_row(job).state, _row(job).result, _row(job).tries) == ("done", {"url": "/there/"}, 1)
    assert not worker.Worker().work_once()


@pytest.mark.django_db(transaction=True)
def test_queued_once_while_open(seen: list[Any]) -> None:
    first = worker.enqueue("test.note", now=NOW, subject="import:1", payload={"n": 1})
    again = worker.enqueue("test.note", now=NOW, subject="import:1", payload={"n": 2})
    other = worker.enqueue("test.note", now=NOW, subject="import:2", payload={"n": 3})
    assert first.pk == again.pk != other.pk
    one = worker.Worker()
    while one.work_once():
        pass
    assert seen == [1, 3]
    later = worker.enqueue("test.note", now=NOW, subject="import:1", payload={"n": 4})
    assert later.pk != first.pk


@pytest.mark.django_db(transaction=True)
def test_not_before_its_time(seen: list[Any]) -> None:
    soon = datetime(2999, 1, 1, tzinfo=UTC)
    worker.enqueue("test.note", now=NOW, payload={"n": 1}, run_after=soon)
    assert not worker.Worker().work_once()


@pytest.mark.django_db(transaction=True)
def test_a_failing_job_is_tried_again_and_does_not_stop_the_next(
    seen: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    def fails(job: worker.RunningJob) -> None:
        raise ValueError("张华")

    worker.register_job("test.fails", fails, tries=2)
    bad = worker.enqueue("test.fails", now=NOW)
    worker.enqueue("test.note", now=NOW, payload={"n": 1})
    one = worker.Worker()
    assert one.work_once()
    assert one.work_once()
    assert seen == [1]
    assert _row(bad).state == "queued"
    assert _row(bad).message == "ValueError in fails"
    Job.objects.filter(pk=bad.pk).update(run_after=NOW)
    assert one.work_once()
    assert (_row(bad).state, _row(bad).tries) == ("failed", 2)


@pytest.mark.django_db(transaction=True)
def test_a_refusal_is_final(seen: list[Any]) -> None:
    def refuses(job: worker.RunningJob) -> None:
        raise RuleBroken("test.refused")

    worker.register_job("test.refuses", refuses)
    job = worker.enqueue("test.refuses", now=NOW)
    worker.Worker().work_once()
    assert (_row(job).state, _row(job).message) == ("failed", "test.refused")


@pytest.mark.django_db(transaction=True)
def test_progress_and_stop() -> None:
    steps: list[int] = []

    def long(job: worker.RunningJob) -> None:
        for number in range(1, 11):
            job.report(number, 10, "rows")
            steps.append(number)
            if number == 3:
                row = _row(job.row)
                assert worker.sign_of(row).done == 3
                assert worker.sign_of(row).message == "rows"
                actions.ask_stop(row, now=NOW)

    worker.register_job("test.long", long)
    job = worker.enqueue("test.long", now=NOW)
    worker.Worker().work_once()
    assert steps == [1, 2, 3]
    assert _row(job).state == "stopped"
    assert worker.sign_of(_row(job)).done == 4


@pytest.mark.django_db(transaction=True)
def test_a_queued_job_is_stopped_at_once(seen: list[Any]) -> None:
    job = worker.enqueue("test.note", now=NOW, payload={"n": 1})
    actions.ask_stop(job, now=NOW)
    assert _row(job).state == "stopped"
    assert not worker.Worker().work_once()


@pytest.mark.django_db(transaction=True)
def test_a_killed_job_is_found_by_its_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = {"test.note": 2}
    worker.register_job("test.note", lambda job: None)
    job = worker.enqueue("test.note", now=NOW)
    taken = actions.claim(["test.note"], now=NOW)
    assert taken is not None
    assert actions.revive(kinds, now=NOW) == 0  # it beats
    monkeypatch.setattr(actions, "SILENCE", -1)
    assert actions.revive(kinds, now=NOW) == 1
    assert _row(job).state == "queued"
    again = actions.claim(["test.note"], now=NOW)
    assert again is not None
    assert again.tries == 2
    assert not actions.finish(taken, state="done", now=NOW)  # the fence holds the first one off
    assert actions.revive(kinds, now=NOW) == 0
    assert _row(job).state == "failed"


@pytest.mark.django_db(transaction=True)
def test_periodic_work_is_queued_once_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    worker.register_job("test.nightly", lambda job: None)
    worker.register_periodic("test.nightly", at=time(0, 5))
    midnight = datetime(2022, 11, 22, 16, 0, tzinfo=UTC)  # 00:00 in Shanghai
    assert worker.queue_periodic(midnight + timedelta(minutes=4)) == []
    queued = worker.queue_periodic(midnight + timedelta(minutes=5))
    assert [job.subject for job in queued] == ["2022-11-23"]
    Job.objects.update(state="done")
    assert worker.queue_periodic(midnight + timedelta(hours=23)) == []
    assert len(worker.queue_periodic(midnight + timedelta(hours=25))) == 1


@pytest.mark.django_db(transaction=True)
def test_frequent_work_is_queued_once_in_each_stretch_and_forgotten_soon() -> None:
    worker.register_job("test.often", lambda job: None)
    worker.register_often("test.often", minutes=5)
    start = datetime(2022, 11, 23, 2, 0, tzinfo=UTC)
    assert len(worker.queue_periodic(start)) == 1
    Job.objects.update(state="done", ended_at=start)
    assert worker.queue_periodic(start + timedelta(minutes=4)) == []
    assert len(worker.queue_periodic(start + timedelta(minutes=5))) == 1
    assert actions.purge_jobs(now=start + timedelta(days=3), often=worker.often()) == 1
    assert Job.objects.get().state == "queued"


@pytest.mark.django_db(transaction=True)
def test_old_rows_are_purged() -> None:
    for age in (1, 89, 91):
        job = worker.enqueue("test.note", now=NOW)
        Job.objects.filter(pk=job.pk).update(state="done", ended_at=NOW - timedelta(days=age))
    assert actions.purge_jobs(now=NOW) == 1


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_from_outside_an_open_transaction() -> None:
    from django.db import transaction

    job = worker.enqueue("test.note", now=NOW)
    taken = actions.claim(["test.note"], now=NOW)
    assert taken is not None
    seen: list[Any] = []

    def look() -> None:
        sign = channel().read(job.ref)
        seen.append((sign.done, sign.total, sign.message))
        actions.ask_stop(job, now=NOW) if connection.vendor != "sqlite" else channel().ask_stop(
            job.ref
        )
        connection.close()

    with transaction.atomic():
        Job.objects.filter(pk=0).update(state="done")
        worker.RunningJob(taken).report(5, 9, "rows")
        other = threading.Thread(target=look)
        other.start()
        other.join()
        with pytest.raises(worker.JobStopped):
            worker.RunningJob(taken).report(6, 9, "rows")
    assert seen == [(5, 9, "rows")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("who", "area", "status"),
    [("creator", OTHER_COMMUNITY, 200), ("officer", COMMUNITY, 200), ("x", OTHER_COMMUNITY, 404)],
)
def test_who_sees_a_job(client: Client, who: str, area: int, status: int) -> None:
    actor = make_actor(username=who, area=area)
    job = worker.enqueue(
        "test.note",
        now=NOW,
        community=COMMUNITY,
        created_by=actor.user_id if who == "creator" else None,
    )
    client.force_login(get_user_model().objects.get(pk=actor.user_id))
    assert client.get(f"/jobs/{job.ref}/").status_code == status
    stop = client.post(f"/jobs/{job.ref}/stop/")
    assert stop.status_code == (302 if status == 200 else 404)
    assert _row(job).state == ("stopped" if status == 200 else "queued")


@pytest.mark.django_db(transaction=True)
def test_the_moving_part_alone_for_htmx(client: Client) -> None:
    actor = make_actor()
    job = worker.enqueue("test.note", now=NOW, community=COMMUNITY)
    client.force_login(get_user_model().objects.get(pk=actor.user_id))
    answer = client.get(f"/jobs/{job.ref}/", headers={"HX-Request": "true"})
    assert b"<html" not in answer.content
    assert b"hx-trigger" in answer.content
    Job.objects.update(state="done", result={"url": "/there/"})
    answer = client.get(f"/jobs/{job.ref}/", headers={"HX-Request": "true"})
    assert b"hx-trigger" not in answer.content
    assert b"/there/" in answer.content
    assert client.get(f"/jobs/{uuid4()}/").status_code == 404


def test_the_worker_ends_with_the_process_that_started_it() -> None:
    assert not worker.Worker(parent=os.getppid() + 1)._has_parent()
    assert worker.Worker(parent=os.getppid())._has_parent()


def test_a_killed_worker_process_loses_nothing(tmp_path: Path) -> None:
    """The real thing: a worker process is killed in the middle, the next one does the job."""
    env = os.environ | {
        "GRIDWELL_HOME": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "gridwell.settings",
        "DATABASE_URL": f"sqlite:///{tmp_path}/w.sqlite3",
        "PYTHONPATH": str(Path(__file__).parent.parent.parent.parent),
    }
    setup = (
        "from gridwell.core.cli import setup_django; setup_django();"
        "from gridwell.core import installation, worker, clock, actions; import time, sys;"
        "from gridwell.core.models import Job;"
        "installation.lay_folder();"
    )
    work = (
        "worker._kinds.clear(); worker._periodic.clear(); worker._often.clear(); actions.SILENCE = 0.5;"
        "worker.BEAT_EVERY = 0.1;"
        "worker.register_job('t.sleep', lambda job: (print('begun', flush=True),"
        " time.sleep(float(sys.argv[1]))) and None);"
    )
    lay = "installation.migrate(); worker.enqueue('t.sleep', now=clock.now())"
    subprocess.run([sys.executable, "-c", setup + lay], env=env, check=True)
    first = subprocess.Popen(
        [sys.executable, "-c", setup + work + "worker.Worker().work_once()", "60"],
        env=env,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert first.stdout is not None
    assert first.stdout.readline() == "begun\n"
    first.send_signal(signal.SIGKILL)
    first.wait()
    first.stdout.close()
    machine.sleep(0.7)
    again = "worker.Worker().work_once(); print(list(Job.objects.values_list('state', 'tries')))"
    done = subprocess.run(
        [sys.executable, "-c", setup + work + again, "0"],
        env=env,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines() == ["begun", "[('done', 2)]"]
