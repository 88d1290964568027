"""The paper sheet typed back by tired people: nothing they wrote is dropped without a word."""

import pytest
from django.test import Client

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.health.models import Sample
from gridwell.orders.tests.make import NOW, make_building, make_district
from gridwell.places.tests.make import COMMUNITY
from gridwell.screening.actions.members import set_outcome
from gridwell.screening.actions.sheets import SheetRow, SheetTaken, take_sheet
from gridwell.screening.models import Round, RoundMember
from gridwell.screening.queries.members import total
from gridwell.screening.tests.make import make_round

TUBE = "T20221123-0001"


@pytest.fixture
def row(db: None, officer: Actor) -> Round:
    make_district()
    make_building(rooms=("101",), people=2)
    return make_round(officer)


def typed(officer: Actor, row: Round, **said: object) -> SheetTaken:
    """Type the one door of the building with what is said of it."""
    members = list(RoundMember.objects.filter(round=row).order_by("pk"))
    line = SheetRow(number=members[0].pk, members=tuple(m.pk for m in members), **said)
    return take_sheet(
        actor=officer, round=row, building=members[0].building_id, rows=[line], now=NOW
    )


def codes(taken: SheetTaken) -> list[str]:
    return [refusal.code for _number, refusal in taken.faults]


@pytest.mark.parametrize("number", ["2", "２", " 2 "])
def test_a_number_is_a_number_in_any_width(officer: Actor, row: Round, number: str) -> None:
    taken = typed(officer, row, done=number, tube="ｔ20221123－0001 ")
    assert (taken.sampled, codes(taken)) == (2, [])
    assert set(Sample.objects.values_list("tube__code", flat=True)) == {TUBE}


@pytest.mark.parametrize("number", ["两", "2人", "-1"])
def test_what_is_no_number_is_named(officer: Actor, row: Round, number: str) -> None:
    taken = typed(officer, row, done=number, tube=TUBE)
    assert codes(taken) == ["screening.sheet_no_number"]
    assert taken.faults[0][1].facts == {"typed": number}
    assert total(row).sampled == 0


def test_another_tube_for_the_same_people_is_named(officer: Actor, row: Round) -> None:
    assert typed(officer, row, done="2", tube=TUBE).sampled == 2
    assert codes(typed(officer, row, done="2", tube=TUBE)) == []
    taken = typed(officer, row, done="2", tube="T20221123-0002")
    assert codes(taken) == ["screening.sheet_other_tube"]
    assert taken.faults[0][1].facts["known"] == TUBE
    assert (total(row).sampled, Sample.objects.count()) == (2, 2)


def test_a_remark_alone_is_kept(officer: Actor, row: Round) -> None:
    assert typed(officer, row, remark="晚上八点后回来").outcomes == 2
    assert typed(officer, row, remark="晚上八点后回来").outcomes == 0
    assert typed(officer, row, outcome="away", remark="改到九点").outcomes == 2
    assert typed(officer, row, remark="十点").outcomes == 2
    for member in RoundMember.objects.filter(round=row):
        assert (member.outcome, member.outcome_remark) == ("away", "十点")


def test_another_remark_to_the_same_finding_is_written(officer: Actor, row: Round) -> None:
    facts = {
        "actor": officer,
        "round": row,
        "members": list(RoundMember.objects.values_list("pk", flat=True)),
        "now": NOW,
    }
    assert set_outcome(outcome="refused", remark="不开门", **facts) == 2
    assert set_outcome(outcome="refused", remark="说明早来", **facts) == 2
    assert set_outcome(outcome="refused", **facts) == 0
    assert {m.outcome_remark for m in RoundMember.objects.all()} == {"说明早来"}
    assert set_outcome(outcome="", **facts) == 2
    assert {m.outcome_remark for m in RoundMember.objects.all()} == {""}


class TestExemptAllTheSame:
    """Who is exempt need not come; whoever is sampled at the door all the same is ticked."""

    @pytest.fixture
    def members(self, row: Round) -> list[RoundMember]:
        members = list(RoundMember.objects.filter(round=row).order_by("pk"))
        RoundMember.objects.filter(pk=members[1].pk).update(exempt="recovered")
        return members

    def test_a_tick_alone(self, officer: Actor, row: Round, members: list[RoundMember]) -> None:
        taken = typed(officer, row, ticked=(members[1].pk,), tube=TUBE)
        assert (taken.sampled, codes(taken)) == (1, [])
        assert Sample.objects.get().resident_id == members[1].resident_id

    def test_counted_among_the_done(
        self, officer: Actor, row: Round, members: list[RoundMember]
    ) -> None:
        assert codes(typed(officer, row, done="2", tube=TUBE)) == ["screening.sheet_exempt"]
        taken = typed(officer, row, done="2", ticked=(members[1].pk,), tube=TUBE)
        assert (taken.sampled, codes(taken)) == (2, [])
        assert codes(typed(officer, row, done="3", tube=TUBE)) == ["screening.sheet_odd"]

    def test_one_of_two_says_who(
        self, officer: Actor, row: Round, members: list[RoundMember]
    ) -> None:
        taken = typed(officer, row, done="1", ticked=(members[1].pk,), tube=TUBE)
        assert (taken.sampled, codes(taken)) == (1, [])
        assert total(row).missing == 1

    def test_the_page_offers_the_tick(
        self, officer: Actor, row: Round, members: list[RoundMember]
    ) -> None:
        client = Client()
        client.force_login(User.objects.get(pk=officer.user_id))
        url = f"/{COMMUNITY}/rounds/{row.pk}/sheet/{members[0].building_id}/back/"
        tick = f'name="who-{members[0].pk}" value="{members[1].pk}"'
        assert tick in client.get(url).content.decode()
        typed(officer, row, ticked=(members[0].pk,), tube=TUBE)
        assert tick in client.get(url).content.decode()  # also once nobody is missing
