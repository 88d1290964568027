"""A line of the door-to-door census as people jot it down (摸排登记): name, numbers, relation. Pure."""

import re
from dataclasses import dataclass

_SPLIT = re.compile(r"[\s,，、;；]+")
_DOCUMENT = re.compile(r"\d{17}[\dXx]|\d{15}")
_PHONE = re.compile(r"1[3-9]\d{9}|0\d{9,11}|[2-9]\d{6,7}")
MOST_PEOPLE = 30
"""People behind one door; a longer list is a dormitory and comes as a ledger."""


@dataclass(frozen=True, slots=True)
class Jotted:
    """Somebody as jotted down. The first of a door is its head unless another is called 户主."""

    name: str
    document: str = ""
    phone: str = ""
    relation: str = ""


def read_people(text: str) -> list[Jotted]:
    """Return the people of a text, one a line: a name first, then an ID, a telephone, a relation.

    The order of what follows the name does not matter; empty lines are no people.
    """
    found = []
    for line in text.splitlines():
        parts = [part for part in _SPLIT.split(line.strip()) if part]
        if not parts:
            continue
        document = phone = relation = ""
        for part in parts[1:]:
            if _DOCUMENT.fullmatch(part):
                document = part.upper()
            elif _PHONE.fullmatch(part):
                phone = part
            else:
                relation = part[:20]
        found.append(Jotted(parts[0][:60], document, phone, relation))
    return found
