"""Tasks of a whole community under zones: made from the plan, made again, and listed to every role.

All 8,097 people are in high-risk zones, so that every household has a door service, and every
building its delivery and disinfection: the most a plan can ask for.
"""

import sys
from time import perf_counter

from bench import bench_pages, data
from bench.harness import Bench, Measured

LISTED = 5_000
NAME = "tasks"


def _sync(times: int) -> tuple[float, int]:
    """Return the milliseconds of the last of so many runs in one transaction that is undone."""
    data.enter("community")
    from django.db import transaction

    from gridwell.demo.building import STANDS_AT
    from gridwell.plan.queries.snapshot import load_snapshot
    from gridwell.plan.rules.engine import derive
    from gridwell.tasks.actions import sync_plan

    now = STANDS_AT.replace(hour=6)
    plan = derive(load_snapshot(data.CODE, now.date()), now.date())
    taken, created = 0.0, 0
    with transaction.atomic():
        for _ in range(times):
            begun = perf_counter()
            created = sync_plan(community=data.CODE, plan=plan, now=now).created
            taken = (perf_counter() - begun) * 1000
        transaction.set_rollback(True)
    return taken, created


def _first() -> Measured:
    taken, created = _sync(1)
    assert created > 2_000, f"only {created} tasks: the benchmark measures nothing"
    print(f"  {created} tasks", file=sys.stderr)
    return Measured(taken)


def _second() -> Measured:
    taken, created = _sync(2)
    assert created == 0, f"a second run made {created} tasks"
    return Measured(taken)


def lay_tasks() -> None:
    """Build the demo and give its largest community 5,000 open tasks."""
    home = data.enter("demo-tasks")
    if data.ready(home):
        return
    print(f"making {home}", file=sys.stderr)
    from gridwell.core import installation
    from gridwell.demo import building

    installation.lay_folder()
    installation.migrate()
    building.build(lambda *_, **__: None)
    fill_tasks()
    data.finish(home)


def fill_tasks() -> None:
    """Give the demo's largest community 5,000 open tasks, and every role some of them."""
    from django.db import transaction

    from gridwell.core import clock
    from gridwell.demo import building
    from gridwell.plan.rules.plan import Basis, OrderKind, Plan, SubjectKind, WorkGroup
    from gridwell.residents.models import Household
    from gridwell.tasks.actions import sync_plan

    homes = tuple(
        Household.objects.filter(community=data.CODE, ends_at=None, merged_into=None)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    now = building.STANDS_AT
    groups, left = [], LISTED
    for number in range(LISTED // max(len(homes), 1) + 1):
        basis = Basis(OrderKind.STANDSTILL, number + 1, 0, 0, "静默通告", "", "")
        some = homes[:left]
        groups.append(
            WorkGroup(
                "greeting",
                SubjectKind.HOUSEHOLD,
                some,
                basis,
                now,
                None,
                "day",
                (("name", "静默"),),
            )
        )
        left -= len(some)
    left_out = ("duties", "priorities", "zones", "buildings", "late", "proposals")
    empty: dict[str, tuple[object, ...]] = dict.fromkeys(left_out, ())
    plan = Plan(
        community=data.CODE,
        day=clock.day_of(now),
        known_at=now,
        version="",
        last_fact=0,
        work=tuple(group for group in groups if group.subjects),
        unfounded=(),
        acts=(),
        counts={},
        **empty,
    )
    with transaction.atomic():
        sync_plan(community=data.CODE, plan=plan, now=now)
        _give_to_all()


def _give_to_all() -> None:
    """Give every role some of the tasks: those without a desk have 60 each, as a building head has."""
    from gridwell.tasks.models import Task

    rest = list(Task.objects.filter(community=data.CODE, state="open").values_list("pk", flat=True))
    for number, seat in enumerate(bench_pages.seats()):
        some = rest[number * 60 : number * 60 + 60]
        if not Task.objects.filter(post=seat.post, state="open").exists():
            Task.objects.filter(pk__in=some).update(post=seat.post)


def _lists() -> Measured:
    return bench_pages.measure_pages("demo-tasks", _visits)


def _visits(community: int, seat: bench_pages.Seat) -> list[bench_pages.Visit]:
    from gridwell.tasks.models import Task

    task = Task.objects.filter(community=community, state="open")
    if seat.grids:
        task = task.filter(grid__in=seat.grids)
    if not seat.has_desk:
        task = task.filter(post=seat.post)
    one = task.order_by("pk").first()
    assert one is not None
    base = f"/{community}/work/"
    return [
        bench_pages.Visit("task list", base),
        bench_pages.Visit("walk", f"{base}?order=walk"),
        bench_pages.Visit("page 40", f"{base}?page=40"),
        bench_pages.Visit("by building", f"{base}by-building/{one.building_id}/"),
        bench_pages.Visit("mine", "/work/mine/", is_for_all=True),
        bench_pages.Visit("task", f"/work/tasks/{one.pk}/", is_for_all=True),
    ]


BENCHES = [
    Bench("tasks", "ms", _first, bar=1000, prepare=lambda: data.lay_community("community")),
    Bench("tasks-again", "ms", _second, bar=1000, prepare=lambda: data.lay_community("community")),
    Bench("task-list", "ms", _lists, bar=100, prepare=lay_tasks, times=1),
]
