"""What a receiver may do with an instruction (签收), as a table. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Receipt(StrEnum):
    """States of a receipt (签收状态)."""

    UNREAD = "unread"
    READ = "read"
    ACCEPTED = "accepted"
    DONE = "done"
    REFUSED = "refused"


#: From which state which is reached. A refusal can be taken back; what is done stays done.
MOVES: Mapping[Receipt, frozenset[Receipt]] = {
    Receipt.UNREAD: frozenset({Receipt.READ, Receipt.ACCEPTED, Receipt.DONE, Receipt.REFUSED}),
    Receipt.READ: frozenset({Receipt.ACCEPTED, Receipt.DONE, Receipt.REFUSED}),
    Receipt.ACCEPTED: frozenset({Receipt.DONE, Receipt.REFUSED}),
    Receipt.REFUSED: frozenset({Receipt.ACCEPTED}),
    Receipt.DONE: frozenset(),
}
#: Receipts that still wait for something.
OPEN = frozenset({Receipt.UNREAD, Receipt.READ, Receipt.ACCEPTED})


def may_move(before: str, after: str) -> bool:
    """Return whether a receipt in one state may go to another."""
    return Receipt(after) in MOVES[Receipt(before)]


@dataclass(frozen=True)
class Tally:
    """How many receivers of an instruction are how far; `late` have not finished in time."""

    unread: int
    read: int
    accepted: int
    done: int
    refused: int
    late: int

    @property
    def all(self) -> int:
        """Return the number of receivers."""
        return self.unread + self.read + self.accepted + self.done + self.refused


def tally(states: Iterable[str], due_at: datetime | None, now: datetime) -> Tally:
    """Return how far the receivers are; refusing is an answer and is never late."""
    found = [Receipt(state) for state in states]
    is_over = due_at is not None and due_at <= now
    return Tally(
        unread=found.count(Receipt.UNREAD),
        read=found.count(Receipt.READ),
        accepted=found.count(Receipt.ACCEPTED),
        done=found.count(Receipt.DONE),
        refused=found.count(Receipt.REFUSED),
        late=sum(state in OPEN for state in found) if is_over else 0,
    )
