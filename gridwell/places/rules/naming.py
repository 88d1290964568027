"""Spellings of place names (地名写法): one form to read them in, one key to compare them by.

`fold` keeps for each character where it came from, so that whoever reads the folded text can point
at the original. `match_key` throws away what two spellings of one place may differ in.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from gridwell.places.rules.numerals import NUMERAL, parse_int, parse_roman

#: Characters that only a text in traditional script has; every notice or ledger has some of them.
_TRADITIONAL_SIGNS: Final = frozenset("區樓號單風險調為將縣鎮鄉園棟層戶門華東廣場廠莊陽關")
#: Invisible: byte order mark, zero-width and direction signs, soft hyphen.
_INVISIBLE: Final = frozenset("\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\u00ad\u202a\u202b\u202c")
_CIRCLED: Final = frozenset("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")


@dataclass(frozen=True, slots=True)
class Folded:
    """A text folded to one spelling, and where each of its characters came from.

    `offsets` has one entry more than `text`: the last is the length of the original.
    """

    text: str
    offsets: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the part of the original that text[start:end] came from."""
        if end <= start:
            return self.offsets[start], self.offsets[start]
        return self.offsets[start], self.offsets[end - 1] + 1


@lru_cache(maxsize=1)
def _converter() -> Any:
    import opencc  # loads its dictionaries: 20 ms that only some commands need

    return opencc.OpenCC("t2s")


@lru_cache(maxsize=32_768)
def simplified(character: str) -> str:
    """Return the simplified form (简体) of one character; context is not looked at."""
    if character < "\u3400":
        return character
    converted: str = _converter().convert(character)
    return converted if len(converted) == 1 else character


@lru_cache(maxsize=32_768)
def _nfkc(character: str) -> str:
    return unicodedata.normalize("NFKC", character)


def is_traditional(text: str) -> bool:
    """Return whether a text is in traditional script (繁体).

    A name with a single old character (乾, 甯) in a simplified text does not make it so.
    """
    return not _TRADITIONAL_SIGNS.isdisjoint(text)


def fold(text: str) -> Folded:
    """Return the text in half-width form (NFKC) and simplified script, with offsets.

    Character by character, so that every character of the result has its place in the original;
    line breaks become \\n, all other white space a space, invisible signs go.
    """
    traditional = is_traditional(text)
    out: list[str] = []
    offsets: list[int] = []
    previous = ""
    for index, character in enumerate(text):
        if character in _INVISIBLE:
            continue
        if character in "\r\n\x0b\x0c\x85\u2028\u2029":
            form = "" if character == "\n" and previous == "\r" else "\n"
        elif character.isspace():
            form = " "
        else:
            form = _nfkc(character)
            if character in _CIRCLED:  # ①: NFKC would run it into the figures beside it
                form = f"({form})"
            if traditional and len(form) == 1:
                form = simplified(form)
        previous = character
        out.append(form)
        offsets.extend([index] * len(form))
    offsets.append(len(text))
    return Folded("".join(out), tuple(offsets))


_WHITE: Final = re.compile(r"\s+")
_RANGE: Final = re.compile(r"(?<=[0-9a-z])[-‐‑‒–—―−~〜～]+(?=[0-9a-z])")
_LIST: Final = re.compile(r"(?<=[0-9])[、,.·;/](?=[0-9])")
_NUMBERS: Final = re.compile(rf"(?<![0-9]){NUMERAL}+")
_COUNTER: Final = re.compile(
    r"号楼|号院|号|栋|幢|座|单元|门|层|楼|排|组|户|室|期|区|巷|弄|条|里|院|队|社|坊|街坊|村|中|小(?!区)"
)
_PHASE: Final = re.compile(r"(?<![a-z])(viii|vii|vi|iv|ix|v|iii|ii|i|x)(?=期)")
_BUILDING: Final = re.compile(
    r"([0-9]+|[a-z][0-9]*|[0-9]+[a-z])(?:号楼|号栋|号幢|#楼|#栋|#幢|#|栋|幢)"
)
_NUMBERED_BLOCK: Final = re.compile(r"([0-9]+)座")
_LETTER_HOUSE: Final = re.compile(r"(?<![a-z0-9])([a-z][0-9]*)楼")
_DOOR: Final = re.compile(r"([0-9]+)(?:号?门)(?=$|[0-9])")
_SHARP: Final = "\ue000"


def _arabic(found: re.Match[str]) -> str:
    written = found.group()
    if "百" in written and len(written) == 1:
        return written
    follows = _COUNTER.match(found.string, found.end())
    # 五一路 is not road 51: figures in a row are a number only before something that is counted.
    if len(written) > 1 and not follows and "十" not in written:
        return written
    value = parse_int(written)
    return written if value is None else str(value)


@lru_cache(maxsize=65_536)
def match_key(name: str) -> str:
    """Return the key by which two spellings of one place compare equal.

    Width, script, case, spaces and punctuation are off; 三期 = 3期 = Ⅲ期; 2号楼 = 2栋 = 2幢 = 2# =
    2座; 2单元 = 2门. A lettered block keeps its own word: B座 differs from B栋. A range stays a
    range and a list a list (5-6 is not 5、6), and 3-2-501 is not 32501. Never shown to a person.
    """
    folded = "".join(simplified(c) for c in fold(name).text.casefold())
    text = _WHITE.sub("", folded)
    text = _PHASE.sub(lambda m: str(parse_roman(m.group())), text)
    text = _RANGE.sub("-", text)
    text = _LIST.sub("\ue001", text)
    text = _NUMBERS.sub(_arabic, text)
    text = _BUILDING.sub(rf"\1{_SHARP}", text)
    text = _NUMBERED_BLOCK.sub(rf"\1{_SHARP}", text)
    text = _LETTER_HOUSE.sub(rf"\1{_SHARP}", text)
    text = _DOOR.sub(r"\1单元", text)
    kept: list[str] = []
    for index, character in enumerate(text):
        if character == "-":
            inner = (
                0 < index < len(text) - 1
                and text[index - 1].isalnum()
                and text[index + 1].isalnum()
            )
            if inner and text[index - 1].isascii() and text[index + 1].isascii():
                kept.append("-")
        elif character in "\ue000\ue001" or character.isalnum():
            kept.append(character)
    return "".join(kept).replace(_SHARP, "#").replace("\ue001", ",")
