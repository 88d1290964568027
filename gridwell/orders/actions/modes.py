"""Writes of modes (平战转换)."""

from datetime import datetime, time
from uuid import UUID

from django.db import transaction

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.core.errors import RuleBroken
from gridwell.orders.actions import require, require_reason
from gridwell.orders.models import ModeChange, ModeProfile
from gridwell.orders.queries.modes import own_changes_below, stand_of
from gridwell.orders.rules.modes import STRICTNESS, Manual
from gridwell.places.models import Area
from gridwell.protocols.models import Event

MODES = tuple(STRICTNESS)
MOST_REPORTS = 12  # a day; more is 表格抗疫


@transaction.atomic
def change_mode(
    *,
    actor: Actor,
    area: int,
    mode: str,
    reason: str,
    now: datetime,
    event: Event | None = None,
    client_ref: UUID | None = None,
) -> ModeChange:
    """Record a change of an area's mode (平战转换) from now on.

    The area's row is locked, so of two officers the second sees what the first has done: refused
    when the area has set that mode itself already, or when an area above holds a stricter one,
    since such a change would change nothing. The same `client_ref` again returns the same change.
    """
    require(actor, Right.APPROVE_ORDERS, area)
    reason = require_reason(reason)
    if mode not in MODES:
        raise RuleBroken("orders.unknown_mode")
    Area.objects.select_for_update(no_key=True).get(pk=area)
    if client_ref is not None:
        seen = ModeChange.objects.filter(area_id=area, client_ref=client_ref).first()
        if seen is not None:
            return seen
    _check_move(area, mode, now)
    change = ModeChange.objects.create(
        area_id=area,
        event=event,
        mode=mode,
        effective_at=now,
        reason=reason,
        recorded_at=now,
        recorded_by=actor.user_id,
        recorded_post=actor.post_code_at(area),
        client_ref=client_ref,
    )
    audit.record(
        "orders.mode_changed", actor=actor, community=area, subject=change, reason=reason, at=now,
        mode=mode,
    )  # fmt: skip
    return change


@transaction.atomic
def ease_below(*, actor: Actor, area: int, mode: str, reason: str, now: datetime) -> int:
    """Take back to `mode` what areas below set themselves and is stricter; return how many.

    For the return of a whole area: a new row for each in one statement, one entry in the trail.
    """
    require(actor, Right.APPROVE_ORDERS_BELOW, area)
    reason = require_reason(reason)
    rows = [row for row in own_changes_below(area, now) if STRICTNESS[row.mode] > STRICTNESS[mode]]
    if not rows:
        return 0
    ModeChange.objects.bulk_create(
        ModeChange(
            area_id=row.area_id,
            event_id=row.event_id,
            mode=mode,
            effective_at=now,
            reason=reason,
            recorded_at=now,
            recorded_by=actor.user_id,
            recorded_post=actor.post_code_at(area),
        )
        for row in rows
    )
    audit.record(
        "orders.modes_eased_below", actor=actor, community=area, reason=reason, at=now, mode=mode,
        count=len(rows), ids=audit.digest_ids(row.area_id for row in rows),
    )  # fmt: skip
    return len(rows)


def _check_move(area: int, mode: str, now: datetime) -> None:
    """Refuse a change that would change nothing; easing what the area itself set is always open."""
    stand = stand_of(area, now)
    if mode == stand.mode:
        raise RuleBroken("orders.mode_already")
    eases = STRICTNESS[mode] < STRICTNESS[stand.own]
    if stand.is_from_above and STRICTNESS[mode] < STRICTNESS[stand.mode] and not eases:
        above = stand.change.area.name if stand.change is not None else ""
        raise RuleBroken("orders.mode_held_above", above=above)


@transaction.atomic
def set_profile(
    *,
    actor: Actor,
    area: int,
    mode: str,
    reason: str,
    now: datetime,
    time_percent: int | None = None,
    quiet: tuple[time, time] | None = None,
    reports_at: tuple[time, ...] | None = None,
    manual: frozenset[str] | None = None,
) -> ModeProfile:
    """Lay an area's own values over what a mode sets (状态参数); None keeps the standard.

    The row before ends; a past day is read with the row of that day.
    """
    require(actor, Right.APPROVE_ORDERS, area)
    reason = require_reason(reason)
    if mode not in MODES:
        raise RuleBroken("orders.unknown_mode")
    if time_percent is not None and not 10 <= time_percent <= 300:
        raise RuleBroken("orders.time_percent_odd", low=10, high=300)
    if reports_at is not None and not 1 <= len(set(reports_at)) <= MOST_REPORTS:
        raise RuleBroken("orders.reports_too_many", most=MOST_REPORTS)
    if manual is not None and not manual <= {code.value for code in Manual}:
        raise RuleBroken("orders.unknown_mode")
    Area.objects.select_for_update(no_key=True).get(pk=area)
    ModeProfile.objects.filter(area_id=area, mode=mode, ends_at=None).update(ends_at=now)
    row = ModeProfile.objects.create(
        area_id=area,
        mode=mode,
        time_percent=time_percent,
        quiet_from=quiet[0] if quiet else None,
        quiet_until=quiet[1] if quiet else None,
        reports_at=sorted({f"{at:%H:%M}" for at in reports_at}) if reports_at else None,
        manual=sorted(manual) if manual is not None else None,
        reason=reason,
        starts_at=now,
        recorded_by=actor.user_id,
    )
    audit.record(
        "orders.mode_profile_set", actor=actor, community=area, subject=row, reason=reason, at=now,
        mode=mode,
    )  # fmt: skip
    return row
