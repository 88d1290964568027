"""When each building or unit comes to which site (分时段): what goes in and what comes out. Pure.

A `Party` is called together: a unit, or the people of a building who walk badly. A timetable holds
it in one slot of one site or, when it is larger than a slot takes, in several slots in a row. Within
a slot nobody waits longer than the slot lasts, because no slot is given more people than its desks
take; so slots of at most 30 minutes keep the wait within 30 minutes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from gridwell.screening.rules.sites import BEST_RATE

LONGEST_SLOT = 30
"""Minutes. 等候不超过30分钟: a slot is never longer than the longest wait allowed."""


class Because(StrEnum):
    """Why a party stands where it stands."""

    NEAREST = "nearest"  # the nearest site, at the first time that was free
    NEAREST_FULL = "nearest_full"  # its nearest site has no room left
    WALKS_BADLY = "walks_badly"  # people who walk badly go to the nearest site, whatever else
    HIGH_RISK = "high_risk"  # from a high-risk building: a slot of its own
    BY_HAND = "by_hand"  # an officer put it there


@dataclass(frozen=True, slots=True)
class SitePlan:
    """A site with its desks (采样点): each desk's hours as minutes of the day, [from, to)."""

    id: int
    desks: tuple[tuple[int, int], ...]

    def desks_at(self, start: int, minutes: int) -> int:
        """Return how many desks work through the whole slot."""
        return sum(
            1 for opens, closes in self.desks if opens <= start and start + minutes <= closes
        )


@dataclass(frozen=True, slots=True)
class Party:
    """People who are called together (一批): a building's unit, or its people who walk badly.

    `near` are ids of sites, nearest first; sites left out of it are taken as far. `piece` counts
    the parts of a party that was too large for one slot. `doors` are (door, people) in walking
    order, all of the party's people: with them it is cut between doors, never inside a family.
    """

    id: int
    building: int
    people: int
    near: tuple[int, ...] = ()
    is_high_risk: bool = False
    walks_badly: bool = False
    piece: int = 1
    doors: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """A party, or a piece of one, in a slot: `start` in minutes of the day.

    `doors` are those of the piece; empty where the party comes whole or its doors are not known.
    """

    party: int
    piece: int
    people: int
    site: int
    start: int
    because: Because
    doors: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """The slots that there are: their length and, for each site and start, how many people."""

    minutes: int
    room: dict[tuple[int, int], int]

    def starts(self, site: int) -> list[int]:
        """Return the starts of a site's slots in order."""
        return sorted(start for at, start in self.room if at == site)

    def less(self, behind: Mapping[int, int]) -> "Grid":
        """Return the slots without the room that people take who stand in front of a site already."""
        room, rest = dict(self.room), dict(behind)
        for site, start in sorted(room):
            here = min(rest.get(site, 0), room[site, start])
            if here:
                rest[site] -= here
                room[site, start] -= here
        return Grid(self.minutes, {spot: people for spot, people in room.items() if people})


@dataclass(frozen=True, slots=True)
class Timetable:
    """Who comes when and where; `unplaced` are ids of parties for which there was no room."""

    minutes: int
    placed: tuple[Placed, ...]
    unplaced: tuple[int, ...]
    is_best: bool  # proven, not only found

    def load(self) -> dict[tuple[int, int], int]:
        """Return the people in each (site, start)."""
        load: dict[tuple[int, int], int] = {}
        for row in self.placed:
            load[row.site, row.start] = load.get((row.site, row.start), 0) + row.people
        return load

    @property
    def last_end(self) -> int | None:
        """Return the minute of the day at which the last slot ends, None when it is empty."""
        return max((row.start + self.minutes for row in self.placed), default=None)


def grid_of(sites: Iterable[SitePlan], minutes: int, rate: int = BEST_RATE, since: int = 0) -> Grid:
    """Return the slots of the sites that start at the minute `since` or later.

    Slots are counted from the first opening of a site, also of a desk that has stopped, so that one
    that drops out does not move the others. Raises ValueError for a slot longer than the longest
    wait.
    """
    if not 0 < minutes <= LONGEST_SLOT:
        raise ValueError(f"a slot lasts 1 to {LONGEST_SLOT} minutes, not {minutes}")
    if not 0 < rate <= BEST_RATE:
        raise ValueError(f"a desk takes 1 to {BEST_RATE} people an hour, not {rate}")
    room = {}
    for site in sites:
        if not site.desks:
            continue
        first = min(opens for opens, _ in site.desks)
        last = max(closes for _, closes in site.desks)
        for start in range(first, last - minutes + 1, minutes):
            people = site.desks_at(start, minutes) * rate * minutes // 60
            if people and start >= since:
                room[site.id, start] = people
    return Grid(minutes, room)


def in_pieces(parties: Sequence[Party], largest: int) -> list[Party]:
    """Return the parties with those above `largest` cut into pieces, numbered on from their own.

    `largest` is the room of the smallest full slot, so that every piece fits anywhere. Cut as even
    as may be, between doors where these are known; only a door of more people is cut inside.
    """
    if largest < 1:
        raise ValueError("a slot without room takes nobody")
    pieces: list[Party] = []
    for party in parties:
        if party.people <= largest:
            pieces.append(replace(party, doors=()))
            continue
        count = -(-party.people // largest)
        cut = _by_doors(party.doors, -(-party.people // count), largest) or [
            ((), party.people // count + (number < party.people % count)) for number in range(count)
        ]
        pieces.extend(
            replace(party, people=people, piece=party.piece + number, doors=doors)
            for number, (doors, people) in enumerate(cut)
        )
    return pieces


Doors = tuple[tuple[int, int], ...]


def _by_doors(doors: Doors, even: int, largest: int) -> list[tuple[Doors, int]]:
    """Return (doors, people) of the pieces: each near `even`, none above `largest`."""
    pieces: list[tuple[Doors, int]] = []
    held: list[tuple[int, int]] = []
    for door, people in doors:
        inside = sum(count for _door, count in held)
        if held and (inside >= even or inside + people > largest):
            pieces.append((tuple(held), inside))
            held = []
        while people > largest:  # a dormitory: cut inside the door
            pieces.append((((door, largest),), largest))
            people -= largest
        if people:
            held.append((door, people))
    if held:
        pieces.append((tuple(held), sum(count for _door, count in held)))
    return pieces


def faults(timetable: Timetable, parties: Sequence[Party], grid: Grid) -> list[str]:
    """Return what is wrong with a timetable, one code a fault, an empty list when it stands.

    "over": a slot holds more than its desks take. "mixed": a high-risk building shares a slot.
    "lost": people of a party are in no slot and not named as unplaced. "no_slot": the site has no
    such slot. Used after changes by hand as much as after solving.
    """
    found = set()
    by_id = {party.id: party for party in parties}
    risky: dict[tuple[int, int], set[bool]] = {}
    for row in timetable.placed:
        risky.setdefault((row.site, row.start), set()).add(by_id[row.party].is_high_risk)
    for slot, people in timetable.load().items():
        if slot not in grid.room:
            found.add("no_slot")
        elif people > grid.room[slot]:
            found.add("over")
        if len(risky[slot]) > 1:
            found.add("mixed")
    placed: dict[int, int] = {}
    for row in timetable.placed:
        placed[row.party] = placed.get(row.party, 0) + row.people
    for party in parties:
        if party.id not in timetable.unplaced and placed.get(party.id, 0) != party.people:
            found.add("lost")
    return sorted(found)
