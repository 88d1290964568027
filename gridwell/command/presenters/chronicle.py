"""The chronicle as people read it: by day, and what was done many times at once in one line."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.utils.functional import Promise

from gridwell.command.labels import CHRONICLE
from gridwell.command.queries.chronicle import Line


@dataclass(frozen=True)
class Entry:
    """A line with the words of its kind, and how many alike it stands for."""

    line: Line
    kind: str | Promise
    count: int


def by_day(lines: Iterable[Line]) -> list[tuple[date, list[Entry]]]:
    """Return the days with their entries; acts alike of one post in one minute are one entry."""
    return [
        (day, [_entry(list(alike)) for _key, alike in groupby(own, key=_alike)])
        for day, own in groupby(lines, key=lambda line: line.day)
    ]


def _alike(line: Line) -> tuple[object, ...]:
    return line.words, line.area, line.post, line.at.replace(second=0, microsecond=0), line.reason


def _entry(alike: list[Line]) -> Entry:
    return Entry(alike[0], CHRONICLE[alike[0].kind], len(alike))
