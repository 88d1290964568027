"""Files as badly kept as they come are read as a person reads them."""

from pathlib import Path

import pytest

from gridwell.core.tables import read_book
from gridwell.ledgers.rules.reading import read_ledger
from gridwell.ledgers.tests.compose import TODAY
from gridwell.ledgers.tests.nasty import Nasty
from gridwell.ledgers.tests.nasty_more import CASES


@pytest.mark.parametrize("case", CASES, ids=lambda one: one.code)
def test_a_nasty_file_is_counted_as_by_hand(case: Nasty, tmp_path: Path) -> None:
    path = case.write(tmp_path)
    read = read_ledger(read_book(path), today=TODAY, name=path.name)
    want = case.counted
    found = (
        read.dwellings,
        read.people_listed,
        sorted((f.row, f.code) for f in read.faults if not f.is_held),
        len(read.duplicates),
    )
    assert found == (
        want.dwellings,
        want.people,
        sorted(want.faults),
        want.duplicates,
    ), (
        [(f.row, f.code, f.value) for f in read.faults]
        + [(r.name, r.dwelling_key) for r in read.residents]
        + [(h.dwelling_key) for h in read.households]
    )
    if want.doors:
        assert tuple(dict.fromkeys(h.dwelling_key for h in read.households)) == tuple(want.doors)
    people = {row.name: row for row in read.residents}
    assert {name: people[name].birth_on for name in want.births} == want.births
    assert {
        name: next((d.number for d in people[name].documents), "") for name in want.documents
    } == want.documents
    assert {name: people[name].phones for name in want.phones} == want.phones


def test_a_column_of_heads_makes_them_heads(tmp_path: Path) -> None:
    case = next(one for one in CASES if one.code == "heads_only_with_an_example")
    read = read_ledger(read_book(case.write(tmp_path)), today=TODAY)
    assert [row.is_head for row in read.residents] == [True, True, True]
