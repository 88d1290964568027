"""The organisation chart as a drawing (组织架构图): boxes and lines with measured text. Pure.

Widths are estimated from the kinds of characters: Chinese text has no other font at hand than the
reader's own, and all of those set a Chinese character one em wide.
"""

from dataclasses import dataclass, field

WIDTH = 1240
CARD = 148
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

    `nobody` stands where no name is. Cards flow in rows, so that 47 micro-grids stay readable on A4.
    """
    drawing = Drawing()
    width = 380.0
    x = (WIDTH - width) / 2 if not special else 0.0
    _card(drawing, top, x, 0, width, "top", nobody)
    bottom = height_of(top)
    for number, card in enumerate(special):
        column, row = number % 5, number // 5
        side = x + width + 2 * GAP + column * (CARD + GAP)
        y = row * (height_of(card) + GAP)
        _card(drawing, card, side, y, CARD, "special", nobody)
        bottom = max(bottom, y + height_of(card))
    trunk = 10.0
    y = bottom + 2 * GAP
    if bands:
        drawing.lines.append(
            (trunk, height_of(top), trunk, y)
            if special
            else (x + trunk, height_of(top), x + trunk, y)
        )
        drawing.lines.append((trunk, y, x + trunk, y))
    last = y
    for band in bands:
        y += GAP
        last = y + HEAD / 2
        y = _band(drawing, band, y, nobody)
    if bands:
        drawing.lines.append((trunk, bottom + 2 * GAP, trunk, last))
    drawing.height = y + 2
    return drawing


def _band(drawing: Drawing, band: Band, y: float, nobody: str) -> float:
    """Draw one band from `y` on and return where the next one begins."""
    left = 24.0
    drawing.lines.append((10.0, y + HEAD / 2, left, y + HEAD / 2))
    if band.head is not None:
        _card(drawing, band.head, left, y, CARD, "grid", nobody)
        start = left + CARD + 2 * GAP
        if band.cards:
            drawing.lines.append((left + CARD, y + HEAD / 2, start, y + HEAD / 2))
    else:
        start = left
    per_row = max(int((WIDTH - start + GAP) // (CARD + GAP)), 1)
    bottom = y + (height_of(band.head) if band.head is not None else 0)
    for first in range(0, len(band.cards), per_row):
        row = band.cards[first : first + per_row]
        for number, card in enumerate(row):
            _card(drawing, card, start + number * (CARD + GAP), y, CARD, "card", nobody)
        y += max(map(height_of, row)) + GAP
        bottom = max(bottom, y - GAP)
    return bottom + GAP


def _card(
    drawing: Drawing, card: Card, x: float, y: float, width: float, kind: str, nobody: str
) -> None:
    room = width - 2 * PAD
    texts = [_text(x + PAD, y + 16, card.title, room, "title")]
    for number, line in enumerate(card.lines):
        base = y + HEAD + 13 + number * LINE
        label = fit(line.what, room * 0.55)
        texts.append(_text(x + PAD, base, line.what, room * 0.55, "what"))
        left = room - text_width(label) - 6
        state = "gap" if not line.who else "away" if line.is_away else "who"
        who = line.who or nobody
        shown = fit(who, left)
        texts.append(
            Text(x + width - PAD, base, shown, state, who if shown != who else "", at_end=True)
        )
    is_gap = any(not line.who for line in card.lines)
    drawing.boxes.append(
        Box(
            x,
            y,
            width,
            height_of(card),
            f"{kind} is-gap" if is_gap else kind,
            tuple(texts),
            card.url,
        )
    )


def _text(x: float, y: float, text: str, room: float, kind: str) -> Text:
    shown = fit(text, room, SIZE + 1 if kind == "title" else SIZE)
    return Text(x, y, shown, kind, text if shown != text else "")
