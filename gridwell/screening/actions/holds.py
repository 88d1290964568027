"""Writes of holds (混阳留置): begun by a positive tube, ended by a single sample, by the clock, by a correction.

A hold always has an end. Who is told, and when, is in `telling`; what the plan asks of whom is
held is in `plan.rules.engine`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.audit.actions import digest_ids
from gridwell.core.clock import day_of
from gridwell.core.errors import RuleBroken
from gridwell.core.ids import new_ref
from gridwell.health.models import Hold, Sample, Tube
from gridwell.plan.actions import recompute_after
from gridwell.protocols.queries import protocol_for
from gridwell.protocols.rules.model import Protocol
from gridwell.residents.queries.entries import entries_of
from gridwell.screening.actions import require
from gridwell.screening.actions.telling import desks_of, tell
from gridwell.screening.queries.holds import decided_singles, facts_of, parts
from gridwell.screening.rules.holds import (
    ALARMS,
    DEFAULT_HOURS,
    HoldEnd,
    alarms_due,
    extension_refusal,
    lasts,
)
from gridwell.screening.rules.tubes import ASKS_SINGLE, TubeState


def begin_holds(
    *, community: int, tubes: Collection[Tube], samples: Iterable[Sample], now: datetime
) -> int:
    """Hold everybody of these positive pools (混阳留置) and return how many; again changes nothing.

    For the hours of the protocol of the day; where it has no clause for holding, the plan restricts
    nobody and lists the hold as resting on none. `samples` are those that stand in these tubes. Who
    was sampled singly since and has a result is not held (negative) or confirmed at once.
    """
    rows = Hold.objects.filter(community_id=community, tube__in=[t.pk for t in tubes])
    held = {
        (row.tube_id, row.resident_id, row.guest)
        for row in rows.exclude(end=HoldEnd.WITHDRAWN.value)
    }
    entries = entries_of(community)
    singles = decided_singles(community, {tube.round for tube in tubes}, entries)
    protocol = protocol_for(community, day_of(now))
    new: list[Hold] = []
    found: list[Sample] = []
    for sample in samples:
        who = sample.resident_id, sample.guest
        own = singles.get((sample.round, entries.person(sample.resident_id), sample.guest))
        own_state = own.tube.state if own and own.sampled_at >= sample.sampled_at else ""
        if (sample.tube_id, *who) in held or own_state == TubeState.NEGATIVE:
            continue
        if own is not None and own_state:
            if _rests_on_pool(sample, own):
                continue
            found.append(own)
        new.append(_hold(sample, protocol, now))
    _store(community, new, tubes, now)
    confirm(community=community, samples=found, now=now)
    return len(new)


def _hold(sample: Sample, protocol: Protocol | None, now: datetime) -> Hold:
    """Return a hold of who gave this sample, by its tube, for the hours of the protocol."""
    has_rule = protocol is not None and bool(protocol.hold_clause)
    return Hold(
        community_id=sample.community_id,
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


def _store(community: int, new: Sequence[Hold], tubes: Iterable[Tube], now: datetime) -> None:
    if not new:
        return
    Hold.objects.bulk_create(new, batch_size=500)
    audit.record(
        "screening.holds_begun",
        actor=Actor.system(community),
        community=community,
        at=now,
        count=len(new),
        tubes=sorted(tube.code for tube in tubes)[:50],
        ids=digest_ids([hold.pk for hold in new]),
    )
    plan_again(community, now)


def _rests_on_pool(sample: Sample, own: Sample) -> bool:
    """Let the hold that the own sample began rest on the pool from now on; return whether there was one.

    Whose single sample was positive first is held already: no second row, no new hours.
    """
    rows = Hold.objects.filter(
        community_id=own.community_id,
        tube_id=own.tube_id,
        resident=own.resident_id,
        guest=own.guest,
    ).exclude(end=HoldEnd.WITHDRAWN.value)
    return bool(rows.update(tube_id=sample.tube_id))


def hold_alone(*, community: int, samples: Sequence[Sample], now: datetime) -> int:
    """Hold whose single sample is positive and whom no hold of the round holds any more; return how many.

    For the hours of the protocol, by its clause, as if a pool had been: until the case is on record or
    a correction frees. Call it after `confirm`. A hold that lasts is enough; one whose hours were over
    before this result came held on the ground of another sample, so this one begins hours of its own.
    The same tube's result never does so twice.
    """
    if not samples:  # as nearly always: what is merged need not be read
        return 0
    entries = entries_of(community)
    by_person = {(s.round, entries.person(s.resident_id), s.guest): s for s in samples}
    held = set()
    for row in _of(community, samples, [HoldEnd.CONFIRMED.value]):
        who = (row.tube.round, entries.person(row.resident_id), row.guest)
        if lasts(facts_of(row), now) or row.tube_id == by_person[who].tube_id:
            held.add(who)
    alone = [sample for who, sample in by_person.items() if who not in held]
    if not alone:
        return 0
    protocol = protocol_for(community, day_of(now))
    new = [_hold(sample, protocol, now) for sample in alone]
    for row in new:
        row.end, row.decided_at = HoldEnd.CONFIRMED.value, now
    by_tube = Tube.objects.filter(pk__in={sample.tube_id for sample in alone})
    _store(community, new, by_tube.only("code"), now)
    return len(new)


def _end(holds: Iterable[Hold], end: HoldEnd, now: datetime) -> int:
    """Decide holds of one community for one reason, with one audit entry; return how many.

    Those that last end now. Of those whose hours were over only what became of them is written.
    """
    rows = list(holds)
    ended = 0
    for part in parts([row.pk for row in rows]):
        these = Hold.objects.filter(pk__in=part)
        ended += these.filter(end=HoldEnd.RAN_OUT.value).update(end=end.value, decided_at=now)
        ended += these.filter(ended_at=None).update(ended_at=now, end=end.value, decided_at=now)
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


def _of(community: int, samples: Sequence[Sample], ends: Collection[str]) -> list[Hold]:
    """Return the holds that these single samples speak of: same person and round, pool before it."""
    if not samples:
        return []
    entries = entries_of(community)
    by_person = {(s.round, entries.person(s.resident_id), s.guest): s for s in samples}
    found: list[Hold] = []
    for part in parts(samples):
        who = Q(resident__in=entries.all_of(s.resident_id for s in part)) | Q(
            guest__in={s.guest for s in part if s.guest}
        )
        rows = Hold.objects.filter(
            who, community_id=community, end__in=ends, tube__round__in={s.round for s in part}
        )
        for row in rows.select_related("tube").select_for_update(of=("self",)):
            own = by_person.get((row.tube.round, entries.person(row.resident_id), row.guest))
            if own is not None and own.sampled_at >= row.tube.opened_at:
                found.append(row)
    return list({row.pk: row for row in found}.values())


#: Not decided by a result yet, whether the hours are over or not.
UNDECIDED = ("", HoldEnd.RAN_OUT.value)


def release(*, community: int, samples: Sequence[Sample], now: datetime) -> int:
    """Release whom a single negative clears (解除留置), at once; return how many holds it decided."""
    return _end(_of(community, samples, UNDECIDED), HoldEnd.RELEASED, now)


def confirm(*, community: int, samples: Sequence[Sample], now: datetime) -> int:
    """Mark whose single sample is positive (单采阳性); return how many.

    A hold that lasts goes on for its own hours, so that nobody slips away before the case is on
    record; it does not become longer by this. What follows after it rests on orders of its own.
    Whom another single sample had released is held again, for what is left of the hours.
    """
    rows = _of(community, samples, (*UNDECIDED, HoldEnd.RELEASED.value))
    released = [row for row in rows if row.end == HoldEnd.RELEASED]
    again = [row for row in released if now < facts_of(row).ends_at]
    _set(again, end=HoldEnd.WITHDRAWN.value, decided_at=now)
    anew = {row.pk for row in again}
    _set([r for r in rows if r.pk not in anew], end=HoldEnd.CONFIRMED.value, decided_at=now)
    _begin_anew(again, HoldEnd.CONFIRMED.value, decided_at=now, now=now)
    if again:
        plan_again(community, now)
    if rows:
        audit.record(
            "screening.holds_confirmed",
            actor=Actor.system(community),
            community=community,
            at=now,
            count=len(rows),
            ids=digest_ids([row.pk for row in rows]),
        )
    return len(rows)


def _begin_anew(rows: Sequence[Hold], end: str, decided_at: datetime | None, now: datetime) -> None:
    """Store holds that had ended once more as rows that last, with the hours they had."""
    for row in rows:
        row.pk, row.ref, row._state.adding = None, new_ref(), True
        row.end, row.ended_at, row.decided_at, row.recorded_at = end, None, decided_at, now
    Hold.objects.bulk_create(rows, batch_size=500)


def clear_later(*, community: int, now: datetime) -> int:
    """Decide holds whose hours ran out by a negative of any later sample; return how many.

    Whoever was never sampled singly and is negative in the next round stands open no longer.
    """
    rows = Hold.objects.filter(community_id=community, end=HoldEnd.RAN_OUT.value)
    later = Sample.objects.filter(
        Q(resident=OuterRef("resident_id"))
        | Q(resident=OuterRef("resident__merged_into_id"))
        | Q(guest=OuterRef("guest")),
        community_id=community,
        superseded_at=None,
        sampled_at__gt=OuterRef("starts_at"),
        tube__state=TubeState.NEGATIVE.value,
    )
    return _end(rows.filter(Exists(later)), HoldEnd.RELEASED, now)


def withdraw(*, community: int, tubes: Collection[int], now: datetime) -> int:
    """End the holds that a tube began whose result was corrected (更正结果); return how many.

    Whose own sample is positive stays confirmed: that no longer depends on the pool.
    """
    rows = Hold.objects.filter(community_id=community, tube__in=list(tubes), end__in=UNDECIDED)
    return _end(rows, HoldEnd.WITHDRAWN, now)


def reopen(*, community: int, samples: Sequence[Sample], told: TubeState, now: datetime) -> int:
    """Open again what single samples decided whose result is taken back; return how many.

    Who was released and would still be held is held again by a new row, so that what was known
    before can be replayed; where the hours are over it stands open as undecided. Where the ground
    itself is no longer positive nobody is held: the pool, or the single tube, of which `told` counts
    from now on.
    """
    decided = [HoldEnd.RELEASED.value, HoldEnd.CONFIRMED.value]
    rows = _of(community, samples, decided)
    taken_back = {sample.tube_id for sample in samples}
    unfounded = [
        row
        for row in rows
        if (told if row.tube_id in taken_back else TubeState(row.tube.state)) not in ASKS_SINGLE
    ]
    over, lasting, again = [], [], []
    for row in rows:
        if row in unfounded:
            continue
        if facts_of(row).ends_at <= now:
            over.append(row)
        elif row.ended_at is None:
            lasting.append(row)
        else:
            again.append(row)
    _set(over, end=HoldEnd.RAN_OUT.value, decided_at=None)
    _set(lasting, end="", decided_at=None)
    _set(again, end=HoldEnd.WITHDRAWN.value, decided_at=now)
    _set([row for row in unfounded if row.ended_at], end=HoldEnd.WITHDRAWN.value, decided_at=now)
    _set(
        [row for row in unfounded if row.ended_at is None],
        end=HoldEnd.WITHDRAWN.value, decided_at=now, ended_at=now,
    )  # fmt: skip
    _begin_anew(again, "", decided_at=None, now=now)
    if rows:
        plan_again(community, now)
    return len(over) + len(lasting) + len(again)


def _set(rows: Sequence[Hold], **columns: object) -> None:
    for part in parts([row.pk for row in rows]):
        Hold.objects.filter(pk__in=part).update(**columns)


@transaction.atomic
def extend_hold(
    *, actor: Actor, hold: Hold, until: datetime, reason: str, clause: str, now: datetime
) -> Hold:
    """Make one person's hold longer, once (延长留置), by a named officer with reason and clause."""
    require(actor, Right.APPROVE_ORDERS, hold.community_id)
    if actor.user_id is None:
        raise RuleBroken("screening.not_allowed")
    audit.hold(hold.community_id)
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
    audit.hold(community)
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
    if over:  # a single sample closes its work at the desk; alarms change nothing of the plan
        plan_again(community, now)
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
