"""The slots of a round as they stand (时段): sites, desks, rooms, and what is short of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from django.db.models import Max
from django.db.models.functions import Coalesce, Greatest

from gridwell.core.clock import start_of
from gridwell.plan.queries.days import Day
from gridwell.screening.models import Desk, Round, Site, Slot, SlotChange
from gridwell.screening.queries.comers import (
    Geography,
    Group,
    GroupKey,
    geography_of,
    groups_of,
)
from gridwell.screening.queries.sites import desks_of_round
from gridwell.screening.rules.moves import Hitch, Moved, Target, behind, hitches, waits
from gridwell.screening.rules.sites import BEST_RATE
from gridwell.screening.rules.slots import Grid, SitePlan, grid_of

SlotKey = tuple[int, bool, int]
"""A unit or building by id, whether it is who walks badly, and the number of the piece."""


def minute_of(row: Round, instant: datetime) -> int:
    """Return an instant as minutes since the round's day began; negative on the day before."""
    return int((instant - start_of(row.on)).total_seconds() // 60)


def instant_at(row: Round, minute: int) -> datetime:
    """Return the instant of a minute of the round's day."""
    return start_of(row.on) + timedelta(minutes=minute)


def key_of(slot: Slot) -> SlotKey:
    """Return what names a slot in its round."""
    return slot.place_id, slot.walks_badly, slot.piece


def plan_of_desk(row: Round, desk: Desk) -> tuple[int, int]:
    """Return the minutes [from, to) a desk works; one that dropped out until it did."""
    opens, closes = minute_of(row, desk.opens_at), minute_of(row, desk.closes_at)
    if desk.stopped_at is not None:
        closes = max(opens, min(closes, minute_of(row, desk.stopped_at)))
    return opens, closes


@dataclass(frozen=True)
class Stage:
    """Sites, desks and slots of a round, without the people: three queries."""

    round: Round
    desks: Sequence[Desk]
    slots: Sequence[Slot]
    now: datetime

    @cached_property
    def sites(self) -> list[Site]:
        """Return the sites that have a desk or a slot in the round."""
        found = {desk.site_id: desk.site for desk in self.desks}
        found |= {slot.site_id: slot.site for slot in self.slots if slot.site_id not in found}
        return sorted(found.values(), key=lambda site: (site.name, site.pk))

    @cached_property
    def plans(self) -> list[SitePlan]:
        """Return the sites with the hours of their desks, as the rules take them."""
        hours: dict[int, list[tuple[int, int]]] = {}
        for desk in self.desks:
            hours.setdefault(desk.site_id, []).append(plan_of_desk(self.round, desk))
        return [SitePlan(site.pk, tuple(hours.get(site.pk, ()))) for site in self.sites]

    @cached_property
    def grid(self) -> Grid:
        """Return every slot that there is, those that are over too."""
        return grid_of(self.plans, self.round.slot_minutes, self.round.desk_rate)

    @cached_property
    def since(self) -> int:
        """Return the minute from which slots can still be given away."""
        begun = [minute_of(self.round, slot.ends_at) for slot in self.slots if self.has_begun(slot)]
        return max([0, minute_of(self.round, self.now) + 1, *begun])

    def has_begun(self, slot: Slot) -> bool:
        """Return whether a slot has begun; in a round that is not open nobody has been called."""
        return self.round.state != "planned" and slot.starts_at <= self.now

    def start_of(self, slot: Slot) -> int:
        """Return when a slot starts, in minutes of the day."""
        return minute_of(self.round, slot.starts_at)

    def desks_at(self, site: int, start: int) -> int:
        """Return how many desks of a site work through the slot that starts there; 0 where none does."""
        if (site, start) not in self.grid.room:
            return 0
        plan = next(plan for plan in self.plans if plan.id == site)
        return plan.desks_at(start, self.round.slot_minutes)

    @cached_property
    def by_spot(self) -> dict[tuple[int, int], list[Slot]]:
        """Return the slots by (site, start)."""
        found: dict[tuple[int, int], list[Slot]] = {}
        for slot in self.slots:
            found.setdefault((slot.site_id, self.start_of(slot)), []).append(slot)
        return found

    @cached_property
    def waits(self) -> dict[tuple[int, int], int | None]:
        """Return how many minutes the last of each slot wait, by (site, start)."""
        found = {}
        for site in self.sites:
            rows = waits(self._loads(site.pk), self.round.slot_minutes, self.round.desk_rate)
            found.update({(site.pk, start): wait for start, wait in rows.items()})
        return found

    def _loads(self, site: int) -> dict[int, tuple[int, int]]:
        """Return (people, desks) of each slot of a site, by its start."""
        starts = {start for at, start in {*self.grid.room, *self.by_spot} if at == site}
        return {
            start: (
                sum(slot.people for slot in self.by_spot.get((site, start), ())),
                self.desks_at(site, start),
            )
            for start in starts
        }

    @cached_property
    def behind(self) -> dict[int, int]:
        """Return by site how many of the slots that have begun are not taken when the next one begins."""
        pace = (self.round.slot_minutes, self.round.desk_rate)
        found = {site.pk: behind(self._loads(site.pk), *pace, self.since) for site in self.sites}
        return {site: people for site, people in found.items() if people}

    def target(self, site: int, start: int, without: Slot | None = None) -> Target:
        """Return a slot as the rules see it, without the one that is to move."""
        inside = [
            slot
            for slot in self.by_spot.get((site, start), ())
            if without is None or slot.pk != without.pk
        ]
        return Target(
            desks=self.desks_at(site, start),
            people=sum(slot.people for slot in inside),
            is_high_risk=any(slot.is_high_risk for slot in inside) if inside else None,
            has_begun=start < self.since,
        )

    def hitches(self, slot: Slot, site: int, start: int, near: Sequence[int]) -> list[Hitch]:
        """Return what stands against moving a slot; `near` are the sites from its nearest on."""
        moved = Moved(
            people=slot.people,
            is_high_risk=slot.is_high_risk,
            walks_badly=slot.walks_badly,
            is_near=not near or near[0] == site,
        )
        if self.has_begun(slot):
            return [Hitch.BEGUN]
        target = self.target(site, start, without=slot)
        return hitches(moved, target, self.round.slot_minutes, self.round.desk_rate)

    @property
    def fingerprint(self) -> tuple[object, ...]:
        """Return what must not have changed between reading and writing."""
        desks = [(d.pk, d.opens_at, d.closes_at, d.stopped_at) for d in self.desks]
        slots = [(s.pk, s.site_id, s.starts_at, s.is_by_hand) for s in self.slots]
        row = (self.round.state, self.round.slot_minutes, self.round.desk_rate)
        return (row, tuple(sorted(desks)), tuple(sorted(slots)))


def stage_of(row: Round, now: datetime) -> Stage:
    """Return sites, desks and slots of a round: two queries."""
    slots = (
        Slot.objects.filter(community_id=row.community_id, round=row)
        .select_related("site", "site__place", "place", "place__parent")
        .order_by("starts_at", "site__name", "place__full_name", "piece")
    )
    return Stage(row, desks_of_round(row), list(slots), now)


def take_people(slot: Slot, left: dict[int, int]) -> dict[int, int]:
    """Take the people of a slot out of those who are left, by their doors; return how many by door."""
    taken = {}
    for door in slot.doors or list(left):
        here = left.get(door, 0)
        if slot.doors and here > slot.people:  # a dormitory, cut inside its door
            others = sum(left.get(other, 0) for other in slot.doors if other != door)
            here = max(0, slot.people - others)
        if here:
            left[door] -= here
            taken[door] = here
    return taken


@dataclass(frozen=True)
class Facts:
    """Everything a timetable is made of: the stage, who comes, and how far they walk."""

    stage: Stage
    groups: Mapping[GroupKey, Group]
    geography: Geography

    def near(self, building: int) -> tuple[int, ...]:
        """Return the sites that have desks, from the nearest of a building on."""
        return self.geography.near(building, self.stage.sites)

    @cached_property
    def called(self) -> dict[GroupKey, int]:
        """Return how many of each group stand in slots."""
        found: dict[GroupKey, int] = {}
        for slot in self.stage.slots:
            key = (slot.place_id, slot.walks_badly)
            found[key] = found.get(key, 0) + slot.people
        return found

    @cached_property
    def unplaced(self) -> list[tuple[Group, int]]:
        """Return (group, people) of whom no slot holds: a unit, or what is left of one that is cut."""
        slots: dict[GroupKey, list[Slot]] = {}
        for slot in self.stage.slots:
            slots.setdefault((slot.place_id, slot.walks_badly), []).append(slot)
        found = []
        for key, group in self.groups.items():
            left = dict(group.by_door)
            for slot in slots.get(key, ()):
                take_people(slot, left)
            if people := sum(left.values()):
                found.append((group, people))
        return found

    @cached_property
    def differing(self) -> list[tuple[GroupKey, int, int]]:
        """Return (group, in slots, to come) where slots hold other numbers than are to come.

        Once the round is open people come one by one, so only more than were called are a fault.
        """
        is_open = self.stage.round.state == "open"
        short = {group.key for group, _people in self.unplaced}
        found = []
        for key, held in self.called.items():
            if is_open and key in short:
                continue  # said with those who are in no slot
            group = self.groups.get(key)
            wanted = group.people if group is not None else 0
            if wanted > held or (wanted < held and not is_open):
                found.append((key, held, wanted))
        return found

    @property
    def people(self) -> int:
        """Return how many are to come to a site, those who have come included."""
        return sum(group.everyone for group in self.groups.values())

    @property
    def still(self) -> int:
        """Return how many are still to come."""
        return sum(group.people for group in self.groups.values())


def facts_of(row: Round, day: Day, now: datetime) -> Facts:
    """Return everything a timetable is made of: a dozen queries whatever the size."""
    return Facts(stage_of(row, now), groups_of(row, day), geography_of(row.community_id))


def over_room(stage: Stage) -> list[tuple[int, int]]:
    """Return the slots (site, start) that hold more people than their desks take at their best."""
    found = []
    for (site, start), slots in stage.by_spot.items():
        most = stage.desks_at(site, start) * BEST_RATE * stage.round.slot_minutes // 60
        if sum(slot.people for slot in slots) > most:
            found.append((site, start))
    return sorted(found)


def last_changes(row: Round) -> list[SlotChange]:
    """Return the changes of the last act that made slots again, by where they stood before."""
    rows = SlotChange.objects.filter(community_id=row.community_id, round=row)
    last = rows.filter(how="again").order_by("-pk").values_list("ref", flat=True).first()
    if last is None:
        return []
    found = rows.filter(ref=last).select_related("place", "from_site", "to_site")
    return list(found.order_by("from_at", "place__full_name", "piece"))


def changes_of(row: Round, slots: Iterable[Slot] | None = None) -> list[SlotChange]:
    """Return what was moved by hand or made again in a round, the latest first."""
    rows = SlotChange.objects.filter(community_id=row.community_id, round=row)
    if slots is not None:
        rows = rows.filter(place__in=[slot.place_id for slot in slots])
    return list(rows.select_related("place", "from_site", "to_site").order_by("-pk"))


def changed_at_of(row: Round) -> dict[SlotKey, datetime]:
    """Return when slots came to stand where they stand, of those that ever stood elsewhere: one query."""
    rows = SlotChange.objects.filter(community_id=row.community_id, round=row)
    last = rows.order_by().values_list("place_id", "walks_badly", "piece")
    found = last.annotate(last=Max(Greatest("changed_at", Coalesce("undone_at", "changed_at"))))
    return {(place, walks_badly, piece): at for place, walks_badly, piece, at in found}


def last_move(row: Round) -> SlotChange | None:
    """Return the last move by hand that can be taken back: its slot still stands where it was put."""
    change = (
        SlotChange.objects.filter(
            community_id=row.community_id, round=row, how="moved", undone_at=None
        )
        .select_related("place", "from_site", "to_site")
        .order_by("-pk")
        .first()
    )
    if change is None or change.from_site_id is None or change.to_at is None:
        return None
    stands = Slot.objects.filter(
        community_id=row.community_id,
        round=row,
        place=change.place_id,
        walks_badly=change.walks_badly,
        piece=change.piece,
        site=change.to_site_id,
        starts_at=change.to_at,
    )
    return change if stands.exists() else None
