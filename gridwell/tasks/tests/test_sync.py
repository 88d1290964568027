"""The plan's work becomes tasks: twice is once, it ends with its basis, and follows who was merged."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.tests.make import make_post, make_user
from gridwell.audit.models import AuditEntry
from gridwell.places.tests.make import COMMUNITY, make_area, make_dwelling, make_grid
from gridwell.plan.rules.plan import DutyCode, OrderKind, Priority, SubjectKind
from gridwell.residents.models import Household
from gridwell.residents.tests.make import make_household
from gridwell.tasks import actions
from gridwell.tasks.models import Task, TaskEvent
from gridwell.tasks.tests.make import (
    DAY,
    NOW,
    make_basis,
    make_duty,
    make_plan,
    make_work,
    make_zone,
)

pytestmark = pytest.mark.django_db


def sync(*work: object, now: object = NOW, **more: object) -> actions.Synced:
    more.setdefault("zones", (make_zone(),))
    plan = make_plan(*work, **more)
    return actions.sync_plan(community=COMMUNITY, plan=plan, now=now)


def homes(count: int = 2) -> list[Household]:
    grid = make_grid()
    return [
        make_household(dwelling=make_dwelling(room=f"{n}01", grid=grid))
        for n in range(1, count + 1)
    ]


def test_work_becomes_tasks_of_whoever_is_in_charge() -> None:
    first, second = homes()
    post = make_post(holder=make_user(username="w"), role=Role.GRID_WORKER, grids=(make_grid(),))
    priorities = (Priority(first.pk, 10, ("lives_alone",)),)
    done = sync(make_work(first.pk, second.pk), priorities=priorities)
    assert done.created == 2
    task = Task.objects.get(subject=first.pk)
    assert (task.post, task.rank, task.grid) == (post, 10, make_grid())
    assert (task.basis, task.slot, task.state) == ("zone:1:1", "2022-11-23", "open")
    assert task.place == first.dwelling
    assert task.building == first.dwelling.building
    assert task.facts["notice"] == "第1号通告"
    assert Task.objects.get(subject=second.pk).rank == 100


def test_a_second_run_changes_nothing_and_writes_nothing() -> None:
    households = homes(3)
    work = make_work(*(home.pk for home in households))
    sync(work)
    entries = AuditEntry.objects.count()
    assert sync(work).is_nothing
    assert Task.objects.count() == 3
    assert AuditEntry.objects.count() == entries


def test_as_many_queries_for_many_households_as_for_few() -> None:
    def queries(count: int) -> int:
        Task.objects.all().delete()
        work = make_work(*(home.pk for home in homes(count)))
        with CaptureQueriesContext(connection) as seen:
            sync(work)
        return len(seen)

    assert queries(2) >= queries(30)


def test_a_lifted_zone_ends_its_tasks_those_in_hand_too_and_says_why() -> None:
    first, second = homes()
    work = make_work(first.pk, second.pk)
    sync(work)
    Task.objects.filter(subject=first.pk).update(state="taken")
    assert sync(zones=(), now=NOW + timedelta(hours=1)).ended == 2
    assert set(Task.objects.values_list("state", "end_reason")) == {("ended", "basis_ended")}
    assert TaskEvent.objects.filter(act="end", reason="basis_ended").count() == 2


def test_work_whose_window_is_over_counts_as_ended_the_same_day() -> None:
    (first,) = homes(1)
    sync(make_work(first.pk))
    lifted = make_work(first.pk, until_at=NOW)
    assert sync(lifted, now=NOW + timedelta(minutes=1)).ended == 1
    assert Task.objects.get().end_reason == "basis_ended"


def test_a_household_that_is_not_concerned_any_more_is_told_apart() -> None:
    first, second = homes()
    sync(make_work(first.pk, second.pk))
    sync(make_work(second.pk), now=NOW + timedelta(hours=1))
    assert Task.objects.get(subject=first.pk).end_reason == "not_concerned"
    assert Task.objects.get(subject=second.pk).state == "open"


def test_what_is_done_stays_done() -> None:
    (first,) = homes(1)
    sync(make_work(first.pk))
    Task.objects.update(state="done")
    sync(zones=())
    assert Task.objects.get().state == "done"


def test_what_comes_back_is_the_same_task_a_zone_drawn_anew_another() -> None:
    (first,) = homes(1)
    sync(make_work(first.pk))
    sync(zones=())
    assert sync(make_work(first.pk)).revived == 1
    assert Task.objects.get().state == "open"
    sync(make_work(first.pk, basis=make_basis(order=2)), zones=(make_zone(order=2),))
    assert set(Task.objects.values_list("basis", "state")) == {
        ("zone:1:1", "ended"),
        ("zone:2:1", "open"),
    }


def test_what_was_ended_by_hand_does_not_come_back() -> None:
    (first,) = homes(1)
    sync(make_work(first.pk))
    Task.objects.update(state="ended", end_reason="not_needed")
    assert sync(make_work(first.pk)).is_nothing


def test_daily_work_that_was_not_done_is_missed_the_next_day() -> None:
    (first,) = homes(1)
    sync(make_work(first.pk))
    tomorrow = NOW + timedelta(days=1)
    done = sync(make_work(first.pk), day=DAY + timedelta(days=1), now=tomorrow)
    assert (done.created, done.ended) == (1, 1)
    assert Task.objects.get(slot="2022-11-23").end_reason == "missed"
    assert Task.objects.get(slot="2022-11-24").state == "open"


def paper(building: int, act: str, change: int) -> object:
    return make_work(
        building,
        code="notice_on_door",
        subject_kind=SubjectKind.BUILDING,
        basis=make_basis(change=change),
        slot="once",
        facts=(("act", act),),
    )


def test_a_paper_is_owed_until_its_order_ends_and_the_paper_of_the_end_after_it() -> None:
    (first,) = homes(1)
    building = first.dwelling.building_id
    sync(paper(building, "designate", 1))
    tomorrow = {"day": DAY + timedelta(days=1), "now": NOW + timedelta(days=1)}
    assert sync(**tomorrow).is_nothing, "not named again the next day, and still owed"
    sync(paper(building, "lift", 2), zones=(make_zone(level=None, until_at=NOW),), **tomorrow)
    assert dict(Task.objects.values_list("basis", "state")) == {
        "zone:1:1": "ended",
        "zone:1:2": "open",
    }
    sync(zones=(), day=DAY + timedelta(days=2), now=NOW + timedelta(days=2))
    assert Task.objects.get(basis="zone:1:2").state == "open"
    sync(day=DAY + timedelta(days=2), now=NOW + timedelta(days=2))
    assert Task.objects.get(basis="zone:1:2").end_reason == "basis_ended", "the lifting was undone"


def test_a_release_sheet_is_owed_after_the_isolation_and_not_while_it_lasts() -> None:
    from gridwell.residents.tests.make import make_resident

    person = make_resident()
    basis = make_basis(order=7, change=0, kind=OrderKind.ISOLATION)
    work = make_work(
        person.pk,
        code="release_notice",
        subject_kind=SubjectKind.RESIDENT,
        basis=basis,
        slot="once",
    )
    sync(work, duties=(make_duty(person.pk, basis=basis),))
    assert Task.objects.get().basis == "isolation:7:0"
    assert sync().is_nothing
    assert sync(duties=(make_duty(person.pk, basis=basis),)).ended == 1, "it was prolonged"


def test_tasks_of_a_merged_household_follow_the_survivor() -> None:
    gone, kept = homes()
    sync(make_work(gone.pk))
    Task.objects.update(state="done")
    Household.objects.filter(pk=gone.pk).update(merged_into=kept)
    assert sync(make_work(kept.pk)).followed == 1
    task = Task.objects.get()
    assert (task.subject, task.state, task.place_id) == (kept.pk, "done", kept.dwelling_id)


def test_two_tasks_of_merged_households_become_one() -> None:
    gone, kept = homes()
    sync(make_work(gone.pk, kept.pk))
    Household.objects.filter(pk=gone.pk).update(merged_into=kept)
    sync(make_work(kept.pk))
    assert Task.objects.get(subject=gone.pk).end_reason == "merged"
    assert Task.objects.get(subject=kept.pk).state == "open"


def test_without_anybody_in_charge_there_is_no_name_until_somebody_comes() -> None:
    (first,) = homes(1)
    sync(make_work(first.pk))
    assert Task.objects.get().post is None
    post = make_post(holder=make_user(username="officer"))
    sync(make_work(first.pk), now=NOW + timedelta(hours=1))
    assert Task.objects.get().post == post
    assert TaskEvent.objects.get(act="move").facts == {"from": None, "to": post.pk}


def test_a_building_head_gets_the_work_of_the_building_others_fall_to_the_desk() -> None:
    (first,) = homes(1)
    building = first.dwelling.building
    desk = make_post(holder=make_user(username="officer"))
    sync(paper(building.pk, "designate", 1), make_work(first.pk))
    assert set(Task.objects.values_list("post", flat=True)) == {desk.pk}
    head = make_post(holder=make_user(username="head"), role=Role.BUILDING_HEAD)
    head.place = building
    head.save()
    Task.objects.all().delete()
    sync(paper(building.pk, "designate", 1), make_work(first.pk))
    assert Task.objects.get(kind="notice_on_door").post == head
    assert Task.objects.get(kind="door_service").post == desk


def test_a_post_that_ended_gives_its_tasks_to_its_successor() -> None:
    (first,) = homes(1)
    old = make_post(holder=make_user(username="a"), role=Role.GRID_WORKER, grids=(make_grid(),))
    sync(make_work(first.pk))
    Task.objects.update(state="taken", taken_by=old.holder)
    old.ends_at = NOW
    old.save()
    new = make_post(holder=make_user(username="b"), role=Role.GRID_WORKER, grids=(make_grid(),))
    assert actions.rehome(community=COMMUNITY, now=NOW + timedelta(minutes=1)) == 1
    task = Task.objects.get()
    assert (task.post, task.state, task.taken_by) == (new, "open", None)


def test_a_named_post_comes_before_an_empty_chair() -> None:
    (first,) = homes(1)
    empty = make_post(holder=None, role=Role.GRID_WORKER, grids=(make_grid(),))
    sync(make_work(first.pk))
    assert Task.objects.get().post == empty, "nobody else is there"
    Task.objects.all().delete()
    desk = make_post(holder=make_user(username="officer"))
    sync(make_work(first.pk))
    assert Task.objects.get().post == desk


def test_the_run_leaves_one_audit_entry(officer: Actor) -> None:
    make_area()
    sync(make_work(homes(1)[0].pk))
    entry = AuditEntry.objects.get(act="tasks.synced")
    assert (entry.facts["created"], entry.user) == (1, None)


def test_ending_for_a_basis_takes_what_lies_below_it_and_nothing_else() -> None:
    first, second = homes()
    sync(
        make_work(first.pk),
        make_work(second.pk, basis=make_basis(order=12)),
        zones=(make_zone(), make_zone(order=12)),
    )
    ended = actions.end_for_basis(
        community=COMMUNITY, basis="zone:1", reason="basis_ended", now=NOW
    )
    assert ended == 1
    assert Task.objects.get(subject=second.pk).state == "open"
    assert not actions.end_for_basis(
        community=COMMUNITY, basis="zone:1", reason="basis_ended", now=NOW
    )


def test_sampling_at_a_door_closes_when_everybody_due_there_was_sampled() -> None:
    from gridwell.health.models import Result
    from gridwell.residents.tests.make import make_resident

    first, second = homes()
    people = [make_resident(household=home, name=n) for home in (first, second) for n in "甲乙"]
    work = make_work(first.pk, second.pk, code="door_sampling")
    duty = make_duty(*(p.pk for p in people), basis=make_basis(), code=DutyCode.BE_SAMPLED)
    sync(work, duties=(duty,))
    for person in people[:3]:
        Result.objects.create(
            community_id=COMMUNITY, resident=person, sampled_at=NOW, outcome="negative",
            recorded_at=NOW,
        )  # fmt: skip
    done = sync(work, duties=(duty,), now=NOW + timedelta(hours=1))
    assert done.sampled == 1
    assert Task.objects.get(state="done").subject == first.pk
    assert Task.objects.get(state="open").subject == second.pk, "one of them is missing"
    event = TaskEvent.objects.get(act="do")
    assert (event.user, event.reason) == (None, "sampled")


def test_a_visit_that_a_round_opened_again_is_not_closed_by_a_sample_of_another() -> None:
    from gridwell.health.models import Result
    from gridwell.residents.tests.make import make_resident
    from gridwell.tasks.actions.bulk import reopen_many

    first, second = homes()
    people = [make_resident(household=home, name="甲") for home in (first, second)]
    work = make_work(first.pk, second.pk, code="door_sampling")
    duty = make_duty(*(p.pk for p in people), basis=make_basis(), code=DutyCode.BE_SAMPLED)
    sync(work, duties=(duty,))
    for person in people:
        Result.objects.create(
            community_id=COMMUNITY, resident=person, sampled_at=NOW, outcome="negative",
            recorded_at=NOW,
        )  # fmt: skip
    later = NOW + timedelta(hours=1)
    assert sync(work, duties=(duty,), now=later).sampled == 2
    asked = Task.objects.get(subject=first.pk)
    reopen_many(community=COMMUNITY, tasks=[asked.pk], reason="missing_again", now=later)
    assert sync(work, duties=(duty,), now=later + timedelta(hours=1)).sampled == 0
    asked.refresh_from_db()
    assert asked.state == "open"
