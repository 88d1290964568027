"""Kept reports written into a form (按版式填报): its lines, its total, what is left empty and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.core.errors import RuleBroken
from gridwell.core.joining import joined
from gridwell.core.layouts import Column, HeadCell, head_cells
from gridwell.core.paging import MOST_LINES
from gridwell.core.tables import Cell
from gridwell.core.templatetags.core_tags import number
from gridwell.orders.labels import POOLS, PURPOSES
from gridwell.places.models import Area, Place
from gridwell.places.rules.levels import parent_of
from gridwell.screening.labels.report_layouts import FIELDS
from gridwell.screening.labels.rounds import EXEMPT_REASONS, STATUSES
from gridwell.screening.models import Round
from gridwell.screening.presenters.report import (
    building_name,
    part_names,
    place_of_part,
    said_counts,
    visible_parts,
)
from gridwell.screening.presenters.rounds import basis_of, round_name
from gridwell.screening.queries.members import MISSING_ORDER
from gridwell.screening.queries.report import report_of
from gridwell.screening.rules.report_layouts import (
    BUILT_IN,
    BY_PART,
    EXEMPT,
    NUMBERS,
    SAID,
    TIMES,
    WHYS,
    WORDS,
    Figures,
    Form,
    Rows,
    figures_of,
    part_figures,
    percent_of,
    summed,
)

UNKNOWN: Final = "—"
_WHY_OF: Final = {status: field for field, status in WHYS.items()}
#: In which column a line's link stands: the first of these that the form has.
_LINKED: Final = ("round", "building", "grid", "community", "day", "serial")


@dataclass(frozen=True)
class FormLine:
    """A line of a filled form: a cell a column. `kind` is part for a sum within, total for the last."""

    cells: tuple[Cell | None, ...]
    url: str = ""
    kind: str = ""


@dataclass(frozen=True)
class ShownCell:
    """A cell as a page shows it, under the words of its column; `url` opens what the line is about."""

    label: str
    value: str
    is_number: bool
    is_day: bool
    url: str = ""


@dataclass(frozen=True)
class Filled:
    """A form that was filled: columns with their headers, lines, the total if it has one."""

    columns: tuple[Column, ...]
    lines: tuple[FormLine, ...]
    total: FormLine | None
    communities: frozenset[int]
    lacks: bool  # whether a figure of any line is not known

    @property
    def head(self) -> list[list[tuple[HeadCell, bool]]]:
        """Return the header level by level, each cell with whether it stands above numbers."""
        return [
            [(cell, cell.wide == 1 and self._is_number(cell.at)) for cell in level]
            for level in head_cells(self.columns)
        ]

    def _is_number(self, at: int) -> bool:
        return self.columns[at].field in NUMBERS or self.columns[at].field == "serial"

    @property
    def everything(self) -> list[FormLine]:
        """Return all lines, the total at the end."""
        return [*self.lines, self.total] if self.total is not None else list(self.lines)

    def shown(self, lines: Iterable[FormLine]) -> list[tuple[FormLine, list[ShownCell]]]:
        """Return lines with their cells as a page shows them."""
        return [(line, self._shown(line)) for line in lines]

    def _shown(self, line: FormLine) -> list[ShownCell]:
        fields = [column.field for column in self.columns]
        link = next((fields.index(field) for field in _LINKED if field in fields), 0)
        return [
            ShownCell(
                column.header.replace("/", " · "),
                _shown(cell),
                self._is_number(at),
                column.field == "day",
                line.url if at == link else "",
            )
            for at, (column, cell) in enumerate(zip(self.columns, line.cells, strict=True))
        ]


def _shown(cell: Cell | None) -> str:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return number(cell) if isinstance(cell, int) else str(cell or "")


@dataclass(frozen=True)
class _Line:
    """What a line says before it is written: its words and figures."""

    words: dict[str, str]
    figures: Figures
    url: str = ""
    kind: str = ""


def fill(actor: Actor, form: Form, rounds: QuerySet[Round] | Sequence[Round]) -> Filled:
    """Return a form filled with the reports of rounds: as they were kept, else as they stand now.

    Names cost four queries, whatever the number of rounds. RuleBroken where there would be more
    lines than a file holds.
    """
    each = list(_read(actor, form, rounds))
    if any(column.field == "subdistrict" for column in form.columns):
        _name_subdistricts(each)
    lines = _by_part(each, form) if form.rows in BY_PART else _by_round(each, form.rows)
    if len(lines) > MOST_LINES:
        raise RuleBroken("core.list_too_long", rows=len(lines), most=MOST_LINES)
    columns = tuple(
        replace(column, header=column.header or str(FIELDS[column.field]))
        for column in form.columns
    )
    plain = [line.figures for line in lines if not line.kind]
    total = None
    if form.has_total and len(plain) > 1 and len(lines) - len(plain) != 1:
        line = _Line({_label_of(columns): _("Total")}, summed(plain), "", "total")
        total = _written(columns, line, 0)
    written, place = [], 0
    for line in lines:
        place += not line.kind
        written.append(_written(columns, line, place))
    lacks = any(UNKNOWN in line.cells for line in written)
    return Filled(columns, tuple(written), total, frozenset(one.community for one in each), lacks)


def figure_lines(report: Mapping[str, Any]) -> list[tuple[str, Cell | None]]:
    """Return the figures of one report with their words, in the order of the form of all figures."""
    line = _Line({}, figures_of(report))
    fields = [c.field for c in BUILT_IN["full"].columns if c.field not in WORDS]
    return [(str(FIELDS[field]), _cell(Column("", field), line, 1)) for field in fields]


@dataclass(frozen=True)
class _Read:
    """What a form needs of a round; the round with its report is let go."""

    community: int
    on: date
    url: str
    words: dict[str, str]
    figures: Figures
    parts: Sequence[Mapping[str, Any]] | None


def _read(actor: Actor, form: Form, rounds: QuerySet[Round] | Sequence[Round]) -> Iterable[_Read]:
    rows = rounds.iterator(500) if isinstance(rounds, QuerySet) else rounds
    for place, row in enumerate(rows, start=1):
        if place > MOST_LINES:
            raise RuleBroken("core.list_too_long", rows=place, most=MOST_LINES)
        report = row.report or report_of(row)
        parts = None
        if form.rows in BY_PART and "parts" in report:
            parts = visible_parts(actor, row.community_id, report)
        url = reverse("round_report", args=[row.community_id, row.pk])
        yield _Read(row.community_id, row.on, url, _words_of(row), figures_of(report), parts)


def _words_of(row: Round) -> dict[str, str]:
    return {
        "community": row.community.name,
        "community_code": str(row.community_id),
        "day": row.on.isoformat(),
        "round": round_name(row),
        "purpose": str(PURPOSES.get(row.order.purpose, row.order.purpose)),
        "basis": basis_of(row.order),
        "pool": str(POOLS.get(row.order.pool, row.order.pool)),
    }


def _name_subdistricts(each: Sequence[_Read]) -> None:
    """Write into the words of each round in which subdistrict its community lies: one query."""
    names = Area.objects.in_bulk({parent_of(one.community) or 0 for one in each})
    for one in each:
        above = names.get(parent_of(one.community) or 0)
        one.words["subdistrict"] = above.name if above is not None else ""


def _by_round(each: Sequence[_Read], rows: Rows) -> list[_Line]:
    """Return a line a round, or a line a community with its rounds together."""
    if rows == Rows.ROUND:
        return [_Line(one.words, one.figures, one.url) for one in each]
    found = []
    ordered = sorted(each, key=lambda one: (one.community, one.on))
    for community, group in groupby(ordered, key=lambda one: one.community):
        own = list(group)
        first, last = own[0].on, own[-1].on
        url = reverse("round_compare", args=[community])
        found.append(
            _Line(
                _together([one.words for one in own]) | {"day": days_words(first, last)},
                summed([one.figures for one in own]),
                f"{url}?since={first.isoformat()}&until={last.isoformat()}",
            )
        )
    return found


def _together(words: Sequence[dict[str, str]]) -> dict[str, str]:
    """Return the words of several rounds in one line, each said once."""
    return {field: joined(dict.fromkeys(one[field] for one in words)) for field in words[0]}


def days_words(first: date | None, last: date | None) -> str:
    """Return a day, or the first and the last of several; empty for none."""
    if first is None or last is None:
        return " – ".join(f"{day:%Y-%m-%d} " for day in (first, last) if day is not None).strip()
    return f"{first:%Y-%m-%d}" if first == last else f"{first:%Y-%m-%d} – {last:%Y-%m-%d}"


def _by_part(each: Sequence[_Read], form: Form) -> list[_Line]:
    """Return a line a grid or a building of each round; buildings with a sum below each grid.

    A report of before the parts were kept is one line of which nothing is known.
    """
    buildings, grids = part_names([part for one in each for part in one.parts or ()])
    found: list[_Line] = []
    for one in each:
        if one.parts is None:
            found.append(_Line(one.words | {"grid": UNKNOWN, "building": UNKNOWN}, {}, one.url))
            continue
        order = sorted(one.parts, key=lambda part: _place(buildings, grids, part))
        for grid, group in groupby(order, key=lambda part: part["grid"]):
            own = _parts_of(one, list(group), grids.get(grid, _("No grid")), buildings)
            together = _Line(
                own[0].words | {"building": _("together")},
                summed([line.figures for line in own]),
                own[0].url,
            )
            if form.rows == Rows.GRID:
                found.append(replace(together, words=together.words | {"building": ""}))
                continue
            found.extend(own)
            if form.has_total:
                found.append(replace(together, kind="part", url=""))
        if len(found) > MOST_LINES:
            raise RuleBroken("core.list_too_long", rows=len(found), most=MOST_LINES)
    return found


def _place(
    buildings: Mapping[int, Place], grids: Mapping[int, str], part: Mapping[str, Any]
) -> tuple[bool, str, int, tuple[bool, str]]:
    grid = part["grid"]
    return grid not in grids, grids.get(grid, ""), grid, place_of_part(buildings, part)


def _parts_of(
    one: _Read,
    parts: Sequence[Mapping[str, Any]],
    grid: str,
    buildings: Mapping[int, Place],
) -> list[_Line]:
    return [
        _Line(
            one.words | {"grid": grid, "building": building_name(buildings, part["building"])},
            part_figures(part),
            one.url,
        )
        for part in parts
    ]


def _label_of(columns: Sequence[Column]) -> str:
    """Return the field below which "Total" stands: the first column of words."""
    return next((c.field for c in columns if c.field in WORDS and c.field != "serial"), "")


def _written(columns: Sequence[Column], line: _Line, place: int) -> FormLine:
    cells = tuple(_cell(column, line, place) for column in columns)
    return FormLine(cells, line.url, line.kind)


def _cell(column: Column, line: _Line, place: int) -> Cell | None:
    """Return what stands in a column: "—" for a figure that is not known or not anybody's."""
    field = column.field
    if field == "blank":
        return None
    if field == "text":
        return None if line.kind else column.text
    if field == "serial":
        return None if line.kind else place
    if field in WORDS:
        return line.words.get(field, "")
    if field in SAID:
        return _said(field, line.figures)
    if field == "percent":
        percent = percent_of(line.figures)
        return UNKNOWN if percent is None else f"{percent}%"
    value = line.figures.get(field)
    if isinstance(value, datetime) and field in TIMES:
        return value.astimezone(clock.zone()).replace(tzinfo=None)
    return UNKNOWN if value is None else value


def _said(field: str, figures: Figures) -> str:
    """Return why people are missing or exempt, with how many each."""
    if field == "missing_why":
        named = [(_WHY_OF[status], str(STATUSES[status])) for status in MISSING_ORDER]
    else:
        named = [(f"exempt.{reason}", str(EXEMPT_REASONS[reason])) for reason in EXEMPT]
    counts = [(words, figures.get(code)) for code, words in named]
    if any(count is None for _words, count in counts):
        return UNKNOWN
    return said_counts([(words, count) for words, count in counts if isinstance(count, int)])
