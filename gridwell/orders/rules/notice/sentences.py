"""Sentences that order something (将…划定为…, 解除…, 重新计算), and where in them the places stand."""

import re
from dataclasses import dataclass, replace
from typing import Final

from gridwell.orders.rules.notice import words
from gridwell.orders.rules.notice.acts import CHANGE, VERB, Order, order_of
from gridwell.orders.rules.notice.listed import (
    CONTEXT,
    LEVEL_BEHIND,
    before,
    end_of_list,
    leveled,
    opened,
    without_history,
)
from gridwell.orders.rules.notice.model import Act, Level
from gridwell.orders.rules.notice.times import EFFECT_ANY, Stated, dates_in, effects_in
from gridwell.orders.rules.notice.words import LEVEL, LEVEL_RE

_L: Final = LEVEL


@dataclass(frozen=True, slots=True)
class Sentence:
    """An order in prose: the part of the text that lists the places, and for a shrink what remains.

    `listed` and `remains` are ranges of the sentence. With `context` the list is only announced
    (将以下区域调整为低风险区) and stands below. `denied` tells that a word before the verb takes the
    order away (暂不解除); `left_out` is an exception behind the verb (,不含底商).
    """

    order: Order
    listed: tuple[int, int]
    remains: tuple[int, int] | None
    effect: Stated | None
    end: int
    context: bool = False
    denied: bool = False
    left_out: tuple[int, int] | None = None
    refers: bool = False  # 将其: the places stand in an earlier clause


_PREFIX: Final = r"(?:的)?(?:疫情)?(?:风险)?(?:等级|级别)?,?"
_V_TO: Final = re.compile(
    rf"{_PREFIX}(?:(?:由|从|自)(?:原)?(?P<from>{_L}),?)?(?:统一|分别|均|全部|都|一并|,){{0,6}}"
    rf"(?:(?:{CHANGE})(?:为|至|到|成)|(?:列入|划入|纳入|归入)|为|(?<=[楼元栋幢座层院户号排区村苑园店馆场厂厦司寓里弄巷)])划定(?=(?:[高中](?:等)?风险|封控|管控)(?:区|地区|区域)(?:[。;,(]|$)))(?P<to>{_L})"
)
_V_AROUND: Final = re.compile(
    rf"(?:划定|确定|列|设定|调整|恢复|增设|设立|认定|下调|上调)(?P<list>(?:(?!划定|调整|确定|以下|下列).){{2,400}}?)(?:为|成为|作为)(?P<to>{_L})"
)
_V_NEW: Final = re.compile(
    rf"(?P<verb>新增|新划定|增设|划定|解除|撤销|取消|退出|调整为|降为|下调为)(?:以下|下列)?(?:{words.NUMBER}[个处])?"
    rf"(?P<to>{_L})(?:{words.NUMBER}[个处])?[,]?(?:分别)?(?:为|是|:)+:?"
    r"(?P<list>.{2,}?)(?=[。;,]?$|[;,](?:同时)?(?:新增|新划定|划定|解除|撤销|调整|降|将|对))"
)
_V_OFF: Final = re.compile(
    rf"(?:解除|撤销|取消)(?:对)?(?P<list>[该此]|(?:(?!转为|调整为|升为|划定为|划为|列为|临时管控|临时封控|静默).){{2,300}}?)[的之]?(?P<from>{_L}|(?<!临时)(?:封控|管控))(?:管理|措施|管控)*"
)
_V_FREE: Final = re.compile(
    rf"(?:予以|正式|全部|均|提前)*(?:解除|退出|撤销|取消|调出|移出)(?P<from>{_L}|封控|管控)(?:管理|管控|封控|措施)*(?!(?:区域|地区|区)?[0-9一二三四五六七八九十]*[个处:为]|条件|标准|要求|[前后])|(?:予以)?解封(?!条件|标准|要求|[前后])"
)
#: 原高风险区…解除, …高风险区自11月24日起解除管控: the level stands before or behind the places.
_V_FREED: Final = re.compile(
    rf"(?P<from>{_L})的?(?:管控|封控|管理|划定|措施)*(?:,?(?:已|均|现)*(?:符合|达到|满足)[^,。;:]{{0,12}}(?:条件|标准|要求))?,?(?:{EFFECT_ANY.pattern})?,?(?:现|予以|正式|全部|均|已|同时|提前)*"
    r"(?:解除|撤销|取消)(?:管控|封控|管理|措施|划定)*(?=[。;,:]|$)"
)
_V_FORMER: Final = re.compile(
    rf"原?(?P<from>{_L}):?(?P<list>(?![内的名自从于区地])(?:(?!(?:自|从)[0-9])[^,。;:]){{2,200}}?),?(?:{EFFECT_ANY.pattern})?"
    r"(?:现|予以|正式|全部|均|已|同时)*(?:解除|撤销|取消)(?:管控|封控|管理|措施|划定)*(?=[。;,]|$)"
)
_V_AGAIN: Final = re.compile(
    rf"的?(?P<level>{_L})?的?(?:封闭)?(?:管理|管控|封控|风险区)?(?:时间|期限|周期|起始时间|起算时间){{0,4}},?"
    rf"(?:均|统一|再次|将){{0,4}}(?:(?:从|自)?(?P<when>{EFFECT_ANY.pattern}),?)?重新(?:开始)?(?:计算|起算|计时)"
)
_V_SHRINK: Final = re.compile(
    rf"将(?=.{{2,330}}?(?:调整|缩小|缩减|优化|压缩))(?P<old>.{{2,200}}?)(?:的)?(?P<level>{_L})?(?:的?(?:划定)?范围)?,?(?:精准|进一步|动态|相应|优化|逐步)?"
    rf"(?:由(?P<old2>[^,]{{2,100}}?))?(?:调整|缩小|缩减|优化|压缩)(?:为|至|到)(?!{_L})(?P<new>[^。;]{{2,200}})"
)
#: 飞虹小区封控区范围由整个小区调整为6幢: the same without 将.
_V_RANGE: Final = re.compile(
    rf"(?:(?P<level>{_L})的?(?:管控|划定)?(?:范围)?|的?(?:管控|划定)?范围)(?:精准|进一步|动态|相应)?(?:由[^,。;]{{2,60}}?)?(?:调整|缩小|缩减|优化|压缩)(?:为|至|到)(?!{_L})"
    r"(?P<new>[^。;]{2,200}?)(?=[。;]|,(?:其他|其余|其它|同时|实行|采取|并)|$)"
)
_NARROWED: Final = re.compile(r"范围|缩|压减")
#: What refers to places named before (该高风险区, 将其, 上述区域).
_REFERS: Final = re.compile(
    rf"(?:[两二三四五六七八九十]{{1,2}}(?:个)?(?:村|小区|处|地|楼栋?)|(?:其|该|此|这|上述|以上)(?:处|些|等|[两二三四五六七八九十0-9]{{1,2}}[个处地])?(?:区域|地区|点位|小区|地点|范围|楼栋|场所|{_L}|的)*)"
)
_V_KEEP: Final = re.compile(
    r"(?:对|将)(?P<list>[^。;]{2,200}?)(?:(?:实行|实施|采取|进行)(?P<to>封控|管控)(?:管理|措施)"
    r"|(?:均|统一)?按照?(?P<to2>高风险区|中风险区|封控区|管控区)(?:标准|要求|的|进行|实施|予以)*(?:管理|管控))"
)


def sentences_in(text: str) -> list[Sentence]:
    """Return the orders that a sentence gives, in order of appearance; none in a measure or a rule.

    连续5天无新增感染者降为低风险区 orders nothing: what precedes the verb must be able to be places.
    """
    if not _HINT.search(text):
        return []
    search = _Search(text)
    effects = _effects(text)
    found: list[Sentence] = []
    at = 0
    while at < len(text):
        sentence = _next(search, at, effects)
        if isinstance(sentence, int):  # the verb of a reason or a rule; an order may follow it
            at = max(sentence, at + 1)
            continue
        if sentence is None:
            break
        at = max(sentence.end, at + 1)
        if sentence.listed[1] <= sentence.listed[0] and not (sentence.denied or sentence.refers):
            continue
        if not sentence.context and _all_zones(text[slice(*sentence.listed)]):
            sentence = replace(sentence, denied=True)  # which these are only the register tells
        if _SEVERAL.search(text, sentence.listed[0], sentence.end + 12) and not sentence.context:
            sentence = replace(sentence, denied=True)
        if then := _THEN.match(text, sentence.end):
            sentence, at = _then(sentence, then)
        if not sentence.context and (out := _LEFT_OUT_BEHIND.match(text, sentence.end)):
            kept = out.span("a") if out["a"] else out.span("b")
            sentence = replace(sentence, left_out=kept)
            at = out.end()
        found.append(sentence)
    return found


def of_all_zones(text: str) -> bool:
    """Return whether a sentence orders something of every zone of an area (全市高风险区全部解除)."""
    return any(_all_zones(text[slice(*one.listed)]) for one in sentences_in(text) if one.denied)


def _all_zones(listed: str) -> bool:
    """Return whether a list ends in every zone of an area; its end is enough to see."""
    return bool(_ALL_ZONES.search(listed if len(listed) < 50 else f"*{listed[-40:]}"))


def _then(sentence: Sentence, then: re.Match[str]) -> tuple[Sentence, int]:
    """Return an order that the next clause goes on with (解除…封控,转为管控区), or denied by it."""
    level = words.level_of(then["to"])
    order = sentence.order
    if order.to_level is level:
        return sentence, max(sentence.end, 1)
    if order.act is Act.LIFT and level is Level.MID and not sentence.denied:
        order = order_of(order.from_level or Level.HIGH, level, then["to"])
        return replace(sentence, order=order, end=then.end()), then.end()
    return replace(sentence, denied=True), sentence.end


_VERB_NEXT: Final = re.compile(
    rf"(?:起|后|,|将|统一|正式|予以|全部|均|由.{{2,8}})*(?:{VERB.pattern}|实行|实施)"
)


#: 10月20日划定的高风险区: when that was ordered, not when this is.
_WAS_PUT: Final = re.compile(
    r"(?:所|被|已)?(?:划定|公布|发布|确定|列入|列为|划为|新增|设定)(?:的|为[^,。;]{0,8}的|\))"
)


def _effects(text: str) -> list[Stated]:
    """Return the stated times of effect, and the dates that stand before a verb (3栋11月25日0时解封)."""
    effects = effects_in(text)
    known = {e.end for e in effects}
    plain = [
        d for d in dates_in(text)
        if d.month and d.end not in known and _VERB_NEXT.match(text, d.end)
        and not _WAS_PUT.match(text, d.end)
    ]  # fmt: skip
    return sorted([*effects, *plain], key=lambda e: e.start) if plain else effects


#: 于11月19日划定为高风险区,现调整为低风险区: the first act is history.
_THEN: Final = re.compile(
    rf"(?:管理|管控|措施)*,(?:现已?|目前|再|并|后|又|将其|已|予以)*(?:由{_L})?{CHANGE}(?:为|至|到)(?P<to>{_L})"
)
_LEFT_OUT_BEHIND: Final = re.compile(
    rf"(?:管理|管控|措施|范围)*(?:\((?P<a>{words.LEFT_OUT.pattern})\)|,(?P<b>{words.LEFT_OUT.pattern})(?=[,。;]|$))"
)
_HINT: Final = re.compile(r"风险|封控|管控|防范|解封|重新|将|把")


class _Search:
    """Where patterns occur in a text, asked for from places that only move on.

    What was found ahead is remembered: no verb is looked for twice in the same stretch.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._ahead: dict[re.Pattern[str], re.Match[str] | None] = {}

    def __call__(self, pattern: re.Pattern[str], at: int) -> re.Match[str] | None:
        """Return the first match that begins at `at` or later, or None."""
        if pattern in self._ahead:
            known = self._ahead[pattern]
            if known is None or known.start() >= at:
                return known
        self._ahead[pattern] = found = pattern.search(self.text, at)
        return found


def _next(search: "_Search", at: int, effects: list[Stated]) -> Sentence | int | None:
    """Return the next order, or where to look on behind a verb that orders nothing, or None."""
    options: list[Sentence] = []
    for maker in (
        _no_more,
        _changed,
        _around,
        _new,
        _off,
        _free,
        _freed,
        _former,
        _again,
        _shrunk,
        _kept,
    ):
        if sentence := maker(search, at):
            options.append(sentence)
    seen = min((o.end for o in options), default=None)
    options = [_referring(search.text, o) for o in options]
    options = [o for o in options if _places_like(search.text, o)]
    if not options:
        return seen
    # The verb that ends first governs; a longer match of the same verb knows more.
    best = min(
        options,
        key=lambda o: (o.listed[0] if o.order.act is Act.SHRINK else o.end, -o.listed[0]),
    )
    if _EARLIER.search(search.text, at, best.listed[0]) or _taken_back(search.text, at, best):
        best = replace(best, denied=True)
    stated = [e for e in effects if e.start < best.end]
    return replace(best, effect=stated[-1] if stated else None)


def _denied(text: str, at: int, *verbs: int) -> bool:
    """Return whether a word directly before one of these places of a verb takes the order away."""
    return any(words.DENIED.search(text, max(at, verb - 12), verb) for verb in verbs)


def _taken_back(text: str, at: int, option: Sentence) -> bool:
    """Return whether an order was only intended (原定于26日解除…), or is put off behind its verb."""
    start = max(at, *(text.rfind(sign, at, option.listed[0]) + 1 for sign in "。;"))
    return bool(
        _INTENDED.search(text, start, option.end)
        or text.startswith(
            "的", option.listed[0], option.listed[1]
        )  # 解除的…: tells, orders nothing
        or _PUT_OFF.match(text, option.end)
    )


def _referring(text: str, option: Sentence) -> Sentence:
    """Return an order whose places stand in an earlier clause (X因…,经评估,…起降为低风险区) as such."""
    listed = text[slice(*option.listed)]
    if _REFERS.fullmatch(listed):
        return replace(option, refers=True, context=False)
    if listed and not words.NOT_PLACES.search(listed):
        return option
    near = max(0, option.listed[0] - 400)
    start = max(near, *(text.rfind(sign, near, option.listed[0]) + 1 for sign in "。;"))
    if _WITH_REASON.search(text, start, option.listed[1] + 1):
        at = option.listed[0] if not listed else option.listed[1]
        return replace(option, refers=True, context=False, listed=(at, at))
    return option


#: 11月26日发布的第55号通告中,将…划定为: what an earlier notice ordered is told, not ordered.
_EARLIER: Final = re.compile(
    r"(?:号|的)》?(?:通告|公告|通知|决定)》?(?:中|里|内|已|曾)[^。;]{0,12}(?:将|把|对)?$"
)
#: 原定于11月26日解除, 拟于明日解除: what was meant to come, whatever came of it.
_INTENDED: Final = re.compile(r"原(?:定|应)(?=于|在|[0-9今明])|原(?:计划|拟)|(?:计划|拟|预计)于")
#: 解除…高风险区的决定暂缓执行, 第18号通告将…划定为…,经复核…,现予以撤销.
_PUT_OFF: Final = re.compile(
    r"(?:的?(?:决定|安排|计划|通告|通知|事宜))?,?(?:因[^。;,]{2,40},)?(?:经[^。;,]{2,20},)?(?:现|决定|予以|暂时|均){0,3}"
    r"(?:(?:暂不|不予|不再)(?:解除|执行|实施|调整)|(?:暂缓|推迟|延期|延后|中止|取消)(?:解除|执行|实施|调整)?(?=[。;,至到]|$))"
    r"|(?:管理|管控|措施)?(?:,[^。;]{0,60}?)?,(?:现|决定|依法|特此|均|一并|予以)*(?:撤销|作废|废止|收回)(?=[。;]|$)"
)
#: 7天后自动调整为低风险区: a rule of the zone, no order.
_RULE: Final = re.compile(
    r"(?:[0-9一二三四五六七八九十]{1,3}[天日个小时]+(?:后|内|之后)|届时|期满|到期|如(?!意)|若|待|自动(?!化))"
)
#: 分别由高风险区、中风险区, 分别调整为高风险区、中风险区: which is whose is not read.
_SEVERAL: Final = re.compile(rf"{_L}[、,和及]{_L}")
#: 全市所有高风险区全部解除, 除3号楼外我县现有高风险区全部降为: every zone there is, none by name.
_ALL_ZONES: Final = re.compile(
    rf"(?:^|[,;、])(?:将|对)?(?:[全我本该][市区县镇乡]|全域|辖区|境内|[一-鿿]{{2,6}}[市区县镇乡])?(?:范围)?内?的?"
    rf"(?:(?:现有|现存|原有|所有|全部|一切|各类?)+的?(?:{_L}|区域|地区|小区)?(?:均|全部|都)?"
    rf"|(?:其余|其他|其它|剩余)(?:所有)?的?{_L}(?:均|全部|都)?|[全我本][市区县])$"
)
#: 飞虹小区3号楼因出现新增感染者,: places, and why something is done there.
_WITH_REASON: Final = re.compile(
    r"(?:号楼|单元|[栋幢座村苑园层排院室户号]|小区|花园|家园|公寓|宿舍|社区)(?:\([^()]*\))?[的内]?(?:因|由于|(?:目前|现|均|都|已经?)*(?:连续[0-9一二三四五六七八九十]|符合|满足|达到|具备))"
)
_GENERIC: Final = re.compile(
    r"(?:对|原有?)?(?:相应|相关|有关|各项|各类|现行|此前|之前)(?:的|区域|地区|范围|临时|社会面|防控|疫情)*"
)
_LEVEL_INSIDE: Final = re.compile(rf"(?<=[一-鿿]){_L}(?=[、,;和及]|$)")


def _places_like(text: str, sentence: Sentence) -> bool:
    if sentence.refers:
        return True
    if _RULE.match(text, *sentence.listed):
        return False
    listed = re.sub(r"\([^()]*\)", "", text[slice(*sentence.listed)])
    listed = _LEVEL_INSIDE.sub("", listed)
    if sentence.denied and not listed:  # a heading: 暂不解除高风险区
        return len(text) <= 30 and not words.MEASURE.search(text)
    if sentence.context:
        return True
    listed = words.BETWEEN.sub("", listed)
    listed = words.REST.sub("", listed)
    if _GENERIC.fullmatch(listed):  # 同步解除相应管控措施
        return False
    if words.COUNT.fullmatch(listed):  # 解除2处高风险区: how many, not which
        return False
    if listed.startswith("关于") and not words.HEADING_WORDS.sub("", listed[2:]):
        return False  # a title: 关于部分区域解除高风险区管控的通告
    return len(listed) >= 2 and not words.NOT_PLACES.search(listed)


def _no_more(search: "_Search", at: int) -> Sentence | None:
    found = search(words.NO_MORE, at)
    level = words.level_of(found["from"]) if found else None
    if not found or level is Level.LOW:
        return None
    start, end, context = before(search.text, at, found.start())
    order = order_of(level, Level.LOW, found["from"])
    return Sentence(order, (start, end), None, None, found.end(), context)


def _changed(search: "_Search", at: int) -> Sentence | None:
    found = search(_V_TO, at)
    if not found:
        return None
    to_level = words.level_of(found["to"])
    if to_level is None:
        return None
    from_level = words.level_of(found["from"]) if found["from"] else None
    start, end, context = before(search.text, at, found.start())
    if context and from_level is None:
        named = words.LEVEL_RE.search(search.text, start, end)
        from_level = words.level_of(named.group()) if named else None
    if not context:
        start, end, level, _word = leveled(search.text, start, end)
        from_level = from_level or level
    return Sentence(
        order_of(from_level, to_level, found["to"]), (start, end), None, None, found.end(), context,
        _denied(search.text, at, found.start(), opened(search.text, at, start)),
    )  # fmt: skip


def _around(search: "_Search", at: int) -> Sentence | None:
    found = search(_V_AROUND, at)
    to_level = words.level_of(found["to"]) if found else None
    if not found or to_level is None:
        return None
    return Sentence(
        order_of(None, to_level, found["to"]), found.span("list"), None, None, found.end(),
        denied=_denied(search.text, at, found.start()),
    )  # fmt: skip


def _new(search: "_Search", at: int) -> Sentence | None:
    found = search(_V_NEW, at)
    to_level = words.level_of(found["to"]) if found else None
    if not found or to_level is None:
        return None
    left = LEVEL_BEHIND.search(search.text, max(at, found.start() - 12), found.start())
    order = order_of(words.level_of(left["l"]) if left else None, to_level, found["to"])
    if found["verb"] in ("解除", "撤销", "取消", "退出"):
        if to_level is Level.LOW:
            return None
        order = order_of(to_level, Level.LOW, found["to"])
    denied = _denied(search.text, at, found.start())
    return Sentence(order, found.span("list"), None, None, found.end(), denied=denied)


def _off(search: "_Search", at: int) -> Sentence | None:
    found = search(_V_OFF, at)
    # 解除…管控措施 without 区 names no level: whatever was there ends.
    level = words.level_of(found["from"]) if found and found["from"] != "管控" else None
    if not found or level is Level.LOW:
        return None
    start, end = without_history(search.text, *found.span("list"))
    return Sentence(
        order_of(level, Level.LOW, found["from"]), (start, end), None, None, found.end(),
        bool(CONTEXT.match(found["list"])), _denied(search.text, at, found.start()),
    )  # fmt: skip


def _free(search: "_Search", at: int) -> Sentence | None:
    found = search(_V_FREE, at)
    if not found:
        return None
    word = found["from"]
    level = words.level_of(word) if word and word != "管控" else None
    if level is Level.LOW:
        return None
    start, end, context = before(search.text, at, found.start())
    if not context:
        start, end, named, named_word = leveled(search.text, start, end)
        level, word = (named, named_word) if named else (level, word)
    return Sentence(
        order_of(level, Level.LOW, word), (start, end), None, None, found.end(), context,
        _denied(search.text, at, found.start(), opened(search.text, at, start)),
    )  # fmt: skip


def _freed(search: "_Search", at: int) -> Sentence | None:
    found = search(_V_FREED, at)
    level = words.level_of(found["from"]) if found else None
    if not found or level in (None, Level.LOW):
        return None
    start, end, context = before(search.text, at, found.start())
    if search.text[start:end].endswith("原"):
        end -= 1
    elif re.match(r"原(?![平州阳野])", search.text[start:end]):
        start += 1
    return Sentence(
        order_of(level, Level.LOW, found["from"]), (start, end), None, None, found.end(), context,
        _denied(search.text, at, found.start(), opened(search.text, at, start)),
    )  # fmt: skip


def _former(search: "_Search", at: int) -> Sentence | None:
    found = search(_V_FORMER, at)
    level = words.level_of(found["from"]) if found else None
    if not found or level in (None, Level.LOW):
        return None
    start, end = found.span("list")
    end = end_of_list(search.text, start, end)
    denied = _denied(search.text, start, found.end("list"))
    return Sentence(
        order_of(level, Level.LOW, found["from"]), (start, end), None, None, found.end(),
        denied=denied,
    )  # fmt: skip


def _again(search: "_Search", at: int) -> Sentence | None:
    found = search(_V_AGAIN, at)
    if not found:
        return None
    level = words.level_of(found["level"]) if found["level"] else None
    start, end, context = before(search.text, at, found.start())
    word = found["level"]
    if level is None and (named := LEVEL_RE.search(search.text, start, end)):
        word, level = named.group(), words.level_of(named.group())
    if not context:
        start, end, _level, _word = leveled(search.text, start, end)
    order = Order(Act.RESTART, level, level, word)
    verbs = (found.start(), found.end() - 4, opened(search.text, at, start))
    denied = _denied(search.text, at, *verbs) or "不" in found.group() or "未" in found.group()
    return Sentence(order, (start, end), None, None, found.end(), context, denied)


def _shrunk(search: "_Search", at: int) -> Sentence | None:
    found = search(_V_SHRINK, at)
    if found:
        old = found.span("old")
    elif search(_NARROWED, at) and (found := search(_V_RANGE, at)):
        start, end, context = before(search.text, at, found.start())
        old = (start, end)
        if context or end - start < 2:
            return None
    if (
        not found
        or words.NOT_PLACES.search(found["new"])
        or not words.SUFFIX_END.search(found["new"].rstrip("。;,"))
    ):
        return None
    level = words.level_of(found["level"]) if found["level"] else None
    order = Order(Act.SHRINK, level, level, found["level"])
    denied = _denied(search.text, at, found.start()) or bool(
        words.DENIED.search(search.text[slice(*old)])
    )
    return Sentence(order, old, found.span("new"), None, found.end(), denied=denied)


def _kept(search: "_Search", at: int) -> Sentence | None:
    found = search(_V_KEEP, at)
    word = (found["to"] or found["to2"]) if found else ""
    to_level = words.level_of(word)
    if not found or to_level is None:
        return None
    start = found.start("list")
    end = end_of_list(search.text, start, found.end("list"))
    denied = _denied(search.text, at, found.start(), found.end("list"))
    return Sentence(
        order_of(None, to_level, word), (start, end), None, None, found.end(),
        bool(CONTEXT.match(found["list"])), denied,
    )  # fmt: skip
