"""A plan in the making: collects groups while the facts are walked through, then orders them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from operator import attrgetter
from typing import Any

from gridwell.core.clock import day_of
from gridwell.plan.rules.crowd import Crowd
from gridwell.plan.rules.facts import Snapshot
from gridwell.plan.rules.plan import (
    RESTRICTING,
    ActToday,
    Basis,
    DutyCode,
    DutyGroup,
    End,
    Facts,
    Late,
    Priority,
    Proposal,
    SubjectKind,
    Unfounded,
    WorkCode,
    WorkGroup,
    ZonePlace,
)

Window = tuple[datetime | None, datetime | None]

_MIN = datetime.min.replace(tzinfo=UTC)
_MAX = datetime.max.replace(tzinfo=UTC)
_DUTY_ORDER = {code: number for number, code in enumerate(DutyCode)}
_LEVEL_ORDER = {"high": 2, "mid": 1}


class Draft:
    """What has been derived so far. Only the engine's own modules write to it."""

    def __init__(self, snapshot: Snapshot, day: date, crowd: Crowd) -> None:
        self.snapshot = snapshot
        self.day = day
        self.crowd = crowd
        self.start = crowd.start
        self.end = crowd.end
        self.known_at = snapshot.known_at
        self.protocol = snapshot.protocol
        self._duties: list[DutyGroup] = []
        self._works: list[WorkGroup] = []
        self._priorities: dict[int, Priority] = {}
        self._zones: list[ZonePlace] = []
        self._late: list[Late] = []
        self._proposals: list[Proposal] = []
        self._unfounded: list[Unfounded] = []
        self._acts: list[ActToday] = []
        self._isolated: set[int] = set()
        self._exempt = self._exemptions()

    @cached_property
    def _negatives(self) -> dict[int, list[date]]:
        found: dict[int, list[date]] = {}
        for result in self.snapshot.results:
            if result.is_negative and result.recorded_at <= self.known_at:
                found.setdefault(result.resident, []).append(day_of(result.sampled_at))
        return found

    def negative_days(self, resident: int) -> Sequence[date]:
        """Return the days on which a resident was sampled with a negative result."""
        return self._negatives.get(resident, ())

    # Windows

    def overlaps(self, from_at: datetime | None, until_at: datetime | None) -> bool:
        """Return whether [from_at, until_at) shares an instant with the day; an empty window never."""
        if from_at is not None and until_at is not None and from_at >= until_at:
            return False
        return (from_at is None or from_at < self.end) and (
            until_at is None or until_at > self.start
        )

    def is_in_day(self, at: datetime | None) -> bool:
        """Return whether an instant lies in the day."""
        return at is not None and self.start <= at < self.end

    def within_day(self, window: Window) -> tuple[datetime, datetime]:
        """Return the part of a window that lies in the day."""
        return max(window[0] or self.start, self.start), min(window[1] or self.end, self.end)

    # Collecting

    def residents(self, dwellings: frozenset[int] | None) -> tuple[int, ...]:
        """Return who is here in these dwellings; None means the whole community."""
        if dwellings is None:
            return tuple(self.crowd.everyone())
        return self.crowd.living_in(dwellings)

    def duty(
        self,
        code: DutyCode,
        residents: Sequence[int],
        basis: Basis,
        window: Window,
        end: End,
        **facts: int | str,
    ) -> None:
        """Add one duty for many; those exempt from it for all of its part of the day are left out."""
        if not self.overlaps(*window):
            return
        kept = self._without_exempt(code, residents, window)
        if kept:
            self._duties.append(
                DutyGroup(code, kept, basis, window[0], window[1], end, _facts(facts))
            )

    def work(
        self,
        code: WorkCode,
        kind: SubjectKind,
        subjects: Iterable[int],
        basis: Basis,
        window: Window,
        slot: str,
        **facts: int | str,
    ) -> None:
        """Add work for the teams; nothing is added when it is for nobody."""
        found = tuple(subjects)
        if found:
            self._works.append(
                WorkGroup(code.value, kind, found, basis, window[0], window[1], slot, _facts(facts))
            )

    def first_served(self, priorities: Iterable[Priority]) -> None:
        """Keep which households are served first."""
        for priority in priorities:
            self._priorities[priority.household] = priority

    def in_order(self, households: set[int]) -> list[int]:
        """Return households in the order of service, and keep who is served first."""
        first = self.crowd.priorities(households)
        self.first_served(first)
        ahead = [p.household for p in first]
        return ahead + sorted(households.difference(ahead))

    def zone_place(self, place: ZonePlace) -> None:
        self._zones.append(place)

    def late(self, late: Late) -> None:
        self._late.append(late)

    def proposal(self, proposal: Proposal) -> None:
        self._proposals.append(proposal)

    def unfounded(self, code: str, kind: str, order: int, **facts: int | str) -> None:
        self._unfounded.append(Unfounded(code, kind, order, _facts(facts)))

    def act(self, act: ActToday) -> None:
        self._acts.append(act)

    def isolate(self, resident: int) -> None:
        self._isolated.add(resident)

    def _exemptions(self) -> dict[str, dict[int, list[tuple[datetime, datetime]]]]:
        found: dict[str, dict[int, list[tuple[datetime, datetime]]]] = {}
        for fact in self.snapshot.exemptions:
            if fact.recorded_at <= self.known_at:
                windows = found.setdefault(fact.duty, {}).setdefault(fact.resident, [])
                windows.append((fact.from_at, fact.until_at))
        return found

    def _without_exempt(
        self, code: DutyCode, residents: Sequence[int], window: Window
    ) -> tuple[int, ...]:
        exempt = self._exempt.get(code.value)
        if not exempt:
            return tuple(residents)
        start, end = self.within_day(window)
        return tuple(
            r
            for r in residents
            if not any(since <= start and until >= end for since, until in exempt.get(r, ()))
        )

    # What has been collected, in canonical order

    def held(self) -> tuple[set[int], dict[int, datetime]]:
        """Return who is restricted at the end of the day, and when others were freed during it."""
        held: set[int] = set()
        freed: dict[int, datetime] = {}
        for group in self._duties:
            if group.code not in RESTRICTING:
                continue
            if group.until_at is None or group.until_at >= self.end:
                held.update(group.residents)
            else:
                for resident in group.residents:
                    at = freed.get(resident, group.until_at)
                    freed[resident] = max(at, group.until_at)
        return held, freed

    def duties(self) -> tuple[DutyGroup, ...]:
        return tuple(sorted(self._duties, key=_duty_key))

    def works(self) -> tuple[WorkGroup, ...]:
        return tuple(sorted(self._works, key=_work_key))

    def priorities(self) -> tuple[Priority, ...]:
        return tuple(sorted(self._priorities.values(), key=attrgetter("rank", "household")))

    def zone_places(self) -> tuple[ZonePlace, ...]:
        return tuple(sorted(self._zones, key=lambda z: z.zone))

    def lates(self) -> tuple[Late, ...]:
        return tuple(sorted(set(self._late)))

    def proposals(self) -> tuple[Proposal, ...]:
        return tuple(sorted(set(self._proposals)))

    def unfoundeds(self) -> tuple[Unfounded, ...]:
        return tuple(sorted(set(self._unfounded), key=_plain_key))

    def acts(self) -> tuple[ActToday, ...]:
        return tuple(
            sorted(
                set(self._acts),
                key=lambda a: (a.at or _MIN, a.order_kind, a.order, a.change, a.act),
            )
        )

    def isolated(self) -> set[int]:
        """Return who is in isolation or under monitoring."""
        return self._isolated

    def door_services(self) -> set[int]:
        """Return the households that get a door service on the day."""
        return {
            household
            for work in self._works
            if work.code == WorkCode.DOOR_SERVICE and work.subject_kind is not SubjectKind.PLACE
            for household in work.subjects
        }

    def building_levels(self) -> dict[int, str]:
        """Return the highest level of an open zone in each building."""
        levels: dict[int, str] = {}
        for zone in self._zones:
            if zone.level is not None:
                for building in zone.buildings:
                    now = levels.get(building, "")
                    if _LEVEL_ORDER.get(zone.level, 0) > _LEVEL_ORDER.get(now, 0):
                        levels[building] = zone.level
        return levels


def _facts(facts: dict[str, int | str]) -> Facts:
    return tuple(sorted(facts.items()))


def _plain_key(row: tuple[Any, ...]) -> tuple[str, ...]:
    return tuple(str(value) for value in row)


def _duty_key(group: DutyGroup) -> tuple[Any, ...]:
    return (
        _DUTY_ORDER[group.code],
        group.basis,
        group.from_at or _MIN,
        group.until_at or _MAX,
        _plain_key(group.facts),
        group.residents,
    )


def _work_key(group: WorkGroup) -> tuple[Any, ...]:
    return (
        group.code,
        group.basis,
        group.from_at or _MIN,
        group.until_at or _MAX,
        group.subject_kind,
        _plain_key(group.facts),
        group.subjects,
    )
