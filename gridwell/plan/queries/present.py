"""Who is here on a day (在册在家的人): one definition, for the effect of an act and for the rounds.

The plan counts the same people from its snapshot (`rules.crowd`); a test proves both equal.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from gridwell.core import clock
from gridwell.core.facts import holds_in
from gridwell.health.models import Isolation
from gridwell.plan.rules.crowd import NO_HOUSEHOLD
from gridwell.plan.rules.facts import guest_id
from gridwell.protocols.rules.model import StayKind
from gridwell.residents.models import Membership, Presence, Stay

STEP = 900
ELSEWHERE = (StayKind.FACILITY.value, StayKind.HOSPITAL.value)


@dataclass(frozen=True, slots=True)
class Here:
    """Somebody who is here. Guests have the plan's negative numbers, and the door's household."""

    resident: int
    dwelling: int
    household: int
    birth_on: date | None = None


def here_in(dwellings: Iterable[int], day: date) -> list[Here]:
    """Return who is at these doors on a local day, in the order of doors: six queries a 900 doors.

    Left out is who died, is away, or is isolated elsewhere for the whole day. People who are here
    without being registered are in.
    """
    ids = sorted(set(dwellings))
    start, end = clock.start_of(day), clock.end_of(day)
    found: list[Here] = []
    for at in range(0, len(ids), STEP):
        part = ids[at : at + STEP]
        rows = _members(part, day, start, end)
        home: dict[int, int] = {}
        for row in rows:
            home[row.dwelling] = min(row.household, home.get(row.dwelling, row.household))
        gone = _gone(part, start, end)
        found += [row for row in rows if row.resident not in gone]
        found += _guests(part, start, end, home)
    return sorted(found, key=lambda row: (row.dwelling, row.resident < 0, row.resident))


def _members(part: Sequence[int], day: date, start: datetime, end: datetime) -> list[Here]:
    rows = list(
        Membership.objects.filter(
            holds_in(start, end),
            superseded_at=None,
            kind="lives",
            dwelling_id__in=part,
            resident__merged_into=None,
        )
        .filter(Q(resident__died_on=None) | Q(resident__died_on__gte=day))
        .order_by("pk")
        .values_list(
            "pk",
            "resident_id",
            "dwelling_id",
            "household_id",
            "resident__birth_on",
            "ends_at",
        )
    )
    latest = {row[1]: row for row in rows}
    moved = [row[1] for row in latest.values() if row[5] is not None]
    if moved:  # someone who moved during the day counts where he or she went
        later = Membership.objects.filter(
            holds_in(start, end), superseded_at=None, kind="lives", resident_id__in=moved
        ).values_list("resident_id", "pk")
        newest: dict[int, int] = {}
        for resident, pk in later:
            newest[resident] = max(pk, newest.get(resident, 0))
        latest = {r: row for r, row in latest.items() if newest.get(r, 0) <= row[0]}
    return [
        Here(resident, door, home, born) for _, resident, door, home, born, _ in latest.values()
    ]


def _gone(part: Sequence[int], start: datetime, end: datetime) -> set[int]:
    """Return who of these doors is away, or isolated elsewhere, for the whole day."""
    all_day = Q(starts_at__lte=start) & (Q(ends_at=None) | Q(ends_at__gte=end))
    away = Presence.objects.filter(all_day, superseded_at=None, resident__dwelling_id__in=part)
    isolated = Isolation.objects.filter(
        Q(ended_at=None) | Q(ended_at__gte=end),
        superseded_at=None,
        place_kind__in=ELSEWHERE,
        starts_at__lt=end,
        ends_at__gte=end,
        resident__dwelling_id__in=part,
    )
    return set(away.values_list("resident_id", flat=True)) | set(
        isolated.values_list("resident_id", flat=True)
    )


def _guests(
    part: Sequence[int], start: datetime, end: datetime, home: dict[int, int]
) -> list[Here]:
    rows = Stay.objects.filter(holds_in(start, end), superseded_at=None, place_id__in=part)
    return [
        Here(guest_id(pk), place, home.get(place, NO_HOUSEHOLD))
        for pk, place in rows.values_list("pk", "place_id")
    ]
