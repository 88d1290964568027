"""Days that cannot be meant are said back on the form; last days are said as people say them."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.command.forms import ReasonForm, RoundForm, ZoneForm
from gridwell.core import clock
from gridwell.health.models import Isolation
from gridwell.orders.models import Notice, Standstill, Zone
from gridwell.orders.tests.make import NOW, make_building, make_district, make_zone, notice_text
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY, make_grid
from gridwell.residents.models import Resident

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(officer: Actor, monkeypatch: pytest.MonkeyPatch) -> Client:
    make_district()
    make_building(rooms=("101",))
    monkeypatch.setattr(clock, "now", lambda: NOW)
    client = Client()
    client.force_login(User.objects.get(pk=officer.user_id))
    return client


def at(name: str, **kwargs: object) -> str:
    return reverse(name, kwargs={"area": COMMUNITY, **kwargs})


ZONE = {
    "place": "金桂苑1号楼",
    "level": "high",
    "effective_at": "2022-11-23T08:00",
    "ordered_by": "区指挥部",
}


@pytest.mark.parametrize("year", ["0001", "1999", "2100", "9999"])
def test_a_year_that_cannot_be_meant(desk: Client, year: str) -> None:
    sent = desk.post(at("zone_new"), ZONE | {"effective_at": f"{year}-01-01T00:00"})
    assert str(int(year)) in sent.context["form"].errors["effective_at"][0]
    assert not Zone.objects.exists()
    form = RoundForm({"on": f"{year}-01-01", "due": 1, "sampled": 1, "negative": 1, "positive": 0})
    assert list(form.errors) == ["on"]


def test_too_far_ahead_is_said_in_place(desk: Client) -> None:
    sent = desk.post(at("zone_new"), ZONE | {"effective_at": "2023-11-23T08:00"})
    assert "7" in sent.context["form"].non_field_errors()[0]
    assert not Zone.objects.exists()
    facts = {"starts_at": "2023-11-23T08:00", "ordered_by": "区指挥部", "reason": "静默"}
    desk.post(at("standstill_list"), facts)
    assert not Standstill.objects.exists()


def test_fields_offer_only_days_that_can_be_meant(desk: Client) -> None:
    effective, on = ZoneForm()["effective_at"].as_widget(), RoundForm()["on"].as_widget()
    assert 'min="2000-01-01T00:00" max="2022-11-30T23:59"' in effective
    assert 'min="2000-01-01" max="2022-11-23"' in on


def test_a_zone_sent_twice_is_one(desk: Client) -> None:
    assert desk.post(at("zone_new"), ZONE).status_code == 302
    again = desk.post(at("zone_new"), ZONE)
    assert "金桂苑1号楼" in again.context["form"].non_field_errors()[0]
    assert Zone.objects.count() == 1


def test_nul_characters_are_dropped(desk: Client) -> None:
    form = ReasonForm({"reason": "研\0判"})
    assert form.is_valid()
    assert form.cleaned_data["reason"] == "研判"
    desk.post(at("notice_new"), {"text": notice_text().replace("金桂苑", "金\0桂苑")})
    assert "\0" not in Notice.objects.get().text


def test_a_text_longer_than_any_notice(desk: Client) -> None:
    sent = desk.post(at("notice_new"), {"text": notice_text() + "。" * 60_000})
    assert "60000" in sent.text.replace(",", "")
    assert not Notice.objects.exists()


def test_the_last_day_is_said_and_not_the_one_after(desk: Client) -> None:
    person = Resident.objects.order_by("pk").first()
    facts = {
        "resident": person.pk,
        "kind": "home",
        "person_class": "zone_outflow",
        "from_on": "2022-11-23",
        "already_spent": 0,
    }
    sent = desk.post(at("stay_new"), facts, follow=True)
    stay = Isolation.objects.get()
    last = clock.day_of(stay.ends_at - timedelta(hours=1))
    assert stay.ends_at == clock.end_of(last)
    said = f"2022年{last.month}月{last.day}日24时"
    assert said in sent.text
    assert f"还有{(last - clock.today()).days}天" in sent.text
    assert said in desk.get(at("stay_print", sheet="isolation")).text


def test_a_boundary_in_words_is_cut_in_lists(desk: Client) -> None:
    words = "东至滨河路" * 20
    sent = desk.post(at("zone_new"), ZONE | {"place": "", "boundary": words}, follow=True)
    cut = f'<span title="{words}">{words[:59]}…</span>'
    assert cut in sent.text
    assert cut in desk.get(at("zone_list")).text


def test_a_grid_worker_is_offered_the_rounds_of_the_own_grid(
    desk: Client, officer: Actor, grid_worker: Actor, other_grid_worker: Actor
) -> None:
    place = Place.objects.get(kind="building")
    Place.objects.filter(kind="dwelling").update(grid=make_grid(number="1"))
    where = at("zone_file", zone=make_zone(officer, place=place).pk)
    for actor, may in ((grid_worker, True), (other_grid_worker, False)):
        desk.force_login(User.objects.get(pk=actor.user_id))
        assert desk.get(where).context["may_record"] is may


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_days_stand_in_forms_as_browsers_take_them(language: str) -> None:
    with translation.override(language):
        assert 'value="2022-11-23"' in str(RoundForm(initial={"on": date(2022, 11, 23)})["on"])
