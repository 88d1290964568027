"""A million people from a CSV file into PostgreSQL, against bare COPY into the same tables.

The act is `residents.register_people`, as a ledger import uses it: numbers encrypted, pinyin written
out, households, members and phones, all indexes in place, one transaction a community. The bare
work is COPY of the very rows that came of it, into the emptied tables with their indexes.
GRIDWELL_BENCH_ROWS makes it smaller.
"""

import csv
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from itertools import groupby
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from bench import data
from bench.harness import SEED, Bench, CannotRun, Measured

PEOPLE = int(os.environ.get("GRIDWELL_BENCH_ROWS", "1000000"))
EACH = 8000  # people of a community
FIRST = 140105901000
TODAY = date(2022, 11, 23)
Row = list[str]


def _file() -> Path:
    return data.FOLDER / f"people-{PEOPLE}-{SEED}.csv"


def lay_file() -> None:
    """Write the CSV: community, door, household's tenure, and what a ledger says of a person."""
    if _file().exists():
        return
    from gridwell.demo.people import Inventor, sizes

    data.FOLDER.mkdir(parents=True, exist_ok=True)
    print(f"making {_file()}", file=sys.stderr)
    half = _file().with_suffix(".part")
    with half.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        for number in range(max(PEOPLE // EACH, 1)):
            inventor = Inventor(SEED + number, TODAY)
            for door, size in enumerate(sizes(Random(SEED + number), EACH * 10 // 26, EACH)):
                home = inventor.household(size)
                writer.writerows(
                    [number, door, home.tenure, person.name, person.sex, person.birth_on,
                     person.document, person.phone, person.relation, int(person.is_head)]
                    for person in home.people
                )  # fmt: skip
    half.rename(_file())


def _run() -> Measured:
    sys.path.insert(0, str(data.ROOT / "tools"))
    import pg

    programs = pg.find_programs()
    if programs is None:
        raise CannotRun("PostgreSQL is not on this machine")
    with pg.cluster(programs) as url:
        data.enter("bulk", DATABASE_URL=url)
        from django.db import connections

        with closing(connections["default"]):
            doors = _lay_doors()
            begun = perf_counter()
            people = _register(doors)
            taken = perf_counter() - begun
            bare = _bare_copy()
    return Measured(people / taken, people / bare)


def _lay_doors() -> dict[int, range | list[int]]:
    """Make the tables, the communities and their dwellings; return the dwellings by community."""
    from django.db import transaction

    from gridwell.core import clock, installation
    from gridwell.core.bulk import insert_rows, reserve_ids
    from gridwell.core.ids import new_ref
    from gridwell.demo.building import REGISTERED_AT, STANDS_AT
    from gridwell.places.models import Area, Place

    installation.lay_folder()
    clock.move_to(STANDS_AT)
    installation.migrate()
    found: dict[int, range | list[int]] = {}
    for number in range(max(PEOPLE // EACH, 1)):
        code = FIRST + number
        Area.objects.create(code=code, name=f"社区{number}", level="community", is_invented=True)
        with transaction.atomic():
            ids = reserve_ids(Place, EACH * 10 // 26)
            insert_rows(
                Place,
                ("id", "community", "ref", "kind", "path", "name", "key", "full_name", "full_key",
                 "door", "position", "is_vacant", "site_kind"),
                ((pk, code, new_ref(), "dwelling", f"/{pk}/", str(n), f"{code}-{n}", str(n),
                  str(n), str(n), n, False, "") for n, pk in enumerate(ids)),
            )  # fmt: skip
        found[code] = ids
    assert REGISTERED_AT < STANDS_AT
    return found


def _register(doors: dict[int, range | list[int]]) -> int:
    """Read the file and register everybody, a community at a time; return how many."""
    from gridwell.accounts.rules.actor import Actor
    from gridwell.demo.building import REGISTERED_AT
    from gridwell.residents.actions.bulk import register_people

    total = 0
    with _file().open(encoding="utf-8", newline="") as lines:
        for number, rows in groupby(csv.reader(lines), key=lambda row: row[0]):
            code = FIRST + int(number)
            households, people = _community(list(rows), doors[code])
            made = register_people(
                actor=Actor.system(code),
                community=code,
                households=households,
                people=people,
                now=REGISTERED_AT,
                source="csv",
            )
            total += len(made.residents)
    return total


def _community(rows: Sequence[Row], doors: Sequence[int]) -> tuple[list[Any], list[Any]]:
    from gridwell.residents.actions.bulk import NewHousehold, NewPerson

    homes = {row[1]: NewHousehold(row[1], doors[int(row[1])], row[2]) for row in rows}
    people = [
        NewPerson(
            key=str(key),
            household=row[1],
            name=row[3],
            sex=row[4],
            birth_on=date.fromisoformat(row[5]),
            document_kind="id_card" if row[6] else "none",
            document=row[6],
            phones=(row[7],) if row[7] else (),
            relation=row[8],
            is_head=row[9] == "1",
        )
        for key, row in enumerate(rows)
    ]
    return list(homes.values()), people


def _tables() -> list[str]:
    from gridwell.residents.models import Household, Membership, Phone, Resident

    return [model._meta.db_table for model in (Household, Resident, Membership, Phone)]


def _bare_copy() -> float:
    """Return the seconds that COPY takes for the rows that are there, into the emptied tables."""
    from django.db import connection, transaction

    tables = _tables()
    with TemporaryDirectory(dir=data.FOLDER) as folder, connection.cursor() as cursor:
        files = {table: Path(folder) / table for table in tables}
        for table, file in files.items():
            with file.open("wb") as out, cursor.copy(f"COPY {table} TO STDOUT") as rows:
                for part in rows:
                    out.write(part)
        cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
        begun = perf_counter()
        with transaction.atomic():
            for table, file in files.items():
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    for part in parts_of(file):
                        copy.write(part)
        return perf_counter() - begun


def parts_of(file: Path, size: int = 1 << 20) -> Iterator[bytes]:
    with file.open("rb") as lines:
        while part := lines.read(size):
            yield part


BENCHES = [
    Bench(
        "bulk",
        "rows/s",
        _run,
        ratio_bar=0.2,
        at_least=True,
        prepare=lay_file,
        times=1,
    )
]
