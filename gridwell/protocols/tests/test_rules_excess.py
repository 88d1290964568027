"""The excess check: what an order may not do beyond the national version, by version and clause."""

from datetime import date

import pytest

from gridwell.protocols.rules.excess import (
    Finding,
    FindingCode,
    OrderFacts,
    OrderKind,
    Spread,
    Weight,
    check,
)
from gridwell.protocols.rules.model import ExitRule, Level, Protocol, Unit
from gridwell.protocols.rules.resolve import resolve
from gridwell.protocols.rules.shipped import shipped

P9, P20, T4, N10, BB = (
    date(2022, 7, 1),
    date(2022, 11, 12),
    date(2022, 11, 23),
    date(2022, 12, 8),
    date(2023, 2, 1),
)


def on(day: date, area: int | None = None) -> Protocol:
    found = resolve(shipped(), area, day)
    assert found is not None
    return found


def zone(**parts: object) -> OrderFacts:
    values: dict[str, object] = {
        "kind": OrderKind.ZONE,
        "level": Level.HIGH,
        "unit": Unit.BUILDING,
        "measures": ("stay_home", "door_service"),
        "clean_days": 5,
        "has_closing_round": True,
    }
    values.update(parts)
    return OrderFacts(**values)


def codes(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(f.code.value, f.weight.value) for f in findings]


CASES = [
    ("within the rules", T4, zone(), []),
    ("narrower is fine", T4, zone(unit=Unit.UNIT), []),
    ("compound asks", T4, zone(unit=Unit.COMPOUND), [("unit_wider", "ask")]),
    (
        "answered unclear",
        T4,
        zone(unit=Unit.COMPOUND, spread=Spread.UNCLEAR),
        [("unit_wider", "remark")],
    ),
    ("answered clear", T4, zone(unit=Unit.COMPOUND, spread=Spread.CLEAR), [("unit_wider", "flag")]),
    (
        "compound under N10",
        N10,
        zone(unit=Unit.COMPOUND, has_closing_round=None),
        [("unit_wider", "flag")],
    ),
    (
        "N10 takes no excuse",
        N10,
        zone(unit=Unit.COMPOUND, spread=Spread.UNCLEAR),
        [("unit_wider", "flag")],
    ),
    ("compound under P9", P9, zone(unit=Unit.COMPOUND, clean_days=7), []),
    (
        "subdistrict under P9",
        P9,
        zone(unit=Unit.SUBDISTRICT, clean_days=7),
        [("unit_wider", "remark")],
    ),
    ("seven days under P20", T4, zone(clean_days=7), [("clean_days_longer", "flag")]),
    (
        "no lifting condition",
        T4,
        zone(has_lift_rule=False, clean_days=None),
        [("no_lift_rule", "flag")],
    ),
    ("half a rule is a remark", T4, zone(has_closing_round=False), [("half_lift_rule", "remark")]),
    ("no closing round asked yet", P20, zone(has_closing_round=False), []),
    ("mid is abolished", T4, zone(level=Level.MID), [("level_abolished", "flag")]),
    (
        "mid under P9",
        P9,
        zone(level=Level.MID, unit=Unit.COMPOUND, measures=("not_leave_zone",), clean_days=7),
        [],
    ),
    (
        "mid that may not leave home",
        P9,
        zone(level=Level.MID, clean_days=7),
        [("measure_harsher", "flag")],
    ),
    ("no zones any more", BB, zone(), [("level_abolished", "flag")]),
    ("met and not lifted", T4, zone(met_on=date(2022, 11, 22)), [("past_end", "flag")]),
    ("met today", T4, zone(met_on=date(2022, 11, 23)), []),
    ("before our records", T4, zone(unit=Unit.DISTRICT, is_before_records=True), []),
    (
        "home isolation too long",
        T4,
        OrderFacts(OrderKind.STAY, class_code="zone_outflow", stay_kind="home", days=10),
        [("stay_longer", "flag")],
    ),
    (
        "facility for outflow",
        T4,
        OrderFacts(OrderKind.STAY, class_code="zone_outflow", stay_kind="facility", days=7),
        [("stay_harsher", "flag")],
    ),
    (
        "contact of a contact",
        T4,
        OrderFacts(OrderKind.STAY, class_code="secondary_contact", stay_kind="home", days=7),
        [("class_abolished", "flag")],
    ),
    (
        "contact of a contact, P9",
        P9,
        OrderFacts(OrderKind.STAY, class_code="secondary_contact", stay_kind="home", days=7),
        [],
    ),
    (
        "isolation past its end",
        T4,
        OrderFacts(
            OrderKind.STAY,
            class_code="zone_outflow",
            stay_kind="home",
            days=7,
            ends_on=date(2022, 11, 22),
        ),
        [("past_end", "flag")],
    ),
    (
        "ended in time",
        T4,
        OrderFacts(
            OrderKind.STAY,
            class_code="zone_outflow",
            stay_kind="home",
            days=7,
            ends_on=date(2022, 11, 22),
            is_open=False,
        ),
        [],
    ),
    ("hold of two days", T4, OrderFacts(OrderKind.HOLD, hours=48), [("hold_longer", "flag")]),
    ("hold of a day", T4, OrderFacts(OrderKind.HOLD, hours=24), []),
    ("standstill without an end", T4, OrderFacts(OrderKind.STANDSTILL), [("no_end", "flag")]),
    (
        "standstill with an end",
        T4,
        OrderFacts(OrderKind.STANDSTILL, ends_on=date(2022, 11, 25)),
        [],
    ),
    (
        "standstill under N10",
        N10,
        OrderFacts(OrderKind.STANDSTILL, ends_on=date(2022, 12, 9)),
        [("standstill_not_allowed", "flag")],
    ),
    (
        "three tests in three days",
        T4,
        OrderFacts(OrderKind.LOW, exit=ExitRule(3, 72, "x", 3)),
        [("exit_stricter", "flag")],
    ),
    ("48 hours", T4, OrderFacts(OrderKind.LOW, exit=ExitRule(1, 48, "x")), []),
    (
        "48 hours under N10",
        N10,
        OrderFacts(OrderKind.LOW, exit=ExitRule(1, 48, "x")),
        [("exit_stricter", "flag")],
    ),
]


@pytest.mark.parametrize(("name", "day", "order", "wanted"), CASES, ids=[c[0] for c in CASES])
def test_findings(name: str, day: date, order: OrderFacts, wanted: list[tuple[str, str]]) -> None:
    assert codes(check(order, on(day), day)) == wanted


@pytest.mark.parametrize(("name", "day", "order", "wanted"), CASES, ids=[c[0] for c in CASES])
def test_every_finding_cites_a_clause_of_the_national_version(
    name: str, day: date, order: OrderFacts, wanted: list[tuple[str, str]]
) -> None:
    national = on(day)
    for finding in check(order, national, day):
        assert finding.clause in national.clauses
        assert finding.version == national.version


@pytest.mark.parametrize(("name", "day", "order", "wanted"), CASES, ids=[c[0] for c in CASES])
def test_an_overlay_never_silences(
    name: str, day: date, order: OrderFacts, wanted: list[tuple[str, str]]
) -> None:
    local = on(day, 140106004009)
    assert codes(check(order, on(day), day, local=local)) == wanted


def test_an_overlay_explains() -> None:
    order = OrderFacts(OrderKind.LOW, exit=ExitRule(3, 72, "TY173-exit", 3))
    (finding,) = check(order, on(T4), T4, local=on(T4, 140106004009))
    assert finding.code is FindingCode.EXIT_STRICTER
    assert finding.weight is Weight.FLAG
    assert (finding.overlay, finding.overlay_clause) == ("TY-2022-11-20", "TY173-exit")
    earlier = date(2022, 11, 19)
    (before,) = check(order, on(earlier), earlier, local=on(earlier, 140106004009))
    assert before.overlay == ""  # the rule of 18 November still said 48 hours


def test_flags_come_before_questions_and_remarks() -> None:
    order = zone(unit=Unit.COMPOUND, clean_days=7, has_closing_round=False)
    weights = [f.weight for f in check(order, on(T4), T4)]
    assert weights == [Weight.FLAG, Weight.ASK, Weight.REMARK]
