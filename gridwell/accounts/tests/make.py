"""Small makers of users, posts and actors for tests."""

from datetime import UTC, datetime

from gridwell.accounts.models import Post, User
from gridwell.accounts.queries import actor_of
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.places.models import Grid
from gridwell.places.tests.make import COMMUNITY, make_area

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
PASSWORD = "correct horse battery"


def make_user(*, username: str = "officer", name: str = "", is_administrator: bool = False) -> User:
    user = User.objects.filter(username=username).first()
    if user is None:
        user = User(
            username=username,
            name=name or username,
            created_at=LONG_AGO,
            is_administrator=is_administrator,
        )
        user.set_password(PASSWORD)
        user.save()
    return user


def make_post(
    *,
    holder: User | None,
    role: Role = Role.COMMUNITY_OFFICER,
    area: int = COMMUNITY,
    grids: tuple[Grid, ...] = (),
    code: str = "",
) -> Post:
    post = Post.objects.create(
        code=code or f"{area}/{role}/{Post.objects.count()}",
        role=role,
        title=role,
        area=make_area(code=area),
        holder=holder,
        starts_at=LONG_AGO,
    )
    post.grids.set(grids)
    return post


def make_actor(
    *,
    username: str = "officer",
    role: Role = Role.COMMUNITY_OFFICER,
    area: int = COMMUNITY,
    grids: tuple[Grid, ...] = (),
    now: datetime = datetime(2022, 11, 23, 12, tzinfo=UTC),
) -> Actor:
    """Return the actor of a (new) user who holds one such post."""
    user = make_user(username=username)
    if not Post.objects.filter(holder=user, role=role, area_id=area).exists():
        make_post(holder=user, role=role, area=area, grids=grids)
    return actor_of(user, now)
