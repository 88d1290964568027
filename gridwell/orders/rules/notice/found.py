"""What the walk through a notice finds: sections, lists, totals, and what each line was."""

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Final

from gridwell.orders.rules.notice import words
from gridwell.orders.rules.notice.acts import Order, order_in, order_of
from gridwell.orders.rules.notice.beside import Correction
from gridwell.orders.rules.notice.model import Act, Level, SpanKind
from gridwell.orders.rules.notice.sentences import Sentence
from gridwell.orders.rules.notice.source import Piece
from gridwell.orders.rules.notice.split import Line
from gridwell.orders.rules.notice.times import Stated
from gridwell.orders.rules.notice.units import Unit
from gridwell.places.rules.numerals import parse_int

_TOTAL: Final = re.compile(
    rf"(?P<a>{words.NUMBER})(?:个|处)(?:新增)?(?P<la>[高中低])风险|(?P<lb>[高中低])风险(?:区域|地区|区|点位)?(?:共|共计)?(?P<b>{words.NUMBER})(?:个|处)"
)
_DISTRICT_TOTAL: Final = re.compile(
    rf"(?P<name>[一-鿿]{{1,8}}?[区县旗市])(?P<n>{words.NUMBER})(?:地|处|个)(?!高|中|低|风险)"
)
#: 涧河区2个、洛水区1个高风险区: the level stands behind the last count only.
_MORE_DISTRICTS: Final = re.compile(
    rf"((?:[一-鿿]{{1,8}}[区县旗市]{words.NUMBER}[个处][、,和及])+)[一-鿿]{{1,8}}[区县旗市]$"
)
_EACH: Final = re.compile(rf"({words.NUMBER})[个处]")
_UP: Final = re.compile(r"新增|划定|增加|新划")
_DOWN: Final = re.compile(r"调整为|调为|降为|降至|调整至|解除|下调|退出")
_VERBS: Final = re.compile(rf"{_UP.pattern}|{_DOWN.pattern}")
#: 连续5天无新增感染者 says nothing of what is new here.
_NONE_NEW: Final = re.compile(r"(?:无|没有|未|零|0)新增|新增[^,、]{0,8}(?:感染者|病例)")


#: …共计3处高风险区,于11月23日17时起解除管控,转为低风险区: what was counted is lifted.
_THEN_LOW: Final = re.compile(
    r"^(?:区域|地区|区)?,?(?:于|自|从)[^,。;]{4,24}起?,?(?:全部|均|予以)*(?:解除(?:管控|封控)|(?:降|转|调整)为低风险)"
)
_start: Final = re.Match[str].start


@dataclass
class Block:
    """A list of places under one district or street."""

    district: str | None
    street: str | None
    declared: int | None
    heading: Piece | None
    inline: bool  # the list wraps; a line break is no separator
    headed: bool = False  # it begins on the line of its heading
    lines: list[Line] = field(default_factory=list)
    remains: Piece | None = None  # for a shrink
    left_out: Piece | None = None  # an exception behind the verb
    whole: Piece | None = None
    effect: Stated | None = None
    estate: str | None = None  # 杏林社区: above 1号楼, 3号楼2单元


@dataclass
class Section:
    """What stands under one act."""

    order: Order
    declared: int | None
    effect: Stated | None
    heading: Piece | None
    district: str | None = None
    street: str | None = None  # 将东湖街道以下点位划定为: of every list that names none of its own
    blocks: list[Block] = field(default_factory=list)
    rest_names: bool = False
    rest_done: bool = False
    is_table: bool = False
    all_but: Piece | None = None  # what is listed stays, all others are lifted
    by_district: dict[str, tuple[int, Piece]] = field(default_factory=dict)  # above its streets

    def open_block(self, block: Block, before: Block | None) -> None:
        """Add a list; the count of a district whose streets follow one by one is the district's.

        (一)桥西区4处 above 1.东里街道:… declares no list of its own.
        """
        if (
            before is not None
            and not before.lines
            and before.declared is not None
            and before.heading is not None
            and before.district
            and not before.street
            and block.street
            and block.district == before.district
            and self.blocks
            and self.blocks[-1] is before
        ):
            self.by_district[before.district] = (before.declared, before.heading)
            self.blocks.pop()
        self.blocks.append(block)


@dataclass(frozen=True, slots=True)
class Total:
    """A count of the whole notice: of places designated to a level, or lifted."""

    lifted: bool
    level: Level
    count: int
    piece: Piece


@dataclass
class Scan:
    """Everything found on the walk."""

    units: list[Unit]
    sections: list[Section] = field(default_factory=list)
    totals: list[Total] = field(default_factory=list)
    district_totals: list[tuple[str, int, Piece]] = field(default_factory=list)
    rest: list[tuple[str | None, Piece]] = field(default_factory=list)
    rest_where_zones: bool = False
    marks: list[tuple[Piece, SpanKind]] = field(default_factory=list)
    taken: list[Piece] = field(default_factory=list)  # sentences and rests that were understood
    unread: list[Piece] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    emergencies: list[Piece] = field(default_factory=list)
    lead_effect: Stated | None = None
    first: int = 0  # unit index of the first order
    last: int = 0  # one after the last
    chapters: list[tuple[int, Piece]] = field(default_factory=list)  # 一、 二、 三、
    numbered: bool = False
    announced: list[tuple[Piece, Order, int]] = field(default_factory=list)  # and how many sections

    def forget(self, text: str | None) -> None:
        """Take who signs out of what is unread."""
        self.unread[:] = [piece for piece in self.unread if piece.text != text]
        self.marks[:] = [
            (piece, SpanKind.KNOWN if piece.text == text else kind) for piece, kind in self.marks
        ]


def totals_in(body: Piece) -> list[Total]:
    """Return the counts of the whole notice that a title or lead states; running totals are none."""
    found_totals: list[Total] = []
    text = body.text
    verb: str | None = None
    for clause in re.finditer(r"[^,。;:!]+", text):
        part = clause.group()
        if words.RUNNING.search(part):
            verb = "running"
            continue
        part = _NONE_NEW.sub(lambda m: "-" * len(m.group()), part)
        up, down = _UP.search(part), _DOWN.search(part)
        verb = "up" if up else "down" if down else verb
        verbs = [*_VERBS.finditer(part)]
        for found in _TOTAL.finditer(part):
            if before := bisect_left(verbs, found.start(), key=_start):  # 新增3处…、解除2处…
                verb = "up" if _UP.match(verbs[before - 1].group()) else "down"
            count = parse_int(found["a"] or found["b"])
            if count is not None and (more := _MORE_DISTRICTS.search(part[: found.start()])):
                count += sum(parse_int(n) or 0 for n in _EACH.findall(more.group(1)))
            level = words.level_of(f"{found['la'] or found['lb']}风险区")
            behind = re.split(r"[。;]", text[clause.start() + found.end() :])[0]
            then_low = bool(_THEN_LOW.match(behind))
            lifted = (
                then_low
                or bool(re.search(r"(?:为|至)低风险", part[found.end() :]))
                or (level is Level.LOW and verb == "down")
            )
            if count is None or level is None or (verb in (None, "running") and not then_low):
                continue
            if not lifted and (level is Level.LOW or verb == "down"):
                continue
            at = clause.start()
            piece = body.cut(at + found.start(), at + found.end())
            found_totals.append(Total(lifted, level, count, piece))
    return found_totals


def district_totals_in(body: Piece) -> list[tuple[str, int, Piece]]:
    """Return counts of changes by district, whatever the act (将新城区6地、玉泉区5地调整…)."""
    text = body.text
    out: list[tuple[str, int, Piece]] = []
    if "风险" in text and re.search(r"将.+调整", text):
        for found in _DISTRICT_TOTAL.finditer(text):
            name = re.sub(r"^.*?(?:将|和|及|、|,)", "", found["name"])
            if count := parse_int(found["n"]):
                out.append((name, count, body.cut(*found.span())))
    return out


def announced_count(sentence: Sentence, body: Piece, known: list[Total]) -> list[Total]:
    """Return the count of what is only announced (将以下2个区域划定为高风险区), unless it is known."""
    level = sentence.order.to_level
    at = sentence.listed[0]
    found = words.COUNT.search(body.text, at, sentence.listed[1])
    count = parse_int(found["a"] or found["b"]) if found else None
    lifted = level is Level.LOW
    if found is None or count is None or level is None or any(t.lifted == lifted for t in known):
        return []
    return [Total(lifted, level, count, body.cut(*found.span()))]


def titled_levels(found: Scan) -> set[Level]:
    """Return the levels beside low that the titles name (关于新增、解除高风险区的通告)."""
    titles = [u.text for u in found.units[:6] if u.text.startswith("关于") or "关于" in u.text]
    titles = [text for text in titles if words.TITLE.search(text)]
    named = {words.level_of(m.group()) for text in titles for m in words.LEVEL_RE.finditer(text)}
    return {level for level in named if level and level is not Level.LOW}


def titled_change(found: Scan) -> bool:
    """Return whether a title says that risk zones change, and no level (关于调整部分区域风险等级的通告)."""
    titles = [u.text for u in found.units[:6] if not u.row and "关于" in u.text]
    titles = [text for text in titles if words.TITLE.search(text)]
    return any(re.search(r"风险(?:等级|区域|区|点位)", t) for t in titles) and not titled_levels(
        found
    )


#: 一、区域范围: below a title that says what is ordered there.
_RANGE_HEADING: Final = re.compile(
    r"(?:具体|划定|调整|解除|涉及|管控|风险)?(?:的|区)?(?:区域|范围|点位|小区)(?:范围|名单|清单)?(?:如下)?:?$"
)


def titled_order(found: Scan) -> Order | None:
    """Return the one order that the titles name (关于划定部分高风险区的公告), or None."""
    texts = [u.text for u in found.units[:6] if not u.row and "关于" in u.text]
    texts = [t.split("关于", 1)[1] for t in texts if words.TITLE.search(t)]
    orders = {order for t in texts if not re.search(r"[、和及]|调整", t) and (order := order_in(t))}
    return orders.pop() if len(orders) == 1 else None


def bare_order(text: str, lead: Order | None, found: Scan) -> Order | None:
    """Return the order of a heading without a level (新增:, 调整区域:): counts, lead or title tell.

    One that speaks of another measure (实施管控管理:) is not the lead's.
    """
    if re.search(r"封控|管控|防范|静默|静态", text):
        return None
    if lead is None and _RANGE_HEADING.match(text):
        return titled_order(found)
    levels = {total.level for total in found.totals if not total.lifted} or titled_levels(found)
    if lead is None and not levels and titled_change(found):
        if re.match(
            r"(?:新增|新划定|增加)(?:的?(?:区域|点位|小区|地区|范围))?(?:\(?[0-9]*[个处]?\)?)?:?",
            text,
        ):
            return Order(Act.DESIGNATE, None, None)  # which level only the register tells
        if re.match(r"解除|撤销|取消", text):
            return order_of(None, Level.LOW)
    if re.match(r"新增|新划定|增加", text):
        return order_of(None, levels.pop()) if len(levels) == 1 else None
    if re.match(r"解除|撤销|取消|下调|降级", text):
        if lead and lead.to_level is Level.LOW:
            return lead
        if any(t.lifted for t in found.totals) or not levels:
            return order_of(None, Level.LOW) if any(t.lifted for t in found.totals) else None
        return order_of(levels.pop(), Level.LOW) if len(levels) == 1 and lead is None else None
    return lead


def lost_lists(found: Scan) -> list[Piece]:
    """Return the sentences that announce a list of which nothing was found (对以下区域解除高风险区:)."""
    lost = []
    for piece, order, before in found.announced:
        listed = any(
            section.blocks or section.rest_done or section.rest_names
            for section in found.sections[before:]
            if section.order.to_level is order.to_level
        )
        near = any(part.at[0] >= piece.at[0] for part in found.unread)
        if not listed and not near and (piece.text.endswith(":") or "下" in piece.text[-24:]):
            lost.append(piece)
    return lost
