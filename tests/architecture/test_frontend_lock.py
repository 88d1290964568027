"""The front-end's lock is whole for every platform, and nothing in it comes from elsewhere."""

import json
from pathlib import Path
from typing import Any

import pytest

FRONTEND = Path(__file__).parent.parent.parent / "frontend"


def not_locked(packages: dict[str, dict[str, Any]]) -> set[str]:
    """Return what a locked package needs that the lock does not hold, at any depth."""
    names = {path.rpartition("node_modules/")[2] for path in packages if path}
    needed = {
        name
        for package in packages.values()
        for kind in ("dependencies", "optionalDependencies", "devDependencies")
        for name in package.get(kind, {})
    }
    return needed - names


@pytest.fixture
def packages() -> dict[str, dict[str, Any]]:
    """The packages of the lock by their path."""
    lock = json.loads((FRONTEND / "package-lock.json").read_text("utf-8"))
    found: dict[str, dict[str, Any]] = lock["packages"]
    return found


def test_the_lock_is_whole(packages: dict[str, dict[str, Any]]) -> None:
    assert not not_locked(packages)


def test_a_hole_is_seen() -> None:
    hole = {"": {}, "node_modules/a": {"optionalDependencies": {"a-arm64": "1.0.0"}}}
    assert not_locked(hole) == {"a-arm64"}


def test_every_package_is_pinned_and_from_the_registry(
    packages: dict[str, dict[str, Any]],
) -> None:
    for path, package in packages.items():
        if path:
            assert package["integrity"].startswith("sha512-"), path
            assert package.get("resolved", "https://registry.npmjs.org/").startswith(
                "https://registry.npmjs.org/"
            ), path


def test_only_two_packages_reach_the_browser() -> None:
    """Htmx, and the check of a package's signature for browsers that know no Ed25519."""
    package = json.loads((FRONTEND / "package.json").read_text("utf-8"))
    assert set(package["dependencies"]) == {"@noble/ed25519", "htmx.org"}
