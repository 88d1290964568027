"""The hash chain of the audit trail: what is hashed, and how a chain is checked. Pure."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol


class EntryLike(Protocol):
    """What of an entry is hashed: all that a reader of the trail relies on."""

    @property
    def community(self) -> int: ...
    @property
    def sequence(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def act(self) -> str: ...
    @property
    def user(self) -> int | None: ...
    @property
    def post(self) -> str: ...
    @property
    def subject_kind(self) -> str: ...
    @property
    def subject(self) -> int | None: ...
    @property
    def reason(self) -> str: ...
    @property
    def facts(self) -> Any: ...


def plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts as both databases give them back: text, whole numbers, truth, lists, maps.

    A fraction becomes text, because PostgreSQL may write the same number in another form, and the
    digest would no longer fit.
    """
    return dict(json.loads(json.dumps(facts, default=str), parse_float=str, parse_constant=str))


def canonical(entry: EntryLike) -> str:
    """Return the text whose hash, after the previous digest, is the entry's digest."""
    body = {
        "community": entry.community,
        "sequence": entry.sequence,
        "at": entry.at.astimezone(UTC).isoformat(),
        "act": entry.act,
        "user": entry.user,
        "post": entry.post,
        "subject_kind": entry.subject_kind,
        "subject": entry.subject,
        "reason": entry.reason,
        "facts": entry.facts,
    }
    return json.dumps(body, ensure_ascii=True, sort_keys=True, separators=(",", ":"))


def digest_of(previous: str, entry: EntryLike) -> str:
    """Return SHA-256(previous digest + canonical entry) in hex."""
    return hashlib.sha256((previous + canonical(entry)).encode()).hexdigest()


def digest_ids(ids: Iterable[Any]) -> str:
    """Return a short digest of many ids, for the entry of a bulk act."""
    return hashlib.sha256(",".join(str(i) for i in sorted(ids)).encode()).hexdigest()[:32]


@dataclass(frozen=True, order=True)
class Finding:
    """A fault of the trail (发现): where, and which.

    `code`: changed (a row is not what was written) · missing (rows up to `until` are gone) · cut_off
    (the end is gone) · rewritten (the rows fit each other, not the signed head) · head_differs (the
    stored end is not the last row) · heads_broken (the signed file itself was touched) · subjects
    (the list of those looked at is not what was written).
    """

    community: int
    sequence: int
    code: str
    until: int = 0
    detail: str = ""


@dataclass
class Walk:
    """What is known while the rows of one community go by, in their order."""

    community: int
    signed: Mapping[int, str] = field(default_factory=dict)  # sequence -> digest of a signed head
    sequence: int = 0
    digest: str = ""

    def step(self, entry: EntryLike, digest: str) -> Iterator[Finding]:
        """Check the next row. After a fault the stored digest counts, so that one fault is one finding."""
        is_after_gap = entry.sequence != self.sequence + 1
        if is_after_gap:
            yield Finding(self.community, self.sequence + 1, "missing", until=entry.sequence - 1)
        elif digest_of(self.digest, entry) != digest:
            yield Finding(self.community, entry.sequence, "changed")
        elif self.signed.get(entry.sequence, digest) != digest:
            yield Finding(self.community, entry.sequence, "rewritten")
        self.sequence, self.digest = entry.sequence, digest

    def close(self, head: tuple[int, str] | None) -> Iterator[Finding]:
        """Check the end against the stored head and the signed ones."""
        claimed = max([*self.signed, head[0] if head else 0], default=0)
        if claimed > self.sequence:
            yield Finding(self.community, self.sequence + 1, "cut_off", until=claimed)
        elif head != ((self.sequence, self.digest) if self.sequence else head):
            yield Finding(self.community, self.sequence, "head_differs")
