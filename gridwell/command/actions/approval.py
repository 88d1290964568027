"""Approving a part of a notice (批准): zones change, people are held and freed, in one transaction."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.command.actions.plan import recompute_after
from gridwell.command.queries.effects import Effect, WorkEffect, effect_of
from gridwell.core.clock import day_of
from gridwell.core.errors import RuleBroken
from gridwell.orders.actions import require, require_reason
from gridwell.orders.actions.notices import decide_part
from gridwell.orders.actions.zones import Basis, designate_zone, record_change, withdraw_change
from gridwell.orders.labels import PART_STATES
from gridwell.orders.models import Notice, NoticeItem, NoticePart, Zone, ZoneChange
from gridwell.orders.queries.corrections import approved_correction, standing_changes
from gridwell.orders.queries.low import low_only
from gridwell.orders.queries.notices import answers_of, parts_of
from gridwell.orders.rules.changes import Ask, Work
from gridwell.orders.rules.lifecycle import Act
from gridwell.protocols.models import Event
from gridwell.protocols.queries import open_event, protocol_for
from gridwell.protocols.rules.model import Level, Protocol


def approve_part(*, actor: Actor, part: NoticePart, seen_version: str, now: datetime) -> NoticePart:
    """Approve a community's part of a notice as it was seen (批准本社区部分).

    `seen_version` is the preview's: refused with `command.changed_meanwhile` when anything else
    would happen by now. Of two officers at once the second gets `command.decided_by_other` with who
    and when; the same officer again gets the part as it is. Questions left open refuse it, and so
    does a correction of this notice that was approved before it.
    """
    require(actor, Right.APPROVE_ORDERS, part.community_id)
    with transaction.atomic():
        if not decide_part(actor=actor, part=part, state="approved", now=now):
            return _decided_before(actor, part)
        later = approved_correction(part.notice, part.community_id)
        if later is not None:
            raise RuleBroken("command.corrected_already", notice=str(later))
        effect = effect_of(part, now)
        if effect.version != seen_version:
            raise RuleBroken("command.changed_meanwhile")
        if effect.asks:
            raise RuleBroken("command.questions_open", count=effect.asks)
        zones = _apply(actor, part, effect, now)
        audit.record(
            "command.part_approved",
            actor=actor,
            community=part.community_id,
            subject=part,
            at=now,
            notice=part.notice_id,
            changes=len(effect.work),
            zone=sorted(zones),
            held=effect.held.people,
            freed=effect.freed.people,
        )
        recompute_after([part.community_id], now)
    return part


def _decided_before(actor: Actor, part: NoticePart) -> NoticePart:
    part.refresh_from_db()
    if part.state == "approved" and part.decided_by == actor.user_id:
        return part
    names = User.objects.filter(pk=part.decided_by or 0).values_list("name", flat=True)
    who = names.first()
    raise RuleBroken(
        "command.decided_by_other",
        who=who or part.decided_post or "—",
        when=part.decided_at,
        state=PART_STATES[part.state],
    )


@dataclass(frozen=True)
class _Context:
    """What all changes of one approval share."""

    actor: Actor
    part: NoticePart
    notice: Notice
    items: Mapping[int, NoticeItem]
    event: Event | None
    protocol: Protocol | None
    spread: Mapping[int, str]
    now: datetime


def _apply(actor: Actor, part: NoticePart, effect: Effect, now: datetime) -> set[int]:
    notice = part.notice
    answers = answers_of(notice, part.community_id)
    context = _Context(
        actor=actor,
        part=part,
        notice=notice,
        items={entry.item.pk: entry.item for entry in effect.desk},
        event=notice.event or open_event(part.community_id, now),
        protocol=protocol_for(part.community_id, day_of(now)),
        spread={
            sequence: row.remark
            for (code, sequence, _), row in answers.items()
            if code == Ask.SPREAD_UNCLEAR
        },
        now=now,
    )
    zones = Zone.objects.filter(community_id=part.community_id).in_bulk(
        [e.work.zone for e in effect.work if e.work.zone is not None]
    )
    return {_apply_one(context, work, zones) for work in effect.work}


def _apply_one(context: _Context, effect: WorkEffect, zones: Mapping[int, Zone]) -> int:
    work = effect.work
    if work.undoes is not None:
        return _undo_one(context, work)
    item = context.items[work.item.item]
    effective_at = work.item.effective_at or context.notice.entered_at
    effective_on = work.item.effective_on or day_of(effective_at)
    basis = _basis(context, item, work.act, work.level)
    zone = zones.get(work.zone) if work.zone is not None else None
    if zone is None:
        is_new = work.act is Act.DESIGNATE
        zone = designate_zone(
            actor=context.actor,
            community=context.part.community_id,
            name=item.text,
            level=(work.level or Level.HIGH) if is_new else (work.item.level_from or Level.HIGH),
            lines=work.lines or (),
            boundary=item.boundary,
            effective_at=effective_at if is_new else None,
            effective_on=effective_on if is_new else None,
            basis=basis,
            event=context.event,
            spread_unclear=context.spread.get(work.item.sequence, ""),
            now=context.now,
            is_audited=False,
        )
        if is_new:
            return zone.pk
    record_change(
        actor=context.actor,
        zone=zone,
        act=work.act,
        level=work.level,
        effective_at=effective_at,
        effective_on=effective_on,
        lines=None if work.before_records else work.lines,
        basis=basis,
        now=context.now,
        is_audited=False,
    )
    return zone.pk


def _undo_one(context: _Context, work: Work) -> int:
    """Take back or put right a change of the notice that this one corrects; return the zone."""
    is_gone = work.act is Act.WITHDRAW
    change = ZoneChange.objects.select_related("zone").get(
        community_id=context.part.community_id, pk=work.undoes or 0
    )
    printed_at = work.item.effective_at or change.effective_at
    record_change(
        actor=context.actor,
        zone=change.zone,
        act=work.act,
        level=work.level,
        effective_at=context.now if is_gone else printed_at,
        effective_on=None if is_gone else (work.item.effective_on or change.effective_on),
        corrects=change,
        basis=Basis(
            notice=context.notice,
            item=None if is_gone else context.items[work.item.item],
            reason=str(context.notice),
        ),
        now=context.now,
        is_audited=False,
    )
    return change.zone_id


def _basis(context: _Context, item: NoticeItem, act: Act, level: Level | None) -> Basis:
    protocol = context.protocol
    rule = protocol.levels.get(level or Level.HIGH) if protocol is not None else None
    clause = rule.unit_clause if rule is not None else ""
    high = protocol.levels.get(Level.HIGH) if protocol is not None else None
    if act in (Act.LIFT, Act.STEP) and high is not None and high.lift is not None:
        clause = high.lift.clause
    return Basis(
        notice=context.notice,
        item=item,
        protocol=protocol.ref if protocol is not None else "",
        clause=clause,
    )


@dataclass(frozen=True)
class BelowResult:
    """What approving for all below gave: approved parts, and those left with the reason's code."""

    approved: tuple[int, ...]
    left: tuple[tuple[int, RuleBroken], ...]


def approve_below(
    *, actor: Actor, notice: Notice, seen: Mapping[int, str], now: datetime
) -> BelowResult:
    """Approve for several communities at once as they were seen (统一批准); each stands by itself.

    A community with open questions, or one that has changed since, is left to itself and said.
    """
    approved: list[int] = []
    left: list[tuple[int, RuleBroken]] = []
    for part in parts_of(actor, notice):
        version = seen.get(part.community_id)
        if version is None:
            continue
        if not actor.may(Right.APPROVE_ORDERS_BELOW, part.community_id):
            raise RuleBroken("orders.not_allowed")
        try:
            approve_part(actor=actor, part=part, seen_version=version, now=now)
            approved.append(part.community_id)
        except RuleBroken as refusal:
            left.append((part.community_id, refusal))
    return BelowResult(tuple(approved), tuple(left))


@transaction.atomic
def approve_low(
    *, actor: Actor, notice: Notice, communities: Collection[int], now: datetime
) -> tuple[int, ...]:
    """Approve for communities without an item of their own that all the rest is low risk (批准低风险).

    Set-based; returns those approved by this call. Whoever has an item meanwhile, has decided, or has
    approved a later correction is left out: they decide on their own effect.
    """
    reached = low_only(notice, communities)
    for community in reached:
        require(actor, Right.APPROVE_ORDERS_BELOW, community)
    first = notice.corrects_id or notice.pk
    corrected = NoticePart.objects.filter(
        community_id__in=reached,
        state="approved",
        notice__corrects_id=first,
        notice__pk__gt=notice.pk,
    ).values_list("community_id", flat=True)
    waiting = NoticePart.objects.select_for_update().filter(
        notice=notice, community_id__in=reached.difference(corrected), state="waiting"
    )
    parts = list(waiting.order_by("community_id"))
    NoticePart.objects.filter(pk__in=[part.pk for part in parts], state="waiting").update(
        state="approved",
        decided_at=now,
        decided_by=actor.user_id,
        decided_post=actor.post_code_at(notice.area_id)[:60],
    )
    for part in parts:
        audit.record(
            "command.part_approved",
            actor=actor,
            community=part.community_id,
            subject=part,
            at=now,
            notice=notice.pk,
            low=True,
        )
    recompute_after([part.community_id for part in parts], now)
    return tuple(part.community_id for part in parts)


def changes_of(part: NoticePart) -> list[ZoneChange]:
    """Return the changes that approving a part made and nobody has withdrawn."""
    return standing_changes(part.community_id, [part.notice_id])


@transaction.atomic
def withdraw_part(*, actor: Actor, part: NoticePart, reason: str, now: datetime) -> int:
    """Withdraw an approval (撤回批准) with a reason: every change it made counts as never made.

    Returns the number of changes withdrawn. What happened meanwhile stays on record.
    """
    require(actor, Right.APPROVE_ORDERS, part.community_id)
    reason = require_reason(reason)
    changes = changes_of(part)
    if not decide_part(
        actor=actor, part=part, state="withdrawn", now=now, reason=reason, was="approved"
    ):
        raise RuleBroken("command.not_approved")
    for change in changes:
        withdraw_change(
            actor=actor, change=change, reason=reason, now=now, is_audited=False, of_part=True
        )
    audit.record(
        "command.part_withdrawn",
        actor=actor,
        community=part.community_id,
        subject=part,
        reason=reason,
        at=now,
        notice=part.notice_id,
        changes=len(changes),
    )
    recompute_after([part.community_id], now)
    return len(changes)


def communities_of(parts: Iterable[NoticePart]) -> list[int]:
    """Return the communities whose parts still wait."""
    return [part.community_id for part in parts if part.state == "waiting"]
