"""What somebody scans or types at a sampling desk means (采样台扫描). Pure; the desk's script does the same.

One field takes everything: a tube's barcode, the code of a person or of a family card, an ID
number, a door. The codes on paper hold a random number and nothing that can be read of anybody.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from unicodedata import normalize
from uuid import UUID

from gridwell.residents.rules.identity import check_digit

_SIGNS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BODY: Final = 25  # digits of base 36 that hold 128 bits
_DASHES: Final = re.compile(r"[‐‑‒–—―−]")
_DOOR: Final = re.compile(r"\d{1,4}(?:-\d{1,5}){1,3}")
_ROOM: Final = re.compile(r"\d{1,4}")
_DOCUMENT: Final = re.compile(r"\d{17}[\dX]")
_CODE: Final = re.compile(r"[PF][0-9A-Z]{26}")
_ODD_CODE: Final = re.compile(r"[PF][0-9A-Z]{20,39}")  # one of ours, read in part or twice
_BORN: Final = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_LIKE_DOCUMENT: Final = re.compile(rf"[1-9]\d{{5}}(?:19|20)\d{{2}}{_BORN}\d{{3}}[\dX]")
_ODD_DOCUMENT: Final = re.compile(rf"[1-9]\d{{4,6}}(?:19\d|20[01])\d{_BORN}\d{{2,5}}X?")
_MISREAD: Final = str.maketrans("OIL", "011")
_TUBE: Final = re.compile(r"[A-Z0-9][A-Z0-9_.-]{4,39}")
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
_RUN_TOGETHER: Final = re.compile(r"[1-9]\d{4,8}")


class EntryKind(StrEnum):
    """What an entry is."""

    NOTHING = "nothing"
    TUBE = "tube"
    PERSON = "person"  # a person's code
    CARD = "card"  # a family card (家庭卡): the household
    DOCUMENT = "document"  # an ID number
    BAD_DOCUMENT = "bad_document"  # looks like one, its check digit is wrong
    BAD_CODE = "bad_code"  # looks like one of our codes, its check sign is wrong
    DOOR = "door"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as it is read; `value` is normalised: a UUID's hex for a code, else the text."""

    kind: EntryKind
    value: str = ""


def check_sign(text: str) -> str:
    """Return the check sign of a code: ISO 7064 MOD 37,36, which finds a wrong and two swapped signs."""
    rest = 36
    for sign in text:
        rest = (rest + _SIGNS.index(sign)) % 36 or 36
        rest = rest * 2 % 37
    return _SIGNS[(37 - rest) % 36]


def _code(letter: str, ref: UUID) -> str:
    value, digits = ref.int, ""
    for _ in range(_BODY):
        value, rest = divmod(value, 36)
        digits = _SIGNS[rest] + digits
    return letter + digits + check_sign(letter + digits)


def person_code(ref: UUID) -> str:
    """Return the code of a person (个人码) for a card or sheet."""
    return _code("P", ref)


def card_code(ref: UUID) -> str:
    """Return the code of a household's family card (家庭卡)."""
    return _code("F", ref)


def _read_code(text: str) -> Entry:
    if check_sign(text[:-1]) != text[-1]:
        return Entry(EntryKind.BAD_CODE)
    number = int(text[1:-1], 36)
    if number >= 1 << 128:
        return Entry(EntryKind.BAD_CODE)
    kind = EntryKind.PERSON if text[0] == "P" else EntryKind.CARD
    return Entry(kind, f"{number:032x}")


def _as_document(text: str) -> str:
    """Return an ID number typed with O for 0 or I for 1; else the text as it is."""
    digits = text.translate(_MISREAD)
    return digits if _LIKE_DOCUMENT.fullmatch(digits) else text


def _is_odd_document(text: str) -> bool:
    """Return whether an ID number has a digit too few or too many: no tube is opened under that name."""
    return len(text) in {17, 19} and _ODD_DOCUMENT.fullmatch(text) is not None


def plain_code(text: str) -> str:
    """Return a code as it is kept: full-width signs, kinds of dashes, spaces, small letters are one."""
    return re.sub(r"\s+", "", _DASHES.sub("-", normalize("NFKC", text)).upper())


def read_entry(text: str) -> Entry:
    """Return what was scanned or typed. Spaces, full-width signs and small letters do not matter."""
    plain = plain_code(text)
    if not plain:
        return Entry(EntryKind.NOTHING)
    if _CODE.fullmatch(plain):
        return _read_code(plain)
    if _is_odd_document(plain):
        return Entry(EntryKind.BAD_DOCUMENT, plain)
    if _ODD_CODE.fullmatch(plain):
        return Entry(EntryKind.BAD_CODE)
    plain = _as_document(plain)
    if _DOCUMENT.fullmatch(plain):
        is_good = check_digit(plain[:17]) == plain[17]
        return Entry(EntryKind.DOCUMENT, plain) if is_good else Entry(EntryKind.BAD_DOCUMENT, plain)
    if _DOOR.fullmatch(plain) or _ROOM.fullmatch(plain) or _CHINESE.search(plain):
        return Entry(EntryKind.DOOR, plain)
    if _TUBE.fullmatch(plain):
        return Entry(EntryKind.TUBE, plain)
    return Entry(EntryKind.UNKNOWN, plain)


def may_be_door(code: str, before: str) -> bool:
    """Return whether the figures of a tube may be a door typed without its dashes: 211501 for 2-1-1501.

    Whether there is such a door is for the register to say. Tubes of one batch are alike: after a
    tube of as many figures (`before`) it is the next one.
    """
    is_next = before.isdigit() and len(before) == len(code)
    return _RUN_TOGETHER.fullmatch(code) is not None and not is_next
