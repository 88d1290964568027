"""What is late climbs; who does not answer an urgent one is stood in for; nothing is stranded."""

from datetime import datetime, timedelta

import pytest

from gridwell.accounts.actions import record_absence
from gridwell.accounts.models import Absence, Post, PostDeputy
from gridwell.accounts.queries import actor_of, effective_holders
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.tests.make import make_post, make_user
from gridwell.notify.models import Message
from gridwell.orders.actions.modes import change_mode
from gridwell.places.tests.make import COMMUNITY, make_area, make_grid
from gridwell.tasks import actions
from gridwell.tasks.models import Task, TaskEvent
from gridwell.tasks.tests.make import NOW, make_task

pytestmark = pytest.mark.django_db
SUBDISTRICT = 140109008000


def escalate(now: datetime) -> actions.Round:
    return actions.escalate(community=COMMUNITY, now=now)


@pytest.fixture
def line() -> dict[str, Post]:
    """Return the posts of the chain, a name on each; in emergency."""
    make_area()
    posts = {
        "grid": make_post(
            holder=make_user(username="grid"), role=Role.GRID_WORKER, grids=(make_grid(),)
        ),
        "community": make_post(holder=make_user(username="desk")),
        "subdistrict": make_post(
            holder=make_user(username="street"), role=Role.SUBDISTRICT_OFFICER, area=SUBDISTRICT
        ),
    }
    change_mode(
        actor=Actor.system(COMMUNITY), area=COMMUNITY, mode="emergency", reason="case", now=NOW
    )
    return posts


def test_a_late_task_climbs_step_by_step_and_each_level_is_told_once(line: dict[str, Post]) -> None:
    task = make_task(post=line["grid"], grid=make_grid(), due_at=NOW)
    told = []
    for minutes in (-1, 0, 5, 30, 119, 120, 500):
        escalate(NOW + timedelta(minutes=minutes))
        task.refresh_from_db()
        told.append((minutes, task.level))
    assert told == [
        (-1, ""),
        (0, "grid"),
        (5, "grid"),
        (30, "community"),
        (119, "community"),
        (120, "subdistrict"),
        (500, "subdistrict"),
    ]
    chain = TaskEvent.objects.filter(act="raise").order_by("pk")
    assert [event.facts["level"] for event in chain] == ["grid", "community", "subdistrict"]
    names = Message.objects.filter(kind="tasks.late").order_by("pk")
    assert list(names.values_list("user__username", flat=True)) == ["grid", "desk", "street"]


def test_a_second_round_at_the_same_time_does_nothing(line: dict[str, Post]) -> None:
    make_task(post=line["grid"], grid=make_grid(), due_at=NOW)
    escalate(NOW + timedelta(hours=3))
    assert escalate(NOW + timedelta(hours=3)) == actions.Round()
    assert TaskEvent.objects.filter(act="raise").count() == 1


def test_what_is_done_does_not_climb(line: dict[str, Post]) -> None:
    make_task(post=line["grid"], due_at=NOW, state="done")
    assert escalate(NOW + timedelta(hours=3)).raised == 0


def test_what_is_over_ends_missed_at_the_end_of_its_day_else_with_its_basis() -> None:
    midnight = NOW.replace(hour=16)
    make_task(slot="2022-11-23", ends_at=midnight, due_at=NOW)
    make_task(slot="2022-11-23", ends_at=NOW + timedelta(hours=1), due_at=NOW)
    escalate(NOW + timedelta(hours=2))
    escalate(midnight)
    assert list(Task.objects.order_by("pk").values_list("end_reason", flat=True)) == [
        "missed",
        "basis_ended",
    ]


def urgent(post: Post, **values: object) -> Task:
    return make_task(post=post, is_urgent=True, due_at=NOW + timedelta(days=1), **values)


def test_an_urgent_task_that_nobody_answers_goes_to_the_deputy(line: dict[str, Post]) -> None:
    post, deputy = line["grid"], make_user(username="b")
    PostDeputy.objects.create(post=post, user=deputy)
    task = urgent(post)
    assert escalate(NOW + timedelta(minutes=29)).silent == 0
    now = NOW + timedelta(minutes=30)
    assert escalate(now).silent == 1
    absence = Absence.objects.get()
    assert (absence.user, absence.reason) == (post.holder, "silent")
    assert effective_holders([post.pk], now) == {post.pk: deputy.pk}
    assert Message.objects.filter(kind="tasks.silent", user=post.holder).exists()
    task.refresh_from_db()
    assert task.asked_at == now, "the deputy has the whole time"
    assert escalate(now + timedelta(minutes=29)).silent == 0
    assert escalate(now + timedelta(minutes=30)).silent == 1
    assert effective_holders([post.pk], now + timedelta(minutes=31)) == {post.pk: None}


def test_who_works_on_other_tasks_is_not_silent(line: dict[str, Post]) -> None:
    post = line["grid"]
    urgent(post)
    other = make_task(post=post)
    actor = actor_of(post.holder, NOW)
    actions.take(actor=actor, task=other, now=NOW + timedelta(minutes=20))
    assert escalate(NOW + timedelta(minutes=30)).silent == 0
    assert not Absence.objects.exists()


def test_a_task_in_hand_is_no_silence(line: dict[str, Post]) -> None:
    task = urgent(line["grid"])
    actor = actor_of(line["grid"].holder, NOW)
    actions.take(actor=actor, task=task, now=NOW)
    assert escalate(NOW + timedelta(hours=5)).silent == 0


def test_what_the_absent_one_had_in_hand_is_open_for_the_deputy() -> None:
    post = make_post(holder=make_user(username="a"))
    PostDeputy.objects.create(post=post, user=make_user(username="b"))
    held, other = make_task(post=post), make_task(post=post)
    actor = actor_of(post.holder, NOW)
    actions.take(actor=actor, task=held, now=NOW)
    record_absence(
        actor=Actor.system(0),
        user=post.holder,
        reason="isolation",
        starts_at=NOW,
        now=NOW,
    )
    held.refresh_from_db()
    assert (held.state, held.taken_by, held.post) == ("open", None, post)
    assert TaskEvent.objects.get(act="move").reason == "line"
    deputy = actor_of(make_user(username="b"), NOW)
    actions.do(actor=deputy, task=held, now=NOW)
    actions.do(actor=deputy, task=other, now=NOW)
    assert Task.objects.filter(state="done").count() == 2


def test_only_communities_with_something_to_look_at_are_looked_at() -> None:
    post = make_post(holder=make_user(username="a"))
    make_task(post=post, due_at=NOW + timedelta(hours=1))
    assert actions.communities_with_work(NOW) == []
    assert actions.communities_with_work(NOW + timedelta(hours=2)) == [COMMUNITY]
    Task.objects.update(state="done")
    assert actions.communities_with_work(NOW + timedelta(hours=2)) == []


def test_what_a_grid_worker_took_from_the_desk_does_not_leave_with_them() -> None:
    grid = make_grid(number="1")
    worker = make_user(username="worker")
    post = make_post(holder=worker, role=Role.GRID_WORKER, grids=(grid,))
    desk = make_post(holder=make_user(username="desk"))
    inside, own = make_task(post=desk, grid=grid), make_task(post=post, grid=grid)
    kept = make_task(post=desk, grid=make_grid(number="2"), state="taken", taken_by=desk.holder)
    for task in (inside, own):
        actions.take(actor=actor_of(worker, NOW), task=task, now=NOW)
    record_absence(
        actor=Actor.system(COMMUNITY), user=worker, reason="leave", starts_at=NOW, now=NOW
    )
    for task in (inside, own, kept):
        task.refresh_from_db()
    assert [task.state for task in (inside, own, kept)] == ["open", "open", "taken"]
    assert inside.taken_by is None
    moved = TaskEvent.objects.filter(task=inside, act="move").get()
    assert (moved.reason, moved.facts) == ("line", {"from": worker.pk})
