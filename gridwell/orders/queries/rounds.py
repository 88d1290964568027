"""Ordered rounds, and who may record the rounds of a zone (轮次要求、轮次结果谁来填)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db.models import Q, QuerySet

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.core.clock import end_of, start_of
from gridwell.core.errors import NotVisible
from gridwell.core.facts import holds_in
from gridwell.orders.models import RoundOrder, RoundOrderLine, Zone
from gridwell.orders.queries.zones import covered, floors_of, lives_of
from gridwell.orders.rules.lifecycle import ScopeLine
from gridwell.places.models import Place
from gridwell.places.rules.levels import span_of
from gridwell.residents.models import Trait
from gridwell.residents.rules.traits import words


def round_orders_of(actor: Actor, area: int) -> QuerySet[RoundOrder]:
    """Return the ordered rounds of all communities inside an area, the latest day first."""
    if not actor.covers(area):
        return RoundOrder.objects.none()
    low, high = span_of(area)
    rows = RoundOrder.objects.filter(community_id__gte=low, community_id__lt=high)
    return rows.select_related("notice", "zone", "event").order_by("-on", "-pk")


def access_round_order(actor: Actor, community: int, order_id: int) -> RoundOrder:
    """Return an ordered round of the actor's, or raise NotVisible."""
    row = round_orders_of(actor, community).filter(pk=order_id, community_id=community).first()
    if row is None:
        raise NotVisible
    return row


def orders_from(community: int, first: date, last: date, known: datetime) -> list[RoundOrder]:
    """Return the orders for the days [first, last] that stood at an instant, for the snapshot."""
    return list(
        RoundOrder.objects.filter(
            Q(ended_at=None) | Q(ended_at__gt=known),
            community_id=community,
            on__gte=first,
            on__lte=last,
            recorded_at__lte=known,
        )
        .select_related("notice")
        .order_by("pk")
    )


def lines_of(orders: Iterable[RoundOrder]) -> dict[int, tuple[ScopeLine, ...]]:
    """Return the lines of these orders by the order's id, those without lines left out: one query."""
    found: dict[int, list[ScopeLine]] = {}
    rows = RoundOrderLine.objects.filter(order__in=[order.pk for order in orders])
    for row in rows.order_by("pk"):
        line = ScopeLine(
            place=row.place_id,
            floors=floors_of(row.floor_from, row.floor_to),
            is_except=row.is_excepted,
            community=row.community_id,
        )
        found.setdefault(row.order_id, []).append(line)
    return {order: tuple(lines) for order, lines in found.items()}


def ranges_of(
    orders: Sequence[RoundOrder], zone_covers: Mapping[int, frozenset[int]]
) -> dict[int, frozenset[int] | None]:
    """Return the doors of each order; None = the whole community.

    `zone_covers` holds the doors of a zone by the zone's id; a zone that covers nothing asks nobody.
    """
    lines = lines_of(orders)
    inside = covered(lines) if lines else {}
    found: dict[int, frozenset[int] | None] = {}
    for order in orders:
        if order.zone_id is not None:
            found[order.pk] = zone_covers.get(order.zone_id, frozenset())
        else:
            found[order.pk] = inside.get(order.pk, frozenset()) if order.pk in lines else None
    return found


def people_of(orders: Sequence[RoundOrder]) -> dict[int, frozenset[int] | None]:
    """Return whom a round of key people is for, by the order's id; None = everybody of its range.

    Whoever has one of its circumstances at any time of its day: one query for each day asked.
    """
    found: dict[int, frozenset[int] | None] = {order.pk: None for order in orders}
    narrowed = [order for order in orders if order.traits]
    for on in {order.on for order in narrowed}:
        own = [order for order in narrowed if order.on == on]
        by_word: dict[str, set[int]] = {}
        rows = Trait.objects.filter(
            holds_in(start_of(on), end_of(on)),
            community_id=own[0].community_id,
            superseded_at=None,
            code__in={word.partition(":")[0] for order in own for word in order.traits},
        )
        for resident, code, value in rows.values_list("resident_id", "code", "value"):
            for word in words([(code, value)]):
                by_word.setdefault(word, set()).add(resident)
        for order in own:
            everyone = (by_word.get(word, set()) for word in order.traits)
            found[order.pk] = frozenset(set().union(*everyone))
    return found


def may_record_rounds(actor: Actor, zone: Zone) -> bool:
    """Return whether an actor may record outcomes for a zone.

    Somebody whose posts here are narrowed to grids may for zones in which one of these has a door,
    by any range the zone has had.
    """
    if not actor.may(Right.RECORD_HEALTH, zone.community_id):
        return False
    grids = actor.grids_at(zone.community_id)
    if grids is None:
        return True
    dwellings = frozenset().union(*covered(lives_of([zone])[0].lines).values())
    own = Place.objects.filter(community_id=zone.community_id, grid__in=grids)
    return not dwellings.isdisjoint(own.values_list("pk", flat=True))
