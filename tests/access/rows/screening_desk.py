"""Who gets what: the sampling desk, its package, boxes, kits, cards.

The desk is for who samples: the officer, the grid worker for the own grid, and the members of
sampling groups (their tests are beside the desk's). Levels above see figures, not the desk.
"""

from uuid import uuid4

from gridwell.core import clock
from gridwell.health.models import Sample
from gridwell.places.tests.make import COMMUNITY
from gridwell.residents.models import Resident
from gridwell.screening.actions import boxes, desk
from gridwell.screening.actions.rounds import open_round, plan_round
from gridwell.screening.models import Box, DeskContact, Round
from gridwell.screening.queries.desk import access_desk
from tests.access.rows.screening_rounds import an_order
from tests.access.samples import DISTRICT, EVERYBODY, ROW, Cast, Row


def a_round(cast: Cast) -> int:
    """An open round of the community."""
    found = Round.objects.filter(state="open").first()
    if found is None:
        from gridwell.orders.models import RoundOrder

        order = RoundOrder.objects.get(pk=an_order(cast))
        row = plan_round(actor=cast.officer, order=order, now=clock.now())
        found = open_round(actor=cast.officer, round=row, now=clock.now())
    return found.pk


def a_sample(cast: Cast) -> int:
    """Somebody in an open tube."""
    sampler = access_desk(cast.officer, a_round(cast))
    found = Sample.objects.filter(superseded_at=None).first()
    if found is None:
        now, code = clock.now(), uuid4().hex[:10]
        tube = desk.open_tube(sampler=sampler, code=code, ref=uuid4(), desk="d", now=now)
        person = Resident.objects.first()
        assert person is not None
        key = f"r:{person.ref.hex}"
        found = desk.add_sample(sampler=sampler, tube=tube, key=key, ref=uuid4(), now=now)
    return found.pk


def a_tube(cast: Cast) -> int:
    return Sample.objects.get(pk=a_sample(cast)).tube_id


def a_box(cast: Cast) -> int:
    sampler = access_desk(cast.officer, a_round(cast))
    found = Box.objects.first()
    return (found or boxes.start_box(sampler=sampler, code="BOX1", now=clock.now())).pk


def a_contact(cast: Cast) -> int:
    """A device of a desk that was heard."""
    row = Round.objects.get(pk=a_round(cast))
    found = DeskContact.objects.filter(round=row).first()
    facts = {"community_id": COMMUNITY, "round": row, "heard_at": clock.now()}
    return (found or DeskContact.objects.create(device=uuid4(), **facts)).pk


def _desk(name: str, *, data: dict | None = None, answer: int | str = 200, **kwargs) -> Row:
    return ROW(
        name,
        {"round": a_round, **kwargs},
        data=data,
        officer=answer,
        grid_worker=answer,
        district=404,
    )


ROWS = [
    ROW("desk_list", officer=200, grid_worker=200, district=200, stranger=200, admin=404),
    EVERYBODY("desk_worker", anonymous=200),
    ROW("desk_shell", officer=200, grid_worker=200, district=200, stranger=200, admin=404),
    _desk("desk_page"),
    _desk("desk_scan", data={"entry": "?"}, answer=409),
    _desk("desk_put", data={}, answer=409),
    _desk("desk_close", data={}, answer=409),
    _desk("desk_undo", data={}, answer="desk_page", sample=a_sample),
    _desk("desk_correct", sample=a_sample),
    _desk("desk_guest"),
    _desk("desk_entries"),
    _desk("desk_settle", data={}, answer=409),
    _desk("desk_watch"),
    _desk("desk_give_up", data={"reason": ""}, answer=409, contact=a_contact),
    _desk("desk_app"),
    _desk("desk_bundle", data={}),
    _desk("desk_key", data={"ref": "x"}, answer=404),
    _desk("desk_send", data={}, answer=400),
    _desk("tube_close", data={}, answer="box_list", tube=a_tube),
    _desk("box_list"),
    _desk("box_page", box=a_box),
    _desk("box_act", data={}, answer=409, box=a_box, act="pack"),
    ROW("card_print", area=COMMUNITY, officer=200, grid_worker=404, district=404),
    ROW("kit_page", area=COMMUNITY, officer=200, grid_worker=404, district=404),
    ROW("kit_page", {"area": DISTRICT}, officer=404, grid_worker=404, district=404, case="above"),
    ROW("kit_file", {"area": COMMUNITY}, data={}, officer=409, grid_worker=404, district=404),
]
