"""Known weaknesses of what is locked: python tools/advisories.py [PACKAGE …]

Asks PyPI about each version in requirements/*.lock and npm about the front-end's lock. Needs the
network, so it is no part of `make test`. Exit code 1 when something is affected, 2 when a registry
did not answer: what was not asked is not safe.
"""

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import frontend

ROOT = Path(__file__).parent.parent
PYPI = os.environ.get("GRIDWELL_PYPI", "https://pypi.org")
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;]+)", re.MULTILINE)


class Advisory(NamedTuple):
    """One weakness of one locked version."""

    package: str
    code: str
    way_out: str
    text: str


class Unanswered(Exception):
    """A registry could not be asked; the message says which and why."""


def pinned(folder: Path) -> dict[str, str]:
    """Return the version of each package that a lock file names."""
    return {
        name: version
        for lock in sorted(folder.glob("*.lock"))
        for name, version in PINNED.findall(lock.read_text("utf-8"))
    }


def of_python(name: str, version: str) -> Iterator[Advisory]:
    """Yield what PyPI knows of one version; what was withdrawn does not count."""
    url = f"{PYPI}/pypi/{name}/{version}/json"
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - the address of a registry
            known = json.load(answer)["vulnerabilities"]
    except (OSError, ValueError, KeyError) as error:
        raise Unanswered(f"{url}: {error}") from error
    for one in known:
        if not one.get("withdrawn"):
            fixed = ", ".join(one.get("fixed_in") or ())
            way_out = f"mended in {fixed}" if fixed else "not mended yet"
            yield Advisory(f"{name} {version}", one["id"], way_out, one.get("summary") or "")


def of_node(report: dict[str, Any]) -> Iterator[Advisory]:
    """Yield what `npm audit --json` says."""
    if "vulnerabilities" not in report:
        raise Unanswered(f"npm audit: {report.get('message', 'no report')}")
    for name, found in report["vulnerabilities"].items():
        for one in found["via"]:
            if isinstance(one, dict):  # a text names the package below that has it
                yield Advisory(name, one["url"], f"affects {one['range']}", one["title"])


def _npm_report() -> dict[str, Any]:
    found = frontend.find_npm(install=False)
    if found is None:
        raise Unanswered("npm audit: there is no Node here")
    npm, env = found
    command = [npm, "audit", "--json", "--package-lock-only"]
    done = subprocess.run(
        command, cwd=frontend.FRONTEND, env=env, capture_output=True, text=True, check=False
    )
    try:
        return dict(json.loads(done.stdout))
    except ValueError as error:
        raise Unanswered(f"npm audit: {done.stderr.strip()[-200:]}") from error


def main(wanted: list[str]) -> int:
    """Say what is affected; without names, of everything that is locked."""
    locked = pinned(ROOT / "requirements")
    if wrong := sorted(set(wanted) - set(locked)):
        print(f"not locked: {', '.join(wrong)}", file=sys.stderr)
        return 2
    found: list[Advisory] = []
    silent: list[str] = []
    try:
        for name in wanted or locked:
            found += of_python(name, locked[name])
    except Unanswered as reason:  # the next question would end like this one
        silent.append(str(reason))
    if not wanted:
        try:
            found += of_node(_npm_report())
        except Unanswered as reason:
            silent.append(str(reason))
    for one in found:
        print(f"{one.package}: {one.code}, {one.way_out}. {one.text}")
    for words in silent:
        print(f"NOT ASKED: {words}")
    if not silent:
        print(f"{len(wanted or locked)} packages of Python asked about, {len(found)} advisories.")
    return 1 if found else 2 if silent else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
