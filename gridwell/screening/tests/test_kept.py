"""A refused bulk act comes back on its page: ticks, choice and remark kept, the list as it is now."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.orders.tests.make import NOW, make_building, make_district
from gridwell.places.tests.make import COMMUNITY, OTHER_COMMUNITY
from gridwell.screening.models import Round, RoundMember
from gridwell.screening.queries.members import total
from gridwell.screening.tests.make import make_round


@pytest.fixture
def row(db: None, monkeypatch: pytest.MonkeyPatch, officer: Actor) -> Round:
    make_district()
    monkeypatch.setattr(clock, "now", lambda: NOW)
    make_building(rooms=("101", "201"), people=2)
    return make_round(officer)


def browser(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def ticked(html: str) -> set[int]:
    """Return the members whose boxes are ticked."""
    boxes = re.findall(r'<input type="checkbox" name="member"[^>]*>', html)
    return {int(re.search(r'value="(\d+)"', box)[1]) for box in boxes if " checked" in box}  # type: ignore[index]  # every box has one


def test_the_missing_list_keeps_ticks_choice_and_remark(row: Round, officer: Actor) -> None:
    client = browser(officer)
    page = reverse("round_missing", args=[COMMUNITY, row.pk]) + "?show=all"
    act = reverse("round_outcome", args=[COMMUNITY, row.pk])
    some = [member.pk for member in RoundMember.objects.order_by("pk")[:3]]
    sent = {"member": some, "outcome": "called_phone", "key": "odd", "remark": '明天 "再来"'}
    answer = client.post(act, sent, headers={"referer": f"http://testserver{page}"})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert ticked(html) == set(some)
    assert 'value="明天 &quot;再来&quot;"' in html
    assert '<option value="called_phone" selected>' in html
    assert 'id="refused"' in html
    assert total(row).called == 0
    # Sent again from the answer, whose own address is that of the act: once more refused, once more kept.
    again = client.post(act, sent | {"_page": page}, headers={"referer": f"http://testserver{act}"})
    assert ticked(again.content.decode()) == set(some)
    # And once it is right, it is done.
    key = re.search(r'name="key" value="([^"]+)"', html)
    assert key is not None
    assert client.post(act, sent | {"key": key[1], "_page": page}).status_code == 302
    assert total(row).called == 3


@pytest.mark.parametrize(
    "page",
    ["http://evil.example/", "//evil.example/x", "/nowhere/", "/account/login/", "x"],
)
def test_a_page_of_elsewhere_is_not_asked_for(row: Round, officer: Actor, page: str) -> None:
    act = reverse("round_outcome", args=[COMMUNITY, row.pk])
    answer = browser(officer).post(act, {"outcome": "?", "_page": page})
    assert answer.status_code == 409
    assert 'id="refused"' not in answer.content.decode()


def test_nobody_sees_a_page_that_is_not_theirs(row: Round, other_officer: Actor) -> None:
    """A page of another community is named in a form of one's own: it is not shown."""
    theirs = reverse("round_missing", args=[COMMUNITY, row.pk])
    make_building(community=OTHER_COMMUNITY, rooms=("101",), people=1)
    own = make_round(other_officer, community=OTHER_COMMUNITY)
    act = reverse("round_outcome", args=[own.community_id, own.pk])
    answer = browser(other_officer).post(act, {"outcome": "?", "_page": theirs})
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "金桂苑" not in html
    assert 'id="refused"' not in html
