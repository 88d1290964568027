"""Key people: how often the protocol asks each kind of post, whose turn it is, and what the page says."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.orders.models import RoundOrder
from gridwell.orders.rules.rounds import Excess
from gridwell.orders.tests.make import NOW, TODAY, make_building, make_district
from gridwell.places.tests.make import COMMUNITY
from gridwell.plan.actions import up_to_date
from gridwell.plan.queries.turns import key_turns
from gridwell.plan.rules.turns import key_turn
from gridwell.protocols.rules.model import Frequency
from gridwell.residents.models import Resident, Trait
from gridwell.screening.models import RoundMember
from gridwell.screening.queries.proposals import excess_of
from gridwell.screening.tests.make import make_round, make_sample

DAILY = Frequency(("risk_post:port",), 1, 1, "a")
TWICE_A_WEEK = Frequency(("risk_post",), 2, 7, "b")
EVERY = (TWICE_A_WEEK, DAILY)


@pytest.fixture(autouse=True)
def _stage(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    make_district()
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.mark.parametrize(
    ("words", "days_ago", "gap"),
    [
        ({"risk_post", "risk_post:courier"}, None, 0),  # never sampled: at once
        ({"risk_post", "risk_post:courier"}, 1, 2),
        ({"risk_post", "risk_post:courier"}, 3, 0),
        ({"risk_post", "risk_post:courier"}, 40, 0),
        ({"risk_post", "risk_post:port"}, 1, 0),  # of two frequencies the shorter
        ({"pregnant"}, None, None),
    ],
)
def test_a_turn_comes_after_its_gap(words: set[str], days_ago: int | None, gap: int | None) -> None:
    day = date(2022, 11, 23)
    last = None if days_ago is None else day - timedelta(days=days_ago)
    turn = key_turn(1, words, last, day, EVERY)
    assert (None if turn is None else (turn.next_on - day).days) == gap
    assert turn is None or turn.is_due == (gap == 0)


def test_key_people_are_asked_when_it_is_their_turn(officer: Actor) -> None:
    """A port worker every day, a courier every third; sampled yesterday the courier is left out."""
    make_building(rooms=("101", "201"), people=2)
    port, courier, new, frail = Resident.objects.order_by("pk")
    for resident, value in ((port, "port"), (courier, "courier"), (new, "market")):
        Trait.objects.create(
            community_id=COMMUNITY, resident=resident, code="risk_post", value=value,
            starts_at=NOW - timedelta(days=9), recorded_at=NOW - timedelta(days=9),
        )  # fmt: skip
    yesterday = make_round(officer, on=TODAY - timedelta(days=1), now=NOW - timedelta(days=1))
    for member in RoundMember.objects.filter(round=yesterday, resident__in=[port, courier, frail]):
        make_sample(member, at=NOW - timedelta(days=1))
    turns = key_turns(COMMUNITY, TODAY)
    assert {who: turn.is_due for who, turn in turns.items()} == {
        port.pk: True, courier.pk: False, new.pk: True,
    }  # fmt: skip
    assert turns[courier.pk].next_on == TODAY + timedelta(days=2)
    plan = up_to_date(community=COMMUNITY, day=TODAY, now=NOW).plan
    draft = RoundOrder(
        community_id=COMMUNITY, on=TODAY, purpose="key_people", traits=["risk_post"], pool="10",
        clause="T4-8",
    )  # fmt: skip
    assert Excess.TOO_OFTEN in excess_of(draft, plan, NOW)
    draft.by_turn = True
    assert Excess.TOO_OFTEN not in excess_of(draft, plan, NOW)
    row = make_round(officer, purpose="key_people", traits=["risk_post"], by_turn=True)
    held = RoundMember.objects.filter(round=row, exempt="")
    assert set(held.values_list("resident", flat=True)) == {port.pk, new.pk}
    # Sampled on the day itself somebody stays in: it was their turn.
    make_sample(RoundMember.objects.get(round=row, resident=port), at=NOW)
    assert key_turns(COMMUNITY, TODAY)[port.pk].is_due
    assert not key_turns(COMMUNITY, TODAY + timedelta(days=1))[courier.pk].is_due
    assert key_turns(COMMUNITY, TODAY + timedelta(days=2))[courier.pk].is_due


def test_the_list_of_key_people_says_whose_turn_it_is(officer: Actor, grid_worker: Actor) -> None:
    make_building(rooms=("101",), people=2)
    courier = Resident.objects.order_by("pk")[0]
    client = Client()
    client.force_login(User.objects.get(pk=officer.user_id))
    url = reverse("key_people", args=[COMMUNITY])
    assert "还没有重点人员" in client.get(url).content.decode()
    Trait.objects.create(
        community_id=COMMUNITY, resident=courier, code="risk_post", value="courier",
        starts_at=NOW - timedelta(days=9), recorded_at=NOW - timedelta(days=9),
    )  # fmt: skip
    day = {"day": TODAY.isoformat()}
    html = client.get(url, day).content.decode()
    assert courier.name in html
    assert "7天2次" in html
    assert "第九版" in html
    assert courier.name not in client.get(url, day | {"show": "later"}).content.decode()
    assert client.get(url, day | {"export": "1"}).content.startswith(b"PK")
    assert client.get(url, {"day": "x", "show": "x"}).status_code == 200
    client.force_login(User.objects.get(pk=grid_worker.user_id))
    assert courier.name not in client.get(url, day).content.decode()
