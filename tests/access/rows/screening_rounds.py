"""Who gets what: rounds, the missing list, paper sheets, reports, the census."""

from datetime import timedelta

from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.orders.actions.rounds import order_round
from gridwell.orders.actions.zones import Basis
from gridwell.orders.models import RoundOrder
from gridwell.orders.tests.make import make_building, make_district
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY, make_grid
from gridwell.screening.actions.report_layouts import add_layout
from gridwell.screening.models import Round, RoundMember
from gridwell.screening.rules.report_layouts import BUILT_IN
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


def a_layout(cast: Cast) -> int:
    return _a_layout(cast, cast.officer, COMMUNITY)


def a_layout_above(cast: Cast) -> int:
    return _a_layout(cast, cast.actors["district"], DISTRICT)


def _a_layout(cast: Cast, actor: Actor, area: int) -> int:
    a_building(cast)
    form = BUILT_IN["daily"]
    return add_layout(actor=actor, area=area, name="日报", title="", form=form, now=clock.now()).pk


ORDER, ROUND = {"order": an_order}, {"round": a_round}
MEMBER = {"round": a_round, "member": a_member}
SHEET = {"round": a_round, "building": a_building}
LAYOUT, FROM_ABOVE = {"layout": a_layout}, {"layout": a_layout_above}
FIGURES = {"officer": 200, "grid_worker": 200, "district": 200}
NAMES = {"officer": 200, "grid_worker": 200, "district": "look_reason"}
RUNS = {"officer": 409, "grid_worker": 404, "district": 409}
NOTES = {"officer": 409, "grid_worker": 409, "district": 404}
ENTERS = {"officer": 200, "grid_worker": 200, "district": 404}
KEEPS = {"officer": 200, "grid_worker": 404, "district": 200}
KEPT = {"officer": 422, "grid_worker": 404, "district": 422}
NOBODY = {"officer": 404, "grid_worker": 404, "district": 404}
ABOVE = {"officer": 404, "grid_worker": 404, "subdistrict": 404, "district": 200}

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
    ROW("round_compare", area=DISTRICT, case="above", **ABOVE),
    ROW("round_compare_buildings", area=COMMUNITY, **FIGURES),
    ROW("round_layouts", area=COMMUNITY, **FIGURES),
    ROW("round_layouts", area=DISTRICT, case="above", **ABOVE),
    ROW("round_layout_new", area=COMMUNITY, **KEEPS),
    ROW("round_layout_new", area=COMMUNITY, data={}, case="sent", **KEPT),
    ROW("round_layout_new", area=DISTRICT, case="above", **ABOVE),
    ROW("round_layout", LAYOUT, area=COMMUNITY, **FIGURES),
    ROW(
        "round_layout",
        LAYOUT,
        area=COMMUNITY,
        data={},
        case="sent",
        officer=422,
        grid_worker=409,
        district=422,
    ),
    ROW("round_layout", FROM_ABOVE, area=COMMUNITY, case="from-above", **FIGURES),
    ROW(
        "round_layout",
        FROM_ABOVE,
        area=COMMUNITY,
        data={},
        case="from-above-sent",
        officer=409,
        grid_worker=409,
        district=409,
    ),
    ROW("round_layout", FROM_ABOVE, area=DISTRICT, case="above", **ABOVE),
    ROW(
        "round_layout",
        LAYOUT,
        area=DISTRICT,
        case="of-one-below",
        officer=404,
        grid_worker=404,
        subdistrict=404,
        district=404,
    ),
    ROW("round_layout_remove", LAYOUT, area=COMMUNITY, **KEEPS),
    ROW("round_layout_remove", FROM_ABOVE, area=COMMUNITY, case="from-above", **NOBODY),
    ROW("round_layout_remove", FROM_ABOVE, area=COMMUNITY, data={}, case="take", **NOBODY),
    ROW(
        "round_layout_restore",
        LAYOUT,
        area=COMMUNITY,
        data={},
        officer=302,
        grid_worker=404,
        district=302,
    ),
    ROW("round_layout_restore", FROM_ABOVE, area=COMMUNITY, data={}, case="from-above", **NOBODY),
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
    ROW("round_form", ROUND, area=COMMUNITY, **FIGURES),
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
