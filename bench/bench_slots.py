"""Slots for a round of 8,000 people at 4 sites with 12 desks, read from the database and written to it.

Everybody comes down; two buildings lie in open high-risk zones and stand apart. Measured is the act
as the page calls it: read, solve, write, with its entry in the trail.
"""

from datetime import timedelta
from time import perf_counter
from typing import Any

from bench import data
from bench.bench_rounds import _open
from bench.harness import Bench, Measured

SITES, DESKS, HOURS = 4, 3, 10
RISKY = 2


def _slots() -> Measured:
    data.enter("community")
    from django.db import transaction

    from gridwell.accounts.rules.actor import Actor
    from gridwell.core import clock
    from gridwell.demo.building import STANDS_AT
    from gridwell.screening.actions.slots import make_slots

    clock.move_to(STANDS_AT)
    actor = Actor.system(data.CODE)
    with transaction.atomic():
        _few_zones()
        _taken, row = _open()
        _set_up(actor, row)
        night = clock.start_of(row.on)
        begun = perf_counter()
        made = make_slots(actor=actor, round=row, now=night)
        taken = perf_counter() - begun
        assert made.people > 7_000, "too few people: the benchmark measures nothing"
        assert not made.people_unplaced
        _stands(row)
        transaction.set_rollback(True)
    return Measured(taken)


def _few_zones() -> None:
    """Leave the zones of two buildings: who lives in the others comes down."""
    from gridwell.orders.models import Zone
    from gridwell.plan.models import DayPlan

    keep = list(Zone.objects.filter(community=data.CODE).order_by("pk")[:RISKY])
    for table in Zone._meta.related_objects:
        rows = table.related_model._default_manager.filter(**{f"{table.field.name}__isnull": False})
        if table.related_model.__name__ != "RoundOrder":
            rows.exclude(**{f"{table.field.name}__in": keep}).delete()
    Zone.objects.filter(community=data.CODE).exclude(pk__in=[zone.pk for zone in keep]).delete()
    DayPlan.objects.update(is_stale=True)


def _set_up(actor: Any, row: Any) -> None:
    """Set up the sites beside buildings spread over the community, and call everybody down."""
    from gridwell.core import clock
    from gridwell.places.models import Place
    from gridwell.screening.actions.desks import Hours, add_desks
    from gridwell.screening.actions.sites import open_site
    from gridwell.screening.models import RoundMember

    RoundMember.objects.filter(round=row).update(at_door=False, door_reason="", exempt="")
    buildings = list(Place.objects.filter(community=data.CODE, kind="building").order_by("path"))
    start = clock.start_of(row.on)
    hours = Hours(start + timedelta(hours=7), start + timedelta(hours=7 + HOURS))
    for number in range(SITES):
        place = buildings[number * len(buildings) // SITES + 3]
        site = open_site(
            actor=actor, community=data.CODE, name=f"采样点{number + 1}", place=place, now=start
        )
        add_desks(actor=actor, round=row, site=site, hours=hours, count=DESKS, now=start)


def _stands(row: Any) -> None:
    """Check that no slot is over its rate and that high-risk buildings stand alone."""
    from gridwell.core import clock
    from gridwell.screening.queries.slots import stage_of

    stage = stage_of(row, clock.start_of(row.on))
    for spot, slots in stage.by_spot.items():
        assert sum(slot.people for slot in slots) <= stage.grid.room[spot]
        assert len({slot.is_high_risk for slot in slots}) == 1
    assert any(slot.is_high_risk for slot in stage.slots)


def _lay() -> None:
    data.lay_community("community")


BENCHES = [Bench("slots", "s", _slots, bar=10, prepare=_lay)]
