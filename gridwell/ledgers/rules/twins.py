"""People listed twice in one file (重复人员)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from gridwell.ledgers.rules.rows import Duplicate, Fault, ResidentRow
from gridwell.ledgers.rules.values import name_key


def find_twins(
    rows: Sequence[ResidentRow], columns: Mapping[str, tuple[str, str]]
) -> tuple[list[ResidentRow], list[Fault], tuple[Duplicate, ...]]:
    """Return the rows, the faults and the questions that come of numbers listed more than once.

    The same number with the same name is probably one person: both rows stay, the pair is asked
    about, and the later line is a fault of the list. The same number with another name is a fault
    and never a merge: the later person is taken without the number. Without a number on one side,
    the same name and birth date behind one door is asked about. Equal names alone are nothing.
    `columns` gives the name path and letter of each sheet's ID column.
    """
    out = list(rows)
    faults: list[Fault] = []
    duplicates: list[Duplicate] = []
    by_number: dict[str, int] = {}
    by_door: dict[tuple[str, str, object], int] = {}
    for index, row in enumerate(rows):
        asked = False
        for document in row.documents:
            first = by_number.setdefault(f"{document.kind}:{document.number}", index)
            if first == index:
                continue
            earlier = rows[first]
            if name_key(earlier.name) == name_key(row.name):
                if not asked:
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
        if row.birth_on is None:
            continue
        place = (row.dwelling_key, name_key(row.name), row.birth_on)
        first = by_door.setdefault(place, index)
        if first != index and not asked and not (row.documents and rows[first].documents):
            duplicates.append(_duplicate("same_in_dwelling", row, rows[first], "", {}))
    return out, faults, tuple(duplicates)


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
