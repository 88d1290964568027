"""Days of isolation and monitoring (隔离、监测天数) by protocol: from arrival to the last full day."""

from dataclasses import dataclass
from datetime import date, timedelta

from gridwell.protocols.rules.model import Protocol, Stage, StayKind


@dataclass(frozen=True, slots=True)
class StayDays:
    """The days of one stage: first and last full day, and the days on which samples are due."""

    kind: str
    first_on: date
    last_on: date
    sample_on: tuple[date, ...]
    clause: str
    version: str


def stay_days(
    protocol: Protocol, class_code: str, kind: str, from_on: date, *, already_spent: int = 0
) -> StayDays | None:
    """Return the days of a stage that begins with arrival on `from_on`, or None without a rule.

    Whether the day of arrival counts is the protocol's counting (到达次日起算 by default).
    `already_spent` days elsewhere count (填平补齐), but at least one day is left.
    """
    rule = protocol.classes.get(class_code)
    stage = rule.stage(kind) if rule is not None and rule.is_determined else None
    if stage is None:
        return None
    return _days(protocol, stage, kind, from_on, already_spent)


def all_stages(protocol: Protocol, class_code: str, from_on: date) -> tuple[StayDays, ...]:
    """Return all stages of a class one after the other, the first beginning on `from_on`."""
    rule = protocol.classes.get(class_code)
    found: list[StayDays] = []
    start = from_on
    for stage in rule.stages if rule is not None else ():
        days = _days(protocol, stage, stage.kind, start, 0)
        found.append(days)
        start = days.last_on if protocol.counting.isolation == "next_day" else _next(days.last_on)
    return tuple(found)


def _days(protocol: Protocol, stage: Stage, kind: str, from_on: date, spent: int) -> StayDays:
    skip = 1 if protocol.counting.isolation == "next_day" else 0
    day1 = from_on + timedelta(days=skip - spent)
    last = max(day1 + timedelta(days=stage.days - 1), from_on + timedelta(days=skip))
    samples = tuple(day1 + timedelta(days=number - 1) for number in stage.sample_days)
    return StayDays(
        kind=StayKind(kind),
        first_on=max(day1, from_on),
        last_on=last,
        sample_on=tuple(day for day in samples if from_on <= day <= last),
        clause=stage.clause,
        version=protocol.ref,
    )


def _next(day: date) -> date:
    return day + timedelta(days=1)
