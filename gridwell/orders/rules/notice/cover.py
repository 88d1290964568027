"""What the walk passed over: clauses with an act or a place that nothing it found covers."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import Final

from gridwell.orders.rules.notice import words
from gridwell.orders.rules.notice.beside import is_standstill
from gridwell.orders.rules.notice.found import Scan
from gridwell.orders.rules.notice.looks import is_talk
from gridwell.orders.rules.notice.model import SpanKind
from gridwell.orders.rules.notice.source import Piece
from gridwell.orders.rules.notice.units import Unit

#: An act upon a place, whether the reader knows it as an order or not.
_ACT: Final = re.compile(
    r"划定|划为|划入|划归|列为|列入|纳入|定为|新增|升为|升级|提级|降为|降至|下调|上调|调整[为至到]|调[为出]|转为|恢复|"
    r"解除|解封|解控|撤销|取消|退出|废止|终止|维持|保持|延长|延续|不变|不再|除外|不含|不包括|重新|"
    r"(?:实行|实施|采取|进行|按照?).{0,12}(?:封控|管控|静态管理|静默|风险)|(?:封控|管控|静态|静默)管理"
)
_NAMED: Final = re.compile(
    r"[一-鿿]{2}(?:小区(?!域)|花园|家园|公寓|大厦|公馆|宿舍|家属院|新村|新苑|[0-9一二三四五六七八九十]{1,2}期|(?<![乡农一本各我])村(?![民委镇口])|[苑](?![一-鿿]))"
)
#: Names that stand for any place of their kind.
_ANY_PLACE: Final = re.compile(
    r"(?:各|本|该|我|的|类|等|同|原|任何|每个|所在|居住|居民|全体|住宅|封控|管控|相关|涉及的?|开放式|老旧|城中|自然|行政|无物业)(?:小区|村)"
)
_SIGNED_OFF: Final = re.compile(r"^[^关]{0,24}(?:撤销|取消|废止|终止|更正|停止)[^关]{0,24}关于")
#: 划定为高风险区(仅2单元), …,包括底商: says more of the place before the verb.
_NOTE_BEHIND: Final = re.compile(
    rf"(?:管理|管控|措施|范围)*\((?=[^()]*(?:{words.PLACE_SIGN.pattern}|底商|除外))[^()]*\)"
)
#: A fixed end of a zone, which the reading has no room for.
_END: Final = (
    rf"(?:(?:20[0-9]{{2}}年)?{words.NUMBER}月{words.NUMBER}[日号]|{words.NUMBER}日(?=[0-9]{{1,2}}[时点:]))"
    r"(?:[0-9]{1,2}[时点](?:[0-9]{1,2}分)?|[0-9]{1,2}:[0-9]{2})?"
)
_UNTIL: Final = re.compile(
    rf"(?:(?:有效|管控|封控|管理|执行)(?:期限?|时间|时限)[^,。;]{{0,40}}?)?(?:至|到|截至|截止){_END}(?:止|结束|解除|为止)?"
    r"|(?:有效|管控|封控|管理|执行)?(?:期限?|时间|时限)?(?:暂定|为期|共计?)[0-9一二三四五六七八九十]{1,3}(?:天|日|个?小时)"
)
#: 以上管控自即日起生效,至11月30日14时止: the same said of all that stands above.
_OF_ALL: Final = re.compile(r"(?:以上|上述|本通告|管控|封控|管理)")
_UNTIL_SAID: Final = re.compile(rf"(?:至|到){_END}(?:止|结束|解除|为止)")
#: What can only be an order, whatever else its sentence tells.
_SURE: Final = re.compile(
    rf"重新(?:开始)?(?:计算|起算|计时)|(?:划定|划|定|列|升|降|调|调整)(?:为|至|到|成){words.LEVEL}|(?:解除|退出|撤销|取消)(?:{words.LEVEL}|封控|管控)"
)
_COUNT_NOTE: Final = re.compile(rf"^\((?:共|共计|合计|计)?{words.NUMBER}[个处]")
_ANY: Final = re.compile(r".+")
_ONLY: Final = re.compile(
    rf"^(?:仅限?|只|含|包括|包含|其中)[^,。;]{{0,30}}?(?:{words.PLACE_SIGN.pattern}|底商)"
)
_STORY: Final = re.compile(r"居住[于在]|住址|去过|到过|来过|转运|报备")
_REASON: Final = re.compile(r"^(?:因|由于|鉴于|根据|按照|经)")


def passed_over(found: Scan) -> list[Piece]:
    """Return what must not vanish: clauses that seem to order something and were not understood."""
    taken = _Ranges(_taken(found))
    ordered = _Ranges(found.taken)
    known = _Ranges(piece for piece, kind in found.marks if kind in _COVERING)
    out: list[Piece] = []
    for index, unit in enumerate(found.units):
        if unit.over or unit.row:
            continue
        if not any(p.search(unit.text) for p in (_ACT_OR_PLACE, _UNTIL_SAID, _OTHERS_END)):
            continue
        if _is_title(unit):
            continue
        free = not (taken.touch(unit.piece) or known.touch(unit.piece))
        if free and is_standstill(unit.text):  # with the list behind its colon
            out.append(unit.piece)
            continue
        if free and _surely_orders(unit.text):
            out.append(unit.piece)
            continue
        if until := _until(unit.text, ordered=ordered.touch(unit.piece), free=free):
            out.append(unit.piece.cut(*until.span()))
        for clause in _clauses(unit.piece):
            if taken.touch(clause):
                clause = taken.behind(clause)
                if not (note := _NOTE_BEHIND.match(clause.text)):
                    note = (
                        None if not words.ADDRESS.search(clause.text) else _ANY.match(clause.text)
                    )
                if note and not _COUNT_NOTE.search(note.group()):
                    out.append(clause.cut(*note.span()))
                continue
            if known.touch(clause):
                continue
            if is_standstill(clause.text) or _orders(clause.text, inside=index >= found.first):
                out.append(clause)
    return out


def _until(text: str, *, ordered: bool, free: bool) -> re.Match[str] | None:
    """Return the fixed end that an order, or a sentence about all of them, states.

    注:其余已解除 is the same kind of thing: an end of what is not named here.
    """
    if ordered:
        return _UNTIL.search(text)
    if free and (others := _OTHERS_END.search(text)):
        return others
    return _UNTIL_SAID.search(text) if free and _OF_ALL.match(text) else None


#: 注:其余已解除: of every zone that is not named.
_OTHERS_END: Final = re.compile(
    r"(?:其余|其他|其它|剩余|所有)(?:的|各)?(?:高风险区|中风险区|风险区|封控区|管控区|区域|点位|小区)?(?:现|已|均|全部|都|同时)*(?:予以)?(?:解除|解封)(?!条件|后|前)"
)
_ACT_OR_PLACE: Final = re.compile(
    f"{_ACT.pattern}|{words.ADDRESS.pattern}|{_NAMED.pattern}|{words.UNKNOWN_ORDER.pattern}"
)
_COVERING: Final = (SpanKind.ITEM, SpanKind.HEADING, SpanKind.UNREAD)


def _taken(found: Scan) -> Iterator[Piece]:
    yield from found.taken
    yield from found.unread
    for section in found.sections:
        for block in section.blocks:
            yield from (line.piece for line in block.lines)
            yield from (p for p in (block.remains, block.whole) if p)


class _Ranges:
    """Stretches of the source, asked whether a piece meets any."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        spans = sorted((p.at[0], p.at[-1]) for p in pieces if p.at)
        self._starts = [start for start, _end in spans]
        self._ends: list[int] = []
        for _start, end in spans:  # the furthest end so far: stretches may lie in one another
            self._ends.append(max(end, self._ends[-1]) if self._ends else end)

    def behind(self, piece: Piece) -> Piece:
        """Return what of a piece stands behind the last stretch that begins before its end."""
        end = self._ends[bisect_right(self._starts, piece.at[-1]) - 1]
        return piece.cut(bisect_right(piece.at, end))

    def touch(self, piece: Piece) -> bool:
        """Return whether a stretch begins before the piece ends and ends behind its beginning."""
        index = bisect_right(self._starts, piece.at[-1])
        return index > 0 and self._ends[index - 1] >= piece.at[0]


def _clauses(piece: Piece) -> Iterator[Piece]:
    """Yield the clauses of a unit; a comma in brackets or quotes divides none."""
    start = depth = 0
    for found in re.finditer(r"[()《》“”,;。:]", piece.text):
        sign = found.group()
        if sign in "(《“":
            depth += 1
        elif sign in ")》”":
            depth = max(0, depth - 1)
        elif depth == 0:
            if found.start() > start:
                yield piece.cut(start, found.start())
            start = found.end()
    if start < len(piece):
        yield piece.cut(start)


def _is_title(unit: Unit) -> bool:
    text = unit.text
    return bool(words.TITLE.search(text)) and not (
        text.endswith("。") or _SIGNED_OFF.search(text) or len(text) > 80
    )


def _surely_orders(text: str) -> bool:
    return bool(_SURE.search(text) and words.ADDRESS.search(text)) and not (
        words.TITLE.search(text) or words.JUNK.search(text)
    )


def _orders(text: str, *, inside: bool) -> bool:
    """Return whether a clause seems to order something; `inside` tells that orders stand above it."""
    if _SURE.search(text) and re.search(r"重新(?:开始)?(?:计算|起算|计时)", text):
        return True
    if is_talk(text) or words.CASE_TALK.search(text) or _STORY.search(text):
        return False
    if inside and _ONLY.search(text) and not words.MEASURE.search(text):
        return not words.LEVEL_RE.search(text)
    if words.OF_ALL.search(text):
        return True
    address = bool(words.ADDRESS.search(text))
    named = address or bool(_NAMED.search(_ANY_PLACE.sub("", text)))
    if not named:
        return False
    if _REASON.match(text) and not words.LEVEL_RE.search(text):
        return False
    if _ACT.search(text):
        return address or not words.MEASURE.search(text)
    if words.MEASURE.search(text):
        return False
    return address or (
        inside
        and len(text) <= 30
        and bool(words.SUFFIX_END.search(text))
        and not words.NOT_PLACES.search(text)
        and not words.JUNK.search(text)
    )
