"""Results, corrections, desks and the list at the same moment: each waits for its turn, none falls."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection

from gridwell.accounts.rules.actor import Actor
from gridwell.audit.models import AuditEntry
from gridwell.health.models import Hold, Sample, Tube
from gridwell.orders.tests.make import NOW, TODAY, make_building, make_district
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY, OTHER_COMMUNITY
from gridwell.plan.actions import recompute
from gridwell.residents.actions.guests import register_guest
from gridwell.residents.models import Resident, Stay
from gridwell.screening.actions import applying, desk
from gridwell.screening.actions.batch import DeskAct, take_batch
from gridwell.screening.actions.corrections import correct_result, settle_fault
from gridwell.screening.actions.holds import watch_holds
from gridwell.screening.actions.members import remove_member
from gridwell.screening.actions.results import Sent, take_results, try_again
from gridwell.screening.models import ResultDelivery, ResultFault, Round, RoundMember
from gridwell.screening.queries.desk import Sampler
from gridwell.screening.rules.results import ResultLine
from gridwell.screening.tests.make import make_round, make_sample, make_tube
from tests.support.at_once import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
TIMES = 12
LATER = NOW + timedelta(hours=2)
CITY = 140100000000


@pytest.fixture(autouse=True)
def _postgres() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one write at a time")


@pytest.fixture
def round(officer: Actor) -> Round:
    make_district()
    make_building(rooms=tuple(f"{floor}01" for floor in range(1, 9)))
    return make_round(officer, pool="20")


def members(round: Round) -> list[RoundMember]:
    return list(RoundMember.objects.filter(round=round).order_by("pk").select_related("resident"))


def key_of(member: RoundMember) -> str:
    resident = Resident.objects.get(pk=member.resident_id)
    return f"r:{resident.ref.hex}"


def told(
    actor: Actor, *rows: tuple[str, str], area: int = COMMUNITY, now: datetime = LATER
) -> Callable[[], str]:
    """Return the taking of a delivery, to be run later."""
    lines = [ResultLine(n, tube=tube, said=said, at=now) for n, (tube, said) in enumerate(rows, 2)]

    def run() -> str:
        take_results(actor=actor, sent=Sent(area, lines, "file"), now=now)
        return "taken"

    return run


def test_whose_sample_arrives_is_never_taken_out_meanwhile(officer: Actor, round: Round) -> None:
    """Whichever comes first: sampled and still in the round, or taken out and added again by the desk."""
    sampler = Sampler(officer, round, None)
    for n, member in enumerate(members(round)[:TIMES]):
        tube = desk.open_tube(sampler=sampler, code=f"TUBE{n}", ref=uuid4(), desk="1", now=NOW)
        key = key_of(member)

        def take_out(member: RoundMember = member) -> str:
            remove_member(actor=officer, member=member, reason="搬走", now=LATER)
            return "out"

        def sample(tube: Tube = tube, key: str = key) -> str:
            act = DeskAct(uuid4(), "add", LATER, {"tube": str(tube.ref), "person": key})
            (answer,) = take_batch(
                sampler=sampler, entries=[act], desk="1", device_now=LATER, now=LATER
            )
            return answer.what

        found = at_once(take_out, sample)
        assert found in (["screening.sampled_already", "taken"], ["out", "taken"])
        member.refresh_from_db()
        assert member.removed_at is None, "sampled, and in no list"
        assert Sample.objects.filter(resident=member.resident_id, superseded_at=None).count() == 1


def test_a_correction_while_the_rows_are_tried_again(officer: Actor, round: Round) -> None:
    """Both touch the rows and the tubes; the desk goes on meanwhile."""
    people = members(round)
    for n in range(TIMES):
        Hold.objects.all().delete()
        Sample.objects.all().delete()
        tubes = [make_tube(round, code=f"N{n}T{i}", state="open") for i in range(4)]
        for tube, member in zip(tubes, people, strict=False):
            make_sample(member, tube=tube)
        told(officer, *((tube.code, "阳性") for tube in tubes))()
        faults = list(ResultFault.objects.filter(code="not_closed", settled_at=None).order_by("pk"))
        assert len(faults) == 4
        Tube.objects.filter(pk__in=[t.pk for t in tubes]).update(state="closed", closed_at=LATER)

        def again() -> str:
            try_again(area=COMMUNITY, now=LATER)
            return "done"

        def correct(fault: ResultFault = faults[3]) -> str:
            correct_result(actor=officer, fault=fault, reason="实验室更正", now=LATER)
            return "done"

        def put_aside(fault: ResultFault = faults[2]) -> str:
            settle_fault(actor=officer, fault=fault, reason="核实", now=LATER)
            return "done"

        def watch() -> str:
            watch_holds(community=COMMUNITY, now=LATER)
            return "done"

        found = at_once(correct, again, put_aside, watch)
        assert set(found) <= {"done", "screening.changed_meanwhile"}, found
        assert not ResultFault.objects.filter(code="not_closed", settled_at=None).exists()
        positive = Tube.objects.filter(pk__in=[t.pk for t in tubes], state="positive").count()
        assert Hold.objects.filter(ended_at=None).count() == positive >= 3


def test_two_deliveries_in_opposite_order_and_a_desk(officer: Actor, round: Round) -> None:
    """The city's file and the community's own; a desk samples a guest and somebody reads the day."""
    people = members(round)
    sampler = Sampler(officer, round, None)
    door = Place.objects.filter(kind="dwelling").order_by("pk")[0]
    city = Actor.system(CITY)
    for n in range(TIMES):
        Sample.objects.all().delete()
        tubes = [make_tube(round, code=f"N{n}T{i}") for i in range(4)]
        for tube, member in zip(tubes, people, strict=False):
            make_sample(member, tube=tube)
        codes = [tube.code for tube in tubes]
        desk_tube = desk.open_tube(sampler=sampler, code=f"DESK{n}", ref=uuid4(), desk="1", now=NOW)

        def guest(n: int = n, tube: Tube = desk_tube) -> str:
            ref = uuid4()
            acts = [
                DeskAct(ref, "guest", LATER, {"door": str(door.ref), "name": f"访客{n}"}),
                DeskAct(uuid4(), "add", LATER, {"tube": str(tube.ref), "person": f"g:{ref.hex}"}),
            ]
            answers = take_batch(
                sampler=sampler, entries=acts, desk="1", device_now=LATER, now=LATER
            )
            return " ".join(answer.what for answer in answers)

        def visitor(n: int = n) -> str:
            register_guest(
                actor=officer, place=door, name=f"来客{n}", kind="visitor", starts_at=LATER,
                ends_at=None, ref=uuid4(), now=LATER,
            )  # fmt: skip
            return "entered"

        def day() -> str:
            recompute(community=COMMUNITY, day=TODAY, now=LATER)
            return "planned"

        found = at_once(
            told(officer, *((code, "阴性") for code in codes)),
            told_by(city, [(code, "阴性") for code in reversed(codes)]),
            guest,
            visitor,
            day,
        )
        assert found == ["entered", "planned", "taken", "taken", "taken taken"], found
        assert Tube.objects.filter(code__in=codes, state="negative").count() == 4
    assert Stay.objects.filter(superseded_at=None).count() == 2 * TIMES


def told_by(actor: Actor, rows: list[tuple[str, str]]) -> Callable[[], str]:
    """Return the taking of the city's delivery; its laboratory is made first."""
    from gridwell.places.models import Area
    from gridwell.screening.models import Laboratory

    laboratory, _ = Laboratory.objects.get_or_create(
        area=Area.objects.get(pk=CITY), name="市疾控", defaults={"created_at": NOW}
    )
    lines = [
        ResultLine(n, tube=tube, said=said, at=LATER) for n, (tube, said) in enumerate(rows, 2)
    ]

    def run() -> str:
        sent = Sent(CITY, lines, "api", laboratory)
        take_results(actor=actor, sent=sent, now=LATER)
        return "taken"

    return run


def test_a_delivery_for_two_communities_sent_twice_at_once(
    officer: Actor, other_officer: Actor, round: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The retry of a slow line meets the first call: both go through the portions, each is taken once."""
    monkeypatch.setattr(applying, "PORTION", 1)
    make_building(community=OTHER_COMMUNITY)
    other = make_round(other_officer, community=OTHER_COMMUNITY)
    for n in range(4):
        codes = [f"TWICE{n}A", f"TWICE{n}B"]
        for code, row, at in ((codes[0], round, n), (codes[1], other, n)):
            make_sample(members(row)[at], tube=make_tube(row, code=code))
        call = told_by(Actor.system(CITY), [(code, "阳性") for code in codes])
        assert at_once(call, call, call) == ["taken"] * 3
    assert list(ResultDelivery.objects.values_list("taken", "known").distinct()) == [(2, 0)]
    assert ResultDelivery.objects.filter(finished_at=None).count() == 0
    assert (ResultDelivery.objects.count(), Hold.objects.count()) == (4, 8)
    assert AuditEntry.objects.filter(act="screening.results_taken").count() == 4
    assert not ResultFault.objects.exists()
