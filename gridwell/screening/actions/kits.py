"""A night's kit (应急包) of a community: lists, blank sheets and desk packages in one encrypted file."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.core import ids
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.places.models import Area
from gridwell.residents.models import Resident
from gridwell.screening.actions import require
from gridwell.screening.kit_file import seal_kit
from gridwell.screening.models import Bundle
from gridwell.screening.queries.bundle import bundle_of
from gridwell.screening.queries.desk import Sampler
from gridwell.screening.queries.kit import due_residents, kit_buildings
from gridwell.screening.queries.rounds import open_rounds

LASTS: Final = timedelta(hours=36)
KEPT: Final = 3


def folder_of(community: int) -> Path:
    """Return the folder that keeps a community's kits."""
    return Path(settings.GRIDWELL_FILES) / "kits" / str(community)


def kit_path(bundle: Bundle) -> Path:
    """Return where a kit's file lies."""
    return folder_of(bundle.community_id) / f"{bundle.ref.hex}.kit"


@transaction.atomic
def make_kit(*, actor: Actor, community: int, phrase: str, now: datetime) -> Bundle:
    """Write a kit and return its row. The older ones go, so that few copies lie about."""
    require(actor, Right.EXPORT_LEDGERS, community)
    if actor.grids_at(community) is not None:
        raise RuleBroken("screening.not_allowed")
    area = Area.objects.get(pk=community)
    buildings = kit_buildings(community, now)
    due = due_residents(community)
    context = {"area": area, "buildings": buildings, "due": due, "now": now}
    files: dict[str, str] = {
        "lists.html": render_to_string("screening/kit_lists.html", context),
        "blank-sheets.html": render_to_string("screening/kit_blank.html", context),
    }
    for row in open_rounds(community).select_related("community"):
        sampler = Sampler(actor, row, None)
        content = bundle_of(sampler, None, now, now + LASTS)
        files[f"desk-{row.pk}.json"] = json.dumps(content, ensure_ascii=False)
    bundle = Bundle.objects.create(
        community_id=community,
        ref=ids.new_ref(),
        kind="night",
        people=sum(building.people for building in buildings),
        made_at=now,
        made_by=actor.user_id,
        expires_at=now + LASTS,
    )
    path = kit_path(bundle)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(seal_kit(files, phrase))
    path.chmod(0o600)
    _forget_older(community)
    people = [resident for b in buildings for door in b.doors for resident, _ in door.people]
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
