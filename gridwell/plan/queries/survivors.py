"""Facts of entries that were merged stand under the person who lives on (合并居民)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from gridwell.plan.rules.facts import (
    ExemptionFact,
    HoldFact,
    IsolationFact,
    People,
    ResultFact,
    Snapshot,
    ZoneCaseFact,
)
from gridwell.residents.queries.entries import Entries

Fact = TypeVar("Fact", IsolationFact, HoldFact, ResultFact, ZoneCaseFact, ExemptionFact)


def of_survivors(snapshot: Snapshot, entries: Entries) -> Snapshot:
    """Return the snapshot with each fact under the entry that lives on.

    Nobody gets out of a hold or an isolation by being merged, and nobody loses an exemption.
    """
    if not entries.survivors:
        return snapshot
    return replace(
        snapshot,
        people=_people(snapshot.people, entries),
        isolations=_moved(snapshot.isolations, entries),
        holds=_moved(snapshot.holds, entries),
        results=_moved(snapshot.results, entries),
        cases=_moved(snapshot.cases, entries),
        exemptions=_moved(snapshot.exemptions, entries),
        round_orders=tuple(
            order
            if order.residents is None
            else replace(order, residents=frozenset(entries.all_of(order.residents)))
            for order in snapshot.round_orders
        ),
    )


def _moved(facts: Iterable[Fact], entries: Entries) -> tuple[Fact, ...]:
    moved = []
    for fact in facts:
        kept = entries.survivors.get(fact.resident) if fact.resident is not None else None
        moved.append(fact if kept is None else replace(fact, resident=kept))
    return tuple(moved)


def _people(people: People, entries: Entries) -> People:
    """Return the people with what is known of their circumstances and absences under either entry."""
    traits: dict[int, frozenset[str]] = {}
    for resident, words in people.traits.items():
        person = entries.survivors.get(resident, resident)
        traits[person] = traits.get(person, frozenset()) | words
    away: dict[int, list[tuple[datetime, datetime | None]]] = defaultdict(list)
    for resident, windows in people.away.items():
        away[entries.survivors.get(resident, resident)] += windows
    return replace(people, traits=traits, away=dict(away))
