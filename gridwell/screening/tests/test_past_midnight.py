"""A round that runs past midnight: its hours, its line, and what is said of the next day."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.core.clock import start_of
from gridwell.core.errors import RuleBroken
from gridwell.orders.tests.make import TODAY, make_building, make_district
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY
from gridwell.screening.actions import slots
from gridwell.screening.actions.calls import call_parts
from gridwell.screening.actions.rounds import close_round, open_round, plan_round, set_targets
from gridwell.screening.hours import hour, span
from gridwell.screening.models import Desk, Round, RoundMember, Slot
from gridwell.screening.presenters.rounds import pace_of
from gridwell.screening.presenters.sites import place_page
from gridwell.screening.queries.calls import parts_of
from gridwell.screening.queries.members import total
from gridwell.screening.queries.rounds import instants_of
from gridwell.screening.tests.make import make_order, make_sample, make_site
from gridwell.screening.tests.test_slot_views import browser as browser_of


def at(hours: int, minutes: int = 0) -> datetime:
    """Return a time of the round's day; 25 is one in the morning after."""
    return start_of(TODAY) + timedelta(hours=hours, minutes=minutes)


@pytest.mark.parametrize(
    ("starts", "ends", "words"),
    [
        (at(19), at(19, 30), "19:00–19:30"),
        (at(23, 30), at(24), "23:30–24:00"),
        (at(23, 45), at(24, 15), "23:45–次日00:15"),
        (at(24), at(24, 30), "次日00:00–00:30"),
        (at(19), at(25, 30), "19:00–次日01:30"),
    ],
)
def test_a_stretch_says_what_is_of_the_next_day(
    starts: datetime, ends: datetime, words: str
) -> None:
    assert span(starts, ends, TODAY) == words


def test_without_a_day_only_the_end_can_be_of_the_next() -> None:
    assert span(at(19), at(25, 30)) == "19:00–次日01:30"
    assert (hour(at(25)), hour(at(25), TODAY)) == ("01:00", "次日01:00")


def test_times_of_targets_go_on_past_midnight() -> None:
    assert instants_of(TODAY, ["20:00", "00:00", "01:30"]) == [at(20), at(24), at(25, 30)]
    assert instants_of(TODAY, ["06:00", "12:00"]) == [at(6), at(12)]
    assert instants_of(TODAY, ["16:00", "12:00"]) == [at(16), at(12)]  # a mistake stays one


@pytest.fixture
def row(officer: Actor) -> Round:
    """An evening's round of sixty people with one desk from 23:00 to 01:30, twenty a slot."""
    make_district()
    make_building(rooms=tuple(f"{n}01" for n in range(1, 16)), people=4)
    made = plan_round(actor=officer, order=make_order(officer, now=at(12)), now=at(12))
    Round.objects.update(desk_rate=40)
    site = make_site(officer, name="东门", place=Place.objects.get(kind="building"))
    client = browser_of(officer)
    url = reverse("slot_desk_add", args=[COMMUNITY, made.pk])
    data = {"site": site.pk, "count": 1, "opens": "23:00", "closes": "01:30", "post": ""}
    assert client.post(url, data).status_code == 302
    assert (Desk.objects.get().opens_at, Desk.objects.get().closes_at) == (at(23), at(25, 30))
    made.refresh_from_db()
    return made


def test_slots_calls_and_the_site_go_on_after_midnight(
    row: Round, officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = open_round(actor=officer, round=row, now=at(18))
    made = slots.make_slots(actor=officer, round=row, now=at(18))
    assert (made.people, made.people_unplaced) == (60, 0)
    assert [slot.starts_at for slot in Slot.objects.order_by("starts_at")] == [
        at(23), at(23, 30), at(24),
    ]  # fmt: skip
    now = at(24, 10)
    monkeypatch.setattr(clock, "now", lambda: now)
    client = browser_of(officer)
    for name in ("slot_page", "call_list", "call_texts"):
        page = client.get(reverse(name, args=[COMMUNITY, row.pk])).content.decode()
        assert "次日00:00–00:30" in page, name
    assert len(parts_of(officer, row)) == 3
    last = [part for part in parts_of(officer, row) if part.stage(now) == "now"]
    done = call_parts(actor=officer, round=row, parts=last, how="phone", ref=row.ref, now=now)
    assert done == 20
    found = place_page(Desk.objects.get().site, now)
    assert found.is_open
    assert found.hours == "23:00–次日01:30"
    assert not place_page(Desk.objects.get().site, at(26)).hours  # over, and nothing today


def test_the_line_runs_from_the_first_desk_through_midnight(row: Round, officer: Actor) -> None:
    row = open_round(actor=officer, round=row, now=at(18))
    targets = [("00:00", 50), ("01:00", 100)]
    with pytest.raises(RuleBroken, match="targets_odd"):
        set_targets(actor=officer, round=row, targets=[("23:30", 50), ("22:00", 100)], now=at(18))
    set_targets(actor=officer, round=row, targets=[("23:30", 20), *targets], now=at(18))
    row.refresh_from_db()
    for now, expected in ((at(22), 0), (at(23, 30), 12), (at(24), 30), (at(24, 30), 45)):
        standing = pace_of(row, total(row), now)
        assert standing is not None
        assert standing.expected == expected
    assert standing.next_at == at(25)


def test_what_is_sampled_after_midnight_counts_for_the_round(row: Round, officer: Actor) -> None:
    row = open_round(actor=officer, round=row, now=at(18))
    for number, member in enumerate(RoundMember.objects.filter(round=row)[:4]):
        make_sample(member, at=at(24, 20 + number))
    assert total(row).sampled == 4
    closed = close_round(actor=officer, round=row, now=at(25, 40), reason="其余次日补采")
    assert closed.report["sampled"] == 4
    client = browser_of(officer)
    page = client.get(reverse("round_report", args=[COMMUNITY, row.pk])).content.decode()
    assert "11月24日 周四 00:20" in page


def test_the_household_is_told_the_next_day(row: Round, officer: Actor) -> None:
    row = open_round(actor=officer, round=row, now=at(18))
    slots.make_slots(actor=officer, round=row, now=at(18))
    client = Client()
    client.force_login(User.objects.get(pk=officer.user_id))
    late = RoundMember.objects.filter(
        round=row, dwelling__in=Slot.objects.get(starts_at=at(24)).doors
    ).first()
    page = client.get(reverse("round_member", args=[COMMUNITY, row.pk, late.pk])).content.decode()
    assert "次日00:00–00:30" in page
