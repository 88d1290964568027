"""Builds the demo's register: areas, places, grids, people, colours, posts. Through the real acts."""

from collections.abc import Sequence
from datetime import date, datetime
from importlib import resources
from random import Random

from django.contrib.auth.hashers import make_password

from gridwell.accounts.actions import create_post, create_user
from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.core import clock
from gridwell.demo import city
from gridwell.demo.people import InventedHousehold, Inventor
from gridwell.places import actions as places
from gridwell.places.actions.areas import AreaRow
from gridwell.places.models import Area, Grid, Place
from gridwell.places.rules.levels import PlaceKind
from gridwell.places.rules.tree import DwellingRow, Steps
from gridwell.residents.actions.bulk import NewHousehold, NewPerson, register_people
from gridwell.residents.actions.marks import apply_default_schemes, refresh_rule_marks

PASSWORD = "gridwell-demo"
SEED = 20221123
INSTALLATION = Actor.system(0)


def build_areas(now: datetime) -> None:
    """Load the province, the city, its districts and the demo's subdistricts and communities."""
    shipped = resources.files("gridwell.places") / "files" / "taiyuan.csv"
    rows = places.read_areas(shipped.read_text("utf-8"))
    places.load_areas(actor=INSTALLATION, rows=rows, now=now)
    invented = [AreaRow(code, name, True) for code, name in city.SUBDISTRICTS.items()]
    invented += [AreaRow(c.code, c.name, True) for c in city.COMMUNITIES]
    places.load_areas(actor=INSTALLATION, rows=invented, now=now)


def build_community(community: city.Community, today: date, now: datetime) -> None:
    """Build one community: its tree, its people and its grids."""
    actor = Actor.system(community.code)
    dwellings = list(city.dwellings_of(community))
    invented = households_of(community, today)
    steps = [_steps(community, dwelling) for dwelling in dwellings]
    found = places.ensure_tree(
        actor=actor,
        community=community.code,
        rows=[
            DwellingRow(path, dwelling.floor, is_vacant=household is None)
            for path, dwelling, household in zip(steps, dwellings, invented, strict=True)
        ],
        now=now,
        source="demo",
    )
    _sites_and_aliases(actor, community, now)
    homes = [
        (found[path], household)
        for path, household in zip(steps, invented, strict=True)
        if household is not None
    ]
    _people(actor, community, homes, now)
    _grids(actor, community, now)
    apply_default_schemes(actor=actor, community=community.code, now=now)
    refresh_rule_marks(actor=actor, community=community.code, now=now)


def households_of(community: city.Community, today: date) -> list[InventedHousehold | None]:
    """Return who lives in each dwelling of `city.dwellings_of`; None is a vacant one.

    The same people on every call.
    """
    inventor = Inventor(SEED + community.code % 10**6, today)
    people = city.people_of(community, Random(SEED + community.code))
    return [inventor.household(size) if size else None for size in people]


def _steps(community: city.Community, dwelling: city.Dwelling) -> Steps:
    compound = next(c for c in community.compounds if c.name == dwelling.compound)
    kind = PlaceKind.VILLAGE if compound.kind == "village" else PlaceKind.COMPOUND
    above = PlaceKind.BUILDING if dwelling.unit else PlaceKind.ROW
    middle = [(PlaceKind.UNIT, dwelling.unit)] if dwelling.unit else []
    return (
        (kind, dwelling.compound),
        (above, dwelling.building),
        *middle,
        (PlaceKind.DWELLING, dwelling.room),
    )


def _sites_and_aliases(actor: Actor, community: city.Community, now: datetime) -> None:
    for compound in community.compounds:
        place = Place.objects.get(community=community.code, parent=None, name=compound.name)
        for name, _ in compound.sites:
            places.create_place(
                actor=actor,
                community=community.code,
                parent=place,
                kind=PlaceKind.SITE,
                name=name,
                now=now,
            )
        for alias in compound.aliases:
            places.add_alias(actor=actor, place=place, name=alias, now=now)


def _people(
    actor: Actor,
    community: city.Community,
    homes: Sequence[tuple[int, InventedHousehold]],
    now: datetime,
) -> None:
    register_people(
        actor=actor,
        community=community.code,
        households=[
            NewHousehold(str(index), home, household.tenure)
            for index, (home, household) in enumerate(homes)
        ],
        people=[
            person
            for index, (_, household) in enumerate(homes)
            for person in _new_people(str(index), household)
        ],
        now=now,
        source="demo",
    )


def _new_people(key: str, household: InventedHousehold) -> list[NewPerson]:
    return [
        NewPerson(
            key=f"{key}.{index}",
            household=key,
            name=person.name,
            sex=person.sex,
            birth_on=person.birth_on,
            document_kind="id_card" if person.document else "none",
            document=person.document,
            phones=(person.phone,) if person.phone else (),
            relation=person.relation,
            is_head=person.is_head,
            traits=dict(person.traits),
        )
        for index, person in enumerate(household.people)
    ]


def _grids(actor: Actor, community: city.Community, now: datetime) -> None:
    """Cut the community into grids of neighbouring compounds, or of buildings where they are few.

    Micro-grids by building where said.
    """
    code = community.code
    tops = list(Place.objects.filter(community=code, parent=None).order_by("pk"))
    buildings = list(
        Place.objects.filter(community=code, kind__in=[PlaceKind.BUILDING, PlaceKind.ROW]).order_by(
            "parent__pk", "position", "pk"
        )
    )
    sites = list(Place.objects.filter(community=code, kind=PlaceKind.SITE))
    cut = tops if len(tops) >= community.grids > 1 else buildings
    for number in range(1, community.grids + 1):
        grid = places.create_grid(
            actor=actor, community=code, number=str(number), name=f"第{number}网格", now=now
        )
        low, high = ((n * len(cut)) // community.grids for n in (number - 1, number))
        mine = cut[low:high]
        if community.micro_by_building:
            _micro_grids(actor, grid, mine, now)
            continue
        if number == 1 and cut is buildings:
            mine += sites
        ids = [place.pk for place in mine]
        places.draw_grid(actor=actor, grid=grid, place_ids=ids, now=now)


def _micro_grids(actor: Actor, grid: Grid, buildings: Sequence[Place], now: datetime) -> None:
    for index, building in enumerate(buildings, start=1):
        micro = places.create_grid(
            actor=actor,
            community=grid.community_id,
            number=f"{grid.number}-{index}",
            name=f"{building.name}微网格",
            parent=grid,
            now=now,
        )
        places.draw_grid(actor=actor, grid=micro, place_ids=[building.pk], now=now)


#: Endings of the accounts of a building head and a member of a sampling group: duties, no desk.
DUTIES = ("lou", "zu")


class _Posts:
    """Makes accounts and posts; all accounts share one password, hashed once."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._names = Inventor(SEED, clock.day_of(now))
        self._hash = make_password(PASSWORD)

    def user(
        self, username: str, area: Area | None, *, name: str = "", is_administrator: bool = False
    ) -> User:
        """Make an account with an invented name."""
        return create_user(
            actor=INSTALLATION,
            username=username,
            name=name or self._names.household(1).people[0].name,
            area=area,
            is_administrator=is_administrator,
            password=PASSWORD,
            hashed=self._hash,
            now=self._now,
        )[0]

    def serve(
        self,
        username: str,
        role: Role,
        code: int,
        title: str,
        grids: Sequence[Grid] = (),
        *,
        has_deputy: bool = False,
    ) -> None:
        """Make a post with its holder and, if said, a deputy (B 角) whose account ends in -b."""
        area = Area.objects.get(pk=code)
        create_post(
            actor=INSTALLATION,
            role=role,
            area=area,
            title=title,
            grids=grids,
            holder=self.user(username, area),
            deputies=[self.user(f"{username}-b", area)] if has_deputy else [],
            now=self._now,
        )


def build_posts(communities: Sequence[city.Community], now: datetime) -> None:
    """Make the accounts and posts: city, districts, a subdistrict, communities, grid workers."""
    posts = _Posts(now)
    posts.serve("city", Role.CITY_OFFICER, city.CITY[0], "市疫情防控办专员")
    posts.serve("wanbailin", Role.DISTRICT_OFFICER, 140109000000, "区疫情防控办专员")
    posts.serve("xiaodian", Role.DISTRICT_OFFICER, 140105000000, "区疫情防控办专员")
    posts.serve("qianfeng", Role.SUBDISTRICT_OFFICER, 140109901000, "街道专员")
    for community in communities:
        username = next(iter(community.accounts), f"c{community.code % 10**8}")
        is_told = bool(community.accounts)
        posts.serve(
            username, Role.COMMUNITY_OFFICER, community.code, "社区干事", has_deputy=is_told
        )
        if is_told:
            area = Area.objects.get(pk=community.code)
            for ending in DUTIES:
                posts.user(f"{username}-{ending}", area)
        grids = Grid.objects.filter(community=community.code, parent=None).order_by("pk")
        for grid in grids if is_told else ():
            posts.serve(
                f"{username}-{grid.number}",
                Role.GRID_WORKER,
                community.code,
                f"第{grid.number}网格网格员",
                (grid,),
                has_deputy=grid.number == "1",
            )
    posts.user("admin", None, name="系统管理员", is_administrator=True)
