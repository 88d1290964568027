"""Writes of ordered rounds (轮次要求): ordered and ended, each once, with who asked and by which clause."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.core.clock import day_of, start_of
from gridwell.core.errors import RuleBroken
from gridwell.orders.actions import require, require_near, require_reason
from gridwell.orders.actions.lines import write_lines
from gridwell.orders.actions.zones import Basis, check_places
from gridwell.orders.models import RoundOrder, Zone
from gridwell.orders.queries.rounds import lines_of
from gridwell.orders.rules.lifecycle import ScopeLine
from gridwell.orders.rules.rounds import OF_A_ZONE, POOLS, Purpose
from gridwell.places.models import Area
from gridwell.protocols.models import Event
from gridwell.residents.rules.traits import KNOWN_WORDS


@transaction.atomic
def order_round(
    *,
    actor: Actor,
    community: int,
    purpose: str,
    on: date,
    pool: str,
    basis: Basis,
    now: datetime,
    number: int = 1,
    zone: Zone | None = None,
    lines: Sequence[ScopeLine] = (),
    traits: Sequence[str] = (),
    by_turn: bool = False,
    event: Event | None = None,
    ref: UUID | None = None,
) -> RoundOrder:
    """Record that a round was ordered (要求开展一轮核酸); the same order again returns the first.

    Its range: the zone, else `lines`, else the whole community. Refused without a notice and without
    who ordered it, without a clause, for a day gone by or far ahead, and a zone's round without its
    zone. A round of key people says by which circumstances they are known. An upper level that
    orders for many gives all of them one `ref`.
    """
    require(actor, Right.APPROVE_ORDERS, community)
    _check(community, purpose, pool, basis, zone, lines)
    _check_traits(purpose, traits)
    if on < day_of(now):
        raise RuleBroken("orders.round_in_the_past")
    require_near(start_of(on), now)
    if known := _known(community, purpose, number, on, zone, lines, traits, ref):
        return known
    facts = {} if ref is None else {"ref": ref}
    row = RoundOrder.objects.create(
        community_id=community,
        event=event,
        zone=zone,
        purpose=purpose,
        number=number,
        on=on,
        pool=pool,
        traits=sorted(traits),
        by_turn=by_turn and purpose == Purpose.KEY_PEOPLE,
        recorded_at=now,
        recorded_by=actor.user_id,
        **_basis_of(basis),
        **facts,
    )
    write_lines(row, lines)
    audit.record(
        "orders.round_ordered",
        actor=actor,
        community=community,
        subject=row,
        reason=basis.reason,
        at=now,
        purpose=purpose,
        on=on.isoformat(),
    )
    return row


def _basis_of(basis: Basis) -> dict[str, Any]:
    """Return on what an order rests, as its row keeps it."""
    return {
        "notice": basis.notice,
        "ordered_by": basis.ordered_by[:120],
        "ordered_how": basis.ordered_how[:120],
        "protocol": basis.protocol[:30],
        "clause": basis.clause[:60],
        "reason": basis.reason[:400],
    }


@transaction.atomic
def order_round_below(
    *,
    actor: Actor,
    communities: Sequence[int],
    on: date,
    pool: str,
    basis: Basis,
    ref: UUID,
    now: datetime,
    number: int = 1,
) -> list[RoundOrder]:
    """Order a round of everybody in many communities (全域核酸): one row each, one `ref` for all.

    Needs the right to decide for communities below in each. Sent again it returns the first ones.
    """
    for community in communities:
        require(actor, Right.APPROVE_ORDERS_BELOW, community)
    return [
        order_round(
            actor=actor,
            community=community,
            purpose=Purpose.CITY_ROUND,
            on=on,
            pool=pool,
            basis=basis,
            number=number,
            ref=ref,
            now=now,
        )
        for community in communities
    ]


def _check(
    community: int,
    purpose: str,
    pool: str,
    basis: Basis,
    zone: Zone | None,
    lines: Sequence[ScopeLine],
) -> None:
    if purpose not in set(Purpose):
        raise RuleBroken("orders.round_purpose_unknown")
    if pool not in POOLS:
        raise RuleBroken("orders.round_pool_unknown")
    if basis.notice is None and not basis.ordered_by.strip():
        raise RuleBroken("orders.zone_without_basis")
    if not basis.clause.strip():
        raise RuleBroken("orders.round_without_clause")
    if (purpose in OF_A_ZONE) != (zone is not None):
        raise RuleBroken("orders.round_needs_zone")
    if zone is not None and (zone.community_id != community or zone.closed_at is not None):
        raise RuleBroken("orders.zone_not_open")
    check_places(community, lines)
    if lines and all(line.is_except for line in lines):
        raise RuleBroken("orders.only_exceptions")


def _check_traits(purpose: str, traits: Sequence[str]) -> None:
    if bool(traits) != (purpose == Purpose.KEY_PEOPLE):
        raise RuleBroken("orders.round_needs_traits")
    if not set(traits) <= KNOWN_WORDS:
        raise RuleBroken("orders.round_trait_unknown")


def _known(
    community: int,
    purpose: str,
    number: int,
    on: date,
    zone: Zone | None,
    lines: Sequence[ScopeLine],
    traits: Sequence[str],
    ref: UUID | None,
) -> RoundOrder | None:
    """Return the order in force that asks the same. Locks the community: of two at once one waits."""
    Area.objects.select_for_update(no_key=True).get(pk=community)
    rows = RoundOrder.objects.filter(community_id=community)
    if ref is not None and (sent := rows.filter(ref=ref).first()) is not None:
        return sent
    same = list(
        rows.filter(purpose=purpose, number=number, on=on, zone=zone, ended_at=None).order_by("pk")
    )
    ranges = lines_of(same)
    wanted = {(line.place, line.floors, line.is_except) for line in lines}
    for row in same:
        if (
            row.traits == sorted(traits)
            and {(ln.place, ln.floors, ln.is_except) for ln in ranges.get(row.pk, ())} == wanted
        ):
            return row
    return None


@transaction.atomic
def end_round_order(*, actor: Actor, order: RoundOrder, reason: str, now: datetime) -> None:
    """End an ordered round (取消轮次): it asks nothing of anybody any more.

    Conditional: the second of two officers is told that it ended.
    """
    require(actor, Right.APPROVE_ORDERS, order.community_id)
    reason = require_reason(reason)
    done = RoundOrder.objects.filter(pk=order.pk, ended_at=None).update(
        ended_at=now, ended_reason=reason
    )
    if not done:
        raise RuleBroken("orders.round_order_ended")
    audit.record(
        "orders.round_order_ended",
        actor=actor,
        community=order.community_id,
        subject=order,
        reason=reason,
        at=now,
    )
