"""Users in scope: lists, pick lists, and who may change whose account."""

from collections.abc import Collection, Iterable
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Q, QuerySet

from gridwell.accounts.models import Absence, Post, PostDeputy, User
from gridwell.accounts.queries.who import in_range, live, not_over
from gridwell.accounts.rules.actor import Actor
from gridwell.core.errors import NotVisible
from gridwell.places.rules.levels import span_of


def users_of(actor: Actor, area: int | None = None) -> QuerySet[User]:
    """Return the users of the actor's desks: kept there, or holding or deputising a post there.

    With `area`, only those inside it. Pick lists use the same function as the pages.
    """
    home, post = in_range(actor, "area_id"), in_range(actor, "area_id")
    if area is not None:
        low, high = span_of(area)
        inside = Q(area_id__gte=low, area_id__lt=high)
        home, post = home & inside, post & inside
    posts = Post.objects.filter(post)
    if actor.runs_installation and area is None:
        return User.objects.order_by("name", "pk")
    return User.objects.filter(
        home
        | Exists(posts.filter(holder=OuterRef("pk")))
        | Exists(posts.filter(deputies__user=OuterRef("pk")))
    ).order_by("name", "pk")


def active_users_of(actor: Actor, area: int | None = None) -> QuerySet[User]:
    """Return the users who can be given a post."""
    return users_of(actor, area).filter(is_active=True, ended_at=None)


def access_user(actor: Actor, user_id: int) -> User:
    """Return a user of the actor's desks, or raise NotVisible."""
    user = users_of(actor).select_related("area").filter(pk=user_id).first()
    if user is None:
        raise NotVisible
    return user


def may_change(actor: Actor, user: User, now: datetime) -> bool:
    """Return whether the actor may change an account: every post of it lies inside their range.

    Else whoever manages one community could take over the account of a district officer who
    deputises there. Without posts the desk that keeps the account decides.
    """
    if actor.runs_installation:
        return True
    if user.is_administrator:
        return False
    areas = set(
        Post.objects.filter(live(now))
        .filter(Q(holder=user) | Exists(PostDeputy.objects.filter(post=OuterRef("pk"), user=user)))
        .values_list("area_id", flat=True)
    )
    if not areas and user.area_id is not None:
        areas = {user.area_id}
    return bool(areas) and all(actor.may_manage_posts(area) for area in areas)


def user_by_name(username: str) -> User | None:
    """Return the user who signs in by this name; case does not matter."""
    return User.objects.filter(username__iexact=username).first()


def names_of(ids: Iterable[int | None]) -> dict[int, str]:
    """Return the names of users by id, for lines that say who did it; one query."""
    wanted = {pk for pk in ids if pk is not None}
    return dict(User.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def narrowed_users(
    users: QuerySet[User], now: datetime, words: str = "", state: str = ""
) -> QuerySet[User]:
    """Narrow users by words (name, user name, area) and state: active, locked, ended, no_post, away."""
    if words:
        users = users.filter(
            Q(name__icontains=words) | Q(username__icontains=words) | Q(area__name__icontains=words)
        )
    posts = Post.objects.filter(live(now))
    return {
        "active": lambda: users.filter(is_active=True),
        "locked": lambda: users.filter(is_active=False, ended_at=None),
        "ended": lambda: users.filter(ended_at__isnull=False),
        "no_post": lambda: users.filter(
            ~Exists(posts.filter(holder=OuterRef("pk"))),
            ~Exists(posts.filter(deputies__user=OuterRef("pk"))),
            is_active=True,
        ),
        "away": lambda: users.filter(
            Exists(Absence.objects.filter(live(now), user=OuterRef("pk")))
        ),
    }.get(state, lambda: users.filter(ended_at=None))()


def posts_by_user(users: Collection[int], now: datetime) -> dict[int, list[tuple[Post, bool]]]:
    """Return the live posts of many users, each with whether it is held as deputy; two queries."""
    found: dict[int, list[tuple[Post, bool]]] = {}
    for post in Post.objects.filter(live(now), holder__in=users).order_by("area_id", "code"):
        found.setdefault(post.holder_id or 0, []).append((post, False))
    deputies = PostDeputy.objects.filter(live(now, "post__"), user__in=users)
    for deputy in deputies.select_related("post").order_by("post__area_id", "post__code"):
        found.setdefault(deputy.user_id, []).append((deputy.post, True))
    return found


def has_second_step(user: User) -> bool:
    """Return whether an account asks for a code after the password."""
    codes = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP)
    return bool(codes.exists())


def users_to_offer(ids: Collection[int]) -> list[User]:
    """Return the people of these ids who can sign in, in this order."""
    found = User.objects.filter(is_active=True, ended_at=None).in_bulk(ids) if ids else {}
    return [found[pk] for pk in ids if pk in found]


def absences_of(user: User, now: datetime) -> QuerySet[Absence]:
    """Return the absences of a user that last or are to come."""
    return Absence.objects.filter(not_over(now), user=user).order_by("starts_at")


def access_absence(user: User, absence_id: int) -> Absence:
    """Return an absence of a user that the caller has reached, or raise NotVisible."""
    absence = Absence.objects.select_related("user").filter(user=user, pk=absence_id).first()
    if absence is None:
        raise NotVisible
    return absence
