"""A ledger of 2,912 households and 8,097 people, imported by command into an empty register.

The reference is the least that could be done with the same rows: reading the sheet with
python-calamine and writing it to one bare SQLite table with `executemany`.
"""

import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from bench import data
from bench.harness import SEED, Bench, Measured

HOUSEHOLDS, PEOPLE = 2912, 8097
HEADER = [
    *("序号", "楼栋", "单元", "房号", "姓名", "与户主关系", "性别", "身份证号"),
    *("联系电话", "居住性质", "备注"),
]
RELATIONS = {"head": "户主", "spouse": "配偶", "child": "子女", "parent": "父母"}


def _file() -> Path:
    return data.FOLDER / "ledger.xlsx"


def _prepare() -> None:
    home = data.enter("empty")
    if not data.ready(home):
        from gridwell.core import installation
        from gridwell.demo import building, register

        installation.lay_folder()
        installation.migrate()
        register.build_areas(building.REGISTERED_AT)
        data.finish(home)
    if not _file().exists():
        _write_ledger()


def _write_ledger() -> None:
    """Write the ledger as a grid worker would keep it: a title, a header, a line a person."""
    from datetime import date
    from random import Random

    from openpyxl import Workbook

    from gridwell.demo.people import Inventor, sizes

    inventor = Inventor(SEED, date(2022, 11, 23))
    book = Workbook(write_only=True)
    sheet = book.create_sheet("居民台账")
    sheet.append(["社区居民台账（2022年11月）"])
    sheet.append(HEADER)
    number = 0
    for index, size in enumerate(sizes(Random(SEED), HOUSEHOLDS, PEOPLE)):
        building, rest = divmod(index, 96)
        unit, rest = divmod(rest, 48)
        floor, door = divmod(rest, 2)
        for person in inventor.household(size).people:
            number += 1
            sheet.append(
                [
                    number,
                    f"{building + 1}号楼",
                    f"{unit + 1}单元",
                    f"{floor + 1}{door + 1:02d}",
                    person.name,
                    RELATIONS.get(person.relation, "其他"),
                    {"male": "男", "female": "女"}.get(str(person.sex), ""),
                    person.document,
                    person.phone,
                    "常住",
                    "",
                ]
            )
    book.save(_file())


def _bare() -> float:
    """Return the seconds of reading the rows and writing them to one table."""
    from python_calamine import CalamineWorkbook

    with tempfile.TemporaryDirectory() as folder:
        begun = perf_counter()
        rows = CalamineWorkbook.from_path(str(_file())).get_sheet_by_index(0).to_python()
        with sqlite3.connect(Path(folder) / "bare.sqlite3") as bare:
            bare.execute("PRAGMA journal_mode=WAL")
            columns = ", ".join(f"c{n}" for n in range(len(HEADER)))
            bare.execute(f"CREATE TABLE ledger ({columns})")
            marks = ", ".join("?" * len(HEADER))
            body = [row[: len(HEADER)] for row in rows if len(row) >= len(HEADER)]
            bare.executemany(f"INSERT INTO ledger VALUES ({marks})", body)
        return perf_counter() - begun


def _run() -> Measured:
    home = data.enter("empty")
    bare = _bare()
    with tempfile.TemporaryDirectory(dir=data.FOLDER) as folder:
        copy = Path(folder) / "home"
        shutil.copytree(home, copy)
        command = [sys.executable, "-m", "gridwell", "import-ledger", str(_file())]
        begun = perf_counter()
        done = subprocess.run(
            [*command, "--community", str(data.CODE), "--json"],
            env={"GRIDWELL_HOME": str(copy), "GRIDWELL_DEMO": "1", "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
        taken = perf_counter() - begun
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["households"], found["residents"]) == (HOUSEHOLDS, PEOPLE), {
        name: value for name, value in found.items() if isinstance(value, int)
    }
    assert found["new"] == PEOPLE - len(found["duplicates"]), found["new"]
    return Measured(taken, bare)


BENCHES = [Bench("import", "s", _run, bar=5, ratio_bar=30, prepare=_prepare)]
