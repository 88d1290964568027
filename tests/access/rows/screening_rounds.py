"""Who gets what: rounds, the missing list, paper sheets, reports, the census."""

from datetime import timedelta

from gridwell.core import clock
from gridwell.orders.actions.rounds import order_round
from gridwell.orders.actions.zones import Basis
from gridwell.orders.models import RoundOrder
from gridwell.orders.tests.make import make_building, make_district
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY, make_grid
from gridwell.screening.models import Round, RoundMember
from tests.access.samples import DISTRICT, ROW, Cast


def a_building(cast: Cast) -> int:
    found = Place.objects.filter(community_id=COMMUNITY, kind="building").first()
    if found is None:
        make_district()
        found = make_building(rooms=("101",))
    Place.objects.filter(community_id=COMMUNITY).update(grid=make_grid())
    return found.pk


def an_order(cast: Cast) -> int:
    found = RoundOrder.objects.first()
    if found is None:
        a_building(cast)
        now = clock.now()
        found = order_round(
            actor=cast.officer,
            community=COMMUNITY,
            purpose="city_round",
            on=clock.day_of(now) + timedelta(days=1),
            pool="10",
            basis=Basis(ordered_by="区指挥部", clause="T4-8"),
            now=now,
        )
    return found.pk


def a_round(cast: Cast) -> int:
    """An open round with everybody of the building in it, whatever the plan of the day says."""
    found = Round.objects.first()
    if found is None:
        order, now = RoundOrder.objects.get(pk=an_order(cast)), clock.now()
        found = Round.objects.create(
            community_id=COMMUNITY,
            order=order,
            on=clock.day_of(now),
            state="open",
            opened_at=now,
            recorded_at=now,
        )
        building = Place.objects.get(pk=a_building(cast))
        for door in Place.objects.filter(kind="dwelling", building=building):
            for resident in door.residents.all():
                RoundMember.objects.create(
                    community_id=COMMUNITY,
                    round=found,
                    resident=resident,
                    household_id=resident.memberships.first().household_id,
                    dwelling=door,
                    building=building,
                    grid=door.grid,
                )
    return found.pk


def a_member(cast: Cast) -> int:
    a_round(cast)
    return RoundMember.objects.order_by("pk").first().pk


ORDER, ROUND = {"order": an_order}, {"round": a_round}
MEMBER = {"round": a_round, "member": a_member}
SHEET = {"round": a_round, "building": a_building}
FIGURES = {"officer": 200, "grid_worker": 200, "district": 200}
NAMES = {"officer": 200, "grid_worker": 200, "district": "look_reason"}
RUNS = {"officer": 409, "grid_worker": 404, "district": 409}
NOTES = {"officer": 409, "grid_worker": 409, "district": 404}
ENTERS = {"officer": 200, "grid_worker": 200, "district": 404}

ROWS = [
    ROW("round_list", area=COMMUNITY, **FIGURES),
    ROW("round_list", area=COMMUNITY, case="empty", data={}, **FIGURES),
    ROW(
        "round_list",
        area=DISTRICT,
        case="above",
        stranger=404,
        officer=404,
        grid_worker=404,
        subdistrict=404,
        district=200,
    ),
    ROW("round_compare", area=COMMUNITY, **FIGURES),
    ROW("key_people", area=COMMUNITY, **NAMES),
    ROW("round_order_end", ORDER, area=COMMUNITY, data={}, **RUNS),
    ROW(
        "round_plan",
        ORDER,
        area=COMMUNITY,
        data={},
        officer=302,
        grid_worker=404,
        district=302,
    ),
    ROW("round_file", ROUND, area=COMMUNITY, **FIGURES),
    ROW(
        "round_open",
        ROUND,
        area=COMMUNITY,
        data={},
        officer=302,
        grid_worker=404,
        district=302,
    ),
    ROW("round_targets", ROUND, area=COMMUNITY, data={}, **RUNS),
    ROW("round_update", ROUND, area=COMMUNITY, data={}, **RUNS),
    ROW("round_close", ROUND, area=COMMUNITY, data={}, **RUNS),
    ROW("round_reopen", ROUND, area=COMMUNITY, data={}, **RUNS),
    ROW("round_missing", ROUND, area=COMMUNITY, **NAMES),
    ROW("round_outcome", ROUND, area=COMMUNITY, data={"outcome": "odd"}, **NOTES),
    ROW("round_member", MEMBER, area=COMMUNITY, **NAMES),
    ROW(
        "round_member",
        MEMBER,
        area=COMMUNITY,
        case="odd",
        data={"act": "remove"},
        officer=409,
        grid_worker=409,
        district="look_reason",
    ),
    ROW("round_sheet", SHEET, area=COMMUNITY, **NAMES),
    ROW("round_sheet_back", SHEET, area=COMMUNITY, **(NAMES | {"district": "look_reason"})),
    ROW("round_report", ROUND, area=COMMUNITY, **NAMES),
    ROW("census", area=COMMUNITY, **ENTERS),
    ROW("census_building", {"building": a_building}, area=COMMUNITY, **ENTERS),
    ROW(
        "census_building",
        {"building": a_building},
        area=COMMUNITY,
        case="empty",
        data={},
        **ENTERS,
    ),
]
