"""What the page behind a place code says: the hours of a site today, who is called now and next."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import pgettext

from gridwell.screening.hours import span
from gridwell.screening.models import Site, Slot
from gridwell.screening.presenters.slots import parts_of, who
from gridwell.screening.queries.sites import hours_at, slots_at


@dataclass(frozen=True)
class Turn:
    """A slot of the day: its time and who is called in it."""

    when: str
    who: str
    state: str  # now, next, over or ""


@dataclass(frozen=True)
class PlacePage:
    """A site today: its hours, the desks that work, the turns of the day."""

    hours: str
    desks: int
    is_open: bool
    turns: tuple[Turn, ...]

    @property
    def now(self) -> Turn | None:
        """Return the turn that runs now."""
        return next((turn for turn in self.turns if turn.state == "now"), None)

    @property
    def next(self) -> Turn | None:
        """Return the turn that comes next."""
        return next((turn for turn in self.turns if turn.state == "next"), None)


def place_page(site: Site, now: datetime) -> PlacePage:
    """Return what there is at a site now and for the rest of the day: three queries."""
    desks = hours_at(site, now)
    opens = min((desk.opens_at for desk in desks), default=None)
    closes = max((desk.closes_at for desk in desks), default=None)
    slots = slots_at(site, now)
    return PlacePage(
        hours=span(opens, closes) if opens is not None and closes is not None else "",
        desks=sum(desk.opens_at <= now < desk.closes_at for desk in desks),
        is_open=any(desk.opens_at <= now < desk.closes_at for desk in desks),
        turns=_turns(slots, now),
    )


def _turns(slots: list[Slot], now: datetime) -> tuple[Turn, ...]:
    parts = parts_of(slots)
    by_time: dict[tuple[datetime, datetime], list[str]] = {}
    for slot in slots:
        words = who(slot.place, walks_badly=slot.walks_badly)
        part = parts.get(slot.pk, "")
        by_time.setdefault((slot.starts_at, slot.ends_at), []).append(f"{words} {part}".strip())
    joint = pgettext("between items of a list", ", ")
    first = min((starts for starts, _ends in by_time if starts > now), default=None)
    return tuple(
        Turn(span(starts, ends), joint.join(names), _state(starts, ends, now, first))
        for (starts, ends), names in sorted(by_time.items())
    )


def _state(starts: datetime, ends: datetime, now: datetime, first: datetime | None) -> str:
    if ends <= now:
        return "over"
    if starts <= now:
        return "now"
    return "next" if starts == first else ""
