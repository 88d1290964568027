"""Who commands a place (提级指挥): its own level, or one above that has taken over."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import BigIntegerField, DateTimeField, Q, QuerySet

from gridwell.accounts.rules.actor import Actor
from gridwell.command.models import TakeOver
from gridwell.core.errors import NotVisible
from gridwell.core.prepared import PreparedIn
from gridwell.orders.queries.notices import areas_above
from gridwell.places.models import Area
from gridwell.places.rules.levels import span_of


def standing(area: int, now: datetime) -> list[TakeOver]:
    """Return the take-overs in force for an area, those of areas above included, the uppermost first.

    One query.
    """
    return _STANDING(areas_above(area), now=now)


def _in_force(now: datetime) -> Q:
    return Q(starts_at__lte=now) & (Q(ends_at=None) | Q(ends_at__gt=now))


def _standing(these: Collection[int], now: datetime) -> QuerySet[TakeOver]:
    rows = TakeOver.objects.filter(_in_force(now), area_id__in=these)
    # In one chain the upper area has the smaller code.
    return rows.select_related("area", "by_area").order_by("by_area_id", "pk")


# Who commands stands on every page.
_STANDING = PreparedIn(_standing, BigIntegerField(), now=DateTimeField())


def decider_of(area: int, now: datetime) -> TakeOver | None:
    """Return the take-over by which another level decides for an area now, or None; one query."""
    found = standing(area, now)
    return found[0] if found else None


def taken_over(areas: Collection[int], now: datetime) -> dict[int, TakeOver]:
    """Return which of some areas another level decides for; one query, whatever their number."""
    chains = {area: areas_above(area) for area in areas}
    codes = {code for chain in chains.values() for code in chain}
    rows = TakeOver.objects.filter(_in_force(now), area_id__in=codes).select_related("by_area")
    by_area: dict[int, TakeOver] = {}
    for row in rows.order_by("-by_area_id"):  # an upper area has the smaller code of its chain
        by_area[row.area_id] = row
    return {
        area: min((by_area[c] for c in chain if c in by_area), key=lambda row: row.by_area_id)
        for area, chain in chains.items()
        if any(code in by_area for code in chain)
    }


def takeovers_of(actor: Actor, area: int) -> QuerySet[TakeOver]:
    """Return the take-overs of an area, of those above and of those below it, newest first."""
    if not actor.covers(area):
        return TakeOver.objects.none()
    low, high = span_of(area)
    where = Q(area_id__in=areas_above(area)) | Q(area_id__gte=low, area_id__lt=high)
    return TakeOver.objects.filter(where).select_related("area", "by_area").order_by("-starts_at")


def access_takeover(actor: Actor, takeover_id: int) -> TakeOver:
    """Return a take-over that the actor's level holds or may see, or raise NotVisible."""
    row = TakeOver.objects.select_related("area", "by_area").filter(pk=takeover_id).first()
    if row is None or not actor.covers(row.area_id):
        raise NotVisible
    return row


def areas_to_take(actor: Actor, area: int) -> QuerySet[Area]:
    """Return the areas inside an area of the actor's that its level may take command of."""
    low, high = span_of(area)
    if not actor.covers(area):
        return Area.objects.none()
    return Area.objects.filter(code__gt=low, code__lt=high, replaced_by=None).order_by("code")
