"""Any order of acts on tasks, against the database: what must hold after each of them."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count, F, Q
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from gridwell.accounts.actions import end_absence, end_post, end_user, record_absence
from gridwell.accounts.models import Absence, Post, PostDeputy, User
from gridwell.accounts.queries import actor_of, effective_holders, may_change
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.tests.make import make_actor, make_post, make_user
from gridwell.core.clock import day_of
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.places.tests.make import COMMUNITY, make_dwelling, make_grid
from gridwell.residents.tests.make import make_household
from gridwell.tasks import actions
from gridwell.tasks.models import Task, TaskEvent
from gridwell.tasks.queries import Narrow, narrowed
from gridwell.tasks.queries.access import mine, standing_of
from gridwell.tasks.rules.states import ACTIVE, TABLE, Act, State, after
from gridwell.tasks.tests.make import NOW, make_basis, make_plan, make_work, make_zone

PEOPLE = ("worker", "deputy", "other", "desk", "second")
#: Besides them whoever acts for the post of the task, whoever did it, and the desk, so that most
#: tries are near what is allowed.
NAMES = st.sampled_from((*PEOPLE, "acting", "acting", "doer", "desk"))
KEYS = st.sampled_from(("", "a", "b", "c"))
#: The life of a task by hand, not by the table under test: from where each act leads where.
LIFE: dict[str, tuple[set[str], str]] = {
    "take": ({"open"}, "taken"),
    "put_back": ({"taken"}, "open"),
    "do": ({"open", "taken"}, "done"),
    "cannot": ({"open", "taken"}, "cannot"),
    "hand_over": ({"open", "taken", "cannot"}, "open"),
    "verify": ({"done"}, "verified"),
    "reopen": ({"cannot", "done", "verified", "ended"}, "open"),
    "end_task": ({"open", "taken", "cannot"}, "ended"),
}
STEP = st.tuples(NAMES, st.integers(0, 11), st.sampled_from(sorted(LIFE)), KEYS, st.integers(0, 9))
STEPS = st.lists(STEP, min_size=4, max_size=8)
#: What whoever acts for a post may always do with its work.
OWN = {"take": {"open"}, "do": {"open", "taken"}, "cannot": {"open", "taken"}}
#: A move that takes the task out of somebody's hand.
OUT_OF_HAND = {"line", "post_gone"}


def snapshot() -> list[dict[str, Any]]:
    return list(Task.objects.order_by("pk").values())


class Work(RuleBasedStateMachine):
    """A community with two grids, a desk of two, and a plan that changes its mind."""

    def __init__(self) -> None:
        super().__init__()
        self.scope = transaction.atomic()
        self.scope.__enter__()
        self.now: datetime = NOW
        self.last: Callable[[], object] | None = None
        self.asked: set[tuple[str, int]] = set()  # (order, household) that today's plan asks for
        self.is_new = True  # something was written since the invariants were looked at

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.scope.__exit__(None, None, None)

    @initialize()
    def people(self) -> None:
        one, two = make_grid(number="1"), make_grid(number="2")
        first = make_post(holder=make_user(username="worker"), role=Role.GRID_WORKER, grids=(one,))
        PostDeputy.objects.create(post=first, user=make_user(username="deputy"))
        make_post(holder=make_user(username="other"), role=Role.GRID_WORKER, grids=(two,))
        make_post(holder=make_user(username="desk"))
        make_post(holder=make_user(username="second"))
        self.homes = [
            make_household(dwelling=make_dwelling(room=f"{n}01", grid=one if n < 3 else two)).pk
            for n in range(1, 5)
        ]

    def actor(self, name: str) -> Actor:
        return actor_of(User.objects.get(username=name), self.now)

    def acting(self, task: Task) -> str:
        held = effective_holders({task.post_id}, self.now)[task.post_id] if task.post_id else None
        return User.objects.get(pk=held).username if held else "desk"

    def task(self, number: int) -> Task | None:
        """Return a task of some state: each state that there is comes as often as the others."""
        rows = list(Task.objects.order_by("pk"))
        states = sorted({row.state for row in rows})
        if not states:
            return None
        number, turn = divmod(number, len(states))
        same = [row for row in rows if row.state == states[turn]]
        return same[number % min(len(same), 2)]

    def named(self, name: str, task: Task) -> str:
        if name == "doer" and task.done_by is not None:
            return str(task.done_by.username)
        return self.acting(task) if name in {"acting", "doer"} else name

    @rule(
        orders=st.sets(st.sampled_from((1, 2))),
        chosen=st.sets(st.integers(0, 3)),
        once=st.booleans(),
    )
    def sync(self, orders: set[int], chosen: set[int], once: bool) -> None:
        """The plan asks for work, twice: the second time changes nothing. What it asks for no more ends."""
        self.is_new = True
        homes = [self.homes[number] for number in sorted(chosen)]
        work = [
            make_work(
                *homes,
                basis=make_basis(order=order),
                code="household_update" if once else "door_service",
                slot="once" if once else "day",
            )
            for order in sorted(orders)
            if homes
        ]
        zones = tuple(make_zone(order=order) for order in sorted(orders))
        plan = make_plan(*work, zones=zones, day=day_of(self.now))
        actions.sync_plan(community=COMMUNITY, plan=plan, now=self.now)
        before = snapshot()
        again = actions.sync_plan(community=COMMUNITY, plan=plan, now=self.now)
        assert again.is_nothing
        assert snapshot() == before
        self.asked = {(str(order), home) for order in orders for home in homes}
        code, slot = (
            ("household_update", "once") if once else ("door_service", str(day_of(self.now)))
        )
        rows = Task.objects.filter(kind=code, slot=slot).values_list("basis", "subject", "state")
        stand = {(basis.split(":")[1], home): state for basis, home, state in rows}
        assert all(key in stand for key in self.asked)
        active = {key for key, state in stand.items() if state in ACTIVE}
        if once:  # owed while the order stands, named again or not
            assert {order for order, _home in active} <= {str(order) for order in orders}
        else:
            assert active <= self.asked
        assert all(stand[key] != "ended" for key in self.asked - self.by_hand(code, slot))

    def by_hand(self, code: str, slot: str) -> set[tuple[str, int]]:
        """What the desk ended, or a day ended as missed, is not asked of anybody again."""
        rows = Task.objects.filter(kind=code, slot=slot, state="ended").exclude(
            end_reason__in=("basis_ended", "not_concerned")
        )
        return {(basis.split(":")[1], home) for basis, home in rows.values_list("basis", "subject")}

    @rule(
        name=st.sampled_from(PEOPLE), key=st.sampled_from(("k1", "k2", "k3")), urgent=st.booleans()
    )
    def create(self, name: str, key: str, urgent: bool) -> None:
        self.is_new = True
        try:
            actions.create(
                actor=self.actor(name),
                community=COMMUNITY,
                kind="free",
                title="t",
                is_urgent=urgent,
                key=key,
                now=self.now,
            )
        except (RuleBroken, NotVisible):
            return

    @rule(steps=STEPS)
    def steps(self, steps: list[tuple[str, int, str, str, int]]) -> None:
        """People take steps, allowed or not; a refused one changes nothing."""
        # One that has ended comes first: nothing can be given to it.
        posts = list(Post.objects.order_by(F("ends_at").asc(nulls_last=True), "pk"))
        for name, number, act, key, to in steps:
            self.act(name, number, act, key, posts[to % len(posts)], is_fitting=to > 5)

    @rule(steps=STEPS)
    def more_steps(self, steps: list[tuple[str, int, str, str, int]]) -> None:
        """Rules are drawn alike: what people do comes more often than that a post ends."""
        self.steps(steps)

    @rule(steps=STEPS)
    def yet_more_steps(self, steps: list[tuple[str, int, str, str, int]]) -> None:
        self.steps(steps)

    def given(self, act: str, post: Post) -> dict[str, object]:
        more: dict[str, dict[str, object]] = {
            "cannot": {"reason": "refused"},
            "reopen": {"note": "again"},
            "end_task": {"note": "why"},
            "hand_over": {"post": post},
        }
        return more.get(act, {})

    def act(
        self, name: str, number: int, act: str, key: str, post: Post, *, is_fitting: bool
    ) -> None:
        """Try an act; what it does is compared with the life of a task as it stands above."""
        task = self.task(number)
        if task is None:
            return
        if is_fitting:  # so that a walk gets somewhere
            fitting = sorted(act for act in LIFE if task.state in LIFE[act][0])
            act = fitting[len(act) % len(fitting)]
        more = self.given(act, post)
        name = self.named(name, task)
        actor = self.actor(name)
        is_own = any(post.id == task.post_id for post in actor.all_posts)

        def run() -> object:
            return getattr(actions, act)(actor=actor, task=task, key=key, now=self.now, **more)

        before, events = snapshot(), TaskEvent.objects.count()
        was = next(row for row in before if row["id"] == task.pk)
        known = bool(key) and TaskEvent.objects.filter(task=task, key=key).exists()
        try:
            run()
        except (RuleBroken, NotVisible):
            assert snapshot() == before
            assert TaskEvent.objects.count() == events
            if is_own and act in OWN and not (act == "take" and was["taken_by_id"]):
                assert was["state"] not in OWN[act], act
            return
        self.is_new = True
        self.last = run if key else None
        now = next(row for row in snapshot() if row["id"] == task.pk)
        again = act == "take" and was["state"] == "taken" and was["taken_by_id"] == actor.user_id
        if known or again or (act == "hand_over" and was["post_id"] == now["post_id"]):
            assert TaskEvent.objects.count() == events
            return
        written = list(TaskEvent.objects.order_by("pk")[events:])
        assert [event.act for event in written if event.act != Act.MOVE] == [
            act.removesuffix("_task")
        ]
        if key:
            self.send_again()
        of, to = LIFE[act]
        assert was["state"] in of, (act, was["state"])
        assert now["state"] == to, (act, now["state"])
        assert not (act == "reopen" and was["end_reason"] not in {"", "not_needed"})
        assert not (act == "verify" and was["done_by_id"] == actor.user_id)
        assert (now["taken_by_id"] == actor.user_id) if act == "take" else True
        if act == "hand_over":
            given = Post.objects.get(pk=now["post_id"])
            assert given.ends_at is None or given.ends_at > self.now

    @precondition(lambda self: self.last is not None)
    @rule()
    def send_again(self) -> None:
        """The network was slow: the same act with the same key is nothing new."""
        assert self.last is not None
        before, events = snapshot(), TaskEvent.objects.count()
        with suppress(NotVisible):  # it was theirs then, and may not be any more
            self.last()
        assert snapshot() == before
        assert TaskEvent.objects.count() == events

    @rule(minutes=st.integers(1, 900) | st.sampled_from((630, 1_440, 5_000)))
    def time_passes(self, minutes: int) -> None:
        self.is_new = True
        self.now += timedelta(minutes=minutes)
        actions.escalate(community=COMMUNITY, now=self.now)
        assert actions.escalate(community=COMMUNITY, now=self.now) == actions.Round()

    @rule(name=st.sampled_from((*PEOPLE, "taker", "taker", "taker")))
    def drops_out_or_returns(self, name: str) -> None:
        self.is_new = True
        taken = Task.objects.filter(state="taken").order_by("pk").first()
        if name == "taker":
            name = str(taken.taken_by.username) if taken and taken.taken_by else "worker"
        user = User.objects.get(username=name)
        system = Actor.system(COMMUNITY)
        absence = Absence.objects.filter(user=user, ends_at=None).first()
        if absence is not None:
            end_absence(actor=system, absence=absence, now=self.now)
        else:
            record_absence(
                actor=system, user=user, reason="leave", starts_at=self.now, now=self.now
            )

    @rule(number=st.sampled_from((0, 0, 1, 2)))
    def post_ends(self, number: int) -> None:
        self.is_new = True
        boss = make_actor(username="boss", role=Role.DISTRICT_OFFICER, area=140109000000)
        rows = Post.objects.filter(area=COMMUNITY, ends_at=None).annotate(
            work=Count("tasks", Q(tasks__state__in=ACTIVE))
        )
        post = rows.order_by("-work", "pk")[number : number + 1]  # mostly one with work
        for one in post:
            end_post(actor=boss, post=one, reason="merged", now=self.now)

    @rule(name=st.sampled_from(("worker", "other", "second")))
    def account_ends(self, name: str) -> None:
        self.is_new = True
        boss = make_actor(username="boss", role=Role.DISTRICT_OFFICER, area=140109000000)
        user = User.objects.get(username=name)
        # Without a post the person is nobody of this district any more; ended twice is refused.
        if user.is_active and may_change(boss, user, self.now):
            end_user(actor=boss, user=user, reason="moved away", now=self.now)

    # ---- what must hold ----------------------------------------------------------------------

    @invariant()
    def holds(self) -> None:
        """Looked at only after something was written: a refused act has been compared already."""
        if not self.is_new:
            return
        self.is_new = False
        tasks = list(Task.objects.select_related("post").order_by("pk"))
        events = list(TaskEvent.objects.order_by("pk"))
        self.one_row_for_each_key(tasks, events)
        self.the_history_leads_to_the_state(tasks, events)
        self.what_is_closed_says_by_whom_and_when(tasks)
        self.no_open_task_is_invisible([row for row in tasks if row.state in ACTIVE])

    def one_row_for_each_key(self, tasks: list[Task], events: list[TaskEvent]) -> None:
        keys = Counter((t.kind, t.subject_kind, t.subject, t.basis, t.slot) for t in tasks)
        assert max(keys.values(), default=1) == 1
        sent = Counter((event.task_id, event.key) for event in events if event.key)
        assert max(sent.values(), default=1) == 1

    def the_history_leads_to_the_state(self, tasks: list[Task], events: list[TaskEvent]) -> None:
        """By the table: so nothing leaves a closed state but by being opened again or checked."""
        states: dict[int, State] = {task.pk: State.OPEN for task in tasks}
        doers: dict[int, int | None] = {}
        for event in events:
            task, act, state = event.task_id, event.act, states[event.task_id]
            if act == Act.CREATE:
                continue
            assert state in TABLE[Act(act)].of, (act, state)
            if state in {State.DONE, State.VERIFIED}:  # whatever the table says
                assert act in {Act.VERIFY, Act.REOPEN}, (act, state)
            if act == Act.DO:
                doers[task] = event.user_id
            if act == Act.VERIFY:
                assert doers[task] != event.user_id
            states[task] = after(Act(act), state)
            if act == Act.MOVE:
                assert state.value in ACTIVE
                if event.reason in OUT_OF_HAND and state is State.TAKEN:
                    states[task] = State.OPEN
        assert {task.pk: task.state for task in tasks} == states

    def what_is_closed_says_by_whom_and_when(self, tasks: list[Task]) -> None:
        for task in tasks:
            is_done = task.state in {State.DONE, State.VERIFIED}
            assert (task.done_at is not None) == (task.done_by_id is not None) == is_done
            assert (task.ended_at is not None) == bool(task.end_reason) == (task.state == "ended")
            assert (task.taken_by_id is not None) <= (task.state in {"taken", "done", "verified"})
            assert (task.taken_by_id is not None) or task.state != "taken"

    def no_open_task_is_invisible(self, rows: list[Task]) -> None:
        """Somebody who acts now sees it, or it is on the list of what has no name.

        It lies with no post that has ended while another stands in the community, and in the hand
        of nobody who does not act for it any more.
        """
        acting = effective_holders({row.post_id for row in rows if row.post_id}, self.now)
        listed = set(
            narrowed(Task.objects.all(), Narrow(show="no_name"), self.now).values_list(
                "pk", flat=True
            )
        )
        desks = Post.objects.filter(role=Role.COMMUNITY_OFFICER, ends_at=None, holder__isnull=False)
        has_desk = desks.filter(holder__is_active=True).exists()
        seen: dict[int, set[int]] = {}
        for user in set(acting.values()) - {None}:
            actor = actor_of(User.objects.get(pk=user), self.now)
            seen[user or 0] = set(mine(actor).values_list("pk", flat=True))
        for row in rows:
            user = acting.get(row.post_id or 0)
            assert (user is None) == (row.pk in listed)
            assert user is None or row.pk in seen[user]
            is_over = row.post is not None and row.post.ends_at is not None
            assert not (is_over and has_desk), "left with a post that has ended"
        for taken in (row for row in rows if row.taken_by_id):
            holder = actor_of(User.objects.get(pk=taken.taken_by_id), self.now)
            assert standing_of(holder, taken), "in the hand of somebody who is not there"


@pytest.mark.django_db
def test_any_order_of_acts_keeps_the_list_whole() -> None:
    run_state_machine_as_test(
        Work,
        settings=settings(
            max_examples=20,
            stateful_step_count=18,
            phases=(Phase.generate,),  # to shrink a failing run takes minutes
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
