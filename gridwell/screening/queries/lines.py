"""Lines of the pages of a round: parts with names, and the missing households as a route (扫楼路线)."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import BigIntegerField, Count, F, Min, QuerySet
from django.utils.translation import gettext as _

from gridwell.core import clock
from gridwell.core.numbers import whole_number
from gridwell.core.prepared import PreparedIn
from gridwell.core.templatetags.core_tags import near_day
from gridwell.places.models import Grid, Place
from gridwell.residents.models import Phone, Resident, Stay
from gridwell.residents.rules.masking import mask_phone
from gridwell.screening.labels.rounds import DOOR_REASONS, EXEMPT_REASONS, STATUSES
from gridwell.screening.models import Round, RoundMember
from gridwell.screening.queries.called_to import CalledTo, called_to
from gridwell.screening.queries.members import (
    Progress,
    progress,
    with_status,
)
from gridwell.screening.rules.coverage import MISSING, Status

_DIGITS = re.compile(r"(\d+)")
_MISSING = frozenset(status.value for status in MISSING)


class PartName(NamedTuple):
    """A building or grid to choose from; 0 for those without one."""

    id: int
    name: str


@dataclass(frozen=True)
class PartLine:
    """A building or grid of a round: its name and how it stands."""

    id: int
    name: str
    part: Progress


@dataclass(frozen=True)
class Person:
    """Somebody of a round as a line shows it. `phone` is masked unless whole numbers were asked for."""

    member: int
    status: str
    at_door: bool
    door_reason: str = ""
    name: str = ""
    phone: str = ""
    remark: str = ""
    is_guest: bool = False
    resident: int | None = None
    exempt: str = ""
    exempt_until: datetime | None = None

    @property
    def exempt_words(self) -> str:
        """Return why this person need not come, and until when: 近期感染已康复，至12月12日."""
        if self.status != Status.EXEMPT:
            return ""
        why = str(EXEMPT_REASONS.get(self.exempt, self.exempt))
        if self.exempt_until is None:
            return why
        last = near_day(clock.last_day_of(self.exempt_until), clock.today())
        return _("%(why)s, until %(last)s") % {"why": why, "last": last}

    @property
    def is_missing(self) -> bool:
        """Return whether this person still has to be found."""
        return self.status in _MISSING

    @property
    def words(self) -> str:
        """Return the status in words."""
        return str(STATUSES[self.status])

    @property
    def door_words(self) -> str:
        """Return why this person is sampled at the door."""
        return str(DOOR_REASONS.get(self.door_reason, "")) if self.at_door else ""


@dataclass(frozen=True)
class HomeLine:
    """A door of a round: everyone behind it, in the order of a walk through the buildings."""

    household: int | None
    dwelling: int
    door: str
    building: int
    where: str
    people: tuple[Person, ...] = ()
    called_at: datetime | None = None
    calls: int = 0
    to: tuple[CalledTo, ...] = ()  # where those who are missing are called: `with_slots`

    @property
    def due(self) -> int:
        """Return how many behind the door are due."""
        return sum(1 for row in self.people if row.status != Status.EXEMPT)

    @property
    def sampled(self) -> int:
        """Return how many of them are sampled."""
        return sum(1 for row in self.people if row.status == Status.SAMPLED)

    @property
    def missing(self) -> list[Person]:
        """Return who still has to be found."""
        return [row for row in self.people if row.is_missing]

    @property
    def exempt(self) -> list[Person]:
        """Return who need not come."""
        return [row for row in self.people if row.status == Status.EXEMPT]


def part_lines(row: Round, by: str, rows: QuerySet[RoundMember]) -> list[PartLine]:
    """Return the buildings or grids of a round in their order: two queries."""
    return _named_parts(row, by, progress(row, by, rows))


def both_part_lines(
    row: Round, rows: QuerySet[RoundMember]
) -> tuple[list[PartLine], list[PartLine]]:
    """Return the buildings and the grids of a round: three queries, one of which goes through everybody."""
    buildings: dict[Any, Counter[str]] = {}
    grids: dict[Any, Counter[str]] = {}
    counted = with_status(rows, row).order_by().values_list("building_id", "grid_id", "status")
    for building, grid, status, count in counted.annotate(n=Count("pk")):
        buildings.setdefault(building, Counter())[status] += count
        grids.setdefault(grid, Counter())[status] += count
    return (
        _named_parts(row, "building", _parts(buildings)),
        _named_parts(row, "grid", _parts(grids)),
    )


def parts_named(row: Round, rows: QuerySet[RoundMember]) -> tuple[list[PartName], list[PartName]]:
    """Return the buildings and the grids of a round by name alone, to choose from: three queries."""
    pairs = list(rows.order_by().values_list("building_id", "grid_id").distinct())
    return (
        _names_in_order(row, "building", {building for building, _grid in pairs}),
        _names_in_order(row, "grid", {grid for _building, grid in pairs}),
    )


def _parts(counts: dict[Any, Counter[str]]) -> dict[Any, Progress]:
    return {key: Progress(key, dict(by_status)) for key, by_status in counts.items()}


def _named_parts(row: Round, by: str, parts: dict[Any, Progress]) -> list[PartLine]:
    named = _names_in_order(row, by, parts)
    return [PartLine(one.id, one.name, parts[one.id or None]) for one in named]


def _names_in_order(row: Round, by: str, ids: Collection[Any]) -> list[PartName]:
    names = _building_names(ids) if by == "building" else _grid_names(row.community_id)
    order = {key: number for number, key in enumerate(names)}
    nowhere = _("no grid") if by == "grid" else _("elsewhere")
    found = [PartName(key or 0, names.get(key or 0, nowhere)) for key in ids]
    return sorted(found, key=lambda one: order.get(one.id, len(order)))


def _building_names(ids: Iterable[Any]) -> dict[int, str]:
    places = Place.objects.filter(pk__in=[key for key in ids if key]).order_by(
        "parent__position", "parent__name", "position", "name"
    )
    return dict(places.values_list("pk", "full_name"))


def _grid_names(community: int) -> dict[int, str]:
    grids = Grid.objects.filter(community_id=community).values_list("pk", "number", "name")
    found = {pk: (natural(number), name) for pk, number, name in grids}
    return {pk: name for pk, (_n, name) in sorted(found.items(), key=lambda pair: pair[1])}


def natural(text: str) -> tuple[Any, ...]:
    """Return a key by which door numbers sort as people walk: 2-101 before 10-101."""
    parts = [(whole_number(part), part) for part in _DIGITS.split(text) if part]
    return tuple((1, 0, part) if n is None else (0, n, "") for n, part in parts)


COLUMNS = (
    "pk",
    "status",
    "at_door",
    "resident_id",
    "guest",
    "household_id",
    "dwelling_id",
    "building_id",
    "calls",
    "called_at",
    "dwelling__door",
    "dwelling__name",
    "building__full_name",
    "door_reason",
    "exempt",
    "exempt_until",
)
#: The way through the buildings: compound, building, unit, floors from the top down, door.
ROUTE = (
    F("building__parent__position").asc(nulls_last=True),
    F("building__position").asc(nulls_last=True),
    "building__full_name",
    "building_id",
    "unit__position",
    F("dwelling__floor").desc(nulls_last=True),
    "dwelling__position",
    "dwelling_id",
    "household_id",
    "pk",
)
Door = tuple[int, int]
"""A dwelling and a household by id, 0 for none."""


def door_list(rows: QuerySet[Any]) -> list[Door]:
    """Return the doors of these people in walking order, each once: one query, two columns.

    One person stands for each door before the places are joined and sorted: a third of the lines.
    """
    return _each_once(_doors_in_order(rows))


def _each_once(doors: Iterable[tuple[int | None, int | None]]) -> list[Door]:
    return list(dict.fromkeys([(dwelling or 0, household or 0) for dwelling, household in doors]))


def _doors_in_order(rows: QuerySet[Any]) -> QuerySet[Any, tuple[int | None, int | None]]:
    first = rows.order_by().values("dwelling_id", "household_id").annotate(first=Min("pk"))
    found = RoundMember.objects.filter(pk__in=first.values("first"))
    return found.order_by(*ROUTE).values_list("dwelling_id", "household_id")


def lines_at(row: Round, rows: QuerySet[RoundMember], doors: Sequence[Door]) -> list[HomeLine]:
    """Return the lines of these doors, with everyone of `rows` behind them, in the order given."""
    ids = sorted({dwelling for dwelling, _household in doors})
    found: dict[Door, HomeLine] = {}
    for start in range(0, len(ids), 800):
        part = rows.filter(dwelling__in=ids[start : start + 800])
        found |= {(line.dwelling, line.household or 0): line for line in home_lines(row, part)}
    if 0 in ids:
        loose = home_lines(row, rows.filter(dwelling=None))
        found |= {(line.dwelling, line.household or 0): line for line in loose}
    return [found[door] for door in doors if door in found]


def home_lines(row: Round, rows: QuerySet[RoundMember]) -> list[HomeLine]:
    """Return the doors of these people in walking order, without names: one query.

    Compound, building, unit, then floors from the top down, as one walks a building.
    """
    return homes_of(with_status(rows, row).order_by(*ROUTE).values_list(*COLUMNS))


def homes_of(people: Iterable[tuple[Any, ...]]) -> list[HomeLine]:
    """Return the doors of these rows of `COLUMNS`, each where its first person comes."""
    doors: dict[Door, list[Any]] = {}
    for values in people:
        doors.setdefault((values[6] or 0, values[5] or 0), []).append(values)
    return [_home(group) for group in doors.values()]


def _home(group: list[Any]) -> HomeLine:
    first = group[0]
    return HomeLine(
        household=first[5],
        dwelling=first[6] or 0,
        door=first[10] or first[11] or "",
        building=first[7] or 0,
        where=first[12] or "",
        people=tuple(
            Person(
                member=values[0],
                status=values[1],
                at_door=values[2],
                door_reason=values[13],
                is_guest=values[3] is None,
                resident=values[3],
                exempt=values[14],
                exempt_until=values[15],
            )
            for values in group
        ),
        calls=max(values[8] for values in group),
        called_at=max((values[9] for values in group if values[9] is not None), default=None),
    )


@dataclass(frozen=True)
class Named:
    """What names a member of a round: name, telephone, what was remarked."""

    name: str = ""
    phone: str = ""
    remark: str = ""


def names_of(
    community: int, members: Sequence[int], *, is_unmasked: bool = False
) -> dict[int, Named]:
    """Return the names of members by their id: four queries a 800 members."""
    found: dict[int, Named] = {}

    def shown(number: str) -> str:
        return number if is_unmasked or not number else mask_phone(number)

    for start in range(0, len(members), 800):
        part = members[start : start + 800]
        rows = _REMARKS(part, community=community)
        residents = [resident for _pk, resident, *_ in rows if resident]
        names = dict(_NAMES(residents, community=community))
        guests: dict[UUID, tuple[str, str]] = {
            ref: (name, phone)
            for ref, name, phone in Stay.objects.filter(
                community_id=community,
                ref__in=[guest for _pk, _resident, guest, *_ in rows if guest],
            ).values_list("ref", "name", "phone")
        }
        phones = dict(_PHONES(residents, community=community))  # the last one counts
        for pk, resident, guest, outcome_remark, exempt_reason in rows:
            remark = outcome_remark or exempt_reason
            if resident is not None:
                named = Named(names.get(resident, ""), shown(phones.get(resident, "")), remark)
            else:
                name, phone = guests.get(guest, ("", "")) if guest else ("", "")
                named = Named(name, shown(phone), remark)
            found[pk] = named
    return found


def _remarks(these: Sequence[Any], community: Any) -> QuerySet[RoundMember, tuple[Any, ...]]:
    rows = RoundMember.objects.filter(community_id=community, pk__in=these)
    return rows.values_list("pk", "resident_id", "guest", "outcome_remark", "exempt_reason")


def _phones(these: Sequence[Any], community: Any) -> QuerySet[Phone, tuple[int, str]]:
    rows = Phone.objects.filter(community_id=community, resident__in=these)
    return rows.order_by("-rank", "-pk").values_list("resident_id", "number")


_REMARKS = PreparedIn(_remarks, BigIntegerField(), most=256, community=BigIntegerField())
_PHONES = PreparedIn(_phones, BigIntegerField(), most=256, community=BigIntegerField())
_NAMES = PreparedIn(
    lambda these, community: Resident.objects.filter(
        community_id=community, pk__in=these
    ).values_list("pk", "name"),
    BigIntegerField(),
    most=256,
    community=BigIntegerField(),
)


def named_lines(
    community: int, lines: Sequence[HomeLine], *, is_unmasked: bool = False
) -> list[HomeLine]:
    """Return these doors with names, for the lines of one page or sheet."""
    members = [person.member for line in lines for person in line.people]
    named = names_of(community, members, is_unmasked=is_unmasked)
    return [
        replace(
            line,
            people=tuple(
                replace(
                    person,
                    name=named[person.member].name,
                    phone=named[person.member].phone,
                    remark=named[person.member].remark,
                )
                if person.member in named
                else person
                for person in line.people
            ),
        )
        for line in lines
    ]


def with_slots(row: Round, lines: Sequence[HomeLine]) -> list[HomeLine]:
    """Return these doors with the sites and times to which those who are missing are called."""
    found = called_to(row, [person.member for line in lines for person in line.missing])
    if not found:
        return list(lines)
    return [
        replace(
            line,
            to=tuple(_each_place_once(found, line)),
        )
        for line in lines
    ]


def _each_place_once(found: dict[int, CalledTo], line: HomeLine) -> Iterable[CalledTo]:
    """Return where the missing of a door are called; one who walks badly may come at the same time."""
    called = [found[person.member] for person in line.missing if person.member in found]
    return {place.words: place for place in called}.values()
