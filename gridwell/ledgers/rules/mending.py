"""The faulty lines of a ledger as a workbook that can be mended and imported again (退回修改).

In the layout they came in, with why each line went back and a row key that must not be changed.
"""

from collections import defaultdict
from collections.abc import Sequence

from gridwell.core.tables.model import Cell
from gridwell.core.tables.write import SheetPlan
from gridwell.ledgers.rules.fields import Field
from gridwell.ledgers.rules.report import Wording, fault_object
from gridwell.ledgers.rules.rows import Fault, LedgerRead, SheetRead, Source


def sheets_to_mend(
    read: LedgerRead,
    wording: Wording,
    *,
    reason_header: str,
    key_header: str,
    more: Sequence[Fault] = (),
) -> list[SheetPlan]:
    """Return a sheet for each sheet that has faulty or held lines; merged cells are filled.

    `more` are faults found by matching; their lines must have been faulty already or stay out,
    because only those lines' cells were kept.
    """
    reasons: dict[Source, list[str]] = defaultdict(list)
    for fault in (*read.faults, *more):
        reasons[Source(fault.sheet, fault.row)].append(fault_object(fault, wording)["message"])
    keys = _keys(read)
    plans = []
    for sheet in read.sheets:
        lines = sorted(
            (source for source in reasons if source.sheet == sheet.name and source in read.raw),
            key=lambda source: source.row,
        )
        if lines:
            columns = _columns(sheet)
            plans.append(
                SheetPlan(
                    name=sheet.name,
                    titles=sheet.titles[:1],
                    header=_header(columns, reason_header, key_header),
                    rows=[
                        [
                            *(_written(read.raw[source], index) for index, _ in columns),
                            "\n".join(dict.fromkeys(reasons[source])),
                            keys.get(source, ""),
                        ]
                        for source in lines
                    ],
                )
            )
    return plans


def _columns(sheet: SheetRead) -> list[tuple[int, tuple[str, ...]]]:
    """Return the sheet's own columns, without the two that an earlier return has added."""
    added = {Field.REASON.value, Field.ROW_KEY.value}
    kept = [code not in added for _, _, code in sheet.columns]
    return [path for path, keep in zip(sheet.paths, kept, strict=True) if keep]


def _header(
    columns: Sequence[tuple[int, tuple[str, ...]]], reason_header: str, key_header: str
) -> list[list[str]]:
    paths = [path for _, path in columns] + [(reason_header,), (key_header,)]
    depth = max(len(path) for path in paths)
    return [
        [path[level] if level < len(path) - 1 else path[-1] for path in paths]
        for level in range(depth)
    ]


def _written(cells: Sequence[Cell], index: int) -> Cell:
    return cells[index] if index < len(cells) else ""


def _keys(read: LedgerRead) -> dict[Source, str]:
    keys = {held.source: held.row_key for held in read.held}
    for row in read.residents:
        base, dot, number = row.row_key.rpartition(".")
        keys.setdefault(row.source, base if dot and number.isdigit() else row.row_key)
    return keys
