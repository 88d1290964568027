"""Where a notice orders that all the rest is low risk (其他区域为低风险区): whole districts, item or not."""

from collections.abc import Iterable

from django.db.models import Q

from gridwell.orders.models import ItemMatch, Notice, NoticeItem, Zone
from gridwell.orders.queries.notices import areas_above
from gridwell.places.models import Area
from gridwell.places.rules.levels import AreaLevel, span_of
from gridwell.places.rules.naming import match_key


def communities_of_areas(areas: Iterable[Area]) -> list[int]:
    """Return the communities inside some areas: one query, none for no areas."""
    inside = Q(pk__in=[])
    for area in areas:
        low, high = span_of(area.pk)
        inside |= Q(code__gte=low, code__lt=high)
    rows = Area.objects.filter(inside, level=AreaLevel.COMMUNITY, replaced_by=None)
    return list(rows.order_by("code").values_list("code", flat=True)) if inside else []


def low_among(notice: Notice, communities: Iterable[int]) -> frozenset[int]:
    """Return which of these communities lie in a district whose rest the notice calls low: one query."""
    wanted = {match_key(name) for name in notice.reading.get("rest_low", ())}
    if not wanted:
        return frozenset()
    chains = {code: areas_above(code) for code in communities}
    codes = {code for chain in chains.values() for code in chain[1:]}
    named = {
        pk
        for pk, name in Area.objects.filter(pk__in=codes).values_list("pk", "name")
        if match_key(name) in wanted
    }
    return frozenset(code for code, chain in chains.items() if named.intersection(chain))


def low_only(notice: Notice, communities: Iterable[int]) -> frozenset[int]:
    """Return those that the low-risk order reaches and that no item of the notice is about.

    A corrected notice takes back what the one before did, item or not: none of it is low-only.
    """
    if notice.corrects_id is not None:
        return frozenset()
    reached = low_among(notice, communities)
    if not reached:
        return reached
    matched = ItemMatch.objects.filter(
        item__notice=notice, community_id__in=reached, place__isnull=False
    )
    return reached.difference(matched.values_list("community_id", flat=True).distinct())


def rest_areas(items: Iterable[NoticeItem], home: int) -> frozenset[int]:
    """Return the areas in which an item lifts all zones but those it names (除以下区域外其他解除)."""
    return frozenset(
        item.district_id or home
        for item in items
        if item.act == "lift"
        and item.except_places
        and [place.get("kind") for place in item.places] == ["district"]
    )


def communities_with_zones(areas: Iterable[int]) -> list[int]:
    """Return the communities inside these areas that have an open zone: one query, none for no areas."""
    spans = [span_of(code) for code in areas]
    if not spans:
        return []
    inside = Q(pk__in=[])
    for low, high in spans:
        inside |= Q(community_id__gte=low, community_id__lt=high)
    rows = Zone.objects.filter(inside, closed_at=None)
    return sorted(set(rows.values_list("community_id", flat=True)))
