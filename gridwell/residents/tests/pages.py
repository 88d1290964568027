"""What the tests of the register's pages share: clients, a filled community, addresses."""

from datetime import date

from django.test import Client
from django.urls import reverse

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.places.actions import recompute_grids
from gridwell.places.models import Grid
from gridwell.places.tests.make import COMMUNITY, make_dwelling, make_grid
from gridwell.residents.actions import circumstances, marks
from gridwell.residents.models import (
    Household,
    Label,
    Resident,
)
from gridwell.residents.tests.make import make_household, make_resident

NAMES = "明华强军勇杰涛磊洋波峰超斌鹏辉浩宇鑫凯健晨龙飞亮建平志国文海"


def client_of(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def url(name: str, **kwargs: object) -> str:
    return reverse(name, kwargs={"area": COMMUNITY, **kwargs})


def fill(count: int, *, building: str = "1号楼") -> Household:
    """Make some doors with two people each in grid 1; return the first household."""
    grid = make_grid(number="1")
    first = None
    for number in range(count):
        dwelling = make_dwelling(
            building=building, room=f"{number // 4 + 1}0{number % 4 + 1}", grid=grid
        )
        home = make_household(dwelling=dwelling)
        head = make_resident(
            household=home, name=f"张{NAMES[number]}", is_head=True, birth_on=date(1940, 1, 1)
        )
        make_resident(household=home, name=f"李{NAMES[number]}", phone="13912348876")
        circumstances.add_trait(
            actor=Actor.system(COMMUNITY),
            community=COMMUNITY,
            resident_ids=[head.pk],
            code="disabled",
            now=clock.now(),
        )
        first = first or home
    recompute_grids(community=COMMUNITY)
    system = Actor.system(COMMUNITY)
    marks.apply_default_schemes(actor=system, community=COMMUNITY, now=clock.now())
    marks.refresh_rule_marks(actor=system, community=COMMUNITY, now=clock.now())
    assert first is not None
    return first


def pages_of(home: Household) -> dict[str, str]:
    """Every page that is read, by name."""
    building = home.dwelling.building_id
    return {
        "buildings": url("buildings"),
        "building_board": url("building_board", building=building),
        "board_cell": url("building_board", building=building) + f"?cell={home.dwelling_id}",
        "board_print": url("board_print", building=building),
        "grid_gaps": url("grid_gaps"),
        "household_list": url("household_list"),
        "household_file": url("household_file", household=home.pk),
        "resident_list": url("resident_list"),
        "duplicates": url("duplicates"),
        "grid_ledgers": url("grid_ledgers"),
        "grid_ledger": url("grid_ledger", grid=Grid.objects.get(number="1").pk),
        "ledger_print": url("grid_ledger", grid=Grid.objects.get(number="1").pk) + "?print=1",
        "label_schemes": url("label_schemes"),
        "objection_list": url("objection_list"),
        "search": url("search"),
    }


OFFICE = {
    "grid_new": {},
    "grid_draw": {"grid": "grid"},
    "grid_edit": {"grid": "grid"},
    "place_file": {"place": "place"},
    "place_new": {"under": "place"},
    "place_edit": {"place": "place"},
    "place_merge": {"place": "place"},
    "household_new": {"dwelling": "place"},
    "resident_new": {"household": "home"},
    "household_move_in": {"household": "home"},
    "household_move_out": {"household": "home"},
    "household_split": {"household": "home"},
    "household_merge": {"household": "home"},
    "household_head": {"household": "home"},
    "household_death": {"household": "home"},
    "household_tenure": {"household": "home"},
    "mark_new": {"household": "home"},
    "objection_new": {"household": "home"},
    "resident_edit": {"resident": "resident"},
    "trait_new": {"resident": "resident"},
    "resident_away": {"resident": "resident"},
    "label_edit": {"label": "label"},
}


def forms_of(home: Household) -> dict[str, str]:
    """Every page that holds a form, by name."""
    ids = {
        "grid": Grid.objects.get(number="1").pk,
        "place": home.dwelling_id,
        "home": home.pk,
        "resident": Resident.objects.filter(dwelling=home.dwelling_id).first().pk,
        "label": Label.objects.first().pk,
    }
    return {
        name: url(name, **{key: ids[of] for key, of in kwargs.items()})
        for name, kwargs in OFFICE.items()
    }
