"""The lists behind Today's figures: households in walking order, with those whom it is about."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from gridwell.accounts.rules.actor import Actor
from gridwell.places.models import Place
from gridwell.plan.rules.facts import guest_id
from gridwell.plan.rules.plan import DutyCode, Plan, Priority, SubjectKind, WorkCode, WorkGroup
from gridwell.residents.models import Resident, Stay
from gridwell.web.queries.doors import (
    DoorLine,
    chunks,
    door_lines,
    households_at,
    households_of_residents,
    in_walking_order,
    place_lines,
)
from gridwell.web.queries.today import Reach, isolated_in, reach_of, sampled_on

#: Lists of people by duty; "missing" and "isolated" are narrower views of the same duties.
PEOPLE = (*(code.value for code in DutyCode), "missing", "isolated")
#: The list of every household at whose door something is to be done.
ALL_WORK = "work"


@dataclass(frozen=True)
class Person:
    """One of those a list row is about."""

    resident: int
    name: str
    is_sampled: bool


@dataclass(frozen=True)
class Row:
    """A household of a list: its door, whom it is about, and who is served first."""

    door: DoorLine
    people: tuple[Person, ...]
    priority: Priority | None

    @property
    def done(self) -> int:
        """How many of them gave a sample that day."""
        return sum(person.is_sampled for person in self.people)


@dataclass(frozen=True)
class Building:
    """The rows of one building."""

    id: int | None
    name: str
    rows: tuple[Row, ...]

    @property
    def people(self) -> int:
        """How many people the building's rows are about."""
        return sum(len(row.people) or row.door.people for row in self.rows)


@dataclass(frozen=True)
class DayList:
    """A list by building. `asks_sample` shows who has been sampled."""

    code: str
    buildings: tuple[Building, ...]
    households: int
    people: int
    asks_sample: bool


def list_of(
    actor: Actor, community: int, plan: Plan, code: str, building: int | None = None
) -> DayList | None:
    """Return a list of the day by its code, or None when there is no such list.

    It names people: who has no daily work with names here must have given a reason before.
    """
    reach = reach_of(actor, community)
    if code in PEOPLE:
        rows = _people_rows(community, plan, code, reach)
    elif any(group.code == code for group in plan.work) or code in {"door_service", ALL_WORK}:
        rows = _household_rows(community, plan, code, reach)
    else:
        return None
    if building is not None:
        rows = [row for row in rows if row.door.building == building]
    return DayList(
        code=code,
        buildings=_by_building(community, rows),
        households=sum(1 for row in rows if row.door.household),
        people=sum(len(row.people) or row.door.people for row in rows),
        asks_sample=code in {DutyCode.BE_SAMPLED, "missing"},
    )


def _people_rows(community: int, plan: Plan, code: str, reach: Reach) -> list[Row]:
    sampled = sampled_on(community, plan.day)
    residents: Collection[int]
    if code == "isolated":
        residents = isolated_in(plan, reach)
    elif code == "missing":
        residents = reach.of(plan.residents_with(DutyCode.BE_SAMPLED)) - sampled
    else:
        residents = reach.of(plan.residents_with(DutyCode(code)))
    homes = households_of_residents(community, residents)
    names = _names(community, residents)
    people: dict[int, list[Person]] = defaultdict(list)
    for resident in sorted(homes):
        person = Person(resident, names.get(resident, ""), resident in sampled)
        people[homes[resident]].append(person)
    alone = _add_guests(community, [r for r in residents if r < 0], sampled, people)
    doors = door_lines(community, people)
    rows = [
        Row(door, tuple(people[door.household]), plan.priority_of.get(door.household))
        for door in doors.values()
    ]
    return sorted([*rows, *alone], key=lambda row: row.door.sort)


def _add_guests(
    community: int,
    guests: Collection[int],
    sampled: Collection[int],
    people: dict[int, list[Person]],
) -> list[Row]:
    """Add people who are not registered to the household of their door; return the doors without one."""
    if not guests:
        return []
    stays = {
        guest_id(stay.pk): stay
        for part in chunks([-guest for guest in guests])
        for stay in Stay.objects.filter(community_id=community, pk__in=part)
    }
    homes = households_at(community, {stay.place_id for stay in stays.values()})
    alone: dict[int, list[Person]] = defaultdict(list)
    for number, stay in sorted(stays.items(), reverse=True):
        person = Person(number, stay.name, number in sampled)
        home = homes.get(stay.place_id)
        if home is None:
            alone[stay.place_id].append(person)
        else:
            people[home].append(person)
    doors = place_lines(community, alone)
    return [Row(doors[place], tuple(found), None) for place, found in alone.items()]


def _household_rows(community: int, plan: Plan, code: str, reach: Reach) -> list[Row]:
    subjects = {
        subject
        for group in plan.work
        if code in {group.code, ALL_WORK} and group.subject_kind is SubjectKind.HOUSEHOLD
        for subject in _still_open(community, plan, group, is_all=code == ALL_WORK)
    }
    doors = [
        door
        for door in door_lines(community, subjects).values()
        if reach.dwellings is None or door.dwelling in reach.dwellings
    ]
    places = {
        subject
        for group in plan.work
        if code in {group.code, ALL_WORK} and group.subject_kind is SubjectKind.PLACE
        for subject in group.subjects
    }
    doors += [
        door
        for door in place_lines(community, places).values()
        if reach.dwellings is None or door.dwelling in reach.dwellings
    ]
    rows = [Row(door, (), plan.priority_of.get(door.household)) for door in in_walking_order(doors)]
    # Within a building those who are served first come first; buildings stay in walking order.
    return sorted(
        rows, key=lambda row: (row.door.sort[:2], row.priority.rank if row.priority else 99)
    )


def _still_open(community: int, plan: Plan, group: WorkGroup, *, is_all: bool) -> Collection[int]:
    """Return the households of a piece of work; among all work, sampling that is done is left out."""
    if not is_all or group.code != WorkCode.DOOR_SAMPLING:
        return group.subjects
    due = plan.residents_with(DutyCode.BE_SAMPLED) - sampled_on(community, plan.day)
    return set(group.subjects) & set(households_of_residents(community, due).values())


def _names(community: int, residents: Collection[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for part in chunks(residents):
        rows = Resident.objects.filter(community_id=community, pk__in=part)
        found.update(rows.values_list("pk", "name"))
    return found


def _by_building(community: int, rows: list[Row]) -> tuple[Building, ...]:
    by_building: dict[int | None, list[Row]] = defaultdict(list)
    for row in rows:
        by_building[row.door.building].append(row)
    ids = [building for building in by_building if building]
    names = dict(
        Place.objects.filter(community_id=community, pk__in=ids).values_list("pk", "full_name")
    )
    return tuple(
        Building(building, names.get(building or 0, found[0].door.compound), tuple(found))
        for building, found in by_building.items()
    )
