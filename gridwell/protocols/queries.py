"""Reads of events and protocol versions; what holds in an area on a day."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Q, QuerySet

from gridwell.accounts.rules.actor import Actor
from gridwell.core.errors import NotVisible
from gridwell.places.rules.levels import parent_of, span_of
from gridwell.protocols.models import Event, ProtocolVersion
from gridwell.protocols.rules.files import ProtocolFile, parse
from gridwell.protocols.rules.model import Clause, Document, Protocol
from gridwell.protocols.rules.resolve import resolve

COVID = "covid19"

# Versions never change once stored, so what was parsed is kept per process, by the text's hash.
_parsed: dict[str, ProtocolFile] = {}
_no_clauses: set[str] = set()
_resolved: dict[tuple[tuple[str, ...], int | None, date, str], Protocol | None] = {}


def stored_files(
    day: date | None = None, family: str | None = None
) -> list[tuple[str, ProtocolFile]]:
    """Return (hash, file) of every version that counts: one query, texts only when new to us.

    Of two texts under one code the one loaded last counts. With `day` and `family` only those in
    force then: a process that asks for one day reads no other texts.
    """
    latest: dict[tuple[str, str], tuple[str, bool]] = {}
    rows = ProtocolVersion.objects.order_by("loaded_at", "pk").values_list(
        "family", "code", "sha256", "in_force_from", "in_force_until"
    )
    for kind, code, sha, since, until in rows:
        holds = day is None or (since <= day and (until is None or day < until))
        latest[kind, code] = (sha, holds and family in (None, kind))
    wanted = [sha for sha, is_wanted in latest.values() if is_wanted]
    new = [sha for sha in wanted if sha not in _parsed]
    if new:
        texts = ProtocolVersion.objects.filter(sha256__in=new).values_list("sha256", "text")
        for sha, text in texts:
            _parsed[sha] = parse(text)
            _no_clauses.clear()
    return [(sha, _parsed[sha]) for sha in sorted(wanted)]


def clause_named(clause_id: str) -> tuple[Clause, Document | None] | None:
    """Return a clause by its id with its document, of whichever stored version has it; None if none.

    Reads the database only for an id that no text parsed so far has: a list asks for many.
    """
    if not clause_id:
        return None
    if (found := _clause_of(clause_id)) is None and clause_id not in _no_clauses:
        stored_files()
        if (found := _clause_of(clause_id)) is None and len(_no_clauses) < 1_000:
            _no_clauses.add(clause_id)
    return found


def _clause_of(clause_id: str) -> tuple[Clause, Document | None] | None:
    for file in reversed(_parsed.values()):
        if clause := file.clauses.get(clause_id):
            return clause, file.documents.get(clause.document)
    return None


def protocol_for(area: int | None, day: date, family: str = COVID) -> Protocol | None:
    """Return what holds in an area on a day (当日适用方案); `area` None = the national version bare.

    None when nothing is in force. One light query; resolving is remembered.
    """
    return resolved(stored_files(day, family), area, day, family)


def resolved(
    files: Iterable[tuple[str, ProtocolFile]],
    area: int | None,
    day: date,
    family: str = COVID,
) -> Protocol | None:
    """Return what holds by files already at hand, for whoever asks for many areas or days."""
    files = list(files)
    key = (tuple(sha for sha, _ in files), area, day, family)
    if key not in _resolved:
        if len(_resolved) > 5_000:
            _resolved.clear()
        _resolved[key] = resolve([file for _, file in files], area, day, family=family)
    return _resolved[key]


def versions_of(actor: Actor) -> QuerySet[ProtocolVersion]:
    """Return the versions that may hold in the actor's areas: national ones and overlays around them."""
    mine = Q(area=None)
    for low, high in actor.spans:
        above: int | None = low
        codes = []
        while above is not None:
            codes.append(above)
            above = parent_of(above)
        mine |= Q(area_id__in=codes) | Q(area_id__gte=low, area_id__lt=high)
    return (
        ProtocolVersion.objects.filter(mine)
        .select_related("area")
        .order_by("family", "-in_force_from", "code")
    )


def access_version(actor: Actor, version_id: int) -> ProtocolVersion:
    """Return a version that may hold in one of the actor's areas, or raise NotVisible."""
    version = versions_of(actor).filter(pk=version_id).first()
    if version is None:
        raise NotVisible
    return version


def events_of(actor: Actor, area: int) -> QuerySet[Event]:
    """Return the events of an area, above it and below it, newest first."""
    if not actor.covers(area):
        return Event.objects.none()
    low, high = span_of(area)
    codes = []
    above: int | None = area
    while above is not None:
        codes.append(above)
        above = parent_of(above)
    return (
        Event.objects.filter(Q(area_id__in=codes) | Q(area_id__gte=low, area_id__lt=high))
        .select_related("area")
        .order_by("closed_at", "-opened_at")
    )


def access_event(actor: Actor, area: int, event_id: int) -> Event:
    """Return an event that concerns an area of the actor's, or raise NotVisible."""
    event = events_of(actor, area).filter(pk=event_id).first()
    if event is None:
        raise NotVisible
    return event


def open_event(area: int, now: datetime, family: str = COVID) -> Event | None:
    """Return the open event that an order in an area belongs to: the nearest above it, newest first."""
    codes = []
    above: int | None = area
    while above is not None:
        codes.append(above)
        above = parent_of(above)
    open_then = Q(closed_at=None) | Q(closed_at__gt=now)
    events = Event.objects.filter(
        open_then, area_id__in=codes, protocol=family, opened_at__lte=now
    ).order_by("-opened_at", "-pk")
    return min(events, key=lambda e: codes.index(e.area_id), default=None)


def families() -> list[str]:
    """Return the kinds of protocols that are stored."""
    return list(
        ProtocolVersion.objects.order_by("family").values_list("family", flat=True).distinct()
    )
