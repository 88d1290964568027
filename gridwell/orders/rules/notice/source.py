"""The text of a notice as folded lines whose every character knows where it was printed."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from gridwell.places.rules.naming import Folded, fold

#: Signs that begin a point and are no part of it; a dot or dash only where a line begins.
BULLETS = re.compile(r"[◆◇●▶►▷★☆➤➢❖✦✧▲△※♦❶-❿➀-➓]+|^(?:[•·∙◦‣–—-]|[◎○])+(?=[一-鿿“(0-9])")
BREAKS = re.compile(r"[\r\n\x0b\x0c\x85\u2028\u2029]")


@dataclass(frozen=True)
class Source:
    """The original text and its folded form."""

    text: str
    folded: Folded

    @classmethod
    def of(cls, text: str) -> "Source":
        """Fold a text."""
        return cls(text, fold(text))

    @cached_property
    def airy(self) -> bool:
        """Return whether the copy has a space behind every character, so that none divides."""
        text = self.folded.text
        return text.count(" ") * 3 > len(text) - text.count("\n")

    def lines(self) -> Iterator["Piece"]:
        """Yield the lines that hold anything but white space."""
        start = 0
        for line in self.folded.text.split("\n"):
            at = tuple(start + i for i, c in enumerate(line) if c != " ")
            start += len(line) + 1
            if at:
                piece = Piece("".join(self.folded.text[i] for i in at), at, self)
                yield from _without_bullets(piece)


@dataclass(frozen=True)
class Piece:
    """Folded text without white space, cut from a source and possibly joined over lines.

    `at[i]` is the place of text[i] in the folded source.
    """

    text: str
    at: tuple[int, ...]
    source: Source

    def __len__(self) -> int:
        return len(self.text)

    def cut(self, start: int, end: int | None = None) -> "Piece":
        """Return text[start:end] as a piece."""
        return Piece(self.text[start:end], self.at[start:end], self.source)

    def strip(self, signs: str) -> "Piece":
        """Return the piece without any of these signs at its ends."""
        start, end = 0, len(self.text)
        while start < end and self.text[start] in signs:
            start += 1
        while end > start and self.text[end - 1] in signs:
            end -= 1
        return self.cut(start, end)

    @cached_property
    def span(self) -> tuple[int, int]:
        """Return where the piece stands in the original, in code points."""
        if not self.at:
            return 0, 0
        offsets = self.source.folded.offsets
        return offsets[self.at[0]], offsets[self.at[-1]] + 1

    @cached_property
    def printed(self) -> str:
        """Return the original slice without its line breaks."""
        start, end = self.span
        return BREAKS.sub("", self.source.text[start:end])

    def gap_before(self, index: int) -> str:
        """Return "\\n" or " " when white space stands before text[index], else nothing."""
        if not 0 < index < len(self.at) or self.at[index] == self.at[index - 1] + 1:
            return ""
        between = self.source.folded.text[self.at[index - 1] + 1 : self.at[index]]
        if "\n" in between:
            return "\n"
        return "" if self.source.airy else " "


def _without_bullets(line: Piece) -> Iterator[Piece]:
    """Yield what the bullets of a line divide; a line of bullets alone yields nothing."""
    start = 0
    for found in BULLETS.finditer(line.text):
        if found.start() > start:
            yield line.cut(start, found.start())
        start = found.end()
    if start < len(line):
        yield line.cut(start)


def joined(pieces: Iterable[Piece]) -> Piece:
    """Return several pieces as one; they must stand in order and come from one source."""
    parts = list(pieces)
    if len(parts) == 1:
        return parts[0]
    at: list[int] = []
    for part in parts:
        at.extend(part.at)
    return Piece("".join(part.text for part in parts), tuple(at), parts[0].source)
