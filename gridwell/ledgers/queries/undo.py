"""What undoing an import would touch (撤销预览): who was changed since by others."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from gridwell.health.models import Exemption, Isolation, Monitoring, Result
from gridwell.ledgers.models import ImportChange, LedgerImport
from gridwell.residents.models import LabelMark, Membership, Presence, Resident, Trait

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
