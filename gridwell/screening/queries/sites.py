"""Reads of sites and desks (采样点、采样台): always from an actor, but for the page behind a place code."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from gridwell.accounts.models import Post
from gridwell.accounts.queries.who import serving
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.core.clock import day_of
from gridwell.core.errors import NotVisible
from gridwell.health.models import Tube
from gridwell.screening.models import Desk, Round, Site, Slot

#: Who can stand at a desk; heads of buildings and units call people down meanwhile.
AT_DESKS = (Role.TEAM_MEMBER.value, Role.GRID_WORKER.value, Role.COMMUNITY_OFFICER.value)


def sites_of(actor: Actor, community: int) -> QuerySet[Site]:
    """Return the sites of a community of the actor's, ended ones last."""
    if not actor.covers(community):
        return Site.objects.none()
    rows = Site.objects.filter(community_id=community).select_related("place")
    return rows.annotate(rounds=Count("desks__round", distinct=True)).order_by(
        F("ends_at").desc(nulls_first=True), "name", "pk"
    )


def access_site(actor: Actor, community: int, site_id: int) -> Site:
    """Return a site of a community of the actor's, or raise NotVisible."""
    row = sites_of(actor, community).filter(pk=site_id).first()
    if row is None:
        raise NotVisible
    return row


def open_sites(community: int) -> list[Site]:
    """Return the sites at which people can be sampled, in the order of their names."""
    rows = Site.objects.filter(community_id=community, ends_at=None).select_related("place")
    return list(rows.order_by("name", "pk"))


def desks_of_round(row: Round) -> list[Desk]:
    """Return the desks of a round, those that dropped out too, by site and number: one query."""
    rows = Desk.objects.filter(community_id=row.community_id, round=row)
    return list(
        rows.select_related("site", "site__place", "post").order_by("site__name", "site", "number")
    )


def access_round_desk(row: Round, desk_id: int) -> Desk:
    """Return a desk of a round that the caller has reached, or raise NotVisible."""
    found = Desk.objects.filter(community_id=row.community_id, round=row, pk=desk_id)
    desk = found.select_related("site", "post").first()
    if desk is None:
        raise NotVisible
    return desk


def has_tubes(desk: Desk) -> bool:
    """Return whether somebody has opened a tube at a desk: then it has worked."""
    rows = Tube.objects.filter(community_id=desk.community_id, round=desk.round.ref)
    return rows.filter(desk=desk.ref.hex).exists()


def desk_posts(community: int, now: datetime) -> QuerySet[Post]:
    """Return the posts of a community that can stand at a desk."""
    rows = Post.objects.filter(serving(now), area_id=community, role__in=AT_DESKS)
    return rows.select_related("holder").order_by("role", "title", "pk")


def site_by_code(community: int, ref: UUID) -> Site | None:
    """Return the site of a place code; no actor: the code hangs on a wall for everybody."""
    rows = Site.objects.filter(community_id=community, ref=ref)
    return rows.select_related("community", "place").first()


def _on(now: datetime, ends: str) -> Q:
    """Return the condition for what is of the day's rounds, or of yesterday's that run past midnight."""
    day = day_of(now)
    return Q(round__on=day) | Q(round__on=day - timedelta(days=1), **{f"{ends}__gt": now})


def hours_at(site: Site, now: datetime) -> list[Desk]:
    """Return the desks of a site that have not dropped out, of rounds that go on."""
    rows = Desk.objects.filter(
        _on(now, "closes_at"), community_id=site.community_id, site=site, stopped_at=None
    ).exclude(round__state="closed")
    return list(rows.select_related("round").order_by("opens_at", "number"))


def slots_at(site: Site, now: datetime) -> list[Slot]:
    """Return the slots of a site, of rounds that go on, in their order."""
    rows = Slot.objects.filter(_on(now, "ends_at"), community_id=site.community_id, site=site)
    return list(
        rows.exclude(round__state="closed")
        .select_related("place")
        .order_by("starts_at", "place__full_name", "piece")
    )
