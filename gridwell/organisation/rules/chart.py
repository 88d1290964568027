"""The organisation chart as a drawing (组织架构图): boxes and lines with measured text. Pure.

Widths are estimated from the kinds of characters: Chinese text has no other font at hand than the
reader's own, and all of those set a Chinese character one em wide.
"""

from dataclasses import dataclass, field

WIDTH = 1240
#: Widths of a card, the most legible first; narrower ones bring more of them into a row.
CARDS = (176.0, 148.0, 122.0, 108.0)
#: Height to width of what is left of a sheet of A4 across.
SHEET = 0.66
#: So many grids still hang side by side from the leading group, none wider than this.
MOST_IN_A_ROW = 6
WIDEST = 380.0
#: A card of such a grid, and the narrowest such drawing: it is stretched to the page, letters too.
BESIDE = 236.0
NARROWEST = 800.0
GAP = 8
HEAD = 24
LINE = 17
PAD = 7
SIZE = 12
#: Characters that are set one em wide begin here.
WIDE_FROM = 0x2E80


def text_width(text: str, size: float = SIZE) -> float:
    """Return about how wide a text is set, in pixels."""
    em = 0.0
    for char in text:
        if ord(char) >= WIDE_FROM:
            em += 1.0
        elif char.isupper() or char in "mwMW%@":
            em += 0.72
        elif char in " .,:;'|ilI1!-·()":
            em += 0.36
        else:
            em += 0.57
    return em * size


def fit(text: str, width: float, size: float = SIZE) -> str:
    """Return a text that fits a width, cut with an ellipsis where it does not."""
    if text_width(text, size) <= width:
        return text
    end = len(text)
    while end > 0 and text_width(text[:end] + "…", size) > width:
        end -= 1
    return text[:end] + "…"


@dataclass(frozen=True)
class Line:
    """A line of a card: what it is, and who; no name is a gap."""

    what: str
    who: str = ""
    is_away: bool = False


@dataclass(frozen=True)
class Card:
    """A box of the chart: a group or a grid with its lines."""

    title: str
    lines: tuple[Line, ...] = ()
    url: str = ""


@dataclass(frozen=True)
class Band:
    """A row of cards below one head: a grid with its micro-grids, or grids without parents."""

    head: Card | None
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Text:
    """A piece of text at a place; `full` is the whole of it where it was cut."""

    x: float
    y: float
    text: str
    kind: str = ""
    full: str = ""
    at_end: bool = False


@dataclass(frozen=True)
class Box:
    """A drawn card."""

    x: float
    y: float
    width: float
    height: float
    kind: str
    texts: tuple[Text, ...]
    url: str = ""


@dataclass
class Drawing:
    """What the template draws: its size, boxes, and lines (x1, y1, x2, y2)."""

    width: float = WIDTH
    height: float = 0
    boxes: list[Box] = field(default_factory=list)
    lines: list[tuple[float, float, float, float]] = field(default_factory=list)


def height_of(card: Card) -> float:
    """Return the height of a card."""
    return HEAD + (len(card.lines) * LINE + PAD if card.lines else 0)


def draw(top: Card, special: tuple[Card, ...], bands: tuple[Band, ...], nobody: str) -> Drawing:
    """Return the drawing: the leading group on top, special groups beside it, bands of grids below.

    `nobody` stands where no name is. Cards flow in rows and are as wide as a sheet of A4 allows, so
    that 47 micro-grids stay readable on one.
    """
    made = None
    for width in CARDS:
        made = _Drawer(width, nobody).draw(top, special, bands)
        if made.height <= SHEET * made.width:
            break
    return made or Drawing()


class _Drawer:
    """One try at a drawing, with cards of one width."""

    def __init__(self, card: float, nobody: str) -> None:
        self.card, self.nobody = card, nobody
        self.drawing = Drawing()

    def draw(self, top: Card, special: tuple[Card, ...], bands: tuple[Band, ...]) -> Drawing:
        width = WIDEST
        if not special and len(bands) == 1 and bands[0].head is None:
            few = bands[0].cards
            if 0 < len(few) <= MOST_IN_A_ROW:
                return self._tree(top, few)
        x = 0.0 if special else (WIDTH - width) / 2
        self._card(top, x, 0, width, "oc-lead")
        bottom = self._special(special, x + width + 2 * GAP, height_of(top))
        y = bottom + 2 * GAP
        first = last = y
        for band in bands:
            y += GAP
            last = y + HEAD / 2
            y = self._band(band, y)
        if bands:
            trunk, stem = 10.0, x + 10.0
            self.drawing.lines += [
                (stem, height_of(top), stem, first),
                (trunk, first, stem, first),
                (trunk, first, trunk, last),
            ]
        self.drawing.height = y + 2
        return self.drawing

    def _tree(self, top: Card, cards: tuple[Card, ...]) -> Drawing:
        """Draw a few grids side by side under the leading group, each hanging from it.

        The drawing is no wider than they need: on a page it is stretched, so fewer stand larger.
        """
        gaps = GAP * (len(cards) - 1)
        whole = min(max(BESIDE * len(cards) + gaps, NARROWEST), WIDTH)
        width = min(BESIDE, (whole - gaps) / len(cards))
        lead = min(WIDEST, whole)
        self.drawing.width = whole + 2
        start = (whole - width * len(cards) - gaps) / 2
        self._card(top, (whole - lead) / 2, 0, lead, "oc-lead")
        middle, bar = whole / 2, height_of(top) + 2 * GAP
        y = bar + 2 * GAP
        self.drawing.lines.append((middle, height_of(top), middle, bar))
        stems = []
        for number, card in enumerate(cards):
            x = start + number * (width + GAP)
            stems.append(x + width / 2)
            self.drawing.lines.append((stems[-1], bar, stems[-1], y))
            self._card(card, x, y, width, "oc-card")
        self.drawing.lines.append((min(*stems, middle), bar, max(*stems, middle), bar))
        self.drawing.height = y + max(map(height_of, cards)) + 2
        return self.drawing

    def _special(self, cards: tuple[Card, ...], x: float, bottom: float) -> float:
        """Draw special groups beside the leading group; return where both end."""
        per_row = max(int((WIDTH - x + GAP) // (self.card + GAP)), 1)
        for number, card in enumerate(cards):
            y = number // per_row * (height_of(card) + GAP)
            self._card(card, x + number % per_row * (self.card + GAP), y, self.card, "oc-special")
            bottom = max(bottom, y + height_of(card))
        return bottom

    def _band(self, band: Band, y: float) -> float:
        """Draw one band from `y` on and return where the next one begins."""
        start, lines = 24.0, self.drawing.lines
        lines.append((10.0, y + HEAD / 2, start, y + HEAD / 2))
        bottom = y
        if band.head is not None:
            self._card(band.head, start, y, self.card, "oc-grid")
            bottom = y + height_of(band.head)
            beside = start + self.card + 2 * GAP
            if band.cards:
                lines.append((start + self.card, y + HEAD / 2, beside, y + HEAD / 2))
            start = beside
        per_row = max(int((WIDTH - start + GAP) // (self.card + GAP)), 1)
        for first in range(0, len(band.cards), per_row):
            row = band.cards[first : first + per_row]
            for number, card in enumerate(row):
                self._card(card, start + number * (self.card + GAP), y, self.card, "oc-card")
            y += max(map(height_of, row)) + GAP
            bottom = max(bottom, y - GAP)
        return bottom + GAP

    def _card(self, card: Card, x: float, y: float, width: float, kind: str) -> None:
        room = width - 2 * PAD
        texts = [_text(x + PAD, y + 16, card.title, room, "title")]
        for number, line in enumerate(card.lines):
            base = y + HEAD + 13 + number * LINE
            what = _text(x + PAD, base, line.what, room * 0.55, "what")
            left = room - text_width(what.text) - 6
            state = "gap" if not line.who else "away" if line.is_away else "who"
            who = line.who or self.nobody
            shown = fit(who, left)
            full = who if shown != who else ""
            texts += [what, Text(x + width - PAD, base, shown, state, full, at_end=True)]
        if any(not line.who for line in card.lines):
            kind = f"{kind} is-gap"
        self.drawing.boxes.append(Box(x, y, width, height_of(card), kind, tuple(texts), card.url))


def _text(x: float, y: float, text: str, room: float, kind: str) -> Text:
    shown = fit(text, room, SIZE + 1 if kind == "title" else SIZE)
    return Text(x, y, shown, kind, text if shown != text else "")
