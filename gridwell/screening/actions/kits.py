"""A night's kit (应急包) of a community: lists, blank sheets and desk packages in one encrypted file."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.core import ids
from gridwell.core.assets import DIST, asset_url
from gridwell.core.clock import day_of
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.places.models import Area, Place
from gridwell.places.queries import DOORS, LIVE
from gridwell.plan.actions import up_to_date
from gridwell.residents.models import Resident
from gridwell.screening.actions import require
from gridwell.screening.actions.bundles import content_of
from gridwell.screening.call_texts import round_name
from gridwell.screening.kit_file import seal_kit
from gridwell.screening.models import Bundle, Round
from gridwell.screening.queries.bundle import everyone_in, no_round, package_of
from gridwell.screening.queries.desk import Sampler
from gridwell.screening.queries.due import Key, due_of
from gridwell.screening.queries.kit import (
    KitBuilding,
    kit_buildings,
    last_pool,
    marks_of,
    rounds_between,
)

LASTS: Final = timedelta(hours=36)
KEPT: Final = 3


def folder_of(community: int) -> Path:
    """Return the folder that keeps a community's kits."""
    return Path(settings.GRIDWELL_FILES) / "kits" / str(community)


def kit_path(bundle: Bundle) -> Path:
    """Return where a kit's file lies."""
    return folder_of(bundle.community_id) / f"{bundle.ref.hex}.html"


@transaction.atomic
def make_kit(*, actor: Actor, community: int, phrase: str, now: datetime) -> Bundle:
    """Write a kit and return its row. The older ones go, so that few copies lie about."""
    require(actor, Right.EXPORT_LEDGERS, community)
    if actor.grids_at(community) is not None:
        raise RuleBroken("screening.not_allowed")
    area = Area.objects.get(pk=community)
    rounds = rounds_between(community, day_of(now), day_of(now + LASTS))
    marks = [marks_of(row) if row.state == "open" else _due_soon(row, now) for row in rounds]
    buildings = kit_buildings(community, now, marks)
    files = _papers(area, buildings, rounds, now) | _packages(actor, area, rounds, now)
    bundle = Bundle.objects.create(
        community_id=community,
        ref=ids.new_ref(),
        kind="night",
        people=sum(building.people for building in buildings),
        made_at=now,
        made_by=actor.user_id,
        expires_at=now + LASTS,
    )
    context = {"area": area, "now": now, "sealed": seal_kit(files, phrase), "script": _opener()}
    path = kit_path(bundle)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render_to_string("screening/kit_file.html", context), "utf-8")
    path.chmod(0o600)
    _forget_older(community)
    everyone = [person for b in buildings for door in b.doors for person in door.people]
    people = [person.resident for person in everyone if person.resident is not None]
    audit.record(
        "screening.kit_made",
        actor=actor,
        community=community,
        subject=bundle,
        at=now,
        people=len(people),
        files=len(files),
    )
    audit.record_look(actor, community, Resident, "nightly kit", what="export", ids=people, at=now)
    return bundle


def _due_soon(row: Round, now: datetime) -> dict[Key, str]:
    """Return how people will stand in a round that is not open yet, by the plan of its day."""
    day = up_to_date(community=row.community_id, day=row.on, now=now)
    return {
        due.key: "exempt" if due.exempt else "door" if due.door_reason else "due"
        for due in due_of(row.order, day)
    }


def _papers(
    area: Area, buildings: list[KitBuilding], rounds: Sequence[Round], now: datetime
) -> dict[str, str]:
    """Return the lists and blank sheets, each a page of its own; a column for each round."""
    titles = [f"{round_name(row)} {row.on:%m-%d}" for row in rounds]
    context = {"area": area, "buildings": buildings, "titles": titles, "now": now}
    return {
        f"{name}.html": render_to_string(f"screening/{template}.html", context)
        for name, template in (("lists", "kit_lists"), ("blank-sheets", "kit_blank"))
    }


def _packages(actor: Actor, area: Area, rounds: Sequence[Round], now: datetime) -> dict[str, str]:
    """Return a package of each round of the coming hours, and one for a round that comes unannounced."""
    until = now + LASTS
    contents = [(row.pk, content_of(Sampler(actor, row, None), None, now, until)) for row in rounds]
    pool = last_pool(area.pk)
    unannounced = package_of(
        community=area.pk,
        round=no_round(area, day_of(now), pool),
        members=everyone_in(area.pk, now),
        doors=Place.objects.filter(LIVE, community_id=area.pk, kind__in=DOORS),
        desks=(),
        now=now,
        expires_at=until,
    )
    contents.append((0, unannounced))
    return {f"desk-{pk}.json": json.dumps(told, ensure_ascii=False) for pk, told in contents}


def _opener() -> SafeString:
    """Return the script that opens a kit in a browser, to stand inside the file itself."""
    name = asset_url("screening/kit.ts").rpartition("/dist/")[2]
    path = DIST / name
    text = path.read_text("utf-8") if path.is_file() else ""
    return mark_safe(text.replace("</", "<\\/"))  # noqa: S308  # built from our own source


def _forget_older(community: int) -> None:
    rows = kits_of(community)
    for row in rows[KEPT:]:
        kit_path(row).unlink(missing_ok=True)


def kits_of(community: int) -> list[Bundle]:
    """Return the kits of a community, the latest first."""
    return list(Bundle.objects.filter(community_id=community, kind="night").order_by("-pk")[:10])


def take_kit(*, actor: Actor, community: int, now: datetime) -> bytes:
    """Return the latest kit's file and record who took it out."""
    require(actor, Right.EXPORT_LEDGERS, community)
    if actor.grids_at(community) is not None:
        raise NotVisible
    row = next(iter(kits_of(community)), None)
    if row is None or not kit_path(row).is_file():
        raise RuleBroken("screening.kit_none")
    audit.record("screening.kit_taken", actor=actor, community=community, subject=row, at=now)
    return kit_path(row).read_bytes()
