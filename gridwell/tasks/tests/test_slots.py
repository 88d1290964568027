"""What tasks show on the household's file."""

import pytest

from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.residents.tests.make import make_household, make_resident
from gridwell.tasks.slots import household_panels
from gridwell.tasks.tests.make import make_task

pytestmark = pytest.mark.django_db


def test_the_work_of_a_household_and_of_its_people_stands_on_its_file(officer: Actor) -> None:
    home, other = make_household(), make_household()
    person, stranger = make_resident(household=home), make_resident(household=other)
    wanted = {
        make_task(subject_kind="household", subject=home.pk).pk,
        make_task(subject_kind="resident", subject=person.pk).pk,
    }
    make_task(subject_kind="resident", subject=stranger.pk)
    make_task(subject_kind="building", subject=home.pk)
    (panel,) = household_panels(officer, [home.pk], clock.today())
    assert {row.line.task.pk for row in panel.rows} == wanted
