"""Coverage of a round and where the day should stand (应检尽检、进度). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise


class Status(StrEnum):
    """What is known of a person in a round. The order is that of `status_of`."""

    SAMPLED = "sampled"
    EXEMPT = "exempt"  # with reason and end; was due, is not counted as missing
    REFUSED = "refused"
    AWAY = "away"  # the household says so; a presence entry makes it an exemption
    NOT_FOUND = "not_found"
    CALLED = "called"
    DUE = "due"  # nobody has called yet


MISSING = frozenset({Status.REFUSED, Status.AWAY, Status.NOT_FOUND, Status.CALLED, Status.DUE})
"""Everyone who still has to be found, whatever has been tried."""


def status_of(*, is_sampled: bool, is_exempt: bool, outcome: str, calls: int) -> Status:
    """Return a person's status: a sample outweighs all, an exemption all that was tried."""
    if is_sampled:
        return Status.SAMPLED
    if is_exempt:
        return Status.EXEMPT
    if outcome in {Status.REFUSED, Status.AWAY, Status.NOT_FOUND}:
        return Status(outcome)
    return Status.CALLED if calls else Status.DUE


def coverage(due: int, sampled: int) -> Fraction | None:
    """Return sampled / due, or None when nobody is due.

    None, not 1: an empty building must not raise a grid's average. Due leaves out the exempt and
    counts who was added after the round had opened.
    """
    return Fraction(sampled, due) if due else None


@dataclass(frozen=True, slots=True)
class Target:
    """A share of those due that should be sampled by an instant (时间节点)."""

    at: datetime
    share: Fraction


@dataclass(frozen=True, slots=True)
class Pace:
    """Where a round stands against its targets."""

    due: int
    sampled: int
    expected: int  # by now, on the straight line between two targets
    next_at: datetime | None
    next_wanted: int  # still to be sampled until then

    @property
    def is_behind(self) -> bool:
        """Return whether fewer are sampled than the line asks for now."""
        return self.sampled < self.expected


def pace(
    due: int, sampled: int, opened_at: datetime, targets: Sequence[Target], now: datetime
) -> Pace:
    """Return where a round stands: the line runs from the opening through the targets."""
    line = [Target(opened_at, Fraction(0)), *sorted(targets, key=lambda t: t.at)]
    share = Fraction(0)
    for before, after in pairwise(line):
        if now >= after.at:
            share = after.share
        elif now > before.at:
            seconds = Fraction(int((after.at - before.at).total_seconds())) or Fraction(1)
            part = Fraction(int((now - before.at).total_seconds())) / seconds
            share = before.share + (after.share - before.share) * part
    following = next((target for target in line[1:] if target.at > now), None)
    wanted = max(0, _ceil(following.share * due) - sampled) if following else max(0, due - sampled)
    return Pace(due, sampled, _ceil(share * due), following.at if following else None, wanted)


def _ceil(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)
