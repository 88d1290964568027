"""A small community with a high-risk zone, for tests of Today."""

from datetime import UTC, datetime

from gridwell.accounts.rules.actor import Actor
from gridwell.orders.actions.zones import Basis, designate_zone
from gridwell.orders.models import Zone
from gridwell.orders.rules.lifecycle import ScopeLine
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY, make_dwelling, make_grid
from gridwell.protocols.actions import load_shipped
from gridwell.protocols.rules.model import Level
from gridwell.residents.models import Household
from gridwell.residents.tests.make import make_household, make_resident

#: The evening of day 1 of the zone.
EVENING = datetime(2022, 11, 21, 12, tzinfo=UTC)
DESIGNATED = datetime(2022, 11, 20, 4, tzinfo=UTC)


def make_homes(count: int, *, building: str = "1号楼", grid: str = "1") -> list[Household]:
    """Return households of two in one building, in one grid."""
    homes = []
    for number in range(count):
        room = f"{number // 2 + 1}0{number % 2 + 1}"
        dwelling = make_dwelling(building=building, room=room, grid=make_grid(number=grid))
        Place.objects.filter(pk=dwelling.pk).update(grid=make_grid(number=grid))
        home = make_household(dwelling=dwelling)
        make_resident(household=home, name=f"户主{number}", is_head=True)
        make_resident(household=home, name=f"家人{number}")
        homes.append(home)
    return homes


def make_zone(actor: Actor, building: str = "1号楼") -> Zone:
    """Return a high-risk zone of one building since 20 November 2022."""
    load_shipped(actor=Actor.system(0), now=DESIGNATED)
    place = Place.objects.get(community=COMMUNITY, kind="building", name=building)
    return designate_zone(
        actor=actor,
        community=COMMUNITY,
        name=place.full_name,
        level=Level.HIGH,
        lines=[ScopeLine(place=place.pk, community=COMMUNITY)],
        effective_at=DESIGNATED,
        effective_on=DESIGNATED.date(),
        basis=Basis(ordered_by="市疫情防控办", ordered_how="电话通知"),
        now=DESIGNATED,
    )
