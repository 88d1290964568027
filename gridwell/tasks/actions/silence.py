"""Silence on urgent tasks (无应答): the deputy steps in; any sign of the silent one ends it."""

from datetime import datetime

from django.db import transaction

from gridwell.accounts.actions import end_absence
from gridwell.accounts.models import Absence, User
from gridwell.accounts.queries import actor_of
from gridwell.accounts.rules.actor import Actor
from gridwell.tasks.queries.mine import SILENT


def answered(actor: Actor, now: datetime) -> Actor:
    """Return the actor as they stand after this sign of life: their silence, if any, is over.

    While silent they hold no post; whoever acts on a task is not silent. One query.
    """
    if actor.user_id is None:
        return actor
    open_ones = list(
        Absence.objects.filter(user_id=actor.user_id, reason=SILENT, ends_at=None).select_related(
            "user"
        )
    )
    for absence in open_ones:
        end_absence(actor=actor, absence=absence, now=now)
    if not open_ones:
        return actor
    return actor_of(User.objects.get(pk=actor.user_id), now)


@transaction.atomic
def report_back(*, actor: Actor, now: datetime) -> bool:
    """End the silence of somebody who says so; return False when there was none (said twice).

    Who was silent holds no post and sees no task, so a step on one is not always to be had.
    """
    return answered(actor, now) is not actor


def as_they_stand(actor: Actor, now: datetime) -> Actor:
    """Return the actor with the posts they effectively hold at this instant; to be called under a lock."""
    if actor.user_id is None:
        return actor
    return actor_of(User.objects.get(pk=actor.user_id), now)
