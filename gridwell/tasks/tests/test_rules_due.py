"""When tasks are due and when late ones climb: tables of cases, local times."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from gridwell.core.clock import zone
from gridwell.orders.rules.modes import standard
from gridwell.tasks.rules.due import (
    climbs_at,
    due_after,
    due_of_day,
    is_silent,
    level_at,
    minutes_allowed,
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


def test_quiet_hours_are_those_that_the_profile_says() -> None:
    never = replace(standard("routine", DAY), quiet=None)
    own = replace(standard("routine", DAY), quiet=(time(12), time(14)))
    assert climbs_at(at(23), "grid", never, is_urgent=False) == at(23)
    assert climbs_at(at(23), "grid", own, is_urgent=False) == at(23)
    assert climbs_at(at(12), "grid", own, is_urgent=False) == at(14)


@pytest.mark.parametrize(
    ("own", "mode", "percent", "minutes"),
    [
        ({"routine": 1440}, "routine", 100, 1440),
        ({"routine": 1440}, "alert", 75, 1080),
        ({"routine": 1440}, "emergency", 50, 720),
        ({"routine": 1440}, "emergency", 25, 360),
        ({"routine": 1440}, "routine", 50, 720),
        ({"routine": 1440, "emergency": 180}, "emergency", 50, 180),  # the kind's own time
        ({"routine": 1440, "emergency": 180}, "emergency", 100, 360),  # an area gives double
        ({"routine": 1}, "emergency", 10, 1),  # never nothing
    ],
)
def test_the_time_allowed_is_the_share_that_the_mode_sets(
    own: dict[str, int], mode: str, percent: int, minutes: int
) -> None:
    profile = replace(standard(mode, DAY), time_percent=percent)
    assert minutes_allowed(own, profile, DAY) == minutes


def test_nothing_is_due_after_its_basis_has_ended() -> None:
    assert within(at(18), at(16), at(10)) == at(16)
    assert within(at(18), None, at(10)) == at(18)
    assert within(at(18), at(9), at(10)) == at(18)


@pytest.mark.parametrize(
    ("mode", "level", "due", "expected"),
    [
        ("emergency", "grid", at(18), at(18)),
        ("emergency", "community", at(18), at(18, 30)),
        ("emergency", "subdistrict", at(20, 59), at(22, 59)),
        ("emergency", "subdistrict", at(23), at(6, day=24)),  # 1:00 waits for six
        ("alert", "community", at(18), at(20)),
        ("alert", "community", at(21), at(7, day=24)),  # 23:00 waits for the morning
        ("routine", "grid", at(19), at(19)),
        ("routine", "grid", at(21), at(8, day=24)),
        ("routine", "grid", at(3), at(8)),
        ("routine", "subdistrict", at(18), at(18, day=24)),
    ],
)
def test_a_late_task_climbs_and_quiet_hours_wait(
    mode: str, level: str, due: datetime, expected: datetime
) -> None:
    assert climbs_at(due, level, standard(mode, DAY), is_urgent=False) == expected


def test_urgent_ones_pass_the_quiet_hours() -> None:
    assert climbs_at(at(23), "grid", standard("routine", DAY), is_urgent=True) == at(23)


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
    assert level_at(at(12), now, standard("emergency", DAY), is_urgent=False) == level


def test_silence_counts_from_when_the_post_was_asked() -> None:
    assert not is_silent(at(10), 30, at(10, 29))
    assert is_silent(at(10), 30, at(10, 30))
