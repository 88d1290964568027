"""What is left to say of a book once its lines are read (台账收尾): no ledger in it, lines that go back."""

from collections.abc import Mapping, Sequence

from gridwell.core.tables.header import body_rows
from gridwell.core.tables.model import Book, Cell, cell_text
from gridwell.ledgers.rules.fields import Field
from gridwell.ledgers.rules.rows import Fault, Question, ResidentRow, Source
from gridwell.ledgers.rules.sheets import Plan, is_chart


def no_table(book: Book) -> list[Fault]:
    """Return a fault for each sheet of a file in which nothing could be taken for a ledger.

    Where another sheet is a ledger, one without a header is a note or a question and no fault.
    """
    found = []
    for sheet in book.sheets:
        for number, row in enumerate(sheet.rows, start=1):
            if said := next((cell_text(cell) for cell in row if cell != ""), ""):
                code = "floor_chart" if is_chart(sheet) else "no_table"
                found.append(Fault(sheet.name, number, "", "", said[:80], code))
                break
    return found


def id_columns(plans: Mapping[str, Sequence[Plan]]) -> dict[str, tuple[str, str]]:
    """Return the name path and letter of each sheet's column of ID numbers."""
    return {
        sheet: (item.column.address, item.column.letter)
        for sheet, parts in plans.items()
        for plan in parts
        for item in plan.taken
        if item.field is Field.ID_NUMBER
    }


def to_keep(
    faults: Sequence[Fault], residents: Sequence[ResidentRow], plans: Mapping[str, Sequence[Plan]]
) -> set[Source]:
    """Return the lines that may have to go back: the faulty ones, and those with more to check."""
    faulty = {Source(fault.sheet, fault.row) for fault in faults if fault.sheet in plans}
    return faulty | {row.source for row in residents if row.extra}


def raw_lines(
    plans: Mapping[str, Sequence[Plan]], wanted: set[Source]
) -> dict[Source, tuple[Cell, ...]]:
    """Return the cells of these lines, merged ones filled; only sheets that have one are gone through."""
    raw: dict[Source, tuple[Cell, ...]] = {}
    for name in {source.sheet for source in wanted}:
        sheet, header = plans[name][0].whole
        for number, values in body_rows(sheet, header):
            if (source := Source(name, number)) in wanted:
                raw[source] = tuple(values)
    return raw


def in_file_order(book: Book, faults: list[Fault]) -> list[Fault]:
    """Return faults in the order in which a person reads the file."""
    order = {sheet.name: index for index, sheet in enumerate(book.sheets)}
    return sorted(faults, key=lambda fault: (order.get(fault.sheet, 0), fault.row))


def unknown_columns(plan: Plan, samples: Mapping[int, Sequence[str]]) -> list[Question]:
    """Return the columns nobody knows, with a few of their values; empty ones need no answer."""
    return [
        Question(
            "unknown_column",
            plan.sheet.name,
            item.column.address,
            item.column.letter,
            tuple(samples[item.column.index]),
        )
        for item in plan.taken
        if item.is_unknown and samples.get(item.column.index)
    ]
