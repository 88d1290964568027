"""Writes of health facts. A correction or an end is a new row; the old one stays on record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.core import ids
from gridwell.core.bulk import insert_rows
from gridwell.core.clock import day_of, end_of, start_of
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.health.models import Case, Isolation, Monitoring, Result
from gridwell.places.models import Place
from gridwell.protocols.queries import open_event, protocol_for
from gridwell.protocols.rules.model import Protocol, StayKind
from gridwell.protocols.rules.stays import StayDays, stay_days
from gridwell.residents.models import Resident

FARTHEST = timedelta(days=3)  # how far ahead somebody's arrival is entered

#: What a result is written with; whoever it is of is registered, so `guest` stays empty.
RESULT_FIELDS = (
    *("community", "dwelling", "resident", "ref", "sampled_at", "outcome"),
    *("resulted_at", "source", "recorded_at", "recorded_by"),
)
OUTCOMES = ("negative", "positive", "unclear", "pending")
Stay = TypeVar("Stay", Isolation, Monitoring)


def require(actor: Actor, community: int) -> None:
    """Raise unless the actor may record health facts here: 404 outside the scope, else a refusal."""
    if not actor.covers(community):
        raise NotVisible
    if not actor.may(Right.RECORD_HEALTH, community):
        raise RuleBroken("health.not_allowed")


def require_reason(reason: str) -> str:
    """Return the reason as it is kept: without white space around it and without NUL characters."""
    reason = reason.replace("\0", "").strip()
    if not reason:
        raise RuleBroken("health.reason_missing")
    return reason[:400]


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A person's result as a ledger or a form says it."""

    resident: int
    dwelling: int | None
    sampled_at: datetime
    outcome: str
    resulted_at: datetime | None = None


def record_result(
    *,
    actor: Actor,
    resident: Resident,
    sampled_at: datetime,
    outcome: str,
    now: datetime,
    resulted_at: datetime | None = None,
    source: str = "desk",
) -> None:
    """Record a person's result (录入核酸结果); the same again changes nothing, another corrects it."""
    if resident.merged_into_id is not None:
        raise RuleBroken("health.not_here")
    row = ResultRow(resident.pk, resident.dwelling_id, sampled_at, outcome, resulted_at)
    record_results(actor=actor, community=resident.community_id, rows=[row], source=source, now=now)


@transaction.atomic
def record_results(
    *, actor: Actor, community: int, rows: Sequence[ResultRow], source: str, now: datetime
) -> int:
    """Record many results of one community (批量录入核酸结果); return how many were new or corrected.

    Set-based, one audit entry. A sample is (person, instant): the same outcome again is skipped,
    another outcome supersedes the old row.
    """
    require(actor, community)
    latest = {(row.resident, row.sampled_at): row for row in rows}
    for row in latest.values():
        if row.sampled_at > now or (row.resulted_at is not None and row.resulted_at > now):
            raise RuleBroken("health.in_the_future")
        if row.resulted_at is not None and row.resulted_at < row.sampled_at:
            raise RuleBroken("health.result_before_sample")
        if row.outcome not in OUTCOMES:
            raise RuleBroken("health.class_unknown")
    residents = {row.resident for row in latest.values()}
    known: dict[tuple[int, datetime], tuple[int, str, datetime | None]] = {}
    for chunk in _chunks(sorted(residents)):
        for pk, who, at, outcome, back in Result.objects.filter(
            community_id=community, resident_id__in=chunk, superseded_at=None
        ).values_list("pk", "resident_id", "sampled_at", "outcome", "resulted_at"):
            known[who, at] = (pk, outcome, back)
    new = [
        row
        for key, row in latest.items()
        if key not in known or known[key][1:] != (row.outcome, row.resulted_at)
    ]
    for chunk in _chunks([known[r.resident, r.sampled_at][0] for r in new
                          if (r.resident, r.sampled_at) in known]):  # fmt: skip
        Result.objects.filter(pk__in=chunk).update(superseded_at=now)
    by = actor.user_id
    insert_rows(
        Result,
        RESULT_FIELDS,
        (
            (community, row.dwelling, row.resident, ids.new_ref(), row.sampled_at, row.outcome,
             row.resulted_at, source[:60], now, by)
            for row in new
        ),
    )  # fmt: skip
    if new:
        audit.record(
            "health.results_recorded",
            actor=actor,
            community=community,
            at=now,
            count=len(new),
            source=source,
            residents=audit.digest_ids(row.resident for row in new),
        )
    return len(new)


def _chunks(items: Sequence[int], size: int = 900) -> list[Sequence[int]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


@transaction.atomic
def record_case(
    *,
    actor: Actor,
    community: int,
    found_at: datetime,
    kind: str,
    now: datetime,
    resident: Resident | None = None,
    place: Place | None = None,
    guest: UUID | None = None,
    was_isolated: bool = False,
    source: str = "desk",
) -> Case:
    """Record an infection (登记感染者) of a resident, or of a place when it is nobody of ours.

    Of somebody who stays at that place without being registered `guest` is the stay's `ref`.

    The same person found on the same instant is returned. It changes no zone by itself: restarting
    the clock is proposed to a person.
    """
    require(actor, community)
    if found_at > now:
        raise RuleBroken("health.in_the_future")
    if resident is None and place is None:
        raise RuleBroken("health.where_missing")
    dwelling = resident.dwelling_id if resident is not None else place.pk if place else None
    known = Case.objects.filter(
        community_id=community,
        resident=resident,
        guest=guest,
        dwelling_id=dwelling,
        found_at=found_at,
        superseded_at=None,
    ).first()
    if known is not None:
        return known
    case = Case.objects.create(
        community_id=community,
        dwelling_id=dwelling,
        resident=resident,
        guest=guest,
        event=open_event(community, now),
        found_at=found_at,
        kind=kind,
        was_isolated=was_isolated,
        source=source[:120],
        recorded_at=now,
        recorded_by=actor.user_id,
    )
    audit.record("health.case_recorded", actor=actor, community=community, subject=case, at=now)
    return case


@transaction.atomic
def withdraw_case(*, actor: Actor, case: Case, reason: str, now: datetime) -> None:
    """Take back a case that was recorded by mistake (撤销), with a reason."""
    require(actor, case.community_id)
    reason = require_reason(reason)
    if not Case.objects.filter(pk=case.pk, superseded_at=None).update(superseded_at=now):
        raise RuleBroken("health.ended_already")
    audit.record(
        "health.case_withdrawn",
        actor=actor,
        community=case.community_id,
        subject=case,
        reason=reason,
        at=now,
    )


def end_by_protocol(
    community: int, person_class: str, kind: str, from_on: date, *, already_spent: int = 0
) -> tuple[Protocol, StayDays]:
    """Return the protocol of that day and the days by it; refused when it keeps nobody so."""
    protocol = protocol_for(community, from_on)
    if protocol is None:
        raise RuleBroken("health.no_protocol")
    rule = protocol.classes.get(person_class)
    if rule is not None and not rule.is_determined:
        raise RuleBroken("health.class_abolished", version=protocol.version, clause=rule.clause)
    days = stay_days(protocol, person_class, kind, from_on, already_spent=already_spent)
    if days is None:
        raise RuleBroken("health.class_unknown")
    return protocol, days


@transaction.atomic
def begin_stay(
    *,
    actor: Actor,
    resident: Resident,
    kind: str,
    person_class: str,
    from_on: date,
    now: datetime,
    already_spent: int = 0,
    place_name: str = "",
    ordered_by: str = "",
    source: str = "desk",
) -> Isolation | Monitoring:
    """Begin an isolation or a monitoring (开始隔离、健康监测) with its end by protocol.

    `kind` is a `StayKind`. `from_on` is the day of arrival; whether it counts is the protocol's.
    Days already spent elsewhere count. One open isolation and one open monitoring a person.
    """
    community = resident.community_id
    require(actor, community)
    if resident.merged_into_id is not None:
        raise RuleBroken("health.not_here")
    if from_on > day_of(now) + FARTHEST:
        raise RuleBroken("health.too_far_ahead", days=FARTHEST.days)
    protocol, days = end_by_protocol(
        community, person_class, kind, from_on, already_spent=already_spent
    )
    facts: dict[str, Any] = {
        "community_id": community,
        "dwelling_id": resident.dwelling_id,
        "resident": resident,
        "event": open_event(community, now),
        "person_class": person_class,
        "protocol": protocol.ref[:30],
        "clause": days.clause[:30],
        "starts_at": start_of(from_on),
        "ends_at": end_of(days.last_on),
        "recorded_at": now,
        "recorded_by": actor.user_id,
        "source": source[:60],
    }
    stay = _begun(kind, facts, place_name, ordered_by)
    audit.record(
        f"health.{stay._meta.model_name}_begun",
        actor=actor,
        community=community,
        subject=stay,
        at=now,
        kind=kind,
        person_class=person_class,
    )
    return stay


def _begun(
    kind: str, facts: dict[str, Any], place_name: str, ordered_by: str
) -> Isolation | Monitoring:
    """Store the stay; one open isolation and one open monitoring a person."""
    table: type[Isolation] | type[Monitoring] = Isolation
    refusal = "health.already_isolated"
    if kind == StayKind.MONITORING:
        table, refusal = Monitoring, "health.already_monitored"
    whose = {key: facts[key] for key in ("community_id", "resident")}
    if table.objects.filter(**whose, ended_at=None, superseded_at=None).exists():
        raise RuleBroken(refusal)
    if kind == StayKind.MONITORING:
        return Monitoring.objects.create(**facts)
    return Isolation.objects.create(
        **facts, place_kind=kind, place_name=place_name[:120], ordered_by=ordered_by[:120]
    )


@transaction.atomic
def end_stay(*, actor: Actor, stay: Stay, reason: str, ended_at: datetime, now: datetime) -> Stay:
    """End an isolation or a monitoring by hand (解除), with a reason; returns the row that stands now.

    Conditional: of two officers the second is told. A negative result alone never ends anything.
    """
    require(actor, stay.community_id)
    reason = require_reason(reason)
    if ended_at < stay.starts_at:
        raise RuleBroken("health.ends_before_it_begins")
    rows = type(stay).objects.filter(pk=stay.pk, superseded_at=None, ended_at=None)
    if not rows.update(superseded_at=now):
        raise RuleBroken("health.ended_already")
    began = stay.pk
    stay.pk = None
    stay._state.adding = True
    stay.superseded_at = None
    stay.recorded_at = now
    stay.recorded_by = actor.user_id
    stay.ended_at = ended_at
    stay.ended_reason = reason
    stay.save(force_insert=True)
    audit.record(
        f"health.{stay._meta.model_name}_ended",
        actor=actor,
        community=stay.community_id,
        subject=stay,
        reason=reason,
        at=now,
        began=began,
    )
    return stay


@dataclass(frozen=True, slots=True)
class UntilRow:
    """A line of a ledger: this person is isolated until the end of a day."""

    resident: int
    dwelling: int | None
    until_on: date
    from_on: date | None = None
    person_class: str = ""


@transaction.atomic
def record_isolations(
    *, actor: Actor, community: int, rows: Sequence[UntilRow], source: str, now: datetime
) -> int:
    """Record isolations that a ledger lists with their last day (台账“隔离至”); return how many are new.

    Set-based, one audit entry. A person who is isolated already keeps that record; a day that has
    passed is no isolation. The last day is the ledger's, so no clause is cited.
    """
    require(actor, community)
    wanted = {r.resident: r for r in rows if end_of(r.until_on) > now}
    held: set[int] = set()
    for chunk in _chunks(sorted(wanted)):
        held |= set(
            Isolation.objects.filter(
                community_id=community, resident_id__in=chunk, ended_at=None, superseded_at=None
            ).values_list("resident_id", flat=True)
        )
    event = open_event(community, now)
    new = [row for who, row in wanted.items() if who not in held]
    Isolation.objects.bulk_create(
        (
            Isolation(
                community_id=community,
                dwelling_id=row.dwelling,
                resident_id=row.resident,
                event=event,
                ref=ids.new_ref(),
                person_class=row.person_class,
                starts_at=start_of(row.from_on) if row.from_on else now,
                ends_at=end_of(row.until_on),
                recorded_at=now,
                recorded_by=actor.user_id,
                source=source[:60],
                ordered_by=source[:120],
            )
            for row in new
        ),
        batch_size=500,
    )
    if new:
        audit.record(
            "health.isolations_recorded",
            actor=actor,
            community=community,
            at=now,
            count=len(new),
            source=source,
            residents=audit.digest_ids(row.resident for row in new),
        )
    return len(new)
