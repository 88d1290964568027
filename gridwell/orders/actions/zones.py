"""Writes of zones (风险区): each act is a new dated change, never an overwritten row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.core.clock import day_of
from gridwell.core.errors import RuleBroken
from gridwell.orders.actions import require, require_near, require_reason
from gridwell.orders.actions.lines import write_lines
from gridwell.orders.models import Notice, NoticeItem, Zone, ZoneChange, ZoneRound
from gridwell.orders.queries.corrections import standing_changes, withdrawn_of
from gridwell.orders.queries.rounds import may_record_rounds
from gridwell.orders.queries.zones import ZoneLife, lives_of
from gridwell.orders.rules.lifecycle import Act, ScopeLine
from gridwell.orders.rules.rounds import RUN_HERE
from gridwell.places.models import Area, Place
from gridwell.protocols.models import Event
from gridwell.protocols.rules.model import Level


@dataclass(frozen=True)
class Basis:
    """On what a change stands (依据): a notice with its item, or who ordered it and how.

    `protocol` and `clause` are the version and clause it is cited under; `reason` is a person's.
    """

    notice: Notice | None = None
    item: NoticeItem | None = None
    ordered_by: str = ""
    ordered_how: str = ""
    protocol: str = ""
    clause: str = ""
    reason: str = ""


@transaction.atomic
def designate_zone(
    *,
    actor: Actor,
    community: int,
    name: str,
    level: Level,
    lines: Sequence[ScopeLine],
    effective_at: datetime | None,
    effective_on: date | None,
    basis: Basis,
    now: datetime,
    event: Event | None = None,
    boundary: str = "",
    spread_unclear: str = "",
    is_audited: bool = True,
) -> Zone:
    """Make a zone (划定风险区) and return it; `effective_at` None = before our records.

    Without lines it needs a boundary in words. Refused without a notice and without who ordered it.
    `is_audited` False when the act it is part of writes the entry.
    """
    require(actor, Right.APPROVE_ORDERS, community)
    if not lines and not boundary.strip():
        raise RuleBroken("orders.zone_without_range")
    if basis.notice is None and not basis.ordered_by.strip():
        raise RuleBroken("orders.zone_without_basis")
    check_places(community, lines)
    if basis.notice is None:
        if effective_at is not None:
            require_near(effective_at, now)
        _check_new(community, lines, boundary, now)
    zone = Zone.objects.create(
        community_id=community,
        event=event,
        name=name[:200],
        boundary=boundary[:400],
        spread_unclear=spread_unclear[:200],
    )
    record_change(
        actor=actor,
        zone=zone,
        act=Act.DESIGNATE,
        level=level,
        effective_at=effective_at,
        effective_on=effective_on,
        lines=lines,
        basis=basis,
        now=now,
        is_audited=is_audited,
    )
    return zone


@transaction.atomic
def record_change(
    *,
    actor: Actor,
    zone: Zone,
    act: Act,
    effective_at: datetime | None,
    effective_on: date | None,
    basis: Basis,
    now: datetime,
    level: Level | None = None,
    lines: Sequence[ScopeLine] | None = None,
    corrects: ZoneChange | None = None,
    is_audited: bool = True,
) -> ZoneChange:
    """Add a change to a zone's life and return it; the same item twice returns the first.

    A change that was withdrawn does not count: approved again, the item acts again.
    `closed_at` of the zone is computed again from all its changes.
    """
    require(actor, Right.APPROVE_ORDERS, zone.community_id)
    times = 0
    if basis.item is not None and corrects is None:
        known, times = _known(zone, basis.item, act)
        if known is not None:
            return known
    if lines is not None:
        check_places(zone.community_id, lines)
    change = ZoneChange.objects.create(
        community_id=zone.community_id,
        zone=zone,
        act=act.value,
        level=level.value if level else "",
        effective_at=effective_at,
        effective_on=effective_on,
        corrects=corrects,
        notice=basis.notice,
        item=basis.item,
        ordered_by=basis.ordered_by[:120],
        ordered_how=basis.ordered_how[:120],
        protocol=basis.protocol[:30],
        clause=basis.clause[:30],
        reason=basis.reason[:400],
        times=times,
        recorded_at=now,
        recorded_by=actor.user_id,
    )
    write_lines(change, lines or ())
    refresh_closed([zone])
    if is_audited:
        audit.record(
            f"orders.zone_{act.value}",
            actor=actor,
            community=zone.community_id,
            subject=zone,
            reason=basis.reason,
            at=now,
            change=change.pk,
            notice=basis.notice.pk if basis.notice else None,
        )
    return change


def _known(zone: Zone, item: NoticeItem, act: Act) -> tuple[ZoneChange | None, int]:
    """Return the change that an item made to a zone and that stands, and how many it made in all."""
    made = list(
        ZoneChange.objects.filter(
            community_id=zone.community_id, zone=zone, item=item, act=act, corrects=None
        )
    )
    if not made:
        return None, 0
    notices = {change.notice_id for change in made if change.notice_id is not None}
    standing = {row.pk for row in standing_changes(zone.community_id, notices)}
    return next((change for change in made if change.pk in standing), None), len(made)


def check_places(community: int, lines: Sequence[ScopeLine]) -> None:
    """Refuse lines whose places are another community's, gone, or whose floors are upside down."""
    ids = {line.place for line in lines if line.place is not None}
    known = Place.objects.filter(
        community_id=community, pk__in=ids, merged_into=None, ended_at=None
    ).count()
    if known != len(ids):
        raise RuleBroken("orders.place_not_here")
    if any(line.floors and line.floors[0] > line.floors[1] for line in lines):
        raise RuleBroken("orders.floors_upside_down")


def _check_new(community: int, lines: Sequence[ScopeLine], boundary: str, now: datetime) -> None:
    """Refuse a zone entered by hand on exactly the range of one that is open, or that has been ordered.

    So sending a form twice does no harm. Locks the community: of two at once one comes second.
    """
    Area.objects.select_for_update(no_key=True).get(pk=community)
    open_then = Q(closed_at=None) | Q(closed_at__gt=now)
    wanted = _range_of(lines, boundary)
    for life in lives_of(Zone.objects.filter(open_then, community_id=community).order_by("pk")):
        last = max((c.effective_at or c.recorded_at for c in life.changes), default=now)
        state = life.at(max(last, now))
        if (
            state.is_open
            and state.span
            and wanted == _range_of(state.span.scope, life.zone.boundary)
        ):
            raise RuleBroken("orders.zone_open_already", name=life.zone.name)


def _range_of(lines: Iterable[ScopeLine], boundary: str) -> object:
    places = frozenset((x.place, x.floors, x.is_except) for x in lines if x.place is not None)
    return places or boundary.strip()


def refresh_closed(zones: Iterable[Zone]) -> int:
    """Recompute the stored `closed_at` of zones from their changes; return how many were wrong.

    A zone whose changes were all withdrawn closes at the instant of the last withdrawal.
    """
    wrong = 0
    for life in lives_of(zones):
        closed = closed_at_of(life)
        if closed != life.zone.closed_at:
            Zone.objects.filter(pk=life.zone.pk).update(closed_at=closed)
            life.zone.closed_at = closed
            wrong += 1
    return wrong


def closed_at_of(life: ZoneLife) -> datetime | None:
    """Return when a zone ended by its last change, None while its life is open."""
    if not life.changes:
        return None
    last = max(c.effective_at or c.recorded_at for c in life.changes)
    end = life.at(max(last, max(c.recorded_at for c in life.changes)) + timedelta(days=400))
    if end.is_open:
        return None
    if end.span is not None and end.span.until_at is not None:
        return end.span.until_at
    return max(c.recorded_at for c in life.changes)


def lift_zone(
    *,
    actor: Actor,
    zone: Zone,
    effective_at: datetime,
    effective_on: date,
    basis: Basis,
    now: datetime,
    is_audited: bool = True,
) -> ZoneChange:
    """Lift a zone (解除风险区). Refused when it is not open at that instant."""
    if basis.notice is None:
        require_near(effective_at, now)
    life = lives_of([zone])[0]
    if not life.at(effective_at).is_open:
        raise RuleBroken("orders.zone_not_open")
    return record_change(
        actor=actor,
        zone=zone,
        act=Act.LIFT,
        level=Level.LOW,
        effective_at=effective_at,
        effective_on=effective_on,
        basis=basis,
        now=now,
        is_audited=is_audited,
    )


def change_open_zone(
    *,
    actor: Actor,
    zone: Zone,
    act: Act,
    effective_at: datetime,
    effective_on: date,
    basis: Basis,
    now: datetime,
    level: Level | None = None,
    lines: Sequence[ScopeLine] | None = None,
) -> ZoneChange:
    """Restart the clock, step the level or change the range of an open zone, with its basis."""
    if basis.notice is None and not basis.ordered_by.strip():
        raise RuleBroken("orders.zone_without_basis")
    require_near(effective_at, now)
    if not lives_of([zone])[0].at(effective_at).is_open:
        raise RuleBroken("orders.zone_not_open")
    if act is Act.CHANGE_RANGE and not lines:
        raise RuleBroken("orders.zone_without_range")
    return record_change(
        actor=actor,
        zone=zone,
        act=act,
        level=level,
        effective_at=effective_at,
        effective_on=effective_on,
        lines=lines,
        basis=basis,
        now=now,
    )


@transaction.atomic
def correct_change(
    *,
    actor: Actor,
    change: ZoneChange,
    effective_at: datetime,
    effective_on: date,
    reason: str,
    now: datetime,
    level: Level | None = None,
    lines: Sequence[ScopeLine] | None = None,
) -> ZoneChange:
    """Correct a change (更正): what this says stands instead; what was known before stays on record."""
    reason = require_reason(reason)
    require_near(effective_at, now)
    _check_correctable(change)
    return record_change(
        actor=actor,
        zone=change.zone,
        act=Act.CORRECT,
        level=level,
        effective_at=effective_at,
        effective_on=effective_on,
        lines=lines,
        basis=Basis(notice=change.notice, ordered_by=change.ordered_by, reason=reason),
        corrects=change,
        now=now,
    )


@transaction.atomic
def withdraw_change(
    *,
    actor: Actor,
    change: ZoneChange,
    reason: str,
    now: datetime,
    is_audited: bool = True,
    of_part: bool = False,
) -> ZoneChange:
    """Withdraw a change (撤回): it counts as never made. Refused when it is withdrawn already.

    `of_part` True when a whole approval is taken back: what it corrected is as it was, too.
    """
    reason = require_reason(reason)
    if not of_part:
        _check_correctable(change)
    return record_change(
        actor=actor,
        zone=change.zone,
        act=Act.WITHDRAW,
        effective_at=now,
        effective_on=None,
        basis=Basis(notice=change.notice, ordered_by=change.ordered_by, reason=reason),
        corrects=change,
        now=now,
        is_audited=is_audited,
    )


def _check_correctable(change: ZoneChange) -> None:
    if change.act in (Act.WITHDRAW, Act.CORRECT):
        raise RuleBroken("orders.not_correctable")
    of_zone = ZoneChange.objects.filter(community_id=change.community_id, zone=change.zone_id)
    if change.pk in withdrawn_of(of_zone.filter(act=Act.WITHDRAW)):
        raise RuleBroken("orders.withdrawn_already")


@transaction.atomic
def attach_notice(*, actor: Actor, change: ZoneChange, notice: Notice, now: datetime) -> None:
    """Attach the paper that arrived later (补挂通告) to a change entered without one.

    Conditional: a change that has a notice keeps it.
    """
    require(actor, Right.APPROVE_ORDERS, change.community_id)
    done = ZoneChange.objects.filter(pk=change.pk, notice=None).update(notice=notice)
    if not done:
        raise RuleBroken("orders.notice_attached_already")
    audit.record(
        "orders.notice_attached",
        actor=actor,
        community=change.community_id,
        subject=change,
        at=now,
        notice=notice.pk,
    )


@transaction.atomic
def record_round(
    *,
    actor: Actor,
    zone: Zone,
    on: date,
    due: int,
    sampled: int,
    negative: int,
    positive: int,
    now: datetime,
    last_result_at: datetime | None = None,
    source: str = "",
) -> ZoneRound:
    """Record the outcome of a zone's round (轮次结果); the last entry of a day counts.

    What a round run here has written is not overwritten by hand. A grid worker records for zones
    that touch their own grids. The same figures again return the entry that is there.
    """
    require(actor, Right.RECORD_HEALTH, zone.community_id)
    if not may_record_rounds(actor, zone):
        raise RuleBroken("orders.not_your_grid")
    if on > day_of(now) or (last_result_at is not None and last_result_at > now):
        raise RuleBroken("orders.round_in_the_future")
    if sampled > due or negative + positive > sampled:
        raise RuleBroken("orders.round_does_not_add_up", due=due, sampled=sampled)
    last = zone.rounds.filter(on=on).order_by("-recorded_at", "-pk").first()
    figures = (due, sampled, negative, positive, last_result_at, source[:120])
    if last is not None and figures == (
        last.due, last.sampled, last.negative, last.positive, last.last_result_at, last.source
    ):  # fmt: skip
        return last
    if last is not None and last.source.startswith(RUN_HERE) and not source.startswith(RUN_HERE):
        raise RuleBroken("orders.round_run_here", on=on)
    outcome = ZoneRound.objects.create(
        community_id=zone.community_id,
        zone=zone,
        on=on,
        due=due,
        sampled=sampled,
        negative=negative,
        positive=positive,
        last_result_at=last_result_at,
        source=source[:120],
        recorded_at=now,
        recorded_by=actor.user_id,
    )
    audit.record(
        "orders.round_recorded",
        actor=actor,
        community=zone.community_id,
        subject=zone,
        at=now,
        on=on.isoformat(),
        due=due,
        sampled=sampled,
        negative=negative,
        positive=positive,
    )
    return outcome


@transaction.atomic
def explain_spread(*, actor: Actor, zone: Zone, words: str, now: datetime) -> None:
    """Keep the answer to "wider than a building: why?" (传播链不清的说明) with the zone."""
    require(actor, Right.APPROVE_ORDERS, zone.community_id)
    words = require_reason(words)[:200]
    Zone.objects.filter(pk=zone.pk).update(spread_unclear=words)
    audit.record(
        "orders.spread_explained",
        actor=actor,
        community=zone.community_id,
        subject=zone,
        reason=words,
        at=now,
    )
