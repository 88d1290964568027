"""Reads of zones (风险区): their lives loaded set-based, and the dwellings that they cover.

`lives_of` costs five queries for any number of zones and communities. Whoever needs levels, days
and scopes asks `orders.rules.lifecycle` with what it returns.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from gridwell.accounts.rules.actor import Actor
from gridwell.core.errors import NotVisible
from gridwell.orders.models import StandstillLine, Zone, ZoneChange, ZoneLine, ZoneRound
from gridwell.orders.rules.lifecycle import (
    Act,
    Change,
    Precision,
    Round,
    ScopeLine,
    Source,
    ZoneState,
    state_at,
)
from gridwell.orders.rules.zones import DwellingRow, resolve
from gridwell.places.models import Place
from gridwell.places.rules.levels import PlaceKind, span_of
from gridwell.protocols.rules.model import Level

RowOf = TypeVar("RowOf", bound=Model)


@dataclass(frozen=True)
class ZoneLife:
    """A zone with everything that ever happened to it (风险区的一生), as the rules take it.

    `rows` are the database rows of the changes by id, for pages that show who recorded them.
    """

    zone: Zone
    changes: tuple[Change, ...]
    rounds: tuple[Round, ...]
    rows: Mapping[int, ZoneChange] = field(default_factory=dict)

    @cached_property
    def lines(self) -> dict[int, tuple[ScopeLine, ...]]:
        """Return the scope that each change row brought, by the row's id."""
        return {c.id: c.scope for c in self.changes if c.scope is not None}

    def at(self, instant: datetime, known_at: datetime | None = None) -> ZoneState:
        """Return how the zone stands at an instant."""
        return state_at(self.changes, instant, known_at)


def zones_of(actor: Actor, community: int) -> QuerySet[Zone]:
    """Return the zones of a community that the actor may see."""
    if not actor.covers(community):
        return Zone.objects.none()
    return Zone.objects.filter(community_id=community)


def zones_in(actor: Actor, area: int) -> QuerySet[Zone]:
    """Return the zones of all communities inside an area that the actor may see."""
    low, high = span_of(area)
    if not actor.covers(area):
        return Zone.objects.none()
    return Zone.objects.filter(community_id__gte=low, community_id__lt=high)


def zones_at(community: int | None) -> QuerySet[Zone]:
    """Return all zones of a community, or of the installation; for background work only."""
    rows = Zone.objects.order_by("pk")
    return rows if community is None else rows.filter(community_id=community)


def access_zone(actor: Actor, zone_id: int) -> Zone:
    """Return a zone of the actor's, or raise NotVisible."""
    zone = Zone.objects.select_related("community", "event").filter(pk=zone_id).first()
    if zone is None or not actor.covers(zone.community_id):
        raise NotVisible
    return zone


def latest_change(community: int) -> int:
    """Return the id of the last change recorded in a community's zones, 0 for none: what was seen."""
    rows = ZoneChange.objects.filter(community_id=community).order_by("-pk")
    return rows.values_list("pk", flat=True).first() or 0


def lives_of(zones: QuerySet[Zone] | Iterable[Zone]) -> list[ZoneLife]:
    """Return the lives of these zones, in their order: four queries in all."""
    rows = list(zones)
    ids = [zone.pk for zone in rows]
    changes: dict[int, list[ZoneChange]] = {}
    for change in _in(ZoneChange.objects.select_related("notice", "item"), "zone_id", ids):
        changes.setdefault(change.zone_id, []).append(change)
    lines: dict[int, list[ScopeLine]] = {}
    held = [c.pk for found in changes.values() for c in found]
    for line in _in(ZoneLine.objects.all(), "change_id", held):
        lines.setdefault(line.change_id, []).append(scope_line(line))
    rounds: dict[int, list[Round]] = {}
    for outcome in _in(ZoneRound.objects.all(), "zone_id", ids):
        rounds.setdefault(outcome.zone_id, []).append(_round(outcome))
    return [
        ZoneLife(
            zone=zone,
            changes=tuple(_change(c, lines.get(c.pk), zone) for c in changes.get(zone.pk, ())),
            rounds=tuple(rounds.get(zone.pk, ())),
            rows={c.pk: c for c in changes.get(zone.pk, ())},
        )
        for zone in rows
    ]


def _in(rows: QuerySet[RowOf], field: str, ids: Sequence[int]) -> Iterable[RowOf]:
    """Yield rows by a list of ids in steps that SQLite's limit of variables allows."""
    for start in range(0, len(ids), 900):
        yield from rows.filter(**{f"{field}__in": ids[start : start + 900]}).order_by("pk")


def floors_of(low: int | None, high: int | None) -> tuple[int, int] | None:
    """Return stored floors as the rules take them: both, or all of them."""
    return None if low is None or high is None else (low, high)


def scope_line(line: ZoneLine | StandstillLine) -> ScopeLine:
    """Return a stored line as the rules take it."""
    return ScopeLine(
        place=line.place_id,
        floors=floors_of(line.floor_from, line.floor_to),
        is_except=line.is_excepted,
        community=line.community_id,
    )


def _change(row: ZoneChange, lines: Sequence[ScopeLine] | None, zone: Zone) -> Change:
    scope = tuple(lines) if lines else None
    if scope is None and row.act == Act.DESIGNATE:
        # A boundary that nobody has matched to the register: a zone that covers nothing yet.
        scope = (ScopeLine(place=None, community=zone.community_id, boundary=zone.boundary),)
    is_day = row.effective_on is not None
    return Change(
        id=row.pk,
        act=Act(row.act),
        effective_at=row.effective_at,
        recorded_at=row.recorded_at,
        precision=Precision.DAY if is_day else Precision.MINUTE,
        level=Level(row.level) if row.level else None,
        scope=scope,
        source=source_of(row),
        counts_as_on=row.effective_on,
        target=row.corrects_id,
        reason=row.reason,
    )


def source_of(row: ZoneChange) -> Source:
    """Return where a change comes from: the notice and its item, or who ordered it."""
    notice = row.notice
    return Source(
        notice_id=row.notice_id,
        notice=str(notice) if notice is not None else "",
        issuer=notice.issuer if notice is not None else row.ordered_by,
        item_id=row.item_id,
        text=row.item.text if row.item is not None else row.ordered_how,
    )


def _round(row: ZoneRound) -> Round:
    return Round(
        on=row.on,
        due=row.due,
        sampled=row.sampled,
        negative=row.negative,
        recorded_at=row.recorded_at,
        last_negative_at=row.last_result_at,
        positive=row.positive,
        source=row.source,
    )


#: A lived-in place as it is read: its id, its floor, its path.
PlaceRow = tuple[int, int | None, str]


def dwellings_under(lines: Iterable[ScopeLine]) -> list[DwellingRow]:
    """Return the dwellings and sites at or below the places of these lines: two queries."""
    return [_dwelling_row(row) for row in _rows_under(lines)]


def _rows_under(lines: Iterable[ScopeLine]) -> list[PlaceRow]:
    """Return what lies under these lines by ranges of `path`, which an index serves; no more."""
    places = sorted({line.place for line in lines if line.place is not None})
    roots = Place.objects.filter(pk__in=places).values_list("community_id", "path")
    inside = Q(pk__in=[])
    for community, path in _outermost(roots):
        # "/12/" up to "/12" + the character after "/": every path that starts so, by range.
        inside |= Q(community_id=community, path__gte=path, path__lt=path[:-1] + "0")
    rows = Place.objects.filter(
        inside, kind__in=(PlaceKind.DWELLING, PlaceKind.SITE), merged_into=None, ended_at=None
    )
    return list(rows.values_list("pk", "floor", "path"))


def _dwelling_row(row: PlaceRow) -> DwellingRow:
    return DwellingRow(row[0], row[1], ids_of_path(row[2]))


def _outermost(roots: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    kept: list[tuple[int, str]] = []
    for community, path in sorted(roots):
        if not (kept and kept[-1][0] == community and path.startswith(kept[-1][1])):
            kept.append((community, path))
    return kept


def ids_of_path(path: str) -> tuple[int, ...]:
    """Return the ids in a path, the place's own included."""
    return tuple(int(part) for part in path.split("/") if part)


def covered(
    scopes: Mapping[int, Sequence[ScopeLine]], rows: Iterable[PlaceRow] | None = None
) -> dict[int, frozenset[int]]:
    """Return the dwellings that each scope covers, floors and exceptions honoured: two queries.

    Keys are the caller's (zone ids, change ids). Whoever has read all lived-in places of the
    community already hands them in as `rows`; then nothing is read.
    """
    # Each scope looks only at what lies under its own places, however many scopes there are.
    under: dict[str, list[PlaceRow]] = {
        str(line.place): [] for lines in scopes.values() for line in lines if line.place is not None
    }
    if rows is None:
        rows = _rows_under(line for lines in scopes.values() for line in lines)
    for row in rows:
        for place in row[2].split("/"):
            if place in under:
                under[place].append(row)
    return {key: _resolved(lines, under) for key, lines in scopes.items()}


def _resolved(lines: Sequence[ScopeLine], under: Mapping[str, list[PlaceRow]]) -> frozenset[int]:
    found = [row for line in lines for row in under.get(str(line.place), ())]
    if not any(line.is_except or line.floors for line in lines):  # whole places, as most are
        return frozenset(row[0] for row in found)
    return resolve(lines, map(_dwelling_row, found))


def covers_of(
    lives: Iterable[ZoneLife], rows: Iterable[PlaceRow] | None = None
) -> dict[int, frozenset[int]]:
    """Return the dwellings each change row with lines covers, by the change's id, for the plan."""
    return covered({row: lines for life in lives for row, lines in life.lines.items()}, rows)


def open_lives(community: int, at: datetime, *, known_at: datetime | None = None) -> list[ZoneLife]:
    """Return the lives of a community's zones that are open at an instant."""
    open_then = Q(closed_at=None) | Q(closed_at__gt=at)
    lives = lives_of(Zone.objects.filter(open_then, community_id=community).order_by("pk"))
    return [life for life in lives if life.at(at, known_at).is_open]


def place_names(lines: Iterable[ScopeLine]) -> dict[int, tuple[str, str]]:
    """Return place id -> (full name, kind) of all places in these lines: one query."""
    ids = {line.place for line in lines if line.place is not None}
    rows = Place.objects.filter(pk__in=ids).values_list("pk", "full_name", "kind")
    return {pk: (name, kind) for pk, name, kind in rows}
