"""Two entries of one person in a round: merged, they are sampled, held and released as one."""

from datetime import timedelta
from uuid import uuid4

import pytest

from gridwell.accounts.rules.actor import Actor
from gridwell.core.clock import end_of, start_of
from gridwell.core.errors import RuleBroken
from gridwell.health.actions.exemptions import exempt
from gridwell.health.models import Hold, Sample, Tube
from gridwell.orders.tests.make import NOW, TODAY, make_building, make_district
from gridwell.places.tests.make import COMMUNITY
from gridwell.plan.actions import recompute_after, up_to_date
from gridwell.plan.queries.days import Day
from gridwell.plan.rules.plan import DutyCode, WorkCode
from gridwell.residents.actions.merging import merge_residents, undo_merge
from gridwell.residents.models import Resident
from gridwell.screening.actions import desk
from gridwell.screening.actions.rounds import bring_up_to_date, open_round, plan_round
from gridwell.screening.models import Round
from gridwell.screening.queries.desk import Sampler, access_desk
from gridwell.screening.queries.due import differs
from gridwell.screening.queries.holds import figures_of, held_people, singles_of
from gridwell.screening.queries.members import at_desks, total
from gridwell.screening.queries.results import match_tubes
from gridwell.screening.rules.results import ResultLine
from gridwell.screening.tests.make import make_order, make_round
from gridwell.screening.tests.test_results import SENT, take
from gridwell.tasks.models import Task

DOCUMENT = "11010519491231002X"
LATER = SENT + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _building(db: None) -> None:
    make_district()
    make_building(rooms=("101",), people=4)


@pytest.fixture
def row(officer: Actor) -> Round:
    return make_round(officer)


@pytest.fixture
def sampler(officer: Actor, row: Round) -> Sampler:
    return access_desk(officer, row.pk)


def people() -> list[Resident]:
    return list(Resident.objects.order_by("pk"))


def put(sampler: Sampler, tube: Tube, person: Resident) -> Sample:
    key = f"r:{person.ref.hex}"
    return desk.add_sample(sampler=sampler, tube=tube, key=key, ref=uuid4(), now=SENT)


def tube(sampler: Sampler, code: str, *inside: Resident, purpose: str = "pool") -> Tube:
    """Return a tube with these people in it, closed where anybody is."""
    made = desk.open_tube(
        sampler=sampler, code=code, ref=uuid4(), desk=code, now=SENT, purpose=purpose
    )
    for person in inside:
        put(sampler, made, person)
    return desk.close_tube(sampler=sampler, tube=made, now=SENT) if inside else made


def merge(officer: Actor, gone: Resident, kept: Resident) -> Day:
    """Merge two entries and return the plan that follows."""
    merge_residents(actor=officer, gone=gone, kept=kept, reason="同一人", now=SENT)
    return planned()


def planned() -> Day:
    recompute_after(communities=[COMMUNITY], day=TODAY, now=LATER)
    return up_to_date(community=COMMUNITY, day=TODAY, now=LATER)


def told(day: Day, code: DutyCode) -> set[int]:
    return {who for duty in day.plan.duties if duty.code == code for who in duty.residents}


def to_sample_again(day: Day) -> set[int]:
    return {who for w in day.plan.work if w.code == WorkCode.RESAMPLE for who in w.subjects}


@pytest.mark.parametrize("links", [1, 2])
def test_who_is_held_stays_held_and_is_released_by_the_sample_under_the_other_entry(
    officer: Actor, row: Round, sampler: Sampler, links: int
) -> None:
    gone, kept, other, further = people()
    tube(sampler, "POOL-1", gone, other)
    take(officer, ("POOL-1", "阳性"), now=SENT)
    day = merge(officer, gone, kept)
    if links == 2:
        day, kept = merge(officer, kept, further), further
    assert told(day, DutyCode.STAY_HOME) == to_sample_again(day) == {kept.pk, other.pk}
    tube(sampler, "SINGLE-1", gone, purpose="single")  # by the card of the old entry
    assert Sample.objects.get(tube__code="SINGLE-1").resident == kept
    hold = Hold.objects.select_related("tube", "resident", "dwelling").get(resident=gone)
    assert [line.single for line in held_people(COMMUNITY, [hold], LATER)] == ["closed"]
    assert [one.tube for one in singles_of(hold)] == ["SINGLE-1"]
    if links == 1:
        assert figures_of(officer, COMMUNITY, LATER)[COMMUNITY].waiting == 1
        assert to_sample_again(planned()) == {other.pk}
    take(officer, ("SINGLE-1", "阴性"), now=LATER)
    assert dict(Hold.objects.values_list("resident", "end")) == {gone.pk: "released", other.pk: ""}


def test_a_single_positive_under_the_other_entry_confirms_and_holds_nobody_twice(
    officer: Actor, row: Round, sampler: Sampler
) -> None:
    gone, kept, other, _ = people()
    tube(sampler, "POOL-1", gone, other)
    take(officer, ("POOL-1", "阳性"), now=SENT)
    merge(officer, gone, kept)
    tube(sampler, "SINGLE-1", kept, purpose="single")
    take(officer, ("SINGLE-1", "阳性"), now=LATER)
    assert dict(Hold.objects.values_list("resident", "end")) == {gone.pk: "confirmed", other.pk: ""}


def test_a_pool_that_is_positive_later_does_not_hold_whom_a_single_sample_cleared(
    officer: Actor, row: Round, sampler: Sampler
) -> None:
    gone, kept, other, _ = people()
    tube(sampler, "POOL-1", gone, other)
    merge(officer, gone, kept)
    tube(sampler, "SINGLE-1", kept, purpose="single")
    take(officer, ("SINGLE-1", "阴性"), now=LATER)
    take(officer, ("POOL-1", "阳性"), now=LATER)
    assert list(Hold.objects.values_list("resident", flat=True)) == [other.pk]


def test_the_desk_closes_the_work_of_either_entry(
    officer: Actor, row: Round, sampler: Sampler
) -> None:
    gone, kept, other, _ = people()
    tube(sampler, "POOL-1", gone, other)
    take(officer, ("POOL-1", "阳性"), now=SENT)
    planned()
    asked = Task.objects.filter(kind="resample", subject_kind="resident")
    assert set(asked.values_list("subject", "state")) == {(gone.pk, "open"), (other.pk, "open")}
    merge_residents(actor=officer, gone=gone, kept=kept, reason="同一人", now=SENT)
    tube(sampler, "SINGLE-1", kept, purpose="single")
    assert set(asked.values_list("subject", "state")) == {(gone.pk, "done"), (other.pk, "open")}


def test_one_person_is_not_put_into_two_tubes_under_two_entries(
    officer: Actor, row: Round, sampler: Sampler
) -> None:
    gone, kept, *_ = people()
    tube(sampler, "POOL-1", gone)
    merge(officer, gone, kept)
    other = tube(sampler, "POOL-2")
    for entry in (gone, kept):
        with pytest.raises(RuleBroken, match=r"screening\.in_other_tube"):
            put(sampler, other, entry)
    undo_merge(actor=officer, gone=gone, now=LATER)
    assert put(sampler, other, kept).resident == kept


def test_who_was_sampled_under_the_old_entry_is_missing_under_neither(
    officer: Actor, row: Round, sampler: Sampler
) -> None:
    gone, kept, *_ = people()
    tube(sampler, "POOL-1", gone)
    before = planned()
    assert not differs(row, before.plan)
    day = merge(officer, gone, kept)
    assert differs(row, day.plan)  # the page offers to work it in
    assert bring_up_to_date(actor=officer, round=row, reason="合并", now=LATER).removed == 1
    assert not differs(row, planned().plan)
    assert (total(row).due, total(row).sampled) == (3, 1)
    assert {gone.pk, kept.pk} <= at_desks(COMMUNITY, start_of(TODAY), end_of(TODAY))


def test_an_exemption_of_the_old_entry_holds_for_the_person(officer: Actor) -> None:
    gone, kept, *_ = people()
    start, end = start_of(TODAY), end_of(TODAY)
    exempt(actor=officer, resident=gone, reason="recovered", starts_at=start, ends_at=end, now=NOW)
    merge(officer, gone, kept)
    made = plan_round(actor=officer, order=make_order(officer), now=NOW)
    row = open_round(actor=officer, round=made, now=NOW)
    assert dict(row.members.values_list("resident", "exempt")) == {
        kept.pk: "recovered",
        **{person.pk: "" for person in people()[2:]},
    }


@pytest.mark.parametrize("links", [1, 2])
def test_a_result_by_document_finds_the_tube_of_the_old_entry(
    officer: Actor, row: Round, sampler: Sampler, links: int
) -> None:
    gone, kept, further, _ = people()
    tube(sampler, "POOL-1", gone)
    merge(officer, gone, kept)
    if links == 2:
        merge(officer, kept, further)
    survivor = further if links == 2 else kept
    survivor.refresh_from_db()
    survivor.document = DOCUMENT
    survivor.save(update_fields=["document"])
    (found,) = match_tubes(COMMUNITY, [ResultLine(1, document=DOCUMENT, said="阴性")])
    assert found == (Tube.objects.get().pk, COMMUNITY)
