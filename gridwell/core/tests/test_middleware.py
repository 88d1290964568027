"""A page whose act lost a race in the database is asked for again, and no other failure is hidden."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from gridwell.core.errors import RuleBroken
from gridwell.core.middleware import AGAIN, ErrorMiddleware


class Undone(Exception):
    """What the driver raises; only the code counts."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


def failure(sqlstate: str) -> OperationalError:
    error = OperationalError(sqlstate)
    error.__cause__ = Undone(sqlstate)
    return error


def asked(view: Callable[..., HttpResponse], **data: object) -> HttpRequest:
    request = RequestFactory().post("/x/", data)
    request.resolver_match = SimpleNamespace(func=view, args=(), kwargs={"n": 1}, view_name="x")
    return request


def middleware() -> ErrorMiddleware:
    return ErrorMiddleware(lambda request: HttpResponse())


@pytest.mark.parametrize("sqlstate", ["40P01", "40001"])
def test_the_second_time_it_goes_through_with_its_file_from_the_start(sqlstate: str) -> None:
    seen: list[bytes] = []

    def view(request: HttpRequest, n: int) -> HttpResponse:
        seen.append(request.FILES["file"].read())
        if len(seen) == 1:
            raise failure(sqlstate)
        return HttpResponse("done")

    request = asked(view, file=SimpleUploadedFile("a.csv", b"1,2"))
    request.FILES["file"].read()  # as the first time did
    answer = middleware().process_exception(request, failure(sqlstate))
    assert answer is not None
    assert answer.content == b"done"
    assert seen == [b"1,2", b"1,2"]


def test_a_refusal_the_second_time_is_an_answer(db: None) -> None:
    def view(request: HttpRequest, n: int) -> HttpResponse:
        raise RuleBroken("core.list_too_long", rows=1, most=0)

    answer = middleware().process_exception(asked(view), failure("40P01"))
    assert answer is not None
    assert answer.status_code == 409


def test_it_is_not_tried_for_ever_and_nothing_else_is_tried_again() -> None:
    calls: list[int] = []

    def view(request: HttpRequest, n: int) -> HttpResponse:
        calls.append(n)
        raise failure("40P01")

    assert middleware().process_exception(asked(view), failure("40P01")) is None
    assert len(calls) == AGAIN
    assert middleware().process_exception(asked(view), failure("57014")) is None
    assert middleware().process_exception(asked(view), ValueError("x")) is None
    assert len(calls) == AGAIN
