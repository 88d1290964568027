"""Reads of modes (平战状态), standstills and low-risk orders."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time

from django.db.models import BigIntegerField, DateTimeField, Q, QuerySet

from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.core.errors import NotVisible
from gridwell.core.prepared import PreparedIn
from gridwell.orders.models import ModeChange, ModeProfile, NoticePart, Standstill
from gridwell.orders.queries.notices import areas_above
from gridwell.orders.rules.modes import (
    STRICTNESS,
    Manual,
    Mode,
    Profile,
    overridden,
    standard,
    strictest,
)
from gridwell.places.models import Area
from gridwell.places.rules.levels import span_of

ROUTINE = Mode.ROUTINE.value


@dataclass(frozen=True)
class ModeStand:
    """The mode of an area and what it comes from: the change that is strictest, nearest first.

    `change` None: never changed, routine. `own` is what the area itself last set.
    """

    area: int
    mode: str
    own: str
    change: ModeChange | None

    @property
    def is_from_above(self) -> bool:
        """Return whether an area above holds the mode, so that the area cannot go easier."""
        return self.change is not None and self.change.area_id != self.area


def mode_of(area: int, now: datetime) -> str:
    """Return the mode of an area (平战状态): the strictest of its own and those of areas above.

    One query: the changes of the whole chain are few.
    """
    return stands_of([area], now)[area].mode


def stand_of(area: int, now: datetime) -> ModeStand:
    """Return the mode of an area with what it comes from; one query."""
    return stands_of([area], now)[area]


def modes_of(areas: Iterable[int], now: datetime) -> dict[int, str]:
    """Return the mode of each area; one query, whatever their number."""
    return {code: stand.mode for code, stand in stands_of(list(areas), now).items()}


def stands_of(areas: Collection[int], now: datetime) -> dict[int, ModeStand]:
    """Return the mode of each area with what it comes from; one query, whatever their number."""
    chains = {area: areas_above(area) for area in areas}
    codes = sorted({code for chain in chains.values() for code in chain})
    latest = {change.area_id: change for change in _CHANGES(codes, now=now)}
    return {area: _stand(area, chain, latest) for area, chain in chains.items()}


def _effective(where: Q, now: datetime) -> QuerySet[ModeChange]:
    changes = ModeChange.objects.filter(where, effective_at__lte=now).select_related("area")
    return changes.order_by("effective_at", "pk")


def _latest(where: Q, now: datetime) -> dict[int, ModeChange]:
    return {change.area_id: change for change in _effective(where, now)}


# The mode stands on every page.
_CHANGES = PreparedIn(
    lambda these, now: _effective(Q(area_id__in=these), now), BigIntegerField(), now=DateTimeField()
)


def _stand(area: int, chain: list[int], latest: Mapping[int, ModeChange]) -> ModeStand:
    held = [latest[code] for code in chain if code in latest]
    own = latest[area].mode if area in latest else ROUTINE
    mode = strictest(change.mode for change in held)
    return ModeStand(area, mode, own, next((c for c in held if c.mode == mode), None))


def own_changes_below(area: int, now: datetime) -> list[ModeChange]:
    """Return the latest own changes of the areas inside an area that are not routine; one query."""
    low, high = span_of(area)
    inside = Q(area_id__gt=low, area_id__lt=high)
    return [row for row in _latest(inside, now).values() if STRICTNESS[row.mode] > 0]


def changes_of(actor: Actor, area: int, limit: int = 30) -> list[ModeChange]:
    """Return the changes of an area and those above it, newest first."""
    if not actor.covers(area):
        return []
    rows = ModeChange.objects.filter(area_id__in=areas_above(area)).select_related("area", "event")
    return list(rows.order_by("-effective_at", "-pk")[:limit])


def profiles_of(area: int, now: datetime) -> dict[str, Profile]:
    """Return what each mode sets in an area (状态参数): the standard, the nearest own row over it.

    One query. Rows of areas above count where the area has none of its own.
    """
    return profiles_of_many([area], now)[area]


def profiles_of_many(areas: Collection[int], now: datetime) -> dict[int, dict[str, Profile]]:
    """Return what each mode sets in each of some areas; one query, whatever their number."""
    chains = {area: areas_above(area) for area in areas}
    codes = {code for chain in chains.values() for code in chain}
    rows = ModeProfile.objects.filter(area_id__in=codes, starts_at__lte=now)
    standing = {
        (row.area_id, row.mode): row for row in rows.filter(Q(ends_at=None) | Q(ends_at__gt=now))
    }
    day = clock.day_of(now)
    found: dict[int, dict[str, Profile]] = {}
    for area, chain in chains.items():
        found[area] = {}
        for mode in Mode:
            row = next((standing[c, mode] for c in chain if (c, mode) in standing), None)
            base = standard(mode, day)
            found[area][mode.value] = base if row is None else overridden(base, values_of(row))
    return found


def values_of(row: ModeProfile) -> dict[str, object]:
    """Return a row's own values as a profile holds them; None where it keeps the standard."""
    quiet = None
    if row.quiet_from is not None and row.quiet_until is not None:
        quiet = (row.quiet_from, row.quiet_until)
    reports = row.reports_at
    return {
        "time_percent": row.time_percent,
        "quiet": quiet,
        "reports_at": tuple(time.fromisoformat(at) for at in reports) if reports else None,
        "manual": frozenset(row.manual) if row.manual is not None else None,
    }


def profile_of(area: int, now: datetime) -> Profile:
    """Return what holds in an area now (现行状态参数): that of its mode; two queries."""
    return profiles_of(area, now)[mode_of(area, now)]


def quiet_hours_of(area: int, now: datetime) -> tuple[time, time] | None:
    """Return the quiet hours that the mode of an area sets now (免打扰时段); registered with notify."""
    return profile_of(area, now).quiet


def needs_approval(area: int, what: Manual, now: datetime) -> bool:
    """Return whether something needs a person's yes in the area's present mode; two queries."""
    return what in profile_of(area, now).manual


def standstills_of(actor: Actor, community: int) -> QuerySet[Standstill]:
    """Return the standstills of a community, newest first."""
    if not actor.covers(community):
        return Standstill.objects.none()
    return (
        Standstill.objects.filter(community_id=community)
        .select_related("place", "notice", "event")
        .order_by("-starts_at", "-pk")
    )


def standing_standstills(community: int, now: datetime) -> QuerySet[Standstill]:
    """Return the standstills in force at an instant."""
    return Standstill.objects.filter(community_id=community, starts_at__lte=now).filter(
        Q(ends_at=None) | Q(ends_at__gt=now)
    )


def access_standstill(actor: Actor, standstill_id: int) -> Standstill:
    """Return a standstill of the actor's, or raise NotVisible."""
    row = Standstill.objects.select_related("place", "notice").filter(pk=standstill_id).first()
    if row is None or not actor.covers(row.community_id):
        raise NotVisible
    return row


@dataclass(frozen=True)
class LowRow:
    """An order in force here by which all the rest is low risk (其他区域为低风险区)."""

    notice_id: int
    notice: str
    effective_at: datetime
    recorded_at: datetime


def low_orders_of(community: int) -> list[LowRow]:
    """Return the low-risk orders a community has approved, oldest first: two queries.

    A notice orders it for the districts it names as `rest_low`, and for any it lifts a zone in.
    """
    chain = areas_above(community)
    names = set(Area.objects.filter(pk__in=chain).values_list("name", flat=True))
    rows = []
    parts = NoticePart.objects.filter(community_id=community, state="approved").select_related(
        "notice"
    )
    for part in parts.order_by("decided_at"):
        notice = part.notice
        groups = notice.reading.get("groups", ())
        lifts = {g.get("district") for g in groups if g.get("act") == "lift"}
        if names & (set(notice.reading.get("rest_low", ())) | lifts):
            at = min((g["effective_at"] for g in groups if g.get("effective_at")), default=None)
            rows.append(
                LowRow(
                    notice.pk,
                    str(notice),
                    datetime.fromisoformat(at) if at else notice.entered_at,
                    part.decided_at or notice.entered_at,
                )
            )
    return rows
