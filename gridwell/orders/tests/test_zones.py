"""Writes and reads of zones: every act is a new change, refused for a stated reason."""

from datetime import datetime, timedelta

import pytest

from gridwell.accounts.rules.actor import Actor
from gridwell.audit.models import AuditEntry
from gridwell.core.clock import day_of, start_of
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.orders.actions.modes import change_mode
from gridwell.orders.actions.sheets import record_deliveries
from gridwell.orders.actions.standstills import begin_standstill, end_standstill
from gridwell.orders.actions.zones import (
    Basis,
    change_open_zone,
    correct_change,
    designate_zone,
    explain_spread,
    lift_zone,
    record_round,
    refresh_closed,
    withdraw_change,
)
from gridwell.orders.models import Zone
from gridwell.orders.queries.modes import mode_of
from gridwell.orders.queries.zones import access_zone, covered, lives_of, open_lives, zones_of
from gridwell.orders.rules.lifecycle import Act, ScopeLine
from gridwell.orders.tests.make import NOW, TODAY, make_building, make_district, make_zone
from gridwell.places.models import Place
from gridwell.places.tests.make import COMMUNITY, OTHER_COMMUNITY, make_grid
from gridwell.protocols.rules.model import Level

pytestmark = pytest.mark.django_db
BY = Basis(ordered_by="区指挥部", reason="研判")


@pytest.fixture
def zone(db: None, officer: Actor) -> Zone:
    make_district()
    return make_zone(officer, place=make_building())


def acts(zone: Zone) -> list[str]:
    return list(zone.changes.order_by("pk").values_list("act", flat=True))


def test_life_of_a_zone(zone: Zone, officer: Actor) -> None:
    assert [life.zone for life in open_lives(COMMUNITY, NOW)] == [zone]
    at = {"effective_at": NOW, "effective_on": TODAY, "basis": BY, "now": NOW}
    change_open_zone(actor=officer, zone=zone, act=Act.RESTART, **at)
    assert lives_of([zone])[0].at(NOW).span.day0 == TODAY
    lift_zone(actor=officer, zone=zone, **at)
    zone.refresh_from_db()
    assert zone.closed_at == NOW
    assert open_lives(COMMUNITY, NOW) == []
    with pytest.raises(RuleBroken, match=r"orders\.zone_not_open"):
        lift_zone(actor=officer, zone=zone, **at)
    assert acts(zone) == ["designate", "restart", "lift"]
    assert AuditEntry.objects.filter(act__startswith="orders.zone_").count() == 3


def test_a_lift_of_tomorrow_leaves_today_alone(zone: Zone, officer: Actor) -> None:
    lift_zone(
        actor=officer,
        zone=zone,
        effective_at=start_of(TODAY + timedelta(days=1)),
        effective_on=TODAY,
        basis=BY,
        now=NOW,
    )
    assert len(open_lives(COMMUNITY, NOW)) == 1
    assert open_lives(COMMUNITY, NOW + timedelta(days=1)) == []


def test_refusals_of_designation(zone: Zone, officer: Actor, grid_worker: Actor) -> None:
    facts: dict = {
        "community": COMMUNITY,
        "name": "x",
        "level": Level.HIGH,
        "lines": [ScopeLine(place=Place.objects.get(kind="building").pk)],
        "effective_at": NOW,
        "effective_on": TODAY,
        "basis": BY,
        "now": NOW,
    }
    with pytest.raises(RuleBroken, match=r"orders\.not_allowed"):
        designate_zone(actor=grid_worker, **facts)
    with pytest.raises(RuleBroken, match=r"orders\.zone_without_range"):
        designate_zone(actor=officer, **facts | {"lines": []})
    with pytest.raises(RuleBroken, match=r"orders\.zone_without_basis"):
        designate_zone(actor=officer, **facts | {"basis": Basis()})
    with pytest.raises(RuleBroken, match=r"orders\.place_not_here"):
        designate_zone(actor=officer, **facts | {"lines": [ScopeLine(place=10**9)]})
    upside = [ScopeLine(place=facts["lines"][0].place, floors=(5, 2))]
    with pytest.raises(RuleBroken, match=r"orders\.floors_upside_down"):
        designate_zone(actor=officer, **facts | {"lines": upside})
    with pytest.raises(NotVisible):
        designate_zone(actor=officer, **facts | {"community": OTHER_COMMUNITY})
    with pytest.raises(RuleBroken, match=r"orders\.zone_open_already"):
        designate_zone(actor=officer, **facts)
    assert Zone.objects.count() == 1


def test_a_range_is_free_again_once_lifted(zone: Zone, officer: Actor) -> None:
    facts: dict = {
        "actor": officer,
        "community": COMMUNITY,
        "name": "东至河，西至路",
        "level": Level.HIGH,
        "lines": [],
        "boundary": "东至河，西至路",
        "effective_at": NOW + timedelta(days=1),
        "effective_on": TODAY + timedelta(days=1),
        "basis": BY,
        "now": NOW,
    }
    ahead = designate_zone(**facts)
    with pytest.raises(RuleBroken, match=r"orders\.zone_open_already"):
        designate_zone(**facts)
    then = NOW + timedelta(days=2)
    lift_zone(actor=officer, zone=ahead, effective_at=then, effective_on=TODAY, basis=BY, now=then)
    again = facts | {"now": then, "effective_at": then, "effective_on": TODAY + timedelta(days=2)}
    assert designate_zone(**again) != ahead


def test_nothing_is_ordered_for_a_year_ahead(zone: Zone, officer: Actor) -> None:
    far = NOW + timedelta(days=7, minutes=1)
    when: dict = {"effective_at": far, "effective_on": day_of(far), "now": NOW}
    more: dict = {"actor": officer, **when}
    with pytest.raises(RuleBroken, match=r"orders\.too_far_ahead"):
        lift_zone(zone=zone, basis=BY, **more)
    with pytest.raises(RuleBroken, match=r"orders\.too_far_ahead"):
        change_open_zone(zone=zone, act=Act.RESTART, basis=BY, **more)
    with pytest.raises(RuleBroken, match=r"orders\.too_far_ahead"):
        correct_change(change=zone.changes.get(), reason="抄错", **more)
    with pytest.raises(RuleBroken, match=r"orders\.too_far_ahead"):
        designate_zone(
            community=COMMUNITY,
            name="x",
            level=Level.HIGH,
            lines=[],
            boundary="x",
            basis=BY,
            **more,
        )
    with pytest.raises(RuleBroken, match=r"orders\.too_far_ahead"):
        begin_standstill(
            actor=officer, community=COMMUNITY, starts_at=far, ends_at=None, reason="静默",
            ordered_by="区指挥部", now=NOW,
        )  # fmt: skip
    assert Zone.objects.count() == 1


def test_floors_and_exceptions_are_resolved(zone: Zone) -> None:
    building = Place.objects.get(kind="building")
    room = Place.objects.get(kind="dwelling", name="301")
    lines = (
        ScopeLine(place=building.pk, floors=(2, 9)),
        ScopeLine(place=room.pk, is_except=True),
    )
    found = covered({1: lines})[1]
    assert list(Place.objects.filter(pk__in=found).values_list("name", flat=True)) == ["201"]


def test_withdrawn_and_corrected_are_kept(zone: Zone, officer: Actor) -> None:
    first = zone.changes.get()
    before = lives_of([zone])[0].at(NOW, known_at=NOW)
    correct_change(
        actor=officer,
        change=first,
        effective_at=start_of(TODAY),
        effective_on=TODAY,
        reason="日期抄错",
        now=NOW + timedelta(hours=1),
    )
    life = lives_of([zone])[0]
    assert life.at(NOW).span.day0 == TODAY
    assert life.at(NOW, known_at=NOW).span.day0 == before.span.day0
    with pytest.raises(RuleBroken, match=r"orders\.reason_missing"):
        withdraw_change(actor=officer, change=first, reason=" ", now=NOW)
    withdraw_change(actor=officer, change=first, reason="没有这回事", now=NOW + timedelta(hours=2))
    with pytest.raises(RuleBroken, match=r"orders\.withdrawn_already"):
        withdraw_change(actor=officer, change=first, reason="再来", now=NOW)
    correction = zone.changes.get(act="correct")
    with pytest.raises(RuleBroken, match=r"orders\.not_correctable"):
        withdraw_change(actor=officer, change=correction, reason="再来", now=NOW)
    zone.refresh_from_db()
    assert zone.closed_at is not None


def test_recomputing_closed_at_changes_nothing(zone: Zone, officer: Actor) -> None:
    lift_zone(actor=officer, zone=zone, effective_at=NOW, effective_on=TODAY, basis=BY, now=NOW)
    assert refresh_closed(Zone.objects.all()) == 0
    Zone.objects.update(closed_at=None)
    assert refresh_closed(Zone.objects.all()) == 1


def test_rounds(zone: Zone, officer: Actor) -> None:
    facts = {"on": TODAY, "due": 6, "sampled": 6, "negative": 5, "positive": 0, "now": NOW}
    one = record_round(actor=officer, zone=zone, **facts)
    assert record_round(actor=officer, zone=zone, **facts) == one
    record_round(actor=officer, zone=zone, **facts | {"negative": 6})
    assert zone.rounds.count() == 2
    with pytest.raises(RuleBroken, match=r"orders\.round_does_not_add_up"):
        record_round(actor=officer, zone=zone, **facts | {"sampled": 7})
    with pytest.raises(RuleBroken, match=r"orders\.round_in_the_future"):
        record_round(actor=officer, zone=zone, **facts | {"on": TODAY + timedelta(days=1)})
    late = {"last_result_at": NOW + timedelta(hours=1)}
    with pytest.raises(RuleBroken, match=r"orders\.round_in_the_future"):
        record_round(actor=officer, zone=zone, **facts | late)


def test_a_grid_worker_records_the_rounds_of_the_own_grid(
    zone: Zone, grid_worker: Actor, other_grid_worker: Actor
) -> None:
    Place.objects.filter(kind="dwelling").update(grid=make_grid(number="1"))
    facts: dict = {"on": TODAY, "due": 6, "sampled": 6, "negative": 6, "positive": 0, "now": NOW}
    assert record_round(actor=grid_worker, zone=zone, **facts).negative == 6
    with pytest.raises(RuleBroken, match=r"orders\.not_your_grid"):
        record_round(actor=other_grid_worker, zone=zone, **facts)


def test_spread_needs_words(zone: Zone, officer: Actor) -> None:
    with pytest.raises(RuleBroken, match=r"orders\.reason_missing"):
        explain_spread(actor=officer, zone=zone, words="", now=NOW)


def test_standstill(zone: Zone, officer: Actor) -> None:
    facts: dict = {
        "actor": officer,
        "community": COMMUNITY,
        "starts_at": NOW,
        "ends_at": NOW + timedelta(days=3),
        "reason": "静默",
        "ordered_by": "区指挥部",
        "now": NOW,
    }
    row = begin_standstill(**facts)
    assert begin_standstill(**facts) == row
    with pytest.raises(RuleBroken, match=r"orders\.zone_without_basis"):
        begin_standstill(**facts | {"ordered_by": ""})
    with pytest.raises(RuleBroken, match=r"orders\.ends_before_it_begins"):
        begin_standstill(**facts | {"ends_at": NOW})
    end_standstill(actor=officer, standstill=row, ends_at=NOW, reason="研判", now=NOW)
    with pytest.raises(RuleBroken, match=r"orders\.standstill_ended_already"):
        end_standstill(actor=officer, standstill=row, ends_at=NOW, reason="研判", now=NOW)


def test_mode_comes_from_the_nearest_area_that_has_one(
    zone: Zone, district_officer: Actor, officer: Actor
) -> None:
    assert mode_of(COMMUNITY, NOW) == "routine"
    change_mode(actor=district_officer, area=140109000000, mode="emergency", reason="疫情", now=NOW)
    assert mode_of(COMMUNITY, NOW) == "emergency"
    assert mode_of(COMMUNITY, datetime(2022, 1, 1, tzinfo=NOW.tzinfo)) == "routine"
    with pytest.raises(RuleBroken, match=r"orders\.mode_already"):
        change_mode(actor=officer, area=COMMUNITY, mode="emergency", reason="疫情", now=NOW)
    with pytest.raises(RuleBroken, match=r"orders\.unknown_mode"):
        change_mode(actor=officer, area=COMMUNITY, mode="war", reason="疫情", now=NOW)


def test_deliveries_once(zone: Zone, officer: Actor) -> None:
    doors = list(Place.objects.filter(kind="dwelling").values_list("pk", flat=True))
    facts: dict = {
        "actor": officer,
        "community": COMMUNITY,
        "sheet": "zone_notice",
        "basis": f"zone:{zone.pk}",
        "dwellings": doors,
        "how": "posted",
        "delivered_at": NOW,
        "now": NOW,
    }
    assert record_deliveries(**facts) == 3
    assert record_deliveries(**facts) == 0
    with pytest.raises(RuleBroken, match=r"orders\.delivered_in_the_future"):
        record_deliveries(**facts | {"delivered_at": NOW + timedelta(hours=1)})


def test_strangers_see_no_zone(zone: Zone, other_officer: Actor) -> None:
    assert list(zones_of(other_officer, COMMUNITY)) == []
    with pytest.raises(NotVisible):
        access_zone(other_officer, zone.pk)


def test_lives_cost_the_same_for_many(
    zone: Zone, officer: Actor, django_assert_num_queries
) -> None:
    with django_assert_num_queries(4):
        lives_of(Zone.objects.all())
    for n in range(2, 12):
        make_zone(officer, place=make_building(building=f"{n}号楼", rooms=("101",)))
    with django_assert_num_queries(4):
        assert len(lives_of(Zone.objects.all())) == 11


def test_recompute_by_command_finds_nothing_to_mend(zone: Zone) -> None:
    from gridwell.core.recompute import recomputables

    seen: list[tuple[int, int]] = []
    assert recomputables()["zones"].function(COMMUNITY, lambda *done: seen.append(done)) == 0
    assert seen == [(1, 1)]
