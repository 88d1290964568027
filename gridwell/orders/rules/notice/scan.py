"""The walk through a notice: what each line is, and which lists stand under which act."""

import re
from dataclasses import replace

from gridwell.orders.rules.notice import words
from gridwell.orders.rules.notice.acts import VERB, Order, heading_of, order_of
from gridwell.orders.rules.notice.beside import corrections_in, is_standstill
from gridwell.orders.rules.notice.cover import passed_over
from gridwell.orders.rules.notice.districts import SUBDISTRICT, Districts, could_be_district
from gridwell.orders.rules.notice.emergencies import is_emergency
from gridwell.orders.rules.notice.found import (
    Block,
    Scan,
    Section,
    announced_count,
    bare_order,
    district_totals_in,
    lost_lists,
    titled_change,
    titled_levels,
    totals_in,
)
from gridwell.orders.rules.notice.looks import (
    by_level,
    district_before,
    in_force,
    is_furniture,
    is_talk,
    named_before,
    names_no_place,
    rest_name,
    spaced_ordinal,
    worn_ordinal,
)
from gridwell.orders.rules.notice.model import Act, Level, SpanKind
from gridwell.orders.rules.notice.sentences import Sentence, sentences_in
from gridwell.orders.rules.notice.source import Piece, Source
from gridwell.orders.rules.notice.split import Line
from gridwell.orders.rules.notice.tabled import TableWalk
from gridwell.orders.rules.notice.times import effects_in
from gridwell.orders.rules.notice.units import (
    Unit,
    estate_of,
    heads_list,
    label_of,
    learn_from,
    proper,
    units_of,
)
from gridwell.orders.rules.notice.words import ordinal_of


def scan(source: Source, districts: Districts) -> Scan:
    """Walk through a text once; learns the districts on the way."""
    units = units_of(source, districts)
    learn_from(units, districts)
    walk = _Walk(Scan(units), districts)
    for index in range(len(units)):
        walk.step(index)
    for piece in (*passed_over(walk.found), *lost_lists(walk.found)):
        walk.unread(piece)
    blocks = (block for section in walk.found.sections for block in section.blocks)
    walk.found.numbered = any(line.number is not None for b in blocks for line in b.lines)
    return walk.found


class _Walk(TableWalk):
    """The steps of the walk: what each unit is."""

    def step(self, index: int) -> None:
        """Take one unit."""
        unit = self.found.units[index]
        if unit.over:
            self.unread(unit.piece)
            return
        if unit.row:
            self._row(index, unit, unit.row)
            return
        if (
            not self.seen_order
            and self.found.lead_effect is None
            and (stated := effects_in(unit.text))
        ):
            self.found.lead_effect = stated[0]
        announced = self.announced
        got = ordinal_of(unit.text, self.expected) or self._worn_ordinal(index, unit)
        if got and got[0] == "cn":
            self.found.chapters.append((got[1], unit.piece))
        body = unit.piece.cut(got[2]) if got else unit.piece
        if not body.text:
            self._mark(unit.piece, SpanKind.KNOWN)
            return
        if (
            self._all_but(index, unit, body)
            or self._beside(unit)
            or self._estate_heading(index, unit, body)
            or self._chapter(index, unit, body, got)
            or self._rest(index, unit, body, got)
            or self._act_heading(index, unit, body, got)
            or self._label_heading(index, unit, body, got)
            or self._sentences(index, unit, body)
            or self._furniture(unit, body, got)
            or self._content(index, unit, body, got)
        ):
            if announced:
                self.announced = False
            return
        if announced and not is_talk(body.text):
            self.announced = False
            self.unread(unit.piece)  # the first line of an announced list must not vanish
            return
        self._outside(unit, body)

    def _worn_ordinal(self, index: int, unit: Unit) -> tuple[str, int, int] | None:
        """Return the ordinal of a point whose dot is lost (4飞虹小区 between 3. and 5.), or None."""
        near = self.found.units[max(0, index - 2) : index + 3]
        if spaced := spaced_ordinal(unit.piece, [u.piece for u in near if u is not unit]):
            return spaced
        after = [u.text for u in self.found.units[index + 1 : index + 2]]
        before = self.block is not None and any(x.number is not None for x in self.block.lines)
        return worn_ordinal(unit.text, self.expected, after, before) if self.section else None

    def _beside(self, unit: Unit) -> bool:
        """Leave a correction or a standstill to a person; what is listed below it is unread too."""
        if found := corrections_in(unit.piece):
            self.found.corrections += found
        elif is_emergency(unit.text) and not sentences_in(unit.text):
            self.found.emergencies.append(unit.piece)
            if not unit.text.endswith(":"):  # nothing is listed below it
                self.unread(unit.piece)
                return True
        elif (
            not is_standstill(unit.text)
            or sentences_in(unit.text)
            or (words.TITLE.search(unit.text) and not unit.text.endswith("。"))
        ):
            return False
        self._close()
        self.lead, self.foreign = None, True
        self.unread(unit.piece)
        return True

    # -- orders

    def _chapter(
        self, index: int, unit: Unit, body: Piece, got: tuple[str, int, int] | None
    ) -> bool:
        """Take 一、云龙区(2个) where an order of its own follows: what stands below is that district's."""
        style = got[0] if got else ""
        label = label_of(body.text)
        district = None
        if label and label.length == len(body.text) and index + 1 < len(self.found.units):
            district, end = self.districts.take(label.name)
            district = district if end == len(label.name) else None
        if district and label and self._orders_next(index):
            self.chapter = (district, style)
            if label.declared is not None:
                self.found.district_totals.append((district, label.declared, body))
            self._close()
            self._mark(unit.piece, SpanKind.HEADING)
            return True
        if self.chapter and got and style == self.chapter[1]:
            self.chapter = None
        return False

    def _orders_next(self, index: int) -> bool:
        below = self.found.units[index + 1]
        if below.row:
            return False
        got = ordinal_of(below.text)
        text = below.text[got[2] :] if got else below.text
        heading = heading_of(text, self.districts, go_on=False)
        return bool((heading and heading.order) or sentences_in(text))

    def _act_heading(
        self, index: int, unit: Unit, body: Piece, got: tuple[str, int, int] | None
    ) -> bool:
        told = self.lead or self.found.totals or (got and titled_levels(self.found))
        go_on = bool(told) or titled_change(self.found)
        heading = heading_of(body.text, self.districts, go_on=go_on)
        if heading is None:
            return False
        content = body.cut(heading.length).strip(":")
        order = heading.order or bare_order(body.text, self.lead and self.lead[0], self.found)
        if order is None:
            return False
        if not content.text and not self._followed(index, announced=got is not None):
            return False
        self._order_seen(index)
        effect = heading.effect or (self.lead[1] if self.lead else None)
        head = unit.piece.cut(0, len(unit.piece) - len(content))
        self._open(Section(order, heading.declared, effect, head, heading.district, heading.street))
        self._mark(head, SpanKind.HEADING)
        if content.text:
            self._into(content, index, inline=True)
        return True

    def _followed(self, index: int, *, announced: bool) -> bool:
        """Return whether a list follows: a heading without one is a title, or a table of contents."""
        for unit in self.found.units[index + 1 : index + 3]:
            text = unit.text
            if unit.row:
                return True
            got = ordinal_of(text)
            rest = text[got[2] :] if got else text
            if words.JUNK.search(text) and not words.ADDRESS.search(text):
                return False
            if heading_of(rest, self.districts, go_on=False):
                return False
            if words.REST.search(text) or (got and got[0] in ("d", "dp")):
                return True
            label = label_of(text)
            if (label and label.marked and heads_list(label, self.districts)) or estate_of(rest):
                return True
            if words.TITLE.search(rest) or words.MEASURE.search(rest):
                return False
            if self._looks(rest, strict=not announced):
                return True
            return announced and (proper(rest, self.districts) or len(rest) <= 30)
        return False

    def _label_heading(
        self, index: int, unit: Unit, body: Piece, got: tuple[str, int, int] | None
    ) -> bool:
        if self.section is None and self.lead is None:
            return False
        label = label_of(body.text)
        if label is None:
            return False
        name, count, colon, length = label
        alone = length == len(body.text) and count is None and not colon
        if not alone and not (label.marked and heads_list(label, self.districts)):
            return False
        if alone and not (proper(name, self.districts) and self._heads(index, got)):
            return False
        if self.section is None and not self._from_lead(index):
            return False
        assert self.section is not None  # noqa: S101 - for the type checker
        self._order_seen(index)
        content = body.cut(length).strip(":")
        if words.REST.match(content.text) and self.section.order.to_level is Level.LOW:
            return False
        district, end = self.districts.take(name)
        rest = name[end:]
        street = rest or None
        if district is None and could_be_district(name) and not SUBDISTRICT.fullmatch(name):
            district, street = name, None
        if district is None and self.block is not None and street:
            district = self.block.district
        head = unit.piece.cut(0, len(unit.piece) - len(content))
        above, self.block = (
            self.block,
            Block(
                district or self.section.district,
                street,
                count,
                head,
                bool(content.text),
                bool(content.text),
            ),
        )
        self.section.open_block(self.block, above)
        self._mark(head, SpanKind.HEADING)
        self.expected = 1
        self.ended = False
        if content.text:
            self._into(content, index, inline=True)
        return True

    def _heads(self, index: int, got: tuple[str, int, int] | None) -> bool:
        """Return whether a line that is only the name of a street or district heads a list."""
        if index + 1 >= len(self.found.units):
            return False
        text = self.found.units[index + 1].text
        if self.found.units[index + 1].row:
            return True
        after = ordinal_of(text)
        if got and after and after[0] == got[0] and after[1] == got[1] + 1:
            return False
        rest = text[after[2] :] if after else text
        if after and after[0] == "cn":
            return False
        if heading_of(rest, self.districts, go_on=False) or words.MEASURE.search(rest):
            return False
        if got and got[0] in ("cnp", "cn"):
            return True
        label = label_of(rest)
        if label and label.length == len(rest) and proper(label.name, self.districts):
            return False
        return self._looks(rest, strict=True) and self.districts.take(rest)[0] is None

    def _sentences(self, index: int, unit: Unit, body: Piece) -> bool:
        effects = effects_in(body.text)
        if (
            effects
            and self.found.lead_effect is None
            and (not self.seen_order or in_force(body.text))
        ):
            self.found.lead_effect = effects[0]
        self.found.totals += totals_in(body)
        self.found.district_totals += district_totals_in(body)
        if self._ends_in_heading(index, unit, body):
            return True
        for sentence in (sentences := sentences_in(body.text)):
            if names_no_place(body.text, sentence.listed, first=index < 3):
                continue
            if words.TITLE.search(body.text) and (
                sentence.context or words.SOME_ONLY.match(body.text)
            ):
                continue
            self._order_seen(index)
            if sentence.denied:
                self._deny(sentence, unit, body)
            elif sentence.context:
                self._announce(sentence, body, index)
            else:
                self._prose(sentence, body, index)
        if not sentences or words.TITLE.search(body.text):
            return False
        self._rest_behind(body.cut(sentences[-1].end))
        if not sentences[-1].context:
            self._close()
        self._mark(unit.piece, SpanKind.KNOWN)
        return True

    def _rest_behind(self, tail: Piece) -> None:
        """Take …划定为高风险区,除高风险区外的其他区域为低风险区: the rest stands in the same sentence."""
        rest = words.REST.search(tail.text) or words.REST_PLAIN.search(tail.text)
        if rest and words.LOW_BEHIND.match(tail.text, rest.end()):
            self._rest_of(tail.cut(0, rest.start()), tail)

    def _deny(self, sentence: Sentence, unit: Unit, body: Piece) -> None:
        """暂不解除…高风险区: a denied order is no order; what it names, there or below, is unread."""
        start = min(sentence.listed[0], sentence.end)
        while start and body.text[start - 1] not in ",;。:":
            start -= 1
        part = body.cut(start, sentence.end)
        self._close()
        self.lead, self.foreign = None, True
        self.unread(unit.piece if part.text == body.text.rstrip("。;:") else part)

    def _ends_in_heading(self, index: int, unit: Unit, body: Piece) -> bool:
        """…研究决定,自9月2日24时起,青禾区新增6个高风险区: is a heading behind its reasons."""
        if not body.text.endswith(":"):
            return False
        start = max(body.text.rfind(sign, 0, len(body) - 1) for sign in ",。;:") + 1
        heading = heading_of(body.text[start:], self.districts, go_on=False) if start else None
        if heading is None or heading.order is None or not self._followed(index, announced=True):
            return False
        effects = effects_in(body.text)
        effect = heading.effect or (effects[-1] if effects else None)
        order = heading.order
        if order.act is Act.RESTART and (named := words.LEVEL_RE.search(body.text)):
            level = words.level_of(named.group())
            order = Order(Act.RESTART, level, level, named.group())
        self._order_seen(index)
        self._open(Section(order, heading.declared, effect, body.cut(start), heading.district))
        self._mark(unit.piece, SpanKind.HEADING)
        return True

    def _announce(self, sentence: Sentence, body: Piece, index: int) -> None:
        self.lead = (sentence.order, sentence.effect, body)
        self.lead_area = self._area_of(body.text[slice(*sentence.listed)])
        self.found.totals += announced_count(sentence, body, self.found.totals)
        self.found.taken.append(body.cut(sentence.listed[0], sentence.end))
        self._close()
        self.announced = body.text.endswith(":")
        self.found.announced.append((body, sentence.order, len(self.found.sections)))
        colon = body.text.find(":", sentence.end)
        tail = body.cut(colon + 1) if colon >= 0 else body.cut(len(body))
        if len(tail.text) > 2 and not words.NOT_PLACES.search(re.sub(r"\([^()]*\)", "", tail.text)):
            self._from_lead(index, body.cut(0, colon + 1))
            self._into(tail, index, inline=True)

    def _above(self, index: int, body: Piece, sentence: Sentence) -> Piece | None:
        """Return the one place of the sentence above that 将其 refers to; without one it is asked."""
        above = self.found.units[index - 1].piece if index else None
        named = named_before(above) if above else None
        if above is None or named is None:
            if body.text[-1] in ":!" and re.match("上述|以上|这", body.text[sentence.listed[0] :]):
                self._announce(sentence, body, index)  # the list stands below
            else:
                self.unread(body)
            return None
        self.found.unread[:] = [p for p in self.found.unread if p is not above]
        self.found.marks[:] = [
            (p, SpanKind.KNOWN if p is above else kind) for p, kind in self.found.marks
        ]
        return named

    def _prose(self, sentence: Sentence, body: Piece, index: int) -> None:
        listed = body.cut(*sentence.listed)
        if sentence.refers:
            start = max(body.text.rfind(sign, 0, sentence.listed[0]) for sign in "。;") + 1
            named = named_before(body.cut(start, sentence.listed[0]))
            named = named or self._above(index, body, sentence)
            if named is None:
                return
            listed = named
        if sentence.order.to_level is Level.LOW and (
            words.REST.search(listed.text)
            or words.OTHERS.search(listed.text)
            or words.ALL_OTHERS.fullmatch(listed.text)
        ):
            self._rest_of(listed, body)
            return
        to_level = sentence.order.to_level
        if to_level and len(parts := by_level(body, *sentence.listed)) > 1:
            for level, part in parts:
                order = order_of(level, to_level, sentence.order.word)
                self._add(replace(sentence, order=order), part, body)
            return
        self._add(sentence, listed, body)

    def _add(self, sentence: Sentence, listed: Piece, body: Piece) -> None:
        section = Section(sentence.order, None, sentence.effect, body)
        block = Block(None, None, None, None, True, True, [Line(listed)], effect=sentence.effect)
        block.district = district_before(body.text[: sentence.listed[0]], self.districts)
        if sentence.left_out:
            block.left_out = body.cut(*sentence.left_out)
            self.found.taken.append(block.left_out)
        self.found.taken.append(body.cut(sentence.listed[0], sentence.end))
        self.found.taken.append(listed)
        if sentence.remains:
            block.remains = body.cut(*sentence.remains)
            block.whole = body.cut(sentence.listed[0], sentence.remains[1]).strip("。;,、")
        section.blocks.append(block)
        section.district = self.chapter[0] if self.chapter else None
        self.found.sections.append(section)

    # -- what is no order

    def _furniture(self, unit: Unit, body: Piece, got: tuple[str, int, int] | None) -> bool:
        if got and got[0] in ("cn", "cnp") and self._other_heading(unit, body, got):
            return True
        point = got is not None and got[0] in ("d", "dp")
        if not is_furniture(body.text, point=point, listing=self.block is not None):
            return False
        self._mark(unit.piece, SpanKind.KNOWN)
        if not (self.section and not self.section.blocks and not self.section.rest_done):
            self._close()
        return True

    def _other_heading(self, unit: Unit, body: Piece, got: tuple[str, int, int]) -> bool:
        """A numbered heading that orders nothing we know ends the section; a strange order is unread."""
        text = body.text
        if words.ADDRESS.search(text) or (
            self.section
            and self._looks(text, strict=True)
            and not words.UNKNOWN_ORDER.search(text)
            and not words.NOT_PLACES.search(text)
        ):
            return False
        if got[0] == "cnp" and self.section is None and not words.UNKNOWN_ORDER.search(text):
            return False
        self._close()
        self.lead = None
        orders = words.LEVEL_RE.search(text) and VERB.search(text)
        places = text.endswith(":") or words.PLACE_SIGN.search(words.LEVEL_RE.sub("", text))
        if orders and places and not (words.MEASURE.search(text) or words.TITLE.search(text)):
            self.foreign = True
            self.unread(unit.piece)  # 对…解除高风险区: in words that nobody foresaw
            return True
        self.foreign = bool(words.UNKNOWN_ORDER.search(text)) and not words.MEASURE.search(text)
        self._mark(unit.piece, SpanKind.KNOWN)
        return True

    # -- lists

    def _content(
        self, index: int, unit: Unit, body: Piece, got: tuple[str, int, int] | None
    ) -> bool:
        point = got is not None and got[0] in ("d", "dp", "cnp", "cn")
        text = body.text
        if self.section is None:
            sure = point or self.announced or words.ADDRESS.search(text)
            if self.lead is None or not sure:
                return False
            if not self._looks(text, strict=not point) or not self._from_lead(index):
                return False
        assert self.section is not None  # noqa: S101 - for the type checker
        if self.section.rest_names:
            name = rest_name(re.sub(r"\([^()]*\)", "", text))
            if name and re.search(r"[区县市旗镇乡道州盟村]$", name):
                self.found.rest.append((name, body))
                self._mark(unit.piece, SpanKind.KNOWN)
                return True
        listed = point or self._continues(text) or self._looks(text, strict=False)
        if words.OF_ALL.match(text) or not listed:
            self._strange(unit)
            return True
        self._order_seen(index)
        if got:
            self._mark(unit.piece.cut(0, got[2]), SpanKind.HEADING)
            if point:
                self.expected = got[1] + 1
        self._into(body, index, inline=False, number=got[1] if got and point else None)
        return True
