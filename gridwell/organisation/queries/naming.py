"""Who is named for what: charges, the five of a household, the four parties; all set-based."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from gridwell.accounts.models import Post, PostDeputy, User
from gridwell.accounts.queries import PostLine, lines_of, live
from gridwell.accounts.rules.actor import Actor
from gridwell.core.errors import NotVisible
from gridwell.organisation.models import Charge, FourParty, Helper, NamedFact
from gridwell.organisation.rules.kinds import HelperRole, Party
from gridwell.organisation.rules.naming import Named
from gridwell.places.models import Place
from gridwell.residents.models import Household
from gridwell.residents.rules.masking import mask_phone


def now_known(now: datetime) -> Q:
    """Return the condition "known now and not over": what lasts or is to come."""
    return Q(superseded_at=None) & (Q(ends_at=None) | Q(ends_at__gt=now))


@dataclass(frozen=True)
class Person:
    """A named person as pages show one: the name that counts now, and behind it the post.

    `is_deputy` says that a deputy stands in; `name` is empty when nobody acts.
    """

    name: str
    telephone: str
    post: str = ""
    unit: str = ""
    is_deputy: bool = False
    is_away: bool = False

    @property
    def masked(self) -> str:
        """The telephone as it stands on the page of a household."""
        return mask_phone(self.telephone) if self.telephone else ""


def persons_of(rows: Iterable[NamedFact], now: datetime) -> dict[int, Person]:
    """Return the person behind each row by its id; five queries at most, whatever their number."""
    rows = list(rows)
    posts = {row.post_id for row in rows if row.post_id is not None}
    users = {row.user_id for row in rows if row.user_id is not None}
    lines = {}
    if posts:
        lines = {line.post.pk: line for line in lines_of(Post.objects.filter(pk__in=posts), now)}
    people = User.objects.in_bulk(users) if users else {}
    return {row.pk: _person(row, lines, people) for row in rows}


def _person(row: NamedFact, lines: Mapping[int, PostLine], people: Mapping[int, User]) -> Person:
    if row.post_id is not None:
        line = lines[row.post_id]
        over = line.post.ends_at
        acting = None if over is not None and over <= row.recorded_at else line.acting
        return Person(
            name=acting.name if acting else "",
            telephone=acting.telephone if acting else "",
            post=line.post.title,
            unit=row.unit,
            is_deputy=line.is_deputy_acting,
        )
    if row.user_id is not None:
        user = people[row.user_id]
        return Person(user.name, user.telephone or row.telephone, unit=row.unit)
    return Person(row.name, row.telephone, unit=row.unit)


def name_of(row: NamedFact, now: datetime) -> str:
    """Return the name behind one row."""
    return persons_of([row], now)[row.pk].name or persons_of([row], now)[row.pk].post


def named_by(row: NamedFact) -> Named:
    """Return a row as it was named."""
    return Named(row.post_id, row.user_id, row.name, row.telephone, row.unit, row.remark)


def people_to_name(actor: Actor, community: int) -> QuerySet[User]:
    """Return the accounts of a community that may be named there: kept there, or with a post there."""
    if not actor.covers(community):
        return User.objects.none()
    held = Post.objects.filter(area_id=community, holder=OuterRef("pk"))
    deputies = PostDeputy.objects.filter(post__area_id=community, user=OuterRef("pk"))
    return User.objects.filter(
        Q(area_id=community) | Exists(held) | Exists(deputies), is_active=True, ended_at=None
    ).order_by("name", "pk")


def posts_to_name(actor: Actor, community: int, now: datetime) -> QuerySet[Post]:
    """Return the live posts of a community that may be named."""
    if not actor.covers(community):
        return Post.objects.none()
    posts = Post.objects.filter(live(now), area_id=community).select_related("holder")
    return posts.order_by("role", "code")


# ---- areas of charge -------------------------------------------------------------------------


def charges_of(actor: Actor, community: int, now: datetime) -> QuerySet[Charge]:
    """Return the charges of a community that last or are to come."""
    if not actor.covers(community):
        return Charge.objects.none()
    return (
        Charge.objects.filter(now_known(now), community=community)
        .select_related("place", "grid")
        .order_by("grid__number", "place__path", "pk")
    )


def charges_before(actor: Actor, community: int, now: datetime) -> QuerySet[Charge]:
    """Return the charges of a community that are over, the latest end first."""
    if not actor.covers(community):
        return Charge.objects.none()
    return (
        Charge.objects.filter(community=community, superseded_at=None, ends_at__lte=now)
        .select_related("place", "grid")
        .order_by("-ends_at", "pk")
    )


def access_charge(actor: Actor, community: int, charge_id: int) -> Charge:
    """Return a charge of the actor's community, or raise NotVisible."""
    if actor.covers(community):
        row = (
            Charge.objects.filter(pk=charge_id, community=community)
            .select_related("place", "grid")
            .first()
        )
        if row is not None:
            return row
    raise NotVisible


def charged(community: int, now: datetime) -> tuple[set[int], set[int]]:
    """Return the places and the grids that stand in somebody's charge at this instant; one query."""
    rows = Charge.objects.filter(
        now_known(now), community=community, starts_at__lte=now
    ).values_list("place_id", "grid_id")
    places, grids = set(), set()
    for place, grid in rows:
        if place is not None:
            places.add(place)
        if grid is not None:
            grids.add(grid)
    return places, grids


def charges_at(place: Place, now: datetime) -> list[Charge]:
    """Return the charges that cover a place: its own, of what stands above it, of its grid."""
    above = [int(part) for part in place.path.strip("/").split("/") if part]
    grids = [place.grid_id] if place.grid_id else []
    if place.grid is not None and place.grid.parent_id:
        grids.append(place.grid.parent_id)
    return list(
        Charge.objects.filter(
            now_known(now),
            Q(place__in=above) | Q(grid__in=grids),
            community=place.community_id,
            starts_at__lte=now,
        ).order_by("pk")
    )


# ---- five-to-one, four parties ---------------------------------------------------------------


def five_of(household: Household, now: datetime) -> dict[HelperRole, Helper]:
    """Return who of the five is named for a household."""
    rows = Helper.objects.filter(
        now_known(now), community=household.community_id, household=household
    )
    return {HelperRole(row.role): row for row in rows}


def five_token(five: Mapping[HelperRole, Helper]) -> str:
    """Return a short text that changes whenever one of the five does: for the second of two editors."""
    ids = ",".join(str(row.pk) for row in sorted(five.values(), key=lambda row: row.pk))
    return hashlib.sha256(ids.encode()).hexdigest()[:12]


def with_helpers(community: int, households: Collection[int], now: datetime) -> dict[int, int]:
    """Return how many of the five each household has; those with none are left out. One query."""
    found: dict[int, set[str]] = {}
    rows = Helper.objects.filter(
        now_known(now), community=community, household__in=households
    ).values_list("household_id", "role")
    for household, role in rows:
        found.setdefault(household, set()).add(role)
    return {household: len(roles) for household, roles in found.items()}


def parties_of(household: Household, now: datetime) -> dict[Party, FourParty]:
    """Return which of the four parties are named for a household."""
    rows = FourParty.objects.filter(
        now_known(now), community=household.community_id, household=household
    )
    return {Party(row.party): row for row in rows}


def access_party(actor: Actor, community: int, party_id: int) -> FourParty:
    """Return one of the four parties of a household of the actor's, or raise NotVisible."""
    found = FourParty.objects.filter(pk=party_id, community=community)
    if actor.covers(community):
        grids = actor.grids_at(community)
        if grids is not None:
            found = found.filter(household__dwelling__grid__in=grids)
        row = found.select_related("household").first()
        if row is not None:
            return row
    raise NotVisible


def history_of(household: Household) -> list[Any]:
    """Return helpers and parties of a household that have ended, the latest first."""
    found: list[Any] = []
    for table in (Helper, FourParty):
        rows = table.objects.filter(
            community=household.community_id,
            household=household,
            superseded_at=None,
            ends_at__isnull=False,
        )
        found += list(rows)
    return sorted(found, key=lambda row: row.ends_at, reverse=True)[:20]
