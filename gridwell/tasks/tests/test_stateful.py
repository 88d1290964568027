"""Any order of acts on tasks, against the database: what must hold after each of them."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
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
from gridwell.tasks.queries import Narrow, access_task, narrowed
from gridwell.tasks.rules.states import ACTIVE, TABLE, Act, State, after
from gridwell.tasks.tests.make import NOW, make_basis, make_plan, make_work, make_zone

PEOPLE = ("worker", "deputy", "other", "desk", "second")
KEYS = st.sampled_from(("", "a", "b", "c"))
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

    def task(self, number: int) -> Task | None:
        rows = Task.objects.order_by("pk")
        return rows[number % rows.count()] if rows.exists() else None

    @rule(
        orders=st.sets(st.sampled_from((1, 2))),
        chosen=st.sets(st.integers(0, 3)),
        once=st.booleans(),
    )
    def sync(self, orders: set[int], chosen: set[int], once: bool) -> None:
        """The plan asks for work, twice: the second time changes nothing."""
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

    @rule(
        name=st.sampled_from(PEOPLE), key=st.sampled_from(("k1", "k2", "k3")), urgent=st.booleans()
    )
    def create(self, name: str, key: str, urgent: bool) -> None:
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

    @rule(
        name=st.sampled_from(PEOPLE),
        number=st.integers(0, 30),
        act=st.sampled_from(("take", "put_back", "do", "cannot", "verify", "reopen", "end_task")),
        key=KEYS,
    )
    def step(self, name: str, number: int, act: str, key: str) -> None:
        """Somebody takes a step, allowed or not; a refused one changes nothing."""
        more: dict[str, dict[str, str]] = {
            "cannot": {"reason": "refused"},
            "reopen": {"note": "again"},
            "end_task": {"note": "why"},
        }
        self.act(name, number, getattr(actions, act), key, **more.get(act, {}))

    @rule(name=st.sampled_from(PEOPLE), number=st.integers(0, 30), to=st.integers(0, 9), key=KEYS)
    def hand_over(self, name: str, number: int, to: int, key: str) -> None:
        posts = list(Post.objects.order_by("pk"))
        self.act(name, number, actions.hand_over, key, post=posts[to % len(posts)])

    def act(
        self, name: str, number: int, act: Callable[..., Task], key: str, **more: object
    ) -> None:
        task = self.task(number)
        if task is None:
            return
        actor = self.actor(name)

        def run() -> object:
            return act(actor=actor, task=task, key=key, now=self.now, **more)

        before, events = snapshot(), TaskEvent.objects.count()
        try:
            run()
        except (RuleBroken, NotVisible):
            assert snapshot() == before
            assert TaskEvent.objects.count() == events
        else:
            self.last = run if key else None

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

    @rule(minutes=st.integers(1, 900))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        actions.escalate(community=COMMUNITY, now=self.now)
        assert actions.escalate(community=COMMUNITY, now=self.now) == actions.Round()

    @rule(name=st.sampled_from(PEOPLE))
    def drops_out_or_returns(self, name: str) -> None:
        user = User.objects.get(username=name)
        system = Actor.system(COMMUNITY)
        absence = Absence.objects.filter(user=user, ends_at=None).first()
        if absence is not None:
            end_absence(actor=system, absence=absence, now=self.now)
        else:
            record_absence(
                actor=system, user=user, reason="leave", starts_at=self.now, now=self.now
            )

    @rule(number=st.integers(0, 2))
    def post_ends(self, number: int) -> None:
        boss = make_actor(username="boss", role=Role.DISTRICT_OFFICER, area=140109000000)
        post = Post.objects.filter(area=COMMUNITY, ends_at=None).order_by("pk")[number : number + 1]
        for one in post:
            end_post(actor=boss, post=one, reason="merged", now=self.now)

    @rule(name=st.sampled_from(("worker", "other", "second")))
    def account_ends(self, name: str) -> None:
        boss = make_actor(username="boss", role=Role.DISTRICT_OFFICER, area=140109000000)
        user = User.objects.get(username=name)
        # Without a post the person is nobody of this district any more; ended twice is refused.
        if user.is_active and may_change(boss, user, self.now):
            end_user(actor=boss, user=user, reason="moved away", now=self.now)

    # ---- what must hold ----------------------------------------------------------------------

    @invariant()
    def one_row_for_each_key(self) -> None:
        keys = Task.objects.values_list("kind", "subject_kind", "subject", "basis", "slot")
        assert max(Counter(keys).values(), default=1) == 1

    @invariant()
    def each_event_is_there_once(self) -> None:
        keys = TaskEvent.objects.exclude(key="").values_list("task_id", "key")
        assert max(Counter(keys).values(), default=1) == 1

    @invariant()
    def the_history_leads_to_the_state(self) -> None:
        """By the table: so nothing leaves a closed state but by being opened again or checked."""
        states: dict[int, State] = dict.fromkeys(
            Task.objects.values_list("pk", flat=True), State.OPEN
        )
        for task, act, reason in TaskEvent.objects.order_by("pk").values_list(
            "task_id", "act", "reason"
        ):
            state = states[task]
            if act == Act.CREATE:
                continue
            assert state in TABLE[Act(act)].of, (act, state)
            if state in {State.DONE, State.VERIFIED}:  # whatever the table says
                assert act in {Act.VERIFY, Act.REOPEN}, (act, state)
            states[task] = after(Act(act), state)
            if act == Act.MOVE:
                assert state.value in ACTIVE
                if reason in OUT_OF_HAND and state is State.TAKEN:
                    states[task] = State.OPEN
        assert dict(Task.objects.values_list("pk", "state")) == states

    @invariant()
    def what_is_closed_says_by_whom_and_when(self) -> None:
        for task in Task.objects.all():
            is_done = task.state in {State.DONE, State.VERIFIED}
            assert (task.done_at is not None) == (task.done_by_id is not None) == is_done
            assert (task.ended_at is not None) == bool(task.end_reason) == (task.state == "ended")
            assert (task.taken_by_id is not None) <= (task.state in {"taken", "done", "verified"})

    @invariant()
    def no_open_task_is_invisible(self) -> None:
        """Somebody who acts now sees it, or it is on the list of what has no name."""
        rows = list(Task.objects.filter(state__in=ACTIVE))
        acting = effective_holders({row.post_id for row in rows if row.post_id}, self.now)
        listed = set(
            narrowed(Task.objects.all(), Narrow(show="no_name"), self.now).values_list(
                "pk", flat=True
            )
        )
        for row in rows:
            user = acting.get(row.post_id or 0)
            assert (user is None) == (row.pk in listed)
            if user is not None:
                holder = actor_of(User.objects.get(pk=user), self.now)
                assert access_task(holder, row.pk) == row


@pytest.mark.django_db
def test_any_order_of_acts_keeps_the_list_whole() -> None:
    run_state_machine_as_test(
        Work,
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            phases=(Phase.generate,),  # to shrink a failing run takes minutes
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
