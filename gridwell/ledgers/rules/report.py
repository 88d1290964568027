"""The figures of an import as one object (导入结果), for the command and for the page."""

from collections.abc import Callable, Mapping
from typing import Any

from gridwell.ledgers.rules.matching import Decision, Matching, Outcome
from gridwell.ledgers.rules.rows import Duplicate, Fault, LedgerRead

#: Gives the wording of a code with its facts.
Wording = Callable[[str, Mapping[str, object]], str]


def report(read: LedgerRead, matching: Matching, wording: Wording) -> dict[str, Any]:
    """Return the object that `import-ledger --json` prints.

    `households` counts dwellings listed, vacant ones too; `residents` everyone listed, before
    duplicates are answered and with faulty lines. `new`, `changed`, `unchanged` are what would be
    written, `missing` who of the listed dwellings is not in the file. So that the totals can be
    explained: residents = new + changed + unchanged + the lines asked about (each in `duplicates`)
    + the lines held back (each in `faults`). `guests` are those of `residents` who are here without
    being registered: they become stays. A person listed twice is in both lists: as a question
    to answer, and as a line of the ledger to mend.
    """
    faults = [*read.faults, *matching.faults]
    return {
        "households": read.dwellings,
        "residents": read.people_listed,
        "guests": read.guests,
        "new": matching.count(Outcome.NEW),
        "changed": matching.count(Outcome.CHANGED),
        "unchanged": matching.count(Outcome.UNCHANGED),
        "missing": len(matching.missing),
        "faults": [fault_object(fault, wording) for fault in faults],
        "duplicates": duplicate_objects(read, matching, wording),
    }


def fault_object(fault: Fault, wording: Wording) -> dict[str, Any]:
    """Return one fault with its row as the spreadsheet numbers it."""
    facts = {**fault.facts, "value": fault.value, "name": fault.name, "column": fault.column}
    return {
        "sheet": fault.sheet,
        "row": fault.row,
        "column": fault.column,
        "value": fault.value,
        "code": fault.code,
        "message": wording(fault.code, facts),
    }


def duplicate_objects(
    read: LedgerRead, matching: Matching, wording: Wording
) -> list[dict[str, Any]]:
    """Return every line that a person has to decide about, with what it may be the same as.

    `other` is another line of the file ({"sheet", "row"}), or None; `candidates` are ids of the
    register. `row_key` is what the answer is filed under.
    """
    twins = {twin.row_key: twin for twin in read.duplicates}
    out = []
    for decision in matching.decisions:
        if decision.outcome is Outcome.ASK:
            out.append(_duplicate_object(decision, twins.get(decision.row.row_key), wording))
    return out


def _duplicate_object(
    decision: Decision, twin: Duplicate | None, wording: Wording
) -> dict[str, Any]:
    row = decision.row
    code = twin.code if twin is not None else decision.basis.value
    facts: dict[str, object] = {"name": row.name, "row": row.source.row}
    if twin is not None:
        facts |= {"other_row": twin.first.row, "other_sheet": twin.first.sheet}
    return {
        "sheet": row.source.sheet,
        "row": row.source.row,
        "column": twin.column if twin is not None else "",
        "value": twin.value if twin is not None else row.name,
        "name": row.name,
        "code": code,
        "message": wording(code, facts),
        "row_key": row.row_key,
        "other": None if twin is None else {"sheet": twin.first.sheet, "row": twin.first.row},
        "candidates": list(decision.candidates),
    }
