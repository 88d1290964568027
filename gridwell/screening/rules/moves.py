"""Whether a slot may be moved by hand, how long people wait, and what helps (调整时段). Pure.

Three things are refused whatever the reason: more people than the desks take at their best, a
high-risk building among others, and hours at which no desk of the site works. A longer wait than
planned may be chosen, with a reason.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil

from gridwell.screening.rules.sites import BEST_RATE
from gridwell.screening.rules.slots import LONGEST_SLOT, SitePlan, grid_of


class Hitch(StrEnum):
    """What stands against a move."""

    BEGUN = "begun"  # the slot has begun or is over
    NO_DESK = "no_desk"  # no desk of the site works through the whole slot
    MIXED = "mixed"  # high-risk and other buildings would stand in one slot
    RATE = "rate"  # more than the desks take at their best
    WAITING = "waiting"  # more than the desks take as planned: people wait longer
    FARTHER = "farther"  # people who walk badly would leave their nearest site


#: What a reason overrides.
WITH_REASON = frozenset({Hitch.WAITING, Hitch.FARTHER})


@dataclass(frozen=True, slots=True)
class Moved:
    """Who is moved: `is_near` says that the new site is the nearest of theirs."""

    people: int
    is_high_risk: bool = False
    walks_badly: bool = False
    is_near: bool = True


@dataclass(frozen=True, slots=True)
class Target:
    """A slot as it stands without the moved: desks, people, whether they are of high-risk buildings.

    `is_high_risk` None: nobody is in it.
    """

    desks: int
    people: int = 0
    is_high_risk: bool | None = None
    has_begun: bool = False


def room_of(desks: int, minutes: int, rate: int) -> int:
    """Return how many people a slot takes: as `rules.slots.grid_of` counts it."""
    return desks * rate * minutes // 60


def hitches(moved: Moved, target: Target, minutes: int, rate: int) -> list[Hitch]:
    """Return what stands against a move, what no reason overrides first; an empty list: it fits."""
    found = []
    if target.has_begun:
        found.append(Hitch.BEGUN)
    if not target.desks:
        return [*found, Hitch.NO_DESK]
    if target.is_high_risk is not None and target.is_high_risk != moved.is_high_risk:
        found.append(Hitch.MIXED)
    together = target.people + moved.people
    if together > room_of(target.desks, minutes, BEST_RATE):
        found.append(Hitch.RATE)
    elif together > room_of(target.desks, minutes, rate):
        found.append(Hitch.WAITING)
    if moved.walks_badly and not moved.is_near:
        found.append(Hitch.FARTHER)
    return found


def waits(loads: Mapping[int, tuple[int, int]], minutes: int, rate: int) -> dict[int, int | None]:
    """Return for each slot of a site how many minutes the last of it wait: start -> minutes.

    `loads` are (people, desks) by start, for every slot of the site. Everybody comes when the slot
    begins, and whoever was not taken in the slots before stands in front. None: people are called
    and no desk works.
    """
    found: dict[int, int | None] = {}
    waiting = 0.0
    for start in sorted(loads):
        people, desks = loads[start]
        waiting += people
        if desks:
            found[start] = ceil(round(waiting * 60 / (desks * rate), 6))
        else:
            found[start] = None if people else 0
        waiting = max(0.0, waiting - desks * rate * minutes / 60)
    return found


def behind(loads: Mapping[int, tuple[int, int]], minutes: int, rate: int, until: int) -> int:
    """Return how many still stand in front of a site at the minute `until`, of the slots before it."""
    waiting = 0.0
    for start in sorted(start for start in loads if start < until):
        people, desks = loads[start]
        waiting = max(0.0, waiting + people - desks * rate * minutes / 60)
    return ceil(round(waiting, 6))


def is_long(wait: int | None) -> bool:
    """Return whether people wait longer than allowed (等候不超过30分钟)."""
    return wait is None or wait > LONGEST_SLOT


@dataclass(frozen=True, slots=True)
class Advice:
    """Why people found no slot and what would help (缺口).

    `room` is what the slots take that are left. `desks` more for the whole time or `hours` longer at
    every desk would hold all; both 0 where there is room enough and only its parts are too small or
    taken by high-risk buildings: `is_apart`.
    """

    people: int
    room: int
    desks: int = 0
    hours: float = 0
    is_apart: bool = False
    no_desk: bool = False


def advice(
    asked: int,
    sites: Sequence[SitePlan],
    minutes: int,
    rate: int,
    since: int = 0,
    behind: Mapping[int, int] | None = None,
) -> Advice | None:
    """Return what would hold `asked` people who are to be placed; None when nobody is."""
    if not asked:
        return None
    room = sum(grid_of(sites, minutes, rate, since).less(behind or {}).room.values())
    lasting = [
        (closes - max(opens, since)) // minutes
        for site in sites
        for opens, closes in site.desks
        if closes - max(opens, since) >= minutes
    ]
    if not lasting:
        return Advice(asked, 0, no_desk=True)
    short = asked - room
    if short <= 0:
        return Advice(asked, room, is_apart=True)
    one = room_of(1, minutes, rate)
    desks = ceil(short / (one * max(lasting)))
    slots = ceil(short / (one * len(lasting)))
    return Advice(asked, room, desks=desks, hours=slots * minutes / 60)


def hours_of(desks: Iterable[tuple[int, int]]) -> float:
    """Return the hours that desks work together, each given by its minutes [from, to)."""
    return sum(max(0, closes - opens) for opens, closes in desks) / 60
