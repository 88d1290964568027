"""Holds in words: lines of the re-sampling list, the steps of one hold, what Today says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from gridwell.core import clock
from gridwell.core.components import Figure, TimelineEntry
from gridwell.health.models import Hold, Tube
from gridwell.places.models import Area, Place
from gridwell.protocols.queries import protocol_for
from gridwell.residents.rules.masking import mask_phone
from gridwell.screening.labels.results import TUBE_RESULTS
from gridwell.screening.labels.trail import ENDS
from gridwell.screening.queries.holds import HeldPerson, HoldFigures, SingleSample, facts_of
from gridwell.screening.rules.holds import ALARMS, lasts

TONES = {"negative": "ok", "positive": "bad", "unclear": "warn", "spoilt": "warn"}
RESULTS = frozenset(TONES)


@dataclass(frozen=True)
class HoldLine:
    """Somebody held, with his or her words. `phones` are masked unless they were asked for."""

    hold: Hold
    name: str
    phones: tuple[str, ...]
    single: str
    single_tone: str
    is_held: bool
    is_waiting: bool
    is_undecided: bool
    end: str
    is_confirmed: bool


def line_of(line: HeldPerson, *, is_unmasked: bool = False) -> HoldLine:
    """Return a line with its words."""
    return HoldLine(
        hold=line.hold,
        name=line.name,
        phones=line.phones if is_unmasked else tuple(mask_phone(n) for n in line.phones),
        single=single_words(line.single),
        single_tone=TONES.get(line.single, "info" if line.single else "warn"),
        is_held=line.is_held,
        is_waiting=line.is_waiting,
        is_undecided=line.is_open and not line.is_held,
        end=str(ENDS.get(line.hold.end, "")),
        is_confirmed=line.hold.end == "confirmed",
    )


def single_words(state: str) -> str:
    """Return what is known of somebody's own sample."""
    if not state:
        return _("not sampled singly yet")
    return str(TUBE_RESULTS.get(state, _("at the laboratory")))


@dataclass(frozen=True)
class TubeGroup:
    """A positive tube with its people, and how many of them are decided."""

    tube: Tube
    result: str
    lines: tuple[HoldLine, ...]

    @property
    def is_single(self) -> bool:
        """Return whether it holds one person's own sample, with no positive pool before it."""
        return self.tube.purpose == "single"

    @property
    def released(self) -> int:
        """Return who was released by the own sample."""
        return sum(1 for line in self.lines if line.hold.end == "released")

    @property
    def confirmed(self) -> int:
        """Return whose own sample is positive."""
        return sum(1 for line in self.lines if line.is_confirmed)

    @property
    def waiting(self) -> int:
        """Return who is held and not sampled singly yet."""
        return sum(1 for line in self.lines if line.is_held and line.is_waiting)


def groups_of(lines: Iterable[HoldLine]) -> list[TubeGroup]:
    """Return lines by tube, in their order."""
    by_tube: dict[int, list[HoldLine]] = {}
    for line in lines:
        by_tube.setdefault(line.hold.tube_id, []).append(line)
    return [
        TubeGroup(
            tube=group[0].hold.tube,
            result=str(TUBE_RESULTS.get(group[0].hold.tube.state, "")),
            lines=tuple(group),
        )
        for group in by_tube.values()
    ]


def figures(community: int, found: HoldFigures) -> list[Figure]:
    """Return the strip of a community's holds; each figure opens the list behind it."""
    url = reverse("hold_list", args=[community])
    return [
        Figure(_("Held now"), found.held, url, tone="bad" if found.held else ""),
        Figure(
            _("To sample singly"),
            found.waiting,
            f"{url}?show=waiting",
            tone="warn" if found.waiting else "",
        ),
        Figure(
            _("Own sample positive"),
            found.confirmed,
            f"{url}?show=confirmed",
            tone="bad" if found.confirmed else "",
        ),
        Figure(
            _("Hours over, still open"),
            found.undecided,
            f"{url}?show=ran_out",
            tone="warn" if found.undecided else "",
        ),
    ]


@dataclass(frozen=True)
class BuildingLine:
    """A building with people held: its name, how many, and its board."""

    name: str
    held: int
    url: str


def building_lines(community: int, counts: Mapping[int, int]) -> list[BuildingLine]:
    """Return the buildings with somebody held: one query."""
    places = Place.objects.filter(pk__in=list(counts)).order_by("path")
    return [
        BuildingLine(
            place.full_name, counts[place.pk], reverse("building_board", args=[community, place.pk])
        )
        for place in places
    ]


def steps_of(row: Hold, singles: Sequence[SingleSample], by: str, now: datetime) -> list[Any]:
    """Return every step of a hold with its time, newest first; what lies ahead is marked so."""
    tube, facts = row.tube, facts_of(row)
    result = (
        TUBE_RESULTS.get(tube.state, "") if row.end != "withdrawn" else _("positive or unclear")
    )
    found = [_step(row.starts_at, _("Held, %(hours)s h") % {"hours": row.hours})]
    if tube.purpose != "single":  # else its own samples below say it
        words = _("Tube %(tube)s: %(result)s") % {"tube": tube.code, "result": result}
        found.insert(0, _step(tube.resulted_at or row.starts_at, words, tube.result_source))
    for single in singles:
        at_door = _("Sampled singly, tube %(tube)s") % {"tube": single.tube}
        found.append(_step(single.at, at_door))
        if single.state in RESULTS and single.resulted_at is not None:
            words = _("Own sample: %(result)s") % {"result": TUBE_RESULTS[single.state]}
            tone = "bad" if single.state == "positive" else "ok"
            found.append(_step(single.resulted_at, words, single.source, tone))
    for number, part in enumerate(ALARMS, start=1):
        at = row.starts_at + timedelta(hours=row.hours) * part
        if number <= row.alarms:
            found.append(_step(at, _("Alarm: %(part)s of the time over") % {"part": f"{part:.0%}"}))
        elif lasts(facts, at) and at > now:
            found.append(
                _step(
                    at,
                    _("Alarm then: %(part)s of the time over") % {"part": f"{part:.0%}"},
                    "",
                    "now",
                )
            )
    if row.extended_at is not None:
        why = f"{by} · {row.extended_reason} · {row.extended_clause}"
        found.append(_step(row.extended_at, _("Extended once"), why))
    found += _end_steps(row, now)
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def _end_steps(row: Hold, now: datetime) -> list[TimelineEntry]:
    end = str(ENDS.get(row.end, ""))
    if row.ended_at is None:
        ahead = row.ends_at > now
        words = _("Ends by itself") if ahead else _("The hours are over")
        return [_step(row.ends_at, words, "", "now" if ahead else "")]
    found = [_step(row.ended_at, _("Nobody is held by it any more"), end, "ok")]
    if row.decided_at is not None and row.decided_at > row.ended_at:
        ran_out = str(ENDS["ran_out"])
        found = [
            _step(row.ended_at, _("Nobody is held by it any more"), ran_out, "ok"),
            _step(row.decided_at, _("Decided afterwards"), end),
        ]
    return found


def _step(at: datetime, text: str, note: str = "", tone: str = "") -> TimelineEntry:
    return TimelineEntry(at=at, text=text, note=note, tone=tone)


@dataclass(frozen=True)
class Basis:
    """The clause by which somebody is held: its words and where it stands."""

    text: str
    where: str


def basis_of(row: Hold) -> Basis | None:
    """Return the clause of a hold in the reader's language; None when it rests on none."""
    if not row.clause:
        return None
    protocol = protocol_for(row.community_id, clock.day_of(row.starts_at))
    clause = protocol.clause(row.clause) if protocol is not None else None
    if protocol is None or clause is None or not protocol.ref.startswith(row.protocol):
        return Basis("", f"{row.protocol} {row.clause}")
    is_zh = (get_language() or "").startswith("zh")
    document = protocol.documents.get(clause.document)
    name = (document.zh if is_zh else document.en) if document is not None else row.protocol
    return Basis(clause.zh if is_zh else clause.en, f"{name} · {clause.place}")


@dataclass(frozen=True)
class CommunityHolds:
    """A community as an upper office sees its holds: figures, no names."""

    area: Area
    figures: HoldFigures
    url: str


def community_lines(
    communities: Iterable[Area], found: Mapping[int, HoldFigures]
) -> list[CommunityHolds]:
    """Return the communities that have holds, those that end next at the top."""
    lines = [
        CommunityHolds(area, found[area.pk], reverse("hold_list", args=[area.pk]))
        for area in communities
        if area.pk in found
    ]
    return sorted(
        lines, key=lambda line: (line.figures.next_end is None, line.figures.next_end, line.area.pk)
    )
