"""Two samples of one person, and tubes whose result is corrected after their samples were put aside."""

from datetime import timedelta
from uuid import uuid4

import pytest

from gridwell.accounts.rules.actor import Actor
from gridwell.health.models import Hold, Result, Sample, Tube
from gridwell.orders.tests.make import NOW, TODAY, make_building, make_district
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY
from gridwell.plan.actions import recompute
from gridwell.plan.rules.plan import WorkCode
from gridwell.residents.actions.guests import register_guest
from gridwell.screening.actions.corrections import correct_result
from gridwell.screening.actions.desk import add_sample, open_tube
from gridwell.screening.actions.members import add_member
from gridwell.screening.actions.results import Sent, take_results
from gridwell.screening.models import Laboratory, ResultFault, Round, RoundMember
from gridwell.screening.queries.desk import access_desk
from gridwell.screening.queries.members import total
from gridwell.screening.queries.results import people_of
from gridwell.screening.rules.results import ResultLine
from gridwell.screening.tests.make import make_round, make_sample, make_tube
from gridwell.screening.tests.test_results import RESULT, SENT, full_tube, take
from gridwell.tasks.models import Task

LATER = SENT + timedelta(hours=4)
WHOLE = SENT + timedelta(hours=24)


@pytest.fixture(autouse=True)
def _district(db: None) -> None:
    make_district()


@pytest.fixture
def round(officer: Actor) -> Round:
    make_building(rooms=("101", "201", "301"))
    row = make_round(officer)
    full_tube(row)
    return row


def singles(round: Round) -> RoundMember:
    """The first person of the pool gave two single samples."""
    member = RoundMember.objects.get(round=round, resident=Hold.objects.earliest("pk").resident_id)
    for n, purpose in enumerate(("single", "again")):
        tube = make_tube(round, code=f"SINGLE{n}", purpose="single")
        make_sample(member, tube=tube, purpose=purpose, at=SENT + timedelta(minutes=5 + n))
    return member


def correct(officer: Actor, code: str) -> Tube:
    fault = ResultFault.objects.get(code="contradiction", settled_at=None)
    assert fault.tube_id == Tube.objects.get(code=code).pk
    return correct_result(actor=officer, fault=fault, reason="实验室更正", now=LATER)


def lasting(member: RoundMember) -> Hold:
    return Hold.objects.get(resident=member.resident_id, ended_at=None)


def test_a_positive_after_a_negative_of_the_same_person_holds_again(
    officer: Actor, round: Round
) -> None:
    take(officer, ("T1", "阳性"))
    member = singles(round)
    take(officer, ("SINGLE0", "阴性"), now=SENT + timedelta(hours=2))
    assert Hold.objects.get(resident=member.resident_id).end == "released"
    take(officer, ("SINGLE1", "阳性"), now=LATER)
    hold = lasting(member)
    assert (hold.end, hold.decided_at, hold.ends_at) == ("confirmed", LATER, WHOLE)


def test_a_positive_counts_beside_a_negative_of_one_delivery(officer: Actor, round: Round) -> None:
    take(officer, ("T1", "阳性"))
    member = singles(round)
    take(officer, ("SINGLE0", "阴性"), ("SINGLE1", "阳性"), now=LATER)
    assert lasting(member).end == "confirmed"
    assert Hold.objects.filter(resident=member.resident_id).count() == 1


def test_that_positive_taken_back_releases_and_leaves_one_row_open_at_most(
    officer: Actor, round: Round
) -> None:
    take(officer, ("T1", "阳性"))
    member = singles(round)
    take(officer, ("SINGLE0", "阴性"), now=SENT + timedelta(hours=2))
    take(officer, ("SINGLE1", "阳性"), now=LATER)
    take(officer, ("SINGLE1", "阴性"), now=LATER)
    correct(officer, "SINGLE1")
    ends = Hold.objects.filter(resident=member.resident_id).order_by("pk")
    assert list(ends.values_list("end", flat=True)) == ["withdrawn", "released"]
    assert not ends.filter(ended_at=None).exists()


def test_a_late_pool_knows_of_a_second_single_sample(officer: Actor, round: Round) -> None:
    member = RoundMember.objects.filter(round=round).order_by("pk")[0]
    for n, (purpose, state) in enumerate((("single", "negative"), ("again", "positive"))):
        tube = make_tube(round, code=f"SINGLE{n}", purpose="single", state=state)
        make_sample(member, tube=tube, purpose=purpose, at=SENT - timedelta(minutes=5))
    take(officer, ("T1", "阳性"))
    assert lasting(member).end == "confirmed"


def test_a_spoilt_tube_that_was_positive_after_all_holds_everybody(
    officer: Actor, round: Round
) -> None:
    take(officer, ("T1", "不合格"))
    again = RoundMember.objects.filter(round=round).order_by("pk")[0]
    make_sample(again, at=SENT - timedelta(minutes=1))  # one of them has come again
    assert total(round).sampled == 1
    take(officer, ("T1", "阳性"), now=LATER)
    assert people_of(Tube.objects.get(code="T1")) == 4  # as the page of the row says
    tube = correct(officer, "T1")
    assert tube.state == "positive"
    assert Hold.objects.filter(tube=tube, ended_at=None).count() == 4
    assert total(round).sampled == 4
    own = Sample.objects.filter(resident=again.resident_id, superseded_at=None)
    assert sorted(own.values_list("purpose", flat=True)) == ["again", "pool"]


def test_an_unclear_single_sample_that_was_positive_after_all_confirms(
    officer: Actor, round: Round
) -> None:
    take(officer, ("T1", "阳性"))
    member = singles(round)
    take(officer, ("SINGLE0", "可疑"), now=SENT + timedelta(hours=2))
    take(officer, ("SINGLE0", "阳性"), now=LATER)
    correct(officer, "SINGLE0")
    assert lasting(member).end == "confirmed"
    assert Result.objects.get(superseded_at=None).outcome == "positive"


def test_a_corrected_tube_names_who_corrected_it(officer: Actor, round: Round) -> None:
    other = Laboratory.objects.create(area_id=COMMUNITY, name="复核实验室", created_at=SENT)
    take(officer, ("T1", "阴性"))
    said = [ResultLine(2, tube="T1", said="阳性", at=RESULT)]
    take_results(actor=officer, sent=Sent(COMMUNITY, said, "file", other), now=LATER)
    correct(officer, "T1")
    assert Tube.objects.get(code="T1").result_source == "复核实验室"


def test_of_two_guests_at_one_door_each_is_asked_for_until_sampled_singly(
    officer: Actor, round: Round, django_capture_on_commit_callbacks
) -> None:
    door = Place.objects.filter(kind="dwelling")[0]
    pool, keys = make_tube(round, code="G1"), []
    for name in ("王访客", "李访客"):
        stay = register_guest(
            actor=officer, place=door, name=name, kind="visitor", starts_at=NOW, ends_at=None,
            ref=uuid4(), now=NOW,
        )  # fmt: skip
        member = add_member(actor=officer, round=round, reason="来访", now=NOW, stay=stay)
        make_sample(member, tube=pool)
        keys.append(f"g:{stay.ref.hex}")
    with django_capture_on_commit_callbacks(execute=True):
        take(officer, ("G1", "阳性"))
    sampler = access_desk(officer, round.pk)
    states = []
    for n, key in enumerate(keys):
        made = {"code": f"SINGLE{n}", "purpose": "single", "desk": f"d{n}", "ref": uuid4()}
        tube = open_tube(sampler=sampler, now=LATER, **made)
        add_sample(sampler=sampler, tube=tube, key=key, ref=uuid4(), now=LATER)
        tasks = Task.objects.filter(kind="resample").order_by("basis")
        states.append(list(tasks.values_list("state", flat=True)))
        plan = recompute(community=COMMUNITY, day=TODAY, now=LATER).plan
        asked = [work for work in plan.work if work.code == WorkCode.RESAMPLE]
        assert bool(asked) == (n == 0)
    assert states == [["done", "open"], ["done", "done"]]
