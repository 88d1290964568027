"""Many at once: accounts of people without a desk, groups, and posts without rights (批量建岗).

A community names some hundreds of people in one sitting. Each function writes set-based and leaves
one entry in the trail with the count and a digest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Exists, OuterRef

from gridwell.accounts import followers
from gridwell.accounts.actions.moves import turn_absences
from gridwell.accounts.actions.posts import _SHORT as SHORT
from gridwell.accounts.actions.posts import _check_line
from gridwell.accounts.models import Post, PostDeputy, StandIn, Team, User
from gridwell.accounts.queries import effective_holders, live
from gridwell.accounts.rules.actor import DUTY_ROLES, Actor, Role
from gridwell.accounts.rules.posts import TEAM_KINDS, post_refusal
from gridwell.audit.actions import digest_ids, hold, record
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.places.models import Area, Grid, Place
from gridwell.places.rules.levels import AreaLevel, PlaceKind


@dataclass(frozen=True)
class NewPerson:
    """Somebody to be given a duty: a name, a telephone where it is known, the dwelling they live in."""

    name: str
    telephone: str = ""
    home: int | None = None


@dataclass(frozen=True)
class NewTeam:
    """A group to be made; `grid` None is a group of the whole area."""

    kind: str
    name: str
    grid: Grid | None = None


@dataclass(frozen=True)
class NewDuty:
    """A post without a desk to be made: a building head, a unit head, a member of a group."""

    role: Role
    title: str
    holder: User | None = None
    place: Place | None = None
    team: Team | None = None
    activates_in: str = ""
    deputies: tuple[User, ...] = ()


@transaction.atomic
def enrol_people(
    *, actor: Actor, area: Area, people: Sequence[NewPerson], now: datetime
) -> tuple[list[User], list[User]]:
    """Return the accounts of people in their order, and those of them that were made.

    Who is known at this desk by name and telephone is not made again; without a telephone the name
    alone decides where it is the only one. A new account has no password: nobody can sign in with it
    until the desk hands out a one-time password.
    """
    _in_range(actor, area)
    Area.objects.select_for_update(no_key=True).get(pk=area.pk)
    known: dict[tuple[str, str], User] = {}
    by_name: dict[str, list[User]] = {}
    names = {person.name for person in people}
    rows = User.objects.filter(area=area, name__in=names, is_active=True, ended_at=None)
    for row in rows:
        known[row.name, row.telephone] = row
        by_name.setdefault(row.name, []).append(row)
    number = User.objects.filter(username__startswith=f"{area.pk}-p").count()
    found: list[User] = []
    made: list[User] = []
    for person in people:
        user: User | None = known.get((person.name, person.telephone))
        if user is None and not person.telephone and len(by_name.get(person.name, ())) == 1:
            user = by_name[person.name][0]
        if user is None:
            number += 1
            user = User(
                username=f"{area.pk}-p{number}",
                name=person.name,
                telephone=person.telephone,
                area=area,
                home_id=person.home,
                must_change_password=True,
                created_at=now,
                password=make_password(None),
            )
            known[person.name, person.telephone] = user
            by_name.setdefault(person.name, []).append(user)
            made.append(user)
        found.append(user)
    if made:
        User.objects.bulk_create(made)
        record(
            "accounts.people_enrolled",
            actor=actor,
            community=area.pk,
            at=now,
            count=len(made),
            ids=digest_ids([user.pk for user in made]),
        )
    return found, made


@transaction.atomic
def create_teams(
    *, actor: Actor, area: Area, teams: Sequence[NewTeam], now: datetime
) -> list[Team]:
    """Make many groups of an area; one of the same kind in the same grid is not made again."""
    _in_range(actor, area)
    for team in teams:
        if team.kind not in TEAM_KINDS:
            raise RuleBroken("accounts.team_kind_unknown", kind=team.kind)
        if team.grid is not None and team.grid.community_id != area.pk:
            raise RuleBroken("accounts.grid_elsewhere", area=area.name)
    Area.objects.select_for_update(no_key=True).get(pk=area.pk)
    standing = set(Team.objects.filter(live(now), area=area).values_list("kind", "grid_id", "name"))
    rows = [
        Team(area=area, kind=team.kind, name=team.name, grid=team.grid, starts_at=now)
        for team in teams
        if (team.kind, team.grid.pk if team.grid else None, team.name) not in standing
    ]
    Team.objects.bulk_create(rows)
    if rows:
        record(
            "accounts.teams_created",
            actor=actor,
            community=area.pk,
            at=now,
            count=len(rows),
            ids=digest_ids([team.pk for team in rows]),
        )
    return rows


@transaction.atomic
def create_duties(
    *, actor: Actor, area: Area, duties: Sequence[NewDuty], now: datetime
) -> list[Post]:
    """Make many posts without a desk, with their deputies, and return them in their order."""
    _in_range(actor, area)
    for duty in duties:
        _check(area, duty)
    Area.objects.select_for_update(no_key=True).get(pk=area.pk)  # one maker of codes per area
    numbers = {
        role: Post.objects.filter(code__startswith=f"{area.pk}/{SHORT[role]}-").count()
        for role in {duty.role for duty in duties}
    }
    rows = []
    for duty in duties:
        numbers[duty.role] += 1
        rows.append(
            Post(
                code=f"{area.pk}/{SHORT[duty.role]}-{numbers[duty.role]}",
                role=duty.role.value,
                title=duty.title,
                area=area,
                holder=duty.holder,
                place=duty.place,
                team=duty.team,
                activates_in=duty.activates_in,
                is_standby=bool(duty.activates_in),
                starts_at=now,
            )
        )
    Post.objects.bulk_create(rows)
    PostDeputy.objects.bulk_create(
        PostDeputy(post=post, user=user, rank=rank)
        for post, duty in zip(rows, duties, strict=True)
        for rank, user in enumerate(duty.deputies, 1)
    )
    if rows:
        record(
            "accounts.duties_created",
            actor=actor,
            community=area.pk,
            at=now,
            count=len(rows),
            ids=digest_ids([post.pk for post in rows]),
        )
    return rows


@transaction.atomic
def set_leaders(
    *, actor: Actor, area: Area, leaders: Mapping[int, Post | None], now: datetime
) -> int:
    """Name the posts that lead groups, by the group's id, None for no leader; return how many changed."""
    _in_range(actor, area)
    teams = list(Team.objects.filter(live(now), area=area, pk__in=leaders))
    wanted = {pk: post.pk if post is not None else None for pk, post in leaders.items()}
    changed = [team for team in teams if team.leader_post_id != wanted[team.pk]]
    for team in changed:
        team.leader_post = leaders[team.pk]
    if any(post is not None and post.area_id != area.pk for post in leaders.values()):
        raise RuleBroken("accounts.team_elsewhere", area=area.name)
    Team.objects.bulk_update(changed, ["leader_post"], batch_size=200)
    if changed:
        record(
            "accounts.leaders_set",
            actor=actor,
            community=area.pk,
            at=now,
            count=len(changed),
            ids=digest_ids([team.pk for team in changed]),
        )
    return len(changed)


def _in_range(actor: Actor, area: Area) -> None:
    if not actor.may_manage_posts(area.pk):
        raise NotVisible


def _check(area: Area, duty: NewDuty) -> None:
    """Refuse a post whose role has a desk, or whose place or group does not fit or lies elsewhere."""
    kind = PlaceKind(duty.place.kind) if duty.place else None
    refusal = post_refusal(duty.role, AreaLevel(area.level), 0, kind, duty.team is not None)
    if refusal or duty.role not in DUTY_ROLES:
        raise RuleBroken(refusal or "accounts.role_not_at_level", role=duty.role, area=area.name)
    if duty.place is not None and duty.place.community_id != area.pk:
        raise RuleBroken("accounts.place_elsewhere", area=area.name)
    if duty.team is not None and duty.team.area_id != area.pk:
        raise RuleBroken("accounts.team_elsewhere", area=area.name)
    _check_line(duty.holder, duty.deputies)
    for user in (duty.holder, *duty.deputies):
        if user is not None and not user.is_active:
            raise RuleBroken("accounts.user_locked", name=user.name)


@transaction.atomic
def end_duties(
    *,
    actor: Actor,
    area: Area,
    posts: Mapping[int, int | None],
    holders: Sequence[int],
    reason: str,
    now: datetime,
) -> int:
    """End many posts that were made as one, and the accounts made with them that hold nothing else.

    `posts` has the holder that each was made with: a post that has been handed to somebody else
    since is left alone, and so is an account that has signed in. Packages above follow: what these
    people had in hand goes elsewhere, and they are told.
    """
    _in_range(actor, area)
    hold(area.pk)
    turn_absences(now=now)
    rows = Post.objects.filter(live(now), area=area, pk__in=posts, role__in=DUTY_ROLES)
    rows = rows.select_related("area").select_for_update(no_key=True, of=("self",)).order_by("pk")
    ending = [post for post in rows if post.holder_id == posts[post.pk]]
    ids = [post.pk for post in ending]
    held = effective_holders(ids, now)
    Team.objects.filter(area=area, leader_post__in=ids).update(leader_post=None)
    Post.objects.filter(pk__in=ids).update(ends_at=now)
    StandIn.objects.filter(post__in=ids, ends_at=None).update(ends_at=now)
    ended = _end_idle(area, holders, now)
    if ending:
        moves = tuple(followers.LineMove(post, held[post.pk], None) for post in ending)
        followers.follow(followers.LineChange("post_ended", actor, moves, now))
    if ids:
        record(
            "accounts.duties_ended",
            actor=actor,
            community=area.pk,
            at=now,
            reason=reason,
            count=len(ids),
            ids=digest_ids(ids),
            users=ended,
        )
    return len(ids)


def _end_idle(area: Area, users: Sequence[int], now: datetime) -> int:
    """End those of some accounts that nobody signed in with and that hold nothing; return how many."""
    held = Post.objects.filter(live(now), holder=OuterRef("pk"))
    stands = PostDeputy.objects.filter(live(now, "post__"), user=OuterRef("pk"))
    idle = User.objects.filter(
        ~Exists(held), ~Exists(stands), pk__in=users, area=area, last_login=None, ended_at=None
    )
    ended = list(idle.values_list("pk", flat=True))
    User.objects.filter(pk__in=ended).update(is_active=False, ended_at=now)
    return len(ended)


@transaction.atomic
def end_empty_teams(*, actor: Actor, area: Area, teams: Sequence[int], now: datetime) -> int:
    """End those of some groups that have no post left; return how many."""
    _in_range(actor, area)
    kept = Post.objects.filter(live(now), team=OuterRef("pk"))
    rows = Team.objects.filter(live(now), ~Exists(kept), area=area, pk__in=teams, leader_post=None)
    ids = list(rows.values_list("pk", flat=True))
    Team.objects.filter(pk__in=ids).update(ends_at=now)
    return len(ids)
