"""A positive single sample with no positive pool before it: held at once, once, and freed by a correction."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.health.models import Case, Hold, Result, Tube
from gridwell.notify.models import Message
from gridwell.orders.tests.make import NOW, TODAY, make_building, make_district
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY
from gridwell.plan.actions import up_to_date
from gridwell.plan.rules.plan import RESTRICTING
from gridwell.residents.actions.guests import register_guest
from gridwell.screening.actions.corrections import correct_result
from gridwell.screening.actions.holds import watch_holds
from gridwell.screening.actions.members import add_member
from gridwell.screening.models import ResultFault, Round, RoundMember
from gridwell.screening.queries.holds import figures_of
from gridwell.screening.tests.make import make_round, make_sample, make_tube
from gridwell.screening.tests.test_results import SENT, take

pytestmark = pytest.mark.django_db


@pytest.fixture
def round(officer: Actor) -> Round:
    make_district()
    make_building(rooms=("101", "102", "201"))
    return make_round(officer)


def alone(round: Round, code: str = "SINGLE1", *, at: int = 0) -> RoundMember:
    """Return a member whose only sample is a single one."""
    member = RoundMember.objects.filter(round=round).order_by("pk")[at]
    make_sample(member, tube=make_tube(round, code=code, purpose="single"), purpose="single")
    return member


def held() -> list[tuple[str, str, str]]:
    rows = Hold.objects.order_by("pk").select_related("tube")
    return [(row.tube.code, row.end, row.clause) for row in rows]


def counter(officer: Actor, said: str) -> None:
    """Let the laboratory say something else of the single tube, and let it count."""
    take(officer, ("SINGLE1", said), now=SENT + timedelta(hours=2))
    fault = ResultFault.objects.get(code="contradiction", settled_at=None)
    correct_result(actor=officer, fault=fault, reason="实验室更正", now=SENT + timedelta(hours=2))


def test_whoever_is_positive_singly_is_held_at_once_by_the_clause(
    officer: Actor, round: Round
) -> None:
    member = alone(round)
    take(officer, ("SINGLE1", "阳性"))
    hold = Hold.objects.get()
    assert (hold.resident_id, hold.starts_at, hold.hours, hold.end) == (
        member.resident_id, SENT, 24, "confirmed"
    )  # fmt: skip
    assert hold.clause
    plan = up_to_date(community=COMMUNITY, day=TODAY, now=SENT).plan
    codes = {duty.code for duty in plan.duties_of(member.resident_id or 0)}
    assert codes & RESTRICTING
    assert Message.objects.filter(kind="screening.single_positive").exists()
    take(officer, ("SINGLE1", "阳性"), now=SENT + timedelta(minutes=5))
    assert Hold.objects.count() == 1


@pytest.mark.parametrize(("said", "end"), [("阴性", "withdrawn"), ("漏液", "withdrawn")])
def test_a_correction_frees(officer: Actor, round: Round, said: str, end: str) -> None:
    alone(round)
    take(officer, ("SINGLE1", "阳性"))
    counter(officer, said)
    row = Hold.objects.get()
    assert (row.end, row.ended_at) == (end, SENT + timedelta(hours=2))
    assert not Result.objects.filter(superseded_at=None, outcome="positive").exists()


def test_unclear_after_all_keeps_for_the_same_hours_until_the_next_sample(
    officer: Actor, round: Round
) -> None:
    member = alone(round)
    take(officer, ("SINGLE1", "阳性"))
    counter(officer, "可疑")
    row = Hold.objects.get()
    assert (row.end, row.starts_at, row.ended_at) == ("", SENT, None)
    tube = make_tube(round, code="SINGLE2", purpose="single")
    make_sample(member, tube=tube, purpose="single", at=SENT + timedelta(hours=3))
    take(officer, ("SINGLE2", "阴性"), now=SENT + timedelta(hours=4))
    assert Hold.objects.get().end == "released"


def test_a_pool_that_turns_positive_later_holds_nobody_a_second_time(
    officer: Actor, round: Round
) -> None:
    members = list(RoundMember.objects.filter(round=round).order_by("pk")[:2])
    pool = make_tube(round, code="POOL1")
    for member in members:
        make_sample(member, tube=pool)
    own = make_tube(round, code="SINGLE1", purpose="single")
    make_sample(members[0], tube=own, purpose="single", at=NOW + timedelta(minutes=5))
    take(officer, ("SINGLE1", "阳性"))
    take(officer, ("POOL1", "阳性"), now=SENT + timedelta(hours=3))
    rows = {row.resident_id: row for row in Hold.objects.all()}
    assert len(rows) == Hold.objects.count() == 2
    first = rows[members[0].resident_id]
    assert (first.tube_id, first.end, first.starts_at) == (pool.pk, "confirmed", SENT)
    found = figures_of(officer, COMMUNITY, SENT + timedelta(hours=3))[COMMUNITY]
    assert (found.held, found.waiting, found.confirmed) == (2, 1, 1)


def test_it_ends_by_itself_all_the_same(officer: Actor, round: Round) -> None:
    alone(round)
    take(officer, ("SINGLE1", "阳性"))
    watch_holds(community=COMMUNITY, now=SENT + timedelta(hours=25))
    row = Hold.objects.get()
    assert (row.end, row.ended_at) == ("confirmed", SENT + timedelta(hours=24))


def test_the_officer_walks_from_the_alarm_to_the_zone(
    officer: Actor, round: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A resident and a guest alike: the list, the file, the case, the zone that is proposed."""
    alone(round)
    stay = register_guest(
        actor=officer, place=Place.objects.filter(kind="dwelling")[1], name="王访客",
        kind="visitor", starts_at=NOW, ends_at=None, ref=uuid4(), now=NOW,
    )  # fmt: skip
    guest = add_member(actor=officer, round=round, reason="来访", now=NOW, stay=stay)
    own = make_tube(round, code="SINGLE2", purpose="single")
    make_sample(guest, tube=own, purpose="single")
    take(officer, ("SINGLE1", "阳性"), ("SINGLE2", "阳性"))
    monkeypatch.setattr(clock, "now", lambda: SENT)
    client = Client()
    client.force_login(User.objects.get(pk=officer.user_id))
    page = client.get(f"/{COMMUNITY}/holds/").text
    assert "单采管 SINGLE1" in page
    assert "王访客" in page
    for hold in Hold.objects.order_by("pk"):
        file = client.get(f"/{COMMUNITY}/holds/{hold.pk}/")
        assert "混采管" not in file.text
        (follow,) = file.context["follows"]
        posted = client.post(follow.url, {"act": "case", "kind": "confirmed"})
        assert posted.status_code == 302
        assert client.post(follow.url, {"act": "case", "kind": "confirmed"}).status_code == 302
        after = client.get(follow.url)
        assert after.context["case"] is not None
        assert after.context["zone"].place is not None
    assert set(Case.objects.values_list("guest", flat=True)) == {None, stay.ref}
    assert Case.objects.count() == 2
    assert "王访客" in client.get(reverse("case_list", args=[COMMUNITY])).text
    plan = up_to_date(community=COMMUNITY, day=TODAY, now=SENT).plan
    assert not [row for row in plan.unfounded if row.code == "positive_without_case"]


def test_two_single_tubes_of_one_person_hold_once(officer: Actor, round: Round) -> None:
    member = alone(round)
    make_sample(member, tube=make_tube(round, code="AGAIN1", purpose="single"), purpose="again")
    take(officer, ("SINGLE1", "阳性"), ("AGAIN1", "阳性"))
    assert Tube.objects.filter(state="positive").count() == 2
    assert Hold.objects.filter(ended_at=None).count() == 1
