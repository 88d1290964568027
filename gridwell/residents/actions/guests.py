"""People who are here without being registered (暂住、访客、店员): they come, they go, nothing is lost."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from gridwell.accounts.rules.actor import Actor
from gridwell.audit.actions import hold, record
from gridwell.core import ids
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.places.models import Place
from gridwell.places.queries import DOORS
from gridwell.residents.actions.facts import require, require_reason
from gridwell.residents.models import Resident, Stay
from gridwell.residents.rules.identity import read_document
from gridwell.residents.rules.phones import read_phones

KINDS: Final = ("visitor", "lodger", "staff")
LONGEST: Final = timedelta(days=400)  # a longer stay is a resident's


@transaction.atomic
def register_guest(
    *,
    actor: Actor,
    place: Place,
    name: str,
    kind: str,
    starts_at: datetime,
    ends_at: datetime | None,
    ref: UUID,
    now: datetime,
    document: str = "",
    phone: str = "",
) -> Stay:
    """Write that somebody is here without being registered (登记暂住、访客、店员); return the stay.

    `ref` comes with the form: sent twice, it is one stay. The place is a dwelling or a site, so that
    zones cover the person. The same name at the same place while the first is there is refused.
    """
    community = place.community_id
    require(actor, community)
    _require_own(actor, place)
    if place.kind not in DOORS or place.ended_at is not None or place.merged_into_id is not None:
        raise RuleBroken("residents.guest_needs_door")
    hold(community)  # of two at once one waits
    known = Stay.objects.filter(community_id=community, ref=ref).first()
    if known is not None:
        return known
    name = " ".join(name.split())[:60]
    if not name:
        raise RuleBroken("residents.no_name")
    if kind not in KINDS:
        raise RuleBroken("residents.guest_kind_unknown")
    _check_window(starts_at, ends_at, now)
    same = Stay.objects.filter(community_id=community, place=place, name=name, superseded_at=None)
    if any(row.ends_at is None or row.ends_at > starts_at for row in same):
        raise RuleBroken("residents.guest_here_already", name=name)
    stay = Stay.objects.create(
        community_id=community,
        place=place,
        ref=ref,
        name=name,
        document=_document(document),
        phone=_phone(phone),
        kind=kind,
        starts_at=starts_at,
        ends_at=ends_at,
        recorded_at=now,
        recorded_by=actor.user_id,
        source="desk",
    )
    record(
        "residents.guest_registered",
        actor=actor,
        community=community,
        subject=stay,
        at=now,
        kind=kind,
    )
    return stay


@transaction.atomic
def end_guest(
    *, actor: Actor, stay: Stay, ends_at: datetime, now: datetime, reason: str = ""
) -> Stay:
    """Write when somebody left, or will leave (离开); returns the row that stands now.

    Conditional: of two people the second is told. The row that stood keeps the old words for replay;
    the stay's `ref` goes on with the new row. A stay entered by mistake ends where it began, with a
    reason: it was never there.
    """
    require(actor, stay.community_id)
    _require_own(actor, stay.place)
    if ends_at > now + LONGEST:
        raise RuleBroken("residents.guest_too_long", days=LONGEST.days)
    if ends_at < stay.starts_at:
        raise RuleBroken("residents.guest_ends_before")
    if ends_at == stay.starts_at:
        reason = require_reason(reason)
    before = _put_in_place(actor, stay, now, ends_at=ends_at)
    record(
        "residents.guest_ended",
        actor=actor,
        community=stay.community_id,
        subject=stay,
        reason=reason,
        at=now,
        before=before,
    )
    return stay


def _put_in_place(actor: Actor, stay: Stay, now: datetime, **changes: Any) -> int:
    """Let a changed row stand in place of a stay's, under the same `ref`; return the id of the old one."""
    ref, before = stay.ref, stay.pk
    rows = Stay.objects.filter(pk=before, superseded_at=None)
    if not rows.update(superseded_at=now, ref=ids.new_ref()):
        raise RuleBroken("residents.changed_meanwhile")
    stay.pk = None
    stay._state.adding = True
    for name, value in changes.items():
        setattr(stay, name, value)
    stay.ref = ref
    stay.recorded_at, stay.recorded_by, stay.superseded_at = now, actor.user_id, None
    stay.save(force_insert=True)
    return before


@transaction.atomic
def give_number(*, actor: Actor, stay: Stay, document: str, now: datetime) -> Stay:
    """Write the document number of a guest who had none on record (补录证件号); once."""
    require(actor, stay.community_id)
    _require_own(actor, stay.place)
    number = _document(document)
    if not number:
        raise RuleBroken("residents.guest_document")
    if stay.document == number:
        return stay
    if stay.document:
        raise RuleBroken("residents.guest_has_number")
    hold(stay.community_id)
    before = _put_in_place(actor, stay, now, document=number)
    record(
        "residents.guest_numbered",
        actor=actor,
        community=stay.community_id,
        subject=stay,
        at=now,
        before=before,
    )
    return stay


@transaction.atomic
def name_resident(*, actor: Actor, stay: Stay, resident: Resident, now: datetime) -> Stay:
    """Write who of the register a guest is (访客转为居民): the stay ends, its row names the person.

    For a stay that is over, too. What else is known of the guest is moved by the packages it is of.
    """
    require(actor, stay.community_id)
    _require_own(actor, stay.place)
    if resident.community_id != stay.community_id or resident.merged_into_id is not None:
        raise NotVisible
    if stay.registered_as_id is not None:
        raise RuleBroken("residents.guest_registered_already")
    ends_at = now if stay.ends_at is None or stay.ends_at > now else stay.ends_at
    before = _put_in_place(
        actor, stay, now, ends_at=max(ends_at, stay.starts_at), registered_as=resident
    )
    record(
        "residents.guest_named",
        actor=actor,
        community=stay.community_id,
        subject=stay,
        at=now,
        before=before,
        resident=resident.pk,
    )
    return stay


def _require_own(actor: Actor, place: Place) -> None:
    """Refuse a door of another grid as if it were not there."""
    grids = actor.grids_at(place.community_id)
    if grids is not None and place.grid_id not in grids:
        raise NotVisible


def _check_window(starts_at: datetime, ends_at: datetime | None, now: datetime) -> None:
    if starts_at > now + timedelta(days=7):
        raise RuleBroken("residents.guest_too_far_ahead", days=7)
    if ends_at is None:
        return
    if ends_at <= starts_at:
        raise RuleBroken("residents.guest_ends_before")
    if ends_at > now + LONGEST:
        raise RuleBroken("residents.guest_too_long", days=LONGEST.days)


def _document(text: str) -> str:
    if not text.strip():
        return ""
    reading = read_document(text)
    if not reading.number or reading.fault is not None:
        raise RuleBroken("residents.guest_document")
    return reading.number


def _phone(text: str) -> str:
    if not text.strip():
        return ""
    reading = read_phones(text)
    if reading.faults or not reading.numbers:
        raise RuleBroken("residents.guest_phone")
    return reading.numbers[0]
