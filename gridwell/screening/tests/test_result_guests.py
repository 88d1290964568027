"""Rows that name a person by document number: guests are found by theirs, never by name or telephone."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.core.errors import RuleBroken
from gridwell.health.models import Result, Tube
from gridwell.orders.tests.make import NOW, make_building, make_district
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY
from gridwell.residents.actions.guests import give_number, register_guest
from gridwell.residents.models import Stay
from gridwell.screening.actions.corrections import name_guest
from gridwell.screening.actions.members import add_member
from gridwell.screening.actions.results import Sent, take_results
from gridwell.screening.models import ResultFault, Round
from gridwell.screening.rules.results import ResultLine, document_text
from gridwell.screening.tests.make import make_round, make_sample, make_tube
from gridwell.screening.tests.test_results import SENT

pytestmark = pytest.mark.django_db
ID, PASSPORT = "11010519491231002X", "E12345678"


@pytest.fixture
def round(officer: Actor) -> Round:
    make_district()
    make_building(rooms=("101", "102"))
    return make_round(officer)


def guest(officer: Actor, round: Round, name: str, document: str = "", code: str = "G1") -> Stay:
    """Return a guest whose sample is in a tube of its own."""
    stay = register_guest(
        actor=officer, place=Place.objects.filter(kind="dwelling").order_by("pk")[0], name=name,
        kind="visitor", starts_at=NOW, ends_at=None, ref=uuid4(), now=NOW, document=document,
    )  # fmt: skip
    member = add_member(actor=officer, round=round, reason="来访", now=NOW, stay=stay)
    make_sample(member, tube=make_tube(round, code=code))
    return stay


def by_number(officer: Actor, number: str, said: str = "阴性", now=SENT) -> list[ResultFault]:
    line = ResultLine(2, document=document_text(number), said=said, at=now)
    return take_results(actor=officer, sent=Sent(COMMUNITY, [line], "file"), now=now)[1]


@pytest.mark.parametrize("number", [ID, ID.lower(), PASSPORT, " e12345678 "])
def test_a_guest_is_found_by_id_or_passport(officer: Actor, round: Round, number: str) -> None:
    stay = guest(officer, round, "王访客", number.strip().upper())
    assert by_number(officer, number) == []
    assert Result.objects.get().guest == stay.ref


def test_a_number_that_nobody_has_is_said_and_settled_by_one_choice(
    officer: Actor, round: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    stay, other = guest(officer, round, "王访客"), guest(officer, round, "李访客", code="G2")
    (fault,) = by_number(officer, ID)
    assert fault.code == "unknown_person"
    monkeypatch.setattr(clock, "now", lambda: SENT + timedelta(minutes=1))
    client = Client()
    client.force_login(User.objects.get(pk=officer.user_id))
    url = reverse("lab_fault", args=[COMMUNITY, fault.pk])
    page = client.get(url)
    assert [row.name for row in page.context["guests"]] == ["王访客", "李访客"]
    assert ID not in page.text
    assert client.post(url, {"stay": "999999"}).status_code == 404
    assert client.post(url, {"stay": str(stay.pk)}).status_code == 302
    assert Result.objects.get().guest == stay.ref
    assert Stay.objects.get(ref=stay.ref, superseded_at=None).document == ID
    fault.refresh_from_db()
    assert (fault.settled_at is None, fault.settled_how) == (False, "matched")
    assert Tube.objects.get(code="G2").state == "closed"
    assert Stay.objects.get(ref=other.ref, superseded_at=None).document == ""


def test_the_number_entered_on_the_guests_page_finds_the_result(
    officer: Actor, round: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    stay = guest(officer, round, "王访客")
    by_number(officer, ID)
    monkeypatch.setattr(clock, "now", lambda: SENT + timedelta(minutes=1))
    client = Client()
    client.force_login(User.objects.get(pk=officer.user_id))
    url = reverse("guest_number", args=[COMMUNITY, stay.pk])
    assert client.post(url, {"document": "12345"}).status_code == 409
    assert client.post(url, {"document": ID}).status_code == 302
    assert Result.objects.get().guest == stay.ref
    now = Stay.objects.get(ref=stay.ref, superseded_at=None)
    assert client.get(reverse("guest_file", args=[COMMUNITY, now.pk])).status_code == 200
    with pytest.raises(RuleBroken, match="guest_has_number"):
        give_number(actor=officer, stay=now, document=PASSPORT, now=SENT)


def test_a_row_that_names_a_tube_is_no_guests(officer: Actor, round: Round) -> None:
    stay = guest(officer, round, "王访客")
    line = ResultLine(2, tube="NOBODYS1", said="阴性")
    _, (fault,) = take_results(actor=officer, sent=Sent(COMMUNITY, [line], "file"), now=SENT)
    with pytest.raises(RuleBroken, match="fault_names_nobody"):
        name_guest(actor=officer, fault=fault, stay=stay, now=SENT)
    assert Stay.objects.get(superseded_at=None).document == ""


def test_a_number_with_a_wrong_digit_is_nobodys(officer: Actor, round: Round) -> None:
    stay = guest(officer, round, "王访客")
    (fault,) = by_number(officer, "110105194912310021")
    with pytest.raises(RuleBroken, match="guest_document"):
        name_guest(actor=officer, fault=fault, stay=stay, now=SENT)
