"""Groups and heads (工作组、楼院长): making the usual ones at once, naming one person."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from gridwell.accounts import actions as accounts
from gridwell.accounts.actions import duties
from gridwell.accounts.labels import TEAMS
from gridwell.accounts.models import Post, Team, User
from gridwell.accounts.queries import live
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.organisation import queries
from gridwell.organisation.rules.kinds import GroupKind
from gridwell.organisation.rules.naming import Named
from gridwell.places.models import Area, Place
from gridwell.places.rules.levels import PlaceKind


def group_name(kind: str, grid: str = "") -> str:
    """Return how a group is called where nobody called it otherwise: 3网格采样组."""
    if not grid:
        return str(TEAMS[kind])
    return _("%(grid)s, %(group)s") % {"grid": grid, "group": str(TEAMS[kind]).lower()}


def lacking(whole: queries.Organisation) -> list[duties.NewTeam]:
    """Return the groups a community lacks: the leading group, three work groups in every grid (P16)."""
    wanted = []
    if not whole.leading:
        wanted.append(duties.NewTeam(GroupKind.LEADING.value, group_name(GroupKind.LEADING)))
    for grid, above in whole.leaves:
        wanted += [
            duties.NewTeam(kind.value, group_name(kind, grid.grid.name), grid.grid)
            for kind in grid.missing(above)
        ]
    return wanted


@transaction.atomic
def make_usual_groups(*, actor: Actor, community: int, now: datetime) -> list[Team]:
    """Make the groups a community lacks and return them; once made, nothing is made again."""
    if not actor.may_manage_posts(community):
        raise NotVisible
    area = Area.objects.get(pk=community)
    teams = lacking(queries.organisation_of(actor, community, now))
    return duties.create_teams(actor=actor, area=area, teams=teams, now=now)


@transaction.atomic
def name_head(*, actor: Actor, place: Place, named: Named, now: datetime) -> Post:
    """Name the head of a building or a unit (楼院长、单元长); an empty post of the place is filled."""
    area = Area.objects.select_for_update(no_key=True).get(pk=place.community_id)
    person = _person(actor, area, named, now)
    role = Role.UNIT_HEAD if place.kind == PlaceKind.UNIT else Role.BUILDING_HEAD
    standing = Post.objects.filter(live(now), area=area, role=role.value, place=place)
    post = standing.order_by("pk").first()
    if post is not None and post.holder_id is not None:
        raise RuleBroken("organisation.head_exists", place=place.full_name)
    if post is not None:
        return accounts.change_holder(actor=actor, post=post, holder=person, seen=None, now=now)
    return accounts.create_post(
        actor=actor,
        role=role,
        area=area,
        title=head_title(place),
        holder=person,
        place=place,
        now=now,
    )


def head_title(place: Place) -> str:
    """Return how the post of a head is called: 金香都小区1号楼楼院长."""
    if place.kind == PlaceKind.UNIT:
        return (_("Head of unit %(place)s") % {"place": place.full_name})[:60]
    return (_("Head of building %(place)s") % {"place": place.full_name})[:60]


@transaction.atomic
def name_member(
    *, actor: Actor, team: Team, named: Named, title: str = "", is_leader: bool, now: datetime
) -> Post:
    """Give a group a member, or a leader: a post that is named leads as it is, a person gets a post."""
    area = Area.objects.select_for_update(no_key=True).get(pk=team.area_id)
    named.check()
    if named.post is not None:
        post = Post.objects.filter(live(now), area=area, pk=named.post).first()
        if post is None or not actor.may_manage_posts(area.pk):
            raise RuleBroken("organisation.person_elsewhere", area=area.name)
    else:
        person = _person(actor, area, named, now)
        word = _("leader of %(team)s") if is_leader else _("member of %(team)s")
        post = accounts.create_post(
            actor=actor,
            role=Role.TEAM_MEMBER,
            area=area,
            title=(title or word % {"team": team.name})[:60],
            holder=person,
            team=team,
            now=now,
        )
    if is_leader:
        accounts.change_team(actor=actor, team=team, name=team.name, leader_post=post, now=now)
    return post


def _person(actor: Actor, area: Area, named: Named, now: datetime) -> User:
    """Return the account of a named person; a written name gets one, without a password."""
    named.check()
    if named.user is not None:
        user = queries.people_to_name(actor, area.pk).filter(pk=named.user).first()
        if user is None:
            raise RuleBroken("organisation.person_elsewhere", area=area.name)
        return user
    if not named.name:
        raise RuleBroken("organisation.nobody_named")
    person = duties.NewPerson(named.name, named.telephone)
    found, _made = duties.enrol_people(actor=actor, area=area, people=[person], now=now)
    return found[0]
