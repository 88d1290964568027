"""How many households and people dwellings hold (涉及户数人数), set-based."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from gridwell.core.clock import day_of
from gridwell.core.facts import holds_at
from gridwell.places.models import Place
from gridwell.plan.queries.present import Here, here_in
from gridwell.plan.rules.crowd import NO_HOUSEHOLD, VERY_OLD, birth_limit
from gridwell.residents.models import Trait
from gridwell.residents.rules.traits import TraitCode

#: Who is served first at the door: lives alone, very old, disabled or ill (practice P09, P14).
FIRST_TRAITS = frozenset(
    {
        TraitCode.LIVES_ALONE,
        TraitCode.DISABLED,
        TraitCode.CANNOT_WALK,
        TraitCode.ILLNESS,
        TraitCode.NEEDS_DIALYSIS,
        TraitCode.PREGNANT,
    }
)


@dataclass(frozen=True)
class Reach:
    """What a set of dwellings holds. `people` are there today (`plan.queries.present`); `first` are households
    that are served first."""

    dwellings: frozenset[int] = frozenset()
    buildings: int = 0
    households: int = 0
    people: int = 0
    first: int = 0


@dataclass(frozen=True)
class Census:
    """The people of some dwellings, loaded once and counted for many sets of them."""

    people: dict[int, list[tuple[int, int]]]  # dwelling -> (household, resident), present only
    first: frozenset[int]  # households
    buildings: dict[int, int]  # dwelling -> building, or what stands above it

    def of(self, dwellings: Iterable[int]) -> Reach:
        """Return the counts of a set of dwellings."""
        inside = frozenset(dwellings)
        rows = [row for pk in inside for row in self.people.get(pk, ())]
        households = {household for household, _ in rows if household != NO_HOUSEHOLD}
        return Reach(
            dwellings=inside,
            buildings=len({self.buildings[pk] for pk in inside if pk in self.buildings}),
            households=len(households),
            people=len({resident for _, resident in rows}),
            first=len(households & self.first),
        )


def census_of(dwellings: Iterable[int], now: datetime) -> Census:
    """Return who lives in these dwellings now: eight queries at most for every nine hundred."""
    ids = sorted(set(dwellings))
    people: dict[int, list[tuple[int, int]]] = {}
    first: set[int] = set()
    buildings: dict[int, int] = {}
    for start in range(0, len(ids), 900):
        chunk = ids[start : start + 900]
        here = here_in(chunk, day_of(now))
        for one in here:
            people.setdefault(one.dwelling, []).append((one.household, one.resident))
        first |= _first(chunk, here, now)
        for pk, building, parent in Place.objects.filter(pk__in=chunk).values_list(
            "pk", "building_id", "parent_id"
        ):
            buildings[pk] = building or parent or pk
    return Census(people, frozenset(first), buildings)


def _first(chunk: Sequence[int], people: Iterable[Here], now: datetime) -> set[int]:
    """Return the households of these that are served first."""
    frail = set(
        Trait.objects.filter(
            holds_at(now), superseded_at=None, dwelling_id__in=chunk, code__in=FIRST_TRAITS
        ).values_list("resident_id", flat=True)
    )
    newest = birth_limit(day_of(now), VERY_OLD)
    return {
        one.household
        for one in people
        if one.resident in frail
        or (one.birth_on is not None and one.birth_on.toordinal() <= newest)
    }
