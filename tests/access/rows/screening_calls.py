"""Who gets what: who is to be called when, texts, sheets, the log of calls, the list of doors."""

from gridwell.core import clock
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY
from gridwell.screening.models import Call, Round
from tests.access.rows.screening_rounds import FIGURES, NAMES, NOTES, ROUND, a_round
from tests.access.samples import ROW, Cast


def a_call(cast: Cast) -> int:
    found = Call.objects.first()
    if found is None:
        row, now = Round.objects.get(pk=a_round(cast)), clock.now()
        found = Call.objects.create(
            community_id=COMMUNITY,
            round=row,
            place=Place.objects.filter(kind="building").first(),
            how="told",
            people=1,
            called_at=now,
            recorded_at=now,
        )
    return found.pk


ONE = {"round": a_round, "call": a_call}

ROWS = [
    ROW("call_list", ROUND, area=COMMUNITY, **FIGURES),
    ROW("call_record", ROUND, area=COMMUNITY, data={}, **NOTES),
    ROW("call_texts", ROUND, area=COMMUNITY, **FIGURES),
    ROW("call_sheet", ROUND, area=COMMUNITY, **FIGURES),
    ROW("call_log", ROUND, area=COMMUNITY, **FIGURES),
    ROW("call_back", ONE, area=COMMUNITY, data={}, **NOTES),
    ROW("round_doors", ROUND, area=COMMUNITY, **NAMES),
]
