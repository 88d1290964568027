"""The audit trail with names and words: who did it, who looked."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext

from gridwell.accounts.models import Post, StandIn, Team
from gridwell.accounts.queries.users import names_of
from gridwell.audit import queries as audit
from gridwell.audit.labels import (
    HIDDEN,
    act_words,
    fact_words,
    subject_names,
    subject_words,
    value_words,
)
from gridwell.audit.models import AuditEntry
from gridwell.core import clock
from gridwell.core.joining import joined
from gridwell.places.models import Area

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:[\d.]+[+-]\d\d:\d\d")


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
    post_title: str
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
    "accounts.taken_back": {"by"},
    "accounts.rehearsed": {"by"},
    "organisation.shift_made": {"user"},
    "organisation.shift_changed": {"before", "after"},
    "residents.mark_approved": {"proposed_by"},
    "tasks.reminded": {"to"},
}
#: Facts that hold a post, by its id or its code: shown by title.
_POSTS = frozenset({"post"})
#: No row of ours has so large a number: it is the code of an area.
_AREAS = range(10**11, 10**12)


def post_names(ids: Collection[int]) -> dict[int, str]:
    """Return the titles of posts; one query."""
    return dict(Post.objects.filter(pk__in=ids).values_list("pk", "title"))


def team_names(ids: Collection[int]) -> dict[int, str]:
    """Return the names of groups; one query."""
    return dict(Team.objects.filter(pk__in=ids).values_list("pk", "name"))


def trail_rows(entries: Sequence[AuditEntry]) -> list[TrailRow]:
    """Return entries in words; people, posts, areas and what has a name by it.

    Three queries and those of the namers (`audit.labels.register_names`), whatever the number.
    """
    names = names_of(pk for entry in entries for pk in _people_in(entry))
    named = _Named(names, *_posts_in(entries), _areas_in(entries), subject_names(entries))
    return [_trail_row(entry, named) for entry in entries]


@dataclass(frozen=True)
class _Named:
    """What the numbers and codes in some entries are called."""

    people: dict[int, str]
    posts: dict[int, str]
    posts_by_code: dict[str, str]
    areas: dict[int, str]
    subjects: dict[tuple[str, int], str]


def _posts_in(entries: Sequence[AuditEntry]) -> tuple[dict[int, str], dict[str, str]]:
    facts = [entry.facts[key] for entry in entries for key in _POSTS if entry.facts.get(key)]
    ids = {fact for fact in facts if isinstance(fact, int)}
    codes = {fact for fact in facts if isinstance(fact, str)}
    codes |= {entry.post for entry in entries if entry.post}
    if not ids and not codes:
        return {}, {}
    rows = Post.objects.filter(Q(pk__in=ids) | Q(code__in=codes)).values_list("pk", "code", "title")
    found = list(rows)
    return {pk: title for pk, _c, title in found}, {code: title for _pk, code, title in found}


def _areas_in(entries: Sequence[AuditEntry]) -> dict[int, str]:
    codes = {
        fact
        for entry in entries
        for fact in entry.facts.values()
        if isinstance(fact, int) and fact in _AREAS
    }
    return dict(Area.objects.filter(pk__in=codes).values_list("pk", "name")) if codes else {}


def _people_in(entry: AuditEntry) -> Iterator[int | None]:
    yield entry.user
    if entry.subject_kind == "accounts.user":
        yield entry.subject
    for key in _PEOPLE.get(entry.act, ()):
        value = entry.facts.get(key)
        yield from value if isinstance(value, list) else [value]


def _trail_row(entry: AuditEntry, named: _Named) -> TrailRow:
    kind, pk = entry.subject_kind, entry.subject or 0
    own = named.people.get(pk) if kind == "accounts.user" else None
    called = own or named.subjects.get((kind, pk), str(pk))
    people = _PEOPLE.get(entry.act, set())
    return TrailRow(
        sequence=entry.sequence,
        at=entry.at,
        act=entry.act,
        words=act_words(entry.act),
        user=entry.user,
        name=named.people.get(entry.user or 0, ""),
        post=entry.post,
        post_title=named.posts_by_code.get(entry.post, entry.post),
        subject=f"{subject_words(kind)} {called}" if entry.subject is not None else "",
        reason=entry.reason,
        facts=" · ".join(
            f"{fact_words(key)}: {_value(key, value, named, is_person=key in people)}"
            for key, value in entry.facts.items()
            if key not in HIDDEN and value not in (None, "", [], {}, False)
        ),
    )


def _value(key: str, value: Any, named: _Named, *, is_person: bool = False) -> str:
    """Return one fact as people read it; an instant in local time."""
    if isinstance(value, list):
        return joined(_value(key, item, named, is_person=is_person) for item in value)
    if isinstance(value, dict):
        parts = (
            f"{value_words(key, name)} {_value(name, it, named)}" for name, it in value.items()
        )
        return joined(parts)
    if value is True:
        return gettext("yes")
    if isinstance(value, int):
        known = named.people if is_person else named.posts if key in _POSTS else named.areas
        return known.get(value, str(value))
    text = str(value)
    if key in _POSTS:
        return named.posts_by_code.get(text, text)
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
