"""What a check keeps for its pages (核对结果): plain data, worded only when it is shown."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from gridwell.ledgers.rules.matching import Basis, Decision, Existing, Matching, Outcome
from gridwell.ledgers.rules.rows import Fault, LedgerRead, ResidentRow


def plain(value: Any) -> Any:
    """Return a value as JSON keeps it; sets in a stable order, dates as text."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(plain(item) for item in value)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    return value


def fault_row(fault: Fault) -> dict[str, Any]:
    """Return one fault with what its wording needs."""
    return {
        "sheet": fault.sheet,
        "row": fault.row,
        "column": fault.column,
        "letter": fault.letter,
        "value": fault.value,
        "code": fault.code,
        "name": fault.name,
        "held": fault.is_held,
        "facts": plain(dict(fault.facts)),
    }


def line_row(row: ResidentRow) -> dict[str, Any]:
    """Return a line of the file as a person is shown beside another."""
    return {
        "sheet": row.source.sheet,
        "row": row.source.row,
        "name": row.name,
        "door": row.place.written(),
        "relation": row.relation,
        "sex": row.sex.value,
        "birth_on": plain(row.birth_on),
        "document": row.documents[0].number if row.documents else "",
        "phones": list(row.phones),
    }


def person_row(person: Existing) -> dict[str, Any]:
    """Return a resident of the register likewise."""
    return {
        "id": person.id,
        "name": person.name,
        "door": person.dwelling_key.replace("|", " ").strip(),
        "relation": person.relation,
        "sex": person.sex.value,
        "birth_on": plain(person.birth_on),
        "document": next(iter(sorted(person.documents)), ""),
        "phones": sorted(person.phones),
    }


def questions_of(
    read: LedgerRead, matching: Matching, people: Mapping[int, Existing]
) -> dict[str, dict[str, Any]]:
    """Return every line that a person has to decide about, by its key, with both sides."""
    twins = {twin.row_key: twin for twin in read.duplicates}
    lines = {row.row_key: row for row in read.residents}
    asked: dict[str, dict[str, Any]] = {}
    for decision in matching.decisions:
        if decision.outcome is not Outcome.ASK:
            continue
        twin = twins.get(decision.row.row_key)
        first = lines.get(decision.first_key) if decision.basis is Basis.TWICE_IN_FILE else None
        asked[decision.row.row_key] = {
            "code": twin.code if twin is not None else decision.basis.value,
            "line": line_row(decision.row),
            "other": line_row(first) if first is not None else None,
            "candidates": [person_row(people[pk]) for pk in decision.candidates if pk in people],
        }
    return asked


def change_row(decision: Decision, labels: Mapping[str, str]) -> dict[str, Any]:
    """Return a changed person: each field with what it was and what it would be.

    Of what is only added to (phones, remarks, labels) just the difference is told.
    """
    changes = []
    for name, (before, after) in decision.changes.items():
        old, new = _difference(name, before, after)
        if name == "labels":
            old, new = ([labels.get(code, code) for code in side] for side in (old, new))
        changes.append({"field": name, "before": plain(old), "after": plain(new)})
    return {
        "row": decision.row.source.row,
        "sheet": decision.row.source.sheet,
        "resident": decision.resident,
        "name": decision.row.name,
        "door": decision.row.place.written(),
        "basis": decision.basis.value,
        "changes": changes,
    }


def _difference(name: str, before: Any, after: Any) -> tuple[Any, Any]:
    if name == "dwelling_key":
        return before.replace("|", " ").strip(), after.replace("|", " ").strip()
    if isinstance(before, (set, frozenset)):
        return sorted(set(before) - set(after)), sorted(set(after) - set(before))
    if isinstance(before, Mapping):
        keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
        return (
            {key: before[key] for key in keys if key in before},
            {key: after[key] for key in keys if key in after},
        )
    return before, after
