"""Who is here today (在册在家的人): people by dwelling, absent ones left out, and who is served first."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from operator import attrgetter

from gridwell.core.clock import end_of, start_of
from gridwell.plan.rules.facts import Snapshot
from gridwell.plan.rules.plan import Count, Priority
from gridwell.residents.rules.traits import TraitCode

VERY_OLD = 80
"""From this age a household is served first (高龄)."""

REASONS: tuple[str, ...] = ("lives_alone", "very_old", "disabled", "ill", "pregnant", "labelled")
"""Why a household is served first, strongest first."""

NO_HOUSEHOLD = 0
"""The household of people who are not registered, at a door where nobody is."""

_BY_RANK = attrgetter("rank", "household")
_VERY_OLD = REASONS.index("very_old")
_LABELLED = REASONS.index("labelled")

_REASON_OF_TRAIT: Mapping[str, int] = {
    trait: REASONS.index(reason)
    for trait, reason in (
        (TraitCode.LIVES_ALONE, "lives_alone"),
        (TraitCode.DISABLED, "disabled"),
        (TraitCode.CANNOT_WALK, "disabled"),
        (TraitCode.ILLNESS, "ill"),
        (TraitCode.NEEDS_DIALYSIS, "ill"),
        (TraitCode.PREGNANT, "pregnant"),
    )
}

CARE_TRAITS: frozenset[str] = frozenset(_REASON_OF_TRAIT)
"""The only circumstances of people that the plan looks at; a snapshot need not load the others."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Figures of a set of residents: overall, and people and households in each building."""

    residents: set[int]
    count: Count
    people: Counter[int]
    households: Counter[int]


class Crowd:
    """The people of a snapshot who are here on a day, indexed once for all questions."""

    def __init__(self, snapshot: Snapshot, day: date, elsewhere: frozenset[int]) -> None:
        self.start = start_of(day)
        self.end = end_of(day)
        self._snapshot = snapshot
        self._day = day
        people = snapshot.people
        gone = elsewhere | {r for r, windows in people.away.items() if self._covers(windows)}
        self.building_of: dict[int, int] = dict(
            zip(snapshot.dwellings.ids, snapshot.dwellings.buildings, strict=True)
        )
        home = self.building_of.get
        buildings = [home(dwelling, 0) for dwelling in people.dwellings]
        self.household_of: dict[int, int] = dict(zip(people.ids, people.households, strict=True))
        self.building_of_resident: dict[int, int] = dict(zip(people.ids, buildings, strict=True))
        # A household that stands in two buildings counts in the one with the lower number.
        self.building_of_household: dict[int, int] = {}
        lowest = self.building_of_household.setdefault
        for household, building in zip(people.households, buildings, strict=True):
            if lowest(household, building) > building:
                self.building_of_household[household] = building
        self._in_dwelling: dict[int, list[int]] = {}
        self._place_of_guest: dict[int, int] = {}
        self._here: list[int] = []
        for resident, dwelling in zip(people.ids, people.dwellings, strict=True):
            if resident not in gone:
                self._here.append(resident)
                self._in_dwelling.setdefault(dwelling, []).append(resident)
        self._tallies: list[Tally] = []
        self._add_guests()

    def _covers(self, windows: Iterable[tuple[datetime, datetime | None]]) -> bool:
        return any(
            since <= self.start and (until is None or until >= self.end) for since, until in windows
        )

    def _add_guests(self) -> None:
        """Add who is here without being registered: to the household of the door, if it has one."""
        guests = self._snapshot.guests
        if not guests.ids:
            return
        people = self._snapshot.people
        home: dict[int, int] = {}
        lowest = home.setdefault
        for household, dwelling in zip(people.households, people.dwellings, strict=True):
            if lowest(dwelling, household) > household:
                home[dwelling] = household
        for guest, place in zip(guests.ids, guests.places, strict=True):
            if place not in self.building_of:
                continue  # the place is gone: whoever was there is elsewhere
            self._here.append(guest)
            self._in_dwelling.setdefault(place, []).append(guest)
            self.household_of[guest] = home.get(place, NO_HOUSEHOLD)
            self.building_of_resident[guest] = self.building_of[place]
            if place not in home:
                self._place_of_guest[guest] = place

    def places_without_household(self, residents: Iterable[int]) -> list[int]:
        """Return the doors behind which only people are who are not registered, in order."""
        return sorted({self._place_of_guest[r] for r in residents if r in self._place_of_guest})

    def everyone(self) -> list[int]:
        """Return everybody who is here, in order."""
        return sorted(self._here)

    def living_in(self, dwellings: Iterable[int]) -> tuple[int, ...]:
        """Return who is here and lives in one of these dwellings, in order."""
        found: list[int] = []
        for dwelling in dwellings:
            found += self._in_dwelling.get(dwelling, ())
        found.sort()
        return tuple(found)

    def households(self, residents: Iterable[int]) -> set[int]:
        """Return the households of these residents; guests at a door without one have none."""
        found = set(map(self.household_of.__getitem__, residents))
        found.discard(NO_HOUSEHOLD)
        return found

    def buildings_of(self, dwellings: Iterable[int]) -> tuple[int, ...]:
        """Return the buildings of these dwellings, in order."""
        return tuple(sorted({self.building_of[d] for d in dwellings if d in self.building_of}))

    def tally(self, residents: set[int]) -> "Tally":
        """Return the figures of these residents; the same people are counted once only."""
        for tally in self._tallies:
            if tally.residents == residents:
                return tally
        households = self.households(residents)
        per_building = Counter(map(self.building_of_resident.__getitem__, residents))
        tally = Tally(
            residents=residents,
            count=Count(len(residents), len(households), len(per_building)),
            people=per_building,
            households=Counter(map(self.building_of_household.__getitem__, households)),
        )
        self._tallies.append(tally)
        return tally

    def priorities(self, households: Iterable[int]) -> list[Priority]:
        """Return which of these households are served first, in that order.

        More reasons come before fewer, then the stronger reason: somebody very old who lives alone
        comes before somebody young who does.
        """
        bits = self._reason_bits
        found: list[Priority] = []
        for household in set(households):
            if code := bits.get(household):
                found.append(Priority(household, *_ranked(code)))
        return sorted(found, key=_BY_RANK)

    @cached_property
    def _reason_bits(self) -> dict[int, int]:
        """Return the reasons of each household as bits: one pass, no sets."""
        bits: dict[int, int] = {}
        for household, reason in self._reasons():
            bits[household] = bits.get(household, 0) | 1 << reason
        return bits

    def _reasons(self) -> Iterable[tuple[int, int]]:
        """Yield (household, position in REASONS)."""
        snapshot = self._snapshot
        household_of = self.household_of
        sizes = Counter(map(household_of.__getitem__, self._here))
        yield from ((household, 0) for household, n in sizes.items() if n == 1 and household)
        newest = birth_limit(self._day, VERY_OLD)
        people = snapshot.people
        for household, birth in zip(people.households, people.births, strict=True):
            if 0 < birth <= newest:
                yield household, _VERY_OLD
        for resident, traits in people.traits.items():
            household_id = household_of.get(resident)
            if household_id is not None:
                for trait in traits:
                    if (reason := _REASON_OF_TRAIT.get(trait)) is not None:
                        yield household_id, reason
        yield from ((household, _LABELLED) for household in snapshot.care_labels)


@cache
def _ranked(bits: int) -> tuple[int, tuple[str, ...]]:
    """Return rank and reasons: more reasons first, then the stronger reason."""
    reasons = tuple(reason for n, reason in enumerate(REASONS) if bits >> n & 1)
    return (len(REASONS) - len(reasons)) * 10 + REASONS.index(reasons[0]), reasons


def birth_limit(day: date, age: int) -> int:
    """Return the ordinal of the latest birth date of people who are `age` on `day`."""
    try:
        return day.replace(year=day.year - age).toordinal()
    except ValueError:  # 29 February: born on it counts from 1 March in common years
        return date(day.year - age, 2, 28).toordinal()
