"""Writes of laboratories (检测机构): made known at an area, given a key of their own, shut out again."""

import hashlib
import secrets
from datetime import datetime

from django.db import transaction

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.core.errors import RuleBroken
from gridwell.places.models import Area
from gridwell.screening.actions import require, require_reason
from gridwell.screening.models import Laboratory

PREFIX = "gwl_"
MOST = 50


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
def give_key(*, actor: Actor, laboratory: Laboratory, now: datetime) -> str:
    """Make a new key for a laboratory (签发接口密钥) and return it: it is shown once and not kept.

    The key before it is void from this moment on.
    """
    require(actor, Right.APPROVE_ORDERS, laboratory.area_id)
    key = PREFIX + secrets.token_urlsafe(32)
    done = Laboratory.objects.filter(pk=laboratory.pk, revoked_at=None).update(
        key_hash=hash_of(key), key_tail=key[-4:]
    )
    if not done:
        raise RuleBroken("screening.laboratory_gone")
    audit.record(
        "screening.key_given", actor=actor, community=laboratory.area_id, subject=laboratory, at=now
    )
    return key


@transaction.atomic
def revoke_laboratory(*, actor: Actor, laboratory: Laboratory, reason: str, now: datetime) -> None:
    """Take no more results from a laboratory (停用检测机构); its key is void at once."""
    require(actor, Right.APPROVE_ORDERS, laboratory.area_id)
    reason = require_reason(reason)
    done = Laboratory.objects.filter(pk=laboratory.pk, revoked_at=None).update(
        revoked_at=now, key_hash="", key_tail=""
    )
    if not done:
        raise RuleBroken("screening.laboratory_gone")
    audit.record(
        "screening.laboratory_revoked",
        actor=actor,
        community=laboratory.area_id,
        subject=laboratory,
        reason=reason,
        at=now,
    )


def hash_of(key: str) -> str:
    """Return what is kept of a key. Keys are 256 random bits: a plain hash cannot be turned back."""
    return hashlib.sha256(key.encode()).hexdigest()
