"""Forms of the report as rules: figures that are kept, figures that an older report lacks, totals."""

from datetime import datetime

import pytest

from gridwell.core.layouts import Column, head_cells, header_levels, moved
from gridwell.screening.labels.report_layouts import FIELDS as WORDS
from gridwell.screening.labels.report_layouts import GROUPS
from gridwell.screening.labels.rounds import DOOR_REASONS, EXEMPT_REASONS
from gridwell.screening.rules.report_layouts import (
    AT_DOOR,
    BUILT_IN,
    EXEMPT,
    FIELDS,
    Form,
    Rows,
    columns_twice,
    columns_without_figures,
    fault_of,
    figures_of,
    part_figures,
    percent_of,
    summed,
)

REPORT = {
    "due": 120, "sampled": 117, "missing": 3,
    "by_status": {"sampled": 117, "exempt": 5, "refused": 2, "due": 1},
    "exempt": {"recovered": 4, "away": 1}, "at_door": {"zone": 6},
    "added": 2, "removed": 0, "tubes": 12, "positive_tubes": 0,
    "negative": 117, "positive": 0, "waiting": 0,
    "first_sample_at": "2022-11-22T07:00:00+08:00", "last_sample_at": "2022-11-22T12:20:00+08:00",
    "last_result_at": None, "parts": [], "missed": [1, 2, 3],
}  # fmt: skip


def columns(*fields: str) -> tuple[Column, ...]:
    return tuple(Column("", field) for field in fields)


def test_every_content_has_words_a_group_and_a_reason_each() -> None:
    assert set(FIELDS) == set(WORDS)
    assert [field for _group, fields in GROUPS for field in fields] == list(FIELDS)
    assert set(EXEMPT) == set(EXEMPT_REASONS)
    assert set(AT_DOOR) == set(DOOR_REASONS)


def test_a_report_is_read_by_field() -> None:
    found = figures_of(REPORT)
    assert (found["refused"], found["not_called"], found["called"]) == (2, 1, 0)
    assert (found["exempt"], found["exempt.recovered"], found["exempt.other"]) == (5, 4, 0)
    assert (found["at_door"], found["at_door.zone"]) == (6, 6)
    assert found["first_sample"] == datetime.fromisoformat("2022-11-22T07:00:00+08:00")
    assert found["last_result"] is None
    assert percent_of(found) == 97


def test_what_an_older_report_lacks_is_not_nought() -> None:
    older = {key: REPORT[key] for key in ("due", "sampled", "missing")}
    found = figures_of(older)
    assert found == {"due": 120, "sampled": 117, "missing": 3}
    assert percent_of(found) == 97
    assert percent_of(figures_of({"due": 5})) is None
    assert percent_of({"due": 0, "sampled": 0}) is None


def test_a_total_over_what_one_line_lacks_is_not_known() -> None:
    one, older = figures_of(REPORT), figures_of({"due": 10, "sampled": 1, "missing": 9})
    found = summed([one, older])
    assert (found["due"], found["sampled"]) == (130, 118)
    assert "exempt" not in found
    assert "first_sample" not in found
    assert summed([]) == {}


def test_the_share_of_a_total_is_that_of_its_sums() -> None:
    """1 of 1 and 0 of 99 are 1 of 100, not 50 %."""
    assert percent_of(summed([{"due": 1, "sampled": 1}, {"due": 99, "sampled": 0}])) == 1
    assert percent_of(summed([{"due": 1000, "sampled": 999}, {"due": 0, "sampled": 0}])) == 99


def test_times_together_are_the_first_and_the_last() -> None:
    early, late = figures_of(REPORT), figures_of(
        REPORT
        | {
            "first_sample_at": "2022-11-22T06:00:00+08:00",
            "last_sample_at": None,
            "last_result_at": "2022-11-22T20:00:00+08:00",
        }
    )  # fmt: skip
    found = summed([early, late])
    assert found["first_sample"] == late["first_sample"]
    assert found["last_sample"] == early["last_sample"]
    assert found["last_result"] == late["last_result"]


def test_a_building_has_the_figures_of_its_people() -> None:
    part = {"by_status": {"sampled": 8, "exempt": 2, "away": 1}, "exempt": {"recovered": 2}}
    found = part_figures(part)
    assert (found["due"], found["sampled"], found["missing"], found["away"]) == (9, 8, 1, 1)
    assert found["exempt.recovered"] == 2
    assert not {"at_door", "added", "removed", "tubes", "first_sample"} & set(found)
    newer = part_figures(part | {"at_door": {"old_alone": 3}, "added": 1, "removed": 4})
    assert (newer["at_door.old_alone"], newer["added"], newer["removed"]) == (3, 1, 4)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ((), "screening.layout_no_columns"),
        (("due",) * 200, ""),
        (("due",) * 201, "screening.layout_too_wide"),
        (("due", "nonsense"), "screening.layout_field_unknown"),
        (("text", "blank"), "screening.layout_says_nothing"),
        (("due", "due"), ""),
        (tuple(FIELDS), ""),
    ],
)
def test_columns_make_a_form_or_not(fields: tuple[str, ...], fault: str) -> None:
    assert fault_of(columns(*fields)) == fault


def test_columns_that_stay_empty_or_come_twice_are_named() -> None:
    form = Form(Rows.BUILDING, columns("grid", "building", "tubes", "due", "last_result"))
    assert [c.field for c in columns_without_figures(form)] == ["tubes", "last_result"]
    form = Form(Rows.GRID, columns("grid", "building", "due"))
    assert [c.field for c in columns_without_figures(form)] == ["building"]
    form = Form(Rows.ROUND, columns("grid", "tubes"))
    assert [c.field for c in columns_without_figures(form)] == ["grid"]
    twice = columns_twice(columns("due", "blank", "text", "due", "blank", "text"))
    assert [c.field for c in twice] == ["due"]
    for form in BUILT_IN.values():
        assert not columns_without_figures(form)
        assert not fault_of(form.columns)


def test_a_header_of_two_levels_shares_its_cells() -> None:
    found = head_cells(
        [Column(h, "due") for h in ("社区", "免检/康复", "免检/外出", "未检", "免检/其他")]
    )
    assert [[(c.text, c.at, c.wide, c.high) for c in level] for level in found] == [
        [("社区", 0, 1, 2), ("免检", 1, 2, 1), ("未检", 3, 1, 2), ("免检", 4, 1, 1)],
        [("康复", 1, 1, 1), ("外出", 2, 1, 1), ("其他", 4, 1, 1)],
    ]
    assert header_levels([Column("社区", ""), Column("免检/康复", "")]) == [
        ["社区", "免检"],
        ["社区", "康复"],
    ]
    assert head_cells([]) == [[]]


@pytest.mark.parametrize(
    ("pressed", "order", "at"),
    [
        ("up:7", "bac", 0),
        ("down:7", "acb", 2),
        ("up:2", "abc", 0),
        ("down:9", "abc", 2),
        ("up:4", "abc", None),
        ("sideways:7", "abc", None),
        ("", "abc", None),
    ],
)
def test_a_column_moves_by_one(pressed: str, order: str, at: int | None) -> None:
    placed = [(2, Column("a", "due")), (7, Column("b", "due")), (9, Column("c", "due"))]
    found, to, _way = moved(placed, pressed)
    assert "".join(column.header for column in found) == order
    assert to == at
