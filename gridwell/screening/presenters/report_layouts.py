"""Which forms an area can fill (可用版式): those of the offices above, its own, those that are built in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gridwell.accounts.rules.actor import Actor
from gridwell.core.layouts import header_levels
from gridwell.core.numbers import whole_number
from gridwell.core.tables import SheetPlan
from gridwell.places.models import Area
from gridwell.screening.labels.report_layouts import BUILT_IN as BUILT_IN_NAMES
from gridwell.screening.labels.report_layouts import FIELDS, ROWS
from gridwell.screening.models import ReportLayout
from gridwell.screening.presenters.report_forms import Filled
from gridwell.screening.queries.report_layouts import access_layout, form_of, layouts_of
from gridwell.screening.rules.report_layouts import BUILT_IN, TIMES, Form

USUAL = "full"
_FIRST_COLUMNS = 12


@dataclass(frozen=True)
class Offered:
    """A form that can be filled: `key` names it in addresses, `office` is whose it is, None built in."""

    key: str
    name: str
    title: str
    form: Form
    office: Area | None = None
    row: ReportLayout | None = None

    @property
    def rows(self) -> str:
        """Return what a line is about, in words."""
        return str(ROWS[self.form.rows])

    @property
    def columns(self) -> list[str]:
        """Return the headers of the first columns."""
        columns = self.form.columns[:_FIRST_COLUMNS]
        return [(c.header or str(FIELDS[c.field])).replace("/", " · ") for c in columns]

    @property
    def more(self) -> int:
        """Return how many columns there are besides the first ones."""
        return max(0, len(self.form.columns) - _FIRST_COLUMNS)


def offered_at(actor: Actor, area: int) -> list[Offered]:
    """Return the forms that an area can fill: the highest office's first, the built-in ones last."""
    kept = [_of_row(row) for row in layouts_of(actor, area)]
    return [*kept, *(_built_in(key) for key in BUILT_IN)]


def offered_as(actor: Actor, area: int, key: str) -> Offered:
    """Return the form of an address: a kept one by number, else a built-in one by name.

    NotVisible for a number that is not offered here; anything else that is unknown is the usual one.
    """
    number = whole_number(key)
    if number is not None:
        return _of_row(access_layout(actor, area, number))
    return _built_in(key if key in BUILT_IN else USUAL)


def _of_row(row: ReportLayout) -> Offered:
    return Offered(str(row.pk), row.name, row.title, form_of(row), row.area, row)


def _built_in(key: str) -> Offered:
    return Offered(key, str(BUILT_IN_NAMES[key]), "", BUILT_IN[key])


def sheet_of(offered: Offered, filled: Filled, area: Area, days: str) -> SheetPlan:
    """Return a filled form as a sheet: its title, whose figures of which days, header, lines."""
    about = " · ".join(part for part in (area.name, days) if part)
    return SheetPlan(
        name=" ".join(f"{offered.name} {days}".replace("/", " ").replace("\\", " ").split()),
        header=header_levels(filled.columns),
        rows=[line.cells for line in filled.everything],
        titles=[offered.title or offered.name, about],
        widths=[
            18 if c.field in TIMES else max(8, min(24, 2 * len(c.header.rpartition("/")[2]) + 4))
            for c in filled.columns
        ],
    )


def audit_facts(offered: Offered) -> Mapping[str, Any]:
    """Return what the trail keeps of the form in which figures were taken out."""
    return {"layout": int(offered.key)} if offered.row is not None else {"name": offered.key}
