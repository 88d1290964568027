"""A line of the door-to-door census as people jot it down (摸排登记): name, numbers, relation. Pure."""

import re
from dataclasses import dataclass
from unicodedata import normalize

from gridwell.ledgers.rules.people import RELATION_WORDS

_SPLIT = re.compile(r"[\s,，、;；]+")
_DOCUMENT = re.compile(r"\d{17}[\dXx]|\d{15}")
_PHONE = re.compile(r"1[3-9]\d{9}|0\d{9,11}|[2-9]\d{6,7}")
_IN_BRACKETS = re.compile(r"\((.+)\)")
MOST_PEOPLE = 30
"""People behind one door; a longer list is a dormitory and comes as a ledger."""


@dataclass(frozen=True, slots=True)
class Jotted:
    """Somebody as jotted down. The first of a door is its head unless another is called 户主.

    `unread` is what stands in the line and is neither number nor relation: somebody has to look.
    """

    name: str
    document: str = ""
    phone: str = ""
    relation: str = ""
    unread: str = ""


def read_people(text: str) -> list[Jotted]:
    """Return the people of a text, one a line: a name first, then an ID, a telephone, a relation.

    The order of what follows the name does not matter; empty lines are no people. A relation that is
    no common word stands in brackets: 王五(干儿子). A second name or a number of the wrong length is
    `unread`, not taken for a relation.
    """
    lines = (_SPLIT.split(normalize("NFKC", line).strip()) for line in text.splitlines())
    return [_read(parts) for line in lines if (parts := [part for part in line if part])]


def _read(parts: list[str]) -> Jotted:
    name, _, rest = parts[0].partition("(")
    told = [f"({rest}", *parts[1:]] if rest else parts[1:]
    document = phone = relation = ""
    unread = name if any(sign.isdigit() for sign in name) or not name else ""
    for part in told:
        bracketed = _IN_BRACKETS.fullmatch(part)
        if _DOCUMENT.fullmatch(part):
            document = part.upper()
        elif _PHONE.fullmatch(part.replace("-", "")):
            phone = part.replace("-", "")
        elif bracketed or part in RELATION_WORDS:
            relation = (bracketed[1] if bracketed else part)[:20]
        else:
            unread = unread or part
    return Jotted(name[:60] or parts[0][:60], document, phone, relation, unread[:40])
