"""Absences, hand-overs, orders and work at the same moment: each waits for its turn, none falls."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction

from gridwell.accounts.actions import change_holder, match_absences, record_absence
from gridwell.accounts.actions.absences import Wanted
from gridwell.accounts.models import Absence, Post, PostDeputy, StandIn, User
from gridwell.accounts.queries import effective_holders
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.tests.make import make_actor, make_post, make_user
from gridwell.audit.actions import record
from gridwell.places.tests.make import COMMUNITY
from gridwell.residents.tests.make import make_household
from gridwell.tasks import actions as tasks
from gridwell.tasks.models import Task
from gridwell.tasks.tests.make import NOW, make_plan, make_work, make_zone
from tests.support.at_once import at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
]
TIMES = 12
LATER = NOW + timedelta(minutes=2)


@pytest.fixture(autouse=True)
def _postgres() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one write at a time")


@pytest.fixture
def boss(db: None) -> Actor:
    return make_actor(username="boss", role=Role.DISTRICT_OFFICER, area=140109000000)


def a_line(number: int) -> tuple[Post, User, User]:
    """Return a post with its A and B."""
    holder, deputy = make_user(username=f"a{number}"), make_user(username=f"b{number}")
    post = make_post(holder=holder, code=f"{COMMUNITY}/line-{number}")
    PostDeputy.objects.create(post=post, user=deputy, rank=1)
    return post, holder, deputy


def test_a_hand_over_and_an_absence_while_the_clock_turns_another(boss: Actor) -> None:
    """Both follow up what the clock has turned, and each holds what the other waits for."""
    for number in range(0, 2 * TIMES, 2):
        _first, turning, _b = a_line(number)
        second, holder, deputy = a_line(number + 1)
        Absence.objects.create(
            user=turning, reason="leave", source="test", starts_at=NOW, recorded_at=NOW
        )

        def hand_over(post: Post = second, to: User = deputy) -> str:
            fresh = Post.objects.get(pk=post.pk)
            change_holder(
                actor=boss, post=fresh, holder=to, seen=fresh.holder_id, reason="x", now=LATER
            )
            return "handed over"

        def drop_out(user: User = holder) -> str:
            record_absence(actor=boss, user=user, reason="sick", starts_at=LATER, now=LATER)
            return "absent"

        assert at_once(hand_over, drop_out) == ["absent", "handed over"]
        assert effective_holders([second.pk], LATER) == {second.pk: deputy.pk}
        assert StandIn.objects.filter(post=_first, ends_at=None).count() == 1


def ordered(act: Callable[[], object]) -> Callable[[], str]:
    """Return an act as an order runs it: the trail of the community first, then what follows."""

    def run() -> str:
        with transaction.atomic():
            record("orders.zone_lift", actor=Actor.system(COMMUNITY), community=COMMUNITY, at=NOW)
            act()
        return "ordered"

    return run


def test_an_order_that_keeps_staff_in_and_an_absence_written_by_hand(boss: Actor) -> None:
    for number in range(TIMES):
        post, holder, deputy = a_line(number)

        def keep_in(user: User = holder) -> object:
            return match_absences(
                actor=Actor.system(COMMUNITY),
                community=COMMUNITY,
                source="plan:1",
                wanted={user.pk: Wanted("isolation", NOW)},
                now=NOW,
            )

        def drop_out(user: User = holder) -> str:
            record_absence(actor=boss, user=user, reason="sick", starts_at=NOW, now=NOW)
            return "absent"

        assert at_once(ordered(keep_in), drop_out) == ["absent", "ordered"]
        assert effective_holders([post.pk], NOW) == {post.pk: deputy.pk}
        assert StandIn.objects.filter(post=post, ends_at=None).count() == 1


def test_an_order_that_makes_tasks_and_somebody_who_closes_one(officer: Actor) -> None:
    homes = [make_household() for _ in range(3)]
    plan = make_plan(make_work(*(home.pk for home in homes)), zones=(make_zone(),))
    for _ in range(TIMES):
        Task.objects.all().delete()
        tasks.sync_plan(community=COMMUNITY, plan=plan, now=NOW)
        task = Task.objects.order_by("pk").first()
        assert task is not None
        found = at_once(
            ordered(
                lambda: tasks.sync_plan(community=COMMUNITY, plan=make_plan(zones=()), now=NOW)
            ),
            lambda task=task: str(tasks.do(actor=officer, task=task, now=NOW).state),
        )
        assert found in (["done", "ordered"], ["ordered", "tasks.already_ended"])
