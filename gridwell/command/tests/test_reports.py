"""Reports up: which is due, what it says, once, by itself in quiet times, late ones named."""

from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest

from gridwell.accounts.rules.actor import Actor
from gridwell.command.actions.reports import send_due, send_report
from gridwell.command.models import Report
from gridwell.command.queries.reports import due_of, figures_of, received_at
from gridwell.command.rules.reports import answers, compared, overdue
from gridwell.core.clock import start_of, zone
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.models import Job
from gridwell.notify.models import Message
from gridwell.orders.actions.modes import change_mode, set_profile
from gridwell.orders.tests.make import NOW, TODAY, make_building, make_district, make_zone
from gridwell.places.tests.make import COMMUNITY, OTHER_COMMUNITY, make_area
from gridwell.plan.actions import recompute

DISTRICT = 140109000000


def local(hour: int, minute: int = 0) -> datetime:
    return datetime.combine(TODAY, time(hour, minute), tzinfo=zone())


@pytest.fixture(autouse=True)
def areas(db: None) -> None:
    make_district()
    make_area(code=OTHER_COMMUNITY)


@pytest.mark.parametrize(
    ("sent", "now", "answered", "late"),
    [
        ((), local(5, 59), None, 0),
        ((), local(6), local(8), 0),
        ((), local(8), local(8), 1),
        ((local(8),), local(8, 30), None, 0),
        ((local(8),), local(12), local(14), 0),
        ((), local(21), local(20), 3),
        ((local(20),), local(21), local(14), 2),
        ((local(8), local(14), local(20)), local(23), None, 0),
    ],
)
def test_which_set_time_a_report_answers(
    sent: tuple[datetime, ...], now: datetime, answered: datetime | None, late: int
) -> None:
    due = [local(8), local(14), local(20)]
    assert answers(due, sent, now) == answered
    assert len(overdue(due, sent, now)) == late


def test_a_figure_that_was_not_sent_has_no_difference() -> None:
    changes = {change.code: change for change in compared({"tasks_late": 2}, {"tasks_late": 5})}
    assert changes["tasks_late"].difference == 3
    assert changes["isolated"].difference == 0


def test_the_figures_come_from_the_live_data(officer: Actor) -> None:
    make_zone(officer, place=make_building())
    recompute(community=COMMUNITY, day=TODAY, now=NOW)
    figures = figures_of([COMMUNITY, OTHER_COMMUNITY, DISTRICT], NOW)
    assert figures[COMMUNITY]["zones_high"] == 1
    assert figures[COMMUNITY]["stay_home"] > 0
    assert figures[COMMUNITY]["tasks_open"] > 0
    assert figures[DISTRICT] == figures[COMMUNITY]
    assert not any(figures[OTHER_COMMUNITY].values())


def test_sent_once_and_told(officer: Actor, district_officer: Actor) -> None:
    make_area(code=140109008000)
    facts: dict = {"actor": officer, "area": COMMUNITY, "remark": "", "now": NOW}
    ref = uuid4()
    row = send_report(client_ref=ref, **facts)
    assert send_report(client_ref=ref, **facts) == row
    assert (row.to_area_id, row.due_at) == (140109008000, local(17))
    assert send_report(client_ref=uuid4(), **facts).due_at is None
    assert due_of([COMMUNITY], NOW)[COMMUNITY].late == ()
    up = send_report(actor=district_officer, area=DISTRICT, remark="", client_ref=uuid4(), now=NOW)
    assert up.to_area_id == 140100000000
    assert not Message.objects.exists()  # nobody holds a desk of the subdistrict or the city


def test_late_ones_are_named_above(district_officer: Actor, officer: Actor) -> None:
    rows = {one.area.pk: one for one in received_at(140109008000, NOW)}
    assert rows[COMMUNITY].due.late == (local(17),)
    send_report(actor=officer, area=COMMUNITY, remark="", client_ref=uuid4(), now=NOW)
    rows = {one.area.pk: one for one in received_at(140109008000, NOW)}
    assert rows[COMMUNITY].due.late == ()
    assert rows[COMMUNITY].last is not None
    assert rows[OTHER_COMMUNITY].last is None


def test_a_time_before_the_mode_began_is_not_asked_for(officer: Actor) -> None:
    change_mode(actor=officer, area=COMMUNITY, mode="emergency", reason="研判", now=local(13))
    due = due_of([COMMUNITY], local(21))[COMMUNITY]
    assert due.times == (local(14), local(20))
    assert due.is_manual


def test_in_routine_they_go_up_by_themselves(
    officer: Actor, other_officer: Actor, district_officer: Actor
) -> None:
    assert send_due(local(16, 59)) == 0
    assert Job.objects.filter(kind="command.reports", run_after=local(17)).count() == 1
    assert send_due(local(17)) == 3
    assert send_due(local(17, 1)) == 0
    row = Report.objects.get(area_id=COMMUNITY)
    assert (row.sent_by, row.due_at) == (None, local(17))


def test_in_an_emergency_somebody_looks_first(officer: Actor, other_officer: Actor) -> None:
    change_mode(actor=officer, area=COMMUNITY, mode="emergency", reason="研判", now=start_of(TODAY))
    set_profile(
        actor=other_officer, area=OTHER_COMMUNITY, mode="routine", reason="每日早报",
        reports_at=(time(9),), now=start_of(TODAY) - timedelta(days=1),
    )  # fmt: skip
    assert send_due(local(9)) == 1
    assert not Report.objects.filter(area_id=COMMUNITY).exists()
    assert due_of([COMMUNITY], local(9))[COMMUNITY].late == (local(8),)


def test_who_may_send(grid_worker: Actor, other_officer: Actor) -> None:
    facts: dict = {"area": COMMUNITY, "remark": "", "client_ref": uuid4(), "now": NOW}
    with pytest.raises(RuleBroken, match=r"orders\.not_allowed"):
        send_report(actor=grid_worker, **facts)
    with pytest.raises(NotVisible):
        send_report(actor=other_officer, **facts)


def test_many_areas_cost_as_few_queries(officer: Actor, django_assert_max_num_queries) -> None:
    codes = [140109008000 + number for number in range(1, 90)]
    with django_assert_max_num_queries(12):
        figures_of(codes, NOW)
        due_of(codes, NOW)
