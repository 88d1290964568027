"""Reading a notice: the walk's lists cut into items, counted, dated and asked about."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from gridwell.orders.rules.notice import place as places
from gridwell.orders.rules.notice import words
from gridwell.orders.rules.notice.acts import Order
from gridwell.orders.rules.notice.districts import Districts
from gridwell.orders.rules.notice.head import Head, area_of, read_head
from gridwell.orders.rules.notice.model import (
    Act,
    Group,
    Item,
    Level,
    Place,
    PlaceKind,
    Precision,
    Question,
    QuestionCode,
    Reading,
    Span,
    SpanKind,
    Unread,
)
from gridwell.orders.rules.notice.scan import Block, Scan, Section, Total, scan
from gridwell.orders.rules.notice.source import BREAKS, Piece, Source
from gridwell.orders.rules.notice.split import Way, run_on_at, ways
from gridwell.orders.rules.notice.tail import is_bare
from gridwell.orders.rules.notice.times import Stated, instant_of


@dataclass(frozen=True, slots=True)
class _Key:
    act: Act
    from_level: Level | None
    to_level: Level | None
    district: str | None
    effective_at: datetime | None
    precision: Precision | None


class _Cut:
    """A block with the way chosen to cut it; other ways are made only when a count asks for them."""

    def __init__(self, section: Section, block: Block, options: Iterator[Way]) -> None:
        self.section = section
        self.block = block
        self._options = options
        self._known: list[Way] = []
        first = self.option(0)
        self.items: tuple[Piece, ...] = first.items if first else ()

    def option(self, index: int) -> Way | None:
        """Return the n-th way, or None when there are fewer."""
        while len(self._known) <= index:
            way = next(self._options, None)
            if way is None:
                return None
            self._known.append(way)
        return self._known[index]

    def options(self) -> list[Way]:
        """Return all ways."""
        self._known.extend(self._options)
        return self._known


def read_notice(text: str) -> Reading:
    """Return what a notice orders (风险区调整通告).

    Never raises: what cannot be read comes back as unread text and a question. Reads no clock:
    a year that the text has lost stays lost.
    """
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self.source = Source.of(text)
        self.districts = Districts()
        self.questions: list[Question] = []

    def read(self) -> Reading:
        found = scan(self.source, self.districts)
        pieces = [unit.piece for unit in found.units]
        if not any(s.blocks for s in found.sections) and not found.rest:
            return self._nothing(pieces, found)
        head = read_head(pieces, found.first, found.last)
        area, is_district = area_of(head, pieces, found.first, self.districts)
        cuts = self._cut(found)
        groups, spans = self._groups(cuts, found, head, area if is_district else None)
        rest = self._rest(found, area, groups)
        self._ask_head(head, found, groups)
        self._ask_counts(found, cuts, groups)
        for part in found.unread:
            self._ask(QuestionCode.UNREAD, part)
        spans += [self._span(piece, kind) for piece, kind in found.marks]
        return Reading(
            head.number,
            head.issuer,
            head.issued_on,
            tuple(groups),
            rest,
            tuple(sorted(set(self.questions), key=lambda q: (q.start, q.end, q.code))),
            tuple(Unread(*p.span, p.printed) for p in found.unread),
            tuple(sorted(spans, key=lambda s: (s.start, s.end))),
        )

    def _nothing(self, pieces: list[Piece], found: Scan) -> Reading:
        """A text without an order, a poem perhaps: all of it unread, one question."""
        text = self.source.text
        if not pieces:
            whole = (Question(QuestionCode.NO_ORDER, 0, len(text), ""),)
            return Reading(None, None, None, (), (), whole, ())
        start, end = pieces[0].span[0], pieces[-1].span[1]
        printed = BREAKS.sub("", text[start:end])
        head = read_head(pieces, len(pieces), len(pieces))
        return Reading(
            head.number,
            head.issuer,
            head.issued_on,
            (),
            (),
            (Question(QuestionCode.NO_ORDER, start, end, printed),),
            (Unread(start, end, printed),),
            (Span(start, end, SpanKind.UNREAD),),
        )

    # -- cutting

    def _cut(self, found: Scan) -> list[_Cut]:
        cuts: list[_Cut] = []
        for section in found.sections:
            cuts += [_Cut(section, block, self._options(block, found)) for block in section.blocks]
        for cut in cuts:
            if cut.block.declared is not None:
                cut.items = _fit(cut, cut.block.declared)
        for section in found.sections:
            self._fit_together([c for c in cuts if c.section is section], section.declared)
        for total in found.totals:
            mine = [c for c in cuts if _counts_for(c.section.order, total)]
            if not any(c.section.declared is not None for c in mine):
                self._fit_together(mine, total.count)
        return _without_repeats(cuts)

    def _options(self, block: Block, found: Scan) -> Iterator[Way]:
        if block.whole is not None:
            return iter([Way((block.whole,), "shrink")])
        points = found.numbered and block.declared is None and not block.headed
        return ways(
            block.lines,
            inline=block.inline and not points,
            paragraphs=points,
            districts=self.districts,
        )

    def _fit_together(self, cuts: list[_Cut], declared: int | None) -> None:
        """Choose among the ways of the lists without a count of their own by their common count."""
        free = [c for c in cuts if c.block.declared is None and c.items]
        if declared is None or not free or sum(len(c.items) for c in cuts) == declared:
            return
        fixed = sum(len(c.items) for c in cuts if c.block.declared is not None)
        if len(free) == 1:
            free[0].items = _fit(free[0], declared - fixed)
            return
        for index in range(max(len(c.options()) for c in free)):
            chosen = [c.options()[min(index, len(c.options()) - 1)].items for c in free]
            if fixed + sum(map(len, chosen)) == declared:
                for cut, items in zip(free, chosen, strict=True):
                    cut.items = items
                return

    # -- groups

    def _groups(
        self, cuts: list[_Cut], found: Scan, head: Head, area: str | None
    ) -> tuple[list[Group], list[Span]]:
        items: dict[_Key, list[Item]] = defaultdict(list)
        declared: dict[_Key, list[int | None]] = defaultdict(list)
        word: dict[_Key, str | None] = {}
        spans: list[Span] = []
        near = head.issued_on
        for cut in cuts:
            effect = cut.block.effect or cut.section.effect or found.lead_effect
            when = self._instant(effect, head, near, cut)
            if when and near is None:
                near = when[0].date()
            headed = cut.block.district or cut.section.district
            carried = headed
            last: Place | None = None
            seen: set[_Key] = set()
            for piece in cut.items:
                district, item, last = self._item(piece, cut, last)
                carried = headed or district or carried
                name = carried or area
                if name is None:
                    self._ask(QuestionCode.DISTRICT_MISSING, piece)
                order = cut.section.order
                key = _Key(
                    order.act, order.from_level, order.to_level, name, *(when or (None, None))
                )
                items[key].append(item)
                word.setdefault(key, order.word)
                seen.add(key)
                spans.append(Span(item.start, item.end, SpanKind.ITEM))
            for key in seen:
                declared[key].append(_declared_for(cut, cuts, len(seen)))
        groups = [
            Group(
                key.act, key.from_level, key.to_level, key.district,
                _sum(declared[key]), key.effective_at, key.precision, tuple(found_items), word[key],
            )
            for key, found_items in items.items()
        ]  # fmt: skip
        self._ask_repeats(groups)
        return groups, spans

    def _instant(
        self, effect: Stated | None, head: Head, near: date | None, cut: _Cut
    ) -> tuple[datetime, Precision] | None:
        where = cut.section.heading or (cut.items[0] if cut.items else None)
        if effect is None:
            if where:
                self._ask(QuestionCode.EFFECTIVE_MISSING, where, once=True)
            return None
        when = instant_of(effect, head.issued_on, near, head.years)
        if when is None and where and not effect.at_once:
            self._ask(QuestionCode.EFFECTIVE_DAMAGED, where, once=True)
        return when

    def _item(
        self, piece: Piece, cut: _Cut, last: Place | None
    ) -> tuple[str | None, Item, Place | None]:
        text = piece.text
        district, start = self.districts.take(text)
        if cut.block.remains is not None:
            return district, *self._shrunk(piece, cut.block)
        parsed = places.parse(text, self.districts, last)
        found = parsed.places
        if cut.block.street:
            found = tuple(_in_street(p, cut.block.street) for p in found)
        self._ask_item(piece, text[start:], parsed.boundary)
        return (
            district,
            Item(piece.printed, *piece.span, found, parsed.exceptions, parsed.boundary),
            (found[-1] if found else last),
        )

    def _shrunk(self, piece: Piece, block: Block) -> tuple[Item, Place | None]:
        """将A、B栋调整为A栋: A remains, B is let go."""
        assert block.remains is not None  # noqa: S101 - for the type checker
        before = places.parse(block.lines[0].piece.text, self.districts)
        after = places.parse(block.remains.text.strip("。;,、"), self.districts, before.last)
        gone = tuple(p for p in before.places if p not in after.places)
        if not gone and len(after.places) > len(before.places):
            self._ask(QuestionCode.RANGE_WIDENED, piece)
        return Item(piece.printed, *piece.span, after.places, gone), after.last

    # -- questions

    def _ask(
        self, code: QuestionCode, piece: Piece, *, once: bool = False, **facts: object
    ) -> None:
        if once and any(q.code is code for q in self.questions):
            return
        self.questions.append(
            Question(code, *piece.span, piece.printed, tuple(sorted(facts.items())))
        )

    def _ask_item(self, piece: Piece, rest: str, boundary: str | None) -> None:
        plain = re.sub(r"\([^()]*\)", "", piece.text)
        if words.MASKED.search(piece.text):
            self._ask(QuestionCode.DAMAGED_TEXT, piece)
        if words.HEADLESS.match(rest):
            self._ask(QuestionCode.INCOMPLETE_NAME, piece)
        elif boundary is None and run_on_at(piece.text):
            self._ask(QuestionCode.LOST_SEPARATOR, piece)
        elif (
            len(plain) < 2
            or (
                boundary is None
                and (len(plain) > 60 or words.NOT_PLACES.search(words.REST.sub("", plain)))
            )
            or (
                is_bare(rest or piece.text)
                and not words.MASKED.search(rest)
                and not re.search(r"[一-鿿]{2}", rest or piece.text)
            )
        ):
            self._ask(QuestionCode.ODD_PLACE, piece)

    def _ask_repeats(self, groups: list[Group]) -> None:
        for group in groups:
            seen: set[str] = set()
            for item in group.items:
                name = _bare_text(item.text)
                if name in seen:
                    self.questions.append(
                        Question(QuestionCode.DUPLICATE_ITEM, item.start, item.end, item.text)
                    )
                seen.add(name)
        high = {_bare_text(i.text): i for g in groups if g.to_level is Level.HIGH for i in g.items}
        for group in groups:
            if group.to_level is not Level.LOW:
                continue
            for item in group.items:
                if _bare_text(item.text) in high:
                    self.questions.append(
                        Question(QuestionCode.BOTH_WAYS, item.start, item.end, item.text)
                    )

    def _ask_head(self, head: Head, found: Scan, groups: list[Group]) -> None:
        first = found.units[0].piece
        if head.number_lost is not None:
            self._ask(QuestionCode.NUMBER_DAMAGED, head.number_lost)
        if head.issued_lost is not None:
            self._ask(QuestionCode.ISSUED_ON_DAMAGED, head.issued_lost)
        elif head.issued_on is None:
            self._ask(QuestionCode.ISSUED_ON_MISSING, first)

    def _ask_counts(self, found: Scan, cuts: list[_Cut], groups: list[Group]) -> None:
        wrong: set[int] = set()
        for cut in cuts:
            declared = cut.block.declared
            if declared is not None and declared != len(cut.items) and cut.block.heading:
                wrong.add(id(cut.section))
                self._ask(
                    QuestionCode.COUNT_GROUP, cut.block.heading,
                    district=cut.block.street or cut.block.district or "", declared=declared,
                    found=len(cut.items),
                )  # fmt: skip
        for section in found.sections:
            mine = [c for c in cuts if c.section is section]
            count = sum(len(c.items) for c in mine)
            if section.declared is None or section.heading is None:
                continue
            if section.rest_names or (section.order.to_level is Level.LOW and not mine):
                continue
            if not mine and any(
                s is not section and s.order == section.order and s.blocks for s in found.sections
            ):
                continue
            if count != section.declared and not _explained(mine, section.declared):
                self._ask(
                    QuestionCode.COUNT_TOTAL if count else QuestionCode.EMPTY_GROUP,
                    section.heading, declared=section.declared, found=count,
                )  # fmt: skip
        self._ask_totals(found, cuts, groups)

    def _ask_totals(self, found: Scan, cuts: list[_Cut], groups: list[Group]) -> None:
        by_kind: dict[tuple[bool, Level], list[Total]] = defaultdict(list)
        for total in found.totals:
            by_kind[total.lifted, total.level].append(total)
        for totals in by_kind.values():
            mine = [c for c in cuts if _counts_for(c.section.order, totals[0])]
            count = sum(len(c.items) for c in mine)
            if any(t.count == count for t in totals):
                continue
            if any(_explained(mine, t.count) for t in totals):
                continue
            total = totals[-1]
            self._ask(QuestionCode.COUNT_TOTAL, total.piece, declared=total.count, found=count)
        per_district = Counter[str | None]()
        for group in groups:
            per_district[group.district] += len(group.items)
        for name, declared, piece in found.district_totals:
            if name in per_district and per_district[name] != declared:
                self._ask(
                    QuestionCode.COUNT_DISTRICT, piece,
                    district=name, declared=declared, found=per_district[name],
                )  # fmt: skip

    # -- the rest

    def _rest(self, found: Scan, area: str | None, groups: list[Group]) -> tuple[str, ...]:
        names: list[str] = []
        for name, _piece in found.rest:
            if name is None:
                name = area
            if name:
                names.append(name)
        if found.rest_where_zones:
            names += [g.district for g in groups if g.to_level is not Level.LOW and g.district]
        names = list(dict.fromkeys(names))
        return tuple(names)

    def _span(self, piece: Piece, kind: SpanKind) -> Span:
        return Span(*piece.span, kind)


def _bare_text(text: str) -> str:
    return re.sub(r"\s|\((?:[^()]*已发布)\)|（[^（）]*已发布）", "", text)


def _in_street(place: Place, street: str) -> Place:
    if place.subdistrict or place.kind is PlaceKind.SUBDISTRICT:
        return place
    if street.endswith(("社区", "村")):
        return place if place.community else replace(place, community=street)
    return replace(place, subdistrict=street)


def _fit(cut: _Cut, declared: int) -> tuple[Piece, ...]:
    """Return the first way with the declared count; a run-on list is cut where that makes it fit."""
    index = 0
    while way := cut.option(index):
        if len(way.items) == declared:
            return way.items
        index += 1
    if not index:
        return ()
    first = cut.options()[0].items
    apart: list[Piece] = []
    for piece in first:
        at = run_on_at(piece.text)
        apart += [piece.cut(0, at), piece.cut(at)] if at else [piece]
    return tuple(apart) if len(apart) == declared else first


def _counts_for(order: Order, total: Total) -> bool:
    if total.lifted:
        return (
            order.to_level is Level.LOW and total.level in (Level.LOW, order.from_level, None)
        ) or (order.act is Act.LIFT and total.level is Level.HIGH)
    return order.act in (Act.DESIGNATE, Act.STEP) and order.to_level is total.level


def _explained(cuts: list[_Cut], declared: int) -> bool:
    """Return whether the lists declare together what the total does; then they are asked about."""
    own = [c.block.declared if c.block.declared is not None else len(c.items) for c in cuts]
    if own and sum(own) == declared:
        return True
    sections = {id(c.section): c.section.declared for c in cuts}
    known = [d for d in sections.values() if d is not None]
    return len(known) == len(sections) > 0 and sum(known) == declared


def _declared_for(cut: _Cut, cuts: list[_Cut], keys: int) -> int | None:
    if cut.block.declared is not None:
        return cut.block.declared if keys == 1 else None
    alone = sum(c.section is cut.section for c in cuts) == 1
    return cut.section.declared if alone and keys == 1 else None


def _sum(counts: list[int | None]) -> int | None:
    known = [c for c in counts if c is not None]
    return sum(known) if len(known) == len(counts) and known else None


def _without_repeats(cuts: list[_Cut]) -> list[_Cut]:
    """Leave out what a page prints twice (a lead that quotes the notice, the notice twice)."""
    kept: list[_Cut] = []
    for cut in cuts:
        twin = [
            k for k in kept
            if k.section is not cut.section and k.section.order == cut.section.order
            and k.block.district == cut.block.district and k.block.street == cut.block.street
        ]  # fmt: skip
        before = {p.text for k in twin for p in k.items}
        if twin and cut.items:
            fresh = tuple(p for p in cut.items if p.text not in before)
            if not fresh:
                continue
            if len(fresh) * 2 <= len(cut.items):
                cut.items = fresh
        kept.append(cut)
    return kept
