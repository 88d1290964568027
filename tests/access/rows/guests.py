"""Who gets what: visitors and staff, exemptions, suggestions of places."""

from datetime import timedelta
from uuid import uuid4

from gridwell.core import clock
from gridwell.health.actions.exemptions import exempt
from gridwell.health.models import Exemption
from gridwell.orders.tests.make import NOW, make_building, make_district
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY, make_grid
from gridwell.residents.actions.guests import register_guest
from gridwell.residents.models import Resident, Stay
from tests.access.samples import ROW, Answer, Cast, Row


def a_door(cast: Cast) -> Place:
    found = Place.objects.filter(community_id=COMMUNITY, kind="dwelling").order_by("pk").first()
    if found is None:
        make_district()
        make_building(rooms=("101",))
        Place.objects.filter(community_id=COMMUNITY, kind="dwelling").update(grid=make_grid())
        return a_door(cast)
    return found


def a_guest(cast: Cast) -> int:
    found = Stay.objects.filter(superseded_at=None).first()
    if found is None:
        found = register_guest(
            actor=cast.officer,
            place=a_door(cast),
            name="王店员",
            kind="staff",
            starts_at=NOW,
            ends_at=None,
            ref=uuid4(),
            now=NOW,
        )
    return found.pk


def an_exemption(cast: Cast) -> int:
    found = Exemption.objects.filter(superseded_at=None).first()
    if found is None:
        a_door(cast)
        found = exempt(
            actor=cast.officer,
            resident=Resident.objects.order_by("pk").first(),
            reason="recovered",
            starts_at=clock.now() - timedelta(days=1),
            ends_at=clock.now() + timedelta(days=300),
            now=clock.now(),
        )
    return found.pk


def PAGE(name: str, kwargs: object = None, worker: Answer = 200, **more: object) -> Row:
    """Return a row of a page that names people: who sees none of them finds nothing."""
    expected = {"officer": 200, "grid_worker": worker, "district": 404} | more
    return ROW(name, kwargs, area=COMMUNITY, **expected)


GUEST, EXEMPTION = {"stay": a_guest}, {"exemption": an_exemption}
WHY = {"reason": "录入有误"}

ROWS = [
    PAGE("place_suggest", district=200),
    PAGE("guest_list"),
    PAGE("guest_list", data={}, case="empty"),
    PAGE("guest_file", GUEST),
    PAGE("guest_enter", GUEST),
    PAGE("guest_enter", GUEST, data={"resident": "999999999"}, case="nobody"),
    PAGE("guest_number", GUEST, officer=409, worker=409, data={"document": "x"}, case="odd"),
    PAGE("guest_sheets"),
    PAGE("guest_sampled", GUEST, officer=302, worker=302, data={}),
    PAGE("guest_sampled", GUEST, officer=409, worker=409, data={"outcome": "x"}, case="odd"),
    PAGE("guest_end", GUEST, officer=409, worker=409, data={"ends_at": "x"}, case="odd"),
    PAGE(
        "guest_end",
        GUEST,
        officer=409,
        worker=409,
        data={"ends_at": "2099-01-01T00:00"},
        case="far",
    ),
    PAGE("exemption_list"),
    PAGE("exemption_list", data={}, case="empty"),
    PAGE("exemption_end", EXEMPTION, officer=409, worker=409, data={}, case="empty"),
    PAGE("exemption_end", EXEMPTION, officer=302, worker=409, data=WHY),
]
