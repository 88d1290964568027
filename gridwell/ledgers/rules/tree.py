"""Finds the doors of a ledger among the places of the register (门牌对应). Pure."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from gridwell.ledgers.rules.settle import UNKNOWN_ROOM, steps_of
from gridwell.places.rules.address import DoorAddress, key_of_chain
from gridwell.places.rules.levels import PlaceKind
from gridwell.places.rules.naming import match_key
from gridwell.places.rules.tree import Steps, key_of

_GROUND = frozenset({PlaceKind.COMPOUND, PlaceKind.VILLAGE, PlaceKind.LANE})
_DOORS = frozenset({PlaceKind.DWELLING, PlaceKind.SITE})


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A live place as the register stores it; `survivor` is the place it was merged into, or None."""

    id: int
    parent: int | None
    kind: str
    name: str
    key: str
    survivor: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A ledger's door: its key in the register, its place when it is known, the steps to make it."""

    key: str
    place: int | None
    steps: Steps


class PlaceTree:
    """The places of one community, by what people call them."""

    def __init__(self, rows: Iterable[PlaceRow], aliases: Iterable[tuple[str, int]] = ()) -> None:
        self._rows = {row.id: row for row in rows}
        self._grounds: dict[str, int] = {}
        self._children: dict[tuple[int | None, str], list[int]] = defaultdict(list)
        self._chains: dict[int, Steps] = {}
        live = [row for row in self._rows.values() if row.survivor is None]
        for row in live:
            self._index(row.id, row.key)
        for row in self._rows.values():
            if row.survivor in self._rows:
                self._index(row.survivor, row.key, row.parent)
        for key, place in aliases:
            if place in self._rows:
                self._index(self._live(place), key)
        self._lone_ground = self._only_ground(live)

    def _live(self, place: int) -> int:
        seen: set[int] = set()
        while (after := self._rows[place].survivor) in self._rows and place not in seen:
            seen.add(place)
            place = after
        return place

    def _index(self, place: int, key: str, parent: int | None = None) -> None:
        row = self._rows[place]
        if row.kind in _GROUND:
            above = "".join(key_of(kind, name) for kind, name in self.steps(place)[:-1])
            self._grounds.setdefault(above + key, place)
            self._grounds.setdefault(key, place)
        there = self._children[parent if parent is not None else row.parent, key]
        if place not in there:
            there.append(place)

    def _only_ground(self, live: list[PlaceRow]) -> int | None:
        grounds = [row.id for row in live if row.kind in _GROUND]
        has_root_buildings = any(row.parent is None and row.kind not in _GROUND for row in live)
        return grounds[0] if len(grounds) == 1 and not has_root_buildings else None

    def steps(self, place: int) -> Steps:
        """Return the register's own steps from the root down to a place."""
        known = self._chains.get(place)
        if known is None:
            row = self._rows[place]
            above = self.steps(row.parent) if row.parent in self._rows else ()
            known = self._chains[place] = (*above, (PlaceKind(row.kind), row.name))
        return known

    def key(self, place: int) -> str:
        """Return the key of a door as a ledger's address would give it."""
        return chain_key(self.steps(self._live(place)))

    def survivor(self, place: int) -> int:
        """Return the place itself, or the one it was merged into."""
        return self._live(place) if place in self._rows else place

    def doors(self) -> list[int]:
        """Return the live dwellings and sites."""
        return [
            row.id for row in self._rows.values() if row.kind in _DOORS and row.survivor is None
        ]

    def find(self, address: DoorAddress) -> Found:
        """Return where a ledger's door is, or would be made."""
        steps = steps_of(address, UNKNOWN_ROOM)
        here: int | None = None
        rest = list(steps)
        if rest[0][0] in _GROUND:
            here = self._grounds.get(match_key(rest[0][1]))
            rest = rest[1:] if here is not None else rest
        elif self._lone_ground is not None and len(rest) > 1:
            here = self._lone_ground
        started = here is not None or rest[0][0] not in _GROUND
        while rest and started:
            below = self._below(here, rest[0])
            if below is None:
                break
            here, rest = below, rest[1:]
        above = self.steps(here) if here is not None else ()
        full = (*above, *rest)
        return Found(chain_key(full), here if not rest else None, full)

    def _below(self, parent: int | None, step: tuple[PlaceKind, str]) -> int | None:
        kind, name = step
        there = self._children.get((parent, key_of(kind, name)), ())
        same = [place for place in there if self._rows[place].kind == kind]
        if not same and kind in _DOORS:
            same = [place for place in there if self._rows[place].kind in _DOORS]
        return same[0] if same else None


def chain_key(steps: Steps) -> str:
    """Return the key of a door from its steps."""
    return key_of_chain((kind, key_of(kind, name)) for kind, name in steps)
