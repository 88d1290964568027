"""What an exported list says (导出): lines in walking order, loaded in parts. And earlier exports."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.core import clock
from gridwell.core.errors import NotVisible
from gridwell.core.facts import holds_at
from gridwell.health.models import Isolation, Result
from gridwell.ledgers.models import ExportLog, Layout
from gridwell.ledgers.rules.export import Line
from gridwell.places.models import Place
from gridwell.places.queries import dwellings_of
from gridwell.residents.models import DwellingNote, LabelMark, Membership, Phone, Resident, Trait
from gridwell.residents.queries import living_of, notes_of
from gridwell.residents.queries.files import age_on

PART = 800
#: The order in which somebody walks past the doors.
WALK = (
    "dwelling__building__parent__position",
    "dwelling__building__parent_id",
    "dwelling__building__position",
    "dwelling__unit__position",
    "dwelling__position",
    "dwelling_id",
)
_NO_STEPS = dict.fromkeys(("compound", "village", "building", "row", "unit", "room"), "")


def layouts_of(actor: Actor, community: int) -> QuerySet[Layout]:
    """Return the saved layouts of a community, by name, for those who may export there."""
    if not actor.may(Right.EXPORT_LEDGERS, community):
        return Layout.objects.none()
    return Layout.objects.filter(community=community).order_by("name")


def access_layout(actor: Actor, community: int, layout_id: int) -> Layout:
    """Return a layout that the actor may use, or raise NotVisible."""
    found = layouts_of(actor, community).filter(pk=layout_id).first()
    if found is None:
        raise NotVisible
    return found


@dataclass(frozen=True)
class SentList:
    """An export with what happened since: people registered, people whose entry changed."""

    log: ExportLog
    new: int
    changed: int


def exports_of(actor: Actor, community: int, limit: int = 20) -> list[SentList]:
    """Return the latest exports with what has changed since each; two queries."""
    if not actor.may(Right.EXPORT_LEDGERS, community):
        return []
    logs = list(ExportLog.objects.filter(community=community).order_by("-made_at", "-pk")[:limit])
    counts: dict[str, Any] = {}
    for log in logs:
        since = log.made_at
        counts[f"new_{log.pk}"] = Count("pk", filter=Q(registered_at__gt=since))
        counts[f"changed_{log.pk}"] = Count(
            "pk", filter=Q(changed_at__gt=since, registered_at__lte=since)
        )
    people = Resident.objects.filter(community=community, merged_into=None)
    found = people.aggregate(**counts) if counts else {}
    return [SentList(log, found[f"new_{log.pk}"], found[f"changed_{log.pk}"]) for log in logs]


def listed(actor: Actor, community: int) -> list[int]:
    """Return the ids of everybody an exported list can name, in walking order; one query."""
    return list(living_of(actor, community).order_by(*WALK, "pk").values_list("pk", flat=True))


def lines_of(
    community: int, ids: Sequence[int], now: datetime, doors: "Doors | None" = None
) -> Iterator[Line]:
    """Yield a line a person in the order of the ids; a constant number of queries a part."""
    doors = doors or Doors(community)
    for start in range(0, len(ids), PART):
        yield from _part(community, ids[start : start + PART], doors, now)


def households_of_lines(lines: Iterator[Line]) -> Iterator[Line]:
    """Yield a line a household: its head's, with all its people; lines come household by household.

    The people of one door stand together, so a household is complete when the door changes.
    """
    door: str | None = None
    held: dict[int, list[Line]] = {}
    for line in lines:
        if line.address != door and held:
            yield from map(_household, held.values())
            held = {}
        door = line.address
        held.setdefault(line.household, []).append(line)
    yield from map(_household, held.values())


def with_vacant(
    actor: Actor, community: int, lines: Iterator[Line], doors: "Doors"
) -> Iterator[Line]:
    """Yield a line a household, and in its place in the walk a line for each empty dwelling.

    An empty one carries what is noted of it: the owner's number, a remark.
    """
    walk = [name.removeprefix("dwelling__") for name in WALK[:-1]]
    rows = dwellings_of(actor, community).order_by(*walk, "pk").values_list("pk", "is_vacant")
    order: dict[int, int] = {}
    empty: list[int] = []
    for number, (pk, is_vacant) in enumerate(rows):
        order[pk] = number
        if is_vacant:
            empty.append(pk)
    notes = notes_of(community, empty)
    at = 0
    for line in lines:
        place = order.get(line.dwelling, -1)
        while at < len(empty) and order[empty[at]] < place:
            yield _empty_line(empty[at], doors, notes)
            at += 1
        yield line
    for pk in empty[at:]:
        yield _empty_line(pk, doors, notes)


def _empty_line(place: int, doors: "Doors", notes: Mapping[int, DwellingNote]) -> Line:
    address, floor = doors.address(place)
    note = notes.get(place)
    phones = note.phones.split(",") if note is not None and note.phones else []
    return Line(
        household=0,
        steps={**_NO_STEPS, **doors.steps(place)},
        dwelling=place,
        floor=floor,
        address=address,
        phones=phones,
        head_phones=phones,
        remark={"": note.words} if note is not None and note.words else {},
    )


def _household(people: list[Line]) -> Line:
    head = next((line for line in people if line.is_head), people[0])
    phones = list(dict.fromkeys(number for line in [head, *people] for number in line.phones))
    traits = {code: value for line in people for code, value in line.traits.items()}
    labels = list(dict.fromkeys(label for line in people for label in line.labels))
    ordered = [head, *(line for line in people if line is not head)]
    return replace(
        head,
        phones=phones,
        head_name=head.name,
        head_phones=head.phones or phones,
        traits=traits,
        labels=labels,
        people=[(line.name, "" if line.is_head else line.relation) for line in ordered],
    )


class Doors:
    """Address parts of every place of a community, read once."""

    _LEVELS = {"dwelling": "room", "site": "room"}

    def __init__(self, community: int) -> None:
        self._rows = {
            pk: (parent, kind, name, full, floor)
            for pk, parent, kind, name, full, floor in Place.objects.filter(
                community=community
            ).values_list("pk", "parent_id", "kind", "name", "full_name", "floor")
        }
        self._steps: dict[int, dict[str, str]] = {}

    def steps(self, place: int | None) -> dict[str, str]:
        """Return field code -> name from the ground down to a place."""
        if place is None or place not in self._rows:
            return {}
        known = self._steps.get(place)
        if known is None:
            parent, kind, name, _full, _floor = self._rows[place]
            code = self._LEVELS.get(kind, kind)
            above = self.steps(parent)
            joined = above.get(code, "") + name  # a compound inside a compound
            known = self._steps[place] = {**above, code: joined}
        return known

    def address(self, place: int | None) -> tuple[str, int | None]:
        """Return the written address and the floor."""
        row = self._rows.get(place or 0)
        return (row[3], row[4]) if row else ("", None)


def _part(community: int, ids: Sequence[int], doors: Doors, now: datetime) -> Iterator[Line]:
    here = {"community": community, "resident__in": ids}
    people = {row.pk: row for row in Resident.objects.filter(community=community, pk__in=ids)}
    members = _members(community, ids)
    homes = {row.household_id for row in members.values()}
    heads = _heads(community, homes)
    phones = _grouped(
        Phone.objects.filter(
            community=community, resident__in={*ids, *(h for h, _ in heads.values())}
        )
        .order_by("rank", "pk")
        .values_list("resident_id", "number")
    )
    facts = _facts(community, here, now)
    today = clock.day_of(now)
    for pk in ids:
        person, member = people.get(pk), members.get(pk)
        if person is None:
            continue
        head = heads.get(member.household_id) if member else None
        address, floor = doors.address(person.dwelling_id)
        yield Line(
            household=member.household_id if member else 0,
            dwelling=person.dwelling_id or 0,
            steps={**_NO_STEPS, **doors.steps(person.dwelling_id)},
            floor=floor,
            address=address,
            name=person.name,
            relation=member.relation if member else "",
            is_head=bool(member and member.is_head),
            sex=person.sex,
            birth_on=person.birth_on,
            age=age_on(person.birth_on, today),
            document=person.document,
            phones=phones.get(pk, []),
            head_name=head[1] if head else "",
            head_phones=phones.get(head[0], []) if head else (),
            kind=member.kind if member else "lives",
            tenure=member.household.tenure if member else "",
            traits=dict(facts.traits.get(pk, ())),
            labels=facts.labels.get(pk, []),
            isolated_until=facts.isolated.get(pk),
            last_sample_at=facts.samples.get(pk),
            remark=_remark(person.remark),
        )


def _members(community: int, ids: Sequence[int]) -> dict[int, Membership]:
    rows = Membership.objects.filter(
        community=community, resident__in=ids, ends_at=None, superseded_at=None
    ).select_related("household")
    # Living here comes last and so counts before being registered only.
    return {row.resident_id: row for row in sorted(rows, key=lambda row: row.kind == "lives")}


def _heads(community: int, homes: set[int]) -> dict[int, tuple[int, str]]:
    rows = Membership.objects.filter(
        community=community, household__in=homes, is_head=True, ends_at=None, superseded_at=None
    ).values_list("household_id", "resident_id", "resident__name")
    return {home: (resident, name) for home, resident, name in rows}


def _grouped(rows: Any) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for key, value in rows:
        found[key].append(value)
    return found


@dataclass(frozen=True)
class _Facts:
    traits: Mapping[int, list[tuple[str, str]]]
    labels: Mapping[int, list[str]]
    isolated: Mapping[int, Any]
    samples: Mapping[int, datetime]


def _facts(community: int, here: dict[str, Any], now: datetime) -> _Facts:
    traits = Trait.objects.filter(**here, ends_at=None, superseded_at=None)
    marks = (
        LabelMark.objects.filter(holds_at(now), **here, superseded_at=None)
        .order_by("label__scheme__rank", "-label__rank")
        .values_list("resident_id", "label__name", "label__code")
    )
    stays = Isolation.objects.filter(
        **here, superseded_at=None, ended_at=None, ends_at__gt=now
    ).values_list("resident_id", "ends_at")
    samples = (
        Result.objects.filter(**here, superseded_at=None, resident__isnull=False)
        .values("resident_id")
        .annotate(at=Max("sampled_at"))
        .values_list("resident_id", "at")
    )
    return _Facts(
        traits=_grouped(
            (r, (c, v)) for r, c, v in traits.values_list("resident_id", "code", "value")
        ),
        labels=_grouped((r, name or code) for r, name, code in marks),
        isolated={r: clock.day_of(at - timedelta(microseconds=1)) for r, at in stays if at},
        samples={r: at.astimezone(clock.zone()).replace(tzinfo=None) for r, at in samples},
    )


def _remark(text: str) -> dict[str, str]:
    if not text:
        return {}
    try:
        found = json.loads(text)
    except ValueError:
        return {"": text}
    return found if isinstance(found, dict) else {"": text}
