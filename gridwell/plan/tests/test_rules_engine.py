"""The plan of a small community, case by case."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from gridwell.core.clock import end_of, start_of
from gridwell.orders.rules.lifecycle import Act, Precision
from gridwell.plan.rules.engine import derive
from gridwell.plan.rules.facts import (
    ExemptionFact,
    IsolationFact,
    LowOrder,
    People,
    ResultFact,
    RoundOrderFact,
    Snapshot,
    StandstillFact,
    ZoneCaseFact,
    ZoneFact,
)
from gridwell.plan.rules.plan import (
    WORK_CODES,
    Count,
    DutyCode,
    DutyGroup,
    EndCode,
    LateCode,
    OrderKind,
    Plan,
    UnfoundedCode,
    WorkCode,
    WorkGroup,
)
from gridwell.plan.tests.make import D0, at, change, protocol_on, round_of, snapshot, zone
from gridwell.protocols.rules.model import Level

BUILDING_1 = frozenset({11, 12})
BUILDING_2 = frozenset({21, 22})
LOW = LowOrder(1, "2022年第173号", at(D0), at(D0))


def day(number: int) -> date:
    return D0 + timedelta(days=number)


def plan_of(number: int, **parts: object) -> Plan:
    return derive(snapshot(day(number), **parts), day(number))


def groups(plan: Plan, code: DutyCode, kind: OrderKind | None = None) -> list[DutyGroup]:
    return [
        g for g in plan.duties if g.code is code and kind in (None, OrderKind(g.basis.order_kind))
    ]


def works(plan: Plan, code: WorkCode) -> list[WorkGroup]:
    return [w for w in plan.work if w.code == code]


def test_a_quiet_community_has_an_empty_plan() -> None:
    plan = plan_of(0)
    assert plan.duties == ()
    assert plan.work == ()
    assert plan.counts == {}


def test_a_high_risk_building_stays_home_with_basis_and_end() -> None:
    plan = plan_of(1, zones=(zone(BUILDING_1),))
    (group,) = groups(plan, DutyCode.STAY_HOME)
    assert group.residents == (1, 2, 3, 4)
    assert group.basis.notice == "2022年第173号"
    assert group.basis.clause == "T4-2"
    assert group.basis.version == "P20-T4+TY-2022-11-20"
    assert (group.from_at, group.until_at) == (start_of(D0), None)
    assert (group.end.code, group.end.earliest_on) == (EndCode.ZONE_LIFTED, day(5))
    assert group.fact("day") == 1
    assert plan.count("stay_home") == Count(people=4, households=2, buildings=1)


SAMPLED = [(0, None), (1, 1), (2, 2), (3, 3), (4, None), (5, 0), (6, 0)]


@pytest.mark.parametrize(("number", "wanted"), SAMPLED)
def test_who_is_due_to_be_sampled_day_by_day(number: int, wanted: int | None) -> None:
    found = groups(plan_of(number, zones=(zone(BUILDING_1),)), DutyCode.BE_SAMPLED)
    assert [g.fact("round") for g in found] == ([] if wanted is None else [wanted])
    for group in found:
        assert group.basis.clause == ("T4-3" if wanted == 0 else "TY173-rounds")
        assert group.until_at == end_of(day(number))


def test_a_sample_does_not_take_its_duty_away() -> None:
    without = plan_of(1, zones=(zone(BUILDING_1),))
    results = tuple(ResultFact(r, at(day(1), 8), True, at(day(1), 9)) for r in (1, 2))
    with_results = plan_of(1, zones=(zone(BUILDING_1),), results=results)
    assert without.duties == with_results.duties


def test_a_zone_that_begins_in_the_evening_holds_from_then() -> None:
    late = change(hour=20, precision=Precision.MINUTE)
    (group,) = groups(plan_of(0, zones=(zone(BUILDING_1, late),)), DutyCode.STAY_HOME)
    assert group.from_at == at(D0, 20)
    assert plan_of(-1, zones=(zone(BUILDING_1, late),)).duties == ()


def test_a_zone_lifted_at_noon_holds_until_then_and_frees_after_it() -> None:
    lift = change(Act.LIFT, day(5), id=2, level=None, scope=None, hour=12)
    plan = plan_of(5, zones=(zone(BUILDING_1, change(), lift),), low_orders=(LOW,))
    (group,) = groups(plan, DutyCode.STAY_HOME)
    assert (group.until_at, group.end.code) == (at(day(5), 12), EndCode.AT)
    freed = [g for g in groups(plan, DutyCode.CARRY_NEGATIVE) if 1 in g.residents]
    assert [g.from_at for g in freed] == [at(day(5), 12)]
    assert [z.level for z in plan.zones] == [None]
    assert [(a.act, a.order) for a in plan.acts] == [("lift", 1)]
    assert plan_of(6, zones=(zone(BUILDING_1, change(), lift),)).duties == ()


def test_a_restart_moves_the_days_and_keeps_the_beginning() -> None:
    restart = change(Act.RESTART, day(3), id=2, level=None, scope=None, notice="2022年第178号")
    plan = plan_of(4, zones=(zone(BUILDING_1, change(), restart),))
    (group,) = groups(plan, DutyCode.STAY_HOME)
    assert group.from_at == start_of(D0)
    assert group.fact("day") == 1
    assert (group.basis.change, group.basis.clock) == (1, 2)
    assert group.end.earliest_on == day(8)
    (sampling,) = groups(plan, DutyCode.BE_SAMPLED)
    assert sampling.fact("round") == 1


def test_shrinking_frees_who_is_outside() -> None:
    narrow = change(Act.CHANGE_RANGE, day(2), id=2, level=None, hour=10, precision=Precision.MINUTE)
    fact = ZoneFact(1, "1、2号楼", (change(), narrow), {1: BUILDING_1 | BUILDING_2, 2: BUILDING_1})
    plan = plan_of(2, zones=(fact,))
    ends = {g.residents: g.until_at for g in groups(plan, DutyCode.STAY_HOME)}
    assert ends == {(1, 2, 3, 4): None, (5, 6, 7, 8): at(day(2), 10)}
    after = plan_of(3, zones=(fact,))
    assert after.residents_with(DutyCode.STAY_HOME) == {1, 2, 3, 4}


def test_widening_holds_the_new_ones_by_that_act() -> None:
    wide = change(Act.CHANGE_RANGE, day(2), id=2, level=None)
    fact = ZoneFact(1, "1、2号楼", (change(), wide), {1: BUILDING_1, 2: BUILDING_1 | BUILDING_2})
    found = groups(plan_of(3, zones=(fact,)), DutyCode.STAY_HOME)
    assert {(g.residents, g.basis.change, g.from_at) for g in found} == {
        ((1, 2, 3, 4), 1, start_of(D0)),
        ((5, 6, 7, 8), 2, start_of(day(2))),
    }


def test_a_mid_zone_holds_inside_the_zone_under_the_ninth_edition() -> None:
    on = date(2022, 7, 4)
    fact = zone(BUILDING_1, change(on=on - timedelta(days=1), level=Level.MID))
    plan = derive(snapshot(on, zones=(fact,), protocol=protocol_on(on)), on)
    assert plan.residents_with(DutyCode.NOT_LEAVE_ZONE) == {1, 2, 3, 4}
    assert plan.residents_with(DutyCode.STAY_HOME) == frozenset()
    assert works(plan, WorkCode.DOOR_SERVICE) == []


def test_a_level_that_was_abolished_restricts_nobody_and_is_pointed_at() -> None:
    plan = plan_of(1, zones=(zone(BUILDING_1, change(level=Level.MID)),))
    assert plan.duties == ()
    assert [(u.code, u.order) for u in plan.unfounded] == [(UnfoundedCode.NO_RULE, 1)]


def test_without_any_protocol_nothing_is_asked() -> None:
    plan = plan_of(1, zones=(zone(BUILDING_1),), protocol=None, low_orders=(LOW,))
    assert plan.duties == ()
    assert plan.version == ""


# The rest is low risk


def test_everybody_else_carries_three_negatives_to_leave_the_city() -> None:
    plan = plan_of(1, zones=(zone(BUILDING_1),), low_orders=(LOW,))
    (group,) = groups(plan, DutyCode.CARRY_NEGATIVE)
    assert group.residents == (5, 6, 7, 8)
    assert dict(group.facts) == {"negatives": 3, "hours": 72, "days": 3}
    assert group.end.code == EndCode.ORDER_ENDS
    assert group.until_at == start_of(date(2022, 12, 7))
    assert groups(plan_of(1), DutyCode.CARRY_NEGATIVE) == []


# Who is here


def test_whoever_is_away_for_the_day_has_no_duty_and_who_comes_back_has() -> None:
    people = snapshot(D0).people
    away = {1: [(at(day(-3)), at(day(2), 9))], 2: [(at(D0), None)]}
    fact = replace(people, away=away)
    plan = plan_of(1, people=fact, zones=(zone(BUILDING_1),))
    assert plan.residents_with(DutyCode.STAY_HOME) == {3, 4}
    back = plan_of(2, people=fact, zones=(zone(BUILDING_1),))
    assert back.residents_with(DutyCode.STAY_HOME) == {1, 3, 4}


def test_whoever_is_in_a_facility_is_not_at_home() -> None:
    stay = IsolationFact(7, 1, "close_contact", "facility", D0, at(D0))
    plan = plan_of(2, zones=(zone(BUILDING_1),), isolations=(stay,))
    assert plan.residents_with(DutyCode.STAY_HOME) == {2, 3, 4}
    assert plan.residents_with(DutyCode.STAY_ISOLATED) == {1}
    assert plan_of(6, zones=(zone(BUILDING_1),), isolations=(stay,)).residents_with(
        DutyCode.STAY_HOME
    ) == {1, 2, 3, 4}


def test_an_exemption_from_sampling_leaves_the_rest() -> None:
    fact = ExemptionFact(1, "be_sampled", at(D0), at(day(9)), at(D0), "recovered")
    plan = plan_of(1, zones=(zone(BUILDING_1),), exemptions=(fact,))
    assert plan.residents_with(DutyCode.BE_SAMPLED) == {2, 3, 4}
    assert plan.residents_with(DutyCode.STAY_HOME) == {1, 2, 3, 4}
    later = replace(fact, recorded_at=at(day(3)))
    unknown = plan_of(1, zones=(zone(BUILDING_1),), exemptions=(later,))
    assert unknown.residents_with(DutyCode.BE_SAMPLED) == {1, 2, 3, 4}


# Isolation

HOME = IsolationFact(9, 3, "zone_outflow", "home", D0, at(D0, 10))


def test_home_isolation_day_by_day() -> None:
    sampled = [
        n
        for n in range(9)
        if 3 in plan_of(n, isolations=(HOME,)).residents_with(DutyCode.BE_SAMPLED)
    ]
    held = [
        n
        for n in range(9)
        if 3 in plan_of(n, isolations=(HOME,)).residents_with(DutyCode.STAY_HOME)
    ]
    assert sampled == [1, 3, 5, 7]
    assert held == [0, 1, 2, 3, 4, 5, 6, 7]


def test_isolation_past_its_end_holds_nobody_and_is_late() -> None:
    plan = plan_of(8, isolations=(HOME,))
    assert plan.duties == ()
    (late,) = plan.late
    assert (late.code, late.since_on, late.subject) == (LateCode.ISOLATION_PAST_END, day(8), 3)
    assert dict(late.facts)["report_in"] == 0
    assert [w.subjects for w in works(plan, WorkCode.RELEASE_NOTICE)] == [(3,)]
    report = ResultFact(3, at(day(7), 9), True, at(day(7), 20))
    (with_report,) = plan_of(8, isolations=(HOME,), results=(report,)).late
    assert dict(with_report.facts)["report_in"] == 1


def test_isolation_ended_by_hand_is_not_late() -> None:
    ended = replace(HOME, ended_at=at(day(8), 9))
    assert plan_of(8, isolations=(ended,)).late == ()
    assert plan_of(9, isolations=(ended,)).work == ()
    early = replace(HOME, ended_at=at(day(4), 9))
    (group,) = groups(plan_of(4, isolations=(early,)), DutyCode.STAY_HOME)
    assert group.until_at == at(day(4), 9)


def test_monitoring_is_not_isolation() -> None:
    fact = IsolationFact(9, 3, "closed_loop_worker", "monitoring", D0, at(D0))
    plan = plan_of(1, isolations=(fact,))
    assert plan.residents_with(DutyCode.AVOID_GOING_OUT) == {3}
    assert plan.residents_with(DutyCode.STAY_HOME) == frozenset()
    assert plan.residents_with(DutyCode.REPORT_TEMPERATURE) == {3}


def test_isolation_without_a_rule_in_force_holds_nobody() -> None:
    fact = IsolationFact(9, 3, "secondary_contact", "home", D0, at(D0))
    plan = plan_of(1, isolations=(fact,))
    assert plan.duties == ()
    assert [u.code for u in plan.unfounded] == [UnfoundedCode.NO_CLAUSE]


def test_isolation_recorded_under_an_earlier_version_keeps_its_clause() -> None:
    fact = IsolationFact(
        9, 3, "secondary_contact", "home", D0, at(D0),
        last_on=day(7), version="P9", clause="P9-secondary",
    )  # fmt: skip
    (group,) = groups(plan_of(1, isolations=(fact,)), DutyCode.STAY_HOME)
    assert (group.basis.version, group.basis.clause) == ("P9", "P9-secondary")


# Standstills and ordered rounds


def test_a_standstill_needs_an_end() -> None:
    fact = StandstillFact(5, "静默", at(D0), at(day(3)), at(D0), None, "2022年第170号")
    plan = plan_of(1, standstills=(fact,))
    (group,) = groups(plan, DutyCode.NOT_LEAVE_AREA)
    assert len(group.residents) == 8
    assert group.until_at == at(day(3))
    endless = plan_of(1, standstills=(replace(fact, until_at=None),))
    assert endless.duties == ()
    assert [u.code for u in endless.unfounded] == [UnfoundedCode.NO_END]


def test_a_window_that_ends_before_it_begins_holds_nobody() -> None:
    fact = StandstillFact(5, "静默", at(day(1), 12), at(day(1), 12), at(D0), None)
    assert plan_of(1, standstills=(fact,)).duties == ()
    assert plan_of(1, standstills=(replace(fact, until_at=at(day(1), 9)),)).duties == ()


def test_a_standstill_under_the_ten_measures_holds_nobody() -> None:
    on = date(2022, 12, 8)
    fact = StandstillFact(5, "静默", at(on), at(on + timedelta(days=2)), at(on), None)
    plan = derive(snapshot(on, standstills=(fact,), protocol=protocol_on(on)), on)
    assert plan.duties == ()
    assert [u.code for u in plan.unfounded] == [UnfoundedCode.NO_RULE]


def test_an_ordered_round_asks_on_its_day_only() -> None:
    fact = RoundOrderFact(3, "全员核酸", day(1), at(D0), BUILDING_2, "通告", "实施办法")
    assert plan_of(1, round_orders=(fact,)).residents_with(DutyCode.BE_SAMPLED) == {5, 6, 7, 8}
    assert plan_of(2, round_orders=(fact,)).duties == ()
    bare = plan_of(1, round_orders=(replace(fact, clause=""),))
    assert [u.code for u in bare.unfounded] == [UnfoundedCode.NO_CLAUSE]


# Work


def test_door_services_begin_with_those_who_need_it_first() -> None:
    people = People(
        ids=(1, 2, 3, 4, 5, 6),
        dwellings=(11, 11, 12, 21, 22, 22),
        households=(101, 101, 102, 201, 202, 202),
        births=(0, 0, date(1940, 1, 1).toordinal(), date(1990, 1, 1).toordinal(), 0, 0),
        traits={5: frozenset({"illness", "illness:stable"})},
    )
    plan = plan_of(1, people=people, zones=(zone(BUILDING_1 | BUILDING_2),))
    (service,) = works(plan, WorkCode.DOOR_SERVICE)
    assert service.subjects == (102, 201, 202, 101)
    assert plan.priority_of[102].reasons == ("lives_alone", "very_old")
    assert plan.priority_of[201].reasons == ("lives_alone",)
    assert plan.priority_of[202].reasons == ("ill",)
    assert 101 not in plan.priority_of


def test_labels_that_call_for_care_are_served_first() -> None:
    plan = plan_of(1, zones=(zone(BUILDING_1),), care_labels={102: ("pink",)})
    (service,) = works(plan, WorkCode.DOOR_SERVICE)
    assert service.subjects == (102, 101)


def test_the_paper_goes_up_on_the_day_it_is_in_effect_and_known() -> None:
    first = [
        w.subjects for w in works(plan_of(0, zones=(zone(BUILDING_1),)), WorkCode.NOTICE_ON_DOOR)
    ]
    assert first == [(1,)]
    assert works(plan_of(1, zones=(zone(BUILDING_1),)), WorkCode.NOTICE_ON_DOOR) == []
    learned_later = zone(BUILDING_1, change(recorded=at(day(1), 8)))
    assert len(works(plan_of(1, zones=(learned_later,)), WorkCode.NOTICE_ON_DOOR)) == 1


def test_work_codes_are_registered_and_daily_work_has_its_slot() -> None:
    plan = plan_of(1, zones=(zone(BUILDING_1),), isolations=(HOME,))
    assert {w.code for w in plan.work} <= WORK_CODES
    for work in plan.work:
        assert work.slot in ("day", "once")
        assert work.basis.clause


def test_door_sampling_only_when_somebody_is_due() -> None:
    assert works(plan_of(1, zones=(zone(BUILDING_1),)), WorkCode.DOOR_SAMPLING) != []
    assert works(plan_of(4, zones=(zone(BUILDING_1),)), WorkCode.DOOR_SAMPLING) == []


# Places, late things, proposals


def test_the_state_of_a_zone_and_its_building() -> None:
    plan = plan_of(3, zones=(zone(BUILDING_1),))
    (place,) = plan.zones
    assert (place.level, place.day_number, place.households, place.people) == ("high", 3, 2, 4)
    assert place.buildings == (1,)
    row = plan.by_building(1)
    assert row is not None
    assert (row.level, row.households, row.people, row.to_sample, row.door_services) == (
        "high", 2, 4, 4, 2,
    )  # fmt: skip
    assert plan.by_building(2) is None


def test_lift_is_proposed_then_overdue() -> None:
    fact = zone(BUILDING_1, rounds=(round_of(day(5)),))
    met = plan_of(5, zones=(fact,))
    assert [(p.code, p.zone) for p in met.proposals] == [("lift", 1)]
    assert met.late == ()
    (late,) = plan_of(6, zones=(fact,)).late
    assert (late.code, late.since_on, late.basis.clause) == (LateCode.OVERDUE_LIFT, day(6), "T4-3")


def test_a_closing_round_that_was_not_held_is_late_from_day_6() -> None:
    assert plan_of(5, zones=(zone(BUILDING_1),)).late == ()
    (late,) = plan_of(6, zones=(zone(BUILDING_1),)).late
    assert (late.code, late.since_on) == (LateCode.CLOSING_ROUND, day(6))


def test_a_new_case_in_the_zone_proposes_restart() -> None:
    case = ZoneCaseFact(4, at(day(2), 9), at(day(2), 10), dwelling=12)
    plan = plan_of(3, zones=(zone(BUILDING_1),), cases=(case,))
    assert [p.code for p in plan.proposals] == ["restart"]
    elsewhere = plan_of(3, zones=(zone(BUILDING_1),), cases=(replace(case, dwelling=21),))
    assert elsewhere.proposals == ()


def test_a_zone_from_before_our_records_is_not_late() -> None:
    plan = plan_of(30, zones=(zone(BUILDING_1, change(on=None)),), protocol=protocol_on(day(9)))
    assert plan.late == ()
    (group,) = groups(plan, DutyCode.STAY_HOME)
    assert group.from_at is None
    assert group.end.earliest_on is None


def test_a_positive_without_a_case_is_pointed_at_and_restricts_nobody() -> None:
    result = ResultFact(1, at(day(1), 8), False, at(day(1), 20))
    plan = plan_of(1, results=(result,))
    assert plan.duties == ()
    assert [(u.code, u.order) for u in plan.unfounded] == [("positive_without_case", 1)]
    case = ZoneCaseFact(4, at(day(1), 21), at(day(1), 21), resident=1)
    assert plan_of(1, results=(result,), cases=(case,)).unfounded == ()


# Replay


def test_a_past_day_as_known_then_and_as_known_now() -> None:
    back = change(Act.WITHDRAW, day(3), id=2, level=None, scope=None, target=1)
    fact = zone(BUILDING_1, change(), back)
    then = derive(snapshot(day(1), zones=(fact,)), day(1))
    now = derive(snapshot(day(1), zones=(fact,), known_at=at(day(4))), day(1))
    assert then.residents_with(DutyCode.STAY_HOME) == {1, 2, 3, 4}
    assert now.duties == ()


def test_duties_of_one_resident() -> None:
    plan = plan_of(1, zones=(zone(BUILDING_1),), isolations=(HOME,), low_orders=(LOW,))
    codes = [duty.code for duty in plan.duties_of(3)]
    assert codes[:2] == [DutyCode.STAY_HOME, DutyCode.STAY_HOME]
    assert all(duty.may_go_to_hospital for duty in plan.duties_of(3))
    assert plan.duties_of(999) == ()
    assert [d.code for d in plan.duties_of(8)] == [DutyCode.CARRY_NEGATIVE]


def test_an_empty_snapshot_has_a_plan() -> None:
    plan = derive(Snapshot(1, D0, at(D0), protocol_on(D0)), D0)
    assert (plan.duties, plan.buildings) == ((), ())
