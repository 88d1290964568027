"""A delivery for many communities: taken portion by portion, broken off, sent again, never twice."""

from collections.abc import Sequence

import pytest
from django.test import Client
from django.urls import reverse

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.tests.make import make_actor
from gridwell.audit.models import AuditEntry
from gridwell.health.models import Hold, Result, Tube
from gridwell.orders.tests.make import make_building, make_district
from gridwell.places.tests.make import COMMUNITY, OTHER_COMMUNITY
from gridwell.screening.actions import applying, results
from gridwell.screening.actions.results import Sent, take_results, try_again
from gridwell.screening.models import Laboratory, ResultDelivery, ResultFault, Round
from gridwell.screening.queries.results import TubeKey
from gridwell.screening.rules.results import FaultCode
from gridwell.screening.tests.make import make_round
from gridwell.screening.tests.test_results import SENT, full_tube, lines

pytestmark = pytest.mark.django_db
DISTRICT = 140109000000


class PowerGone(Exception):
    """The machine stops in the middle."""


@pytest.fixture(autouse=True)
def _two(officer: Actor, other_officer: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lay two communities with a tube each, and portions of one tube."""
    make_district()
    for number, (actor, community) in enumerate(
        [(officer, COMMUNITY), (other_officer, OTHER_COMMUNITY)], 1
    ):
        make_building(community=community)
        full_tube(make_round(actor, community=community), f"T{number}")
    monkeypatch.setattr(applying, "PORTION", 1)


@pytest.fixture
def laboratory() -> Laboratory:
    return Laboratory.objects.create(area_id=DISTRICT, name="区检测基地", created_at=SENT)


def send(laboratory: Laboratory, *pairs: tuple[str, str]) -> tuple[ResultDelivery, list[str]]:
    sent = Sent(DISTRICT, lines(*pairs), "api", laboratory)
    delivery, faults = take_results(actor=Actor.system(DISTRICT), sent=sent, now=SENT)
    return delivery, [fault.code for fault in faults]


ROWS = (("T1", "阳性"), ("T2", "阴性"), ("T2", "阴性"), ("NONE", "阴性"), ("T1", "检测中"))


def break_at(monkeypatch: pytest.MonkeyPatch, call: int) -> None:
    """Let the power go while the portion with this number is taken."""
    real, calls = results.apply_told, []

    def once(**facts):
        calls.append(1)
        if len(calls) == call:
            raise PowerGone
        return real(**facts)

    monkeypatch.setattr(results, "apply_told", once)


def assert_all_taken() -> None:
    delivery = ResultDelivery.objects.get()
    assert (delivery.rows, delivery.taken, delivery.known) == (5, 2, 1)
    assert delivery.finished_at == SENT
    assert sorted(delivery.communities) == [COMMUNITY, OTHER_COMMUNITY]
    faults = ResultFault.objects.values_list("code", flat=True)
    assert sorted(faults) == ["no_result", "unknown_tube"]
    assert (Hold.objects.count(), Result.objects.count()) == (4, 4)
    assert AuditEntry.objects.filter(act="screening.results_taken").count() == 1


def test_every_portion_is_taken_once(laboratory: Laboratory) -> None:
    first, told = send(laboratory, *ROWS)
    assert_all_taken()
    again, told_again = send(laboratory, *ROWS)
    assert (first, told) == (again, told_again)
    assert_all_taken()


@pytest.mark.parametrize("broken", [1, 2])
def test_what_broke_off_goes_on_when_it_is_sent_again(
    laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch, broken: int
) -> None:
    with monkeypatch.context() as power:
        break_at(power, broken)
        with pytest.raises(PowerGone):
            send(laboratory, *ROWS)
    delivery = ResultDelivery.objects.get()
    assert (delivery.finished_at, len(delivery.communities)) == (None, broken - 1)
    waiting = Tube.objects.filter(state="closed").count()
    assert waiting == 2 - len(delivery.communities), "of the rest nothing is written"
    send(laboratory, *ROWS)
    assert_all_taken()


def test_a_row_whose_tube_a_desk_sends_meanwhile_is_not_forgotten(
    laboratory: Laboratory, officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its community is done when the delivery breaks off, and the row speaks of a tube only then."""
    rows = (("T1", "阴性"), ("T2", "阴性"), ("T3", "阳性"))
    with monkeypatch.context() as power:
        break_at(power, 2)
        with pytest.raises(PowerGone):
            send(laboratory, *rows)
    own = Round.objects.get(community=COMMUNITY)
    full_tube(own, "T3", people=2, skip=4)
    _, told = send(laboratory, *rows)
    assert told == ["unknown_tube"]
    assert try_again(area=DISTRICT, now=SENT) == 1
    assert Tube.objects.get(code="T3").state == "positive"
    assert Hold.objects.count() == 2


def test_a_row_whose_tube_is_gone_meanwhile_is_not_forgotten(
    laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as power:
        break_at(power, 2)
        with pytest.raises(PowerGone):
            send(laboratory, *ROWS)
    Tube.objects.filter(code="T2").update(code="T2X")
    _, told = send(laboratory, *ROWS)
    assert sorted(told) == ["no_result", "unknown_tube", "unknown_tube", "unknown_tube"]


def test_a_delivery_for_one_community_is_one_transaction(
    laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_at(monkeypatch, 1)
    with pytest.raises(PowerGone):
        send(laboratory, ("T1", "阳性"), ("NONE", "阴性"))
    assert not ResultDelivery.objects.exists()


def test_the_list_names_what_broke_off(
    laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    chief = make_actor(username="chief", role=Role.DISTRICT_OFFICER, area=DISTRICT)
    client.force_login(User.objects.get(pk=chief.user_id))
    page = reverse("lab_results", kwargs={"area": DISTRICT})
    with monkeypatch.context() as power:
        break_at(power, 2)
        with pytest.raises(PowerGone):
            send(laboratory, *ROWS)
    assert "未收完" in client.get(page).content.decode()
    send(laboratory, *ROWS)
    assert "未收完" not in client.get(page).content.decode()


def test_rows_of_two_communities_are_tried_again(laboratory: Laboratory) -> None:
    Tube.objects.update(state="open")
    delivery, told = send(laboratory, ("T1", "阴性"), ("T2", "阴性"), ("NONE", "阴性"))
    assert told == ["not_closed", "not_closed", "unknown_tube"]
    Tube.objects.update(state="closed")
    assert try_again(area=DISTRICT, now=SENT) == 2
    delivery.refresh_from_db()
    assert (delivery.taken, Result.objects.count()) == (2, 8)
    assert ResultFault.objects.get(settled_at=None).code == "unknown_tube"


def test_a_row_is_named_anew_when_it_waits_for_another_reason(laboratory: Laboratory) -> None:
    Tube.objects.filter(code="T1").update(state="open")
    send(laboratory, ("T1", "阴性"))
    Tube.objects.filter(code="T1").update(code="GONE")
    assert try_again(area=DISTRICT, now=SENT) == 0
    fault = ResultFault.objects.get()
    assert (fault.code, fault.community_id, fault.tube_id) == ("unknown_tube", None, None)


@pytest.mark.parametrize(
    ("tubes", "found"),
    [
        ([], []),
        ([1], [{1}]),
        ([1, 2, 1, 3], [{1, 2}, {3}]),
        ([2, 2, 2, 2, 1, 3], [{1}, {2}, {3}]),
    ],
)
def test_portions_are_whole_communities(
    monkeypatch: pytest.MonkeyPatch, tubes: Sequence[int], found: list[set[int]]
) -> None:
    monkeypatch.setattr(applying, "PORTION", 3)
    keys = [TubeKey(n, code) for n, code in enumerate(tubes)]
    assert applying.portions([*keys, FaultCode.UNKNOWN_TUBE]) == found
