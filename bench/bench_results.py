"""A laboratory's file of 8,000 rows for a round of 8,097 people: read, matched, written, in one process.

One tube a row, one person a tube (the dearest kind of round), half the times of day different; the
file is the workbook that laboratories send. Starting Python and Django counts. The reference is the
least that could be done with the same rows: reading the sheet and writing it to one bare table.
"""

import json
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter
from uuid import uuid4

from bench import data
from bench.harness import Bench, Measured

ROWS = 8000
HEADER = ["序号", "采样管编号", "姓名", "检测结果", "报告时间"]
POSITIVE = 3


def _home() -> Path:
    return data.FOLDER / f"results-{data.tables()}"


def _lay() -> None:
    if data.ready(_home()):
        return
    # In a process of its own: Django works on one installation for its whole life.
    subprocess.run(
        [sys.executable, "-m", "bench", "--child", "prepare", "round-missing"], check=True
    )
    shutil.copytree(data.FOLDER / f"community-{data.tables()}", _home())
    (_home() / "ready").unlink()
    _lay_round(data.enter("results"))
    data.finish(_home())


def _lay_round(home: Path) -> None:
    """Open a round and put 8,000 people into a tube each; write the file that speaks of them."""
    from openpyxl import Workbook

    from gridwell.accounts.rules.actor import Actor
    from gridwell.core import clock
    from gridwell.demo.building import STANDS_AT
    from gridwell.health.models import Sample, Tube
    from gridwell.orders.actions.rounds import order_round
    from gridwell.orders.actions.zones import Basis
    from gridwell.screening.actions.rounds import open_round, plan_round
    from gridwell.screening.models import RoundMember

    clock.move_to(STANDS_AT)
    actor = Actor.system(data.CODE)
    order = order_round(
        actor=actor,
        community=data.CODE,
        purpose="city_round",
        on=STANDS_AT.date(),
        pool="single",
        basis=Basis(ordered_by="指挥部", clause="T4-8"),
        now=STANDS_AT,
    )
    planned = plan_round(actor=actor, order=order, now=STANDS_AT)
    row = open_round(actor=actor, round=planned, now=STANDS_AT)
    members = list(RoundMember.objects.filter(round=row, exempt="").order_by("pk"))[:ROWS]
    assert len(members) > ROWS * 0.9, f"only {len(members)} people are due"
    begun = STANDS_AT - timedelta(hours=6)
    at = [begun + timedelta(seconds=2 * number) for number in range(len(members))]
    tubes = Tube.objects.bulk_create(
        Tube(
            community_id=data.CODE, code=f"TY{number:08}", round=row.ref, pool="single",
            state="closed", opened_at=at[number], closed_at=at[number], recorded_at=at[number],
        )
        for number in range(len(members))
    )  # fmt: skip
    Sample.objects.bulk_create(
        Sample(
            community_id=data.CODE, dwelling_id=member.dwelling_id, tube=tube, ref=uuid4(),
            round=row.ref, resident_id=member.resident_id, guest=member.guest, position=1,
            sampled_at=tube.opened_at, recorded_at=tube.opened_at,
        )
        for tube, member in zip(tubes, members, strict=True)
    )  # fmt: skip
    book = Workbook(write_only=True)
    sheet = book.create_sheet("结果")
    sheet.append(["核酸检测结果（2022年11月23日）"])
    sheet.append(HEADER)
    for number, tube in enumerate(tubes):
        said = "阳性" if number < POSITIVE else "阴性"
        back = begun + timedelta(hours=5, seconds=number // 4)
        sheet.append([number + 1, tube.code, "", said, f"{back:%Y-%m-%d %H:%M:%S}"])
    book.save(home / "results.xlsx")
    (home / "rows").write_text(str(len(tubes)))
    (home / "now").write_text(STANDS_AT.isoformat())


def take(file: str) -> None:
    """Take a file in as the page does and print what became of it; the process begins here."""
    from gridwell.core.cli import setup_django

    setup_django()
    from gridwell.accounts.rules.actor import Actor
    from gridwell.screening.actions.results import Sent, take_results
    from gridwell.screening.models import Laboratory
    from gridwell.screening.result_files import read_results

    now = datetime.fromisoformat(Path(file).with_name("now").read_text())
    lines = read_results(Path(file))
    laboratory = Laboratory.objects.create(
        area_id=data.CODE, name="城市核酸检测基地", created_at=now
    )
    delivery, faults = take_results(
        actor=Actor.system(data.CODE),
        sent=Sent(data.CODE, lines, "file", laboratory, "results.xlsx"),
        now=now,
    )
    print(json.dumps([delivery.rows, delivery.taken, len(faults)]))


def _bare(file: Path) -> float:
    """Return the seconds of reading the rows and writing them to one table."""
    from python_calamine import CalamineWorkbook

    with tempfile.TemporaryDirectory() as folder:
        begun = perf_counter()
        rows = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
        with sqlite3.connect(Path(folder) / "bare.sqlite3") as bare:
            bare.execute("CREATE TABLE results (c0, c1, c2, c3, c4)")
            bare.executemany(
                "INSERT INTO results VALUES (?, ?, ?, ?, ?)",
                [row[: len(HEADER)] for row in rows if len(row) >= len(HEADER)],
            )
        return perf_counter() - begun


def _run() -> Measured:
    home = _home()
    count = int((home / "rows").read_text())
    bare = _bare(home / "results.xlsx")
    with tempfile.TemporaryDirectory(dir=data.FOLDER) as folder:
        copy = Path(folder) / "home"
        shutil.copytree(home, copy)
        code = f"from bench.bench_results import take; take({str(copy / 'results.xlsx')!r})"
        begun = perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={"GRIDWELL_HOME": str(copy), "PATH": "/usr/bin:/bin"},
            cwd=data.ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        taken = perf_counter() - begun
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [count, count, 0], done.stdout
    return Measured(taken, bare)


BENCHES = [Bench("results", "s", _run, bar=3, prepare=_lay)]
