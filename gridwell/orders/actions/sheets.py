"""Writes of delivered sheets (送达)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.orders.actions import require, require_reason
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
    source: str = "",
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
            community_id=community,
            sheet=sheet,
            basis=basis,
            delivered_at=delivered_at,
            withdrawn_at=None,
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
            source=source[:60],
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


@transaction.atomic
def withdraw_deliveries(
    *, actor: Actor, community: int, source: str, reason: str, now: datetime
) -> int:
    """Withdraw the deliveries that something wrote (撤回送达登记); return how many.

    For what turns out not to have been delivered. The rows stay as what was believed; withdrawing
    again changes nothing. `source` must be that of the record.
    """
    require(actor, Right.RECORD_HEALTH, community)
    if not source:
        raise NotVisible
    rows = SheetDelivery.objects.select_for_update().filter(
        community_id=community, source=source, withdrawn_at=None
    )
    dwellings = sorted(set(rows.values_list("dwelling_id", flat=True)))
    count = rows.update(
        withdrawn_at=now, withdrawn_by=actor.user_id, withdrawn_reason=require_reason(reason)
    )
    if count:
        audit.record(
            "orders.sheets_withdrawn",
            actor=actor,
            community=community,
            reason=reason,
            at=now,
            source=source,
            count=count,
            dwellings=audit.digest_ids(dwellings),
        )
    return count
