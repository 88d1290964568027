"""Many rows put aside with one reason, and what never goes with them."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from gridwell.accounts.rules.actor import Actor
from gridwell.audit.models import AuditEntry
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.notify.models import Message
from gridwell.orders.tests.make import make_building, make_district
from gridwell.places.tests.make import COMMUNITY, OTHER_COMMUNITY
from gridwell.screening.actions.corrections import settle_together
from gridwell.screening.actions.results import Sent, take_results
from gridwell.screening.models import ResultDelivery, ResultFault, Round
from gridwell.screening.rules.results import FaultCode, may_go_together
from gridwell.screening.tests.make import make_round
from gridwell.screening.tests.test_result_views import LATER, PAGE, book, browser, upload
from gridwell.screening.tests.test_results import full_tube, lines


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    make_district()
    monkeypatch.setattr(clock, "now", lambda: LATER)
    cache.clear()


@pytest.fixture
def round(officer: Actor) -> Round:
    make_building(rooms=("101", "201"))
    row = make_round(officer)
    full_tube(row)
    return row


def send(officer: Actor, *rows: tuple[str, str], name: str = "a.xlsx") -> ResultDelivery:
    sent = Sent(COMMUNITY, lines(*rows), "file", None, name)
    return take_results(actor=officer, sent=sent, now=LATER)[0]


#: Of other communities, as a file for a whole district brings them; one of them is positive.
FOREIGN = (
    *((f"X{n}", "阴性") for n in range(30)),
    ("X98", "阳性"),
    ("X99", "可疑"),
    ("X97", "待定"),
)


def together(officer: Actor, **facts) -> int:
    whole = {"area": COMMUNITY, "code": "", "delivery": None, "reason": "别处的管", "now": LATER}
    return settle_together(actor=officer, **(whole | facts))


def test_many_go_with_one_reason_and_one_entry_and_positives_stay(
    officer: Actor, round: Round
) -> None:
    send(officer, ("T1", "阴性"), *FOREIGN)
    assert together(officer, code="unknown_tube") == 30
    left = ResultFault.objects.filter(settled_at=None).order_by("row")
    assert sorted(left.values_list("code", flat=True)) == ["bad_value"] + ["unknown_tube"] * 2
    gone = ResultFault.objects.exclude(settled_at=None)
    assert set(gone.values_list("settled_how", "settled_by")) == {("别处的管", officer.user_id)}
    entry = AuditEntry.objects.get(act="screening.faults_settled")
    assert (entry.facts["count"], entry.reason) == (30, "别处的管")
    with pytest.raises(RuleBroken, match="changed_meanwhile"):
        together(officer, code="unknown_tube")


def test_a_positive_that_matches_nobody_is_told_at_once(officer: Actor, round: Round) -> None:
    send(officer, ("T1", "阴性"), ("X1", "阴性"), ("T1", "检测中"))
    told = Message.objects.filter(kind="screening.positive_unmatched")
    assert not told.exists()
    for _ in range(2):
        send(officer, *FOREIGN)
    message = told.get(user=officer.user_id)
    assert message.is_urgent
    assert message.facts["count"] == 2
    assert message.link == f"{PAGE}faults/"


def test_what_contradicts_a_record_stays(officer: Actor, round: Round) -> None:
    send(officer, ("T1", "阳性"))
    other = send(officer, ("T1", "阴性"), ("X1", "阴性"), name="b.xlsx")
    assert together(officer, delivery=other.ref) == 1
    assert ResultFault.objects.get(settled_at=None).code == "contradiction"


def test_only_the_chosen_delivery_goes(officer: Actor, round: Round) -> None:
    first, _second = send(officer, ("X1", "阴性")), send(officer, ("X2", "阴性"))
    assert together(officer, delivery=first.ref) == 1
    assert ResultFault.objects.filter(settled_at=None).count() == 1


def test_who_may_not_and_what_is_missing(
    officer: Actor, other_officer: Actor, grid_worker: Actor, round: Round
) -> None:
    send(officer, ("X1", "阴性"))
    with pytest.raises(RuleBroken, match="faults_of_all"):
        together(officer)
    with pytest.raises(RuleBroken, match="reason"):
        together(officer, code="unknown_tube", reason="  ")
    for stranger in (other_officer, grid_worker):
        with pytest.raises((NotVisible, RuleBroken)):
            together(stranger, code="unknown_tube")
    with pytest.raises(RuleBroken, match="changed_meanwhile"):
        together(other_officer, area=OTHER_COMMUNITY, code="unknown_tube")
    assert ResultFault.objects.filter(settled_at=None).count() == 1


def test_the_page_leads_from_the_file_to_its_rows(officer: Actor, round: Round) -> None:
    client = browser(officer)
    upload(client, book(("管号", "结果"), *FOREIGN))
    delivery = ResultDelivery.objects.get()
    link = f"{PAGE}faults/?delivery={delivery.ref}"
    assert f'href="{link}">33<' in client.get(PAGE).content.decode()
    assert "一起不采用" not in client.get(f"{PAGE}faults/").content.decode(), "nothing chosen"
    assert "其中31行可以一起不采用" in client.get(link).content.decode()
    answer = client.post(
        f"{PAGE}faults/aside/", {"delivery": delivery.ref, "reason": "发错了"}, follow=True
    )
    text = answer.content.decode()
    assert "已不采用31行" in text
    assert "X98" in text
    assert "一起不采用" not in client.get(link).content.decode()
    assert client.get(f"{PAGE}faults/?delivery=x").status_code == 404
    assert client.get(f"{PAGE}faults/?code=zzz").status_code == 200
    for wrong in ({}, {"code": "unknown_tube"}, {"code": "zzz", "reason": "x"}):
        assert client.post(f"{PAGE}faults/aside/", wrong).status_code == 409


def test_the_same_file_again_is_said_to_be_known(officer: Actor, round: Round, monkeypatch) -> None:
    client, body = browser(officer), book(("管号", "结果"), ("T1", "阴性"))
    first = upload(client, body)
    assert "以前收过" not in client.get(first["Location"]).content.decode()
    monkeypatch.setattr(clock, "now", lambda: LATER + timedelta(minutes=1))
    again = upload(client, body)
    assert "同样的内容以前收过" in client.get(again["Location"]).content.decode()


@pytest.mark.parametrize(
    ("code", "words", "may"),
    [
        ("unknown_tube", "阴性", True),
        ("unknown_tube", "漏液", True),
        ("unknown_tube", "阳性", False),
        ("unknown_tube", "可疑", False),
        ("unknown_tube", "待复核", False),
        ("bad_value", "已出", True),
        ("bad_value", "", True),
        ("bad_value", "阴性/阳性", False),
        ("bad_value", "＋＋", False),
        ("contradiction", "阴性", False),
        ("twice", "阴性", False),
        ("late", "阳性", True),
        ("lab_clock", "阳性", True),
    ],
)
def test_what_may_go_together(code: str, words: str, may: bool) -> None:
    assert may_go_together(FaultCode(code), words) is may


def test_anonymous_people_are_asked_to_sign_in() -> None:
    answer = Client().post(f"{PAGE}faults/aside/", {"code": "unknown_tube", "reason": "x"})
    assert answer.status_code == 302
