"""Small makers of groups, heads and turns of duty for tests."""

from datetime import datetime, timedelta
from uuid import uuid4

from gridwell.accounts.actions import duties
from gridwell.accounts.models import Post, Team, User
from gridwell.accounts.rules.actor import Actor
from gridwell.accounts.tests.make import make_post, make_user
from gridwell.core import clock
from gridwell.organisation.actions import groups, roster
from gridwell.organisation.models import Shift
from gridwell.organisation.rules.naming import Named
from gridwell.places.models import Grid, Place
from gridwell.places.rules.levels import PlaceKind
from gridwell.places.tests.make import COMMUNITY, make_area, make_dwelling

NOW = datetime(2022, 11, 23, 4, tzinfo=clock.zone())


def make_building(*, name: str = "1号楼", grid: Grid | None = None) -> Place:
    """Return a building with one dwelling in it."""
    make_dwelling(building=name, grid=grid)
    return Place.objects.get(community=COMMUNITY, kind=PlaceKind.BUILDING, name=name)


def make_team(
    actor: Actor, *, kind: str = "sampling", grid: Grid | None = None, name: str = ""
) -> Team:
    area = make_area(code=COMMUNITY)
    teams = [duties.NewTeam(kind, name or groups.group_name(kind), grid)]
    return duties.create_teams(actor=actor, area=area, teams=teams, now=NOW)[0]


def make_head(actor: Actor, place: Place, *, name: str = "王秀兰") -> Post:
    return groups.name_head(actor=actor, place=place, named=Named(name=name), now=NOW)


def make_roster_post(*, username: str = "gate", deputy: str = "") -> tuple[Post, User]:
    """Return a post with its holder, and a deputy where one is named."""
    from gridwell.accounts.models import PostDeputy

    user = make_user(username=username)
    post = make_post(holder=user, code=f"{COMMUNITY}/{username}")
    if deputy:
        PostDeputy.objects.create(post=post, user=make_user(username=deputy))
    return post, user


def make_shift(
    actor: Actor, post: Post, user: User, *, hours: int = 0, length: int = 8, **more: object
) -> Shift:
    """Return a turn that begins `hours` after NOW."""
    start = NOW + timedelta(hours=hours)
    values = {"ref": uuid4(), "now": NOW, **more}
    return roster.make_shift(
        actor=actor,
        post=post,
        user=user,
        starts_at=start,
        ends_at=start + timedelta(hours=length),
        **values,
    )
