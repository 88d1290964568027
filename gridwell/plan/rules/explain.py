"""Why a duty is so (为什么): the parts of one plain sentence, as codes and facts.

Wording is elsewhere (`plan.labels`); here it is settled what has to be said: who ordered it and
when, which clause asks for it, which day it is, and how it ends.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from gridwell.core.clock import day_of
from gridwell.plan.rules.plan import Basis, Duty, EndCode, OrderKind, Plan, ZonePlace
from gridwell.protocols.rules.model import Clause, Protocol

Value = int | str | date | datetime | None


class PartCode(StrEnum):
    """What a part of the sentence says."""

    ZONE = "zone"  # 4号楼 11月20日由通告173划为高风险区
    ZONE_BEFORE_RECORDS = "zone_before_records"
    RESTARTED = "restarted"
    LOW = "low"
    STANDSTILL = "standstill"
    ROUND_ORDER = "round_order"
    ISOLATION = "isolation"
    HOLD = "hold"
    RULE = "rule"  # 依据：文件、条款
    DAY = "day"  # 今天是第3天
    ROUND = "round"
    CLOSING_ROUND = "closing_round"
    EXIT = "exit"
    END_AT = "end_at"
    END_LIFTED = "end_lifted"
    END_LIFTED_UNKNOWN = "end_lifted_unknown"
    END_ORDER = "end_order"
    ALLOWED = "allowed"  # 就医不受影响


@dataclass(frozen=True, slots=True)
class Part:
    """One part: a code and the facts for its wording."""

    code: PartCode
    facts: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one duty is so: parts in the order of the sentence, and the clause behind it."""

    duty: str
    parts: tuple[Part, ...]
    clause: Clause | None
    document: str  # id of the document in the protocol
    basis: Basis


def explain(duty: Duty, plan: Plan, protocol: Protocol | None) -> Explanation:
    """Return why a duty is so. `protocol` is the one that the duty's basis names (`ref`)."""
    clause = protocol.clause(duty.basis.clause) if protocol is not None else None
    place = _zone(plan, duty.basis)
    parts = [*_order(duty, place), _rule(duty, clause, protocol), *_day(duty), *_end(duty, place)]
    parts.append(Part(PartCode.ALLOWED, {}))
    return Explanation(
        duty=duty.code.value,
        parts=tuple(parts),
        clause=clause,
        document=clause.document if clause is not None else "",
        basis=duty.basis,
    )


def _zone(plan: Plan, basis: Basis) -> ZonePlace | None:
    if basis.order_kind != OrderKind.ZONE:
        return None
    return next((z for z in plan.zones if z.zone == basis.order), None)


def _order(duty: Duty, place: ZonePlace | None) -> list[Part]:
    facts = dict(duty.facts)
    kind = OrderKind(duty.basis.order_kind)
    since = day_of(duty.from_at) if duty.from_at is not None else None
    base: dict[str, Value] = {
        "name": facts.get("name"),
        "on": since,
        "notice": duty.basis.notice,
    }
    if kind is OrderKind.ZONE:
        base["level"] = place.level if place is not None and place.level else facts.get("level")
        base["on"] = _zone_day(duty, place)
        code = PartCode.ZONE if base["on"] is not None else PartCode.ZONE_BEFORE_RECORDS
        parts = [Part(code, base)]
        if place is not None and place.basis.clock != place.basis.change and place.day0 is not None:
            parts.append(Part(PartCode.RESTARTED, {"on": place.day0}))
        return parts
    if kind is OrderKind.ISOLATION:
        base.update(class_code=facts.get("class_code"), kind=facts.get("kind"))
        return [Part(PartCode.ISOLATION, base)]
    if kind is OrderKind.HOLD:
        base.update(at=duty.from_at, tube=facts.get("tube"))
    return [Part(PartCode(kind.value), base)]


def _zone_day(duty: Duty, place: ZonePlace | None) -> date | None:
    """Return the day on which the zone was drawn; a sample's window begins later than that."""
    if place is not None:
        if place.from_at is None:
            return None
        if place.basis.clock == place.basis.change and place.day0 is not None:
            return place.day0
        return day_of(place.from_at)
    return day_of(duty.from_at) if duty.from_at is not None else None


def _rule(duty: Duty, clause: Clause | None, protocol: Protocol | None) -> Part:
    document = protocol.documents.get(clause.document) if protocol and clause else None
    return Part(
        PartCode.RULE,
        {
            "version": duty.basis.version,
            "clause": duty.basis.clause,
            "place": clause.place if clause is not None else "",
            "zh": clause.zh if clause is not None else "",
            "en": clause.en if clause is not None else "",
            "document_zh": document.zh if document is not None else "",
            "document_en": document.en if document is not None else "",
            "number": document.number if document is not None else "",
        },
    )


def _day(duty: Duty) -> list[Part]:
    facts = dict(duty.facts)
    parts: list[Part] = []
    if "day" in facts and duty.basis.order_kind in (OrderKind.ZONE, OrderKind.ISOLATION):
        parts.append(Part(PartCode.DAY, {"day": facts["day"]}))
    if facts.get("closing"):
        parts.append(Part(PartCode.CLOSING_ROUND, {}))
    elif "round" in facts:
        parts.append(Part(PartCode.ROUND, {"round": facts["round"]}))
    if "negatives" in facts:
        names = ("negatives", "hours", "days")
        parts.append(Part(PartCode.EXIT, {name: facts[name] for name in names}))
    return parts


def _end(duty: Duty, place: ZonePlace | None) -> list[Part]:
    if duty.end.code == EndCode.ORDER_ENDS:
        return [Part(PartCode.END_ORDER, {"until": duty.until_at})]
    if duty.end.code == EndCode.AT:
        return [Part(PartCode.END_AT, {"until": duty.end.until_at})]
    rule = place.lifting.rule if place is not None and place.lifting is not None else None
    facts: dict[str, Value] = {
        "days": rule.clean_days if rule is not None else None,
        "closing": int(rule is not None and rule.closing_day is not None),
        "on": duty.end.earliest_on,
    }
    if duty.end.earliest_on is None:
        return [Part(PartCode.END_LIFTED_UNKNOWN, facts)]
    return [Part(PartCode.END_LIFTED, facts)]
