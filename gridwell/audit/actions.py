"""Writing the audit trail."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.db import connection, models, transaction

from gridwell.audit.models import AuditEntry, AuditHead, AuditSubject
from gridwell.audit.queries import signed_heads
from gridwell.audit.rules import heads as head_lines
from gridwell.audit.rules.chain import canonical, digest_ids, digest_of, plain
from gridwell.core import clock
from gridwell.core.bulk import insert_rows
from gridwell.core.fields import vault
from gridwell.core.prepared import Prepared, PreparedUpdate, insert

__all__ = [
    "Act",
    "canonical",
    "digest_ids",
    "digest_of",
    "hold",
    "record",
    "record_each",
    "record_look",
    "write_heads",
]

if os.name == "posix":
    import fcntl


class ActorLike(Protocol):
    """What the trail needs of an actor; accounts lie above."""

    @property
    def user_id(self) -> int | None: ...
    def post_code_at(self, area: int) -> str: ...


@transaction.atomic(savepoint=False)
def record(
    act: str,
    *,
    actor: ActorLike,
    community: int,
    subject: models.Model | None = None,
    reason: str = "",
    at: datetime | None = None,
    **facts: Any,
) -> AuditEntry:
    """Append one entry to a community's chain (0 = the installation) and return it.

    Call it inside the transaction of the act. `facts` are ids, counts, codes; never personal values.
    A bulk act is one entry with its count and a digest of the ids (`digest_ids`).
    The head row is locked until commit, so acts of one community queue behind each other.
    """
    head = _HEAD.first(community=community)
    if head is None:  # its first entry
        AuditHead.objects.get_or_create(community=community)
        (head,) = _HEAD(community=community)
    entry = AuditEntry(
        community=community,
        sequence=head.sequence + 1,
        at=at or clock.now(),
        act=act,
        user=actor.user_id,
        post=actor.post_code_at(community),
        subject_kind=subject._meta.label_lower if subject is not None else "",
        subject=subject.pk if subject is not None else None,
        reason=reason[:400],
        facts=plain(facts),
    )
    entry.digest = digest_of(head.digest, entry)
    insert(entry)
    _FORWARD(community=community, sequence=entry.sequence, digest=entry.digest)
    return entry


# With every act.
_HEAD = Prepared(
    lambda community: AuditHead.objects.select_for_update().filter(community=community),
    community=models.BigIntegerField(),
)
_FORWARD = PreparedUpdate(
    lambda community, **changes: (AuditHead.objects.filter(community=community), changes),
    community=models.BigIntegerField(),
    sequence=models.BigIntegerField(),
    digest=models.CharField(),
)


@dataclass(frozen=True)
class Act:
    """One of many acts that are written at once (`record_each`); as the arguments of `record`."""

    act: str
    actor: ActorLike
    at: datetime
    subject: models.Model
    facts: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic(savepoint=False)
def record_each(community: int, acts: Iterable[Act]) -> int:
    """Append an entry for each of many acts to a community's chain, in their order; return how many.

    For acts that are told together but were different people's or of different hours. What is one
    bulk act is one entry (`record`). Three statements, however many.
    """
    hold(community)
    head, _ = AuditHead.objects.get_or_create(community=community)
    digest, entries = head.digest, []
    for sequence, act in enumerate(acts, start=head.sequence + 1):
        entry = AuditEntry(
            community=community,
            sequence=sequence,
            at=act.at,
            act=act.act,
            user=act.actor.user_id,
            post=act.actor.post_code_at(community),
            subject_kind=act.subject._meta.label_lower,
            subject=act.subject.pk,
            facts=plain(act.facts),
        )
        digest = entry.digest = digest_of(digest, entry)
        entries.append(entry)
    names = [field.name for field in AuditEntry._meta.concrete_fields if not field.primary_key]
    rows = ([getattr(entry, name) for name in names] for entry in entries)
    if count := insert_rows(AuditEntry, names, rows):
        AuditHead.objects.filter(pk=community).update(sequence=head.sequence + count, digest=digest)
    return count


def hold(*communities: int) -> None:
    """Take the ends of some chains now, before any row that other acts wait for (锁的次序).

    An order writes to the trail first and then touches posts and tasks; an act on one task that did
    it the other way round would wait for the order while the order waits for it. So acts of posts
    and tasks begin with this. To be called inside the transaction of the act; the same chains again
    cost nothing new. Communities come before the areas above them, since an act of a community goes
    on to those. Where one writer at a time is the rule (SQLite) there is nothing to do.
    """
    if not connection.features.has_select_for_update:
        return
    codes = sorted(set(communities), reverse=True)
    heads = AuditHead.objects.select_for_update().filter(pk__in=codes).order_by("-pk")
    held = set(heads.values_list("pk", flat=True))
    new = [AuditHead(pk=code) for code in codes if code not in held]
    if new:
        AuditHead.objects.bulk_create(new, ignore_conflicts=True)
        list(heads.values_list("pk", flat=True))


@transaction.atomic
def record_look(
    actor: ActorLike,
    community: int,
    subjects: Iterable[models.Model] | type[models.Model],
    reason: str,
    *,
    what: str = "file",
    ids: Iterable[int] = (),
    at: datetime | None = None,
) -> AuditEntry | None:
    """Record a look at unmasked personal data and return its entry, None when nobody was seen.

    `subjects` are rows of one model, or the model itself with `ids`, so that an export of 8,000
    people needs no rows. `what` says which data: "file", "numbers", "names", "export", "print". Whoever
    was seen finds the look in their file (`queries.looks_at`); one entry, whatever the number.
    """
    if isinstance(subjects, type):
        kind, seen = subjects._meta.label_lower, sorted(set(ids))
    else:
        rows = list(subjects)
        kind = rows[0]._meta.label_lower if rows else ""
        seen = sorted({row.pk for row in rows})
    if not seen:
        return None
    act = f"{kind.partition('.')[0]}.looked_at"
    entry = record(
        act,
        actor=actor,
        community=community,
        reason=reason,
        at=at,
        what=what,
        kind=kind,
        count=len(seen),
        ids=digest_ids(seen),
    )
    AuditSubject.objects.bulk_create(
        (
            AuditSubject(
                community=community, subject_kind=kind, subject=pk, sequence=entry.sequence
            )
            for pk in seen
        ),
        batch_size=2000,
    )
    return entry


def write_heads(now: datetime) -> Path | None:
    """Sign the present ends of all chains into today's file; return it, None when nothing is new.

    Safe to call as often as one likes, also from two processes: the folder is locked meanwhile.
    """
    folder = Path(settings.GRIDWELL_AUDIT_HEADS)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        if os.name == "posix":
            fcntl.flock(lock, fcntl.LOCK_EX)
        before = signed_heads()
        heads = {
            community: (sequence, digest)
            for community, sequence, digest in AuditHead.objects.values_list(
                "community", "sequence", "digest"
            )
            if sequence
        }
        is_same_day = before.at is not None and clock.day_of(before.at) == clock.day_of(now)
        if not heads or (is_same_day and before.latest == heads):
            return None
        line = head_lines.sign_line(vault().signing_seed, before=before, at=now, heads=heads)
        path = folder / f"{clock.day_of(now):%Y-%m-%d}.jsonl"
        with path.open("a", encoding="ascii", newline="\n") as out:
            out.write(line + "\n")
            out.flush()
            os.fsync(out.fileno())
    return path
