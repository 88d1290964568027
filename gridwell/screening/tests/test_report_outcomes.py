"""What a round says of a person who is in more than one of its tubes."""

from datetime import timedelta
from uuid import uuid4

import pytest

from gridwell.accounts.rules.actor import Actor
from gridwell.health.models import Hold
from gridwell.orders.tests.make import NOW, make_building, make_district
from gridwell.residents.models import Resident
from gridwell.screening.actions.desk import Moment, close_tube, open_tube, put_person
from gridwell.screening.queries.desk import access_desk
from gridwell.screening.queries.report import outcome_of, results_of_round
from gridwell.screening.rules.tubes import AGAIN
from gridwell.screening.tests.make import make_round
from gridwell.screening.tests.test_results import SENT, take

POOL, SINGLE = "pool", "single"


@pytest.mark.parametrize(
    ("tubes", "said"),
    [
        ([(POOL, "negative")], "negative"),
        ([(POOL, "closed")], "waiting"),
        ([(POOL, "positive")], "waiting"),
        ([(POOL, "negative"), (POOL, "positive")], "waiting"),
        ([(POOL, "negative"), (POOL, "sent")], "waiting"),
        ([(POOL, "negative"), (POOL, "negative")], "negative"),
        ([(POOL, "positive"), (SINGLE, "negative")], "negative"),
        ([(POOL, "positive"), (SINGLE, "received")], "waiting"),
        ([(POOL, "negative"), (SINGLE, "positive")], "positive"),
        ([(SINGLE, "negative"), (SINGLE, "positive")], "positive"),
        ([(SINGLE, "negative"), (SINGLE, "closed")], "waiting"),
    ],
)
def test_of_several_tubes_the_gravest_counts(tubes: list[tuple[str, str]], said: str) -> None:
    assert outcome_of(tubes) == outcome_of(reversed(tubes)) == said


def test_a_second_sample_in_a_positive_pool_is_not_reported_negative(
    officer: Actor, db: None
) -> None:
    """Two desks, two tubes, one person in both: held by the second and so not negative."""
    make_district()
    make_building(rooms=("101",), people=1)
    row = make_round(officer)
    sampler = access_desk(officer, row.pk)
    key = f"r:{Resident.objects.get().ref.hex}"
    for code, purpose in (("TUBE-1", POOL), ("TUBE-2", AGAIN)):
        tube = open_tube(sampler=sampler, code=code, ref=uuid4(), desk=code, now=NOW)
        put_person(
            sampler, tube=tube, key=key, ref=uuid4(), when=Moment.here(NOW), is_forced=True,
            purpose=purpose,
        )  # fmt: skip
        close_tube(sampler=sampler, tube=tube, now=NOW)
    take(officer, ("TUBE-1", "阴性"), ("TUBE-2", "阳性"), now=SENT)
    assert Hold.objects.filter(ended_at=None).count() == 1
    found = results_of_round(row)
    assert (found.negative, found.positive, found.waiting) == (0, 0, 1)
    tube = open_tube(
        sampler=sampler, code="TUBE-3", ref=uuid4(), desk="d", now=SENT, purpose=SINGLE
    )
    put_person(sampler, tube=tube, key=key, ref=uuid4(), when=Moment.here(SENT))
    take(officer, ("TUBE-3", "阴性"), now=SENT + timedelta(hours=1))
    assert results_of_round(row).negative == 1
