"""Who is named for what: charges, the five of a household, the four parties; all set-based."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from gridwell.accounts.models import Post, PostDeputy, User
from gridwell.accounts.queries import PostLine, lines_of, live
from gridwell.accounts.rules.actor import Actor
from gridwell.core.errors import NotVisible
from gridwell.organisation.models import Charge, NamedFact
from gridwell.organisation.rules.naming import Named
from gridwell.places.models import Place
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
