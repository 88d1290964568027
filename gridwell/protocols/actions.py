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
from gridwell.protocols.rules.shipped import shipped_texts


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
    new = 0
    for text in shipped_texts().values():
        sha = hashlib.sha256(text.encode()).hexdigest()
        file = parse(text)
        if sha in known or (file.is_overlay and file.area not in areas):
            continue
        _store(file, text, sha, actor, now)
        new += 1
    if new:
        audit.record("protocols.shipped_loaded", actor=actor, community=0, at=now, count=new)
    return new


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
    sha = hashlib.sha256(text.encode()).hexdigest()
    known = ProtocolVersion.objects.filter(
        family=file.family, code=file.version[:30], sha256=sha
    ).first()
    if known is not None:
        return known, False
    version = _store(file, text, sha, actor, now)
    audit.record(
        "protocols.version_uploaded",
        actor=actor,
        community=area,
        subject=version,
        at=now,
        sha256=sha,
    )
    return version, True


def _store(file: ProtocolFile, text: str, sha: str, actor: Actor, now: datetime) -> ProtocolVersion:
    return ProtocolVersion.objects.create(
        family=file.family,
        code=file.version[:30],
        title=file.zh[:200],
        area_id=file.area or None,
        text=text,
        sha256=sha,
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
