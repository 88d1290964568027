"""The trail in the database: whole after honest work, and every tampering found."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from gridwell.audit import actions, jobs, queries
from gridwell.audit.models import AuditEntry, AuditHead, AuditSubject
from gridwell.audit.rules.chain import digest_of
from gridwell.audit.tests.make import NOON, Someone, make_entries
from gridwell.places.models import Area
from gridwell.places.tests.make import make_area

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def heads_folder(tmp_path: Path, settings: Any) -> Path:
    settings.GRIDWELL_AUDIT_HEADS = str(tmp_path / "heads")
    return tmp_path / "heads"


def codes(community: int | None = None) -> list[tuple[int, int, str]]:
    return [(f.community, f.sequence, f.code) for f in queries.verify(community)]


def test_honest_chains_are_whole() -> None:
    make_entries(count=3, community=1)
    make_entries(count=2, community=2)
    actions.record("core.tried", actor=Someone(), community=1, share=0.1, when=NOON, text="户")
    assert codes() == []


def test_many_acts_at_once_are_one_entry_each_and_the_chain_goes_on() -> None:
    area = make_area(code=140109901901)
    make_entries(count=2, community=area.pk)
    acts = [
        actions.Act(
            "core.tried", actor=Someone(user_id=user), at=NOON, subject=area, facts={"n": n}
        )
        for n, user in enumerate((5, 6, 5))
    ]
    assert actions.record_each(area.pk, acts) == 3
    assert actions.record_each(area.pk, []) == 0
    actions.record("core.tried", actor=Someone(), community=area.pk)
    rows = AuditEntry.objects.order_by("sequence").values_list("sequence", "user", "facts")
    assert list(rows)[2:5] == [(3, 5, {"n": 0}), (4, 6, {"n": 1}), (5, 5, {"n": 2})]
    assert rows.count() == 6
    assert codes() == []
    AuditEntry.objects.filter(sequence=4).update(subject=1)
    assert codes() == [(area.pk, 4, "changed")]


def test_many_acts_may_begin_a_chain() -> None:
    area = make_area(code=140109901901)
    actions.record_each(area.pk, [actions.Act("core.tried", Someone(), NOON, area)])
    assert AuditHead.objects.get(pk=area.pk).sequence == 1
    assert codes() == []


def test_a_changed_row_is_found_in_its_community_only() -> None:
    make_entries(count=3, community=1)
    make_entries(count=3, community=2)
    AuditEntry.objects.filter(community=2, sequence=2).update(user=99)
    assert codes() == [(2, 2, "changed")]
    assert codes(1) == []


def test_a_missing_row_is_found() -> None:
    make_entries(count=4)
    AuditEntry.objects.filter(sequence__in=[2, 3]).delete()
    found = queries.verify()
    assert [(f.code, f.sequence, f.until) for f in found] == [("missing", 2, 3)]


def test_an_end_cut_off_with_its_head_is_proved_by_the_signed_file() -> None:
    rows = make_entries(count=4)
    assert jobs.write_heads(NOON) is not None
    AuditEntry.objects.filter(sequence__gt=2).delete()
    AuditHead.objects.filter(community=1).update(sequence=2, digest=rows[1].digest)
    assert codes() == [(1, 3, "cut_off")]
    AuditEntry.objects.all().delete()
    AuditHead.objects.all().delete()
    assert codes() == [(1, 1, "cut_off")]
    assert codes(2) == []


def test_a_chain_written_anew_is_found() -> None:
    make_entries(count=3)
    jobs.write_heads(NOON)
    digest = ""
    for entry in AuditEntry.objects.order_by("sequence"):
        entry.user = 1
        digest = entry.digest = digest_of(digest, entry)
        entry.save()
    AuditHead.objects.update(digest=digest)
    assert codes() == [(1, 3, "rewritten")]


def test_heads_are_written_once_until_something_is_new(heads_folder: Path) -> None:
    assert jobs.write_heads(NOON) is None, "nothing happened yet"
    make_entries(count=1)
    path = jobs.write_heads(NOON)
    assert path == heads_folder / "2022-11-23.jsonl"
    assert jobs.write_heads(NOON) is None
    make_entries(count=1)
    assert jobs.write_heads(NOON) == path
    assert len(path.read_text().splitlines()) == 2
    assert codes() == []


def test_a_touched_file_of_heads_is_found(heads_folder: Path) -> None:
    make_entries(count=1)
    path = jobs.write_heads(NOON)
    assert path is not None
    path.write_text(path.read_text().replace('[1,"', '[2,"'))
    assert codes() == [(0, 0, "heads_broken")]


def test_looks_are_one_entry_and_are_found_from_each_file() -> None:
    areas = [make_area(code=140109008001), make_area(code=140109008002)]
    entry = actions.record_look(Someone(), 1, areas, "核对名单", what="names", at=NOON)
    assert entry is not None
    assert (entry.act, entry.facts["count"], entry.subject) == ("places.looked_at", 2, None)
    actions.record_look(Someone(8), 1, Area, "再看一次", ids=[areas[0].pk])
    looks = queries.looks_at(1, areas[0])
    assert [(look.user, look.reason, look.what, look.count) for look in looks] == [
        (8, "再看一次", "file", 1),
        (7, "核对名单", "names", 2),
    ]
    assert len(queries.looks_at(1, areas[1])) == 1
    assert queries.looks_at(2, areas[1]) == []
    assert actions.record_look(Someone(), 1, [], "nobody seen") is None
    assert codes() == []


def test_a_look_hidden_from_the_file_is_found() -> None:
    area = make_area()
    actions.record_look(Someone(), 1, [area], "核对")
    AuditSubject.objects.all().delete()
    assert codes() == [(1, 1, "subjects")]


def test_a_look_at_8000_takes_few_queries(django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(45):
        actions.record_look(Someone(), 1, Area, "导出", ids=range(1, 8001), what="export")


def test_a_large_trail_is_checked_in_steps(django_assert_max_num_queries: Any) -> None:
    digest, rows = "", []
    for sequence in range(1, 20_001):
        entry = AuditEntry(
            community=1, sequence=sequence, at=NOON, act="core.tried", user=7, facts={"n": sequence}
        )
        digest = entry.digest = digest_of(digest, entry)
        rows.append(entry)
    AuditEntry.objects.bulk_create(rows, batch_size=2000)
    AuditHead.objects.create(community=1, sequence=20_000, digest=digest)
    with django_assert_max_num_queries(30):
        assert codes() == []


def test_entries_are_paged_without_counting(django_assert_num_queries: Any) -> None:
    make_entries(count=5)
    make_entries(count=1, act="core.other", user=9)
    with django_assert_num_queries(1):
        assert [e.sequence for e in queries.entries_of(1, before=4)] == [3, 2, 1]
    assert [e.sequence for e in queries.entries_of(1, act="core.other")] == [6]
    assert [e.sequence for e in queries.entries_of(1, user=9)] == [6]
    assert len(queries.entries_of(1, day=NOON.date())) == 6


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_writers_at_once_make_one_chain() -> None:
    from concurrent.futures import ThreadPoolExecutor

    def write(number: int) -> None:
        try:
            make_entries(count=10, user=number)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    assert AuditHead.objects.get(community=1).sequence == 80
    assert codes() == []
