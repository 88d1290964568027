"""The reader against real notices that lie beside the project, where they do."""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from gridwell.orders.rules.notice import Act, Level, Reading, read_notice

SHARED = os.environ.get("GRIDWELL_SHARED")
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not SHARED, reason="GRIDWELL_SHARED is not set"),
]
NOTICES = Path(SHARED or ".") / "data" / "notices"
OTHERS = sorted((NOTICES / "other").glob("*.txt")) if SHARED else []
WHOLE = sorted(NOTICES.glob("*.txt")) if SHARED else []
#: What each notice must be asked about and nothing else.
ASKED = {
    "baotou-jiuyuan-2022-10-08": {"issued_on_missing"},
    "harbin-daowai-2022-11-23-prose": {"issued_on_missing"},
    "shanghai-2022-08-12": {"issued_on_missing", "effective_missing"},
    "taiyuan-2022-10-10-prose": {"issued_on_damaged", "number_damaged", "effective_damaged"},
    "taiyuan-2022-168-clean": {"issued_on_missing", "number_damaged", "incomplete_name"},
    "xian-2022-11-01": {"issued_on_missing"},
    "zhengzhou-2022-07-11": {"issued_on_missing", "effective_missing"},
}
KINDS = {
    "added": lambda g: g.act is Act.DESIGNATE and g.to_level is Level.HIGH,
    "mid_added": lambda g: g.act is Act.DESIGNATE and g.to_level is Level.MID,
    "removed": lambda g: g.act is Act.LIFT,
    "mid_to_low": lambda g: (g.act, g.from_level, g.to_level) == (Act.STEP, "mid", "low"),
}


def found(reading: Reading, kind: str) -> dict[str | None, int]:
    counts = Counter[str | None]()
    for group in reading.groups:
        if KINDS[kind](group):
            counts[group.district] += len(group.items)
    return dict(counts)


@pytest.mark.parametrize("path", WHOLE, ids=lambda p: p.stem)
def test_item_by_item(path: Path) -> None:
    expected = json.loads((NOTICES / "expected.json").read_text("utf-8"))[path.name]
    reading = read_notice(path.read_text("utf-8"))
    assert reading.number == expected["number"]
    assert reading.issued_on is not None
    assert reading.issued_on.isoformat() == expected["date"]
    for kind, key in (("added", "added"), ("removed", "lowered")):
        groups = {g.district: g for g in reading.groups if KINDS[kind](g)}
        assert list(groups) == list(expected[key])
        for district, wanted in expected[key].items():
            group = groups[district]
            assert group.declared == wanted["declared"]
            texts = [item.text.replace("（", "(").replace("）", ")") for item in group.items]
            assert texts == wanted["items"]
            assert all(item.places for item in group.items)
    assert list(reading.rest_low) == expected["rest_low"]
    assert reading.questions == ()
    assert reading.unread == ()


@pytest.mark.parametrize("path", OTHERS, ids=lambda p: p.stem)
def test_counts_of_other_notices(path: Path) -> None:
    _source, line, text = path.read_text("utf-8").split("\n", 2)
    expected: dict[str, Any] = json.loads(line.removeprefix("# expected: "))
    reading = read_notice(text)
    for kind in KINDS:
        if kind in expected:
            assert found(reading, kind) == expected[kind], kind
    streets = Counter(
        item.places[0].subdistrict for g in reading.groups for item in g.items if item.places
    )
    if by_street := expected.get("removed_by_street"):
        assert dict(streets) == by_street
    assert {q.code.value for q in reading.questions} == ASKED.get(path.stem, set())
    assert reading.unread == ()


@pytest.mark.parametrize("path", OTHERS, ids=lambda p: p.stem)
def test_notes_above_a_copy_change_nothing(path: Path) -> None:
    whole = path.read_text("utf-8")
    text = whole.split("\n", 2)[2]
    shift = len(whole) - len(text)
    with_notes, plain = read_notice(whole), read_notice(text)
    assert [[(i.text, i.start - shift) for i in g.items] for g in with_notes.groups] == [
        [(i.text, i.start) for i in g.items] for g in plain.groups
    ]
