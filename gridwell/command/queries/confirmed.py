"""What follows from a confirmed case, as proposals (确诊后的建议): the zone, the contacts. A person decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from gridwell.core.clock import day_of
from gridwell.core.facts import holds_at
from gridwell.health.models import Case, Hold, Isolation
from gridwell.places.models import Place
from gridwell.plan.actions import up_to_date
from gridwell.plan.rules.plan import ZonePlace
from gridwell.protocols.queries import protocol_for
from gridwell.protocols.rules.model import ClassRule, Level, Protocol, Unit
from gridwell.residents.models import Membership

CONTACT = "close_contact"


@dataclass(frozen=True)
class ZoneProposal:
    """Where the protocol would draw a zone, or which running one covers the door already."""

    place: Place | None
    unit: str
    clause: str
    clause_text: str
    running: tuple[ZonePlace, ...]


@dataclass(frozen=True)
class Contact:
    """Somebody near the case: of the household, or a candidate of the same floor or unit."""

    resident: int
    name: str
    door: str
    near: str  # household floor unit
    is_isolated: bool


def zone_proposal(community: int, home: Place | None, now: datetime) -> ZoneProposal:
    """Return what the protocol of the day proposes for the case's door; an empty one for no rule."""
    day = day_of(now)
    protocol = protocol_for(community, day)
    plan = up_to_date(community=community, day=day, now=now).plan
    running = tuple(
        zone for zone in plan.zones if home and zone.level and home.pk in zone.dwellings
    )
    rule = protocol.levels.get(Level.HIGH) if protocol is not None else None
    if home is None or rule is None or rule.unit is None:
        return ZoneProposal(None, "", "", "", running)
    clause = protocol.clause(rule.unit_clause) if protocol else None
    place = _place_of(home, rule.unit)
    return ZoneProposal(
        place, rule.unit.value, rule.unit_clause, clause.zh if clause else "", running
    )


def _place_of(home: Place, unit: Unit) -> Place:
    """Return the place of that width around a door: never wider than asked, at least the door."""
    if unit is Unit.DWELLING:
        return home
    if unit in {Unit.UNIT, Unit.FLOOR}:
        return home.unit or home.building or home
    if unit is Unit.BUILDING:
        return home.building or home
    above = home.building or home
    return above.parent or above


def contact_rule(community: int, now: datetime) -> tuple[Protocol | None, ClassRule | None]:
    """Return the protocol of the day and what close contacts go through; None: no such class."""
    protocol = protocol_for(community, day_of(now))
    rule = protocol.classes.get(CONTACT) if protocol is not None else None
    return protocol, rule if rule is not None and rule.is_determined else None


def contacts_of(community: int, resident: int, home: Place | None, now: datetime) -> list[Contact]:
    """Return who lives with the case, then who lives on the same floor and in the same unit.

    Three queries. `resident` 0 is somebody who only stays behind the door: who lives there counts as
    the household. The household are contacts; the others are only candidates to be asked.
    """
    live = Membership.objects.filter(
        holds_at(now),
        community_id=community,
        kind="lives",
        superseded_at=None,
        resident__merged_into=None,
        resident__died_on=None,
    )
    theirs = live.filter(resident=resident) if resident else live.filter(dwelling=home)
    households = set(theirs.values_list("household_id", flat=True))
    near = Q(household__in=households)
    if home is not None:
        inside = {"unit": home.unit_id} if home.unit_id else {"building": home.building_id}
        if any(inside.values()):
            near |= Q(**{f"dwelling__{key}": value for key, value in inside.items()})
    rows = list(live.filter(near).exclude(resident=resident).select_related("resident", "dwelling"))
    isolated = _isolated(community, [row.resident_id for row in rows])
    found = [
        Contact(
            resident=row.resident_id,
            name=row.resident.name,
            door=row.dwelling.full_name,
            near=_near(row, households, home),
            is_isolated=row.resident_id in isolated,
        )
        for row in rows
    ]
    order = ("household", "floor", "unit")
    return sorted(found, key=lambda c: (order.index(c.near), c.door, c.resident))


def _near(row: Membership, households: set[int], home: Place | None) -> str:
    if row.household_id in households:
        return "household"
    if home is not None and home.floor is not None and row.dwelling.floor == home.floor:
        return "floor"
    return "unit"


def _isolated(community: int, residents: Sequence[int]) -> set[int]:
    rows = Isolation.objects.filter(
        community_id=community, resident__in=residents, ended_at=None, superseded_at=None
    )
    return set(rows.values_list("resident_id", flat=True))


def case_of(hold: Hold) -> Case | None:
    """Return the case that is on record for whoever is held, found since the pool was opened."""
    rows = Case.objects.filter(
        community_id=hold.community_id,
        resident=hold.resident_id,
        guest=hold.guest,
        superseded_at=None,
        found_at__gte=hold.tube.opened_at,
    )
    return rows.order_by("-found_at").first()
