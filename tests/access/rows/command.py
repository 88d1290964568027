"""Who gets what: notices, zones, standstills, isolation, cases, results."""

from typing import Any

from gridwell.orders.models import Notice, Zone, ZoneChange
from gridwell.orders.tests.make import make_building, make_district, make_notice, make_zone
from tests.access.samples import COMMUNITY, ROW, Answer, Cast, Row


def a_notice(cast: Cast) -> int:
    found = Notice.objects.first()
    if found is None:
        make_district()
        make_building()
        found = make_notice(cast.officer).notice
    return found.pk


def a_zone(cast: Cast) -> int:
    found = Zone.objects.first()
    if found is None:
        make_district()
        found = make_zone(cast.officer, place=make_building())
    return found.pk


def a_change(cast: Cast) -> int:
    return ZoneChange.objects.filter(zone=a_zone(cast)).order_by("pk").first().pk


def nothing(cast: Cast) -> int:
    return 10**9


def PAGE(
    name: str,
    kwargs: Any = None,
    *,
    officer: Answer = 200,
    worker: Answer = 200,
    upper: Answer = 200,
    **more: Any,
) -> Row:
    """Return a row of a page of one community."""
    return ROW(
        name, kwargs, area=COMMUNITY, officer=officer, grid_worker=worker, district=upper, **more
    )


NOTICE, ZONE = {"notice": a_notice}, {"zone": a_zone}
ITEM, CHANGE = {**NOTICE, "sequence": 1}, {"zone": a_zone, "change": a_change}

#: Posts without what they need: the page refuses, whoever sends it.
EMPTY = {"data": {}}

ROWS = [
    # A grid worker reads orders; a form is shown as well, sending it is refused (409).
    PAGE("notice_list"),
    PAGE("notice_new"),
    PAGE("notice_desk", NOTICE),
    PAGE("notice_item", ITEM),
    PAGE("notice_choose", ITEM, officer=404, worker=404, upper=404, **EMPTY),
    PAGE("notice_answer", NOTICE, officer=404, worker=404, upper=404, **EMPTY),
    PAGE("notice_rematch", NOTICE, officer=302, worker=409, upper=302, **EMPTY),
    PAGE("notice_approve", NOTICE),
    PAGE("notice_not_ours", NOTICE, officer=409, worker=409, upper=409, **EMPTY),
    PAGE("notice_withdraw", NOTICE),
    PAGE("notice_approve_below", NOTICE, officer=409, worker=409, upper=302, **EMPTY),
    PAGE("zone_list"),
    PAGE("zone_new"),
    PAGE("zone_file", ZONE),
    PAGE("zone_round", ZONE, officer=422, worker=422, upper=422, **EMPTY),
    PAGE("zone_spread", ZONE, officer=409, worker=409, upper=409, **EMPTY),
    PAGE("zone_sheets", ZONE),
    PAGE("zone_delivered", ZONE, officer=409, worker=409, upper=409, **EMPTY),
    PAGE("zone_words", ZONE),
    PAGE("zone_change", {**ZONE, "act": "lift"}),
    PAGE("zone_correct", CHANGE),
    PAGE("zone_withdraw", CHANGE),
    PAGE("zone_attach", CHANGE, officer=404, worker=404, upper=404, **EMPTY),
    PAGE("standstill_list"),
    PAGE("standstill_end", {"standstill": nothing}, officer=404, worker=404, upper=404),
    PAGE("event_list"),
    PAGE("event_close", {"event": nothing}, officer=404, worker=404, upper=404),
    # People by name: the community's own; upper levels see counts.
    PAGE("stay_list", upper=404),
    PAGE("stay_new", upper=404),
    PAGE(
        "stay_end",
        {"kind": "isolation", "stay": nothing},
        officer=404,
        worker=404,
        upper=404,
        **EMPTY,
    ),
    PAGE("stay_print", {"sheet": "isolation"}, upper=404),
    PAGE("stay_delivered", {"sheet": "isolation"}, officer=302, worker=302, upper=302, **EMPTY),
    PAGE("case_list", upper=404),
    PAGE("case_withdraw", {"case": nothing}, officer=404, worker=404, upper=404, **EMPTY),
    PAGE("result_list", upper=404),
    PAGE("protocol_list"),
    PAGE("protocol_version", {"version": nothing}, officer=404, worker=404, upper=404),
]
