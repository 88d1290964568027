"""Turns of duty (值班): entering, changing, cancelling, copying a week."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from gridwell.accounts.models import Post, User
from gridwell.accounts.queries import live
from gridwell.accounts.rules.actor import Actor
from gridwell.audit.actions import digest_ids, record
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.organisation import queries
from gridwell.organisation.models import Shift
from gridwell.organisation.rules.roster import (
    LONGEST,
    Copied,
    Turn,
    copy_turns,
    first_overlap,
    turn_refusal,
)


@transaction.atomic
def make_shift(
    *,
    actor: Actor,
    post: Post,
    user: User,
    starts_at: datetime,
    ends_at: datetime,
    remark: str = "",
    override_reason: str = "",
    ref: UUID,
    now: datetime,
) -> Shift:
    """Put a person on the roster of a post; sent twice under one `ref` it stands once.

    A turn that overlaps another one of the same person is refused, wherever that one is, unless a
    reason is given why both are possible; whoever gave it stands in the trail.
    """
    if not actor.may_manage_posts(post.area_id):
        raise NotVisible
    seen = Shift.objects.filter(community=post.area_id, ref=ref).first()
    if seen is not None:
        return seen
    _check(post, user, starts_at, ends_at, now)
    turn = Turn(post.pk, user.pk, starts_at, ends_at, remark)
    _refuse_overlap(turn, user, override_reason)
    shift = _write(
        Shift(
            community=post.area,
            ref=ref,
            post=post,
            user=user,
            starts_at=starts_at,
            ends_at=ends_at,
            remark=remark,
            override_reason=override_reason,
            made_by=actor.user_id,
            made_at=now,
            changed_at=now,
        )
    )
    record(
        "organisation.shift_made",
        actor=actor,
        community=post.area_id,
        subject=shift,
        reason=override_reason,
        at=now,
        post=post.code,
        user=user.pk,
    )
    return shift


@transaction.atomic
def change_shift(
    *,
    actor: Actor,
    shift: Shift,
    user: User,
    starts_at: datetime,
    ends_at: datetime,
    remark: str,
    override_reason: str = "",
    seen: int,
    now: datetime,
) -> Shift:
    """Change a turn; `seen` is its sequence on the page, so that the second of two editors is told."""
    row = _lock_row(actor, shift)
    if row.sequence != seen:
        raise RuleBroken("organisation.changed_meanwhile")
    wanted = (user.pk, starts_at, ends_at, remark)
    if (row.user_id, row.starts_at, row.ends_at, row.remark) == wanted:
        return row
    _check(row.post, user, starts_at, ends_at, now, kept=row.user_id)
    _refuse_overlap(
        Turn(row.post_id, user.pk, starts_at, ends_at, remark, row.pk), user, override_reason
    )
    before = row.user_id
    row.user, row.starts_at, row.ends_at, row.remark = user, starts_at, ends_at, remark
    row.override_reason = override_reason
    row.changed_at, row.sequence = now, row.sequence + 1
    _write(row)
    record(
        "organisation.shift_changed",
        actor=actor,
        community=row.community_id,
        subject=row,
        reason=override_reason,
        at=now,
        before=before,
        after=user.pk,
    )
    return row


@transaction.atomic
def cancel_shift(*, actor: Actor, shift: Shift, reason: str, now: datetime) -> Shift:
    """Take a turn off the roster; calendars show it as cancelled."""
    row = _lock_row(actor, shift)
    if not reason.strip():
        raise RuleBroken("organisation.reason_needed")
    row.cancelled_at = row.changed_at = now
    row.sequence += 1
    row.save(update_fields=["cancelled_at", "changed_at", "sequence"])
    record(
        "organisation.shift_cancelled",
        actor=actor,
        community=row.community_id,
        subject=row,
        reason=reason,
        at=now,
    )
    return row


@transaction.atomic
def copy_week(*, actor: Actor, area: int, source: date, target: date, now: datetime) -> Copied:
    """Copy the turns that begin in one week (its Monday) to another; what overlaps is left out.

    Twice writes nothing twice. Turns of posts or people that are over by now are not copied.
    """
    if not actor.may_manage_posts(area):
        raise NotVisible
    start, end = clock.start_of(source), clock.start_of(source + timedelta(days=7))
    posts = Post.objects.filter(live(now), area_id=area).values("pk")
    rows = list(
        Shift.objects.filter(
            community_id=area,
            cancelled_at=None,
            starts_at__gte=start,
            starts_at__lt=end,
            post__in=posts,
            user__is_active=True,
        ).order_by("starts_at", "pk")
    )
    users = {row.user_id for row in rows}
    list(
        User.objects.select_for_update(no_key=True).filter(pk__in=users).order_by("pk").values("pk")
    )
    days = (target - source).days
    by = timedelta(days=days)
    standing = queries.turns_of(users, start + by - LONGEST, end + by + LONGEST)
    copied = copy_turns([queries.turn_by(row) for row in rows], standing, days)
    made = [
        Shift(
            community_id=area,
            post_id=turn.post,
            user_id=turn.user,
            starts_at=turn.starts_at,
            ends_at=turn.ends_at,
            remark=turn.remark,
            made_by=actor.user_id,
            made_at=now,
            changed_at=now,
        )
        for turn in copied.new
    ]
    Shift.objects.bulk_create(made)
    if made:
        record(
            "organisation.week_copied",
            actor=actor,
            community=area,
            at=now,
            count=len(made),
            ids=digest_ids([row.pk for row in made]),
            clashing=len(copied.clashing),
        )
    return copied


def _check(
    post: Post,
    user: User,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    kept: int | None = None,
) -> None:
    """Refuse impossible times, posts that are over, and people who are not of the post's line."""
    refusal = turn_refusal(starts_at, ends_at)
    if refusal:
        raise RuleBroken(refusal)
    if post.ends_at is not None and post.ends_at <= now:
        raise RuleBroken("accounts.post_ended", post=post.title)
    if user.pk != kept and user.pk not in {person.pk for person in queries.people_of(post)}:
        raise RuleBroken("organisation.not_of_post")


def _refuse_overlap(turn: Turn, user: User, override_reason: str) -> None:
    """Lock the person, so that two desks do not book one at once, and look at all their turns."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if override_reason.strip():
        return
    clash = first_overlap(turn, queries.turns_of({user.pk}, turn.starts_at, turn.ends_at))
    if clash is None:
        return
    post = Post.objects.get(pk=clash.post)
    local = clash.starts_at.astimezone(clock.zone())
    when = _("%(day)s from %(start)s to %(end)s") % {
        "day": local.date().isoformat(),
        "start": f"{local:%H:%M}",
        "end": clock.end_time_of(clash.ends_at),
    }
    raise RuleBroken("organisation.shift_overlaps", name=user.name, post=post.title, when=when)


def _write(shift: Shift) -> Shift:
    try:
        with transaction.atomic():
            shift.save()
    except IntegrityError as error:
        raise RuleBroken("organisation.shift_same") from error
    return shift


def _lock_row(actor: Actor, shift: Shift) -> Shift:
    row = Shift.objects.select_for_update().get(pk=shift.pk)
    if not actor.may_manage_posts(row.community_id):
        raise NotVisible
    if row.cancelled_at is not None:
        raise RuleBroken("organisation.shift_over")
    return row
