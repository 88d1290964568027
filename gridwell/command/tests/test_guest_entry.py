"""A guest who is entered into the register: all goes along, nobody held twice, freed or counted twice."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.audit.models import AuditEntry
from gridwell.command.actions.entering import Entry, enter_guest, link_guest
from gridwell.core import clock
from gridwell.core.errors import RuleBroken
from gridwell.health.models import Case, Hold, Result, Sample
from gridwell.orders.tests.make import NOW, TODAY, make_building, make_district
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY
from gridwell.plan.actions import up_to_date
from gridwell.plan.rules.facts import guest_id
from gridwell.plan.rules.plan import RESTRICTING
from gridwell.residents.actions.guests import register_guest
from gridwell.residents.actions.people import Person
from gridwell.residents.models import Household, Resident, Stay
from gridwell.screening.actions.desk import add_sample, open_tube
from gridwell.screening.actions.members import add_member
from gridwell.screening.actions.rounds import bring_up_to_date
from gridwell.screening.actions.work import SINGLE
from gridwell.screening.models import Round, RoundMember
from gridwell.screening.queries.desk import Sampler
from gridwell.screening.queries.holds import figures_of
from gridwell.screening.queries.members import total
from gridwell.screening.tests.make import make_round, make_sample, make_tube
from gridwell.screening.tests.test_results import SENT, take
from gridwell.tasks.models import Task

pytestmark = pytest.mark.django_db
LATER = SENT + timedelta(hours=1)


@pytest.fixture
def round(officer: Actor) -> Round:
    make_district()
    make_building(rooms=("101", "102", "201"))
    return make_round(officer)


@pytest.fixture
def stay(officer: Actor, round: Round) -> Stay:
    """A guest of the round."""
    row = register_guest(
        actor=officer, place=Place.objects.filter(kind="dwelling").order_by("pk")[0], name="王访客",
        kind="lodger", starts_at=NOW, ends_at=None, ref=uuid4(), now=NOW, phone="13800001234",
    )  # fmt: skip
    add_member(actor=officer, round=round, reason="来访", now=NOW, stay=row)
    return row


def member_of(stay: Stay) -> RoundMember:
    return RoundMember.objects.get(guest=stay.ref)


def held(officer: Actor, round: Round, stay: Stay) -> Hold:
    """Return the guest's hold of a positive pool with one neighbour."""
    tube = make_tube(round, code="POOL1")
    make_sample(RoundMember.objects.filter(round=round, guest=None).order_by("pk")[0], tube=tube)
    make_sample(member_of(stay), tube=tube)
    take(officer, ("POOL1", "阳性"))
    return Hold.objects.get(guest=stay.ref)


def entry(stay: Stay, **facts) -> Entry:
    home = Household.objects.filter(dwelling=stay.place).order_by("pk")[0]
    return Entry(
        person=Person(name="王访客"), ref=uuid4(), household=home, relation="亲属", **facts
    )


def test_who_is_held_stays_held_for_the_same_hours(
    officer: Actor, round: Round, stay: Stay
) -> None:
    before = held(officer, round, stay)
    was = total(round)
    person = enter_guest(actor=officer, stay=stay, entry=entry(stay), now=LATER)
    after = Hold.objects.get(pk=before.pk)
    assert (after.resident_id, after.guest, after.starts_at, after.ended_at, after.end) == (
        person.pk, None, before.starts_at, None, ""
    )  # fmt: skip
    assert Sample.objects.get(resident=person).tube.code == "POOL1"
    assert figures_of(officer, COMMUNITY, LATER)[COMMUNITY].held == 2
    assert total(round).by_status == was.by_status
    plan = up_to_date(community=COMMUNITY, day=TODAY, now=LATER).plan
    assert {duty.code for duty in plan.duties_of(person.pk)} & RESTRICTING
    gone = Stay.objects.get(registered_as=person)
    assert not plan.duties_of(guest_id(gone.pk))
    assert gone.ends_at == LATER
    said = bring_up_to_date(actor=officer, round=round, reason="核对", now=LATER)
    assert (said.added, said.removed) == (0, 0)
    act = AuditEntry.objects.get(act="command.guest_entered")
    assert (act.facts["holds"], act.facts["samples"], act.facts["rounds"]) == (1, 1, 1)


def test_the_result_that_comes_afterwards_frees_the_resident(
    officer: Actor, round: Round, stay: Stay
) -> None:
    held(officer, round, stay)
    tube = make_tube(round, code="SINGLE1", purpose="single")
    make_sample(member_of(stay), tube=tube, purpose="single", at=SENT + timedelta(minutes=9))
    person = enter_guest(actor=officer, stay=stay, entry=entry(stay), now=LATER)
    take(officer, ("SINGLE1", "阴性"), now=LATER + timedelta(hours=1))
    assert Hold.objects.get(resident=person).end == "released"
    row = Result.objects.get(superseded_at=None)
    assert (row.resident_id, row.outcome) == (person.pk, "negative")


def test_results_and_cases_and_closed_work_stand_under_the_person(
    officer: Actor, round: Round, stay: Stay
) -> None:
    hold = held(officer, round, stay)
    up_to_date(community=COMMUNITY, day=TODAY, now=SENT)
    task = Task.objects.get(basis=f"hold:{hold.pk}:0", kind=SINGLE)
    tube = make_tube(round, code="OWN1", purpose="single")
    make_sample(member_of(stay), tube=tube, purpose="single", at=SENT + timedelta(minutes=1))
    take(officer, ("OWN1", "阳性"), now=LATER)
    case = Case.objects.create(
        community_id=COMMUNITY, dwelling=stay.place, guest=stay.ref, found_at=LATER,
        recorded_at=LATER,
    )  # fmt: skip
    person = enter_guest(actor=officer, stay=stay, entry=entry(stay), now=LATER)
    case.refresh_from_db()
    assert (case.resident_id, case.guest) == (person.pk, None)
    assert Result.objects.get(superseded_at=None).resident_id == person.pk
    if task is not None:
        task.refresh_from_db()
        assert (task.subject_kind, task.subject) == ("resident", person.pk)


def test_a_desk_that_still_has_the_guests_key_samples_the_resident(
    officer: Actor, round: Round, stay: Stay
) -> None:
    person = enter_guest(actor=officer, stay=stay, entry=entry(stay), now=LATER)
    sampler = Sampler(officer, round, None)
    tube = open_tube(sampler=sampler, code="LATE1", ref=uuid4(), desk="1", now=LATER)
    add_sample(sampler=sampler, tube=tube, key=f"g:{stay.ref.hex}", ref=uuid4(), now=LATER)
    sample = Sample.objects.get()
    assert (sample.resident_id, sample.guest) == (person.pk, None)
    assert RoundMember.objects.filter(round=round, resident=person, removed_at=None).count() == 1


def test_who_stood_in_the_register_all_along_is_counted_once(
    officer: Actor, round: Round, stay: Stay
) -> None:
    """Sampled as a guest and as a resident: two samples, one person, one line, held once a tube."""
    own = RoundMember.objects.filter(round=round, guest=None).order_by("pk")[0]
    tube = make_tube(round, code="BOTH1")
    make_sample(own, tube=tube)
    make_sample(member_of(stay), tube=tube)
    take(officer, ("BOTH1", "阳性"))
    was = total(round)
    person = Resident.objects.get(pk=own.resident_id)
    link_guest(actor=officer, stay=stay, resident=person, now=LATER)
    now_in = total(round)
    assert (now_in.members, now_in.sampled) == (was.members - 1, was.sampled - 1)
    assert set(Sample.objects.values_list("purpose", "guest")) == {("pool", None), ("again", None)}
    assert Hold.objects.filter(resident=person, ended_at=None).count() == 1
    assert Hold.objects.filter(resident=person, end="withdrawn").count() == 1
    assert figures_of(officer, COMMUNITY, LATER)[COMMUNITY].held == 1
    with pytest.raises(RuleBroken, match="guest_registered_already"):
        link_guest(actor=officer, stay=Stay.objects.get(ref=stay.ref), resident=person, now=LATER)


def test_of_two_results_of_one_instant_the_positive_one_counts(
    officer: Actor, round: Round, stay: Stay
) -> None:
    own = RoundMember.objects.filter(round=round, guest=None).order_by("pk")[0]
    facts = {"community_id": COMMUNITY, "sampled_at": NOW, "recorded_at": NOW}
    Result.objects.create(resident_id=own.resident_id, outcome="negative", **facts)
    Result.objects.create(guest=stay.ref, outcome="positive", **facts)
    person = Resident.objects.get(pk=own.resident_id)
    link_guest(actor=officer, stay=stay, resident=person, now=LATER)
    assert Result.objects.get(superseded_at=None).outcome == "positive"
    assert Result.objects.filter(resident=person).count() == 2


# The page


@pytest.fixture
def desk(officer: Actor, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(clock, "now", lambda: LATER)
    client = Client()
    client.force_login(User.objects.get(pk=officer.user_id))
    return client


def test_the_guests_page_leads_into_the_register_and_twice_is_once(
    desk: Client, officer: Actor, round: Round, stay: Stay
) -> None:
    held(officer, round, stay)
    url = reverse("guest_enter", args=[COMMUNITY, stay.pk])
    assert url in desk.get(reverse("guest_file", args=[COMMUNITY, stay.pk])).text
    page = desk.get(url)
    assert "13800001234" not in page.text
    form = page.context["form"]
    facts = {
        "ref": str(form["ref"].value()),
        "name": "王访客",
        "household": str(form["household"].value()),
        "relation": "表弟",
        "document": "11010519491231002X",
    }
    bad = desk.post(url, facts | {"document": "123"})
    assert bad.status_code == 200
    assert bad.context["form"].errors
    assert not Resident.objects.filter(name="王访客").exists()
    assert desk.post(url, facts).status_code == 302
    assert desk.post(url, facts).status_code == 302
    person = Resident.objects.get(name="王访客")
    assert person.phones.get().number == "13800001234"
    gone = Stay.objects.get(registered_as=person)
    file = desk.get(reverse("guest_file", args=[COMMUNITY, gone.pk]))
    assert file.status_code == 200
    assert "已登记" in file.text
    assert desk.get(url).status_code == 404  # that stay is over
    assert "/households/" in desk.post(url, facts)["Location"]


def test_the_page_asks_whether_somebody_is_in_the_register_already(
    desk: Client, stay: Stay
) -> None:
    twin = Resident.objects.order_by("pk")[0]
    Resident.objects.filter(pk=twin.pk).update(name="王访客")
    url = reverse("guest_enter", args=[COMMUNITY, stay.pk])
    assert [one.resident for one, _ in desk.get(url).context["alike"]] == [twin.pk]
    assert desk.post(url, {"resident": "999999999"}).context["refusal"]
    assert desk.post(url, {"resident": str(twin.pk)}).status_code == 302
    assert Stay.objects.get(ref=stay.ref).registered_as == twin


def test_a_guest_of_a_shop_needs_a_door(desk: Client, officer: Actor, stay: Stay) -> None:
    Place.objects.filter(pk=stay.place_id).update(kind="site")
    url = reverse("guest_enter", args=[COMMUNITY, stay.pk])
    form = desk.get(url).context["form"]
    facts = {"ref": str(form["ref"].value()), "name": "王访客", "household": "0"}
    assert "请选择" in desk.post(url, facts).text
    other = Place.objects.filter(kind="dwelling").order_by("pk")[0]
    assert desk.post(url, facts | {"door_chosen": [str(other.pk)]}).status_code == 302
    person = Resident.objects.get(name="王访客")
    assert person.dwelling_id == other.pk
    assert RoundMember.objects.get(resident=person).dwelling_id == other.pk
