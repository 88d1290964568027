"""Who gets what: modes, take-overs, instructions, reports, emergency looks, the chronicle."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from gridwell.accounts.models import Post
from gridwell.command.actions.emergency import open_access
from gridwell.command.actions.instructions import send_instruction
from gridwell.command.actions.modes import switch_mode
from gridwell.command.actions.reports import send_report
from gridwell.command.actions.takeovers import take_over
from gridwell.command.models import (
    ClosingReport,
    EmergencyAccess,
    Instruction,
    InstructionReceipt,
    Report,
    TakeOver,
)
from gridwell.command.queries.modes import mode_effect
from gridwell.core import clock
from gridwell.orders.tests.make import make_district
from gridwell.places.models import Area
from gridwell.residents.tests.make import make_resident
from tests.access.samples import COMMUNITY, DISTRICT, EVERYBODY, ROW, Answer, Cast, Row

NUMBER = "110101199003074610"


def an_instruction(cast: Cast, area: int = COMMUNITY) -> int:
    found = Instruction.objects.filter(area_id=area).first()
    if found is None:
        make_district()
        worker = Post.objects.get(holder_id=cast.grid_worker.user_id)
        actor = cast.officer if area == COMMUNITY else cast.actors["district"]
        found = send_instruction(
            actor=actor,
            area=area,
            title="排查",
            text="逐户",
            to_areas=[] if area == COMMUNITY else [COMMUNITY],
            to_posts=[worker],
            client_ref=uuid4(),
            now=clock.now(),
        )
    return found.pk


def a_receipt_of_the_desk(cast: Cast) -> int:
    an_instruction(cast, DISTRICT)
    return InstructionReceipt.objects.get(receiver=None).pk


def a_receipt_of_the_worker(cast: Cast) -> int:
    an_instruction(cast)
    return InstructionReceipt.objects.get(receiver__isnull=False).pk


def a_report(cast: Cast) -> int:
    found = Report.objects.first()
    if found is None:
        make_district()
        found = send_report(
            actor=cast.officer, area=COMMUNITY, remark="", client_ref=uuid4(), now=clock.now()
        )
    return found.pk


def a_takeover(cast: Cast) -> int:
    found = TakeOver.objects.first()
    if found is None:
        make_district()
        found = take_over(
            actor=cast.actors["city"],
            area=Area.objects.get(pk=COMMUNITY),
            by_area=DISTRICT,
            reason="扩散",
            now=clock.now(),
        )
    return found.pk


def a_closing(cast: Cast) -> int:
    found = ClosingReport.objects.first()
    if found is None:
        make_district()
        for hours, mode in ((2, "alert"), (1, "routine")):
            now = clock.now() - timedelta(hours=hours)
            seen = mode_effect(COMMUNITY, mode, now).version
            switch_mode(
                actor=cast.officer,
                area=COMMUNITY,
                mode=mode,
                reason="研判",
                seen=seen,
                client_ref=uuid4(),
                now=now,
            )
        found = ClosingReport.objects.get()
    return found.pk


def a_look_of_the_stranger(cast: Cast) -> Any:
    found = EmergencyAccess.objects.first()
    if found is None:
        make_district()
        make_resident(document=NUMBER)
        found = open_access(
            actor=cast.actors["stranger"], reason="急救送医", number=NUMBER, now=clock.now()
        )
    return found.ref


def OFFICERS(
    name: str, kwargs: Any = None, *, officer: Answer = 200, upper: Answer = 200, **more: Any
) -> Row:
    """Return a row of a page for those who decide."""
    area = more.pop("area", COMMUNITY)
    return ROW(name, kwargs, area=area, officer=officer, grid_worker=404, district=upper, **more)


def ABOVE(name: str, kwargs: Any = None, *, district: Answer = 200, **more: Any) -> Row:
    """Return a row of a page of the district."""
    return ROW(
        name, kwargs, area=DISTRICT, officer=404, grid_worker=404, subdistrict=404,
        district=district, **more,
    )  # fmt: skip


INSTRUCTION = {"instruction": an_instruction}
REASON = {"reason": "研判"}

ROWS = [
    OFFICERS("mode_page"),
    ABOVE("mode_page", case="above"),
    OFFICERS("mode_change", {"mode": "alert"}),
    OFFICERS("mode_change", {"mode": "war"}, officer=404, upper=404, case="unknown"),
    ABOVE("mode_change", {"mode": "emergency"}, case="above"),
    OFFICERS(
        "mode_change",
        {"mode": "alert"},
        data={"mode": "alert", "seen": "0:x", "client_ref": str(uuid4()), **REASON},
        case="sent",
    ),
    OFFICERS("mode_rehearse", officer=302, upper=302, data={}),
    OFFICERS("mode_closing", {"closing": a_closing}),
    OFFICERS("mode_closing", {"closing": 10**9}, officer=404, upper=404, case="none"),
    OFFICERS("mode_profile", {"mode": "alert"}),
    OFFICERS("mode_profile", {"mode": "alert"}, officer=302, upper=302, data=REASON, case="sent"),
    # Everybody of the area sees who commands it; only an upper level takes over.
    ROW("takeover_list", area=COMMUNITY, officer=200, grid_worker=200, district=200),
    OFFICERS("takeover_list", data=REASON, case="sent"),
    ABOVE("takeover_list", case="above"),
    ROW(
        "takeover_end",
        {"takeover": a_takeover},
        area=COMMUNITY,
        officer=404,
        grid_worker=404,
        subdistrict=404,
        district=302,
        city=409,
        data=REASON,
    ),
    OFFICERS("instruction_list"),
    ABOVE("instruction_list", case="above"),
    OFFICERS("instruction_new"),
    OFFICERS("instruction_new", data={}, case="empty"),
    OFFICERS("instruction_file", INSTRUCTION),
    OFFICERS("instruction_remind", INSTRUCTION, officer=302, upper=409, data={}),
    OFFICERS("instruction_withdraw", INSTRUCTION, officer=302, upper=302, data={}, case="empty"),
    EVERYBODY("receipt_list", admin=404),
    EVERYBODY("receipt_page", {"receipt": a_receipt_of_the_desk}, to=404, officer=200),
    Row(
        "receipt_page",
        {"receipt": a_receipt_of_the_worker},
        {**EVERYBODY("receipt_page", to=404, grid_worker=200).answers},
        case="worker",
    ),
    OFFICERS("report_list"),
    ABOVE("report_list", case="above"),
    OFFICERS("report_file", {"report": a_report}),
    OFFICERS("report_file", {"report": 10**9}, officer=404, upper=404, case="none"),
    # A look at a household elsewhere: for whoever may unmask somewhere; the page is its opener's.
    EVERYBODY("emergency_list", admin=404),
    EVERYBODY("emergency_file", {"ref": a_look_of_the_stranger}, to=404, stranger=200),
    EVERYBODY("emergency_end", {"ref": a_look_of_the_stranger}, to=404, stranger=302, data={}),
    OFFICERS("emergency_log"),
    OFFICERS("emergency_log", officer=404, upper=404, data={"ref": "x"}, case="sent"),
    OFFICERS("chronicle"),
    OFFICERS("chronicle_export"),
    ABOVE("chronicle", case="above"),
]
