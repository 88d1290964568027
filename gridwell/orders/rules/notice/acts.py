"""What a heading orders (划定、调整、解除、重新计算)."""

import re
from dataclasses import dataclass
from typing import Final

from gridwell.orders.rules.notice import words
from gridwell.orders.rules.notice.districts import Districts
from gridwell.orders.rules.notice.model import Act, Level
from gridwell.orders.rules.notice.times import EFFECT_ANY, Stated, effects_in
from gridwell.orders.rules.notice.words import LEVEL
from gridwell.places.rules.numerals import parse_int

_L: Final = LEVEL
CHANGE: Final = (
    r"(?:调整|划定|划分|划归|划入|划|确定|认定|判定|列入|列|设定|设|定|升级|提升|升|上调|新增|增|降级|降低|降|下调|调降|调升|转|恢复|调|"
    r"变更|改)"
)
_FROM_TO: Final = re.compile(
    rf"(?P<from>{_L})(?:名单|清单|的?(?:区域|地区|小区|点位))?(?:[(][^()]*[)])?{CHANGE}(?:为|至|到|成)(?P<to>{_L})"
)
_TO: Final = re.compile(rf"(?:{CHANGE}(?:为|至|到|成|出)|为|划定|新增|新划定)(?P<to>{_L})")
_OFF: Final = re.compile(
    rf"(?:解除|退出|撤销|取消|调出|解封)的?(?P<a>{_L}|封控|管控)?|(?P<b>{_L}).{{0,4}}(?:解除|退出|撤销|取消|调出)"
)
VERB: Final = re.compile(rf"{CHANGE}|解除|退出|撤销|取消|调出|解封|新增|重新")
_RESTART: Final = re.compile(r"重新(?:开始)?(?:计算|起算|计时)")

#: What only tells which zones there are already.
_KEPT: Final = re.compile(r"保留|维持|继续|延长|延续|保持|不变|现有|尚有|目前")
_PUT_BEFORE: Final = re.compile(
    r"(?:原|此前|之前|前期|已经?)(?:被)?划定的?(?=高|中|封控|管控|风险)"
)


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
        from_level = None if from_level is Level.LOW else from_level
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
    if _KEPT.search(text) and not VERB.search(text):
        return None  # 保留的高风险区: open before, and nothing changes
    if _PUT_BEFORE.search(text):
        return None  # 原划定的高风险区: what was, until a verb behind the list says more
    if any(words.DENIED.search(text[: verb.start()]) for verb in VERB.finditer(text)):
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
        named = words.LEVEL_RE.search(text, off.end())  # 撤销下列点位高风险区
        word = off["a"] or off["b"] or (named.group() if named else None)
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
    street: str | None = None


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


#: What makes a line without a level a heading where the notice has told what it orders.
_GOES_ON: Final = re.compile(
    r"区域|地区|小区|范围|调整|名单|^(?:新增|新划定|增加|解除|撤销|取消|下调|降级)"
)


#: 对凤凰街下列区域: a street that the list below is of.
_OF_STREET: Final = re.compile(
    r"(?:^|,)现?对(?P<name>[一-鿿]{2,7}?(?:街道|街|镇|乡|社区))(?=(?:辖区|范围|境)?内?的?(?:以下|下列|如下|下述))"
)


def _heading(head: str, districts: Districts, length: int, go_on: bool) -> Heading | None:
    if words.NOT_PLACES.search(head) and words.MEASURE.search(head):
        return None
    order = order_in(head)
    if order is None and not (go_on and _GOES_ON.search(head)):
        return None
    rest = words.NO_MORE.sub("", EFFECT_ANY.sub("", head))
    rest = words.LEVEL_RE.sub("", rest)
    rest = words.COUNT.sub("", rest)
    district = street = None
    if named := _OF_STREET.search(rest):  # 对凤凰街下列区域解除高风险区:
        street, rest = named["name"], rest[: named.start("name")] + rest[named.end("name") :]
    if words.HEADING_WORDS.sub("", rest):
        lead = re.match(r"[,:、]*(?:将|由|对|在|新增|划定)*", rest)
        name, end = districts.take(rest[lead.end() if lead else 0 :])
        rest = rest[(lead.end() if lead else 0) + end :]
        district = name
        if words.HEADING_WORDS.sub("", rest):
            return None
    effects = effects_in(head)
    return Heading(order, count_in(head), effects[0] if effects else None, district, length, street)
