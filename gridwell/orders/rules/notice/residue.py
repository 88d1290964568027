"""What would vanish: names of places that stand in no item, exception or question (遗漏核对).

The reader takes lists out of sentences and places out of lists. Whatever the rules before have
missed, two things are checked at the end: every word of an item is in one of its places, and every
place that an ordering sentence or heading names is in an item, a rest or an unread part.
"""

import re
from collections.abc import Iterable
from typing import Final

from gridwell.orders.rules.notice import words
from gridwell.orders.rules.notice.cuts import Cut
from gridwell.orders.rules.notice.found import Scan
from gridwell.orders.rules.notice.looks import is_talk
from gridwell.orders.rules.notice.model import Group, Item, Place, SpanKind
from gridwell.orders.rules.notice.source import Piece
from gridwell.places.rules.numerals import parse_int

_MENTION: Final = re.compile(
    r"[一-鿿0-9A-Za-z]{2,12}?(?:街道(?!办)|[镇乡](?![一-鿿]{0,2}(?:街道|政府))|社区|小区|花园|家园|公寓|大厦|公馆|宿舍|家属院|新村|苑|"
    r"市场|广场|商场|超市|学校|医院|酒店|宾馆|工地|厂区|(?:路|街|巷|弄)[0-9]{1,4}号|[0-9]{1,3}(?:号楼|栋|幢|座|单元)|号院|"
    r"(?<![乡农一本各我])村(?![民委镇口里])|(?:大街|大道|胡同|(?<![铁公道])路|巷)(?=[、,;。和及与内]|以[东南西北]|沿线|全))"
)
#: Clauses that give a reason, tell a case, say what to do or who signs: they place nothing.
_NO_ORDER: Final = re.compile(
    r"^(?:因|由于|鉴于|根据|按照|经|为|请|凡|对于|如)|连续|无新增|未发现|符合|满足|达到|报告|检出|出现|发现|病例|感染|密接|轨迹|联系|电话|"
    r"指挥部|领导小组|委员会|居委会|办事处|政府|研判|评估|居民应|所有人员|途经|去过|到过|旅居|就近|采样点|附[件表图]|通告|公告|"
    r"所在的?(?:街道|社区|村|小区)|(?:向|由)(?:所在|居住|属地)?[^,。;]{0,8}(?:社区|村|街道)|各(?:街道|社区|村|乡|镇)|[本我该]|不变|仍为|仍然|继续(?:保留|执行|实行)"
)
#: 农贸市场 is a part of many names.
_TRADE: Final = re.compile(r"(?:市场|广场|商场|超市|学校|医院|酒店|宾馆|工地|厂区)$")
#: 东坊街道高风险区调整情况: above its list.
_CAPTION: Final = re.compile(r"(?:如下|情况|名单|明细|清单|一览表)$")
_ANY_PLACE: Final = re.compile(
    r"(?:各|本|该|我|的|类|等|同|原|任何|每个|所在|居住|居民|全体|住宅|封控|管控|相关|涉及的?|开放式|老旧|城中|自然|行政|以下|下列|部分|其他|其它|其余|所有|几个|[两二三四五六七八九十]|上述|以上|[0-9]个|属地)"
    r"(?:街道|社区|小区|村|镇|乡|市场|广场|路|宿舍|公寓|学校|医院|超市|商场|酒店|宾馆)$"
)
#: What an item says beside names: joints, exceptions, notes of when and how many.
_FILLER: Final = re.compile(
    r"[0-9]{1,4}(?:年|月|日|时|点|分)|(?:不|未)?(?:包括|包含|含)|除外|以外|之外|所在(?:的?(?:单元|楼栋?|整栋楼))?|区域|范围|全部|全域|全境|整(?:个|栋|幢|楼|座|单元)|全[镇乡村区]|"
    r"部分|所有|其[余他它]|以及|及其|合围|其中|但是?|新增|原|现|续|同前|已发布|已划定|发布|划定|涉及到?|辖区|境内|内的?|"
    r"[第和及与至到除外的等含共计其处个之附内号楼栋幢座层单元排组室户弄院门房队社期区年月日]"
)
#: Brackets that tell of the place and do not narrow it, quotes, and what cities stand before.
_TELLS: Final = re.compile(
    r"\((?:[^()]*(?:[0-9]{1,2}[月日时]|20[0-9]{2}|[0-9]+(?:户|人|个|处|名|例)|发布|划定|公布|电话)[^()]*"
    r"|[0-9]{1,3}|原[^()]*|双向|单向|东西|南北|全[村镇乡域境])\)"
    r"|[“”\"‘’:]|[0-9]{1,3}-[0-9]{1,2}-[0-9]{2,4}室?所在"
    r"|(?:^|(?<=[、,和及 ]))(?:[一-鿿]{2,7}?[市州盟])?[一-鿿]{2,6}?[市区县旗](?=[一-鿿]{2})"
)
_LEFT: Final = re.compile(r"[一-鿿]{2,}|[0-9]+")
_NUMBER: Final = re.compile(r"[0-9]+|[一二三四五六七八九十]+")


def lost_words(item: Item, text: str, district: str | None) -> str:
    """Return what an item names and none of its places or exceptions has, or nothing.

    `text` is folded. A boundary holds its whole text, so nothing of it is lost.
    """
    if item.boundary is not None:
        return ""
    left = text
    found = (*item.places, *item.exceptions)
    for name in sorted({n for place in found for n in _names(place)}, key=len, reverse=True):
        left = _without(left, name)
    if ("(" in text and _TWICE.search(text)) or any(map(_is_torn, found)):
        return text
    if not left.strip():
        return ""
    left = _TELLS.sub(" ", left)
    if district:
        left = left.replace(district, " ")
    left = _FILLER.sub(" ", left)
    if not _LEFT.search(left):
        return ""
    known = {number for place in found for number in _NUMBER.findall(_said(place))}
    left = _NUMBER.sub(lambda m: " " if _number_known(m.group(), known) else m.group(), left)
    lost = _LEFT.search(left)
    return lost.group() if lost else ""


#: 飞虹小区(除3号楼外,3号楼仅1单元除外): what is let go of what is let go; and a number as a name.
_TWICE: Final = re.compile(
    r"\([^()]*(?:除(?!外)|不含|不包括)[^()]*(?:仅|只|但|除外|不含|不包括|保留)[^()]*[,;]?[^()]*\)"
)
_NUMERAL: Final = re.compile(r"[0-9]{1,3}|[一二三四五六七八九十]{1,3}")
#: 以东与柳林街道锦绣苑: a name that holds a second place.
_SWALLOWED: Final = re.compile(r"[一-鿿]{2,}街道|^以[东南西北]")


def _is_torn(place: Place) -> bool:
    compound, site = place.compound, place.site
    if (compound and _SWALLOWED.search(compound)) or (site and _NUMERAL.fullmatch(site)):
        return True
    names = (place.subdistrict, place.road, compound)
    return any(name and _JOINED.search(name) for name in names)


#: 和平里和东坊街道, 大柳村三组与内环街: two names taken for one.
_JOINED: Final = re.compile(
    r"[里村苑园区楼号院组栋座层](?:以及|[和与及])[一-鿿]{2}.*[街道镇乡路]|(?:楼|院|组|单元|栋)以及"
)


def _without(text: str, name: str) -> str:
    """Return a text without a name; of one that is put together (南区 of 飞虹小区), without both parts."""
    if name in text:
        return text.replace(name, " ")
    for length in range(len(name) - 1, 1, -1):
        if name[:length] in text:
            return _without(text.replace(name[:length], " "), name[length:])
    return text.replace(name, " ")


def _names(place: Place) -> Iterable[str]:
    names = (place.subdistrict, place.community, place.road, place.compound, place.site)
    yield from (name for name in names if name)
    yield from (part for part in (place.building, place.unit, place.row) if part)


def _said(place: Place) -> str:
    return " ".join(str(value) for value in place.to_json().values() if value)


def _number_known(number: str, known: set[str]) -> bool:
    value = parse_int(number)
    return number in known or (value is not None and str(value) in known)


def left_over(found: Scan, cuts: list[Cut], groups: Iterable[Group]) -> list[Piece]:
    """Return the names of places in ordering sentences and headings that nothing holds."""
    if not found.units:
        return []
    size = len(found.units[0].piece.source.folded.text)
    held = bytearray(size)
    texts: list[str] = []
    for piece in _holding(found, cuts):
        if piece.at:
            held[piece.at[0] : piece.at[-1] + 1] = b"\x01" * (piece.at[-1] + 1 - piece.at[0])
            texts.append(piece.text)
    for piece, kind in found.marks:
        if kind is SpanKind.HEADING and 0 < len(piece) <= 4:  # the number of a point
            held[piece.at[0] : piece.at[-1] + 1] = b"\x01" * (piece.at[-1] + 1 - piece.at[0])
    spoken = "\n".join([*texts, *_named_in(found, groups)])
    out: list[Piece] = []
    first, last = max(0, found.first - 1), min(len(found.units), found.last + 1)
    if found.emergencies:  # nothing tells where the orders of such a paper begin and end
        first, last = 0, len(found.units)
    for index in range(first, last):
        unit = found.units[index]
        if unit.row or unit.over or words.TITLE.search(unit.text) or words.JUNK.search(unit.text):
            continue
        out += _unheld(unit.piece, held, spoken)
    return out


def _holding(found: Scan, cuts: list[Cut]) -> Iterable[Piece]:
    for cut in cuts:
        yield from cut.items
        yield from (p for p in (cut.block.left_out, cut.block.remains, cut.block.whole) if p)
    for section in found.sections:
        if section.all_but is not None:
            yield section.all_but
    yield from found.unread


def _named_in(found: Scan, groups: Iterable[Group]) -> Iterable[str]:
    """Yield every name that the items bear, of themselves or from the heading above them."""
    for group in groups:
        yield group.district or ""
        for item in group.items:
            for place in (*item.places, *item.exceptions):
                yield from _names(place)
    for section in found.sections:
        yield section.district or ""
    yield from (name or "" for name, _piece in found.rest)


def _unheld(piece: Piece, held: bytearray, spoken: str) -> list[Piece]:
    out = []
    for clause in re.finditer(r"[^,。;:!]+", piece.text):
        text = clause.group()
        at = clause.start()
        if held.find(0, piece.at[at], piece.at[clause.end() - 1] + 1) < 0:
            continue
        for match in _MENTION.finditer(text):
            if held[piece.at[at + match.end() - 1]]:
                continue
            name = match.group()
            key = name[-5:] if _TRADE.search(name) else name[-4:]
            if key in spoken or _ANY_PLACE.search(name):
                continue
            if _CAPTION.search(text) and not re.search("[、和及与]", text):
                break  # what all of the list is of
            if _NO_ORDER.search(text) or words.MEASURE.search(text) or is_talk(text):
                break
            out.append(piece.cut(at, clause.end()))
            break
    return out
