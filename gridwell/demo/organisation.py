"""The demo's organisation: leading groups, work groups in every grid, heads, charges, the five, a roster.

A few places are left without a name, so that the list of gaps has something to say.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from gridwell.accounts.actions import duties
from gridwell.accounts.models import Post, Team, User
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.core import clock
from gridwell.demo import city
from gridwell.demo.people import GIVEN, PHONE_SEGMENT, SURNAMES
from gridwell.demo.register import DUTIES
from gridwell.organisation import queries
from gridwell.organisation.actions import groups, naming, roster
from gridwell.organisation.rules.kinds import GroupKind, HelperRole
from gridwell.organisation.rules.naming import Named
from gridwell.organisation.rules.roster import monday_of
from gridwell.places.models import Area, Place
from gridwell.places.rules.levels import PlaceKind
from gridwell.residents.models import Household

INSTALLATION = Actor.system(0)
#: Whose roster is filled for two weeks.
WITH_ROSTER = ("jinxiangdu", "dingxin", "xita")
LEADING = ("副组长（社区民警）", "副组长（社区医生）", "组员（物业经理）", "组员（业委会）")
SENT_BY = ("市直机关工委", "区税务局", "区教育局", "市文旅局", "区住建局", "市规自局")
FIVE = {
    HelperRole.CADRE: "街道包保干部",
    HelperRole.MEDIC: "社区卫生服务站",
    HelperRole.POLICE: "派出所",
    HelperRole.VOLUNTEER: "志愿服务队",
}
#: Role, title, place in charge, group, whether it leads the group.
_Wanted = tuple[Role, str, Place | None, Team | None, bool]
WORKERS = 2  # of a sampling group, beside its leader


class _Names:
    """Invents officials; the same seed gives the same people."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._number = self._random.randrange(10**6)

    def person(self) -> duties.NewPerson:
        """Return somebody nobody is, with a telephone that nobody has."""
        pick = self._random.choice
        given = pick(GIVEN) + (pick(GIVEN) if self._random.random() < 0.7 else "")
        self._number += 1
        return duties.NewPerson(pick(SURNAMES) + given, f"{PHONE_SEGMENT}9{self._number:06d}")

    def named(self, unit: str = "") -> Named:
        """Return somebody who is named without an account."""
        person = self.person()
        return Named(name=person.name, telephone=person.telephone, unit=unit)


def build(communities: Sequence[city.Community], registered_at: datetime, now: datetime) -> None:
    """Fill the organisation of each community; the roster belongs to the present days."""
    for community in communities:
        names = _Names(community.code)
        area = Area.objects.get(pk=community.code)
        made = groups.make_usual_groups(actor=INSTALLATION, community=area.pk, now=registered_at)
        _people(community, area, made, names, registered_at)
        _charges(area, names, registered_at)
        if set(WITH_ROSTER) & set(community.accounts):
            _roster(area, now)


def name_the_five(communities: Sequence[city.Community], now: datetime) -> None:
    """Name the five of everybody who is isolated at home; the stays must have begun."""
    for community in communities:
        _five(Area.objects.get(pk=community.code), _Names(community.code + 1), now)


def _people(
    community: city.Community, area: Area, teams: Sequence[Team], names: _Names, now: datetime
) -> None:
    """Name leaders, members and heads, some hundreds of people in five writes."""
    leading = next(team for team in teams if team.kind == GroupKind.LEADING)
    wanted: list[_Wanted] = [
        (Role.TEAM_MEMBER, f"{leading.name}{word}", None, leading, False) for word in LEADING
    ]
    working = [team for team in teams if team.kind != GroupKind.LEADING]
    for number, team in enumerate(working):
        if number != len(working) - 1:  # one group is left without anybody
            wanted.append((Role.TEAM_MEMBER, f"{team.name}组长", None, team, True))
        if team.kind == GroupKind.SAMPLING:
            wanted += [
                (Role.TEAM_MEMBER, f"{team.name}组员{n}", None, team, False)
                for n in range(1, WORKERS + 1)
            ]
    kinds = [PlaceKind.BUILDING.value, PlaceKind.ROW.value]
    buildings = list(Place.objects.filter(community=area, kind__in=kinds).order_by("pk"))
    for place in buildings[:-1] if len(buildings) > 3 else buildings:
        wanted.append((Role.BUILDING_HEAD, groups.head_title(place), place, None, False))
    known = _with_accounts(community, wanted)
    people = [names.person() for _ in wanted[len(known) :]]
    others, _made = duties.enrol_people(actor=INSTALLATION, area=area, people=people, now=now)
    rest = iter(others)
    users = [known[n] if n in known else next(rest) for n in range(len(wanted))]
    posts = duties.create_duties(
        actor=INSTALLATION,
        area=area,
        duties=[
            duties.NewDuty(role, title[:60], user, place, team)
            for (role, title, place, team, _leads), user in zip(wanted, users, strict=True)
        ],
        now=now,
    )
    leaders = {
        team.pk: post
        for (_role, _title, _place, team, leads), post in zip(wanted, posts, strict=True)
        if team is not None and leads
    }
    officer = Post.objects.filter(area=area, role=Role.COMMUNITY_OFFICER).order_by("pk").first()
    if officer is not None:
        leaders[leading.pk] = officer
    duties.set_leaders(actor=INSTALLATION, area=area, leaders=leaders, now=now)


def _with_accounts(community: city.Community, wanted: Sequence[_Wanted]) -> dict[int, User]:
    """Return who of them can sign in, by their place in the list: a building head and a sampler."""
    found: dict[int, User] = {}
    if not community.accounts:
        return found
    heads = [n for n, line in enumerate(wanted) if line[0] == Role.BUILDING_HEAD]
    fourth = [n for n in heads if "4号楼" in wanted[n][1]]
    members = [n for n, line in enumerate(wanted) if line[1].endswith("组员1")]
    for ending, numbers in zip(DUTIES, (fourth or heads, members), strict=True):
        user = User.objects.filter(username=f"{community.accounts[0]}-{ending}").first()
        if user is not None and numbers:
            found[numbers[0]] = user
    return found


def _charges(area: Area, names: _Names, now: datetime) -> None:
    """Put an official who was sent down in charge of each compound."""
    grounds = Place.objects.filter(
        community=area, parent=None, kind__in=[PlaceKind.COMPOUND.value, PlaceKind.VILLAGE.value]
    )
    for number, place in enumerate(grounds.order_by("pk")):
        naming.name_charge(
            actor=INSTALLATION,
            community=area.pk,
            place=place,
            named=names.named(SENT_BY[(area.pk + number) % len(SENT_BY)]),
            now=now,
        )


def _five(area: Area, names: _Names, now: datetime) -> None:
    """Name the five of the households with somebody isolated at home; the last one lacks two."""
    homes = sorted(queries.isolated_households(INSTALLATION, area.pk, now))
    if not homes:
        return
    found = Household.objects.filter(community=area, pk__in=homes).select_related("dwelling")
    worker = Post.objects.filter(area=area, role=Role.GRID_WORKER).order_by("pk").first()
    same = {role: names.named(unit) for role, unit in FIVE.items()}
    for household in found.order_by("pk"):
        five = dict(same)
        if worker is not None:
            five[HelperRole.GRID_WORKER] = Named(post=worker.pk)
        if household.pk == homes[-1]:
            del five[HelperRole.MEDIC], five[HelperRole.VOLUNTEER]
        naming.set_five(
            actor=INSTALLATION,
            about=household,
            five=five,
            seen=queries.five_token({}),
            now=now,
        )


def _roster(area: Area, now: datetime) -> None:
    """Fill this week and copy it to the next: A by day, the deputy by night, at the weekend swapped."""
    post = (
        Post.objects.filter(area=area, role=Role.COMMUNITY_OFFICER)
        .select_related("holder", "area")
        .order_by("pk")
        .first()
    )
    people = queries.people_of(post) if post is not None else []
    if post is None or not people:
        return
    monday = monday_of(clock.day_of(now))
    for day in range(7):
        start = clock.start_of(monday + timedelta(days=day))
        for turn in range(2):
            swapped = day >= 5
            roster.make_shift(
                actor=INSTALLATION,
                post=post,
                user=people[(turn + swapped) % len(people)],
                starts_at=start + timedelta(hours=8 + 12 * turn),
                ends_at=start + timedelta(hours=20 + 12 * turn),
                ref=UUID(int=area.pk * 100 + day * 2 + turn),
                now=now,
            )
    roster.copy_week(
        actor=INSTALLATION,
        area=area.pk,
        source=monday,
        target=monday + timedelta(days=7),
        now=now,
    )
