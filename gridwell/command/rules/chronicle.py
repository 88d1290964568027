"""Which acts belong to the chronicle (大事记), and to which of its kinds. Pure.

The chronicle is a reading of the audit trail: nothing is written for it. Looks at people's data,
sign-ins, exports and the keeping of accounts are in the trail and not here.
"""

from collections.abc import Mapping
from enum import StrEnum


class Kind(StrEnum):
    """Kinds of entries, by which the chronicle is filtered."""

    MODES = "modes"
    NOTICES = "notices"
    ZONES = "zones"
    INSTRUCTIONS = "instructions"
    REPORTS = "reports"
    POSTS = "posts"
    HEALTH = "health"
    TASKS = "tasks"
    REGISTER = "register"


#: Starts of act names by kind; the longest start that fits counts.
STARTS: Mapping[Kind, tuple[str, ...]] = {
    Kind.MODES: (
        "orders.mode",
        "command.mode",
        "command.taken_over",
        "command.given_back",
        "protocols.event",
        "command.event",
        "command.emergency_opened",
    ),
    Kind.NOTICES: ("orders.notice", "orders.part", "command.part"),
    Kind.ZONES: (
        "orders.zone",
        "orders.standstill",
        "orders.round",
        "orders.sheets",
        "orders.spread",
    ),
    Kind.INSTRUCTIONS: ("command.instruction",),
    Kind.REPORTS: ("command.report",),
    Kind.POSTS: (
        "accounts.absence",
        "accounts.holder",
        "accounts.deputies",
        "accounts.post",
        "accounts.posts",
        "accounts.team",
        "accounts.rehears",
        "accounts.taken_back",
        "organisation.",
    ),
    Kind.HEALTH: ("health.",),
    Kind.TASKS: ("tasks.",),
    Kind.REGISTER: ("ledgers.applied", "ledgers.undone", "places.grid"),
}

#: Acts that fit a start and are none of the chronicle's: looks, and what repeats all day.
LEFT_OUT = (".looked_at", "orders.mode_profile_set")

#: Kinds of which an area below sees what was done above it.
FROM_ABOVE = (Kind.MODES, Kind.NOTICES, Kind.INSTRUCTIONS)


def kind_of(act: str) -> Kind | None:
    """Return the kind an act belongs to, or None for one that is not in the chronicle."""
    if act.endswith(LEFT_OUT):
        return None
    fits = [
        (len(start), kind)
        for kind, starts in STARTS.items()
        for start in starts
        if act.startswith(start)
    ]
    return max(fits)[1] if fits else None
