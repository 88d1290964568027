"""The audit trail with names and words: who did it, who looked."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext

from gridwell.accounts.models import Post, StandIn
from gridwell.accounts.queries.users import names_of
from gridwell.audit import queries as audit
from gridwell.audit.labels import HIDDEN, act_words, fact_words, subject_words, value_words
from gridwell.audit.models import AuditEntry
from gridwell.core import clock

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:[\d.]+[+-]\d\d:\d\d")


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


#: Acts that are not work done for a post.
_NOT_WORK = ("accounts.signed_in", "accounts.signed_out", "accounts.sign_in_failed")

#: Facts that hold ids of users, by act: shown by name.
_PEOPLE = {
    "accounts.post_created": {"holder", "deputies"},
    "accounts.holder_changed": {"before", "after"},
    "accounts.deputies_set": {"before", "after"},
    "accounts.post_ended": {"holder"},
}


def trail_rows(entries: Sequence[AuditEntry]) -> list[TrailRow]:
    """Return entries in words; people and posts by name. Two queries, whatever their number."""
    names = names_of(pk for entry in entries for pk in _people_in(entry))
    posts = {entry.subject for entry in entries if entry.subject_kind == "accounts.post"}
    titles = dict(Post.objects.filter(pk__in=posts).values_list("pk", "title")) if posts else {}
    return [_trail_row(entry, names, titles) for entry in entries]


def _people_in(entry: AuditEntry) -> Iterator[int | None]:
    yield entry.user
    if entry.subject_kind == "accounts.user":
        yield entry.subject
    for key in _PEOPLE.get(entry.act, ()):
        value = entry.facts.get(key)
        yield from value if isinstance(value, list) else [value]


def _trail_row(entry: AuditEntry, names: dict[int, str], titles: dict[int, str]) -> TrailRow:
    kind, pk = entry.subject_kind, entry.subject or 0
    called = {"accounts.user": names, "accounts.post": titles}.get(kind, {}).get(pk, str(pk))
    people = _PEOPLE.get(entry.act, set())
    return TrailRow(
        sequence=entry.sequence,
        at=entry.at,
        act=entry.act,
        words=act_words(entry.act),
        user=entry.user,
        name=names.get(entry.user or 0, ""),
        post=entry.post,
        subject=f"{subject_words(kind)} {called}" if entry.subject is not None else "",
        reason=entry.reason,
        facts=" · ".join(
            f"{fact_words(key)}: {_value(key, value, names if key in people else {})}"
            for key, value in entry.facts.items()
            if key not in HIDDEN and value not in (None, "", [], {}, False)
        ),
    )


def _value(key: str, value: Any, names: dict[int, str]) -> str:
    """Return one fact as people read it; an instant in local time."""
    if isinstance(value, list):
        return "、".join(_value(key, item, names) for item in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if value is True:
        return gettext("yes")
    if isinstance(value, int):
        return names.get(value, str(value))
    text = str(value)
    if _INSTANT.fullmatch(text):
        return f"{datetime.fromisoformat(text).astimezone(clock.zone()):%Y-%m-%d %H:%M}"
    return value_words(key, text)


def history_of(subject: models.Model, community: int, limit: int = 50) -> list[TrailRow]:
    """Return what was done to one row, newest first, in words."""
    return trail_rows(list(audit.history_of(subject, community, limit)))


@dataclass(frozen=True)
class NamedLook:
    """A look at a file with the looker's name (谁看过); `subject` is the id of who was seen."""

    subject: int
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
    return looks_at_any(community, type(subject), [subject.pk], limit)


def looks_at_any(
    community: int, model: type[models.Model], ids: Iterable[int], limit: int = 100
) -> list[NamedLook]:
    """Return who looked at any of these rows, newest first; three queries, whatever their number."""
    looks = audit.looks_at_any(community, model, ids, limit)
    names = names_of(look.user for _pk, look in looks)
    return [
        NamedLook(
            subject=pk,
            at=look.at,
            name=names.get(look.user or 0, ""),
            post=look.post,
            reason=look.reason,
            what=look.what,
            count=look.count,
        )
        for pk, look in looks
    ]


def acts_of_stand_in(stand_in: StandIn, limit: int = 200) -> list[TrailRow]:
    """Return what a deputy did under the post while standing in, oldest first; at most `limit`.

    The trail records each act under one post. A deputy who has another post in the same community
    acts under either, so their acts there in that time all count, the post's own first of all.
    """
    entries = AuditEntry.objects.filter(
        community=stand_in.post.area_id, user=stand_in.user_id, at__gte=stand_in.starts_at
    ).exclude(act__in=_NOT_WORK)
    if stand_in.ends_at is not None:
        entries = entries.filter(at__lt=stand_in.ends_at)
    return trail_rows(list(entries.order_by("sequence")[:limit]))
