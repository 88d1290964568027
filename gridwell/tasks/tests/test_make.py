"""Tasks made by people and by templates, and many given to one post."""

from datetime import date, timedelta

import pytest

from gridwell.accounts.models import Post
from gridwell.accounts.queries import actor_of
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.tests.make import make_actor, make_post, make_user
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.orders.actions.modes import change_mode
from gridwell.places.tests.make import COMMUNITY, OTHER_COMMUNITY, make_dwelling, make_grid
from gridwell.residents.models import Household
from gridwell.residents.tests.make import make_household
from gridwell.tasks import actions
from gridwell.tasks.models import Task, TaskEvent, TaskTemplate
from gridwell.tasks.tests.make import DAY, NOW, make_task

pytestmark = pytest.mark.django_db


def create(actor: Actor, **values: object) -> Task:
    given = {"kind": "free", "title": "看一下配电箱", "community": COMMUNITY, "now": NOW}
    return actions.create(actor=actor, **(given | values))


def test_a_free_task_lands_with_whoever_is_in_charge(officer: Actor) -> None:
    task = create(officer)
    assert (task.post_id, task.origin, task.state) == (officer.posts[0].id, "person", "open")
    assert task.due_at == NOW + timedelta(days=3)
    assert TaskEvent.objects.get().act == "create"


def test_the_same_key_makes_one_task(officer: Actor) -> None:
    assert create(officer, key="k1").pk == create(officer, key="k1").pk
    assert create(officer, key="k2").pk != create(officer, key="k1").pk
    assert Task.objects.count() == 2


def test_a_task_for_a_merged_household_is_made_for_the_survivor(officer: Actor) -> None:
    gone = make_household(dwelling=make_dwelling(room="101"))
    kept = make_household(dwelling=make_dwelling(room="201"))
    Household.objects.filter(pk=gone.pk).update(merged_into=kept)
    task = create(officer, kind="household_update", subject_kind="household", subject=gone.pk)
    assert (task.subject, task.place) == (kept.pk, kept.dwelling)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"title": " "}, "tasks.words_needed"),
        ({"kind": "dancing"}, "tasks.unknown_kind"),
        ({"kind": "household_update", "subject_kind": "building"}, "tasks.wrong_subject"),
        ({"subject_kind": "planet", "subject": 1}, "tasks.wrong_subject"),
        ({"subject_kind": "household", "subject": 987654}, "tasks.unknown_subject"),
        ({"due_at": NOW}, "tasks.due_in_the_past"),
    ],
)
def test_what_makes_no_sense_is_refused(
    officer: Actor, values: dict[str, object], code: str
) -> None:
    with pytest.raises(RuleBroken) as refusal:
        create(officer, **values)
    assert refusal.value.code == code


def test_a_household_of_another_community_is_not_found(officer: Actor) -> None:
    other = make_household(dwelling=make_dwelling(community=OTHER_COMMUNITY))
    with pytest.raises(RuleBroken, match=r"tasks\.unknown_subject"):
        create(officer, kind="household_update", subject_kind="household", subject=other.pk)


def test_a_grid_worker_makes_tasks_in_own_grids_only(
    grid_worker: Actor, other_officer: Actor
) -> None:
    mine = make_household(dwelling=make_dwelling(room="101", grid=make_grid(number="1")))
    other = make_household(
        dwelling=make_dwelling(building="2号楼", room="101", grid=make_grid(number="2"))
    )
    values = {"kind": "household_update", "subject_kind": "household"}
    assert create(grid_worker, subject=mine.pk, **values).post_id == grid_worker.posts[0].id
    with pytest.raises(NotVisible):
        create(grid_worker, subject=other.pk, **values)
    with pytest.raises(NotVisible):
        create(other_officer)


def test_a_building_head_makes_none(officer: Actor) -> None:
    head = make_user(username="head")
    make_post(holder=head, role=Role.BUILDING_HEAD)
    with pytest.raises(NotVisible):
        create(actor_of(head, NOW))


def test_many_are_given_to_one_post_and_closed_ones_left(officer: Actor) -> None:
    to = make_post(holder=make_user(username="w"), role=Role.GRID_WORKER, grids=(make_grid(),))
    rows = [make_task(), make_task(state="taken"), make_task(state="done"), make_task(post=to)]
    ids = [row.pk for row in rows]
    values = {"community": COMMUNITY, "tasks": ids, "post": to, "now": NOW, "key": "k"}
    assert actions.assign_many(actor=officer, **values) == 2
    assert Task.objects.filter(post=to, state="open").count() == 3
    assert actions.assign_many(actor=officer, **values) == 0
    assert TaskEvent.objects.filter(act="assign").count() == 2


def test_what_one_may_not_see_one_may_not_give_away(
    officer: Actor, grid_worker: Actor, other_officer: Actor
) -> None:
    task = make_task()
    elsewhere = make_task(community=OTHER_COMMUNITY)
    to = Post.objects.get(pk=officer.posts[0].id)

    def assign(actor: Actor, *ids: int) -> int:
        return actions.assign_many(actor=actor, community=COMMUNITY, tasks=ids, post=to, now=NOW)

    with pytest.raises(RuleBroken, match=r"tasks\.no_tasks"):
        assign(officer)
    with pytest.raises(NotVisible):
        assign(officer, task.pk, elsewhere.pk)
    with pytest.raises(RuleBroken, match=r"tasks\.not_yours"):
        assign(grid_worker, task.pk)
    with pytest.raises(NotVisible):
        assign(other_officer, task.pk)
    assert not Task.objects.filter(post=to).exists()


def template(actor: Actor, **values: object) -> TaskTemplate:
    given = {"kind": "patrol", "community": COMMUNITY, "now": NOW}
    return actions.save_template(actor=actor, **(given | values))


def run(day: date = DAY) -> int:
    return actions.run_templates(
        community=COMMUNITY, day=day, now=NOW + timedelta(days=(day - DAY).days)
    )


def test_a_template_makes_its_tasks_once_a_day(officer: Actor) -> None:
    for number in ("1", "2"):
        make_grid(number=number)
    template(officer, spread="grid", hour=17)
    assert (run(), run(), run(DAY + timedelta(days=1))) == (2, 0, 2)
    task = Task.objects.filter(slot=DAY.isoformat()).first()
    assert task is not None
    assert (task.subject_kind, task.origin, task.due_at.hour) == ("grid", "template", 9)
    assert task.grid_id == task.subject


def test_a_weekly_one_runs_on_its_days_and_one_of_a_mode_in_it(officer: Actor) -> None:
    template(officer, rhythm="weekly", weekdays=[DAY.weekday()])
    template(officer, title="夜巡", modes=["emergency"])
    assert run() == 1
    assert run(DAY + timedelta(days=1)) == 0
    change_mode(actor=officer, area=COMMUNITY, mode="emergency", reason="case", now=NOW)
    assert run() == 1


def test_an_ended_template_makes_nothing_more(officer: Actor, other_officer: Actor) -> None:
    row = template(officer)
    with pytest.raises(NotVisible):
        actions.end_template(actor=other_officer, template=row, now=NOW)
    actions.end_template(actor=officer, template=row, now=NOW)
    with pytest.raises(RuleBroken, match=r"tasks\.template_ended"):
        actions.end_template(actor=officer, template=row, now=NOW)
    assert run() == 0


@pytest.mark.parametrize(
    "values",
    [
        {"rhythm": "weekly"},
        {"rhythm": "hourly"},
        {"weekdays": [7]},
        {"hour": 25},
        {"spread": "planet"},
        {"modes": ["war"]},
    ],
)
def test_a_template_that_is_not_complete_is_refused(
    officer: Actor, values: dict[str, object]
) -> None:
    with pytest.raises(RuleBroken, match=r"tasks\.template_wrong"):
        template(officer, **values)


def test_a_grid_worker_keeps_no_templates(grid_worker: Actor) -> None:
    with pytest.raises(RuleBroken, match=r"tasks\.not_yours"):
        template(grid_worker)
    assert make_actor(username="officer2").posts
