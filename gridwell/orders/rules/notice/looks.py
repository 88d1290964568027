"""What a line looks like: a place, a list of places, the name of an area."""

import re
from typing import Final

from gridwell.orders.rules.notice import words
from gridwell.orders.rules.notice.districts import SUBDISTRICT, Districts
from gridwell.orders.rules.notice.model import Level
from gridwell.orders.rules.notice.source import Piece
from gridwell.orders.rules.notice.times import EFFECT_ANY, MOMENT
from gridwell.places.rules.numerals import parse_int


def place_like(text: str, districts: Districts, *, strict: bool, open_list: bool = False) -> bool:
    """Return whether a line can be a place or a list of places.

    A short name that has none of the endings of places (首府观邸) passes only inside an open list.
    """
    plain = re.sub(r"\([^()]*\)", "", text)
    plain = words.REST.sub("", plain)
    if words.JUNK.search(plain) and not words.ADDRESS.search(plain):
        return False
    if words.NOT_PLACES.search(plain) or words.CASE_TALK.search(plain):
        return False
    if not re.search(r"[一-鿿0-9A-Za-z]{2}", plain) or re.search(r"[A-Za-z]{5,}", plain):
        return False
    if words.ADDRESS.search(plain) or words.SUFFIX_END.search(plain.rstrip("。;,、")):
        return True
    if (
        districts.take(plain)[0]
        or (SUBDISTRICT.match(plain) and len(plain) <= 40)
        or is_list(plain)
        or len(words.BOUNDARY.findall(plain)) >= 2
    ):
        return True
    return not strict and 2 <= len(plain) <= 24 and open_list


def is_list(text: str) -> bool:
    """Return whether a line is several places divided by commas."""
    parts = [p for p in re.split(r"[,;]", re.sub(r"\([^()]*\)", "", text).rstrip("。;,")) if p]
    return (
        len(parts) >= 2
        and all(2 <= len(p) <= 60 for p in parts)
        and not words.NOT_PLACES.search(text)
    )


_IN_FORCE: Final = re.compile(
    r"^(?:自|从)[^,。;]{4,24}起[。;]?$|^(?:生效|执行|实施|起始|开始|划定|调整|管控)?时间:?|^(?:以上|上述|本).{0,40}(?:执行|生效|施行|实施|起)|^(?:自|从|即日|20[0-9]{2}年|[0-9]{1,2}月).{0,24}起?(?:执行|生效|施行|实施|实行)[。.]?$"
)
_STATED: Final = re.compile(
    rf"(?:[一-鿿]{{4,40}}|[一-鿿]{{0,8}}时间:?)?(?:{EFFECT_ANY.pattern})(?:返回.*)?"
)
#: Who signs a notice of another kind: 东湖区应急管理局.
_OFFICE: Final = re.compile(
    r"[一-鿿]{2,7}(?:省|市|区|县|旗|镇|乡|街道|社区)[一-鿿]{0,12}(?:局|厅|委|中心|支队|居委会|居民委员会|村委会|村民委员会|管委会|办事处)"
)
_ORG: Final = re.compile(r"(?:指挥部|领导小?组|办公室|防控办|人民政府|委员会)$")


def in_force(text: str) -> bool:
    """Return whether a sentence says only from when the orders hold (以上区域自即日起执行)."""
    return bool(_IN_FORCE.search(text))


def is_furniture(text: str, *, point: bool, listing: bool) -> bool:
    """Return whether a line orders nothing: page furniture, a measure, a title, a running total.

    `point` tells that it is a numbered point, `listing` that a list is open above it.
    """
    address = bool(words.ADDRESS.search(text))
    if words.TITLE.search(text) or re.fullmatch(
        r"附[件表录]?[0-9一二三四五六七八九]?[:.、]?", text
    ):
        return True
    if words.MEASURE.search(text) and not (address and len(text) < 80 and not text.endswith("。")):
        return True
    if not point and (_STATED.fullmatch(text) or MOMENT.fullmatch(text)):
        return True
    return not address and bool(
        _IN_FORCE.search(text)
        or (words.RUNNING.search(text) and words.LEVEL_RE.search(text))
        or (words.JUNK.search(text) and not (listing and is_list(text)))
        or (len(text) <= 50 and _ORG.search(text))
        or (not (point or listing) and _OFFICE.fullmatch(text))
    )


def is_talk(text: str) -> bool:
    """Return whether a line tells a case history or where to go, or belongs to the page."""
    return bool(
        words.CASE_TALK.search(text)
        or words.JUNK.search(text)
        or re.search(r"地址|采样点|接种点|检测点|电话|门诊", text)
    )


def ends_list(above: str, text: str) -> bool:
    """Return whether a line can end the wrapped list above it (…阳光雅⏎居(除8号楼外)。)."""
    plain = re.sub(r"\([^()]*\)", "", text)
    return (
        above[-1] not in "。;"
        and not re.match(r"附[件表录]", text)
        and not words.NOT_PLACES.search(plain)
        and not words.JUNK.search(plain)
        and (text[-1] in "。;,、" or bool(words.SUFFIX_END.search(text)))
    )


def worn_ordinal(
    text: str, expected: int, after: list[str], listing: bool
) -> tuple[str, int, int] | None:
    """Return the ordinal of a point whose dot is lost where points before or after have theirs."""
    found = re.match(r"([0-9]{1,2})(?=[一-鿿])(?!号|栋|幢|座|单元|[中小])", text)
    if not found or int(found.group(1)) != expected:
        return None
    goes_on = any(o and o[1] == expected + 1 for o in map(words.ordinal_of, after))
    return ("d", expected, found.end()) if listing or goes_on else None


_SPACED: Final = re.compile(
    r"(?P<d>[0-9]{1,2})(?=[一-鿿])(?!号|栋|幢|座|单元|[月日时])|(?P<cn>[一二三四五六七八九十]{1,2})(?=[一-鿿])"
)


def spaced_ordinal(piece: Piece, near: list[Piece]) -> tuple[str, int, int] | None:
    """Return the ordinal that only a space divides from its point (2 飞虹小区 near 1 and 3), or None."""
    found = _spaced(piece)
    if found is None:
        return None
    if found[0] == "cn":  # 二 解除高风险区
        is_heading = words.LEVEL_RE.search(piece.text) and not words.HEADING_WORDS.sub(
            "", words.COUNT.sub("", words.LEVEL_RE.sub("", piece.text[found[2] :]))
        )
        return found if is_heading else None
    beside = [one[1] for one in map(_spaced, near) if one and one[0] == "d"]
    return found if found[1] - 1 in beside or found[1] + 1 in beside else None


def _spaced(piece: Piece) -> tuple[str, int, int] | None:
    found = _SPACED.match(piece.text)
    if found is None or piece.gap_before(found.end()) != " ":
        return None
    return ("d" if found["d"] else "cn", parse_int(found.group()) or 0, found.end())


def rest_names(text: str) -> list[str]:
    """Return the areas that a sentence names whose rest is low (青禾区、望岳区除…外)."""
    text = re.sub(r"^.*(?:将|起,?|调整后|目前|当前)", "", text)
    text = re.sub(
        r"^(?:除|上述|以上|[^,]{0,40}?(?:区域|地区|小区|区|范围)?(?:以外|之外|外)[的,]*)+", "", text
    )
    names = [n for n in (rest_name(p) for p in re.split(r"[、,和及;]", text)) if n]
    names = [n for n in names if not words.NOT_PLACES.search(n) and not words.RUNNING.search(n)]
    names = [n for n in names if not re.fullmatch(r"[全我本][市区县]|辖区", n)]  # the issuer's own
    return [
        n for n in names if not re.search(r"[0-9]", n) and re.search(r"[区县市旗镇乡道州盟村]$", n)
    ]


def rest_name(text: str) -> str:
    """Return the bare name of an area whose rest is low (临湖镇全域( -> 临湖镇)."""
    text = re.sub(r"^(?:其他|其它|其余|剩余)(?:区域|地区|范围)?:", "", text)
    text = re.sub(r"^[:,、\s]+|[:,、(除]+$", "", text)
    text = re.sub(r"的?(?:其他|其它|其余|剩余)(?:所有)?(?:区域|地区|范围|地方)?$", "", text)
    text = re.sub(r"(?:全域|全境|辖区内?|所辖区域|范围内|内|其他|的)+$", "", text)
    return text.strip(":,、()")


_AREA_ONLY: Final = re.compile(r"(?:[一-鿿]{2,8}[市区县旗镇乡])+")


def names_no_place(text: str, listed: tuple[int, int], *, first: bool) -> bool:
    """Return whether an order belongs to a title: 大河市关于撤销高风险区的通知, 城关区划定高风险区."""
    places = text[slice(*listed)]
    if words.TITLE.search(text) and places.endswith("关于"):
        return True
    return first and text[-1] not in "。;:!" and bool(_AREA_ONLY.fullmatch(places))


_NAMED: Final = re.compile(
    rf"^(?:将|把|鉴于|因为|由于|因|对|针对|目前|截至目前|现|经.{{0,12}}?研判|[我本](?:[市区县镇乡村]|街道|社区))*(?:{EFFECT_ANY.pattern})?(?P<name>.{{3,120}}?)"
    rf"(?=(?:的|原|内)*(?:{words.LEVEL}|连续|因|由于|近|已|分别|先后|相继|均|未|无|出现|发现|发生|新增|符合|满足|达到|疫情|封控|管控|于[0-9]|自[0-9]|第[0-9]|[0-9]{{1,2}}月|在[0-9]|(?:划定|列|确定|调整|认定)为)|$)"
)


def named_before(piece: Piece) -> Piece | None:
    """Return the places that an earlier clause gives as the reason (鉴于…连续5天无新增), if just one.

    Clauses that are nothing but places go on in the next (飞虹小区1号楼,二期3栋已满足条件).
    """
    found: list[tuple[int, int]] = []
    whole: int | None = None  # where the last clause ended if it was places to its end
    for part in re.finditer(r"[^,。;:]+", piece.text):
        name = _NAMED.match(part.group())
        if name is None or words.CASE_TALK.search(name["name"]):
            continue
        text = name["name"]
        plain = re.sub(r"\([^()]*\)", "", text)
        if words.NOT_PLACES.search(plain) or words.TITLE.search(plain) or _ORG.search(plain):
            continue
        if words.ADDRESS.search(plain) or re.search(
            r"(?:小区|[一-鿿]村|花园|家园|苑|公寓|宿舍)$", plain
        ):
            start, end = part.start() + name.start("name"), part.start() + name.end("name")
            if found and whole == part.start() - 1 and name.start("name") == 0:
                found[-1] = (found[-1][0], end)
            else:
                found.append((start, end))
            whole = end if end == part.end() else None
    return piece.cut(*found[0]) if len(found) == 1 else None


_LEVEL_BEHIND: Final = re.compile(rf"(?<=[一-鿿]){words.LEVEL}(?=[、,;和及]|$)")
_LEVEL_NEXT: Final = re.compile(rf"[的原]?{words.LEVEL}")


def by_level(body: Piece, start: int, end: int) -> list[tuple[Level | None, Piece]]:
    """Return a list cut where its places have levels of their own (A小区高风险区、B苑中风险区)."""
    if behind := _LEVEL_NEXT.match(body.text, end):
        end = behind.end()
    listed = body.cut(start, end)
    found = [(m, words.level_of(m.group())) for m in _LEVEL_BEHIND.finditer(listed.text)]
    if len({level for _match, level in found}) < 2 or found[-1][0].end() < len(listed):
        return []
    at, out = 0, []
    for match, level in found:
        out.append((level, listed.cut(at, match.start()).strip("、,;和及")))
        at = match.end()
    return out


def district_before(text: str, districts: Districts) -> str | None:
    """Return the district of 自…起,临泽区新增高风险区3个:… that stands before the verb."""
    clause = re.split(r"[,。;]", text)[-1]
    clause = re.sub(r"^(?:在|将|对|现|同时)", "", clause)
    name, end = districts.take(clause)
    verb = re.match(
        r"(?:内|境内|辖区内?)?(?:共)?(?:新增|新划定|划定|增设|解除|撤销|取消)", clause[end:]
    )
    return name if name and verb else None
