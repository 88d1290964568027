"""Members of a household in columns of their own (成员列): 成员1姓名, 成员1关系, 成员2姓名 …, 配偶姓名."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from gridwell.core.tables.model import Cell, cell_text
from gridwell.ledgers.rules.columns import Taken, member_of
from gridwell.ledgers.rules.fields import Field
from gridwell.ledgers.rules.line import Draft
from gridwell.ledgers.rules.people import RELATION_WORDS, PeopleCell, Person, is_people_cell
from gridwell.ledgers.rules.values import clean_name
from gridwell.residents.rules.phones import read_phones

Members = tuple[tuple[str, dict[Field, int]], ...]


def member_columns(taken: Sequence[Taken]) -> Members:
    """Return the columns of each member, in the order of the sheet; () where there are none."""
    groups: dict[str, dict[Field, int]] = {}
    for item in taken:
        found = member_of(item.column.path)
        if found is not None:
            groups.setdefault(found[0], {}).setdefault(found[1], item.column.index)
    return tuple((no, group) for no, group in groups.items() if Field.NAME in group)


def people_beside(values: Sequence[Cell], members: Members) -> tuple[Person, ...]:
    """Return the members that a line names in columns of their own."""
    people = []
    for number, group in members:
        name = clean_name(cell_text(values[group[Field.NAME]]))
        if not name or is_people_cell(name):
            continue
        relation = _text(values, group.get(Field.RELATION))
        if not relation and number in RELATION_WORDS:
            relation = number
        people.append(
            Person(
                name,
                relation,
                _text(values, group.get(Field.ID_NUMBER)),
                read_phones(_text(values, group.get(Field.PHONE))).numbers,
            )
        )
    return tuple(people)


def _text(values: Sequence[Cell], index: int | None) -> str:
    return "" if index is None else cell_text(values[index]).replace(" ", "")


_NUMBERS: Final = re.compile(r"(?<!\d)\d{17}[\dXx](?![\dXx])")


def with_numbers(cell: PeopleCell, draft: Draft) -> PeopleCell:
    """Return the people of a cell with the numbers of the next cell, where it has one for each.

    张三、李四 beside 140…、140…: in the same order. The fault of a number too long is taken back.
    """
    numbers = _NUMBERS.findall(draft.id_value) if len(cell.people) > 1 else []
    if len(numbers) != len(cell.people) or not numbers or any(p.document for p in cell.people):
        return cell
    column = draft.id_column.address if draft.id_column else ""
    draft.faults = [f for f in draft.faults if f.column != column or not f.code.startswith("id_")]
    if draft.id_column is not None:
        draft.remark.pop(draft.id_column.name or column, None)
    people = [replace(p, document=n) for p, n in zip(cell.people, numbers, strict=True)]
    return replace(cell, people=tuple(people))
