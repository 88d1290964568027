"""A colour or a result that a ledger names: what is taken over, and what a person has to do."""

from typing import Any

import pytest
from django.urls import reverse

from gridwell.accounts.rules.actor import Actor
from gridwell.health.models import Result
from gridwell.ledgers.queries.imports import findings_of
from gridwell.ledgers.rules.values import home_colour, sample_result
from gridwell.ledgers.tests.make import HEADER, LATER, NOW, apply, id_number, line
from gridwell.places.tests.make import COMMUNITY, make_area
from gridwell.residents.actions.marks import apply_default_schemes
from gridwell.residents.models import Household, LabelMark
from gridwell.residents.tests.pages import client_of

pytestmark = pytest.mark.django_db
COLOURED = (*HEADER, "五色标识")
TESTED = (*HEADER, "最近一次核酸时间", "核酸结果")


def people(*colours: str) -> list[list[Any]]:
    return [
        [*line(name=f"王{n}", room=f"10{n}", document=id_number(n, "19900101")), colour]
        for n, colour in enumerate(colours, start=1)
    ]


def colours_of() -> set[tuple[str, str]]:
    rows = LabelMark.objects.filter(
        household__isnull=False, superseded_at=None, ends_at=None
    ).values_list("dwelling__name", "label__code")
    return set(rows)


def test_the_rules_colour_stays_and_the_other_one_can_be_asked_for(officer: Actor) -> None:
    make_area(code=COMMUNITY)
    apply_default_schemes(actor=officer, community=COMMUNITY, now=NOW)
    row = apply(actor=officer, rows=people("绿", "红色", "紫", ""), header=COLOURED)
    assert {code for _door, code in colours_of()} == {"green"}
    assert not LabelMark.objects.filter(is_manual=True).exists()
    (differs,) = findings_of(row).colours
    home = Household.objects.get(dwelling__name="102")
    assert differs["household"] == home.pk
    assert row.report["colours"] == 1
    client = client_of(officer)
    kwargs = {"area": COMMUNITY, "ledger": row.pk}
    page = client.get(reverse("import_page", kwargs=kwargs))
    (shown,) = page.context["colours"]
    assert shown["ask"] in page.content.decode()
    form = client.get(shown["ask"])
    assert form.context["form"]["label"].value() == differs["said"]
    again = apply(actor=officer, rows=people("绿", "红色", "紫", ""), header=COLOURED, now=LATER)
    assert len(findings_of(again).colours) == 1


def test_without_household_colours_nothing_is_compared(officer: Actor) -> None:
    row = apply(actor=officer, rows=people("红"), header=COLOURED)
    assert findings_of(row).colours == []


def sampled(at: str, result: str) -> list[list[Any]]:
    return [[*line(name="王一", document=id_number(1)), at, result]]


def results() -> list[str]:
    return list(Result.objects.filter(superseded_at=None).values_list("outcome", flat=True))


def test_a_sample_has_the_result_that_stands_beside_it(officer: Actor) -> None:
    apply(actor=officer, rows=sampled("2022-11-22 08:30", ""), header=TESTED)
    assert results() == ["pending"]
    apply(actor=officer, rows=sampled("2022-11-22 08:30", "阴性"), header=TESTED, now=LATER)
    assert results() == ["negative"]
    third = apply(actor=officer, rows=sampled("2022-11-22 08:30", ""), header=TESTED, now=LATER)
    assert results() == ["negative"]
    assert third.report["changed"] == 0


def test_a_positive_result_is_nothing_that_a_list_decides(officer: Actor) -> None:
    row = apply(actor=officer, rows=sampled("2022-11-22 08:30", "阳性"), header=TESTED)
    assert results() == ["pending"]
    assert [fault["code"] for fault in findings_of(row).faults] == ["positive_in_ledger"]


@pytest.mark.parametrize(
    ("text", "colour"),
    [("红", "red"), ("红色", "red"), ("黄色户", "yellow"), ("蓝标", "blue"), ("绿 ", "green"),
     ("Orange", "orange"), ("粉", ""), ("", ""), ("红黄", "")],
)  # fmt: skip
def test_words_of_household_colours(text: str, colour: str) -> None:
    assert home_colour(text) == colour


@pytest.mark.parametrize(
    ("text", "outcome"),
    [("阴性", "negative"), ("阴", "negative"), ("核酸阴性", "negative"), ("阴性（-）", "negative"),
     ("阳性", "positive"), ("未出", "pending"), ("非阴性", ""), ("-", ""), ("已做", "")],
)  # fmt: skip
def test_words_of_results(text: str, outcome: str) -> None:
    assert sample_result(text) == outcome
