"""Registering many at once writes the same as registering one by one would."""

from datetime import UTC, date, datetime

import pytest

from gridwell.accounts.rules.actor import Actor
from gridwell.audit.models import AuditEntry
from gridwell.places.tests.make import COMMUNITY, make_dwelling
from gridwell.residents.actions.bulk import NewHousehold, NewPerson, register_people
from gridwell.residents.models import Household, Membership, Phone, Resident, Trait

NOW = datetime(2022, 11, 20, 8, tzinfo=UTC)
ID_CARD = "140100198001010017"


def register(actor: Actor, dwelling: int, *, household: str | int = "h", **more: object) -> int:
    person = NewPerson(
        key="p",
        household=household,
        name="单小明",
        sex="male",
        birth_on=date(1980, 1, 1),
        document_kind="id_card",
        document=ID_CARD,
        phones=("14000000001", "14000000001", "03511234567"),
        relation="户主",
        is_head=True,
        traits={"illness": "stable"},
        remark={"暖心标": "粉"},
        **more,
    )
    households = [NewHousehold("h", dwelling, "rented")] if household == "h" else []
    done = register_people(
        actor=actor,
        community=COMMUNITY,
        households=households,
        people=[person],
        now=NOW,
        source="t",
    )
    return done.residents["p"]


@pytest.mark.django_db
def test_everything_is_written(officer: Actor) -> None:
    dwelling = make_dwelling()
    resident = Resident.objects.get(pk=register(officer, dwelling.pk))
    assert (resident.name, resident.initials) == ("单小明", "sxm")
    assert resident.document == ID_CARD
    assert Resident.objects.filter(community=COMMUNITY, document=ID_CARD).get() == resident
    assert resident.birth_on == date(1980, 1, 1)
    assert resident.registered_at == NOW
    membership = Membership.objects.get(resident=resident)
    assert (membership.is_head, membership.source, membership.starts_at) == (True, "t", NOW)
    assert membership.household.tenure == "rented"
    assert sorted(Phone.objects.values_list("number", "rank")) == [
        ("03511234567", 2),
        ("14000000001", 1),
    ]
    assert Trait.objects.get().value == "stable"
    entry = AuditEntry.objects.get(act="residents.registered")
    assert entry.facts["count"] == 1


@pytest.mark.django_db
def test_ids_go_on_for_rows_written_one_by_one(officer: Actor) -> None:
    dwelling = make_dwelling()
    register(officer, dwelling.pk)
    one = Household.objects.create(community_id=COMMUNITY, dwelling=dwelling, starts_at=NOW)
    two = Household.objects.create(community_id=COMMUNITY, dwelling=dwelling, starts_at=NOW)
    assert two.pk > one.pk


@pytest.mark.django_db
def test_a_second_head_of_a_household_is_an_ordinary_member(officer: Actor) -> None:
    dwelling = make_dwelling()
    register(officer, dwelling.pk)
    home = Household.objects.get()
    person = NewPerson(key="q", household=home.pk, name="李四", is_head=True)
    register_people(
        actor=officer, community=COMMUNITY, households=[], people=[person], now=NOW, source="t"
    )
    assert Membership.objects.filter(household=home, is_head=True).count() == 1
    assert Membership.objects.filter(household=home).count() == 2
