"""Writes of a round (轮次): planned, opened with who is due frozen, kept up to date, closed with a report."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F, OuterRef, Subquery

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.core.clock import day_of
from gridwell.core.errors import RuleBroken
from gridwell.orders.actions.zones import record_round
from gridwell.orders.models import RoundOrder, ZoneRound
from gridwell.orders.rules.rounds import RUN_HERE
from gridwell.places.models import Place
from gridwell.plan.actions import up_to_date
from gridwell.screening.actions import require, require_reason, work
from gridwell.screening.models import Round, RoundMember
from gridwell.screening.queries.changes import Changes, changes_of
from gridwell.screening.queries.due import Due, due_of, in_narrower
from gridwell.screening.queries.members import total
from gridwell.screening.queries.report import report_of, results_of_round
from gridwell.screening.queries.rounds import instants_of

EARLY = timedelta(days=1)  # a round can be opened on the evening before
LATE = timedelta(days=1)  # and opened again until the end of the day after its own


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
        instants = instants_of(round.on, [at for at, _ in targets])
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
    _lock_day(round)
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
    _share_out(actor=actor, round=round, now=now)
    return round


def _lock_day(round: Round) -> None:
    """Lock the rounds of the day, always in one order: opening and closing one touches the others."""
    audit.hold(round.community_id)
    rows = Round.objects.filter(community_id=round.community_id, on=round.on).order_by("pk")
    list(rows.select_for_update().values_list("pk", flat=True))


def _locked(round: Round) -> Round:
    """Return the round as it is now; until the act is over nobody else changes its state."""
    audit.hold(round.community_id)
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
        at_door=bool(due.door_reason),
        door_reason=due.door_reason,
        **_where_of(due),
        **_exempt_of(due),
        added_at=now,
        added_reason=added,
    )


class WorkedIn(NamedTuple):
    """How many came into a round, how many left it, and how many stand differently in it."""

    added: int
    removed: int
    altered: int


@transaction.atomic
def bring_up_to_date(*, actor: Actor, round: Round, reason: str, now: datetime) -> WorkedIn:
    """Work in what the register says since the round opened (补录变动).

    By the plan as it is now: dated additions and removals with the reason, exemptions begun and
    over, people behind another door. Who has been sampled is never taken out, and what somebody
    decided by hand for this round stays. Who came in leaves wider rounds of the day.
    """
    require(actor, Right.APPROVE_ORDERS, round.community_id)
    reason = require_reason(reason)
    _lock_day(round)
    row = opened(round)
    day = up_to_date(community=row.community_id, day=row.on, now=now)
    said = _work_in(actor, row, changes_of(row, day), reason, now)
    if said.added or said.removed:
        _share_out(actor=actor, round=row, now=now)
        _leave_to_narrower(actor=actor, round=row, now=now)
    return said


def _work_in(actor: Actor, row: Round, found: Changes, reason: str, now: datetime) -> WorkedIn:
    """Write these changes into a locked open round, with the trail and the work that follows."""
    removed = RoundMember.objects.filter(
        community_id=row.community_id, round=row, removed_at__isnull=False
    )
    back = {(one.resident_id, one.guest): one for one in removed}
    for due in found.added:
        if (known := back.get(due.key)) is not None:
            RoundMember.objects.filter(pk=known.pk).update(
                removed_at=None,
                removed_reason="",
                added_at=now,
                added_reason=reason,
                exempt_by_hand=False,
                **_where_of(due),
                **_exempt_of(due),
            )
    RoundMember.objects.bulk_create(
        [_member(row, due, added=reason, now=now) for due in found.added if due.key not in back]
    )
    for part in _parts([member.pk for member in found.gone]):
        RoundMember.objects.filter(pk__in=part).update(removed_at=now, removed_reason=reason)
    _alter(found)
    said = WorkedIn(len(found.added), len(found.gone), len(found.altered))
    if any(said):
        audit.record(
            "screening.round_updated",
            actor=actor,
            community=row.community_id,
            subject=row,
            reason=reason,
            at=now,
            **said._asdict(),
        )
        plan = up_to_date(community=row.community_id, day=row.on, now=now).plan
        work.begin(actor=actor, round=row, plan=plan, now=now)
        work.follow(round=row, now=now)
    return said


def _alter(found: Changes) -> None:
    """Write what is different of people who stay; few of thousands, one statement each."""
    for member, due in (*found.exempted, *found.due_again):
        RoundMember.objects.filter(pk=member.pk, exempt_by_hand=False).update(**_exempt_of(due))
    for member, due in found.moved:
        RoundMember.objects.filter(pk=member.pk).update(**_where_of(due))
    for member, due in found.at_door:
        RoundMember.objects.filter(pk=member.pk).update(at_door=True, door_reason=due.door_reason)


def _where_of(due: Due) -> dict[str, Any]:
    return {
        "household_id": due.household,
        "dwelling_id": due.dwelling,
        "building_id": due.building,
        "unit_id": due.unit,
        "grid_id": due.grid,
    }


def _exempt_of(due: Due) -> dict[str, Any]:
    return {"exempt": due.exempt, "exempt_until": due.exempt_until, "exempt_reason": ""}


def _share_out(*, actor: Actor, round: Round, now: datetime) -> None:
    """Let people of a round leave wider rounds of its day, or come back to them: it opened, closed, changed.

    Who belongs to a zone's round and to that of the whole area is due in one of them at any time.
    The rounds of the day are locked by the act.
    """
    rows = RoundMember.objects.filter(community_id=round.community_id, round=round)
    keys = set(rows.values_list("resident_id", "guest"))
    others = Round.objects.filter(
        community_id=round.community_id, on=round.on, state="open"
    ).exclude(pk=round.pk)
    for other in others.select_related("order", "order__zone").order_by("pk"):
        day = up_to_date(community=other.community_id, day=other.on, now=now)
        _work_in(actor, other, changes_of(other, day).only(keys), SHARED, now)


def _leave_to_narrower(*, actor: Actor, round: Round, now: datetime) -> None:
    """Let people leave an open round to narrower ones that have them by now."""
    day = up_to_date(community=round.community_id, day=round.on, now=now)
    theirs = in_narrower(round.order)
    if theirs:
        _work_in(actor, round, changes_of(round, day).only(theirs), SHARED, now)


SHARED = "due in another round"
"""The reason of what `_share_out` writes; `labels.rounds.ADDED` has it in words."""


def _parts(ids: Sequence[int], size: int = 800) -> list[Sequence[int]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]


@transaction.atomic
def follow_grids(community: int) -> int:
    """Let people of open rounds stand in the grid of their door as it is now; return how many changed.

    A building that is handed to another grid during a round is at once on the list of who has it now.
    """
    audit.hold(community)
    now_in = Place.objects.filter(pk=OuterRef("dwelling_id")).values("grid_id")
    rows = RoundMember.objects.filter(
        community_id=community, round__state="open", dwelling__isnull=False
    )
    elsewhere = rows.exclude(grid=F("dwelling__grid")).exclude(grid=None, dwelling__grid=None)
    return elsewhere.update(grid=Subquery(now_in[:1]))


@transaction.atomic
def close_round(*, actor: Actor, round: Round, now: datetime, reason: str = "") -> Round:
    """Close a round (结束轮次) and keep its report; closed twice is once.

    With people still missing it asks why. A zone's round writes the outcome that lifting looks at,
    in place of the hand entry; results that come later are worked in by `refresh_outcome`.
    """
    require(actor, Right.APPROVE_ORDERS, round.community_id)
    _lock_day(round)
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
    _share_out(actor=actor, round=row, now=now)
    return row


@transaction.atomic
def reopen_round(*, actor: Actor, round: Round, reason: str, now: datetime) -> Round:
    """Open a round again that was closed too early (重新开启), with a reason; an open one stays as it is.

    Until the end of the day after its own. Work that had ended with the round is open again; the
    report of before stands in the trail in figures. Not once its zone is lifted: that rested on it.
    """
    require(actor, Right.APPROVE_ORDERS, round.community_id)
    reason = require_reason(reason)
    _lock_day(round)
    row = _locked(round)
    if row.state == "open":
        return row
    if row.state != "closed":
        raise RuleBroken("screening.round_not_open")
    zone = row.order.zone
    if row.order.ended_at is not None or (zone is not None and zone.closed_at is not None):
        raise RuleBroken("screening.order_ended")
    if day_of(now) > row.on + LATE:
        raise RuleBroken("screening.too_late_to_reopen")
    before = row.report or {}
    row.closed_at, row.closed_by, row.state, row.report = None, None, "open", None
    row.save(update_fields=["closed_at", "closed_by", "state", "report"])
    audit.record(
        "screening.round_reopened",
        actor=actor,
        community=row.community_id,
        subject=row,
        reason=reason,
        at=now,
        **{name: before.get(name, 0) for name in ("due", "sampled", "missing")},
    )
    work.resume(round=row, now=now)
    plan = up_to_date(community=row.community_id, day=row.on, now=now).plan
    work.begin(actor=actor, round=row, plan=plan, now=now)
    follow_grids(row.community_id)
    _share_out(actor=actor, round=row, now=now)
    _leave_to_narrower(actor=actor, round=row, now=now)
    return row


@transaction.atomic
def refresh_outcome(*, actor: Actor, round: Round, now: datetime) -> ZoneRound | None:
    """Write the outcome of a zone's closed round as its results stand now (轮次结果).

    To be called after results have come, or samples that a desk still had; the same figures again
    change nothing. None for a round that is no zone's or not closed.
    """
    if round.state != "closed" or round.on > day_of(now):
        return None
    zone = round.order.zone
    if zone is None:
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
