"""What Today shows for one community: figures, zones, work, late things, what changed."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.core import clock
from gridwell.health.models import Result
from gridwell.health.queries import guests_sampled_between
from gridwell.orders.models import ItemMatch, NoticePart
from gridwell.places.models import Place
from gridwell.plan.queries.days import Day, stored_day
from gridwell.plan.queries.snapshot import LIVED_IN
from gridwell.plan.rules.compare import PlanChange, compare
from gridwell.plan.rules.facts import guest_id
from gridwell.plan.rules.plan import (
    DutyCode,
    Late,
    OrderKind,
    Plan,
    SubjectKind,
    WorkGroup,
    ZonePlace,
)
from gridwell.residents.models import Resident, Stay
from gridwell.screening.queries.members import at_desks
from gridwell.web.queries.doors import DoorLine, chunks, door_lines, households_of_residents
from gridwell.web.queries.work import Work, work_of_plan, work_today

SHOWN_WORK = 12
ISOLATED = (DutyCode.STAY_HOME, DutyCode.STAY_ISOLATED)


@dataclass(frozen=True)
class WaitingNotice:
    """A notice on the desk: what it says in all, and how many items are this community's."""

    part: NoticePart
    designated: int
    lifted: int
    ours: int


@dataclass(frozen=True)
class Tally:
    """Figures of Today; people unless the name says otherwise."""

    stay_home_people: int
    stay_home_households: int
    stay_home_buildings: int
    due: int
    sampled: int
    door_services: int
    first: int
    isolated: int
    isolation_ends_tomorrow: int
    late: int

    @property
    def missing(self) -> int:
        """Return how many who are due have not been sampled."""
        return self.due - self.sampled


@dataclass(frozen=True)
class Today:
    """The page's facts. `is_narrowed` = only the actor's own grids are counted."""

    day: Day
    tally: Tally
    zones: tuple[ZonePlace, ...]
    work: Work
    late: tuple[Late, ...]
    late_doors: dict[int, DoorLine]  # of residents in isolation past its end
    waiting: tuple[WaitingNotice, ...]
    changes: tuple[PlanChange, ...] = field(default=())
    is_narrowed: bool = False


@dataclass(frozen=True)
class Reach:
    """Whom an actor's Today is about: None = the whole community."""

    residents: frozenset[int] | None
    dwellings: frozenset[int] | None

    def of(self, residents: Iterable[int]) -> frozenset[int]:
        """Return those of the residents that the actor's Today is about."""
        found = frozenset(residents)
        return found if self.residents is None else found & self.residents


def reach_of(actor: Actor, community: int) -> Reach:
    """Return whom the actor's Today is about: two queries for a grid worker, none for an officer."""
    grids = actor.grids_at(community)
    if grids is None:
        return Reach(None, None)
    dwellings = Place.objects.filter(community_id=community, kind__in=LIVED_IN, grid__in=grids)
    ids = frozenset(dwellings.values_list("pk", flat=True))
    people = Resident.objects.filter(
        community_id=community, dwelling__grid__in=grids, merged_into=None
    )
    guests = guests_in(community, grids)
    return Reach(frozenset(people.values_list("pk", flat=True)) | guests, ids)


def guests_in(community: int, grids: Collection[int]) -> frozenset[int]:
    """Return who stays in these grids without being registered, by the plan's numbers: one query."""
    rows = Stay.objects.filter(community_id=community, superseded_at=None, place__grid__in=grids)
    return frozenset(guest_id(pk) for pk in rows.values_list("pk", flat=True))


def sampled_on(community: int, day: date) -> frozenset[int]:
    """Return who gave a sample on a local day, guests too: three light queries.

    At a desk of a round, or by a result that came without one.
    """
    rows = Result.objects.filter(
        community_id=community,
        superseded_at=None,
        resident__isnull=False,
        sampled_at__gte=clock.start_of(day),
        sampled_at__lt=clock.end_of(day),
    )
    guests = guests_sampled_between(community, clock.start_of(day), clock.end_of(day))
    found = set(rows.values_list("resident_id", flat=True)) | {guest_id(pk) for pk in guests}
    return frozenset(found | at_desks(community, clock.start_of(day), clock.end_of(day)))


def today_of(actor: Actor, community: int, day: Day, now: datetime) -> Today:
    """Return what Today shows; the number of queries does not depend on the community's size."""
    plan = day.plan
    reach = reach_of(actor, community)
    zones = tuple(
        zone
        for zone in plan.zones
        if reach.dwellings is None or not reach.dwellings.isdisjoint(zone.dwellings)
    )
    # Doors with what is the matter behind them are names by another word.
    may_name = actor.may(Right.SEE_NAMES, community)
    missing = reach.of(plan.residents_with(DutyCode.BE_SAMPLED)) - sampled_on(community, plan.day)
    work = _work(actor, community, plan, reach, missing, now, SHOWN_WORK if may_name else 0)
    late = tuple(row for row in plan.late if _is_ours(row, plan, reach))
    stays = {row.subject for row in late if _is_stay(row)} if may_name else ()
    late_homes = households_of_residents(community, stays)
    yesterday = stored_day(community, plan.day - timedelta(days=1))
    return Today(
        day=day,
        tally=_tally(community, plan, reach, len(late), missing),
        zones=zones,
        work=work,
        late=late,
        late_doors=_late_doors(community, late_homes),
        waiting=waiting_notices(community),
        changes=compare(yesterday.plan, plan) if yesterday else (),
        is_narrowed=reach.dwellings is not None,
    )


def waiting_notices(community: int) -> tuple[WaitingNotice, ...]:
    """Return the notices that wait for this community's decision, newest first; two queries."""
    rows = NoticePart.objects.filter(community_id=community, state="waiting")
    parts = list(rows.select_related("notice").order_by("-notice__issued_on", "-pk")[:5])
    matches = ItemMatch.objects.filter(
        community_id=community, place__isnull=False, item__notice__in=[p.notice_id for p in parts]
    )
    ours = Counter(notice for notice, _ in set(matches.values_list("item__notice_id", "item_id")))
    return tuple(
        WaitingNotice(
            part=part,
            designated=_items(part, "designate"),
            lifted=_items(part, "lift"),
            ours=ours[part.notice_id],
        )
        for part in parts
    )


def _items(part: NoticePart, act: str) -> int:
    groups = part.notice.reading.get("groups", ())
    return sum(len(group["items"]) for group in groups if group["act"] == act)


def _is_stay(row: Late) -> bool:
    return row.basis.order_kind == OrderKind.ISOLATION


def _late_doors(community: int, homes: dict[int, int]) -> dict[int, DoorLine]:
    doors = door_lines(community, set(homes.values()))
    return {resident: doors[home] for resident, home in homes.items() if home in doors}


def _is_ours(row: Late, plan: Plan, reach: Reach) -> bool:
    if reach.residents is None:
        return True
    if _is_stay(row):
        return row.subject in reach.residents
    zone = next((zone for zone in plan.zones if zone.zone == row.subject), None)
    return zone is not None and not (reach.dwellings or frozenset()).isdisjoint(zone.dwellings)


def isolated_in(plan: Plan, reach: Reach) -> dict[int, datetime | None]:
    """Return everyone in isolation on the day with the end of it."""
    found: dict[int, datetime | None] = {}
    for group in plan.duties:
        if group.code in ISOLATED and group.basis.order_kind == OrderKind.ISOLATION:
            found.update(dict.fromkeys(reach.of(group.residents), group.until_at))
    return found


def _tally(community: int, plan: Plan, reach: Reach, late: int, missing: frozenset[int]) -> Tally:
    home = reach.of(plan.residents_with(DutyCode.STAY_HOME))
    due = reach.of(plan.residents_with(DutyCode.BE_SAMPLED))
    isolated = isolated_in(plan, reach)
    tomorrow = plan.day + timedelta(days=1)
    ends = sum(1 for end in isolated.values() if end and clock.day_of(end) == tomorrow)
    services = {h for group in _services(plan) for h in group.subjects}
    count = plan.count(DutyCode.STAY_HOME)
    households, buildings = count.households, count.buildings
    first = {row.household for row in plan.priorities} & services
    if reach.residents is not None:
        lived = set(households_of_residents(community, home).values())
        mine = set(_households_in(community, reach))
        households, services, first = len(lived), services & mine, first & mine
        buildings = len(
            {building for zone in plan.zones for building in zone.buildings}
            & set(_buildings_in(community, reach))
        )
    return Tally(
        stay_home_people=len(home),
        stay_home_households=households,
        stay_home_buildings=buildings,
        due=len(due),
        sampled=len(due) - len(missing),
        door_services=len(services),
        first=len(first),
        isolated=len(isolated),
        isolation_ends_tomorrow=ends,
        late=late,
    )


def _services(plan: Plan) -> list[WorkGroup]:
    return [
        group
        for group in plan.work
        if group.subject_kind is SubjectKind.HOUSEHOLD and group.code == "door_service"
    ]


def _households_in(community: int, reach: Reach) -> Iterable[int]:
    return households_of_residents(community, reach.residents or ()).values()


def _buildings_in(community: int, reach: Reach) -> Iterable[int]:
    found: set[int] = set()
    for part in chunks(reach.dwellings or ()):
        rows = Place.objects.filter(community_id=community, pk__in=part)
        found.update(b for b in rows.values_list("building_id", flat=True) if b)
    return found


def _work(
    actor: Actor,
    community: int,
    plan: Plan,
    reach: Reach,
    missing: frozenset[int],
    now: datetime,
    most: int,
) -> Work:
    """Return today's tasks; of another day, what its plan asks for."""
    if plan.day == clock.day_of(now):
        return work_today(actor, community, plan, now, most)
    mine = None if reach.residents is None else set(_households_in(community, reach))
    unsampled = set(households_of_residents(community, missing).values())
    return work_of_plan(actor, community, plan, mine, unsampled, now, most)
