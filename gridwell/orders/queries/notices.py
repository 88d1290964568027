"""Reads of notices (通告): who sees which, where they belong, how each community stands."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from gridwell.accounts.rules.actor import Actor
from gridwell.core.errors import NotVisible
from gridwell.orders.models import ItemMatch, Notice, NoticeAnswer, NoticeItem, NoticePart
from gridwell.places.models import Area
from gridwell.places.rules.levels import parent_of, span_of
from gridwell.places.rules.naming import match_key


def areas_above(area: int) -> list[int]:
    """Return an area's code and those of all areas above it, nearest first."""
    codes = [area]
    while (above := parent_of(codes[-1])) is not None:
        codes.append(above)
    return codes


def notices_of(actor: Actor, area: int) -> QuerySet[Notice]:
    """Return the notices that concern an area: issued for it, above it, or below it."""
    if not actor.covers(area):
        return Notice.objects.none()
    low, high = span_of(area)
    below = Q(area_id__gte=low, area_id__lt=high)
    return Notice.objects.filter(below | Q(area_id__in=areas_above(area)))


def access_notice(actor: Actor, notice_id: int) -> Notice:
    """Return a notice that concerns one of the actor's areas, or raise NotVisible."""
    notice = Notice.objects.select_related("area", "event").filter(pk=notice_id).first()
    if notice is None:
        raise NotVisible
    low, high = span_of(notice.area_id)
    for post_low, post_high in actor.spans:
        if post_low < high and low < post_high:
            return notice
    raise NotVisible


def items_of(notice: Notice) -> list[NoticeItem]:
    """Return the items of a notice in printed order."""
    return list(notice.items.order_by("sequence"))


def parts_of(actor: Actor, notice: Notice) -> list[NoticePart]:
    """Return the parts of the communities in the actor's scope, by community."""
    inside = Q(pk__in=[])
    for low, high in actor.spans:
        inside |= Q(community_id__gte=low, community_id__lt=high)
    return list(notice.parts.filter(inside).select_related("community").order_by("community_id"))


def access_part(actor: Actor, notice_id: int, community: int) -> NoticePart:
    """Return one community's part of a notice, or raise NotVisible.

    A notice that concerns the community but matched nothing there has no part yet: an unsaved one in
    state "none" stands for it.
    """
    if not actor.covers(community):
        raise NotVisible
    part = (
        NoticePart.objects.select_related("notice", "notice__area", "community", "notice__event")
        .filter(notice_id=notice_id, community_id=community)
        .first()
    )
    if part is not None:
        return part
    notice = notices_of(actor, community).select_related("area", "event").filter(pk=notice_id)
    found, area = notice.first(), Area.objects.filter(pk=community, level="community").first()
    if found is None or area is None:
        raise NotVisible
    return NoticePart(notice=found, community=area, state="none")


def waiting_counts(notices: Iterable[Notice], actor: Actor) -> dict[int, dict[str, int]]:
    """Return per notice how many parts of the actor's communities stand how: one query."""
    inside = Q(pk__in=[])
    for low, high in actor.spans:
        inside |= Q(community_id__gte=low, community_id__lt=high)
    rows = (
        NoticePart.objects.filter(inside, notice__in=[n.pk for n in notices])
        .values_list("notice_id", "state")
        .annotate(n=Count("pk"))
        .order_by()
    )
    found: dict[int, dict[str, int]] = {}
    for notice, state, count in rows:
        found.setdefault(notice, {})[state] = count
    return found


def matches_of(notice: Notice, community: int | None = None) -> list[ItemMatch]:
    """Return the matches of a notice's items, in one community or all."""
    rows = ItemMatch.objects.filter(item__notice=notice).select_related("place")
    if community is not None:
        rows = rows.filter(community_id=community)
    return list(rows.order_by("item__sequence", "is_exception", "index", "choice", "place_id"))


def answers_of(notice: Notice, area: int) -> dict[tuple[str, int, int], NoticeAnswer]:
    """Return the answers given for an area, by (code, sequence, start)."""
    return {
        (a.code, a.sequence, a.start): a
        for a in NoticeAnswer.objects.filter(notice=notice, area_id=area)
    }


@dataclass(frozen=True)
class Issuing:
    """Which area a notice belongs to, and the districts it names."""

    area: Area
    districts: dict[str, Area]


def issuing_area(issuer: str, names: Iterable[str], at: int) -> Issuing:
    """Return the area that issued a notice entered at `at`, and the districts by printed name.

    The area whose name stands in the issuer's, else the lowest area above `at` that holds all the
    districts named, else `at` itself. Two queries.
    """
    above = {a.pk: a for a in Area.objects.filter(pk__in=areas_above(at))}
    chain = [above[code] for code in areas_above(at) if code in above]
    wanted = {match_key(name) for name in names if name}
    top = chain[-1] if chain else Area.objects.get(pk=at)
    low, high = span_of(top.pk)
    near = Area.objects.filter(
        pk__gte=low, pk__lt=high, level__in=("city", "district", "subdistrict")
    )
    by_key: dict[str, list[Area]] = {}
    for area in near:
        by_key.setdefault(match_key(area.name), []).append(area)
    home = _named(issuer, chain, by_key) or _holding(wanted, chain, by_key) or chain[0]
    return Issuing(home, _districts(names, home, by_key))


def _named(issuer: str, chain: list[Area], by_key: dict[str, list[Area]]) -> Area | None:
    """Return the narrowest area named in the issuer's words: of the chain, else any near one."""
    key = match_key(issuer)
    if not key:
        return None
    for area in chain:
        if match_key(area.name) in key:
            return area
    found = [a for name, areas in by_key.items() if len(name) >= 2 and name in key for a in areas]
    return max(found, key=lambda a: a.pk % 10**8 != 0, default=None) if len(found) == 1 else None


def _holding(wanted: set[str], chain: list[Area], by_key: dict[str, list[Area]]) -> Area | None:
    codes = [area.pk for name in wanted for area in by_key.get(name, ())]
    if not codes:
        return None
    for area in chain:
        low, high = span_of(area.pk)
        if all(low <= code < high for code in codes):
            return area
    return None


def _districts(names: Iterable[str], home: Area, by_key: dict[str, list[Area]]) -> dict[str, Area]:
    low, high = span_of(home.pk)
    found: dict[str, Area] = {}
    for name in names:
        inside = [a for a in by_key.get(match_key(name or ""), ()) if low <= a.pk < high]
        if len(inside) == 1:
            found[name] = inside[0]
    return found
