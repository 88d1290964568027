"""Two ledgers of one community at once: the second waits, and sees what the first has written."""

import threading

import pytest
from django.db import close_old_connections, connection

from gridwell.accounts.rules.actor import Actor
from gridwell.core.errors import RuleBroken
from gridwell.ledgers.actions import imports
from gridwell.ledgers.models import LedgerImport
from gridwell.ledgers.tests.make import NOW, id_number, line, make_import
from gridwell.residents.models import Resident

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
]
PEOPLE = [line(name=f"人{n}", room=f"{n}01", document=id_number(n)) for n in range(1, 30)]


def test_the_same_ledger_from_two_desks_registers_everybody_once(officer: Actor) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one write at a time")
    rows = [make_import(actor=officer, rows=PEOPLE) for _ in range(2)]
    start = threading.Barrier(2)
    ends: list[str] = []

    def apply(row: LedgerImport) -> None:
        try:
            start.wait(10)
            ends.append(imports.apply_import(actor=officer, ledger_import=row, now=NOW).state)
        except RuleBroken as refusal:
            ends.append(refusal.code)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=apply, args=(row,)) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(ends) == ["done", "ledgers.register_changed"]
    assert Resident.objects.count() == len(PEOPLE)
    again = LedgerImport.objects.get(state="checked")
    assert (again.report["new"], again.report["unchanged"]) == (0, len(PEOPLE))
