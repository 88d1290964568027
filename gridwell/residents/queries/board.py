"""What the building board (一楼一图) shows: every dwelling of a building, its people and colour."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.db.models.functions import Coalesce

from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock, frame
from gridwell.places.models import Place
from gridwell.places.queries import DOORS, places_of
from gridwell.residents.models import Household, Label, Resident
from gridwell.residents.queries.marks import labels_of, marks_in_force


@dataclass(frozen=True)
class BoardMark:
    """What an upper package shows in a cell: slot "board_marks", one row a mark."""

    subject: int  # dwelling
    sign: str
    text: Any


@dataclass(frozen=True)
class BoardTally:
    """Done of due in a cell: slot "board_tally", one row a dwelling that has something due."""

    subject: int  # dwelling
    done: int
    due: int


@dataclass
class Door:
    """One dwelling or site on the board, ready to be drawn."""

    place: Place
    households: list[int]
    people: int = 0
    label: Label | None = None
    marks: tuple[BoardMark, ...] = ()
    tally: BoardTally | None = None

    @property
    def is_missing(self) -> bool:
        return self.tally is not None and self.tally.done < self.tally.due


@dataclass(frozen=True)
class BoardFacts:
    """All doors of a building with the legend and the sums over them."""

    building: Place
    doors: tuple[Door, ...]
    units: tuple[Place, ...]
    legend: tuple[Label, ...]
    households: int
    people: int
    vacant: int
    done: int
    due: int
    marks: tuple[BoardMark, ...]


def board_facts(actor: Actor, building: Place, now: datetime) -> BoardFacts:
    """Return what the board of a building or row shows at an instant.

    Six queries and the slots, whatever the building's size. A grid worker sees the own doors only.
    """
    community = building.community_id
    places = list(
        places_of(actor, community)
        .filter(path__startswith=building.path, kind__in=[*DOORS, "unit"])
        .order_by("position", "name", "pk")
        .only(
            *("kind", "name", "floor", "position", "unit_id", "parent_id", "is_vacant", "door"),
            *("community_id", "full_name"),
        )
    )
    doors = {p.pk: Door(p, []) for p in places if p.kind in DOORS}
    units = tuple(p for p in places if p.kind == "unit")
    # By the ids of the doors: people and households are found by their door, not all read.
    stands = Place.objects.filter(community=community, path__startswith=building.path).order_by()
    inside = {"community": community, "dwelling__in": stands.values("pk")}
    kept = Coalesce("dwelling__merged_into", "dwelling_id")
    homes = (
        Household.objects.filter(ends_at=None, merged_into=None, **inside)
        .annotate(kept=kept)
        .values_list("pk", "kept")
    )
    dwelling_of: dict[int, int] = {}
    for household, dwelling in homes:
        if dwelling in doors:
            doors[dwelling].households.append(household)
            dwelling_of[household] = dwelling
    people = (
        Resident.objects.filter(merged_into=None, died_on=None, **inside)
        .annotate(kept=kept)
        .values_list("kept")
        .annotate(n=Count("pk"))
        .order_by()
    )
    for dwelling, count in people:
        if dwelling in doors:
            doors[dwelling].people = count
    legend = tuple(labels_of(community, board_only=True))
    _put_labels(building, legend, doors, dwelling_of, now)
    slot_marks = _put_slots(actor, doors, now)
    tallies = [door.tally for door in doors.values() if door.tally]
    return BoardFacts(
        building=building,
        doors=tuple(doors.values()),
        units=units,
        legend=legend,
        households=len(dwelling_of),
        people=sum(door.people for door in doors.values()),
        vacant=sum(1 for door in doors.values() if not door.households),
        done=sum(tally.done for tally in tallies),
        due=sum(tally.due for tally in tallies),
        marks=slot_marks,
    )


def _put_labels(
    building: Place,
    legend: Sequence[Label],
    doors: dict[int, Door],
    dwelling_of: dict[int, int],
    now: datetime,
) -> None:
    """Give each door the highest label of its households in the board's scheme; one query."""
    labels = {label.pk: label for label in legend}
    rows = (
        marks_in_force(building.community_id, now)
        .filter(
            label__in=list(labels),
            household__isnull=False,
            dwelling__path__startswith=building.path,
        )
        .values_list("household_id", "label_id")
    )
    for household, chosen in rows:
        dwelling, label = dwelling_of.get(household or 0), labels[chosen]
        if dwelling is None:
            continue
        door = doors[dwelling]
        if door.label is None or label.rank > door.label.rank:
            door.label = label


def _put_slots(actor: Actor, doors: dict[int, Door], now: datetime) -> tuple[BoardMark, ...]:
    """Ask the upper packages once for all doors; return every kind of mark that occurs."""
    ids, day = list(doors), clock.day_of(now)
    marks: dict[int, list[BoardMark]] = defaultdict(list)
    for mark in frame.fill("board_marks", actor, ids, day):
        marks[mark.subject].append(mark)
    for tally in frame.fill("board_tally", actor, ids, day):
        if tally.subject in doors:
            doors[tally.subject].tally = tally
    kinds: dict[str, BoardMark] = {}
    for dwelling, found in marks.items():
        if dwelling in doors:
            doors[dwelling].marks = tuple(found)
            for mark in found:
                kinds.setdefault(mark.sign, mark)
    return tuple(kinds.values())
