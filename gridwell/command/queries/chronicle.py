"""The chronicle (大事记): the acts of an area, or of an event, on one time line."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import BigIntegerField, ExpressionWrapper, F, Q, QuerySet

from gridwell.accounts.models import Post
from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit.labels import (
    act_words,
    fact_words,
    known_acts,
    subject_names,
    subject_words,
    value_words,
)
from gridwell.audit.models import AuditEntry
from gridwell.command.rules.chronicle import FROM_ABOVE, Kind, kind_of
from gridwell.core import clock
from gridwell.core.errors import NotVisible
from gridwell.orders.queries.notices import areas_above
from gridwell.places.models import Area
from gridwell.places.rules.levels import span_of
from gridwell.protocols.models import Event

PAGE = 50
#: Reasons of these are official; others may name people and stay in the audit trail.
SAID = frozenset({Kind.MODES, Kind.NOTICES, Kind.ZONES, Kind.INSTRUCTIONS, Kind.REPORTS})
#: Reasons of these may say something about a person, whatever their kind.
UNSAID = frozenset({"command.emergency_opened"})
#: Facts that are codes with words of their own, and facts that are counts; all others stay in the trail.
CODES = ("mode", "state")
COUNTS = (
    *("posts", "told", "communities", "keep", "zones", "count", "households", "people"),
    *("buildings", "due", "sampled", "negative"),
)


@dataclass(frozen=True)
class Asked:
    """What the chronicle is narrowed to. `before` is the end of the page before: (instant, id)."""

    kind: str = ""
    place: int | None = None
    day: date | None = None
    post: str = ""
    event: Event | None = None
    before: tuple[datetime, int] | None = None


@dataclass(frozen=True)
class Line:
    """One act in words: when, where, which, about what, who by post. No personal value."""

    id: int
    at: datetime
    day: date
    kind: str
    words: str
    area: int
    place: str
    subject: str
    post: str
    post_title: str
    reason: str
    facts: str


@dataclass(frozen=True)
class Chronicle:
    """A page of the chronicle (大事记), newest first; `older` is where the next one begins."""

    lines: tuple[Line, ...]
    older: tuple[datetime, int] | None


def _acts(kinds: Iterable[Kind]) -> list[str]:
    wanted = set(kinds)
    return [act for act in known_acts() if kind_of(act) in wanted]


def _entries(area: int, asked: Asked) -> list[QuerySet[AuditEntry]]:
    """Return the parts of the time line: the area and all below it, and the areas above it.

    Each is read by its own index and cut to a page before they are merged, so that a page costs the
    same whatever the length of the trail.
    """
    kinds = [Kind(asked.kind)] if asked.kind in set(Kind) else list(Kind)
    parts = [(_chains_of(area), kinds)]
    parts += [
        (AuditEntry.objects.filter(community=code), [kind for kind in kinds if kind in FROM_ABOVE])
        for code in areas_above(area)[1:]
    ]
    if asked.place is not None:
        parts = [(_chains_of(asked.place), kinds)]
    return [
        _narrowed(rows.filter(act__in=_acts(wanted)), asked) for rows, wanted in parts if wanted
    ]


def _chains_of(area: int) -> QuerySet[AuditEntry]:
    """Return the entries of an area and all below it.

    Of a range the newest are found by walking back in time (index `audit_time`). SQLite, which knows
    no statistics here, would take an index that begins with the community and sort a district's
    whole trail; the sum hides the range from it.
    """
    low, high = span_of(area)
    if high == low + 1:
        return AuditEntry.objects.filter(community=area)
    chain = ExpressionWrapper(F("community") + 0, output_field=BigIntegerField())
    return AuditEntry.objects.alias(chain=chain).filter(chain__gte=low, chain__lt=high)


def _narrowed(rows: QuerySet[AuditEntry], asked: Asked) -> QuerySet[AuditEntry]:
    if asked.day is not None:
        rows = rows.filter(at__gte=clock.start_of(asked.day), at__lt=clock.end_of(asked.day))
    if asked.post:
        rows = rows.filter(post=asked.post)
    if asked.event is not None:
        rows = rows.filter(at__gte=asked.event.opened_at)
        if asked.event.closed_at is not None:
            rows = rows.filter(at__lte=asked.event.closed_at)
    if asked.before is not None:
        at, pk = asked.before
        rows = rows.filter(Q(at__lt=at) | Q(at=at, pk__lt=pk))
    return rows.order_by("-at", "-pk")


def chronicle_of(actor: Actor, area: int, asked: Asked, size: int = PAGE) -> Chronicle:
    """Return a page of the chronicle of an area; at most eleven queries, whatever its length."""
    if not actor.may(Right.READ_AUDIT, area):
        raise NotVisible
    found = [entry for part in _entries(area, asked) for entry in part[: size + 1]]
    found.sort(key=lambda entry: (entry.at, entry.pk), reverse=True)
    shown = found[:size]
    older = (shown[-1].at, shown[-1].pk) if len(found) > size else None
    return Chronicle(tuple(_lines(shown)), older)


def all_lines(actor: Actor, area: int, asked: Asked, block: int = 1000) -> Iterator[Line]:
    """Yield all lines of the chronicle, newest first, read a block at a time: for the export."""
    older = asked.before
    while True:
        page = chronicle_of(actor, area, replace(asked, before=older), block)
        yield from page.lines
        if page.older is None:
            return
        older = page.older


def count_of(actor: Actor, area: int, asked: Asked) -> int:
    """Return how many lines the chronicle has; as many queries as the area has levels above it."""
    if not actor.may(Right.READ_AUDIT, area):
        raise NotVisible
    return sum(part.count() for part in _entries(area, asked))


def _lines(entries: Sequence[AuditEntry]) -> Iterator[Line]:
    areas = dict(
        Area.objects.filter(pk__in={entry.community for entry in entries}).values_list("pk", "name")
    )
    codes = {entry.post for entry in entries if entry.post}
    titles = dict(Post.objects.filter(code__in=codes).values_list("code", "title"))
    names = subject_names(entries)
    for entry in entries:
        kind = kind_of(entry.act) or Kind.REGISTER
        name = names.get((entry.subject_kind, entry.subject or 0), "")
        yield Line(
            id=entry.pk,
            at=entry.at,
            day=clock.day_of(entry.at),
            kind=kind.value,
            words=act_words(entry.act),
            area=entry.community,
            place=areas.get(entry.community, ""),
            subject=_subject(entry.subject_kind, name),
            post=entry.post,
            post_title=titles.get(entry.post, ""),
            reason=entry.reason if kind in SAID and entry.act not in UNSAID else "",
            facts=" · ".join(_facts(entry.facts)),
        )


def _subject(kind: str, name: str) -> str:
    """Return what an act was about; an instruction's or a task's name says enough by itself."""
    is_plain = kind in {"command.instruction", "command.instructionreceipt", "tasks.task"}
    return name if is_plain or not name else f"{subject_words(kind)} {name}".strip()


def _facts(facts: dict[str, Any]) -> Iterator[str]:
    for key in CODES:
        if isinstance(value := facts.get(key), str) and value:
            yield f"{fact_words(key)} {value_words(key, value)}"
    for key in COUNTS:
        value = facts.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and value:
            yield f"{fact_words(key)} {value}"


def posts_named(area: int, limit: int = 200) -> list[tuple[str, str]]:
    """Return (code, title) of the posts that decide in an area or above it, for the filter."""
    low, high = span_of(area)
    rows = Post.objects.filter(
        Q(area_id__gte=low, area_id__lt=high) | Q(area_id__in=areas_above(area))
    ).exclude(role__in=("building_head", "unit_head", "team_member"))
    return list(rows.order_by("area_id", "code").values_list("code", "title")[:limit])
