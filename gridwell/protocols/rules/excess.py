"""The excess check (层层加码检查): is an order wider, longer or harsher than the national rule?

The measure is the national version in force, bare. A local overlay explains a finding (it is
named with it) and never takes it away. Every finding carries the clause that draws the line.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from gridwell.protocols.rules.model import (
    SEVERITY,
    STAY_SEVERITY,
    ClassRule,
    ExitRule,
    Level,
    LevelRule,
    LiftRule,
    Protocol,
    Unit,
    Wider,
    width,
)


class OrderKind(StrEnum):
    """What is checked."""

    ZONE = "zone"
    LOW = "low"
    STANDSTILL = "standstill"
    STAY = "stay"  # isolation or monitoring of a person
    HOLD = "hold"  # people of a positive pool held in place


class Weight(StrEnum):
    """How a finding is shown: a flag, a question whose answer is kept, or a remark."""

    FLAG = "flag"
    ASK = "ask"
    REMARK = "remark"


class FindingCode(StrEnum):
    """What was found (加码事项)."""

    UNIT_WIDER = "unit_wider"
    LEVEL_ABOLISHED = "level_abolished"
    CLEAN_DAYS_LONGER = "clean_days_longer"
    MEASURE_HARSHER = "measure_harsher"
    NO_LIFT_RULE = "no_lift_rule"
    HALF_LIFT_RULE = "half_lift_rule"
    PAST_END = "past_end"
    NO_END = "no_end"
    STANDSTILL_NOT_ALLOWED = "standstill_not_allowed"
    CLASS_ABOLISHED = "class_abolished"
    STAY_LONGER = "stay_longer"
    STAY_HARSHER = "stay_harsher"
    HOLD_LONGER = "hold_longer"
    EXIT_STRICTER = "exit_stricter"


class Spread(StrEnum):
    """The kept answer to "is the spread unclear?" (传播风险是否不明确)."""

    UNCLEAR = "unclear"
    CLEAR = "clear"


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What an order says, as far as the check needs it. What it does not say is None or empty.

    Zones: `level`, `unit` (the widest of its lines), `spread` (the kept answer), `measures`,
    `clean_days` and `has_closing_round` as printed in the order, `has_lift_rule` whether any
    condition for lifting is printed, `met_on` the first day on which lifting was due and it was
    not lifted. An order "before our records" is checked for nothing. Stays: `class_code`,
    `stay_kind`, `days`, `last_on` and `is_open`. Holds: `hours`. Low: `exit`.
    """

    kind: OrderKind
    level: Level | None = None
    unit: Unit | None = None
    spread: Spread | None = None
    measures: tuple[str, ...] = ()
    has_lift_rule: bool = True
    clean_days: int | None = None
    has_closing_round: bool | None = None
    is_stepped: bool = False
    met_on: date | None = None
    ends_on: date | None = None
    is_open: bool = True
    class_code: str = ""
    stay_kind: str = ""
    days: int | None = None
    hours: int | None = None
    exit: ExitRule | None = None
    is_before_records: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: code, how heavy, the clause of the national version, and the figures.

    `overlay` and `overlay_clause` name the local rule that explains it, where there is one.
    """

    code: FindingCode
    weight: Weight
    version: str
    clause: str
    facts: tuple[tuple[str, str | int], ...] = field(default=())
    overlay: str = ""
    overlay_clause: str = ""


def check(
    order: OrderFacts, national: Protocol, day: date, *, local: Protocol | None = None
) -> tuple[Finding, ...]:
    """Return what in an order goes beyond the national version on `day`, heaviest first.

    `national` is `resolve(versions, None, day)`; `local` the version with overlays, only to name
    the overlay that explains a finding. Without findings the order is within the rules.
    """
    if order.is_before_records:
        return ()
    found: list[Finding] = []
    if order.kind is OrderKind.ZONE:
        found += _zone(order, national, day, local)
    elif order.kind is OrderKind.LOW:
        found += _exit(order, national, local)
    elif order.kind is OrderKind.STANDSTILL:
        found += _standstill(order, national, day)
    elif order.kind is OrderKind.STAY:
        found += _stay(order, national, day, local)
    else:
        found += _hold(order, national)
    weights = tuple(Weight)
    return tuple(sorted(found, key=lambda f: (weights.index(f.weight), f.code)))


def _finding(
    code: FindingCode, weight: Weight, national: Protocol, clause: str, **facts: str | int
) -> Finding:
    return Finding(code, weight, national.version, clause, tuple(sorted(facts.items())))


def _explained(finding: Finding, clause: str, local: Protocol | None) -> Finding:
    """Return the finding with the overlay's clause, when the local rule comes from an overlay."""
    if local is None or clause not in local.overlay_clauses:
        return finding
    return Finding(
        finding.code,
        finding.weight,
        finding.version,
        finding.clause,
        finding.facts,
        overlay="+".join(local.overlays),
        overlay_clause=clause,
    )


def _zone(
    order: OrderFacts, national: Protocol, day: date, local: Protocol | None
) -> list[Finding]:
    level = order.level or Level.HIGH
    rule = national.levels.get(level)
    if rule is None:
        clause = _abolishing_clause(national)
        return [
            _finding(FindingCode.LEVEL_ABOLISHED, Weight.FLAG, national, clause, level=level.value)
        ]
    local_rule = local.levels.get(level) if local is not None else None
    found = [*_width(order, rule, national), *_measures(order, rule, national, local_rule, local)]
    lift = rule.lifting(is_stepped=order.is_stepped)
    if lift is not None:
        local_lift = local_rule.lifting(is_stepped=order.is_stepped) if local_rule else None
        found += _lifting(order, lift, national, local_lift, local)
    due = order.met_on or order.ends_on
    if order.is_open and due is not None and day > due:
        clause = lift.clause if lift is not None else rule.unit_clause
        found.append(
            _finding(
                FindingCode.PAST_END,
                Weight.FLAG,
                national,
                clause,
                since=due.isoformat(),
                days=(day - due).days,
            )
        )
    return found


def _abolishing_clause(national: Protocol) -> str:
    """Return the clause that says which levels there are: that of the high level, or any zone's."""
    for level in (Level.HIGH, Level.MID, Level.LOW):
        rule = national.levels.get(level)
        if rule is not None and rule.unit_clause:
            return rule.unit_clause
    return national.standstill_clause


def _width(order: OrderFacts, rule: LevelRule, national: Protocol) -> list[Finding]:
    if order.unit is None or rule.unit is None or width(order.unit) <= width(rule.unit):
        return []
    weight = Weight.ASK
    if rule.wider is Wider.NEVER or order.spread is Spread.CLEAR:
        weight = Weight.FLAG
    elif order.spread is Spread.UNCLEAR or rule.wider is Wider.BY_ASSESSMENT:
        weight = Weight.REMARK
    return [
        _finding(
            FindingCode.UNIT_WIDER,
            weight,
            national,
            rule.unit_clause,
            unit=order.unit.value,
            default=rule.unit.value,
            wider=rule.wider.value,
            spread=order.spread.value if order.spread is not None else "",
        )
    ]


def _measures(
    order: OrderFacts,
    rule: LevelRule,
    national: Protocol,
    local_rule: LevelRule | None,
    local: Protocol | None,
) -> list[Finding]:
    most = max((SEVERITY.get(m, 0) for m in rule.measures), default=0)
    harsher = sorted(m for m in order.measures if SEVERITY.get(m, most + 1) > most)
    if not harsher:
        return []
    finding = _finding(
        FindingCode.MEASURE_HARSHER,
        Weight.FLAG,
        national,
        rule.measures_clause,
        measures=",".join(harsher),
    )
    return [_explained(finding, local_rule.measures_clause if local_rule else "", local)]


def _lifting(
    order: OrderFacts,
    lift: LiftRule,
    national: Protocol,
    local_lift: LiftRule | None,
    local: Protocol | None,
) -> list[Finding]:
    found: list[Finding] = []
    if not order.has_lift_rule:
        found.append(_finding(FindingCode.NO_LIFT_RULE, Weight.FLAG, national, lift.clause))
    if order.clean_days is not None and order.clean_days > lift.clean_days:
        finding = _finding(
            FindingCode.CLEAN_DAYS_LONGER,
            Weight.FLAG,
            national,
            lift.clause,
            days=order.clean_days,
            most=lift.clean_days,
        )
        found.append(_explained(finding, local_lift.clause if local_lift else "", local))
    if order.has_lift_rule and order.has_closing_round is False and lift.closing_day is not None:
        found.append(
            _finding(
                FindingCode.HALF_LIFT_RULE,
                Weight.REMARK,
                national,
                lift.closing_clause,
                day=lift.closing_day,
            )
        )
    return found


def _exit(order: OrderFacts, national: Protocol, local: Protocol | None) -> list[Finding]:
    if order.exit is None:
        return []
    low = national.levels.get(Level.LOW)
    rule = low.exit if low is not None else None
    asked = order.exit
    clause = ""
    if rule is not None:
        if asked.negatives <= rule.negatives and asked.within_hours >= rule.within_hours:
            return []
        clause = rule.clause
    else:
        clause = low.measures_clause if low is not None else _abolishing_clause(national)
    finding = _finding(
        FindingCode.EXIT_STRICTER,
        Weight.FLAG,
        national,
        clause,
        negatives=asked.negatives,
        hours=asked.within_hours,
        most_negatives=rule.negatives if rule is not None else 0,
        most_hours=rule.within_hours if rule is not None else 0,
    )
    local_low = local.levels.get(Level.LOW) if local is not None else None
    explained = local_low.exit if local_low is not None else None
    if explained is not None and explained.negatives >= asked.negatives:
        return [_explained(finding, explained.clause, local)]
    return [finding]


def _standstill(order: OrderFacts, national: Protocol, day: date) -> list[Finding]:
    clause = national.standstill_clause
    if national.standstill == "never":
        return [_finding(FindingCode.STANDSTILL_NOT_ALLOWED, Weight.FLAG, national, clause)]
    if order.ends_on is None:
        return [_finding(FindingCode.NO_END, Weight.FLAG, national, clause)]
    if order.is_open and day > order.ends_on:
        return [
            _finding(
                FindingCode.PAST_END,
                Weight.FLAG,
                national,
                clause,
                since=order.ends_on.isoformat(),
                days=(day - order.ends_on).days,
            )
        ]
    return []


def _stay(
    order: OrderFacts, national: Protocol, day: date, local: Protocol | None
) -> list[Finding]:
    rule = national.classes.get(order.class_code)
    found: list[Finding] = []
    if rule is None or not rule.is_determined:
        clause = rule.clause if rule is not None else ""
        found.append(
            _finding(
                FindingCode.CLASS_ABOLISHED,
                Weight.FLAG if rule is not None else Weight.ASK,
                national,
                clause,
                class_code=order.class_code,
            )
        )
    else:
        found += [
            _explained(f, _class_clause(local, order.class_code), local)
            for f in _stay_against(order, rule, national)
        ]
    if order.is_open and order.ends_on is not None and day > order.ends_on:
        found.append(
            _finding(
                FindingCode.PAST_END,
                Weight.FLAG,
                national,
                rule.clause if rule is not None else "",
                since=order.ends_on.isoformat(),
                days=(day - order.ends_on).days,
            )
        )
    return found


def _stay_against(order: OrderFacts, rule: ClassRule, national: Protocol) -> list[Finding]:
    stage = rule.stage(order.stay_kind)
    if stage is None:
        hardest = max(rule.stages, key=lambda s: STAY_SEVERITY[s.kind])
        if STAY_SEVERITY.get(order.stay_kind, 3) <= STAY_SEVERITY[hardest.kind]:
            return []
        return [
            _finding(
                FindingCode.STAY_HARSHER,
                Weight.FLAG,
                national,
                hardest.clause,
                kind=order.stay_kind,
                most=hardest.kind.value,
            )
        ]
    if order.days is not None and order.days > stage.days:
        return [
            _finding(
                FindingCode.STAY_LONGER,
                Weight.FLAG,
                national,
                stage.clause,
                days=order.days,
                most=stage.days,
            )
        ]
    return []


def _class_clause(local: Protocol | None, class_code: str) -> str:
    rule = local.classes.get(class_code) if local is not None else None
    return rule.clause if rule is not None else ""


def _hold(order: OrderFacts, national: Protocol) -> list[Finding]:
    most = national.hold_hours
    if most is None or order.hours is None or order.hours <= most:
        return []
    return [
        _finding(
            FindingCode.HOLD_LONGER,
            Weight.FLAG,
            national,
            national.hold_clause,
            hours=order.hours,
            most=most,
        )
    ]
