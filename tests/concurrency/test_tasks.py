"""Two people at one task, and two plans of one community at once: one is first, nothing is twice."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection

from gridwell.accounts.actions import end_post, record_absence
from gridwell.accounts.models import Absence, Post, PostDeputy
from gridwell.accounts.queries import actor_of
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.tests.make import make_actor, make_post, make_user
from gridwell.places.tests.make import COMMUNITY, make_dwelling
from gridwell.plan.rules.plan import Plan
from gridwell.residents.tests.make import make_household
from gridwell.tasks import actions
from gridwell.tasks.models import Task, TaskEvent
from gridwell.tasks.queries import Narrow, narrowed
from gridwell.tasks.tests.make import NOW, make_plan, make_task, make_work, make_zone
from tests.support.at_once import at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(autouse=True)
def _postgres() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one write at a time")


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


def test_a_plan_that_comes_while_a_task_is_closed_neither_ends_it_nor_makes_it_anew(
    officer: Actor,
) -> None:
    """Whichever is first: done stays done, or it had ended and whoever did it is told so."""
    home = make_household()
    asked = make_plan(make_work(home.pk), zones=(make_zone(),))
    lifted = make_plan(zones=())
    for number in range(4):
        Task.objects.all().delete()
        actions.sync_plan(community=COMMUNITY, plan=asked, now=NOW)
        task = Task.objects.get()
        plan = lifted if number % 2 else asked

        def close(task: Task = task) -> str:
            return str(actions.do(actor=officer, task=task, now=NOW).state)

        def sync(plan: Plan = plan) -> str:
            done = actions.sync_plan(community=COMMUNITY, plan=plan, now=NOW)
            return f"synced {done.created} {done.ended}"

        found = at_once(close, sync)
        state = Task.objects.get().state
        assert (found, state) in [
            (["done", "synced 0 0"], "done"),
            (["synced 0 1", "tasks.already_ended"], "ended"),
        ]
        steps = TaskEvent.objects.filter(task=task.pk).values_list("act", flat=True)
        assert list(steps) == ["do" if state == "done" else "end"]


def test_a_post_that_ends_while_it_is_given_work_leaves_none_invisible(officer: Actor) -> None:
    boss = make_actor(username="boss", role=Role.DISTRICT_OFFICER, area=140109000000)
    own = Post.objects.get(pk=officer.posts[0].id)
    for _ in range(3):
        ending = make_post(holder=make_user(username="leaving"))
        task = make_task(post=own)

        def give(task: Task = task, post: Post = ending) -> str:
            actions.hand_over(actor=officer, task=task, post=post, now=NOW)
            return "given"

        def end(post: Post = ending) -> str:
            end_post(actor=boss, post=Post.objects.get(pk=post.pk), reason="merged", now=NOW)
            return "ended"

        found = at_once(give, end)
        assert found in (["ended", "given"], ["ended", "tasks.post_ended"])
        task.refresh_from_db()
        listed = narrowed(Task.objects.all(), Narrow(show="no_name"), NOW)
        assert task.post == own or listed.filter(pk=task.pk).exists()
        actions.escalate(community=COMMUNITY, now=NOW)
        task.refresh_from_db()
        assert task.post == own


def test_a_hand_over_and_a_round_of_late_work_at_once_both_count(officer: Actor) -> None:
    """The late one climbs and the deputy is called once; the task lies with whom it was given."""
    own = Post.objects.get(pk=officer.posts[0].id)
    to = make_post(holder=make_user(username="other"))
    late = NOW + timedelta(days=1)
    for _ in range(3):
        task = make_task(post=own, due_at=NOW, is_urgent=True)

        def give(task: Task = task) -> str:
            actions.hand_over(actor=officer, task=Task.objects.get(pk=task.pk), post=to, now=late)
            return "given"

        def climb() -> str:
            actions.escalate(community=COMMUNITY, now=late)
            return "climbed"

        assert at_once(give, climb) == ["climbed", "given"]
        task.refresh_from_db()
        steps = list(TaskEvent.objects.filter(task=task.pk).values_list("act", flat=True))
        assert (task.post, task.state) == (to, "open")
        assert steps.count("hand_over") == steps.count("raise") == 1
        assert task.level == "subdistrict"
        Absence.objects.all().delete()


def test_who_drops_out_while_taking_or_being_given_work_keeps_none_in_hand(officer: Actor) -> None:
    holder, deputy = make_user(username="holder"), make_user(username="deputy")
    post = make_post(holder=holder)
    PostDeputy.objects.create(post=post, user=deputy, rank=1)
    for _ in range(3):
        task = make_task(post=post)
        given = make_task(post=Post.objects.get(pk=officer.posts[0].id))
        actor = actor_of(holder, NOW)

        def take(task: Task = task, actor: Actor = actor) -> str:
            actions.take(actor=actor, task=Task.objects.get(pk=task.pk), now=NOW)
            return "taken"

        def give(task: Task = given) -> str:
            actions.hand_over(actor=officer, task=Task.objects.get(pk=task.pk), post=post, now=NOW)
            return "given"

        def leave() -> str:
            system = Actor.system(COMMUNITY)
            record_absence(actor=system, user=holder, reason="leave", starts_at=NOW, now=NOW)
            return "left"

        found = at_once(take, give, leave)
        assert found in (["given", "left", "taken"], ["given", "left", "tasks.not_yours"])
        acting = actor_of(deputy, NOW)
        for row in (task, given):
            row.refresh_from_db()
            assert (row.state, row.taken_by, row.post) == ("open", None, post)
            actions.take(actor=acting, task=row, now=NOW)
        Absence.objects.all().delete()
