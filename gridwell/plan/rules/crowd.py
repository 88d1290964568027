"""Who is here today (在册在家的人): people by dwelling, absent ones left out, and who is served first."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from gridwell.core.clock import end_of, start_of
from gridwell.plan.rules.facts import Snapshot
from gridwell.plan.rules.plan import Count, Priority
from gridwell.residents.rules.traits import TraitCode

VERY_OLD = 80
"""From this age a household is served first (高龄)."""

REASONS: tuple[str, ...] = ("lives_alone", "very_old", "disabled", "ill", "pregnant", "labelled")
"""Why a household is served first, strongest first."""

_REASON_OF_TRAIT: Mapping[str, str] = {
    TraitCode.LIVES_ALONE: "lives_alone",
    TraitCode.DISABLED: "disabled",
    TraitCode.CANNOT_WALK: "disabled",
    TraitCode.ILLNESS: "ill",
    TraitCode.NEEDS_DIALYSIS: "ill",
    TraitCode.PREGNANT: "pregnant",
}


class Crowd:
    """The people of a snapshot who are here on a day, indexed once for all questions."""

    def __init__(self, snapshot: Snapshot, day: date, elsewhere: frozenset[int]) -> None:
        self.start = start_of(day)
        self.end = end_of(day)
        self._snapshot = snapshot
        self._day = day
        people = snapshot.people
        gone = elsewhere | {r for r, windows in people.away.items() if self._covers(windows)}
        self.household_of: dict[int, int] = dict(zip(people.ids, people.households, strict=True))
        self.dwelling_of: dict[int, int] = dict(zip(people.ids, people.dwellings, strict=True))
        self.building_of: dict[int, int] = dict(
            zip(snapshot.dwellings.ids, snapshot.dwellings.buildings, strict=True)
        )
        self._in_dwelling: dict[int, list[int]] = {}
        for resident, dwelling in self.dwelling_of.items():
            if resident not in gone:
                self._in_dwelling.setdefault(dwelling, []).append(resident)

    def _covers(self, windows: Iterable[tuple[datetime, datetime | None]]) -> bool:
        return any(
            since <= self.start and (until is None or until >= self.end) for since, until in windows
        )

    def everyone(self) -> list[int]:
        """Return everybody who is here, in order."""
        return sorted(r for residents in self._in_dwelling.values() for r in residents)

    def living_in(self, dwellings: Iterable[int]) -> tuple[int, ...]:
        """Return who is here and lives in one of these dwellings, in order."""
        found: list[int] = []
        for dwelling in dwellings:
            found += self._in_dwelling.get(dwelling, ())
        found.sort()
        return tuple(found)

    def households(self, residents: Iterable[int]) -> set[int]:
        """Return the households of these residents."""
        return {self.household_of[r] for r in residents}

    def building(self, resident: int) -> int:
        """Return the building of a resident, 0 when the register has none."""
        return self.building_of.get(self.dwelling_of[resident], 0)

    def buildings_of(self, dwellings: Iterable[int]) -> tuple[int, ...]:
        """Return the buildings of these dwellings, in order."""
        return tuple(sorted({self.building_of[d] for d in dwellings if d in self.building_of}))

    def count(self, residents: Iterable[int]) -> Count:
        """Return how many people, households and buildings these residents are."""
        people = set(residents)
        return Count(
            len(people), len(self.households(people)), len({self.building(r) for r in people})
        )

    def priorities(self, households: Iterable[int]) -> list[Priority]:
        """Return which of these households are served first, in that order.

        More reasons come before fewer, then the stronger reason: somebody very old who lives alone
        comes before somebody young who does.
        """
        wanted = set(households)
        reasons: dict[int, set[str]] = {}
        for household, reason in self._reasons():
            if household in wanted:
                reasons.setdefault(household, set()).add(reason)
        found: list[Priority] = []
        for household, codes in reasons.items():
            ordered = tuple(code for code in REASONS if code in codes)
            rank = (len(REASONS) - len(ordered)) * 10 + REASONS.index(ordered[0])
            found.append(Priority(household, rank, ordered))
        return sorted(found, key=lambda p: (p.rank, p.household))

    def _reasons(self) -> Iterable[tuple[int, str]]:
        snapshot = self._snapshot
        sizes = Counter(
            self.household_of[r] for residents in self._in_dwelling.values() for r in residents
        )
        yield from ((household, "lives_alone") for household, n in sizes.items() if n == 1)
        newest = birth_limit(self._day, VERY_OLD)
        people = snapshot.people
        for household, birth in zip(people.households, people.births, strict=True):
            if 0 < birth <= newest:
                yield household, "very_old"
        for resident, traits in people.traits.items():
            household_id = self.household_of.get(resident)
            if household_id is not None:
                for trait in traits:
                    if reason := _REASON_OF_TRAIT.get(trait):
                        yield household_id, reason
        yield from ((household, "labelled") for household in snapshot.care_labels)


def birth_limit(day: date, age: int) -> int:
    """Return the ordinal of the latest birth date of people who are `age` on `day`."""
    try:
        return day.replace(year=day.year - age).toordinal()
    except ValueError:  # 29 February: born on it counts from 1 March in common years
        return date(day.year - age, 2, 28).toordinal()
