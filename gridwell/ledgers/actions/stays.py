"""Writes the guests of a ledger (访客入册): new stays, and what the list says otherwise of known ones."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from gridwell.core import clock
from gridwell.ledgers.rules.matching import Decision, Outcome
from gridwell.ledgers.rules.stays import note_of
from gridwell.residents.actions.guest_lists import NewGuest, change_guests, register_guests

if TYPE_CHECKING:
    from gridwell.ledgers.actions.writing import Writing

TABLE = "residents.stay"
_TIMES = ("starts_at", "ends_at")


def write_stays(writing: "Writing") -> None:
    """Write the guests of an import; whoever is asked about is left for the answer."""
    guests = [d for d in writing.comparison.matching.decisions if d.row.guest is not None]
    new = [d for d in guests if d.outcome is Outcome.NEW]
    if new:
        made = register_guests(
            actor=writing.actor,
            community=writing.community,
            guests=[_guest(writing, decision) for decision in new],
            now=writing.now,
            source=writing.source,
        )
        writing.journal.made(TABLE, made)
    changed = {
        d.stay.id: {name: _kept(name, after) for name, (_before, after) in d.changes.items()}
        for d in guests
        if d.outcome is Outcome.CHANGED and d.stay is not None
    }
    if changed:
        old, made = change_guests(
            actor=writing.actor,
            community=writing.community,
            changes=changed,
            now=writing.now,
            source=writing.source,
        )
        writing.journal.replaced(TABLE, old)
        writing.journal.made(TABLE, made)


def _guest(writing: "Writing", decision: Decision) -> NewGuest:
    row, guest = decision.row, decision.row.guest
    assert guest is not None  # noqa: S101 - the caller has chosen lines of guests
    starts = _instant(guest.starts_at) if guest.starts_at else writing.now
    ends = _instant(guest.ends_at) if guest.ends_at else None
    if (
        ends is not None and ends <= starts
    ):  # left before the list came, and nobody wrote since when
        starts = clock.start_of(clock.last_day_of(ends))
    return NewGuest(
        place=writing.places[row.dwelling_key],
        name=row.name,
        kind=guest.kind,
        starts_at=starts,
        ends_at=ends,
        document=row.documents[0].number if row.documents else "",
        phone=row.phones[0] if row.phones else "",
        note=note_of(row),
    )


def _kept(name: str, value: Any) -> Any:
    return _instant(value) if name in _TIMES and value is not None else value


def _instant(at: datetime) -> datetime:
    return at.replace(tzinfo=clock.zone())
