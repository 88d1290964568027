"""Who gets what: sampling sites, the desks and slots of a round, the page behind a place code."""

from datetime import timedelta

from gridwell.core import clock
from gridwell.places.tests.make import COMMUNITY
from gridwell.screening.actions import desks, sites, slots
from gridwell.screening.models import Desk, Round, Site, Slot
from tests.access.rows.screening_rounds import a_round
from tests.access.samples import DISTRICT, ROW, Cast


def a_site(cast: Cast) -> int:
    found = Site.objects.filter(ends_at=None).first()
    if found is None:
        now = clock.now()
        found = sites.open_site(actor=cast.officer, community=COMMUNITY, name="东门", now=now)
    return found.pk


def its_ref(cast: Cast) -> object:
    return Site.objects.get(pk=a_site(cast)).ref


def a_desk(cast: Cast) -> int:
    row = Round.objects.get(pk=a_round(cast))
    found = Desk.objects.filter(round=row).first()
    if found is None:
        day = clock.start_of(row.on)
        (found,) = desks.add_desks(
            actor=cast.officer,
            round=row,
            site=Site.objects.get(pk=a_site(cast)),
            hours=desks.Hours(day, day + timedelta(hours=24)),
            now=clock.now(),
        )
    return found.pk


def a_round_with_a_desk(cast: Cast) -> int:
    a_desk(cast)
    return a_round(cast)


def a_slot(cast: Cast) -> int:
    a_desk(cast)
    row = Round.objects.get(pk=a_round(cast))
    found = Slot.objects.filter(round=row).first()
    if found is None:
        slots.make_slots(actor=cast.officer, round=row, now=clock.start_of(row.on))
        found = Slot.objects.filter(round=row).first()
    assert found is not None
    return found.pk


SITE, ROUND = {"site": a_site}, {"round": a_round}
SEEN = {"officer": 200, "grid_worker": 200, "district": 200}
RUNS = {"officer": 409, "grid_worker": 404, "district": 409}

ROWS = [
    ROW("site_list", area=COMMUNITY, **SEEN),
    ROW("site_list", area=COMMUNITY, case="empty", data={}, **SEEN),
    ROW("site_list", area=DISTRICT, case="above", officer=404, grid_worker=404, district=404),
    ROW("site_file", SITE, area=COMMUNITY, **SEEN),
    ROW(
        "site_file", SITE, area=COMMUNITY, case="empty", data={},
        officer=200, grid_worker=404, district=200,
    ),
    ROW("site_end", SITE, area=COMMUNITY, data={}, **RUNS),
    ROW("site_code", SITE, area=COMMUNITY, data={}, **RUNS),
    ROW("site_sheet", SITE, area=COMMUNITY, **SEEN),
    ROW(
        "site_public",
        {"community": COMMUNITY, "ref": its_ref, "version": 1},
        stranger=200, admin=200, anonymous=200, **SEEN,
    ),
    ROW(
        "site_public",
        {"community": COMMUNITY, "ref": its_ref, "version": 2},
        case="never", anonymous=404, officer=404, grid_worker=404, district=404,
    ),
    ROW("slot_page", ROUND, area=COMMUNITY, **SEEN),
    ROW(
        "slot_make", {"round": a_round_with_a_desk}, area=COMMUNITY, data={},
        officer=302, grid_worker=404, district=302,
    ),
    ROW("slot_pace", ROUND, area=COMMUNITY, data={}, **RUNS),
    ROW("slot_undo", ROUND, area=COMMUNITY, data={}, **RUNS),
    ROW("slot_changes", ROUND, area=COMMUNITY, **SEEN),
    ROW("slot_desk_add", ROUND, area=COMMUNITY, data={}, **RUNS),
    ROW(
        "slot_desk", {"round": a_round, "desk": a_desk}, area=COMMUNITY,
        officer=200, grid_worker=404, district=200,
    ),
    ROW(
        "slot_desk", {"round": a_round, "desk": a_desk}, area=COMMUNITY, case="stop",
        data={"act": "stop"}, **RUNS,
    ),
    ROW("slot_file", {"round": a_round, "slot": a_slot}, area=COMMUNITY, **SEEN),
    ROW(
        "slot_file", {"round": a_round, "slot": a_slot}, area=COMMUNITY, case="empty", data={},
        officer=200, grid_worker=404, district=200,
    ),
    ROW(
        "slot_release", {"round": a_round, "slot": a_slot}, area=COMMUNITY, data={},
        officer=302, grid_worker=404, district=302,
    ),
]  # fmt: skip
