"""The demo's A and B: deputies for grid workers, reserves, rehearsals, a hand-back that waits, people who are away.

Each community that the demo tells about has one grid worker away; in the model community another
lives in a closed building, so that a deputy stepped in by itself.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from gridwell.accounts import actions
from gridwell.accounts.models import Post, User
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.core import clock
from gridwell.demo import city
from gridwell.demo.people import PHONE_SEGMENT
from gridwell.places.models import Area, Place
from gridwell.places.rules.levels import PlaceKind
from gridwell.plan.queries.days import stored_day

INSTALLATION = Actor.system(0)
RESERVES = (
    ("贺敬亭", (Role.GRID_WORKER, Role.BUILDING_HEAD), "退休教师，熟悉住户"),
    ("武思源", (Role.TEAM_MEMBER,), "护士，会采样"),
)


def build(communities: Sequence[city.Community], now: datetime) -> None:
    """Name deputies and reserves, record rehearsals, and have some people be away."""
    told = [community for community in communities if community.accounts]
    for community in told:
        workers = _workers(community)
        _deputies(workers, now)
        _reserves(community, now)
        _rehearsals(community, workers, now)
        if len(workers) > 1:
            _ill(workers[1], now)
    for community in told:
        if "jinxiangdu" in community.accounts:
            _hand_back(community, now)
            _closed_in(community, now)


def _workers(community: city.Community) -> list[Post]:
    """Return the grid workers' posts of a community in their order."""
    posts = Post.objects.filter(area=community.code, role=Role.GRID_WORKER, activates_in="")
    return list(posts.select_related("holder").order_by("pk"))


def _deputies(workers: Sequence[Post], now: datetime) -> None:
    """Name deputies: of grid 2 the deputy of grid 1, of others the neighbour; the last but one has none."""
    for number, post in enumerate(workers):
        first = post.deputies.select_related("user").first()
        if first is not None or number == len(workers) - 2 > 1:
            continue
        before = workers[number - 1]
        stands = before.deputies.select_related("user").first() if number == 1 else None
        deputy = stands.user if stands is not None else before.holder
        if deputy is not None and deputy != post.holder:
            actions.set_deputies(actor=INSTALLATION, post=post, deputies=[deputy], now=now)


def _reserves(community: city.Community, now: datetime) -> None:
    area = Area.objects.get(pk=community.code)
    for number, (name, roles, skills) in enumerate(RESERVES):
        actions.add_reserve(
            actor=INSTALLATION,
            area=area,
            name=name,
            telephone=f"{PHONE_SEGMENT}8{community.code % 10**5:05d}{number}",
            roles=roles,
            skills=skills,
            now=now,
        )
    spare = User.objects.filter(username=f"{community.accounts[0]}-b").first()
    if spare is not None:
        actions.add_reserve(
            actor=INSTALLATION, area=area, user=spare, roles=[Role.GRID_WORKER], now=now
        )


def _rehearsals(community: city.Community, workers: Sequence[Post], now: datetime) -> None:
    """Record this month's rehearsals of the officer's post and of grid 1; the others are still due."""
    officers = Post.objects.filter(area=community.code, role=Role.COMMUNITY_OFFICER)
    results = (("smooth", ""), ("faults", "补位人找不到楼栋钥匙，已配一套放值班室。"))
    for post, (result, remark) in zip([*officers[:1], *workers[:1]], results, strict=False):
        deputy = post.deputies.select_related("user").first()
        if deputy is not None:
            actions.record_rehearsal(
                actor=INSTALLATION,
                post=post,
                held_on=clock.day_of(now).replace(day=8),
                stood_in=deputy.user,
                result=result,
                remark=remark,
                now=now,
            )


def _ill(post: Post, now: datetime) -> None:
    """The holder is ill since this morning, for three days."""
    if post.holder is not None:
        morning = clock.start_of(clock.day_of(now)) + timedelta(hours=8)
        actions.record_absence(
            actor=INSTALLATION,
            user=post.holder,
            reason="illness",
            starts_at=morning,
            ends_at=morning + timedelta(days=3),
            now=morning,
        )


def _hand_back(community: city.Community, now: datetime) -> None:
    """The officer was on leave the day before yesterday; the deputy's work waits to be taken back."""
    officer = User.objects.filter(username=community.accounts[0]).first()
    if officer is None:
        return
    began = clock.start_of(clock.day_of(now)) - timedelta(hours=40)
    absence = actions.record_absence(
        actor=INSTALLATION, user=officer, reason="leave", starts_at=began, now=began
    )
    actions.end_absence(actor=INSTALLATION, absence=absence, now=began + timedelta(hours=24))


def _closed_in(community: city.Community, now: datetime) -> None:
    """The last grid worker lives in a high-risk zone, so the deputy steps in by itself."""
    day = stored_day(community.code, clock.day_of(now))
    zone = (
        next((z for z in day.plan.zones if z.level == "high" and z.dwellings), None)
        if day
        else None
    )
    workers = _workers(community)
    if zone is None or len(workers) < 3 or workers[-1].holder is None:
        return
    home = Place.objects.filter(pk__in=zone.dwellings[:200], kind=PlaceKind.DWELLING).first()
    actions.set_home(
        actor=INSTALLATION, user=workers[-1].holder, home=home, lives_elsewhere=False, now=now
    )
