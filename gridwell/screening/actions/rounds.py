"""Writes of a round (轮次): planned, opened with who is due frozen, kept up to date, closed with a report."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db import transaction

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.core.clock import day_of
from gridwell.core.errors import RuleBroken
from gridwell.orders.actions.zones import record_round
from gridwell.orders.models import RoundOrder, ZoneRound
from gridwell.orders.rules.rounds import RUN_HERE
from gridwell.plan.actions import up_to_date
from gridwell.screening.actions import require, require_reason, work
from gridwell.screening.models import Round, RoundMember
from gridwell.screening.queries.due import Due, due_of
from gridwell.screening.queries.members import sampled_of, total
from gridwell.screening.queries.report import report_of, results_of_round
from gridwell.screening.queries.rounds import instant_of

EARLY = timedelta(days=1)  # a round can be opened on the evening before


@transaction.atomic
def plan_round(*, actor: Actor, order: RoundOrder, now: datetime) -> Round:
    """Make the round of an order (安排轮次) and return it; a second time returns the first."""
    require(actor, Right.APPROVE_ORDERS, order.community_id)
    if order.ended_at is not None:
        raise RuleBroken("screening.order_ended")
    row, is_new = Round.objects.get_or_create(
        community_id=order.community_id,
        order=order,
        defaults={"on": order.on, "recorded_at": now},
    )
    if is_new:
        audit.record(
            "screening.round_planned",
            actor=actor,
            community=order.community_id,
            subject=row,
            at=now,
            order=order.pk,
        )
    return row


@transaction.atomic
def set_targets(
    *, actor: Actor, round: Round, targets: Sequence[tuple[str, int]], now: datetime
) -> None:
    """Set the targets of the day (时间节点): local times with a share in percent, both growing."""
    require(actor, Right.APPROVE_ORDERS, round.community_id)
    try:
        instants = [instant_of(round.on, at) for at, _ in targets]
    except ValueError as odd:
        raise RuleBroken("screening.targets_odd") from odd
    shares = [share for _, share in targets]
    is_growing = all(a < b for a, b in pairwise(instants)) and all(
        a < b for a, b in pairwise(shares)
    )
    if not targets or not is_growing or not 0 < shares[0] <= shares[-1] <= 100:
        raise RuleBroken("screening.targets_odd")
    kept = [[at, share] for at, share in targets]
    if round.targets == kept:
        return
    Round.objects.filter(pk=round.pk).update(targets=kept)
    audit.record(
        "screening.targets_set",
        actor=actor,
        community=round.community_id,
        subject=round,
        at=now,
        targets=kept,
    )


@transaction.atomic
def open_round(*, actor: Actor, round: Round, now: datetime) -> Round:
    """Open a round (开启轮次): freeze who is due by the plan of its day. Opened twice is once.

    Whom the plan asks to come is due; who lives in the range and need not come stands as exempt with
    reason and end. Refused when nobody is due, which an ended order or a missing clause explains.
    """
    community = round.community_id
    require(actor, Right.APPROVE_ORDERS, community)
    round = _locked(round)
    if round.state != "planned":
        return round
    if round.order.ended_at is not None:
        raise RuleBroken("screening.order_ended")
    if day_of(now + EARLY) < round.on:
        raise RuleBroken("screening.too_early")
    day = up_to_date(community=community, day=round.on, now=now)
    people = due_of(round.order, day)
    if not any(not row.exempt for row in people):
        raise RuleBroken("screening.nobody_due")
    RoundMember.objects.bulk_create([_member(round, row) for row in people])
    round.state, round.opened_at, round.opened_by = "open", now, actor.user_id
    round.save(update_fields=["state", "opened_at", "opened_by"])
    audit.record(
        "screening.round_opened",
        actor=actor,
        community=community,
        subject=round,
        at=now,
        due=sum(1 for row in people if not row.exempt),
        exempt=sum(1 for row in people if row.exempt),
        at_door=sum(1 for row in people if row.door_reason),
    )
    work.begin(actor=actor, round=round, plan=day.plan, now=now)
    return round


def _locked(round: Round) -> Round:
    """Return the round as it is now; until the act is over nobody else changes its state."""
    return Round.objects.select_for_update(of=("self",)).select_related("order").get(pk=round.pk)


def opened(round: Round) -> Round:
    """Return the locked round, or refuse when it is not open."""
    row = _locked(round)
    if row.state != "open":
        code = "screening.round_closed" if row.state == "closed" else "screening.round_not_open"
        raise RuleBroken(code)
    return row


def _member(round: Round, due: Due, *, added: str = "", now: datetime | None = None) -> RoundMember:
    return RoundMember(
        community_id=round.community_id,
        round=round,
        resident_id=due.resident,
        guest=due.guest,
        household_id=due.household,
        dwelling_id=due.dwelling,
        building_id=due.building,
        unit_id=due.unit,
        grid_id=due.grid,
        at_door=bool(due.door_reason),
        door_reason=due.door_reason,
        exempt=due.exempt,
        exempt_until=due.exempt_until,
        added_at=now,
        added_reason=added,
    )


@transaction.atomic
def bring_up_to_date(*, actor: Actor, round: Round, reason: str, now: datetime) -> tuple[int, int]:
    """Work in who has come and gone since the round opened (补录变动); return (added, removed).

    By the plan as it is now: dated additions and removals with the reason. Who has been sampled is
    never taken out, nor who was added by hand.
    """
    require(actor, Right.APPROVE_ORDERS, round.community_id)
    reason = require_reason(reason)
    row = opened(round)
    added, gone = changes_since(row, now)
    back = {
        (m.resident_id, m.guest): m
        for m in RoundMember.objects.filter(
            community_id=row.community_id, round=row, removed_at__isnull=False
        )
    }
    again = [back[due.key].pk for due in added if due.key in back]
    for part in _parts(again):
        RoundMember.objects.filter(pk__in=part).update(
            removed_at=None, removed_reason="", added_at=now, added_reason=reason
        )
    RoundMember.objects.bulk_create(
        [_member(row, due, added=reason, now=now) for due in added if due.key not in back]
    )
    for part in _parts([member.pk for member in gone]):
        RoundMember.objects.filter(pk__in=part).update(removed_at=now, removed_reason=reason)
    if added or gone:
        audit.record(
            "screening.round_updated",
            actor=actor,
            community=row.community_id,
            subject=row,
            reason=reason,
            at=now,
            added=len(added),
            removed=len(gone),
        )
        day = up_to_date(community=row.community_id, day=row.on, now=now)
        work.begin(actor=actor, round=row, plan=day.plan, now=now)
    return len(added), len(gone)


def changes_since(round: Round, now: datetime) -> tuple[list[Due], list[RoundMember]]:
    """Return who is due by the plan now and not in the round, and who is in it and no longer due."""
    people = due_of(round.order, up_to_date(community=round.community_id, day=round.on, now=now))
    wanted = {row.key for row in people}
    resident, guest = sampled_of(round)
    rows: list[Any] = list(
        RoundMember.objects.filter(
            community_id=round.community_id, round_id=round.pk, removed_at=None
        ).annotate(by_resident=resident, by_guest=guest)
    )
    held = {(row.resident_id, row.guest) for row in rows}
    gone = [
        row
        for row in rows
        if (row.resident_id, row.guest) not in wanted
        and not (row.by_resident or row.by_guest)
        and row.added_at is None
    ]
    return [row for row in people if row.key not in held and not row.exempt], gone


def _parts(ids: Sequence[int], size: int = 800) -> list[Sequence[int]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]


@transaction.atomic
def close_round(*, actor: Actor, round: Round, now: datetime, reason: str = "") -> Round:
    """Close a round (结束轮次) and keep its report; closed twice is once.

    With people still missing it asks why. A zone's round writes the outcome that lifting looks at,
    in place of the hand entry; results that come later are worked in by `refresh_outcome`.
    """
    require(actor, Right.APPROVE_ORDERS, round.community_id)
    row = _locked(round)
    if row.state == "closed":
        return row
    if row.state != "open":
        raise RuleBroken("screening.round_not_open")
    standing = total(row)
    reason = reason.replace("\0", "").strip()
    if standing.missing and not reason:
        raise RuleBroken("screening.still_missing", missing=standing.missing)
    row.closed_at, row.closed_by, row.state = now, actor.user_id, "closed"
    row.report = report_of(row) | {"closed_reason": reason[:200]}
    row.save(update_fields=["closed_at", "closed_by", "state", "report"])
    audit.record(
        "screening.round_closed",
        actor=actor,
        community=row.community_id,
        subject=row,
        reason=reason,
        at=now,
        due=standing.due,
        sampled=standing.sampled,
        missing=standing.missing,
    )
    work.follow(round=row, now=now)
    work.end(round=row, now=now)
    refresh_outcome(actor=actor, round=row, now=now)
    return row


@transaction.atomic
def refresh_outcome(*, actor: Actor, round: Round, now: datetime) -> ZoneRound | None:
    """Write the outcome of a zone's closed round as its results stand now (轮次结果).

    To be called after results have come; the same figures again change nothing. None for a round
    that is no zone's or not closed.
    """
    zone = round.order.zone
    if round.state != "closed" or zone is None or round.on > day_of(now):
        return None
    standing, results = total(round), results_of_round(round)
    return record_round(
        actor=actor,
        zone=zone,
        on=round.on,
        due=standing.due,
        sampled=standing.sampled,
        negative=min(results.negative, standing.sampled),
        positive=min(results.positive, standing.sampled - min(results.negative, standing.sampled)),
        last_result_at=results.last_at if results.is_complete else None,
        source=f"{RUN_HERE}{round.ref}",
        now=now,
    )
