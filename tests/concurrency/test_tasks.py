"""Two people at one task, and two plans of one community at once: one is first, nothing is twice."""

import threading
from collections.abc import Callable

import pytest
from django.db import close_old_connections, connection

from gridwell.accounts.models import Post
from gridwell.accounts.rules.actor import Actor
from gridwell.accounts.tests.make import make_actor
from gridwell.core.errors import RuleBroken
from gridwell.places.tests.make import COMMUNITY, make_dwelling
from gridwell.residents.tests.make import make_household
from gridwell.tasks import actions
from gridwell.tasks.models import Task, TaskEvent
from gridwell.tasks.tests.make import NOW, make_plan, make_task, make_work, make_zone

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(autouse=True)
def _postgres() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one write at a time")


def at_once(*calls: Callable[[], str]) -> list[str]:
    """Run calls at the same moment, each with a connection of its own; return what they gave."""
    start = threading.Barrier(len(calls))
    found: list[str] = []

    def run(call: Callable[[], str]) -> None:
        try:
            start.wait(10)
            found.append(call())
        except RuleBroken as refusal:
            found.append(refusal.code)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(found)


def test_of_two_who_close_a_task_the_second_learns_who_was_first(officer: Actor) -> None:
    second = make_actor(username="second")
    task = make_task(post=Post.objects.get(pk=officer.posts[0].id))

    def close(actor: Actor) -> Callable[[], str]:
        own = Task.objects.get(pk=task.pk)
        return lambda: str(actions.do(actor=actor, task=own, now=NOW).state)

    assert at_once(close(officer), close(second)) == ["done", "tasks.already_done"]
    assert TaskEvent.objects.filter(act="do").count() == 1


def test_a_retry_at_the_same_moment_is_one_step(officer: Actor) -> None:
    task = make_task(post=Post.objects.get(pk=officer.posts[0].id))

    def close() -> str:
        own = Task.objects.get(pk=task.pk)
        return str(actions.do(actor=officer, task=own, now=NOW, key="phone-7").state)

    assert at_once(close, close) == ["done", "done"]
    assert TaskEvent.objects.filter(act="do").count() == 1


def test_two_plans_at_once_make_each_task_once() -> None:
    homes = [make_household(dwelling=make_dwelling(room=f"{n}01")) for n in range(1, 30)]
    plan = make_plan(make_work(*(home.pk for home in homes)), zones=(make_zone(),))

    def sync() -> str:
        return str(actions.sync_plan(community=COMMUNITY, plan=plan, now=NOW).created)

    assert at_once(sync, sync, sync) == ["0", "0", "29"]
    assert Task.objects.count() == 29


def test_two_desks_with_one_key_make_one_task(officer: Actor) -> None:
    def create() -> str:
        return str(
            actions.create(
                actor=officer, community=COMMUNITY, kind="free", title="t", now=NOW, key="k"
            ).pk
        )

    assert len(set(at_once(create, create))) == 1
    assert Task.objects.count() == 1
