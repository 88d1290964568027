"""Numbers as people write them in addresses: 12, 十二, 一二, 二〇, Ⅲ."""

import re

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
NUMERAL = r"[零〇一二三四五六七八九十百]"

_TENS = re.compile(
    r"(?:([一二三四五六七八九])百)?(零)?(?:([一二三四五六七八九])?(十))?([一二三四五六七八九])?"
)
_ROMAN = {
    "i": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
    "v": 5,
    "vi": 6,
    "vii": 7,
    "viii": 8,
    "ix": 9,
    "x": 10,
}


def parse_int(text: str) -> int | None:
    """Return the number that `text` writes, in Arabic or Chinese figures, or None.

    二十三 and 二三 are both 23, 十 is 10, 一百零五 is 105; anything else in the text makes it None.
    Takes half-width figures only: fold the text first.
    """
    if text.isascii():
        return int(text) if text.isdecimal() and len(text) <= 9 else None
    if len(text) > 9:
        return None
    if all(c in DIGITS for c in text):
        return int("".join(str(DIGITS[c]) for c in text))
    found = _TENS.fullmatch(text)
    if found is None or not text:
        return None
    hundreds, _zero, tens, ten, ones = found.groups()
    value = 100 * DIGITS[hundreds] if hundreds else 0
    if ten:
        value += 10 * (DIGITS[tens] if tens else 1)
    return value + (DIGITS[ones] if ones else 0)


def parse_roman(text: str) -> int | None:
    """Return 1 to 10 for a Roman numeral in either case, or None; phases of an estate use them."""
    return _ROMAN.get(text.casefold())
