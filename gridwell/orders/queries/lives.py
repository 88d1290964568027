"""From stored rows to the pure objects of `rules.lifecycle`: changes, lines, rounds, set-based."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from gridwell.orders.models import ZoneChange, ZoneLine, ZoneRound
from gridwell.orders.rules.lifecycle import Act, Change, Precision, Round, ScopeLine, Source
from gridwell.protocols.rules.model import Level


def scopes_of(community: int, zones: Iterable[int]) -> dict[int, tuple[ScopeLine, ...]]:
    """Return the lines of each change of the zones by change id; one query."""
    lines: dict[int, list[ScopeLine]] = defaultdict(list)
    rows = ZoneLine.objects.filter(
        community_id=community, change__zone_id__in=list(zones)
    ).values_list("change_id", "place_id", "floor_from", "floor_to", "is_excepted")
    for change, place, low, high, is_excepted in rows.order_by("pk"):
        floors = (low, high if high is not None else low) if low is not None else None
        lines[change].append(
            ScopeLine(place=place, floors=floors, is_except=is_excepted, community=community)
        )
    return {change: tuple(found) for change, found in lines.items()}


def change_of(row: ZoneChange, scope: tuple[ScopeLine, ...] | None) -> Change:
    """Return a stored change as the rules see it. `row.notice` and `row.item` must be loaded.

    `effective_on` is stored because 24:00 of a day counts as that day although its instant is
    already the next one.
    """
    return Change(
        id=row.pk,
        act=Act(row.act),
        effective_at=row.effective_at,
        recorded_at=row.recorded_at,
        precision=Precision.DAY,
        level=Level(row.level) if row.level else None,
        scope=scope,
        source=Source(
            notice_id=row.notice_id,
            notice=row.notice.number if row.notice else "",
            issuer=row.notice.issuer if row.notice else row.ordered_by,
            item_id=row.item_id,
            text=row.item.text if row.item else "",
        ),
        counts_as_on=row.effective_on,
        target=row.corrects_id,
        reason=row.reason,
    )


def changes_of(community: int, zones: Iterable[int]) -> dict[int, tuple[Change, ...]]:
    """Return the whole life of each zone by zone id, oldest record first; two queries."""
    zones = list(zones)
    scopes = scopes_of(community, zones)
    rows = (
        ZoneChange.objects.filter(community_id=community, zone_id__in=zones)
        .select_related("notice", "item")
        .only(
            "pk", "zone_id", "act", "level", "effective_at", "effective_on", "recorded_at",
            "corrects_id", "notice__number", "notice__issuer", "item__text", "ordered_by", "reason",
        )
        .order_by("recorded_at", "pk")
    )  # fmt: skip
    lives: dict[int, list[Change]] = defaultdict(list)
    for row in rows:
        lives[row.zone_id].append(change_of(row, scopes.get(row.pk)))
    return {zone: tuple(changes) for zone, changes in lives.items()}


def rounds_of(community: int, zones: Iterable[int]) -> Mapping[int, tuple[Round, ...]]:
    """Return every recorded outcome of each zone's rounds by zone id; one query."""
    found: dict[int, list[Round]] = defaultdict(list)
    for row in ZoneRound.objects.filter(community_id=community, zone_id__in=list(zones)).order_by(
        "on", "recorded_at"
    ):
        found[row.zone_id].append(
            Round(
                on=row.on,
                due=row.due,
                sampled=row.sampled,
                negative=row.negative,
                positive=row.positive,
                recorded_at=row.recorded_at,
                last_negative_at=row.last_result_at,
                source=row.source,
            )
        )
    return {zone: tuple(rounds) for zone, rounds in found.items()}
