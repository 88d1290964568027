"""What is weak about a line A, B, … although somebody acts now (岗位隐患). Pure."""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple


class Weakness(StrEnum):
    """What to mend in a line, the worst first."""

    NOBODY = "nobody"  # nobody can act now: an alarm, not only a warning
    NO_A = "no_a"
    NO_B = "no_b"
    LAST_ONE = "last_one"  # whoever acts now has nobody behind who is there
    SAME_HOUSEHOLD = "same_household"
    SAME_BUILDING = "same_building"


class Home(NamedTuple):
    """Where somebody of the line lives: ids of the dwelling and its building (None: a house)."""

    dwelling: int
    building: int | None


def weaknesses(
    holder: int | None,
    deputies: Sequence[int],
    away: Collection[int],
    homes: Mapping[int, Home],
) -> tuple[Weakness, ...]:
    """Return what is weak about a line; empty for a sound one.

    `homes` holds only people whose home is known and who really live there. An isolation takes a
    whole household, a high-risk zone a whole building: A and B must not both be caught by one.
    """
    line = [*([holder] if holder is not None else []), *deputies]
    there = [user for user in line if user not in away]
    found = []
    if not there:
        found.append(Weakness.NOBODY)
    if holder is None:
        found.append(Weakness.NO_A)
    if not deputies:
        found.append(Weakness.NO_B)
    elif len(there) == 1:
        found.append(Weakness.LAST_ONE)
    known = [homes[user] for user in line if user in homes]
    if _is_shared([home.dwelling for home in known]):
        found.append(Weakness.SAME_HOUSEHOLD)
    elif _is_shared([home.building for home in known if home.building is not None]):
        found.append(Weakness.SAME_BUILDING)
    return tuple(found)


def _is_shared(places: Sequence[int]) -> bool:
    return len(set(places)) < len(places)
