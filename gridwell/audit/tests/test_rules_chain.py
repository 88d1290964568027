"""The chain as arithmetic: every fault of a sequence of rows is found, and a whole one is not."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gridwell.audit.rules.chain import Walk, canonical, digest_of, plain
from gridwell.audit.rules.heads import read_lines, sign_line

NOON = datetime(2022, 11, 23, 4, tzinfo=UTC)
SEED = bytes(range(32))


@dataclass(frozen=True)
class Entry:
    sequence: int
    community: int = 1
    at: datetime = NOON
    act: str = "core.tried"
    user: int | None = 7
    post: str = ""
    subject_kind: str = ""
    subject: int | None = None
    reason: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


def chain(count: int) -> list[tuple[Entry, str]]:
    digest, rows = "", []
    for sequence in range(1, count + 1):
        entry = Entry(sequence)
        digest = digest_of(digest, entry)
        rows.append((entry, digest))
    return rows


def codes(rows: list[tuple[Entry, str]], head: tuple[int, str] | None, signed=None) -> list[str]:
    walk = Walk(1, signed or {})
    found = [finding for entry, digest in rows for finding in walk.step(entry, digest)]
    return [f.code for f in [*found, *walk.close(head)]]


def test_same_instant_in_another_zone_has_the_same_digest() -> None:
    local = replace(Entry(1), at=NOON.astimezone(timezone(timedelta(hours=8))))
    assert canonical(local) == canonical(Entry(1))


def test_facts_are_plain_enough_for_both_databases() -> None:
    assert plain({"a": 1.5, "b": [1], "c": NOON}) == {
        "a": "1.5",
        "b": [1],
        "c": "2022-11-23 04:00:00+00:00",
    }


@given(st.integers(1, 12))
def test_a_whole_chain_has_no_findings(count: int) -> None:
    rows = chain(count)
    assert codes(rows, (count, rows[-1][1]), {count: rows[-1][1]}) == []


@given(st.integers(1, 12), st.data())
def test_a_changed_row_is_one_finding(count: int, data: st.DataObject) -> None:
    rows = chain(count)
    at = data.draw(st.integers(0, count - 1))
    changed = replace(rows[at][0], user=8)
    assert codes([*rows[:at], (changed, rows[at][1]), *rows[at + 1 :]], (count, rows[-1][1])) == [
        "changed"
    ]


@given(st.integers(2, 12), st.data())
def test_a_missing_row_is_one_finding(count: int, data: st.DataObject) -> None:
    rows = chain(count)
    at = data.draw(st.integers(0, count - 2))
    assert codes([*rows[:at], *rows[at + 1 :]], (count, rows[-1][1])) == ["missing"]


def test_a_cut_end_is_found_by_the_stored_and_by_the_signed_head() -> None:
    rows = chain(5)
    assert codes(rows[:3], (5, rows[4][1])) == ["cut_off"]
    assert codes(rows[:3], (3, rows[2][1]), {5: rows[4][1]}) == ["cut_off"]
    assert codes([], None, {5: rows[4][1]}) == ["cut_off"]


def test_a_chain_written_anew_fits_itself_but_not_the_signed_head() -> None:
    rows = chain(4)
    digest, forged = "", []
    for entry, _ in rows:
        changed = replace(entry, user=9)
        digest = digest_of(digest, changed)
        forged.append((changed, digest))
    assert codes(forged, (4, digest)) == []
    assert codes(forged, (4, digest), {4: rows[-1][1]}) == ["rewritten"]


def test_a_stored_end_that_is_not_the_last_row() -> None:
    rows = chain(3)
    assert codes(rows, (2, rows[1][1])) == ["head_differs"]
    assert codes(rows, None) == ["head_differs"]


def test_signed_lines_are_read_back_and_faults_are_named() -> None:
    first = sign_line(SEED, before=read_lines(SEED, []), at=NOON, heads={1: (3, "a" * 64)})
    before = read_lines(SEED, [first])
    second = sign_line(SEED, before=before, at=NOON, heads={1: (5, "b" * 64), 2: (1, "c" * 64)})
    whole = read_lines(SEED, [first, second])
    assert whole.faults == []
    assert whole.heads == {1: {3: "a" * 64, 5: "b" * 64}, 2: {1: "c" * 64}}
    assert whole.latest == {1: (5, "b" * 64), 2: (1, "c" * 64)}
    assert len(read_lines(SEED, [second]).faults) == 1, "a line before it is gone"
    assert len(read_lines(SEED, [first.replace("aaaa", "bbbb"), second]).faults) == 2
    assert len(read_lines(bytes(32), [first]).faults) == 1, "signed by someone else"
    assert len(read_lines(SEED, ["{"]).faults) == 1
