"""A city's round on PostgreSQL: a million due in 400 communities, 100,000 results, the roll-up.

`results-pg` takes the laboratory's 100,000 rows (a tube of ten each) as its call does, at the city:
matched, a result for everybody in each tube, ten pools positive, audit and alarms included. The bare
work is COPY of the very rows that came of it into the emptied table with its indexes.

`rollup-pg` is the page's query for all communities at once: how many are due, sampled, missing, away,
exempt in each. The bare work is the shortest GROUP BY by hand that tells due and sampled apart.
GRIDWELL_BENCH_ROWS makes both smaller.
"""

import os
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from bench import data
from bench.harness import Bench, CannotRun, Measured

PEOPLE = int(os.environ.get("GRIDWELL_BENCH_ROWS", "1000000"))
EACH = 2500  # people of a community
POOL = 10
CITY = 140100000000
TIMES = 5
#: Which of a hundred people were not sampled, and which of those are exempt.
MISSED, EXEMPT = 5, 2
POSITIVE = 10


def _in_cluster(measure: Callable[[], Measured]) -> Measured:
    sys.path.insert(0, str(data.ROOT / "tools"))
    import pg

    programs = pg.find_programs()
    if programs is None:
        raise CannotRun("PostgreSQL is not on this machine")
    with pg.cluster(programs) as url:
        data.enter("screening-pg", DATABASE_URL=url)
        from django.db import connections

        with closing(connections["default"]):
            _lay()
            return measure()


def _communities() -> list[int]:
    count = max(PEOPLE // EACH, 1)
    return [140105_901_000 + 1000 * (n // 40) + n % 40 + 1 for n in range(count)]


def _fill(model: Any, count: int, **values: str) -> None:
    """Insert rows numbered g = 1… with SQL expressions; what is not said is empty, zero or false."""
    from django.db import connection

    empty = {"CharField": "''", "TextField": "''", "EncryptedTextField": "''"}
    numbers = {"BooleanField": "false", "UUIDField": "gen_random_uuid()", "JSONField": "'[]'"}
    columns = {}
    for field in model._meta.concrete_fields:
        if field.column in values:
            columns[field.column] = values[field.column]
        elif not field.null and not field.primary_key:
            kind = field.get_internal_type()
            columns[field.column] = (empty | numbers).get(kind, "now()" if "Date" in kind else "0")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) "
            f"SELECT {', '.join(columns.values())} FROM generate_series(1, {count}) g"
        )


def _lay() -> None:
    """Make the tables, the communities, their people, a round in each with its tubes and samples."""
    from django.db import connection

    from gridwell.core import clock, installation
    from gridwell.demo.building import STANDS_AT
    from gridwell.health.models import Sample, Tube
    from gridwell.orders.models import RoundOrder
    from gridwell.places.models import Area, Place
    from gridwell.residents.models import Resident
    from gridwell.screening.models import Round, RoundMember

    print(f"laying {PEOPLE} people", file=sys.stderr)
    installation.lay_folder()
    clock.move_to(STANDS_AT)
    installation.migrate()
    codes = _communities()
    uppers = {CITY: "city", 140105_000_000: "district"}
    uppers |= {code // 1000 * 1000: "subdistrict" for code in codes}
    Area.objects.bulk_create(
        Area(code=code, name=f"{level}{code}", level=level, is_invented=True)
        for code, level in [*uppers.items(), *((code, "community") for code in codes)]
    )
    day = STANDS_AT.date()
    orders = RoundOrder.objects.bulk_create(
        RoundOrder(
            community_id=code, purpose="city_round", on=day, pool=str(POOL), ordered_by="指挥部",
            recorded_at=STANDS_AT,
        )
        for code in codes
    )  # fmt: skip
    Round.objects.bulk_create(
        Round(
            community_id=order.community_id, order=order, on=day, state="open",
            opened_at=STANDS_AT - timedelta(hours=12), recorded_at=STANDS_AT,
        )
        for order in orders
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE c AS SELECT row_number() OVER (ORDER BY id) n, id, ref, community_id"
            f" FROM {Round._meta.db_table}"
        )
    of = f"(g - 1) / {EACH} + 1"
    community = f"(SELECT community_id FROM c WHERE n = {of})"
    ref = f"(SELECT ref FROM c WHERE n = {of})"
    at = "timestamptz '2022-11-23 08:00+08' + ((g - 1) / 10 % 30000) * interval '1 second'"
    doors = PEOPLE // 4
    _fill(
        Place, doors, id="g", community_id=f"(SELECT community_id FROM c WHERE n = (g - 1) * 4 / {EACH} + 1)",
        kind="'dwelling'", path="'/' || g || '/'", full_key="g::text", key="g::text", name="g::text",
    )  # fmt: skip
    _fill(
        Resident, PEOPLE, id="g", community_id=community, dwelling_id="(g - 1) / 4 + 1",
        name="'人' || g", registered_at="now()",
    )  # fmt: skip
    _fill(
        RoundMember, PEOPLE, community_id=community, round_id=f"(SELECT id FROM c WHERE n = {of})",
        resident_id="g", dwelling_id="(g - 1) / 4 + 1",
        exempt=f"CASE WHEN g % 100 < {EXEMPT} THEN 'away' ELSE '' END",
        outcome=f"CASE WHEN g % 100 = {EXEMPT} THEN 'refused' ELSE '' END",
    )  # fmt: skip
    tubes = PEOPLE // POOL
    of_tube = f"(g - 1) * {POOL} / {EACH} + 1"
    _fill(
        Tube, tubes, id="g", code="'TY' || lpad(g::text, 9, '0')", pool=f"'{POOL}'",
        community_id=f"(SELECT community_id FROM c WHERE n = {of_tube})",
        round=f"(SELECT ref FROM c WHERE n = {of_tube})", purpose="'pool'", state="'closed'",
        opened_at=at, closed_at=at,
    )  # fmt: skip
    _fill(
        Sample, PEOPLE, community_id=community, dwelling_id="(g - 1) / 4 + 1", round=ref,
        tube_id=f"(g - 1) / {POOL} + 1", purpose="'pool'", resident_id="g",
        position=f"(g - 1) % {POOL} + 1", sampled_at=at,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {Sample._meta.db_table} WHERE resident_id % 100 < {MISSED}")
        for model in (Place, Resident, RoundMember, Tube, Sample):
            cursor.execute(f"VACUUM ANALYZE {model._meta.db_table}")


def _results() -> Measured:
    from gridwell.accounts.rules.actor import Actor
    from gridwell.demo.building import STANDS_AT
    from gridwell.health.models import Hold, Result, Sample, Tube
    from gridwell.screening.actions.results import Sent, take_results
    from gridwell.screening.models import Laboratory
    from gridwell.screening.result_files import read_results

    laboratory = Laboratory.objects.create(area_id=CITY, name="城市基地", created_at=STANDS_AT)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "results.csv"
        every = max(PEOPLE // POOL // POSITIVE, 1)
        file.write_text(
            "采样管编号,检测结果,报告时间\n"
            + "".join(
                f"{code},{'阳性' if n % every == 0 else '阴性'},2022-11-23 19:{n // 60 % 60:02}:{n % 60:02}\n"
                for n, code in enumerate(Tube.objects.order_by("pk").values_list("code", flat=True))
            )
        )
        begun = perf_counter()
        lines = read_results(file)
        delivery, faults = take_results(
            actor=Actor.system(CITY), sent=Sent(CITY, lines, "api", laboratory), now=STANDS_AT
        )
        taken = perf_counter() - begun
    held = Hold.objects.count()
    made = Result.objects.count()
    assert (delivery.taken, len(faults)) == (PEOPLE // POOL, 0)
    assert made + held == Sample.objects.count() - 0, (made, held)
    bare = _bare_copy(Result._meta.db_table)
    print(f"{taken:.1f} s for {made} results, COPY {bare:.1f} s", file=sys.stderr)
    return Measured(made / taken, made / bare)


def _bare_copy(table: str) -> float:
    """Return the seconds that COPY takes for the rows that are there, into the emptied table."""
    from django.db import connection, transaction

    from bench.bench_bulk import parts_of

    with TemporaryDirectory(dir=data.FOLDER) as folder, connection.cursor() as cursor:
        file = Path(folder) / table
        with file.open("wb") as out, cursor.copy(f"COPY {table} TO STDOUT") as rows:
            for part in rows:
                out.write(part)
        cursor.execute(f"TRUNCATE {table} CASCADE")
        begun = perf_counter()
        with transaction.atomic(), cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for part in parts_of(file):
                copy.write(part)
        return perf_counter() - begun


_BARE = """
SELECT m.round_id, m.exempt, count(*), count(s.id) FROM screening_roundmember m
  LEFT JOIN health_sample s ON s.community_id = m.community_id AND s.resident_id = m.resident_id
       AND s.superseded_at IS NULL
 WHERE m.removed_at IS NULL GROUP BY m.round_id, m.exempt
"""


def _rollup() -> Measured:
    from django.db import connection

    from gridwell.accounts.rules.actor import Actor
    from gridwell.screening.models import Round
    from gridwell.screening.queries.rollup import standings

    def ours() -> None:
        rounds = list(Round.objects.select_related("community"))
        found = standings(Actor.system(CITY), rounds)
        assert sum(part.members for part in found.values()) == PEOPLE
        sampled = sum(part.sampled for part in found.values())
        assert sampled == PEOPLE // 100 * (100 - MISSED), sampled

    def bare() -> None:
        with connection.cursor() as cursor:
            cursor.execute(_BARE)
            cursor.fetchall()

    return Measured(_seconds(ours), _seconds(bare))


def _seconds(act: Callable[[], None]) -> float:
    act()
    taken = []
    for _ in range(TIMES):
        begun = perf_counter()
        act()
        taken.append(perf_counter() - begun)
    return median(taken)


BENCHES = [
    Bench(
        "results-pg",
        "rows/s",
        lambda: _in_cluster(_results),
        ratio_bar=0.2,
        at_least=True,
        times=1,
    ),
    Bench("rollup-pg", "s", lambda: _in_cluster(_rollup), ratio_bar=3, times=1),
]
