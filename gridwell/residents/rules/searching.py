"""What a few typed characters may mean: a name, its pinyin, a door, the end of a number. Pure."""

import re
from dataclasses import dataclass
from typing import Final

from gridwell.places.rules.naming import fold

_DOOR: Final = re.compile(r"[0-9a-z]{1,4}(?:[-\s][0-9a-z]{1,5}){1,2}")
_LETTERS: Final = re.compile(r"[a-z]{1,60}")
_SPACES: Final = re.compile(r"\s+")


@dataclass(frozen=True)
class Asked:
    """The ways to read a question; empty ones are not tried."""

    name: str = ""
    letters: str = ""
    doors: tuple[str, ...] = ()
    door_start: str = ""
    tail: str = ""
    number: str = ""
    place: str = ""

    @property
    def is_empty(self) -> bool:
        return not any((self.name, self.letters, self.doors, self.tail, self.number, self.place))


def read_question(text: str) -> Asked:
    """Return every way to read what was typed; four figures may be a room and the end of a number.

    A door is 2-1-1501 or, run together, 211501; letters are pinyin or initials; eleven figures or
    more are a whole number.
    """
    folded = _SPACES.sub(" ", fold(text[:80]).text).strip()
    lower = folded.lower()
    plain = lower.replace(" ", "")
    if not plain:
        return Asked()
    digits = plain[:-1] if plain.endswith("x") and len(plain) in {4, 18} else plain
    is_figures = digits.isascii() and digits.isdigit()
    if _DOOR.fullmatch(lower) and any(c.isdigit() for c in lower) and len(digits) < 11:
        door = re.sub(r"[-\s]", "-", lower).upper()
        return Asked(doors=(door,), door_start=door, place=plain)
    if is_figures:
        return _from_figures(plain)
    if _LETTERS.fullmatch(plain):
        return Asked(letters=plain)
    if any(c.isdigit() for c in plain):
        return Asked(place=plain)
    return Asked(name=plain, place=plain)


def _from_figures(plain: str) -> Asked:
    if len(plain) >= 11:
        return Asked(number=plain.upper())
    if not plain.isdigit():  # three figures and X
        return Asked(tail=plain.upper())
    return Asked(doors=doors_run_together(plain), tail=plain if len(plain) == 4 else "", place="")


def doors_run_together(digits: str) -> tuple[str, ...]:
    """Return the doors that figures without dashes may mean: 211501 is 2-1-1501, or 21-1501.

    A room has three or four figures, a unit one or two, a building up to three.
    """
    found = [digits] if len(digits) <= 5 else []
    for room in (3, 4):
        rest = digits[:-room]
        if not rest or len(digits) <= room:
            continue
        if len(rest) <= 3:
            found.append(f"{rest}-{digits[-room:]}")
        for unit in (1, 2):
            building = rest[:-unit]
            if building and len(building) <= 3:
                found.append(f"{building}-{rest[-unit:]}-{digits[-room:]}")
    return tuple(dict.fromkeys(found))


def after(prefix: str) -> str | None:
    """Return the least text above all that start with a prefix of a-z and 0-9, or None for "zzz".

    So that a prefix is a range that an index answers, in every collation.
    """
    while prefix and prefix[-1] == "z":
        prefix = prefix[:-1]
    if not prefix:
        return None
    last = prefix[-1]
    return prefix[:-1] + ("a" if last == "9" else chr(ord(last) + 1))
