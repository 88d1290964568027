"""Writes of desks (采样台): set up in a round with their hours and posts, stopped, taken up again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from gridwell.accounts.models import Post
from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.core.clock import end_of, start_of
from gridwell.core.errors import RuleBroken
from gridwell.screening.actions import require, require_reason
from gridwell.screening.models import Desk, Round, Site
from gridwell.screening.queries.sites import has_tubes
from gridwell.screening.rules.sites import BEST_RATE
from gridwell.screening.rules.slots import LONGEST_SLOT

MOST_AT_ONCE = 20
SHORTEST = timedelta(minutes=10)
PAST_MIDNIGHT = timedelta(hours=6)  # so long into the next day a desk may work


@dataclass(frozen=True)
class Hours:
    """When a desk works on the round's day, [opens, closes)."""

    opens: datetime
    closes: datetime


@transaction.atomic
def add_desks(
    *,
    actor: Actor,
    round: Round,
    site: Site,
    hours: Hours,
    now: datetime,
    count: int = 1,
    post: Post | None = None,
) -> list[Desk]:
    """Set up desks at a site (设采样台) with the next numbers, and return them.

    A post stands at one desk at a time, so it can be given for a single desk only.
    """
    require(actor, Right.APPROVE_ORDERS, round.community_id)
    row = _going_on(round)
    _check_hours(row, hours)
    if site.community_id != row.community_id or site.ends_at is not None:
        raise RuleBroken("screening.site_ended", name=site.name)
    if not 1 <= count <= MOST_AT_ONCE:
        raise RuleBroken("screening.desk_count_odd", most=MOST_AT_ONCE)
    if post is not None:
        if count > 1:
            raise RuleBroken("screening.desk_post_twice", post=post.title)
        _check_post(row, post, hours)
    last = Desk.objects.filter(community_id=row.community_id, round=row, site=site).aggregate(
        last=Max("number")
    )["last"]
    desks = Desk.objects.bulk_create(
        Desk(
            community_id=row.community_id,
            round=row,
            site=site,
            number=(last or 0) + number,
            post=post,
            opens_at=hours.opens,
            closes_at=hours.closes,
        )
        for number in range(1, count + 1)
    )
    audit.record(
        "screening.desks_added",
        actor=actor,
        community=row.community_id,
        subject=row,
        at=now,
        site=site.pk,
        count=len(desks),
    )
    return desks


@transaction.atomic
def edit_desk(*, actor: Actor, desk: Desk, hours: Hours, post: Post | None, now: datetime) -> Desk:
    """Change the hours and the post of a desk. Slots stay; the page says where they no longer fit."""
    require(actor, Right.APPROVE_ORDERS, desk.community_id)
    row = _going_on(desk.round)
    desk = Desk.objects.select_for_update().get(pk=desk.pk)
    _check_hours(row, hours)
    if post is not None:
        _check_post(row, post, hours, but=desk)
    new = {
        "opens_at": hours.opens,
        "closes_at": hours.closes,
        "post_id": post.pk if post is not None else None,
    }
    if all(getattr(desk, name) == value for name, value in new.items()):
        return desk
    Desk.objects.filter(pk=desk.pk).update(**new)
    audit.record(
        "screening.desk_changed",
        actor=actor,
        community=desk.community_id,
        subject=desk,
        at=now,
        fields=sorted(
            name.removesuffix("_id") for name, value in new.items() if getattr(desk, name) != value
        ),
    )
    return Desk.objects.select_related("site", "post", "round").get(pk=desk.pk)


@transaction.atomic
def remove_desk(*, actor: Actor, desk: Desk, now: datetime) -> None:
    """Take away a desk that was set up by mistake (撤台). One that has worked can only be stopped."""
    require(actor, Right.APPROVE_ORDERS, desk.community_id)
    _going_on(desk.round)
    if has_tubes(desk):
        raise RuleBroken("screening.desk_has_worked")
    number = desk.pk
    deleted, _by_table = Desk.objects.filter(pk=desk.pk).delete()
    if deleted:
        audit.record(
            "screening.desk_removed",
            actor=actor,
            community=desk.community_id,
            subject=desk.round,
            at=now,
            desk=number,
        )


@transaction.atomic
def stop_desk(*, actor: Actor, desk: Desk, reason: str, now: datetime) -> Desk:
    """Say that a desk dropped out (停台), with the reason; said twice is once.

    Slots are made again by `actions.slots.drop_out`.
    """
    require(actor, Right.APPROVE_ORDERS, desk.community_id)
    reason = require_reason(reason)
    _going_on(desk.round)
    row = Desk.objects.select_for_update().get(pk=desk.pk)
    if row.stopped_at is not None:
        return row
    row.stopped_at, row.stopped_reason = now, reason
    row.save(update_fields=["stopped_at", "stopped_reason"])
    audit.record(
        "screening.desk_stopped",
        actor=actor,
        community=row.community_id,
        subject=row,
        reason=reason,
        at=now,
    )
    return row


@transaction.atomic
def resume_desk(*, actor: Actor, desk: Desk, now: datetime) -> Desk:
    """Say that a desk works again (恢复); said twice is once."""
    require(actor, Right.APPROVE_ORDERS, desk.community_id)
    round = _going_on(desk.round)
    row = Desk.objects.select_for_update().get(pk=desk.pk)
    if row.stopped_at is None:
        return row
    if row.post is not None:
        _check_post(round, row.post, Hours(row.opens_at, row.closes_at), but=row)
    row.stopped_at, row.stopped_reason = None, ""
    row.save(update_fields=["stopped_at", "stopped_reason"])
    audit.record(
        "screening.desk_resumed",
        actor=actor,
        community=row.community_id,
        subject=row,
        at=now,
    )
    return row


@transaction.atomic
def set_pace(*, actor: Actor, round: Round, minutes: int, rate: int, now: datetime) -> None:
    """Set how long a slot lasts and how many people an hour a desk is to take (时段长度、每台每小时人数)."""
    require(actor, Right.APPROVE_ORDERS, round.community_id)
    row = _going_on(round)
    if not 5 <= minutes <= LONGEST_SLOT:
        raise RuleBroken("screening.slot_length_odd", most=LONGEST_SLOT)
    if not 1 <= rate <= BEST_RATE or rate * minutes < 60:
        raise RuleBroken("screening.desk_rate_odd", most=BEST_RATE)
    if (row.slot_minutes, row.desk_rate) == (minutes, rate):
        return
    Round.objects.filter(pk=row.pk).update(slot_minutes=minutes, desk_rate=rate)
    audit.record(
        "screening.pace_set",
        actor=actor,
        community=row.community_id,
        subject=row,
        at=now,
        minutes=minutes,
        rate=rate,
    )


def _going_on(round: Round) -> Round:
    """Return the round, locked; one that is closed stays as it was."""
    audit.hold(round.community_id)
    row = Round.objects.select_for_update(of=("self",)).get(pk=round.pk)
    if row.state == "closed":
        raise RuleBroken("screening.round_closed")
    return row


def _check_hours(row: Round, hours: Hours) -> None:
    if hours.closes - hours.opens < SHORTEST:
        raise RuleBroken("screening.desk_hours_odd")
    if hours.opens < start_of(row.on) or hours.opens >= end_of(row.on):
        raise RuleBroken("screening.desk_other_day", day=row.on.isoformat())
    if hours.closes > end_of(row.on) + PAST_MIDNIGHT:
        raise RuleBroken("screening.desk_too_late")


def _check_post(row: Round, post: Post, hours: Hours, but: Desk | None = None) -> None:
    """Refuse a post of another community, or one that stands at another desk at the same time."""
    if post.area_id != row.community_id:
        raise RuleBroken("screening.desk_post_elsewhere", post=post.title)
    others = Desk.objects.filter(
        community_id=row.community_id,
        post=post,
        stopped_at=None,
        opens_at__lt=hours.closes,
        closes_at__gt=hours.opens,
    ).exclude(round__state="closed")
    if (others if but is None else others.exclude(pk=but.pk)).exists():
        raise RuleBroken("screening.desk_post_twice", post=post.title)
