"""What the register says of an open round by now, and the round does not yet (开轮以来的变动)."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from gridwell.plan.queries.days import Day
from gridwell.residents.queries.entries import entries_of
from gridwell.screening.models import Round, RoundMember
from gridwell.screening.queries.due import Due, Key, due_of
from gridwell.screening.queries.members import sampled_of

Pair = tuple[RoundMember, Due]
"""Somebody of a round, and how the register has this person now."""


@dataclass(frozen=True)
class Changes:
    """What is to be worked into a round; nothing of what somebody decided by hand is among it."""

    added: tuple[Due, ...] = ()  # due and not in the round
    gone: tuple[RoundMember, ...] = ()  # in it, not sampled, and no longer due here
    exempted: tuple[Pair, ...] = ()  # need not come any more, or until another day
    due_again: tuple[Pair, ...] = ()  # were exempt: back home, the exemption is over
    moved: tuple[Pair, ...] = ()  # behind another door, or in another household
    at_door: tuple[Pair, ...] = ()  # are to be sampled at the door now

    @property
    def altered(self) -> tuple[Pair, ...]:
        """Return whose line changes and who stays in the round, each once."""
        pairs = (*self.exempted, *self.due_again, *self.moved, *self.at_door)
        return tuple({member.pk: (member, due) for member, due in pairs}.values())

    def __bool__(self) -> bool:
        return bool(self.added or self.gone or self.altered)

    def only(self, keys: Collection[Key]) -> "Changes":
        """Return who comes and goes of these people alone, and nothing else."""
        return Changes(
            added=tuple(due for due in self.added if due.key in keys),
            gone=tuple(row for row in self.gone if (row.resident_id, row.guest) in keys),
        )


def changes_of(row: Round, day: Day) -> Changes:
    """Return what has changed since a round opened, by the plan of its day as it is now.

    Of two entries that were merged the one of which a sample stands counts for the person.
    """
    people = {due.key: due for due in due_of(row.order, day)}
    resident, guest = sampled_of(row)
    rows: list[Any] = list(
        RoundMember.objects.filter(community_id=row.community_id, round_id=row.pk)
        .select_related("resident")
        .annotate(by_resident=resident, by_guest=guest)
    )
    for survivor in _sampled_under_another_entry(rows, row.community_id):
        people.pop((survivor, None), None)
    inside = [one for one in rows if one.removed_at is None]
    settled = {_key(one) for one in rows if one.removed_at is None or one.is_by_hand}
    found = Changes(
        added=tuple(due for key, due in people.items() if key not in settled and not due.exempt),
        gone=tuple(
            one
            for one in inside
            if _key(one) not in people and not _is_sampled(one) and not one.is_by_hand
        ),
    )
    return _altered(found, [(one, people[_key(one)]) for one in inside if _key(one) in people])


def _altered(found: Changes, pairs: list[Pair]) -> Changes:
    """Return the changes with those of people who stay in the round."""
    owed: list[Pair] = [pair for pair in pairs if not _is_sampled(pair[0])]
    by_register = [pair for pair in owed if not pair[0].exempt_by_hand]
    return replace(
        found,
        exempted=tuple(
            (one, due)
            for one, due in by_register
            if due.exempt and (one.exempt, one.exempt_until) != (due.exempt, due.exempt_until)
        ),
        due_again=tuple((one, due) for one, due in by_register if one.exempt and not due.exempt),
        moved=tuple(
            (one, due)
            for one, due in pairs
            if (one.dwelling_id == due.dwelling and one.household_id != due.household)
            or (one.dwelling_id != due.dwelling and not _is_sampled(one))
        ),
        at_door=tuple(
            (one, due)
            for one, due in owed
            if due.door_reason and not one.at_door and one.door_reason != BY_HAND
        ),
    )


#: Why somebody is sampled at the door, or is not any more, who was put there or taken off by hand.
BY_HAND = "by_hand"


def _sampled_under_another_entry(rows: list[Any], community: int) -> set[int]:
    entries = entries_of(community)
    return {
        entries.survivors[one.resident_id]
        for one in rows
        if one.resident_id in entries.survivors and _is_sampled(one)
    }


def _key(one: RoundMember) -> Key:
    return one.resident_id, one.guest


def _is_sampled(one: Any) -> bool:
    return bool(one.by_resident or one.by_guest)
