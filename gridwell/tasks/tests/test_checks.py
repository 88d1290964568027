"""A second look at done work: where the mode asks for it, done is not yet finished."""

from datetime import timedelta

import pytest
from django.test import Client

from gridwell.accounts.models import Post, User
from gridwell.accounts.rules.actor import Actor
from gridwell.accounts.tests.make import make_actor
from gridwell.core.errors import RuleBroken
from gridwell.orders.actions.modes import change_mode
from gridwell.orders.models import ModeProfile
from gridwell.places.tests.make import COMMUNITY
from gridwell.residents.models import Household, Trait
from gridwell.residents.tests.make import SINCE, make_household, make_resident
from gridwell.tasks import actions
from gridwell.tasks.models import Task
from gridwell.tasks.queries import Narrow, count_by, narrowed
from gridwell.tasks.tests.make import NOW, make_task
from gridwell.tasks.views.rows import rows_of

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=5)


def go_into(mode: str) -> None:
    change_mode(actor=Actor.system(COMMUNITY), area=COMMUNITY, mode=mode, reason="case", now=NOW)


def done(actor: Actor, **values: object) -> Task:
    task = make_task(post=Post.objects.get(pk=actor.posts[0].id), **values)
    return actions.do(actor=actor, task=task, now=NOW)


def frail_home() -> Household:
    home = make_household()
    person = make_resident(household=home)
    Trait.objects.create(
        community_id=COMMUNITY,
        dwelling=home.dwelling,
        resident=person,
        code="lives_alone",
        starts_at=SINCE,
        recorded_at=SINCE,
    )
    return home


def shown(show: str) -> set[int]:
    rows = narrowed(Task.objects.all(), Narrow(show=show), LATER)
    return set(rows.values_list("pk", flat=True))


@pytest.mark.parametrize(
    ("mode", "is_urgent", "waits"),
    [
        ("routine", True, False),
        ("alert", True, True),
        ("emergency", True, True),
        ("emergency", False, False),
    ],
)
def test_the_mode_says_whether_urgent_work_is_checked(
    officer: Actor, mode: str, is_urgent: bool, waits: bool
) -> None:
    if mode != "routine":
        go_into(mode)
    task = done(officer, is_urgent=is_urgent)
    assert task.state == "done"
    assert (shown("to_check"), shown("finished")) == (
        ({task.pk}, set()) if waits else (set(), {task.pk})
    )
    counts = count_by(Task.objects.all(), "community_id", LATER)[COMMUNITY]
    assert (counts.total, counts.done, counts.to_check) == (1, int(not waits), int(waits))


def test_care_is_checked_where_somebody_needs_it_and_nowhere_else(officer: Actor) -> None:
    go_into("emergency")
    frail = done(officer, kind="door_service", subject_kind="household", subject=frail_home().pk)
    plain = done(
        officer,
        kind="door_service",
        subject_kind="household",
        subject=make_household().pk,
    )
    assert shown("to_check") == {frail.pk}
    assert shown("finished") == {plain.pk}


def test_an_area_may_ask_for_no_check(officer: Actor) -> None:
    go_into("emergency")
    ModeProfile.objects.create(area_id=COMMUNITY, mode="emergency", manual=[], starts_at=NOW)
    task = done(officer, is_urgent=True)
    assert shown("finished") == {task.pk}


def test_only_another_person_checks_and_then_it_is_finished(officer: Actor) -> None:
    go_into("emergency")
    task = done(officer, is_urgent=True)
    (row,) = rows_of([task], officer, LATER)
    assert str(row.state) == "已办结，待核验"
    with pytest.raises(RuleBroken, match="verify_own"):
        actions.verify(actor=officer, task=task, now=LATER)
    assert shown("to_check") == {task.pk}
    actions.verify(actor=make_actor(username="second"), task=task, now=LATER)
    assert (shown("to_check"), shown("finished")) == (set(), {task.pk})


def test_the_list_says_how_much_waits_for_a_check(officer: Actor, client: Client) -> None:
    go_into("emergency")
    waiting = done(officer, is_urgent=True)
    open_one = make_task(post=waiting.post)
    client.force_login(User.objects.get(pk=officer.user_id))
    page = client.get(f"/{COMMUNITY}/work/")
    assert "1项待核验" in page.content.decode()
    assert [row.task.pk for row in page.context["rows"]] == [open_one.pk]
    assert page.context["page"].paginator.count == 1
    page = client.get(f"/{COMMUNITY}/work/?show=to_check")
    assert [row.task.pk for row in page.context["rows"]] == [waiting.pk]


def test_what_was_done_in_an_emergency_is_checked_though_it_is_over(officer: Actor) -> None:
    go_into("emergency")
    task = done(officer, is_urgent=True)
    change_mode(
        actor=Actor.system(COMMUNITY), area=COMMUNITY, mode="routine", reason="over", now=LATER
    )
    assert shown("to_check") == {task.pk}


def test_opened_again_it_waits_for_no_check(officer: Actor) -> None:
    go_into("emergency")
    task = done(officer, is_urgent=True)
    actions.reopen(actor=officer, task=task, note="not yet", now=LATER)
    assert shown("to_check") == set()
    assert shown("active") == {task.pk}


def test_the_time_allowed_follows_the_row_of_the_area(officer: Actor) -> None:
    ModeProfile.objects.create(area_id=COMMUNITY, mode="routine", time_percent=50, starts_at=NOW)
    task = actions.create(actor=officer, community=COMMUNITY, kind="free", title="t", now=NOW)
    assert task.due_at == NOW + timedelta(hours=36)
    go_into("emergency")
    task = actions.create(actor=officer, community=COMMUNITY, kind="free", title="t", now=NOW)
    assert task.due_at == NOW + timedelta(hours=12)
