"""The state of a walk through a notice: the open act, the open list, what was found so far."""

import re

from gridwell.orders.rules.notice import words
from gridwell.orders.rules.notice.acts import Order
from gridwell.orders.rules.notice.allbut import all_but
from gridwell.orders.rules.notice.districts import SUBDISTRICT, Districts
from gridwell.orders.rules.notice.found import Block, Scan, Section
from gridwell.orders.rules.notice.looks import (
    ends_list,
    is_furniture,
    is_list,
    is_talk,
    place_like,
    rest_names,
)
from gridwell.orders.rules.notice.model import Level, SpanKind
from gridwell.orders.rules.notice.sentences import sentences_in
from gridwell.orders.rules.notice.source import Piece
from gridwell.orders.rules.notice.split import Line
from gridwell.orders.rules.notice.tail import is_bare
from gridwell.orders.rules.notice.times import Stated, effects_in
from gridwell.orders.rules.notice.units import Unit, estate_of, heads_list, label_of
from gridwell.orders.rules.notice.words import ordinal_of

#: …除高风险区以外的其他区域,杏花岭区、晋源区全域: these are low as a whole.
_WHOLLY = re.compile(
    r"[,、;及和](?P<names>[一-鿿、,及和]{2,80}?)(?:全域|全境|全部区域)(?=[。;,为]|$)"
)

#: …其他区域;城西区、城北区全域。: nothing but whole areas behind.
_ONLY_WHOLE = re.compile(r"[,;、及和]+[一-鿿、,及和]{2,80}?(?:全域|全境|全部区域)[。;,]*")

_ANNOUNCES = re.compile(r"(?:辖区|境内|范围)?[内的]?(?:以下|下列|如下|下述)")


class Walk:
    """State of the walk: the open section and list, and what the lead announced."""

    def __init__(self, found: Scan, districts: Districts) -> None:
        self.found = found
        self.districts = districts
        self.section: Section | None = None
        self.block: Block | None = None
        self.lead: tuple[Order, Stated | None, Piece] | None = None
        self.lead_area: tuple[str | None, str | None] = (None, None)  # its district and street
        self.foreign = False
        self.seen_order = False
        self.expected = 1
        self.ended = False
        self.chapter: tuple[str, str] | None = None  # 一、云龙区: its district and style of number
        self.announced = False  # the line before ended in 以下区域:

    def _order_seen(self, index: int) -> None:
        if not self.seen_order:
            self.found.first = index
        self.seen_order = True
        self.found.last = index + 1

    def _open(self, section: Section) -> None:
        if self.chapter and section.district is None:
            section.district = self.chapter[0]
        self.found.sections.append(section)
        self.section, self.block = section, None
        self.foreign = self.ended = False
        self.expected = 1

    def _close(self) -> None:
        self.section = self.block = None

    def _mark(self, piece: Piece, kind: SpanKind) -> None:
        if kind is SpanKind.KNOWN and not self.seen_order:
            kind = SpanKind.LEAD
        self.found.marks.append((piece, kind))

    def _from_lead(self, index: int, head: Piece | None = None) -> bool:
        if self.lead is None:
            return False
        order, effect, piece = self.lead
        self._open(Section(order, None, effect, head or piece, *self.lead_area))
        self._order_seen(index)
        return True

    def _area_of(self, announced: str) -> tuple[str | None, str | None]:
        """Return the district and the street that an announced list is of (东湖街道以下点位)."""
        district, end = self.districts.take(announced)
        street = SUBDISTRICT.match(announced, end)
        if street is None or not _ANNOUNCES.match(announced, street.end()):
            return (district, None) if _ANNOUNCES.match(announced, end) else (None, None)
        return district, street.group()

    def _into(self, piece: Piece, index: int, *, inline: bool, number: int | None = None) -> None:
        assert self.section is not None  # noqa: S101 - for the type checker
        if re.fullmatch(r"(?:暂?无|没有|0个)[。;]?", piece.text):
            self._mark(piece, SpanKind.KNOWN)
            return
        others = re.fullmatch(r"(?:其他|其它|其余)(?:所有)?(?:区域|地区|范围)[。;]?", piece.text)
        if (inline or others) and self.section.order.to_level is Level.LOW:
            rest = words.REST.search(piece.text) or words.REST_PLAIN.search(piece.text)
            rest = rest or re.search(
                r"(?:其他|其它|其余)(?:所有)?(?:区域|地区|范围)[。;]?$", piece.text
            )
            if rest and (
                "、" not in piece.text[rest.end() :]
                or _ONLY_WHOLE.fullmatch(piece.text, rest.end())
            ):
                self._rest_of(piece.cut(0, rest.start()), piece)
                self._mark(piece, SpanKind.KNOWN)
                return
        if self.block is None:
            self.block = Block(
                self.section.district,
                self.section.street,
                None,
                self.section.heading,
                inline,
                inline,
            )
            self.section.blocks.append(self.block)
        if inline and (got := ordinal_of(piece.text, 1)) and got[0] != "cn" and got[1] == 1:
            self._mark(piece.cut(0, got[2]), SpanKind.HEADING)
            piece, number = piece.cut(got[2]), 1
            self.expected = 2
        if not self.block.lines and not inline and number is None and is_list(piece.text):
            self.block.inline = True
        self.block.lines.append(Line(piece, number))
        self._mark(piece, SpanKind.KNOWN)  # what is cut off its items (等2处) is read, too
        self.ended = piece.text.endswith("。")
        self.found.last = index + 1

    def _rest(self, index: int, unit: Unit, body: Piece, _got: tuple[str, int, int] | None) -> bool:
        text = body.text
        if re.search(r"风险(?:等级)?(?:均|保持)?(?:不变|维持)", text):
            if sentences_in(text):
                return False
            self._mark(unit.piece, SpanKind.KNOWN)
            self._close()
            return True
        core = words.REST.search(text)
        found = core or words.REST_PLAIN.search(text)
        if found is None or words.CASE_TALK.search(text):
            return False
        low_section = self.section is not None and self.section.order.to_level is Level.LOW
        if not re.search(r"低风险|防范区", text[found.start() :]) and not (core and low_section):
            return False
        if sentences_in(text[: found.start()]) or text[found.end() :].startswith("管理"):
            return False
        self._order_seen(index)
        listed = body.cut(0, found.start())
        self._mark(unit.piece, SpanKind.KNOWN)
        if re.search(r"所在", text[: found.start() + 12]):
            self.found.rest_where_zones = True
            self.found.taken.append(body)
        elif re.match(r"(?:下列|以下)", listed.text) and self.section:
            self.section.rest_names = True
            self.section.blocks.clear()
            self.block = None
        else:
            self._rest_of(listed, body)
        return True

    def _rest_of(self, listed: Piece, body: Piece) -> None:
        piece = listed
        self.found.taken.append(body)
        if core := words.REST.search(listed.text):
            piece = listed.cut(0, core.start())
        names = rest_names(piece.text)
        behind = _WHOLLY.search(body.text, core.end() if core else 0)
        names += rest_names(behind["names"]) if behind else []
        if self.section:
            self.section.rest_done = True
        if not names:
            low = self.section is not None and self.section.order.to_level is Level.LOW
            own = self.section.district if self.section and low else None
            self.found.rest.append((self.chapter[0] if self.chapter else own, body))
        for name in names:
            self.found.rest.append((name, body))

    def _all_but(self, index: int, unit: Unit, body: Piece) -> bool:
        """Take 除以下区域外其他高风险区全部解除: what is listed, there or below, is what stays."""
        found = all_but(body.text)
        if found is None or words.TITLE.search(body.text):
            return False
        effects = effects_in(body.text)
        district, end = self.districts.take(found.area or "")
        area = district if end else found.area
        before = re.split(r"[,。;:]", body.text[: found.start])[-1]
        area = area or self.districts.take(before)[0]
        section = Section(found.order, None, effects[0] if effects else None, None, area)
        section.all_but = body.cut(found.start, found.end)
        self._order_seen(index)
        self._open(section)
        self._mark(unit.piece, SpanKind.KNOWN)
        self.found.taken.append(body)
        if found.listed is not None:
            self._into(body.cut(*found.listed), index, inline=True)
            self._close()
        elif len(tail := body.cut(found.end)) > 2 and ":" in tail.text:
            tail = tail.cut(tail.text.index(":") + 1)
            if len(tail) > 2:
                self._into(tail, index, inline=True)
        return True

    def _estate_heading(self, index: int, unit: Unit, body: Piece) -> bool:
        """Take 杏林社区: above 1号楼, 3号楼2单元: the lines below are of that community or estate."""
        name = estate_of(body.text)
        if name is None or index + 1 >= len(self.found.units):
            return False
        if self.section is None and not (self.lead and self._from_lead(index)):
            return False
        below = self.found.units[index + 1].text
        got = ordinal_of(below)
        below = below[got[2] :] if got else below
        first = re.split(r"[、,;。和及(]", below)[0]
        if not (is_bare(first) or name.endswith(("社区", "居委会", "村委会", "村"))):
            return False
        assert self.section is not None  # noqa: S101 - for the type checker
        self._order_seen(index)
        above = self.block
        self.block = Block(
            (above.district if above else None) or self.section.district,
            (above.street if above else None) or self.section.street,
            None,
            unit.piece,
            False,
            estate=name,
        )
        self.section.open_block(self.block, above)
        self._mark(unit.piece, SpanKind.HEADING)
        self.expected, self.ended = 1, False
        return True

    def unread(self, piece: Piece) -> None:
        """Leave a part of the text to a person."""
        self.found.unread.append(piece)
        self._mark(piece, SpanKind.UNREAD)

    def _looks(self, text: str, *, strict: bool) -> bool:
        open_list = self.block is not None and not self.ended
        return place_like(text, self.districts, strict=strict, open_list=open_list)

    def _continues(self, text: str) -> bool:
        """Return whether a line ends what a wrapped list began (…阳光雅⏎居(除8号楼外)。)."""
        if self.block is None or not self.block.headed or self.ended or not self.block.lines:
            return False
        return ends_list(self.block.lines[-1].piece.text, text)

    def _strange(self, unit: Unit) -> None:
        """A line inside a section that is no place: unread, unless it is a short scrap of the page."""
        text = unit.text
        scrap = len(text) <= 12 and not words.PLACE_SIGN.search(text)
        if scrap or words.CASE_TALK.search(text):
            self._mark(unit.piece, SpanKind.KNOWN)
        else:
            self.unread(unit.piece)
            # 以下高风险区延长管控: what is listed below it is not the lead's.
            if text.endswith(":"):
                self.lead, self.foreign = None, True
        self._close()

    def _outside(self, unit: Unit, body: Piece) -> None:
        """Text beside the orders: known, unless it looks like an order that was not understood."""
        text = body.text
        label = label_of(text)
        listed = (label is not None and label.marked and heads_list(label, self.districts)) or (
            ordinal_of(unit.text) is not None
        )
        place = (listed or self.foreign) and self._looks(text, strict=True)
        # A numbered point of an announced list that has no form of a place must not vanish.
        if self.lead is not None and body is not unit.piece and len(text) <= 80:
            place = place or not is_furniture(text, point=True, listing=False)
        if not is_talk(text) and len(text) <= 400 and (words.ADDRESS.search(text) or place):
            self.unread(unit.piece)
            return
        self._mark(unit.piece, SpanKind.KNOWN)
