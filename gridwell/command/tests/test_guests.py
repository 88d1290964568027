"""Visitors and staff, and exemptions: on the page, in the plan, in Today's lists, told once."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.audit.models import AuditEntry
from gridwell.command.queries.reach import census_of
from gridwell.command.views import guest_pages
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.ids import new_ref
from gridwell.health.actions.exemptions import end_exemption, exempt
from gridwell.health.actions.guests import record_guest_result
from gridwell.health.models import Exemption, Result
from gridwell.orders.tests.make import NOW, TODAY, make_building, make_district, make_zone
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY, make_dwelling, make_grid
from gridwell.plan.queries.days import derived
from gridwell.plan.rules.facts import guest_id
from gridwell.plan.rules.plan import DutyCode, SubjectKind
from gridwell.residents.actions.guests import end_guest, register_guest
from gridwell.residents.models import Resident, Stay

pytestmark = pytest.mark.django_db
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture(autouse=True)
def _november(monkeypatch: pytest.MonkeyPatch) -> None:
    make_district()
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def desk(officer: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=officer.user_id))
    return client


def at(name: str, **kwargs: object) -> str:
    return reverse(name, kwargs={"area": COMMUNITY, **kwargs})


def door(room: str = "101") -> Place:
    return Place.objects.get(community_id=COMMUNITY, kind="dwelling", name__startswith=room)


def guest(actor: Actor, place: Place, **facts: object) -> Stay:
    entered: dict = {
        "name": "王店员",
        "kind": "staff",
        "starts_at": NOW - timedelta(days=2),
        "ends_at": None,
        "ref": new_ref(),
        "now": NOW,
    }
    return register_guest(actor=actor, place=place, **(entered | facts))


def test_a_guest_in_a_zone_stays_home_and_is_due(officer: Actor) -> None:
    building = make_building(rooms=("101", "201"))
    vacant = make_dwelling(compound="金桂苑", building="1号楼", room="301")
    make_zone(officer, place=building, since=YESTERDAY)
    lodger = guest(officer, door("101"), name="张房客")
    staff = guest(officer, vacant)
    plan = derived(COMMUNITY, TODAY)
    for stay in (lodger, staff):
        codes = {duty.code for duty in plan.duties_of(guest_id(stay.pk))}
        assert {DutyCode.STAY_HOME, DutyCode.BE_SAMPLED} <= codes
    assert plan.count(DutyCode.STAY_HOME).people == 6
    assert plan.count(DutyCode.STAY_HOME).households == 2
    doors = [g for g in plan.work if g.subject_kind is SubjectKind.PLACE]
    assert {(g.code, g.subjects) for g in doors} == {
        ("door_service", (vacant.pk,)),
        ("door_sampling", (vacant.pk,)),
    }
    inside = [*Place.objects.filter(kind="dwelling").values_list("pk", flat=True)]
    assert census_of(inside, NOW).of(inside).people == 6  # the effect counts the same people


def test_a_guest_elsewhere_or_gone_is_asked_nothing(officer: Actor) -> None:
    make_zone(officer, place=make_building(rooms=("101",)), since=YESTERDAY)
    gone = guest(officer, door(), ends_at=NOW - timedelta(days=1))
    assert derived(COMMUNITY, TODAY).duties_of(guest_id(gone.pk)) == ()


def test_the_same_form_twice_is_one_and_faults_are_said(officer: Actor) -> None:
    building = make_building(rooms=("101",))
    ref = new_ref()
    first = guest(officer, door(), ref=ref)
    assert guest(officer, door(), ref=ref) == first
    for facts, code in (
        ({}, "residents.guest_here_already"),
        ({"name": " "}, "residents.no_name"),
        ({"kind": "x", "name": "乙"}, "residents.guest_kind_unknown"),
        ({"name": "乙", "ends_at": NOW - timedelta(days=3)}, "residents.guest_ends_before"),
        ({"name": "乙", "ends_at": NOW + timedelta(days=900)}, "residents.guest_too_long"),
        ({"name": "乙", "starts_at": NOW + timedelta(days=30)}, "residents.guest_too_far_ahead"),
        ({"name": "乙", "phone": "12"}, "residents.guest_phone"),
        ({"name": "乙", "document": "14010519900101"}, "residents.guest_document"),
    ):
        with pytest.raises(RuleBroken) as refused:
            guest(officer, door(), **facts)
        assert refused.value.code == code
    with pytest.raises(RuleBroken, match=r"residents\.guest_needs_door"):
        guest(officer, building, name="乙")
    assert Stay.objects.count() == 1
    assert AuditEntry.objects.filter(act="residents.guest_registered").count() == 1


def test_ending_is_told_once_and_a_mistake_needs_a_reason(officer: Actor) -> None:
    make_building(rooms=("101",))
    stay = guest(officer, door())
    again = Stay.objects.get(pk=stay.pk)
    ended = end_guest(actor=officer, stay=stay, ends_at=NOW, now=NOW)
    assert Stay.objects.get(superseded_at=None) == ended
    assert Stay.objects.count() == 2
    with pytest.raises(RuleBroken, match=r"residents\.changed_meanwhile"):
        end_guest(actor=officer, stay=again, ends_at=NOW, now=NOW)
    other = guest(officer, door(), name="乙")
    for at_, code in (
        (other.starts_at - timedelta(hours=1), "residents.guest_ends_before"),
        (other.starts_at, "residents.no_reason"),
    ):
        with pytest.raises(RuleBroken) as refused:
            end_guest(actor=officer, stay=other, ends_at=at_, now=NOW)
        assert refused.value.code == code
    end_guest(actor=officer, stay=other, ends_at=other.starts_at, now=NOW, reason="录错")


def test_a_grid_worker_enters_guests_of_the_own_grid_only(
    officer: Actor, grid_worker: Actor
) -> None:
    make_building(rooms=("101",))
    with pytest.raises(NotVisible):
        guest(grid_worker, door())
    Place.objects.filter(kind="dwelling").update(grid=make_grid())
    assert guest(grid_worker, door()).pk


def test_the_page_from_entering_to_leaving(desk: Client, officer: Actor) -> None:
    make_zone(officer, place=make_building(rooms=("101",)), since=YESTERDAY)
    page = desk.get(at("guest_list"))
    assert page.status_code == 200
    facts = {
        "ref": str(page.context["form"]["ref"].value()),
        "name": "李访客",
        "place_chosen": [str(door().pk)],
        "kind": "visitor",
        "starts_at": "2022-11-23T09:00",
        "phone": "13800001234",
    }
    assert desk.post(at("guest_list"), facts).status_code == 302
    assert desk.post(at("guest_list"), facts).status_code == 302  # the same form again
    stay = Stay.objects.get()
    shown = desk.get(at("guest_list"))
    row = shown.context["rows"][0]
    assert row["is_due"]
    assert "13800001234" not in shown.text
    listed = desk.get(at("today_list", code="be_sampled"))
    assert "李访客" in listed.text
    assert listed.context["list"].people == 3
    assert desk.post(at("guest_sampled", stay=stay.pk)).status_code == 302
    assert Result.objects.count() == 1
    assert "李访客" in desk.get(at("result_list")).text  # with the residents' results
    assert not desk.get(at("guest_list")).context["rows"][0]["is_due"]
    assert "李访客" not in desk.get(at("today_list", code="missing")).text
    assert desk.post(at("guest_end", stay=stay.pk)).status_code == 302
    assert desk.get(at("guest_list")).context["rows"] == []
    assert "李访客" in desk.get(at("guest_list") + "?show=past").text


def test_a_door_without_household_stands_in_the_lists(desk: Client, officer: Actor) -> None:
    make_zone(officer, place=make_building(rooms=("101",)), since=YESTERDAY)
    shop = make_dwelling(compound="金桂苑", building="1号楼", room="102")
    guest(officer, shop)
    listed = desk.get(at("today_list", code="stay_home"))
    assert listed.context["list"].people == 3
    assert listed.context["list"].households == 1
    assert "102" in listed.text
    assert desk.get(at("today_list", code="stay_home") + "?print=1").status_code == 200
    assert desk.get(at("today_list", code="stay_home") + "?export=1").status_code == 200


def test_a_wrong_place_is_said_on_the_form(desk: Client) -> None:
    make_building(rooms=("101",))
    facts = {
        "ref": str(new_ref()),
        "name": "李",
        "kind": "visitor",
        "starts_at": "2022-11-23T09:00",
    }
    for place in ({}, {"place": "没有的门"}, {"place_chosen": ["x"]}, {"place_chosen": ["999999"]}):
        answer = desk.post(at("guest_list"), facts | place)
        assert answer.status_code == 200
        assert answer.context["form"].errors
    assert not Stay.objects.exists()


def test_an_exemption_frees_from_sampling_until_it_is_ended(officer: Actor) -> None:
    make_zone(officer, place=make_building(rooms=("101",)), since=YESTERDAY)
    person = Resident.objects.order_by("pk").first()
    facts: dict = {"actor": officer, "resident": person, "now": NOW}
    window: dict = {"starts_at": clock.start_of(TODAY), "ends_at": clock.end_of(TODAY)}
    row = exempt(reason="recovered", **window, **facts)
    assert exempt(reason="recovered", **window, **facts) == row
    assert person.pk not in derived(COMMUNITY, TODAY).residents_with(DutyCode.BE_SAMPLED)
    assert person.pk in derived(COMMUNITY, TODAY).residents_with(DutyCode.STAY_HOME)
    for wrong, code in (
        ({"reason": "other", "remark": "体检"}, "health.exempt_already"),
        ({"reason": "other"}, "health.reason_missing"),
        ({"reason": "x"}, "health.exempt_reason_unknown"),
        ({"reason": "recovered", "ends_at": NOW + timedelta(days=999)}, "health.exempt_too_long"),
    ):
        with pytest.raises(RuleBroken) as refused:
            exempt(**(facts | window | wrong))
        assert refused.value.code == code
    end_exemption(actor=officer, exemption=row, reason="转为可采", now=NOW)
    assert person.pk in derived(COMMUNITY, TODAY).residents_with(DutyCode.BE_SAMPLED)
    with pytest.raises(RuleBroken, match=r"residents\.changed_meanwhile|health\.ended_already"):
        end_exemption(actor=officer, exemption=row, reason="再次", now=NOW)


def test_the_exemption_page_and_the_file(desk: Client) -> None:
    make_building(rooms=("101",))
    person = Resident.objects.order_by("pk").first()
    where = at("exemption_list")
    assert person.name in desk.post(where, {"q": person.name}).text
    assert desk.post(where, {"resident": person.pk}).context["person"] == person
    facts = {
        "resident": person.pk,
        "reason": "cannot_be_sampled",
        "starts_on": "2022-11-23",
        "ends_on": "2022-11-30",
    }
    assert desk.post(where, facts).status_code == 302
    assert desk.post(where, facts | {"ends_on": "2022-11-29"}).context["form"].errors
    assert person.name in desk.get(where).text
    household = person.memberships.get().household_id
    assert "11月30日" in desk.get(at("household_file", household=household)).text
    row = Exemption.objects.get()
    assert desk.post(at("exemption_end", exemption=row.pk)).status_code == 409
    assert desk.post(at("exemption_end", exemption=row.pk), {"reason": "可采"}).status_code == 302
    assert person.name in desk.get(where + "?show=past").text


def test_a_guests_sample_is_corrected_by_another_row(officer: Actor) -> None:
    make_building(rooms=("101",))
    stay = guest(officer, door())
    facts: dict = {"actor": officer, "stay": stay, "sampled_at": NOW, "now": NOW}
    record_guest_result(outcome="pending", **facts)
    record_guest_result(outcome="pending", **facts)
    record_guest_result(outcome="positive", **facts)
    assert Result.objects.filter(superseded_at=None).get().outcome == "positive"
    assert Result.objects.count() == 2
    unfounded = derived(COMMUNITY, TODAY).unfounded
    assert [row.order for row in unfounded] == [guest_id(stay.pk)]
    with pytest.raises(RuleBroken, match=r"health\.in_the_future"):
        record_guest_result(outcome="negative", **(facts | {"sampled_at": NOW + timedelta(1)}))
    with pytest.raises(RuleBroken, match=r"health\.outcome_unknown"):
        record_guest_result(outcome="x", **facts)


def test_a_guest_has_a_page_and_a_sheet_that_say_what_applies_and_why(
    desk: Client, officer: Actor
) -> None:
    building = make_building(rooms=("101", "201"))
    make_zone(officer, place=building, since=YESTERDAY)
    stay = guest(officer, door("101"), name="张房客", phone="13900001234")
    elsewhere = guest(officer, make_dwelling(compound="金桂苑", building="9号楼", room="901"))
    page = desk.get(at("guest_file", stay=stay.pk)).content.decode()
    assert "张房客" in page
    assert "13900001234" not in page
    assert re.search(r"/orders/zones/\d+/", page)
    sheets = desk.get(at("guest_sheets")).content.decode()
    assert "张房客" in sheets
    assert "王店员" not in sheets  # nothing is asked of whoever is outside
    assert "13900001234" not in sheets
    assert desk.get(at("guest_file", stay=elsewhere.pk)).status_code == 200
    nobody = desk.get(at("guest_sheets"), {"stay": elsewhere.pk}).content.decode()
    assert "张房客" not in nobody


def test_sheets_that_do_not_fit_are_counted_on_the_page(
    desk: Client, officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    building = make_building(rooms=("101", "201"))
    make_zone(officer, place=building, since=YESTERDAY)
    guest(officer, door("101"), name="张房客", phone="13900001234")
    guest(officer, door("201"), name="李房客", phone="13900001235")
    monkeypatch.setattr(guest_pages, "MOST_SHEETS", 1)
    page = desk.get(at("guest_sheets")).content.decode()
    assert page.count('<section class="sheet">') == 1
    assert "本页未列出：1" in page


def test_the_page_of_a_guest_who_left_offers_no_act(desk: Client, officer: Actor) -> None:
    make_building(rooms=("101",))
    gone = end_guest(
        actor=officer, stay=guest(officer, door()), ends_at=NOW - timedelta(hours=1), now=NOW
    )
    page = desk.get(at("guest_file", stay=gone.pk)).content.decode()
    assert at("guest_end", stay=gone.pk) not in page
    assert at("guest_sampled", stay=gone.pk) not in page
    assert desk.get(at("guest_file", stay=gone.pk + 999)).status_code == 404
