"""Acts on zones from the desk: entered by hand, lifted, restarted, corrected; the plan follows."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from gridwell.accounts.rules.actor import Actor
from gridwell.command.actions.plan import recompute_after
from gridwell.command.queries.zones import step_of
from gridwell.core.clock import day_of
from gridwell.core.errors import RuleBroken
from gridwell.orders.actions import standstills
from gridwell.orders.actions import zones as orders
from gridwell.orders.actions.zones import Basis
from gridwell.orders.models import Notice, Standstill, Zone, ZoneChange
from gridwell.orders.queries.zones import lives_of
from gridwell.orders.rules.lifecycle import Act, ScopeLine
from gridwell.protocols.queries import open_event, protocol_for
from gridwell.protocols.rules.model import Level, LevelRule


def _rule(community: int, level: Level, day: date) -> tuple[str, LevelRule | None]:
    protocol = protocol_for(community, day)
    if protocol is None:
        return "", None
    return protocol.ref, protocol.levels.get(level)


@transaction.atomic
def enter_zone(
    *,
    actor: Actor,
    community: int,
    name: str,
    level: Level,
    lines: Sequence[ScopeLine],
    boundary: str,
    effective_at: datetime | None,
    ordered_by: str,
    ordered_how: str,
    spread_unclear: str,
    now: datetime,
) -> Zone:
    """Enter a zone without a notice (无通告录入风险区), cited under the protocol of its day."""
    ref, rule = _rule(community, level, day_of(effective_at or now))
    zone = orders.designate_zone(
        actor=actor,
        community=community,
        name=name,
        level=level,
        lines=lines,
        boundary=boundary,
        effective_at=effective_at,
        effective_on=day_of(effective_at) if effective_at is not None else None,
        basis=Basis(
            ordered_by=ordered_by,
            ordered_how=ordered_how,
            protocol=ref,
            clause=rule.unit_clause if rule is not None else "",
        ),
        event=open_event(community, now),
        spread_unclear=spread_unclear,
        now=now,
    )
    recompute_after([community], now)
    return zone


@transaction.atomic
def change_zone(
    *,
    actor: Actor,
    zone: Zone,
    act: Act,
    effective_at: datetime,
    ordered_by: str,
    ordered_how: str,
    reason: str,
    now: datetime,
    level: Level | None = None,
    lines: Sequence[ScopeLine] | None = None,
) -> ZoneChange:
    """Lift, restart, step or re-draw an open zone without a notice; the plan follows.

    A step goes to the level that the rule of the zone's own level names, else `command.no_step`.
    """
    state = lives_of([zone])[0].at(effective_at)
    span = state.span if state.is_open else None
    ref, rule = _rule(
        zone.community_id, span.level if span is not None else Level.HIGH, day_of(effective_at)
    )
    if act is Act.STEP and span is not None and (level is None or level != step_of(rule, span)):
        raise RuleBroken("command.no_step")
    stepped = span is not None and span.is_stepped
    lift = rule.lifting(is_stepped=stepped) if rule is not None else None
    clause = lift.clause if lift is not None else ""
    basis = Basis(
        ordered_by=ordered_by, ordered_how=ordered_how, reason=reason, protocol=ref, clause=clause
    )
    if act is Act.LIFT:
        change = orders.lift_zone(
            actor=actor,
            zone=zone,
            effective_at=effective_at,
            effective_on=day_of(effective_at),
            basis=basis,
            now=now,
        )
    else:
        change = orders.change_open_zone(
            actor=actor,
            zone=zone,
            act=act,
            level=level,
            lines=lines,
            effective_at=effective_at,
            effective_on=day_of(effective_at),
            basis=basis,
            now=now,
        )
    recompute_after([zone.community_id], now)
    return change


@transaction.atomic
def correct(
    *,
    actor: Actor,
    change: ZoneChange,
    effective_at: datetime,
    level: Level | None,
    reason: str,
    now: datetime,
) -> ZoneChange:
    """Correct a change; what people were asked to do before stays on record."""
    made = orders.correct_change(
        actor=actor,
        change=change,
        effective_at=effective_at,
        effective_on=day_of(effective_at),
        level=level,
        reason=reason,
        now=now,
    )
    recompute_after([change.community_id], now)
    return made


@transaction.atomic
def withdraw(*, actor: Actor, change: ZoneChange, reason: str, now: datetime) -> ZoneChange:
    """Withdraw a change; it counts as never made."""
    made = orders.withdraw_change(actor=actor, change=change, reason=reason, now=now)
    recompute_after([change.community_id], now)
    return made


@transaction.atomic
def begin_standstill(
    *,
    actor: Actor,
    community: int,
    lines: Sequence[ScopeLine],
    starts_at: datetime,
    ends_at: datetime | None,
    ordered_by: str,
    ordered_how: str,
    reason: str,
    now: datetime,
    notice: Notice | None = None,
) -> Standstill:
    """Begin a standstill; the plan follows."""
    row = standstills.begin_standstill(
        actor=actor,
        community=community,
        lines=lines,
        notice=notice,
        starts_at=starts_at,
        ends_at=ends_at,
        ordered_by=ordered_by,
        ordered_how=ordered_how,
        reason=reason,
        event=open_event(community, now),
        now=now,
    )
    recompute_after([community], now)
    return row


@transaction.atomic
def end_standstill(
    *, actor: Actor, standstill: Standstill, ends_at: datetime, reason: str, now: datetime
) -> None:
    """End a standstill; the plan follows."""
    standstills.end_standstill(
        actor=actor, standstill=standstill, ends_at=ends_at, reason=reason, now=now
    )
    recompute_after([standstill.community_id], now)
