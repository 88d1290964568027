"""Where no name stands (没有名字): grids, groups, buildings, posts, places, people who are isolated."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from gridwell.accounts.rules.actor import Actor
from gridwell.core.facts import holds_at, known_at
from gridwell.health.models import Isolation
from gridwell.organisation.queries.answering import with_helpers
from gridwell.organisation.queries.chart import Organisation, organisation_of, served_by
from gridwell.organisation.queries.naming import charged
from gridwell.organisation.rules.kinds import GapKind, HelperRole
from gridwell.places.queries import grids_by_building
from gridwell.residents.models import Membership
from gridwell.residents.queries import households_of


@dataclass(frozen=True)
class Gap:
    """One thing without a name on it. `subject` is the id of what it is about, by kind."""

    kind: GapKind
    subject: int
    name: str
    group: str = ""  # which work group a grid lacks
    have: int = 0  # how many of the five are named


def gaps_of(actor: Actor, community: int, now: datetime) -> list[Gap]:
    """Return everything of a community that has no name on it, in the order of the kinds."""
    whole = organisation_of(actor, community, now)
    return [
        *_groups(whole, community),
        *_buildings(whole),
        *_posts(whole),
        *_charges(whole, community, now),
        *_key_people(actor, community, now),
    ]


def _groups(whole: Organisation, community: int) -> Iterable[Gap]:
    if not whole.leading:
        yield Gap(GapKind.LEADING, community, "")
    for grid, above in whole.leaves:
        if not grid.worker_name:
            yield Gap(GapKind.GRID, grid.grid.pk, grid.grid.name)
        for kind in grid.missing(above):
            yield Gap(GapKind.GROUP, grid.grid.pk, grid.grid.name, group=kind.value)
    groups = [*whole.leading, *whole.special]
    for grid in whole.grids:
        for view in (grid, *grid.micro):
            groups += [*view.groups.values(), *view.special]
    for group in groups:
        if not group.leader_name:
            yield Gap(GapKind.GROUP_EMPTY, group.team.pk, group.team.name)


def _buildings(whole: Organisation) -> Iterable[Gap]:
    for view in whole.heads:
        if not view.name:
            yield Gap(GapKind.BUILDING, view.place.pk, view.place.full_name)


def _posts(whole: Organisation) -> Iterable[Gap]:
    """Desk posts nobody serves; those of groups, grids and buildings are named above already."""
    for line in whole.loose:
        if not served_by(line):
            yield Gap(GapKind.POST, line.post.pk, line.post.title)


def _charges(whole: Organisation, community: int, now: datetime) -> Iterable[Gap]:
    """Buildings that no charge covers and whose grids have nobody either (P10)."""
    places, in_charge = charged(community, now)
    grids: set[int] = set()  # live ones that somebody answers for: their own person, or the grid's
    for grid in whole.grids:
        is_answered = bool(grid.worker_name) or grid.grid.pk in in_charge
        for view in (grid, *grid.micro):
            if is_answered or view.worker_name or view.grid.pk in in_charge:
                grids.add(view.grid.pk)
    by_building = grids_by_building(community)
    for head in whole.heads:
        above = {int(part) for part in head.place.path.strip("/").split("/") if part}
        of_doors = by_building.get(head.place.pk, [])
        in_grids = bool(of_doors) and all(grid in grids for grid in of_doors)
        if not (above & places) and not in_grids:
            yield Gap(GapKind.CHARGE, head.place.pk, head.place.full_name)


def isolated_households(actor: Actor, community: int, now: datetime) -> set[int]:
    """Return the households of the actor's with somebody isolated at home now."""
    isolated = Isolation.objects.filter(
        known_at(None), holds_at(now), community=community, place_kind="home", ended_at=None
    ).values("resident_id")
    return set(
        Membership.objects.filter(
            community=community,
            resident__in=isolated,
            superseded_at=None,
            ends_at=None,
            kind="lives",
            household__in=households_of(actor, community).values("pk"),
        ).values_list("household_id", flat=True)
    )


def _key_people(actor: Actor, community: int, now: datetime) -> Iterable[Gap]:
    """Households with somebody isolated at home that lack one of their five; named by door only."""
    homes = isolated_households(actor, community, now)
    have = with_helpers(community, homes, now)
    lacking = [pk for pk in homes if have.get(pk, 0) < len(HelperRole)]
    rows = households_of(actor, community).filter(pk__in=lacking)
    for pk, name in rows.order_by("dwelling__full_name").values_list("pk", "dwelling__full_name"):
        yield Gap(GapKind.KEY_PERSON, pk, name, have=have.get(pk, 0))
