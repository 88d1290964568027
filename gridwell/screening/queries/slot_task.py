"""From people, sites and slots to the question of the timetable, and from its answer to rows (排时段).

Pure on what has been read: what has begun stays, what was put somewhere by hand stays as long as
there is such a slot, everybody else is placed anew. Nobody is in two pieces and nobody in none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from gridwell.screening.models import Slot
from gridwell.screening.queries.comers import Group, GroupKey
from gridwell.screening.queries.slots import Facts, SlotKey
from gridwell.screening.rules.slots import Because, Party, Timetable
from gridwell.screening.rules.timetable import make_timetable


@dataclass(frozen=True)
class Wanted:
    """A slot as it is to stand: where, when, how many, why. `doors` only of a piece."""

    key: SlotKey
    people: int
    site: int
    start: int
    because: str
    is_high_risk: bool
    is_by_hand: bool
    doors: tuple[int, ...] = ()


@dataclass(frozen=True)
class Answer:
    """How slots are to stand: `kept` as they are, `wanted` anew, and who found no room."""

    kept: tuple[Slot, ...]
    wanted: tuple[Wanted, ...]
    unplaced: tuple[GroupKey, ...]
    people_unplaced: int
    is_best: bool


@dataclass
class _Task:
    """The question: parties by a number of their own, and whom each number stands for."""

    parties: list[Party] = field(default_factory=list)
    named: dict[int, GroupKey] = field(default_factory=dict)
    fixed: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    doors: dict[int, tuple[int, ...]] = field(default_factory=dict)  # of pieces put there by hand
    stood: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    def add(self, group: Group, people: int, near: Sequence[int], piece: int) -> Party:
        number = len(self.parties) + 1
        party = Party(
            id=number,
            building=group.building,
            people=people,
            near=tuple(near),
            is_high_risk=group.is_high_risk,
            walks_badly=group.key[1],
            piece=piece,
        )
        self.parties.append(party)
        self.named[number] = group.key
        return party


def answer_of(facts: Facts) -> Answer:
    """Return how the slots of a round are to stand now. Takes the solver a second or two."""
    stage = facts.stage
    kept = tuple(slot for slot in stage.slots if stage.has_begun(slot))
    by_hand = [slot for slot in stage.slots if _stays_by_hand(facts, slot)]
    task = _task(facts, kept, by_hand)
    timetable = make_timetable(
        stage.plans,
        task.parties,
        minutes=stage.round.slot_minutes,
        rate=stage.round.desk_rate,
        fixed=task.fixed,
        since=stage.since,
        stood=task.stood,
    )
    return _answer(facts, task, timetable, kept)


def _stays_by_hand(facts: Facts, slot: Slot) -> bool:
    """Return whether a slot stays where it was put: its desks are there and its time is to come."""
    stage = facts.stage
    if not slot.is_by_hand or stage.has_begun(slot):
        return False
    start = stage.start_of(slot)
    return start >= stage.since and stage.desks_at(slot.site_id, start) > 0


def _task(facts: Facts, kept: Sequence[Slot], by_hand: Sequence[Slot]) -> _Task:
    task = _Task()
    standing: dict[GroupKey, list[Slot]] = {}
    for slot in (*kept, *by_hand):
        standing.setdefault((slot.place_id, slot.walks_badly), []).append(slot)
    told = _told(facts)
    for key, group in facts.groups.items():
        left, near = dict(group.by_door), facts.near(group.building)
        numbers = []
        for slot in standing.get(key, ()):
            numbers.append(slot.piece)
            people = _taken(slot, left)
            if slot in by_hand and people:
                party = task.add(group, people, near, slot.piece)
                task.fixed[party.id, slot.piece] = (slot.site_id, facts.stage.start_of(slot))
                task.doors[party.id] = tuple(slot.doors)
        if any(left.values()):
            party = task.add(group, sum(left.values()), near, max(numbers, default=0) + 1)
            doors = tuple((door, people) for door, people in left.items() if people)
            task.parties[-1] = replace(party, doors=doors)
            for piece, spot in told.get(key, {}).items():
                task.stood[party.id, piece] = spot
    return task


def _told(facts: Facts) -> dict[GroupKey, dict[int, tuple[int, int]]]:
    """Return the slots that people may have been told already, by group and piece: of an open round."""
    found: dict[GroupKey, dict[int, tuple[int, int]]] = {}
    stage = facts.stage
    if stage.round.state == "open":
        for slot in stage.slots:
            pieces = found.setdefault((slot.place_id, slot.walks_badly), {})
            pieces[slot.piece] = (slot.site_id, stage.start_of(slot))
    return found


def _taken(slot: Slot, left: dict[int, int]) -> int:
    """Take the people of a slot out of those who are left, by their doors; return how many they are."""
    doors = slot.doors or list(left)
    taken = 0
    for door in doors:
        here = left.get(door, 0)
        if slot.doors and here > slot.people:  # a dormitory, cut inside its door
            others = sum(left.get(other, 0) for other in slot.doors if other != door)
            here = max(0, slot.people - others)
        if door in left:
            left[door] -= here
        taken += here
    return taken


def _answer(facts: Facts, task: _Task, timetable: Timetable, kept: tuple[Slot, ...]) -> Answer:
    by_id: Mapping[int, Party] = {party.id: party for party in task.parties}
    wanted = []
    for row in timetable.placed:
        party = by_id[row.party]
        place, walks_badly = task.named[row.party]
        is_by_hand = row.because is Because.BY_HAND
        is_whole = row.people == party.people and party.piece == 1
        doors = task.doors.get(row.party, ()) if is_by_hand else row.doors
        if not doors and not is_by_hand and not is_whole:
            doors = tuple(door for door, _people in party.doors)  # what is left of a cut unit
        wanted.append(
            Wanted(
                key=(place, walks_badly, row.piece),
                people=row.people,
                site=row.site,
                start=row.start,
                because=row.because.value,
                is_high_risk=party.is_high_risk,
                is_by_hand=is_by_hand,
                doors=doors,
            )
        )
    lost = [by_id[number] for number in timetable.unplaced]
    return Answer(
        kept=kept,
        wanted=tuple(wanted),
        unplaced=tuple(task.named[party.id] for party in lost),
        people_unplaced=sum(party.people for party in lost),
        is_best=timetable.is_best,
    )
