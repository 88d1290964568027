"""What a screen shows of a number until somebody asks for it with a reason (脱敏). Pure."""

import re
from typing import Final

_NUMBERS: Final = re.compile(r"[0-9][0-9Xx \-]{5,}[0-9Xx]")


def mask_document(number: str) -> str:
    """Return a document number with its middle hidden: 140100********8135.

    The birth date inside an ID number is always hidden. Short numbers keep their last two signs;
    length is kept, so that a missing digit is still seen.
    """
    if len(number) >= 15:
        return number[:6] + "*" * (len(number) - 10) + number[-4:]
    if len(number) >= 7:
        return number[:1] + "*" * (len(number) - 3) + number[-2:]
    return "*" * len(number)


def mask_phone(number: str) -> str:
    """Return a telephone number with its middle hidden: 140****8876; short ones keep two figures."""
    if len(number) >= 11:
        return number[:3] + "*" * (len(number) - 7) + number[-4:]
    if len(number) >= 5:
        return "*" * (len(number) - 2) + number[-2:]
    return "*" * len(number)


def masked_text(text: str) -> str:
    """Return a text with every long number in it masked: remarks may hold any."""

    def hide(found: re.Match[str]) -> str:
        whole = found.group()
        return mask_document(whole) if len(whole) >= 15 else mask_phone(whole)

    return _NUMBERS.sub(hide, text)
