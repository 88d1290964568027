"""Tags and filters: days as people say them, masks, chips, query strings, assets."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import RequestFactory, override_settings
from django.utils import translation

from gridwell.core import assets, clock
from gridwell.core.components import Dot
from gridwell.core.templatetags import core_tags as tags

NOW = datetime(2022, 11, 23, 20, 6, tzinfo=clock.zone())


@pytest.fixture(autouse=True)
def evening(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """It is 23 November 2022, 20:06, and people speak Chinese."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    with translation.override("zh-hans"):
        yield


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2022, 11, 23), "今天"),
        (date(2022, 11, 22), "昨天"),
        (date(2022, 11, 21), "前天"),
        (date(2022, 11, 24), "明天"),
        (date(2022, 11, 25), "后天"),
        (date(2022, 11, 20), "11月20日"),
        (date(2021, 11, 20), "2021年11月20日"),
        (datetime(2022, 11, 22, 16, 0, tzinfo=UTC), "今天"),
    ],
)
def test_day_words(day: date, said: str) -> None:
    assert f">{said}</time>" in tags.day_words(day)


def test_a_day_shows_its_exact_value_on_hover() -> None:
    assert tags.day_words(date(2022, 11, 25)) == (
        '<time datetime="2022-11-25" title="2022年11月25日 周五">后天</time>'
    )


def test_the_local_day_counts_and_not_the_day_in_utc() -> None:
    past_midnight = datetime(2022, 11, 24, 0, 30, tzinfo=clock.zone())
    assert "明天 00:30" in tags.instant_words(past_midnight)


@pytest.mark.parametrize(
    ("days", "said"), [(2, "还有2天"), (1, "还有1天"), (0, "今天到期"), (-1, "逾期1天")]
)
def test_days_left(days: int, said: str) -> None:
    assert f">{said}</time>" in tags.days_left(NOW.date() + timedelta(days=days))


def test_days_left_in_english() -> None:
    with translation.override("en"):
        assert "1 day left" in tags.days_left(date(2022, 11, 24))
        assert "2 days overdue" in tags.days_left(date(2022, 11, 21))


@pytest.mark.parametrize(
    ("end", "near", "full", "left"),
    [
        (
            datetime(2022, 11, 25, tzinfo=clock.zone()),
            "明天 24:00",
            "2022年11月24日24时",
            "还有1天",
        ),
        (
            datetime(2022, 11, 24, tzinfo=clock.zone()),
            "今天 24:00",
            "2022年11月23日24时",
            "今天到期",
        ),
        (
            datetime(2022, 11, 24, 7, tzinfo=clock.zone()),
            "明天 07:00",
            "2022年11月24日7时",
            "还有1天",
        ),
        (
            datetime(2022, 11, 22, 15, 30, tzinfo=UTC),
            "昨天 23:30",
            "2022年11月22日23:30",
            "逾期1天",
        ),
    ],
)
def test_the_end_of_a_window_is_said_by_its_last_day(
    end: datetime, near: str, full: str, left: str
) -> None:
    assert f">{near}</time>" in tags.until_words(end)
    assert tags.end_in_full(end) == full
    assert f">{left}</time>" in tags.days_left(tags.last_day(end))
    with translation.override("en"):
        assert tags.end_in_full(end).endswith("November 2022")


def test_a_long_name_is_cut_and_whole_on_hover() -> None:
    assert tags.shortened("金桂苑1号楼") == "金桂苑1号楼"
    name = "东<河" + "至" * 100
    cut = tags.shortened(name)
    assert cut.startswith('<span title="东&lt;河至')
    assert cut.endswith(">东&lt;河" + "至" * 56 + "…</span>")


def test_day_count() -> None:
    assert tags.day_count(3) == "第3天"
    assert 'title="自2022年11月20日 周日起"' in tags.day_count(3, date(2022, 11, 20))


@pytest.mark.parametrize(
    "tag", [tags.day_words, tags.instant_words, tags.days_left, tags.until_words]
)
def test_no_day_is_a_dash(tag: Any) -> None:
    assert tag(None) == "—"


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张小华", "张*华"),
        ("李明", "李*"),
        ("欧阳小华", "欧**华"),
        ("阿依·买买提", "阿****提"),
        ("李", "*"),
        ("", ""),
        (None, ""),
    ],
)
def test_mask_name(name: str | None, masked: str) -> None:
    assert tags.mask_name(name) == masked


def test_a_chip_says_its_name_and_escapes_it() -> None:
    chip = tags.label_chip("困", "red", "<b>困难")
    assert "k-red" in chip
    assert "&lt;b&gt;困难" in chip
    assert "<b>" not in chip
    assert "k-grey" in tags.label_chip("x", "url(evil)", "x")


def test_dots_are_read_out() -> None:
    shown = tags.dots([Dot("done", "第1天 已完成"), Dot("now", "第2天 今天")])
    assert 'aria-label="第1天 已完成、第2天 今天"' in shown
    assert shown.count("<i ") == 2


@pytest.mark.parametrize(
    ("part", "whole", "said"), [(698, 699, "99%"), (699, 699, "100%"), (0, 0, "—"), (None, 5, "—")]
)
def test_share_says_all_only_when_it_is_all(part: int, whole: int, said: str) -> None:
    assert tags.share(part, whole) == said


def test_number() -> None:
    assert (tags.number(8097), tags.number(0), tags.number(None)) == ("8,097", "0", "—")


def test_query_changes_one_key_and_starts_at_the_first_page() -> None:
    context: Any = {"request": RequestFactory().get("/?q=1&grid=4&page=3")}
    assert tags.query(context, grid=5) == "?q=1&grid=5"
    assert tags.query(context, grid=None) == "?q=1"
    assert tags.query(context, page=4) == "?q=1&grid=4&page=4"


def test_sort_head_turns_round() -> None:
    context: Any = {"request": RequestFactory().get("/?sort=door")}
    head = tags.sort_head(context, "door", "Door")
    assert (head["order"], head["url"]) == ("ascending", "?sort=-door")
    assert tags.sort_head(context, "name", "Name")["order"] == ""


def test_asset_reads_the_manifest_anew_when_it_changes(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"src/desk.ts": {"file": "assets/desk-1.js"}}))
    assert assets.asset_url("desk.ts", manifest) == "/static/dist/assets/desk-1.js"
    with pytest.raises(assets.FrontEndNotBuilt, match="no entry"):
        assets.asset_url("other.ts", manifest)


def test_a_front_end_that_is_not_built_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(assets.FrontEndNotBuilt, match="make frontend"):
        assets.asset_url("desk.ts", tmp_path / "manifest.json")
    with override_settings(ASSETS_OPTIONAL=True):
        assert assets.asset_url("desk.ts", tmp_path / "none.json") == "/static/dist/desk.ts"
