"""Modes, the roster and an import at the same moment: one is first, the others learn it."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from gridwell.accounts.models import PostDeputy
from gridwell.accounts.rules.actor import Actor
from gridwell.accounts.tests.make import make_actor, make_post, make_user
from gridwell.command.actions.modes import switch_mode
from gridwell.command.queries.modes import mode_effect
from gridwell.ledgers.actions import imports
from gridwell.ledgers.tests.make import NOW, id_number, line, make_import
from gridwell.notify.models import Message
from gridwell.orders.models import ModeChange
from gridwell.orders.queries.modes import mode_of
from gridwell.organisation.actions.roster import make_shift
from gridwell.organisation.models import Shift
from gridwell.places.tests.make import COMMUNITY
from gridwell.residents.models import Resident
from tests.support.at_once import at_once

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(autouse=True)
def _postgres() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one write at a time")


def switching(actor: Actor, mode: str, seen: str) -> Callable[[], str]:
    def switch() -> str:
        done = switch_mode(
            actor=actor, area=COMMUNITY, mode=mode, reason="case", seen=seen,
            client_ref=uuid4(), now=NOW,
        )  # fmt: skip
        return done.change.mode

    return switch


def test_of_two_changes_of_mode_the_second_is_told(officer: Actor) -> None:
    second = make_actor(username="second")
    seen = mode_effect(COMMUNITY, "alert", NOW).version
    found = at_once(switching(officer, "alert", seen), switching(second, "emergency", seen))
    assert found in (
        ["alert", "command.mode_changed_meanwhile"],
        ["command.mode_changed_meanwhile", "emergency"],
    )
    change = ModeChange.objects.get()
    assert mode_of(COMMUNITY, NOW) == change.mode
    told = Message.objects.filter(kind="command.mode_changed")
    assert told.count() == 2, "each of the two desks once"


def test_a_form_that_is_sent_twice_changes_the_mode_once(officer: Actor) -> None:
    seen, ref = mode_effect(COMMUNITY, "alert", NOW).version, uuid4()

    def switch() -> str:
        done = switch_mode(
            actor=officer, area=COMMUNITY, mode="alert", reason="case", seen=seen,
            client_ref=ref, now=NOW,
        )  # fmt: skip
        return str(done.is_new)

    assert at_once(switch, switch) == ["False", "True"]
    assert ModeChange.objects.count() == 1


def test_the_mode_changes_while_an_import_runs_and_nothing_is_lost(officer: Actor) -> None:
    people = [line(name=f"人{n}", room=f"{n}01", document=id_number(n)) for n in range(1, 30)]
    row = make_import(actor=officer, rows=people)

    def apply() -> str:
        return imports.apply_import(actor=officer, ledger_import=row, now=NOW).state

    seen = mode_effect(COMMUNITY, "emergency", NOW).version
    found = at_once(apply, switching(officer, "emergency", seen))
    assert found == ["done", "emergency"]
    assert Resident.objects.count() == len(people)
    assert mode_of(COMMUNITY, NOW) == "emergency"


def test_two_desks_do_not_book_one_person_twice(officer: Actor) -> None:
    user = make_user(username="night")
    posts = [make_post(holder=make_user(username=f"a{number}")) for number in range(2)]
    for post in posts:
        PostDeputy.objects.create(post=post, user=user)
    refs = [uuid4(), uuid4()]

    def book(number: int) -> Callable[[], str]:
        def run() -> str:
            make_shift(
                actor=officer,
                post=posts[number],
                user=user,
                starts_at=NOW + timedelta(hours=number),
                ends_at=NOW + timedelta(hours=number + 8),
                ref=refs[number],
                now=NOW,
            )
            return "booked"

        return run

    assert at_once(book(0), book(1)) == ["booked", "organisation.shift_overlaps"]
    assert Shift.objects.count() == 1
