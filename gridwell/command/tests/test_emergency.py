"""Emergency looks: found by what is known in whole, told, logged, ended, and never more than a door."""

from datetime import timedelta

import pytest

from gridwell.accounts.rules.actor import Actor
from gridwell.audit.models import AuditEntry, AuditSubject
from gridwell.command.actions.emergency import end_access, look, open_access
from gridwell.command.models import EmergencyAccess
from gridwell.command.queries.emergency import (
    HOLDS,
    MOST_AN_HOUR,
    access_own,
    accesses_at,
    community_named,
    emergency_file,
)
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.notify.models import Message
from gridwell.orders.tests.make import NOW, make_district
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY, OTHER_COMMUNITY, make_area, make_dwelling
from gridwell.residents.models import Resident
from gridwell.residents.tests.make import make_household, make_resident

NUMBER = "110101199003074610"


@pytest.fixture(autouse=True)
def person(db: None) -> Resident:
    make_district()
    make_area(code=OTHER_COMMUNITY, name="下元社区")
    return make_resident(
        household=make_household(dwelling=make_dwelling()), document=NUMBER, phone="13800000000"
    )


def ask(actor: Actor, **more: object) -> EmergencyAccess:
    facts: dict = {"actor": actor, "reason": "老人晕倒送医", "number": NUMBER, "now": NOW}
    return open_access(**facts | more)


def test_by_a_whole_number_told_and_logged(
    other_officer: Actor, officer: Actor, person: Resident
) -> None:
    row = ask(other_officer)
    assert (row.community_id, row.ends_at, row.told) == (COMMUNITY, NOW + HOLDS, 1)
    [message] = Message.objects.all()
    assert (message.user_id, message.is_urgent) == (officer.user_id, True)
    assert person.name not in str(message.facts)
    file = look(actor=other_officer, access=row, now=NOW)
    assert [one.pk for one in file.residents] == [person.pk]
    row.refresh_from_db()
    assert row.looks == 1
    assert AuditSubject.objects.filter(
        community=COMMUNITY, subject_kind="residents.resident", subject=person.pk
    ).exists()
    assert ask(other_officer).pk == row.pk
    assert accesses_at(officer, COMMUNITY).count() == 1


def test_by_community_and_door(other_officer: Actor, person: Resident) -> None:
    door = Place.objects.get(pk=person.dwelling_id)
    row = ask(other_officer, number="", community="金桂苑", door=door.full_name)
    assert row.found_by == "door"
    assert row.household.dwelling_id == door.pk


@pytest.mark.parametrize(
    "asked",
    [
        {"number": NUMBER[-4:]},
        {"number": "110101199003079999"},
        {"number": "", "community": "金桂苑社区", "door": "99-9-9901"},
        {"number": "", "community": "没有的社区", "door": "1-1-101"},
        {"number": "", "community": "金", "door": "1-1-101"},
    ],
)
def test_what_is_not_whole_or_not_there_finds_nothing(other_officer: Actor, asked: dict) -> None:
    with pytest.raises(RuleBroken, match=r"command\.emergency_not_found"):
        ask(other_officer, **asked)
    assert not EmergencyAccess.objects.exists()
    assert AuditEntry.objects.filter(community=0, act="command.emergency_missed").count() == 1


def test_a_name_that_two_communities_share_is_not_guessed() -> None:
    make_area(code=140109008003, name="金桂园社区")
    make_area(code=140109008004, name="金桂园二社区")
    assert community_named("金桂园二社区").pk == 140109008004
    assert community_named("金桂园") is None


def test_guesses_are_few(other_officer: Actor) -> None:
    for number in range(MOST_AN_HOUR):
        with pytest.raises(RuleBroken, match=r"command\.emergency_not_found"):
            ask(other_officer, number=f"11010119900307{number:04d}")
    with pytest.raises(RuleBroken, match=r"command\.emergency_too_many"):
        ask(other_officer)
    assert ask(other_officer, now=NOW + timedelta(hours=1, seconds=1))


def test_it_ends_by_itself_and_by_hand(
    other_officer: Actor, officer: Actor, grid_worker: Actor
) -> None:
    row = ask(other_officer)
    with pytest.raises(RuleBroken, match=r"command\.emergency_over"):
        look(actor=other_officer, access=row, now=NOW + HOLDS)
    with pytest.raises(NotVisible):
        end_access(actor=grid_worker, access=row, now=NOW)
    end_access(actor=officer, access=row, now=NOW + timedelta(minutes=1))
    row.refresh_from_db()
    with pytest.raises(RuleBroken, match=r"command\.emergency_over"):
        emergency_file(row, NOW + timedelta(minutes=2))


def test_a_look_is_its_own_and_widens_nothing(
    other_officer: Actor, officer: Actor, grid_worker: Actor
) -> None:
    row = ask(other_officer)
    for somebody in (officer, grid_worker):
        with pytest.raises(NotVisible):
            access_own(somebody, row.ref)
        with pytest.raises(NotVisible):
            look(actor=somebody, access=row, now=NOW)
    assert not other_officer.covers(COMMUNITY)
    with pytest.raises(NotVisible):
        accesses_at(other_officer, COMMUNITY)


def test_without_reason_or_without_a_post(other_officer: Actor) -> None:
    with pytest.raises(RuleBroken, match=r"accounts\.reason_needed"):
        ask(other_officer, reason="急")
    with pytest.raises(NotVisible):
        ask(Actor(user_id=5, display_name="nobody"))
