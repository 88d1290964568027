"""Who is due in a round (应检人员), from the plan of its day: one pass, a constant number of queries."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from gridwell.core import clock
from gridwell.core.facts import holds_in
from gridwell.health.models import Exemption, Isolation, Sample
from gridwell.orders.models import RoundOrder
from gridwell.orders.queries.rounds import lines_of, people_of, ranges_of
from gridwell.orders.rules.rounds import width
from gridwell.places.models import Place
from gridwell.plan.queries.days import Day
from gridwell.plan.queries.present import ELSEWHERE
from gridwell.plan.queries.snapshot import LIVED_IN
from gridwell.plan.rules.crowd import VERY_OLD, birth_limit
from gridwell.plan.rules.plan import DutyCode, OrderKind, Plan
from gridwell.residents.models import Membership, Presence, Stay, Trait
from gridwell.residents.queries.entries import entries_of
from gridwell.residents.rules.traits import TraitCode
from gridwell.screening.models import Round, RoundMember
from gridwell.screening.queries.members import PURPOSES

Key = tuple[int | None, UUID | None]
"""Who somebody is in a round: a resident by id, or a guest by the `ref` of the stay."""


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody who belongs to a round: due, or exempt with a reason and an end.

    `resident` None for somebody who is not registered; `guest` is then the `ref` of the stay.
    """

    resident: int | None
    guest: UUID | None
    household: int | None
    dwelling: int
    building: int | None
    unit: int | None
    grid: int | None
    door_reason: str = ""
    exempt: str = ""
    exempt_until: datetime | None = None

    @property
    def key(self) -> Key:
        """Return who it is, whatever else changed."""
        return self.resident, self.guest


@dataclass(frozen=True, slots=True)
class _Home:
    resident: int
    household: int
    dwelling: int
    birth: date | None


_Place = tuple[int | None, int | None, int | None]  # building, unit, grid


def due_of(order: RoundOrder, day: Day) -> list[Due]:
    """Return who belongs to an ordered round by the plan of its day, in the order of doors.

    Due is whom the plan asks to be sampled by this order or by its zone; exempt is who lives in the
    range and is recovered, cannot be sampled, is away or isolated elsewhere for the whole day. Who
    belongs to a narrower round of that day is left to it: nobody is sampled twice.
    """
    plan, community = day.plan, order.community_id
    asked = asked_by(plan, order)
    other = in_narrower(order)
    homes = _homes(community, plan.day)
    places = _places(community)
    doors = doors_of(order, plan)
    exempt = _exempt(community, plan.day)
    gone = frozenset(who for who, (why, _until) in exempt.items() if why in {"away", "elsewhere"})
    at_door = _at_door(plan, homes, asked, gone)
    key_people = people_of([order])[order.pk]
    if key_people is not None:
        exempt = {who: why for who, why in exempt.items() if who in key_people}
    found: list[Due] = []
    for home in homes:
        place = places.get(home.dwelling)
        if place is None or (home.resident, None) in other:
            continue
        if home.resident in asked:
            reason = at_door.get(home.resident, "")
            found.append(_due(home, place, door_reason=reason))
        elif (doors is None or home.dwelling in doors) and home.resident in exempt:
            code, until = exempt[home.resident]
            found.append(_due(home, place, exempt=code, exempt_until=until))
    guests = _guests(community, asked, homes, places, at_door)
    found += [row for row in guests if row.key not in other]
    return sorted(found, key=lambda row: (row.dwelling, row.resident is None, row.resident or 0))


def asked_by(plan: Plan, order: RoundOrder) -> set[int]:
    """Return whom the plan asks to be sampled by this order or by its zone."""
    bases = {(OrderKind.ROUND_ORDER.value, order.pk), (OrderKind.ZONE.value, order.zone_id)}
    return {
        resident
        for group in plan.duties
        if group.code is DutyCode.BE_SAMPLED
        and (str(group.basis.order_kind), group.basis.order) in bases
        for resident in group.residents
    }


def in_narrower(order: RoundOrder) -> set[Key]:
    """Return who belongs to a narrower round of the same day: who is in one that is open, or was
    sampled in one that is closed. One query where there is no other round, else three to five.

    Somebody of whom no sample came out of a closed one is due in the wider one again.
    """
    rounds = list(
        Round.objects.filter(community_id=order.community_id, on=order.on, order__ended_at=None)
        .exclude(order=order)
        .exclude(state="planned")
        .select_related("order")
    )
    if not rounds:
        return set()
    narrowed = lines_of([order, *(row.order for row in rounds)])
    own = width(order.purpose, is_narrowed=order.pk in narrowed)
    found: set[Key] = set()
    for row in rounds:
        if width(row.order.purpose, is_narrowed=row.order_id in narrowed) < own:
            found |= _held_by(row) if row.state == "open" else sampled_in(row)
            found |= {(person, None) for person in _sampled_as_another(row)}
    return found


def _held_by(row: Round) -> set[Key]:
    rows = RoundMember.objects.filter(community_id=row.community_id, round=row, removed_at=None)
    return set(rows.values_list("resident_id", "guest"))


def sampled_in(row: Round) -> set[Key]:
    """Return of whom a sample of this round stands: one query."""
    found = Sample.objects.filter(
        community_id=row.community_id, round=row.ref, purpose__in=PURPOSES, superseded_at=None
    )
    return set(found.values_list("resident_id", "guest"))


def differs(row: Round, plan: Plan) -> bool:
    """Return whether the plan asks others than who is in an open round: six queries at most.

    A look, cheaper than working it out; what somebody decided by hand is left out. Guests are
    only counted.
    """
    other = in_narrower(row.order)
    asked = {
        person for person in asked_by(plan, row.order) if person < 0 or (person, None) not in other
    }
    asked -= _sampled_as_another(row)
    here = {person for person in asked if person > 0}
    held: set[int] = set()  # due, or decided by hand: nothing to do while the plan asks them
    owed: set[int] = set()  # due by the register: they go when the plan does not ask them
    guests = sum(1 for resident, _guest in other if resident is None)
    rows = RoundMember.objects.filter(community_id=row.community_id, round=row)
    for resident, exempt, by_hand, exempt_by_hand, removed_at in rows.values_list(
        "resident_id", "exempt", "is_by_hand", "exempt_by_hand", "removed_at"
    ):
        is_in = removed_at is None
        if resident is None:
            guests += is_in or by_hand
            continue
        if (is_in and (not exempt or exempt_by_hand)) or (not is_in and by_hand):
            held.add(resident)
        if is_in and not exempt and not by_hand and not exempt_by_hand:
            owed.add(resident)
    if here - held or len(asked) - len(here) != guests or _has_moved(row):
        return True
    gone = owed - here
    return bool(gone) and bool(gone - {resident for resident, _guest in sampled_in(row)})


def _sampled_as_another(row: Round) -> set[int]:
    """Return of whom a sample stands under an entry that was merged into theirs."""
    survivors = entries_of(row.community_id).survivors
    samples = Sample.objects.filter(
        community_id=row.community_id, round=row.ref, purpose__in=PURPOSES, superseded_at=None
    ).filter(resident__merged_into__isnull=False)
    return {
        survivors[resident]
        for resident in (samples.values_list("resident_id", flat=True) if survivors else ())
        if resident in survivors
    }


def _has_moved(row: Round) -> bool:
    """Return whether somebody of a round who is not sampled lives behind another door by now.

    Who lives here no more, left or died, is no move: the plan says whether he or she is due.
    """
    rows = RoundMember.objects.filter(
        community_id=row.community_id, round=row, removed_at=None, resident__dwelling__isnull=False
    )
    moved = set(
        rows.exclude(resident__dwelling=F("dwelling")).values_list("resident_id", flat=True)
    )
    return bool(moved) and bool(moved - {resident for resident, _guest in sampled_in(row)})


def doors_of(order: RoundOrder, plan: Plan) -> frozenset[int] | None:
    """Return the doors of an order's range on the plan's day; None = the whole community."""
    covers = {zone.zone: frozenset(zone.dwellings) for zone in plan.zones}
    return ranges_of([order], covers)[order.pk]


def _due(
    home: _Home,
    place: _Place,
    *,
    door_reason: str = "",
    exempt: str = "",
    exempt_until: datetime | None = None,
) -> Due:
    building, unit, grid = place
    return Due(
        resident=home.resident,
        guest=None,
        household=home.household,
        dwelling=home.dwelling,
        building=building,
        unit=unit,
        grid=grid,
        door_reason=door_reason,
        exempt=exempt,
        exempt_until=exempt_until,
    )


def _homes(community: int, day: date) -> list[_Home]:
    """Return who lives in the community on a day; who moved during it stands where he or she went."""
    rows = (
        Membership.objects.filter(
            holds_in(clock.start_of(day), clock.end_of(day)),
            community_id=community,
            kind="lives",
            superseded_at=None,
            resident__merged_into=None,
        )
        .filter(Q(resident__died_on=None) | Q(resident__died_on__gte=day))
        .order_by("pk")
        .values_list("resident_id", "household_id", "dwelling_id", "resident__birth_on")
    )
    return list({row[0]: _Home(*row) for row in rows}.values())


def _places(community: int) -> dict[int, _Place]:
    rows = Place.objects.filter(
        community_id=community, kind__in=LIVED_IN, ended_at=None, merged_into=None
    ).annotate(above=Coalesce("building_id", "parent_id"))
    return {
        pk: (above, unit, grid)
        for pk, above, unit, grid in rows.values_list("pk", "above", "unit_id", "grid_id")
    }


def _exempt(community: int, day: date) -> dict[int, tuple[str, datetime | None]]:
    """Return who is exempt for the whole day: (reason, until). An exemption outweighs an absence."""
    start, end = clock.start_of(day), clock.end_of(day)
    all_day = Q(starts_at__lte=start) & (Q(ends_at=None) | Q(ends_at__gte=end))
    kept = entries_of(community).survivors
    found: dict[int, tuple[str, datetime | None]] = {}
    isolated = Isolation.objects.filter(
        Q(ended_at=None) | Q(ended_at__gte=end),
        community_id=community,
        superseded_at=None,
        place_kind__in=ELSEWHERE,
        starts_at__lt=end,
        ends_at__gte=end,
    )
    for resident, until in isolated.values_list("resident_id", "ends_at"):
        found[kept.get(resident, resident)] = ("elsewhere", until)
    away = Presence.objects.filter(all_day, community_id=community, superseded_at=None)
    for resident, until in away.values_list("resident_id", "ends_at"):
        found[kept.get(resident, resident)] = ("away", until)
    rows = Exemption.objects.filter(all_day, community_id=community, superseded_at=None)
    for resident, reason, until in rows.values_list("resident_id", "reason", "ends_at"):
        found[kept.get(resident, resident)] = (reason, until)
    return found


def _at_door(
    plan: Plan, homes: list[_Home], asked: set[int], gone: frozenset[int]
) -> dict[int, str]:
    """Return who of those asked is sampled at the door, and why; the strictest reason counts.

    Alone is who has nobody else at home that day, whether the others are due or not.
    """
    found: dict[int, str] = {}
    here = Counter(home.household for home in homes if home.resident not in gone)
    oldest = birth_limit(plan.day, VERY_OLD)
    for home in homes:
        is_old = home.birth is not None and home.birth.toordinal() <= oldest
        if is_old and here[home.household] == 1 and home.resident in asked:
            found[home.resident] = "old_alone"
    walks_badly = Trait.objects.filter(
        holds_in(clock.start_of(plan.day), clock.end_of(plan.day)),
        community_id=plan.community,
        superseded_at=None,
        code=TraitCode.CANNOT_WALK,
    )
    for resident in entries_of(plan.community).all_of(
        walks_badly.values_list("resident_id", flat=True)
    ):
        found[resident] = "cannot_walk"
    for group in plan.duties:
        if group.code is DutyCode.STAY_HOME:
            is_zone = group.basis.order_kind == OrderKind.ZONE
            for resident in group.residents:
                if not (is_zone and found.get(resident) == "isolated"):
                    found[resident] = "zone" if is_zone else "isolated"
    return found


def _guests(
    community: int,
    asked: set[int],
    homes: list[_Home],
    places: Mapping[int, _Place],
    at_door: Mapping[int, str],
) -> list[Due]:
    """Return those asked who are not registered: the plan knows them by the number of their stay."""
    if not any(number < 0 for number in asked):
        return []
    of_door: dict[int, int] = {}
    for home in homes:
        of_door[home.dwelling] = min(home.household, of_door.get(home.dwelling, home.household))
    stays = Stay.objects.filter(community_id=community).values_list("pk", "ref", "place_id")
    found = []
    for pk, ref, place in stays:
        if -pk in asked and place in places:
            building, unit, grid = places[place]
            found.append(
                Due(
                    resident=None,
                    guest=ref,
                    household=of_door.get(place),
                    dwelling=place,
                    building=building,
                    unit=unit,
                    grid=grid,
                    door_reason=at_door.get(-pk, ""),
                )
            )
    return found
