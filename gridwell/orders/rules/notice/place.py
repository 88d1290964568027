"""One item taken apart into places (点位): road, estate, building, unit, floors, rooms."""

import re
from dataclasses import dataclass, replace
from typing import Final

from gridwell.orders.rules.notice import words
from gridwell.orders.rules.notice.districts import SUBDISTRICT, Districts
from gridwell.orders.rules.notice.model import Place, PlaceKind
from gridwell.orders.rules.notice.tail import (
    EXTRA,
    LIST,
    LONGEST_ITEM,
    LOOSE,
    SITE_END,
    Chain,
    first_level,
    is_bare,
    read_tail,
    runs_in,
    tail_start,
)

_ROOM_AT_END: Final = re.compile(r"(?<=[一-鿿])([0-9]{3,4})(?:-([0-9]{3,4}))?$")
_TRIPLE: Final = re.compile(r"([0-9]{1,3})-([0-9]{1,2})-([0-9]{1,4})$")
_NAMED_BLOCK: Final = re.compile(
    r"(?<=.)(?:综合|办公|宿舍|公寓|教学|商住|家属|住院|门诊|住宅|单身|[主副裙塔])楼$"
)
_ROAD: Final = re.compile(
    r"[一-鿿0-9]{1,12}?(?:大街|大道|(?<!街)道(?=[0-9]|$)|(?<![铁公网线道])路|街(?![道坊区])|巷|胡同|(?<=[0-9一二三四五六七八九十])条(?=[0-9一-鿿]))"
    r"(?:巷(?![口子里道])|(?![和与及](?!平|睦|谐|顺|美|义|兴))[一-鿿0-9]{1,5}?(?:巷|条|(?<![铁公])路|(?<!沿)街|段)(?![区道坊]))?"
    r"(?:[与和][一-鿿0-9]{1,10}?(?:路|大街|街|大道)(?=交|路口|[东西南北]{1,2}[角侧]))?"
    r"(?:(?:交叉口|交汇处|交口|路口)(?:[东南西北]{1,2}[角侧])?)?"
)
_DOOR: Final = re.compile(
    r"[0-9]{1,5}(?:号(?![楼栋幢门房院大])(?:之[一二三四五六七八九十0-9]{1,2}|附[0-9]{1,3}号?)?|弄)"
)
_YARD: Final = re.compile(r"[0-9一二三四五六七八九十甲]{1,5}号?(?:大院|院)(?![子士校])")
_INNER_LANE: Final = re.compile(
    r"([一-鿿]{2,8}?(?:新村|小区))([0-9一二三四五六七八九十东西南北华]{1,5}(?:巷|街|路))$"
)
_LANE_ALONE: Final = re.compile(r"[0-9]{1,5}(?:弄|号)|[0-9一二三四五六七八九十]{1,3}(?:巷|条|街)")
_GENERIC: Final = re.compile(
    r"(?:小区|社区|家园|宿舍|大院|家属院|市场|花园|广场|新村|公寓|大厦|[东西南北中A-Z]区|平房区?|[0-9一二三四五六]+期|地铁站|商圈|口|段)"
)
_COMMUNITY: Final = re.compile(r"[一-鿿0-9]{1,8}?(?:社区|居委会|村委会)")
_VILLAGE: Final = re.compile(
    r"[一-鿿]{1,7}?(?<!新)(?:自然村|行政村|村(?![民委镇里口一二三四五六七八九十0-9]))"
)
_TAG: Final = re.compile(r"已发布|已划定|^新增$|^原|^现|同前|^续")
_EXCEPT: Final = re.compile(
    r"(?:除|不含|不包括|不包含)(?P<a>.+?)(?:以外|之外|外)?$|(?:合围区?内)?(?P<b>.+?)(?:除外)$"
)
_EXCEPT_INLINE: Final = re.compile(
    r",?(?:除|不含|不包括)(?P<a>[^()]{1,60}?)(?P<b>以外|之外|外)(?:的?(?:其他|其它|其余)?(?:所有|全部)?(?:区域|地区|楼栋|部分|范围|地方)?)?$"
)
_EXCEPT_BEHIND: Final = re.compile(
    r"[,、](?:但是?)?(?:(?:暂?不含|暂?不包括|不包含)(?P<a>[^(),、;]{1,60})|(?P<b>[^(),、;]{1,40})除外)$"
)
#: 3号楼第5至8层: the sign of an ordinal says nothing of its own before a counted part.
_NTH: Final = re.compile(
    r"(?<![府门宅])第(?=[0-9一二三四五六七八九十]{1,3}(?:[、至到-]第?[0-9一二三四五六七八九十]{1,3})*(?:号楼|栋|幢|座|单元|层|排|村民小组|组(?!团)))"
)
#: 飞虹小区(北区)3号楼: a part of the estate, not a note about it.
_PHASE_NOTE: Final = re.compile(
    r"\(((?:[东南西北中]{1,2}|[A-Za-z0-9]{1,2}|[一二三四五六七八九十]{1,2})(?:区|期|院|苑))\)(?=[0-9A-Za-z一二三四五六七八九十]|$|[、,;])"
)
#: 4-2-301所在单元, 4-2-301所在楼: the unit or building of a door.
_WHERE: Final = re.compile(
    r"(?P<b>[0-9]{1,3})-(?P<u>[0-9]{1,2})-[0-9]{2,4}室?所在(?:(?P<w>单元)|楼栋?|整栋楼)$"
)
#: 东坊街道全域: the whole of what is named.
_WHOLE: Final = re.compile(
    r"(?<=[楼栋幢座元])(?:整[栋幢楼座]|全[栋幢楼]|[整全]单元|全部)$|(?<=[一-鿿0-9])(?:全部楼栋|所有楼栋|整个小区|全小区)$|(?<=[道镇乡村区舍])(?:全域|全境|全辖区|全部区域|全部)$"
)
_INCLUDE: Final = re.compile(r"(?:含|包括|包含)(.+)$")


@dataclass(frozen=True, slots=True)
class _Head:
    subdistrict: str | None = None
    community: str | None = None
    road: str | None = None
    compound: str | None = None
    site: str | None = None
    village: bool = False


@dataclass(frozen=True, slots=True)
class Parsed:
    """The places of an item, its exceptions, its boundary, and what the next item may inherit."""

    places: tuple[Place, ...]
    exceptions: tuple[Place, ...]
    boundary: str | None
    last: Place | None

    def unclear(self, plain: str) -> bool:
        """Return whether an item names what it is not, or lets go a part of one of several buildings."""
        if words.OTHER_THAN.search(plain) and not (self.exceptions and self.places):
            return self.boundary is None
        return unclear_exceptions(self.places, self.exceptions)


def unclear_exceptions(found: tuple[Place, ...], exceptions: tuple[Place, ...]) -> bool:
    """Return whether exceptions name a part of a building where the places are several (2、3号楼)."""
    parts = [e for e in exceptions if e.unit or e.floors or e.rooms or e.site]
    return any(len({p.building for p in found if p.compound == e.compound}) > 1 for e in parts)


def parse(text: str, districts: Districts, inherit: Place | None = None) -> Parsed:
    """Return what a folded item without white space names.

    A part without a name of its own takes the estate of the part before it, or of `inherit`.
    """
    if len(text) > LONGEST_ITEM:
        return Parsed((), (), None, inherit)
    exceptions: list[str] = []
    included: list[str] = []
    notes: list[str] = []
    text = _BESIDE_NAME.sub("", _NTH.sub("", re.sub(r"[“”\"‘’:]", "", text)))
    text = _WHERE.sub(lambda m: f"{m['b']}号楼" + (f"{m['u']}单元" if m["w"] else ""), text)
    text = _PHASE_NOTE.sub(r"\1", text)
    text = re.sub(r"(?<=[区园苑村院])(?:及|和|以及)(?=[沿临]街(?:商铺|底商|门面))", "、", text)
    text = re.sub(r"[—–-]+$", "", _ANNEXES.sub(_each_annex, text))
    plain = re.sub(
        r"\(([^()]*)\)", lambda m: _bracket(m.group(1), exceptions, included, notes), text
    )
    around = any(map(words.BOUNDARY.search, notes))
    ringed = words.ONE_SIDE.search(plain) or words.RINGED.search(plain)
    if around or ringed or len(words.BOUNDARY.findall(plain)) >= 2:
        said = text if around else plain  # 长风小区(东至…,北至…合围区域) is less than the estate
        return Parsed(
            (), tuple(_excepted(exceptions, None, districts)), said.strip(",、;。"), inherit
        )
    if inline := _EXCEPT_INLINE.search(plain) or _EXCEPT_BEHIND.search(plain):
        exceptions.append(inline["a"] or inline["b"])
        plain = plain[: inline.start()]
    plain = _in_estate(plain, inherit)
    places: list[Place] = []
    last = inherit
    for number, part in enumerate(_parts(plain)):
        if number == 0 and not is_bare(part):
            last = None  # another item lends its estate only to parts that have none
        _district, start = districts.take(part)
        found = _part(part[start:], last, fresh=start > 0)
        places.extend(found)
        last = found[-1] if found else last
    if notes and places:
        places[-1] = _with_note(places[-1], notes[-1])
    for extra in included:
        places.extend(_included(extra, _before(extra, text, places, districts) or last, districts))
    gone: list[Place] = []
    for extra in exceptions:
        gone += _excepted([extra], _before(extra, text, places, districts) or last, districts)
    return Parsed(tuple(places), tuple(gone), None, last)


#: 涉及金水花园、银河湾两个小区; 但…仍为高风险区 (但家庙镇 is a name).
_BESIDE_NAME: Final = re.compile(
    r"^(?:涉及到?|但是?(?![家渡]))|(?<=[一-鿿]{2})(?:[0-9]{1,2}|[两二三四五六七八九十])个(?:小区|院落|点位|楼栋)$"
)
#: 80号之一、之二: each is a house beside the other.
_ANNEXES: Final = re.compile(
    r"([0-9]{1,5}号)((?:之[一二三四五六七八九十0-9]{1,2}|附[0-9]{1,3}号?)(?:[、和及](?:之[一二三四五六七八九十0-9]{1,2}|附[0-9]{1,3}号?))+)"
)


def _each_annex(found: re.Match[str]) -> str:
    return "、".join(f"{found[1]}{annex}" for annex in re.split(r"[、和及]", found[2]))


def _before(extra: str, text: str, found: list[Place], districts: Districts) -> Place | None:
    """Return the place that a bracket stands behind: 3号楼(含底商)、5号楼 is about 3号楼."""
    at = text.find(extra)
    bracket = text.rfind("(", 0, at)
    close = text.find(")", at)
    if bracket > text.rfind(")", 0, at) and 0 <= close < len(text) - 1:
        found = list(parse(text[:bracket], districts).places) or found
    return found[-1] if found else None


def left_out(text: str, base: Place | None, districts: Districts) -> tuple[Place, ...]:
    """Return what an exception behind the verb names (不含底商, 2单元除外), or nothing."""
    found = _EXCEPT.match(re.sub(r"^(?:但是?|其中)", "", text))
    if not found:
        return ()
    return tuple(_excepted([found["a"] or found["b"]], base, districts))


def _bracket(inner: str, exceptions: list[str], included: list[str], notes: list[str]) -> str:
    if _TAG.search(inner):
        return ""
    if whole := _EXCEPT.match(inner):
        exceptions.append(whole["a"] or whole["b"])
    elif any(map(_EXCEPT.match, parts := inner.split(","))):
        for part in parts:
            if found := _EXCEPT.match(part):
                exceptions.append(found["a"] or found["b"])  # 3单元除外,继续按高风险区管理
        kept = [p for p in parts if not _EXCEPT.match(p) and is_bare(p) and LIST.match(p)]
        return "、".join(kept)  # 金域华府(8号楼、9号楼,不含底商) is no more than these two
    elif within := _INCLUDE.match(inner):
        included.append(within.group(1))
    elif _PHASES.fullmatch(inner):
        return inner  # 玫瑰公馆(一期、二期) is no more than these two
    elif (
        (phase := _PHASE.match(inner))
        and LIST.match(rest := inner[phase.end() :])
        and is_bare(rest)
    ):
        return inner  # 明苑(A区3、4号楼) is no more than these two
    elif re.fullmatch(rf"{words.NUMBER}", inner):
        return ""
    elif is_bare(inner) and LIST.match(inner) and not EXTRA.search(inner):
        return inner  # 天和花园(5栋、6栋) is no more than these two
    else:
        notes.append(inner)
    return ""


_DOORS: Final = re.compile(r"[0-9]{1,2}-[0-9]{1,4}(?:[、,和及][0-9]{1,2}-[0-9]{1,4})*[号室]?")


_ESTATE_NOTE: Final = re.compile(r"(?:小区|花园|家园|苑|公寓|新村|家属院)$")


def _with_note(place: Place, note: str) -> Place:
    """A name in brackets is the shop at that address (小王生鲜), or the branch of the shop.

    Behind a building or unit 7-3、8-3 are doors: floor and room.
    """
    if (place.building or place.unit) and not place.rooms and _DOORS.fullmatch(note):
        rooms = tuple(re.split(r"[、,和及]", note.removesuffix("室").removesuffix("号")))
        return replace(place, kind=PlaceKind.DWELLING, rooms=rooms)
    if is_bare(note) or len(note) > 30 or words.ADDRESS.search(note):
        return place
    if place.site:
        return replace(place, site=f"{place.site}({note})")
    if place.kind is PlaceKind.COMPOUND and not place.road and SITE_END.search(note):
        return replace(place, kind=PlaceKind.SITE, compound=None, site=f"{place.compound}({note})")
    estate = (place.building or "号").endswith(("楼", "栋", "幢", "座"))
    if place.road and not place.compound and _ESTATE_NOTE.search(note) and not estate:
        road = place.road + (place.building or "")  # 贵山北路180号(贵山小区)3单元
        return replace(place, road=road, building=None, compound=note)
    if place.road and not place.compound and estate and not SITE_END.search(note):
        return replace(place, compound=note)  # 金龙路249号(金龙花园)3栋
    if SITE_END.search(note) or (place.road and not place.compound and not place.unit):
        return replace(place, site=note, kind=PlaceKind.SITE)
    return place


def _included(text: str, base: Place | None, districts: Districts) -> list[Place]:
    if EXTRA.match(text) and base:
        return [replace(base, kind=PlaceKind.SITE, site=text, floors=None, rooms=None, unit=None)]
    return list(parse(text, districts, base).places)


def _extras_apart(text: str) -> list[str]:
    """Return 底商及6号楼 as 底商 and 6号楼; parts of one name stay together."""
    parts = [p for p in re.split(r"[、,]|以?及|和", text) if p]
    if len(parts) < 2 or not any(map(EXTRA.match, parts)):
        return [text]
    rest = "、".join(p for p in parts if not EXTRA.match(p))
    return [p for p in parts if EXTRA.match(p)] + ([rest] if rest else [])


def _excepted(texts: list[str], base: Place | None, districts: Districts) -> list[Place]:
    found: list[Place] = []
    for text in [part for said in texts for part in _extras_apart(said)]:
        if words.LEVEL_RE.search(text):
            found.append(Place(PlaceKind.AREA, site=text))
            continue
        if EXTRA.match(text) and base:
            found += _included(text, base, districts)
            continue
        found.extend(parse(text, districts, base).places)
    return found


def _in_estate(text: str, last: Place | None) -> str:
    """Return 三区 behind 榆红村二区 as 榆红村三区; 二期3号楼 behind 锦绣苑一期1号楼 the same way."""
    estate = last.compound if last else None
    parts = re.split(r"([、,;])", text)
    for index in range(0, len(parts), 2):
        if estate and _PHASE.match(parts[index]) and (tail := _PHASE_AT_END.search(estate)):
            parts[index] = estate[: tail.start()] + parts[index]
        if named := re.match(rf".{{2,}}?{_PHASE.pattern}", parts[index]):
            estate = re.split(r"街道|[镇乡]", named.group())[-1]
    return "".join(parts)


_PHASE: Final = re.compile(
    r"(?:[一二三四五六七八九十]{1,2}|[0-9]{1,2}|[A-Z])[期区](?![一-鿿]*[路街])"
)
_PHASES: Final = re.compile(rf"{_PHASE.pattern}(?:[、,和及]{_PHASE.pattern})+")
_PHASE_AT_END: Final = re.compile(r"(?:[一二三四五六七八九十]{1,2}|[0-9]{1,2}|[A-Z])[期区]$")


#: Up to the next sign or 和; one that a name begins with (和平里, 及第巷) ends nothing.
_UP_TO_NEXT: Final = re.compile(r"[^、,;]?[^、,;及和]*")


def _parts(text: str) -> list[str]:
    """Split where a new name begins; bare parts stay with the name they belong to."""
    text = re.sub(
        r"([0-9](?:弄|号))[、,](?=[0-9]{1,5}(?:弄|号)(?!之)[一-鿿]{2,}(?<!楼))", r"\1;", text
    )
    inside = [m.span() for m in runs_in(text)]
    cuts = [0]
    for found in re.finditer(
        r"[、,;]|以?及|和|与(?=[^,、]{1,12}(?:[区村路街道苑园镇乡]|号楼|栋|单元))", text
    ):
        if found.group() != ";" and any(a < found.start() < b for a, b in inside):
            continue
        after = _UP_TO_NEXT.match(text, found.end())[0]  # type: ignore[index]  # always matches
        if found.group() in ("和", "及", "以及", "与") and (
            len(after) < 3 or not _divides(text, found.start(), found.end())
        ):
            continue
        shops = text[found.start() - 1] in "区园苑村院庭府城" and EXTRA.fullmatch(after)
        if after and (shops or not is_bare(after)):
            cuts += [found.start(), found.end()]
    cuts.append(len(text))
    parts = [text[a:b].strip("、,;。") for a, b in zip(cuts[::2], cuts[1::2], strict=True)]
    return [part for part in parts if part]


#: 解放路和建设街交叉口 is one corner, 解放路与建设街之间 one stretch.
_CROSSING: Final = re.compile(
    r"[^、,;]{1,12}?(?:路|街|大道)(?:交|路口|口|之间|合围|围合|连接|以[东南西北]|[东西南北]{1,2}[角侧])"
)
_HARMONY: Final = re.compile(r"和(?:谐|睦|平(?![安阳原湖江昌川]))")


def _divides(text: str, start: int, end: int) -> bool:
    """和 and 及 stand in names too (祥和苑); they divide after a number, 村, 小区 or 商铺."""
    before = text[:start]
    if before[-1:] in "区村路街道镇乡里" and _HARMONY.match(text, start):
        return False  # 东关社区和谐家园1号楼 is no order for the whole of 东关社区
    if before[-1:] in "路街道" and _CROSSING.match(text, end):
        return False
    return (
        bool(
            re.search(
                r"(?:[楼栋幢座号院村层户区园苑铺店路街道镇乡里组]|单元|号之[一二三四五六七八九十])$",
                before,
            )
        )
        and bool(words.PLACE_SIGN.search(text[end:]))
        and bool(re.match(r"[一-鿿]{3}", text[end:]))
    )


def _part(text: str, last: Place | None, *, fresh: bool) -> list[Place]:
    if fresh and re.fullmatch(r"全域|全境|全辖区|全部区域|", text):
        return [Place(PlaceKind.DISTRICT)]
    if re.fullmatch(r"全[镇乡]|全街道|全域|全境|全部", text):  # 普化镇:全镇
        return [Place(PlaceKind.SUBDISTRICT)]
    text = _WHOLE.sub("", text)
    if not text:
        return []
    if is_bare(text) and last and not fresh:
        head = _Head(last.subdistrict, last.community, last.road, last.compound, None)
        if EXTRA.fullmatch(text) and not last.building and last.compound:
            return [replace(last, kind=PlaceKind.SITE, site=text)]  # 天和花园、沿街商铺
        if LOOSE.fullmatch(text) and not LIST.match(text):
            return [Place(PlaceKind.COMPOUND, head.subdistrict, head.community, head.road,
                          f"{last.compound or ''}{text}")]  # fmt: skip
        base = Chain()
        first = LIST.match(text)
        if first and (level := first_level(first.group())) > 1:
            base = Chain(last.building, last.row, last.unit, last.floors).above(level)
        return _emit(head, text, 0, base)
    start = tail_start(text)
    head = _head(text[:start], last if not fresh else None, has_tail=start < len(text))
    return _emit(head, text, start, Chain())


def _head(text: str, last: Place | None, *, has_tail: bool) -> _Head:
    """Return what names the place, from the subdistrict down to the estate or the shop."""
    subdistrict, rest = _subdistrict(text.strip("、,;。:的"))
    community, rest, village = _community(rest, has_tail=has_tail)
    if community and not rest:
        return _Head(subdistrict, community)
    road = None
    if last and (found := _LANE_ALONE.match(rest)):
        subdistrict, community = subdistrict or last.subdistrict, community or last.community
        road, rest = found.group(), rest[found.end() :]
        if road[-1] in "弄号":
            road = re.sub(r"[0-9]{1,5}(?:弄|号)(?:之.)?$", "", last.road or "") + road
        elif not rest:
            return _Head(subdistrict, community, road, last.compound)
    elif inner := _INNER_LANE.match(rest):
        return _Head(subdistrict, community, inner.group(2), inner.group(1))
    elif found := _ROAD.match(rest):
        after = rest[found.end() :]
        door = _DOOR.match(after)
        if door:
            road, rest = found.group() + door.group(), after[door.end() :]
        elif not _GENERIC.match(after) and (has_tail or len(after) != 1):
            road, rest = found.group(), after
    if last and subdistrict is None and community is None:
        subdistrict = last.subdistrict
    rest = re.sub("^[内里的]$", "", rest.strip("、,;。"))  # 福路12号巷内3号楼
    if rest and SITE_END.search(rest) and not has_tail:
        return _Head(subdistrict, community, road, None, rest)
    return _Head(subdistrict, community, road, rest or None, None, village and bool(rest))


def _subdistrict(text: str) -> tuple[str | None, str]:
    found = SUBDISTRICT.match(text)
    if not found or re.match(r"[路街巷]", text[found.end() :]):
        return None, text
    return found.group(), _INSIDE.sub("", text[found.end() :].removeprefix("办事处"))


#: 东坊街道辖区内的飞虹小区; 内蒙古大厦 and 内环街 are names.
_INSIDE: Final = re.compile(
    r"^(?:(?:辖区|辖|境|范围)内?的?|内的|的|内(?!蒙|环|丘|江|乡|黄|街|城|巷|院|河|湖|外|西|东|务))(?=[一-鿿0-9])"
)


def _community(text: str, *, has_tail: bool) -> tuple[str | None, str, bool]:
    """Return the community or village before an estate, the rest, and whether the rest is a village.

    御湖城西社区3号楼 is an estate; a community is one where another name follows or nothing at all.
    """
    community = None
    if found := _COMMUNITY.match(text):
        after = text[found.end() :]
        if (after and not _GENERIC.match(after)) or (not after and not has_tail):
            community, text = found.group(), _INSIDE.sub("", after)
    if community is None and (found := _VILLAGE.match(text)):
        after = text[found.end() :]
        if not after:
            return None, text, True
        if _ROAD.match(after) or not (_GENERIC.match(after) or after[0] in "东西南北中"):
            return found.group(), after, False
    return community, text, False


def _emit(head: _Head, text: str, start: int, base: Chain) -> list[Place]:
    tail = read_tail(text, start, base, head.road)
    compound, building = head.compound, None
    block = _NAMED_BLOCK.search(compound) if compound and start < len(text) else None
    if compound and block and not (tail.done + tail.last)[0].building:
        compound, building = compound[: block.start()], block.group()
    head = replace(head, compound=compound)
    places = [_place(head, c, building, None) for c in tail.done]
    places += [_place(head, c, building, tail.site or head.site) for c in tail.last]
    if tail.beside:
        where = places[-1]
        places.append(replace(where, kind=PlaceKind.SITE, unit=None, site=tail.beside))
    if tail.loose:
        alone = replace(head, compound=f"{compound or ''}{tail.loose}")
        places.append(_place(alone, Chain(), None, None))
    return places


def _place(head: _Head, chain: Chain, building: str | None, site: str | None) -> Place:
    building = chain.building or building
    compound, rooms = head.compound, chain.rooms
    if rooms is None and compound and building is None and chain == Chain():
        if triple := _TRIPLE.search(compound):
            compound = compound[: triple.start()]
            chain = Chain(f"{triple[1]}号楼", None, f"{triple[2]}单元", None, (triple[3],))
            building, rooms = chain.building, chain.rooms
        elif room := _ROOM_AT_END.search(compound):
            compound = compound[: room.start()]
            rooms = (f"{room[1]}-{room[2]}" if room[2] else room[1],)
    if rooms is None and building and site and (room := re.fullmatch(r"([0-9]{3,4})", site)):
        rooms, site = (room[1],), None
    place = Place(
        PlaceKind.AREA, head.subdistrict, head.community, head.road, compound or None, building,
        chain.unit, chain.floors, rooms, chain.row, site,
    )  # fmt: skip
    return replace(place, kind=_kind(place, village=head.village))


def _kind(place: Place, *, village: bool) -> PlaceKind:
    road = place.road or ""
    tests: tuple[tuple[bool, PlaceKind], ...] = (
        (bool(place.site), PlaceKind.SITE),
        (bool(place.rooms), PlaceKind.DWELLING),
        (bool(place.unit), PlaceKind.UNIT),
        (bool(place.building), PlaceKind.BUILDING),
        (bool(place.row), PlaceKind.ROW),
        (village, PlaceKind.VILLAGE),
        (bool(place.compound), PlaceKind.COMPOUND),
        (road.endswith(("弄", "巷", "胡同")), PlaceKind.LANE),
        (road.endswith("号"), PlaceKind.BUILDING),
        (bool(road), PlaceKind.ROAD),
        ((place.community or "").endswith("村"), PlaceKind.VILLAGE),
        (bool(place.community), PlaceKind.COMMUNITY),
        (bool(place.subdistrict), PlaceKind.SUBDISTRICT),
    )
    return next((kind for holds, kind in tests if holds), PlaceKind.AREA)
