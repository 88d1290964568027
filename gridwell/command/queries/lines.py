"""Reads for posts with A and B across packages: work done while standing in, homes by their names."""

from django.db.models import Q, QuerySet

from gridwell.accounts.models import StandIn, User
from gridwell.accounts.rules.actor import Actor, Right
from gridwell.core.errors import RuleBroken
from gridwell.core.joining import joined
from gridwell.places.models import Area, Place
from gridwell.places.rules.levels import AreaLevel, PlaceKind, parent_of, span_of
from gridwell.places.rules.naming import match_key
from gridwell.residents.models import Resident
from gridwell.tasks.models import Task


def tasks_of_stand_in(stand_in: StandIn) -> QuerySet[Task]:
    """Return the tasks of the post that the deputy did, or took, while standing in; oldest first."""
    until = Q() if stand_in.ends_at is None else Q(done_at__lt=stand_in.ends_at)
    done = Q(done_by=stand_in.user_id, done_at__gte=stand_in.starts_at) & until
    taken = Q(taken_by=stand_in.user_id, taken_at__gte=stand_in.starts_at)
    if stand_in.ends_at is not None:
        taken &= Q(taken_at__lt=stand_in.ends_at)
    rows = Task.objects.filter(done | taken, community=stand_in.post.area_id, post=stand_in.post)
    return rows.order_by("taken_at", "done_at", "pk")


def communities_near(user: User) -> QuerySet[Area]:
    """Return the communities in which somebody of the staff may live: those of the same city."""
    communities = Area.objects.filter(level=AreaLevel.COMMUNITY, replaced_by=None).order_by("code")
    code = user.area_id
    while code is not None and Area.objects.filter(pk=code, level=AreaLevel.CITY).first() is None:
        code = parent_of(code)
    if code is None:
        return communities
    low, high = span_of(code)
    return communities.filter(code__gte=low, code__lt=high)


def home_named(community: Area, words: str) -> Place:
    """Return the one dwelling that a door number or an address names; refused for none or several."""
    text = "".join(words.split())
    live = Place.objects.filter(
        community=community, kind=PlaceKind.DWELLING, merged_into=None, ended_at=None
    )
    found = list(live.filter(Q(door=text) | Q(full_key=match_key(text))).order_by("full_name")[:4])
    if not found:
        raise RuleBroken("command.no_such_home", area=community.name, words=words)
    if len(found) > 1:
        names = joined(place.full_name for place in found[:3])
        raise RuleBroken("command.several_homes", words=words, names=names)
    return found[0]


def entry_named(actor: Actor, home: Place, name: str) -> int | None:
    """Return the entry in the register of somebody who lives there under this name; None for "".

    Only whoever sees the names of that community may ask.
    """
    if not name:
        return None
    if not actor.may(Right.SEE_NAMES, home.community_id):
        raise RuleBroken("command.names_not_yours", area=home.community.name)
    found = Resident.objects.filter(
        community=home.community_id, dwelling=home, name=name, merged_into=None
    ).values_list("pk", flat=True)[:2]
    if len(found) != 1:
        raise RuleBroken("command.no_such_entry", name=name, place=home.full_name)
    return found[0]
