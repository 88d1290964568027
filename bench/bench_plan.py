"""A day's plan of a community, loaded from SQLite and derived."""

from time import perf_counter

from bench import data
from bench.harness import Bench, Measured


def _plan(name: str) -> float:
    data.enter(name)
    from django.db import connection

    from gridwell.demo.building import STANDS_AT
    from gridwell.plan.queries.snapshot import load_snapshot
    from gridwell.plan.rules.engine import derive

    connection.ensure_connection()
    begun = perf_counter()
    plan = derive(load_snapshot(data.CODE, STANDS_AT.date()), STANDS_AT.date())
    taken = (perf_counter() - begun) * 1000
    assert plan.duties, "nobody is asked anything: the benchmark measures nothing"
    return taken


def _small() -> Measured:
    return Measured(_plan("community"))


def _large() -> Measured:
    return Measured(_plan("community-100k"))


BENCHES = [
    Bench("plan", "ms", _small, bar=150, prepare=lambda: data.lay_community("community")),
    Bench(
        "plan-100k",
        "ms",
        _large,
        bar=2500,
        ratio_bar=20,
        prepare=lambda: data.lay_community("community-100k", 13),
        reference="plan",
    ),
]
