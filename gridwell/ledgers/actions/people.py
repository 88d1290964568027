"""Changes people whom a ledger says otherwise (人员变更), field by field; facts keep their history."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Subquery

from gridwell.core.fields import vault
from gridwell.ledgers.rules.matching import Decision, Outcome
from gridwell.ledgers.rules.settle import DOCUMENT, FORMER_DOCUMENT
from gridwell.residents.actions.facts import again, chunks, supersede
from gridwell.residents.models import Household, Membership, Phone, Presence, Resident, Trait

if TYPE_CHECKING:
    from gridwell.ledgers.actions.writing import Writing

_OF_MEMBERSHIP = frozenset({"dwelling_key", "relation", "is_head", "kind"})
_OF_ENTRY = ("sex", "birth_on", "documents", "remark")
_FIELDS = ("sex", "birth_on", "document", "document_kind", "document_tail", "remark", "dwelling")


class PeopleWriter:
    """Writes the changed people of one import."""

    def __init__(self, writing: "Writing") -> None:
        self.w = writing
        self.journal = writing.journal
        self.people: dict[int, Decision] = {d.resident or 0: d for d in writing.changed}

    def run(self) -> None:
        """Write memberships, entries, phones, traits."""
        moved = self._memberships()
        self._entries(moved)
        self._phones()
        self._traits()
        ids = sorted(self.people)
        for part in chunks(ids):
            Resident.objects.filter(pk__in=part).update(changed_at=self.w.now)
        self._follow(sorted(moved))

    # ---- where they live ------------------------------------------------------------------

    def _memberships(self) -> dict[int, int]:
        """Correct relations and heads, end and begin where somebody moved; return new dwellings."""
        touched = {pk for pk, d in self.people.items() if _OF_MEMBERSHIP & d.changes.keys()}
        rows = self._open(resident__in=touched)
        heads = self._other_heads(touched)
        if not (touched or heads):
            return {}
        ended: list[Membership] = []
        fresh: list[Membership] = []
        moved: dict[int, int] = {}
        for row in rows:
            changes = self.people[row.resident_id].changes
            if "dwelling_key" not in changes:
                fresh.append(self._corrected(row, changes))
            elif row.starts_at < self.w.now:
                left = {"ends_at": self.w.now, "is_head": False, "end_reason": "moved_out"}
                ended.append(again(row, now=self.w.now, user=self.w.actor.user_id, **left))
        for pk in sorted(touched):
            decision = self.people[pk]
            if "dwelling_key" in decision.changes:
                joined = self._joined(pk, decision)
                fresh.append(joined)
                moved[pk] = joined.dwelling_id
        fresh += [
            again(row, now=self.w.now, user=self.w.actor.user_id, is_head=False, relation="")
            for row in heads
        ]
        old = [row.pk for row in (*rows, *heads)]
        supersede(Membership, old, self.w.now)
        self.journal.replaced("residents.membership", old)
        made = Membership.objects.bulk_create([*ended, *_one_head(fresh)], batch_size=500)
        self.journal.made("residents.membership", [row.pk for row in made])
        self._close_emptied({row.household_id for row in ended})
        return moved

    def _open(self, **narrowed: Any) -> list[Membership]:
        found: list[Membership] = []
        ((name, ids),) = narrowed.items()
        for part in chunks(sorted(ids)):
            found += Membership.objects.filter(
                community=self.w.community, ends_at=None, superseded_at=None, **{name: part}
            )
        # Somebody may live here and be registered elsewhere; the ledger speaks of one of the two.
        by_person: dict[int, Membership] = {}
        for row in found:
            if row.household_id == self.w.register.homes.get(row.resident_id):
                by_person[row.resident_id] = row
        return list(by_person.values()) if name == "resident__in" else found

    def _other_heads(self, touched: set[int]) -> list[Membership]:
        """Return heads whom the ledger replaces by another head of their household."""
        named: dict[int, int] = {}
        for decision in self.w.comparison.matching.decisions:
            home = self.w.homes.get(decision.row.household_key)
            if home is None or not decision.row.is_head or decision.outcome is Outcome.ASK:
                continue
            stays = decision.resident is not None and "dwelling_key" not in decision.changes
            if not stays or self.w.register.homes.get(decision.resident or 0) == home:
                named[home] = decision.resident or 0
        return [
            row
            for row in self._open(household__in=named)
            if row.is_head
            and row.resident_id != named[row.household_id]
            and row.resident_id not in touched
        ]

    def _corrected(self, row: Membership, changes: Any) -> Membership:
        values = {name: changes[name][1] for name in ("relation", "is_head") if name in changes}
        if "kind" in changes:
            values["kind"] = changes["kind"][1].value
        if values.get("kind", row.kind) != "lives":
            values["is_head"] = False
        return again(row, now=self.w.now, user=self.w.actor.user_id, source=self.w.source, **values)

    def _joined(self, pk: int, decision: Decision) -> Membership:
        row = decision.row
        home = self.w.homes[row.household_key]
        return Membership(
            community_id=self.w.community,
            dwelling_id=self.w.places[row.dwelling_key],
            household_id=home or 0,
            resident_id=pk,
            relation=row.relation,
            is_head=row.is_head,
            kind=row.kind.value,
            starts_at=self.w.now,
            recorded_at=self.w.now,
            recorded_by=self.w.actor.user_id,
            source=self.w.source,
        )

    def _close_emptied(self, households: set[int]) -> None:
        """End households that everybody has left."""
        left = households - {row.household_id for row in self._open(household__in=households)}
        for part in chunks(sorted(left)):
            gone = Household.objects.filter(community=self.w.community, pk__in=part, ends_at=None)
            for pk in gone.values_list("pk", flat=True):
                self.journal.changed("residents.household", pk, "ends_at", None, self.w.now)
            gone.update(ends_at=self.w.now)

    def _follow(self, ids: Sequence[int]) -> None:
        """Keep the stored dwelling of open facts in step with where people live."""
        lives_at = Resident.objects.filter(pk=OuterRef("resident_id")).values("dwelling_id")[:1]
        for part in chunks(ids):
            here = {"community": self.w.community, "resident__in": part}
            Phone.objects.filter(**here).update(dwelling_id=Subquery(lives_at))
            for model in (Trait, Presence):
                rows = model.objects.filter(**here, superseded_at=None, ends_at=None)
                rows.update(dwelling_id=Subquery(lives_at))

    # ---- what is entered of them -----------------------------------------------------------

    def _entries(self, moved: dict[int, int]) -> None:
        wanted = {pk for pk, d in self.people.items() if d.changes.keys() & {*_OF_ENTRY}} | {*moved}
        taken: dict[str, int] = {
            number: person.id for person in self.w.register.people for number in person.documents
        }
        rows: list[Resident] = []
        for part in chunks(sorted(wanted)):
            rows += Resident.objects.filter(community=self.w.community, pk__in=part)
        for row in rows:
            before = {name: getattr(row, _attribute(name)) for name in _FIELDS}
            self._fill(row, self.people[row.pk], taken)
            row.dwelling_id = moved.get(row.pk, row.dwelling_id)
            for name in _FIELDS:
                value = getattr(row, _attribute(name))
                if value != before[name]:
                    self.journal.changed("residents.resident", row.pk, name, before[name], value)
        Resident.objects.bulk_update(rows, _FIELDS, batch_size=100)

    def _fill(self, row: Resident, decision: Decision, taken: dict[str, int]) -> None:
        changes = decision.changes
        if "sex" in changes:
            row.sex = changes["sex"][1].value
        if "birth_on" in changes:
            row.birth_on = decision.row.birth_on
        remark: dict[str, str] | None = None
        if "remark" in changes:
            remark = dict(changes["remark"][1])
        if "documents" in changes and decision.row.documents:
            document = decision.row.documents[0]
            old = remark if remark is not None else _loaded(row.remark)
            if taken.get(document.number, row.pk) != row.pk:
                remark = {**old, DOCUMENT: document.number}
            else:
                if row.document and row.document != document.number:
                    remark = {**old, FORMER_DOCUMENT: row.document}
                row.document, row.document_kind = document.number, document.kind.value
                row.document_tail = vault().tail(self.w.community, document.number)
        if remark is not None:
            row.remark = json.dumps(remark, ensure_ascii=False)

    def _phones(self) -> None:
        tail = vault().tail
        fresh = []
        for pk, decision in self.people.items():
            before, after = decision.changes.get("phones", ((), ()))
            more = [n for n in decision.row.phones if n in after and n not in before]
            for rank, number in enumerate(more, start=len(before) + 1):
                fresh.append(
                    Phone(
                        community_id=self.w.community,
                        dwelling_id=self.w.places.get(decision.row.dwelling_key),
                        resident_id=pk,
                        number=number,
                        tail=tail(self.w.community, number),
                        rank=rank,
                    )
                )
        made = Phone.objects.bulk_create(fresh, batch_size=500)
        self.journal.made("residents.phone", [row.pk for row in made])

    def _traits(self) -> None:
        """End what is denied or has another value, begin what is new."""
        saying = {pk: d for pk, d in self.people.items() if "traits" in d.changes}
        rows: list[Trait] = []
        for part in chunks(sorted(saying)):
            rows += Trait.objects.filter(
                community=self.w.community, resident__in=part, ends_at=None, superseded_at=None
            )
        after: dict[int, dict[str, str]] = {
            pk: dict(d.changes["traits"][1]) for pk, d in saying.items()
        }
        gone = [r for r in rows if after[r.resident_id].get(r.code) != r.value]
        kept = {(r.resident_id, r.code) for r in rows} - {(r.resident_id, r.code) for r in gone}
        supersede(Trait, [row.pk for row in gone], self.w.now)
        self.journal.replaced("residents.trait", [row.pk for row in gone])
        user = self.w.actor.user_id
        fresh = [
            again(row, now=self.w.now, user=user, ends_at=self.w.now)
            for row in gone
            if row.starts_at < self.w.now
        ]
        for pk, traits in after.items():
            fresh += [self._trait(pk, c, v) for c, v in traits.items() if (pk, c) not in kept]
        made = Trait.objects.bulk_create(fresh, batch_size=500)
        self.journal.made("residents.trait", [row.pk for row in made])

    def _trait(self, pk: int, code: str, value: str) -> Trait:
        return Trait(
            community_id=self.w.community,
            dwelling_id=self.w.register.dwellings.get(pk),
            resident_id=pk,
            code=code,
            value=value,
            starts_at=self.w.now,
            recorded_at=self.w.now,
            recorded_by=self.w.actor.user_id,
            source=self.w.source,
        )


def _attribute(name: str) -> str:
    return "dwelling_id" if name == "dwelling" else name


def _loaded(text: str) -> dict[str, str]:
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        return {"": text}
    return found if isinstance(found, dict) else {"": text}


def _one_head(rows: Iterable[Membership]) -> list[Membership]:
    """Leave each household the first of several heads."""
    heads: dict[int, int] = defaultdict(int)
    out = []
    for row in rows:
        if row.is_head and row.ends_at is None:
            heads[row.household_id] += 1
            row.is_head = heads[row.household_id] == 1
        out.append(row)
    return out
