"""Forms of a round's report: what can stand in a column, figures of a line, totals (报告版式). Pure.

A figure that is not in a mapping is not known: an older report lacks it, or it is not counted by
building. It is shown as "—" and never as 0, and a total over it is not known either. A time that is
known to be nobody's (nobody sampled yet) is None.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from gridwell.core.layouts import MOST_COLUMNS, Column
from gridwell.screening.rules.coverage import Status

Value = int | datetime | None
Figures = Mapping[str, Value]


class Rows(StrEnum):
    """What one line of a form is about."""

    ROUND = "round"
    GRID = "grid"
    BUILDING = "building"
    COMMUNITY = "community"


BY_PART: Final = frozenset({Rows.GRID, Rows.BUILDING})
#: Who is missing, by why: these add up to "missing".
WHYS: Final = {
    "not_called": Status.DUE,
    "called": Status.CALLED,
    "refused": Status.REFUSED,
    "away": Status.AWAY,
    "not_found": Status.NOT_FOUND,
}
EXEMPT: Final = ("recovered", "cannot_be_sampled", "away", "elsewhere", "other")
AT_DOOR: Final = ("isolated", "zone", "cannot_walk", "old_alone", "by_hand")
_REASONS: Final = {"exempt": EXEMPT, "at_door": AT_DOOR}
_EACH_EXEMPT: Final = tuple(f"exempt.{reason}" for reason in EXEMPT)
_EACH_AT_DOOR: Final = tuple(f"at_door.{reason}" for reason in AT_DOOR)
#: Words that say which line it is.
WORDS: Final = (
    "serial", "subdistrict", "community", "community_code", "grid", "building", "day", "round",
    "purpose", "basis", "pool",
)  # fmt: skip
#: Reasons with their figures in one cell: "refuses 2, away 1".
SAID: Final = ("missing_why", "exempt_why")
PEOPLE: Final = (
    "due", "sampled", "percent", "missing", *WHYS, "missing_why",
    "exempt", *_EACH_EXEMPT, "exempt_why", "at_door", *_EACH_AT_DOOR, "added", "removed",
)  # fmt: skip
RESULTS: Final = ("tubes", "positive_tubes", "negative", "positive", "waiting")
TIMES: Final = {"first_sample": min, "last_sample": max, "last_result": max}
#: What is filled in by hand, or the same in every line.
OWN: Final = ("text", "blank")
FIELDS: Final = (*WORDS, *PEOPLE, *RESULTS, *TIMES, *OWN)
#: What stands in a report for the whole round only, or says which part a line is.
NOT_BY_PART: Final = frozenset({*RESULTS, *TIMES})
NUMBERS: Final = frozenset({*PEOPLE, *RESULTS}) - frozenset(SAID)
_PLAIN: Final = (
    "due", "sampled", "missing", "added", "removed", *RESULTS
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it is filled: what a line is about, its columns in order, whether it ends in a total."""

    rows: Rows
    columns: tuple[Column, ...]
    has_total: bool = False


def _built_in(rows: Rows, *fields: str, has_total: bool = False) -> Form:
    return Form(rows, tuple(Column("", field) for field in fields), has_total)


_WHICH: Final = ("community", "day", "round")
_COUNTED: Final = ("due", "sampled", "percent", "missing", *WHYS)
BY_BUILDING: Final = "buildings"
#: Forms that are there without anybody having kept one, and to start one's own from.
BUILT_IN: Final[dict[str, Form]] = {
    "full": _built_in(
        Rows.ROUND, *_WHICH, *_COUNTED, "exempt", "at_door", "added", "removed", *RESULTS,
        has_total=True,
    ),
    "daily": _built_in(Rows.ROUND, *_WHICH, *_COUNTED, "exempt", "at_door", has_total=True),
    "results": _built_in(Rows.ROUND, *_WHICH, "sampled", *RESULTS, has_total=True),
    BY_BUILDING: _built_in(
        Rows.BUILDING, *_WHICH, "grid", "building", *_COUNTED, "exempt", "exempt_why", has_total=True
    ),
}  # fmt: skip


def figures_of(report: Mapping[str, Any]) -> dict[str, Value]:
    """Return the figures of a kept report by field; what it lacks is left out."""
    found: dict[str, Value] = {
        field: report[field] for field in _PLAIN if isinstance(report.get(field), int)
    }
    if isinstance(by_status := report.get("by_status"), Mapping):
        found |= {field: int(by_status.get(status, 0)) for field, status in WHYS.items()}
    for field in _REASONS:
        found |= _by_reason(field, report.get(field))
    for field in TIMES:
        key = f"{field}_at"
        if key in report:
            found[field] = datetime.fromisoformat(report[key]) if report[key] else None
    return found


def part_figures(part: Mapping[str, Any]) -> dict[str, Value]:
    """Return the figures of one building of one grid in a kept report; what it lacks is left out."""
    by_status: Mapping[str, int] = part["by_status"]
    exempt = by_status.get(Status.EXEMPT, 0)
    due, sampled = sum(by_status.values()) - exempt, by_status.get(Status.SAMPLED, 0)
    found: dict[str, Value] = {"due": due, "sampled": sampled, "missing": due - sampled}
    found |= {field: by_status.get(status, 0) for field, status in WHYS.items()}
    found |= {field: part[field] for field in ("added", "removed") if field in part}
    for field in _REASONS:
        found |= _by_reason(field, part.get(field))
    return found


def _by_reason(field: str, counts: object) -> dict[str, Value]:
    """Return the total under a field and each reason of it; nothing where it was not kept."""
    if not isinstance(counts, Mapping):
        return {}
    known: dict[str, Value] = {
        f"{field}.{reason}": int(counts.get(reason, 0)) for reason in _REASONS[field]
    }
    return known | {field: sum(int(count) for count in counts.values())}


def summed(lines: Sequence[Figures]) -> dict[str, Value]:
    """Return the figures of lines together; one that any of them lacks is left out.

    Of times the first and the last. A share is not here: it is computed from the sums (`value_of`).
    """
    if not lines:
        return {}
    known = Counter(field for line in lines for field in line)
    found: dict[str, Value] = {}
    for field, count in known.items():
        if count < len(lines):
            continue
        values = [line[field] for line in lines]
        if field in TIMES:
            times = [value for value in values if isinstance(value, datetime)]
            found[field] = TIMES[field](times) if times else None
        else:
            found[field] = sum(value for value in values if isinstance(value, int))
    return found


def percent_of(figures: Figures) -> int | None:
    """Return sampled of due in whole percent, rounded down; None when nobody is due or it is not known."""
    due, sampled = figures.get("due"), figures.get("sampled")
    if not isinstance(due, int) or not isinstance(sampled, int) or not due:
        return None
    return sampled * 100 // due


def columns_without_figures(form: Form) -> list[Column]:
    """Return the columns that stay empty in this kind of lines: results by building, a grid of a round."""
    barren = NOT_BY_PART if form.rows in BY_PART else frozenset({"grid", "building"})
    if form.rows == Rows.GRID:
        barren = barren | {"building"}
    return [column for column in form.columns if column.field in barren]


def columns_twice(columns: Sequence[Column]) -> list[Column]:
    """Return the columns whose content stands in an earlier one already; texts and blanks may repeat."""
    seen: set[str] = set()
    twice = []
    for column in columns:
        if column.field in seen:
            twice.append(column)
        elif column.field not in OWN:
            seen.add(column.field)
    return twice


def fault_of(columns: Sequence[Column]) -> str:
    """Return why these columns make no form, as the code of a refusal; empty when they do."""
    if not columns:
        return "screening.layout_no_columns"
    if len(columns) > MOST_COLUMNS:
        return "screening.layout_too_wide"
    if any(column.field not in FIELDS for column in columns):
        return "screening.layout_field_unknown"
    if all(column.field in OWN for column in columns):
        return "screening.layout_says_nothing"
    return ""
