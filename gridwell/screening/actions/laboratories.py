"""Writes of laboratories (检测机构): made known at an area, given keys of their own, shut out again."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.places.models import Area
from gridwell.screening.actions import require, require_reason
from gridwell.screening.models import Laboratory, LaboratoryKey
from gridwell.screening.queries.results import valid_at

PREFIX = "gwl_"
MOST = 50
MOST_KEYS = 3
#: So long may an old key go on beside the new one.
LONGEST_OVERLAP = timedelta(days=30)


@transaction.atomic
def add_laboratory(*, actor: Actor, area: int, name: str, now: datetime) -> Laboratory:
    """Make a laboratory known at an area (登记检测机构); of the same name there is one."""
    require(actor, Right.APPROVE_ORDERS, area)
    name = require_reason(name, 80)
    rows = Laboratory.objects.filter(area_id=area, revoked_at=None)
    known = rows.filter(name=name).first()
    if known is not None:
        return known
    if rows.count() >= MOST:
        raise RuleBroken("screening.too_many_laboratories", most=MOST)
    row = Laboratory.objects.create(area=Area.objects.get(pk=area), name=name, created_at=now)
    audit.record(
        "screening.laboratory_added", actor=actor, community=area, subject=row, at=now, name=name
    )
    return row


@transaction.atomic
def give_key(
    *,
    actor: Actor,
    laboratory: Laboratory,
    now: datetime,
    name: str = "",
    old_until: datetime | None = None,
) -> str:
    """Make a new key for a laboratory (签发接口密钥) and return it: it is shown once and not kept.

    The keys before it stay valid until `old_until`, so that the laboratory can change over without a
    gap, but none longer than it was; without it they are void from this moment on.
    """
    require(actor, Right.APPROVE_ORDERS, laboratory.area_id)
    audit.hold(laboratory.area_id)
    if not Laboratory.objects.filter(pk=laboratory.pk, revoked_at=None).exists():
        raise RuleBroken("screening.laboratory_gone")
    if old_until is not None and not now < old_until <= now + LONGEST_OVERLAP:
        raise RuleBroken("screening.key_overlap", days=LONGEST_OVERLAP.days)
    valid = LaboratoryKey.objects.filter(valid_at(now), laboratory=laboratory)
    if old_until is None:
        valid.update(revoked_at=now)
    elif valid.count() >= MOST_KEYS:
        raise RuleBroken("screening.too_many_keys", most=MOST_KEYS)
    else:
        valid.filter(Q(ends_at=None) | Q(ends_at__gt=old_until)).update(ends_at=old_until)
    key = PREFIX + secrets.token_urlsafe(32)
    number = LaboratoryKey.objects.filter(laboratory=laboratory).count() + 1
    row = LaboratoryKey.objects.create(
        laboratory=laboratory,
        name=" ".join(name.replace("\0", "").split())[:40] or f"{number}",
        key_hash=hash_of(key),
        tail=key[-4:],
        created_at=now,
    )
    audit.record(
        "screening.key_given",
        actor=actor,
        community=laboratory.area_id,
        subject=laboratory,
        at=now,
        name=row.name,
        until=old_until.isoformat() if old_until else "",
    )
    return key


@transaction.atomic
def revoke_key(
    *, actor: Actor, laboratory: Laboratory, key: int, reason: str, now: datetime
) -> None:
    """Make one key of a laboratory void at once (吊销密钥), with a reason; the others go on."""
    require(actor, Right.APPROVE_ORDERS, laboratory.area_id)
    reason = require_reason(reason)
    rows = LaboratoryKey.objects.filter(pk=key, laboratory=laboratory)
    row = rows.first()
    if row is None:
        raise NotVisible
    if not rows.filter(valid_at(now)).update(revoked_at=now):
        raise RuleBroken("screening.key_gone")
    audit.record(
        "screening.key_revoked",
        actor=actor,
        community=laboratory.area_id,
        subject=laboratory,
        reason=reason,
        at=now,
        name=row.name,
    )


@transaction.atomic
def revoke_laboratory(*, actor: Actor, laboratory: Laboratory, reason: str, now: datetime) -> None:
    """Take no more results from a laboratory (停用检测机构); its keys are void at once."""
    require(actor, Right.APPROVE_ORDERS, laboratory.area_id)
    reason = require_reason(reason)
    if not Laboratory.objects.filter(pk=laboratory.pk, revoked_at=None).update(revoked_at=now):
        raise RuleBroken("screening.laboratory_gone")
    LaboratoryKey.objects.filter(valid_at(now), laboratory=laboratory).update(revoked_at=now)
    audit.record(
        "screening.laboratory_revoked",
        actor=actor,
        community=laboratory.area_id,
        subject=laboratory,
        reason=reason,
        at=now,
    )


def note_use(key: LaboratoryKey, now: datetime) -> None:
    """Keep that a key is in use, to the hour: before an old one is let go, one sees who still has it."""
    if key.last_used_at is None or now - key.last_used_at >= timedelta(hours=1):
        LaboratoryKey.objects.filter(pk=key.pk).update(last_used_at=now)


def hash_of(key: str) -> str:
    """Return what is kept of a key. Keys are 256 random bits: a plain hash cannot be turned back."""
    return hashlib.sha256(key.encode()).hexdigest()
