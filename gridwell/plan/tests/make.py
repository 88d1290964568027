"""Composed communities for tests and benchmarks of the plan: small ones by hand, large ones by seed."""

import random
from datetime import date, datetime, timedelta
from functools import cache

from gridwell.core.clock import zone as local_zone
from gridwell.orders.rules.lifecycle import Act, Change, Precision, Round, ScopeLine, Source
from gridwell.plan.rules.facts import (
    Dwellings,
    IsolationFact,
    LowOrder,
    People,
    ResultFact,
    Snapshot,
    ZoneFact,
)
from gridwell.protocols.rules.model import Level, Protocol
from gridwell.protocols.rules.resolve import resolve
from gridwell.protocols.rules.shipped import shipped

COMMUNITY = 140106004009
D0 = date(2022, 11, 20)


@cache
def protocol_on(day: date, *, area: int | None = COMMUNITY) -> Protocol:
    """Return the shipped protocol of a day in Taiyuan."""
    found = resolve(shipped(), area, day)
    assert found is not None
    return found


def at(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """Return a local instant."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=local_zone())


def end_of_knowledge(day: date) -> datetime:
    """Return an instant late enough to know everything of a day."""
    return at(day, 23, 59)


def change(
    act: Act = Act.DESIGNATE,
    on: date | None = D0,
    *,
    id: int = 1,
    level: Level | None = Level.HIGH,
    scope: tuple[ScopeLine, ...] | None = (ScopeLine(place=1),),
    recorded: datetime | None = None,
    hour: int = 0,
    precision: Precision = Precision.DAY,
    target: int | None = None,
    notice: str = "2022年第173号",
) -> Change:
    """Return a change that takes effect on a day and is recorded at once."""
    effective = None if on is None else at(on, hour)
    return Change(
        id=id,
        act=act,
        effective_at=effective,
        recorded_at=recorded or effective or at(D0),
        precision=precision,
        level=level,
        scope=scope,
        source=Source(notice=notice),
        target=target,
    )


def zone(
    covers: frozenset[int],
    *changes: Change,
    id: int = 1,
    name: str = "4号楼",
    rounds: tuple[Round, ...] = (),
) -> ZoneFact:
    """Return a zone all of whose scopes cover the same dwellings."""
    made = changes or (change(),)
    return ZoneFact(
        id=id,
        name=name,
        changes=tuple(made),
        covers={c.id: covers for c in made if c.scope is not None},
        rounds=rounds,
    )


def round_of(on: date, *, due: int = 4, sampled: int = 4, negative: int = 4) -> Round:
    """Return a round's outcome, known in the evening."""
    return Round(
        on=on,
        due=due,
        sampled=sampled,
        negative=negative,
        recorded_at=at(on, 20),
        last_negative_at=at(on, 19) if negative >= due else None,
    )


def snapshot(day: date, **parts: object) -> Snapshot:
    """Return a small community: two buildings of two dwellings, two people in each dwelling."""
    values: dict[str, object] = {
        "community": COMMUNITY,
        "day": day,
        "known_at": end_of_knowledge(day),
        "protocol": protocol_on(day),
        "dwellings": Dwellings(ids=(11, 12, 21, 22), buildings=(1, 1, 2, 2), units=(0,) * 4),
        "people": People(
            ids=(1, 2, 3, 4, 5, 6, 7, 8),
            dwellings=(11, 11, 12, 12, 21, 21, 22, 22),
            households=(101, 101, 102, 102, 201, 201, 202, 202),
            births=(0,) * 8,
        ),
    }
    values.update(parts)
    return Snapshot(**values)


def big_snapshot(people: int, day: date = D0 + timedelta(days=2), *, seed: int = 7) -> Snapshot:
    """Return a community of `people`, all of them inside high-risk zones of one building each."""
    rng = random.Random(seed)
    households = max(people * 2912 // 8097, 1)
    dwellings = list(range(1, households + 1))
    buildings = [100_000 + d // 90 for d in dwellings]
    homes = dwellings + [rng.choice(dwellings) for _ in range(people - households)]
    births = [date(1930 + rng.randrange(90), 1, 1).toordinal() for _ in range(people)]
    traits = {
        r: frozenset({rng.choice(("illness", "disabled", "pregnant", "cannot_walk"))})
        for r in range(1, people + 1)
        if rng.random() < 0.05
    }
    covers: dict[int, set[int]] = {}
    for dwelling, building in zip(dwellings, buildings, strict=True):
        covers.setdefault(building, set()).add(dwelling)
    zones = tuple(
        ZoneFact(
            id=number,
            name=f"{number}号楼",
            changes=(change(id=number),),
            covers={number: frozenset(inside)},
            rounds=(round_of(D0 + timedelta(days=1)),),
        )
        for number, inside in enumerate(covers.values(), start=1)
    )
    isolations = tuple(
        IsolationFact(
            id=r, resident=r, class_code="zone_outflow", kind="home", from_on=D0, recorded_at=at(D0)
        )
        for r in range(1, people, 100)
    )
    results = tuple(
        ResultFact(r, at(D0 + timedelta(days=1), 9), is_negative=True, recorded_at=at(D0, 12))
        for r in range(1, people, 2)
    )
    return Snapshot(
        community=COMMUNITY,
        day=day,
        known_at=end_of_knowledge(day),
        protocol=protocol_on(day),
        dwellings=Dwellings(
            ids=tuple(dwellings), buildings=tuple(buildings), units=(0,) * households
        ),
        people=People(
            ids=tuple(range(1, people + 1)),
            dwellings=tuple(homes),
            households=tuple(homes),
            births=tuple(births),
            traits=traits,
        ),
        zones=zones,
        low_orders=(LowOrder(1, "2022年第173号", at(D0), at(D0)),),
        isolations=isolations,
        results=results,
    )
