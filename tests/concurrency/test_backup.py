"""A backup of a PostgreSQL database comes back into an empty one, and never half."""

import hashlib
import json
import os
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from gridwell.core.backup import postgres_tool
from gridwell.core.tests.test_backup import PASSWORD, Desk, repacked

pytestmark = pytest.mark.postgres
SERVER = os.environ.get("GRIDWELL_TEST_DATABASE_URL", "")
FILL = """
from datetime import date
from gridwell.audit.actions import record
from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.places.tests.make import COMMUNITY, make_dwelling
from gridwell.residents.tests.make import make_household, make_resident
home = make_household(dwelling=make_dwelling())
person = make_resident(household=home, name='张华', phone='14001230001')
for number in range(5):
    record('residents.corrected', actor=Actor.system(COMMUNITY), community=COMMUNITY,
           subject=person, at=clock.now(), fields=['name'])
"""
SIGNS_IN = f"""
from gridwell.accounts.models import User
from gridwell.core import clock
user = User(username='desk', name='张华', created_at=clock.now())
user.set_password({PASSWORD!r})
user.save()
"""
LOOK = """
from gridwell.residents.models import Phone, Resident
print(sorted(Resident.objects.values_list('name', flat=True)),
      sorted(Phone.objects.values_list('number', flat=True)))
"""


@pytest.fixture
def databases() -> Iterator[list[str]]:
    """Return the addresses of two empty databases, dropped afterwards."""
    if not SERVER:
        pytest.skip("needs GRIDWELL_TEST_DATABASE_URL")
    names = [f"backup_{os.getpid()}_{letter}" for letter in "ab"]
    with closing(psycopg.connect(SERVER, autocommit=True)) as server:
        for name in names:
            server.execute(f'CREATE DATABASE "{name}"')
        try:
            yield [SERVER.rpartition("/")[0] + f"/{name}" for name in names]
        finally:
            for name in names:
                server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def desk_on(home: Path, url: str) -> Desk:
    desk = Desk(home)
    desk.env["DATABASE_URL"] = url
    return desk


def take_keys(desk: Desk, other: Desk) -> None:
    """Lay the keys into the folder of a copy: all of an installation that no backup holds."""
    other.home.mkdir(parents=True, exist_ok=True)
    (other.home / "keys.json").write_bytes((desk.home / "keys.json").read_bytes())
    (other.home / "keys.json").chmod(0o600)


def test_a_backup_comes_back_into_an_empty_database(databases: list[str], tmp_path: Path) -> None:
    desk = desk_on(tmp_path / "home", databases[0])
    desk.python(
        "from gridwell.core import installation as i; i.lay_folder(); i.migrate()\n"
        + FILL
        + SIGNS_IN
    )
    target = tmp_path / "kept.tar.gz"
    done = desk.run("backup", str(target))
    assert done.returncode == 0, done.stderr
    with tarfile.open(target) as archive:
        assert "database.dump" in archive.getnames()
    other = desk_on(tmp_path / "other", databases[1])
    take_keys(desk, other)
    done = other.run("restore", str(target))
    assert done.returncode == 0, done.stderr
    assert other.python(LOOK) == desk.python(LOOK) == "['张华'] ['14001230001']\n"
    trails = [json.loads(d.run("verify-audit", "--json").stdout) for d in (desk, other)]
    assert trails[1]["findings"] == []
    assert trails[1]["entries"] == trails[0]["entries"] >= 5
    assert other.signs_in() == "accepted"
    # The tables go on counting where they were.
    other.python(FILL.replace("张华", "李梅"))
    assert "李梅" in other.python(LOOK)

    # Over a database that holds something it needs force, and sets that aside.
    done = other.run("restore", str(target))
    assert done.returncode == 1
    assert "--force" in done.stderr
    done = other.run("restore", "--force", str(target))
    assert done.returncode == 0, done.stderr
    assert other.python(LOOK) == desk.python(LOOK)
    assert schemas(databases[1]) == 1
    # What was set aside is no part of the next backup.
    again = tmp_path / "again.tar.gz"
    assert other.run("backup", str(again)).returncode == 0
    assert other.run("restore", "--force", str(again)).returncode == 0
    assert schemas(databases[1]) == 2


def test_a_dump_that_cannot_be_read_leaves_all_as_it_was(
    databases: list[str], tmp_path: Path
) -> None:
    desk = desk_on(tmp_path / "home", databases[0])
    desk.python("from gridwell.core import installation as i; i.lay_folder(); i.migrate()\n" + FILL)
    target = tmp_path / "kept.tar.gz"
    assert desk.run("backup", str(target)).returncode == 0
    with tarfile.open(target) as archive:
        member = archive.extractfile("database.dump")
        assert member is not None
        dump = member.read()
        listing = archive.extractfile("manifest.json")
        assert listing is not None
        manifest = json.loads(listing.read())
    half = dump[: len(dump) * 2 // 3]
    digest = hashlib.sha256(half).hexdigest()
    manifest["files"]["database.dump"] = {"size": len(half), "sha256": digest}
    change = {"database.dump": half, "manifest.json": json.dumps(manifest).encode()}
    broken = repacked(target, tmp_path / "broken.tar.gz", change)
    done = desk.run("restore", "--force", str(broken))
    assert done.returncode == 1
    assert "pg_restore" in done.stderr
    assert desk.python(LOOK) == "['张华'] ['14001230001']\n"
    assert schemas(databases[0]) == 0


def test_a_dump_made_without_the_program_does_as_well(databases: list[str], tmp_path: Path) -> None:
    """Whoever runs the server dumps all its databases the same way: the keys go beside it."""
    desk = desk_on(tmp_path / "home", databases[0])
    desk.python("from gridwell.core import installation as i; i.lay_folder(); i.migrate()\n" + FILL)
    dump = tmp_path / "night.dump"
    for tool, *words in (
        ("pg_dump", "--format=custom", f"--file={dump}", databases[0]),
        ("pg_restore", "--no-owner", f"--dbname={databases[1]}", str(dump)),
    ):
        subprocess.run([postgres_tool(tool), *words], check=True)
    other = desk_on(tmp_path / "other", databases[1])
    take_keys(desk, other)
    assert other.run("migrate").returncode == 0
    assert other.python(LOOK) == desk.python(LOOK) == "['张华'] ['14001230001']\n"


def schemas(url: str) -> int:
    """Return how many schemas restores have set aside."""
    with closing(psycopg.connect(url)) as held:
        row = held.execute(
            "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'before\\_%'"
        ).fetchone()
    assert row is not None
    return int(row[0])
