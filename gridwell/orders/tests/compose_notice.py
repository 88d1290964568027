"""Notices of every form, composed from a known truth. Names are invented."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
CITIES = {
    "安澜市": ["临泽区", "望岳区", "青禾区", "古渡县", "云岗旗"],
    "长汀州市": ["河阳区", "锦川区", "石桥镇区县"],
}
STREETS = ["东坊街道", "清河街道", "柳林镇", "南桥乡", "北关街道"]
HEADS = [
    "飞虹",
    "锦绣",
    "天和",
    "翠湖",
    "金域",
    "丽景",
    "恒泰",
    "阳光",
    "御林",
    "龙泉",
    "福源",
    "紫荆",
    "云海",
    "书香",
]
TAILS = [
    "小区",
    "花园",
    "家园",
    "苑",
    "公馆",
    "华府",
    "名邸",
    "新城",
    "国际城",
    "雅居",
    "小区三期",
    "苑A区",
    "家属院",
]
SITES = [
    "老王羊汤馆",
    "惠民超市",
    "宏达物流有限公司",
    "春晖幼儿园",
    "利民大药房",
    "第二建筑工地",
    "中心卫生院",
]
VILLAGES = ["西沟村", "大柳树村", "前李家庄", "小营村", "石板村"]
ROADS = ["建设南路", "人民路", "学府街", "解放北街", "新华西街"]
FULL = str.maketrans("(),:;0123456789", "（），：；０１２３４５６７８９")


@dataclass
class Truth:
    """One group as it must be read."""

    act: str
    from_level: str | None
    to_level: str | None
    district: str | None
    effective: tuple[datetime, str] | None
    declared: int | None
    items: list[str]


@dataclass
class Composed:
    """A text and what it says. `clean` texts must raise no question."""

    text: str
    groups: list[Truth]
    rest_low: list[str] = field(default_factory=list)
    number: str | None = None
    issued_on: str | None = None
    form: str = ""


def building(rng: random.Random) -> str:
    """Return the numbered end of an address."""
    n, m = rng.randint(1, 39), rng.randint(1, 9)
    return rng.choice(
        [
            f"{n}号楼", f"{n}号楼{m}单元", f"{n}栋", f"{n}幢{m}单元", f"{n}号楼{m}、{m + 1}单元",
            f"{n}号楼、{n + 2}号楼", f"{n}、{n + 1}号楼", "B座", f"{n}号楼{m}单元至{m + 2}单元",
            f"{n}号楼14层-20层", f"A座{m}—{m + 9}层", f"{n}栋2201-2208号", f"{n}号楼(含底商)", f"{n}-{n + 2}号楼",
            f"{n}号楼一单元", f"{n}#楼", "D1座", f"{n}号楼2404室",
        ]
    )  # fmt: skip


def item(rng: random.Random, used: set[str]) -> str:
    """Return one point that stands for itself, none of them twice."""
    while True:
        name = rng.choice(HEADS) + rng.choice(HEADS) * rng.randint(0, 1) + rng.choice(TAILS)
        kind = rng.random()
        if kind < 0.55:
            text = name + building(rng)
        elif kind < 0.65:
            text = f"{rng.choice(ROADS)}{rng.randint(1, 300)}号{name}{building(rng)}"
        elif kind < 0.72:
            text = f"{rng.choice(ROADS)}{rng.randint(1, 300)}号院{rng.randint(1, 20)}号楼{rng.randint(1, 6)}单元"
        elif kind < 0.79:
            text = rng.choice(HEADS) + rng.choice(SITES)
        elif kind < 0.84:
            text = rng.choice(HEADS) + rng.choice(VILLAGES)
        elif kind < 0.88:
            text = f"{rng.choice(HEADS)}{rng.choice(VILLAGES)}{rng.randint(1, 9)}组{rng.randint(1, 60)}号"
        elif kind < 0.91:
            text = f"{rng.choice(HEADS)}村{rng.randint(1, 9)}排{rng.randint(1, 9)}户"
        elif kind < 0.94:
            text = f"{rng.choice(ROADS)}{rng.randint(100, 3000)}弄{name}"
        elif kind < 0.97:
            text = f"{name}(除{rng.randint(1, 9)}号楼外)"
        else:
            text = name
        key = text[:4]
        if key not in used:
            used.add(key)
            return text


def effective(rng: random.Random, issued: datetime) -> tuple[str, tuple[datetime, str]]:
    """Return the words for a time of effect and the instant they mean."""
    day = issued + timedelta(days=rng.randint(0, 2))
    date = f"{day.year}年{day.month}月{day.day}日"
    kind = rng.randrange(7)
    if kind == 0:
        return "即日起", (issued, "day")
    if kind == 1:
        return "自本通告发布之时起", (issued, "day")
    if kind == 2:
        return f"自{date}起", (day, "day")
    if kind == 3:
        return f"自{date}24时起", (day + timedelta(days=1), "minute")
    if kind == 4:
        return f"自{date}2时30分起", (day + timedelta(hours=2, minutes=30), "minute")
    if kind == 5:
        return f"从{day.month}月{day.day}日18时起", (day + timedelta(hours=18), "minute")
    return f"自{day.month}月{day.day}日起", (day, "day")


ERAS = {
    "p20": [
        (
            "designate",
            None,
            "high",
            ["新增高风险区", "高风险区", "以下区域划定为高风险区", "新划定高风险区"],
        ),
        ("lift", None, "low", ["调整为低风险区", "降为低风险区", "以下区域调整为低风险区"]),
        (
            "lift",
            "high",
            "low",
            ["解除高风险区", "高风险区调整为低风险区", "由高风险区降为低风险区"],
        ),
    ],
    "p9": [
        ("designate", None, "high", ["高风险区", "划定为高风险区"]),
        ("designate", None, "mid", ["中风险区", "划定为中风险区"]),
        ("step", "high", "mid", ["高风险区调整为中风险区", "由高风险区降为中风险区"]),
        ("step", "mid", "low", ["中风险区调整为低风险区", "由中风险区降为低风险区"]),
    ],
    "p8": [
        ("designate", None, "high", ["封控区", "划定为封控区"]),
        ("designate", None, "mid", ["管控区", "划定为管控区"]),
        ("step", "high", "mid", ["封控区调整为管控区"]),
    ],
}
MEASURES = [
    "高风险区内实行“足不出户、上门服务”封控措施。高风险区连续5天无新增感染者降为低风险区。",
    "低风险区实行“个人防护,避免聚集”管理措施,离开所在城市需持48小时核酸检测阴性证明。",
    "以上区域将根据疫情防控形势变化适时动态调整。",
]
JUNK = ["责任编辑:某某", "上一篇", "热门阅读", "版权所有 违者必究", "返回顶部", "扫码关注公众号"]


def compose(seed: int) -> Composed:
    """Return the notice of a seed: clean, so that its reading must be exact and ask nothing."""
    rng = random.Random(seed)
    issued = datetime(2022, rng.randint(7, 12), rng.randint(1, 27), tzinfo=CHINA)
    district_notice = rng.random() < 0.3
    districts = ["临泽区", "望岳区", "青禾区", "古渡县"]
    rng.shuffle(districts)
    districts = districts[:1] if district_notice else districts[: rng.randint(1, 3)]
    words, when = effective(rng, issued)
    number = rng.randint(1, 200) if rng.random() < 0.6 else None
    body = "新型冠状病毒肺炎疫情防控" + rng.choice(["指挥部", "工作领导小组办公室", "指挥部办公室"])
    issuer = ("安澜市" + districts[0] if district_notice else "安澜市") + body
    acts = rng.sample(ERAS[rng.choice(list(ERAS))], k=rng.randint(1, 2))
    acts.sort(key=lambda a: a[0] != "designate")
    prose = rng.random() < 0.2
    lists = _prose if prose else _listed
    parts, groups, form = lists(rng, acts, districts, district_notice, when, words)
    lead = (
        f"根据疫情防控工作需要,按照国务院《新型冠状病毒肺炎防控方案(第九版)》有关规定,经专家组研判,{words},"
        "调整部分区域风险等级。现将有关事项通告如下:"
    )
    lines = [issuer + "通告", *([f"({issued.year}年第{number}号)"] if number else [])]
    lines += ["关于调整部分区域风险等级的通告"]
    lines += [*([] if prose else [lead]), *parts]
    rest: list[str] = []
    if rng.random() < 0.3 and not district_notice and not prose:
        rest = rng.sample(districts, k=1)
        lines.append(f"{rest[0]}除高风险区外的其他区域为低风险区。")
    lines += rng.sample(MEASURES, k=rng.randint(0, 3))
    lines += ["特此通告。"] if rng.random() < 0.5 else []
    lines += [issuer, f"{issued.year}年{issued.month}月{issued.day}日"]
    lines += rng.sample(JUNK, k=rng.randint(0, 3))
    text = _dress(rng, lines)
    return Composed(
        text,
        groups,
        rest,
        f"{issued.year}年第{number}号" if number else None,
        issued.date().isoformat(),
        form,
    )


def _dress(rng: random.Random, lines: list[str]) -> str:
    gap = rng.choice(["\n", "\n\n", "\r\n", "\n  \n"])
    indent = rng.choice(["", "  ", "　　"])
    text = gap.join(indent + line for line in lines)
    if rng.random() < 0.5:
        text = text.translate(FULL)
    return text


def _listed(rng, acts, districts, district_notice, when, _words):  # type: ignore[no-untyped-def]  # rows of text
    style = rng.choice(
        [
            "comma",
            "comma",
            "semicolon",
            "lines",
            "numbered",
            "numbered_cn",
            "paren",
            "circled",
            "inline_numbers",
        ]
    )
    by = "street" if district_notice else rng.choice(["label", "label", "line", "prefix"])
    if by == "prefix" and style in ("comma", "semicolon", "inline_numbers"):
        by = "label"
    counted = rng.random() < 0.6
    ordinals = rng.choice(["一二三", "(一)(二)(三)"])
    used: set[str] = set()
    lines: list[str] = []
    groups: list[Truth] = []
    for index, (act, from_level, to_level, wordings) in enumerate(acts):
        mark = f"{'一二三'[index]}、" if ordinals == "一二三" else f"({'一二三'[index]})"
        chosen = {d: [item(rng, used) for _ in range(rng.randint(1, 6))] for d in districts}
        total = sum(map(len, chosen.values()))
        title = rng.choice(wordings) + (f"({total}个)" if counted and rng.random() < 0.5 else "")
        lines.append(mark + title + rng.choice(["", ":"]))
        number = 0
        for district, items in chosen.items():
            truth = Truth(act, from_level, to_level, district, when, None, [])
            groups.append(truth)
            if by == "street":
                rows: list[tuple[str, list[str]]] = [
                    (s, items[i::2]) for i, s in enumerate(rng.sample(STREETS, k=2)) if items[i::2]
                ]
            else:
                rows = [(district, items)]
            for label, own in rows:
                texts = [label + t for t in own] if by == "prefix" else own
                truth.items += texts
                head = f"{label}({len(own)}个):" if counted else f"{label}:"
                if by == "prefix":
                    head = ""
                number = _write(rng, lines, head, texts, style, number if by == "prefix" else 0)
    return lines, groups, f"{style}/{by}/{counted}"


def _write(rng, lines, head, texts, style, number):  # type: ignore[no-untyped-def]  # rows of text
    marks = {
        "numbered": "{}.", "numbered_cn": "{}、", "paren": "({})", "circled": "", "lines": "",
    }  # fmt: skip
    if style in ("comma", "semicolon"):
        sign = "," if style == "comma" else ";"
        joined = _broken(rng, sign.join(texts) + "。")
        lines.append(head + joined)
        return number
    if style == "inline_numbers":
        lines.append(head + "".join(f"{i}.{t};" for i, t in enumerate(texts, 1)))
        return number
    if head:
        lines.append(head)
    for text in texts:
        number += 1
        mark = marks[style].format(number)
        if style == "circled" and number <= 20:
            mark = chr(ord("①") + number - 1)
        elif style == "circled":
            mark = f"({number})"
        end = rng.choice(["", "。", ";"]) if style != "lines" else ""
        lines.append(mark + text + end)
    return number


def _broken(rng: random.Random, text: str) -> str:
    """Break a wrapped list inside an item, as a narrow column does."""
    if rng.random() < 0.5 or len(text) < 30:
        return text
    at = rng.randint(15, len(text) - 8)
    return text[:at] + rng.choice(["\n", "\n\n", "\r\n"]) + text[at:]


def _prose(rng, acts, districts, district_notice, when, words):  # type: ignore[no-untyped-def]  # rows of text
    used: set[str] = set()
    lines: list[str] = []
    groups: list[Truth] = []
    verbs = {
        ("designate", "high"): "划定为高风险区", ("designate", "mid"): "划定为中风险区",
        ("step", "mid"): "由高风险区调整为中风险区", ("step", "low"): "由中风险区调整为低风险区",
        ("lift", "low"): "由高风险区调整为低风险区",
    }  # fmt: skip
    level_words = (
        {"高风险区": "封控区", "中风险区": "管控区"}
        if any("封控" in w or "管控" in w for a in acts for w in a[3])
        else {}
    )
    sign = rng.choice(["、", ","])
    for act, from_level, to_level, _wordings in acts:
        if act == "lift":
            from_level = "high"
        chosen = {d: [item(rng, used) for _ in range(rng.randint(1, 3))] for d in districts}
        listed: list[str] = []
        for district, items in chosen.items():
            texts = [district + items[0], *items[1:]]
            listed += texts
            groups.append(Truth(act, from_level, to_level, district, when, None, texts))
        verb = verbs[act, to_level]
        for old, new in level_words.items():
            verb = verb.replace(old, new)
        lines.append(f"经研究决定,{words},将{sign.join(listed)}{verb}。")
    return lines, groups, f"prose/{sign}"


def traditional(text: str) -> str:
    """Return the text in traditional script, character for character."""
    import opencc

    converter = opencc.OpenCC("s2t")
    changed = "".join(converter.convert(c) if c > "\u3400" else c for c in text)
    assert len(changed) == len(text)
    return changed
