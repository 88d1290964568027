"""Moves by hand: what is refused, what a reason overrides; how long people wait; what helps."""

import json
from pathlib import Path

import pytest

from gridwell.screening.rules.moves import Advice, Moved, Target, advice, hitches, is_long, waits
from gridwell.screening.rules.slots import Party, SitePlan, in_pieces
from gridwell.screening.rules.timetable import make_timetable

VECTORS = Path(__file__).parents[3] / "contracts/vectors/screening/moves.json"


@pytest.mark.parametrize("v", json.loads(VECTORS.read_text("utf-8")), ids=lambda v: v["case"])
def test_hitches(v):
    found = hitches(Moved(**v["moved"]), Target(**v["target"]), v["minutes"], v["rate"])
    assert [hitch.value for hitch in found] == v["hitches"]


def test_whoever_is_not_taken_waits_in_front_of_the_next():
    loads = {540: (60, 1), 570: (20, 1), 600: (40, 1)}
    assert waits(loads, 30, 80) == {540: 45, 570: 30, 600: 30}
    assert [is_long(wait) for wait in waits(loads, 30, 80).values()] == [True, False, False]


def test_people_called_to_a_closed_site_wait_for_ever():
    found = waits({540: (5, 0), 570: (0, 0), 600: (0, 2)}, 30, 80)
    assert found == {540: None, 570: 0, 600: 2}
    assert is_long(found[540])


def test_a_full_slot_waits_as_long_as_it_lasts():
    assert waits({0: (40, 1), 30: (40, 1)}, 30, 80) == {0: 30, 30: 30}


@pytest.mark.parametrize(
    ("asked", "sites", "said"),
    [
        (0, (), None),
        (100, (), Advice(100, 0, no_desk=True)),
        (100, (SitePlan(1, ((480, 490),)),), Advice(100, 0, no_desk=True)),
        (100, (SitePlan(1, ((480, 540),)),), Advice(100, 80, desks=1, hours=0.5)),
        (500, (SitePlan(1, ((480, 540),)),), Advice(500, 80, desks=6, hours=5.5)),
        (80, (SitePlan(1, ((480, 540),)),), Advice(80, 80, is_apart=True)),
    ],
)
def test_what_helps(asked, sites, said):
    assert advice(asked, sites, 30, 80) == said


def test_what_the_advice_says_would_help():
    parties = [Party(number, number, 40, (1,)) for number in range(1, 9)]
    plans = [SitePlan(1, ((480, 540),))]
    helped = advice(320, plans, 30, 80)
    more = [SitePlan(1, ((480, 540),) * (1 + helped.desks))]
    longer = [SitePlan(1, ((480, 540 + int(helped.hours * 60)),))]
    for better in (more, longer):
        assert not make_timetable(better, parties, rate=80).unplaced


def test_a_unit_is_cut_between_doors():
    doors = tuple((door, 4) for door in range(1, 31))
    pieces = in_pieces([Party(1, 1, 120, doors=doors)], 50)
    assert [piece.people for piece in pieces] == [40, 40, 40]
    assert [door for piece in pieces for door, _people in piece.doors] == list(range(1, 31))


def test_a_dormitory_is_cut_inside_its_door():
    pieces = in_pieces([Party(1, 1, 130, doors=((7, 120), (8, 10)))], 50)
    assert [piece.people for piece in pieces] == [50, 50, 30]
    assert [door for door, _people in pieces[2].doors] == [7, 8]


def test_who_finds_no_whole_slot_is_cut_smaller_rather_than_left_out():
    parties = [
        Party(number, number, 30, (1,), doors=tuple((door, 2) for door in range(15)))
        for number in range(1, 5)
    ]
    found = make_timetable([SitePlan(1, ((480, 570),))], parties, rate=80)
    assert not found.unplaced
    (cut,) = {row.party for row in found.placed if row.piece > 1}
    mine = [row for row in found.placed if row.party == cut]
    assert sorted(door for row in mine for door in row.doors) == list(range(15))
    assert all(row.people == 2 * len(row.doors) for row in mine)
    assert max(found.load().values()) <= 40


def test_high_risk_buildings_come_right_behind_the_others():
    parties = [Party(1, 1, 30, (1,)), Party(2, 2, 40, (1,), is_high_risk=True)]
    found = make_timetable([SitePlan(1, ((480, 1020),))], parties, rate=80)
    assert {row.party: row.start for row in found.placed} == {1: 480, 2: 510}


def test_what_has_begun_is_not_planned_again():
    found = make_timetable([SitePlan(1, ((480, 600),))], [Party(1, 1, 60, (1,))], since=540)
    assert {row.start for row in found.placed} == {540, 570}


def test_who_was_told_a_time_keeps_it_when_a_desk_drops_out():
    parties = [Party(number, number, 40, (1, 2)) for number in range(1, 9)]
    plans = [SitePlan(1, ((480, 600),)), SitePlan(2, ((480, 600),))]
    first = make_timetable(plans, parties, rate=80)
    told = {(row.party, row.piece): (row.site, row.start) for row in first.placed}
    less = [SitePlan(1, ((480, 540),)), SitePlan(2, ((480, 720),))]
    again = make_timetable(less, parties, rate=80, stood=told)
    assert not again.unplaced
    kept = [row for row in again.placed if told[row.party, row.piece] == (row.site, row.start)]
    assert len(kept) == 6


def test_what_was_mixed_by_hand_takes_nobody_else():
    parties = [
        Party(1, 1, 5, (1,)),
        Party(2, 2, 5, (1,), is_high_risk=True),
        Party(3, 3, 5, (1,)),
    ]
    found = make_timetable(
        [SitePlan(1, ((480, 540),))], parties, fixed={(1, 1): (1, 480), (2, 1): (1, 480)}
    )
    assert {row.party: row.start for row in found.placed} == {1: 480, 2: 480, 3: 510}
