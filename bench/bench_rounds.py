"""A round of 8,097 people: opened, and its missing list, its parts and a board read while half are sampled.

The list is read as its page reads it: all doors in walking order, then the names of the first
hundred. p95 of sixty reads of each kind, the slowest kind counts.
"""

from collections.abc import Callable
from datetime import timedelta
from time import perf_counter
from typing import Any
from uuid import uuid4

from bench import data
from bench.harness import Bench, Measured

TIMES = 60
POOL = 10


def _open() -> tuple[float, Any]:
    """Return the milliseconds in which the round opens, and the round; inside a transaction."""
    from gridwell.accounts.rules.actor import Actor
    from gridwell.demo.building import STANDS_AT
    from gridwell.orders.actions.rounds import order_round
    from gridwell.orders.actions.zones import Basis
    from gridwell.screening.actions.rounds import open_round, plan_round

    actor, now = Actor.system(data.CODE), STANDS_AT
    order = order_round(
        actor=actor,
        community=data.CODE,
        purpose="city_round",
        on=now.date(),
        pool=str(POOL),
        basis=Basis(ordered_by="指挥部", clause="T4-8"),
        now=now,
    )
    row = plan_round(actor=actor, order=order, now=now)
    begun = perf_counter()
    row = open_round(actor=actor, round=row, now=now)
    return (perf_counter() - begun) * 1000, row


def _sample_half(row: Any) -> None:
    """Put every other person into tubes of ten."""
    from gridwell.health.models import Sample, Tube
    from gridwell.screening.models import RoundMember

    members = list(RoundMember.objects.filter(round=row, exempt="").order_by("pk"))[::2]
    at = row.opened_at
    tubes = Tube.objects.bulk_create(
        Tube(
            community_id=data.CODE,
            code=f"B{number:07}",
            round=row.ref,
            pool=str(POOL),
            state="closed",
            opened_at=at,
            recorded_at=at,
        )
        for number in range(len(members) // POOL + 1)
    )
    Sample.objects.bulk_create(
        Sample(
            community_id=data.CODE,
            dwelling_id=member.dwelling_id,
            tube=tubes[number // POOL],
            ref=uuid4(),
            round=row.ref,
            resident_id=member.resident_id,
            guest=member.guest,
            position=number % POOL + 1,
            sampled_at=at + timedelta(seconds=number),
            recorded_at=at,
        )
        for number, member in enumerate(members)
    )


def _in_round(measure: Callable[[float, Any], Measured]) -> Measured:
    data.enter("community")
    from django.db import transaction

    from gridwell.core import clock
    from gridwell.demo.building import STANDS_AT

    clock.move_to(STANDS_AT)
    with transaction.atomic():
        taken, row = _open()
        measured = measure(taken, row)
        transaction.set_rollback(True)
    return measured


def _opened() -> Measured:
    return _in_round(lambda taken, _row: Measured(taken))


def _read() -> Measured:
    return _in_round(lambda _taken, row: Measured(_slowest(row)))


def _slowest(row: Any) -> float:
    from gridwell.accounts.rules.actor import Actor
    from gridwell.screening.models import RoundMember
    from gridwell.screening.queries.lines import door_list, lines_at, named_lines, part_lines
    from gridwell.screening.queries.members import members_of, missing, tallies, total

    _sample_half(row)
    actor = Actor.system(data.CODE)
    rows = members_of(actor, row)
    doors = list(RoundMember.objects.filter(round=row).values_list("dwelling_id", flat=True))
    assert total(row).due > 6_000, "too few people: the benchmark measures nothing"

    def page() -> None:
        doors = door_list(missing(rows, row))
        named_lines(data.CODE, lines_at(row, rows, doors[:100]))

    kinds: dict[str, Callable[[], object]] = {
        "page": page,
        "buildings": lambda: part_lines(row, "building", rows),
        "grids": lambda: part_lines(row, "grid", rows),
        "board": lambda: tallies(data.CODE, [row], doors[:300]),
    }
    return max(_p95(read) for read in kinds.values())


def _p95(read: Callable[[], object]) -> float:
    taken = []
    for _ in range(TIMES):
        begun = perf_counter()
        read()
        taken.append((perf_counter() - begun) * 1000)
    return sorted(taken)[int(TIMES * 0.95) - 1]


def _lay() -> None:
    data.lay_community("community")


BENCHES = [
    Bench("round-open", "ms", _opened, prepare=_lay),
    Bench("round-missing", "ms", _read, bar=100, prepare=_lay),
]
