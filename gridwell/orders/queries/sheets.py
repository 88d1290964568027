"""Reads of delivered sheets (送达情况)."""

from collections.abc import Collection

from gridwell.accounts.rules.actor import Actor
from gridwell.orders.models import SheetDelivery
from gridwell.places.models import Place


def deliveries_of(community: int, sheet: str, basis: str) -> dict[int, SheetDelivery]:
    """Return the last delivery per dwelling of one sheet for one basis, withdrawn ones left out.

    One query.
    """
    rows = SheetDelivery.objects.filter(
        community_id=community, sheet=sheet, basis=basis, withdrawn_at=None
    )
    return {row.dwelling_id: row for row in rows.order_by("delivered_at", "pk")}


def own_doors(actor: Actor, community: int, dwellings: Collection[int]) -> set[int]:
    """Return those of the doors that lie in the actor's grids: no query for who has the whole community."""
    grids = actor.grids_at(community)
    if grids is None:
        return set(dwellings)
    found: set[int] = set()
    wanted = list(dwellings)
    for start in range(0, len(wanted), 900):
        rows = Place.objects.filter(
            community_id=community, pk__in=wanted[start : start + 900], grid__in=grids
        )
        found.update(rows.values_list("pk", flat=True))
    return found
