"""Colours by rule follow the act that changes their facts; only the households it touched are looked at."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.core.facts import holds_at
from gridwell.places.tests.make import COMMUNITY, make_dwelling
from gridwell.residents.actions import circumstances, households, marks, merging, people
from gridwell.residents.actions import rule_marks as rules
from gridwell.residents.actions.tenure import set_tenure
from gridwell.residents.models import Household, LabelMark, Resident
from gridwell.residents.tests.make import make_household, make_resident

NOW = clock.now()


@pytest.fixture
def home(officer: Actor) -> Household:
    found = make_household()
    make_resident(household=found, name="张伟", birth_on=date(1990, 1, 1), is_head=True)
    make_resident(household=found, name="李梅", birth_on=date(1991, 1, 1))
    marks.apply_default_schemes(actor=officer, community=COMMUNITY, now=NOW)
    marks.refresh_rule_marks(actor=officer, community=COMMUNITY, now=NOW)
    return found


def colour(household: Household, minutes: int) -> set[str]:
    rows = LabelMark.objects.filter(
        holds_at(NOW + timedelta(minutes=minutes)),
        household=household,
        superseded_at=None,
        label__scheme__code="five_colours",
    )
    return {mark.label.code for mark in rows}


def nothing_left(officer: Actor, minutes: int) -> None:
    """Nothing is left to do for the nightly refresh of the whole community."""
    at = NOW + timedelta(minutes=minutes)
    assert marks.refresh_rule_marks(actor=officer, community=COMMUNITY, now=at) == 0


def at(minutes: int) -> dict[str, object]:
    return {"now": NOW + timedelta(minutes=minutes)}


def test_each_act_leaves_the_colours_right(officer: Actor, home: Household) -> None:
    head, wife = Resident.objects.order_by("pk")
    ids = {"actor": officer, "community": COMMUNITY}
    assert colour(home, 0) == {"green"}
    circumstances.add_trait(resident_ids=[head.pk], code="disabled", **ids, **at(1))
    assert colour(home, 1) == {"orange"}
    circumstances.end_trait(resident_ids=[head.pk], code="disabled", **ids, **at(2))
    assert colour(home, 2) == {"green"}
    set_tenure(household_ids=[home.pk], tenure="rented", **ids, **at(3))
    assert colour(home, 3) == {"blue"}
    nothing_left(officer, 3)
    mother = people.register_resident(
        actor=officer,
        household=home,
        person=people.Person(name="王桂英", birth_on=date(1940, 5, 5)),
        relation="母亲",
        **at(4),
    )
    assert colour(home, 4) == {"orange"}
    nothing_left(officer, 4)
    people.correct_resident(
        actor=officer,
        resident=mother,
        person=people.Person(name="王桂英", birth_on=date(clock.today().year - 62, 1, 1)),
        seen_at=mother.changed_at,
        **at(5),
    )
    assert colour(home, 5) == {"yellow"}
    own = households.split_household(
        actor=officer,
        household=home,
        residents=[mother],
        head=mother,
        dwelling=make_dwelling(room="102"),
        tenure="owned",
        at=NOW + timedelta(minutes=6),
        **at(6),
    )
    assert (colour(home, 6), colour(own, 6)) == ({"blue"}, {"yellow"})
    nothing_left(officer, 6)
    when = NOW + timedelta(minutes=7)
    households.move_in(actor=officer, resident=mother, household=home, at=when, **at(7))
    assert (colour(home, 7), colour(own, 7)) == ({"yellow"}, set())
    nothing_left(officer, 7)
    households.move_out(actor=officer, residents=[mother], at=NOW + timedelta(minutes=8), **at(8))
    assert colour(home, 8) == {"blue"}
    nothing_left(officer, 8)
    circumstances.add_trait(resident_ids=[wife.pk], code="pregnant", **ids, **at(9))
    assert colour(home, 9) == {"yellow"}
    people.record_death(actor=officer, resident=wife, died_on=clock.day_of(NOW), **at(10))
    assert colour(home, 10) == {"blue"}
    nothing_left(officer, 10)


def test_merging_two_entries_moves_the_colour_with_the_facts(
    officer: Actor, home: Household
) -> None:
    head = Resident.objects.order_by("pk").first()
    twin = make_resident(household=make_household(dwelling=make_dwelling(room="103")), name="张伟")
    old = twin.memberships.get().household
    refresh = {"actor": officer, "community": COMMUNITY}
    marks.refresh_rule_marks(**refresh, **at(1))
    assert colour(old, 1) == {"green"}
    merging.merge_residents(actor=officer, gone=twin, kept=head, reason="同一人", **at(2))
    nothing_left(officer, 2)
    merging.undo_merge(actor=officer, gone=twin, **at(3))
    nothing_left(officer, 3)


def test_an_act_looks_at_its_own_household_only(officer: Actor, home: Household) -> None:
    head = Resident.objects.order_by("pk").first()

    def cost(minutes: int) -> int:
        with CaptureQueriesContext(connection) as seen:
            circumstances.add_trait(
                actor=officer,
                community=COMMUNITY,
                resident_ids=[head.pk],
                code="illness",
                value=("stable", "unstable")[minutes % 2],
                **at(minutes),
            )
        return len(seen)

    cost(1)
    one = cost(2)
    for number in range(20):
        make_resident(household=make_household(dwelling=make_dwelling(room=f"2{number:02d}")))
    assert cost(3) == one
    others = LabelMark.objects.exclude(household=home).exclude(
        resident__memberships__household=home
    )
    assert not others.exists()  # the new doors wait for the night


def test_many_at_once_are_brought_up_to_date_together(
    officer: Actor, home: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "FEW", 0)
    ids = list(Resident.objects.values_list("pk", flat=True))
    circumstances.add_trait(
        actor=officer, community=COMMUNITY, resident_ids=ids, code="pregnant", **at(1)
    )
    assert colour(home, 1) == {"yellow"}
    nothing_left(officer, 1)
