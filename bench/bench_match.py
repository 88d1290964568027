"""Finding the places of a notice's fifty items among those of two million dwellings, on each database.

A thousand communities of 2,000 dwellings in the ten districts, each with two compounds. What is
timed is a whole cold process: start, reading the notice, candidates for every item.
"""

import os
import random
import subprocess
import sys
from datetime import date
from statistics import median
from time import perf_counter
from typing import Any

from bench import data
from bench.harness import SEED, Bench, CannotRun, Measured

EACH, ITEMS = 100, 50  # communities a district; items of the notice
STROKES = "安泰和顺永福嘉祥瑞丰盛康宁文华景翠玉锦绣江河湖山林松竹梅兰桂枫桐柳杨春夏晨曦云霞星月"
TEMPLATE = ("甲乙苑", "丙丁苑")
ADDRESS = "GRIDWELL_BENCH_MATCH_URL"  # of the server, for the cold process
FILL = "from bench.bench_match import fill_postgresql; fill_postgresql()"
CHILD = "from bench.bench_match import match_once; match_once()"


def _names() -> list[str]:
    """Return two thousand names of compounds, all different."""
    names = [a + b + c for a in STROKES for b in STROKES if a != b for c in "苑庭"]
    return random.Random(SEED).sample(names, 2 * EACH * 10)


def _codes() -> list[int]:
    from gridwell.places.actions import read_areas

    districts = [row.code for row in read_areas(_shipped()) if row.code % 10**6 == 0]
    districts = [code for code in districts if code % 10**8][:10]
    return [code + 901_000 + 900 + n for code in districts for n in range(EACH)]


def _shipped() -> str:
    from importlib import resources

    return (resources.files("gridwell.places") / "files" / "taiyuan.csv").read_text("utf-8")


def lay_places() -> None:
    """Make an installation of two million dwellings: one community by the act, the others from it."""
    home = data.enter("match")
    if data.ready(home):
        return
    print(f"making {home}", file=sys.stderr)
    _fill()
    data.finish(home)


def _fill() -> None:
    """Fill the database of this process, SQLite or PostgreSQL."""
    from gridwell.accounts.rules.actor import Actor
    from gridwell.core import installation
    from gridwell.demo.building import REGISTERED_AT
    from gridwell.places import actions as places
    from gridwell.places.actions.areas import AreaRow
    from gridwell.places.rules.levels import PlaceKind
    from gridwell.places.rules.tree import DwellingRow

    installation.lay_folder()
    installation.migrate()
    installer = Actor.system(0)
    codes = _codes()
    shipped = places.read_areas(_shipped())
    places.load_areas(actor=installer, rows=shipped, now=REGISTERED_AT)
    above = [AreaRow(code, "平安街道", True) for code in sorted({c // 1000 * 1000 for c in codes})]
    below = [AreaRow(code, f"社区{code % 1000}", True) for code in codes]
    places.load_areas(actor=installer, rows=[*above, *below], now=REGISTERED_AT)
    rows = [
        DwellingRow(
            (
                (PlaceKind.COMPOUND, name),
                (PlaceKind.BUILDING, f"{building}号楼"),
                (PlaceKind.UNIT, f"{unit}单元"),
                (PlaceKind.DWELLING, f"{floor}{door:02d}"),
            ),
            floor,
        )
        for name in TEMPLATE
        for building in range(1, 11)
        for unit in (1, 2)
        for floor in range(1, 26)
        for door in (1, 2)
    ]
    places.ensure_tree(
        actor=Actor.system(codes[0]), community=codes[0], rows=rows, now=REGISTERED_AT
    )
    _multiply(codes)


_REF = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}
_LEVEL = {"sqlite": "NULL", "postgresql": "CAST(NULL AS bigint)"}


def _multiply(codes: list[int]) -> None:
    """Copy the first community's tree to all others, one statement each, then name its own."""
    from django.db import connection, transaction

    from gridwell.places.models import Place

    names = _names()
    size = Place.objects.count()
    table = Place._meta.db_table
    columns = [str(field.column) for field in Place._meta.concrete_fields]
    path = "'/' || " + " || ".join(
        f"CASE WHEN l{n} IS NULL THEN '' ELSE CAST(l{n} + %(shift)s AS TEXT) || '/' END"
        for n in range(4)
    )
    own = {
        "community_id": "%(code)s",
        "ref": _REF[connection.vendor],
        "path": path,
        **dict.fromkeys(("id", "parent_id", "building_id", "unit_id"), ""),
        **dict.fromkeys(("name", "key", "full_name", "full_key"), ""),
    }
    for column in ("id", "parent_id", "building_id", "unit_id"):
        own[column] = f"{column} + %(shift)s"
    for column in ("name", "key", "full_name", "full_key"):
        own[column] = f"replace(replace({column}, %(old_a)s, %(a)s), %(old_b)s, %(b)s)"
    picked = ", ".join(own.get(column, column) for column in columns)
    # All names come from the model and from this file.
    copy = f"INSERT INTO {table} ({', '.join(columns)}) SELECT {picked} FROM template ORDER BY id"
    with transaction.atomic(), connection.cursor() as cursor:
        levels = ", ".join(f"{_LEVEL[connection.vendor]} AS l{n}" for n in range(4))
        cursor.execute(f"CREATE TEMP TABLE template AS SELECT *, {levels} FROM {table}")
        for pk, line in Place.objects.values_list("pk", "path"):
            steps = [*map(int, line.strip("/").split("/")), None, None, None][:4]
            cursor.execute(
                "UPDATE template SET l0 = %s, l1 = %s, l2 = %s, l3 = %s WHERE id = %s", [*steps, pk]
            )
        for number, code in enumerate(codes):
            values: dict[str, Any] = {"code": code, "shift": size * number, "old_a": TEMPLATE[0],
                      "old_b": TEMPLATE[1], "a": names[2 * number], "b": names[2 * number + 1]}  # fmt: skip
            if number == 0:
                cursor.execute(f"DELETE FROM {table}")  # put back below, under its own name
            cursor.execute(copy, values)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _notice() -> str:
    """Compose a notice of fifty items; every tenth is a place that nobody has."""
    from gridwell.demo.notices import NoticeFacts, compose
    from gridwell.places.actions import read_areas

    rng, names, codes = random.Random(SEED + 1), _names(), _codes()
    by_code = {row.code: row.name for row in read_areas(_shipped())}
    items: dict[str, list[str]] = {}
    for number in range(ITEMS):
        at = rng.randrange(len(codes))
        name = names[2 * at + rng.randrange(2)] if number % 10 else f"无此处{number}号院"
        item = f"{name}{rng.randint(1, 10)}号楼{rng.randint(1, 2)}单元"
        items.setdefault(by_code[codes[at] // 10**6 * 10**6], []).append(item)
    high = tuple((district, tuple(found)) for district, found in items.items())
    return compose(NoticeFacts(number=173, issued_on=date(2022, 11, 20), high=high, low=()))


def match_once() -> None:
    """Read the notice and find the places of its items: what the cold process does."""
    url = os.environ.get(ADDRESS)
    data.enter("match", **({"DATABASE_URL": url} if url else {}))
    from gridwell.orders.queries.matching import Asked, candidates
    from gridwell.orders.rules.matching import wanted_of
    from gridwell.orders.rules.notice import read_notice
    from gridwell.places.models import Area

    districts = dict(Area.objects.filter(level="district").values_list("name", "pk"))
    asked: list[Asked] = []
    for group in read_notice(_notice()).to_json()["groups"]:
        for number, item in enumerate(group["items"], start=len(asked)):
            wanted = wanted_of(item["places"][0])
            assert wanted is not None, item["text"]
            asked.append(Asked(number, 0, False, districts[group["district"]], wanted))
    found = candidates(asked)
    whole = sum(1 for rows in found.values() if rows and rows[0].is_whole)
    assert len(asked) == ITEMS, f"{len(asked)} items were read"
    assert whole == ITEMS - ITEMS // 10, f"{whole} items were found"


def _run() -> Measured:
    begun = perf_counter()
    subprocess.run([sys.executable, "-c", CHILD], check=True, cwd=data.ROOT)
    return Measured((perf_counter() - begun) * 1000)


def _run_on_postgresql() -> Measured:
    """Return the median of five cold processes against a server that was filled for them."""
    sys.path.insert(0, str(data.ROOT / "tools"))
    import pg

    programs = pg.find_programs()
    if programs is None:
        raise CannotRun("PostgreSQL is not on this machine")
    with pg.cluster(programs) as url:
        environment = os.environ | {ADDRESS: url}
        subprocess.run([sys.executable, "-c", FILL], check=True, cwd=data.ROOT, env=environment)
        taken = []
        for _ in range(5):
            begun = perf_counter()
            subprocess.run(
                [sys.executable, "-c", CHILD], check=True, cwd=data.ROOT, env=environment
            )
            taken.append((perf_counter() - begun) * 1000)
    return Measured(median(taken))


def fill_postgresql() -> None:
    """Fill the server whose address is in the environment."""
    data.enter("match-pg", DATABASE_URL=os.environ[ADDRESS])
    _fill()


BENCHES = [
    Bench("match", "ms", _run, bar=2000, prepare=lay_places),
    Bench("match-postgresql", "ms", _run_on_postgresql, bar=2000, times=1),
]
