"""The tubes without a result are found by their own index, whatever the tubes of sixty days are."""

import pytest
from django.db import connection

from gridwell.accounts.rules.actor import Actor
from gridwell.health.models import Tube
from gridwell.orders.tests.make import NOW, make_building, make_district
from gridwell.places.tests.make import COMMUNITY
from gridwell.screening.models import Round
from gridwell.screening.queries.results import WAITING, waiting_list, waiting_tubes
from gridwell.screening.rules.results import LATE_AFTER
from gridwell.screening.tests.make import make_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def round(officer: Actor) -> Round:
    make_district()
    make_building(rooms=("101",))
    row = make_round(officer)
    Tube.objects.bulk_create(
        Tube(
            community_id=COMMUNITY, code=f"OLD{n}", round=row.ref, pool="10", state="negative",
            opened_at=NOW, closed_at=NOW, resulted_at=NOW, recorded_at=NOW,
        )
        for n in range(3000)
    )  # fmt: skip
    for state in (*WAITING, "open"):
        Tube.objects.create(
            community_id=COMMUNITY, code=state.upper(), round=row.ref, pool="10", state=state,
            opened_at=NOW, closed_at=None if state == "open" else NOW, recorded_at=NOW,
        )  # fmt: skip
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {Tube._meta.db_table}")
    return row


def test_what_waits_and_what_is_late(officer: Actor, round: Round) -> None:
    late = NOW + LATE_AFTER
    assert waiting_tubes(COMMUNITY, NOW).count == 4
    assert (waiting_tubes(COMMUNITY, late).late, waiting_tubes(COMMUNITY, NOW).late) == (4, 0)
    rows = waiting_list(officer, COMMUNITY, late, late_only=True)
    assert sorted(row.code for row in rows) == sorted(state.upper() for state in WAITING)


@pytest.mark.parametrize("area", [COMMUNITY, COMMUNITY // 1000 * 1000, 140100000000])
def test_no_tube_with_a_result_is_read(officer: Actor, round: Round, area: int) -> None:
    """At every level: a community, a subdistrict, a city."""
    chief = Actor.system(area)
    for rows in (
        waiting_list(chief, area, NOW, late_only=False),
        waiting_list(chief, area, NOW, late_only=True),
    ):
        plan = rows.explain()
        assert "tube_waiting" in plan, plan
        assert f"Scan on {Tube._meta.db_table}" not in plan.replace("Bitmap Heap", ""), plan
