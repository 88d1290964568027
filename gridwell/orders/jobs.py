"""Background work of orders: stored values computed anew."""

from collections.abc import Callable

from gridwell.orders.actions.zones import refresh_closed
from gridwell.orders.queries.zones import zones_at


def recompute_zones(community: int | None, report: Callable[[int, int], None]) -> int:
    """Compute `closed_at` of every zone anew; return how many were wrong."""
    zones = list(zones_at(community))
    wrong = 0
    for start in range(0, len(zones), 500):
        wrong += refresh_closed(zones[start : start + 500])
        report(min(start + 500, len(zones)), len(zones))
    return wrong
