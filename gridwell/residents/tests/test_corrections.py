"""What an entry said before it was changed stays, masked, with who changed it."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection

from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.places.tests.make import COMMUNITY
from gridwell.residents.actions import people
from gridwell.residents.actions.tenure import set_tenure
from gridwell.residents.models import Correction, Household, Label, LabelMark, Objection, Resident
from gridwell.residents.rules.identity import check_digit
from gridwell.residents.tests.make import SINCE, make_household, make_resident
from gridwell.residents.tests.pages import client_of, fill, url

NOW = clock.now()
OLD, NEW = (body + check_digit(body) for body in ("14010019800101001", "14010019800101003"))
pytestmark = pytest.mark.django_db


def corrected(officer: Actor, person: Resident, minutes: int, **values: object) -> tuple[str, ...]:
    person.refresh_from_db()
    said = {
        "name": person.name,
        "sex": person.sex,
        "birth_on": person.birth_on,
        "document": person.document,
        "document_kind": person.document_kind,
        "phones": tuple(person.phones.order_by("rank").values_list("number", flat=True)),
    }
    return people.correct_resident(
        actor=officer,
        resident=person,
        person=people.Person(**{**said, **values}),
        seen_at=person.changed_at,
        now=NOW + timedelta(minutes=minutes),
        reason="看过原件",
    )


def test_former_values_stay_with_who_when_and_why(officer: Actor) -> None:
    person = make_resident(name="王小名", phone="13912348876")
    corrected(officer, person, 1, name="王小明", phones=("13912340000",))
    corrected(officer, person, 2, name="王晓明", birth_on=date(1980, 1, 2))
    rows = Correction.objects.order_by("superseded_at", "field")
    assert [(row.field, row.former) for row in rows] == [
        ("name", "王小名"),
        ("phones", "13912348876"),
        ("birth_on", "1980-01-01"),
        ("name", "王小明"),
    ]
    names = [row for row in rows if row.field == "name"]
    assert [row.recorded_at for row in names] == [SINCE, NOW + timedelta(minutes=1)]
    assert {(row.made_by, row.reason, row.source) for row in rows} == {
        (officer.user_id, "看过原件", "desk")
    }
    assert corrected(officer, person, 3) == ()
    assert Correction.objects.count() == 4


def test_former_values_are_encrypted_at_rest(officer: Actor) -> None:
    corrected(officer, make_resident(name="王小名"), 1, name="王小明")
    with connection.cursor() as cursor:
        cursor.execute("SELECT former, reason FROM residents_correction")
        stored = cursor.fetchall()
    assert all("王小名" not in value and "原件" not in value for row in stored for value in row)


def test_the_tenure_of_many_keeps_what_each_was(officer: Actor) -> None:
    home = make_household(tenure="owned")
    for _time in range(2):
        set_tenure(
            actor=officer,
            community=COMMUNITY,
            household_ids=[home.pk],
            tenure="rented",
            now=NOW,
        )
    assert [(row.household_id, row.field, row.former) for row in Correction.objects.all()] == [
        (home.pk, "tenure", "owned")
    ]


def test_the_timeline_shows_them_masked_even_to_who_may_look(officer: Actor) -> None:
    home = fill(1)
    client = client_of(officer)
    person = Resident.objects.get(name__startswith="李")
    corrected(officer, person, 1, document=OLD, document_kind="id_card", name="李明")
    corrected(officer, person, 2, document=NEW, phones=())
    look = client.get(url("household_file", household=home.pk))
    assert look.status_code == 200
    texts = [(entry.text, entry.note) for entry in look.context["timeline"]]
    notes = " ".join(note for _text, note in texts)
    assert OLD not in notes
    assert "13912348876" not in notes
    assert OLD[-4:] in notes  # the end tells which number it was
    assert any(note.startswith(("更正前：", "before:")) for _text, note in texts)
    assert "看过原件" in notes


def keys(page: str) -> list[str]:
    return re.findall(r'name="client_ref" value="([0-9a-f-]{36})"', page)


def test_forms_that_make_something_make_one_when_sent_twice(officer: Actor) -> None:
    home = fill(1)
    client = client_of(officer)
    door = url("household_new", dwelling=home.dwelling_id)
    (key,) = keys(client.get(door).content.decode())
    sent = [client.post(door, {"tenure": "rented", "client_ref": key}) for _time in range(2)]
    assert sent[0].url == sent[1].url
    assert Household.objects.count() == 2
    page = url("objection_new", household=home.pk)
    (key,) = keys(client.get(page).content.decode())
    for _time in range(2):
        answer = client.post(page, {"about": "data", "words": "电话不对", "client_ref": key})
        assert answer.status_code == 302
    assert Objection.objects.count() == 1
    label = Label.objects.get(scheme__code="five_colours", code="red")
    until = (clock.today() + timedelta(days=20)).isoformat()
    given = {"label": label.pk, "reason": "家中变故", "until": until, "ends_on": until}
    page = url("mark_new", household=home.pk)
    for _time in range(2):
        assert client.post(page, given).status_code == 302
    assert LabelMark.objects.filter(is_manual=True).count() == 1


def test_a_key_of_another_community_opens_nothing_there(officer: Actor) -> None:
    home = fill(1)
    client = client_of(officer)
    door = url("household_new", dwelling=home.dwelling_id)
    assert client.post(door, {"tenure": "rented", "client_ref": "no key"}).status_code == 200
    assert Household.objects.count() == 1
