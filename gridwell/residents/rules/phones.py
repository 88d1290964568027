"""Telephone numbers (电话) as people write them in lists, several in a cell, with words around them."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final
from unicodedata import normalize


class PhoneFault(StrEnum):
    """Why a written number cannot be called."""

    SHORT = "phone_short"
    LONG = "phone_long"
    FORM = "phone_form"
    DIGITS_LOST = "phone_digits_lost"


@dataclass(frozen=True, slots=True)
class Reading:
    """The numbers of one cell, normalised, in the order written, and the pieces that are none."""

    numbers: tuple[str, ...] = ()
    faults: tuple[tuple[str, PhoneFault], ...] = ()


_NOTHING: Final = Reading()
_MOBILE: Final = re.compile(r"1[3-9]\d{9}")
#: A mobile number; 0 + area code and 7–8 digits; 7–8 digits alone; 400 and 800 numbers.
_GOOD: Final = re.compile(
    r"1[3-9]\d{9}|0(?:10|2\d)[2-9]\d{7}|0[3-9]\d{2}[2-9]\d{6,7}|[48]00\d{7}|[2-9]\d{6,7}"
)
_PIECES: Final = re.compile(r"[、,;/|\\\n\r]+|或者?|和|及")
_AREA_THEN_LIST: Final = re.compile(r"(?<=\d)/(?=\d)")
_JOINT: Final = re.compile(r"(?<=\d)[\s\-‐–—―_.()]+(?=\d)|(?<=^)\((?=\d)")
_COUNTRY: Final = re.compile(r"(?<!\d)(?:\+\s*86|0086|86(?=\D?1[3-9]\d)|\(\+?86\))[\s\-]*")
_DIGITS: Final = re.compile(r"\d+")
_EXTENSION: Final = re.compile(r"(?:转|ext\.?|分机)\s*\d{1,6}", re.IGNORECASE)
_SCIENTIFIC: Final = re.compile(r"\d(?:\.\d+)?E\+?\d{1,2}", re.IGNORECASE)


def read_phones(value: object) -> Reading:
    """Return the telephone numbers of a cell; empty cells and words such as 无 are no fault.

    +86 and separators go, 0351-1234567 becomes 03511234567, a bare 7–8 digit number stays without
    an area code. A piece with digits that is no number is a fault of its own; its neighbours count.
    """
    if value is None or value == "":
        return _NOTHING
    if isinstance(value, float):
        if value != value or abs(value) >= 1e15 or value != int(value):
            return Reading(faults=((repr(value), PhoneFault.FORM),))
        value = int(value)
    text = value if isinstance(value, str) else str(value)
    if len(text) == 11 and _MOBILE.fullmatch(text) and text.isascii():  # nearly every cell
        return Reading((text,))
    return _read_text(normalize("NFKC", text).strip())


def _read_text(text: str) -> Reading:
    if _SCIENTIFIC.fullmatch(text):
        whole = str(int(Decimal(text)))
        if sum(c.isdigit() for c in text.upper().partition("E")[0]) < len(whole):
            return Reading(faults=((text, PhoneFault.DIGITS_LOST),))
        text = whole
    numbers: list[str] = []
    faults: list[tuple[str, PhoneFault]] = []
    for piece in _PIECES.split(text):
        good, bad = _read_piece(piece.strip())
        numbers.extend(number for number in good if number not in numbers)
        faults.extend(bad)
    return Reading(tuple(numbers), tuple(faults))


def _read_piece(piece: str) -> tuple[list[str], list[tuple[str, PhoneFault]]]:
    bare = _COUNTRY.sub("", _EXTENSION.sub("", piece))
    runs = _DIGITS.findall(bare)
    if not runs:
        return [], []
    if len(runs) == 1:
        return _judged(piece, runs)
    if all(_GOOD.fullmatch(run) and len(run) >= 7 for run in runs):  # two numbers, only a space
        return _judged(piece, runs)
    return _judged(piece, _DIGITS.findall(_JOINT.sub("", bare)))


def _judged(piece: str, runs: list[str]) -> tuple[list[str], list[tuple[str, PhoneFault]]]:
    good: list[str] = []
    bad: list[tuple[str, PhoneFault]] = []
    for run in runs:
        number = run[1:] if len(run) == 12 and run[0] == "0" and run[1] == "1" else run
        if number.startswith("86") and len(number) == 13:
            number = number[2:]
        if _GOOD.fullmatch(number):
            good.append(number)
        elif len(number) > 2 or len(runs) == 1:  # "女儿2 138…": a lone small figure is no number
            bad.append((piece, _why(number)))
    return good, bad


def _why(number: str) -> PhoneFault:
    expected = 11 if number[0] == "1" else (10 if number[0] == "0" else 7)
    if len(number) < expected:
        return PhoneFault.SHORT
    if len(number) > (11 if number[0] == "1" else 12):
        return PhoneFault.LONG
    return PhoneFault.FORM
