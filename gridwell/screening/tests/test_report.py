"""The report of a round by grid and building: every figure adds up, names its reasons, and stays as sent."""

from collections import Counter
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.orders.tests.make import NOW, make_building, make_district
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY, make_grid
from gridwell.screening.actions.members import exempt_member, set_outcome
from gridwell.screening.actions.rounds import close_round
from gridwell.screening.models import Round, RoundMember
from gridwell.screening.presenters.report import by_grid
from gridwell.screening.tests.make import make_round, make_sample

pytestmark = pytest.mark.django_db


@pytest.fixture
def round(officer: Actor) -> Round:
    """A closed round: of five in one building two sampled, one exempt, one refuses, one not called."""
    make_district()
    make_building(rooms=("101", "102", "103", "104", "105"), people=1)
    Place.objects.filter(community_id=COMMUNITY).update(grid=make_grid())
    row = make_round(officer)
    people = list(RoundMember.objects.filter(round=row).order_by("pk"))
    assert len(people) == 5
    for member in people[:2]:
        make_sample(member)
    exempt_member(
        actor=officer, member=people[2], reason="recovered", until=NOW + timedelta(30), now=NOW
    )
    set_outcome(actor=officer, round=row, members=[people[3].pk], outcome="refused", now=NOW)
    return close_round(actor=officer, round=row, now=NOW + timedelta(hours=1), reason="拒采")


def browser(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def test_every_building_says_who_is_missing_and_exempt_and_why(
    officer: Actor, round: Round
) -> None:
    (grid,) = by_grid(officer, COMMUNITY, round.report or {})
    (building,) = grid.buildings
    for line in (grid.total, building):
        part = line.part
        assert (part.due, part.sampled, part.missing, part.exempt) == (4, 2, 2, 1)
        assert (line.missing, line.exempt) == ("还没喊1人、拒采1人", "近期感染已康复1人")
    assert building.name
    report = round.report or {}
    assert sum(part["by_status"].get("sampled", 0) for part in report["parts"]) == report["sampled"]
    why = report["by_status"]
    missed = ("due", "called", "refused", "away", "not_found")
    assert sum(why.get(status, 0) for status in missed) == report["missing"]


def test_page_print_and_workbook_have_them(officer: Actor, round: Round) -> None:
    client, url = browser(officer), reverse("round_report", args=[COMMUNITY, round.pk])
    for asked in ({}, {"print": "1"}):
        assert "近期感染已康复1人" in client.get(url, asked).text
    form = reverse("round_form", args=[COMMUNITY, round.pk])
    assert f"{form}?layout=buildings&amp;export=xlsx" in client.get(url).text
    answer = client.get(form, {"export": "xlsx", "layout": "buildings"})
    sheet = load_workbook(BytesIO(answer.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    header = next(n for n, row in enumerate(rows) if "楼栋" in row or "楼" in row)
    building, together = rows[header + 1], rows[header + 2]
    assert building[5:7] == together[5:7] == [4, 2]
    assert "合计" in together
    assert building[-1] == "近期感染已康复1人"


def test_what_was_reported_stays_and_rounds_stand_beside_each_other(
    officer: Actor, round: Round
) -> None:
    again = make_round(officer, number=2, now=NOW + timedelta(hours=2))
    for member in RoundMember.objects.filter(round=again):
        make_sample(member)
    close_round(actor=officer, round=again, now=NOW + timedelta(hours=3))
    client = browser(officer)
    url = reverse("round_compare_buildings", args=[COMMUNITY])
    page = client.get(url)
    ((line, _named),) = page.context["rows"]
    assert [(cell.percent, cell.missing) for cell in line.cells if cell] == [(100, 0), (50, 2)]
    assert client.get(url, {"export": "1"}).content.startswith(b"PK")
    assert url in client.get(reverse("round_compare", args=[COMMUNITY])).text


def test_parts_add_up_to_the_whole(officer: Actor, round: Round) -> None:
    """What stands by building is what stands for the round: who was added, taken out, at the door."""
    report = round.report or {}
    for field in ("added", "removed"):
        assert sum(part[field] for part in report["parts"]) == report[field]
    for field in ("exempt", "at_door"):
        summed: Counter[str] = Counter()
        for part in report["parts"]:
            summed.update(part[field])
        assert dict(summed) == report[field]


def test_a_grid_worker_sees_the_own_grids(
    officer: Actor, other_grid_worker: Actor, round: Round
) -> None:
    assert by_grid(other_grid_worker, COMMUNITY, round.report or {}) == []
    form = reverse("round_form", args=[COMMUNITY, round.pk])
    page = browser(other_grid_worker).get(form, {"layout": "buildings"})
    assert page.status_code == 200
    assert page.context["filled"].lines == ()
