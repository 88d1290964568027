"""Opening a look at a household outside one's scope in an emergency (应急查阅): logged, told, ended."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.command.actions.telling import desks_of, tell
from gridwell.command.models import EmergencyAccess
from gridwell.command.queries.emergency import (
    HOLDS,
    MISSED,
    MOST_AN_HOUR,
    EmergencyFile,
    asked_lately,
    community_named,
    emergency_file,
    find_by_door,
    find_by_number,
    may_ask,
)
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.ids import new_ref
from gridwell.places.rules.levels import parent_of
from gridwell.residents.models import Household


def open_access(
    *,
    actor: Actor,
    reason: str,
    now: datetime,
    number: str = "",
    community: str = "",
    door: str = "",
) -> EmergencyAccess:
    """Open a look at one household for an hour (应急查阅), by a whole number or community and door.

    Who asks gives a reason; the officers in charge there are told at once. A question that finds
    nothing is recorded as well, and counts: a few an hour, whoever asks. A second question for
    a household whose look is still open returns that look.
    """
    if not may_ask(actor):
        raise NotVisible
    reason = reason.replace("\0", "").strip()[:400]
    if len(reason) < 4:
        raise RuleBroken("accounts.reason_needed")
    if asked_lately(actor, now) >= MOST_AN_HOUR:
        raise RuleBroken("command.emergency_too_many", most=MOST_AN_HOUR)
    found = _find(number, community, door)
    if found is None:
        with transaction.atomic():
            audit.record(
                MISSED, actor=actor, community=0, reason=reason, at=now,
                by="number" if number.strip() else "door",
            )  # fmt: skip
        raise RuleBroken("command.emergency_not_found")
    return _open(actor, found, reason, "number" if number.strip() else "door", now)


def _find(number: str, community: str, door: str) -> Household | None:
    if number.strip():
        return find_by_number(number)
    area = community_named(community)
    return find_by_door(area.pk, door) if area is not None and door.strip() else None


@transaction.atomic
def _open(
    actor: Actor, household: Household, reason: str, found_by: str, now: datetime
) -> EmergencyAccess:
    code = household.community_id
    user = actor.user_id or 0  # `may_ask` lets nobody through without an account
    standing = EmergencyAccess.objects.filter(
        community=code, household=household, user=user, ends_at__gt=now
    ).first()
    if standing is not None:
        return standing
    row = EmergencyAccess.objects.create(
        ref=new_ref(),
        community_id=code,
        household=household,
        user_id=user,
        post=actor.post_code_at(code),
        reason=reason,
        found_by=found_by,
        starts_at=now,
        ends_at=now + HOLDS,
    )
    audit.record(
        "command.emergency_opened", actor=actor, community=code, subject=row, reason=reason,
        at=now, ends_at=row.ends_at, by=found_by,
    )  # fmt: skip
    above = parent_of(code)
    users = desks_of(code, now) or (desks_of(above, now) if above is not None else set())
    row.told = tell(
        kind="command.emergency_opened",
        users=users - {user},
        area=code,
        facts={"area": row.community.name, "post": _title(actor), "until": row.ends_at},
        page="emergency_log",
        is_urgent=True,
        key=str(row.ref),
        now=now,
    )
    row.save(update_fields=["told"])
    return row


def _title(actor: Actor) -> str:
    return actor.posts[0].title if actor.posts else "—"


@transaction.atomic
def look(*, actor: Actor, access: EmergencyAccess, now: datetime) -> EmergencyFile:
    """Return what an open look shows, and log that it was looked at; refused when it is over."""
    if access.user_id != actor.user_id:
        raise NotVisible
    file = emergency_file(access, now)
    audit.record_look(
        actor, access.community_id, file.residents, access.reason, what="emergency", at=now
    )
    EmergencyAccess.objects.filter(pk=access.pk).update(looks=F("looks") + 1)
    return file


@transaction.atomic
def end_access(*, actor: Actor, access: EmergencyAccess, now: datetime) -> None:
    """End a look before its time: by whoever opened it, or by an officer in charge."""
    is_own = access.user_id == actor.user_id
    if not is_own and not actor.may(Right.READ_AUDIT, access.community_id):
        raise NotVisible
    ended = EmergencyAccess.objects.filter(pk=access.pk, ends_at__gt=now).update(ends_at=now)
    if ended:
        audit.record(
            "command.emergency_ended", actor=actor, community=access.community_id, subject=access,
            at=now,
        )  # fmt: skip
