"""The tables of a page as plain rows, so that a file holds what the screen shows and no more.

Read from the page itself: a column added to a page is in its file too, what the page masks stays
masked. What only serves the screen stays out: boxes, buttons, columns without a visible head. A
relative day ("tomorrow") is written in full, a chip as its name, rounds as their names.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from gridwell.core.joining import separator

_VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "wbr", "col", "source"})
_SKIPPED = frozenset({"button", "input", "select", "textarea", "script", "style", "summary", "svg"})
_ONLY_ON_SCREEN = frozenset({"btn", "why-link", "no-print", "no-js-only", "js-only"})
_APART = frozenset({"small", "p", "div", "li", "ul", "ol", "br", "dd", "dt"})
_CHIPS = frozenset({"tag", "mk"})
_HEADINGS = frozenset({"h1", "h2", "caption"})


@dataclass
class PageTable:
    """One table of a page: the page's heading, the one above the table, columns, rows."""

    page: str
    title: str
    header: list[str]
    rows: list[list[str | int]] = field(default_factory=list)


@dataclass
class _Open:
    """An element being read; `hides` leaves out what is in it, `says` stands for what is in it."""

    tag: str
    hides: bool = False
    says: str | None = None
    is_chip: bool = False


@dataclass
class _Cell:
    is_count: bool
    is_tick: bool
    parts: list[str] = field(default_factory=list)
    is_after_chip: bool = False

    def say(self, text: str) -> None:
        self.parts.append(text)
        self.is_after_chip = self.is_after_chip and not text.strip()

    def begin_chip(self) -> None:
        self.parts.append(separator() if self.is_after_chip else " ")

    @property
    def text(self) -> str:
        sign = separator().rstrip()
        return " ".join("".join(self.parts).split()).replace(f" {sign}", sign)

    @property
    def value(self) -> str | int:
        text = "" if self.text == "—" else self.text
        bare = text.replace(",", "")
        return int(bare) if self.is_count and bare.isdecimal() and len(bare) < 16 else text


def tables_of(page: str) -> list[PageTable]:
    """Return the lists of a page (`table.list`) in their order; a row that spans all is left out."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.tables


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[PageTable] = []
        self._open: list[_Open] = []
        self._heading: list[str] | None = None
        self._page = self._title = ""
        self._table: PageTable | None = None
        self._kept: list[bool] = []
        self._row: list[_Cell] = []
        self._cell: _Cell | None = None
        self._section = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        classes = set(given.get("class", "").split())
        if tag in _HEADINGS:
            self._heading = []
        if tag == "table" and "list" in classes:
            self._table, self._kept = PageTable(self._page, self._title, []), []
        if self._table is not None:
            self._begin(tag, given, classes)
        if tag not in _VOID:
            self._open.append(self._opened(tag, given, classes))

    def _begin(self, tag: str, given: dict[str, str], classes: set[str]) -> None:
        if tag in {"thead", "tbody", "tfoot"}:
            self._section = tag
        elif tag == "tr":
            self._row = []
        elif tag in {"td", "th"}:
            self._cell = _Cell("num" in classes, "tick" in classes)
        elif self._cell is not None and tag in _APART:
            self._cell.say(" ")

    def _opened(self, tag: str, given: dict[str, str], classes: set[str]) -> _Open:
        is_in_chip = any(one.is_chip for one in self._open)
        hides = (
            tag in _SKIPPED
            or bool(classes & _ONLY_ON_SCREEN)
            or given.get("aria-hidden") == "true"
            or ("vh" in classes and not is_in_chip)
        )
        says = None
        if tag == "time" and "is-count" not in classes:
            says = given.get("title") or None
        elif given.get("role") == "img":
            says = given.get("aria-label", "")
        elif tag == "span" and given.get("title") and not classes:
            says = given["title"]  # a long name, cut for the screen
        is_chip = tag == "span" and bool(classes & _CHIPS)
        if self._cell is not None and is_chip and not is_in_chip:
            self._cell.begin_chip()
        if says and not hides and not any(one.hides or one.says for one in self._open):
            self._write(says)
        return _Open(tag, hides, says, is_chip)

    def handle_endtag(self, tag: str) -> None:
        while self._open:
            gone = self._open.pop()
            if gone.is_chip and self._cell is not None:
                self._cell.is_after_chip = True
            if gone.tag == tag:
                break
        if tag in _HEADINGS and self._heading is not None:
            self._title, self._heading = " ".join("".join(self._heading).split()), None
            if tag == "h1":
                self._page = self._title
            if tag == "caption" and self._table is not None:
                self._table.title = self._title
        if self._table is None:
            return
        if tag in {"td", "th"} and self._cell is not None:
            self._row.append(self._cell)
            self._cell = None
        elif tag == "tr":
            self._close_row(self._table)
        elif tag == "table":
            if self._table.header:
                self.tables.append(self._table)
            self._table = None
        elif self._cell is not None and tag in _APART:
            self._cell.say(" ")

    def _close_row(self, table: PageTable) -> None:
        row, self._row = self._row, []
        if self._section == "thead":
            self._kept = [bool(cell.text) and not cell.is_tick for cell in row]
            table.header = [cell.text for cell in row if cell.text and not cell.is_tick]
        elif self._section != "tfoot" and row and len(row) == len(self._kept):
            kept = zip(row, self._kept, strict=True)
            table.rows.append([cell.value for cell, is_kept in kept if is_kept])

    def handle_data(self, data: str) -> None:
        if any(one.hides or one.says is not None for one in self._open):
            return
        self._write(data)

    def _write(self, text: str) -> None:
        if self._heading is not None:
            self._heading.append(text)
        elif self._cell is not None:
            self._cell.say(text)
