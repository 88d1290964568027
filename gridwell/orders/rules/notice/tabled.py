"""The steps of the walk through a table: each row an order of its own, or the open one's."""

import re

from gridwell.orders.rules.notice import words
from gridwell.orders.rules.notice.acts import VERB, Order, order_in, order_of
from gridwell.orders.rules.notice.districts import could_be_district
from gridwell.orders.rules.notice.found import Block, Section
from gridwell.orders.rules.notice.model import Level, SpanKind
from gridwell.orders.rules.notice.source import Piece, joined
from gridwell.orders.rules.notice.split import Line
from gridwell.orders.rules.notice.tables import Cell, Column, Row
from gridwell.orders.rules.notice.times import Stated, dates_in
from gridwell.orders.rules.notice.units import Unit
from gridwell.orders.rules.notice.walk import Walk
from gridwell.places.rules.numerals import parse_int

#: A cell that names nothing narrower than the cells before it.
_ALL_OF_IT = re.compile(r"全部|所有|整栋|全楼|全村|全域|整体|全小区|整个小区|无|/|-+")

#: What a remark orders as a column of its own would (备注 | 解除).
_ACT_CELL = re.compile(r"(?:本次|今日|当日)?(?:新增|新划定|划定|解除|撤销|取消|退出|调出)")

#: A cell that leaves things as they are, which is no act.
_UNCHANGED = re.compile(r"维持|继续|保持|不变|保留|延续")
_SAYING = (Column.FROM, Column.TO, Column.ACT, Column.OTHER)


class TableWalk(Walk):
    """What merged cells carry from row to row, and the lists that the rows have opened."""

    district: str | None = None
    row_order: Order | None = None
    row_effect: Stated | None = None
    row_number = 0
    context: tuple[Order, Stated | None] | None = None

    def _row(self, index: int, unit: Unit, row: Row) -> None:
        if not row.cells:
            self._table(index, unit, row)
            return
        self._mark(unit.piece, SpanKind.KNOWN)
        if any(c.piece.text.startswith("合计") for c in row.of(Column.NUMBER)):
            return
        if cells := row.of(Column.DISTRICT):
            self.district = self._district(cells[0].piece.text)
        for cell in row.of(Column.OTHER):
            if not _ACT_CELL.fullmatch(cell.piece.text) and not re.fullmatch(
                r"无|/|-", cell.piece.text
            ):
                self.unread(cell.piece)
        if cells := row.of(Column.TIME):
            stated = dates_in(cells[0].piece.text)
            self.row_effect = stated[0] if stated and stated[0].month else None
            if self.row_effect is None:
                self.unread(cells[0].piece)
        levels = {words.level_of(c.title) for c in row.of(Column.PLACE)} - {None}
        for level in (*Level,) if len(levels) > 1 else (None,):
            cells = [
                c for c in row.of(Column.PLACE) if not level or words.level_of(c.title) is level
            ]
            cells = [c for c in cells if not _ALL_OF_IT.fullmatch(c.piece.text)] or cells
            if not cells:
                continue
            order = order_of(None, level) if level else self._order(row, cells)
            piece = joined(c.piece for c in cells)
            if order is None:
                self.unread(unit.piece)
            elif not re.fullmatch(r"无|/|-+", piece.text):
                self.row_order = order
                self._listed(index, order, piece, row)

    def _table(self, index: int, unit: Unit, row: Row) -> None:
        """Begin a table: what stands above it tells what it orders."""
        self._mark(unit.piece, SpanKind.HEADING)
        self.district = self.row_order = self.row_effect = None
        self.row_number = 0
        self.context = None
        if self.section and not self.section.blocks:
            self.context = (self.section.order, self.section.effect)
        elif self.lead:
            self.context = self.lead[:2]
        else:
            for above in reversed(self.found.units[:index]):
                if words.TITLE.search(above.text) and VERB.search(above.text):
                    order = order_in(above.text)
                    self.context = (order, None) if order else None
                    break
        if not (self.section and not self.section.blocks):
            self._close()
        self.announced = False

    def _district(self, text: str) -> str:
        name, end = self.districts.take(text)
        name = name if name and end == len(text) else text
        if could_be_district(name):
            self.districts.known.add(name)
        return name

    def _order(self, row: Row, places: list[Cell]) -> Order | None:
        """Return what a row orders: by its own cells, else as the row above, else as the table."""
        above = self.context[0] if self.context else None
        if any(_UNCHANGED.search(c.piece.text) for c in row.cells if c.column in _SAYING):
            return None
        titles = [words.level_of(cell.title) for cell in places]
        level = next((t for t in titles if t and t is not Level.LOW), None)
        former = any(cell.title.startswith("原") for cell in places)
        old = self._level(row, Column.FROM) or (level if former else None)
        if above is None and level and not former:
            above = order_of(None, level)
        new = self._level(row, Column.TO)
        said = [c for c in row.of(Column.OTHER) if _ACT_CELL.fullmatch(c.piece.text)]
        for cell in (*row.of(Column.ACT), *said):
            text = cell.piece.text
            if order := order_in(text):
                return order
            if re.search(r"新增|划定|升", text) and (new or above):
                return order_of(None, new) if new else above
            if re.search(r"解除|撤销|取消|退出|调出", text) and (old or new) is not Level.LOW:
                return order_of(old or new or level, Level.LOW)
            return None
        if new and old:
            return order_of(old, new)
        if new:
            if above and above.to_level is Level.LOW and new is not Level.LOW:
                return order_of(new, Level.LOW)  # the level that is left
            return above if above and above.to_level is new else order_of(None, new)
        if old:
            return order_of(old, above.to_level) if above and above.to_level else None
        if row.of(Column.FROM) or row.of(Column.TO):
            return None
        if self.row_order and any(c.column in (Column.TO, Column.ACT) for c in row.cells):
            return self.row_order
        return above

    def _level(self, row: Row, column: Column) -> Level | None:
        cells = row.of(column)
        return words.level_of(cells[0].piece.text) if cells else None

    def _listed(self, index: int, order: Order, piece: Piece, row: Row) -> None:
        self._order_seen(index)
        if self.section is None or self.section.order != order:
            effect = self.context[1] if self.context else None
            known = [s for s in self.found.sections if s.is_table and s.order == order]
            if known and self.row_number:
                self.section, self.block = known[-1], None
            else:
                self._open(Section(order, None, effect, piece))
            assert self.section is not None  # noqa: S101 - for the type checker
        self.section.is_table = True
        counts = row.of(Column.COUNT)
        declared = parse_int(counts[0].piece.text.rstrip("个处")) if counts else None
        block = self.block
        district = self.district or self.section.district
        if block is None or block.district != district or block.effect != self.row_effect or counts:
            block = Block(district, None, declared, None, bool(counts), bool(counts))
            block.effect = self.row_effect
            block.heading = counts[0].piece if counts else None
            self.section.blocks.append(block)
            self.block = block
        self.row_number += 1
        cells = row.of(Column.NUMBER)
        number = parse_int(cells[0].piece.text.strip("().、")) if cells else self.row_number
        block.lines.append(Line(piece, None if counts else number))
        self.ended = True
