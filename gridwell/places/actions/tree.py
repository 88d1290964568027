"""Acts on the tree of places: create, name, move, end; and thousands at once for a ledger."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import IntegrityError, models, transaction
from django.db.models import F, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat, Substr

from gridwell.audit.actions import record
from gridwell.core.bulk import insert_rows, reserve_ids
from gridwell.core.errors import RuleBroken
from gridwell.places.models import Place, PlaceAlias
from gridwell.places.rules import tree
from gridwell.places.rules.levels import PlaceKind
from gridwell.places.rules.naming import match_key
from gridwell.places.rules.scope import Scoped
from gridwell.places.rules.tree import DwellingRow, Step, Steps


def _built(
    *, community: int, kind: PlaceKind, name: str, parent: Place | None, floor: int | None = None
) -> Place:
    """Return a new place, unsaved and without path; everything else is written out."""
    name = name.strip()
    full = (parent.full_name if parent else "") + name
    above = steps_of_parent(parent)
    is_door = kind in {PlaceKind.DWELLING, PlaceKind.SITE}
    return Place(
        community_id=community,
        kind=kind.value,
        parent=parent,
        name=name[:80],
        key=tree.key_of(kind, name)[:80],
        full_name=full[:200],
        full_key=match_key(full)[:200],
        door=tree.door_of((*above, (kind, name))) if is_door else "",
        position=tree.position_of(kind, name),
        floor=floor if floor is not None or not is_door else tree.floor_of(name),
        grid_id=parent.grid_id if parent else None,
        building=_ancestor(parent, PlaceKind.BUILDING),
        unit=_ancestor(parent, PlaceKind.UNIT),
    )


def _ancestor(parent: Place | None, kind: PlaceKind) -> Place | None:
    if parent is None:
        return None
    if parent.kind == kind:
        return parent
    above: Place | None = parent.building if kind == PlaceKind.BUILDING else parent.unit
    return above


def steps_of_parent(parent: Place | None) -> Steps:
    """Return the steps down to a place; walks up by `parent`, which bulk work keeps in memory."""
    steps: list[Step] = []
    while parent is not None:
        steps.append((PlaceKind(parent.kind), parent.name))
        parent = parent.parent
    return tuple(reversed(steps))


def _write_paths(community: int) -> None:
    """Write the path of every place that has none yet, whose parents' paths are written."""
    own = Concat(Cast("pk", models.CharField()), Value("/"))
    above = Place.objects.filter(pk=OuterRef("parent_id")).values("path")[:1]
    fresh = Place.objects.filter(community=community, path="")
    fresh.filter(parent=None).update(path=Concat(Value("/"), own))
    fresh.filter(parent__isnull=False).update(path=Concat(Subquery(above), own))


def _require_right(actor: Scoped, community: int) -> None:
    if not actor.may("edit_register", community):
        raise RuleBroken("places.not_allowed")


@transaction.atomic
def create_place(
    *,
    actor: Scoped,
    community: int,
    kind: PlaceKind,
    name: str,
    parent: Place | None,
    now: datetime,
    floor: int | None = None,
) -> Place:
    """Create one place (新建楼栋、单元、户) and return it."""
    _require_right(actor, community)
    if not name.strip():
        raise RuleBroken("places.no_name")
    above = PlaceKind(parent.kind) if parent else None
    if not tree.may_stand_under(kind, above):
        raise RuleBroken("places.wrong_parent")
    place = _built(community=community, kind=kind, name=name, parent=parent, floor=floor)
    try:
        with transaction.atomic():
            place.save(force_insert=True)
    except IntegrityError as error:
        raise RuleBroken("places.name_taken", name=name) from error
    _write_paths(community)
    place.refresh_from_db(fields=["path"])
    record(
        "places.created", actor=actor, community=community, subject=place, at=now, kind=kind.value
    )
    return place


@transaction.atomic
def ensure_tree(
    *, actor: Scoped, community: int, rows: Iterable[DwellingRow], now: datetime, source: str = ""
) -> dict[Steps, int]:
    """Create what is missing for many dwellings and return the dwelling's id by its steps.

    Compounds, buildings and units are found by key or alias and made when absent; a dwelling that
    exists keeps its floor and vacancy unless it had no floor. Every given `steps` is a key of the result,
    so two spellings of one door lead to one id. Steps that are no address raise RuleBroken; check
    them before with `rules.tree.fault_of`. Queries: two to read, a few a level to write.
    """
    wanted = {row.steps: row for row in rows}
    for steps in wanted:
        if fault := tree.fault_of(steps):
            raise RuleBroken(fault)
    known = _Known(community)
    found: dict[Steps, Place] = {}
    depth = max((len(steps) for steps in wanted), default=0)
    created = 0
    for level in range(depth):
        created += _ensure_level(community, wanted, level, known, found)
    floors = []
    for steps, row in wanted.items():
        place = found[steps]
        if place.floor is None and row.floor is not None:
            place.floor = row.floor
            floors.append(place)
    Place.objects.bulk_update(floors, ["floor"], batch_size=200)
    if created:
        record(
            "places.tree_extended",
            actor=actor,
            community=community,
            at=now,
            count=created,
            source=source,
        )
    return {steps: found[steps].pk for steps in wanted}


class _Known:
    """The live places of a community by (parent id, kind, key); aliases point at theirs."""

    def __init__(self, community: int) -> None:
        live = list(
            Place.objects.filter(community=community, ended_at=None).only(
                *("community_id", "kind", "parent_id", "name", "key", "full_name", "grid_id"),
                *("building_id", "unit_id", "floor", "is_vacant", "path", "merged_into_id"),
            )
        )
        by_id = {place.pk: place for place in live}
        for place in live:  # so that walking up asks the database nothing
            place.parent = by_id.get(place.parent_id) if place.parent_id else None
            place.building = by_id.get(place.building_id) if place.building_id else None
            place.unit = by_id.get(place.unit_id) if place.unit_id else None
        self._places = {
            (place.parent_id, place.kind, place.key): by_id.get(place.merged_into_id or 0, place)
            for place in sorted(live, key=lambda p: p.merged_into_id is None)
        }
        for key, place_id in PlaceAlias.objects.filter(community=community).values_list(
            "key", "place_id"
        ):
            if (named := by_id.get(place_id)) is not None:
                self._places.setdefault((named.parent_id, named.kind, key), named)

    def get(self, parent: Place | None, kind: PlaceKind, name: str) -> Place | None:
        """Return the place of that name under a parent, or None."""
        parent_id = parent.pk if parent else None
        return self._places.get((parent_id, kind.value, tree.key_of(kind, name)[:80]))

    def add(self, place: Place) -> None:
        """Remember a place that was just made."""
        self._places[place.parent_id, place.kind, place.key] = place


def _ensure_level(
    community: int,
    wanted: dict[Steps, DwellingRow],
    level: int,
    known: _Known,
    found: dict[Steps, Place],
) -> int:
    """Find or make the places of one level; return how many were made."""
    fresh: dict[tuple[int | None, str, str], tuple[Place, Steps]] = {}
    same: dict[Steps, tuple[int | None, str, str]] = {}
    for steps, row in wanted.items():
        head = steps[: level + 1]
        if len(steps) <= level or head in found or head in same:
            continue
        kind, name = head[-1]
        parent = found[head[:-1]] if level else None
        there = known.get(parent, kind, name)
        if there is not None:
            found[head] = there
            continue
        place = _built(community=community, kind=kind, name=name, parent=parent)
        if len(steps) == level + 1:
            place.is_vacant = row.is_vacant
            place.floor = row.floor if row.floor is not None else place.floor
        key = (place.parent_id, place.kind, place.key)
        fresh.setdefault(key, (place, head))
        same[head] = key
    _insert([place for place, _ in fresh.values()])
    for place, _ in fresh.values():
        known.add(place)
    for head, key in same.items():
        found[head] = fresh[key][0]
    return len(fresh)


def _insert(places: Sequence[Place]) -> None:
    """Write new places of one level, with the ids and paths they will have."""
    for pk, place in zip(reserve_ids(Place, len(places)), places, strict=True):
        place.pk = pk
        place.path = f"{place.parent.path if place.parent else '/'}{pk}/"
        place._state.adding = False
    fields = Place._meta.concrete_fields
    rows = ([getattr(place, field.attname) for field in fields] for place in places)
    insert_rows(Place, [field.name for field in fields], rows)


@transaction.atomic
def rename_place(*, actor: Scoped, place: Place, name: str, now: datetime) -> None:
    """Give a place another name (更名); the old one stays as an alias, full names below follow."""
    _require_right(actor, place.community_id)
    name = name.strip()
    if not name:
        raise RuleBroken("places.no_name")
    if name == place.name:
        return
    kind = PlaceKind(place.kind)
    old = place.name
    try:
        with transaction.atomic():
            Place.objects.filter(pk=place.pk).update(
                name=name, key=tree.key_of(kind, name)[:80], position=tree.position_of(kind, name)
            )
    except IntegrityError as error:
        raise RuleBroken("places.name_taken", name=name) from error
    PlaceAlias.objects.get_or_create(
        community_id=place.community_id,
        place=place,
        key=tree.key_of(kind, old)[:80],
        defaults={"name": old, "source": "renamed", "added_at": now},
    )
    place.refresh_from_db()
    count = rewrite_names(place)
    record(
        "places.renamed",
        actor=actor,
        community=place.community_id,
        subject=place,
        at=now,
        below=count,
    )


def rewrite_names(top: Place) -> int:
    """Write out full names, keys and doors of a place and all below it; return how many changed."""
    community = top.community_id
    ids = [int(part) for part in top.path.strip("/").split("/")[:-1] if part]
    rows = list(
        Place.objects.filter(community=community).filter(
            models.Q(path__startswith=top.path) | models.Q(pk__in=ids)
        )
    )
    by_id = {place.pk: place for place in rows}
    changed = []
    for place in sorted(rows, key=lambda p: p.path.count("/")):
        place.parent = by_id.get(place.parent_id) if place.parent_id else None
        if place.pk in ids or place.merged_into_id:
            continue
        fresh = _built(
            community=community,
            kind=PlaceKind(place.kind),
            name=place.name,
            parent=place.parent,
            floor=place.floor,
        )
        before = (place.full_name, place.full_key, place.door, place.building_id, place.unit_id)
        place.full_name, place.full_key, place.door = fresh.full_name, fresh.full_key, fresh.door
        place.building, place.unit = fresh.building, fresh.unit
        if before != (
            fresh.full_name,
            fresh.full_key,
            fresh.door,
            fresh.building_id,
            fresh.unit_id,
        ):
            changed.append(place)
    Place.objects.bulk_update(
        changed, ["full_name", "full_key", "door", "building", "unit"], batch_size=150
    )
    return len(changed)


@transaction.atomic
def move_place(*, actor: Scoped, place: Place, parent: Place | None, now: datetime) -> None:
    """Hang a place, with all below it, under another one (改挂); grids are resolved anew."""
    from gridwell.places.actions.grids import recompute_grids

    _require_right(actor, place.community_id)
    kind = PlaceKind(place.kind)
    if not tree.may_stand_under(kind, PlaceKind(parent.kind) if parent else None):
        raise RuleBroken("places.wrong_parent")
    if parent is not None and parent.path.startswith(place.path):
        raise RuleBroken("places.inside_itself")
    try:
        with transaction.atomic():
            Place.objects.filter(pk=place.pk).update(parent=parent)
    except IntegrityError as error:
        raise RuleBroken("places.name_taken", name=place.name) from error
    _repath(place, (parent.path if parent else "/") + f"{place.pk}/")
    place.refresh_from_db()
    rewrite_names(place)
    recompute_grids(community=place.community_id)
    record(
        "places.moved",
        actor=actor,
        community=place.community_id,
        subject=place,
        at=now,
        under=parent.pk if parent else None,
    )


def _repath(place: Place, path: str) -> None:
    """Write new paths for a place and all below it, in one statement."""
    below = Place.objects.filter(community=place.community_id, path__startswith=place.path)
    rest = Substr(F("path"), len(place.path) + 1)
    below.update(path=Concat(Value(path), rest))


@transaction.atomic
def end_place(*, actor: Scoped, place: Place, reason: str, now: datetime) -> None:
    """End a place that is no more (拆除、停用), with all below it; facts of the past stay.

    That nobody lives there any more is for the caller to know: `residents.actions.end_place` asks.
    """
    _require_right(actor, place.community_id)
    if not reason.strip():
        raise RuleBroken("places.no_reason")
    count = Place.objects.filter(
        community=place.community_id, path__startswith=place.path, ended_at=None
    ).update(ended_at=now)
    if not count:
        raise RuleBroken("places.changed_meanwhile")
    record(
        "places.ended",
        actor=actor,
        community=place.community_id,
        subject=place,
        reason=reason,
        at=now,
        count=count,
    )


@transaction.atomic
def add_alias(
    *, actor: Scoped, place: Place, name: str, now: datetime, source: str = "by hand"
) -> PlaceAlias:
    """Remember another name of a place (别名); giving the same one again changes nothing."""
    name = name.strip()
    if not name:
        raise RuleBroken("places.no_name")
    alias, is_new = PlaceAlias.objects.get_or_create(
        community_id=place.community_id,
        place=place,
        key=tree.key_of(PlaceKind(place.kind), name)[:120],
        defaults={"name": name[:120], "source": source[:60], "added_at": now},
    )
    if is_new:
        record(
            "places.alias_added",
            actor=actor,
            community=place.community_id,
            subject=place,
            at=now,
            alias=alias.pk,
            source=source,
        )
    return alias


@transaction.atomic
def set_dwelling(
    *, actor: Scoped, place: Place, floor: int | None, is_vacant: bool, now: datetime
) -> None:
    """Set the floor of a dwelling and whether it stands empty (楼层、空户)."""
    _require_right(actor, place.community_id)
    if place.kind != PlaceKind.DWELLING:
        raise RuleBroken("places.no_dwelling")
    Place.objects.filter(pk=place.pk).update(floor=floor, is_vacant=is_vacant)
    place.refresh_from_db(fields=["floor", "is_vacant"])
    record(
        "places.dwelling_set",
        actor=actor,
        community=place.community_id,
        subject=place,
        at=now,
        floor=floor,
        vacant=is_vacant,
    )
