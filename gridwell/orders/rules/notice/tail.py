"""The numbered end of an address (楼、单元、层、室): 2、3号楼1单元 as a chain of parts each."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from typing import Final

from gridwell.places.rules.numerals import parse_int

LONGEST_ITEM: Final = 1000  # characters; what is longer is a text, no place
_CN: Final = (
    r"(?:[一二三四五六七八九]百"
    r"(?:零[一二三四五六七八九]|[一二三四五六七八九]?十?[一二三四五六七八九]?)|[一二三四五六七八九十]{1,3})"
)
_NUM: Final = (
    rf"(?:负?[0-9]{{1,4}}[A-Za-z]?|[A-Za-z][0-9]{{0,3}}|负?{_CN}|[甲乙丙丁][0-9]{{1,4}}"
    r"|(?:(?<![一-鿿])|(?<=[院号区园苑厂学舍寓楼栋座幢、及和]))[东南西北中甲乙丙丁](?=[楼座户栋单幢]|(?:[、和及][东西南北中甲乙丙丁])+[楼座户栋单幢]))"
)
_SUB: Final = r"(?:之(?:[一二三四五六七八九十]{1,2}|[0-9]{1,2}(?![0-9]))|附[0-9]{1,3}号?)"
_ANNEX: Final = re.compile(_SUB)
_TO: Final = r"(?:[-—–~]{1,2}|至|到)"
_AND: Final = r"[、,.和及/]"
_WORD: Final = (
    r"(?:号(?:住宅|居民|家属|宿舍|公寓)楼|号楼|号栋|号幢|号大院|号院|号门(?![面市店])|号房|号|#楼|#|楼栋|楼层|楼(?!宇)|栋|幢|座|单元|村民小组|"
    r"门(?![面口店诊球])|层(?!小?楼)|排|组(?!团)|室|户|弄|(?<=[0-9])房(?![产屋东地前后])|(?<=[0-9])[队社](?=$|[、,;。和及(]))"
)
_ONE: Final = rf"{_NUM}(?:号?{_SUB})?(?:{_WORD}{_SUB}?)?"
#: A run of numbered parts that ends in a counting word: 2、3号楼; 1单元至7单元; 4—30层.
LIST: Final = re.compile(
    rf"(?<![A-Za-z0-9])(?:{_ONE}(?:{_TO}|{_AND}))*{_NUM}(?:号?{_SUB})?{_WORD}{_SUB}?"
)
_CHAIN: Final = re.compile(
    rf"(?<![A-Za-z0-9])(?:{_ONE}(?:{_TO}|{_AND})(?=(?:{_ONE})))*+(?P<last>{_ONE})"
)
_COUNTING: Final = re.compile(r"[号#楼栋幢座单村门层排组室户弄房队社]")
_PART: Final = re.compile(
    rf"(?P<n>{_NUM}(?:号?{_SUB})?)(?P<w>{_WORD})?(?P<sub>{_SUB})?(?:(?P<to>{_TO})(?P<n2>{_NUM})(?P<w2>{_WORD})?)?(?P<sep>{_AND})?"
)
_LEVELS: Final = {
    "号住宅楼": 1, "号居民楼": 1, "号家属楼": 1, "号宿舍楼": 1, "号公寓楼": 1,
    "号楼": 1, "号栋": 1, "号幢": 1, "#楼": 1, "#": 1, "楼栋": 1, "楼": 1, "栋": 1, "幢": 1, "座": 1,
    "排": 1, "组": 1, "村民小组": 1, "队": 1, "社": 1, "号": 4, "号院": 1, "号大院": 1, "弄": 1,
    "单元": 2, "门": 2, "号门": 2, "层": 3, "楼层": 3, "室": 4, "户": 4, "号房": 4, "房": 4,
}  # fmt: skip
_BLOCK: Final = re.compile(r"[0-9A-Z]+(?:-[0-9]+|[至到][0-9A-Z]+)?(?:号楼|栋|幢|座)")
_ROWS: Final = ("排", "组", "村民小组", "队", "社")
SITE_END: Final = re.compile(
    r"(?:店|(?<!公)馆|堂|铺|超市|市场|商场|商城|菜场|饭店|酒店|宾馆|餐厅|食府|公司|厂|工地|项目部|支行|分行|银行|医院|诊所|"
    r"卫生院|卫生室|卫生所|药房|学校|[小中大]学|学院|幼儿园|[一二三四五六]部|站|中心|基地|仓库|装饰城|物贸城|车间|"
    r"棋牌室|底商|商铺|门面|门面房|门市|网吧|会所|浴场|食堂|施工队|养殖场|农场)$"
)
#: What is one building by its name: 2楼 in it is a floor.
_HALL: Final = re.compile(r"(?:厂房|大厦|商厦|写字楼|酒店|宾馆|商场|购物中心|门诊|住院部)$")
#: Words that name nothing, left behind a number by a torn sentence (10号楼不再, 1号楼新增).
_NO_SITE: Final = re.compile(
    r"(?:新增|临时|继续|仍然?|已经?|暂时?|被|同时|予以|再次|重新|一并|均|[不未]再?|尚未|暂[不未缓]|[将为])+$"
)
EXTRA: Final = re.compile(
    r"(?:沿街|临街|[首底]层|一层|1层|一楼)?(?:底商|商铺|店面|店铺|配楼|附属楼|门面房?|门市房?|裙楼|地下室|(?:地下)?车库|地下停车场|地下空间|院内)"
    r"(?:[A-Z]?[0-9]{1,4}(?:(?:[-至、和][A-Z]?[0-9]{1,4})+)?[号室]?)?$"
)
#: 5号楼底商3号: the number is the shop's, not a building's.
_NUMBERED_SHOP: Final = re.compile(
    r"(?<=[楼栋幢座元])(?:底商|商铺|店面|店铺|门面房?|门市房?)[A-Z]?[0-9]{1,4}(?:[-至、和][A-Z]?[0-9]{1,4})*[号室]$"
)
LOOSE: Final = re.compile(
    r"(?:[A-Z]区)?平房区?|[东南西北中]楼|沿街商铺|办公楼|宿舍楼|综合楼|[东南西北]区"
)


@dataclass(frozen=True, slots=True)
class Chain:
    """The numbered parts of one place, coarse to fine."""

    building: str | None = None
    row: str | None = None
    unit: str | None = None
    floors: tuple[int, int] | None = None
    rooms: tuple[str, ...] | None = None

    def above(self, level: int) -> "Chain":
        """Return the chain without this level and what is finer."""
        return Chain(
            self.building if level > 1 else None,
            self.row if level > 1 else None,
            self.unit if level > 2 else None,
            self.floors if level > 3 else None,
        )


@lru_cache(maxsize=4096)
def is_bare(text: str) -> bool:
    """Return whether a part has no name of its own (3号楼, 4单元, 平房区) and needs what precedes."""
    text = re.sub(r"\([^()]*\)", "", text)
    text = re.sub(r"^第(?=[0-9一二三四五六七八九十])", "", text)
    text = re.sub(r"(?<=排)平房区?$", "", text)
    text = re.sub(r"(?<=[楼栋幢座元])(?:整[栋幢楼座]|全[栋幢楼]|[整全]单元|全部)$", "", text)
    if not text or len(text) > 40:
        return not text
    if EXTRA.match(text) or LOOSE.fullmatch(text) or _ANNEX.fullmatch(text):
        return True
    at = 0
    while at < len(text):
        found = LIST.match(text, at)
        if not found:
            return bool(EXTRA.match(text, at)) if at else False
        at = found.end()
    return True


def runs_in(text: str) -> list[re.Match[str]]:
    """Return every run of numbered parts, as LIST.finditer does, in time that grows with the text.

    A chain of bare numbers (1、1、1、…) is no run from any of them: it is passed over at once.
    """
    found: list[re.Match[str]] = []
    at = 0
    while chain := _CHAIN.search(text, at):
        if _COUNTING.search(chain.group()) or _COUNTING.match(text, chain.end()):
            if run := LIST.match(text, chain.start()):
                found.append(run)
                at = run.end()
            else:
                at = chain.start() + 1
        else:
            at = chain.start("last") + 1
    return found


def first_level(run: str) -> int:
    """Return the level of a run's first part: 1 building, 2 unit, 3 floor, 4 room."""
    found = _PART.match(run)
    word = (found["w"] or found["w2"]) if found else None
    return _LEVELS.get(word or "", 1)


def tail_start(text: str) -> int:
    """Return where the numbered parts at the end begin; a door before an estate's name is no tail."""
    shop = _NUMBERED_SHOP.search(text)
    runs = runs_in(text[: shop.start()] if shop else text)
    start = len(text)
    for run in reversed(runs):
        between = text[run.end() : start]
        if start == len(text) and run is runs[-1]:
            ends_in_door = re.search(r"(?:号(?:之.)?|弄|院)$", run.group())
            if between and not EXTRA.match(between) and (ends_in_door or not _site_like(between)):
                break
            if re.search(r"(?:号院|号大院|弄)$", run.group()) and not re.search(_AND, run.group()):
                break
        elif not between and run.group().endswith("号") and _BLOCK.match(text, start):
            break  # 西路6号1栋: the door belongs to the road
        elif (
            between.strip("、,;和及")
            or re.search(r"(?:号院|号大院|弄)$", run.group())
            or (run.group().endswith("号") and not re.search(r"[路街巷村道]$", text[: run.start()]))
        ):
            break
        start = run.start()
    return start


def _site_like(text: str) -> bool:
    return bool(SITE_END.search(text)) or len(text) <= 12


@dataclass(frozen=True, slots=True)
class Tail:
    """The numbered parts of an item. `site` belongs to the last named parts, `loose` stands alone."""

    done: tuple[Chain, ...]
    last: tuple[Chain, ...]
    site: str | None
    loose: str | None
    beside: str | None = None  # 2单元及底商: the shops are one more place


def read_tail(text: str, start: int, base: Chain, road: str | None) -> Tail:
    """Return the chains that text[start:] names, each part refining or following the one before."""
    frontier = [base]
    done: list[Chain] = []
    level = 3 if base.floors else 2 if base.unit else 1 if base.building or base.row else 0
    at = start
    site = loose = None
    while at < len(text):
        run = LIST.match(text, at)
        if not run:
            rest = text[at:].lstrip("、,;和及")
            if rest == text[at:] or not LIST.match(rest):
                rest = rest.rstrip("、,;。")
                rest = _NO_SITE.sub("", rest)
                if text[at - 1 : at] == "排" and re.fullmatch(r"平房区?", rest):
                    break  # 第6排平房 is the row
                site, loose = (None, rest) if LOOSE.fullmatch(rest) else (rest or None, None)
                break
            at = len(text) - len(rest)
            continue
        beside = at > start and text[at - 1] not in "、,;和及"
        hall = _HALL.search(text, max(0, run.start() - 4), run.start())
        for values, part_level in _values(
            run.group(), road, frontier[-1], text[run.end() :], beside=beside, hall=bool(hall)
        ):
            nested = _nested(frontier[-1], values) if beside and part_level == level == 1 else None
            if nested:
                frontier = [*frontier[:-1], *nested]
                continue
            stems = frontier
            if part_level <= level:
                done += [c for c in frontier if c != Chain()]
                stems = list(dict.fromkeys(c.above(part_level) for c in frontier))
            frontier = [_merge(c, v) for c, v in product(stems, values)]
            level = part_level
        at = run.end()
    if site and EXTRA.match(site) and text[:at].endswith(("楼", "元", "栋", "幢", "座")):
        divided = text[at : at + 1] in "、,和及"
        if divided:
            return Tail(tuple(done), tuple(frontier), None, loose, site)
    return Tail(tuple(done), tuple(frontier), site, loose)


def _nested(chain: Chain, values: list[Chain]) -> list[Chain]:
    """B座1幢 is one building with two words, 4栋5栋 are two; 2号A1-A2栋 are two of the yard 2号."""
    old, new = chain.building, values[0].building
    if old and new and old[-1] != new[-1] and (len(values) == 1 or old[-1] == "号"):
        return [replace(chain, building=f"{old}{value.building}") for value in values]
    return []


def _merge(chain: Chain, value: Chain) -> Chain:
    return Chain(
        value.building or chain.building,
        value.row or chain.row,
        value.unit or chain.unit,
        value.floors or chain.floors,
        value.rooms or chain.rooms,
    )


def _values(
    run: str, road: str | None, chain: Chain, after: str, *, beside: bool, hall: bool
) -> list[tuple[list[Chain], int]]:
    """Return the parts of a run in order: each its values and its level.

    A number without a word takes the word that follows in the list (2、3号楼). 73号1-4、1-5号 are
    doors of the house they stand `beside`; 2楼 of a `hall` is a floor.
    """
    named: list[tuple[re.Match[str], str]] = []
    word = ""
    for part in reversed(list(_PART.finditer(run))):
        word = part["w2"] or part["w"] or word
        named.append((part, part["w"] if part["w"] and not part["w2"] else word))
    out: list[tuple[list[Chain], int]] = []
    shared = False
    placed = bool(chain.building or chain.unit or chain.row)
    doors = (chain.building or "").endswith("号") and not chain.unit
    doors = doors and not (beside and "-" in run)
    for part, part_word in reversed(named):
        kind = part_word
        if kind == "楼" and part["n"].isdecimal() and not after[:1].isdigit():
            kind = "层" if placed or hall or (road or "").endswith(("号", "弄")) else "楼"
        rank = _LEVELS.get(kind, 1)
        if kind in ("号", "号院"):
            doors = doors or not placed
            rank = 1 if doors or kind == "号院" else 4
        placed = True
        values = _numbered(part, kind, rank)
        if shared and out[-1][1] == rank and rank != 4:
            out[-1] = (out[-1][0] + values, rank)
        elif rank == 4 and out and out[-1][1] == 4:
            rooms = tuple(r for v in out[-1][0] + values for r in v.rooms or ())
            out[-1] = ([Chain(rooms=rooms)], 4)
        else:
            out.append((values, rank))
        shared = not part["w"] and not part["w2"]
    return out


def _numbered(part: re.Match[str], word: str, rank: int) -> list[Chain]:
    first, second = part["n"], part["n2"]
    if rank == 4:
        text = f"{first}-{second}" if second else first
        return [Chain(rooms=(text,))]
    if rank == 3:
        low = _floor(first)
        high = _floor(second) if second else low
        if low is None or high is None:
            return [Chain(unit=f"{first}{word}")]
        return [Chain(floors=(min(low, high), max(low, high)))]
    names = _range(first, second, word) or [
        f"{first}-{second}{word}" if second else _single(first, word, part["sub"] or "")
    ]
    if rank == 2:
        return [Chain(unit=name) for name in names]
    if word in _ROWS:
        return [Chain(row=name) for name in names]
    return [Chain(building=name) for name in names]


def _single(number: str, word: str, sub: str) -> str:
    return number if "号" in number else f"{number}{word}{sub}"


def _floor(text: str | None) -> int | None:
    if not text:
        return None
    value = parse_int(text.removeprefix("负"))
    return -value if value is not None and text.startswith("负") else value


def _range(first: str, second: str | None, word: str) -> list[str]:
    """Return the names of a range of buildings or units; of door numbers, whose sides count, none."""
    if not second or word in ("号", "弄", "号院"):
        return []
    a, b = parse_int(first), parse_int(second)
    if a is not None and b is not None and a < b <= a + 60:
        return [f"{n}{word}" for n in range(a, b + 1)]
    if (
        len(first) > 1 < len(second)
        and first[0] == second[0]
        and first[0].isalpha()
        and first[0].isascii()
        and first[1:].isdecimal()
        and second[1:].isdecimal()
        and int(first[1:]) < int(second[1:]) <= int(first[1:]) + 60
    ):
        return [f"{first[0]}{n}{word}" for n in range(int(first[1:]), int(second[1:]) + 1)]
    if (
        len(first) == len(second) == 1
        and first.isascii()
        and "A" <= first.upper() < second.upper() <= "Z"
    ):
        return [f"{chr(c)}{word}" for c in range(ord(first), ord(second) + 1)]
    return []
