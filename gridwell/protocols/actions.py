"""Writes of events and protocol versions."""

import hashlib
from datetime import datetime

from django.db import transaction

from gridwell.accounts.deciding import ask_guards
from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.places.models import Area
from gridwell.protocols.models import Event, ProtocolVersion
from gridwell.protocols.rules.files import ProtocolFile, parse
from gridwell.protocols.rules.shipped import shipped, shipped_texts


def require(actor: Actor, right: Right, area: int) -> None:
    """Raise unless the actor has a right in an area: 404 outside the scope, else a refusal.

    Where another level has taken over, deciding is refused with who decides there.
    """
    if not actor.covers(area):
        raise NotVisible
    if not actor.may(right, area):
        raise RuleBroken("protocols.not_allowed")
    ask_guards(actor, right, area)


@transaction.atomic
def load_shipped(*, actor: Actor, now: datetime) -> int:
    """Store the protocol files that come with the software (随附方案); return how many were new.

    Safe to run at every start. An overlay whose area is not in this installation is left out until
    its area is.
    """
    known = set(ProtocolVersion.objects.values_list("sha256", flat=True))
    areas = set(Area.objects.filter(level__in=("province", "city", "district")).values_list(
        "pk", flat=True
    ))  # fmt: skip
    rows = [
        _version(file, text, actor, now)
        for text, file in zip(shipped_texts().values(), shipped(), strict=True)
        if not file.is_overlay or file.area in areas
    ]
    new = ProtocolVersion.objects.bulk_create([row for row in rows if row.sha256 not in known])
    if new:
        audit.record("protocols.shipped_loaded", actor=actor, community=0, at=now, count=len(new))
    return len(new)


@transaction.atomic
def upload_protocol(
    *, actor: Actor, area: int, text: str, now: datetime
) -> tuple[ProtocolVersion, bool]:
    """Store an uploaded protocol file (上传方案); return the version and whether it is new.

    A file with a mistake is refused whole (`ProtocolRefused`, every mistake with its line). A
    local overlay must lie in the uploader's area; a national version needs a city's right.
    """
    require(actor, Right.MANAGE_PROTOCOLS, area)
    file = parse(text)
    if file.is_overlay:
        if not Area.objects.filter(pk=file.area).exists():
            raise RuleBroken("protocols.area_unknown", area=file.area)
        if not actor.may(Right.MANAGE_PROTOCOLS, file.area):
            raise RuleBroken("protocols.area_not_yours", area=file.area)
    version = _version(file, text, actor, now)
    known = ProtocolVersion.objects.filter(
        family=version.family, code=version.code, sha256=version.sha256
    ).first()
    if known is not None:
        return known, False
    version.save(force_insert=True)
    audit.record(
        "protocols.version_uploaded",
        actor=actor,
        community=area,
        subject=version,
        at=now,
        sha256=version.sha256,
    )
    return version, True


def _version(file: ProtocolFile, text: str, actor: Actor, now: datetime) -> ProtocolVersion:
    """Return the row of a protocol file, not yet written."""
    return ProtocolVersion(
        family=file.family,
        code=file.version[:30],
        title=file.zh[:200],
        area_id=file.area or None,
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        in_force_from=file.in_force_from,
        in_force_until=file.in_force_until,
        loaded_at=now,
        loaded_by=actor.user_id,
    )


@transaction.atomic
def open_event(
    *, actor: Actor, area: int, name: str, family: str, now: datetime,
    opened_at: datetime | None = None,
) -> Event:  # fmt: skip
    """Open an event (启动事件) in an area. An open event of the same name there is returned."""
    require(actor, Right.APPROVE_ORDERS, area)
    name = name.strip()[:80]
    if not name:
        raise RuleBroken("protocols.event_without_name")
    if not ProtocolVersion.objects.filter(family=family).exists():
        raise RuleBroken("protocols.family_unknown", family=family)
    known = Event.objects.filter(area_id=area, name=name, closed_at=None).first()
    if known is not None:
        return known
    event = Event.objects.create(
        name=name, protocol=family, area_id=area, opened_at=opened_at or now
    )
    audit.record("protocols.event_opened", actor=actor, community=area, subject=event, at=now)
    return event


@transaction.atomic
def close_event(*, actor: Actor, event: Event, reason: str, now: datetime) -> None:
    """Close an event (结束事件). Ending its orders is `command`'s; conditional, so it happens once."""
    require(actor, Right.APPROVE_ORDERS, event.area_id)
    if not reason.strip():
        raise RuleBroken("protocols.reason_missing")
    done = Event.objects.filter(pk=event.pk, closed_at=None).update(
        closed_at=now, closed_reason=reason.strip()[:400]
    )
    if not done:
        raise RuleBroken("protocols.event_closed_already")
    audit.record(
        "protocols.event_closed",
        actor=actor,
        community=event.area_id,
        subject=event,
        reason=reason,
        at=now,
    )
