"""What a check keeps for its pages (核对结果): plain data, worded only when it is shown."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from gridwell.ledgers.rules.matching import Basis, Decision, Existing, Matching, Outcome
from gridwell.ledgers.rules.rows import Fault, LedgerRead, ResidentRow
from gridwell.ledgers.rules.stays import ExistingStay


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
        **guest_row(row),
    }


def guest_row(row: ResidentRow) -> dict[str, Any]:
    """Return what a line says of a guest's stay; nothing of a resident."""
    if row.guest is None:
        return {}
    return {
        "guest": row.guest.kind,
        "starts_at": plain(row.guest.starts_at),
        "ends_at": plain(row.guest.ends_at),
    }


def stay_row(stay: ExistingStay) -> dict[str, Any]:
    """Return a guest of the register as shown beside a line."""
    return {
        "sheet": "",
        "row": 0,
        "name": stay.name,
        "door": stay.dwelling_key.replace("|", " ").strip(),
        "relation": "",
        "sex": "unknown",
        "birth_on": None,
        "document": stay.document,
        "phones": [stay.phone] if stay.phone else [],
        "guest": stay.kind,
        "starts_at": plain(stay.starts_at),
        "ends_at": plain(stay.ends_at),
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
            "other": _other(first, decision),
            "candidates": [person_row(people[pk]) for pk in decision.candidates if pk in people],
        }
    return asked


def _other(first: ResidentRow | None, decision: Decision) -> dict[str, Any] | None:
    """Return what stands beside a line that is no resident: another line, or a guest known already."""
    if first is not None:
        return line_row(first)
    return stay_row(decision.stay) if decision.stay is not None else None


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
