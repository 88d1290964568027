"""The clock's days: their ends, and the end of the calendar."""

from datetime import date, timedelta

import pytest

from gridwell.core import clock


@pytest.mark.parametrize("day", [date(2022, 11, 23), date(2024, 2, 29), date(9999, 12, 30)])
def test_a_day_ends_where_the_next_begins(day: date) -> None:
    assert clock.end_of(day) == clock.start_of(day + timedelta(days=1))
    assert clock.last_day_of(clock.end_of(day)) == day


def test_the_last_day_of_the_calendar_has_an_end_too() -> None:
    end = clock.end_of(date.max)
    assert clock.day_of(end) == date.max
    assert clock.start_of(date.max) < end
