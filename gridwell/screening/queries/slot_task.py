"""From people, sites and slots to the question of the timetable, and from its answer to rows (排时段).

Pure on what has been read: what has begun stays, what was put somewhere by hand stays as long as
there is such a slot, everybody else is placed anew. Nobody is in two pieces and nobody in none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from gridwell.screening.models import Slot
from gridwell.screening.queries.comers import Group, GroupKey
from gridwell.screening.queries.slots import Facts, SlotKey, take_people
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
    doors: dict[int, tuple[int, ...]] = field(default_factory=dict)  # of pieces that stay as cut
    stood: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    called: set[tuple[int, int]] = field(default_factory=set)

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
        called=task.called,
        behind=stage.behind,
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
    """Return the question: what was set by hand and what was told, piece by piece, then the others."""
    task = _Task()
    standing = _by_group((*kept, *by_hand))
    told = _by_group(_told(facts, (*kept, *by_hand)))
    for key, group in facts.groups.items():
        left, near = dict(group.by_door), facts.near(group.building)
        numbers = [slot.piece for slot in (*standing.get(key, ()), *told.get(key, ()))]
        for slot in standing.get(key, ()):
            people = sum(take_people(slot, left).values())
            if slot in by_hand and people:
                party = task.add(group, people, near, slot.piece)
                task.fixed[party.id, slot.piece] = (slot.site_id, facts.stage.start_of(slot))
                task.doors[party.id] = tuple(slot.doors)
        for slot in told.get(key, ()):
            taken = take_people(slot, left)
            if taken:
                _stand(task, facts, group, slot, taken)
        if any(left.values()):
            task.add(group, sum(left.values()), near, max(numbers, default=0) + 1)
            doors = tuple((door, people) for door, people in left.items() if people)
            task.parties[-1] = replace(task.parties[-1], doors=doors)
    return task


def _by_group(slots: Sequence[Slot]) -> dict[GroupKey, list[Slot]]:
    found: dict[GroupKey, list[Slot]] = {}
    for slot in slots:
        found.setdefault((slot.place_id, slot.walks_badly), []).append(slot)
    return found


def _told(facts: Facts, others: Sequence[Slot]) -> list[Slot]:
    """Return the slots that people may have been told already: those to come of an open round."""
    if facts.stage.round.state != "open":
        return []
    known = {slot.pk for slot in others}
    return [slot for slot in facts.stage.slots if slot.pk not in known]


def _stand(task: _Task, facts: Facts, group: Group, slot: Slot, taken: Mapping[int, int]) -> None:
    """Put what is left of a slot into the question as it was cut, at the time that was told."""
    near = facts.near(group.building)
    party = task.add(group, sum(taken.values()), near, slot.piece)
    task.parties[-1] = replace(party, doors=tuple(taken.items()))
    key = party.id, slot.piece
    task.doors[party.id] = tuple(slot.doors)
    task.stood[key] = (slot.site_id, facts.stage.start_of(slot))
    if not group.called.isdisjoint(taken):
        task.called.add(key)


def _numbers(task: _Task, timetable: Timetable, kept: Sequence[Slot]) -> dict[tuple[int, int], int]:
    """Return party and piece -> the number of the piece in its unit; who was told keeps the number."""
    by_id = {party.id: party for party in task.parties}
    used = {(slot.place_id, slot.walks_badly, slot.piece) for slot in kept}
    used |= {(*task.named[number], by_id[number].piece) for number in task.doors}
    found = {}
    for row in timetable.placed:
        group, piece = task.named[row.party], row.piece
        if row.party not in task.doors or piece != by_id[row.party].piece:
            while (*group, piece) in used:
                piece += 1
            used.add((*group, piece))
        found[row.party, row.piece] = piece
    return found


def _answer(facts: Facts, task: _Task, timetable: Timetable, kept: tuple[Slot, ...]) -> Answer:
    by_id: Mapping[int, Party] = {party.id: party for party in task.parties}
    wanted = []
    numbers = _numbers(task, timetable, kept)
    for row in timetable.placed:
        party = by_id[row.party]
        place, walks_badly = task.named[row.party]
        is_by_hand = row.because is Because.BY_HAND
        is_whole = row.people == party.people
        if is_whole and row.party in task.doors:
            doors = task.doors[row.party]
        else:
            doors = row.doors
            if not doors and not (is_whole and party.piece == 1):
                doors = tuple(door for door, _people in party.doors)  # what is left of a cut unit
        wanted.append(
            Wanted(
                key=(place, walks_badly, numbers[row.party, row.piece]),
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
