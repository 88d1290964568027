"""What comes late: to a tube that has gone on, to a round that is closed, from a clock that was wrong."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.core.errors import RuleBroken
from gridwell.health.models import Hold, Sample, Tube
from gridwell.orders.models import ZoneRound
from gridwell.orders.tests.make import NOW, TODAY, make_building, make_district, make_zone
from gridwell.places.models import Place
from gridwell.residents.models import Household, Resident
from gridwell.residents.tests.make import make_resident
from gridwell.screening.actions import boxes, desk
from gridwell.screening.actions.batch import Answer, DeskAct, take_batch
from gridwell.screening.actions.rounds import close_round
from gridwell.screening.models import Box, DeskEntry, Round
from gridwell.screening.queries.desk import Sampler, access_desk
from gridwell.screening.queries.members import total
from gridwell.screening.tests.make import make_round
from gridwell.screening.tests.test_results import SENT, take

AFTER = SENT + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _district(db: None) -> None:
    make_district()


@pytest.fixture
def row(officer: Actor) -> Round:
    make_building(rooms=("101",), people=3)
    return make_round(officer)


@pytest.fixture
def sampler(officer: Actor, row: Round) -> Sampler:
    return access_desk(officer, row.pk)


def fill(sampler: Sampler, code: str, people: list[Resident], *, closes: bool = True) -> Tube:
    """Return a tube with these people in it."""
    tube = desk.open_tube(sampler=sampler, code=code, ref=uuid4(), desk=code, now=NOW)
    for person in people:
        key = f"r:{person.ref.hex}"
        desk.add_sample(sampler=sampler, tube=tube, key=key, ref=uuid4(), now=NOW)
    return desk.close_tube(sampler=sampler, tube=tube, now=NOW) if closes else tube


def everybody() -> list[Resident]:
    return list(Resident.objects.order_by("pk"))


def last_sample() -> Sample:
    found = Sample.objects.filter(superseded_at=None).order_by("pk").last()
    assert found is not None
    return found


def sent(sampler: Sampler, person: Resident, *, at: datetime, now: datetime) -> list[Answer]:
    """Send a tube with one person, done at `at` by the device."""
    tube = uuid4()
    acts = [
        DeskAct(tube, "open", at, {"code": "T-LATE-9"}),
        DeskAct(uuid4(), "add", at, {"tube": tube.hex, "person": f"r:{person.ref.hex}"}),
        DeskAct(uuid4(), "close", at, {"tube": tube.hex}),
    ]
    return take_batch(sampler=sampler, entries=acts, desk="d", device_now=now, now=now)


def test_a_tube_forgotten_open_is_closed_after_its_round_and_its_result_is_taken(
    officer: Actor, row: Round, sampler: Sampler, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    tube = fill(sampler, "TUBE-1", everybody(), closes=False)
    close_round(actor=officer, round=row, now=SENT)
    _, faults = take(officer, ("TUBE-1", "阳性"), now=AFTER)
    assert ([fault.code for fault in faults], Hold.objects.count()) == (["not_closed"], 0)
    monkeypatch.setattr(clock, "now", lambda: AFTER)
    client.force_login(User.objects.get(pk=officer.user_id))
    page = client.get(reverse("box_list", args=[row.pk]))
    assert [one.tube.pk for one in page.context["open_tubes"]] == [tube.pk]
    target = reverse("tube_close", args=[row.pk, tube.pk])
    assert target in page.content.decode()
    client.post(target)
    client.post(target)  # twice is once
    tube.refresh_from_db()
    assert (tube.state, tube.closed_at) == ("closed", AFTER)
    assert not client.get(reverse("box_list", args=[row.pk])).context["open_tubes"]
    take(officer, ("TUBE-1", "阳性"), now=AFTER)
    assert Hold.objects.count() == 3


def test_an_empty_tube_is_not_closed_by_hand(client: Client, officer: Actor, row: Round) -> None:
    tube = fill(access_desk(officer, row.pk), "TUBE-1", [], closes=False)
    client.force_login(User.objects.get(pk=officer.user_id))
    assert reverse("tube_close", args=[row.pk, tube.pk]) not in (
        client.get(reverse("box_list", args=[row.pk])).content.decode()
    )
    client.post(reverse("tube_close", args=[row.pk, tube.pk]))
    tube.refresh_from_db()
    assert tube.state == "open"


def test_the_last_is_not_undone_once_the_round_is_closed(
    officer: Actor, row: Round, sampler: Sampler
) -> None:
    fill(sampler, "TUBE-1", everybody())
    close_round(actor=officer, round=row, now=SENT)
    with pytest.raises(RuleBroken, match=r"screening\.round_closed"):
        desk.undo_sample(sampler=sampler, sample=last_sample(), now=AFTER)
    assert total(row).sampled == 3


def test_the_last_is_not_undone_in_a_tube_that_is_in_a_box(sampler: Sampler) -> None:
    """It would stand open in a box that is packed, counted and handed over."""
    fill(sampler, "TUBE-1", everybody())
    box = boxes.start_box(sampler=sampler, code="BOX", now=NOW)
    boxes.put_tube(sampler=sampler, box=box, code="TUBE-1", now=NOW)
    with pytest.raises(RuleBroken, match=r"screening\.tube_in_box"):
        desk.undo_sample(sampler=sampler, sample=last_sample(), now=NOW)
    boxes.take_out(sampler=sampler, box=box, code="TUBE-1", now=NOW)
    assert desk.undo_sample(sampler=sampler, sample=last_sample(), now=NOW).state == "open"


def test_a_tube_is_taken_out_of_a_wrong_box_until_it_is_packed(
    client: Client, officer: Actor, row: Round, sampler: Sampler
) -> None:
    fill(sampler, "TUBE-1", everybody()[:1])
    fill(sampler, "TUBE-2", everybody()[1:])
    one, two = (boxes.start_box(sampler=sampler, code=code, now=NOW) for code in ("B1", "B2"))
    boxes.put_all(sampler=sampler, box=one, now=NOW)
    client.force_login(User.objects.get(pk=officer.user_id))
    act = reverse("box_act", args=[row.pk, one.pk, "take_out"])
    assert act in client.get(reverse("box_page", args=[row.pk, one.pk])).content.decode()
    assert client.post(act, {"code": "TUBE-1"}).status_code == 302
    assert client.post(act, {"code": "TUBE-1"}).status_code == 409
    boxes.put_tube(sampler=sampler, box=two, code="TUBE-1", now=NOW)
    assert boxes.pack_box(sampler=sampler, box=one, counted=1, now=NOW).in_system == 1
    assert client.post(act, {"code": "TUBE-2"}).status_code == 409
    assert dict(Tube.objects.values_list("code", "box")) == {"TUBE-1": "B2", "TUBE-2": "B1"}
    assert Box.objects.get(code="B1").counted == 1


class TestZone:
    """A zone's round says to lifting what is true, also when a desk sends after the closing."""

    @pytest.fixture
    def row(self, officer: Actor) -> Round:
        make_building(rooms=("101", "201"))
        zone = make_zone(officer, place=Place.objects.get(kind="building"))
        row = make_round(officer, purpose="zone_day", zone=zone, pool="household")
        sampler = access_desk(officer, row.pk)
        fill(sampler, "TUBE-1", everybody()[:2])
        fill(sampler, "TUBE-2", everybody()[2:])
        take(officer, ("TUBE-1", "阴性"), ("TUBE-2", "阴性"), now=SENT)
        return row

    def outcome(self) -> tuple[int, int, int, bool]:
        found = ZoneRound.objects.order_by("-pk")[0]
        return found.due, found.sampled, found.negative, found.last_result_at is not None

    def late(self) -> Resident:
        home = Household.objects.order_by("pk")[0]
        return make_resident(household=home, name="晚来", is_head=False)

    def test_a_late_sample_keeps_it_open_until_its_result(
        self, officer: Actor, row: Round, sampler: Sampler
    ) -> None:
        person = self.late()
        close_round(actor=officer, round=row, now=SENT)
        assert self.outcome() == (4, 4, 4, True)
        answers = sent(access_desk(officer, row.pk), person, at=NOW, now=AFTER)
        assert [answer.what for answer in answers] == ["taken"] * 3
        assert self.outcome() == (5, 5, 4, False)
        take(officer, ("T-LATE-9", "阴性"), now=AFTER)
        assert self.outcome() == (5, 5, 5, True)

    def test_who_is_taken_out_of_a_tube_afterwards_is_missing(
        self, officer: Actor, row: Round, sampler: Sampler
    ) -> None:
        fill(sampler, "TUBE-3", [self.late()])
        close_round(actor=officer, round=row, now=SENT)
        assert self.outcome() == (5, 5, 4, False)
        desk.correct_person(
            sampler=access_desk(officer, row.pk), sample=last_sample(), key="", ref=uuid4(),
            reason="空管", now=AFTER,
        )  # fmt: skip
        assert self.outcome() == (5, 4, 4, True)


def test_a_page_that_was_asked_for_before_the_closing_writes_nothing_after_it(
    officer: Actor, row: Round, sampler: Sampler
) -> None:
    tube = fill(sampler, "TUBE-1", everybody()[:1], closes=False)
    close_round(actor=officer, round=Round.objects.get(pk=row.pk), now=SENT, reason="收队")
    assert sampler.round.state == "open"  # as it was when the page was asked for
    with pytest.raises(RuleBroken, match=r"screening\.round_closed"):
        desk.add_sample(
            sampler=sampler, tube=tube, key=f"r:{everybody()[1].ref.hex}", ref=uuid4(), now=AFTER
        )
    again = access_desk(officer, row.pk)
    again.round.state = "open"
    assert [answer.code for answer in sent(again, everybody()[2], at=AFTER, now=AFTER)] == [
        "screening.round_closed",
        "screening.tube_unknown",
        "screening.tube_unknown",
    ]
    assert DeskEntry.objects.filter(code="screening.round_closed").count() == 1
    assert total(row).sampled == 1


@pytest.mark.parametrize(
    ("said", "taken"),
    [
        (NOW - timedelta(days=400), NOW),  # the device had begun again in another year
        (
            NOW - timedelta(hours=3),
            NOW - timedelta(hours=3),
        ),  # worked from the kit before the opening
        (AFTER + timedelta(hours=1), AFTER),
    ],
)
def test_an_instant_days_before_the_round_is_not_believed(
    row: Round, sampler: Sampler, said: datetime, taken: datetime
) -> None:
    assert row.on == TODAY
    sent(sampler, everybody()[0], at=said, now=AFTER)
    sample = Sample.objects.get()
    assert (sample.sampled_at, sample.device_at) == (taken, said if taken == NOW else None)
