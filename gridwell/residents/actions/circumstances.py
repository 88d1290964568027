"""Acts on what is known of people: traits (情况) and presence (在家、外出), one or many at once."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from gridwell.accounts.rules.actor import Actor
from gridwell.audit.actions import digest_ids, record
from gridwell.core.errors import RuleBroken
from gridwell.core.facts import holds_in
from gridwell.residents.actions.facts import F, chunks, end, refuse_before, require
from gridwell.residents.actions.rule_marks import refresh_marks_of
from gridwell.residents.models import Presence, Resident, Trait
from gridwell.residents.rules.traits import FIXED_VALUES, TraitCode


def _open(model: type[F], community: int, ids: Sequence[int], **narrowed: object) -> list[F]:
    rows: list[F] = []
    for part in chunks(ids):
        rows += model._default_manager.filter(
            community=community,
            resident__in=part,
            superseded_at=None,
            ends_at=None,
            **narrowed,
        )
    return rows


def _living(community: int, ids: Sequence[int]) -> list[Resident]:
    found: list[Resident] = []
    for part in chunks(ids):
        found += Resident.objects.filter(
            community=community, pk__in=part, merged_into=None, died_on=None
        ).only("pk", "community_id", "dwelling_id")
    return found


@transaction.atomic
def add_trait(
    *,
    actor: Actor,
    community: int,
    resident_ids: Sequence[int],
    code: str,
    now: datetime,
    value: str = "",
    starts_at: datetime | None = None,
    source: str = "desk",
    delete_after: date | None = None,
) -> int:
    """Write that a circumstance holds for people (登记情况); return for how many it is new.

    Who has it with the same value already is left alone; another value ends the old fact,
    or takes its place when it held from earlier on.
    """
    require(actor, community)
    if code not in set(TraitCode):
        raise RuleBroken("residents.unknown_trait", trait=code)
    if value not in FIXED_VALUES.get(code, (value,)):
        raise RuleBroken("residents.unknown_value", value=value)
    at = starts_at or now
    people = _living(community, resident_ids)
    known = _open(Trait, community, [p.pk for p in people], code=code)
    same = {row.resident_id for row in known if row.value == value}
    end(Trait, [row for row in known if row.value != value], at=at, now=now, actor=actor)
    fresh = [
        Trait(
            community_id=community,
            dwelling_id=person.dwelling_id,
            resident=person,
            code=code,
            value=value[:60],
            starts_at=at,
            recorded_at=now,
            recorded_by=actor.user_id,
            source=source[:60],
            delete_after=delete_after,
        )
        for person in people
        if person.pk not in same
    ]
    Trait.objects.bulk_create(fresh, batch_size=500)
    if fresh:
        ids = [row.resident_id for row in fresh]
        record(
            "residents.trait_added",
            actor=actor,
            community=community,
            subject=people[0] if len(people) == 1 else None,
            at=now,
            trait=code,
            count=len(ids),
            digest=digest_ids(ids),
        )
        refresh_marks_of(actor=actor, community=community, now=now, residents=ids)
    return len(fresh)


@transaction.atomic
def end_trait(
    *,
    actor: Actor,
    community: int,
    resident_ids: Sequence[int],
    code: str,
    now: datetime,
    at: datetime | None = None,
) -> int:
    """End a circumstance of people (情况终止); return for how many it held."""
    require(actor, community)
    rows = _open(Trait, community, resident_ids, code=code)
    if at is not None:
        refuse_before(rows, at, "residents.before_trait")
    end(Trait, rows, at=at or now, now=now, actor=actor)
    if rows:
        record(
            "residents.trait_ended",
            actor=actor,
            community=community,
            subject=rows[0].resident if len(rows) == 1 else None,
            at=now,
            trait=code,
            count=len(rows),
            digest=digest_ids(row.resident_id for row in rows),
        )
        ids = [row.resident_id for row in rows]
        refresh_marks_of(actor=actor, community=community, now=now, residents=ids)
    return len(rows)


@transaction.atomic
def set_away(
    *,
    actor: Actor,
    community: int,
    resident_ids: Sequence[int],
    now: datetime,
    whereabouts: str = "",
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> int:
    """Write that people are away (外出), where and until when if known; return how many."""
    require(actor, community)
    at = starts_at or now
    if ends_at is not None and ends_at <= at:
        raise RuleBroken("residents.ends_before_it_starts")
    people = [p for p in _living(community, resident_ids) if p.dwelling_id is not None]
    known = _open(Presence, community, [p.pk for p in people])
    end(Presence, known, at=at, now=now, actor=actor)
    Presence.objects.bulk_create(
        [
            Presence(
                community_id=community,
                dwelling_id=person.dwelling_id or 0,
                resident=person,
                whereabouts=whereabouts.strip(),
                starts_at=at,
                ends_at=ends_at,
                recorded_at=now,
                recorded_by=actor.user_id,
                source="desk",
            )
            for person in people
        ],
        batch_size=500,
    )
    if people:
        record(
            "residents.went_away",
            actor=actor,
            community=community,
            subject=people[0] if len(people) == 1 else None,
            at=now,
            count=len(people),
            digest=digest_ids(p.pk for p in people),
        )
    return len(people)


@transaction.atomic
def set_back(
    *,
    actor: Actor,
    community: int,
    resident_ids: Sequence[int],
    now: datetime,
    at: datetime | None = None,
) -> int:
    """Write that people are back (返回); return how many were away."""
    require(actor, community)
    instant = at or now
    rows: list[Presence] = []
    for part in chunks(resident_ids):
        rows += Presence.objects.filter(
            holds_in(instant, instant),
            community=community,
            resident__in=part,
            superseded_at=None,
        )
    end(Presence, rows, at=instant, now=now, actor=actor)
    if rows:
        record(
            "residents.came_back",
            actor=actor,
            community=community,
            subject=rows[0].resident if len(rows) == 1 else None,
            at=now,
            count=len(rows),
            digest=digest_ids(row.resident_id for row in rows),
        )
    return len(rows)
