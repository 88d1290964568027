"""Holds beyond their first day: decided late, corrected, replayed; seen by who has a reason."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.tests.make import make_actor
from gridwell.audit.models import AuditEntry
from gridwell.core import clock
from gridwell.health.models import Hold, Sample, Tube
from gridwell.orders.tests.make import NOW, TODAY, make_building, make_district
from gridwell.places.tests.make import COMMUNITY
from gridwell.plan.actions import up_to_date
from gridwell.plan.queries.snapshot import load_snapshot
from gridwell.plan.rules.plan import RESTRICTING
from gridwell.residents.models import Phone, Resident
from gridwell.screening.actions.corrections import correct_result
from gridwell.screening.actions.holds import watch_holds
from gridwell.screening.models import ResultFault, Round, RoundMember
from gridwell.screening.queries.holds import figures_of
from gridwell.screening.tests.make import make_round, make_sample, make_tube
from gridwell.screening.tests.test_results import SENT, full_tube, take

OVER = SENT + timedelta(hours=25)
DISTRICT = 140109000000


@pytest.fixture(autouse=True)
def _district(db: None) -> None:
    make_district()


@pytest.fixture
def round(officer: Actor) -> Round:
    make_building(rooms=("101", "201", "301"))
    row = make_round(officer)
    full_tube(row)
    take(officer, ("T1", "阳性"))
    return row


def single(round: Round, hold: Hold, code: str, at: datetime) -> Tube:
    member = RoundMember.objects.get(round=round, resident=hold.resident_id)
    tube = make_tube(round, code=code, purpose="single")
    make_sample(member, tube=tube, purpose="single", at=at)
    return tube


def first() -> Hold:
    return Hold.objects.order_by("pk")[0]


def test_a_result_after_the_hours_still_releases_or_holds_by_its_own_tube(
    officer: Actor, round: Round
) -> None:
    for n, hold in enumerate(Hold.objects.order_by("pk")[:2]):
        single(round, hold, f"SINGLE{n}", SENT + timedelta(hours=20))
    watch_holds(community=COMMUNITY, now=OVER)
    for _ in range(2):  # the same delivery again holds nobody a second time
        take(officer, ("SINGLE0", "阴性"), ("SINGLE1", "阳性"), now=OVER)
    ends = list(
        Hold.objects.order_by("pk").values_list("tube__code", "end", "ended_at", "decided_at")
    )
    over = SENT + timedelta(hours=24)
    assert ends == [
        ("T1", "released", over, OVER),
        ("T1", "confirmed", over, OVER),
        ("T1", "ran_out", over, None),
        ("T1", "ran_out", over, None),
        ("SINGLE1", "confirmed", None, OVER),
    ]
    anew = Hold.objects.get(tube__code="SINGLE1")
    assert (anew.starts_at, anew.ends_at) == (OVER, OVER + timedelta(hours=24))
    found = figures_of(officer, COMMUNITY, OVER)[COMMUNITY]
    assert (found.held, found.undecided) == (1, 2)
    plan = up_to_date(community=COMMUNITY, day=clock.day_of(OVER), now=OVER).plan
    assert {duty.code for duty in plan.duties_of(anew.resident_id or 0)} & RESTRICTING


def test_a_positive_while_the_hold_lasts_begins_no_hours_of_its_own(
    officer: Actor, round: Round
) -> None:
    single(round, first(), "SINGLE0", SENT + timedelta(hours=20))
    take(officer, ("SINGLE0", "阳性"), now=SENT + timedelta(hours=23))
    assert Hold.objects.count() == 4


def test_who_was_released_and_is_positive_in_a_later_sample_is_held_anew(
    officer: Actor, round: Round
) -> None:
    single(round, first(), "SINGLE0", SENT + timedelta(hours=2))
    take(officer, ("SINGLE0", "阴性"), now=SENT + timedelta(hours=3))
    watch_holds(community=COMMUNITY, now=OVER)
    Sample.objects.filter(tube__code="SINGLE0").update(superseded_at=OVER)  # a second one is taken
    single(round, first(), "SINGLE9", OVER)
    late = OVER + timedelta(hours=3)
    take(officer, ("SINGLE9", "阳性"), now=late)
    anew = Hold.objects.get(tube__code="SINGLE9")
    assert (anew.starts_at, anew.end, anew.ended_at) == (late, "confirmed", None)


def test_a_pool_whose_result_is_corrected_after_the_hours_begins_none_anew(
    officer: Actor, round: Round
) -> None:
    watch_holds(community=COMMUNITY, now=OVER)
    take(officer, ("T1", "可疑"), now=OVER)
    fault = ResultFault.objects.get(code="contradiction")
    correct_result(actor=officer, fault=fault, reason="实验室更正", now=OVER)
    assert figures_of(officer, COMMUNITY, OVER)[COMMUNITY].held == 0


def test_a_later_round_decides_who_was_never_sampled_singly(officer: Actor, round: Round) -> None:
    watch_holds(community=COMMUNITY, now=OVER)
    member = RoundMember.objects.get(round=round, resident=first().resident_id)
    other = make_round(officer, number=2, now=NOW + timedelta(hours=1))
    member = RoundMember.objects.get(round=other, resident=member.resident_id)
    make_sample(member, tube=make_tube(other, code="NEXT1"), at=OVER - timedelta(minutes=30))
    take(officer, ("NEXT1", "阴性"), now=OVER)
    assert sorted(Hold.objects.values_list("end", flat=True)) == ["ran_out"] * 3 + ["released"]


def test_who_is_positive_singly_stays_confirmed_when_the_pool_is_corrected(
    officer: Actor, round: Round
) -> None:
    held = list(Hold.objects.order_by("pk"))
    single(round, held[0], "SINGLE0", SENT)
    take(officer, ("SINGLE0", "阳性"), ("T1", "阴性"), now=SENT + timedelta(hours=2))
    fault = ResultFault.objects.get(code="contradiction")
    correct_result(actor=officer, fault=fault, reason="实验室更正", now=SENT + timedelta(hours=2))
    assert sorted(Hold.objects.values_list("end", flat=True)) == ["confirmed"] + ["withdrawn"] * 3


def test_from_positive_to_unclear_no_hours_begin_anew(officer: Actor, round: Round) -> None:
    take(officer, ("T1", "可疑"), now=SENT + timedelta(hours=5))
    fault = ResultFault.objects.get(code="contradiction")
    correct_result(actor=officer, fault=fault, reason="实验室更正", now=SENT + timedelta(hours=5))
    assert set(Hold.objects.values_list("starts_at", "end")) == {(SENT, "")}


def test_the_same_delivery_again_names_what_it_contradicts_by_now(
    officer: Actor, round: Round
) -> None:
    take(officer, ("T1", "阴性"), now=SENT)
    fault = ResultFault.objects.get(code="contradiction")
    correct_result(actor=officer, fault=fault, reason="实验室更正", now=SENT)
    for _ in range(2):  # a retry does not name it twice
        _, faults = take(officer, ("T1", "阳性"), now=SENT + timedelta(hours=1))
        assert [f.code for f in faults] == ["contradiction"]
    assert Tube.objects.get().state == "negative"


def test_rows_without_a_result_yet_are_one_note(officer: Actor, round: Round) -> None:
    full_tube(round, "T2", 2, skip=4)
    _, (fault,) = take(officer, ("T2", ""), ("T3", "检测中"))
    assert (fault.code, fault.row) == ("no_result", 2)
    assert Tube.objects.get(code="T2").state == "closed"


def test_what_was_known_is_replayed(officer: Actor, round: Round) -> None:
    """A release that is taken back holds again; for the hours between, the plan knew of nobody."""
    hold = first()
    single(round, hold, "SINGLE0", SENT)
    released, back = SENT + timedelta(hours=2), SENT + timedelta(hours=4)
    take(officer, ("SINGLE0", "阴性"), now=released)
    take(officer, ("SINGLE0", "可疑"), now=back)
    fault = ResultFault.objects.get(code="contradiction")
    correct_result(actor=officer, fault=fault, reason="实验室更正", now=back)

    def ends_known(at: datetime) -> set[datetime]:
        facts = load_snapshot(COMMUNITY, TODAY, known_at=at).holds
        return {fact.until_at for fact in facts if fact.resident == hold.resident_id}

    whole = SENT + timedelta(hours=24)
    assert ends_known(SENT + timedelta(hours=1)) == {whole}
    assert ends_known(SENT + timedelta(hours=3)) == {released}
    assert whole in ends_known(back)


# Pages


def browser(actor: Actor, monkeypatch: pytest.MonkeyPatch, now: datetime = SENT) -> Client:
    monkeypatch.setattr(clock, "now", lambda: now)
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def test_numbers_are_masked_until_a_reason_is_given(
    officer: Actor, round: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = Resident.objects.get(pk=first().resident_id)
    Phone.objects.create(community_id=COMMUNITY, resident=person, number="13812345678")
    client = browser(officer, monkeypatch)
    url = f"/{COMMUNITY}/holds/"
    assert "13812345678" not in client.get(url).content.decode()
    answer = client.get(url + "?numbers=1")
    assert "/reason/" in answer["Location"] or "look" in answer["Location"]
    client.post(answer["Location"], {"reason": "逐户通知单采"})
    assert 'href="tel:13812345678"' in client.get(url + "?numbers=1").content.decode()
    assert AuditEntry.objects.filter(act__contains="look").exists()


def test_an_upper_office_sees_figures_and_names_with_a_reason(
    round: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    chief = make_actor(username="chief", role=Role.DISTRICT_OFFICER, area=DISTRICT)
    client = browser(chief, monkeypatch)
    page = client.get(f"/{DISTRICT}/holds/").content.decode()
    assert f"/{COMMUNITY}/holds/" in page
    assert client.get(f"/{COMMUNITY}/holds/").status_code == 302
    name = Resident.objects.get(pk=first().resident_id).name
    assert name not in page
    assert f"/{DISTRICT}/holds/" in client.get(f"/{DISTRICT}/today/").content.decode()


def test_every_list_of_holds_and_the_steps_of_one(
    officer: Actor, round: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold = first()
    single(round, hold, "SINGLE0", SENT)
    watch_holds(community=COMMUNITY, now=SENT + timedelta(hours=13))
    take(officer, ("SINGLE0", "阴性"), now=SENT + timedelta(hours=13))
    client = browser(officer, monkeypatch, SENT + timedelta(hours=14))
    rows = {"open": 3, "waiting": 3, "confirmed": 0, "ran_out": 0, "all": 4, "odd": 3}
    for show, count in rows.items():
        page = client.get(f"/{COMMUNITY}/holds/?show={show}").content.decode()
        assert page.count("data-primary") == count, show
    page = client.get(f"/{COMMUNITY}/holds/{hold.pk}/").content.decode()
    for words in (
        "混采管 T1：阳性",
        "已单采，管号 SINGLE0",
        "单采结果：阴性",
        "已提醒：时限过 50%",
    ):
        assert words in page
    assert "届时提醒" not in page


def test_today_the_household_and_the_waiting_tubes_say_it(
    officer: Actor, round: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    full_tube(round, "T2", 2, skip=4)
    Tube.objects.filter(code="T2").update(closed_at=NOW)
    client = browser(officer, monkeypatch, NOW + timedelta(hours=13))
    today = client.get(f"/{COMMUNITY}/today/").content.decode()
    assert f"/{COMMUNITY}/holds/?show=waiting" in today
    assert f"/{COMMUNITY}/results/waiting/?show=late" in today
    late = client.get(f"/{COMMUNITY}/results/waiting/?show=late").content.decode()
    assert late.count("data-primary") == 1
    assert client.get(f"/{COMMUNITY}/results/waiting/?export=1").status_code == 200
    hold = first()
    home = hold.resident.memberships.get().household_id if hold.resident else 0
    page = client.get(f"/{COMMUNITY}/register/households/{home}/").content.decode()
    assert f"/{COMMUNITY}/holds/{hold.pk}/" in page
