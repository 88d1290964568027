"""Registering thousands of people at once (批量登记): set-based, for ledger imports and the census."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from gridwell.accounts.rules.actor import Actor
from gridwell.audit.actions import digest_ids, record
from gridwell.core.bulk import insert_rows, reserve_ids
from gridwell.core.fields import vault
from gridwell.core.ids import new_ref
from gridwell.residents.actions.facts import chunks
from gridwell.residents.models import Household, Membership, Phone, Resident, Trait
from gridwell.residents.rules.names import name_keys


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

    One write a table, whatever the number of people; one audit entry. A second head of
    one household is taken as an ordinary member, because a household has one head.
    """
    homes = _add_households(community, households, now)
    older = {p.household for p in people if isinstance(p.household, int)}
    dwellings, headed = _older(community, older)
    placed = [
        _Placed(person, resident, *_home(person, homes, dwellings))
        for person, resident in zip(people, reserve_ids(Resident, len(people)), strict=True)
    ]
    _add_residents(community, placed, now)
    _add_memberships(community, placed, headed, actor, now, source)
    _add_phones(community, placed)
    add_traits(
        community=community,
        rows=((row.resident, row.dwelling, row.person.traits) for row in placed),
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
            households=len(homes),
            count=len(placed),
            digest=digest_ids(row.resident for row in placed),
        )
    return Registered(
        {key: pk for key, (pk, _) in homes.items()},
        {row.person.key: row.resident for row in placed},
    )


def _older(community: int, households: set[int]) -> tuple[dict[int, int], set[int]]:
    """Return the dwelling of each existing household, and which of them have a head."""
    dwellings: dict[int, int] = {}
    headed: set[int] = set()
    for part in chunks(sorted(households)):
        homes = Household.objects.filter(community=community, pk__in=part)
        dwellings.update(homes.values_list("pk", "dwelling_id"))
        heads = Membership.objects.filter(
            community=community,
            household__in=part,
            is_head=True,
            ends_at=None,
            superseded_at=None,
        )
        headed.update(heads.values_list("household_id", flat=True))
    return dwellings, headed


def _home(
    person: NewPerson, homes: Mapping[str, tuple[int, int]], dwellings: Mapping[int, int]
) -> tuple[int, int]:
    """Return household and dwelling of a person."""
    if isinstance(person.household, str):
        return homes[person.household]
    return person.household, dwellings[person.household]


def _add_households(
    community: int, rows: Sequence[NewHousehold], now: datetime
) -> dict[str, tuple[int, int]]:
    """Return (id, dwelling) of each new household by key."""
    ids = reserve_ids(Household, len(rows))
    insert_rows(
        Household,
        ("id", "community", "dwelling", "ref", "tenure", "starts_at", "remark"),
        (
            (pk, community, row.dwelling, new_ref(), row.tenure, now, "")
            for pk, row in zip(ids, rows, strict=True)
        ),
    )
    return {row.key: (pk, row.dwelling) for pk, row in zip(ids, rows, strict=True)}


@dataclass(frozen=True, slots=True)
class _Placed:
    """A person with the ids that the rows of all tables share."""

    person: NewPerson
    resident: int
    household: int
    dwelling: int


def _add_residents(community: int, placed: Sequence[_Placed], now: datetime) -> None:
    tail = vault().tail
    insert_rows(
        Resident,
        (
            *("id", "community", "dwelling", "ref", "name", "pinyin", "initials", "sex"),
            *("birth_on", "document_kind", "document", "document_tail", "remark"),
            *("registered_at", "changed_at"),
        ),
        (
            (
                row.resident,
                community,
                row.dwelling,
                new_ref(),
                row.person.name,
                *_keys(row.person.name),
                row.person.sex,
                row.person.birth_on,
                row.person.document_kind,
                row.person.document,
                tail(community, row.person.document),
                json.dumps(dict(row.person.remark), ensure_ascii=False)
                if row.person.remark
                else "",
                now,
                now,
            )
            for row in placed
        ),
    )


def _keys(name: str) -> tuple[str, str]:
    pinyin, initials = name_keys(name)
    return pinyin[:120], initials[:30]


def _add_memberships(
    community: int,
    placed: Sequence[_Placed],
    headed: set[int],
    actor: Actor,
    now: datetime,
    source: str,
) -> None:
    def rows() -> Iterable[tuple[object, ...]]:
        for row in placed:
            person = row.person
            is_head = person.is_head and person.kind == "lives" and row.household not in headed
            if is_head:
                headed.add(row.household)
            yield (
                *(community, row.dwelling, row.household, row.resident),
                *(person.relation[:20], is_head, person.kind, ""),
                *(now, now, actor.user_id, source),
            )

    insert_rows(
        Membership,
        (
            *("community", "dwelling", "household", "resident"),
            *("relation", "is_head", "kind", "end_reason"),
            *("starts_at", "recorded_at", "recorded_by", "source"),
        ),
        rows(),
    )


def _add_phones(community: int, placed: Sequence[_Placed]) -> None:
    tail = vault().tail
    insert_rows(
        Phone,
        ("community", "dwelling", "resident", "number", "tail", "rank"),
        (
            (community, row.dwelling, row.resident, number, tail(community, number), rank)
            for row in placed
            for rank, number in enumerate(dict.fromkeys(row.person.phones), start=1)
        ),
    )


def add_traits(
    *,
    community: int,
    rows: Iterable[tuple[int, int | None, Mapping[str, str]]],
    actor: Actor,
    now: datetime,
    source: str,
) -> None:
    """Add open traits, given as (resident, dwelling, traits); part of an act, not one of its own.

    None of the residents may have that trait open already.
    """
    insert_rows(
        Trait,
        (
            *("community", "dwelling", "resident", "code", "value"),
            *("starts_at", "recorded_at", "recorded_by", "source"),
        ),
        (
            (community, dwelling, resident, code, value[:60], now, now, actor.user_id, source)
            for resident, dwelling, traits in rows
            for code, value in traits.items()
        ),
    )
