"""A acts unless absent; a deputy only while all before them are; nobody acts twice."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridwell.accounts.rules.actor import Role
from gridwell.accounts.rules.holders import (
    Away,
    away_at,
    deputies_refusal,
    effective_holder,
    effective_of,
)
from gridwell.accounts.rules.posts import post_refusal, roles_at
from gridwell.places.rules.levels import AreaLevel

NOON = datetime(2022, 11, 23, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)
people = st.integers(1, 6)
instants = st.integers(-48, 48).map(lambda hours: NOON + hours * HOUR)
absences = st.lists(
    st.builds(
        lambda user, start, length: Away(user, start, start + length * HOUR if length else None),
        people,
        instants,
        st.integers(0, 24),
    ),
    max_size=8,
)
lines = st.lists(people, unique=True, max_size=5)


@given(st.none() | people, lines, absences, instants)
def test_the_first_who_is_there_acts(holder, deputies, away, now) -> None:
    deputies = [user for user in deputies if user != holder]
    line = [*([holder] if holder else []), *deputies]
    gone = {a.user for a in away if a.starts_at <= now and (a.ends_at is None or now < a.ends_at)}
    acting = effective_holder(holder, deputies, away, now)
    if acting is None:
        assert set(line) <= gone
    else:
        assert acting in line
        assert acting not in gone
        assert set(line[: line.index(acting)]) <= gone


@given(people, lines, absences, instants, st.randoms())
def test_the_order_of_absences_does_not_matter(holder, deputies, away, now, random) -> None:
    shuffled = list(away)
    random.shuffle(shuffled)
    assert effective_holder(holder, deputies, away, now) == effective_holder(
        holder, deputies, shuffled, now
    )


@given(people, lines, absences, absences, instants)
def test_more_absences_never_move_the_duty_up_the_line(holder, deputies, few, more, now) -> None:
    deputies = [user for user in deputies if user != holder]
    line = [holder, *deputies, None]
    before = effective_holder(holder, deputies, few, now)
    after = effective_holder(holder, deputies, [*few, *more], now)
    assert line.index(after) >= line.index(before)


def test_the_end_instant_is_outside() -> None:
    away = [Away(1, NOON, NOON + HOUR)]
    assert effective_holder(1, [2], away, NOON - timedelta(microseconds=1)) == 1
    assert effective_holder(1, [2], away, NOON) == 2
    assert effective_holder(1, [2], away, NOON + HOUR) == 1
    assert away_at(away, NOON) == {1}


def test_an_empty_chair_is_served_by_the_first_deputy() -> None:
    assert effective_of(None, [2, 3], {2}) == 3
    assert effective_of(None, [], ()) is None


@pytest.mark.parametrize(
    ("holder", "deputies", "refusal"),
    [
        (1, [2, 3], None),
        (None, [2], None),
        (1, [], None),
        (1, [2, 1], "accounts.deputy_is_holder"),
        (1, [2, 3, 2], "accounts.deputy_twice"),
    ],
)
def test_a_line_never_comes_back(holder, deputies, refusal) -> None:
    assert deputies_refusal(holder, deputies) == refusal


@pytest.mark.parametrize(
    ("role", "level", "grids", "refusal"),
    [
        (Role.COMMUNITY_OFFICER, AreaLevel.COMMUNITY, 0, None),
        (Role.GRID_WORKER, AreaLevel.COMMUNITY, 1, None),
        (Role.GRID_WORKER, AreaLevel.COMMUNITY, 0, "accounts.grids_needed"),
        (Role.COMMUNITY_OFFICER, AreaLevel.COMMUNITY, 1, "accounts.grids_not_for_role"),
        (Role.DISTRICT_OFFICER, AreaLevel.COMMUNITY, 0, "accounts.role_not_at_level"),
        (Role.COMMUNITY_OFFICER, AreaLevel.DISTRICT, 0, "accounts.role_not_at_level"),
    ],
)
def test_posts_stand_at_their_level(role, level, grids, refusal) -> None:
    assert post_refusal(role, level, grids) == refusal


def test_every_level_below_the_province_has_its_roles() -> None:
    assert roles_at(AreaLevel.COMMUNITY) == (
        Role.COMMUNITY_OFFICER,
        Role.GRID_WORKER,
        Role.BUILDING_HEAD,
        Role.UNIT_HEAD,
        Role.TEAM_MEMBER,
    )
    assert roles_at(AreaLevel.PROVINCE) == ()
