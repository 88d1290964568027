"""Writes of standstills (静默管理): began and ended by order, with who ordered it and why."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.core.errors import RuleBroken
from gridwell.orders.actions import require, require_near, require_reason
from gridwell.orders.actions.lines import write_lines
from gridwell.orders.actions.zones import check_places
from gridwell.orders.models import Notice, Standstill
from gridwell.orders.queries.zones import scope_line
from gridwell.orders.rules.lifecycle import ScopeLine
from gridwell.places.models import Area, Place
from gridwell.protocols.models import Event


@transaction.atomic
def begin_standstill(
    *,
    actor: Actor,
    community: int,
    starts_at: datetime,
    ends_at: datetime | None,
    reason: str,
    now: datetime,
    place: Place | None = None,
    lines: Sequence[ScopeLine] = (),
    boundary: str = "",
    notice: Notice | None = None,
    ordered_by: str = "",
    ordered_how: str = "",
    event: Event | None = None,
) -> Standstill:
    """Record that a standstill was ordered (静默开始); the same order again returns the first.

    Its range: `lines`, else `place`, else the whole community.

    Refused without a notice and without who ordered it, and when it would end before it begins.
    """
    require(actor, Right.APPROVE_ORDERS, community)
    if notice is None and not ordered_by.strip():
        raise RuleBroken("orders.zone_without_basis")
    if ends_at is not None and ends_at <= starts_at:
        raise RuleBroken("orders.ends_before_it_begins")
    if notice is None:
        require_near(starts_at, now)
    if place is not None and place.community_id != community:
        raise RuleBroken("orders.place_not_here")
    check_places(community, lines)
    known = _known(community, place, lines, starts_at)
    if known is not None:
        return known
    row = Standstill.objects.create(
        community_id=community,
        event=event,
        place=place,
        boundary=boundary[:400],
        starts_at=starts_at,
        ends_at=ends_at,
        notice=notice,
        ordered_by=ordered_by[:120],
        ordered_how=ordered_how[:120],
        reason=reason[:400],
        recorded_at=now,
        recorded_by=actor.user_id,
    )
    write_lines(row, lines)
    audit.record(
        "orders.standstill_begun",
        actor=actor,
        community=community,
        subject=row,
        reason=reason,
        at=now,
    )
    return row


def _known(
    community: int, place: Place | None, lines: Sequence[ScopeLine], starts_at: datetime
) -> Standstill | None:
    """Return the open standstill of the same range and beginning. Locks the community: of two at
    once one comes second."""
    Area.objects.select_for_update(no_key=True).get(pk=community)
    wanted = {replace(line, community=community) for line in lines}
    same = Standstill.objects.filter(
        community_id=community, place=place, starts_at=starts_at, ended_recorded_at=None
    ).prefetch_related("lines")
    for row in same:
        if {scope_line(line) for line in row.lines.all()} == wanted:
            return row
    return None


@transaction.atomic
def end_standstill(
    *, actor: Actor, standstill: Standstill, ends_at: datetime, reason: str, now: datetime
) -> None:
    """End a standstill (静默解除). Conditional: the second of two officers is told that it ended."""
    require(actor, Right.APPROVE_ORDERS, standstill.community_id)
    reason = require_reason(reason)
    if ends_at < standstill.starts_at:
        raise RuleBroken("orders.ends_before_it_begins")
    done = Standstill.objects.filter(pk=standstill.pk, ended_recorded_at=None).update(
        ends_at=ends_at, ended_reason=reason, ended_recorded_at=now
    )
    if not done:
        raise RuleBroken("orders.standstill_ended_already")
    audit.record(
        "orders.standstill_ended",
        actor=actor,
        community=standstill.community_id,
        subject=standstill,
        reason=reason,
        at=now,
    )
