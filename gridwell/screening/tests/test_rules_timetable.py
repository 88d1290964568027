"""The timetable: nobody is lost, no slot overflows, high-risk buildings stand alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridwell.screening.rules.slots import Because, Party, SitePlan, faults, grid_of, in_pieces
from gridwell.screening.rules.timetable import make_timetable

DAY = (7 * 60, 16 * 60)


def site(pk, desks=2, hours=DAY):
    return SitePlan(pk, (hours,) * desks)


def test_everyone_goes_to_the_nearest_site_while_there_is_room():
    parties = [Party(1, 1, 60, (1, 2)), Party(2, 2, 60, (2, 1))]
    found = make_timetable([site(1), site(2)], parties)
    assert {(row.party, row.site, row.because) for row in found.placed} == {
        (1, 1, Because.NEAREST),
        (2, 2, Because.NEAREST),
    }


def test_high_risk_buildings_have_slots_of_their_own_and_come_last():
    parties = [Party(1, 1, 30, (1,), is_high_risk=True), Party(2, 2, 30, (1,))]
    found = make_timetable([site(1)], parties)
    starts = {row.party: row.start for row in found.placed}
    assert starts[2] < starts[1]
    assert faults(found, parties, grid_of([site(1)], 30)) == []


def test_who_walks_badly_gets_the_nearest_site_even_when_it_is_late():
    parties = [
        Party(1, 1, 90, (1, 2)),
        Party(2, 1, 5, (1, 2), walks_badly=True),
    ]
    found = make_timetable([site(1, 1, (420, 540)), site(2)], parties)
    assert next(row.site for row in found.placed if row.party == 2) == 1


def test_who_walks_badly_comes_before_the_others_who_are_as_near():
    parties = [Party(number, number, 40, (1,)) for number in range(1, 7)]
    parties.append(Party(7, 6, 25, (1,), walks_badly=True))
    found = make_timetable([site(1)], parties)
    assert next(row.start for row in found.placed if row.party == 7) == DAY[0]
    assert not found.unplaced


def test_whoever_finds_no_room_is_named():
    parties = [Party(1, 1, 40, (1,)), Party(2, 2, 45, (1,))]
    found = make_timetable([site(1, 1, (420, 450))], parties)
    assert len(found.unplaced) == 1
    assert len(found.placed) == 1


def test_a_desk_that_drops_out_moves_people_but_what_was_set_by_hand_stays():
    parties = [Party(number, number, 50, (1, 2)) for number in range(1, 9)]
    fixed = {(3, 1): (2, 900)}
    whole = make_timetable([site(1), site(2)], parties, fixed=fixed)
    less = make_timetable([site(1, 1), site(2)], parties, fixed=fixed)
    for found in (whole, less):
        by_hand = next(row for row in found.placed if row.party == 3)
        assert (by_hand.site, by_hand.start, by_hand.because) == (2, 900, Because.BY_HAND)
        assert not found.unplaced


def test_the_same_question_has_the_same_answer():
    parties = [Party(n, n // 3, 20 + n % 17, (1 + n % 2, 2 - n % 2)) for n in range(40)]
    ask = ([site(1), site(2)], parties)
    assert make_timetable(*ask) == make_timetable(*ask)


@pytest.mark.parametrize("minutes", [0, 31])
def test_a_slot_is_never_longer_than_the_longest_wait(minutes):
    with pytest.raises(ValueError, match="minutes"):
        make_timetable([site(1)], [Party(1, 1, 1, (1,))], minutes=minutes)


@given(people=st.integers(1, 2000), largest=st.integers(1, 150))
def test_pieces_hold_everyone_and_fit(people, largest):
    pieces = in_pieces([Party(1, 1, people)], largest)
    assert sum(piece.people for piece in pieces) == people
    assert all(1 <= piece.people <= largest for piece in pieces)
    assert [piece.piece for piece in pieces] == list(range(1, len(pieces) + 1))


@settings(max_examples=15, deadline=None)
@given(
    parties=st.lists(
        st.builds(
            Party,
            id=st.integers(1, 10**6),
            building=st.integers(1, 4),
            people=st.integers(0, 260),
            near=st.permutations([1, 2]).map(tuple),
            is_high_risk=st.booleans(),
            walks_badly=st.booleans(),
        ),
        max_size=12,
        unique_by=lambda party: party.id,
    ),
    desks=st.lists(st.integers(0, 3), min_size=2, max_size=2),
)
def test_whatever_is_asked_the_timetable_stands(parties, desks):
    plans = [site(number + 1, count, (420, 660)) for number, count in enumerate(desks)]
    found = make_timetable(plans, parties)
    assert faults(found, [p for p in parties if p.people], grid_of(plans, 30)) == []
    assert {row.party for row in found.placed} | set(found.unplaced) == {
        party.id for party in parties if party.people
    }
