"""Headings and sentences that order something (划定、调整、解除、重新计算)."""

import re
from dataclasses import dataclass, replace
from typing import Final

from gridwell.orders.rules.notice import words
from gridwell.orders.rules.notice.districts import Districts
from gridwell.orders.rules.notice.model import Act, Level
from gridwell.orders.rules.notice.times import EFFECT_ANY, Stated, dates_in, effects_in
from gridwell.orders.rules.notice.words import LEVEL
from gridwell.places.rules.numerals import parse_int

_L: Final = LEVEL
_CHANGE: Final = (
    r"(?:调整|划定|划分|划归|划入|划|确定|认定|判定|列入|列|设定|设|定|升级|提升|升|上调|新增|增|降级|降低|降|下调|调降|调升|转|恢复|调|"
    r"变更|改)"
)
_FROM_TO: Final = re.compile(
    rf"(?P<from>{_L})(?:名单|清单|的?(?:区域|地区|小区|点位))?(?:[(][^()]*[)])?{_CHANGE}(?:为|至|到|成)(?P<to>{_L})"
)
_TO: Final = re.compile(rf"(?:{_CHANGE}(?:为|至|到|成|出)|为|划定|新增|新划定)(?P<to>{_L})")
_OFF: Final = re.compile(
    rf"(?:解除|退出|撤销|取消|调出|解封)的?(?P<a>{_L}|封控|管控)?|(?P<b>{_L}).{{0,4}}(?:解除|退出|撤销|取消|调出)"
)
_VERB: Final = re.compile(rf"{_CHANGE}|解除|退出|撤销|取消|调出|解封|新增|重新")
_RESTART: Final = re.compile(r"重新(?:开始)?(?:计算|起算|计时)")


@dataclass(frozen=True, slots=True)
class Order:
    """An act with its levels as a heading or a sentence states it."""

    act: Act
    from_level: Level | None
    to_level: Level | None
    word: str | None = None


def order_of(from_level: Level | None, to_level: Level, word: str | None = None) -> Order:
    """Return the act that a change of level is: high to low a lift, mid to low a step, and so on."""
    if to_level is Level.LOW:
        act = Act.STEP if from_level is Level.MID else Act.LIFT
    elif from_level in (None, Level.LOW) or from_level is to_level:
        act = Act.DESIGNATE
        from_level = None if from_level is to_level else from_level
    else:
        act = Act.STEP
    return Order(act, from_level, to_level, word)


def order_in(text: str) -> Order | None:
    """Return the act that the words of a heading name, or None; a denied one (暂不解除) is none."""
    if more := words.NO_MORE.search(text):
        level = words.level_of(more["from"])
        return order_of(level, Level.LOW, more["from"]) if level is not Level.LOW else None
    if any(words.DENIED.search(text[: verb.start()]) for verb in _VERB.finditer(text)):
        return None
    if _RESTART.search(text):
        found = words.LEVEL_RE.search(text)
        level = words.level_of(found.group()) if found else None
        return Order(Act.RESTART, level, level, found.group() if found else None)
    if change := _FROM_TO.search(text):
        from_level = words.level_of(change["from"])
        to_level = words.level_of(change["to"])
        return order_of(from_level, to_level, change["to"]) if to_level else None
    if off := _OFF.search(text):
        word = off["a"] or off["b"]
        if word and not _TO.search(text, off.end()):
            level = words.level_of(word)
            return None if level is Level.LOW else order_of(level, Level.LOW, word)
    if target := _TO.search(text):
        to_level = words.level_of(target["to"])
        return order_of(None, to_level, target["to"]) if to_level else None
    found = words.LEVEL_RE.search(text)
    if not found or words.BOTH_LEVELS.search(text):
        return None
    level = words.level_of(found.group())
    return order_of(None, level, found.group()) if level else None


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that only announces: its act (None: the lead's act goes on), count, time, district."""

    order: Order | None
    declared: int | None
    effect: Stated | None
    district: str | None
    length: int  # how much of the line is heading; what follows is content


def count_in(text: str) -> int | None:
    """Return the count that a heading declares, or None; a running total is none."""
    if words.RUNNING.search(text):
        return None
    found = words.COUNT.search(text)
    return parse_int(found["a"] or found["b"]) if found else None


def heading_of(text: str, districts: Districts, *, go_on: bool) -> Heading | None:
    """Return the heading that `text` (without ordinal) is or begins with, or None.

    A heading has nothing in it but the vocabulary of headings and perhaps a district. `go_on`
    allows one without a level (自16时起调整的区域), where the lead has named the act.
    """
    colon = _colon(text)
    for length in (colon, len(text)) if colon else (len(text),):
        if length and length <= 70 and (found := _heading(text[:length], districts, length, go_on)):
            return found
        if colon and length == colon:
            break
    return None


def _colon(text: str) -> int:
    depth = 0
    for index, character in enumerate(text):
        if character in "(《“":
            depth += 1
        elif character in ")》”":
            depth -= 1
        elif character == ":" and depth <= 0:
            return index + 1
    return 0


def _heading(head: str, districts: Districts, length: int, go_on: bool) -> Heading | None:
    if words.NOT_PLACES.search(head) and words.MEASURE.search(head):
        return None
    order = order_in(head)
    if order is None and not (go_on and re.search(r"区域|地区|小区|范围|调整|名单", head)):
        return None
    rest = words.NO_MORE.sub("", EFFECT_ANY.sub("", head))
    rest = words.LEVEL_RE.sub("", rest)
    rest = words.COUNT.sub("", rest)
    district = None
    if words.HEADING_WORDS.sub("", rest):
        lead = re.match(r"(?:将|由|对|新增|划定)*", rest)
        name, end = districts.take(rest[lead.end() if lead else 0 :])
        rest = rest[(lead.end() if lead else 0) + end :]
        district = name
        if words.HEADING_WORDS.sub("", rest):
            return None
    effects = effects_in(head)
    return Heading(order, count_in(head), effects[0] if effects else None, district, length)


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


_PREFIX: Final = r"(?:的)?(?:疫情)?(?:风险)?(?:等级|级别)?,?"
_V_TO: Final = re.compile(
    rf"{_PREFIX}(?:(?:由|从|自)(?:原)?(?P<from>{_L}),?)?(?:统一|分别|均|全部|都|一并|,){{0,6}}"
    rf"(?:(?:{_CHANGE})(?:为|至|到|成)|为|(?<=[楼元栋幢座层院户号排区村苑园店馆场厂厦司寓里弄巷)])划定(?=(?:[高中](?:等)?风险|封控|管控)(?:区|地区|区域)(?:[。;,(]|$)))(?P<to>{_L})"
)
_V_AROUND: Final = re.compile(
    rf"(?:划定|确定|列|设定|调整)(?P<list>(?:(?!划定|调整|确定|以下|下列).){{2,400}}?)(?:为|成为|作为)(?P<to>{_L})"
)
_V_NEW: Final = re.compile(
    rf"(?P<verb>新增|新划定|增设|划定|解除|撤销|退出|调整为|降为|下调为)(?:以下|下列)?(?:{words.NUMBER}[个处])?"
    rf"(?P<to>{_L})(?:{words.NUMBER}[个处])?[,]?(?:分别)?(?:为|是|:)+:?"
    r"(?P<list>.{2,}?)(?=[。;,]?$|[;,](?:同时)?(?:新增|新划定|划定|解除|撤销|调整|降|将|对))"
)
_V_OFF: Final = re.compile(
    rf"(?:解除|撤销|取消)(?:对)?(?P<list>.{{2,300}}?)的?(?P<from>{_L}|封控|管控|临时管控)(?:管理|措施|管控)*"
)
_V_FREE: Final = re.compile(
    rf"(?:予以|正式|全部|均)*(?:解除|退出|撤销)(?P<from>{_L}|封控|管控)(?:管理|措施)*(?!(?:区域|地区|区)?[0-9一二三四五六七八九十]*[个处:为]|条件|标准|要求|[前后])|(?:予以)?解封(?!条件|标准|要求|[前后])"
)
_V_AGAIN: Final = re.compile(
    rf"的?(?P<level>{_L})?的?(?:封闭)?(?:管理|管控|封控|风险区)?(?:时间|期限|周期|起始时间|起算时间){{0,4}},?"
    rf"(?:均|统一|再次|将){{0,4}}(?:(?:从|自)?(?P<when>{EFFECT_ANY.pattern}),?)?重新(?:开始)?(?:计算|起算|计时)"
)
_V_SHRINK: Final = re.compile(
    rf"将(?=.{{2,330}}?(?:调整|缩小|缩减|优化|压缩))(?P<old>.{{2,200}}?)(?:的)?(?P<level>{_L})?(?:的?(?:划定)?范围)?,?"
    rf"(?:由(?P<old2>[^,]{{2,100}}?))?(?:调整|缩小|缩减|优化|压缩)(?:为|至|到)(?!{_L})(?P<new>[^。;]{{2,200}})"
)
_V_KEEP: Final = re.compile(
    r"对(?P<list>.{2,200}?)(?:实行|实施|采取|进行)(?P<to>封控|管控)(?:管理|措施)"
)
_CONTEXT: Final = re.compile(
    r"^(?:(?:全市|全区|全县|我市|我区|我县|本市|本区|辖区|[一-鿿]{1,6}[市区县旗])*(?:内|的)?)*"
    r"(?:以下|下列|上述|部分|如下|相关|有关|下述)"
)
_OPEN: Final = re.compile(r"将(?!于|根据|按|依|视|会|进一步|对)|把")
_SKIP: Final = re.compile(
    r"^(?:经.{0,20}?研判|决定|研究决定|同意|批准|划定|通告如下|如下|其中|同时|另外|此外|据通告|现|对|将|把|[我本](?:社区|街道|镇|乡|区|县|市)|[,:;、。\"“”]|一是|二是|三是)+"
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
        if sentence.listed[1] <= sentence.listed[0] and not sentence.denied:
            continue
        if (then := _THEN.match(text, sentence.end)) and sentence.order.to_level is not (
            words.level_of(then["to"])
        ):
            sentence = replace(sentence, denied=True)
        if not sentence.context and (out := _LEFT_OUT_BEHIND.match(text, sentence.end)):
            kept = out.span("a") if out["a"] else out.span("b")
            sentence = replace(sentence, left_out=kept)
            at = out.end()
        found.append(sentence)
    return found


_VERB_NEXT: Final = re.compile(
    rf"(?:起|后|,|将|统一|正式|予以|全部|均|由.{{2,8}})*(?:{_VERB.pattern}|实行|实施)"
)


def _effects(text: str) -> list[Stated]:
    """Return the stated times of effect, and the dates that stand before a verb (3栋11月25日0时解封)."""
    effects = effects_in(text)
    known = {e.end for e in effects}
    plain = [
        d for d in dates_in(text)
        if d.month and d.end not in known and _VERB_NEXT.match(text, d.end)
    ]  # fmt: skip
    return sorted([*effects, *plain], key=lambda e: e.start) if plain else effects


#: 于11月19日划定为高风险区,现调整为低风险区: the first act is history.
_THEN: Final = re.compile(
    rf"(?:管理|管控|措施)*,(?:现已?|目前|再|并|后|又|将其|已|予以)*(?:由{_L})?{_CHANGE}(?:为|至|到)(?P<to>{_L})"
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
    for maker in (_no_more, _changed, _around, _new, _off, _free, _again, _shrunk, _kept):
        if sentence := maker(search, at):
            options.append(sentence)
    seen = min((o.end for o in options), default=None)
    options = [o for o in options if _places_like(search.text, o)]
    if not options:
        return seen
    # The verb that ends first governs; a longer match of the same verb knows more.
    best = min(
        options,
        key=lambda o: (o.listed[0] if o.order.act is Act.SHRINK else o.end, -o.listed[0]),
    )
    before = [e for e in effects if e.start < best.end]
    return replace(best, effect=before[-1] if before else None)


def _denied(text: str, at: int, *verbs: int) -> bool:
    """Return whether a word directly before one of these places of a verb takes the order away."""
    return any(words.DENIED.search(text, max(at, verb - 12), verb) for verb in verbs)


def _places_like(text: str, sentence: Sentence) -> bool:
    listed = re.sub(r"\([^()]*\)", "", text[slice(*sentence.listed)])
    if sentence.denied and not listed:  # a heading: 暂不解除高风险区
        return len(text) <= 30 and not words.MEASURE.search(text)
    if sentence.context:
        return True
    listed = words.BETWEEN.sub("", listed)
    listed = words.REST.sub("", listed)
    return len(listed) >= 2 and not words.NOT_PLACES.search(listed)


def _before(text: str, at: int, end: int) -> tuple[int, int, bool]:
    """Return where the list before a verb begins and ends, and whether it only announces."""
    end = _end_of_list(text, at, end)
    part = text[at:end]
    start = at
    opener = next(iter([*_OPEN.finditer(part)][-1:]), None)
    effect = next(iter([*EFFECT_ANY.finditer(part)][-1:]), None)
    if opener:
        start = at + opener.end()
    elif effect and not re.match(r"[前后内]", part[effect.end() :]):
        start = at + effect.end()
    while skip := _SKIP.match(text[start:end]):
        start += skip.end()
    if not opener:  # leading clauses that give reasons
        while (comma := text.find(",", start, end)) >= 0 and words.NOT_PLACES.search(
            re.sub(r"\([^()]*\)", "", text[start:comma])
        ):
            start = comma + 1
        while skip := _SKIP.match(text[start:end]):
            start += skip.end()
    while end > start and text[end - 1] in ",、;:":
        end -= 1
    listed = text[start:end]
    context = bool(_CONTEXT.match(listed)) or not words.HEADING_WORDS.sub(
        "", words.COUNT.sub("", words.LEVEL_RE.sub("", listed))
    )
    return start, end, context and len(listed) <= 60


def _opened(text: str, at: int, start: int) -> int:
    """Return where the 将 before a list stands (不将…划定为), or the list itself."""
    return start - 1 if start > at and text[start - 1] in "将把" else start


def _end_of_list(text: str, at: int, end: int) -> int:
    """Return where the places before a verb end: before 新增, 仍, 定于11月25日0时 and a denial."""
    while True:
        last = next(iter([*EFFECT_ANY.finditer(text, at, end)][-1:]), None)
        if (
            last
            and last.end() == end
            and re.search(r"[一-鿿0-9A-Za-z]{3}", text[at : last.start()])
        ):
            end = last.start()
        elif (found := words.BETWEEN.search(text, at, end)) or (
            found := words.DENIED.search(text, max(at, end - 12), end)
        ):
            end = found.start()
        else:
            return end


def _no_more(search: "_Search", at: int) -> Sentence | None:
    found = search(words.NO_MORE, at)
    level = words.level_of(found["from"]) if found else None
    if not found or level is Level.LOW:
        return None
    start, end, context = _before(search.text, at, found.start())
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
    start, end, context = _before(search.text, at, found.start())
    if context and from_level is None:
        named = words.LEVEL_RE.search(search.text, start, end)
        from_level = words.level_of(named.group()) if named else None
    return Sentence(
        order_of(from_level, to_level, found["to"]), (start, end), None, None, found.end(), context,
        _denied(search.text, at, found.start(), _opened(search.text, at, start)),
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
    order = order_of(None, to_level, found["to"])
    if found["verb"] in ("解除", "撤销", "退出"):
        if to_level is Level.LOW:
            return None
        order = order_of(to_level, Level.LOW, found["to"])
    denied = _denied(search.text, at, found.start())
    return Sentence(order, found.span("list"), None, None, found.end(), denied=denied)


def _off(search: "_Search", at: int) -> Sentence | None:
    found = search(_V_OFF, at)
    level = words.level_of(found["from"]) if found else None
    if not found or level is Level.LOW:
        return None
    start, end = found.span("list")
    return Sentence(
        order_of(level, Level.LOW, found["from"]), (start, end), None, None, found.end(),
        bool(_CONTEXT.match(found["list"])), _denied(search.text, at, found.start()),
    )  # fmt: skip


def _free(search: "_Search", at: int) -> Sentence | None:
    found = search(_V_FREE, at)
    if not found:
        return None
    level = words.level_of(found["from"]) if found["from"] else None
    if level is Level.LOW:
        return None
    start, end, context = _before(search.text, at, found.start())
    return Sentence(
        order_of(level, Level.LOW, found["from"]), (start, end), None, None, found.end(), context,
        _denied(search.text, at, found.start(), _opened(search.text, at, start)),
    )  # fmt: skip


def _again(search: "_Search", at: int) -> Sentence | None:
    found = search(_V_AGAIN, at)
    if not found:
        return None
    level = words.level_of(found["level"]) if found["level"] else None
    start, end, context = _before(search.text, at, found.start())
    order = Order(Act.RESTART, level, level, found["level"])
    verbs = (found.start(), found.end() - 4, _opened(search.text, at, start))
    denied = _denied(search.text, at, *verbs) or "不" in found.group() or "未" in found.group()
    return Sentence(order, (start, end), None, None, found.end(), context, denied)


def _shrunk(search: "_Search", at: int) -> Sentence | None:
    found = search(_V_SHRINK, at)
    if (
        not found
        or words.NOT_PLACES.search(found["new"])
        or not words.SUFFIX_END.search(found["new"].rstrip("。;,"))
    ):
        return None
    level = words.level_of(found["level"]) if found["level"] else None
    order = Order(Act.SHRINK, level, level, found["level"])
    denied = _denied(search.text, at, found.start()) or bool(words.DENIED.search(found["old"]))
    return Sentence(order, found.span("old"), found.span("new"), None, found.end(), denied=denied)


def _kept(search: "_Search", at: int) -> Sentence | None:
    found = search(_V_KEEP, at)
    to_level = words.level_of(found["to"]) if found else None
    if not found or to_level is None:
        return None
    start = found.start("list")
    end = _end_of_list(search.text, start, found.end("list"))
    denied = _denied(search.text, at, found.start(), found.end("list"))
    return Sentence(
        order_of(None, to_level, found["to"]), (start, end), None, None, found.end(),
        bool(_CONTEXT.match(found["list"])), denied,
    )  # fmt: skip
