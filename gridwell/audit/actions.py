"""Writing the audit trail."""

import hashlib
import json
from datetime import datetime
from typing import Any, Protocol

from django.db import models, transaction

from gridwell.audit.models import AuditEntry, AuditHead
from gridwell.core import clock


class ActorLike(Protocol):
    """What the trail needs of an actor; accounts lie above."""

    @property
    def user_id(self) -> int | None: ...
    @property
    def post_code(self) -> str: ...


def canonical(entry: AuditEntry) -> str:
    """Return the text whose hash, after the previous digest, is the entry's digest."""
    body = {
        "community": entry.community,
        "sequence": entry.sequence,
        "at": entry.at.isoformat(),
        "act": entry.act,
        "user": entry.user,
        "post": entry.post,
        "subject_kind": entry.subject_kind,
        "subject": entry.subject,
        "reason": entry.reason,
        "facts": entry.facts,
    }
    return json.dumps(body, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def digest_of(previous: str, entry: AuditEntry) -> str:
    """Return SHA-256(previous digest + canonical entry) in hex."""
    return hashlib.sha256((previous + canonical(entry)).encode()).hexdigest()


@transaction.atomic
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
    AuditHead.objects.get_or_create(community=community)
    head = AuditHead.objects.select_for_update().get(community=community)
    entry = AuditEntry(
        community=community,
        sequence=head.sequence + 1,
        at=at or clock.now(),
        act=act,
        user=actor.user_id,
        post=actor.post_code,
        subject_kind=subject._meta.label_lower if subject is not None else "",
        subject=subject.pk if subject is not None else None,
        reason=reason,
        facts=json.loads(json.dumps(facts, default=str)),
    )
    entry.digest = digest_of(head.digest, entry)
    entry.save(force_insert=True)
    head.sequence, head.digest = entry.sequence, entry.digest
    head.save(update_fields=["sequence", "digest"])
    return entry


def digest_ids(ids: Any) -> str:
    """Return a short digest of many ids, for the entry of a bulk act."""
    return hashlib.sha256(",".join(str(i) for i in sorted(ids)).encode()).hexdigest()[:32]
