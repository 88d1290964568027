"""The notice reader: forms, times, questions and what must never happen."""

import random
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridwell.orders.rules.notice import Act, Group, Level, Reading, SpanKind, read_notice
from gridwell.orders.rules.notice.model import MESSAGES, QuestionCode
from gridwell.orders.tests.compose_notice import Composed, compose, traditional

HALF = str.maketrans("（），：；０１２３４５６７８９", "(),:;0123456789")


def shape(reading: Reading) -> dict[tuple[Any, ...], list[str]]:
    found: dict[tuple[Any, ...], list[str]] = {}
    for g in reading.groups:
        key = (g.act, g.from_level, g.to_level, g.district, g.effective_at, g.effective_precision)
        found.setdefault(key, []).extend(item.text.translate(HALF) for item in g.items)
    return {key: sorted(items) for key, items in found.items()}


def truth(made: Composed) -> dict[tuple[Any, ...], list[str]]:
    found: dict[tuple[Any, ...], list[str]] = {}
    for t in made.groups:
        at, precision = t.effective
        key = (t.act, t.from_level, t.to_level, t.district, at, precision)
        found.setdefault(key, []).extend(t.items)
    return {key: sorted(items) for key, items in found.items()}


def asked(text: str) -> set[str]:
    return {question.code.value for question in read_notice(text).questions}


def only(text: str) -> Group:
    groups = read_notice(text).groups
    assert len(groups) == 1, groups
    return groups[0]


def notice(body: str, *, lead: str = "自2022年11月20日0时起,调整如下:", close: bool = True) -> str:
    end = "\n临泽区疫情防控指挥部\n2022年11月19日" if close else ""
    return f"临泽区疫情防控指挥部通告\n{lead}\n{body}{end}"


# --- composed notices ---------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(300))
def test_composed_notice_is_read_exactly_and_asks_nothing(seed: int) -> None:
    made = compose(seed)
    reading = read_notice(made.text)
    assert shape(reading) == truth(made), made.form
    assert list(reading.rest_low) == made.rest_low
    assert reading.number == made.number
    assert reading.issued_on is not None
    assert reading.issued_on.isoformat() == made.issued_on
    assert reading.questions == ()
    assert reading.unread == ()


@pytest.mark.parametrize("seed", range(300, 340))
def test_traditional_script_reads_the_same(seed: int) -> None:
    made = compose(seed)
    plain, other = read_notice(made.text), read_notice(traditional(made.text))
    assert [len(g.items) for g in other.groups] == [len(g.items) for g in plain.groups]
    assert [i.places for g in other.groups for i in g.items] == [
        i.places for g in plain.groups for i in g.items
    ]
    assert other.questions == ()


@pytest.mark.parametrize("seed", range(340, 380))
def test_a_notice_printed_twice_counts_once(seed: int) -> None:
    made = compose(seed)
    reading = read_notice(made.text + "\n\n" + made.text)
    assert shape(reading) == truth(made)
    assert reading.questions == ()


@pytest.mark.parametrize("seed", range(380, 460))
def test_page_furniture_around_a_notice_changes_nothing(seed: int) -> None:
    made = compose(seed)
    top = "首页 > 新闻 > 正文\n\n某市日报 2025-03-04 12:30:11 来源:网络\n"
    tail = "\n\n【推荐阅读】\n某地天气预报\n上一篇:某某\n点击查看更多\n京ICP备12345678号"
    reading = read_notice(top + made.text + tail)
    assert shape(reading) == truth(made)
    assert reading.questions == ()
    assert reading.issued_on is not None
    assert reading.issued_on.isoformat() == made.issued_on


@pytest.mark.parametrize("seed", range(460, 560))
def test_a_lost_item_is_noticed_where_counts_are_declared(seed: int) -> None:
    made = compose(seed)
    if "/True" not in made.form or "prefix" in made.form:
        return
    rng = random.Random(seed)
    victim = rng.choice([item for group in made.groups for item in group.items])
    half = made.text.translate(HALF)
    at = re.search(r"[\s]*".join(map(re.escape, victim)), half)
    assert at is not None
    text = made.text[: at.start()] + made.text[at.end() :]
    codes = asked(text)
    assert codes & {"count_group", "count_total", "empty_group", "odd_split", "odd_place"}, victim


@pytest.mark.parametrize("seed", range(560, 660))
def test_cut_anywhere_in_its_lists_a_notice_asks(seed: int) -> None:
    made = compose(seed)
    last = made.groups[-1].items[-1]
    at = re.search(r"[\s]*".join(map(re.escape, last)), made.text.translate(HALF))
    assert at is not None
    cut = made.text[: at.start() + max(1, len(last) // 2)]
    assert read_notice(cut).questions


@pytest.mark.parametrize("seed", range(760, 960))
def test_a_lost_line_never_misplaces_an_item_in_silence(seed: int) -> None:
    made = compose(seed)
    lines = made.text.split("\n")
    del lines[random.Random(seed).randrange(len(lines))]
    reading = read_notice("\n".join(lines))
    if reading.questions:
        return
    read, left = shape(reading), re.sub(r"\s", "", "\n".join(lines).translate(HALF))
    for key, items in truth(made).items():
        assert [i for i in items if i in left] == read.get(key, []), made.form


# --- invariants ---------------------------------------------------------------------------------


def check_invariants(text: str) -> None:
    reading = read_notice(text)
    assert reading == read_notice(text)
    for group in reading.groups:
        assert group.items
        if group.act is Act.LIFT:
            assert group.to_level is Level.LOW
            assert group.from_level in (None, Level.HIGH)
        for item in group.items:
            assert item.text == re.sub(
                r"[\r\n\x0b\x0c\x85\u2028\u2029]", "", text[item.start : item.end]
            )
            assert item.text.strip() == item.text
    for part in (*reading.questions, *reading.unread):
        assert 0 <= part.start <= part.end <= len(text)
    covered = set()
    for span in reading.spans:
        covered.update(range(span.start, span.end))
    if reading.groups or reading.rest_low:
        left = "".join(c for i, c in enumerate(text) if i not in covered)
        assert not re.search(r"\w", left), left
    unread = {s for s in reading.spans if s.kind is SpanKind.UNREAD}
    assert len(unread) == len({(u.start, u.end) for u in reading.unread})
    data = reading.to_json()
    assert list(data) == [
        "number",
        "issuer",
        "issued_on",
        "groups",
        "rest_low",
        "questions",
        "unread",
        *(["emergencies"] if reading.emergencies else []),
    ]


@pytest.mark.parametrize("seed", range(660, 760))
def test_invariants_hold_for_notices_and_for_scrambled_ones(seed: int) -> None:
    rng = random.Random(seed)
    text = compose(seed).text
    check_invariants(text)
    lines = text.split("\n")
    rng.shuffle(lines)
    check_invariants("\n".join(lines))
    chars = list(text)
    for _ in range(20):
        at = rng.randrange(len(chars))
        chars[at] = rng.choice(["", "*", "，", "\n", "。", "（", "1", "区"])
    check_invariants("".join(chars))


@given(st.text())
def test_any_text_is_answered(text: str) -> None:
    check_invariants(text)


VOCABULARY = (
    "高风险区 低风险区 中风险 划定为 调整为 由 将 自 起 2022年11月20日 24时 即日 (3个) 迎泽区 甲小区 1号楼 2单元 "
    "、 , 。 : ; 一、 1. (一) 除 外 其他区域 为 重新计算 村 街道 至 ( ) ” “ 路 5号 东至 南至 共有 解除 封控"
)
_WORDS = st.sampled_from([*VOCABULARY.split(), "\n", " "])


@settings(max_examples=300, deadline=None)
@given(st.lists(_WORDS, max_size=60).map("".join))
def test_any_jumble_of_its_words_is_answered(text: str) -> None:
    check_invariants(text)


def test_every_question_has_its_wording() -> None:
    assert set(MESSAGES) == {code.value for code in QuestionCode}


# --- acts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "act", "from_level", "to_level"),
    [
        ("一、新增高风险区", "designate", None, "high"),
        ("一、疫情高风险区(1个)", "designate", None, "high"),
        ("以下区域划定为中风险区:", "designate", None, "mid"),
        ("一、封控区", "designate", None, "high"),
        ("一、管控区", "designate", None, "mid"),
        ("二、调整为低风险区点位(1个)", "lift", None, "low"),
        ("二、解除高风险区", "lift", "high", "low"),
        ("二、由高风险区调整为低风险区的有:", "lift", "high", "low"),
        ("二、中风险区降为低风险区", "step", "mid", "low"),
        ("二、高风险区降为中风险区", "step", "high", "mid"),
        ("二、由中风险区升级为高风险区", "step", "mid", "high"),
        ("三、高风险区管控时间重新计算", "restart", "high", "high"),
    ],
)
def test_headings(heading: str, act: str, from_level: str | None, to_level: str) -> None:
    group = only(notice(f"{heading}\n飞虹小区3号楼。"))
    assert (group.act, group.from_level, group.to_level) == (act, from_level, to_level)
    assert group.district == "临泽区"
    assert group.items[0].text == "飞虹小区3号楼"


@pytest.mark.parametrize(
    ("sentence", "act", "from_level", "to_level", "items"),
    [
        ("将飞虹小区3号楼、天和村划定为高风险区。", "designate", None, "high", ["飞虹小区3号楼", "天和村"]),
        ("飞虹小区由中风险区调整为低风险区。", "step", "mid", "low", ["飞虹小区"]),
        ("新增高风险区2个:大盂村、西沟村。", "designate", None, "high", ["大盂村", "西沟村"]),
        ("解除飞虹小区3号楼封控管理。", "lift", "high", "low", ["飞虹小区3号楼"]),
        ("飞虹小区、天和花园解除封控。", "lift", "high", "low", ["飞虹小区", "天和花园"]),
        (
            "因发现新增感染者,飞虹街5栋高风险区管理时间从11月27日起重新计算。",
            "restart", "high", "high", ["飞虹街5栋"],
        ),
        ("将飞虹小区A、B栋调整为A栋。", "shrink", None, None, ["飞虹小区A、B栋调整为A栋"]),
    ],
)  # fmt: skip
def test_sentences(
    sentence: str, act: str, from_level: str | None, to_level: str | None, items: list[str]
) -> None:
    group = only(notice(sentence, lead="自2022年11月20日0时起施行:"))
    assert (group.act, group.from_level, group.to_level) == (act, from_level, to_level)
    assert [item.text for item in group.items] == items


def test_two_acts_in_one_sentence() -> None:
    reading = read_notice(notice("划定高风险区2处:飞虹小区3号楼,东沟村;解除高风险区1处:西沟村。"))
    assert [(g.act.value, g.declared, [i.text for i in g.items]) for g in reading.groups] == [
        ("designate", 2, ["飞虹小区3号楼", "东沟村"]),
        ("lift", 1, ["西沟村"]),
    ]
    assert reading.questions == ()


def test_zones_and_the_rest_in_one_sentence() -> None:
    reading = read_notice(notice("划定临泽区飞虹小区、东沟村为高风险区,其他区域为低风险区。"))
    assert [[i.text for i in g.items] for g in reading.groups] == [["临泽区飞虹小区", "东沟村"]]
    assert reading.rest_low == ("临泽区",)
    assert reading.questions == ()


def test_a_heading_behind_its_reasons() -> None:
    group = only(
        notice("经研究决定,自2022年11月21日8时起,望岳区新增2个高风险区:\n1.东沟村\n2.西沟村")
    )
    assert (group.district, group.declared, len(group.items)) == ("望岳区", 2, 2)
    assert group.effective_at is not None
    assert group.effective_at.isoformat() == "2022-11-21T08:00:00+08:00"


def test_an_address_beside_the_orders_is_not_dropped() -> None:
    text = notice(
        "一、高风险区\n1.东沟村\n以上区域适时动态调整。\n另外,青禾区飞虹小区5号楼仍按高风险区管理。"
    )
    assert asked(text) == {"unread"}


def test_shrink_says_what_remains_and_what_is_let_go() -> None:
    item = only(notice("将飞虹小区1栋、2栋高风险区范围调整为1栋。")).items[0]
    assert [p.building for p in item.places] == ["1栋"]
    assert [p.building for p in item.exceptions] == ["2栋"]


def test_rules_about_zones_order_nothing() -> None:
    text = notice(
        "高风险区连续5天无新增感染者降为低风险区。\n"
        "将感染者居住地以及活动频繁且疫情传播风险较高的工作地等区域划定为高风险区。"
    )
    assert read_notice(text).groups == ()
    assert asked(text) == {"no_order"}


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("青禾区:除高风险区外的其他区域为低风险区。", ["青禾区"]),
        ("青禾区、望岳区除高、中风险区外的其他区域为低风险区。", ["青禾区", "望岳区"]),
        ("二、低风险区\n青禾区除中、高风险区以外的地区", ["青禾区"]),
        ("二、低风险区\n临泽区西山镇全域(除高风险区以外的其他区域)。", ["临泽区西山镇"]),
        (
            "二、低风险区(2个)\n下列镇除中、高风险区之外的其他地区:\n青禾区东镇\n青禾区西镇",
            ["青禾区东镇", "青禾区西镇"],
        ),
        ("高风险区以外的其他区域为低风险区。", ["临泽区"]),
    ],
)
def test_the_rest_is_low(sentence: str, names: list[str]) -> None:
    reading = read_notice(notice(f"一、高风险区\n1.飞虹小区3号楼\n{sentence}"))
    assert list(reading.rest_low) == names
    assert [len(g.items) for g in reading.groups] == [1]
    assert reading.questions == ()


# --- times --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "instant", "precision"),
    [
        ("即日起", "2022-11-19T00:00:00+08:00", "day"),
        ("自本通告发布之时起", "2022-11-19T00:00:00+08:00", "day"),
        ("自11月28日起", "2022-11-28T00:00:00+08:00", "day"),
        ("自2022年11月23日24时起", "2022-11-24T00:00:00+08:00", "minute"),
        ("从2022年11月23日2时30分起", "2022-11-23T02:30:00+08:00", "minute"),
        ("自2022年11月23日零时起", "2022-11-23T00:00:00+08:00", "minute"),
        ("自2022年11月23日下午3时起", "2022-11-23T15:00:00+08:00", "minute"),
        ("自2022年11月23日18:30起", "2022-11-23T18:30:00+08:00", "minute"),
        ("自二〇二二年十一月二十三日起", "2022-11-23T00:00:00+08:00", "day"),
        ("自1月2日0时起", "2023-01-02T00:00:00+08:00", "minute"),
    ],
)
def test_times_of_effect(words: str, instant: str, precision: str) -> None:
    group = only(notice("一、高风险区\n飞虹小区3号楼", lead=f"经研究,{words},调整如下:"))
    assert group.to_json()["effective_at"] == instant
    assert group.effective_precision == precision


def test_each_heading_may_have_its_time() -> None:
    reading = read_notice(
        notice(
            "一、自2022年11月20日14时起调整的区域\n1.飞虹小区3号楼\n二、自2022年11月20日16时起调整的区域\n1.天和村",
            lead="决定将以下区域调整为低风险区。",
        )
    )
    assert [g.effective_at.hour for g in reading.groups if g.effective_at] == [14, 16]
    assert {g.act.value for g in reading.groups} == {"lift"}


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("(2022年第178号)", "2022年第178号"),
        ("（２０２２年第１７８号）", "2022年第178号"),
        ("第十二号", "第十二号"),
        ("临疫指发〔2022〕33号", "临疫指发〔2022〕33号"),
        ("根据《方案》(省防办发〔2022〕28号)要求,现通告如下:", None),
        ("建设路178号", None),
    ],
)
def test_numbers_of_notices(line: str, number: str | None) -> None:
    text = f"临泽区疫情防控指挥部通告\n{line}\n即日起将飞虹小区划定为高风险区。\n2022年11月20日(编辑:某某)"
    reading = read_notice(text)
    assert reading.number == number
    assert reading.issuer == "临泽区疫情防控指挥部"
    assert str(reading.issued_on) == "2022-11-20"


def test_a_lost_year_is_asked_and_not_taken_from_the_page() -> None:
    text = (
        "某论坛 2024/9/9 17:57:00\n安澜市疫情防控指挥部通告\n(年第号)\n"
        "自年10月11日起,将临泽区飞虹小区划定为高风险区。\n"
        "安澜市疫情防控指挥部\n年10月10日"
    )
    reading = read_notice(text)
    assert reading.issued_on is None
    assert reading.groups[0].effective_at is None
    assert asked(text) == {"issued_on_damaged", "number_damaged", "effective_damaged"}


# --- counts and questions -----------------------------------------------------------------------


def test_a_count_of_buildings_counts_estates_once() -> None:
    group = only(notice("一、高风险区\n望岳区(2个):飞虹小区2号楼、3号楼,天和村。"))
    assert [i.text for i in group.items] == ["飞虹小区2号楼、3号楼", "天和村"]


def test_a_count_may_also_count_each_building() -> None:
    text = notice("一、高风险区\n望岳区(4个):飞虹小区2号楼、3号楼、5号楼,天和村。")
    group = only(text)
    assert [i.text for i in group.items] == ["飞虹小区2号楼", "3号楼", "5号楼", "天和村"]
    assert {p.compound for i in group.items[:3] for p in i.places} == {"飞虹小区"}
    assert asked(text) == set()


def test_one_building_more_may_be_a_lost_item() -> None:
    text = notice("一、高风险区\n望岳区(3个):飞虹小区2号楼、3号楼,天和村。")
    assert len(only(text).items) == 3
    assert asked(text) == {"odd_split"}


def test_a_count_may_join_villages() -> None:
    group = only(notice("一、高风险区\n望岳区(2个):东沟村、西沟村,天和小区。"))
    assert [i.text for i in group.items] == ["东沟村、西沟村", "天和小区"]


def test_neither_way_fits() -> None:
    text = notice("一、高风险区\n望岳区(5个):飞虹小区2号楼、3号楼,天和村。")
    assert asked(text) == {"count_group"}


def test_running_totals_are_no_counts() -> None:
    text = notice(
        "一、高风险区\n望岳区:飞虹小区2号楼。\n截至目前,全市共有高风险区17个,中风险区3个。",
        lead="自2022年11月20日0时起,新增高风险区1个。",
    )
    assert asked(text) == set()


def test_totals_of_the_lead_are_checked() -> None:
    text = notice("一、高风险区\n望岳区:飞虹小区2号楼。", lead="即日起我市新增高风险区2个。")
    assert asked(text) == {"count_total"}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("一、高风险区\n望岳区:飞虹小区2号楼天和花园3号楼,大柳村。", "lost_separator"),
        ("一、高风险区\n望岳区(2个):飞虹*区2号楼,大柳村。", "damaged_text"),
        ("一、高风险区\n望岳区(2个):小区2号楼,大柳村。", "incomplete_name"),
        ("一、高风险区\n望岳区(2个):飞虹小区2号楼,飞虹小区2号楼。", "duplicate_item"),
        ("一、高风险区\n望岳区(2个):飞虹小区2号楼,大柳村。\n二、调整为低风险区\n望岳区(1个):大柳村。", "both_ways"),
        ("一、高风险区\n1.飞虹小区2号楼\n2.大柳村\n4.小柳村", "number_gap"),
        ("一、高风险区\n1.飞虹小区2号楼\n三、调整为低风险区\n1.大柳村", "number_gap"),
        ("一、高风险区\n1.飞虹小区2号楼\n2.大柳村\n1.小柳村", "heading_lost"),
        ("一、高风险区\n望岳区:飞虹小区2号楼。\n望岳区:大柳村。", "heading_lost"),
        ("一、高风险区\n望岳区:飞虹小区2号楼,大柳\n青禾区:小柳村。", "cut_off"),
        ("一、高风险区\n1.飞虹小区2号楼\n二、临时管控区(1个)\n天和花园3号楼", "unread"),
    ],
)  # fmt: skip
def test_what_is_odd_is_asked(body: str, code: str) -> None:
    assert asked(notice(body)) == {code}


def test_a_lost_comma_is_mended_where_the_count_says_so() -> None:
    text = notice("一、高风险区\n望岳区(3个):飞虹小区2号楼天和花园3号楼,大柳村。")
    assert [i.text for i in only(text).items] == ["飞虹小区2号楼", "天和花园3号楼", "大柳村"]
    assert asked(text) == set()


@pytest.mark.parametrize(
    "text", ["", "   \n", "床前明月光,疑是地上霜。\n举头望明月,低头思故乡。", "将进酒,杯莫停。"]
)
def test_a_poem(text: str) -> None:
    reading = read_notice(text)
    assert reading.groups == ()
    assert [q.code.value for q in reading.questions] == ["no_order"]


def test_no_heading_no_order() -> None:
    assert asked(
        "安澜市疫情防控指挥部通告\n望岳区(2个):飞虹小区2号楼,大柳村。\n2022年11月20日"
    ) == {"no_order"}


def test_a_seeming_ordinal_inside_an_address() -> None:
    group = only(notice("一、高风险区\n望岳区:飞虹小区1号楼\n二、三单元,天和花园1.2号楼。"))
    assert [i.text for i in group.items] == ["飞虹小区1号楼二、三单元", "天和花园1.2号楼"]
    assert [p.unit for p in group.items[0].places] == ["二单元", "三单元"]
    assert [p.building for p in group.items[1].places] == ["1号楼", "2号楼"]
