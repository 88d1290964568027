"""Lists of the order pages: what they cost, and how they are narrowed."""

import pytest
from django.test import Client
from django.urls import reverse

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.orders.tests.make import NOW, make_building, make_district, make_notice, make_zone
from gridwell.places.tests.make import COMMUNITY
from gridwell.residents.models import Resident

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _november(monkeypatch: pytest.MonkeyPatch) -> None:
    make_district()
    monkeypatch.setattr(clock, "now", lambda: NOW)


def at(name: str, area: int = COMMUNITY, **kwargs: object) -> str:
    return reverse(name, kwargs={"area": area, **kwargs})


@pytest.fixture
def desk(officer: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=officer.user_id))
    return client


def test_zone_list_queries_do_not_grow(
    desk: Client, officer: Actor, django_assert_max_num_queries
) -> None:
    make_zone(officer, place=make_building())
    with django_assert_max_num_queries(60) as few:
        desk.get(at("zone_list"))
    for n in range(2, 14):
        make_zone(officer, place=make_building(building=f"{n}号楼", rooms=("101",)))
    with django_assert_max_num_queries(len(few)):
        desk.get(at("zone_list"))


def test_desk_queries_do_not_grow(
    desk: Client, officer: Actor, django_assert_max_num_queries
) -> None:
    for n in range(1, 20):
        make_building(building=f"{n}号楼", rooms=("101",))
    small = make_notice(officer, number="1", designated=("金桂苑1号楼",)).notice
    many = tuple(f"金桂苑{n}号楼" for n in range(2, 19))
    big = make_notice(officer, number="2", designated=many, lifted=("金桂苑19号楼",)).notice
    with django_assert_max_num_queries(60) as few:
        desk.get(at("notice_desk", notice=small.pk))
    with django_assert_max_num_queries(len(few)):
        desk.get(at("notice_desk", notice=big.pk))


def test_lists_of_people_are_narrowed_without_names_in_the_address(
    desk: Client, officer: Actor
) -> None:
    make_zone(officer, place=make_building())
    person = Resident.objects.order_by("pk").first()
    for hour, outcome in (("08", "negative"), ("10", "pending")):
        sent = {"resident": person.pk, "sampled_at": f"2022-11-23T{hour}:00", "outcome": outcome}
        assert desk.post(at("result_list"), sent).status_code == 302
    building = person.dwelling.building_id

    def count(name: str, **query: str) -> int:
        return desk.get(at(name), query).context["total"]

    assert count("result_list") == 2
    assert count("result_list", building=str(building)) == 2
    assert count("result_list", outcome="pending", day="2022-11-23") == 1
    assert count("result_list", day="2022-11-22") == 0
    assert count("result_list", building="0", day="no day", outcome="²") == 2  # narrows nothing
    empty = desk.get(at("result_list"), {"day": "2022-11-22"}).text
    assert 'name="day"' in empty  # the filter stays where nothing is found
    for name in ("stay_list", "case_list", "guest_list", "exemption_list"):
        assert count(name, building=str(building)) == 0
