"""Acts on layouts and exports (版式、导出): save, remove, make a list and keep that it was made."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from tempfile import TemporaryFile
from typing import Any, BinaryIO, cast

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit.actions import record, record_look
from gridwell.core import clock
from gridwell.core.errors import RuleBroken
from gridwell.core.layouts import Column, header_levels
from gridwell.core.tables import SheetPlan, write_csv, write_xlsx
from gridwell.core.tables.labels import ROW_COUNT, WATERMARK
from gridwell.ledgers.models import ExportLog, Layout, LedgerImport
from gridwell.ledgers.queries.exports import (
    Doors,
    households_of_lines,
    lines_of,
    listed,
    with_vacant,
)
from gridwell.ledgers.queries.imports import findings_of
from gridwell.ledgers.rules.export import (
    EXPORT_FIELDS,
    Line,
    Words,
    cell_of,
)
from gridwell.places.models import Area
from gridwell.residents.labels import SEX, TENURE, TRAIT_VALUES
from gridwell.residents.models import Resident

#: A list of so many people is held in memory; a longer one lies on disk while it is sent.
IN_MEMORY = 20_000


def require(actor: Actor, community: int) -> None:
    """Refuse who may not export lists in a community."""
    if not actor.may(Right.EXPORT_LEDGERS, community):
        raise RuleBroken("ledgers.export_not_allowed")


@transaction.atomic
def save_layout(
    *,
    actor: Actor,
    community: int,
    name: str,
    columns: Sequence[Column],
    now: datetime,
    title: str = "",
    rows: str = "person",
    layout: Layout | None = None,
) -> Layout:
    """Make a layout or change one (保存版式) and return it."""
    require(actor, community)
    kept = [
        {"header": column.header.strip()[:120], "field": column.field}
        for column in columns
        if column.field in EXPORT_FIELDS or column.field.startswith("remark.")
    ]
    if not kept:
        raise RuleBroken("ledgers.no_columns")
    row = layout or Layout(community_id=community)
    row.name, row.title, row.rows = name.strip()[:80], title.strip()[:120], rows
    row.columns, row.made_at = kept, now
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise RuleBroken("ledgers.layout_name_taken", name=row.name) from error
    record("ledgers.layout_saved", actor=actor, community=community, subject=row, at=now)
    return row


def layout_of_import(*, actor: Actor, ledger_import: LedgerImport, now: datetime) -> Layout:
    """Save the layout that a ledger came in (来时版式), under the file's name; again finds it."""
    community = ledger_import.community_id
    name = ledger_import.file_name.rpartition(".")[0][:80] or ledger_import.file_name[:80]
    known = Layout.objects.filter(community=community, name=name).first()
    if known is not None:
        return known
    columns = [
        Column(
            column["path"],
            column["field"]
            if column["field"] in EXPORT_FIELDS
            else f"remark.{column['path'].rpartition('/')[2]}",
        )
        for column in findings_of(ledger_import).columns
        if column["field"] not in {"row_key", "reason"}
    ]
    fields = {column.field for column in columns}
    rows = "household" if "people" in fields else "person"
    return save_layout(
        actor=actor, community=community, name=name, columns=columns, now=now, rows=rows
    )


@transaction.atomic
def remove_layout(*, actor: Actor, layout: Layout, now: datetime) -> None:
    """Remove a layout (删除版式); exports that were made with it stay on record."""
    require(actor, layout.community_id)
    record(
        "ledgers.layout_removed",
        actor=actor,
        community=layout.community_id,
        subject=layout,
        at=now,
    )
    layout.delete()


@dataclass(frozen=True)
class Made:
    """A list that was made: the file, the number of its rows."""

    file: BinaryIO
    rows: int


@transaction.atomic
def export(
    *, actor: Actor, area: Area, layout: Layout, kind: str, now: datetime, reason: str = ""
) -> Made:
    """Make a list in a layout (导出名册): masked, or with whole numbers for a reason that is kept.

    Written row by row into a file on disk; refused, with nothing given out, when a row is missing.
    """
    community = layout.community_id
    require(actor, community)
    reason = reason.strip()
    if reason and not actor.may(Right.UNMASK, community):
        raise RuleBroken("ledgers.export_not_allowed")
    ids = listed(actor, community)
    seen: list[int] = []
    columns = [Column(column["header"], column["field"]) for column in layout.columns]
    doors = Doors(community)
    lines = _counted(lines_of(community, ids, now, doors), seen)
    if layout.rows == "household":
        lines = with_vacant(actor, community, households_of_lines(lines), doors)
    words = export_words()
    rows = (
        [cell_of(line, c.field, number, words, is_masked=not reason) for c in columns]
        for number, line in enumerate(lines, start=1)
    )
    file: BinaryIO = BytesIO() if len(ids) <= IN_MEMORY else cast(BinaryIO, TemporaryFile())  # noqa: SIM115 - whoever streams it closes it
    written = _write(file, kind, layout, columns, rows, actor, area, now)
    if len(seen) != len(ids):
        file.close()
        raise RuleBroken("ledgers.export_short", written=len(seen), expected=len(ids))
    file.seek(0)
    ExportLog.objects.create(
        community_id=community,
        layout=layout.name,
        rows=written,
        is_masked=not reason,
        reason=reason[:200],
        made_at=now,
        made_by=actor.user_id,
    )
    record(
        "ledgers.exported",
        actor=actor,
        community=community,
        reason=reason,
        at=now,
        count=written,
        layout=layout.pk,
        masked=not reason,
    )
    if reason:
        record_look(actor, community, Resident, reason, what="export", ids=ids, at=now)
    return Made(file, written)


def _counted(lines: Iterator[Line], seen: list[int]) -> Iterator[Line]:
    for line in lines:
        seen.append(line.household)
        yield line


def export_words() -> Words:
    """Return the words of a list in the language of the moment."""
    return Words(
        yes=_("yes"),
        sexes={code: str(word) for code, word in SEX.items() if code != "unknown"},
        tenures={code: str(word) for code, word in TENURE.items() if code != "unknown"},
        values={
            f"{code}:{value}": str(word)
            for code in ("illness", "vaccine")
            for value, word in TRAIT_VALUES.items()
        },
        registered_only=_("only registered here"),
        head=_("head of household"),
    )


def watermark(actor: Actor, now: datetime) -> str:
    """Return who made a file and when, as it stands inside."""
    local = now.astimezone(clock.zone())
    return str(WATERMARK) % {"who": actor.display_name, "when": f"{local:%Y-%m-%d %H:%M}"}


def counted() -> str:
    """Return the sentence with the number of rows, for the writers of files."""
    return str(ROW_COUNT) % {"count": "{count}"}


def _write(
    file: BinaryIO,
    kind: str,
    layout: Layout,
    columns: Sequence[Column],
    rows: Any,
    actor: Actor,
    area: Area,
    now: datetime,
) -> int:
    mark = watermark(actor, now)
    if kind == "csv":
        names = [column.header for column in columns]
        return write_csv(file, names, rows, watermark=mark, counted=counted())
    plan = SheetPlan(
        name=area.name,
        header=header_levels(columns),
        rows=rows,
        titles=[layout.title] if layout.title else [],
        widths=[max(8, min(24, 2 * len(c.header.rpartition("/")[2]) + 4)) for c in columns],
    )
    return write_xlsx(file, [plan], watermark=mark, counted=counted())


def note_faults_exported(
    *, actor: Actor, ledger_import: LedgerImport, count: int, now: datetime
) -> None:
    """Record that a list of faults, with the values as written, was given out."""
    record(
        "ledgers.exported",
        actor=actor,
        community=ledger_import.community_id,
        subject=ledger_import,
        at=now,
        count=count,
        masked=False,
    )


def mended_workbook(
    *, actor: Actor, ledger_import: LedgerImport, now: datetime
) -> tuple[bytes, int]:
    """Return the faulty lines of an import as a workbook (退回修改), and how many lines it holds."""
    from gridwell.ledgers.actions import imports

    imports.require(actor, ledger_import.community_id)
    plans = imports.sheets_to_mend_of(ledger_import, now)
    if not plans:
        raise RuleBroken("ledgers.nothing_to_mend")
    out = BytesIO()
    count = write_xlsx(out, plans, watermark=watermark(actor, now), counted=counted())
    note_faults_exported(actor=actor, ledger_import=ledger_import, count=count, now=now)
    return out.getvalue(), count
