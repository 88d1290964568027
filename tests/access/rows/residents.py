"""Who gets what: the register, its places, grids, households, people, labels.

HERE is in the grid worker's grid, THERE is in nobody's: the officer's, not the grid worker's.
"""

from typing import Any

from gridwell.places.models import Grid, Place
from gridwell.places.tests.make import make_dwelling, make_grid
from gridwell.residents.models import Household, Membership
from gridwell.residents.tests.make import make_household, make_resident
from tests.access.samples import COMMUNITY, DISTRICT, ROW, Answer, Cast, Row


def a_household(cast: Cast, building: str = "1号楼", grid: Grid | None = None) -> Household:
    door = make_dwelling(building=building, grid=grid)
    found = Household.objects.filter(dwelling=door).first()
    if found is None:
        found = make_household(dwelling=door)
        make_resident(household=found, name="甲")
        make_resident(household=found, name="乙")
    return found


def here(cast: Cast) -> int:
    return a_household(cast, grid=make_grid()).pk


def there(cast: Cast) -> int:
    return a_household(cast, "9号楼").pk


def person_here(cast: Cast) -> int:
    return first_of(here(cast))


def person_there(cast: Cast) -> int:
    return first_of(there(cast))


def second_here(cast: Cast) -> int:
    members = Membership.objects.filter(household=here(cast)).order_by("pk")
    return members.last().resident_id


def first_of(household: int) -> int:
    return Membership.objects.filter(household=household).order_by("pk").first().resident_id


def door_here(cast: Cast) -> int:
    return Household.objects.get(pk=here(cast)).dwelling_id


def building_here(cast: Cast) -> int:
    return Place.objects.get(pk=door_here(cast)).building_id


def building_there(cast: Cast) -> int:
    return Place.objects.get(pk=Household.objects.get(pk=there(cast)).dwelling_id).building_id


def own_grid(cast: Cast) -> int:
    return make_grid().pk


def other_grid(cast: Cast) -> int:
    return make_grid(number="9").pk


def nothing(cast: Cast) -> int:
    return 10**9


def PAGE(
    name: str,
    kwargs: Any = None,
    *,
    worker: Answer = 200,
    upper: Answer = 404,
    officer: Answer = 200,
    **more: Any,
) -> Row:
    """Return a row of a page of one community."""
    return ROW(
        name,
        kwargs,
        area=COMMUNITY,
        officer=officer,
        grid_worker=worker,
        district=upper,
        **more,
    )


HOME, PERSON = {"household": here}, {"resident": person_here}
PLACE = {"place": building_here}

ROWS = [
    ROW("communities", area=DISTRICT, officer=404, grid_worker=404, subdistrict=404, district=200),
    PAGE("communities", officer=302, worker=302, upper=302, case="own"),
    PAGE("buildings", upper=200),
    PAGE("building_board", {"building": building_here}, upper=200),
    PAGE("building_board", {"building": building_there}, worker=404, upper=200, case="elsewhere"),
    PAGE("board_print", {"building": building_here}, upper=200),
    PAGE("grid_gaps", upper=200),
    PAGE("grid_new", worker=404),
    PAGE("grid_draw", {"grid": own_grid}, worker=404),
    PAGE("grid_edit", {"grid": own_grid}, worker=404),
    PAGE("grid_end", {"grid": other_grid}, officer=302, worker=404, data={}),
    PAGE("community_settings", worker=404),
    PAGE("community_settings", officer=200, worker=404, data={}, case="sent"),
    PAGE("place_file", PLACE),
    PAGE("place_new", {"under": building_here}),
    PAGE("place_edit", PLACE),
    PAGE("place_alias", PLACE, officer=302, worker=302, data={"name": "旧名"}),
    PAGE("place_merge", PLACE),
    PAGE("place_end", PLACE, officer=409, worker=409, data={}),
    PAGE("place_unmerge", {"merge": nothing}, officer=404, worker=404, data={}),
    PAGE("household_list", upper="look_reason"),
    PAGE("household_new", {"dwelling": door_here}),
    PAGE("household_file", HOME, upper="look_reason"),
    PAGE("household_file", {"household": there}, worker=404, upper="look_reason", case="elsewhere"),
    PAGE("household_move_in", HOME),
    PAGE("household_move_out", HOME),
    PAGE("household_split", HOME),
    PAGE("household_merge", HOME),
    PAGE("household_unmerge", HOME, officer=404, worker=404, data={}),
    PAGE("household_head", HOME),
    PAGE("household_death", HOME),
    PAGE("household_tenure", HOME),
    PAGE("household_tenure", {"household": there}, worker=404, case="elsewhere"),
    PAGE("resident_list", upper="look_reason"),
    PAGE("resident_new", HOME),
    PAGE("resident_edit", PERSON),
    PAGE("resident_edit", {"resident": person_there}, worker=404, case="elsewhere"),
    PAGE("resident_away", PERSON),
    PAGE("resident_back", PERSON, officer=302, worker=302, data={}),
    PAGE("trait_new", PERSON),
    PAGE("trait_end", {**PERSON, "code": "pregnant"}, officer=302, worker=302, data={}),
    PAGE("bulk_edit", data={}),
    PAGE("duplicates", upper="look_reason"),
    PAGE("resident_merge", {"gone": second_here, "kept": person_here}),
    PAGE("resident_unmerge", {"gone": person_here}, officer=404, worker=404, data={}),
    PAGE("grid_ledgers", upper=200),
    PAGE("grid_ledger", {"grid": own_grid}, upper="look_reason"),
    PAGE("grid_ledger", {"grid": other_grid}, worker=404, upper="look_reason", case="elsewhere"),
    PAGE("label_schemes", upper=200),
    PAGE("label_edit", {"label": nothing}, officer=404, worker=404),
    PAGE("schemes_apply", officer=302, worker=404, data={}),
    PAGE("mark_new", HOME),
    PAGE("mark_approve", {"mark": nothing}, officer=404, worker=404, data={}),
    PAGE("mark_end", {"mark": nothing}, officer=404, worker=404, data={}),
    PAGE("objection_list", upper=200),
    PAGE("objection_new", HOME),
    PAGE("objection_answer", {"objection": nothing}, officer=404, worker=404),
    PAGE("search", upper=200),
]
