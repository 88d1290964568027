"""The missing list as it is written out: the way through the doors, names that hold markup, choices."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.orders.tests.make import NOW, make_building, make_district
from gridwell.places.tests.make import COMMUNITY
from gridwell.residents.models import Phone, Resident
from gridwell.residents.rules.masking import mask_phone
from gridwell.screening.models import Round, RoundMember
from gridwell.screening.queries.lines import (
    Named,
    both_part_lines,
    door_list,
    home_lines,
    lines_at,
    names_of,
    parts_named,
)
from gridwell.screening.queries.members import members_of, missing, tallies, with_status
from gridwell.screening.queries.missing_list import MissingDoors, lines_of_all
from gridwell.screening.tests.make import make_round, make_sample


@pytest.fixture
def row(db: None, monkeypatch: pytest.MonkeyPatch, officer: Actor) -> Round:
    make_district()
    monkeypatch.setattr(clock, "now", lambda: NOW)
    make_building(rooms=("101", "201", "301"), people=2)
    make_building(building="2号楼", rooms=("101", "102"), people=3)
    return make_round(officer)


def test_each_door_stands_once_where_the_walk_comes_to_it(row: Round, officer: Actor) -> None:
    people = members_of(officer, row)
    some = people.order_by("pk")
    make_sample(some[0])
    RoundMember.objects.filter(pk=some[3].pk).update(exempt="away", exempt_reason="出差")
    RoundMember.objects.filter(pk=some[5].pk).update(calls=2, called_at=NOW)
    asked = {
        "all": people,
        "missing": missing(people, row),
        "called": with_status(people, row).filter(status="called"),
    }
    for name, rows in asked.items():
        walked = [(line.dwelling, line.household or 0) for line in home_lines(row, rows)]
        assert door_list(rows) == walked, name
    assert len(door_list(people)) == 5
    assert len(door_list(asked["called"])) == 1


def test_the_list_of_everybody_is_that_of_any_reach(row: Round, officer: Actor) -> None:
    people = members_of(officer, row)
    some = list(people.order_by("pk"))
    make_sample(some[0])
    RoundMember.objects.filter(pk=some[3].pk).update(exempt="away", exempt_reason="出差")
    other = make_round(officer, number=2)  # of the same people: not a line of it on this list
    for each in (row, other, row):
        people = members_of(officer, each)
        walked, lazy = door_list(missing(people, each)), MissingDoors(each)
        assert len(lazy) == len(walked)
        for start in range(len(walked) + 1):
            assert lazy[start : start + 2] == walked[start : start + 2]
            assert lazy[start:] == walked[start:]
        assert [lazy[number] for number in range(len(walked))] == walked
        doors = lazy[:]
        for part in (doors, doors[:1], doors[1:4], []):
            assert lines_of_all(each, part) == lines_at(each, people, part)
    RoundMember.objects.filter(pk=some[7].pk).update(dwelling=None, building=None, household=None)
    people, doors = members_of(officer, row), MissingDoors(row)[:]
    assert doors == door_list(missing(people, row))
    assert doors[-1] == (0, 0) == MissingDoors(row)[-1:][0] == MissingDoors(row)[-1]
    assert list(MissingDoors(row)) == doors
    assert (0, 0) in doors
    assert lines_of_all(row, doors) == lines_at(row, people, doors)
    RoundMember.objects.filter(pk=some[1].pk).update(removed_at=NOW, removed_reason="搬走")
    assert some[1].pk not in {
        person.member for line in lines_of_all(row, MissingDoors(row)[:]) for person in line.people
    }


def test_a_member_has_one_name_one_number_and_what_was_remarked(row: Round, officer: Actor) -> None:
    first, second = members_of(officer, row).order_by("pk")[:2]
    for rank, number in ((1, "13900000001"), (2, "13900000002")):
        Phone.objects.create(
            community_id=COMMUNITY, resident_id=first.resident_id, number=number, rank=rank
        )
    RoundMember.objects.filter(pk=first.pk).update(outcome_remark="周末回", exempt_reason="无")
    named = names_of(COMMUNITY, [first.pk, second.pk], is_unmasked=True)
    name = Resident.objects.get(pk=first.resident_id).name
    assert named[first.pk] == Named(name, "13900000001", "周末回")
    assert names_of(COMMUNITY, [first.pk])[first.pk].phone == mask_phone("13900000001")
    assert named[second.pk].remark == ""
    assert names_of(COMMUNITY, []) == {}


def test_the_choices_are_the_parts_of_the_round(row: Round, officer: Actor) -> None:
    RoundMember.objects.filter(pk=members_of(officer, row).order_by("-pk")[0].pk).update(
        building=None, grid=None
    )
    people = members_of(officer, row)
    counted, named = both_part_lines(row, people), parts_named(row, people)
    for with_figures, alone in zip(counted, named, strict=True):
        assert [(one.id, one.name) for one in with_figures] == [(one.id, one.name) for one in alone]
    assert [one.id for one in named[0]][-1] == 0
    assert len(named[0]) == 3


def test_what_people_typed_is_shown_and_not_run(row: Round, officer: Actor) -> None:
    first, second = members_of(officer, row).order_by("pk")[:2]
    Resident.objects.filter(pk=first.resident_id).update(name="<b>甲</b>")
    RoundMember.objects.filter(pk=first.pk).update(outcome="refused", outcome_remark='"<i>不开门')
    RoundMember.objects.filter(pk=second.pk).update(
        exempt="other", exempt_reason="<script>", exempt_until=NOW + timedelta(days=1)
    )
    client = Client()
    client.force_login(User.objects.get(pk=officer.user_id))
    text = client.get(reverse("round_missing", args=[COMMUNITY, row.pk])).text
    assert "&lt;b&gt;甲&lt;/b&gt;</label>" in text
    assert "&quot;&lt;i&gt;不开门" in text
    assert "&lt;script&gt;)" in text
    assert "<b>" not in text
    assert "<script>" not in text
    for member in (first, second):
        assert f'href="{reverse("round_member", args=[COMMUNITY, row.pk, member.pk])}"' in text


def test_a_board_counts_over_all_rounds_at_once(row: Round, officer: Actor) -> None:
    later = make_round(officer, number=2)
    first = members_of(officer, row).order_by("pk")[0]
    again = members_of(officer, later).get(resident=first.resident_id)
    make_sample(first)
    doors = [first.dwelling_id or 0]
    people = members_of(officer, row).filter(dwelling=first.dwelling_id).count()
    assert tallies(COMMUNITY, [row, later], doors) == {doors[0]: [1, 2 * people]}
    make_sample(again)
    RoundMember.objects.filter(dwelling=first.dwelling_id, round=later).exclude(pk=again.pk).update(
        exempt="other", exempt_reason="出差"
    )
    with CaptureQueriesContext(connection) as asked:
        assert tallies(COMMUNITY, [row, later], doors) == {doors[0]: [2, people + 1]}
    assert len(asked) == 1
    assert tallies(COMMUNITY, [later], doors) == {doors[0]: [1, 1]}
