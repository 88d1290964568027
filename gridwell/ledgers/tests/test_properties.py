"""Whatever a ledger lists: imported twice it changes nothing, and undone it leaves nothing."""

import random
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from gridwell.accounts.rules.actor import Actor
from gridwell.ledgers.actions import imports
from gridwell.ledgers.actions.undo import undo_import
from gridwell.ledgers.models import LedgerImport
from gridwell.ledgers.tests import compose
from gridwell.ledgers.tests.make import LATER, NOW
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY, make_area
from gridwell.residents.models import Household, Membership, Phone, Resident, Trait

pytestmark = pytest.mark.django_db(transaction=True)
MODELS = (Place, Household, Resident, Membership, Phone, Trait)


def book(rows: list[list[Any]]) -> bytes:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for row in rows:
        sheet.append([None if value == "" else value for value in row])
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def taken_in(officer: Actor, body: bytes, now: Any = NOW) -> LedgerImport:
    row = imports.start_import(
        actor=officer, community=COMMUNITY, name="台账.xlsx", parts=[body], now=now
    )
    imports.check(actor=officer, ledger_import=row, now=now)
    return imports.apply_import(actor=officer, ledger_import=row, now=now)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 12), by_home=st.booleans())
def test_once_is_enough_and_undo_is_whole(
    officer: Actor, seed: int, count: int, *, by_home: bool
) -> None:
    make_area()
    rng = random.Random(seed)
    homes = compose.make_homes(rng, count)
    if by_home:
        written = compose.household_lines(rng, homes, 1, "鼎新苑")
    else:
        written = compose.person_lines(rng, homes, style="plain")
    body = book(written.rows)
    before = [sorted(model.objects.values_list("pk", flat=True)) for model in MODELS]
    first = taken_in(officer, body)
    assert first.report["new"] == Resident.objects.count()
    after = [sorted(model.objects.values_list("pk", flat=True)) for model in MODELS]
    again = taken_in(officer, body, LATER)
    assert (again.report["new"], again.report["changed"]) == (0, 0)
    assert [sorted(model.objects.values_list("pk", flat=True)) for model in MODELS] == after
    undo_import(actor=officer, ledger_import=first, now=LATER)
    assert [sorted(model.objects.values_list("pk", flat=True)) for model in MODELS] == before
