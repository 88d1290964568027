"""What a file of a page holds: what the screen shows, without what only serves the screen."""

from datetime import UTC, date, datetime

import pytest
from django.test import RequestFactory

from gridwell.core import paging
from gridwell.core.components import Dot
from gridwell.core.errors import RuleBroken
from gridwell.core.page_tables import tables_of
from gridwell.core.templatetags import core_tags as tags

HEAD = "<h2>风险区 <small>2</small></h2><table class='list'><thead><tr>{}</tr></thead><tbody>{}</tbody></table>"


def one(heads: str, row: str) -> tuple[list[str], list[str | int]]:
    (table,) = tables_of(HEAD.format(heads, f"<tr>{row}</tr>"))
    return table.header, table.rows[0]


def cell(inside: str, css: str = "") -> str | int:
    return one("<th>一</th>", f'<td class="{css}">{inside}</td>')[1][0]


def test_boxes_buttons_and_columns_without_a_head_stay_on_the_screen() -> None:
    header, row = one(
        "<th class='tick'><input type='checkbox'></th><th><a href='?sort=door'>门牌</a></th>"
        "<th class='num'>人数</th><th><span class='vh'>操作</span></th>",
        "<td class='tick'><input></td><td><a href='#'>4-1-101</a> <a class='why-link'>为什么？</a></td>"
        "<td class='num'>1,238</td><td><a class='btn'>打开</a></td>",
    )
    assert header == ["门牌", "人数"]
    assert row == ["4-1-101", 1238]


def test_only_counts_become_numbers() -> None:
    assert cell("007") == "007"
    assert cell("3/4", "num") == "3/4"
    assert cell("—", "num") == ""


def test_chips_are_their_names_and_small_print_stands_apart() -> None:
    chips = tags.label_chip("困", "red", "困难、患病") + tags.label_chip("独", "pink", "独居")
    assert cell(chips) == "困难、患病、独居"
    assert cell("王秀英<small>4-1-101</small>") == "王秀英 4-1-101"
    assert cell(f"上门送药 {tags.tag('迟了', 'bad')}") == "上门送药 迟了"


def test_days_are_written_in_full_and_counts_as_said() -> None:
    assert cell(tags.day_words(date(2022, 11, 20))) == "2022年11月20日 周日"
    assert cell(tags.until_words(datetime(2022, 11, 23, 16, tzinfo=UTC))) == "2022年11月23日24时"
    assert cell(tags.day_count(3, date(2022, 11, 20))) == "第3天"


def test_a_name_cut_for_the_screen_is_whole() -> None:
    assert cell(tags.shortened("东" * 80)) == "东" * 80


def test_rounds_are_read_out() -> None:
    assert cell(tags.dots([Dot("done", "第1轮已采"), Dot("missed", "第2轮未采")])) == (
        "第1轮已采、第2轮未采"
    )


def test_headings_and_rows_that_span_all() -> None:
    (table,) = tables_of(HEAD.format("<th>一</th><th>二</th>", "<tr><td colspan=2>没有</td></tr>"))
    assert (table.title, table.rows) == ("风险区 2", [])
    assert tables_of("<table class='list keep'><tbody><tr><td>1</td></tr></tbody></table>") == []
    assert tables_of("<table class='board'><thead><tr><th>1</th></tr></thead></table>") == []


def test_a_file_holds_all_pages_and_is_refused_when_too_long() -> None:
    request = RequestFactory().get("/?page=2")
    assert list(paging.page_of(request, list(range(80)))) == list(range(50, 80))
    request.is_whole_list = True
    assert len(paging.page_of(request, list(range(80)))) == 80
    with pytest.raises(RuleBroken) as refusal:
        paging.page_of(request, range(paging.MOST_LINES + 1))
    assert refusal.value.facts["rows"] == paging.MOST_LINES + 1
