"""The real ledgers that lie beside the project are read as their expectations say."""

import json
import os
from datetime import date
from pathlib import Path

import pytest

from gridwell.core.tables import read_book
from gridwell.ledgers.labels import finding
from gridwell.ledgers.rules.matching import match
from gridwell.ledgers.rules.reading import read_ledger
from gridwell.ledgers.rules.report import report

SHARED = os.environ.get("GRIDWELL_SHARED", "")
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED, reason="GRIDWELL_SHARED is not set"),
]
#: What the expectations call the faults, by code.
WORDS = {
    "phone_short": "phone too short",
    "id_digits_lost": "id stored as a float, digits lost",
    "no_such_date": "no such date",
    "id_check_digit": "bad id check digit",
    "same_person_twice": "same person as row 5",
}


def expected() -> list[dict[str, object]]:
    path = Path(SHARED) / "data/ledgers/expected.json"
    found: list[dict[str, object]] = json.loads(path.read_text("utf-8")) if SHARED else []
    return found


@pytest.mark.parametrize("wanted", expected(), ids=lambda wanted: str(wanted["file"]))
def test_expectations(wanted: dict[str, object]) -> None:
    path = Path(SHARED) / "data/ledgers" / str(wanted["file"])
    read = read_ledger(read_book(path), today=date(2022, 11, 23), name=path.name)
    said = report(read, match(read, []), finding)
    assert said["households"] == wanted["households"]
    assert said["residents"] == wanted["residents"]
    assert [[f.row, f.name, WORDS[f.code]] for f in read.faults] == wanted["faults"]
    assert [f["row"] for f in said["faults"]] == [row for row, *_ in wanted["faults"]]
    twins = [row for row, _, why in wanted["faults"] if "same person" in why]
    assert [d["row"] for d in said["duplicates"]] == twins
    assert said["new"] + len(twins) == said["residents"]
    assert not read.questions
    assert not read.held
