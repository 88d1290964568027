"""Three volunteers in one staircase: the unit and each door are made once, nobody is entered twice."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection

from gridwell.accounts.rules.actor import Actor
from gridwell.orders.tests.make import NOW, make_district
from gridwell.places.models import Place
from gridwell.places.tests.make import make_dwelling
from gridwell.residents.models import Household, Resident
from gridwell.screening.actions.census import count_door
from gridwell.screening.rules.census import read_people
from tests.support.at_once import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _postgres() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one write at a time")


def test_three_at_once_make_one_unit_and_one_door_each(officer: Actor) -> None:
    make_district()
    building = make_dwelling(room="101").building
    assert building is not None

    def count(room: str, people: str) -> Callable[[], str]:
        def call() -> str:
            counted = count_door(
                actor=officer,
                building=building,
                unit="5单元",
                room=room,
                people=read_people(people),
                ref=uuid4(),
                now=NOW,
            )
            return f"{counted.added} {len(counted.known)}"

        return call

    done = at_once(count("501", "赵一\n赵二"), count("502", "钱一"), count("501", "赵一\n赵三"))
    assert done == ["1 0", "1 1", "2 0"]
    assert Place.objects.filter(name__startswith="5", kind="unit").count() == 1
    assert Place.objects.filter(parent__name__startswith="5", kind="dwelling").count() == 2
    assert Household.objects.filter(dwelling__name__startswith="50").count() == 2
    assert Resident.objects.count() == 4
