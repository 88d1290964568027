"""Writes of sites (采样点): opened, described anew, given a new place code, ended."""

from datetime import datetime

from django.db import transaction

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit import actions as audit
from gridwell.core.errors import RuleBroken
from gridwell.places.models import Place
from gridwell.screening.actions import require, require_reason
from gridwell.screening.models import Desk, Site


@transaction.atomic
def open_site(
    *,
    actor: Actor,
    community: int,
    name: str,
    now: datetime,
    place: Place | None = None,
    where: str = "",
) -> Site:
    """Open a site (设采样点) and return it. The same name again is refused: sheets would be mixed up."""
    require(actor, Right.APPROVE_ORDERS, community)
    name, where = _said(name), _said(where)
    _check(community, name, place)
    site = Site.objects.create(
        community_id=community, name=name[:60], place=place, where=where[:120], starts_at=now
    )
    audit.record(
        "screening.site_opened",
        actor=actor,
        community=community,
        subject=site,
        at=now,
        place=place.pk if place is not None else None,
    )
    return site


@transaction.atomic
def edit_site(
    *, actor: Actor, site: Site, name: str, now: datetime, place: Place | None, where: str
) -> Site:
    """Change how a site is called and where it stands. Slots keep their site; nothing moves."""
    require(actor, Right.APPROVE_ORDERS, site.community_id)
    row = _open(site)
    name, where = _said(name)[:60], _said(where)[:120]
    _check(site.community_id, name, place, but=site)
    changed = {
        field: value
        for field, value in (("name", name), ("where", where), ("place_id", place and place.pk))
        if getattr(row, field) != value
    }
    if not changed:
        return row
    Site.objects.filter(pk=row.pk).update(**changed)
    audit.record(
        "screening.site_changed",
        actor=actor,
        community=row.community_id,
        subject=row,
        at=now,
        fields=sorted(name.removesuffix("_id") for name in changed),
    )
    return Site.objects.get(pk=row.pk)


@transaction.atomic
def renew_code(*, actor: Actor, site: Site, reason: str, now: datetime) -> Site:
    """Give a site a new place code (更换场所码): the sheets with the old one are out of date."""
    require(actor, Right.APPROVE_ORDERS, site.community_id)
    reason = require_reason(reason)
    row = _open(site)
    row.code_version += 1
    row.save(update_fields=["code_version"])
    audit.record(
        "screening.site_code_renewed",
        actor=actor,
        community=row.community_id,
        subject=row,
        reason=reason,
        at=now,
        version=row.code_version,
    )
    return row


@transaction.atomic
def end_site(*, actor: Actor, site: Site, reason: str, now: datetime) -> Site:
    """End a site (撤销采样点); ended twice is once. Refused while a round that goes on has a desk there."""
    require(actor, Right.APPROVE_ORDERS, site.community_id)
    reason = require_reason(reason)
    row = Site.objects.select_for_update().get(pk=site.pk)
    if row.ends_at is not None:
        return row
    busy = Desk.objects.filter(community_id=row.community_id, site=row).exclude(
        round__state="closed"
    )
    if busy.exists():
        raise RuleBroken("screening.site_has_desks", name=row.name)
    row.ends_at = now
    row.save(update_fields=["ends_at"])
    audit.record(
        "screening.site_ended",
        actor=actor,
        community=row.community_id,
        subject=row,
        reason=reason,
        at=now,
    )
    return row


def _said(text: str) -> str:
    return text.replace("\0", "").strip()


def _open(site: Site) -> Site:
    row = Site.objects.select_for_update().get(pk=site.pk)
    if row.ends_at is not None:
        raise RuleBroken("screening.site_ended", name=row.name)
    return row


def _check(community: int, name: str, place: Place | None, but: Site | None = None) -> None:
    if not name:
        raise RuleBroken("screening.site_nameless")
    if place is not None and place.community_id != community:
        raise RuleBroken("screening.site_elsewhere")
    same = Site.objects.filter(community_id=community, name=name, ends_at=None)
    if (same if but is None else same.exclude(pk=but.pk)).exists():
        raise RuleBroken("screening.site_named_so", name=name)
