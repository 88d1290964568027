"""Identity documents (证件) as people write them in lists: ID numbers, passports, permits.

The region of an ID number is not checked: codes change, and old numbers keep the old ones. Length,
date and check digit are (GB 11643-1999; the check digit is ISO 7064 MOD 11-2).
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import Final
from unicodedata import normalize


class Sex(StrEnum):
    """Sex (性别), as the register keeps it."""

    MALE = "male"
    FEMALE = "female"
    UNKNOWN = "unknown"


class DocumentKind(StrEnum):
    """Kind of identity document (证件种类)."""

    ID_CARD = "id_card"
    PASSPORT = "passport"
    HK_MACAO = "hk_macao"  # 港澳居民来往内地通行证
    TAIWAN = "taiwan"  # 台湾居民来往大陆通行证
    OTHER = "other"
    NONE = "none"


class IdFault(StrEnum):
    """Why a written ID number cannot be taken."""

    LENGTH = "id_length"
    CHARACTERS = "id_characters"
    DATE = "id_date"
    CHECK_DIGIT = "id_check_digit"
    DIGITS_LOST = "id_digits_lost"  # a spreadsheet kept 15 of 18 digits


@dataclass(frozen=True, slots=True)
class Reading:
    """What one cell says about a person's document.

    `number` is normalised (18 digits, X upper case) and empty when there is none or it is faulty.
    `birth_on` may be known although the number is faulty: digits lost to a float leave the date.
    `sex` is unknown unless the number is good.
    """

    kind: DocumentKind = DocumentKind.NONE
    number: str = ""
    fault: IdFault | None = None
    birth_on: date | None = None
    sex: Sex = Sex.UNKNOWN


_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"
_NOTHING: Final = Reading()
_BLANK_WORDS: Final = frozenset(
    [
        *["无", "没有", "暂无", "未办", "未办理", "未上户", "未落户", "不详", "未知", "未提供"],
        *["拒绝提供", "待补", "同上", "/", "\\", "?", "×", "N/A", "NA", "NONE", "NULL"],
    ]
)
_SEPARATORS: Final = re.compile(
    r"[\s\u200b\u200c\u200d\u2060\ufeff\u202a\u202c\-‐–—_.·'’`\"“”,，、:：;；*]+"
)
_LABEL: Final = re.compile(r"^(?:居民)?(?:身份证|证件)(?:号码?|号)?")
_SCIENTIFIC: Final = re.compile(r"\d(?:\.\d+)?E\+?\d{1,2}")
_PASSPORT: Final = re.compile(r"(?:护照)?(?!H\d{8}(?:\d\d)?$|M\d{8}(?:\d\d)?$)([A-Z]{1,2}\d{7,9})")
_HK_MACAO: Final = re.compile(r"(?:港澳\D*|回乡证)?([HM]\d{8}(?:\d\d)?)")
_TAIWAN: Final = re.compile(r"台\D*(\d{8}(?:\d\d)?)")
_FOREIGNER: Final = re.compile(r"[A-Z]{3}\d{12}")


def check_digit(seventeen: str) -> str:
    """Return the check character of an ID number's first 17 digits (ISO 7064 MOD 11-2)."""
    total = 0
    for weight, digit in zip(_WEIGHTS, seventeen, strict=True):
        total += weight * (ord(digit) - 48)
    return _CHECKS[total % 11]


def upgraded(fifteen: str) -> str:
    """Return the 18-digit form of a 15-digit ID number; all holders of those were born in 19xx."""
    seventeen = f"{fifteen[:6]}19{fifteen[6:]}"
    return seventeen + check_digit(seventeen)


@lru_cache(maxsize=65_536)
def _day(digits: str) -> date | None:
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None
    return day if day.year >= 1870 else None


def birth_of(number: str) -> date | None:
    """Return the birth date inside a normalised 18-digit number, or None."""
    return _day(number[6:14])


def sex_of(number: str) -> Sex:
    """Return the sex inside a normalised 18-digit number: the 17th digit is odd for men."""
    return Sex.MALE if ord(number[16]) & 1 else Sex.FEMALE


def read_document(value: object, kind: DocumentKind = DocumentKind.ID_CARD) -> Reading:
    """Return what a cell of an ID or document column says; an empty cell is no fault.

    `kind` is what the column is for. In an ID column a passport or permit is recognised by its
    letters; in a column for other documents what fits no form is taken as it stands.
    """
    if value is None or value == "":
        return _NOTHING
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _read_figure(value, kind)
    text = value if isinstance(value, str) else str(value)
    if len(text) == 18 and text[:17].isdigit() and text.isascii():  # nearly every cell
        return _checked(text.upper())
    return _read_text(text, kind)


def _read_figure(value: float, kind: DocumentKind) -> Reading:
    if value != value or value in (float("inf"), float("-inf")):
        return Reading(DocumentKind.NONE, fault=IdFault.CHARACTERS)
    digits = str(int(value))
    if len(digits) >= 16:
        return _lost(digits)
    if kind is not DocumentKind.ID_CARD:
        return Reading(DocumentKind.OTHER, digits)
    return _read_text(digits, kind)


def _lost(digits: str) -> Reading:
    """Fifteen of the digits are still right: region, birth date, one digit of the sequence.

    Where the rest is all zeros it may have been rounded up, into the next day; so it is not used.
    """
    birth = _day(digits[6:14]) if len(digits) == 18 and digits[14:] != "0000" else None
    return Reading(fault=IdFault.DIGITS_LOST, birth_on=birth)


def _read_text(text: str, kind: DocumentKind) -> Reading:
    folded = normalize("NFKC", text).upper().strip()
    if _SCIENTIFIC.fullmatch(folded.replace(" ", "")):
        return _lost(str(int(float(folded.replace(" ", "")))))
    plain = _LABEL.sub("", _SEPARATORS.sub("", folded))
    if not plain or plain in _BLANK_WORDS:
        return _NOTHING
    if plain.isdigit() and len(plain) == 15:
        number = upgraded(plain)
        return _checked(number)
    if len(plain) == 18 and plain[:17].isdigit() and plain.isascii():
        return _checked(plain)
    other = _other_document(plain)
    if other is not None:
        return other
    if kind is not DocumentKind.ID_CARD:
        return Reading(DocumentKind.OTHER, folded)
    body = plain[:-1] if plain.endswith("X") else plain
    wrong = IdFault.LENGTH if body.isdigit() else IdFault.CHARACTERS
    return Reading(fault=wrong)


def _checked(number: str) -> Reading:
    birth = _day(number[6:14])
    if birth is None:
        return Reading(fault=IdFault.DATE)
    if check_digit(number[:17]) != number[17]:
        lost = number.endswith("000")
        return Reading(
            fault=IdFault.DIGITS_LOST if lost else IdFault.CHECK_DIGIT,
            birth_on=birth if lost else None,
        )
    return Reading(DocumentKind.ID_CARD, number, None, birth, sex_of(number))


def _other_document(plain: str) -> Reading | None:
    for pattern, kind in (
        (_HK_MACAO, DocumentKind.HK_MACAO),
        (_TAIWAN, DocumentKind.TAIWAN),
        (_PASSPORT, DocumentKind.PASSPORT),
    ):
        found = pattern.fullmatch(plain)
        if found:
            return Reading(kind, found.group(1))
    if _FOREIGNER.fullmatch(plain):
        return Reading(DocumentKind.OTHER, plain)
    return None


def read_sex(value: object) -> Sex | None:
    """Return the sex a cell names, UNKNOWN for an empty one, None for a word that is neither."""
    if value is None or value == "":
        return Sex.UNKNOWN
    word = normalize("NFKC", str(value)).strip().casefold()
    if word in {"男", "男性", "m", "male", "1", "1.0"}:
        return Sex.MALE
    if word in {"女", "女性", "f", "female", "2", "2.0"}:
        return Sex.FEMALE
    if word in {"", "未知", "不详", "无", "-", "/", "0", "9"}:
        return Sex.UNKNOWN
    return None
