"""Candidates of the register for the places of a notice (地名匹配): few queries, no walk over dwellings.

The grounds of a city are some ten thousand rows, found by an index on their kind; buildings, units
and rooms are fetched only below the grounds that were found. So 50 items cost the same against
two million dwellings as against two thousand.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.db.models.functions import Length

from gridwell.accounts.rules.actor import Actor
from gridwell.orders.rules.matching import (
    INCOMPLETE,
    LEAST,
    Because,
    Gazetteer,
    Ground,
    Scored,
    Wanted,
    wanted_of,
)
from gridwell.places.models import Place, PlaceAlias
from gridwell.places.queries import DOORS, places_of
from gridwell.places.rules.levels import PlaceKind, span_of
from gridwell.places.rules.naming import match_key

GROUND_KINDS = (PlaceKind.COMPOUND, PlaceKind.VILLAGE, PlaceKind.LANE)
ROOT_KINDS = (PlaceKind.BUILDING, PlaceKind.ROW, PlaceKind.SITE)
BELOW_KINDS = (PlaceKind.BUILDING, PlaceKind.ROW, PlaceKind.UNIT)
_STANDING = frozenset((*GROUND_KINDS, *ROOT_KINDS))
_FIELDS = ("id", "community_id", "kind", "key", "full_key", "merged_into_id", "ended_at")


@dataclass(frozen=True, slots=True)
class Asked:
    """One place of one item, and in which district to look for it (a 12-digit code)."""

    item: int
    index: int
    is_exception: bool
    district: int
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place, or the rooms of one, that may be meant; `is_whole` when nothing below is missing."""

    community: int
    places: tuple[int, ...]
    confidence: int
    because: Because
    floors: tuple[int, int] | None

    @property
    def is_whole(self) -> bool:
        return self.confidence > INCOMPLETE


def asked_of(items: Iterable[Any], area: int) -> list[Asked]:
    """Return what the items of a notice ask for; `items` are NoticeItem rows."""
    asked = []
    for item in items:
        for is_exception, places in ((False, item.places), (True, item.except_places)):
            for index, place in enumerate(places):
                wanted = wanted_of(place)
                if wanted is not None:
                    asked.append(
                        Asked(item.pk, index, is_exception, item.district_id or area, wanted)
                    )
    return asked


def candidates(
    asked: Sequence[Asked], *, communities: Sequence[int] | None = None
) -> dict[tuple[int, int, bool], list[Candidate]]:
    """Return the candidates per (item, index, is_exception), best first.

    Six queries at most, whatever the number of items. `communities` narrows to some of them.
    """
    found: dict[Asked, list[Scored]] = {}
    for district in sorted({a.district for a in asked}):
        ours = [a for a in asked if a.district == district]
        book = gazetteer(district, communities=communities)
        for one in ours:
            found[one] = book.find(one.wanted)
    return {(one.item, one.index, one.is_exception): rows for one, rows in _below(found).items()}


def gazetteer(area: int, *, communities: Sequence[int] | None = None) -> Gazetteer:
    """Return the grounds inside an area with their aliases: three queries by index."""
    low, high = span_of(area)
    inside = Q(community_id__gte=low, community_id__lt=high)
    if communities is not None:
        inside &= Q(community_id__in=communities)
    # What is merged or gone is left out here, not in SQL: SQLite takes an index on a column that is
    # null in every row for a good one, and reads the whole table by it.
    found = Place.objects.filter(inside, kind__in=GROUND_KINDS).values_list(*_FIELDS)
    roots = Place.objects.filter(inside, parent=None).values_list(*_FIELDS)
    rows = {
        row[0]: row[:5]
        for row in (*found, *roots)
        if row[5] is None and row[6] is None and row[2] in _STANDING
    }
    aliases = PlaceAlias.objects.filter(inside).values_list("key", "place_id")
    return Gazetteer.of((Ground(*row) for row in rows.values()), aliases)


def _below(found: Mapping[Asked, Sequence[Scored]]) -> dict[Asked, list[Candidate]]:
    """Return the candidates walked down to building, unit and rooms: two queries for all."""
    grounds = {
        scored.ground.id
        for one, rows in found.items()
        if one.wanted.below or one.wanted.rooms
        for scored in rows
    }
    parts = _children(grounds, BELOW_KINDS)
    outer = {place for children in parts.values() for place in children.values()}
    parts |= _children(outer, (PlaceKind.UNIT,))
    ends: dict[tuple[Asked, int], tuple[int, Because | None]] = {}
    for one, rows in found.items():
        for scored in rows:
            ends[one, scored.ground.id] = _walk(scored, one.wanted, parts)
    with_rooms = {
        place for (one, _), (place, lack) in ends.items() if one.wanted.rooms and lack is None
    }
    rooms = _children(with_rooms, (PlaceKind.DWELLING, PlaceKind.SITE))
    return {
        one: _sorted(
            _candidate(one.wanted, scored, *ends[one, scored.ground.id], rooms) for scored in rows
        )
        for one, rows in found.items()
    }


def _walk(
    scored: Scored, wanted: Wanted, parts: Mapping[int, Mapping[str, int]]
) -> tuple[int, Because | None]:
    """Return the innermost place that exists, and what is missing below it."""
    place = scored.ground.id
    for key in wanted.below:
        if scored.is_building and key == wanted.building:
            continue  # the ground is the building itself
        below = parts.get(place, {})
        inner = below.get(key)
        if inner is None and key == wanted.unit and not wanted.building and len(below) == 1:
            (only,) = below.values()  # 中财大厦2单元: the estate is one building
            inner = parts.get(only, {}).get(key)
        if inner is None:
            return place, Because.NO_UNIT if key == wanted.unit else Because.NO_BUILDING
        place = inner
    return place, None


def _candidate(
    wanted: Wanted,
    scored: Scored,
    place: int,
    lack: Because | None,
    rooms: Mapping[int, Mapping[str, int]],
) -> Candidate:
    community = scored.ground.community
    if lack is None and wanted.rooms:
        known = rooms.get(place, {})
        inside = tuple(known[room] for room in wanted.rooms if room in known)
        if inside and len(inside) == len(wanted.rooms):
            return Candidate(community, inside, scored.confidence, scored.because, None)
        lack = Because.NO_ROOM
    if lack is not None:
        return Candidate(community, (place,), INCOMPLETE, lack, None)
    return Candidate(community, (place,), scored.confidence, scored.because, wanted.floors)


def _sorted(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Return the candidates best first; those that lack a part only where no other has it."""
    rows = sorted(candidates, key=lambda c: (-c.confidence, c.places))
    whole = [c for c in rows if c.confidence >= LEAST]
    return whole or rows


def _children(parents: Iterable[int], kinds: Sequence[str]) -> dict[int, dict[str, int]]:
    """Return parent id -> match key -> id, by the index on parent."""
    ids = sorted(parents)
    found: dict[int, dict[str, int]] = {}
    for start in range(0, len(ids), 800):  # SQLite's limit of variables
        rows = Place.objects.filter(parent_id__in=ids[start : start + 800]).values_list(
            "id", "parent_id", "key", "kind", "merged_into_id", "ended_at"
        )
        for pk, parent, key, kind, merged_into, ended_at in rows:
            if kind in kinds and parent is not None and merged_into is None and ended_at is None:
                found.setdefault(parent, {})[key.removesuffix("室").removesuffix("户")] = pk
    return found


def suggestions(community: int, words: str, *, limit: int = 12) -> list[Place]:
    """Return places of a community whose written-out name holds the words, for choosing by hand.

    Dwellings only when the words name one exactly. One query.
    """
    key = match_key(words)
    if not key:
        return []
    live = Place.objects.filter(community_id=community, merged_into=None, ended_at=None)
    inside = Q(full_key__contains=key) & Q(kind__in=(*GROUND_KINDS, *ROOT_KINDS, PlaceKind.UNIT))
    return list(live.filter(inside | Q(full_key=key)).order_by("full_key")[:limit])


def place_named(community: int, words: str) -> Place | None:
    """Return the one place of a community that these words name, or None when none or several do."""
    key = match_key(words)
    live = Place.objects.filter(
        community_id=community, merged_into=None, ended_at=None, full_key=key
    )
    found = list(live[:2]) if key else []
    return found[0] if len(found) == 1 else None


def places_by_id(community: int, ids: Iterable[int]) -> dict[int, Place]:
    """Return the live places of a community among these ids: one query, none for no ids."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = Place.objects.filter(
        community_id=community, pk__in=wanted, merged_into=None, ended_at=None
    )
    return {place.pk: place for place in rows}


def offered(
    actor: Actor, community: int, words: str, *, doors_only: bool = False, limit: int = 10
) -> list[Place]:
    """Return places that the actor may see and whose name or alias holds the words: two queries.

    Grounds, buildings, units and sites; a dwelling when its door (2-1-1501) or whole name is typed.
    With `doors_only` dwellings and sites by any part of their name, and nothing else.
    """
    key = match_key(words)
    if not key:
        return []
    named = Q(full_key__contains=key)
    exact = Q(full_key=key) | Q(door=words.strip())
    if doors_only:
        wanted = Q(kind__in=DOORS) & (named | exact | Q(door__startswith=words.strip()))
    else:
        aliases = PlaceAlias.objects.filter(community_id=community, key__contains=key)
        alias = Q(pk__in=list(aliases.values_list("place_id", flat=True)[:limit]))
        kinds = (*GROUND_KINDS, *ROOT_KINDS, PlaceKind.UNIT)
        wanted = ((named | alias) & Q(kind__in=kinds)) | exact
    found = places_of(actor, community).filter(wanted).select_related("grid")
    return list(found.order_by(Length("full_key"), "full_key", "pk")[:limit])
