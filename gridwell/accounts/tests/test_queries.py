"""Reads of accounts: set-based, in scope, and never more queries for more rows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridwell.accounts import queries
from gridwell.accounts.models import Absence, PostDeputy, User
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.tests.make import make_post, make_user
from gridwell.core.errors import NotVisible
from gridwell.places.tests.make import COMMUNITY, OTHER_COMMUNITY, make_area, make_grid

pytestmark = pytest.mark.django_db
NOW = datetime(2022, 11, 23, 12, tzinfo=UTC)


def absent(user: User) -> None:
    Absence.objects.create(
        user=user, reason="leave", source="desk", starts_at=NOW - timedelta(1), recorded_at=NOW
    )


def count(function: Any, *args: Any) -> int:
    with CaptureQueriesContext(
        connection,
    ) as context:
        function(*args)
    return len(context)


def test_an_actor_costs_few_queries(django_assert_num_queries: Any) -> None:
    user = make_user(username="a")
    make_post(holder=user)
    with django_assert_num_queries(2):
        queries.actor_of(user, NOW)
    for number in range(5):
        post = make_post(
            holder=make_user(username=f"h{number}"),
            role=Role.GRID_WORKER,
            grids=(make_grid(number=str(number)),),
        )
        PostDeputy.objects.create(post=post, user=user)
        absent(post.holder)
    with django_assert_num_queries(4):
        actor = queries.actor_of(user, NOW)
    assert len(actor.posts) == 6


def test_the_second_deputy_waits_for_the_first() -> None:
    holder, first, second = (make_user(username=name) for name in "abc")
    post = make_post(holder=holder)
    PostDeputy.objects.create(post=post, user=first, rank=1)
    PostDeputy.objects.create(post=post, user=second, rank=2)
    absent(holder)
    assert queries.actor_of(first, NOW).posts
    assert not queries.actor_of(second, NOW).posts
    absent(first)
    assert not queries.actor_of(first, NOW).posts
    assert queries.actor_of(second, NOW).posts
    absent(second)
    assert queries.line_of(post, NOW).acting is None


def test_a_post_before_its_start_and_after_its_end_gives_nothing() -> None:
    user = make_user(username="a")
    post = make_post(holder=user)
    post.starts_at, post.ends_at = NOW, NOW + timedelta(1)
    post.save()
    assert not queries.actor_of(user, NOW - timedelta(microseconds=1)).posts
    assert queries.actor_of(user, NOW).posts
    assert not queries.actor_of(user, NOW + timedelta(1)).posts


def test_users_are_those_of_the_own_desks(
    officer: Actor, other_officer: Actor, grid_worker: Actor, district_officer: Actor
) -> None:
    kept = make_user(username="kept")
    kept.area = make_area(code=COMMUNITY)
    kept.save()
    make_user(username="of nobody")
    names = [user.username for user in queries.users_of(officer)]
    assert names == ["grid_worker", "kept", "officer"]
    assert not queries.users_of(grid_worker)
    assert {user.username for user in queries.users_of(district_officer)} == {
        "grid_worker", "kept", "officer", "other_officer", "district",
    }  # fmt: skip
    assert queries.users_of(district_officer, OTHER_COMMUNITY).get().username == "other_officer"
    with pytest.raises(NotVisible):
        queries.access_user(officer, other_officer.user_id or 0)


def test_posts_are_those_of_the_own_range(
    officer: Actor, other_officer: Actor, district_officer: Actor
) -> None:
    theirs = other_officer.posts[0].id
    assert {post.pk for post in queries.posts_of(officer, NOW)} == {officer.posts[0].id}
    assert queries.posts_of(district_officer, NOW).count() == 3
    with pytest.raises(NotVisible):
        queries.access_post(officer, theirs)
    assert queries.access_post(district_officer, theirs)


def test_lines_cost_the_same_for_one_and_for_thirty(officer: Actor) -> None:
    def lines() -> int:
        return count(queries.lines_of, queries.posts_of(officer, NOW), NOW)

    few = lines()
    for number in range(30):
        post = make_post(
            holder=make_user(username=f"h{number}"),
            role=Role.GRID_WORKER,
            grids=(make_grid(number=str(number)),),
        )
        PostDeputy.objects.create(post=post, user=make_user(username=f"d{number}"))
    assert lines() == few


def test_who_is_in_charge_of_grids(officer: Actor, other_officer: Actor) -> None:
    one, two, empty = (make_grid(number=number) for number in "123")
    micro = make_grid(number="1-1", parent=one)
    special = make_grid(number="2-1", parent=two)
    holder, deputy = make_user(username="h", name="何"), make_user(username="d", name="董")
    post = make_post(holder=holder, role=Role.GRID_WORKER, grids=(one, two))
    PostDeputy.objects.create(post=post, user=deputy)
    make_post(holder=deputy, role=Role.GRID_WORKER, grids=(special,))
    absent(holder)
    ids = [grid.pk for grid in (one, two, empty, micro, special)]
    found = queries.posts_for_grids(officer, COMMUNITY, ids, NOW)
    assert list(found) == ids
    assert found[empty.pk] == []
    assert [c.holder for c in found[micro.pk]] == ["何"], "the grid's post counts below it"
    assert [c.holder for c in found[special.pk]] == ["董"], "its own post comes first"
    (charge,) = found[one.pk]
    assert (charge.acting, charge.is_deputy_acting, charge.deputies) == ("董", True, ("董",))
    assert queries.posts_for_grids(other_officer, COMMUNITY, ids, NOW) == {}


def test_who_is_in_charge_costs_the_same_for_one_and_for_thirty(officer: Actor) -> None:
    grids = [make_grid(number=str(number)) for number in range(30)]
    for number, grid in enumerate(grids):
        make_post(holder=make_user(username=f"h{number}"), role=Role.GRID_WORKER, grids=(grid,))
    ids = [grid.pk for grid in grids]
    assert count(queries.posts_for_grids, officer, COMMUNITY, ids[:1], NOW) == count(
        queries.posts_for_grids, officer, COMMUNITY, ids, NOW
    )


def test_posts_without_a_name(officer: Actor) -> None:
    make_post(holder=None)
    with_deputy = make_post(holder=None)
    PostDeputy.objects.create(post=with_deputy, user=make_user(username="d"))
    assert queries.without_name(queries.posts_of(officer, NOW)).count() == 1


def test_who_looked_is_said_by_name_in_three_queries(
    officer: Actor, django_assert_num_queries: Any
) -> None:
    from gridwell.audit.actions import record_look
    from gridwell.places.models import Area

    areas = [make_area(code=COMMUNITY), make_area(code=OTHER_COMMUNITY)]
    record_look(officer, COMMUNITY, areas, "核对名单", what="names")
    record_look(officer, COMMUNITY, areas[:1], "再核对")
    with django_assert_num_queries(3):
        looks = queries.looks_at_any(COMMUNITY, Area, [area.pk for area in areas])
    assert [(look.subject, look.name, look.reason, look.count) for look in looks] == [
        (COMMUNITY, "officer", "再核对", 1),
        (COMMUNITY, "officer", "核对名单", 2),
        (OTHER_COMMUNITY, "officer", "核对名单", 2),
    ]
    assert len(queries.looks_at(COMMUNITY, areas[1])) == 1


def test_entries_read_in_words(officer: Actor) -> None:
    from gridwell.accounts import actions

    user, _ = actions.create_user(
        actor=officer, username="li", name="李明", area=make_area(), now=NOW
    )
    post = make_post(holder=None)
    actions.change_holder(actor=officer, post=post, holder=user, seen=None, reason="上岗", now=NOW)
    actions.record_absence(
        actor=officer, user=user, reason="leave", starts_at=NOW + timedelta(hours=1), now=NOW
    )
    (row,) = queries.history_of(post, COMMUNITY)
    assert "李明" in row.facts, "people by name"
    assert post.title in row.subject
    absence = queries.history_of(user, COMMUNITY)[0]
    assert "2022-11-23 21:00" in absence.facts, "instants in local time"
    assert "请假" in absence.facts, "codes in words"
