"""Writes of holds (混阳留置): begun by a positive pool, ended by a single sample, by the clock, by a correction.

A hold always has an end. Who is told, and when, is in `telling`; what the plan asks of whom is
held is in `plan.rules.engine`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.audit.actions import digest_ids
from gridwell.core.clock import day_of
from gridwell.core.errors import RuleBroken
from gridwell.health.models import Hold, Sample, Tube
from gridwell.plan.actions import recompute_after
from gridwell.protocols.queries import protocol_for
from gridwell.screening.actions import require
from gridwell.screening.actions.telling import desks_of, tell
from gridwell.screening.queries.holds import facts_of, parts
from gridwell.screening.rules.holds import (
    ALARMS,
    DEFAULT_HOURS,
    HoldEnd,
    alarms_due,
    extension_refusal,
    lasts,
)

Person = tuple[int | None, UUID | None]  # resident, guest


def begin_holds(
    *, community: int, tubes: Collection[Tube], samples: Iterable[Sample], now: datetime
) -> int:
    """Hold everybody of these positive pools (混阳留置) and return how many; again changes nothing.

    For the hours of the protocol of the day; where it has no clause for holding, the plan restricts
    nobody and lists the hold as resting on none. `samples` are those that stand in these tubes.
    """
    protocol = protocol_for(community, day_of(now))
    has_rule = protocol is not None and bool(protocol.hold_clause)
    known = {
        (row.tube_id, row.resident_id, row.guest): row
        for row in Hold.objects.filter(community_id=community, tube__in=[t.pk for t in tubes])
    }
    new, again = [], []
    for sample in samples:
        former = known.get((sample.tube_id, sample.resident_id, sample.guest))
        if former is not None:
            if former.end == HoldEnd.WITHDRAWN:
                again.append(former.pk)
            continue
        new.append(
            Hold(
                community_id=community,
                dwelling_id=sample.dwelling_id,
                tube_id=sample.tube_id,
                resident_id=sample.resident_id,
                guest=sample.guest,
                starts_at=now,
                hours=(protocol.hold_hours if protocol else None) or DEFAULT_HOURS,
                clause=protocol.hold_clause[:30] if protocol and has_rule else "",
                protocol=protocol.ref[:30] if protocol and has_rule else "",
                recorded_at=now,
            )
        )
    Hold.objects.bulk_create(new, batch_size=500)
    for part in parts(again):
        Hold.objects.filter(pk__in=part).update(
            starts_at=now, recorded_at=now, ended_at=None, end="", alarms=0,
            extended_until=None, extended_at=None,
        )  # fmt: skip
    count = len(new) + len(again)
    if count:
        audit.record(
            "screening.holds_begun",
            actor=Actor.system(community),
            community=community,
            at=now,
            count=count,
            tubes=sorted(tube.code for tube in tubes)[:50],
            ids=digest_ids([*again, *(hold.pk for hold in new)]),
        )
        plan_again(community, now)
    return count


def _end(holds: Iterable[Hold], end: HoldEnd, now: datetime) -> int:
    """End open holds of one community now, for one reason; an audit entry for all."""
    rows = list(holds)
    ended = 0
    for part in parts([row.pk for row in rows]):
        ended += Hold.objects.filter(pk__in=part, ended_at=None).update(ended_at=now, end=end.value)
    if ended:
        community = rows[0].community_id
        audit.record(
            "screening.holds_ended",
            actor=Actor.system(community),
            community=community,
            at=now,
            end=end.value,
            count=ended,
            ids=digest_ids([row.pk for row in rows]),
        )
        plan_again(community, now)
    return ended


def _open_of(community: int, samples: Sequence[Sample]) -> list[Hold]:
    """Return the open holds of whom these single samples are of, begun by the same rounds."""
    found: list[Hold] = []
    for part in parts(samples):
        who = Q(resident__in={s.resident_id for s in part if s.resident_id}) | Q(
            guest__in={s.guest for s in part if s.guest}
        )
        rows = Hold.objects.filter(
            who, community_id=community, ended_at=None, tube__round__in={s.round for s in part}
        )
        found += rows.select_related("tube").select_for_update(of=("self",))
    return found


def release(*, community: int, samples: Sequence[Sample], now: datetime) -> int:
    """Release whom a single negative clears (解除留置), at once; return how many holds ended."""
    return _end(_open_of(community, samples), HoldEnd.RELEASED, now)


def confirm(*, community: int, samples: Sequence[Sample], now: datetime) -> int:
    """Mark whose single sample is positive (单采阳性); return how many.

    The hold lasts on for its own hours, so that nobody slips away before the case is on record; it
    does not become longer by this. What follows after it rests on orders of its own.
    """
    open_now = [row for row in _open_of(community, samples) if row.end == ""]
    for part in parts([row.pk for row in open_now]):
        Hold.objects.filter(pk__in=part, ended_at=None).update(end=HoldEnd.CONFIRMED.value)
    if open_now:
        audit.record(
            "screening.holds_confirmed",
            actor=Actor.system(community),
            community=community,
            at=now,
            count=len(open_now),
            ids=digest_ids([row.pk for row in open_now]),
        )
    return len(open_now)


def withdraw(*, community: int, tubes: Collection[int], now: datetime) -> int:
    """End the holds that a tube began whose result was corrected (更正结果); return how many."""
    rows = Hold.objects.filter(community_id=community, tube__in=list(tubes), ended_at=None)
    return _end(rows, HoldEnd.WITHDRAWN, now)


def reopen(*, community: int, samples: Sequence[Sample], now: datetime) -> int:
    """Open again what single samples decided whose result is taken back; only what would still last."""
    count = 0
    for part in parts(samples):
        who = Q(resident__in={s.resident_id for s in part if s.resident_id}) | Q(
            guest__in={s.guest for s in part if s.guest}
        )
        rows = Hold.objects.filter(
            who,
            community_id=community,
            tube__round__in={s.round for s in part},
            end__in=[HoldEnd.RELEASED.value, HoldEnd.CONFIRMED.value],
        )
        live = [
            row.pk
            for row in rows
            if now < (row.extended_until or row.starts_at + timedelta(hours=row.hours))
        ]
        count += Hold.objects.filter(pk__in=live).update(ended_at=None, end="")
    if count:
        plan_again(community, now)
    return count


@transaction.atomic
def extend_hold(
    *, actor: Actor, hold: Hold, until: datetime, reason: str, clause: str, now: datetime
) -> Hold:
    """Make one person's hold longer, once (延长留置), by a named officer with reason and clause."""
    require(actor, Right.APPROVE_ORDERS, hold.community_id)
    if actor.user_id is None:
        raise RuleBroken("screening.not_allowed")
    row = Hold.objects.select_for_update().get(pk=hold.pk, community_id=hold.community_id)
    reason, clause = (text.replace("\0", "").strip() for text in (reason, clause))
    refusal = extension_refusal(facts_of(row), until, reason, clause, now)
    if refusal is not None:
        raise RuleBroken(refusal)
    row.extended_until, row.extended_at, row.extended_by = until, now, actor.user_id
    row.extended_reason, row.extended_clause = reason[:400], clause[:60]
    row.save(
        update_fields=[
            "extended_until", "extended_at", "extended_by", "extended_reason", "extended_clause",
        ]
    )  # fmt: skip
    audit.record(
        "screening.hold_extended",
        actor=actor,
        community=row.community_id,
        subject=row,
        reason=reason,
        at=now,
        until=until,
        clause=clause[:60],
    )
    plan_again(row.community_id, now)
    return row


def communities_with_holds() -> list[int]:
    """Return the communities in which anybody is held: one query."""
    rows = Hold.objects.filter(ended_at=None).order_by()
    return sorted(rows.values_list("community_id", flat=True).distinct())


@transaction.atomic
def watch_holds(*, community: int, now: datetime) -> tuple[int, int]:
    """Give the alarms that are due and end what has run out; return (alarms, ended).

    Doing it again at the same instant changes nothing. An alarm is for a tube: at half and at three
    quarters of the hours, to the community's desk and the subdistrict.
    """
    rows = list(
        Hold.objects.filter(community_id=community, ended_at=None)
        .select_related("tube")
        .select_for_update(of=("self",))
    )
    if not rows:
        return 0, 0
    over = [row for row in rows if not lasts(facts_of(row), now) and row.starts_at <= now]
    _run_out(community, over, now)
    alarms: dict[tuple[int, int], list[Hold]] = defaultdict(list)
    for row in rows:
        given = len(alarms_due(facts_of(row), now))
        if given > row.alarms:
            alarms[row.tube_id, given].append(row)
    for (_tube, given), held in alarms.items():
        _alarm(community, held, given, now)
    plan_again(community, now)  # who was sampled singly since drops off the list of work
    return len(alarms), len(over)


def _run_out(community: int, over: Sequence[Hold], now: datetime) -> None:
    """End holds at the very instant at which their hours were over."""
    if not over:
        return
    for row in over:
        row.ended_at = row.ends_at
        row.end = row.end or HoldEnd.RAN_OUT.value
    Hold.objects.bulk_update(over, ["ended_at", "end"], batch_size=200)
    audit.record(
        "screening.holds_ended",
        actor=Actor.system(community),
        community=community,
        at=now,
        end=HoldEnd.RAN_OUT.value,
        count=len(over),
        ids=digest_ids([row.pk for row in over]),
    )
    tell(
        kind="screening.holds_ran_out",
        users=desks_of(community, now),
        community=community,
        facts={"count": len(over)},
        page="hold_list",
        key=f"ran_out:{min(row.pk for row in over)}",
        now=now,
        is_urgent=True,
    )


def _alarm(community: int, held: Sequence[Hold], given: int, now: datetime) -> None:
    """Tell desk and subdistrict that people of a tube are held for so much of the time already."""
    Hold.objects.filter(pk__in=[row.pk for row in held]).update(alarms=given)
    first = held[0]
    tell(
        kind="screening.hold_alarm",
        users=desks_of(community, now),
        community=community,
        facts={
            "count": len(held),
            "tube": first.tube.code,
            "part": f"{ALARMS[given - 1]:.0%}",
            "until": min(row.ends_at for row in held),
        },
        page="hold_list",
        key=f"{first.tube.ref.hex}:{given}:{first.pk}",
        now=now,
        is_urgent=True,
    )


def plan_again(community: int, now: datetime) -> None:
    """Have today's plan computed again once the act is committed."""
    transaction.on_commit(
        lambda: recompute_after(communities=[community], day=day_of(now), now=now)
    )
