"""When tasks are due and when late ones climb: tables of cases, local times."""

from datetime import date, datetime, timedelta

import pytest

from gridwell.core.clock import zone
from gridwell.tasks.rules.due import (
    climbs_at,
    due_after,
    due_of_day,
    is_silent,
    level_at,
    within,
)

DAY = date(2022, 11, 23)


def at(hour: int, minute: int = 0, day: int = 23) -> datetime:
    return datetime(2022, 11, day, hour, minute, tzinfo=zone())


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (at(0, 1), at(18)),
        (at(16, 59), at(18)),
        (at(17, 30), at(18, 30)),  # began late: an hour at least
        (at(23, 30), at(0, 0, day=24)),  # never after its day
    ],
)
def test_daily_work_is_due_at_its_hour(now: datetime, due: datetime) -> None:
    assert due_of_day(DAY, 18, now) == due


def test_single_work_has_its_time_from_when_it_could_begin() -> None:
    assert due_after(at(8), 180, at(10)) == at(13)
    assert due_after(at(12), 180, at(10)) == at(15)


def test_nothing_is_due_after_its_basis_has_ended() -> None:
    assert within(at(18), at(16), at(10)) == at(16)
    assert within(at(18), None, at(10)) == at(18)
    assert within(at(18), at(9), at(10)) == at(18)


@pytest.mark.parametrize(
    ("mode", "level", "due", "expected"),
    [
        ("emergency", "grid", at(18), at(18)),
        ("emergency", "community", at(18), at(18, 30)),
        ("emergency", "subdistrict", at(23), at(1, day=24)),  # no quiet hours
        ("alert", "community", at(18), at(20)),
        ("alert", "community", at(21), at(7, day=24)),  # 23:00 waits for the morning
        ("routine", "grid", at(19), at(19)),
        ("routine", "grid", at(20), at(8, day=24)),
        ("routine", "grid", at(3), at(8)),
        ("routine", "subdistrict", at(18), at(18, day=24)),
    ],
)
def test_a_late_task_climbs_and_quiet_hours_wait(
    mode: str, level: str, due: datetime, expected: datetime
) -> None:
    assert climbs_at(due, level, mode, is_urgent=False) == expected


def test_urgent_ones_pass_the_quiet_hours() -> None:
    assert climbs_at(at(23), "grid", "routine", is_urgent=True) == at(23)


@pytest.mark.parametrize(
    ("minutes", "level"),
    [
        (-1, ""),
        (0, "grid"),
        (29, "grid"),
        (30, "community"),
        (119, "community"),
        (120, "subdistrict"),
    ],
)
def test_how_far_it_has_climbed(minutes: int, level: str) -> None:
    now = at(12) + timedelta(minutes=minutes)
    assert level_at(at(12), now, "emergency", is_urgent=False) == level


def test_silence_counts_from_when_the_post_was_asked() -> None:
    assert not is_silent(at(10), 30, at(10, 29))
    assert is_silent(at(10), 30, at(10, 30))
