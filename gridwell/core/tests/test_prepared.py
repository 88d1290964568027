"""Prepared statements give what the queries give that they stand for."""

import threading
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, connections, models, transaction
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from gridwell.accounts.models import Post, User
from gridwell.accounts.tests.make import LONG_AGO, make_post, make_user
from gridwell.core.models import Job
from gridwell.core.prepared import Prepared, PreparedIn, PreparedUpdate, insert

pytestmark = pytest.mark.django_db
SOON = LONG_AGO + timedelta(days=1)


@pytest.fixture
def people() -> list[User]:
    """Three people, each with a post."""
    made = [make_user(username=f"p{number}") for number in range(3)]
    for user in made:
        make_post(holder=user)
    return made


def _plain(row: models.Model) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def _held(user: object, now: object) -> "models.QuerySet[Post]":
    return (
        Post.objects.filter(Q(holder=user) & Q(starts_at__lte=now))
        .select_related("holder", "area")
        .order_by("pk")
    )


HELD = Prepared(_held, user=models.BigIntegerField(), now=models.DateTimeField())
NAMES = PreparedIn(
    lambda these, ended: (
        User.objects.filter(username__in=these, created_at__lt=ended)
        .order_by("pk")
        .values_list("pk", "username", "created_at")
    ),
    models.CharField(),
    most=2,
    ended=models.DateTimeField(),
)


def test_models_are_those_of_the_query(people: list[User]) -> None:
    for user in people:
        (found,) = HELD(user=user.pk, now=SOON)
        expected = _held(user.pk, SOON).get()
        assert _plain(found) == _plain(expected)
        with CaptureQueriesContext(connection) as asked:
            assert _plain(found.holder or user) == _plain(user)
            assert _plain(found.area) == _plain(expected.area)
        assert len(asked) == 0
        assert not found._state.adding
        found.title = "changed"
        found.save()
    assert HELD(user=people[0].pk, now=LONG_AGO - timedelta(seconds=1)) == []
    assert HELD.first(user=0, now=SOON) is None


def test_lists_of_a_foreign_key(people: list[User]) -> None:
    held = PreparedIn(
        lambda these: Post.objects.filter(holder__in=these).order_by("pk").values_list("holder"),
        models.BigIntegerField(),
    )
    for count in range(4):
        keys = [user.pk for user in people[:count]]
        assert [key for (key,) in held(keys)] == keys


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_lists_of_any_length(people: list[User], count: int) -> None:
    names = [user.username for user in people[:count]]
    expected = [(user.pk, user.username, LONG_AGO) for user in people[:count]]
    for _ in range(2):
        assert NAMES(names, ended=SOON) == expected
    assert NAMES(names, ended=LONG_AGO) == []


def test_the_same_value_twice_is_one(people: list[User]) -> None:
    assert len(NAMES(["p0", "p0"], ended=SOON)) == 1


def test_each_call_has_its_own_values_and_one_statement(people: list[User]) -> None:
    HELD(user=people[0].pk, now=SOON)
    with CaptureQueriesContext(connection) as asked:
        found = [HELD(user=user.pk, now=SOON)[0].holder_id for user in people]
    assert found == [user.pk for user in people]
    assert len(asked) == 3


@pytest.mark.django_db(transaction=True)
def test_each_thread_writes_it_for_its_own_connection() -> None:
    user = make_user(username="p0")
    make_post(holder=user)
    found: list[int | None] = []

    def ask() -> None:
        try:
            found.extend(post.holder_id for post in HELD(user=user.pk, now=SOON))
        finally:
            connections.close_all()

    crowd = [threading.Thread(target=ask) for _ in range(3)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert found == [user.pk] * 3


def _job(ref: UUID, **values: object) -> Job:
    return Job(ref=ref, kind="core.tidy", created_at=LONG_AGO, run_after=LONG_AGO, **values)


MOVE = PreparedUpdate(
    lambda ref, **changes: (Job.objects.filter(ref=ref), changes),
    ref=models.UUIDField(),
    state=models.CharField(),
    ended_at=models.DateTimeField(),
)


@pytest.mark.parametrize("ended_at", [SOON, None])
def test_an_update_touches_its_rows_and_counts_them(ended_at: datetime | None) -> None:
    mine, other = _job(uuid4()), _job(uuid4())
    mine.save()
    other.save()
    assert MOVE(ref=mine.ref, state="done", ended_at=ended_at) == 1
    assert MOVE(ref=uuid4(), state="done", ended_at=None) == 0
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.state, mine.ended_at) == ("done", ended_at)
    assert other.state == "queued"


def test_an_insert_is_what_save_would_write() -> None:
    values = {"subject": "村 a", "payload": {"ids": [1, 2]}, "community": None}
    saved, put = _job(uuid4(), **values), _job(uuid4(), **values)
    saved.save()
    assert insert(put) is put
    assert put.pk > saved.pk
    assert not put._state.adding
    rows = [_plain(Job.objects.get(pk=one.pk)) for one in (saved, put)]
    assert rows[0] | {"id": 0, "ref": 0} == rows[1] | {"id": 0, "ref": 0}
    assert rows[1]["ref"] == put.ref
    put.state = "done"
    put.save()
    assert Job.objects.get(pk=put.pk).state == "done"


def test_an_insert_that_is_refused_ends_its_block() -> None:
    ref = uuid4()
    insert(_job(ref))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(_job(ref))
    assert Job.objects.filter(ref=ref).count() == 1
    with transaction.atomic():
        with pytest.raises(IntegrityError):
            insert(_job(ref))
        with pytest.raises(transaction.TransactionManagementError):
            Job.objects.count()  # not before the block is over
        transaction.set_rollback(True)


def test_rows_that_are_neither_models_nor_tuples_are_refused() -> None:
    odd = Prepared(lambda pk: User.objects.filter(pk=pk).values("name"), pk=models.IntegerField())
    with pytest.raises(TypeError):
        odd(pk=1)
    annotated = Prepared(
        lambda pk: User.objects.filter(pk=pk).annotate(of=models.F("area_id")),
        pk=models.IntegerField(),
    )
    with pytest.raises(TypeError):
        annotated(pk=1)
