"""Two entries of one place made one (合并), and the way back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import CharField, Q, Value
from django.db.models.functions import Cast, Concat

from gridwell.audit.actions import record
from gridwell.core.errors import RuleBroken
from gridwell.places.actions.grids import recompute_grids
from gridwell.places.actions.tree import rewrite_names
from gridwell.places.models import Place, PlaceAlias, PlaceMerge
from gridwell.places.rules.scope import Scoped

_KEPT_FIELDS = ("parent_id", "building_id", "unit_id", "path", "own_grid_id", "merged_into_id")


@dataclass(frozen=True)
class MergePlan:
    """What a merge would do: pairs (gone, kept) that become one, and children that move over."""

    pairs: tuple[tuple[Place, Place], ...]
    moving: tuple[Place, ...]


def plan_merge(gone: Place, kept: Place) -> MergePlan:
    """Return what merging would do, without doing it; refuses what is no duplicate."""
    if gone.community_id != kept.community_id or gone.kind != kept.kind:
        raise RuleBroken("places.merge_unlike")
    if gone.pk == kept.pk or gone.path.startswith(kept.path) or kept.path.startswith(gone.path):
        raise RuleBroken("places.merge_itself")
    if gone.merged_into_id or kept.merged_into_id or gone.ended_at or kept.ended_at:
        raise RuleBroken("places.changed_meanwhile")
    below = Place.objects.filter(
        Q(path__startswith=gone.path) | Q(path__startswith=kept.path),
        community=gone.community_id,
        merged_into=None,
        ended_at=None,
    )
    children: dict[int | None, list[Place]] = {}
    for place in below:
        children.setdefault(place.parent_id, []).append(place)
    pairs, moving = [(gone, kept)], []
    waiting = [(gone, kept)]
    while waiting:
        from_place, to_place = waiting.pop()
        there = {(p.kind, p.key): p for p in children.get(to_place.pk, [])}
        for child in children.get(from_place.pk, []):
            twin = there.get((child.kind, child.key))
            if twin is None:
                moving.append(child)
            else:
                pairs.append((child, twin))
                waiting.append((child, twin))
    return MergePlan(tuple(pairs), tuple(moving))


@transaction.atomic
def merge_places(
    *, actor: Scoped, gone: Place, kept: Place, reason: str, now: datetime
) -> PlaceMerge:
    """Merge `gone` into `kept` with all below; facts stay where they are, reads find the survivor.

    Children of one key become one pair each, the others move over. A merged place keeps its row but
    stands below its survivor, so that whatever covers the survivor (a zone, a grid) covers it.
    """
    if not actor.may("edit_register", gone.community_id):
        raise RuleBroken("places.not_allowed")
    if not reason.strip():
        raise RuleBroken("places.no_reason")
    plan = plan_merge(gone, kept)
    before: dict[str, dict[str, Any]] = {}
    touched = [place for place, _ in plan.pairs] + list(plan.moving)
    for place in Place.objects.filter(community=gone.community_id, path__startswith=gone.path):
        before[str(place.pk)] = {name: getattr(place, name) for name in _KEPT_FIELDS}
    # From the bottom up, so that a parent's path still finds its children.
    for place, survivor in reversed(plan.pairs):
        Place.objects.filter(pk=place.pk).update(
            merged_into=survivor,
            parent=survivor.parent_id,
            building=survivor.building_id,
            unit=survivor.unit_id,
            own_grid=None,
            path=f"{survivor.path}{place.pk}/",
        )
        PlaceAlias.objects.get_or_create(
            community_id=kept.community_id,
            place=survivor,
            key=place.key,
            defaults={"name": place.name, "source": "merged", "added_at": now},
        )
        _bring_along(place, survivor)
    survivors = {place.pk: survivor for place, survivor in plan.pairs}
    for child in plan.moving:
        Place.objects.filter(pk=child.pk).update(parent=survivors[child.parent_id or 0])
    _write_moved_paths(gone.community_id, plan, survivors)
    kept.refresh_from_db()
    rewrite_names(kept)
    recompute_grids(community=kept.community_id)
    merge = PlaceMerge.objects.create(
        community_id=kept.community_id,
        kept=kept,
        gone=gone,
        moved=before,
        merged_by=actor.user_id,
        merged_at=now,
    )
    record(
        "places.merged",
        actor=actor,
        community=kept.community_id,
        subject=kept,
        reason=reason,
        at=now,
        gone=gone.pk,
        count=len(touched),
    )
    return merge


def _bring_along(gone: Place, kept: Place) -> None:
    """Let what was merged into `gone` before follow, so that one step leads to the survivor."""
    Place.objects.filter(community=gone.community_id, merged_into=gone).update(
        merged_into=kept,
        parent=kept.parent_id,
        building=kept.building_id,
        unit=kept.unit_id,
        path=Concat(Value(kept.path), Cast("pk", CharField()), Value("/")),
    )


def _write_moved_paths(community: int, plan: MergePlan, survivors: dict[int, Place]) -> None:
    """Write paths of the children that moved over and of all below them."""
    changed = []
    for child in plan.moving:
        new = f"{survivors[child.parent_id or 0].path}{child.pk}/"
        for place in Place.objects.filter(community=community, path__startswith=child.path):
            place.path = new + place.path[len(child.path) :]
            changed.append(place)
    Place.objects.bulk_update(changed, ["path"], batch_size=300)


@transaction.atomic
def undo_merge(*, actor: Scoped, merge: PlaceMerge, now: datetime) -> None:
    """Take a merge back (撤销合并): every place stands again where it stood.

    Refused when one of them was changed by a later merge; undo that one first.
    """
    if not actor.may("edit_register", merge.community_id):
        raise RuleBroken("places.not_allowed")
    later = PlaceMerge.objects.filter(
        Q(gone=merge.kept_id) | Q(gone__in=[int(pk) for pk in merge.moved]),
        community=merge.community_id,
        pk__gt=merge.pk,
        undone_at=None,
    )
    if later.exists():
        raise RuleBroken("places.merged_since")
    undone = PlaceMerge.objects.filter(pk=merge.pk, undone_at=None).update(undone_at=now)
    if not undone:
        raise RuleBroken("places.changed_meanwhile")
    places = list(
        Place.objects.filter(community=merge.community_id, pk__in=[int(pk) for pk in merge.moved])
    )
    for place in places:
        for name, value in merge.moved[str(place.pk)].items():
            setattr(place, name, value)
    fields = [name.removesuffix("_id") for name in _KEPT_FIELDS]
    try:
        with transaction.atomic():
            Place.objects.bulk_update(places, fields, batch_size=100)
    except IntegrityError as error:
        raise RuleBroken("places.name_taken", name=merge.gone.name) from error
    gone = Place.objects.get(pk=merge.gone_id)
    rewrite_names(gone)
    recompute_grids(community=merge.community_id)
    record(
        "places.merge_undone",
        actor=actor,
        community=merge.community_id,
        subject=gone,
        at=now,
        count=len(places),
    )
