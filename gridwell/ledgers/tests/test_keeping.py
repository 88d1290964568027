"""Files at rest, the end of keeping, columns of other packages, labels words and dead people."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from gridwell.accounts.rules.actor import Actor
from gridwell.core.errors import RuleBroken, UnreadableFile
from gridwell.ledgers import files, targets
from gridwell.ledgers.actions import imports
from gridwell.ledgers.actions.undo import undo_import
from gridwell.ledgers.models import ImportChange
from gridwell.ledgers.queries.imports import findings_of
from gridwell.ledgers.tests.make import (
    HEADER,
    LATER,
    NOW,
    apply,
    id_number,
    line,
    make_import,
)
from gridwell.places.tests.make import COMMUNITY
from gridwell.residents.models import Membership, Resident


def test_a_file_comes_back_whole_and_only_whole(settings: Any, tmp_path: Path) -> None:
    settings.GRIDWELL_FILES = str(tmp_path)
    body = bytes(range(256)) * 10_000  # more than two parts
    kept = files.keep(uuid4(), (body[at : at + 70_000] for at in range(0, len(body), 70_000)))
    stored = tmp_path / kept.path
    with files.opened(kept.path, kept.key, "../../a.xlsx") as copy:
        assert copy.read_bytes() == body
        assert copy.name == "a.xlsx"
    assert not copy.exists()
    sealed = stored.read_bytes()
    part = files.PART + 16
    for broken in (
        sealed[: 2 * part],  # cut off at the end of a part
        sealed[part:],
        sealed[part : 2 * part] + sealed[:part] + sealed[2 * part :],
        sealed[:100] + bytes([sealed[100] ^ 1]) + sealed[101:],
    ):
        stored.write_bytes(broken)
        with (
            pytest.raises(RuleBroken, match="file_gone"),
            files.opened(kept.path, kept.key, "a.xlsx"),
        ):
            pass


def test_a_file_that_is_too_large_leaves_nothing(settings: Any, tmp_path: Path) -> None:
    settings.GRIDWELL_FILES, settings.MAX_UPLOAD_BYTES = str(tmp_path), 3 << 20
    with pytest.raises(UnreadableFile, match="too_large"):
        files.keep(uuid4(), (b"x" * (1 << 20) for _ in range(200)))
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.django_db
def test_after_thirty_days_nothing_personal_is_kept(officer: Actor, settings: Any) -> None:
    bad = line(name="王一", document="14010019800115001")
    done = apply(actor=officer, rows=[bad])
    waiting = make_import(actor=officer, rows=[bad], now=LATER)
    path = Path(settings.GRIDWELL_FILES) / done.file_path
    assert path.is_file()  # its faulty line may still go back to be mended
    assert imports.purge_imports(now=NOW + timedelta(days=29)) == 0
    assert imports.purge_imports(now=NOW + timedelta(days=32)) == 2
    done.refresh_from_db()
    waiting.refresh_from_db()
    assert (done.findings, done.file_path, done.file_key, done.state) == ("", "", "", "done")
    assert waiting.state == "dropped"
    assert not path.exists()
    assert not ImportChange.objects.exists()
    assert imports.purge_imports(now=NOW + timedelta(days=33)) == 0
    with pytest.raises(RuleBroken, match="undo_too_late"):
        undo_import(actor=officer, ledger_import=done, now=LATER)


@pytest.fixture
def hobby() -> Iterator[list[Any]]:
    """A package above that takes a column of its own."""
    seen: list[Any] = []

    def write(
        actor: Actor,
        community: int,
        rows: Sequence[targets.TargetRow],
        now: datetime,
        source: str,
    ) -> int:
        seen.extend((row.resident, dict(row.values), source) for row in rows)
        return len(rows)

    def undo(actor: Actor, community: int, source: str, now: datetime) -> None:
        seen.append(source)

    targets.register(targets.Target("hobby", "Hobby", (("what", "What"),), write, undo))
    yield seen
    targets._targets.pop("hobby")


@pytest.mark.django_db
def test_columns_of_other_packages_reach_their_writer(officer: Actor, hobby: list[Any]) -> None:
    header = (*HEADER, "爱好")
    row = make_import(actor=officer, rows=[[*line(name="王一"), "下棋"]], header=header)
    imports.map_columns(actor=officer, ledger_import=row, mapping={"爱好": "hobby.what"}, now=NOW)
    imports.check(actor=officer, ledger_import=row, now=NOW)
    done = imports.apply_import(actor=officer, ledger_import=row, now=NOW)
    source = f"import:{done.pk}"
    assert hobby == [(Resident.objects.get().pk, {"what": "下棋"}, source)]
    undo_import(actor=officer, ledger_import=done, now=LATER)
    assert hobby[-1] == source


@pytest.mark.django_db
def test_the_dead_are_not_brought_back(officer: Actor) -> None:
    rows = [line(name="王一", document=id_number(1))]
    apply(actor=officer, rows=rows)
    Resident.objects.update(died_on=NOW.date())
    done = apply(actor=officer, rows=[line(name="王一", room="301", document=id_number(1))])
    assert [fault["code"] for fault in findings_of(done).faults] == ["entered_as_dead"]
    assert (done.report["new"], done.report["changed"]) == (0, 0)
    assert Membership.objects.filter(superseded_at=None).count() == 1


@pytest.mark.django_db
def test_a_number_of_another_is_never_taken(officer: Actor) -> None:
    apply(actor=officer, rows=[line(name="王一", document=id_number(1))])
    done = apply(actor=officer, rows=[line(name="张三", room="202", document=id_number(1))])
    assert [fault["code"] for fault in findings_of(done).faults] == ["id_of_resident"]
    other = Resident.objects.get(name="张三")
    assert other.document == ""
    assert id_number(1) in json.loads(other.remark).values()
    assert Resident.objects.get(name="王一").community_id == COMMUNITY
