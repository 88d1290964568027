"""Who gets what: results of laboratories, their keys, holds after a positive pool."""

from datetime import timedelta
from uuid import uuid4

from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.health.models import Hold, Tube
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY
from gridwell.residents.models import Resident
from gridwell.screening.actions.laboratories import add_laboratory
from gridwell.screening.actions.results import Sent, take_results
from gridwell.screening.models import Laboratory, ResultFault
from gridwell.screening.rules.results import ResultLine
from tests.access.rows.guests import a_door
from tests.access.samples import DISTRICT, ROW, Answer, Cast, Row


def a_hold(cast: Cast) -> int:
    found = Hold.objects.first()
    if found is None:
        now = clock.now()
        door: Place = a_door(cast)
        person = Resident.objects.filter(dwelling=door).order_by("pk").first()
        tube = Tube.objects.create(
            community_id=COMMUNITY, code="HELD1", round=uuid4(), pool="10", state="positive",
            opened_at=now, resulted_at=now, recorded_at=now,
        )  # fmt: skip
        found = Hold.objects.create(
            community_id=COMMUNITY, dwelling=door, tube=tube, resident=person,
            starts_at=now - timedelta(hours=1), clause="QA-hold", protocol="P20-T4", end="confirmed",
            recorded_at=now,
        )  # fmt: skip
    return found.pk


def a_fault(cast: Cast) -> int:
    found = ResultFault.objects.filter(settled_at=None).first()
    if found is None:
        line = ResultLine(2, tube=f"X{ResultFault.objects.count()}", said="阴性")
        sent = Sent(COMMUNITY, [line], "file")
        _, (found,) = take_results(actor=_officer(cast), sent=sent, now=clock.now())
    return found.pk


def _officer(cast: Cast) -> Actor:
    return cast.officer


def a_laboratory(cast: Cast) -> int:
    found = Laboratory.objects.filter(revoked_at=None).first()
    if found is None:
        found = add_laboratory(actor=cast.officer, area=COMMUNITY, name="金域检验", now=clock.now())
    return found.pk


def DESK(name: str, kwargs: object = None, answer: Answer = 200, **more: object) -> Row:
    """Return a row of a page for whoever approves orders; for grid workers it is not there."""
    return ROW(
        name, kwargs, area=COMMUNITY, officer=answer, grid_worker=404, district=answer, **more
    )


def OPEN(name: str, answer: Answer, **more: object) -> Row:
    """Return a row of an address that asks for a key, not for a person who has signed in."""
    same = dict.fromkeys(
        ("officer", "grid_worker", "district", "stranger", "admin", "anonymous"), answer
    )
    return ROW(name, **same, **more)


FAULT, LAB, HELD = {"fault": a_fault}, {"laboratory": a_laboratory}, {"hold": a_hold}

ROWS = [
    DESK("lab_results"),
    DESK("lab_results", data={}, case="empty"),
    DESK("lab_waiting"),
    DESK("lab_faults"),
    DESK("lab_fault", FAULT),
    DESK("lab_fault", FAULT, data={}, case="empty"),
    DESK("lab_fault", FAULT, 404, data={"stay": "1"}, case="no guest"),
    DESK("lab_aside", answer=409, data={}, case="empty"),
    DESK("lab_again", answer=302, data={}),
    DESK("lab_list"),
    DESK("lab_list", data={}, case="empty"),
    DESK("lab_act", LAB, 404, data={}, case="empty"),
    DESK("lab_act", LAB, 200, data={"act": "key"}, case="key"),
    DESK("lab_act", LAB, 409, data={"act": "key", "overlap": "99"}, case="overlap"),
    DESK("lab_act", LAB, 404, data={"act": "revoke_key", "key": "0", "reason": "x"}, case="no key"),
    ROW("hold_list", area=COMMUNITY, officer=200, grid_worker=200, district="look_reason"),
    ROW(
        "hold_list",
        area=DISTRICT,
        officer=404,
        grid_worker=404,
        subdistrict=404,
        district=200,
        case="upper",
    ),
    ROW("hold_file", HELD, area=COMMUNITY, officer=200, grid_worker=200, district="look_reason"),
    ROW(
        "hold_file",
        HELD,
        area=COMMUNITY,
        officer=200,
        grid_worker=409,
        district="look_reason",
        data={},
        case="empty",
    ),
    ROW("case_proposals", HELD, area=COMMUNITY, officer=200, grid_worker=200, district=404),
    ROW(
        "case_proposals",
        HELD,
        area=COMMUNITY,
        officer=200,
        grid_worker=200,
        district=404,
        data={},
        case="empty",
    ),
    OPEN("api_results", 405),
    OPEN("api_results", 401, data={}, case="no-key"),
    OPEN("api_results_guide", 200),
    OPEN("api_results_openapi", 200),
]
