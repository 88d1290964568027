"""Reads of places, by the right and the wrong ones."""

import pytest

from gridwell.accounts.rules.actor import Actor
from gridwell.core.errors import NotVisible
from gridwell.places import queries
from gridwell.places.models import Grid
from gridwell.places.tests.make import COMMUNITY, make_area, make_dwelling


def test_areas_and_communities(officer: Actor, district_officer: Actor) -> None:
    make_area(code=140109009001)
    make_area(code=140106001001)
    assert [a.code for a in queries.communities_of(officer)] == [COMMUNITY]
    assert [a.code for a in queries.communities_of(district_officer)] == [COMMUNITY, 140109009001]
    assert [a.code for a in queries.communities_of(district_officer, 140109009000)] == [
        140109009001
    ]
    assert not queries.areas_of(Actor(user_id=1, display_name="nobody"))


def test_strangers_see_nothing(officer: Actor, other_officer: Actor) -> None:
    dwelling = make_dwelling()
    assert queries.access_place(officer, COMMUNITY, dwelling.pk) == dwelling
    for query in (queries.places_of, queries.dwellings_of, queries.grids_of, queries.gaps_of):
        assert not query(other_officer, COMMUNITY).exists()
    with pytest.raises(NotVisible):
        queries.access_place(other_officer, COMMUNITY, dwelling.pk)
    with pytest.raises(NotVisible):
        queries.access_community(other_officer, COMMUNITY)


def test_a_grid_worker_sees_the_own_grid_and_what_stands_above(
    grid_worker: Actor, other_grid_worker: Actor
) -> None:
    grid = Grid.objects.get(number="1")
    mine = make_dwelling(building="1号楼", grid=grid)
    foreign = make_dwelling(building="2号楼", grid=Grid.objects.get(number="2"))
    names = {p.full_name for p in queries.places_of(grid_worker, COMMUNITY)}
    assert names == {"金桂苑", "金桂苑1号楼", "金桂苑1号楼1单元", "金桂苑1号楼1单元101"}
    assert [b.pk for b in queries.buildings_of(grid_worker, COMMUNITY)] == [mine.building_id]
    assert queries.access_grid(grid_worker, COMMUNITY, grid.pk) == grid
    with pytest.raises(NotVisible):
        queries.access_place(grid_worker, COMMUNITY, foreign.pk)
    with pytest.raises(NotVisible):
        queries.access_grid(other_grid_worker, COMMUNITY, grid.pk)


def test_counts_by_building(officer: Actor) -> None:
    first = make_dwelling(room="101")
    make_dwelling(room="102")
    assert queries.dwellings_by_building(officer, COMMUNITY) == {first.building_id: (2, 0)}


def test_merge_chains_are_followed() -> None:
    assert queries.follow_merges({1: 2, 2: 3, 5: 6, 6: 5}) == {1: 3, 2: 3, 5: 6, 6: 5}
