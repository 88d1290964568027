"""People listed twice in one file (重复人员)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from gridwell.ledgers.rules.rows import Duplicate, Fault, ResidentRow
from gridwell.ledgers.rules.stays import overlap
from gridwell.ledgers.rules.values import name_key
from gridwell.residents.rules.identity import Sex

#: So many of one name behind one door are compared; a list with more has another fault.
_MOST = 20


def find_twins(
    rows: Sequence[ResidentRow], columns: Mapping[str, tuple[str, str]]
) -> tuple[list[ResidentRow], list[Fault], tuple[Duplicate, ...]]:
    """Return the rows, the faults and the questions that come of numbers listed more than once.

    The same number with the same name is probably one person: both rows stay, the pair is asked
    about, and the later line is a fault of the list. The same number with another name is a fault
    and never a merge: the later person is taken without the number. Without a number on one side,
    the same name behind one door is asked about where neither birth date nor sex tells them apart.
    `columns` gives the name path and letter of each sheet's ID column.
    """
    out = list(rows)
    faults: list[Fault] = []
    duplicates: list[Duplicate] = []
    by_number: dict[str, int] = {}
    by_door: dict[tuple[str, str], list[int]] = {}
    for index, row in enumerate(rows):
        asked = False
        for document in row.documents:
            first = by_number.setdefault(f"{document.kind}:{document.number}", index)
            if first == index:
                continue
            earlier = rows[first]
            if name_key(earlier.name) == name_key(row.name):
                if not asked and overlap(row, earlier):
                    duplicates.append(
                        _duplicate("same_document", row, earlier, document.number, columns)
                    )
                    faults.append(
                        _fault("same_person_twice", row, earlier, document.number, columns)
                    )
                asked = True
            else:
                faults.append(_fault("id_of_another", row, earlier, document.number, columns))
                out[index] = _without(out[index], document.number, faults[-1])
        before = by_door.setdefault((row.dwelling_key, name_key(row.name)), [])
        like = next((rows[i] for i in before[:_MOST] if _may_be_one(row, rows[i])), None)
        before.append(index)
        if like is not None and not asked:
            duplicates.append(_behind_one_door(row, like))
    return out, faults, tuple(duplicates)


def _behind_one_door(row: ResidentRow, like: ResidentRow) -> Duplicate:
    """Return the question; the line with a number stands, the one without is asked about."""
    if row.birth_on is not None and row.birth_on == like.birth_on:
        return _duplicate("same_in_dwelling", row, like, "", {})
    if row.documents and not like.documents:
        row, like = like, row
    return _duplicate("same_name_in_dwelling", row, like, "", {})


def _may_be_one(row: ResidentRow, other: ResidentRow) -> bool:
    """Return whether nothing said of two people of one name behind one door tells them apart."""
    return (
        not (row.documents and other.documents)
        and overlap(row, other)
        and (None in (row.birth_on, other.birth_on) or row.birth_on == other.birth_on)
        and (Sex.UNKNOWN in (row.sex, other.sex) or row.sex is other.sex)
    )


def _without(row: ResidentRow, number: str, fault: Fault) -> ResidentRow:
    """Drop a number that is another's, and the sex and birth date that came with it stay as read."""
    return replace(
        row,
        documents=tuple(d for d in row.documents if d.number != number),
        remark={**row.remark, fault.column.rpartition("/")[2] or "ID": number},
        faults=(*row.faults, fault),
    )


def _duplicate(
    code: str,
    row: ResidentRow,
    first: ResidentRow,
    number: str,
    columns: Mapping[str, tuple[str, str]],
) -> Duplicate:
    column, _ = columns.get(row.source.sheet, ("", ""))
    return Duplicate(
        code, row.source, first.source, row.row_key, first.row_key, row.name, column, number
    )


def _fault(
    code: str,
    row: ResidentRow,
    first: ResidentRow,
    number: str,
    columns: Mapping[str, tuple[str, str]],
) -> Fault:
    column, letter = columns.get(row.source.sheet, ("", ""))
    return Fault(
        row.source.sheet,
        row.source.row,
        column,
        letter,
        number,
        code,
        row.name,
        facts={
            "other_row": first.source.row,
            "other_sheet": first.source.sheet,
            "other_name": first.name,
        },
    )
