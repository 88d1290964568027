"""To which site people are called, and when (到哪个采样点、几点到): for a list of people in a few queries."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from gridwell.places.models import Place
from gridwell.screening.hours import span
from gridwell.screening.models import Round, RoundMember, Slot
from gridwell.screening.queries.comers import walking_badly


@dataclass(frozen=True)
class CalledTo:
    """A site and a time. `walks_badly`: it is that of the people of the building who walk badly."""

    slot: int
    site: str
    starts_at: datetime
    ends_at: datetime
    walks_badly: bool = False
    on: date | None = None  # the day of the round

    @property
    def times(self) -> str:
        """Return from when to when, local time."""
        return span(self.starts_at, self.ends_at, self.on)

    @property
    def words(self) -> str:
        """Return the site and the time: 东门 09:30–10:00."""
        return f"{self.site} {self.times}"


class SlotBook:
    """The slots of a round, asked by where somebody lives."""

    def __init__(self, slots: Iterable[Slot]) -> None:
        self._by_place: dict[tuple[int, bool], list[Slot]] = {}
        for slot in slots:
            self._by_place.setdefault((slot.place_id, slot.walks_badly), []).append(slot)

    def __bool__(self) -> bool:
        return bool(self._by_place)

    def of(
        self,
        *,
        dwelling: int | None,
        unit: int | None,
        building: int | None,
        walks_badly: bool = False,
    ) -> CalledTo | None:
        """Return the slot of a door: that of its unit, its building, or its own; None without one.

        Of a unit that was cut only the doors that stand in a piece have one.
        """
        keys = [(place or 0, False) for place in (unit, building, dwelling)]
        stands_apart = any(slot.is_high_risk for slot in self._by_place.get(keys[0], ()))
        if walks_badly and not stands_apart:
            keys.insert(0, (building or 0, True))
        for key in keys:
            for slot in self._by_place.get(key, ()):
                if not slot.doors or dwelling in slot.doors:
                    return _called(slot)
        return None


def _called(slot: Slot) -> CalledTo:
    return CalledTo(
        slot=slot.pk,
        site=slot.site.name,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        walks_badly=slot.walks_badly,
        on=slot.round.on,
    )


def slot_book(row: Round) -> SlotBook:
    """Return the slots of a round, to be asked by door: one query."""
    rows = Slot.objects.filter(community_id=row.community_id, round=row).select_related(
        "site", "round"
    )
    return SlotBook(rows.order_by("piece"))


def called_to(row: Round, members: Collection[int]) -> dict[int, CalledTo]:
    """Return the site and time of members of a round by their id: four queries.

    Left out is who need not come: sampled at the door, exempt, and who has no slot.
    """
    book = slot_book(row)
    if not book:
        return {}
    slow = walking_badly(row.community_id, row.on)
    found = {}
    ids = list(members)
    for start in range(0, len(ids), 800):
        rows = RoundMember.objects.filter(
            community_id=row.community_id, round=row, pk__in=ids[start : start + 800],
            at_door=False, exempt="", removed_at=None,
        )  # fmt: skip
        for pk, resident, dwelling, unit, building in rows.values_list(
            "pk", "resident_id", "dwelling_id", "unit_id", "building_id"
        ):
            place = book.of(
                dwelling=dwelling, unit=unit, building=building, walks_badly=resident in slow
            )
            if place is not None:
                found[pk] = place
    return found


@dataclass(frozen=True)
class DoorSlot:
    """A round to which a door is called: where and when, and who of it walks badly."""

    round: Round
    place: CalledTo
    slow: CalledTo | None


def slots_of_door(door: Place, since: date) -> list[DoorSlot]:
    """Return where a door is called in the rounds from a day on that go on: three queries a round."""
    rounds = Round.objects.filter(community_id=door.community_id, on__gte=since).exclude(
        state="closed"
    )
    found = []
    for row in rounds.select_related("order", "order__zone").order_by("on", "pk"):
        book = slot_book(row)
        place, slow = (
            book.of(
                dwelling=door.pk,
                unit=door.unit_id,
                building=door.building_id or door.parent_id,
                walks_badly=is_slow,
            )
            for is_slow in (False, True)
        )
        if place is not None:
            found.append(DoorSlot(row, place, slow if slow != place else None))
    return found
