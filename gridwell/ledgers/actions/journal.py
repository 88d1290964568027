"""What one import writes, noted row by row so that it can be undone (变更记录)."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from gridwell.ledgers.models import ImportChange, LedgerImport
from gridwell.residents.actions.corrections import Former
from gridwell.residents.labels import CORRECTED

#: Whose former values are kept beyond the time in which an import can be undone.
_SUBJECTS = {"residents.resident": "resident", "residents.household": "household"}


def plain(value: Any) -> Any:
    """Return a value as JSON keeps it."""
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(plain(item) for item in value)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return value


class Journal:
    """Collects created ids and former values; written with the import's own transaction."""

    def __init__(self) -> None:
        self.created: dict[str, list[int]] = defaultdict(list)
        self.superseded: dict[str, list[int]] = defaultdict(list)
        self.before: dict[tuple[str, int], dict[str, Any]] = defaultdict(dict)
        self.after: dict[tuple[str, int], dict[str, Any]] = defaultdict(dict)

    def made(self, table: str, ids: Iterable[int]) -> None:
        """Note rows that were created."""
        self.created[table].extend(ids)

    def replaced(self, table: str, ids: Iterable[int]) -> None:
        """Note dated facts that were superseded."""
        self.superseded[table].extend(ids)

    def changed(self, table: str, row: int, field: str, before: Any, after: Any) -> None:
        """Note a field of a row; the first former value and the last new one count."""
        self.before[table, row].setdefault(field, plain(before))
        self.after[table, row][field] = plain(after)

    def former(self) -> list[Former]:
        """Return the values that entries no longer say, as their timeline keeps them."""
        return [
            Former(field, value, **{_SUBJECTS[table]: pk})
            for (table, pk), values in self.before.items()
            if table in _SUBJECTS
            for field, value in values.items()
            if field in CORRECTED and value != self.after[table, pk][field]
        ]

    def rows(self, ledger_import: LedgerImport) -> list[ImportChange]:
        """Return the rows to store, unsaved."""
        community = ledger_import.community_id

        def row(kind: str, table: str, pk: int | None, payload: dict[str, Any]) -> ImportChange:
            return ImportChange(
                community_id=community,
                ledger_import=ledger_import,
                kind=kind,
                table=table,
                row=pk,
                payload=json.dumps(payload, ensure_ascii=False),
            )

        made = [row("created", t, None, {"ids": ids}) for t, ids in self.created.items() if ids]
        gone = [row("replaced", t, None, {"ids": ids}) for t, ids in self.superseded.items() if ids]
        changed = [
            row("changed", table, pk, {"before": before, "after": self.after[table, pk]})
            for (table, pk), before in self.before.items()
        ]
        return [*made, *gone, *changed]
