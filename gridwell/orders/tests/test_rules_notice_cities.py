"""Notices in the words of many cities, each with what a person reads in it.

Below a notice, behind ====: a line for each group (act, levels, district, time of effect, precision,
declared count, then the items, and behind => the places of an item), the districts whose rest is
low, and the codes of the questions. `none` stands for no group, `ask *` for any question.
"""

import re
from pathlib import Path

import pytest

from gridwell.orders.rules.notice import Group, Reading, read_notice
from gridwell.orders.tests.test_rules_notice import check_invariants
from gridwell.orders.tests.test_rules_notice_places import written

NOTICES = [
    (path.stem, *part.split("\n", 1))
    for path in sorted((Path(__file__).parent / "notices").glob("*.txt"))
    for part in re.split(r"(?m)^#### ", path.read_text("utf-8"))[1:]
]


def line_of(group: Group) -> str:
    levels = f"{group.from_level or ''}->{group.to_level or ''}"
    when = group.effective_at.strftime("%Y-%m-%dT%H:%M") if group.effective_at else "-"
    declared = "-" if group.declared is None else group.declared
    head = f"{group.act} {levels} {group.district or '-'} {when} {group.effective_precision or '-'}"
    return " | ".join([f"{head} {declared}", *(item.text for item in group.items)])


def wanted_of(lines: list[str]) -> tuple[list[str], dict[str, str], list[str] | None, str]:
    groups: list[str] = []
    places: dict[str, str] = {}
    rest: list[str] | None = None
    ask = ""
    for line in lines:
        word, _, said = line.partition(" ")
        if word == "rest":
            rest = [name for name in said.split(",") if name]
        elif word == "ask":
            ask = said.strip()
        elif word != "none":
            head, *items = line.split(" | ")
            places.update(i.split(" => ") for i in items if " => " in i)
            groups.append(" | ".join([head, *(i.split(" => ")[0] for i in items)]))
    return groups, places, rest, ask


def places_of(reading: Reading) -> dict[str, str]:
    return {
        item.text: " + ".join(map(written, item.places))
        for group in reading.groups
        for item in group.items
    }


@pytest.mark.parametrize(
    ("body", "said"),
    [
        pytest.param(*rest.split("\n====\n"), id=f"{stem}-{name.split(':')[0]}")
        for stem, name, rest in NOTICES
    ],
)
def test_a_notice_is_read_as_a_person_reads_it(body: str, said: str) -> None:
    groups, places, rest, ask = wanted_of(said.strip().split("\n"))
    reading = read_notice(body)
    assert sorted(map(line_of, reading.groups)) == sorted(groups)
    assert {text: places_of(reading).get(text) for text in places} == places
    if rest is not None:
        assert list(reading.rest_low) == rest
    codes = {question.code.value for question in reading.questions}
    if ask == "*":
        assert codes
    else:
        assert codes == {code.strip() for code in ask.split(",") if code}
    check_invariants(body)


def test_there_are_notices_of_many_cities() -> None:
    assert len(NOTICES) >= 50
