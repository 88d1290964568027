"""Registering thousands of people at once (批量登记): set-based, for ledger imports and the census."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from gridwell.accounts.rules.actor import Actor
from gridwell.audit.actions import digest_ids, record
from gridwell.core.fields import vault
from gridwell.residents.models import Household, Membership, Phone, Resident, Trait
from gridwell.residents.rules.names import name_keys

BATCH = 2_000


@dataclass(frozen=True, slots=True)
class NewHousehold:
    """A household to register. `key` is the caller's; people refer to it."""

    key: str
    dwelling: int
    tenure: str = "unknown"


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to register. `household` is a key of `NewHousehold`, or the id of one that exists.

    Numbers come normalised (see `rules.identity`, `rules.phones`). `remark` holds the columns that
    nobody mapped, by header.
    """

    key: str
    household: str | int
    name: str
    sex: str = "unknown"
    birth_on: date | None = None
    document_kind: str = "none"
    document: str = ""
    phones: tuple[str, ...] = ()
    relation: str = ""
    is_head: bool = False
    kind: str = "lives"
    traits: Mapping[str, str] = field(default_factory=dict)
    remark: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Registered:
    """What was written: ids by the caller's keys."""

    households: dict[str, int]
    residents: dict[str, int]


@transaction.atomic
def register_people(
    *,
    actor: Actor,
    community: int,
    households: Sequence[NewHousehold],
    people: Sequence[NewPerson],
    now: datetime,
    source: str,
) -> Registered:
    """Register households and people with memberships, phones and traits in one act.

    About five inserts a batch, whatever the number of people; one audit entry. A second head of
    one household is taken as an ordinary member, because a household has one head.
    """
    homes = _add_households(community, households, now)
    dwellings = {home.pk: home.dwelling_id for home in homes.values()}
    ids = {key: home.pk for key, home in homes.items()}
    older = {p.household for p in people if isinstance(p.household, int)}
    headed: set[int] = set()
    if older:
        rows = Household.objects.filter(community=community, pk__in=older)
        dwellings.update(rows.values_list("pk", "dwelling_id"))
        headed.update(
            Membership.objects.filter(
                community=community,
                household__in=older,
                is_head=True,
                ends_at=None,
                superseded_at=None,
            ).values_list("household_id", flat=True)
        )
    placed = [
        (p, ids[p.household] if isinstance(p.household, str) else p.household) for p in people
    ]
    residents = _add_residents(community, placed, dwellings, now)
    _add_memberships(community, placed, residents, headed, actor, now, source)
    _add_phones(community, placed, residents)
    add_traits(
        community=community,
        rows=((r, p.traits) for (p, _), r in zip(placed, residents, strict=True)),
        actor=actor,
        now=now,
        source=source,
    )
    if people or households:
        record(
            "residents.registered",
            actor=actor,
            community=community,
            at=now,
            source=source,
            households=len(ids),
            count=len(residents),
            digest=digest_ids(r.pk for r in residents),
        )
    return Registered(ids, {p.key: r.pk for p, r in zip(people, residents, strict=True)})


def _add_households(
    community: int, rows: Sequence[NewHousehold], now: datetime
) -> dict[str, Household]:
    made = Household.objects.bulk_create(
        [
            Household(
                community_id=community, dwelling_id=row.dwelling, tenure=row.tenure, starts_at=now
            )
            for row in rows
        ],
        batch_size=BATCH,
    )
    return {row.key: home for row, home in zip(rows, made, strict=True)}


_Placed = Sequence[tuple[NewPerson, int]]


def _add_residents(
    community: int, placed: _Placed, dwellings: Mapping[int, int], now: datetime
) -> list[Resident]:
    tail = vault().tail
    made = []
    for person, household in placed:
        pinyin, initials = name_keys(person.name)
        made.append(
            Resident(
                community_id=community,
                dwelling_id=dwellings[household],
                name=person.name,
                pinyin=pinyin[:120],
                initials=initials[:30],
                sex=person.sex,
                birth_on=person.birth_on,
                document_kind=person.document_kind,
                document=person.document,
                document_tail=tail(community, person.document),
                remark=json.dumps(dict(person.remark), ensure_ascii=False) if person.remark else "",
                registered_at=now,
                changed_at=now,
            )
        )
    return Resident.objects.bulk_create(made, batch_size=BATCH)


def _add_memberships(
    community: int,
    placed: _Placed,
    residents: Sequence[Resident],
    headed: set[int],
    actor: Actor,
    now: datetime,
    source: str,
) -> None:
    made = []
    for (person, household), resident in zip(placed, residents, strict=True):
        is_head = person.is_head and person.kind == "lives" and household not in headed
        if is_head:
            headed.add(household)
        made.append(
            Membership(
                community_id=community,
                dwelling_id=resident.dwelling_id or 0,
                household_id=household,
                resident_id=resident.pk,
                relation=person.relation[:20],
                is_head=is_head,
                kind=person.kind,
                starts_at=now,
                recorded_at=now,
                recorded_by=actor.user_id,
                source=source,
            )
        )
    Membership.objects.bulk_create(made, batch_size=BATCH)


def _add_phones(community: int, placed: _Placed, residents: Sequence[Resident]) -> None:
    tail = vault().tail
    Phone.objects.bulk_create(
        [
            Phone(
                community_id=community,
                dwelling_id=resident.dwelling_id,
                resident_id=resident.pk,
                number=number,
                tail=tail(community, number),
                rank=rank,
            )
            for (person, _), resident in zip(placed, residents, strict=True)
            for rank, number in enumerate(dict.fromkeys(person.phones), start=1)
        ],
        batch_size=BATCH,
    )


def add_traits(
    *,
    community: int,
    rows: Iterable[tuple[Resident, Mapping[str, str]]],
    actor: Actor,
    now: datetime,
    source: str,
) -> None:
    """Add open traits to residents who do not have them yet; part of an act, not one of its own."""
    Trait.objects.bulk_create(
        [
            Trait(
                community_id=community,
                dwelling_id=resident.dwelling_id,
                resident_id=resident.pk,
                code=code,
                value=value[:60],
                starts_at=now,
                recorded_at=now,
                recorded_by=actor.user_id,
                source=source,
            )
            for resident, traits in rows
            for code, value in traits.items()
        ],
        batch_size=BATCH,
    )
