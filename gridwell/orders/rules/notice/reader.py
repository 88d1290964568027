"""Reading a notice: the walk's lists cut into items, counted, dated and asked about."""

import itertools
import re
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from gridwell.orders.rules.notice import place as places
from gridwell.orders.rules.notice import words
from gridwell.orders.rules.notice.acts import Order
from gridwell.orders.rules.notice.beside import is_standstill
from gridwell.orders.rules.notice.cuts import Cut, counts_for, cuts_of
from gridwell.orders.rules.notice.districts import Districts
from gridwell.orders.rules.notice.emergencies import emergencies_in
from gridwell.orders.rules.notice.found import Block, Scan, Total
from gridwell.orders.rules.notice.grouping import (
    Key,
    any_district,
    bare_text,
    declared_for,
    explained,
    follows,
    grouped,
    in_street,
    in_town,
    in_town_of,
    is_odd,
    lost_in_brackets,
    orders_beside,
    should_say,
    stays,
    with_totals,
)
from gridwell.orders.rules.notice.head import Head, area_of, closing_name, read_head
from gridwell.orders.rules.notice.model import (
    Act,
    Emergency,
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
from gridwell.orders.rules.notice.residue import left_over, lost_words
from gridwell.orders.rules.notice.scan import scan
from gridwell.orders.rules.notice.source import BREAKS, Piece, Source
from gridwell.orders.rules.notice.split import run_on_at, words_behind
from gridwell.orders.rules.notice.tail import LONGEST_ITEM, is_bare
from gridwell.orders.rules.notice.times import Stated, instant_of

#: 范围由2、3、5号楼缩小至3号楼: what it was, without the name of the estate.
_FORMERLY: Final = re.compile(
    r"由(?P<old>[0-9A-Z一二三四五六七八九十甲乙丙丁东西南北][^,。;]{0,80}?(?:楼|栋|幢|座|单元|排|层|号))(?:调整|缩小|缩减|优化|压缩)"
)


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
        self.asked: set[QuestionCode] = set()
        self.area: str | None = None

    def read(self) -> Reading:
        found = scan(self.source, self.districts)
        pieces = [unit.piece for unit in found.units]
        if not (any(s.blocks for s in found.sections) or found.rest or orders_beside(found)):
            return self._nothing(pieces, found)
        head = read_head(pieces, found.first, found.last or len(pieces))
        if found.emergencies and head.issuer is None:
            head = replace(head, issuer=closing_name(pieces))
        area, is_district = area_of(head, pieces, found.first, self.districts)
        cuts = cuts_of(found, self.districts)
        self.area = area
        groups, spans = self._groups(cuts, found, head, area if is_district else None)
        rest = self._rest(found, area, groups)
        for piece in left_over(found, cuts, groups):
            found.unread.append(piece)
            found.marks.append((piece, SpanKind.UNREAD))
        self._ask_head(head, found, groups)
        self._ask_counts(found, cuts, groups)
        emergencies = emergencies_in(found, head.issued_on, self.districts)
        found.forget(head.issuer)
        self._ask_unread(found, emergencies)
        self._ask_end(found, cuts)
        self._ask_parts(cuts)
        self._ask_numbers(cuts)
        self._ask_headings(found)
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
            emergencies,
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

    # -- groups

    def _groups(
        self, cuts: list[Cut], found: Scan, head: Head, area: str | None
    ) -> tuple[list[Group], list[Span]]:
        items: dict[Key, list[Item]] = defaultdict(list)
        declared: dict[Key, list[int | None]] = defaultdict(list)
        word: dict[Key, str | None] = {}
        spans: list[Span] = []
        near = head.issued_on
        if area is None and not any_district(cuts, self.districts):
            area = self.area  # a city without districts
        lists = Counter(id(cut.section) for cut in cuts)
        kept: dict[int, list[Place]] = defaultdict(list)
        for cut in cuts:
            effect = cut.block.effect or cut.section.effect or found.lead_effect
            when = self._instant(effect, head, near, cut)
            if when and near is None:
                near = when[0].date()
            headed = cut.block.district or cut.section.district
            carried = headed
            last: Place | None = self._estate(cut)
            above: Piece | None = None
            seen: set[Key] = set()
            for piece, word_behind in zip(cut.items, words_behind(cut.items), strict=True):
                inherited = last
                district, item, last = self._item(piece, cut, last, word_behind)
                if inherited and last and district is None and follows(piece, above):
                    item = in_town(item, inherited.subdistrict)
                    last = in_town_of(last, inherited)
                above = piece
                if not (headed or district) and should_say(cut, self.districts):
                    self._ask(QuestionCode.DISTRICT_MISSING, piece)
                carried = headed or district or carried
                name = carried or area
                if cut.section.all_but is not None:
                    name = cut.section.district or area or carried
                if name is None:
                    self._ask(QuestionCode.DISTRICT_MISSING, piece, once=True)
                order = cut.section.order
                key = Key(
                    order.act, order.from_level, order.to_level, name, *(when or (None, None))
                )
                if cut.section.all_but is not None:
                    item = self._stays(kept[id(cut.section)], item, cut.section.all_but)
                    items[key] = [i for i in items[key] if i.start != item.start]
                elif cut.block.left_out is not None and piece is cut.items[-1]:
                    item = self._left_out(item, cut.block.left_out)
                items[key].append(item)
                word.setdefault(key, order.word)
                seen.add(key)
                spans.append(Span(item.start, item.end, SpanKind.ITEM))
            for key in seen:
                declared[key].append(declared_for(cut, lists[id(cut.section)], len(seen)))
        groups = with_totals(grouped(items, declared, word), found)
        self._ask_repeats(groups)
        return groups, spans

    def _instant(
        self, effect: Stated | None, head: Head, near: date | None, cut: Cut
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
        self, piece: Piece, cut: Cut, last: Place | None, word_behind: str
    ) -> tuple[str | None, Item, Place | None]:
        text = piece.text + word_behind
        district, start = self.districts.take(text)
        if cut.block.remains is not None:
            return district, *self._shrunk(piece, cut.block)
        parsed = places.parse(text, self.districts, last)
        found = parsed.places
        if parsed.boundary is None and (at := run_on_at(text)):
            halves = [places.parse(t, self.districts) for t in (text[:at], text[at:])]
            found = halves[0].places + halves[1].places
        if cut.block.street:
            found = tuple(in_street(p, cut.block.street) for p in found)
        if not word_behind:
            of_estate = bool(cut.block.estate) and is_bare(text[start:])
            self._ask_item(piece, text[start:], parsed.boundary, of_estate=of_estate)
        if cut.block.estate and cut.block.estate.endswith(("社区", "村")):
            found = tuple(in_street(p, cut.block.estate) for p in found)
        if parsed.boundary is None and lost_in_brackets(text, (*found, *parsed.exceptions)):
            self._ask(QuestionCode.ODD_PLACE, piece)
        if parsed.unclear(re.sub(r"\([^()]*\)", "", text)):
            self._ask(QuestionCode.ODD_PLACE, piece)
        item = Item(piece.printed, *piece.span, found, parsed.exceptions, parsed.boundary)
        asked = any(question.start == item.start for question in self.questions)
        if not asked and lost_words(item, text, district):
            self._ask(QuestionCode.ODD_PLACE, piece)
        return district, item, (found[-1] if found else last)

    def _estate(self, cut: Cut) -> Place | None:
        """Return the community or estate above a list, which its bare lines are of (杏林社区: 1号楼)."""
        if cut.block.estate is None:
            return None
        found = places.parse(cut.block.estate, self.districts).last
        if found is not None and cut.block.street:
            found = in_street(found, cut.block.street)
        return found

    def _stays(self, kept: list[Place], item: Item, clause: Piece) -> Item:
        if item.boundary is not None or not item.places:
            self._ask(QuestionCode.ODD_PLACE, clause)
        return stays(kept, item, clause)

    def _left_out(self, item: Item, piece: Piece) -> Item:
        """将1号楼划为高风险区,不含底商: the exception belongs to the last place before the verb."""
        base = item.places[-1] if item.places else None
        found = places.left_out(piece.text, base, self.districts)
        if not found or places.unclear_exceptions(item.places, found):
            self._ask(QuestionCode.ODD_PLACE, piece)
        return replace(item, exceptions=item.exceptions + found)

    def _shrunk(self, piece: Piece, block: Block) -> tuple[Item, Place | None]:
        """将A、B栋调整为A栋: A remains, B is let go."""
        assert block.remains is not None  # noqa: S101 - for the type checker
        before = places.parse(block.lines[0].piece.text, self.districts)
        if named := _FORMERLY.search(piece.text):
            former = places.parse(named["old"], self.districts, before.last)
            before = former if former.last and former.last.kind is not PlaceKind.AREA else before
        after = places.parse(block.remains.text.strip("。;,、"), self.districts, before.last)
        gone = tuple(p for p in before.places if not any(q.within(p) for q in after.places))
        inside = all(any(q.within(p) for p in before.places) for q in after.places)
        if not gone and not inside and len(after.places) > len(before.places):
            self._ask(QuestionCode.RANGE_WIDENED, piece)
        return Item(piece.printed, *piece.span, after.places, gone), after.last

    # -- questions

    def _ask(
        self, code: QuestionCode, piece: Piece, *, once: bool = False, **facts: object
    ) -> None:
        if once and code in self.asked:
            return
        self.asked.add(code)
        self.questions.append(
            Question(code, *piece.span, piece.printed, tuple(sorted(facts.items())))
        )

    def _ask_item(self, piece: Piece, rest: str, boundary: str | None, *, of_estate: bool) -> None:
        plain = re.sub(r"\([^()]*\)", "", piece.text)
        if words.MASKED.search(piece.text):
            self._ask(QuestionCode.DAMAGED_TEXT, piece)
        if words.HEADLESS.match(rest) or (not boundary and words.TAILLESS.search(plain)):
            self._ask(QuestionCode.INCOMPLETE_NAME, piece)
        elif boundary is None and run_on_at(piece.text):
            self._ask(QuestionCode.LOST_SEPARATOR, piece)
        elif (
            len(piece) > LONGEST_ITEM
            or words.DENIED_ACT.search(piece.text)
            or words.BY_NUMBER.search(piece.text)
            or words.OWN_TIME.search(piece.text)
            or (boundary is None and words.NEARBY.search(piece.text))
            or (boundary is None and words.NARROWER.search(piece.text))
            or (not of_estate and is_odd(plain, rest or piece.text, boundary))
        ):
            self._ask(QuestionCode.ODD_PLACE, piece)

    def _ask_unread(self, found: Scan, emergencies: tuple[Emergency, ...]) -> None:
        """Ask about each part that was not read; of a correction, about each difference.

        The points below a measure in an emergency are asked about with it.
        """
        self.questions += [
            Question(QuestionCode.EMERGENCY, measure.start, measure.end, measure.text)
            for measure in emergencies
        ]
        differences = {one.piece.at[0] for one in found.corrections}
        for part in found.unread:
            start, end = part.span
            inside = any(m.start <= start and end <= m.end for m in emergencies)
            standstill = is_standstill(part.text)  # 实施临时管控,疏散周边居民 is both
            if (inside and not standstill) or differences.intersection(part.at):
                continue
            self._ask(QuestionCode.STANDSTILL if standstill else QuestionCode.UNREAD, part)
        for one in found.corrections:
            code = QuestionCode.CORRECTED if one.after else QuestionCode.STRUCK_OUT
            facts = [
                (name, said)
                for name, said in (("after", one.after), ("before", one.before))
                if said
            ]
            self.questions.append(Question(code, *one.piece.span, one.piece.printed, tuple(facts)))

    def _ask_repeats(self, groups: list[Group]) -> None:
        for group in groups:
            seen: set[str] = set()
            for item in group.items:
                name = bare_text(item.text)
                if name in seen:
                    self.questions.append(
                        Question(QuestionCode.DUPLICATE_ITEM, item.start, item.end, item.text)
                    )
                seen.add(name)
        high = {bare_text(i.text): i for g in groups if g.to_level is Level.HIGH for i in g.items}
        for group in groups:
            if group.to_level is not Level.LOW:
                continue
            for item in group.items:
                if bare_text(item.text) in high:
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

    def _ask_counts(self, found: Scan, cuts: list[Cut], groups: list[Group]) -> None:
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
        by_section: dict[int, list[Cut]] = defaultdict(list)
        for cut in cuts:
            by_section[id(cut.section)].append(cut)
        listing = Counter(section.order for section in found.sections if section.blocks)
        for section in found.sections:
            mine = by_section[id(section)]
            count = sum(len(c.items) for c in mine)
            for name, (declared, heading) in section.by_district.items():
                listed_there = sum(len(c.items) for c in mine if c.block.district == name)
                if listed_there != declared:
                    self._ask(
                        QuestionCode.COUNT_GROUP, heading,
                        district=name, declared=declared, found=listed_there,
                    )  # fmt: skip
            if section.declared is None or section.heading is None:
                continue
            if section.rest_names or (section.order.to_level is Level.LOW and not mine):
                continue
            if not mine and listing[section.order] > bool(section.blocks):
                continue
            listed = [
                c.block.declared if c.block.declared is not None else len(c.items) for c in mine
            ]
            if count != section.declared and sum(listed) != section.declared:
                self._ask(
                    QuestionCode.COUNT_TOTAL if count else QuestionCode.EMPTY_GROUP,
                    section.heading, declared=section.declared, found=count,
                )  # fmt: skip
        self._ask_totals(found, cuts, groups)

    def _ask_totals(self, found: Scan, cuts: list[Cut], groups: list[Group]) -> None:
        by_kind: dict[tuple[bool, Level], list[Total]] = defaultdict(list)
        for total in found.totals:
            by_kind[total.lifted, total.level].append(total)
        for totals in by_kind.values():
            mine = [c for c in cuts if counts_for(c.section.order, totals[0])]
            count = sum(len(c.items) for c in mine)
            if any(t.count == count for t in totals):
                continue
            if any(explained(mine, t.count) for t in totals):
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

    def _ask_parts(self, cuts: list[Cut]) -> None:
        """Ask when one list alone fits its count only by counting a building's parts singly.

        It may as well have lost an item. Two parts or more gained in a notice speak for a way of
        counting, unless another list counts the other way.
        """
        gained = sum(max(0, c.gained) for c in cuts)
        other = any(
            c.gained == 0
            and c.block.declared == len(c.items)
            and any("、" in p.text for p in c.items)
            for c in cuts
        )
        for cut in cuts:
            if cut.gained > 0 and (gained == 1 or other):
                where = cut.block.heading or cut.items[0]
                self._ask(QuestionCode.ODD_SPLIT, where)

    def _ask_numbers(self, cuts: list[Cut]) -> None:
        """Ask where numbered points jump, or begin anew below one heading: a line may be lost."""
        for cut in cuts:
            lines = [line for line in cut.block.lines if line.number is not None]
            for before, line in itertools.pairwise(lines):
                if line.number == 1:
                    self._ask(QuestionCode.HEADING_LOST, line.piece)
                elif line.number not in (1, (before.number or 0) + 1):
                    self._ask(
                        QuestionCode.NUMBER_GAP, line.piece, before=before.number, after=line.number
                    )

    def _ask_headings(self, found: Scan) -> None:
        """Ask where a district stands twice below one act, or 三、 follows 一、: a heading is lost."""
        for section in found.sections:
            if section.order == Order(Act.DESIGNATE, None, None) and section.heading:
                self._ask(QuestionCode.LEVEL_MISSING, section.heading)
            seen: set[tuple[str | None, ...]] = set()
            for block in section.blocks:
                name = (block.district, block.street, block.estate)
                if name in seen and block.heading and block.heading is not section.heading:
                    self._ask(QuestionCode.HEADING_LOST, block.heading)
                seen.add(name)
        for (before, _piece), (number, piece) in itertools.pairwise(found.chapters):
            if number > before + 1:
                self._ask(QuestionCode.NUMBER_GAP, piece, before=before, after=number)

    def _ask_end(self, found: Scan, cuts: list[Cut]) -> None:
        """Ask when a wrapped list that no count closes stops: with the text, or unlike the others."""
        last = found.units[-1].piece
        wrapped = [c for c in cuts if c.block.headed and c.block.lines and not c.block.remains]
        ends = [c.block.lines[-1].piece for c in wrapped]
        closed = any(piece.text[-1] == "。" for piece in ends)
        for cut, piece in zip(wrapped, ends, strict=True):
            if piece.text[-1] in "。;!" or cut.block.declared == len(cut.items):
                continue
            if piece.at[-1] == last.at[-1] or (closed and cut.block.district):
                self._ask(QuestionCode.CUT_OFF, cut.items[-1] if cut.items else piece)

    # -- the rest

    def _rest(self, found: Scan, area: str | None, groups: list[Group]) -> tuple[str, ...]:
        names: list[str] = []
        for name, piece in found.rest:
            name = name or area
            if name is None:
                self._ask(QuestionCode.DISTRICT_MISSING, piece, once=True)
            else:
                names.append(name)
        if found.rest_where_zones:
            names += [g.district for g in groups if g.to_level is not Level.LOW and g.district]
        names = list(dict.fromkeys(names))
        return tuple(names)

    def _span(self, piece: Piece, kind: SpanKind) -> Span:
        return Span(*piece.span, kind)
