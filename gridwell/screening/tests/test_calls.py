"""Calling: who was called how often, taken back, told, visited; and the work that a round makes."""

from datetime import timedelta
from uuid import uuid4

import pytest

from gridwell.accounts.models import Absence, Post, Team, User
from gridwell.accounts.queries import actor_of
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.tests.make import make_actor, make_post, make_user
from gridwell.audit.models import AuditEntry
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.notify.models import Message
from gridwell.orders.tests.make import NOW, make_building, make_district
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY, make_grid
from gridwell.screening.actions import boxes, desk, work
from gridwell.screening.actions import calls as acts
from gridwell.screening.actions.members import exempt_member, set_at_door
from gridwell.screening.actions.rounds import close_round
from gridwell.screening.labels.calls import TOLD_STATES
from gridwell.screening.models import Call, Round, RoundMember, Site, Slot
from gridwell.screening.presenters.calls import call_lines
from gridwell.screening.queries.calls import Part, called_twice, calls_of, parts_of
from gridwell.screening.queries.desk import access_desk
from gridwell.screening.queries.members import members_of, total
from gridwell.screening.tests.make import make_round, make_sample, make_tube
from gridwell.tasks.actions import do
from gridwell.tasks.models import Task, TaskEvent
from gridwell.tasks.tests.make import make_task

pytestmark = pytest.mark.django_db


@pytest.fixture
def building(officer: Actor) -> Place:
    make_district()
    return make_building(rooms=("101", "201"), people=2)


@pytest.fixture
def row(building: Place, officer: Actor) -> Round:
    return make_round(officer)


def call(actor: Actor, row: Round, parts: list[Part] | None = None, **facts: object) -> int:
    given = {"how": "loudspeaker", "ref": uuid4(), "now": NOW + timedelta(minutes=5)}
    chosen = parts_of(actor, row) if parts is None else parts
    return acts.call_parts(actor=actor, round=row, parts=chosen, **(given | facts))


def tasks_of(kind: str) -> list[Task]:
    return list(Task.objects.filter(kind=kind).order_by("pk"))


def make_slot(row: Round, place: Place, **facts: object) -> Slot:
    site = Site.objects.filter(community_id=COMMUNITY).first() or Site.objects.create(
        community_id=COMMUNITY, name="东门", where="东门广场", starts_at=NOW
    )
    given = {"people": 4, "starts_at": NOW, "ends_at": NOW + timedelta(minutes=30)}
    return Slot.objects.create(
        community_id=COMMUNITY, round=row, site=site, place=place, because="nearest",
        **(given | facts),
    )  # fmt: skip


def make_duty(role: Role, holder: User, **facts: object) -> Post:
    post = make_post(role=role, holder=holder)
    Post.objects.filter(pk=post.pk).update(**facts)
    post.refresh_from_db()
    return post


def test_a_call_counts_for_whoever_is_still_to_come(row: Round, officer: Actor) -> None:
    members = list(RoundMember.objects.order_by("pk"))
    make_sample(members[0])
    exempt_member(
        actor=officer, member=members[1], reason="away", until=NOW + timedelta(days=2), now=NOW
    )
    ref = uuid4()
    assert call(officer, row, ref=ref) == 2
    assert call(officer, row, ref=ref) == 0
    counts = dict(RoundMember.objects.values_list("pk", "calls"))
    assert [counts[m.pk] for m in members] == [0, 0, 1, 1]
    assert Call.objects.get().people == 2
    assert total(row).called == 2
    assert AuditEntry.objects.filter(act="screening.called").count() >= 1
    assert not called_twice(members_of(officer, row), row).exists()
    call(officer, row, how="group", now=NOW + timedelta(hours=1))
    assert called_twice(members_of(officer, row), row).count() == 2


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"how": "pigeon"}, "screening.call_unknown"),
        ({"how": "head"}, "screening.call_unknown"),
        ({"called_at": NOW + timedelta(days=1)}, "screening.call_in_the_future"),
        ({"called_at": NOW - timedelta(days=2)}, "screening.call_before_opening"),
        ({"parts": []}, "screening.tick_something"),
    ],
)
def test_odd_calls_are_refused(row: Round, officer: Actor, facts: dict, code: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        call(officer, row, **facts)
    assert refusal.value.code == code
    assert not Call.objects.exists()


def test_nobody_left_or_not_open_is_refused(row: Round, officer: Actor) -> None:
    for member in RoundMember.objects.all():
        make_sample(member)
    with pytest.raises(RuleBroken, match="call_nobody"):
        call(officer, row)
    close_round(actor=officer, round=row, now=NOW + timedelta(hours=1))
    with pytest.raises(RuleBroken, match="round_closed"):
        call(officer, row)


def test_a_grid_worker_calls_own_people_only(
    row: Round, officer: Actor, grid_worker: Actor, other_officer: Actor
) -> None:
    one, *_rest = RoundMember.objects.order_by("pk")
    RoundMember.objects.filter(dwelling=one.dwelling_id).update(grid=make_grid(number="1"))
    assert call(grid_worker, row) == 2
    assert RoundMember.objects.filter(calls=1).count() == 2
    assert calls_of(grid_worker, row).count() == 1
    assert not calls_of(other_officer, row).exists()
    with pytest.raises(NotVisible):
        call(other_officer, row, parts=parts_of(officer, row))


def test_a_call_is_taken_back_once(row: Round, officer: Actor) -> None:
    call(officer, row, now=NOW)
    call(officer, row, now=NOW + timedelta(minutes=9))
    late, early = Call.objects.order_by("-called_at")
    acts.take_back_call(actor=officer, call=late, now=NOW + timedelta(minutes=10))
    assert set(RoundMember.objects.values_list("calls", flat=True)) == {1}
    with pytest.raises(RuleBroken, match="call_gone"):
        acts.take_back_call(actor=officer, call=late, now=NOW + timedelta(minutes=11))
    with pytest.raises(RuleBroken, match="call_too_old"):
        acts.take_back_call(actor=officer, call=early, now=NOW + timedelta(hours=2))


def test_parts_stand_by_slot_and_the_rest_by_building(
    row: Round, officer: Actor, building: Place
) -> None:
    (whole,) = parts_of(officer, row)
    assert (whole.slot, whole.due, whole.stage(NOW)) == (None, 4, "")
    door = Place.objects.filter(kind="dwelling").order_by("pk").first()
    slot = make_slot(row, building, doors=[door.pk], people=2)
    by_slot, rest = parts_of(officer, row)
    assert (by_slot.slot, by_slot.due, rest.due) == (slot, 2, 2)
    assert by_slot.stage(NOW) == "now"
    assert by_slot.stage(NOW + timedelta(hours=1)) == "late"
    assert by_slot.stage(NOW - timedelta(hours=3)) == "later"
    assert call(officer, row, parts=[rest]) == 2
    assert not RoundMember.objects.filter(dwelling=door, calls__gt=0).exists()
    assert call(officer, row, parts=[by_slot]) == 2
    assert set(RoundMember.objects.values_list("calls", flat=True)) == {1}


def test_calling_a_building_closes_its_task(row: Round, officer: Actor, building: Place) -> None:
    (task,) = tasks_of("call_building")
    assert (task.subject, task.origin, task.state) == (building.pk, "round", "open")
    call(officer, row)
    task.refresh_from_db()
    assert (task.state, task.done_by) == ("done", None)
    assert TaskEvent.objects.filter(task=task, act="do").get().reason == "called"


def test_a_building_head_says_it_is_done(building: Place, officer: Actor) -> None:
    head = make_user(username="head")
    make_duty(Role.BUILDING_HEAD, head, place=building)
    row = make_round(officer)
    (task,) = tasks_of("call_building")
    actor = actor_of(head, NOW)
    assert task.post.holder == head
    assert "1号楼" in task.words
    do(actor=actor, task=task, now=NOW + timedelta(minutes=3), key="k")
    do(actor=actor, task=task, now=NOW + timedelta(minutes=3), key="k")
    found = Call.objects.get()
    assert (found.how, found.called_by, found.people) == ("head", head.pk, 4)
    assert total(row).called == 4


def test_slots_say_when_the_call_is_due(row: Round, officer: Actor, building: Place) -> None:
    make_slot(row, building, starts_at=NOW + timedelta(hours=2), ends_at=NOW + timedelta(hours=3))
    assert work.follow_slots(round=row, now=NOW) == 1
    assert work.follow_slots(round=row, now=NOW) == 0
    (task,) = tasks_of("call_building")
    assert task.due_at == NOW + timedelta(hours=2) - work.BEFORE
    assert "东门" in task.words


def test_those_in_charge_are_told(row: Round, officer: Actor, building: Place) -> None:
    parts = parts_of(officer, row)
    facts = {"actor": officer, "round": row, "parts": parts, "name": "全员核酸", "now": NOW}
    with pytest.raises(RuleBroken, match="nobody_in_charge"):
        acts.tell_heads(ref=uuid4(), **facts)
    head, worker = make_user(username="head"), make_user(username="worker")
    make_duty(Role.BUILDING_HEAD, head, place=building)
    RoundMember.objects.update(grid=make_grid(number="1"))
    make_post(role=Role.GRID_WORKER, holder=worker, grids=(make_grid(number="1"),))
    ref = uuid4()
    assert acts.tell_heads(ref=ref, **facts) == 2
    assert acts.tell_heads(ref=ref, **facts) == 0
    message = Message.objects.get(user=head)
    assert message.facts["count"] == 4
    assert "1号楼" in message.facts["places"][0]
    assert total(row).called == 0
    assert Call.objects.get().how == "told"


def test_the_log_says_who_was_told_and_whether_they_read_it(
    row: Round, officer: Actor, building: Place
) -> None:
    head = make_user(username="head")
    User.objects.update(telephone="03516543210")
    make_duty(Role.BUILDING_HEAD, head, place=building)
    parts = parts_of(officer, row)
    facts = {"actor": officer, "round": row, "parts": parts, "name": "全员核酸", "now": NOW}
    acts.tell_heads(ref=uuid4(), **facts)
    calls = [*Call.objects.select_related("place")]
    (line,) = call_lines(calls, may=True, now=NOW, undo=acts.UNDO)
    ((who, words, tone),) = line.told
    assert who == f"{head.name} 03516543210"
    assert (words, tone) == (str(TOLD_STATES["none"][0]), "warn")
    Message.objects.update(seen_at=NOW)
    (line,) = call_lines(calls, may=True, now=NOW, undo=acts.UNDO)
    assert line.told == ((head.name, str(TOLD_STATES["seen"][0]), "ok"),)


def test_called_again_by_door_and_visited(row: Round, officer: Actor) -> None:
    one, two, *_ = RoundMember.objects.order_by("pk")
    members, ref = [one.pk, two.pk], uuid4()
    facts = {"actor": officer, "round": row, "members": members, "now": NOW}
    assert acts.call_people(how="phone", ref=ref, **facts) == 2
    assert acts.call_people(how="phone", ref=ref, **facts) == 0
    assert Call.objects.get().place_id == one.dwelling_id
    assert acts.ask_visits(**facts) == 1
    assert acts.ask_visits(**facts) == 0
    (task,) = tasks_of("visit_missing")
    assert (task.subject_kind, task.subject) == ("household", one.household_id)
    for member in (one, two):
        make_sample(member)
    work.follow(round=row, now=NOW)
    task.refresh_from_db()
    assert task.state == "done"
    with pytest.raises(RuleBroken, match="call_nobody"):
        acts.ask_visits(**facts)


def test_door_sampling_lands_with_the_group_and_closes_by_the_sample(
    row: Round, officer: Actor
) -> None:
    team = Team.objects.create(area_id=COMMUNITY, kind="sampling", name="采样组", starts_at=NOW)
    post = make_duty(Role.TEAM_MEMBER, make_user(username="t"), team=team)
    one, two, *_ = RoundMember.objects.order_by("pk")
    set_at_door(actor=officer, round=row, members=[one.pk, two.pk], at_door=True, now=NOW)
    (task,) = tasks_of("door_sampling")
    assert (task.post_id, task.subject) == (post.pk, one.household_id)
    make_sample(one)
    work.follow(round=row, now=NOW)
    task.refresh_from_db()
    assert task.state == "open"
    sample = make_sample(two)
    work.at_door_changed(round=row, household=one.household_id, now=NOW)
    task.refresh_from_db()
    assert task.state == "done"
    sample.superseded_at = NOW
    sample.save()
    work.sample_gone(sample, now=NOW)
    task.refresh_from_db()
    assert task.state == "open"
    set_at_door(actor=officer, round=row, members=[one.pk, two.pk], at_door=False, now=NOW)
    task.refresh_from_db()
    assert (task.state, task.end_reason) == ("ended", "not_concerned")


def test_what_is_open_ends_with_the_round(row: Round, officer: Actor) -> None:
    close_round(actor=officer, round=row, reason="下雨", now=NOW + timedelta(hours=1))
    (task,) = tasks_of("call_building")
    assert (task.state, task.end_reason) == ("ended", "round_closed")


def test_a_member_of_a_group_of_another_community_gets_nothing(
    building: Place, officer: Actor, other_officer: Actor
) -> None:
    elsewhere = make_actor(username="else", area=other_officer.posts[0].low, now=NOW)
    row = make_round(officer)
    assert not members_of(elsewhere, row).exists()
    assert not parts_of(elsewhere, row)


def test_the_desk_closes_what_waited_for_it(row: Round, officer: Actor) -> None:
    one, *_ = RoundMember.objects.order_by("pk")
    set_at_door(actor=officer, round=row, members=[one.pk], at_door=True, now=NOW)
    sampler = access_desk(officer, row.pk)
    tube = desk.open_tube(sampler=sampler, code="TUBE0001", ref=uuid4(), desk="d", now=NOW)
    key = f"r:{one.resident.ref.hex}"
    sample = desk.add_sample(sampler=sampler, tube=tube, key=key, ref=uuid4(), now=NOW)
    assert [task.state for task in tasks_of("door_sampling")] == ["done"]
    desk.undo_sample(sampler=sampler, sample=sample, now=NOW)
    assert [task.state for task in tasks_of("door_sampling")] == ["open"]
    desk.add_sample(sampler=sampler, tube=tube, key=key, ref=uuid4(), now=NOW)
    desk.close_tube(sampler=sampler, tube=tube, now=NOW)
    make_task(
        kind="resample", subject_kind="resident", subject=one.resident_id, basis="hold:1:0",
        origin="plan",
    )  # fmt: skip
    single = desk.open_tube(
        sampler=sampler, code="TUBE0002", ref=uuid4(), desk="e", purpose="single", now=NOW
    )
    desk.add_sample(sampler=sampler, tube=single, key=key, ref=uuid4(), now=NOW)
    assert [task.state for task in tasks_of("resample")] == ["done"]


def test_a_packed_box_is_to_be_brought_to_the_laboratory(row: Round, officer: Actor) -> None:
    make_sample(RoundMember.objects.order_by("pk").first(), tube=make_tube(row))
    sampler = access_desk(officer, row.pk)
    box = boxes.start_box(sampler=sampler, code="BOX1", now=NOW)
    boxes.put_all(sampler=sampler, box=box, now=NOW)
    facts = {"sampler": sampler, "box": box, "now": NOW}
    boxes.pack_box(counted=1, **facts)
    (task,) = tasks_of("transport_box")
    assert (task.title, task.is_urgent, task.due_at - NOW) == ("BOX1", True, work.IN_TRANSIT)
    boxes.open_box(reason="少放一管", **facts)
    assert tasks_of("transport_box")[0].state == "ended"
    boxes.pack_box(counted=1, **facts)
    close_round(actor=officer, round=row, reason="收工", now=NOW + timedelta(minutes=5))
    assert tasks_of("transport_box")[0].state == "open"
    boxes.send_box(who="老王", **facts)
    (task,) = tasks_of("transport_box")
    assert (task.state, TaskEvent.objects.filter(task=task, reason="box_sent").count()) == (
        "done",
        1,
    )


def test_told_once_more_the_task_is_open_again(building: Place, officer: Actor) -> None:
    head = make_user(username="head")
    make_duty(Role.BUILDING_HEAD, head, place=building)
    row = make_round(officer)
    (task,) = tasks_of("call_building")
    do(actor=actor_of(head, NOW), task=task, now=NOW, key="k")
    later = NOW + timedelta(hours=1)
    parts = parts_of(officer, row)
    facts = {"actor": officer, "round": row, "parts": parts, "name": "全员核酸"}
    acts.tell_heads(ref=uuid4(), now=later, **facts)
    task.refresh_from_db()
    assert (task.state, task.done_by, task.post.holder) == ("open", None, head)
    work.follow(round=row, now=later)
    task.refresh_from_db()
    assert task.state == "open"  # the call from before does not answer it
    do(actor=actor_of(head, later), task=task, now=later, key="k2")
    assert set(RoundMember.objects.values_list("calls", flat=True)) == {2}


def test_a_group_shares_work_out_among_whoever_is_there(row: Round, officer: Actor) -> None:
    team = Team.objects.create(area_id=COMMUNITY, kind="sampling", name="采样组", starts_at=NOW)
    away, there = make_user(username="away"), make_user(username="there")
    for user in (away, there):
        make_duty(Role.TEAM_MEMBER, user, team=team)
    Absence.objects.create(
        user=away, reason="leave", source="hand", starts_at=NOW - timedelta(days=1), recorded_at=NOW
    )
    people = list(RoundMember.objects.values_list("pk", flat=True))
    set_at_door(actor=officer, round=row, members=people, at_door=True, now=NOW)
    assert {task.post.holder for task in tasks_of("door_sampling")} == {there}
