"""Reads of the audit trail: is it whole, what was done, who looked at a file."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet

from gridwell.audit.models import AuditEntry, AuditHead, AuditSubject
from gridwell.audit.rules.chain import Finding, Walk, digest_ids
from gridwell.audit.rules.heads import Signed, read_lines
from gridwell.core import clock
from gridwell.core.fields import vault

PAGE = 50


@dataclass(frozen=True)
class Row:
    """An entry as read for checking: no model is built, so that 100,000 take seconds."""

    community: int
    sequence: int
    at: datetime
    act: str
    user: int | None
    post: str
    subject_kind: str
    subject: int | None
    reason: str
    facts: Any


def signed_heads() -> Signed:
    """Return what the signed files outside the database say; broken ones are named in `faults`."""
    folder = Path(settings.GRIDWELL_AUDIT_HEADS)
    lines = [
        line
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text("utf-8", errors="replace").splitlines()
        if line.strip()
    ]
    return read_lines(vault().signing_seed, sorted(lines, key=_number_of))


def _number_of(line: str) -> int:
    # By number and not by day: the clock of the demo may run back.
    try:
        return int(json.loads(line)["number"])
    except (ValueError, KeyError, TypeError):
        return 0


def verify(community: int | None = None) -> list[Finding]:
    """Return every fault of the trail, or of one community's chain; an empty list when it is whole.

    Reads the rows once, in order, without loading them all; about 20 µs a row. What was written
    after the last signed head is proved only by the stored end (`AuditHead`).
    """
    signed = signed_heads()
    findings = [Finding(0, 0, "heads_broken", detail=fault) for fault in signed.faults]
    chosen = Q() if community is None else Q(community=community)
    ends = {
        code: (sequence, digest)
        for code, sequence, digest in AuditHead.objects.filter(chosen).values_list(
            "community", "sequence", "digest"
        )
    }
    expected = {code for code in {*ends, *signed.heads} if community is None or code == community}
    for code, rows in groupby(_rows(chosen), key=lambda pair: pair[0].community):
        walk = Walk(code, signed.heads.get(code, {}))
        for row, digest in rows:
            findings.extend(walk.step(row, digest))
        findings.extend(walk.close(ends.get(code)))
        expected.discard(code)
    for code in sorted(expected):  # chains of which not one row is left
        findings.extend(Walk(code, signed.heads.get(code, {})).close(ends.get(code)))
    return [*findings, *_wrong_subjects(chosen)]


def _rows(chosen: Q) -> Iterator[tuple[Row, str]]:
    names = [*Row.__dataclass_fields__, "digest"]
    rows = AuditEntry.objects.filter(chosen).order_by("community", "sequence")
    for *values, digest in rows.values_list(*names).iterator(chunk_size=5000):
        yield Row(*values), digest


def _wrong_subjects(chosen: Q) -> Iterator[Finding]:
    """Compare the lists of those looked at with the digests inside the chain."""
    listed = {
        (code, sequence): digest_ids(pair[2] for pair in rows)
        for (code, sequence), rows in groupby(
            AuditSubject.objects.filter(chosen)
            .order_by("community", "sequence", "subject")
            .values_list("community", "sequence", "subject")
            .iterator(chunk_size=10_000),
            key=lambda pair: pair[:2],
        )
    }
    looks = AuditEntry.objects.filter(chosen, act__endswith=".looked_at").order_by()
    for code, sequence, facts in looks.values_list("community", "sequence", "facts").iterator():
        if listed.pop((code, sequence), None) != facts.get("ids"):
            yield Finding(code, sequence, "subjects")
    for code, sequence in listed:
        yield Finding(code, sequence, "subjects")


@dataclass(frozen=True)
class Look:
    """A look at somebody's unmasked data: who, when, why, and which data."""

    at: datetime
    user: int | None
    post: str
    reason: str
    what: str
    count: int  # how many were seen in the same look


def looks_at(community: int, subject: models.Model, limit: int = 100) -> list[Look]:
    """Return the latest looks at a row's data in one community, newest first; two queries."""
    found = looks_at_any(community, type(subject), [subject.pk], limit)
    return [look for _pk, look in found]


def looks_at_any(
    community: int, model: type[models.Model], ids: Iterable[int], limit: int = 100
) -> list[tuple[int, Look]]:
    """Return the latest looks at any of these rows, each with whom it was at, newest first.

    Two queries, whatever the number of rows: for a household ask once with all its people.
    """
    seen = list(
        AuditSubject.objects.filter(
            community=community, subject_kind=model._meta.label_lower, subject__in=list(ids)
        )
        .order_by("-sequence", "subject")
        .values_list("sequence", "subject")[:limit]
    )
    entries = {
        entry.sequence: entry
        for entry in AuditEntry.objects.filter(
            community=community, sequence__in={sequence for sequence, _pk in seen}
        )
    }
    return [(pk, _look(entries[sequence])) for sequence, pk in seen if sequence in entries]


def _look(entry: AuditEntry) -> Look:
    return Look(
        at=entry.at,
        user=entry.user,
        post=entry.post,
        reason=entry.reason,
        what=entry.facts.get("what", ""),
        count=entry.facts.get("count", 1),
    )


def entries_of(
    community: int,
    *,
    act: str = "",
    user: int | None = None,
    day: date | None = None,
    before: int | None = None,
) -> QuerySet[AuditEntry]:
    """Return a chain's entries, newest first, narrowed; `before` is the sequence of a page's end.

    Paged by sequence, never counted: a chain of years costs no more than one of a day.
    The caller has checked that the actor may read this chain.
    """
    entries = AuditEntry.objects.filter(community=community).order_by("-sequence")
    if act:
        entries = entries.filter(act=act)
    if user is not None:
        entries = entries.filter(user=user)
    if day is not None:
        entries = entries.filter(at__gte=clock.start_of(day), at__lt=clock.end_of(day))
    if before is not None:
        entries = entries.filter(sequence__lt=before)
    return entries


def history_of(subject: models.Model, community: int, limit: int = 50) -> QuerySet[AuditEntry]:
    """Return what was done to one row, newest first."""
    return AuditEntry.objects.filter(
        community=community, subject_kind=subject._meta.label_lower, subject=subject.pk
    ).order_by("-at", "-sequence")[:limit]


def chains_in(spans: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    """Return (community, number of entries) of the chains inside ranges of codes."""
    inside = Q(pk__in=[])
    for low, high in spans:
        inside |= Q(community__gte=low, community__lt=high)
    return list(
        AuditHead.objects.filter(inside).order_by("community").values_list("community", "sequence")
    )
