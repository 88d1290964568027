"""Whole numbers as they stand in addresses and forms."""

from collections.abc import Iterable

#: Eighteen digits always fit the 64 bits of a database's integer.
_MOST_DIGITS = 18


def whole_number(text: str | None) -> int | None:
    """Return the number that plain digits stand for, None for anything else.

    `str.isdigit` is no test for this: it accepts "²" and "٣", and `int` refuses the first of them.
    """
    if not text or len(text) > _MOST_DIGITS or not (text.isascii() and text.isdigit()):
        return None
    return int(text)


def whole_numbers(texts: Iterable[str]) -> list[int]:
    """Return the numbers among texts in their order; what is none is left out."""
    return [number for number in map(whole_number, texts) if number is not None]
