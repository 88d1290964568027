"""Acts on a person's entry: register, correct, phones, death."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from dataclasses import replace as changed
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from gridwell.accounts.rules.actor import Actor
from gridwell.audit.actions import record
from gridwell.core import clock, ids
from gridwell.core.errors import RuleBroken
from gridwell.core.fields import vault
from gridwell.residents.actions.corrections import Former, keep_former
from gridwell.residents.actions.facts import end, refuse_before, require, require_reason
from gridwell.residents.actions.memberships import (
    close_membership,
    open_membership,
    open_memberships,
)
from gridwell.residents.actions.rule_marks import refresh_marks_of
from gridwell.residents.models import Household, Phone, Presence, Resident, Trait
from gridwell.residents.rules.identity import DocumentKind, Sex, read_document
from gridwell.residents.rules.names import name_keys
from gridwell.residents.rules.phones import read_phones

#: Nobody alive was born before this year; what is earlier is a slip of the keyboard.
EARLIEST_BIRTH = 1900


@dataclass(frozen=True)
class Person:
    """What is entered about a person; numbers as they were typed."""

    name: str
    sex: str = Sex.UNKNOWN.value
    birth_on: date | None = None
    document_kind: str = DocumentKind.NONE.value
    document: str = ""
    phones: tuple[str, ...] = field(default=())


def checked(person: Person, today: date) -> Person:
    """Return the person with numbers normalised, sex and birth taken from the ID; or refuse."""
    name = " ".join(person.name.split())
    if not name:
        raise RuleBroken("residents.no_name")
    if person.birth_on and person.birth_on > today:
        raise RuleBroken("residents.birth_in_future", day=person.birth_on.isoformat())
    if person.birth_on and person.birth_on.year < EARLIEST_BIRTH:
        raise RuleBroken("residents.birth_too_early", day=person.birth_on.isoformat())
    numbers: list[str] = []
    for written in person.phones:
        read = read_phones(written)
        if read.faults:
            raise RuleBroken("residents.bad_phone", number=written)
        numbers += [n for n in read.numbers if n not in numbers]
    person = changed(person, name=name[:60], phones=tuple(numbers))
    if not person.document.strip():
        return changed(person, document="", document_kind=DocumentKind.NONE.value)
    kind = DocumentKind(person.document_kind)
    document = read_document(
        person.document, DocumentKind.ID_CARD if kind == DocumentKind.NONE else kind
    )
    if document.fault is not None or not document.number:
        raise RuleBroken(
            "residents.bad_document", number=person.document, fault=str(document.fault or "")
        )
    if document.birth_on and person.birth_on and document.birth_on != person.birth_on:
        raise RuleBroken(
            "residents.birth_contradicts",
            day=person.birth_on.isoformat(),
            document_day=document.birth_on.isoformat(),
        )
    if document.sex != Sex.UNKNOWN and person.sex not in {Sex.UNKNOWN.value, document.sex.value}:
        raise RuleBroken("residents.sex_contradicts")
    return changed(
        person,
        document=document.number,
        document_kind=document.kind.value,
        birth_on=document.birth_on or person.birth_on,
        sex=person.sex if document.sex == Sex.UNKNOWN else document.sex.value,
    )


@transaction.atomic
def register_resident(
    *,
    actor: Actor,
    household: Household,
    person: Person,
    now: datetime,
    relation: str = "",
    is_head: bool = False,
    kind: str = "lives",
    starts_at: datetime | None = None,
    source: str = "desk",
    ref: UUID | None = None,
    is_another: bool = False,
) -> Resident:
    """Enter a person into the register as a member of a household (登记居民).

    `ref` is the key of the form: sent a second time it returns who was entered the first time.
    Somebody of the same name and birth date in the dwelling is refused unless `is_another`.
    """
    community = household.community_id
    require(actor, community)
    Household.objects.select_for_update(no_key=True).get(pk=household.pk)  # one entry at a time
    if ref and (known := Resident.objects.filter(community=community, ref=ref).first()):
        return known
    if starts_at is not None and starts_at > now:
        raise RuleBroken("residents.in_future")
    person = checked(person, clock.day_of(now))
    _refuse_taken_document(community, person.document)
    if not is_another:
        _refuse_same_person(household, person)
    keys = dict(zip(("pinyin", "initials"), name_keys(person.name), strict=True))
    resident = Resident.objects.create(
        community_id=community,
        dwelling_id=household.dwelling_id,
        ref=ref or ids.new_ref(),
        name=person.name,
        **keys,
        sex=person.sex,
        birth_on=person.birth_on,
        document_kind=person.document_kind,
        document=person.document,
        document_tail=vault().tail(community, person.document),
        registered_at=now,
        changed_at=now,
    )
    _write_phones(resident, person.phones)
    open_membership(
        actor=actor,
        household=household,
        resident=resident,
        relation=relation,
        is_head=is_head,
        kind=kind,
        starts_at=starts_at or now,
        now=now,
        source=source,
    )
    record("residents.registered", actor=actor, community=community, subject=resident, at=now)
    refresh_marks_of(actor=actor, community=community, now=now, residents=[resident.pk])
    return resident


def _refuse_taken_document(community: int, document: str, apart: int = 0) -> None:
    if not document:
        return
    taken = Resident.objects.filter(community=community, document=document, merged_into=None)
    holder = taken.exclude(pk=apart).values_list("pk", flat=True).first()
    if holder is not None:
        raise RuleBroken("residents.document_taken", resident=holder)


def _refuse_same_person(household: Household, person: Person) -> None:
    """Refuse a name and birth date that somebody in the dwelling has; two documents are two people."""
    alike = Resident.objects.filter(
        community=household.community_id,
        dwelling=household.dwelling_id,
        name=person.name,
        birth_on=person.birth_on,
        merged_into=None,
        died_on=None,
    )
    if any(not (other.document and person.document) for other in alike):
        raise RuleBroken("residents.same_name_here")


def _write_phones(resident: Resident, numbers: Sequence[str]) -> None:
    Phone.objects.filter(community=resident.community_id, resident=resident).delete()
    Phone.objects.bulk_create(
        Phone(
            community_id=resident.community_id,
            dwelling_id=resident.dwelling_id,
            resident=resident,
            number=number,
            tail=vault().tail(resident.community_id, number),
            rank=rank,
        )
        for rank, number in enumerate(numbers, start=1)
    )


@transaction.atomic
def correct_resident(
    *,
    actor: Actor,
    resident: Resident,
    person: Person,
    seen_at: datetime,
    now: datetime,
    reason: str = "",
) -> tuple[str, ...]:
    """Correct what is entered about a person (更正); return the names of the fields that changed.

    `seen_at` is the `changed_at` that the editor saw: who comes second is refused and sees the
    difference. A document or phone changes only with a reason, for people are found by them.
    """
    community = resident.community_id
    require(actor, community)
    person = checked(person, clock.day_of(now))
    before = Resident.objects.get(pk=resident.pk)
    phones = tuple(
        Phone.objects.filter(community=community, resident=resident)
        .order_by("rank")
        .values_list("number", flat=True)
    )
    names = ("name", "sex", "birth_on", "document_kind", "document")
    fields = [n for n in names if getattr(before, n) != getattr(person, n)]
    if phones != person.phones:
        fields.append("phones")
    if not fields:
        return ()
    if {"document", "document_kind", "phones"} & set(fields):
        require_reason(reason)
    if "document" in fields:
        _refuse_taken_document(community, person.document, apart=resident.pk)
    _write_person(resident, person, seen_at=seen_at, now=now)
    resident.refresh_from_db()
    if "phones" in fields:
        _write_phones(resident, person.phones)
    keep_former(
        actor=actor,
        community=community,
        former=[
            Former(n, phones if n == "phones" else getattr(before, n), resident=resident.pk)
            for n in fields
        ],
        now=now,
        reason=reason.strip(),
    )
    record(
        "residents.corrected",
        actor=actor,
        community=community,
        subject=resident,
        reason=reason.strip(),
        at=now,
        fields=fields,
    )
    if {"birth_on", "sex", "document"} & set(fields):
        refresh_marks_of(actor=actor, community=community, now=now, residents=[resident.pk])
    return tuple(fields)


def _write_person(resident: Resident, person: Person, *, seen_at: datetime, now: datetime) -> None:
    """Write the values of an entry if it is still as the editor saw it."""
    community = resident.community_id
    pinyin, initials = name_keys(person.name)
    try:
        with transaction.atomic():
            hit = Resident.objects.filter(pk=resident.pk, changed_at=seen_at).update(
                name=person.name,
                pinyin=pinyin,
                initials=initials,
                sex=person.sex,
                birth_on=person.birth_on,
                document_kind=person.document_kind,
                document=person.document,
                document_tail=vault().tail(community, person.document),
                changed_at=now,
            )
    except IntegrityError as error:
        raise RuleBroken("residents.document_taken", resident=0) from error
    if not hit:
        raise RuleBroken("residents.changed_meanwhile")


def _end_of_life(resident: Resident, died_on: date, now: datetime) -> datetime:
    """Return when a person's facts end: with the day, or now when all is younger than that.

    A day that somebody gave is stored as its first instant, any other start is that of the entry.
    """
    at = min(clock.end_of(died_on), now)
    later = [
        r for r in open_memberships(resident.community_id, resident=resident) if r.starts_at >= at
    ]
    dated = [r for r in later if r.starts_at == clock.start_of(clock.day_of(r.starts_at))]
    refuse_before(dated, at, "residents.before_membership")
    return now if later else at


@transaction.atomic
def record_death(
    *,
    actor: Actor,
    resident: Resident,
    died_on: date,
    now: datetime,
    new_head: Resident | None = None,
) -> None:
    """Record a death (死亡登记): memberships, presence and traits end with the day.

    A day before a membership that somebody dated is refused. One that only began with its entry,
    as in a ledger read after the death, is kept and ends now.
    """
    require(actor, resident.community_id)
    if died_on > clock.day_of(now):
        raise RuleBroken("residents.death_in_future")
    at = _end_of_life(resident, died_on, now)
    hit = Resident.objects.filter(pk=resident.pk, died_on=None).update(
        died_on=died_on, changed_at=now
    )
    if not hit:
        raise RuleBroken("residents.changed_meanwhile")
    ended = close_membership(
        actor=actor, residents=[resident], at=at, now=now, end_reason="died", new_head=new_head
    )
    for model in (Trait, Presence):
        rows = list(
            model._default_manager.filter(
                community=resident.community_id,
                resident=resident,
                superseded_at=None,
                ends_at=None,
            )
        )
        end(model, [r for r in rows if r.starts_at < at], at=at, now=now, actor=actor)
        end(model, [r for r in rows if r.starts_at >= at], at=now, now=now, actor=actor)
    record(
        "residents.death_recorded",
        actor=actor,
        community=resident.community_id,
        subject=resident,
        at=now,
    )
    left = {row.household_id for row in ended}
    refresh_marks_of(
        actor=actor,
        community=resident.community_id,
        now=now,
        residents=[resident.pk],
        households=left,
    )
    resident.refresh_from_db()
