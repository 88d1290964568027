"""Writes of delivered sheets (送达)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.orders.actions import require
from gridwell.orders.models import SheetDelivery
from gridwell.orders.queries.sheets import own_doors

SHEETS = ("zone_notice", "isolation", "release")
WAYS = ("handed", "posted", "refused", "nobody_home")


@transaction.atomic
def record_deliveries(
    *,
    actor: Actor,
    community: int,
    sheet: str,
    basis: str,
    dwellings: Sequence[int],
    how: str,
    delivered_at: datetime,
    now: datetime,
) -> int:
    """Record that sheets reached dwellings (批量登记送达); return how many entries are new.

    The same delivery again changes nothing. `basis` names what the sheet is about ("zone:12"). Doors
    of another grid are not there for a grid worker, wherever the zone lies.
    """
    require(actor, Right.RECORD_HEALTH, community)
    if own_doors(actor, community, dwellings) != set(dwellings):
        raise NotVisible
    if sheet not in SHEETS or how not in WAYS:
        raise RuleBroken("orders.unknown_mode")
    if delivered_at > now:
        raise RuleBroken("orders.delivered_in_the_future")
    known = set(
        SheetDelivery.objects.filter(
            community_id=community, sheet=sheet, basis=basis, delivered_at=delivered_at
        ).values_list("dwelling_id", flat=True)
    )
    new = sorted(set(dwellings) - known)
    SheetDelivery.objects.bulk_create(
        SheetDelivery(
            community_id=community,
            dwelling_id=dwelling,
            sheet=sheet,
            basis=basis[:80],
            how=how,
            delivered_at=delivered_at,
            recorded_by=actor.user_id,
        )
        for dwelling in new
    )
    if new:
        audit.record(
            "orders.sheets_delivered",
            actor=actor,
            community=community,
            at=now,
            sheet=sheet,
            basis=basis,
            how=how,
            count=len(new),
            dwellings=audit.digest_ids(new),
        )
    return len(new)
