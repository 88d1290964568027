"""Reads of delivered sheets (送达情况)."""

from gridwell.orders.models import SheetDelivery


def deliveries_of(community: int, sheet: str, basis: str) -> dict[int, SheetDelivery]:
    """Return the last delivery per dwelling of one sheet for one basis: one query."""
    rows = SheetDelivery.objects.filter(community_id=community, sheet=sheet, basis=basis).order_by(
        "delivered_at", "pk"
    )
    return {row.dwelling_id: row for row in rows}
