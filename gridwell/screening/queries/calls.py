"""Who is to be called when and was called by whom (喊楼): lines by slot, and the calls that were made."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Max, Q, QuerySet

from gridwell.accounts.models import User
from gridwell.accounts.rules.actor import Actor
from gridwell.core.errors import NotVisible
from gridwell.notify.queries import Receipt
from gridwell.notify.queries import receipts as receipts_of
from gridwell.places.models import Place
from gridwell.screening.call_texts import Turn
from gridwell.screening.labels.calls import CALL_NOW, COUNTS, TOLD
from gridwell.screening.models import Call, Round, RoundMember, Slot
from gridwell.screening.queries.comers import walking_badly
from gridwell.screening.queries.members import members_of, with_status
from gridwell.screening.queries.slots import changed_at_of, key_of
from gridwell.screening.rules.coverage import MISSING, Status

_MISSING = frozenset(status.value for status in MISSING)
TWICE = 2
"""So often somebody is called before somebody goes to the door."""


@dataclass
class Part:
    """What is called at once: a building, a unit, or some doors of one; its people by status.

    `left` are the members who have not come, `doors` how many of them are behind each door.
    """

    place: Place
    slot: Slot | None = None
    by_status: dict[str, int] = field(default_factory=dict)
    called_at: datetime | None = None
    changed_at: datetime | None = None  # when the slot came to stand elsewhere
    twice: int = 0
    left: list[int] = field(default_factory=list)
    doors: dict[int, int] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Return what names the part in a form: the slot, else the place."""
        return f"s{self.slot.pk}" if self.slot is not None else f"p{self.place.pk}"

    @property
    def due(self) -> int:
        """Return how many are to come."""
        return sum(self.by_status.values()) - self.by_status.get(Status.EXEMPT, 0)

    @property
    def sampled(self) -> int:
        """Return how many have come."""
        return self.by_status.get(Status.SAMPLED, 0)

    @property
    def missing(self) -> int:
        """Return how many have not come."""
        return sum(n for status, n in self.by_status.items() if status in _MISSING)

    @property
    def waiting(self) -> int:
        """Return how many nobody has called yet."""
        return self.by_status.get(Status.DUE, 0)

    @property
    def is_stale(self) -> bool:
        """Return whether those who are to come were called to another time or site than they have now."""
        if self.called_at is None or self.changed_at is None or self.is_over:
            return False
        return self.called_at < self.changed_at

    @property
    def is_over(self) -> bool:
        """Return whether nobody is left to be called."""
        return not self.missing

    def stage(self, now: datetime) -> str:
        """Return where the part stands: done, late, now, soon, later; "" without a time."""
        if self.is_over:
            return "done"
        if self.slot is None:
            return ""
        if self.slot.ends_at <= now:
            return "late"
        if self.slot.starts_at <= now:
            return "now"
        return "soon" if (self.slot.starts_at - now).total_seconds() <= SOON else "later"


SOON = 3600
"""Seconds before its time at which a building is worth telling."""


def called_down(rows: QuerySet[RoundMember]) -> QuerySet[RoundMember]:
    """Return those of these people who are called down; who is sampled at the door is not."""
    return rows.filter(at_door=False)


def parts_of(actor: Actor, row: Round) -> list[Part]:
    """Return what is to be called, by time, then the buildings that are in no slot by their way.

    Seven queries whatever the number. Each person counts in the slot that he or she comes in; who is
    in none counts under the building.
    """
    slots = list(
        Slot.objects.filter(community_id=row.community_id, round=row)
        .select_related("round", "site", "place", "place__building")
        .order_by("starts_at", "site__name", "place__position", "place_id", "piece")
    )
    slow = walking_badly(row.community_id, row.on) if slots else frozenset()
    finder = _Finder(slots, slow)
    changed = changed_at_of(row) if slots else {}
    by_slot = {
        slot.pk: Part(slot.place, slot, changed_at=changed.get(key_of(slot))) for slot in slots
    }
    loose: dict[int, Part] = {}
    rows = with_status(called_down(members_of(actor, row)), row).order_by("pk")
    for member in rows.values_list(*_COLUMNS):
        _pk, resident, building, unit, dwelling, *_rest = member
        slot = finder.slot_of(resident, building, unit, dwelling)
        if slot is not None:
            _add(by_slot[slot], member)
        elif building is not None:
            _add(loose.setdefault(building, Part(_NOWHERE)), member)
    places = _places(row.community_id, loose)
    for pk, place in places.items():
        loose[pk].place = place
    parts = [*by_slot.values(), *(loose[pk] for pk in places)]
    return [part for part in parts if part.due]


_NOWHERE = Place()
_COLUMNS = (
    "pk", "resident_id", "building_id", "unit_id", "dwelling_id", "status", "calls", "called_at",
)  # fmt: skip


def _add(part: Part, member: tuple[Any, ...]) -> None:
    pk, _resident, _building, _unit, dwelling, status, calls, called_at = member
    part.by_status[status] = part.by_status.get(status, 0) + 1
    if called_at is not None and (part.called_at is None or called_at > part.called_at):
        part.called_at = called_at
    if status in _MISSING:
        part.left.append(pk)
        part.twice += calls >= TWICE
        if dwelling is not None:
            part.doors[dwelling] = part.doors.get(dwelling, 0) + 1


class _Finder:
    """Finds the slot somebody comes in: that of those who walk badly, the door's, the unit's, the building's."""

    def __init__(self, slots: Iterable[Slot], slow: Collection[int]) -> None:
        self.slow = slow
        self.by_door: dict[tuple[int | None, bool], int] = {}
        self.by_place: dict[tuple[int | None, bool], int] = {}
        self.apart: set[int | None] = set()  # units of a high-risk zone keep all their people
        for slot in slots:
            if slot.is_high_risk:
                self.apart.add(slot.place_id)
            for door in slot.doors:
                self.by_door[door, slot.walks_badly] = slot.pk
            if not slot.doors:
                self.by_place.setdefault((slot.place_id, slot.walks_badly), slot.pk)

    def slot_of(
        self, resident: int | None, building: int | None, unit: int | None, dwelling: int | None
    ) -> int | None:
        """Return the id of the slot, None for somebody who is in none."""
        above = unit or building or dwelling
        if resident in self.slow and above not in self.apart:
            found = self.by_door.get((dwelling, True)) or self.by_place.get((building, True))
            if found is not None:
                return found
        if (dwelling, False) in self.by_door:
            return self.by_door[dwelling, False]
        keys = ((place, False) for place in (unit, building, dwelling))
        return next((self.by_place[key] for key in keys if key in self.by_place), None)


def _places(community: int, ids: Collection[int]) -> dict[int, Place]:
    found = Place.objects.filter(community_id=community, pk__in=ids).order_by(
        "parent__position", "parent__name", "position", "name"
    )
    return {place.pk: place for place in found}


def turns_of(row: Round, buildings: Collection[int] | None = None) -> dict[int, list[Turn]]:
    """Return building -> its turns in order of time, for texts and sheets; two queries."""
    slots = Slot.objects.filter(community_id=row.community_id, round=row)
    if buildings is not None:
        slots = slots.filter(Q(place__in=buildings) | Q(place__building__in=buildings))
    rows = list(
        slots.select_related("round", "site", "place").order_by(
            "starts_at", "place__position", "piece"
        )
    )
    doors = ends_of(rows)
    found: dict[int, list[Turn]] = {}
    for slot in rows:
        found.setdefault(slot.place.building_id or slot.place_id, []).append(turn_of(slot, doors))
    return found


def ends_of(slots: Iterable[Slot]) -> dict[int, str]:
    """Return the numbers of the first and last doors of pieces: one query."""
    ends = {door for slot in slots for door in (*slot.doors[:1], *slot.doors[-1:])}
    return dict(Place.objects.filter(pk__in=ends).values_list("pk", "door")) if ends else {}


def turn_of(slot: Slot, doors: Mapping[int, str]) -> Turn:
    """Return a slot as people are told of it; `doors` names the first and last door of a piece."""
    who = slot.place.name if slot.place.building_id is not None else ""
    if slot.doors:
        first, last = (doors.get(slot.doors[at], "") for at in (0, -1))
        who = f"{who}（{first}–{last}）" if first or last else who
    return Turn(
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        site=slot.site.name,
        where=slot.site.where,
        who=who,
        walks_badly=slot.walks_badly,
        on=slot.round.on,
    )


def doors_left(parts: Sequence[Part]) -> dict[int, str]:
    """Return door -> its number for everybody who has not come, in the order of a walk."""
    ids = sorted({door for part in parts for door in part.doors})
    found: list[Any] = []
    for start in range(0, len(ids), 800):
        rows = Place.objects.filter(pk__in=ids[start : start + 800])
        found += rows.values_list(
            "unit__position", "unit_id", "floor", "position", "pk", "door", "name"
        )
    found.sort(key=lambda row: (row[0] or 0, row[1] or 0, -(row[2] or 0), row[3], row[4]))
    return {row[4]: row[5] or row[6] for row in found}


def parts_by_key(actor: Actor, row: Round, keys: Collection[str]) -> list[Part]:
    """Return the parts that a form names, those that are there; in the order of the page."""
    wanted = set(keys)
    return [part for part in parts_of(actor, row) if part.key in wanted]


def calls_of(actor: Actor, row: Round) -> QuerySet[Call]:
    """Return the calls of a round that the actor may see, the latest first.

    Who is narrowed to grids sees those of the buildings and doors in which people of theirs are.
    """
    if not actor.covers(row.community_id):
        return Call.objects.none()
    rows = Call.objects.filter(community_id=row.community_id, round=row)
    if actor.grids_at(row.community_id) is not None:
        own = members_of(actor, row)
        rows = rows.filter(
            Q(place__in=own.values("building"))
            | Q(place__in=own.values("unit"))
            | Q(place__in=own.values("dwelling"))
        )
    return rows.select_related("place", "place__building").order_by("-called_at", "-pk")


def access_call(actor: Actor, row: Round, call_id: int) -> Call:
    """Return a call of a round of the actor's, or raise NotVisible."""
    found = calls_of(actor, row).filter(pk=call_id).first()
    if found is None:
        raise NotVisible
    return found


def told_of(calls: Sequence[Call]) -> dict[int, list[Receipt]]:
    """Return call -> those in charge who were told to call there, and how far it is with each.

    Only calls of one community. Whoever was told of more places than a message holds is told of each.
    """
    told = [call for call in calls if call.how == TOLD]
    if not told:
        return {}
    receipts = receipts_of(told[0].community_id, CALL_NOW, {call.called_at for call in told})
    return {
        call.pk: [
            one
            for one in receipts
            if one.told_at == call.called_at and _is_about(one, call.place.full_name)
        ]
        for call in told
    }


def _is_about(receipt: Receipt, place: str) -> bool:
    said = receipt.facts.get("places") or []
    if said[-1:] == ["…"]:
        return True
    return any(words == place or str(words).startswith(f"{place} ") for words in said)


def callers_of(calls: Sequence[Call]) -> dict[int, str]:
    """Return user -> name of who called: one query."""
    users = {call.called_by for call in calls if call.called_by is not None}
    return dict(User.objects.filter(pk__in=users).values_list("pk", "name"))


def last_told(row: Round) -> dict[int, datetime]:
    """Return place -> when those in charge of it were told to call: one query."""
    rows = Call.objects.filter(
        community_id=row.community_id, round=row, how=TOLD, taken_back_at=None
    )
    found = rows.order_by().values_list("place_id").annotate(last=Max("called_at"))
    return dict(found.values_list("place_id", "last"))


def called_twice(rows: QuerySet[RoundMember], row: Round) -> QuerySet[Any]:
    """Return who was called twice or more and has not come, with `status`."""
    return with_status(rows, row).filter(calls__gte=TWICE, status__in=_MISSING)


def counting(rows: QuerySet[Call]) -> QuerySet[Call]:
    """Return the calls that count as one."""
    return rows.filter(how__in=COUNTS, taken_back_at=None)
