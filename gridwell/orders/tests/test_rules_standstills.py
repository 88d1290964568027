"""What a notice says of a standstill, by tables of sentences."""

from datetime import date, datetime

import pytest

from gridwell.core.clock import zone
from gridwell.orders.rules.standstills import standstills_in

ISSUED = date(2022, 11, 23)


def at(text: str) -> datetime | None:
    return (
        datetime.strptime(text, "%m-%d %H:%M").replace(year=2022, tzinfo=zone()) if text else None
    )


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("自11月24日0时起至11月26日24时，万柏林区实行静默管理。", "11-24 00:00", "11-27 00:00"),
        ("11月24日零时至26日18时，千峰街道静默管理。", "11-24 00:00", "11-26 18:00"),
        (
            "２０２２年１１月２４日８:３０起，全区实行静默管理，为期３天。",
            "11-24 08:30",
            "11-27 08:30",
        ),
        ("即日起至11月27日，万柏林区全域静态管理。", "11-23 00:00", "11-28 00:00"),
        ("11月24日晚8点起开展静默管理。", "11-24 20:00", ""),
        ("即日起实行静默管理，暂定三天。", "11-23 00:00", "11-26 00:00"),
        ("对上述区域实行静默管理。", "", ""),
        ("11月31日起实行静默管理。", "", ""),
        ("11月24日27时起实行静默管理。", "", ""),
    ],
)
def test_the_period_is_read_or_left_empty(text: str, since: str, until: str) -> None:
    found = standstills_in(text, ISSUED, ["万柏林区"])
    assert [(one.from_at, one.until_at) for one in found] == [(at(since), at(until))]


def test_a_january_day_of_a_december_notice_is_of_the_next_year() -> None:
    found = standstills_in("1月2日0时起静默管理。", date(2022, 12, 30))
    assert found[0].from_at == datetime(2023, 1, 2, tzinfo=zone())


def test_without_a_date_of_issue_a_year_is_needed() -> None:
    assert standstills_in("11月24日起静默管理。", None)[0].from_at is None
    assert standstills_in("2022年11月24日起静默管理。", None)[0].from_at == at("11-24 00:00")


def test_names_places_and_ends() -> None:
    text = "一、新增高风险区。\n二、万柏林区解除静默管理；小店区11月24日起静默管理。请群众理解。"
    found = standstills_in(text, ISSUED, ["万柏林区", "小店区", "迎泽区"])
    assert [(one.is_end, one.names) for one in found] == [
        (True, ("万柏林区",)),
        (False, ("小店区",)),
    ]
    assert all(text[one.start : one.end].strip() == one.text for one in found)


def test_a_text_without_one_gives_none() -> None:
    assert standstills_in("高风险区实行足不出户，上门服务。", ISSUED) == []
