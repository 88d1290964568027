"""Taking command of a place and giving it back (提级指挥), visibly."""

from datetime import datetime

from django.db import transaction

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.command.actions.telling import desks_of, tell
from gridwell.command.models import TakeOver
from gridwell.command.queries.takeovers import standing
from gridwell.core import clock
from gridwell.core.errors import RuleBroken
from gridwell.orders.actions import require, require_reason
from gridwell.places.models import Area
from gridwell.places.rules.levels import span_of


def guard(actor: Actor, area: int) -> None:
    """Refuse a decision at an area that another level commands now (registered in `orders`).

    One query. Who covers the area that took over, or one above it, decides there as before; so does
    background work, which only carries out what was decided.
    """
    if actor.is_system:
        return
    for row in standing(area, clock.now()):
        if not actor.may(Right.APPROVE_ORDERS, row.by_area_id):
            raise RuleBroken(
                "command.taken_over", by=row.by_area.name, telephone=row.telephone or "—"
            )


@transaction.atomic
def take_over(
    *,
    actor: Actor,
    area: Area,
    by_area: int,
    reason: str,
    now: datetime,
    telephone: str = "",
    ends_at: datetime | None = None,
) -> TakeOver:
    """Take command of a place for an upper area (提级指挥); taking it again returns the standing one.

    Only an area strictly above may, by whoever decides there. `ends_at` gives it back by itself.
    """
    require(actor, Right.APPROVE_ORDERS, by_area)
    reason = require_reason(reason)
    low, high = span_of(by_area)
    if not low < area.pk < high:
        raise RuleBroken("command.takeover_not_below")
    if ends_at is not None and ends_at <= now:
        raise RuleBroken("orders.ends_before_it_begins")
    Area.objects.select_for_update(no_key=True).get(pk=area.pk)
    for row in standing(area.pk, now):
        if row.area_id == area.pk and row.by_area_id == by_area:
            return row
    row = TakeOver.objects.create(
        area=area,
        by_area_id=by_area,
        reason=reason,
        telephone=telephone.strip(),
        starts_at=now,
        started_by=actor.user_id,
        started_post=actor.post_code_at(by_area),
        ends_at=ends_at,
    )
    audit.record(
        "command.taken_over", actor=actor, community=area.pk, subject=row, reason=reason, at=now,
        by=by_area, ends_at=ends_at,
    )  # fmt: skip
    tell(
        kind="command.taken_over",
        users=desks_of(area.pk, now),
        area=area.pk,
        facts={"area": area.name, "by": row.by_area.name, "telephone": telephone.strip() or "—"},
        page="takeover_list",
        is_urgent=True,
        key=f"takeover:{row.pk}",
        now=now,
    )
    return row


@transaction.atomic
def give_back(*, actor: Actor, takeover: TakeOver, reason: str, now: datetime) -> TakeOver:
    """Give the command of a place back to its own level, with a reason."""
    require(actor, Right.APPROVE_ORDERS, takeover.by_area_id)
    reason = require_reason(reason)
    row = TakeOver.objects.select_for_update().select_related("area", "by_area").get(pk=takeover.pk)
    if row.ends_at is not None and row.ends_at <= now:
        raise RuleBroken("command.given_back_already")
    row.ends_at, row.end_reason, row.ended_by = now, reason, actor.user_id
    row.ended_post = actor.post_code_at(row.by_area_id)
    row.save(update_fields=["ends_at", "end_reason", "ended_by", "ended_post"])
    audit.record(
        "command.given_back", actor=actor, community=row.area_id, subject=row, reason=reason,
        at=now, by=row.by_area_id,
    )  # fmt: skip
    tell(
        kind="command.given_back",
        users=desks_of(row.area_id, now),
        area=row.area_id,
        facts={"area": row.area.name, "by": row.by_area.name},
        page="takeover_list",
        key=f"takeover:{row.pk}:back",
        now=now,
    )
    return row
