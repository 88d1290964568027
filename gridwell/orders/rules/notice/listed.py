"""Where the places before a verb stand in a sentence, and the level printed with them."""

import re
from typing import Final

from gridwell.orders.rules.notice import words
from gridwell.orders.rules.notice.model import Level
from gridwell.orders.rules.notice.times import DATE_PLAIN, EFFECT_ANY
from gridwell.orders.rules.notice.words import LEVEL

_L: Final = LEVEL
CONTEXT: Final = re.compile(
    r"^(?:(?:全市|全区|全县|我市|我区|我县|本市|本区|辖区|[一-鿿]{1,6}[市区县旗]|[一-鿿]{1,6}(?:街道|镇|乡)[、和及]?)*(?:内|的)?)*"
    r"(?:以下|下列|上述|部分|如下|相关|有关|下述|下表|附表|附件|这些|这几)"
)
#: Not the 将 of a name (将军街道, 、将台路) nor that of what is to come (将于).
_OPEN: Final = re.compile(
    r"(?<![、和及与/道镇乡的内街路])将(?!于|根据|按|依|视|会|进一步|对|台(?=路|街|镇|乡|村|社区)|军(?=街|路|镇|乡|山|庙|村|大道|社区|小区|府|苑|花园|巷|里|坊|庄|台|桥|[东西南北]))|把"
)
#: 将涧河区2个、洛水区1个高风险区降为…: which these are stands behind.
_COUNTED_ONLY: Final = re.compile(
    rf"(?:[一-鿿]{{2,8}}[区县旗市](?:的|内)?{words.NUMBER}[个处][、,和及]?)+(?:的|原|现有)?(?:{LEVEL})?"
)
_CLAUSE_END: Final = re.compile(r"[,;]")
_SKIP: Final = re.compile(
    r"^(?:(?:新增|新划定|划定|增加|解除|撤销|取消|调整):|经.{0,20}?(?:研判|评估|研究|同意|批准)|决定|研究决定|同意|批准|划定|通告如下|如下|其中|同时|另外|此外|据通告|现|对|将(?!军|台路)|把|在(?=[一-鿿]{2,7}?(?:街道|镇|乡|社区|小区|村|路|街))|[我本](?:社区|街道|镇|乡|区|县|市)|[,:;、。\"“”]|一是|二是|三是)+"
)
LEVEL_BEHIND: Final = re.compile(rf"(?:的|原|现有)?(?P<l>{_L})(?:的|管控|管理|划定|范围){{0,2}}$")
_LEVEL_BEFORE: Final = re.compile(rf"(?:原有|现有|原|现)?(?P<l>{_L}):?")


#: 10月20日划定的飞虹小区, 飞虹小区10月20日划定的: when it was put there, no part of the name.
_HISTORY: Final = (
    rf"(?:于|在)?{DATE_PLAIN}(?:[0-9]{{1,2}}[时点])?起?(?:所|被|已)?"
    r"(?:划定|公布|发布|确定|列入|列为|划为|新增|设定|划分)的?"
)
_HISTORY_AHEAD: Final = re.compile(rf"^{_HISTORY}(?=[一-鿿])")
_HISTORY_BEHIND: Final = re.compile(rf"(?<=[一-鿿0-9)]){_HISTORY}$")


def without_history(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a list without the words that tell since when its places are what they were."""
    if ahead := _HISTORY_AHEAD.match(text[start:end]):
        start += ahead.end()
    if behind := _HISTORY_BEHIND.search(text[start:end]):
        end = start + behind.start()
    return start, end


def before(text: str, at: int, end: int) -> tuple[int, int, bool]:
    """Return where the list before a verb begins and ends, and whether it only announces."""
    end = end_of_list(text, at, end)
    part = text[at:end]
    start = at
    opener = next(iter([*_OPEN.finditer(part)][-1:]), None)
    effect = next(iter([*EFFECT_ANY.finditer(part)][-1:]), None)
    if opener:
        start = at + opener.end()
    elif effect and not re.match(
        r"[前后内]|(?:所|被|已)?(?:划定|公布|发布|确定|列入|列为|划为|新增)的", part[effect.end() :]
    ):
        start = at + effect.end()
    while skip := _SKIP.match(text[start:end]):
        start += skip.end()
    if not opener:  # leading clauses that give reasons
        while (comma := _CLAUSE_END.search(text, start, end)) and words.NOT_PLACES.search(
            re.sub(r"\([^()]*\)", "", text[start : comma.start()])
        ):
            start = comma.end()
        while skip := _SKIP.match(text[start:end]):
            start += skip.end()
    while end > start and text[end - 1] in ",、;:":
        end -= 1
    start, end = without_history(text, start, end)
    listed = text[start:end]
    context = bool(
        CONTEXT.match(listed) or _COUNTED_ONLY.fullmatch(listed)
    ) or not words.HEADING_WORDS.sub("", words.COUNT.sub("", words.LEVEL_RE.sub("", listed)))
    return start, end, context and len(listed) <= 60


def opened(text: str, at: int, start: int) -> int:
    """Return where the 将 before a list stands (不将…划定为), or the list itself."""
    return start - 1 if start > at and text[start - 1] in "将把" else start


def end_of_list(text: str, at: int, end: int) -> int:
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


def leveled(text: str, start: int, end: int) -> tuple[int, int, Level | None, str | None]:
    """Return the places without the level printed with them (原…高风险区), and that level."""
    listed = text[start:end]
    if found := LEVEL_BEHIND.search(listed):
        end = start + found.start()
    elif found := _LEVEL_BEFORE.match(listed):
        start += found.end()
    else:
        return start, end, None, None
    if re.match(r"原(?![平州阳野])", text[start:end]):
        start += 1
    return start, end, words.level_of(found["l"]), found["l"]
