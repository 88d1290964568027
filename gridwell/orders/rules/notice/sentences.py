"""Sentences that order something (将…划定为…, 解除…, 重新计算), and where in them the places stand."""

import re
from dataclasses import dataclass, replace
from typing import Final

from gridwell.orders.rules.notice import verbs, words
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
from gridwell.orders.rules.notice.times import Stated, dates_in, effects_in
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


#: What refers to places named before (该高风险区, 将其, 上述区域).
_REFERS: Final = re.compile(
    rf"(?:[两二三四五六七八九十]{{1,2}}(?:个)?(?:村|小区|处|地|楼栋?)|(?:其|该|此|这|上述|以上)(?:处|些|等|[两二三四五六七八九十0-9]{{1,2}}[个处地])?(?:区域|地区|点位|小区|地点|范围|楼栋|场所|{_L}|的)*)"
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
        _named,
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
    found = search(verbs.TO, at)
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
    found = search(verbs.AROUND, at)
    to_level = words.level_of(found["to"]) if found else None
    if not found or to_level is None:
        return None
    return Sentence(
        order_of(None, to_level, found["to"]), found.span("list"), None, None, found.end(),
        denied=_denied(search.text, at, found.start()),
    )  # fmt: skip


def _new(search: "_Search", at: int) -> Sentence | None:
    found = search(verbs.NEW, at)
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
    found = search(verbs.OFF, at)
    # 解除…管控措施 without 区 names no level: whatever was there ends.
    level = words.level_of(found["from"]) if found and found["from"] != "管控" else None
    if not found or level is Level.LOW:
        return None
    start, end = without_history(search.text, *found.span("list"))
    return Sentence(
        order_of(level, Level.LOW, found["from"]), (start, end), None, None, found.end(),
        bool(CONTEXT.match(found["list"])), _denied(search.text, at, found.start()),
    )  # fmt: skip


def _named(search: "_Search", at: int) -> Sentence | None:
    found = search(verbs.NAMED, at)
    level = words.level_of(found["from"]) if found else None
    if not found or level in (None, Level.LOW) or not _names_places(found["list"]):
        return None  # 解除高风险区之后的事 names none
    off = found["verb"] in ("解除", "撤销", "取消")
    order = (
        order_of(level, Level.LOW, found["from"]) if off else order_of(None, level, found["from"])
    )
    return Sentence(
        order, found.span("list"), None, None, found.end(),
        bool(CONTEXT.match(found["list"])), _denied(search.text, at, found.start()),
    )  # fmt: skip


def _names_places(listed: str) -> bool:
    listed = listed.rstrip(",、")
    return bool(words.ADDRESS.search(listed) or words.SUFFIX_END.search(listed))


def _named_behind(search: "_Search", at: int, verb: int) -> bool:
    """Return whether the places of a verb stand behind it (取消高风险区飞虹小区3号楼的管控)."""
    found = search(verbs.NAMED, at)
    return bool(found and found.start() == verb and _names_places(found["list"]))


def _free(search: "_Search", at: int) -> Sentence | None:
    found = search(verbs.FREE, at)
    if not found or _named_behind(search, at, found.start()):
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
    found = search(verbs.FREED, at)
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
    found = search(verbs.FORMER, at)
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
    found = search(verbs.AGAIN, at)
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
    at_verbs = (found.start(), found.end() - 4, opened(search.text, at, start))
    denied = _denied(search.text, at, *at_verbs) or "不" in found.group() or "未" in found.group()
    return Sentence(order, (start, end), None, None, found.end(), context, denied)


def _shrunk(search: "_Search", at: int) -> Sentence | None:
    found = search(verbs.SHRINK, at)
    if found:
        old = found.span("old")
    elif search(verbs.NARROWED, at) and (found := search(verbs.RANGE, at)):
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
    found = search(verbs.KEEP, at)
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
