"""Who gets what: notices, zones, standstills, isolation, cases, results."""

from typing import Any

from gridwell.orders.actions.standstills import begin_standstill
from gridwell.orders.models import Notice, Standstill, Zone, ZoneChange
from gridwell.orders.tests.make import (
    NOW,
    make_building,
    make_district,
    make_notice,
    make_zone,
    notice_text,
)
from gridwell.places.models import Place
from gridwell.places.tests.make import make_grid
from gridwell.protocols.actions import open_event
from gridwell.protocols.models import Event
from tests.access.samples import COMMUNITY, DISTRICT, ROW, Answer, Cast, Row


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


def a_zone_of_the_worker(cast: Cast) -> int:
    zone = a_zone(cast)
    Place.objects.filter(community_id=COMMUNITY, kind="dwelling").update(grid=make_grid())
    return zone


def a_change(cast: Cast) -> int:
    return ZoneChange.objects.filter(zone=a_zone(cast)).order_by("pk").first().pk


FLOOD = "因强降雨,请金桂苑1号楼居民于2099年11月24日18时前全部转移至金桂小学。\n2022年11月23日"


def a_flood(cast: Cast) -> int:
    found = Notice.objects.filter(text=FLOOD).first()
    if found is None:
        make_district()
        make_building()
        found = make_notice(cast.officer, text=FLOOD).notice
    return found.pk


def a_standstill(cast: Cast) -> int:
    found = Standstill.objects.first()
    if found is None:
        make_district()
        found = begin_standstill(
            actor=cast.officer,
            community=COMMUNITY,
            place=None,
            starts_at=NOW,
            ends_at=None,
            ordered_by="区指挥部",
            ordered_how="",
            reason="区域静默",
            event=None,
            now=NOW,
        )
    return found.pk


def an_event(cast: Cast, area: int = COMMUNITY) -> int:
    found = Event.objects.filter(area_id=area).first()
    if found is None:
        make_district()
        who = cast.actors["district"]
        found = open_event(actor=who, area=area, name="疫情", family="covid19", now=NOW)
    return found.pk


def with_protocols(cast: Cast) -> int:
    make_district()
    return COMMUNITY


def an_event_above(cast: Cast) -> int:
    return an_event(cast, DISTRICT)


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
MEASURE = {"notice": a_flood, "start": 0}
A_TRANSFER = {
    "kind": "evacuate",
    "place": "金桂苑1号楼",
    "due_at": "2099-11-24T18:00",
    "words": "转移",
    "confirmed": "yes",
}
ITEM, CHANGE = {**NOTICE, "sequence": 1}, {"zone": a_zone, "change": a_change}

#: Posts without what they need: those who may are told what is missing, others find nothing.
EMPTY = {"data": {}}
LEFT_OUT = {"officer": 404, "worker": 404, "upper": 404}

#: Complete forms: whoever may not send one gets 404, so that nothing depends on a missing field.
ORDER = {"ordered_by": "区指挥部", "ordered_how": "电话", "reason": "研判"}
AN_ACT = ORDER | {"effective_at": "2022-11-23T10:00"}
WHY = {"reason": "录入有误"}
A_ZONE = {"boundary": "东至迎泽西大街", "level": "high", "effective_at": "2022-11-18T00:00"} | ORDER
A_RIGHT = {"effective_at": "2022-11-18T10:00", "level": "", "reason": "日期抄错"}
A_RANGE = AN_ACT | {"places": "金桂苑1号楼"}
ACTS_SENT = (
    ("lift", AN_ACT, {"upper": 200}),  # it is not open any more
    ("restart", AN_ACT, {}),
    ("range", A_RANGE, {"officer": 200, "upper": 200}),  # the effect first
)
CREATE = {"index": "0", "how": "create", "ground": ""}
A_ROUND = {"on": "2022-11-23", "due": 6, "sampled": 6, "negative": 6, "positive": 0}
A_STANDSTILL = ORDER | {"starts_at": "2022-11-23T08:00"}
AN_END = WHY | {"ends_at": "2099-11-24T20:00"}
AN_ANSWER = {"code": "unread", "sequence": "0", "start": "0", "answer": "agreed"}
A_STAY = {
    "kind": "home",
    "person_class": "zone_outflow",
    "from_on": "2022-11-16",
    "already_spent": 0,
}
A_CASE = {"found_at": "2022-11-22T10:00", "kind": "confirmed", "place": "金桂苑1号楼"}
A_RESULT = {"sampled_at": "2022-11-23T08:00", "outcome": "negative"}


def SENT(
    name: str,
    kwargs: Any = None,
    *,
    data: Any,
    officer: Answer = 302,
    worker: Answer = 404,
    upper: Answer = 302,
    case: str = "sent",
) -> Row:
    """Return a row of a complete form that each role sends, one after the other."""
    return PAGE(name, kwargs, officer=officer, worker=worker, upper=upper, data=data, case=case)


ROWS = [
    # A grid worker reads orders; forms of what only an officer decides are not there.
    PAGE("notice_list"),
    PAGE("notice_new", worker=404),
    SENT("notice_new", data={"text": notice_text()}),
    PAGE("notice_desk", NOTICE),
    PAGE("notice_item", ITEM),
    PAGE("notice_choose", ITEM, **LEFT_OUT, **EMPTY),
    SENT("notice_choose", ITEM, data={"index": "0", "how": "outside"}),
    SENT("notice_choose", ITEM, data=CREATE, upper=404, case="create"),
    PAGE("notice_answer", NOTICE, **LEFT_OUT, **EMPTY),
    SENT("notice_answer", NOTICE, data=AN_ANSWER),
    PAGE("notice_rematch", NOTICE, officer=302, worker=404, upper=302, **EMPTY),
    PAGE("notice_approve", NOTICE, worker=404),
    SENT("notice_approve", NOTICE, data={"version": "x"}, officer=409, upper=409),
    SENT("notice_not_ours", NOTICE, data={}, officer=409, upper=409, case="empty"),
    SENT("notice_not_ours", NOTICE, data=WHY, upper=409),
    SENT("notice_reopen", NOTICE, data={}, officer=409, upper=409),
    PAGE("notice_withdraw", NOTICE, worker=404),
    SENT("notice_withdraw", NOTICE, data=WHY, officer=409, upper=409),
    SENT("notice_approve_below", NOTICE, data={}, officer=404, upper=404, case="here"),
    ROW(
        "notice_approve_below",
        NOTICE,
        area=DISTRICT,
        officer=404,
        grid_worker=404,
        subdistrict=404,
        district=302,
        data={},
    ),
    PAGE("measure_work", MEASURE, worker=404),
    SENT("measure_work", MEASURE, data=A_TRANSFER),
    PAGE("measure_end", MEASURE, officer=409, worker=404, upper=409, **EMPTY),
    SENT("measure_end", MEASURE, data=WHY),
    PAGE("zone_list"),
    PAGE("zone_new", worker=404),
    SENT("zone_new", data=A_ZONE, upper=200),
    PAGE("zone_file", ZONE),
    PAGE("zone_round", ZONE, officer=422, worker=422, upper=404, **EMPTY),
    SENT("zone_round", {"zone": a_zone_of_the_worker}, data=A_ROUND, worker=302, upper=404),
    PAGE("zone_spread", ZONE, officer=409, worker=404, upper=409, **EMPTY),
    SENT("zone_spread", ZONE, data={"words": "传播链不清"}),
    PAGE("zone_sheets", ZONE),
    PAGE("zone_delivered", ZONE, officer=409, worker=409, upper=404, **EMPTY),
    SENT("zone_delivered", ZONE, data={"how": "posted"}, worker=302, upper=404),
    PAGE("zone_words", ZONE),
    *(
        row
        for act, form, answers in ACTS_SENT
        for row in (
            PAGE("zone_change", {**ZONE, "act": act}, worker=404, case=act),
            SENT("zone_change", {**ZONE, "act": act}, data=form, case=f"{act}-sent", **answers),
        )
    ),
    PAGE("zone_correct", CHANGE, worker=404),
    SENT("zone_correct", CHANGE, data=A_RIGHT, officer=200, upper=200),
    PAGE("zone_withdraw", CHANGE, worker=404),
    SENT("zone_withdraw", CHANGE, data=WHY, upper=200),
    PAGE("zone_attach", CHANGE, **LEFT_OUT, **EMPTY),
    PAGE("standstill_list"),
    SENT("standstill_list", data=A_STANDSTILL),
    PAGE("standstill_end", {"standstill": a_standstill}, worker=404),
    SENT("standstill_end", {"standstill": a_standstill}, data=AN_END, upper=200),
    PAGE("event_list"),
    SENT("event_list", {"area": with_protocols}, data={"name": "疫情", "family": "covid19"}),
    PAGE("event_close", {"event": an_event}, worker=404),
    PAGE("event_close", {"event": an_event_above}, **LEFT_OUT, case="above"),
    SENT("event_close", {"event": an_event}, data=WHY, upper=200),
    # People by name: the community's own; upper levels see counts.
    PAGE("stay_list", upper=404),
    PAGE("stay_new", upper=404),
    SENT("stay_new", data=A_STAY, officer=200, worker=200, upper=404),
    PAGE("stay_end", {"kind": "isolation", "stay": nothing}, **LEFT_OUT, **EMPTY),
    PAGE("stay_print", {"sheet": "isolation"}, upper=404),
    PAGE("stay_delivered", {"sheet": "isolation"}, officer=302, worker=302, upper=404, **EMPTY),
    PAGE("case_list", upper=404),
    SENT("case_list", data=A_CASE, officer=200, worker=200, upper=404),
    PAGE("case_withdraw", {"case": nothing}, **LEFT_OUT, **EMPTY),
    PAGE("result_list", upper=404),
    SENT("result_list", data=A_RESULT, officer=200, worker=200, upper=404),
    PAGE("protocol_list"),
    PAGE("protocol_version", {"version": nothing}, officer=404, worker=404, upper=404),
]
