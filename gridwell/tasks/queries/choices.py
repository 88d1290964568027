"""What the pages of tasks offer to choose from (可选岗位、网格)."""

from datetime import datetime

from django.db.models import Q, QuerySet

from gridwell.accounts.models import Post
from gridwell.accounts.queries import serving
from gridwell.accounts.rules.actor import Actor
from gridwell.places.models import Area, Grid, Place
from gridwell.places.rules.levels import PlaceKind


def posts_for(community: int, now: datetime) -> QuerySet[Post]:
    """Return the posts that can be given work of a community: its own, then those of the level above."""
    above = Area.objects.filter(pk=community).values("parent")
    return (
        Post.objects.filter(serving(now), Q(area_id=community) | Q(area_id__in=above))
        .select_related("holder")
        .order_by("-area_id", "code")
    )


def grid_choices(actor: Actor, community: int) -> list[tuple[int, str]]:
    """Return the grids of the actor's scope in a community, micro-grids under their grid."""
    rows = Grid.objects.filter(community_id=community).order_by("number")
    allowed = actor.grids_at(community)
    if allowed is not None:
        rows = rows.filter(pk__in=allowed)
    return [(pk, name) for pk, name in rows.values_list("pk", "name")]


def buildings_at(community: int) -> QuerySet[Place]:
    """Return all buildings of a community: names of houses are no secret, a patrol walks past any."""
    return Place.objects.filter(
        community_id=community,
        kind__in=(PlaceKind.BUILDING, PlaceKind.ROW, PlaceKind.SITE),
        merged_into=None,
        ended_at=None,
    ).order_by("position", "full_name", "pk")
