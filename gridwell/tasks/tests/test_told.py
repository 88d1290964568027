"""Work that changes hands: it moves at once, and both sides are told once for the act."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridwell.accounts.actions import end_post, end_user, lock_user
from gridwell.accounts.models import Post, PostDeputy, User
from gridwell.accounts.queries import actor_of
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.tests.make import make_actor, make_post, make_user
from gridwell.notify.models import Message
from gridwell.notify.queries import words_of
from gridwell.places.tests.make import COMMUNITY, make_grid
from gridwell.tasks import actions
from gridwell.tasks.models import Task
from gridwell.tasks.queries import Narrow, count_by, narrowed
from gridwell.tasks.tests.make import NOW, make_task

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=5)


def post_of(actor: Actor) -> Post:
    return Post.objects.get(pk=actor.all_posts[0].id)


def told(kind: str) -> dict[str, int]:
    rows = Message.objects.filter(kind=kind)
    return dict(rows.values_list("user__username", "facts__count"))


def nobodys() -> set[int]:
    rows = narrowed(Task.objects.all(), Narrow(show="no_name"), LATER)
    return set(rows.values_list("pk", flat=True))


def test_handing_over_tells_both(grid_worker: Actor) -> None:
    desk = make_post(holder=make_user(username="desk"))
    task = make_task(post=post_of(grid_worker), grid=make_grid())
    for _ in range(2):
        actions.hand_over(actor=grid_worker, task=task, post=desk, now=LATER, key="phone-1")
    assert told("tasks.received") == {"desk": 1}
    assert told("tasks.given") == {"grid_worker": 1}
    taker = Message.objects.get(kind="tasks.received")
    assert taker.link == f"/work/tasks/{task.pk}/"
    assert words_of(taker)[1] == "1项任务已转到您的岗位：community_officer。原岗位：grid_worker。"


def test_an_urgent_task_tells_its_taker_at_once(grid_worker: Actor) -> None:
    desk = make_post(holder=make_user(username="desk"))
    task = make_task(post=post_of(grid_worker), is_urgent=True)
    actions.hand_over(actor=grid_worker, task=task, post=desk, now=LATER)
    rows = Message.objects.order_by("kind").values_list("kind", "is_urgent")
    assert list(rows) == [("tasks.given", False), ("tasks.received", True)]


def test_assigning_many_is_one_message_a_person(officer: Actor, grid_worker: Actor) -> None:
    other = make_post(holder=make_user(username="b"))
    third = make_post(holder=make_user(username="c"))
    pks = [make_task(post=post_of(grid_worker)).pk for _ in range(5)]
    pks += [make_task(post=third).pk, make_task(post=None).pk]
    actions.assign_many(
        actor=officer, community=COMMUNITY, tasks=pks, post=other, now=LATER, key="k"
    )
    assert told("tasks.received") == {"b": 7}
    assert told("tasks.given") == {"grid_worker": 5, "c": 1}
    message = Message.objects.get(kind="tasks.received")
    assert (message.link, message.facts["from"]) == ("/work/mine/", "several")
    assert "多个岗位" in words_of(message)[1]


def test_telling_costs_the_same_for_many_tasks_and_posts(officer: Actor) -> None:
    other = make_post(holder=make_user(username="b"))

    def cost(count: int) -> int:
        pks = [
            make_task(post=make_post(holder=make_user(username=f"{count}-{n}"))).pk
            for n in range(count)
        ]
        with CaptureQueriesContext(connection) as seen:
            actions.assign_many(
                actor=officer, community=COMMUNITY, tasks=pks, post=other, now=LATER
            )
        # An event is written for each post that gave something.
        return sum("notify_" in query["sql"] for query in seen)

    assert cost(2) == cost(20)


def test_who_holds_both_posts_is_told_nothing(officer: Actor) -> None:
    own = make_post(holder=User.objects.get(pk=officer.user_id))
    task = make_task(post=post_of(officer))
    actions.hand_over(actor=officer, task=task, post=own, now=LATER)
    assert not Message.objects.exists()


def test_a_post_that_ends_gives_its_work_away_in_the_same_act(
    officer: Actor, grid_worker: Actor
) -> None:
    make_post(holder=make_user(username="next"), role=Role.GRID_WORKER, grids=(make_grid(),))
    pks = [
        make_task(
            post=post_of(grid_worker),
            kind="patrol",
            subject_kind="grid",
            subject=make_grid().pk,
            grid=make_grid(),
        ).pk
        for _ in range(3)
    ]
    actions.take(actor=grid_worker, task=Task.objects.get(pk=pks[0]), now=NOW)
    end_post(actor=officer, post=post_of(grid_worker), reason="merged", now=LATER)
    holders = set(Task.objects.values_list("post__holder__username", "state"))
    assert holders == {("next", "open")}
    assert told("tasks.received") == {"next": 3}
    assert told("tasks.given") == {"grid_worker": 3}
    assert Message.objects.filter(kind="posts.over", user=grid_worker.user_id).count() == 1
    assert not Message.objects.filter(kind="posts.nobody").exists()


def test_an_account_that_ends_leaves_no_task_behind(officer: Actor, grid_worker: Actor) -> None:
    task = make_task(post=post_of(grid_worker), grid=make_grid())
    user = User.objects.get(pk=grid_worker.user_id)
    end_user(actor=officer, user=user, reason="moved away", now=LATER)
    task.refresh_from_db()
    assert task.post == post_of(officer)
    assert told("tasks.received") == {"officer": 1}


def test_the_deputy_has_the_work_of_who_is_locked(officer: Actor, grid_worker: Actor) -> None:
    deputy = make_user(username="b")
    PostDeputy.objects.create(post=post_of(grid_worker), user=deputy)
    task = make_task(post=post_of(grid_worker), grid=make_grid())
    actions.take(actor=grid_worker, task=task, now=NOW)
    user = User.objects.get(pk=grid_worker.user_id)
    lock_user(actor=officer, user=user, reason="telephone lost", now=LATER)
    task.refresh_from_db()
    assert task.state == "open"
    assert nobodys() == set()
    assert actions.take(actor=actor_of(deputy, LATER), task=task, now=LATER).state == "taken"
    assert Message.objects.filter(kind="posts.stand_in", user=deputy).count() == 1


def test_work_of_a_post_without_anyone_is_listed_as_nobodys(
    officer: Actor, grid_worker: Actor
) -> None:
    task = make_task(post=post_of(grid_worker), grid=make_grid())
    assert nobodys() == set()
    user = User.objects.get(pk=grid_worker.user_id)
    lock_user(actor=officer, user=user, reason="telephone lost", now=LATER)
    assert nobodys() == {task.pk}
    assert count_by(Task.objects.all(), "community_id", LATER)[COMMUNITY].no_name == 1
    assert Message.objects.filter(kind="posts.nobody", user=officer.user_id).exists()


def test_work_for_a_post_in_whose_line_nobody_stands_goes_to_one_with_a_name(
    officer: Actor,
) -> None:
    empty = make_post(holder=None, role=Role.GRID_WORKER, grids=(make_grid(),))
    task = make_task(post=empty, grid=make_grid())
    assert actions.communities_with_work(LATER) == [COMMUNITY]
    assert actions.escalate(community=COMMUNITY, now=LATER).rehomed == 1
    task.refresh_from_db()
    assert task.post == post_of(officer)
    assert told("tasks.received") == {"officer": 1}


def test_what_somebody_had_in_hand_is_open_again_when_their_post_ends(officer: Actor) -> None:
    """The next one must not wait for a person who cannot do it any more."""
    leaving = make_user(username="leaving")
    post = make_post(holder=leaving, role=Role.BUILDING_HEAD)
    task = make_task(post=post)
    actions.take(actor=actor_of(leaving, NOW), task=task, now=NOW)
    boss = make_actor(username="boss", role=Role.DISTRICT_OFFICER, area=140109000000)
    end_post(actor=boss, post=post, reason="merged", now=NOW)
    task.refresh_from_db()
    assert (task.state, task.taken_by_id, task.taken_at) == ("open", None, None)
    assert task.post_id == officer.posts[0].id
