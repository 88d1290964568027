"""What undoing an import would touch (撤销预览): who was changed since by others."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import Q

from gridwell.health.models import Exemption, Hold, Isolation, Monitoring, Result, Sample
from gridwell.ledgers.models import ImportChange, LedgerImport
from gridwell.residents.models import LabelMark, Membership, Presence, Resident, Stay, Trait

CHUNK = 800
#: Facts of a person that others may have written since.
_FACTS = (Membership, Trait, Presence, Result, Isolation, Monitoring, Exemption)


@dataclass(frozen=True)
class Done:
    """What an import did, by table: rows created, facts superseded, fields changed."""

    created: dict[str, list[int]] = field(default_factory=dict)
    replaced: dict[str, list[int]] = field(default_factory=dict)
    changed: dict[tuple[str, int], tuple[dict[str, Any], dict[str, Any]]] = field(
        default_factory=dict
    )

    @property
    def new_people(self) -> set[int]:
        """Return the people it registered."""
        return set(self.created.get("residents.resident", ()))


@dataclass(frozen=True)
class Touched:
    """A person of an import whose entry others have changed since."""

    resident: int
    name: str
    door: str
    is_new: bool


def done_by(ledger_import: LedgerImport) -> Done:
    """Return what an import did; empty when that is no longer kept."""
    done = Done(defaultdict(list), defaultdict(list), {})
    rows = ImportChange.objects.filter(
        community=ledger_import.community_id, ledger_import=ledger_import
    ).order_by("pk")
    for row in rows.iterator():
        payload = json.loads(row.payload)
        if row.kind == "changed":
            done.changed[row.table, row.row or 0] = (payload["before"], payload["after"])
        else:
            kept = done.created if row.kind == "created" else done.replaced
            kept[row.table] += payload["ids"]
    return done


def parts(ids: Iterable[int]) -> Iterable[list[int]]:
    """Return ids in parts that every database takes."""
    every = sorted(ids)
    return (every[start : start + CHUNK] for start in range(0, len(every), CHUNK))


def people_of(done: Done) -> set[int]:
    """Return everybody whose entry or facts an import wrote, the new ones included."""
    found = done.new_people | {pk for table, pk in done.changed if table == "residents.resident"}
    for model in (Membership, Trait, LabelMark, Result, Isolation):
        table = model._meta.label_lower
        for part in parts([*done.created.get(table, ()), *done.replaced.get(table, ())]):
            rows = model._default_manager.filter(pk__in=part)
            found.update(pk for pk in rows.values_list("resident_id", flat=True) if pk)
    return found


def touched_since(ledger_import: LedgerImport, done: Done) -> list[Touched]:
    """Return the people of an import whom others have changed since, by door and name.

    A mark by rule is nobody's change. A constant number of queries for each 800 people.
    """
    since = ledger_import.applied_at
    own = f"import:{ledger_import.pk}"
    community = ledger_import.community_id
    everyone = people_of(done)
    found: set[int] = set()
    for part in parts(everyone):
        here = {"community": community, "resident__in": part}
        for model in _FACTS:
            rows = model._default_manager.filter(
                Q(recorded_at__gt=since) | Q(superseded_at__gt=since), **here
            )
            found.update(rows.values_list("resident_id", flat=True))
        marks = LabelMark.objects.filter(recorded_at__gt=since, is_manual=True, **here)
        found.update(
            pk for pk in marks.exclude(source=own).values_list("resident_id", flat=True) if pk
        )
        entries = Resident.objects.filter(community=community).filter(
            Q(pk__in=part, changed_at__gt=since) | Q(pk__in=part, merged_into__isnull=False)
        )
        found.update(entries.values_list("pk", flat=True))
        merged = Resident.objects.filter(community=community, merged_into__in=part)
        found.update(pk for pk in merged.values_list("merged_into_id", flat=True) if pk)
    return _named(found, done.new_people)


def _named(ids: Collection[int], new: Collection[int]) -> list[Touched]:
    rows = []
    for part in parts(ids):
        people = Resident.objects.filter(pk__in=part).values_list(
            "pk", "name", "dwelling__full_name"
        )
        rows += [Touched(pk, name, door or "", pk in new) for pk, name, door in people]
    return sorted(rows, key=lambda row: (row.door, row.name, row.resident))


def stays_of(done: Done) -> tuple[list[int], list[int]]:
    """Return the stays that an import wrote, and the rows that these replaced."""
    table = Stay._meta.label_lower
    return done.created.get(table, []), done.replaced.get(table, [])


def stays_touched(community: int, done: Done) -> set[int]:
    """Return the stays of an import that others have changed, or whose guest gave a sample since.

    A constant number of queries for each 800 stays.
    """
    made, _replaced = stays_of(done)
    found: set[int] = set()
    for part in parts(made):
        here = Stay.objects.filter(community=community, pk__in=part)
        rows = list(here.values_list("pk", "ref", "superseded_at"))
        refs = [ref for _pk, ref, gone in rows if gone is None]
        used: set[Any] = set()
        for model in (Sample, Hold, Result):
            given = model._default_manager.filter(community=community, guest__in=refs)
            used.update(given.values_list("guest", flat=True))
        found.update(pk for pk, ref, gone in rows if gone is not None or ref in used)
    return found


class Fate(StrEnum):
    """What undoing an import means for one person (撤销后)."""

    GOES = "goes"
    RESTORED = "restored"
    STAYS = "stays"  # others have changed the entry since


@dataclass(frozen=True)
class Effect:
    """Who goes, who gets back the former entry, who stays as he is; ids of people and of stays."""

    people: Mapping[int, Fate]
    guests: Mapping[int, Fate]

    def count(self, fate: Fate) -> int:
        """Return for how many people and guests undoing means this."""
        return sum(f is fate for f in (*self.people.values(), *self.guests.values()))

    def of(self, fate: Fate | None) -> list[tuple[str, int, Fate]]:
        """Return ("person" or "guest", id, fate) of everybody, or of those with one fate."""
        every = [("person", pk, f) for pk, f in sorted(self.people.items())]
        every += [("guest", pk, f) for pk, f in sorted(self.guests.items())]
        order = list(Fate)
        return sorted(
            (row for row in every if fate in (None, row[2])), key=lambda row: order.index(row[2])
        )


def effect_of(ledger_import: LedgerImport, done: Done, also: Collection[int] = ()) -> Effect:
    """Return what undoing means for everybody whom an import wrote; `also` are those not spared."""
    touched = {person.resident for person in touched_since(ledger_import, done)} - set(also)
    new = done.new_people
    people = {
        pk: Fate.STAYS if pk in touched else Fate.GOES if pk in new else Fate.RESTORED
        for pk in people_of(done)
    }
    made, replaced = stays_of(done)
    kept = stays_touched(ledger_import.community_id, done)
    before = _stays_before(ledger_import.community_id, made, replaced)
    guests = {
        pk: Fate.STAYS if pk in kept else Fate.RESTORED if pk in before else Fate.GOES
        for pk in made
    }
    return Effect(people, guests)


def _stays_before(community: int, made: Iterable[int], replaced: Iterable[int]) -> set[int]:
    """Return which of the stays written stand for one that was there before."""
    old: set[tuple[int, str]] = set()
    for part in parts(replaced):
        rows = Stay.objects.filter(community=community, pk__in=part)
        old.update(rows.values_list("place_id", "name"))
    found: set[int] = set()
    for part in parts(made) if old else ():
        rows = Stay.objects.filter(community=community, pk__in=part)
        found.update(
            pk for pk, *key in rows.values_list("pk", "place_id", "name") if tuple(key) in old
        )
    return found


def named(rows: Iterable[tuple[str, int, Fate]]) -> list[dict[str, Any]]:
    """Return the people and guests of a page with name and door; two queries for each 800."""
    rows = list(rows)
    said: dict[tuple[str, int], tuple[str, str, str]] = {}
    for kind, model, door, what_for in (
        ("person", Resident, "dwelling__full_name", "sex"),
        ("guest", Stay, "place__full_name", "kind"),
    ):
        for part in parts(pk for what, pk, _fate in rows if what == kind):
            found = model._default_manager.filter(pk__in=part)
            for pk, name, where, code in found.values_list("pk", "name", door, what_for):
                said[kind, pk] = (name, where or "", code if kind == "guest" else "")
    return [
        {"kind": kind, "id": pk, "fate": fate.value, "name": name, "door": door, "guest": code}
        for kind, pk, fate in rows
        for name, door, code in [said.get((kind, pk), ("", "", ""))]
    ]
