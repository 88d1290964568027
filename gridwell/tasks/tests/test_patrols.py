"""Patrols: each finding is a task of its own, put right, checked, closed."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from gridwell.accounts.models import User
from gridwell.accounts.queries import actor_of
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.tests.make import make_post, make_user
from gridwell.audit.models import AuditEntry
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.notify.models import Message
from gridwell.places.tests.make import COMMUNITY, make_dwelling, make_grid
from gridwell.tasks import actions
from gridwell.tasks.models import Task, TaskProof
from gridwell.tasks.queries.findings import count_findings, findings_of
from gridwell.tasks.tests.test_pages import browser_of, photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def walker(officer: Actor) -> Actor:
    """A member of a group who walks the round: a duty without a desk."""
    user = make_user(username="walker")
    make_post(holder=user, role=Role.TEAM_MEMBER)
    return actor_of(user, clock.now())


@pytest.fixture
def patrol(officer: Actor, walker: Actor) -> Task:
    return actions.create(
        actor=officer,
        community=COMMUNITY,
        kind="patrol",
        post=User.objects.get(username="walker").posts_held.get(),
        now=clock.now(),
    )


def desk_of(officer: Actor) -> Client:
    desk: Client = browser_of(officer)
    return desk


def find(actor: Actor, patrol: Task, **values: Any) -> Task:
    given = {
        "finding": "blocked_exit",
        "where": "2单元一层",
        "post": User.objects.get(username="officer").posts_held.get(),
        "due_at": clock.now() + timedelta(hours=6),
        "now": clock.now(),
    }
    return actions.record_finding(actor=actor, patrol=patrol, **given | values)


def test_a_finding_goes_from_found_to_closed(officer: Actor, walker: Actor, patrol: Task) -> None:
    task = find(walker, patrol, photo=photo().read())
    assert (task.kind, task.created_by, task.facts["finding"]) == (
        "put_right",
        walker.user_id,
        "blocked_exit",
    )
    assert TaskProof.objects.get(task=task).path
    assert Message.objects.get(kind="tasks.found").user_id == officer.user_id
    now = clock.now()
    actions.do(actor=officer, task=task, proof=actions.Proof(note="已清走"), now=now)
    assert Message.objects.get(kind="tasks.to_check").user_id == walker.user_id
    assert count_findings(findings_of(officer, COMMUNITY), now).corrected == 1
    with pytest.raises(RuleBroken, match="verify_own"):
        actions.verify(actor=officer, task=task, now=now)
    desk = make_user(username="second")
    make_post(holder=desk)
    actions.verify(actor=actor_of(desk, now), task=task, now=now)
    assert count_findings(findings_of(officer, COMMUNITY), now).closed == 1


def test_who_found_it_checks_it_or_opens_it_again(
    officer: Actor, walker: Actor, patrol: Task
) -> None:
    task, other = (find(walker, patrol, key=key) for key in ("k", "l"))
    now = clock.now()
    for one in (task, other):
        actions.do(actor=officer, task=one, proof=actions.Proof(note="已清走"), now=now)
    browser = browser_of(walker)
    link = Message.objects.filter(kind="tasks.to_check").values_list("link", flat=True).first()
    assert link
    assert browser.get(link).status_code == 200
    actions.verify(actor=walker, task=task, now=now)
    actions.reopen(actor=walker, task=other, note="沙发还在。", now=now)
    assert (task.state, other.state) == ("verified", "open")
    with pytest.raises(RuleBroken, match="not_yours"):
        actions.do(actor=walker, task=other, proof=actions.Proof(), now=now)
    stranger = make_user(username="stranger")
    make_post(holder=stranger, role=Role.TEAM_MEMBER)
    with pytest.raises(NotVisible):
        actions.verify(actor=actor_of(stranger, now), task=task, now=now)


def test_the_same_key_is_the_same_finding(walker: Actor, patrol: Task) -> None:
    assert find(walker, patrol, key="k").pk == find(walker, patrol, key="k").pk
    assert find(walker, patrol, key="l").pk != find(walker, patrol, key="k").pk


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"finding": "dancing"}, "tasks.unknown_finding"),
        ({"due_at": clock.now() - timedelta(hours=1)}, "tasks.due_in_the_past"),
        ({"photo": b"no photo"}, "tasks.photo_is_no_photo"),
    ],
)
def test_what_is_refused_leaves_nothing(
    walker: Actor, patrol: Task, values: dict[str, Any], code: str
) -> None:
    with pytest.raises(RuleBroken) as refusal:
        find(walker, patrol, **values)
    assert refusal.value.code == code
    assert not Task.objects.filter(kind="put_right").exists()
    assert not AuditEntry.objects.filter(act="tasks.finding_recorded").exists()


def test_only_who_walks_it_or_the_desk_writes_findings(
    patrol: Task, other_officer: Actor, district_officer: Actor, officer: Actor
) -> None:
    with pytest.raises(NotVisible):
        find(other_officer, patrol)
    with pytest.raises(RuleBroken, match="not_yours"):
        find(district_officer, patrol)
    no_patrol = actions.create(
        actor=officer, community=COMMUNITY, kind="free", title="看灯", now=clock.now()
    )
    with pytest.raises(RuleBroken, match="not_a_patrol"):
        find(officer, no_patrol)


def test_the_round_on_a_phone(walker: Actor, patrol: Task, officer: Actor) -> None:
    browser = browser_of(walker)
    building = make_dwelling(room="101", grid=make_grid()).building_id
    url = f"/work/tasks/{patrol.pk}/finding/"
    data = {
        "finding": "masks",
        "building": building,
        "where": "门口",
        "post": User.objects.get(username="officer").posts_held.get().pk,
        "due_at": f"{clock.now() + timedelta(days=1):%Y-%m-%dT%H:%M}",
        "key": "k",
    }
    lost = browser.post(url, data | {"photo": photo(), "where": ""})
    assert lost.status_code == 200
    assert "请重新选择照片" in lost.content.decode()
    assert browser.post(url, data | {"photo": photo()})["Location"] == url
    page = browser.get(f"/work/tasks/{patrol.pk}/").content.decode()
    assert "门口" in page
    assert "整改：未戴口罩（门口）" in desk_of(officer).get("/work/mine/").content.decode()
    desk = desk_of(officer)
    rows = desk.get(f"/{COMMUNITY}/work/findings/?finding=masks&stage=open").context["rows"]
    assert len(rows) == 1
    assert desk.get(f"/{COMMUNITY}/work/findings/?finding=distance").context["rows"] == []
    assert desk.get(f"/{COMMUNITY}/work/findings/?export=1")["Content-Type"].endswith("sheet")
