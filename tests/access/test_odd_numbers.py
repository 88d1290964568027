"""What looks like a number and is none answers as if it were absent, never with an error."""

import pytest
from django.test import Client
from django.urls import reverse

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.places.models import CommunityProfile
from gridwell.places.tests.make import COMMUNITY, make_grid
from gridwell.residents.queries.counts import grid_sizes

pytestmark = pytest.mark.django_db
ODD = ("²", "٣", "9" * 40, "-1", "1e3", "")


@pytest.fixture
def browser(officer: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=officer.user_id))
    return client


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("resident_list", "ages"),
        ("household_list", "building"),
        ("stay_new", "resident"),
        ("case_list", "resident"),
        ("result_list", "resident"),
        ("bulk_edit", "row"),
    ],
)
def test_odd_numbers(browser: Client, name: str, field: str, odd: str) -> None:
    address = reverse(name, kwargs={"area": COMMUNITY})
    for answer in (browser.get(address, {field: odd}), browser.post(address, {field: odd})):
        assert answer.status_code in {200, 302, 404, 405, 409}


def test_a_grid_may_be_numbered_oddly(officer: Actor) -> None:
    for number in ("10", "²", "2"):
        make_grid(number=number)
    profile = CommunityProfile.objects.get_or_create(community_id=COMMUNITY)[0]
    sizes = grid_sizes(officer, COMMUNITY, profile)
    assert [size.grid.number for size in sizes] == ["2", "10", "²"]
