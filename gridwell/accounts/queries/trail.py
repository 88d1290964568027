"""The audit trail with names and words: who did it, who looked."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.db import models

from gridwell.accounts.queries.users import names_of
from gridwell.audit import queries as audit
from gridwell.audit.labels import act_words
from gridwell.audit.models import AuditEntry


@dataclass(frozen=True)
class TrailRow:
    """An entry of the audit trail in words: who, what, about what, why."""

    sequence: int
    at: datetime
    act: str
    words: str
    user: int | None
    name: str
    post: str
    subject: str
    reason: str
    facts: str


def trail_row(entry: AuditEntry, names: dict[int, str]) -> TrailRow:
    """Return an entry in words; `names` are those of its users (`names_of`)."""
    facts = " · ".join(
        f"{key}: {json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value}"
        for key, value in entry.facts.items()
        if value not in (None, "", [], {})
    )
    return TrailRow(
        sequence=entry.sequence,
        at=entry.at,
        act=entry.act,
        words=act_words(entry.act),
        user=entry.user,
        name=names.get(entry.user or 0, ""),
        post=entry.post,
        subject=f"{entry.subject_kind.partition('.')[2]} {entry.subject}" if entry.subject else "",
        reason=entry.reason,
        facts=facts,
    )


def history_of(subject: models.Model, community: int, limit: int = 50) -> list[TrailRow]:
    """Return what was done to one row, newest first, in words; two queries."""
    entries = list(audit.history_of(subject, community, limit))
    names = names_of(entry.user for entry in entries)
    return [trail_row(entry, names) for entry in entries]


@dataclass(frozen=True)
class NamedLook:
    """A look at a file with the looker's name (谁看过)."""

    at: datetime
    name: str
    post: str
    reason: str
    what: str
    count: int


def looks_at(community: int, subject: models.Model, limit: int = 100) -> list[NamedLook]:
    """Return who looked at a row's unmasked data, newest first; three queries.

    The caller has checked that the actor may see the row itself.
    """
    looks = audit.looks_at(community, subject, limit)
    names = names_of(look.user for look in looks)
    return [
        NamedLook(
            at=look.at,
            name=names.get(look.user or 0, ""),
            post=look.post,
            reason=look.reason,
            what=look.what,
            count=look.count,
        )
        for look in looks
    ]
