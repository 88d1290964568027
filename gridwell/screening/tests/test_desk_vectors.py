"""Scans and tubes: the desk's script is held to the same lines (contracts/vectors/screening)."""

import json
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridwell.screening.rules.desk import EntryKind, card_code, may_be_door, person_code, read_entry
from gridwell.screening.rules.tubes import PoolSize, TubeFacts, TubeState, entry_refusal, is_full

VECTORS = Path(__file__).parents[3] / "contracts/vectors/screening"


def lines(name: str) -> list[dict]:
    return json.loads((VECTORS / name).read_text("utf-8"))


@pytest.mark.parametrize("line", lines("entries.json"), ids=lambda line: line["text"])
def test_entries(line) -> None:
    found = read_entry(line["text"])
    assert (found.kind.value, found.value) == (line["kind"], line["value"])


@pytest.mark.parametrize("line", lines("doors.json"), ids=lambda line: line["text"])
def test_figures_that_may_be_a_door(line) -> None:
    assert may_be_door(line["text"], line["before"]) is line["may"]


def test_tubes() -> None:
    for line in lines("tubes.json"):
        tube = TubeFacts(
            TubeState(line["state"]), PoolSize(line["pool"]), line["people"], line["household"]
        )
        refusal = entry_refusal(tube, line["person"], line["of"])
        expected = line["refusal"] and f"screening.{line['refusal']}"
        assert (refusal, is_full(tube.pool, len(tube.people))) == (expected, line["is_full"]), line


@given(st.uuids())
def test_codes_come_back(ref: UUID) -> None:
    person, card = read_entry(person_code(ref).lower()), read_entry(f" {card_code(ref)} ")
    assert (person.kind, UUID(person.value)) == (EntryKind.PERSON, ref)
    assert (card.kind, UUID(card.value)) == (EntryKind.CARD, ref)


@given(st.uuids(), st.integers(1, 26), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
def test_one_wrong_sign_is_found(ref: UUID, at: int, sign: str) -> None:
    code = person_code(ref)
    if code[at] == sign:
        return
    wrong = code[:at] + sign + code[at + 1 :]
    assert read_entry(wrong).kind is EntryKind.BAD_CODE
