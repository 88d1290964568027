"""What goes wrong in a hurry: each is refused or resolved with a clear word, and nothing is lost."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from gridwell.accounts.actions import lock_user, set_deputies
from gridwell.accounts.models import Post, User
from gridwell.accounts.queries import effective_holders
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.tests.make import make_actor, make_post, make_user
from gridwell.command.actions.modes import switch_mode
from gridwell.command.queries.modes import mode_effect
from gridwell.core.errors import RuleBroken
from gridwell.core.wording import say
from gridwell.ledgers.actions import imports
from gridwell.ledgers.tests.make import id_number, line, make_import
from gridwell.notify.models import Message
from gridwell.orders.models import ModeChange
from gridwell.orders.queries.modes import mode_of, stand_of
from gridwell.places.tests.make import COMMUNITY, make_area, make_dwelling, make_grid
from gridwell.residents.models import Household, Resident
from gridwell.residents.tests.make import make_household
from gridwell.tasks import actions
from gridwell.tasks.models import Task, TaskEvent
from gridwell.tasks.queries import Narrow, narrowed
from gridwell.tasks.tests.make import NOW, make_task

pytestmark = pytest.mark.django_db
DISTRICT = 140109000000
LATER = NOW + timedelta(minutes=5)


def post_of(actor: Actor) -> Post:
    return Post.objects.get(pk=actor.all_posts[0].id)


def switch(actor: Actor, area: int, mode: str, **more: object) -> None:
    facts: dict = {"seen": mode_effect(area, mode, LATER).version, "client_ref": uuid4()}
    switch_mode(actor=actor, area=area, mode=mode, reason="研判", now=LATER, **facts | more)


def browser(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def test_deputies_in_a_circle_leave_nobody_and_say_so(officer: Actor) -> None:
    """A stands in for B and B for A: one away is served by the other, both away by nobody."""
    a, b = make_user(username="a"), make_user(username="b")
    posts = [make_post(holder=user, role=Role.GRID_WORKER, grids=(make_grid(),)) for user in (a, b)]
    for post, deputy in zip(posts, (b, a), strict=True):
        set_deputies(actor=officer, post=post, deputies=[deputy], now=NOW)
    with pytest.raises(RuleBroken) as refused:
        set_deputies(actor=officer, post=posts[0], deputies=[a], now=NOW)
    assert "a" in str(say(refused.value))
    task = make_task(post=posts[0], grid=make_grid())
    lock_user(actor=officer, user=a, reason="手机丢失", now=NOW)
    assert effective_holders([post.pk for post in posts], NOW) == {
        posts[0].pk: b.pk,
        posts[1].pk: b.pk,
    }
    lock_user(actor=officer, user=b, reason="手机丢失", now=LATER)
    assert set(effective_holders([post.pk for post in posts], LATER).values()) == {None}
    alarm = Message.objects.get(kind="posts.nobody", user=officer.user_id)
    assert alarm.facts["count"] == 2
    page = browser(officer).get(f"/{COMMUNITY}/work/?show=no_name")
    assert [row.task.pk for row in page.context["rows"]] == [task.pk]


def test_nobody_is_reminded_for_a_post_without_anyone(officer: Actor) -> None:
    task = make_task(post=make_post(holder=None))
    with pytest.raises(RuleBroken) as refused:
        actions.remind(actor=officer, task=task, now=LATER)
    assert refused.value.code == "tasks.nobody_to_remind"
    assert "岗位" in str(say(refused.value))
    listed = narrowed(Task.objects.all(), Narrow(show="no_name"), LATER)
    assert listed.get() == task
    actions.assign_many(
        actor=officer, community=COMMUNITY, tasks=[task.pk], post=post_of(officer), now=LATER
    )
    assert not listed.exists()


def test_a_task_that_is_open_when_its_household_is_merged_is_done_for_the_survivor(
    officer: Actor,
) -> None:
    kept = make_household(dwelling=make_dwelling(room="101"))
    gone = make_household(dwelling=make_dwelling(room="102"))
    Household.objects.filter(pk=gone.pk).update(merged_into=kept)
    task = actions.create(
        actor=officer,
        community=COMMUNITY,
        kind="household_update",
        subject_kind="household",
        subject=gone.pk,
        now=NOW,
    )
    assert (task.subject, task.place_id) == (kept.pk, kept.dwelling_id)
    with pytest.raises(RuleBroken) as refused:
        actions.create(
            actor=officer,
            community=COMMUNITY,
            kind="household_update",
            subject_kind="household",
            subject=10**9,
            now=NOW,
        )
    assert refused.value.code == "tasks.unknown_subject"
    assert str(say(refused.value))


def test_of_overlapping_modes_the_stricter_holds_and_it_is_said_which(
    officer: Actor, district_officer: Actor
) -> None:
    switch(officer, COMMUNITY, "alert")
    switch(district_officer, DISTRICT, "emergency")
    stand = stand_of(COMMUNITY, LATER)
    assert (stand.mode, stand.own, stand.is_from_above) == ("emergency", "alert", True)
    with pytest.raises(RuleBroken) as refused:
        switch(officer, COMMUNITY, "emergency")
    assert str(say(refused.value))
    switch(district_officer, DISTRICT, "routine")
    assert mode_of(COMMUNITY, LATER) == "alert", "what the community set itself is not lost"
    assert mode_of(DISTRICT, LATER) == "routine"


def test_a_page_of_a_mode_that_changed_meanwhile_changes_nothing(officer: Actor) -> None:
    seen = mode_effect(COMMUNITY, "emergency", LATER).version
    switch(officer, COMMUNITY, "alert")
    with pytest.raises(RuleBroken) as refused:
        switch(make_actor(username="second"), COMMUNITY, "emergency", seen=seen)
    assert refused.value.code == "command.mode_changed_meanwhile"
    assert str(say(refused.value))
    assert ModeChange.objects.count() == 1


def test_an_import_that_was_begun_before_a_change_of_mode_is_finished_after_it(
    officer: Actor,
) -> None:
    make_area()
    people = [line(name=f"人{n}", room=f"{n}01", document=id_number(n)) for n in range(1, 4)]
    row = make_import(actor=officer, rows=people)
    switch(officer, COMMUNITY, "emergency")
    assert imports.apply_import(actor=officer, ledger_import=row, now=LATER).state == "done"
    assert Resident.objects.count() == len(people)
    assert mode_of(COMMUNITY, LATER) == "emergency"


def test_who_closes_a_task_second_reads_who_was_first(officer: Actor, grid_worker: Actor) -> None:
    task = make_task(post=post_of(grid_worker), grid=make_grid())
    client = browser(officer)
    assert client.get(f"/work/tasks/{task.pk}/").status_code == 200
    actions.do(actor=grid_worker, task=task, now=NOW)
    said = {"note": "已入户，老人情况好", "key": "phone-9"}
    page = client.post(f"/work/tasks/{task.pk}/step/do/", said, follow=True).content.decode()
    assert "grid_worker" in page
    assert TaskEvent.objects.filter(act="do").count() == 1


def test_a_file_that_is_no_photo_is_said_and_the_note_stays(officer: Actor) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    task = make_task(post=post_of(officer), kind="put_right")
    said = {
        "note": "通道已清理",
        "photo": SimpleUploadedFile("a.jpg", b"<html>not a photo</html>", "image/jpeg"),
        "key": "phone-1",
    }
    page = browser(officer).post(f"/work/tasks/{task.pk}/step/do/", said)
    text = page.content.decode()
    assert "通道已清理" in text
    assert "JPEG" in text
    task.refresh_from_db()
    assert task.state == "open"
