"""The demo's rounds: who was sampled in the open zones on a day, and what came of it."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from random import Random

from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.health.actions import ResultRow, record_results
from gridwell.orders.actions.zones import record_round
from gridwell.orders.queries.zones import ZoneLife, covered, open_lives
from gridwell.plan.queries.present import here_in

#: What the demo's own rounds name as their source.
SOURCE = "采样点回报"


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """Return an instant of the demo's days, local time."""
    return datetime.combine(day, time(hour, minute), tzinfo=clock.zone())


def hold_rounds(community: int, day: date) -> int:
    """Enter the outcome of the day's round in every open zone of a community by hand, all negative.

    Return how many were sampled. Rounds at desks of ours are in `demo.screening`.
    """
    evening = at(day, 19, 30)
    zones = open_lives(community, at(day, 8))
    if not zones:
        return 0
    actor = Actor.system(community)
    people = _people_in(zones, at(day, 8))
    total = 0
    for life in zones:
        residents = people[life.zone.pk]
        rows = _samples(community, residents, day)
        record_results(actor=actor, community=community, rows=rows, source="demo", now=evening)
        record_round(
            actor=actor,
            zone=life.zone,
            on=day,
            due=len(residents),
            sampled=len(residents),
            negative=len(residents),
            positive=0,
            last_result_at=at(day, 19),
            source=SOURCE,
            now=evening,
        )
        total += len(residents)
    return total


def _samples(
    community: int, residents: Sequence[tuple[int, int | None]], day: date
) -> list[ResultRow]:
    random = Random(community + day.toordinal())
    start = at(day, 7, 30)
    rows = []
    for resident, dwelling in residents:
        sampled = start + timedelta(minutes=random.randrange(240))
        rows.append(ResultRow(resident, dwelling, sampled, "negative", at(day, 19)))
    return rows


def _people_in(
    zones: Sequence[ZoneLife], instant: datetime
) -> dict[int, list[tuple[int, int | None]]]:
    """Return who is here (id, dwelling) in each zone that day, in the order of their doors."""
    scopes = {}
    for life in zones:
        span = life.at(instant).span
        scopes[life.zone.pk] = span.scope if span is not None else ()
    found: dict[int, list[tuple[int, int | None]]] = {}
    for zone, dwellings in covered(scopes).items():
        here = here_in(dwellings, clock.day_of(instant))
        found[zone] = [(one.resident, one.dwelling) for one in here if one.resident > 0]
    return found
