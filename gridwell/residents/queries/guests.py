"""Reads of people who are here without being registered (暂住、访客、店员)."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from gridwell.accounts.rules.actor import Actor
from gridwell.core.errors import NotVisible
from gridwell.residents.models import Stay


def guests_of(actor: Actor, community: int) -> QuerySet[Stay]:
    """Return the stays of the actor's grids as known now, with their places."""
    rows = Stay.objects.filter(community_id=community, superseded_at=None)
    if not actor.covers(community):
        return rows.none()
    grids = actor.grids_at(community)
    rows = rows.select_related("place", "place__grid")
    return rows if grids is None else rows.filter(place__grid_id__in=grids)


def stays_of(community: int, refs: Collection[UUID]) -> dict[UUID, Stay]:
    """Return the stays as known now by their `ref`, which is what health facts of a guest carry."""
    if not refs:
        return {}
    rows = Stay.objects.filter(community_id=community, superseded_at=None, ref__in=refs)
    return {row.ref: row for row in rows}


def guests_here(actor: Actor, community: int, now: datetime) -> QuerySet[Stay]:
    """Return who is here now or expected, the doors in order."""
    rows = guests_of(actor, community).filter(Q(ends_at=None) | Q(ends_at__gt=now))
    return rows.order_by("place__building_id", "place__full_key", "name", "pk")


def guests_gone(actor: Actor, community: int, now: datetime) -> QuerySet[Stay]:
    """Return who has left, the last one first."""
    return guests_of(actor, community).filter(ends_at__lte=now).order_by("-ends_at", "-pk")


def access_guest(actor: Actor, community: int, stay_id: int) -> Stay:
    """Return a stay of the actor's grids, or raise NotVisible."""
    row = guests_of(actor, community).filter(pk=stay_id).first()
    if row is None:
        raise NotVisible
    return row
