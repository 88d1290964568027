"""Forms of notices that readers trip over: each sentence as an office wrote it."""

from typing import Any

import pytest

from gridwell.orders.rules.notice import read_notice
from gridwell.orders.rules.notice.model import Group, Item, Place, Reading

HEAD = "青禾区疫情防控指挥部通告\n(2022年第9号)\n"
FOOT = "\n2022年11月24日"


def read(body: str, *, foot: str = FOOT) -> Reading:
    return read_notice(HEAD + body + foot)


def high(*lines: str) -> Reading:
    return read("自11月24日20时起,将以下区域划定为高风险区:\n" + "\n".join(lines))


def items_of(reading: Reading) -> list[Item]:
    return [item for group in reading.groups for item in group.items]


def named(place: Place) -> dict[str, Any]:
    return {k: v for k, v in place.to_json().items() if v is not None and k != "kind"}


def codes(reading: Reading) -> set[str]:
    return {question.code.value for question in reading.questions}


@pytest.mark.parametrize(
    ("line", "places"),
    [
        (
            "东坊街道飞虹路34号1幢(7-3、8-3、9-3)",
            [{"road": "飞虹路34号", "building": "1幢", "rooms": ["7-3", "8-3", "9-3"]}],
        ),
        (
            "东坊街道飞虹路73号1-4、1-5号门面",
            [{"road": "飞虹路", "building": "73号", "rooms": ["1-4", "1-5"], "site": "门面"}],
        ),
        (
            "东坊街道西大街一巷1号之二101、202房",
            [{"road": "西大街一巷", "building": "1号之二", "rooms": ["101", "202"]}],
        ),
        (
            "东坊街道飞虹路80号之一、之二",
            [{"road": "飞虹路", "building": "80号之一"}, {"road": "飞虹路", "building": "80号之二"}],
        ),
        (
            "东坊街道敦和路189号大院2号楼首层商铺A105-A108",
            [
                {
                    "road": "敦和路",
                    "compound": "189号大院",
                    "building": "2号楼",
                    "site": "首层商铺A105-A108",
                }
            ],
        ),
        (
            "东坊街道北院平房第3排至第4排",
            [{"compound": "北院平房", "row": "3排"}, {"compound": "北院平房", "row": "4排"}],
        ),
        ("保合镇恼包村3队", [{"subdistrict": "保合镇", "compound": "恼包村", "row": "3队"}]),
        ("保合镇四塘村5社", [{"subdistrict": "保合镇", "compound": "四塘村", "row": "5社"}]),
        ("东坊街道惠明产业园A04厂房2楼", [{"compound": "惠明产业园A04厂房", "floors": [2, 2]}]),
    ],
)  # fmt: skip
def test_ends_of_addresses(line: str, places: list[dict[str, Any]]) -> None:
    reading = high(line)
    (item,) = items_of(reading)
    found = [named(place) for place in item.places]
    if line.startswith("东坊街道"):
        assert all(place.pop("subdistrict") == "东坊街道" for place in found)
    assert found == places
    assert codes(reading) == set()


def test_all_buildings_but_two_is_the_estate_without_them() -> None:
    reading = high("东坊街道锦绣华府除3、5号楼以外的所有楼栋")
    (item,) = items_of(reading)
    assert [p.compound for p in item.places] == ["锦绣华府"]
    assert [p.building for p in item.exceptions] == ["3号楼", "5号楼"]
    assert codes(reading) == set()


def test_shops_and_a_building_left_out_are_two_exceptions() -> None:
    (item,) = items_of(high("东坊街道开化苑北区(不包括底商及6号楼)"))
    assert [(p.compound, p.building, p.site) for p in item.exceptions] == [
        ("开化苑北区", None, "底商"),
        ("开化苑北区", "6号楼", None),
    ]


def test_lanes_that_enclose_an_area_are_its_boundary() -> None:
    (item,) = items_of(high("东坊街道东约新街8巷、9巷、10巷合围区域"))
    assert item.boundary == "东坊街道东约新街8巷、9巷、10巷合围区域"
    assert item.places == ()


def test_dashes_of_empty_cells_are_no_part_of_a_name() -> None:
    items = items_of(high("1.东坊街道 河北街平房  —  —", "2.保合镇 恼包村  3队  —"))
    assert [item.text for item in items] == ["东坊街道 河北街平房", "保合镇 恼包村  3队"]
    assert [item.places[0].row for item in items] == [None, "3队"]


def test_the_count_above_the_streets_of_a_district_is_the_districts() -> None:
    text = (
        "自11月24日20时起调整如下:\n一、新增划定高风险区5处\n(一)青禾区3处\n"
        "1.东坊街道:飞虹小区6号楼;\n2.西坊街道:锦绣苑2号楼;\n3.南坊街道:大柳花园5号楼。\n"
        "(二)望岳区2处\n1.北坊街道:小井院1号楼;\n2.中坊街道:长桥苑4号楼。"
    )
    reading = read(text)
    assert [(g.district, g.declared, len(g.items)) for g in reading.groups] == [
        ("青禾区", 3, 3),
        ("望岳区", 2, 2),
    ]
    assert codes(reading) == set()
    short = read(text.replace("2.中坊街道:长桥苑4号楼。", ""))
    assert "count_group" in codes(short)


def test_parts_counted_singly_take_the_counting_word_behind_them() -> None:
    reading = read(
        "自11月24日20时起,将东坊街道采石路7号院、西坊街道南里6、8、10号楼共4个高风险区降为低风险区。"
    )
    found = [(p.compound, p.building) for item in items_of(reading) for p in item.places]
    assert found == [
        ("7号院", None),
        ("南里", "6号楼"),
        ("南里", "8号楼"),
        ("南里", "10号楼"),
    ]
    assert items_of(reading)[-1].text == "10号楼"


def test_a_title_on_a_line_of_its_own_orders_nothing() -> None:
    reading = read_notice(
        "青禾区疫情防控工作领导小组办公室\n关于部分区域解除高风险区管控的通告\n"
        "现决定自11月25日18时起,将以下区域由高风险区调整为低风险区:\n"
        "东坊街道:飞虹小区9号楼3单元;\n西坊街道:锦绣苑1号楼。\n2022年11月25日"
    )
    assert [item.text for item in items_of(reading)] == ["飞虹小区9号楼3单元", "锦绣苑1号楼"]
    assert codes(reading) == set()


def only_group(reading: Reading) -> Group:
    (group,) = reading.groups
    return group


def test_what_an_earlier_notice_ordered_is_told_and_taken_back() -> None:
    reading = read(
        "11月23日发布的第55号通告中,将东坊街道飞虹小区10号楼划定为高风险区。"
        "经复核,现决定自即日起撤销该高风险区,恢复常态化防控。"
    )
    group = only_group(reading)
    assert (group.act.value, [i.text for i in group.items]) == (
        "lift",
        ["东坊街道飞虹小区10号楼"],
    )


def test_what_an_earlier_notice_ordered_is_never_ordered_again() -> None:
    reading = read("第55号通告中,将东坊街道飞虹小区10号楼划定为高风险区。")
    assert reading.groups == ()
    assert reading.unread


def test_all_of_the_district_but_its_high_zones_is_the_issuers_own() -> None:
    reading = read(
        "即日起,新增高风险区1个:\n东坊街道飞虹小区6号楼\n"
        "其他区域:全区除高风险区外的其他区域为低风险区。"
    )
    assert reading.rest_low == ("青禾区",)


def test_a_closing_line_with_the_hour_is_the_date_of_issue() -> None:
    reading = read(
        "自发布之时起,将以下区域划定为高风险区:\n东坊街道飞虹小区6号楼",
        foot="\n2022年11月24日21时30分",
    )
    assert str(reading.issued_on) == "2022-11-24"


@pytest.mark.parametrize(
    ("sentence", "remains", "gone"),
    [
        ("将飞虹小区高风险区范围由2、3、5号楼缩小至3号楼1单元。", ["3号楼"], ["2号楼", "5号楼"]),
        ("将飞虹小区高风险区范围由整个小区调整为3、5号楼。", ["3号楼", "5号楼"], []),
    ],
)
def test_a_range_made_smaller(sentence: str, remains: list[str], gone: list[str]) -> None:
    reading = read("自11月24日20时起," + sentence)
    (item,) = only_group(reading).items
    assert [p.building for p in item.places] == remains
    assert [p.building for p in item.exceptions] == gone
    assert "range_widened" not in codes(reading)


def test_an_exception_with_a_remark_behind_it_is_still_one() -> None:
    (item,) = items_of(high("东坊街道飞虹小区8号楼(3单元除外,继续按高风险区管理至11月27日)"))
    assert [(p.building, p.unit) for p in item.exceptions] == [("8号楼", "3单元")]


def test_a_floor_up_to_the_top_is_asked() -> None:
    assert "odd_place" in codes(high("东坊街道飞虹小区5号楼2单元14层至顶层"))


def test_the_whole_building_is_the_building() -> None:
    (item,) = items_of(high("东坊街道飞虹小区6号楼1单元、7号楼整栋"))
    assert [(p.building, p.unit, p.site) for p in item.places] == [
        ("6号楼", "1单元", None),
        ("7号楼", None, None),
    ]


def test_buildings_by_the_heavenly_stems_share_their_estate() -> None:
    found = [p for item in items_of(high("西坊街道西坪小区甲、乙、丙栋")) for p in item.places]
    assert [(p.compound, p.building) for p in found] == [
        ("西坪小区", "甲栋"),
        ("西坪小区", "乙栋"),
        ("西坪小区", "丙栋"),
    ]


def test_a_part_of_an_estate_takes_the_name_before_it() -> None:
    reading = read(
        "自8月16日起,将东坊街道榆红村二区、三区,锦绣苑一期1号楼、二期3号楼划为高风险区。"
    )
    found = [(p.compound, p.building) for item in items_of(reading) for p in item.places]
    assert found == [
        ("榆红村二区", None),
        ("榆红村三区", None),
        ("锦绣苑一期", "1号楼"),
        ("锦绣苑二期", "3号楼"),
    ]
