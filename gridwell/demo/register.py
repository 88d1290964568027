"""Builds the demo's register: areas, places, grids, people, colours, posts. Through the real acts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib import resources
from random import Random

from gridwell.accounts.actions import create_post, create_user
from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor, Role
from gridwell.demo import city
from gridwell.demo.people import InventedHousehold, Inventor, sizes
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


@dataclass(frozen=True)
class Account:
    """A demo account, for the list that is printed."""

    username: str
    name: str
    post: str


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
    random = Random(SEED + community.code)
    lived = city.occupied(community, random)
    steps = [_steps(community, dwelling) for dwelling in dwellings]
    found = places.ensure_tree(
        actor=actor,
        community=community.code,
        rows=[
            DwellingRow(path, dwelling.floor, is_vacant=not is_lived)
            for path, dwelling, is_lived in zip(steps, dwellings, lived, strict=True)
        ],
        now=now,
        source="demo",
    )
    _sites_and_aliases(actor, community, now)
    homes = [found[path] for path, is_lived in zip(steps, lived, strict=True) if is_lived]
    _people(actor, community, homes, random, today, now)
    _grids(actor, community, now)
    apply_default_schemes(actor=actor, community=community.code, now=now)
    refresh_rule_marks(actor=actor, community=community.code, now=now)


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
    homes: Sequence[int],
    random: Random,
    today: date,
    now: datetime,
) -> None:
    inventor = Inventor(SEED + community.code % 10**6, today)
    residents = community.residents or round(len(homes) * 2.58)
    households = [inventor.household(size) for size in sizes(random, len(homes), residents)]
    keys = [str(index) for index in range(len(homes))]
    register_people(
        actor=actor,
        community=community.code,
        households=[
            NewHousehold(key, home, household.tenure)
            for key, home, household in zip(keys, homes, households, strict=True)
        ],
        people=[
            person
            for key, household in zip(keys, households, strict=True)
            for person in _new_people(key, household)
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
    """Cut the community into grids of neighbouring buildings; micro-grids by building where said."""
    code = community.code
    buildings = list(
        Place.objects.filter(community=code, kind__in=[PlaceKind.BUILDING, PlaceKind.ROW]).order_by(
            "parent__pk", "position", "pk"
        )
    )
    sites = Place.objects.filter(community=code, kind=PlaceKind.SITE).values_list("pk", flat=True)
    for number in range(1, community.grids + 1):
        grid = places.create_grid(
            actor=actor, community=code, number=str(number), name=f"第{number}网格", now=now
        )
        mine = buildings[
            (number - 1) * len(buildings) // community.grids : number
            * len(buildings)
            // community.grids
        ]
        if community.micro_by_building:
            for index, building in enumerate(mine, start=1):
                micro = places.create_grid(
                    actor=actor,
                    community=code,
                    number=f"{number}-{index}",
                    name=f"{building.name}微网格",
                    parent=grid,
                    now=now,
                )
                places.draw_grid(actor=actor, grid=micro, place_ids=[building.pk], now=now)
        else:
            ids = [building.pk for building in mine] + (list(sites) if number == 1 else [])
            places.draw_grid(actor=actor, grid=grid, place_ids=ids, now=now)


def _user(username: str, name: str, area: Area, now: datetime) -> User:
    return create_user(
        actor=INSTALLATION, username=username, name=name, area=area, password=PASSWORD, now=now
    )[0]


def build_posts(now: datetime) -> list[Account]:
    """Make the accounts and posts: city, districts, a subdistrict, communities, grid workers."""
    made: list[Account] = []
    names = Inventor(SEED, date(2022, 11, 23))

    def serve(
        username: str,
        role: Role,
        code: int,
        title: str,
        grids: Sequence[Grid] = (),
        *,
        has_deputy: bool = False,
    ) -> None:
        area = Area.objects.get(pk=code)
        holder = _user(username, names.household(1).people[0].name, area, now)
        deputies = []
        if has_deputy:
            deputies = [_user(f"{username}-b", names.household(1).people[0].name, area, now)]
        create_post(
            actor=INSTALLATION,
            role=role,
            area=area,
            title=title,
            grids=grids,
            holder=holder,
            deputies=deputies,
            now=now,
        )
        made.append(Account(username, holder.name, f"{area.name} {title}"))

    serve("city", Role.CITY_OFFICER, city.CITY[0], "市疫情防控办专员")
    serve("wanbailin", Role.DISTRICT_OFFICER, 140109000000, "区疫情防控办专员")
    serve("xiaodian", Role.DISTRICT_OFFICER, 140105000000, "区疫情防控办专员")
    serve("qianfeng", Role.SUBDISTRICT_OFFICER, 140109901000, "街道专员")
    for community in city.COMMUNITIES:
        for username in community.accounts or (f"c{community.code % 10**8}",):
            serve(
                username,
                Role.COMMUNITY_OFFICER,
                community.code,
                "社区干事",
                has_deputy=bool(community.accounts),
            )
        if not community.accounts:
            continue
        grids = Grid.objects.filter(community=community.code, parent=None).order_by("pk")
        for grid in grids:
            serve(
                f"{community.accounts[0]}-{grid.number}",
                Role.GRID_WORKER,
                community.code,
                f"{grid.number}网格网格员",
                (grid,),
                has_deputy=grid.number == "1",
            )
    admin = create_user(
        actor=INSTALLATION,
        username="admin",
        name="系统管理员",
        area=None,
        is_administrator=True,
        password=PASSWORD,
        now=now,
    )[0]
    made.append(Account("admin", admin.name, "系统管理员"))
    return made
