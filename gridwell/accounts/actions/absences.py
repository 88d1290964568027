"""Acts on absences: A cannot serve, so B does (缺岗、补位)."""

from datetime import datetime

from django.db import transaction

from gridwell.accounts import queries
from gridwell.accounts.models import Absence, User
from gridwell.accounts.rules.actor import Actor
from gridwell.audit.actions import record
from gridwell.core.errors import NotVisible, RuleBroken


@transaction.atomic
def record_absence(
    *,
    actor: Actor,
    user: User,
    reason: str,
    starts_at: datetime,
    ends_at: datetime | None = None,
    source: str = "desk",
    now: datetime,
) -> Absence:
    """Record that a user cannot serve; their deputies act from `starts_at` on, by themselves.

    A person may record their own; others need the right. The same open absence from the same
    source is recorded once, so that a repeated notice changes nothing.
    """
    _may(actor, user, now)
    if ends_at is not None and ends_at <= starts_at:
        raise RuleBroken("accounts.absence_backwards")
    User.objects.select_for_update().get(pk=user.pk)
    seen = Absence.objects.filter(user=user, source=source, ends_at=None, reason=reason).first()
    if seen is not None and ends_at is None:
        return seen
    absence = Absence.objects.create(
        user=user,
        reason=reason,
        source=source,
        starts_at=starts_at,
        ends_at=ends_at,
        recorded_at=now,
    )
    record(
        "accounts.absence_recorded",
        actor=actor,
        community=user.area_id or 0,
        subject=user,
        at=now,
        absence=absence.pk,
        why=reason,
        source=source,
        starts_at=starts_at.isoformat(),
        ends_at=ends_at.isoformat() if ends_at else None,
    )
    return absence


@transaction.atomic
def end_absence(*, actor: Actor, absence: Absence, now: datetime) -> None:
    """Say that a user is back: A acts again from this instant. Ending twice changes nothing."""
    _may(actor, absence.user, now)
    ended = (
        Absence.objects.filter(pk=absence.pk)
        .filter(queries.not_over(now))
        .update(ends_at=max(now, absence.starts_at))
    )
    if ended:
        record(
            "accounts.absence_ended",
            actor=actor,
            community=absence.user.area_id or 0,
            subject=absence.user,
            at=now,
            absence=absence.pk,
        )


def _may(actor: Actor, user: User, now: datetime) -> None:
    if actor.is_system or actor.user_id == user.pk or queries.may_change(actor, user, now):
        return
    raise NotVisible
