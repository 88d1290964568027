"""Ledgers for tests: files made of the composer, imported by an officer."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from gridwell.accounts.rules.actor import Actor
from gridwell.core.tables import SheetPlan, write_xlsx
from gridwell.ledgers.actions import imports
from gridwell.ledgers.models import LedgerImport
from gridwell.places.tests.make import COMMUNITY, make_area
from gridwell.residents.rules.identity import check_digit

NOW = datetime(2022, 11, 23, 4, tzinfo=UTC)
LATER = datetime(2022, 11, 24, 4, tzinfo=UTC)
HEADER = ("小区", "楼栋", "单元", "房号", "姓名", "与户主关系", "身份证号", "电话", "居住性质")


def id_number(serial: int, day: str = "19800115") -> str:
    """Return an ID number of a region issued to nobody."""
    body = f"140100{day}{serial:03d}"
    return body + check_digit(body)


def line(
    *,
    name: str,
    building: str = "1",
    unit: str = "1",
    room: str = "101",
    relation: str = "户主",
    document: str = "",
    phone: str = "",
    tenure: str = "常住",
    compound: str = "金桂苑",
) -> list[str]:
    """Return one line of a ledger in the columns of HEADER."""
    return [compound, building, unit, room, name, relation, document, phone, tenure]


def workbook(rows: list[list[Any]], header: tuple[str, ...] = HEADER, sheet: str = "台账") -> bytes:
    """Return an xlsx file with one sheet."""
    out = BytesIO()
    plan = SheetPlan(name=sheet, header=[list(header)], rows=rows)
    write_xlsx(out, [plan], watermark="", counted="")
    return out.getvalue()


def make_import(
    *,
    actor: Actor,
    rows: list[list[Any]] | None = None,
    file: bytes = b"",
    header: tuple[str, ...] = HEADER,
    name: str = "台账.xlsx",
    now: datetime = NOW,
    community: int = COMMUNITY,
) -> LedgerImport:
    """Return an import that was uploaded and checked."""
    make_area(code=community)
    body = file or workbook(rows or [], header)
    row = imports.start_import(actor=actor, community=community, name=name, parts=[body], now=now)
    return imports.check(actor=actor, ledger_import=row, now=now)


def apply(*, actor: Actor, rows: list[list[Any]], now: datetime = NOW, **more: Any) -> LedgerImport:
    """Return an import that was written."""
    row = make_import(actor=actor, rows=rows, now=now, **more)
    return imports.apply_import(actor=actor, ledger_import=row, now=now)
