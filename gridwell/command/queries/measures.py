"""What a notice asks in an emergency, as one community has it on its desk (应急措施)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridwell.core.errors import NotVisible
from gridwell.orders.models import Notice
from gridwell.orders.queries.matching import place_named
from gridwell.orders.queries.notices import areas_above
from gridwell.orders.rules.lifecycle import ScopeLine
from gridwell.places.models import Area, Place
from gridwell.tasks.models import Task
from gridwell.tasks.rules.states import ACTIVE

ORIGIN = "measure"


@dataclass(frozen=True)
class Measure:
    """A sentence of a notice that asks something in an emergency (a row of its reading).

    `found` are its places in this register, `missing` what it names and the register has not.
    `is_whole` when it names this community or an area above it as a whole.
    """

    said: Mapping[str, Any]
    found: tuple[tuple[Place, ScopeLine], ...] = ()
    missing: tuple[str, ...] = ()
    is_whole: bool = False
    tasks: int = 0
    open_tasks: int = 0

    @property
    def start(self) -> int:
        """Where it begins in the text; with the notice it names the measure."""
        return int(self.said["start"])

    @property
    def due_at(self) -> datetime | None:
        """By when it must be done, if the notice says so: word of an outage before it begins."""
        said = self.said["from_at" if self.said["kind"] == "outage" else "until_at"]
        return datetime.fromisoformat(said) if said else None

    @property
    def is_ours(self) -> bool:
        """Whether it can concern this community: it names a place of it, or none at all."""
        return bool(self.found or self.is_whole or not self.missing)


def basis_of(notice: Notice, start: int) -> str:
    """Return the basis of the tasks that were made of a measure."""
    return f"{ORIGIN}:{notice.pk}:{start}"


def measures_of(notice: Notice, community: int) -> list[Measure]:
    """Return the measures of a notice as a community sees them: no query when there are none."""
    rows = notice.reading.get("emergencies") or ()
    if not rows:
        return []
    codes = areas_above(community)
    ours = set(Area.objects.filter(pk__in=codes).values_list("name", flat=True))
    return [_measure(notice, community, row, ours) for row in rows]


def measure_at(notice: Notice, community: int, start: int | None) -> Measure:
    """Return the measure that begins at a place of the text, or raise NotVisible."""
    for one in measures_of(notice, community):
        if one.start == start:
            return one
    raise NotVisible


def _measure(notice: Notice, community: int, row: Mapping[str, Any], ours: set[str]) -> Measure:
    found: dict[int, tuple[Place, ScopeLine]] = {}
    missing: list[str] = []
    is_whole = False
    for is_except, places in ((False, row["places"]), (True, row["except"])):
        for printed in places:
            if _is_area(printed, ours):
                is_whole = is_whole or not is_except
                continue
            place = _in_register(community, printed)
            if place is None:
                missing.append(name_of(printed))
                continue
            floors = tuple(printed["floors"]) if printed["floors"] else None
            found[place.pk] = (place, ScopeLine(place.pk, floors, is_except=is_except))
    tasks = Task.objects.filter(community_id=community, basis=basis_of(notice, row["start"]))
    states = list(tasks.values_list("state", flat=True))
    return Measure(
        row,
        tuple(found.values()),
        tuple(missing),
        is_whole,
        len(states),
        sum(state in ACTIVE for state in states),
    )


def name_of(printed: Mapping[str, Any]) -> str:
    """Return a place of a reading as it was printed, coarse to fine."""
    parts = ("subdistrict", "community", "road", "compound", "building", "row", "unit", "site")
    return "".join(printed[part] or "" for part in parts)


def _is_area(printed: Mapping[str, Any], ours: set[str]) -> bool:
    fine = ("road", "compound", "building", "row", "unit", "site")
    if any(printed[part] for part in fine):
        return False
    return (printed["community"] or printed["subdistrict"] or "") in ours


def _in_register(community: int, printed: Mapping[str, Any]) -> Place | None:
    """Return the one place of the register that is named exactly; what is only like it is left to a person."""
    fine = "".join(printed[part] or "" for part in ("building", "row", "unit"))
    ground, road = printed["compound"] or "", printed["road"] or ""
    for name in (ground + fine, road + ground + fine, (printed["community"] or "") + ground + fine):
        if name and name != fine and (place := place_named(community, name)) is not None:
            return place
    site = printed["site"]
    return place_named(community, site) if site and not fine else None
