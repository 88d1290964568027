"""Which rounds the protocol asks next (建议轮次), and in what an order goes beyond it (层层加码)."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gridwell.core import clock
from gridwell.health.queries import cases_in
from gridwell.orders.models import RoundOrder
from gridwell.orders.queries.rounds import people_of
from gridwell.orders.rules.rounds import OF_A_ZONE, Asked, Excess, Purpose, excess
from gridwell.plan.queries.turns import key_turns
from gridwell.plan.rules.plan import Plan
from gridwell.protocols.queries import protocol_for
from gridwell.protocols.rules.model import Frequency, Level, Protocol
from gridwell.screening.models import Round
from gridwell.screening.queries.report import results_of_round
from gridwell.screening.rules.proposals import Next, PastRound, Proposal, next_round

#: Cases of so many days justify a round of a whole area.
CASE_DAYS = 7
#: So many days ahead a zone's rounds are proposed.
AHEAD = 2


@dataclass(frozen=True)
class Proposed:
    """A round that the rules ask: what for, when, by which clause. Nothing is ordered by itself.

    `next` and `clean` tell of a round of the area why; both empty for a zone's. `traits` and `people`
    say whom a round of key people is for, and of how many it is the turn on that day; `known` is all
    whom the register knows, `turns` says how many by which frequency.
    """

    purpose: str
    number: int
    on: date | None
    clause: str
    zone: int | None = None
    name: str = ""
    next: str = ""
    clean: int = 0
    traits: tuple[str, ...] = ()
    people: int = 0
    known: int = 0
    turns: tuple[tuple[Frequency, int], ...] = ()


def proposed(community: int, plan: Plan, now: datetime) -> list[Proposed]:
    """Return the rounds that are asked and not ordered yet: of zones first, then of the area."""
    orders = list(
        RoundOrder.objects.filter(
            community_id=community, ended_at=None, on__gte=plan.day - timedelta(days=30)
        )
    )
    held = {(order.zone_id, order.on) for order in orders}
    found = [row for row in _of_zones(community, plan) if (row.zone, row.on) not in held]
    protocol = protocol_for(community, plan.day)
    area = area_proposal(community, orders, now)
    whole = {order.on for order in orders if order.purpose == Purpose.CITY_ROUND}
    if area is not None and area.on not in whole:
        number = 1 + max(
            (order.number for order in orders if order.purpose == Purpose.CITY_ROUND), default=0
        )
        found.append(
            Proposed(
                purpose=Purpose.CITY_ROUND.value,
                number=number,
                on=area.on,
                clause=protocol.area_rounds.clause if protocol and protocol.area_rounds else "",
                next=area.next.value,
                clean=area.clean,
            )
        )
    asked = plan.day in whole or (area is not None and area.on == plan.day)
    return found if asked else [*found, *_of_key_people(community, orders, plan.day, protocol)]


def _of_key_people(
    community: int, orders: list[RoundOrder], day: date, protocol: Protocol | None
) -> list[Proposed]:
    """Return the round of those key people whose turn it is, on a day on which no area is sampled as a whole."""
    if protocol is None or not protocol.key_people:
        return []
    of_key = [order for order in orders if order.purpose == Purpose.KEY_PEOPLE]
    if any(order.on == day for order in of_key):
        return []
    draft = RoundOrder(community_id=community, on=day, traits=list(protocol.key_people))
    known = people_of([draft])[draft.pk] or frozenset()
    turns = key_turns(community, day)
    due = [who for who in known if who not in turns or turns[who].is_due]
    if not due:
        return []
    counted = Counter(turns[who].every for who in due if who in turns)
    return [
        Proposed(
            purpose=Purpose.KEY_PEOPLE.value,
            number=1 + max((order.number for order in of_key), default=0),
            on=day,
            clause=protocol.key_people_clause,
            traits=protocol.key_people,
            people=len(due),
            known=len(known),
            turns=tuple(sorted(counted.items(), key=lambda pair: pair[0].gap)),
        )
    ]


def _too_early(order: RoundOrder) -> int:
    """Return how many people an order of key people asks before it is their turn."""
    if order.purpose != Purpose.KEY_PEOPLE or order.by_turn:
        return 0
    asked = people_of([order])[order.pk] or frozenset()
    turns = key_turns(order.community_id, order.on)
    return sum(1 for who in asked if who in turns and not turns[who].is_due)


def _of_zones(community: int, plan: Plan) -> list[Proposed]:
    protocol = protocol_for(community, plan.day)
    if protocol is None:
        return []
    last = plan.day + timedelta(days=AHEAD)
    found = []
    for zone in plan.zones:
        rule = protocol.levels.get(zone.level) if zone.level else None
        if rule is None or zone.lifting is None or not zone.people:
            continue
        closing = zone.lifting.rule.closing_clause if zone.lifting.rule is not None else ""
        for mark in zone.lifting.rounds:
            if mark.state in {"today", "ahead"} and plan.day <= mark.on <= last:
                first = rule.rounds.clause if rule.rounds is not None else rule.measures_clause
                purpose = Purpose.CLOSING_ROUND if mark.is_closing else Purpose.ZONE_DAY
                found.append(
                    Proposed(
                        purpose=purpose.value,
                        number=mark.day_number,
                        on=mark.on,
                        clause=closing if mark.is_closing else first,
                        zone=zone.zone,
                        name=zone.name,
                    )
                )
    return sorted(found, key=lambda row: (row.on or plan.day, row.name))


def area_proposal(community: int, orders: list[RoundOrder], now: datetime) -> Proposal | None:
    """Return what the rule for whole areas says after the rounds held so far, or None."""
    today = clock.day_of(now)
    days = sorted(
        {order.on for order in orders if order.purpose == Purpose.CITY_ROUND and order.on < today}
    )
    if not days:
        return None
    cases = [
        clock.day_of(at) for at in cases_in([community], now).values_list("found_at", flat=True)
    ]
    waiting = _waiting_days(community, days)
    protocol = protocol_for(community, today)
    rule = protocol.area_rounds if protocol is not None else None
    pace = {"wanted": rule.clean, "pause_days": rule.pause_days} if rule is not None else {}
    return next_round(
        [
            PastRound(
                on=day, cases=None if day in waiting else sum(1 for found in cases if found == day)
            )
            for day in days
        ],
        **pace,
    )


def _waiting_days(community: int, days: list[date]) -> set[date]:
    """Return the days whose round is run here and not closed, or waits for results: one query or two.

    A round that was not run here is taken as it stands: nobody knows more of it than its cases.
    """
    found: set[date] = set()
    rows = Round.objects.filter(
        community_id=community,
        on__in=days,
        order__purpose=Purpose.CITY_ROUND,
        order__ended_at=None,
    )
    for row in rows:
        waits = (row.report or {}).get("waiting", 0)
        if row.state != "closed" or (waits and not results_of_round(row).is_complete):
            found.add(row.on)
    return found


def _range_of(order: RoundOrder) -> tuple[date, int | None, str, tuple[str, ...]]:
    """Return what makes two orders one round too many: day, zone, else purpose and whom it is for."""
    purpose = "" if order.purpose in OF_A_ZONE else order.purpose
    return order.on, order.zone_id, purpose, tuple(order.traits)


def excess_of(order: RoundOrder, plan: Plan, now: datetime) -> tuple[Excess, ...]:
    """Return in what an order, stored or not yet, goes beyond the rule. Four light queries."""
    community = order.community_id
    protocol = protocol_for(community, order.on)
    others = list(
        RoundOrder.objects.filter(
            community_id=community, ended_at=None, on__gte=order.on - timedelta(days=30)
        ).exclude(pk=order.pk)
    )
    area = area_proposal(community, others, now) if order.zone_id is None else None
    since = clock.start_of(order.on - timedelta(days=CASE_DAYS))
    zone = next((row for row in plan.zones if row.zone == order.zone_id), None)
    marks = zone.lifting.rounds if zone is not None and zone.lifting is not None else ()
    return excess(
        Asked(
            purpose=order.purpose,
            on=order.on,
            pool=order.pool,
            same_day=sum(1 for other in others if _range_of(other) == _range_of(order)),
            cases=cases_in([community], now).filter(found_at__gte=since).count(),
            next_on=area.on if area is not None else None,
            is_stop=area is not None and area.next is Next.STOP,
            zone_days=frozenset(mark.on for mark in marks),
            is_high=zone is not None and zone.level == Level.HIGH,
            too_early=_too_early(order),
            knows_clause=protocol is not None and order.clause in protocol.clauses,
        )
    )
