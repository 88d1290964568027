"""The lists of households and people, narrowed by what the page asks."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, QuerySet

from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.core.facts import holds_at
from gridwell.core.numbers import whole_number
from gridwell.places.models import Grid
from gridwell.residents.models import Household, Membership, Presence, Resident, Trait
from gridwell.residents.queries.marks import marks_in_force
from gridwell.residents.queries.people import households_of, living_of


@dataclass(frozen=True)
class Asked:
    """What a list is narrowed to; zero and empty mean all."""

    building: int = 0
    grid: int = 0
    label: int = 0
    tenure: str = ""
    trait: str = ""
    ages: str = ""  # "60-79": full years, either end may be missing
    away: bool = False

    @property
    def is_all(self) -> bool:
        return self == Asked()


_ORDER = (
    "dwelling__building__parent_id",
    "dwelling__building__position",
    "dwelling__unit__position",
    "dwelling__position",
    "pk",
)


def _grids(community: int, grid: int) -> list[int]:
    """Return a grid with its micro-grids."""
    below = Grid.objects.filter(community=community, parent=grid).values_list("pk", flat=True)
    return [grid, *below]


def _open_traits(community: int, code: str, now: datetime) -> QuerySet[Trait]:
    return Trait.objects.filter(holds_at(now), community=community, superseded_at=None, code=code)


def household_list(
    actor: Actor, community: int, asked: Asked, now: datetime
) -> QuerySet[Household]:
    """Return open households in walking order, narrowed; one query when sliced."""
    found = households_of(actor, community)
    if asked.building:
        found = found.filter(dwelling__building=asked.building)
    if asked.grid:
        found = found.filter(dwelling__grid__in=_grids(community, asked.grid))
    if asked.tenure:
        found = found.filter(tenure=asked.tenure)
    if asked.label:
        marks = marks_in_force(community, now).filter(label=asked.label)
        members = Membership.objects.filter(
            community=community,
            household=OuterRef("pk"),
            superseded_at=None,
            ends_at=None,
            resident__in=marks.filter(resident__isnull=False).values("resident_id"),
        )
        found = found.filter(Exists(marks.filter(household=OuterRef("pk"))) | Exists(members))
    if asked.trait:
        having = Membership.objects.filter(
            community=community,
            household=OuterRef("pk"),
            superseded_at=None,
            ends_at=None,
            resident__in=_open_traits(community, asked.trait, now).values("resident_id"),
        )
        found = found.filter(Exists(having))
    return found.select_related("dwelling__grid").order_by(*_ORDER)


def resident_list(actor: Actor, community: int, asked: Asked, now: datetime) -> QuerySet[Resident]:
    """Return the people who live here in walking order, narrowed; one query when sliced."""
    found = living_of(actor, community)
    if asked.building:
        found = found.filter(dwelling__building=asked.building)
    if asked.grid:
        found = found.filter(dwelling__grid__in=_grids(community, asked.grid))
    homes = Membership.objects.filter(
        community=community, resident=OuterRef("pk"), superseded_at=None, ends_at=None
    )
    if asked.tenure:
        found = found.filter(Exists(homes.filter(household__tenure=asked.tenure)))
    if asked.label:
        marks = marks_in_force(community, now).filter(label=asked.label)
        of_home = homes.filter(
            household__in=marks.filter(household__isnull=False).values("household_id")
        )
        found = found.filter(Exists(marks.filter(resident=OuterRef("pk"))) | Exists(of_home))
    if asked.trait:
        traits = _open_traits(community, asked.trait, now)
        found = found.filter(Exists(traits.filter(resident=OuterRef("pk"))))
    if asked.away:
        found = found.filter(
            Exists(
                Presence.objects.filter(
                    holds_at(now),
                    community=community,
                    superseded_at=None,
                    resident=OuterRef("pk"),
                )
            )
        )
    if asked.ages:
        found = _of_age(found, asked.ages, now)
    return found.select_related("dwelling").order_by(*_ORDER)


def _of_age(found: QuerySet[Resident], ages: str, now: datetime) -> QuerySet[Resident]:
    low, _, high = ages.partition("-")
    today = clock.day_of(now)
    least, most = whole_number(low), whole_number(high)
    if least is not None and least < 200:
        found = found.filter(birth_on__lte=_years_before(today, least))
    if most is not None and most < 200:
        found = found.filter(birth_on__gt=_years_before(today, most + 1))
    return found


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
