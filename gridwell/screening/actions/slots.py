"""Writes of slots (时段): made, made again when a desk drops out, moved by hand, a move taken back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.ids import new_ref
from gridwell.plan.actions import up_to_date
from gridwell.screening.actions import require, work
from gridwell.screening.actions.desks import resume_desk, stop_desk
from gridwell.screening.models import Desk, Round, Slot, SlotChange
from gridwell.screening.queries.comers import GroupKey, geography_of
from gridwell.screening.queries.slot_task import Answer, Wanted, answer_of
from gridwell.screening.queries.slots import (
    Facts,
    SlotKey,
    Stage,
    facts_of,
    instant_at,
    key_of,
    last_move,
    stage_of,
)
from gridwell.screening.rules.moves import WITH_REASON, Hitch
from gridwell.screening.rules.slots import Because


@dataclass(frozen=True)
class Made:
    """What came of making slots: people in them, who found none, how many stand elsewhere now."""

    people: int
    unplaced: tuple[GroupKey, ...]
    people_unplaced: int
    changed: int


def make_slots(*, actor: Actor, round: Round, now: datetime) -> Made:
    """Make the slots of a round (排时段), again as often as wanted: what has begun stays, by hand too.

    The search takes a second or two and holds no lock; what it found is written only if desks and
    slots are still as they were read.
    """
    require(actor, Right.APPROVE_ORDERS, round.community_id)
    row = Round.objects.select_related("order", "order__zone").get(pk=round.pk)
    if row.state == "closed":
        raise RuleBroken("screening.round_closed")
    day = up_to_date(community=row.community_id, day=row.on, now=now)
    facts = facts_of(row, day, now)
    if not facts.stage.desks:
        raise RuleBroken("screening.no_desks")
    if not facts.groups and not facts.stage.slots:
        raise RuleBroken("screening.nobody_comes")
    return _write(actor, facts, answer_of(facts), now)


@transaction.atomic
def _write(actor: Actor, facts: Facts, answer: Answer, now: datetime) -> Made:
    audit.hold(facts.stage.round.community_id)
    row = Round.objects.select_for_update(of=("self",)).get(pk=facts.stage.round.pk)
    if stage_of(row, now).fingerprint != facts.stage.fingerprint:
        raise RuleBroken("screening.changed_meanwhile")
    before = {key_of(slot): slot for slot in facts.stage.slots if slot not in answer.kept}
    after = {want.key: want for want in answer.wanted}
    changes = _changes(row, before, after, now, actor) if facts.stage.slots else []
    _store(row, before, after)
    SlotChange.objects.bulk_create(changes, batch_size=500)
    people = sum(want.people for want in answer.wanted) + sum(s.people for s in answer.kept)
    audit.record(
        "screening.slots_made",
        actor=actor,
        community=row.community_id,
        subject=row,
        at=now,
        people=people,
        slots=len(answer.wanted) + len(answer.kept),
        unplaced=answer.people_unplaced,
        changed=len(changes),
    )
    work.follow_slots(round=row, now=now)
    return Made(people, answer.unplaced, answer.people_unplaced, len(changes))


def _store(row: Round, before: dict[SlotKey, Slot], after: dict[SlotKey, Wanted]) -> None:
    """Write the wanted slots over those that were: a row keeps its number where its place is wanted."""
    gone = [slot.pk for key, slot in before.items() if key not in after]
    for start in range(0, len(gone), 500):
        Slot.objects.filter(pk__in=gone[start : start + 500]).delete()
    rows = []
    for key, want in after.items():
        slot = before.get(key) or Slot(
            community_id=row.community_id,
            round=row,
            place_id=key[0],
            walks_badly=key[1],
            piece=key[2],
        )
        slot.site_id, slot.people, slot.doors = want.site, want.people, list(want.doors)
        slot.starts_at = instant_at(row, want.start)
        slot.ends_at = instant_at(row, want.start + row.slot_minutes)
        slot.because = want.because
        slot.is_high_risk, slot.is_by_hand = want.is_high_risk, want.is_by_hand
        rows.append(slot)
    Slot.objects.bulk_create([slot for slot in rows if slot.pk is None], batch_size=500)
    Slot.objects.bulk_update(
        [slot for slot in rows if slot.pk is not None],
        [
            "site", "people", "doors", "starts_at", "ends_at", "because", "is_high_risk",
            "is_by_hand",
        ],
        batch_size=200,
    )  # fmt: skip


def _changes(
    row: Round,
    before: dict[SlotKey, Slot],
    after: dict[SlotKey, Wanted],
    now: datetime,
    actor: Actor,
) -> list[SlotChange]:
    ref = new_ref()
    found = []
    for key in {**before, **after}:
        old, new = before.get(key), after.get(key)
        at = instant_at(row, new.start) if new is not None else None
        if old is not None and new is not None and (old.site_id, old.starts_at) == (new.site, at):
            continue
        found.append(
            SlotChange(
                community_id=row.community_id,
                round=row,
                ref=ref,
                how="again",
                place_id=key[0],
                walks_badly=key[1],
                piece=key[2],
                people=new.people if new is not None else old.people if old is not None else 0,
                from_site_id=old.site_id if old is not None else None,
                from_at=old.starts_at if old is not None else None,
                to_site_id=new.site if new is not None else None,
                to_at=at,
                was_by_hand=old.is_by_hand if old is not None else False,
                was_because=old.because if old is not None else "",
                changed_at=now,
                changed_by=actor.user_id,
            )
        )
    return found


def drop_out(*, actor: Actor, desk: Desk, reason: str, now: datetime) -> Made | None:
    """Say that a desk dropped out, and place anew whoever has not been called yet (缺台重排).

    None when the round has no slots. That the desk is out stays on record even if the search fails.
    """
    stop_desk(actor=actor, desk=desk, reason=reason, now=now)
    return _again(actor, desk, now)


def take_up(*, actor: Actor, desk: Desk, now: datetime) -> Made | None:
    """Say that a desk works again, and use it for what is left of the day."""
    resume_desk(actor=actor, desk=desk, now=now)
    return _again(actor, desk, now)


def _again(actor: Actor, desk: Desk, now: datetime) -> Made | None:
    rows = Slot.objects.filter(community_id=desk.community_id, round=desk.round)
    return make_slots(actor=actor, round=desk.round, now=now) if rows.exists() else None


@dataclass(frozen=True)
class Move:
    """Where a slot is to stand. `seen` is where the page showed it; `ref` makes a retry harmless."""

    site: int
    start: int  # minutes of the day
    ref: UUID
    seen: tuple[int, datetime] | None = None


@transaction.atomic
def move_slot(
    *, actor: Actor, round: Round, slot: int, move: Move, now: datetime, reason: str = ""
) -> Slot:
    """Put a slot elsewhere by hand (调整时段) and return it; it then stays when slots are made again.

    Refused where it breaks the rate, mixes high-risk buildings with others, or no desk works; a
    longer wait, or a farther site for people who walk badly, needs a reason.
    """
    require(actor, Right.APPROVE_ORDERS, round.community_id)
    row = _locked(round)
    stage = stage_of(row, now)
    found = next((one for one in stage.slots if one.pk == slot), None)
    if found is None:
        raise NotVisible
    if SlotChange.objects.filter(community_id=row.community_id, ref=move.ref).exists():
        return found
    if move.seen is not None and move.seen != (found.site_id, found.starts_at):
        raise RuleBroken("screening.changed_meanwhile")
    if (found.site_id, stage.start_of(found)) == (move.site, move.start):
        return found
    reason = reason.replace("\0", "").strip()[:200]
    _check(stage, found, move.site, move.start, reason)
    to = instant_at(row, move.start)
    SlotChange.objects.create(
        community_id=row.community_id, round=row, ref=move.ref, how="moved",
        place_id=found.place_id, walks_badly=found.walks_badly, piece=found.piece,
        people=found.people, from_site_id=found.site_id, from_at=found.starts_at,
        to_site_id=move.site, to_at=to, was_by_hand=found.is_by_hand,
        was_because=found.because, reason=reason, changed_at=now, changed_by=actor.user_id,
    )  # fmt: skip
    _stand(row, found, move.site, to, because=Because.BY_HAND.value, is_by_hand=True)
    audit.record(
        "screening.slot_moved",
        actor=actor,
        community=row.community_id,
        subject=row,
        reason=reason,
        at=now,
        place=found.place_id,
        people=found.people,
    )
    work.follow_slots(round=row, now=now)
    return found


def _locked(round: Round) -> Round:
    audit.hold(round.community_id)
    row = Round.objects.select_for_update(of=("self",)).get(pk=round.pk)
    if row.state == "closed":
        raise RuleBroken("screening.round_closed")
    return row


def _stand(
    row: Round, slot: Slot, site: int, at: datetime, *, because: str, is_by_hand: bool
) -> None:
    slot.ends_at = at + (slot.ends_at - slot.starts_at)
    slot.site_id, slot.starts_at = site, at
    slot.because, slot.is_by_hand = because, is_by_hand
    slot.save(update_fields=["site", "starts_at", "ends_at", "because", "is_by_hand"])


def near_of(slot: Slot, stage: Stage) -> tuple[int, ...]:
    """Return the sites from the nearest of a slot's building on."""
    building = slot.place.building_id or slot.place_id
    return geography_of(slot.community_id).near(building, stage.sites)


def _check(stage: Stage, slot: Slot, site: int, start: int, reason: str) -> None:
    """Raise what stands against a move: what no reason overrides, then a reason that is missing."""
    if site not in {one.pk for one in stage.sites}:
        raise RuleBroken("screening.slot_no_desk")
    found = stage.hitches(slot, site, start, near_of(slot, stage))
    hard = [hitch for hitch in found if hitch not in WITH_REASON]
    if hard:
        raise _refusal(stage, slot, site, start, hard[0])
    if found and not reason:
        raise _refusal(stage, slot, site, start, found[0])


def _refusal(stage: Stage, slot: Slot, site: int, start: int, hitch: Hitch) -> RuleBroken:
    target = stage.target(site, start, without=slot)
    minutes, rate = stage.round.slot_minutes, stage.round.desk_rate
    together = target.people + slot.people
    wait = -(-together * 60 // (target.desks * rate)) if target.desks else 0
    return RuleBroken(
        f"screening.slot_{hitch.value}",
        people=together,
        desks=target.desks,
        minutes=minutes,
        wait=wait,
    )


@transaction.atomic
def undo_move(*, actor: Actor, round: Round, change: int, now: datetime) -> SlotChange:
    """Take back the last move by hand (撤销调整); taken back twice is once.

    Refused when it is no longer the last, or when its former place is taken or over by now.
    """
    require(actor, Right.APPROVE_ORDERS, round.community_id)
    row = _locked(round)
    done = SlotChange.objects.filter(
        community_id=row.community_id, round=row, pk=change, undone_at__isnull=False
    ).first()
    if done is not None:
        return done
    last = last_move(row)
    if last is None or last.pk != change or last.from_site_id is None or last.from_at is None:
        raise RuleBroken("screening.move_not_last")
    stage = stage_of(row, now)
    wanted = (last.place_id, last.walks_badly, last.piece)
    slot = next(one for one in stage.slots if key_of(one) == wanted)
    start = int((last.from_at - instant_at(row, 0)).total_seconds() // 60)
    _check(stage, slot, last.from_site_id, start, reason="undone")
    _stand(
        row,
        slot,
        last.from_site_id,
        last.from_at,
        because=last.was_because or Because.NEAREST.value,
        is_by_hand=last.was_by_hand,
    )
    last.undone_at = now
    last.save(update_fields=["undone_at"])
    audit.record(
        "screening.slot_move_undone",
        actor=actor,
        community=row.community_id,
        subject=row,
        at=now,
        place=last.place_id,
        people=last.people,
    )
    work.follow_slots(round=row, now=now)
    return last


@transaction.atomic
def release_slots(*, actor: Actor, round: Round, slots: Iterable[int], now: datetime) -> int:
    """Let slots that were put somewhere by hand be planned again (取消固定); return how many."""
    require(actor, Right.APPROVE_ORDERS, round.community_id)
    row = _locked(round)
    rows = Slot.objects.filter(
        community_id=row.community_id, round=row, pk__in=list(slots), is_by_hand=True
    )
    count = rows.update(is_by_hand=False)
    if count:
        audit.record(
            "screening.slots_released",
            actor=actor,
            community=row.community_id,
            subject=row,
            at=now,
            count=count,
        )
    return count
