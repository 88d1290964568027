"""How many sites and desks a round needs (采样点、采样台配置). Pure.

区域核酸检测组织实施指南 and its official reading of May 2022: a site for 2,000 to 3,000 people, a desk
for 600 to 800 people; a desk takes about 100 people an hour at best.
"""

from dataclasses import dataclass
from math import ceil

PEOPLE_A_SITE = (2000, 3000)
PEOPLE_A_DESK = (600, 800)
BEST_RATE = 100
"""People an hour at a desk, at best: no plan may count on more."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a number of people needs: [fewest, most] sites and desks by the guide."""

    people: int
    sites: tuple[int, int]
    desks: tuple[int, int]


def need(people: int) -> Need:
    """Return how many sites and desks the guide asks for; nobody needs none."""
    return Need(
        people=people,
        sites=_between(people, PEOPLE_A_SITE),
        desks=_between(people, PEOPLE_A_DESK),
    )


def _between(people: int, band: tuple[int, int]) -> tuple[int, int]:
    few, many = band
    return ceil(people / many), ceil(people / few)


def desk_hours(people: int, rate: int = BEST_RATE) -> float:
    """Return how many hours of one desk the people take at a rate an hour."""
    return people / rate


def shortage(people: int, sites: int, desks: int, hours: float, rate: int = BEST_RATE) -> list[str]:
    """Return codes of what a plan lacks: "sites", "desks" by the guide, "hours" by arithmetic.

    An empty list means that the plan stands. More than the guide asks for is never a fault.
    """
    wanted = need(people)
    lacks = []
    if sites < wanted.sites[0]:
        lacks.append("sites")
    if desks < wanted.desks[0]:
        lacks.append("desks")
    if desks * hours * rate < people:
        lacks.append("hours")
    return lacks
