"""Results: taken once, released or confirmed, never forgotten; what is odd waits and changes nothing."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.tests.make import make_actor
from gridwell.audit.models import AuditEntry
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.health.models import Hold, Result, Sample, Tube
from gridwell.notify.models import Message
from gridwell.orders.tests.make import NOW, TODAY, make_building, make_district
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY, OTHER_COMMUNITY
from gridwell.plan.actions import recompute
from gridwell.plan.rules.plan import DutyCode
from gridwell.residents.actions.guests import register_guest
from gridwell.residents.models import Resident
from gridwell.screening.actions.corrections import correct_result, settle_fault
from gridwell.screening.actions.holds import extend_hold, watch_holds
from gridwell.screening.actions.laboratories import add_laboratory
from gridwell.screening.actions.members import add_member
from gridwell.screening.actions.results import Sent, take_results, try_again
from gridwell.screening.actions.rounds import close_round
from gridwell.screening.models import ResultDelivery, ResultFault, Round, RoundMember
from gridwell.screening.queries.members import total
from gridwell.screening.rules.results import ResultLine
from gridwell.screening.tests.make import make_round, make_sample, make_tube
from gridwell.tasks.models import Task

SENT = NOW + timedelta(hours=2)
RESULT = NOW + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _district(db: None) -> None:
    make_district()


@pytest.fixture
def round(officer: Actor) -> Round:
    make_building(rooms=("101", "201", "301"))
    return make_round(officer)


def full_tube(round: Round, code: str = "T1", people: int = 4, skip: int = 0) -> Tube:
    tube = make_tube(round, code=code)
    members = RoundMember.objects.filter(round=round).order_by("pk")[skip : skip + people]
    for member in members:
        make_sample(member, tube=tube)
    return tube


def lines(*pairs: tuple[str, str], at: datetime | None = RESULT) -> list[ResultLine]:
    return [ResultLine(n, tube=t, said=said, at=at) for n, (t, said) in enumerate(pairs, 2)]


def take(actor: Actor, *pairs: tuple[str, str], now: datetime = SENT, **facts: object):
    sent = Sent(area=COMMUNITY, lines=lines(*pairs), how="file", **facts)
    return take_results(actor=actor, sent=sent, now=now)


def codes(act: str) -> int:
    return AuditEntry.objects.filter(act=act).count()


def test_a_negative_tube_gives_everybody_in_it_a_result(officer: Actor, round: Round) -> None:
    tube = full_tube(round)
    delivery, faults = take(officer, ("t1 ", "阴性"))
    assert (delivery.taken, delivery.known, faults) == (1, 0, [])
    tube.refresh_from_db()
    assert (tube.state, tube.resulted_at) == ("negative", RESULT)
    assert set(Result.objects.values_list("outcome", "resulted_at")) == {("negative", RESULT)}
    assert Result.objects.count() == 4
    assert not Hold.objects.exists()


def test_the_same_rows_again_are_one_delivery_and_change_nothing(
    officer: Actor, round: Round
) -> None:
    full_tube(round)
    first, _ = take(officer, ("T1", "阴性"))
    second, _ = take(officer, ("T1", "阴性"), now=SENT + timedelta(hours=1))
    assert first == second
    assert (ResultDelivery.objects.count(), Result.objects.count()) == (1, 4)
    assert codes("screening.results_taken") == 1
    other, _ = take(officer, ("T1", "negative"), now=SENT + timedelta(hours=1))
    assert (other.taken, other.known) == (0, 1)
    assert Result.objects.count() == 4


def test_a_positive_pool_holds_everybody_and_records_no_positive(
    officer: Actor, round: Round, django_capture_on_commit_callbacks
) -> None:
    chief = make_actor(username="chief", role=Role.SUBDISTRICT_OFFICER, area=140109008000)
    full_tube(round)
    with django_capture_on_commit_callbacks(execute=True):
        take(officer, ("T1", "阳性"))
    holds = list(Hold.objects.all())
    assert len(holds) == 4
    assert {(h.starts_at, h.hours, h.clause) for h in holds} == {(SENT, 24, "QA-hold")}
    assert not Result.objects.exists()
    told = Message.objects.filter(kind="screening.positive_pool")
    assert set(told.values_list("user", flat=True)) == {officer.user_id, chief.user_id}
    assert all(message.is_urgent for message in told)
    assert Task.objects.filter(kind="resample", state="open").count() == 4
    plan = recompute(community=COMMUNITY, day=TODAY, now=SENT).plan
    held = plan.residents_with(DutyCode.STAY_HOME)
    assert held == {h.resident_id for h in holds}
    assert plan.may_go_to_hospital(holds[0].resident_id or 0)


def test_single_results_release_or_confirm(officer: Actor, round: Round) -> None:
    full_tube(round)
    take(officer, ("T1", "阳性"))
    who = list(Hold.objects.order_by("pk"))
    for n, hold in enumerate(who[:2]):
        member = RoundMember.objects.get(round=round, resident=hold.resident_id)
        tube = make_tube(round, code=f"S{n}", purpose="single")
        make_sample(member, tube=tube, purpose="single", at=SENT + timedelta(minutes=5))
    later = SENT + timedelta(hours=4)
    sent = lines(("S0", "阴性"), ("S1", "阳性"), at=later)
    take_results(actor=officer, sent=Sent(COMMUNITY, sent, "file"), now=later)
    first, second, *rest = Hold.objects.order_by("pk")
    assert (first.end, first.ended_at) == ("released", later)
    assert (second.end, second.ended_at) == ("confirmed", None)  # until its hours are over
    assert {hold.end for hold in rest} == {""}
    assert dict(Result.objects.values_list("resident_id", "outcome")) == {
        first.resident_id: "negative",
        second.resident_id: "positive",
    }
    assert Message.objects.filter(kind="screening.single_positive").count() == 1


def test_alarms_at_half_and_three_quarters_and_the_end_by_itself(
    officer: Actor, round: Round, django_capture_on_commit_callbacks
) -> None:
    full_tube(round)
    take(officer, ("T1", "可疑"))
    told = Message.objects.filter(kind="screening.hold_alarm")
    for hours, alarms in ((11, 0), (12, 1), (12.5, 1), (18, 2), (23.9, 2)):
        watch_holds(community=COMMUNITY, now=SENT + timedelta(hours=hours))
        assert told.count() == alarms
    end = SENT + timedelta(hours=24)
    late = end + timedelta(minutes=4)
    assert watch_holds(community=COMMUNITY, now=late) == (0, 4)
    assert set(Hold.objects.values_list("end", "ended_at")) == {("ran_out", end)}
    assert watch_holds(community=COMMUNITY, now=late) == (0, 0)
    assert Message.objects.filter(kind="screening.holds_ran_out").count() == 1
    plan = recompute(community=COMMUNITY, day=TODAY + timedelta(days=2), now=late).plan
    assert not plan.residents_with(DutyCode.STAY_HOME)


def test_a_hold_is_extended_once_with_name_reason_and_clause(
    officer: Actor, grid_worker: Actor, round: Round
) -> None:
    full_tube(round)
    take(officer, ("T1", "阳性"))
    hold = Hold.objects.order_by("pk")[0]
    until, now = SENT + timedelta(hours=30), SENT + timedelta(hours=20)

    def extend(actor: Actor = officer, **facts: object) -> None:
        wanted = {"until": until, "reason": "样本送检延误", "clause": "指挥部函3号", "now": now}
        extend_hold(actor=actor, hold=hold, **wanted | facts)

    for wrong, code in (
        ({"reason": " "}, "hold_needs_clause"),
        ({"clause": ""}, "hold_needs_clause"),
        ({"until": SENT + timedelta(hours=49)}, "hold_too_long"),
        ({"until": now}, "hold_too_long"),
        ({"now": SENT + timedelta(hours=24)}, "hold_over"),
        ({"actor": grid_worker}, "not_allowed"),
        ({"actor": Actor.system(COMMUNITY)}, "not_allowed"),
    ):
        with pytest.raises(RuleBroken, match=code):
            extend(**wrong)
    extend()
    with pytest.raises(RuleBroken, match="extended_before"):
        extend(until=SENT + timedelta(hours=40))
    hold.refresh_from_db()
    assert (hold.ends_at, hold.extended_by) == (until, officer.user_id)
    assert watch_holds(community=COMMUNITY, now=SENT + timedelta(hours=25))[1] == 3
    assert watch_holds(community=COMMUNITY, now=until)[1] == 1


def test_odd_rows_wait_and_change_nothing(officer: Actor, round: Round) -> None:
    full_tube(round, "T1", 2)
    full_tube(round, "T2", 2, skip=2)
    make_tube(round, code="OPEN1", state="open")
    make_tube(round, code="EMPTY1")
    take(officer, ("T1", "阴性"))
    _, faults = take(
        officer,
        ("T1", "阳性"),
        ("T2", "阴性"),
        ("T2", "阳性"),
        ("NOBODY", "阴性"),
        ("OPEN1", "阴性"),
        ("EMPTY1", "阴性"),
        ("T1", "完成"),
    )
    assert sorted((f.row, f.code) for f in faults) == [
        (2, "contradiction"),
        (3, "twice"),
        (4, "twice"),
        (5, "unknown_tube"),
        (6, "not_closed"),
        (7, "empty_tube"),
        (8, "bad_value"),
    ]
    assert dict(Tube.objects.values_list("code", "state")) == {
        "T1": "negative",
        "T2": "closed",
        "OPEN1": "open",
        "EMPTY1": "closed",
    }
    assert not Hold.objects.exists()
    assert Message.objects.filter(kind="screening.results_contradict").count() == 1


def test_a_row_finds_its_tube_when_the_desk_has_sent(officer: Actor, round: Round) -> None:
    delivery, faults = take(officer, ("T1", "阴性"))
    assert [f.code for f in faults] == ["unknown_tube"]
    assert try_again(area=COMMUNITY, now=SENT) == 0
    full_tube(round)
    assert try_again(area=COMMUNITY, now=SENT) == 1
    assert Result.objects.count() == 4
    delivery.refresh_from_db()
    assert delivery.taken == 1
    assert not ResultFault.objects.filter(settled_at=None).exists()
    assert try_again(area=COMMUNITY, now=SENT) == 0


def test_a_corrected_result_takes_everything_back(officer: Actor, round: Round) -> None:
    full_tube(round)
    take(officer, ("T1", "阳性"))
    _, (fault,) = take(officer, ("T1", "阴性"))
    later = SENT + timedelta(hours=1)
    with pytest.raises(RuleBroken, match="reason_missing"):
        correct_result(actor=officer, fault=fault, reason=" ", now=later)
    correct_result(actor=officer, fault=fault, reason="实验室更正", now=later)
    assert set(Hold.objects.values_list("end", "ended_at")) == {("withdrawn", later)}
    assert Result.objects.filter(outcome="negative", superseded_at=None).count() == 4
    with pytest.raises(RuleBroken, match="changed_meanwhile"):
        correct_result(actor=officer, fault=fault, reason="再次", now=later)
    _, (again,) = take(officer, ("T1", "positive"), now=later)
    correct_result(actor=officer, fault=again, reason="再次更正", now=later)
    # Four new rows: what was known before the second correction can still be replayed.
    assert sorted(Hold.objects.values_list("end", "ended_at", "recorded_at")) == [
        *[("", None, later)] * 4,
        *[("withdrawn", later, SENT)] * 4,
    ]
    assert not Result.objects.filter(superseded_at=None).exists()


def test_a_row_is_put_aside_with_a_reason(officer: Actor, round: Round) -> None:
    _, (fault,) = take(officer, ("X9", "阴性"))
    settle_fault(actor=officer, fault=fault, reason="邻区的管子", now=SENT)
    with pytest.raises(RuleBroken, match="changed_meanwhile"):
        settle_fault(actor=officer, fault=fault, reason="邻区的管子", now=SENT)
    with pytest.raises(RuleBroken, match="fault_has_no_tube"):
        correct_result(actor=officer, fault=fault, reason="邻区的管子", now=SENT)


def test_a_spoilt_tube_makes_its_people_due_again(officer: Actor, round: Round) -> None:
    full_tube(round)
    before = total(round).missing
    take(officer, ("T1", "漏液"))
    assert total(round).missing == before + 4
    assert not Sample.objects.filter(superseded_at=None).exists()


def test_an_unclear_single_sample_is_taken_again_and_the_hold_goes_on(
    officer: Actor, round: Round
) -> None:
    full_tube(round, people=1)
    take(officer, ("T1", "阳性"))
    member = RoundMember.objects.get(round=round, resident=Hold.objects.get().resident_id)
    make_sample(member, tube=make_tube(round, code="S1", purpose="single"), purpose="single")
    take(officer, ("S1", "可疑"))
    assert Hold.objects.get().end == ""
    make_sample(member, tube=make_tube(round, code="S2", purpose="single"), purpose="single")
    take(officer, ("S2", "阴性"))
    assert Hold.objects.get().end == "released"


def test_who_is_not_registered_is_held_and_gets_a_result_too(officer: Actor, round: Round) -> None:
    stay = register_guest(
        actor=officer, place=Place.objects.filter(kind="dwelling")[0], name="王访客",
        kind="visitor", starts_at=NOW, ends_at=None, ref=uuid4(), now=NOW,
    )  # fmt: skip
    member = add_member(actor=officer, round=round, reason="来访", now=NOW, stay=stay)
    make_sample(member, tube=make_tube(round, code="G1"))
    take(officer, ("G1", "阳性"))
    assert Hold.objects.get().guest == stay.ref
    make_sample(member, tube=make_tube(round, code="G2", purpose="single"), purpose="single")
    take(officer, ("G2", "阴性"))
    assert Hold.objects.get().end == "released"
    assert Result.objects.get(guest__isnull=False).outcome == "negative"


def test_a_row_by_person_speaks_of_the_tube_of_the_latest_sample(
    officer: Actor, round: Round
) -> None:
    full_tube(round)
    person = Resident.objects.get(pk=Sample.objects.order_by("pk")[0].resident_id)
    Resident.objects.filter(pk=person.pk).update(document="110105194912310028")
    sent = [
        ResultLine(2, document="110105194912310028", said="阴性"),
        ResultLine(3, document="110105194912310029", said="阴性"),
    ]
    delivery, faults = take_results(actor=officer, sent=Sent(COMMUNITY, sent, "file"), now=SENT)
    assert (delivery.taken, [f.code for f in faults]) == (1, ["unknown_person"])
    assert Tube.objects.get().state == "negative"


def test_a_wrong_clock_of_the_laboratory_is_named_and_ours_counts(
    officer: Actor, round: Round
) -> None:
    full_tube(round)
    sent = lines(("T1", "阴性"), at=SENT + timedelta(hours=8))
    _, faults = take_results(actor=officer, sent=Sent(COMMUNITY, sent, "file"), now=SENT)
    assert [f.code for f in faults] == ["lab_clock"]
    assert Tube.objects.get().resulted_at == SENT


def test_results_after_the_round_was_closed_are_taken_and_named_once(
    officer: Actor, round: Round
) -> None:
    full_tube(round, "T1", 3)
    full_tube(round, "T2", 3, skip=3)
    close_round(actor=officer, round=round, now=SENT)
    _, faults = take(officer, ("T1", "阴性"), ("T2", "阴性"))
    assert [f.code for f in faults] == ["late"]
    assert Result.objects.count() == 6


def test_an_area_takes_only_tubes_inside_it(
    officer: Actor, other_officer: Actor, round: Round
) -> None:
    full_tube(round)
    sent = Sent(area=OTHER_COMMUNITY, lines=lines(("T1", "阴性")), how="file")
    _, faults = take_results(actor=other_officer, sent=sent, now=SENT)
    assert [f.code for f in faults] == ["unknown_tube"]
    assert Tube.objects.get().state == "closed"
    with pytest.raises(NotVisible):
        take(other_officer, ("T1", "阴性"))


def test_who_may_take_in_results(officer: Actor, grid_worker: Actor, round: Round) -> None:
    with pytest.raises(RuleBroken, match="not_allowed"):
        take(grid_worker, ("T1", "阴性"))
    with pytest.raises(RuleBroken, match="results_none"):
        take(officer)
    laboratory = add_laboratory(actor=officer, area=COMMUNITY, name="金域检验", now=NOW)
    elsewhere = Sent(OTHER_COMMUNITY, lines(("T1", "阴性")), "api", laboratory)
    with pytest.raises(NotVisible):
        take_results(actor=Actor.system(OTHER_COMMUNITY), sent=elsewhere, now=SENT)
    without_key = Sent(COMMUNITY, lines(("T1", "阴性")), "api")
    with pytest.raises(NotVisible):
        take_results(actor=Actor.system(COMMUNITY), sent=without_key, now=SENT)


def test_queries_do_not_grow_with_tubes(officer: Actor) -> None:
    make_building(rooms=tuple(f"{n}01" for n in range(1, 15)))
    round = make_round(officer)
    asked = []
    for tubes in (range(1), range(1, 3), range(3, 13)):
        for n in tubes:
            full_tube(round, f"Q{n}", 2, skip=2 * n)
        with CaptureQueriesContext(connection) as seen:
            delivery, _ = take(officer, *((f"Q{n}", "阴性") for n in tubes))
        assert delivery.taken == len(tubes)
        asked.append(len(seen))
    _first, few, many = asked  # the first delivery writes statements that later ones find
    assert many == few <= 36, asked
