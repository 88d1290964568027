"""Calling in words: lines of the page, texts and sheets a building."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gridwell.core.components import Figure
from gridwell.notify.queries import Receipt
from gridwell.screening.call_texts import (
    MOST_SAID,
    Script,
    group_text,
    scripts_of,
    turn_call,
    who_words,
)
from gridwell.screening.hours import span
from gridwell.screening.labels.calls import COUNTS, HOW, TOLD_STATES
from gridwell.screening.models import Call, Round
from gridwell.screening.queries.calls import (
    Part,
    callers_of,
    doors_left,
    ends_of,
    told_of,
    turn_of,
    turns_of,
)

STAGES: Final = {
    "now": pgettext_lazy("stage of a call", "now"),
    "late": pgettext_lazy("stage of a call", "time is over, not all have come"),
    "soon": pgettext_lazy("stage of a call", "within the hour"),
    "later": pgettext_lazy("stage of a call", "later"),
    "done": pgettext_lazy("stage of a call", "all have come"),
}
TONES = {"now": "info", "late": "bad", "soon": "warn", "later": "", "done": "ok"}
#: What the page can show: everything, what is to be called still, or one stage.
SHOWS: Final = {
    "": gettext_lazy("everything"),
    "todo": gettext_lazy("not called yet"),
    "stale": gettext_lazy("called to another time"),
    "twice": gettext_lazy("called twice, not come"),
    **STAGES,
}


@dataclass(frozen=True)
class PartLine:
    """A part as the page shows it. `people` is the address of whoever is missing there."""

    part: Part
    stage: str
    tone: str
    building: int
    people: str
    told_at: datetime | None

    @property
    def times(self) -> str:
        """Return from when to when, empty without a slot."""
        slot = self.part.slot
        if slot is None:
            return ""
        return span(slot.starts_at, slot.ends_at, slot.round.on)


def part_lines(
    row: Round, parts: Iterable[Part], told: Mapping[int, datetime], now: datetime
) -> list[PartLine]:
    """Return the lines of these parts."""
    url = reverse("round_missing", args=[row.community_id, row.pk])
    lines = []
    for part in parts:
        stage = part.stage(now)
        building = part.place.building_id or part.place.pk
        lines.append(
            PartLine(
                part=part,
                stage=str(STAGES.get(stage, "")),
                tone=TONES.get(stage, ""),
                building=building,
                people=f"{url}?building={building}",
                told_at=told.get(part.place.pk),
            )
        )
    return lines


def shown(parts: Sequence[Part], show: str, building: int | None, now: datetime) -> list[Part]:
    """Return the parts that a filter leaves."""
    found = []
    for part in parts:
        if building is not None and building not in {part.place.building_id, part.place.pk}:
            continue
        is_wanted = {
            "": True,
            "todo": bool(part.waiting),
            "stale": part.is_stale,
            "twice": bool(part.twice),
        }.get(show, part.stage(now) == show)
        if is_wanted:
            found.append(part)
    return found


def figures(row: Round, parts: Sequence[Part]) -> list[Figure]:
    """Return the strip of the page; every figure opens the people behind it."""
    url = reverse("round_missing", args=[row.community_id, row.pk])
    due, sampled = sum(p.due for p in parts), sum(p.sampled for p in parts)
    waiting, missing = sum(p.waiting for p in parts), sum(p.missing for p in parts)
    twice = sum(p.twice for p in parts)
    return [
        Figure(_("To come down"), due, f"{url}?show=all"),
        Figure(_("Have come"), sampled, f"{url}?show=sampled", tone="ok"),
        Figure(_("Not come yet"), missing, url),
        Figure(_("Not called yet"), waiting, f"{url}?show=due", tone="warn" if waiting else ""),
        Figure(
            _("Called twice, not come"), twice, f"{url}?show=twice", tone="bad" if twice else ""
        ),
    ]


@dataclass(frozen=True)
class BuildingText:
    """The text for the group of one building."""

    building: int
    name: str
    text: str


def buildings_of(parts: Iterable[Part]) -> dict[int, str]:
    """Return building -> name of what is called, in the order of the page."""
    found: dict[int, str] = {}
    for part in parts:
        house = part.place.building if part.place.building_id is not None else part.place
        if house is not None:
            found.setdefault(house.pk, house.full_name)
    return found


def texts_of(
    row: Round, buildings: Mapping[int, str], community: str, telephone: str
) -> list[BuildingText]:
    """Return the text of each building."""
    turns = turns_of(row, list(buildings))
    return [
        BuildingText(
            building=pk,
            name=name,
            text=group_text(
                round=row,
                building=name,
                turns=turns.get(pk, ()),
                community=community,
                telephone=telephone,
            ),
        )
        for pk, name in buildings.items()
    ]


@dataclass(frozen=True)
class DoorLeft:
    """A door on a call sheet: its number and how many behind it are to come."""

    door: str
    missing: int


@dataclass(frozen=True)
class SheetPart:
    """One turn on a call sheet with the doors that are still to come; no name is on it.

    `call` is what is called at its time, where the building has too many turns for one call.
    """

    name: str
    times: str
    site: str
    call: str
    doors: tuple[DoorLeft, ...]
    people: int


@dataclass(frozen=True)
class CallSheet:
    """A building's sheet: what to say, whom to call when."""

    building: int
    name: str
    scripts: list[tuple[str, Script]]
    parts: tuple[SheetPart, ...]


def sheets_of(row: Round, parts: Sequence[Part], community: str) -> list[CallSheet]:
    """Return a sheet for each building of these parts; a few queries whatever their number."""
    by_building: dict[int, list[Part]] = {}
    for part in parts:
        by_building.setdefault(part.place.building_id or part.place.pk, []).append(part)
    names = buildings_of(parts)
    turns, doors = turns_of(row, list(by_building)), doors_left(parts)
    ends = ends_of(part.slot for part in parts if part.slot is not None)
    return [
        CallSheet(
            building=pk,
            name=names.get(pk, ""),
            scripts=scripts_of(
                round=row, building=names.get(pk, ""), turns=turns.get(pk, ()), community=community
            ),
            parts=tuple(
                _sheet_part(
                    part, doors, ends, names[pk] if len(turns.get(pk, ())) > MOST_SAID else ""
                )
                for part in own
            ),
        )
        for pk, own in by_building.items()
    ]


def _sheet_part(
    part: Part, doors: Mapping[int, str], ends: Mapping[int, str], building: str
) -> SheetPart:
    slot = part.slot
    turn = turn_of(slot, ends) if slot is not None else None
    return SheetPart(
        name=who_words(turn) if turn is not None else "",
        times=turn.times if turn is not None else "",
        site=turn.site if turn is not None else "",
        call=turn_call(turn, building) if turn is not None and building and part.missing else "",
        doors=tuple(DoorLeft(doors[pk], part.doors[pk]) for pk in doors if pk in part.doors),
        people=part.missing,
    )


@dataclass(frozen=True)
class CallLine:
    """A call as the log shows it."""

    call: Call
    how: str
    who: str
    counts: bool
    may_take_back: bool
    told: tuple[tuple[str, str, str], ...] = ()  # who was told to call, how far that is, its tone


def call_lines(
    calls: Sequence[Call], *, may: bool, now: datetime, undo: timedelta
) -> list[CallLine]:
    """Return calls as lines; who called is one query, who was told three."""
    names = callers_of(calls)
    told = told_of(calls)
    return [
        CallLine(
            call=call,
            how=str(HOW.get(call.how, call.how)),
            who=names.get(call.called_by or 0, ""),
            counts=call.how in COUNTS and call.taken_back_at is None,
            may_take_back=may
            and call.how in COUNTS
            and call.taken_back_at is None
            and now - call.recorded_at <= undo,
            told=tuple(_told_words(one) for one in told.get(call.pk, ())),
        )
        for call in calls
    ]


def _told_words(one: Receipt) -> tuple[str, str, str]:
    """Return who was told, how far that is, and its tone; with the telephone while it is unread."""
    words, tone = TOLD_STATES[one.state]
    is_open = one.state != "seen" and one.telephone
    return (f"{one.name} {one.telephone}" if is_open else one.name, str(words), tone)
