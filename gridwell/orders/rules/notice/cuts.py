"""Lists cut into items by the counts that the notice declares."""

from collections.abc import Iterator

from gridwell.orders.rules.notice.acts import Order
from gridwell.orders.rules.notice.districts import Districts
from gridwell.orders.rules.notice.found import Block, Scan, Section, Total
from gridwell.orders.rules.notice.model import Act, Level
from gridwell.orders.rules.notice.source import Piece
from gridwell.orders.rules.notice.split import Way, clean, parted, run_on_at, ways


class Cut:
    """A block with the way chosen to cut it; other ways are made only when a count asks for them."""

    def __init__(self, section: Section, block: Block, options: Iterator[Way]) -> None:
        self.section = section
        self.block = block
        self._options = options
        self._known: list[Way] = []
        first = self.option(0)
        self.items: tuple[Piece, ...] = first.items if first else ()
        self.gained = 0  # items more than the likeliest way has, by counting parts singly

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


def cuts_of(found: Scan, districts: Districts) -> list[Cut]:
    """Return every list of the walk cut into items, repeats of the page left out."""
    lists = [
        [Cut(section, block, _options(block, found, districts)) for block in section.blocks]
        for section in found.sections
    ]
    cuts = [cut for mine in lists for cut in mine]
    for cut in cuts:
        if cut.block.declared is not None:
            cut.items = _fit(cut, cut.block.declared)
    for section, mine in zip(found.sections, lists, strict=True):
        for name, (declared, _heading) in section.by_district.items():
            _fit_together([c for c in mine if c.block.district == name], declared)
        _fit_together(mine, section.declared)
    for total in found.totals:
        mine = [c for c in cuts if counts_for(c.section.order, total)]
        if not any(c.section.declared is not None for c in mine):
            _fit_together(mine, total.count)
    return _without_repeats(cuts)


def _options(block: Block, found: Scan, districts: Districts) -> Iterator[Way]:
    if not block.lines:
        return iter(())
    if block.estate is not None and not block.inline:  # 1号楼 below it is an item of its own
        houses = tuple(p for p in (clean(line.piece) for line in block.lines) if p.text)
        return iter([Way(houses, "houses")])
    if block.whole is not None:
        return iter([Way((block.whole,), "shrink")])
    points = found.numbered and block.declared is None and not block.headed
    return ways(
        block.lines,
        inline=block.inline and not points,
        paragraphs=points,
        districts=districts,
    )


def _fit_together(cuts: list[Cut], declared: int | None) -> None:
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
    _fit_one(free, declared - fixed)


def _fit_one(free: list[Cut], declared: int) -> None:
    """Cut one list otherwise when just one of them makes the count right (27号楼1单元、3单元)."""
    total = sum(len(c.items) for c in free)
    fitting = []
    for cut in free:
        wanted = declared - total + len(cut.items)
        way = next((w.items for w in cut.options() if len(w.items) == wanted), None)
        if way is not None:
            fitting.append((cut, way))
    if len(fitting) == 1:
        fitting[0][0].items = fitting[0][1]


def _fit(cut: Cut, declared: int) -> tuple[Piece, ...]:
    """Return the first way with the declared count; a run-on list is cut where that makes it fit."""
    index = 0
    while way := cut.option(index):
        if len(way.items) == declared:
            likeliest = cut.option(0)
            cut.gained = declared - len(likeliest.items) if way.parts and likeliest else 0
            return way.items
        index += 1
    if not index:
        return ()
    first = cut.options()[0].items
    apart: list[Piece] = []
    for piece in first:
        at = run_on_at(piece.text)
        apart += [piece.cut(0, at), piece.cut(at)] if at else [piece]
    if len(apart) == declared:
        return tuple(apart)
    parts = [part for piece in first for part in parted(piece)]
    return tuple(parts) if len(parts) == declared else first


def counts_for(order: Order, total: Total) -> bool:
    """Return whether a total of the notice counts the items of this act."""
    if total.lifted:
        return (
            order.to_level is Level.LOW and total.level in (Level.LOW, order.from_level, None)
        ) or (order.act is Act.LIFT and total.level is Level.HIGH)
    return order.act in (Act.DESIGNATE, Act.STEP) and order.to_level is total.level


def _without_repeats(cuts: list[Cut]) -> list[Cut]:
    """Leave out what a page prints twice (a lead that quotes the notice, the notice twice)."""
    kept: list[Cut] = []
    printed: dict[tuple[Order, str | None, str | None], dict[str, set[int]]] = {}
    for cut in cuts:
        key = (cut.section.order, cut.block.district, cut.block.street)
        before = printed.setdefault(key, {})
        mine = {id(cut.section)}
        if before and cut.items:
            fresh = tuple(p for p in cut.items if not before.get(p.text, mine) - mine)
            if not fresh:
                continue
            if len(fresh) * 2 <= len(cut.items):
                cut.items = fresh
        for piece in cut.items:
            sections = before.setdefault(piece.text, set())
            if len(sections) < 2:  # two are enough to tell another section's from one's own
                sections |= mine
        kept.append(cut)
    return kept
