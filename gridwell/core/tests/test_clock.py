"""The clock's days: their ends, the end of the calendar, and a clock that is moved."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from gridwell.core import clock


@pytest.mark.parametrize("day", [date(2022, 11, 23), date(2024, 2, 29), date(9999, 12, 30)])
def test_a_day_ends_where_the_next_begins(day: date) -> None:
    assert clock.end_of(day) == clock.start_of(day + timedelta(days=1))
    assert clock.last_day_of(clock.end_of(day)) == day


def test_the_last_day_of_the_calendar_has_an_end_too() -> None:
    end = clock.end_of(date.max)
    assert clock.day_of(end) == date.max
    assert clock.start_of(date.max) < end


@pytest.fixture
def moved(tmp_path: Path) -> Iterator[Path]:
    """A clock that can be moved, and the file that says how far."""
    file = tmp_path / "demo-clock"
    clock.configure(zone=settings.TIME_ZONE, shift_file=file)
    yield file
    clock.configure(zone=settings.TIME_ZONE, shift_file=None)


def test_each_move_counts_at_once(moved: Path) -> None:
    assert clock.shift() == timedelta(0)
    for day in range(1, 30):
        there = datetime(2022, 11, day, 12, tzinfo=UTC)
        clock.move_to(there)
        assert timedelta(0) <= clock.now() - there < timedelta(minutes=1)
    moved.unlink()
    assert clock.shift() == timedelta(0)


def test_a_move_of_another_process_counts_at_once(moved: Path) -> None:
    clock.move_to(datetime(2022, 11, 23, tzinfo=UTC))
    assert clock.now().year == 2022
    beside = moved.with_name("beside")
    beside.write_text("86400.0", "ascii")
    beside.replace(moved)
    assert clock.shift() == timedelta(days=1)


def test_it_is_read_once_a_move(moved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock.move_to(datetime(2022, 11, 23, tzinfo=UTC))
    before = clock.shift()
    monkeypatch.setattr(Path, "read_text", None)
    assert clock.shift() == before
