"""What the pages of tasks offer to choose from (可选岗位、网格)."""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class PostName:
    """A post as pick lists name it, with its A."""

    id: int
    title: str
    holder: str

    @property
    def words(self) -> str:
        """The title, and the holder where there is one."""
        return f"{self.title} · {self.holder}" if self.holder else self.title


def post_names(community: int, now: datetime) -> list[PostName]:
    """Return the posts that can be given work of a community by name; one query, no models.

    A community has hundreds of posts of heads and groups, and each page of the list offers them.
    """
    rows = posts_for(community, now).select_related(None)
    return [
        PostName(pk, title, holder or "")
        for pk, title, holder in rows.values_list("pk", "title", "holder__name")
    ]


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
