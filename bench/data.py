"""Installations for the benchmarks, made once by the project's own code and kept in var/bench."""

import hashlib
import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "var" / "bench"
#: Inside the demo's subdistrict of invented codes.
CODE = 140105901901


def tables() -> str:
    """Return a digest of the migrations: other tables need other data."""
    digest = hashlib.sha256()
    for path in sorted(ROOT.glob("gridwell/*/migrations/0*.py")):
        digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:10]


def enter(name: str, **variables: str) -> Path:
    """Make this process work on the named installation; return its folder. Call before Django."""
    home = FOLDER / f"{name}-{tables()}"
    for variable in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE"):
        os.environ.pop(variable, None)
    os.environ.update({"GRIDWELL_HOME": str(home), "GRIDWELL_DEMO": "1", **variables})
    from gridwell.core.cli import setup_django

    setup_django()
    return home


def ready(home: Path) -> bool:
    """Return whether an installation is finished; a half-made one is thrown away."""
    if (home / "ready").exists():
        return True
    shutil.rmtree(home, ignore_errors=True)
    return False


def finish(home: Path) -> None:
    """Mark an installation as finished."""
    (home / "ready").touch()


def lay_community(name: str, times: int = 1) -> None:
    """Make an installation of one community: the demo's largest, its buildings taken `times`.

    Every building lies in a high-risk zone of its own: the most a plan can have to do.
    """
    home = enter(name)
    if ready(home):
        return
    print(f"making {home}", file=sys.stderr)
    from gridwell.core import clock, installation
    from gridwell.demo import building, city, register

    installation.lay_folder()
    installation.migrate()
    clock.move_to(building.STANDS_AT)
    register.build_areas(building.REGISTERED_AT)
    largest = next(community for community in city.COMMUNITIES if community.code == CODE)
    many = replace(
        largest,
        compounds=tuple(
            replace(compound, name=f"{compound.name}{number or ''}")
            for number in range(times)
            for compound in largest.compounds
        ),
        households=largest.households * times,
        residents=largest.residents * times,
        grids=largest.grids * times,
    )
    register.build_community(many, building.STANDS_AT.date(), building.REGISTERED_AT)
    _zones()
    finish(home)


def _zones() -> None:
    """Draw a high-risk zone around each building, two days ago."""
    from datetime import timedelta

    from gridwell.accounts.rules.actor import Actor
    from gridwell.demo.building import STANDS_AT
    from gridwell.orders.actions.zones import Basis, designate_zone
    from gridwell.orders.rules.lifecycle import ScopeLine
    from gridwell.places.models import Place
    from gridwell.places.rules.levels import PlaceKind
    from gridwell.protocols.rules.model import Level

    start = (STANDS_AT - timedelta(days=2)).replace(hour=0)
    for place in Place.objects.filter(community=CODE, kind=PlaceKind.BUILDING):
        designate_zone(
            actor=Actor.system(CODE),
            community=CODE,
            name=place.full_name,
            level=Level.HIGH,
            lines=[ScopeLine(place=place.pk, community=CODE)],
            effective_at=start,
            effective_on=start.date(),
            basis=Basis(ordered_by="指挥部", ordered_how="通告"),
            now=start,
        )
