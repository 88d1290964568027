"""What a round of sampling is ordered for (轮次用途). Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Purpose(StrEnum):
    """Why people are sampled."""

    CITY_ROUND = "city_round"  # 全员核酸, a whole area
    ZONE_DAY = "zone_day"  # 高风险区第1、2、3天, number = the day
    CLOSING_ROUND = "closing_round"  # 解除前最后一轮
    KEY_PEOPLE = "key_people"  # 重点人群


#: How many may share a tube, as an order says it; `screening.rules.tubes.PoolSize` knows the rest.
POOLS = ("single", "household", "5", "10", "20")

#: Purposes that are of one zone.
OF_A_ZONE = frozenset({Purpose.ZONE_DAY, Purpose.CLOSING_ROUND})


def width(purpose: str, *, is_narrowed: bool) -> int:
    """Return how wide a round reaches: of two on one day somebody belongs to the narrower one.

    A zone's round is sampled singly and lifting waits for it; key people have a clause of their own;
    a round of some buildings was ordered for these; what is left is the whole area's.
    """
    if purpose in OF_A_ZONE:
        return 0
    if purpose == Purpose.KEY_PEOPLE:
        return 1
    return 2 if is_narrowed else 3


RUN_HERE = "round:"
"""How the source of an outcome begins that a round run here has written; the rest is its `ref`."""

MOST_A_DAY = 1
"""Rounds a day of one range: the rule for areas says one a day, never more."""


class Excess(StrEnum):
    """In what an order goes beyond the rule. It is shown and kept, never silently taken."""

    NO_CASE = "no_case"  # a round of a whole area in which nobody was found
    AFTER_STOP = "after_stop"  # the rule says: stop
    IN_PAUSE = "in_pause"  # the rule says: three days' pause
    TWICE_A_DAY = "twice_a_day"
    DAY_NOT_ASKED = "day_not_asked"  # the protocol asks no round of this zone on this day
    POOL_TOO_LARGE = "pool_too_large"  # in a high-risk zone: singly or by household
    TOO_OFTEN = "too_often"  # asks key people whose turn it is not yet
    NO_CLAUSE = "no_clause"  # cites a clause that the protocol in force does not have


@dataclass(frozen=True, slots=True)
class Asked:
    """What an order asks, and what the rule says about its range and day."""

    purpose: str
    on: date
    pool: str
    same_day: int = 0  # other orders in force for the same range on that day
    cases: int = 0  # found outside isolation in the last days, for a round of a whole area
    next_on: date | None = None  # of the next round by the rule for areas, when one has been held
    is_stop: bool = False  # the rule for areas says stop
    zone_days: frozenset[date] = frozenset()  # on which the protocol asks a round of the zone
    is_high: bool = False
    too_early: int = 0  # key people whom the protocol's frequency does not ask yet
    knows_clause: bool = True


def excess(asked: Asked) -> tuple[Excess, ...]:
    """Return in what an order goes beyond the rule, the gravest first; () when it keeps to it.

    核酸检测实施办法 (19 November 2022): rounds of an area only where the chain of infection is unclear,
    one a day, a pause after three clean ones. Pools in a closed zone: 廊坊, quoting the ministry.
    """
    found = []
    if asked.purpose == Purpose.CITY_ROUND:
        if asked.is_stop:
            found.append(Excess.AFTER_STOP)
        elif asked.next_on is not None and asked.on < asked.next_on:
            found.append(Excess.IN_PAUSE)
        if not asked.cases:
            found.append(Excess.NO_CASE)
    if asked.purpose in OF_A_ZONE and asked.on not in asked.zone_days:
        found.append(Excess.DAY_NOT_ASKED)
    if asked.same_day >= MOST_A_DAY:
        found.append(Excess.TWICE_A_DAY)
    if asked.is_high and asked.pool not in {"single", "household"}:
        found.append(Excess.POOL_TOO_LARGE)
    if asked.too_early:
        found.append(Excess.TOO_OFTEN)
    if not asked.knows_clause:
        found.append(Excess.NO_CLAUSE)
    return tuple(found)
