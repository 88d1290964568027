"""Writes about people in a round (应检人员): added, removed, exempted, looked for. Each dated, with a reason."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.audit.actions import digest_ids
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.facts import holds_at
from gridwell.health.actions.exemptions import REASONS as LASTING
from gridwell.health.actions.exemptions import exempt
from gridwell.health.models import Sample
from gridwell.places.models import Place
from gridwell.plan.actions import up_to_date
from gridwell.residents.models import Membership, Resident, Stay
from gridwell.screening.actions import require, require_reason, work
from gridwell.screening.actions.rounds import opened
from gridwell.screening.models import Round, RoundMember
from gridwell.screening.queries.changes import BY_HAND
from gridwell.screening.queries.due import due_of
from gridwell.screening.queries.members import PURPOSES, members_of
from gridwell.screening.rules.coverage import Status

OUTCOMES: Final = (Status.REFUSED.value, Status.AWAY.value, Status.NOT_FOUND.value)
#: Why somebody is in a round, or out of it again, by what a desk did; `labels.rounds.ADDED` has words.
CAME, TAKEN_BACK = "came to the desk", "sample taken back"
EXEMPT_REASONS: Final = (*LASTING, "away", "elsewhere")


@transaction.atomic
def add_member(
    *,
    actor: Actor,
    round: Round,
    reason: str,
    now: datetime,
    resident: Resident | None = None,
    stay: Stay | None = None,
) -> RoundMember:
    """Add somebody to an open round (增补应检人员): registered, or by the stay of somebody who is not.

    Who is in it already is returned as is; who had been removed is due again.
    """
    community = round.community_id
    require(actor, Right.RECORD_HEALTH, community)
    reason = require_reason(reason)
    row = opened(round)
    subject = resident or stay
    if subject is None or subject.community_id != community:
        raise RuleBroken("screening.not_of_this_round")
    who = {"resident": subject} if isinstance(subject, Resident) else {"guest": subject.ref}
    known = RoundMember.objects.filter(community_id=community, round=row, **who).first()
    if known is not None and known.removed_at is None:
        return known
    place, household = _where(resident, stay, now)
    grids = actor.grids_at(community)
    if grids is not None and (place is None or place.grid_id not in grids):
        raise NotVisible
    values = {
        "household_id": household,
        "dwelling": place,
        "building_id": (place.building_id or place.parent_id) if place else None,
        "unit_id": place.unit_id if place else None,
        "grid_id": place.grid_id if place else None,
        "added_at": now,
        "added_reason": reason,
        "removed_at": None,
        "removed_reason": "",
        "is_by_hand": True,
    }
    member, _ = RoundMember.objects.update_or_create(
        community_id=community, round=row, **who, defaults=values
    )
    _record("screening.member_added", actor, member, reason, now)
    return member


def _where(
    resident: Resident | None, stay: Stay | None, now: datetime
) -> tuple[Place | None, int | None]:
    """Return the door and the household of somebody who is added."""
    if stay is not None:
        found = Membership.objects.filter(
            holds_at(now), community_id=stay.community_id, dwelling=stay.place, superseded_at=None
        )
        return stay.place, found.order_by("household_id").values_list(
            "household_id", flat=True
        ).first()
    if resident is None:
        return None, None
    member = (
        Membership.objects.filter(
            holds_at(now), community_id=resident.community_id, resident=resident, superseded_at=None
        )
        .select_related("dwelling")
        .order_by("kind", "-pk")  # lives before only registered here
        .first()
    )
    if member is None:
        return resident.dwelling, None
    return member.dwelling, member.household_id


@transaction.atomic
def remove_member(*, actor: Actor, member: RoundMember, reason: str, now: datetime) -> None:
    """Take somebody out of an open round (移出应检名单) with a reason; who is sampled stays in."""
    require(actor, Right.RECORD_HEALTH, member.community_id)
    reason = require_reason(reason)
    opened(member.round)
    if _is_sampled(member):
        raise RuleBroken("screening.sampled_already")
    done = RoundMember.objects.filter(pk=member.pk, removed_at=None).update(
        removed_at=now, removed_reason=reason, is_by_hand=True
    )
    if not done:
        raise RuleBroken("screening.changed_meanwhile")
    _record("screening.member_removed", actor, member, reason, now)
    work.at_door_changed(round=member.round, household=member.household_id, now=now)


def leave_again(sample: Sample, *, now: datetime) -> None:
    """Let somebody leave the round whom only this sample, now taken back, had brought into it.

    A person scanned by mistake is not missing in a round that never asked for him or her. Who is due
    in it by the plan of its day stays, and who had been taken out by somebody is out again.
    """
    who = {"resident": sample.resident_id} if sample.resident_id else {"guest": sample.guest}
    member = (
        RoundMember.objects.filter(
            community_id=sample.community_id, round__ref=sample.round, added_reason=CAME,
            removed_at=None, **who,
        )
        .select_related("round__order__zone")
        .first()
    )  # fmt: skip
    if member is None or _is_sampled(member):
        return
    round = member.round
    if not member.is_by_hand:
        day = up_to_date(community=round.community_id, day=round.on, now=now)
        if any(due.key == (member.resident_id, member.guest) for due in due_of(round.order, day)):
            return
    RoundMember.objects.filter(pk=member.pk).update(removed_at=now, removed_reason=TAKEN_BACK)
    work.at_door_changed(round=round, household=member.household_id, now=now)


def _is_sampled(member: RoundMember) -> bool:
    rows = Sample.objects.filter(
        community_id=member.community_id,
        round=member.round.ref,
        purpose__in=PURPOSES,
        superseded_at=None,
    )
    who = {"resident": member.resident_id} if member.resident_id else {"guest": member.guest}
    return rows.filter(**who).exists()


@transaction.atomic
def set_outcome(
    *,
    actor: Actor,
    round: Round,
    members: Collection[int],
    outcome: str | None,
    now: datetime,
    remark: str = "",
) -> int:
    """Write what was found when people were looked for (拒采、外出、未找到); return for how many.

    "" takes it back; None keeps what was found and writes the remark alone. Only people of the actor's
    grids change; who is sampled keeps the sample, which outweighs this. The same again changes nothing.
    """
    require(actor, Right.RECORD_HEALTH, round.community_id)
    if outcome and outcome not in OUTCOMES:
        raise RuleBroken("screening.outcome_unknown")
    row = opened(round)
    remark = remark.replace("\0", "").strip()[:200]
    rows = members_of(actor, row).filter(pk__in=list(members))
    ids = sorted(
        pk
        for pk, known, said in rows.values_list("pk", "outcome", "outcome_remark")
        if outcome not in {None, known} or (remark and remark != said)
    )
    if not ids:
        return 0
    found: dict[str, Any] = {"outcome_remark": remark}
    if outcome is not None:
        found["outcome"] = outcome
        found["outcome_at"] = now if outcome else None
        found["outcome_by"] = actor.user_id if outcome else None
    RoundMember.objects.filter(pk__in=ids).update(**found)
    audit.record(
        "screening.outcome_set",
        actor=actor,
        community=row.community_id,
        subject=row,
        at=now,
        outcome="remark" if outcome is None else outcome,
        count=len(ids),
        ids=digest_ids(ids),
    )
    return len(ids)


@transaction.atomic
def exempt_member(
    *,
    actor: Actor,
    member: RoundMember,
    reason: str,
    until: datetime | None,
    now: datetime,
    remark: str = "",
) -> None:
    """Exempt somebody in an open round (免检), always with an end.

    What lasts beyond the round (recovered, cannot be sampled, other) goes on record with health too, so
    that the next round knows it.
    """
    require(actor, Right.RECORD_HEALTH, member.community_id)
    if reason not in EXEMPT_REASONS:
        raise RuleBroken("screening.exempt_reason_unknown")
    if until is None or until <= now:
        raise RuleBroken("screening.exempt_needs_end")
    if reason == "other":
        remark = require_reason(remark)
    opened(member.round)
    if reason in LASTING and member.resident is not None:
        exempt(
            actor=actor,
            resident=member.resident,
            reason=reason,
            starts_at=now,
            ends_at=until,
            now=now,
            remark=remark,
        )
    RoundMember.objects.filter(pk=member.pk).update(
        exempt=reason,
        exempt_until=until,
        exempt_reason=remark.replace("\0", "").strip()[:200],
        exempt_by_hand=True,
    )
    _record("screening.member_exempted", actor, member, "", now, kind=reason)
    work.at_door_changed(round=member.round, household=member.household_id, now=now)


@transaction.atomic
def end_member_exemption(*, actor: Actor, member: RoundMember, reason: str, now: datetime) -> None:
    """Make somebody due again in this round (取消本轮免检), with a reason."""
    require(actor, Right.RECORD_HEALTH, member.community_id)
    reason = require_reason(reason)
    opened(member.round)
    done = (
        RoundMember.objects.filter(pk=member.pk)
        .exclude(exempt="")
        .update(exempt="", exempt_until=None, exempt_reason="", exempt_by_hand=True)
    )
    if not done:
        raise RuleBroken("screening.changed_meanwhile")
    _record("screening.member_exempted", actor, member, reason, now, kind="ended")
    work.at_door_changed(round=member.round, household=member.household_id, now=now)


@transaction.atomic
def set_at_door(
    *, actor: Actor, round: Round, members: Collection[int], at_door: bool, now: datetime
) -> int:
    """Put people on the list of those sampled at the door, or take them off it; return how many."""
    require(actor, Right.RECORD_HEALTH, round.community_id)
    row = opened(round)
    rows = members_of(actor, row).filter(pk__in=list(members), at_door=not at_door)
    ids = sorted(rows.values_list("pk", flat=True))
    if ids:
        RoundMember.objects.filter(pk__in=ids).update(at_door=at_door, door_reason=BY_HAND)
        audit.record(
            "screening.at_door_set",
            actor=actor,
            community=row.community_id,
            subject=row,
            at=now,
            at_door=at_door,
            count=len(ids),
            ids=digest_ids(ids),
        )
        day = up_to_date(community=row.community_id, day=row.on, now=now)
        work.begin(actor=actor, round=row, plan=day.plan, now=now)
    return len(ids)


def _record(
    act: str, actor: Actor, member: RoundMember, reason: str, now: datetime, **facts: str
) -> None:
    audit.record(
        act,
        actor=actor,
        community=member.community_id,
        subject=member,
        reason=reason,
        at=now,
        round=member.round_id,
        **facts,
    )
