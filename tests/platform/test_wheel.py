"""A wheel with the built front-end and the catalogue runs without make, Node or this tree."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ASKED = os.environ.get("CI") == "true" or bool(os.environ.get("GRIDWELL_SLOW"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("wheel"),
    pytest.mark.skipif(not ASKED, reason="builds a wheel: runs in CI, or with GRIDWELL_SLOW=1"),
]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert (ROOT / "gridwell/static/dist/manifest.json").exists(), "make frontend"
    for tool in ("tools/messages.py compile",):
        subprocess.run([sys.executable, *tool.split()], cwd=ROOT, check=True)
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (found,) = folder.glob("gridwell-*.whl")
    return found


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a fresh environment with the wheel in it; what it needs is lent by ours."""
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "-q", "--no-deps", "--no-index", str(wheel)],
        check=True,
        env={k: v for k, v in os.environ.items() if not k.startswith("PIP_")},
    )
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def test_what_is_in_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert "gridwell/static/dist/manifest.json" in names
    assert any(name.startswith("gridwell/static/dist/assets/desk-") for name in names)
    assert "gridwell/locale/zh_Hans/LC_MESSAGES/django.mo" in names
    assert "gridwell/places/files/taiyuan.csv" in names
    assert any(name.startswith("gridwell/protocols/files/") for name in names)
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if "node_modules" in name or "sqlite3" in name]


def test_it_runs(python: Path, tmp_path: Path) -> None:
    env = {"PATH": "/usr/bin:/bin", "GRIDWELL_HOME": str(tmp_path / "home")}
    gridwell = python.with_name("gridwell")
    done = subprocess.run(
        [gridwell, "--help"],
        cwd=tmp_path,
        env=env | {"GRIDWELL_LANGUAGE": "zh"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "网格台" in done.stdout
    code = (
        "import gridwell; print(gridwell.__file__)\n"
        "from gridwell.core.cli import setup_django; setup_django()\n"
        "from django.contrib.staticfiles import finders\n"
        "from gridwell.core.assets import asset_url\n"
        "url = asset_url('desk.ts'); print(url)\n"
        "print(finders.find(url.removeprefix('/static/')))\n"
    )
    done = subprocess.run(
        [python, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True, check=True
    )
    module, url, file = done.stdout.splitlines()
    assert str(python.parent.parent) in module
    assert url.startswith("/static/dist/")
    assert str(python.parent.parent) in file
    done = subprocess.run(
        [
            *(gridwell, "init", "--administrator", "admin", "--name", "张华"),
            *("--community", "140109008001", "--community-name", "鼎新"),
            *("--subdistrict-name", "兴华街道"),
            *("--areas", Path(module).parent / "places/files/taiyuan.csv"),
        ],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    done = subprocess.run(
        [gridwell, "verify-audit"], cwd=tmp_path, env=env, capture_output=True, check=False
    )
    assert done.returncode == 0
