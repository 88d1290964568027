"""What is said about a plan: why, what changed, how it is stored, how fast it is."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from gridwell.core.clock import end_of, start_of
from gridwell.orders.rules.lifecycle import Act
from gridwell.plan.rules.codec import UnknownFormat, from_json, to_json
from gridwell.plan.rules.compare import Cause, ChangeKind, compare
from gridwell.plan.rules.crowd import birth_limit
from gridwell.plan.rules.engine import derive
from gridwell.plan.rules.explain import Explanation, PartCode, explain
from gridwell.plan.rules.facts import IsolationFact, LowOrder, People
from gridwell.plan.rules.plan import DutyCode, Plan
from gridwell.plan.tests.make import (
    D0,
    at,
    big_snapshot,
    change,
    protocol_on,
    round_of,
    snapshot,
    zone,
)

BUILDING_1 = frozenset({11, 12})
LOW = LowOrder(1, "2022年第173号", at(D0), at(D0))
HOME = IsolationFact(9, 5, "zone_outflow", "home", D0, at(D0, 10))


def day(number: int) -> date:
    return D0 + timedelta(days=number)


def plan_of(number: int, **parts: object) -> Plan:
    return derive(snapshot(day(number), **parts), day(number))


def why(plan: Plan, resident: int, code: DutyCode) -> Explanation:
    duty = next(d for d in plan.duties_of(resident) if d.code is code)
    return explain(duty, plan, protocol_on(plan.day))


def test_why_a_person_stays_home() -> None:
    found = why(plan_of(3, zones=(zone(BUILDING_1),)), 1, DutyCode.STAY_HOME)
    parts = {part.code: part.facts for part in found.parts}
    assert list(parts) == [
        PartCode.ZONE,
        PartCode.RULE,
        PartCode.DAY,
        PartCode.END_LIFTED,
        PartCode.ALLOWED,
    ]
    assert parts[PartCode.ZONE] == {
        "name": "4号楼",
        "on": D0,
        "notice": "2022年第173号",
        "level": "high",
    }
    assert parts[PartCode.DAY] == {"day": 3}
    assert parts[PartCode.END_LIFTED] == {"days": 5, "closing": 1, "on": day(5)}
    assert found.clause is not None
    assert (found.clause.id, found.document) == ("T4-2", "T4")


def test_why_a_person_is_sampled_names_zone_day_and_round() -> None:
    found = why(plan_of(3, zones=(zone(BUILDING_1),)), 1, DutyCode.BE_SAMPLED)
    parts = {part.code: part.facts for part in found.parts}
    assert parts[PartCode.ZONE]["on"] == D0
    assert parts[PartCode.ROUND] == {"round": 3}
    assert parts[PartCode.RULE]["clause"] == "TY173-rounds"
    assert parts[PartCode.END_AT] == {"until": end_of(day(3))}


def test_why_after_a_restart_says_so() -> None:
    restart = change(Act.RESTART, day(2), id=2, level=None, scope=None)
    found = why(plan_of(3, zones=(zone(BUILDING_1, change(), restart),)), 1, DutyCode.STAY_HOME)
    parts = {part.code: part.facts for part in found.parts}
    assert parts[PartCode.ZONE]["on"] == D0
    assert parts[PartCode.RESTARTED] == {"on": day(2)}
    assert parts[PartCode.DAY] == {"day": 1}


def test_why_of_a_zone_from_before_our_records() -> None:
    found = why(plan_of(3, zones=(zone(BUILDING_1, change(on=None)),)), 1, DutyCode.STAY_HOME)
    codes = [part.code for part in found.parts]
    assert codes[0] is PartCode.ZONE_BEFORE_RECORDS
    assert PartCode.END_LIFTED_UNKNOWN in codes


def test_why_of_isolation_and_of_the_low_rule() -> None:
    plan = plan_of(1, isolations=(HOME,), low_orders=(LOW,))
    isolation = {p.code: p.facts for p in why(plan, 5, DutyCode.STAY_HOME).parts}
    assert isolation[PartCode.ISOLATION]["class_code"] == "zone_outflow"
    assert isolation[PartCode.END_AT] == {"until": end_of(day(7))}
    low = {p.code: p.facts for p in why(plan, 8, DutyCode.CARRY_NEGATIVE).parts}
    assert low[PartCode.EXIT] == {"negatives": 3, "hours": 72, "days": 3}
    assert low[PartCode.END_ORDER] == {"until": start_of(date(2022, 12, 7))}


def test_every_duty_of_a_full_day_can_be_explained() -> None:
    plan = plan_of(1, zones=(zone(BUILDING_1),), isolations=(HOME,), low_orders=(LOW,))
    for resident in range(1, 9):
        for duty in plan.duties_of(resident):
            found = explain(duty, plan, protocol_on(plan.day))
            assert found.clause is not None
            assert found.parts[-1].code is PartCode.ALLOWED
            assert explain(duty, plan, None).clause is None


# What changed


def test_a_new_zone_is_a_change_by_its_act() -> None:
    before = plan_of(-1, zones=(zone(BUILDING_1),))
    after = plan_of(0, zones=(zone(BUILDING_1),))
    (found,) = compare(before, after)
    assert (found.kind, found.code, found.cause) == (
        ChangeKind.BEGAN,
        DutyCode.STAY_HOME,
        Cause.ACT,
    )
    assert found.residents == (1, 2, 3, 4)
    assert [act.notice for act in found.acts] == ["2022年第173号"]


def test_the_next_day_of_a_zone_changes_only_the_samples() -> None:
    fact = zone(BUILDING_1)
    assert compare(plan_of(1, zones=(fact,)), plan_of(2, zones=(fact,))) == ()
    (found,) = compare(plan_of(3, zones=(fact,)), plan_of(4, zones=(fact,)))
    assert (found.kind, found.code, found.cause) == (
        ChangeKind.ENDED,
        DutyCode.BE_SAMPLED,
        Cause.DAY,
    )


def test_a_lift_is_a_change_by_its_act_on_the_day_after() -> None:
    lift = change(Act.LIFT, day(5), id=2, level=None, scope=None)
    fact = zone(BUILDING_1, change(), lift)
    found = compare(plan_of(4, zones=(fact,)), plan_of(5, zones=(fact,)))
    assert [(c.kind, c.code, c.cause) for c in found] == [
        (ChangeKind.ENDED, DutyCode.STAY_HOME, Cause.ACT)
    ]


def test_isolation_that_ran_out_and_people_who_moved() -> None:
    found = compare(plan_of(7, isolations=(HOME,)), plan_of(8, isolations=(HOME,)))
    assert {c.cause for c in found if c.code is DutyCode.STAY_HOME} == {Cause.ACT}
    people = snapshot(D0).people
    away = replace(people, away={1: [(at(day(2)), None)]})
    fact = zone(BUILDING_1)
    (gone, *_) = compare(plan_of(1, zones=(fact,)), plan_of(2, zones=(fact,), people=away))
    assert (gone.kind, gone.residents, gone.cause) == (ChangeKind.ENDED, (1,), Cause.PERSON)


def test_another_zone_over_the_same_people_moves_the_basis() -> None:
    lift = change(Act.LIFT, day(2), id=2, level=None, scope=None)
    old = zone(BUILDING_1, change(), lift)
    new = zone(BUILDING_1, change(on=day(2), id=7), id=2)
    found = compare(plan_of(1, zones=(old, new)), plan_of(2, zones=(old, new)))
    moved = [c for c in found if c.code is DutyCode.STAY_HOME]
    assert [(c.kind, c.basis.order, c.cause) for c in moved] == [(ChangeKind.MOVED, 2, Cause.ACT)]


# Storing


def test_json_of_a_large_plan_is_compact_and_whole() -> None:
    plan = derive(big_snapshot(8097), day(2))
    text = json.dumps(to_json(plan), separators=(",", ":"), ensure_ascii=False)
    assert from_json(json.loads(text)) == plan
    assert len(text) < 600_000


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(UnknownFormat):
        from_json({"format": 0, "plan": []})


def test_lifting_survives_storage() -> None:
    plan = plan_of(6, zones=(zone(BUILDING_1, rounds=(round_of(day(5)),)),))
    again = from_json(json.loads(json.dumps(to_json(plan))))
    assert again.zones[0].lifting == plan.zones[0].lifting
    assert again.late == plan.late


# Ages


def test_the_80th_birthday_counts_on_the_day() -> None:
    assert birth_limit(date(2022, 11, 23), 80) == date(1942, 11, 23).toordinal()
    assert birth_limit(date(2024, 2, 29), 81) == date(1943, 2, 28).toordinal()
    born = People(
        (1, 2), (11, 12), (101, 102), (birth_limit(day(1), 80), birth_limit(day(1), 80) + 1)
    )
    plan = plan_of(1, people=born, zones=(zone(BUILDING_1),))
    assert "very_old" in plan.priority_of[101].reasons
    assert "very_old" not in plan.priority_of[102].reasons
