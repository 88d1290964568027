"""What an upper area counts is what each community lists: the same gaps, of any organisation."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from django.test import Client

from gridwell.accounts.models import Absence, Post, PostDeputy, Team, User
from gridwell.accounts.queries import actor_of
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.accounts.tests.make import LONG_AGO, make_actor, make_user
from gridwell.core import clock
from gridwell.health.models import Isolation
from gridwell.organisation import queries
from gridwell.organisation.actions import groups
from gridwell.organisation.models import Charge, Helper
from gridwell.organisation.rules.kinds import GapKind, GroupKind, HelperRole
from gridwell.organisation.tests.make import NOW, make_building
from gridwell.places.models import Grid, Place
from gridwell.places.rules.levels import PlaceKind
from gridwell.places.tests.make import (
    COMMUNITY,
    OTHER_COMMUNITY,
    make_area,
    make_dwelling,
    make_grid,
)
from gridwell.residents.tests.make import make_household, make_resident

DISTRICT = 140109000000
COMMUNITIES = (COMMUNITY, OTHER_COMMUNITY)


def counted(actor: Actor) -> dict[int, dict[str, int]]:
    """Return what the district counts, by community."""
    return {row.area.pk: dict(row.counts) for row in queries.tallies_of(actor, DISTRICT, NOW)}


def listed(actor: Actor, community: int) -> dict[str, int]:
    """Return what the list of gaps of a community holds, by kind."""
    found = Counter(gap.kind.value for gap in queries.gaps_of(actor, community, NOW))
    return {kind.value: found[kind.value] for kind in GapKind}


class City:
    """An organisation made at random: people who are there, away or locked, posts, groups, charges."""

    def __init__(self, seed: int) -> None:
        self.pick = random.Random(seed)
        self.number = 0

    def person(self) -> User | None:
        """Return nobody, somebody who is there, away, back again, or locked."""
        self.number += 1
        state = self.pick.choice(["", "there", "there", "away", "back", "locked"])
        if not state:
            return None
        user = make_user(username=f"p{self.number}")
        if state == "locked":
            User.objects.filter(pk=user.pk).update(is_active=False)
        if state in {"away", "back"}:
            Absence.objects.create(
                user=user,
                reason="leave",
                source="test",
                starts_at=NOW - timedelta(days=2),
                ends_at=None if state == "away" else NOW,
                recorded_at=NOW,
            )
        return user

    def post(self, community: int, role: Role, **facts: object) -> Post:
        """Return a post, now and then prepared for an emergency or over, with up to one deputy."""
        self.number += 1
        is_standby = self.pick.random() < 0.2
        post = Post.objects.create(
            code=f"{community}/{self.number}",
            role=role,
            title=f"post {self.number}",
            area_id=community,
            holder=self.person(),
            starts_at=LONG_AGO,
            ends_at=NOW if self.pick.random() < 0.1 else None,
            activates_in="emergency" if is_standby else "",
            is_standby=is_standby,
            **facts,
        )
        deputy = self.person() if self.pick.random() < 0.4 else None
        if deputy is not None:
            PostDeputy.objects.create(post=post, user=deputy, rank=1)
        return post

    def make(self, community: int) -> None:
        """Fill one community."""
        grids = self.grids(community)
        for number in range(1, 5):
            for unit in (1, 2):
                make_dwelling(
                    community=community,
                    building=f"{number}号楼",
                    unit=f"{unit}单元",
                    grid=self.pick.choice([None, *grids]),
                )
        houses = list(Place.objects.filter(community=community, kind=PlaceKind.BUILDING))
        for grid in grids:
            for _ in range(self.pick.randrange(2)):
                self.post(community, Role.GRID_WORKER).grids.add(grid)
            for kind in GroupKind:
                if self.pick.random() < 0.4:
                    self.team(community, kind.value, grid)
        for kind in (GroupKind.LEADING, GroupKind.SPECIAL):
            if self.pick.random() < 0.6:
                self.team(community, kind.value, None)
        for house in houses:
            for _ in range(self.pick.randrange(3)):
                self.post(community, Role.BUILDING_HEAD, place=house)
        self.post(community, Role.COMMUNITY_OFFICER)
        for target in (*houses, *grids, houses[0].parent):
            if target is not None and self.pick.random() < 0.2:
                self.charge(community, target)
        Grid.objects.filter(pk=self.pick.choice(grids).pk, micro_grids=None).update(ended_at=NOW)
        self.isolated(community)

    def grids(self, community: int) -> list[Grid]:
        found = [make_grid(community=community, number=str(n)) for n in range(1, 4)]
        return found + [
            make_grid(community=community, number=f"1-{n}", parent=found[0]) for n in (1, 2)
        ]

    def team(self, community: int, kind: str, grid: Grid | None) -> None:
        self.number += 1
        team = Team.objects.create(
            area_id=community, kind=kind, name=f"t{self.number}", grid=grid, starts_at=LONG_AGO,
            ends_at=NOW if self.pick.random() < 0.1 else None,
        )  # fmt: skip
        if self.pick.random() < 0.7:
            team.leader_post = self.post(community, Role.TEAM_MEMBER, team=team)
            team.save()

    def charge(self, community: int, target: Place | Grid) -> None:
        is_grid = isinstance(target, Grid)
        Charge.objects.create(
            community_id=community,
            place=None if is_grid else target,
            grid=target if is_grid else None,
            name="李",
            starts_at=LONG_AGO,
            ends_at=NOW if self.pick.random() < 0.3 else None,
            recorded_at=LONG_AGO,
        )

    def isolated(self, community: int) -> None:
        for number in range(1, 4):
            home = make_household(
                dwelling=make_dwelling(community=community, building="9号楼", room=f"{number}01")
            )
            person = make_resident(household=home, name="甲")
            Isolation.objects.create(
                community_id=community, resident=person, place_kind="home", person_class="close_contact", source="test",
                starts_at=LONG_AGO, recorded_at=LONG_AGO,
            )  # fmt: skip
            for role in list(HelperRole)[: self.pick.choice([0, 3, 5])]:
                Helper.objects.create(
                    community_id=community, household=home, role=role.value, name="乙",
                    starts_at=LONG_AGO, recorded_at=LONG_AGO,
                )  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_the_district_counts_what_each_community_lists(seed: int, district_officer: Actor) -> None:
    city = City(seed)
    for community in COMMUNITIES:
        make_area(code=community)
        city.make(community)
    found = counted(district_officer)
    for community in COMMUNITIES:
        assert found[community] == listed(district_officer, community)
        assert sum(found[community].values()) > 5, "nothing is lacking: the test shows nothing"


def test_the_counts_cost_the_same_for_more_communities(
    district_officer: Actor, django_assert_max_num_queries: object
) -> None:
    city = City(1)
    for community in COMMUNITIES:
        make_area(code=community)
        city.make(community)
    with django_assert_max_num_queries(30):  # type: ignore[operator]  # a fixture of pytest-django
        counted(district_officer)


def test_the_page_opens_the_list_behind_each_count(officer: Actor) -> None:
    make_building(grid=make_grid(number="1"))
    boss = make_actor(username="boss", role=Role.DISTRICT_OFFICER, area=DISTRICT)
    browser = Client()
    browser.force_login(User.objects.get(pk=boss.user_id))
    before = browser.get(f"/{DISTRICT}/organisation/").content.decode()
    assert f'href="/{COMMUNITY}/organisation/gaps/?kind=group">3</a>' in before
    groups.make_usual_groups(actor=officer, community=COMMUNITY, now=clock.now())
    after = browser.get(f"/{DISTRICT}/organisation/").content.decode()
    assert "?kind=group&quot;" not in after
    assert f'href="/{COMMUNITY}/organisation/gaps/?kind=group_empty">4</a>' in after
    assert actor_of(User.objects.get(pk=boss.user_id), NOW).covers(COMMUNITY)
