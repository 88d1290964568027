"""After a confirmed case: proposals by the protocol, each decided by a person; never from a pool."""

from datetime import timedelta

import pytest
from django.test import Client

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.command.actions.confirmed import isolate_contacts, record_case_of
from gridwell.command.queries.confirmed import contacts_of, zone_proposal
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.health.models import Case, Hold, Isolation
from gridwell.orders.tests.make import NOW, make_building, make_district, make_zone
from gridwell.places.tests.make import COMMUNITY
from gridwell.screening.actions.results import Sent, take_results
from gridwell.screening.models import RoundMember
from gridwell.screening.rules.results import ResultLine
from gridwell.screening.tests.make import make_round, make_sample, make_tube

LATER = NOW + timedelta(hours=3)


@pytest.fixture
def hold(officer: Actor, monkeypatch: pytest.MonkeyPatch) -> Hold:
    """A member of a positive pool whose own sample is positive."""
    monkeypatch.setattr(clock, "now", lambda: LATER)
    make_district()
    make_building(rooms=("101", "102", "201"))
    round = make_round(officer)
    tube = make_tube(round, code="T1")
    member = RoundMember.objects.filter(round=round).order_by("pk")[0]
    make_sample(member, tube=tube)
    lab(officer, "T1")
    make_sample(
        member,
        tube=make_tube(round, code="S1", purpose="single"),
        purpose="single",
        at=NOW + timedelta(hours=1),
    )
    return Hold.objects.get()


def lab(officer: Actor, tube: str, said: str = "阳性") -> None:
    sent = Sent(COMMUNITY, [ResultLine(2, tube=tube, said=said, at=LATER)], "file")
    take_results(actor=officer, sent=sent, now=LATER)


def confirmed(officer: Actor, hold: Hold) -> Hold:
    lab(officer, "S1")
    hold.refresh_from_db()
    return hold


def test_a_positive_pool_is_no_case(officer: Actor, hold: Hold) -> None:
    with pytest.raises(RuleBroken, match="not_confirmed"):
        record_case_of(actor=officer, hold=hold, kind="confirmed", now=LATER)
    assert not Case.objects.exists()


def test_the_case_is_recorded_once_and_restarts_nothing(officer: Actor, hold: Hold) -> None:
    confirmed(officer, hold)
    one = record_case_of(actor=officer, hold=hold, kind="confirmed", now=LATER)
    assert record_case_of(actor=officer, hold=hold, kind="confirmed", now=LATER) == one
    assert (one.resident_id, one.found_at) == (hold.resident_id, LATER)


def test_the_zone_is_proposed_as_narrow_as_the_protocol_says(officer: Actor, hold: Hold) -> None:
    found = zone_proposal(COMMUNITY, hold.dwelling, LATER)
    assert found.place is not None
    assert found.place.kind in {"unit", "building"}
    assert found.clause
    assert not found.running
    make_zone(officer, place=found.place)
    assert [z.level for z in zone_proposal(COMMUNITY, hold.dwelling, LATER).running] == ["high"]


def test_the_household_comes_first_and_neighbours_are_candidates(
    officer: Actor, hold: Hold
) -> None:
    found = contacts_of(COMMUNITY, hold.resident_id or 0, hold.dwelling, LATER)
    assert [c.near for c in found] == ["household", "floor", "floor", "unit", "unit"]
    assert hold.resident_id not in {c.resident for c in found}


def test_picked_contacts_are_isolated_by_the_protocol(
    officer: Actor, other_officer: Actor, hold: Hold
) -> None:
    case = record_case_of(actor=officer, hold=confirmed(officer, hold), kind="confirmed", now=LATER)
    near = contacts_of(COMMUNITY, hold.resident_id or 0, hold.dwelling, LATER)
    picked = [c.resident for c in near[:2]]

    def begin(**facts: object) -> int:
        wanted = {"residents": picked, "kind": "facility", "ordered_by": "疾控中心"} | facts
        return isolate_contacts(actor=officer, case=case, now=LATER, **wanted)

    with pytest.raises(RuleBroken, match="nobody_picked"):
        begin(residents=[])
    with pytest.raises(RuleBroken, match="order_missing"):
        begin(ordered_by=" ")
    with pytest.raises(RuleBroken, match="order_missing"):
        begin(kind="monitoring")
    with pytest.raises(NotVisible):
        begin(residents=[999_999])
    assert not Isolation.objects.exists()
    assert (begin(), begin()) == (2, 0)
    assert set(Isolation.objects.values_list("person_class", "ended_at")) == {
        ("close_contact", None)
    }
    assert all(row.clause and row.ends_at for row in Isolation.objects.all())


def test_the_page_proposes_and_each_step_is_a_decision(
    officer: Actor, other_officer: Actor, hold: Hold
) -> None:
    client = Client()
    client.force_login(User.objects.get(pk=officer.user_id))
    url = f"/{COMMUNITY}/orders/cases/held/{hold.pk}/"
    assert client.get(url).status_code == 404  # not confirmed
    confirmed(officer, hold)
    assert url in client.get(f"/{COMMUNITY}/holds/{hold.pk}/").content.decode()
    page = client.get(url)
    assert "?place=" in page.content.decode()
    near = page.context["contacts"][0][0].resident
    wanted = {"act": "contacts", "resident": near, "kind": "facility", "ordered_by": "疾控"}
    assert client.post(url, wanted).status_code == 200  # the case first
    assert client.post(url, {"act": "case", "kind": "odd"}).status_code == 200
    assert client.post(url, {"act": "case", "kind": "confirmed"}).status_code == 302
    assert client.post(url, wanted).status_code == 302
    assert Isolation.objects.get().resident_id == near
    place = zone_proposal(COMMUNITY, hold.dwelling, LATER).place
    assert place is not None
    filled = client.get(f"/{COMMUNITY}/orders/zones/new/?place={place.pk}")
    assert place.full_name in filled.content.decode()
    stranger = Client()
    stranger.force_login(User.objects.get(pk=other_officer.user_id))
    assert stranger.get(url).status_code == 404
