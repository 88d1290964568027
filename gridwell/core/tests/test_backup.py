"""A backup comes back as it was, and a changed one not at all. Real files, real processes."""

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from functools import cache
from pathlib import Path

import pytest

PASSWORD = "correct horse battery"


class Desk:
    """An installation of its own, driven by the command line as an operator would."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("GRIDWELL")} | {
            "GRIDWELL_HOME": str(home),
            "DJANGO_SETTINGS_MODULE": "gridwell.settings",
            "DATABASE_URL": f"sqlite:///{home}/gridwell.sqlite3",
            "GRIDWELL_LANGUAGE": "en",
        }

    def run(self, *argv: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "gridwell", *argv],
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )

    def python(self, code: str) -> str:
        setup = "from gridwell.core.cli import setup_django; setup_django()\n"
        done = subprocess.run(
            [sys.executable, "-c", setup + code],
            env=self.env,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def lay(self) -> None:
        """Make the installation; the tables are made once for all and copied."""
        self.home.mkdir(parents=True)
        shutil.copytree(_lay_once().home, self.home, dirs_exist_ok=True)
        (self.home / "keys.json").unlink()
        self.python("from gridwell.core import installation as i; i.lay_folder()")

    def make(self) -> None:
        self.python(
            "from gridwell.core import installation as i; i.lay_folder(); i.migrate()\n"
            "from gridwell.core import clock\n"
            "from gridwell.accounts.models import User\n"
            "user = User(username='desk', name='张华', created_at=clock.now())\n"
            f"user.set_password({PASSWORD!r})\n"
            "user.save()\n"
        )
        (self.home / "files" / "notices").mkdir()
        (self.home / "files" / "notices" / "通告178.txt").write_text("通告", "utf-8")

    def signs_in(self) -> str:
        """Return what a copy says to its user and the password of before; it must be safe to serve."""
        return self.python(
            "from django.core.checks import run_checks\n"
            "faults = [fault for fault in run_checks() if fault.level >= 40]\n"
            "assert not faults, faults\n"
            "from django.test import Client\n"
            f"facts = {{'login': 'desk', 'password': {PASSWORD!r}}}\n"
            "page = Client(headers={'host': 'localhost'}).post('/account/login/', facts)\n"
            "print('accepted' if page.status_code == 302 else page.content.decode())"
        ).strip()

    def names(self) -> str:
        return self.python(
            "from gridwell.accounts.models import User\n"
            "print(sorted(User.objects.values_list('name', flat=True)))"
        ).strip()


@cache
def _lay_once() -> Desk:
    desk = Desk(Path(tempfile.mkdtemp(prefix="gridwell-desk-")) / "home")
    desk.make()
    return desk


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, Path]:
    folder = tmp_path_factory.mktemp("backup")
    desk = Desk(folder / "home")
    desk.lay()
    target = folder / "kept.tar.gz"
    done = desk.run("backup", str(target))
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(target)
    assert str(desk.home / "keys.json") in done.stderr
    return desk, target


def test_what_is_in_it(made: tuple[Desk, Path]) -> None:
    desk, target = made
    assert target.stat().st_mode & 0o077 == 0
    keys = (desk.home / "keys.json").read_bytes()
    secret = (desk.home / "secret-key").read_bytes().strip()
    with tarfile.open(target) as archive:
        names = set(archive.getnames())
        assert {"manifest.json", "database.sqlite3", "files/notices/通告178.txt"} <= names
        assert any(name.startswith("audit-heads/") for name in names)
        for member in archive.getmembers():
            content = archive.extractfile(member)
            assert content is not None
            body = content.read()
            assert keys not in body
            assert secret not in body
    assert desk.run("backup", str(target)).returncode == 1  # never replaces one
    assert desk.run("verify-audit").returncode == 0


def test_it_comes_back(made: tuple[Desk, Path], tmp_path: Path) -> None:
    desk, target = made
    other = Desk(tmp_path / "other")
    done = other.run("restore", str(target))
    assert done.returncode == 0, done.stderr
    assert str(other.home / "keys.json") in done.stderr  # where the keys must be put
    assert "core.E003" in other.run("serve", "--port", "0").stderr
    (other.home / "keys.json").write_bytes((desk.home / "keys.json").read_bytes())
    (other.home / "keys.json").chmod(0o600)
    assert other.names() == desk.names() == "['张华']"
    assert (other.home / "files/notices/通告178.txt").read_text("utf-8") == "通告"
    trail = json.loads(other.run("verify-audit", "--json").stdout)
    assert trail["findings"] == []
    assert trail["entries"] == json.loads(desk.run("verify-audit", "--json").stdout)["entries"] > 0
    assert other.signs_in() == "accepted"


def test_nothing_is_overwritten_without_force(made: tuple[Desk, Path], tmp_path: Path) -> None:
    _, target = made
    other = Desk(tmp_path / "other")
    other.lay()
    before = other.names()
    done = other.run("restore", str(target))
    assert done.returncode == 1
    assert "--force" in done.stderr
    assert other.names() == before
    # Its own keys open nothing of that backup: forced all the same, the old state is set aside.
    assert other.run("restore", "--force", str(target)).returncode == 0
    assert list(other.home.glob("gridwell.sqlite3.before-*"))
    assert list(other.home.glob("files.before-*/notices"))


def repacked(target: Path, to: Path, change: dict[str, bytes]) -> Path:
    with tarfile.open(target) as old, tarfile.open(to, "w:gz") as new:
        for member in old.getmembers():
            content = old.extractfile(member)
            body = change.pop(member.name, content.read() if content else b"")
            member.size = len(body)
            new.addfile(member, io.BytesIO(body))
        for name, body in change.items():
            extra = tarfile.TarInfo(name)
            extra.size = len(body)
            new.addfile(extra, io.BytesIO(body))
    return to


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"files/notices/通告178.txt": "改".encode()}, "does not fit its hash"),
        ({"files/more.txt": b"x"}, "does not fit its hash"),
        ({"../outside.txt": b"x"}, "not a whole backup"),
    ],
)
def test_a_changed_backup_is_refused(
    made: tuple[Desk, Path], tmp_path: Path, change: dict[str, bytes], said: str
) -> None:
    _, target = made
    other = Desk(tmp_path / "other")
    changed = repacked(target, tmp_path / "changed.tar.gz", change)
    done = other.run("restore", str(changed))
    assert done.returncode == 1
    assert said in done.stderr
    assert not (other.home / "gridwell.sqlite3").exists()
    assert not (tmp_path / "outside.txt").exists()


def test_half_a_backup_is_refused(made: tuple[Desk, Path], tmp_path: Path) -> None:
    _, target = made
    half = tmp_path / "half.tar.gz"
    half.write_bytes(target.read_bytes()[: target.stat().st_size // 2])
    other = Desk(tmp_path / "other")
    done = other.run("restore", str(half))
    assert done.returncode == 1
    assert "not a whole backup" in done.stderr


def test_not_while_somebody_works(made: tuple[Desk, Path], tmp_path: Path) -> None:
    import sqlite3

    _, target = made
    other = Desk(tmp_path / "other")
    other.lay()
    held = sqlite3.connect(other.home / "gridwell.sqlite3")
    held.execute("BEGIN IMMEDIATE")
    done = other.run("restore", "--force", str(target))
    held.rollback()
    held.close()
    assert done.returncode == 1
    assert "stop the server" in done.stderr
    assert other.names() == "['张华']"


def test_keys_are_rotated_and_a_rotation_goes_on(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "home")
    desk.lay()
    listed = desk.python(
        "from gridwell.core.rotation import encrypted_fields\n"
        "print([f'{m.__name__}.{n}' for m, n in encrypted_fields()])\n"
    )
    assert "number" in listed
    code = (
        "from gridwell.core import crypto, rotation\n"
        "from gridwell.core.fields import vault\n"
        "from django.db import connection, models\n"
        "from gridwell.core.fields import EncryptedTextField\n"
        "class Probe(models.Model):\n"
        "    number = EncryptedTextField()\n"
        "    class Meta: app_label = 'core'\n"
        "with connection.schema_editor() as e: e.create_model(Probe)\n"
        "Probe.objects.bulk_create(Probe(number=f'1401{n}') for n in range(1200))\n"
        "Probe.objects.create(number='')\n"
        "done = []\n"
        "def stop(n, total):\n"
        "    done.append((n, total))\n"
        "    if n >= 500: raise KeyboardInterrupt\n"
        "try: rotation.rotate_keys(stop, settle=0)\n"
        "except KeyboardInterrupt: pass\n"
        "assert done == [(500, 1200)], done\n"
        "assert Probe.objects.filter(number='14015').exists()\n"
        "assert Probe.objects.filter(number='14011150').exists()\n"
        "r = rotation.rotate_keys(lambda n, total: done.append((n, total)), settle=0)\n"
        "assert done[-1] == (700, 700), done\n"
        "raw = connection.cursor().execute('select distinct substr(number, 1, 2) from core_probe')\n"
        "assert sorted(x for x, in raw.fetchall()) == ['', '2:']\n"
        "assert len(set(Probe.objects.values_list('number', flat=True))) == 1201\n"
        "from pathlib import Path; from django.conf import settings\n"
        "keys = crypto.KeySet.load(Path(settings.GRIDWELL_KEY_FILE).read_text())\n"
        "assert list(keys.encryption) == [2] and r.retired.exists()\n"
        "assert r.retired.stat().st_mode & 0o077 == 0\n"
        "print('rotated')\n"
    )
    assert desk.python(code).strip() == "rotated"
