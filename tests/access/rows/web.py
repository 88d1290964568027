"""Who gets what: Today and the lists behind it."""

from gridwell.residents.models import Household
from gridwell.residents.tests.make import make_household, make_resident
from tests.access.samples import COMMUNITY, DISTRICT, EVERYBODY, ROW, Cast


def a_household(cast: Cast) -> int:
    """Return a household of nobody's grid: the officer's, not the grid worker's."""
    found = Household.objects.filter(community=COMMUNITY).first()
    if found is None:
        found = make_household()
        make_resident(household=found)
    return found.pk


HOME = {"household": a_household}

ROWS = [
    EVERYBODY("home", to="today", admin=200),
    ROW("today", area=COMMUNITY, officer=200, grid_worker=200, district=200),
    ROW(
        "today",
        area=DISTRICT,
        officer=404,
        grid_worker=404,
        subdistrict=404,
        district=200,
        case="above",
    ),
    ROW("today_changes", area=COMMUNITY, officer=200, grid_worker=200, district=200),
    ROW(
        "today_list",
        {"code": "be_sampled"},
        area=COMMUNITY,
        officer=200,
        grid_worker=200,
        district="look_reason",
    ),
    ROW("today_why", HOME, area=COMMUNITY, officer=200, grid_worker=404, district="look_reason"),
]
