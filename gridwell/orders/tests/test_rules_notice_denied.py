"""Denied acts, exceptions behind the verb, and text that must not vanish."""

import pytest

from gridwell.orders.rules.notice import Item, Reading, read_notice
from gridwell.orders.tests.test_rules_notice import asked, notice, only
from gridwell.orders.tests.test_rules_notice_places import written

DENIALS = ("不", "未", "暂不", "不予", "尚未", "不得", "暂缓", "不再", "暂不予以", "拟")
SENTENCES = (
    "飞虹小区5号楼{}划定为高风险区。",
    "飞虹小区5号楼{}划为高风险区。",
    "将飞虹小区5号楼{}调整为低风险区。",
    "{}将飞虹小区5号楼划定为高风险区。",
    "飞虹小区5号楼由高风险区{}调整为低风险区。",
    "飞虹小区5号楼{}解除高风险区管理。",
    "飞虹小区5号楼{}解除封控。",
    "飞虹小区5号楼{}解封。",
    "{}解除飞虹小区5号楼高风险区。",
    "{}新增高风险区:飞虹小区5号楼。",
    "对飞虹小区5号楼{}实行封控管理。",
    "飞虹小区5号楼高风险区管控时间{}重新计算。",
    "将飞虹小区5号楼、6号楼高风险区范围{}调整为5号楼。",
)


def items(reading: Reading) -> list[tuple[str, str]]:
    return [(group.act.value, item.text) for group in reading.groups for item in group.items]


@pytest.mark.parametrize("denial", DENIALS)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_denied_act_is_a_question_and_no_order(sentence: str, denial: str) -> None:
    text = notice(f"一、高风险区\n望岳区:大柳村。\n{sentence.format(denial)}")
    reading = read_notice(text)
    assert items(reading) == [("designate", "大柳村")]
    assert {q.code.value for q in reading.questions} == {"unread"}
    assert any("飞虹小区5号楼" in part.text for part in reading.unread)


@pytest.mark.parametrize(
    ("more", "act", "from_level"),
    [
        ("不再列为高风险区", "lift", "high"),
        ("不再作为高风险区", "lift", "high"),
        ("不再按高风险区管理", "lift", "high"),
        ("不再按照封控区管理", "lift", "high"),
        ("已不再列为高风险区", "lift", "high"),
        ("不再列为中风险区", "step", "mid"),
    ],
)
def test_no_more_is_a_lift(more: str, act: str, from_level: str) -> None:
    group = only(notice(f"西山街道飞虹小区5号楼{more}。"))
    assert (group.act, group.from_level, group.to_level) == (act, from_level, "low")
    assert [written(p) for i in group.items for p in i.places] == [
        "building 西山街道 飞虹小区 5号楼"
    ]


def test_a_heading_of_what_is_no_more_a_zone() -> None:
    text = notice("不再列为高风险区的区域(2个):\n1.飞虹小区5号楼\n2.大柳村")
    assert items(read_notice(text)) == [("lift", "飞虹小区5号楼"), ("lift", "大柳村")]
    assert asked(text) == set()


def test_what_stands_below_a_denied_heading_is_no_order() -> None:
    text = notice(
        "一、新增高风险区\n1.大柳村\n二、暂不解除高风险区\n1.飞虹小区5号楼\n2.天和花园3号楼"
    )
    reading = read_notice(text)
    assert items(reading) == [("designate", "大柳村")]
    assert [part.text for part in reading.unread] == [
        "二、暂不解除高风险区",
        "1.飞虹小区5号楼",
        "2.天和花园3号楼",
    ]


def test_a_denied_clause_beside_an_order_leaves_the_order() -> None:
    text = notice("将大柳村划定为高风险区,飞虹小区2号楼、3号楼,天和花园不划为高风险区。")
    reading = read_notice(text)
    assert items(reading) == [("designate", "大柳村")]
    assert [part.text for part in reading.unread] == ["飞虹小区2号楼、3号楼,天和花园不划为高风险区"]


def test_names_with_the_words_of_denial_stay_names() -> None:
    text = notice("不夜城小区2号楼、未来花园3号楼划定为高风险区。")
    assert [i for _act, i in items(read_notice(text))] == ["不夜城小区2号楼", "未来花园3号楼"]
    assert asked(text) == set()


@pytest.mark.parametrize("text", ["飞虹小区5号楼(暂不解除)", "飞虹小区5号楼不再"])
def test_a_denial_inside_an_item_is_asked(text: str) -> None:
    text = notice(f"一、高风险区\n1.{text}")
    assert [p.site for p in only(text).items[0].places] == [None]
    assert asked(text) == {"odd_place"}


@pytest.mark.parametrize("word", ["新增", "临时", "继续", "仍", "予以"])
def test_words_between_place_and_verb_are_no_site(word: str) -> None:
    item = only(notice(f"飞虹小区5号楼{word}列为高风险区。")).items[0]
    assert item.text == "飞虹小区5号楼"
    assert [written(p) for p in item.places] == ["building 飞虹小区 5号楼"]


def test_newly_added_as_a_zone() -> None:
    item = only(notice("飞虹小区四期5号楼新增为高风险区。")).items[0]
    assert [written(p) for p in item.places] == ["building 飞虹小区四期 5号楼"]


# --- exceptions ---------------------------------------------------------------------------------


def except_of(item: Item) -> list[str]:
    return [written(place) for place in item.exceptions]


@pytest.mark.parametrize(
    "behind",
    ["(2单元除外)", ",不包括2单元", ",不含2单元", ",但2单元除外", ",除2单元以外", "(不含2单元)"],
)
@pytest.mark.parametrize(
    "sentence",
    ["将大柳村、飞虹小区5号楼划定为高风险区{}。", "解除大柳村、飞虹小区5号楼高风险区管理{}。"],
)
def test_an_exception_behind_the_verb(sentence: str, behind: str) -> None:
    text = notice(sentence.format(behind))
    first, last = only(text).items
    assert first.exceptions == ()
    assert except_of(last) == ["unit 飞虹小区 5号楼 2单元"]
    assert asked(text) == set()


def test_shops_left_out_behind_the_verb() -> None:
    text = notice("将飞虹小区5号楼划为高风险区,不含底商。")
    assert except_of(only(text).items[0]) == ["site 飞虹小区 5号楼 底商"]


def test_an_exception_inside_a_list_is_no_item() -> None:
    text = notice("一、高风险区\n望岳区:飞虹小区5号楼,不含底商,大柳村。")
    first, second = only(text).items
    assert (first.text, except_of(first)) == (
        "飞虹小区5号楼,不含底商",
        ["site 飞虹小区 5号楼 底商"],
    )
    assert (second.text, second.exceptions) == ("大柳村", ())


@pytest.mark.parametrize(
    "body",
    [
        "将大柳村、飞虹小区5号楼划为高风险区,均不含底商。",
        "一、高风险区\n1.大柳村\n2.飞虹小区5号楼\n以上区域均不含底商。",
    ],
)
def test_an_exception_of_all_is_asked(body: str) -> None:
    assert asked(notice(body)) == {"unread"}
    assert len(items(read_notice(notice(body)))) == 2


# --- nothing vanishes ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("将大柳村划定为高风险区,飞虹小区5号楼维持高风险区不变。", "飞虹小区5号楼维持高风险区不变"),
        ("将大柳村划定为高风险区。\n飞虹小区5号楼风险等级保持不变。", "飞虹小区5号楼风险等级保持不变"),
        (
            "将大柳村划定为高风险区。\n撤销2022年第175号通告中关于飞虹小区5号楼的高风险区划定。",
            "撤销2022年第175号通告中关于飞虹小区5号楼的高风险区划定。",
        ),
        (
            "将大柳村划定为高风险区。\n撤销2022年第175号通告中关于飞虹小区5号楼的划定。",
            "撤销2022年第175号通告中关于飞虹小区5号楼的划定。",
        ),
        ("将大柳村划定为高风险区。撤销关于飞虹小区5号楼的通告。", "撤销关于飞虹小区5号楼的通告"),
        (
            "将大柳村划定为高风险区。\n上述高风险区管控时间延长3天,飞虹小区5号楼延长5天。",
            "上述高风险区管控时间延长3天,飞虹小区5号楼延长5天。",
        ),
        (
            "将大柳村划定为高风险区。\n以下区域实行静态管理:飞虹小区,天和花园。",
            "以下区域实行静态管理:飞虹小区,天和花园。",
        ),
        ("以下区域实行静态管理:飞虹小区。将大柳村划定为高风险区。", "以下区域实行静态管理:飞虹小区。"),
        ("将大柳村划定为高风险区。望岳区全域实行静态管理3天。", "望岳区全域实行静态管理3天。"),
    ],
)  # fmt: skip
def test_what_was_not_understood_is_left_unread(body: str, left: str) -> None:
    reading = read_notice(notice(body))
    assert items(reading) == [("designate", "大柳村")]
    assert left in [part.text for part in reading.unread]
    asks = "standstill" if "静态" in left else "unread"
    assert {q.code.value for q in reading.questions} == {asks}


@pytest.mark.parametrize(
    "remark",
    [
        "高风险区实行“足不出户、上门服务”封控措施,小区内公共设施暂停使用。",
        "低风险区连续3天未新增感染者的解除管控措施。",
        "未解除封控前,居民足不出户。",
        "高风险区连续5天无新增感染者降为低风险区。",
        "其他区域风险等级不变。",
        "各小区、村要落实主体责任,严格落实各项管控措施。",
        "截至目前,全市共有高风险区12个。",
        "感染者居住于飞虹小区5号楼,11月18日确诊。",
        "请居住在该小区的居民做好个人防护。",
    ],
)
def test_remarks_of_every_notice_ask_nothing(remark: str) -> None:
    text = notice(f"将大柳村划定为高风险区。\n{remark}")
    assert items(read_notice(text)) == [("designate", "大柳村")]
    assert asked(text) == set()


def test_a_letter_of_a_community_is_read_and_its_title_is_none() -> None:
    text = (
        "关于解除临时管控的通知\n各位居民:\n我社区幸福里3栋、4栋定于2022年11月25日0时解除封控。\n"
        "临泽区疫情防控指挥部\n2022年11月24日"
    )
    group = only(text)
    assert [i.text for i in group.items] == ["幸福里3栋、4栋"]
    assert group.act == "lift"
    assert group.effective_at is not None
    assert group.effective_at.isoformat() == "2022-11-25T00:00:00+08:00"


def test_a_title_alone_orders_nothing() -> None:
    text = (
        "关于解除临时管控的通知\n我社区幸福里3栋经核酸检测均为阴性,定于11月25日0时解除封控。\n"
        "临泽区疫情防控指挥部\n2022年11月24日"
    )
    assert items(read_notice(text)) == []
    assert asked(text) == {"no_order"}


def test_all_but_the_zones_above() -> None:
    text = notice("一、高风险区\n1.大柳村\n低风险区:除上述高风险区以外的其他区域")
    assert read_notice(text).rest_low == ("临泽区",)
    nobody = "一、高风险区\n1.大柳村\n低风险区:除上述高风险区以外的其他区域"
    assert read_notice(nobody).rest_low == ()
    assert "district_missing" in asked(nobody)


# --- boundaries, floors, a bare verb ------------------------------------------------------------


@pytest.mark.parametrize(
    "within",
    ["东至花园路,南至农业路,北至学府街合围区域", "东至花园路", "学府街以北、花园路以西区域"],
)
def test_a_boundary_in_brackets_is_not_the_whole_estate(within: str) -> None:
    for body in (
        f"一、高风险区\n1.建设街飞虹小区({within})",
        f"将建设街飞虹小区({within})划定为高风险区。",
    ):
        item = only(notice(body)).items[0]
        assert item.boundary == f"建设街飞虹小区({within})"
        assert item.places == ()


def test_a_part_of_an_estate_in_brackets_is_asked() -> None:
    assert asked(notice("一、高风险区\n1.飞虹小区(北侧)")) == {"odd_place"}
    assert asked(notice("一、高风险区\n1.飞虹小区(含沿街商铺)")) == set()


def test_a_bare_verb_with_its_time_before_the_list() -> None:
    text = notice("11月22日起,望岳区飞虹小区四期3号楼第5至8层、天和花园2号楼划定高风险区。")
    group = only(text)
    assert group.to_json()["effective_at"] == "2022-11-22T00:00:00+08:00"
    assert [written(p) for i in group.items for p in i.places] == [
        "building 飞虹小区四期 3号楼 [5, 8]",
        "building 天和花园 2号楼",
    ]
    assert asked(text) == set()


def test_a_date_right_before_the_verb_is_the_time_of_effect() -> None:
    group = only(notice("飞虹小区5号楼11月25日0时解除封控。"))
    assert group.to_json()["effective_at"] == "2022-11-25T00:00:00+08:00"
    assert [i.text for i in group.items] == ["飞虹小区5号楼"]


def test_an_order_behind_a_reason_with_a_verb_is_read() -> None:
    text = notice("经评估已符合降为低风险区的条件,现将飞虹小区5号楼调整为低风险区。")
    assert items(read_notice(text)) == [("lift", "飞虹小区5号楼")]


@pytest.mark.parametrize("behind", ["(仅2单元)", ",仅限2单元", "(含底商)", ",包括底商"])
def test_what_is_said_of_a_place_behind_the_verb_is_asked(behind: str) -> None:
    text = notice(f"将大柳村、飞虹小区5号楼划定为高风险区{behind}。")
    assert len(items(read_notice(text))) == 2
    assert [part.text for part in read_notice(text).unread] == [behind.strip(",")]
    assert asked(text) == {"unread"}


def test_a_count_behind_the_list_is_neither_item_nor_question() -> None:
    for body in (
        "飞虹小区5号楼、大柳村,共计2个点位,自11月22日18时起解除高风险区。",
        "自11月22日18时起,将飞虹小区5号楼、大柳村调整为低风险区(共2个单元)。",
    ):
        assert [i for _act, i in items(read_notice(notice(body)))] == ["飞虹小区5号楼", "大柳村"]
        assert asked(notice(body)) == set()


@pytest.mark.parametrize(
    "sentence",
    [
        "飞虹小区5号楼目前不具备解封条件。",
        "飞虹小区5号楼尚未达到解除封控标准。",
        "飞虹小区5号楼误划为高风险区,现予以更正。",
        "飞虹小区5号楼曾列为高风险区。",
        "飞虹小区5号楼于11月19日被划定为高风险区,现调整为低风险区。",
        "飞虹小区5号楼于11月19日划定为高风险区,现调整为低风险区。",
    ],
)
def test_conditions_and_histories_are_no_orders(sentence: str) -> None:
    text = notice(f"将大柳村划定为高风险区。\n{sentence}")
    assert items(read_notice(text)) == [("designate", "大柳村")]
    assert "unread" in asked(text)


@pytest.mark.parametrize(
    "text",
    [
        "飞虹小区5号楼以外的楼栋",
        "飞虹小区(5号楼以外的楼栋)",
        "飞虹小区其他楼栋",
        "飞虹小区2号楼、3号楼(1单元除外)",
    ],
)
def test_what_is_named_by_what_it_is_not_is_asked(text: str) -> None:
    assert asked(notice(f"将{text}划定为高风险区。")) == {"odd_place"}


def test_a_bracket_is_about_the_place_before_it() -> None:
    text = notice("一、高风险区\n1.飞虹小区(3号楼除外)、天和花园\n2.玉泉小区3号楼(含底商)、5号楼")
    first, second = only(text).items
    assert except_of(first) == ["building 飞虹小区 3号楼"]
    assert [written(p) for p in second.places] == [
        "building 玉泉小区 3号楼",
        "building 玉泉小区 5号楼",
        "site 玉泉小区 3号楼 底商",
    ]
    assert asked(text) == set()
