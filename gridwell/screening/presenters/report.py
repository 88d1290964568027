"""The report of a round by grid and building (轮次报告分网格分楼栋), and rounds beside each other by building."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gridwell.accounts.rules.actor import Actor
from gridwell.places.models import Grid, Place
from gridwell.screening.labels.rounds import EXEMPT_REASONS, STATUSES
from gridwell.screening.models import Round
from gridwell.screening.queries.members import MISSING_ORDER, Progress

#: How many rounds stand side by side.
SIDE_BY_SIDE = 8
Part = Mapping[str, Any]


@dataclass(frozen=True)
class PartFigures:
    """A grid or building of a report: its name, figures, and why people are missing or exempt."""

    name: str
    part: Progress
    missing: str
    exempt: str


@dataclass(frozen=True)
class GridFigures:
    """A grid of a report with its buildings."""

    total: PartFigures
    buildings: tuple[PartFigures, ...]


@dataclass
class _Sum:
    status: Counter[str] = field(default_factory=Counter)
    exempt: Counter[str] = field(default_factory=Counter)

    def add(self, part: Part) -> None:
        self.status.update(part["by_status"])
        self.exempt.update(part["exempt"])


def by_grid(actor: Actor, community: int, report: Mapping[str, Any]) -> list[GridFigures]:
    """Return the figures of a report by grid and building, of the actor's grids; two queries for names."""
    parts = _with_people(visible_parts(actor, community, report))
    buildings, grids = part_names(parts)
    found: dict[int, list[PartFigures]] = {}
    sums: dict[int, _Sum] = {}
    for part in sorted(parts, key=lambda part: place_of_part(buildings, part)):
        total = sums.setdefault(part["grid"], _Sum())
        total.add(part)
        one = _Sum()
        one.add(part)
        name = building_name(buildings, part["building"])
        found.setdefault(part["grid"], []).append(_figures(name, one))
    return [
        GridFigures(_figures(grids.get(grid, _("No grid")), sums[grid]), tuple(found[grid]))
        for grid in sorted(found, key=lambda grid: (grid not in grids, grids.get(grid, "")))
    ]


def visible_parts(actor: Actor, community: int, report: Mapping[str, Any]) -> list[Part]:
    """Return the buildings of a report that lie in the actor's grids."""
    mine = actor.grids_at(community)
    return [part for part in report.get("parts", ()) if mine is None or part["grid"] in mine]


def _with_people(parts: Sequence[Part]) -> list[Part]:
    """Return the buildings in which anybody stands; one whose people were all taken out is no line."""
    return [part for part in parts if part["by_status"]]


def part_names(parts: Sequence[Part]) -> tuple[dict[int, Place], dict[int, str]]:
    """Return the buildings of parts and the names of their grids, by number: two queries."""
    places = Place.objects.in_bulk({part["building"] for part in parts if part["building"]})
    grids = Grid.objects.in_bulk({part["grid"] for part in parts if part["grid"]})
    return places, {pk: grid.name for pk, grid in grids.items()}


def place_of_part(buildings: Mapping[int, Place], part: Part) -> tuple[bool, str]:
    """Return where a part stands among others: by its building, without one at the end."""
    place = buildings.get(part["building"])
    return place is None, place.full_key if place is not None else ""


def building_name(buildings: Mapping[int, Place], building: int) -> str:
    """Return the full name of a part's building."""
    return buildings[building].full_name if building in buildings else _("No building")


def _figures(name: str, found: _Sum) -> PartFigures:
    part = Progress(name, dict(found.status))
    missing = [(str(STATUSES[status]), found.status[status]) for status in MISSING_ORDER]
    exempt = [(str(EXEMPT_REASONS.get(why, why)), n) for why, n in sorted(found.exempt.items())]
    return PartFigures(name, part, said_counts(missing), said_counts(exempt))


def said_counts(words: Sequence[tuple[str, int]]) -> str:
    """Return "refuses 2, away 1": what is there only."""
    said = pgettext("figure in a list", "%(words)s %(count)s")
    return _(", ").join(said % {"words": word, "count": n} for word, n in words if n)


@dataclass(frozen=True)
class Cell:
    """A building in one round: coverage in percent, how many were missed. None: not in that round."""

    percent: int | None
    missing: int


@dataclass(frozen=True)
class BuildingRow:
    """A building over several rounds, in the order of the rounds."""

    grid: str
    name: str
    cells: tuple[Cell | None, ...]


def compared(actor: Actor, community: int, rounds: Sequence[Round]) -> list[BuildingRow]:
    """Return buildings over closed rounds of a community as they were reported; two queries for names."""
    by_round = [
        {
            part["building"]: part
            for part in _with_people(visible_parts(actor, community, row.report or {}))
        }
        for row in rounds
    ]
    every = {building: part for parts in reversed(by_round) for building, part in parts.items()}
    buildings, grids = part_names(list(every.values()))
    order = sorted(
        every.values(),
        key=lambda part: (grids.get(part["grid"], ""), place_of_part(buildings, part)),
    )
    return [
        BuildingRow(
            grids.get(part["grid"], ""),
            building_name(buildings, part["building"]),
            tuple(_cell(parts.get(part["building"])) for parts in by_round),
        )
        for part in order
    ]


def _cell(part: Part | None) -> Cell | None:
    if part is None:
        return None
    found = Progress(None, dict(part["by_status"]))
    return Cell(found.percent, found.missing)
