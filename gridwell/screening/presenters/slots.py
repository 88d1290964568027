"""Slots in words and figures: the timetable as a picture, what is short, why each stands where it does."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from gridwell.core import clock
from gridwell.core.components import Figure
from gridwell.places.models import Place
from gridwell.screening.hours import hour, span
from gridwell.screening.labels.slots import BECAUSE, SIGNS
from gridwell.screening.models import Desk, Round, Site, Slot, SlotChange
from gridwell.screening.queries.slots import Facts, Stage, instant_at
from gridwell.screening.rules.moves import Advice, Hitch, advice, hours_of, is_long
from gridwell.screening.rules.sites import desk_hours, need

_WHY = {
    "nearest": gettext_lazy("%(nearest)s is the nearest site, and this the first time with room for all of them."),
    "nearest_full": gettext_lazy("%(nearest)s is nearer, but its slots are full; %(site)s has room."),
    "walks_badly": gettext_lazy("They walk badly or are 80 and older: always the nearest site, early in the day."),
    "high_risk": gettext_lazy("From a unit of a high-risk zone: a slot that nobody else shares, after the others."),
    "by_hand": gettext_lazy("Somebody put it there by hand; it stays when slots are made again."),
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A slot as the timetable shows it: who, how many, why there."""

    slot: Slot
    who: str
    part: str
    why: str
    sign: str
    tone: str
    may_move: bool

    @property
    def minute(self) -> int:
        """Return the minutes of the day at which it starts, for the script."""
        local = self.slot.starts_at.astimezone(clock.zone())
        return local.hour * 60 + local.minute


@dataclass(frozen=True)
class SlotCell:
    """A slot of a site: who is in it, how many it takes, how long the last wait."""

    site: Site
    start: int
    entries: tuple[Entry, ...]
    people: int
    room: int
    desks: int
    wait: int | None
    has_begun: bool

    @property
    def is_long(self) -> bool:
        """Return whether people in it wait longer than allowed."""
        return bool(self.people) and is_long(self.wait)

    @property
    def risk(self) -> str:
        """Return "high" or "plain" of those in it, "" when nobody is."""
        if not self.entries:
            return ""
        return "high" if any(entry.slot.is_high_risk for entry in self.entries) else "plain"


@dataclass(frozen=True)
class SlotRow:
    """A line of the timetable: its time and the slot of each site."""

    start: int
    words: str
    cells: tuple[SlotCell, ...]
    is_now: bool


@dataclass(frozen=True)
class SiteHead:
    """A column of the timetable: the site, its desks that work, who is called there."""

    site: Site
    desks: int
    people: int


def heads(stage: Stage, only: int | None = None) -> list[SiteHead]:
    """Return the columns of the timetable."""
    people: dict[int, int] = {}
    for slot in stage.slots:
        people[slot.site_id] = people.get(slot.site_id, 0) + slot.people
    working: dict[int, int] = {}
    for desk in stage.desks:
        working[desk.site_id] = working.get(desk.site_id, 0) + (desk.stopped_at is None)
    return [SiteHead(site, working.get(site.pk, 0), people.get(site.pk, 0)) for site in stage.sites]


def legend() -> list[tuple[str, str]]:
    """Return the signs of the timetable with what they say."""
    return [(str(SIGNS[code]), str(words)) for code, words in BECAUSE.items()]


def timetable(stage: Stage, *, may_run: bool, only: int | None = None) -> list[SlotRow]:
    """Return the lines of the timetable: every slot that there is, at every site or at one."""
    sites = [site for site in stage.sites if only in {None, site.pk}]
    starts = sorted(
        {start for site, start in {*stage.grid.room, *stage.by_spot} if only in {None, site}}
    )
    parts = parts_of(stage.slots)
    rows = []
    for start in starts:
        begins = instant_at(stage.round, start)
        ends = instant_at(stage.round, start + stage.round.slot_minutes)
        cells = tuple(_cell(stage, site, start, parts, may_run=may_run) for site in sites)
        rows.append(
            SlotRow(start, span(begins, ends, stage.round.on), cells, begins <= stage.now < ends)
        )
    return rows


def _cell(
    stage: Stage, site: Site, start: int, parts: Mapping[int, str], *, may_run: bool
) -> SlotCell:
    slots = stage.by_spot.get((site.pk, start), [])
    return SlotCell(
        site=site,
        start=start,
        entries=tuple(_entry(stage, slot, parts, may_run=may_run) for slot in slots),
        people=sum(slot.people for slot in slots),
        room=stage.grid.room.get((site.pk, start), 0),
        desks=stage.desks_at(site.pk, start),
        wait=stage.waits.get((site.pk, start), 0),
        has_begun=start < stage.since,
    )


def _entry(stage: Stage, slot: Slot, parts: Mapping[int, str], *, may_run: bool) -> Entry:
    tone = "bad" if slot.is_high_risk else "info" if slot.is_by_hand else ""
    why = "by_hand" if slot.is_by_hand else slot.because
    return Entry(
        slot=slot,
        who=who(slot.place, walks_badly=slot.walks_badly),
        part=parts.get(slot.pk, ""),
        why=str(BECAUSE.get(why, why)),
        sign=str(SIGNS.get(why, "")),
        tone=tone,
        may_move=may_run and not stage.has_begun(slot),
    )


def who(place: Place, *, walks_badly: bool = False) -> str:
    """Return who is called in a slot: a unit, a building, or those of it who walk badly."""
    if walks_badly:
        return _("%(place)s, those who walk badly") % {"place": place.full_name}
    return place.full_name


def parts_of(slots: Iterable[Slot]) -> dict[int, str]:
    """Return which doors of a unit a slot calls where it was cut: slot -> 101–504. One query.

    The unit is named beside it, so of 2-1-101 only the last part is said.
    """
    cut = [slot for slot in slots if slot.doors]
    wanted = {door for slot in cut for door in (slot.doors[0], slot.doors[-1])}
    names = {
        pk: door.rpartition("-")[2] or name
        for pk, door, name in Place.objects.filter(pk__in=wanted).values_list("pk", "door", "name")
    }
    found = {}
    for slot in cut:
        first, last = names.get(slot.doors[0], ""), names.get(slot.doors[-1], "")
        found[slot.pk] = first if first == last else f"{first}–{last}"
    return found


def figures(facts: Facts) -> list[Figure]:
    """Return the strip: who comes, and what there is against what the guide asks."""
    stage, row = facts.stage, facts.stage.round
    people, asked = facts.people, need(facts.people)
    working = [desk for desk in stage.desks if desk.stopped_at is None]
    sites = len({desk.site_id for desk in working})
    there = hours_of(pair for plan in stage.plans for pair in plan.desks)
    wanted = desk_hours(people, row.desk_rate)
    placed = sum(facts.called.values())
    left = sum(people for _group, people in facts.unplaced)
    long = [wait for wait in stage.waits.values() if wait is not None]
    return [
        Figure(_("To come to a site"), people),
        Figure(
            pgettext("sampling", "Sites"),
            sites,
            "#desks",
            note=_("guide: %(few)s–%(many)s") % {"few": asked.sites[0], "many": asked.sites[1]},
            tone="bad" if sites < asked.sites[0] else "",
        ),
        Figure(
            _("Desks"),
            len(working),
            "#desks",
            note=_("guide: %(few)s–%(many)s") % {"few": asked.desks[0], "many": asked.desks[1]},
            tone="bad" if len(working) < asked.desks[0] else "",
        ),
        Figure(
            _("Desk hours"),
            _number(there),
            "#desks",
            note=_("needed: %(hours)s") % {"hours": _number(wanted)},
            tone="bad" if there < wanted else "",
        ),
        Figure(
            _("In a slot"),
            placed,
            "#timetable",
            note=_placed_note(people, placed, left),
            tone="bad" if left else "ok" if placed else "",
        ),
        Figure(
            _("Longest wait"),
            max(long, default=0),
            "#timetable",
            unit=_("min"),
            note=_("at most 30 are allowed"),
            tone="bad" if any(is_long(wait) for wait in stage.waits.values()) else "",
        ),
    ]


def _placed_note(people: int, placed: int, left: int) -> str:
    """Return who is in no slot, or who came to a unit or left it after its slot was made."""
    if left:
        return _("%(left)s without one") % {"left": left}
    if people > placed > 0:
        return _("%(more)s came since, with their unit") % {"more": people - placed}
    if placed > people:
        return _("%(fewer)s need not come any more") % {"fewer": placed - people}
    return ""


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


@dataclass(frozen=True)
class Shortage:
    """People without a slot: who they are, why there is no room, what would help."""

    people: int
    names: list[str]
    sentences: list[str]


def shortage(facts: Facts) -> Shortage | None:
    """Return who is in no slot and what would help; None when everyone has one.

    Before any slot is made only what can be told beforehand: that the desks do not suffice.
    """
    groups, stage, row = facts.unplaced, facts.stage, facts.stage.round
    if not groups or not stage.desks:
        return None
    found = Place.objects.filter(pk__in=[group.key[0] for group, _people in groups])
    places = dict(found.values_list("pk", "full_name"))
    people = sum(count for _group, count in groups)
    asked = people + sum(slot.people for slot in stage.slots if not stage.has_begun(slot))
    said = advice(asked, stage.plans, row.slot_minutes, row.desk_rate, stage.since, stage.behind)
    if said is None or (said.is_apart and not stage.slots):
        return None
    names = [
        _("%(place)s (%(people)s)") % {"place": places.get(group.key[0], "?"), "people": count}
        for group, count in groups
    ]
    return Shortage(people, names, advice_words(said, row))


def advice_words(said: Advice, row: Round) -> list[str]:
    """Return in sentences why there is no room, and what would make it."""
    if said.no_desk:
        return [_("No desk works through a whole slot in what is left of the day. Set up a desk.")]
    facts = {
        "people": said.people,
        "room": said.room,
        "rate": row.desk_rate,
        "desks": said.desks,
        "hours": _number(said.hours),
    }
    if said.is_apart:
        return [
            _(
                "The desks could take %(room)s and %(people)s are to come, but high-risk buildings "
                "stand alone and people who walk badly go to the nearest site: too little is left."
            )
            % facts,
            _("One more desk, an hour longer at the site concerned, or a move by hand would help."),
        ]
    return [
        _(
            "People that the slots left can take at %(rate)s an hour a desk: %(room)s; to be called: "
            "%(people)s."
        )
        % facts,
        _("Desks missing for the whole time: %(desks)s. Or %(hours)s hours longer at every desk.")
        % facts,
    ]


@dataclass(frozen=True)
class DeskLine:
    """A desk as its table shows it."""

    desk: Desk
    hours: str
    post: str
    people: int


def desk_lines(stage: Stage, holders: Mapping[int, str]) -> list[DeskLine]:
    """Return the desks with their hours, who stands there, and how many are called to the site."""
    people = {head.site.pk: head.people for head in heads(stage)}
    return [
        DeskLine(
            desk=desk,
            hours=span(desk.opens_at, desk.closes_at, stage.round.on),
            post=_post_words(desk, holders),
            people=people.get(desk.site_id, 0),
        )
        for desk in stage.desks
    ]


def _post_words(desk: Desk, holders: Mapping[int, str]) -> str:
    if desk.post is None:
        return ""
    name = holders.get(desk.post.pk, "")
    return f"{desk.post.title} · {name}" if name else desk.post.title


@dataclass(frozen=True)
class ChangeLine:
    """A slot before and after."""

    who: str
    people: int
    before: str
    after: str
    tone: str
    reason: str = ""


def again_lines(changes: Sequence[SlotChange], slots: Sequence[Slot], on: date) -> list[ChangeLine]:
    """Return what stands elsewhere since slots were made again: a line for each unit, all its parts.

    A unit that is cut is called in parts, and may be cut otherwise than before.
    """
    parts = parts_of(slots)
    changed: dict[tuple[int, bool], list[SlotChange]] = {}
    for change in changes:
        changed.setdefault((change.place_id, change.walks_badly), []).append(change)
    lines = []
    for key, rows in changed.items():
        pieces = {row.piece for row in rows}
        same = [
            slot
            for slot in slots
            if (slot.place_id, slot.walks_badly) == key and slot.piece not in pieces
        ]
        now = {
            slot.piece: parts.get(slot.pk, "")
            for slot in slots
            if (slot.place_id, slot.walks_badly) == key
        }
        stays = [(slot.starts_at, slot.site.name, parts.get(slot.pk, "")) for slot in same]
        came = [
            (row.to_at, row.to_site.name, now.get(row.piece, ""))
            for row in rows
            if row.to_site is not None and row.to_at is not None
        ]
        was = [
            (row.from_at, row.from_site.name, "")
            for row in rows
            if row.from_site is not None and row.from_at is not None
        ]
        lines.append(
            ChangeLine(
                who=who(rows[0].place, walks_badly=key[1]),
                people=sum(row.people for row in rows if row.to_site is not None)
                or sum(row.people for row in rows),
                before=_times([*was, *stays], on) or _("in no slot"),
                after=_times([*came, *stays], on) or _("in no slot"),
                tone="" if came or stays else "bad",
            )
        )
    return lines


def _times(stood: Sequence[tuple[datetime, str, str]], on: date) -> str:
    """Return sites and times in their order, each with the doors it calls: 东门 09:00（101–504）."""
    joint = pgettext("between items of a list", ", ")
    return joint.join(
        f"{site} {hour(at, on)}" + (f" ({part})" if part else "")
        for at, site, part in sorted(stood)
    )


def change_line(change: SlotChange, on: date) -> ChangeLine:
    """Return a change in words."""
    before = _stood(change.from_site, change.from_at, on)
    after = _stood(change.to_site, change.to_at, on)
    return ChangeLine(
        who=who(change.place, walks_badly=change.walks_badly),
        people=change.people,
        before=before or _("in no slot"),
        after=after or _("in no slot"),
        tone="" if after else "bad",
        reason=change.reason,
    )


def _stood(site: Site | None, at: datetime | None, on: date) -> str:
    return f"{site.name} {hour(at, on)}" if site is not None and at is not None else ""


def why_sentences(stage: Stage, slot: Slot, near: list[str]) -> list[str]:
    """Return in sentences why a slot stands where it stands; `near` are sites, the nearest first."""
    start = stage.start_of(slot)
    facts = {
        "site": slot.site.name,
        "nearest": near[0] if near else slot.site.name,
        "minutes": stage.round.slot_minutes,
        "people": sum(one.people for one in stage.by_spot.get((slot.site_id, start), ())),
        "room": stage.grid.room.get((slot.site_id, start), 0),
        "desks": stage.desks_at(slot.site_id, start),
        "rate": stage.round.desk_rate,
    }
    why = "by_hand" if slot.is_by_hand else slot.because
    said = [_WHY.get(why, _WHY["nearest"]) % facts]
    if slot.doors:
        said.append(
            _("The unit is larger than a slot, so it is called in parts, never inside a family.")
        )
    said.append(
        _(
            "People in this slot: %(people)s. Desks: %(desks)s, which at %(rate)s an hour take "
            "%(room)s in %(minutes)s minutes."
        )
        % facts
    )
    return said


def spot_words(stage: Stage, site: int, start: int, slot: Slot, hitches: Iterable[Hitch]) -> str:
    """Return a slot that could be chosen in words: time, site, how full it would be."""
    name = next(one.name for one in stage.sites if one.pk == site)
    target = stage.target(site, start, without=slot)
    begins = instant_at(stage.round, start)
    ends = instant_at(stage.round, start + stage.round.slot_minutes)
    facts = {
        "when": span(begins, ends, stage.round.on),
        "site": name,
        "people": target.people + slot.people,
        "room": stage.grid.room[site, start],
    }
    words = _("%(when)s %(site)s, then %(people)s of %(room)s") % facts
    return f"{words} – {_('with a reason')}" if list(hitches) else words
