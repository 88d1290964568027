"""Undoing an import (撤销导入): one act; created rows go, changed ones get their former values back."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any

from django.db import models, router, transaction

from gridwell.accounts.rules.actor import Actor
from gridwell.audit.actions import digest_ids, record
from gridwell.core.errors import RuleBroken
from gridwell.health.models import Isolation, Result
from gridwell.ledgers import targets
from gridwell.ledgers.actions.imports import lock, require
from gridwell.ledgers.models import LedgerImport
from gridwell.ledgers.queries.undo import Done, Effect, Fate, done_by, effect_of, parts, stays_of
from gridwell.places.models import Place
from gridwell.residents.actions.corrections import Former, keep_former
from gridwell.residents.actions.facts import again
from gridwell.residents.actions.guest_lists import take_back_guests
from gridwell.residents.actions.marks import refresh_rule_marks
from gridwell.residents.labels import CORRECTED
from gridwell.residents.models import (
    DwellingNote,
    Household,
    LabelMark,
    Membership,
    Phone,
    Resident,
    Trait,
)

_DATED: tuple[Any, ...] = (Membership, Trait, LabelMark, Isolation)


@transaction.atomic
def undo_import(
    *,
    actor: Actor,
    ledger_import: LedgerImport,
    now: datetime,
    also: Collection[int] = (),
) -> Effect:
    """Undo an import and return what that meant for whom.

    People whom others have changed since are kept as they are, unless their id is in `also`.
    Facts of people who stay are corrected, not erased: what was known in between can be replayed.
    """
    community = ledger_import.community_id
    require(actor, community)
    lock(community)
    row = LedgerImport.objects.select_for_update().get(pk=ledger_import.pk)
    if row.state != "done":
        raise RuleBroken("ledgers.not_open")
    done = done_by(row)
    wrote = row.report.get("new", 0) or row.report.get("changed", 0)
    if wrote and not (done.created or done.changed or done.replaced):
        raise RuleBroken("ledgers.undo_too_late")
    effect = effect_of(row, done, also)
    kept = {pk for pk, fate in effect.people.items() if fate is Fate.STAYS}
    source = f"import:{row.pk}"
    for target in targets.known():
        if target.undo is not None:
            target.undo(actor, community, source, now)
    count = _put_back(actor, community, done, kept, now)
    gone = done.new_people - kept
    _remove_people(community, gone)
    made, replaced = stays_of(done)
    if made:
        take_back_guests(
            actor=actor,
            community=community,
            created=made,
            replaced=replaced,
            kept=[pk for pk, fate in effect.guests.items() if fate is Fate.STAYS],
            now=now,
        )
    _restore_households(community, done, now)
    _restore_notes(actor, community, done, source, now)
    _remove_places(community, done)
    refresh_rule_marks(actor=actor, community=community, now=now)
    row.state, row.undone_at, row.undone_by = "undone", now, actor.user_id
    row.report = {**row.report, "undone": {fate.value: effect.count(fate) for fate in Fate}}
    row.save(update_fields=["state", "undone_at", "undone_by", "report"])
    record(
        "ledgers.undone",
        actor=actor,
        community=community,
        subject=row,
        at=now,
        removed=len(gone),
        restored=count,
        kept=effect.count(Fate.STAYS),
        digest=digest_ids(gone),
    )
    return effect


def _put_back(
    actor: Actor, community: int, done: Done, kept: Collection[int], now: datetime
) -> int:
    """Give people who were there before their former values and facts; return how many."""
    apart = {*kept, *done.new_people}
    former: list[Former] = []
    touched = _restore_entries(done, apart, former)
    for model in _DATED:
        touched |= _restore_facts(actor, model, done, apart, now)
    for part in parts(done.created.get("health.result", ())):
        rows = Result.objects.filter(pk__in=part, superseded_at=None).exclude(resident__in=apart)
        touched |= set(rows.values_list("resident_id", flat=True))
        rows.update(superseded_at=now)
    for part in parts(done.created.get("residents.phone", ())):
        phones = Phone.objects.filter(pk__in=part).exclude(resident__in=apart)
        touched |= set(phones.values_list("resident_id", flat=True))
        phones.delete()
    for part in parts(touched):
        Resident.objects.filter(pk__in=part).update(changed_at=now)
    keep_former(actor=actor, community=community, former=former, now=now, source="import undone")
    return len(touched)


_PLAIN = {"dwelling": "dwelling_id"}


def _restore_entries(done: Done, apart: Collection[int], former: list[Former]) -> set[int]:
    wanted = {
        pk: before
        for (table, pk), (before, _) in done.changed.items()
        if table == "residents.resident" and pk not in apart
    }
    rows: list[Resident] = []
    fields: set[str] = set()
    for part in parts(wanted):
        for row in Resident.objects.filter(pk__in=part):
            for name, value in wanted[row.pk].items():
                if name == "birth_on" and value:
                    value = date.fromisoformat(value)
                said = getattr(row, _PLAIN.get(name, name))
                if name in CORRECTED and said != value:
                    former.append(Former(name, said, resident=row.pk))
                setattr(row, _PLAIN.get(name, name), value)
                fields.add(name)
            rows.append(row)
    if rows:
        Resident.objects.bulk_update(rows, sorted(fields), batch_size=100)
    moved = [row for row in rows if "dwelling" in wanted[row.pk]]
    for row in moved:
        Phone.objects.filter(resident=row).update(dwelling=row.dwelling_id)
    return set(wanted)


def _restore_facts(
    actor: Actor, model: Any, done: Done, apart: Collection[int], now: datetime
) -> set[int]:
    """Supersede what the import wrote and write again, as known from now, what it had superseded."""
    table = model._meta.label_lower
    touched: set[int] = set()
    old: list[Any] = []
    for part in parts(done.replaced.get(table, ())):
        old += model._default_manager.filter(pk__in=part).exclude(resident__in=apart)
    for part in parts(done.created.get(table, ())):
        rows = model._default_manager.filter(pk__in=part, superseded_at=None)
        rows = rows.exclude(resident__in=apart).exclude(resident=None)
        touched |= set(rows.values_list("resident_id", flat=True))
        rows.update(superseded_at=now)
    touched |= {row.resident_id for row in old}
    _make_room(model, old, now)
    model._default_manager.bulk_create(
        [again(row, now=now, user=actor.user_id) for row in _fitting(model, old)], batch_size=500
    )
    return touched


def _make_room(model: Any, old: Iterable[Any], now: datetime) -> None:
    """Supersede what stands where a former fact returns: others wrote it, and it was ticked."""
    people = {row.resident_id for row in old}
    for part in parts(people):
        rows = model._default_manager.filter(resident__in=part, ends_at=None, superseded_at=None)
        if model is Trait:
            codes = {(row.resident_id, row.code) for row in old}
            ids = [r.pk for r in rows if (r.resident_id, r.code) in codes]
        elif model is Membership:
            kinds = {(row.resident_id, row.kind) for row in old}
            ids = [r.pk for r in rows if (r.resident_id, r.kind) in kinds]
        else:
            continue
        model._default_manager.filter(pk__in=ids).update(superseded_at=now)


def _fitting(model: Any, old: list[Any]) -> list[Any]:
    """Leave a household the head it has now, when others named one since."""
    if model is not Membership:
        return old
    heads: set[int] = set()
    for part in parts({row.household_id for row in old}):
        heads.update(
            Membership.objects.filter(
                household__in=part, is_head=True, ends_at=None, superseded_at=None
            ).values_list("household_id", flat=True)
        )
    for row in old:
        if row.is_head and row.ends_at is None:
            row.is_head = row.household_id not in heads
            heads.add(row.household_id)
    return old


def _remove_people(community: int, gone: Collection[int]) -> None:
    for part in parts(gone):
        Resident.objects.filter(community=community, merged_into__in=part).update(merged_into=None)
        Resident.objects.filter(community=community, pk__in=part).delete()


def _restore_households(community: int, done: Done, now: datetime) -> None:
    """Give households their former tenure, and end or remove those that nobody is left in."""
    for (table, pk), (before, after) in done.changed.items():
        if table != "residents.household":
            continue
        row = Household.objects.filter(community=community, pk=pk).first()
        if row is None:
            continue
        for name, value in before.items():
            if name == "ends_at":
                row.ends_at = None
            elif getattr(row, name) == after[name]:
                setattr(row, name, value)
        row.save(update_fields=list(before))
    for part in parts(done.created.get("residents.household", ())):
        rows = Household.objects.filter(community=community, pk__in=part)
        used = set(
            Membership.objects.filter(household__in=part).values_list("household_id", flat=True)
        )
        lived_in = set(
            Membership.objects.filter(
                household__in=part, ends_at=None, superseded_at=None
            ).values_list("household_id", flat=True)
        )
        rows.filter(pk__in=used - lived_in, ends_at=None).update(ends_at=now)
        rows.exclude(pk__in=used).delete()


def _restore_notes(actor: Actor, community: int, done: Done, source: str, now: datetime) -> None:
    """Take back what the import noted of dwellings, and say again what was noted before."""
    table = DwellingNote._meta.label_lower
    # Those that the undoing of a later import has written again are its own as well.
    DwellingNote.objects.filter(community=community, source=source).delete()
    for part in parts(done.replaced.get(table, ())):
        old = list(DwellingNote.objects.filter(pk__in=part))
        noted = set(
            DwellingNote.objects.filter(
                dwelling__in=[row.dwelling_id for row in old], ends_at=None, superseded_at=None
            ).values_list("dwelling_id", flat=True)
        )
        DwellingNote.objects.bulk_create(
            again(row, now=now, user=actor.user_id) for row in old if row.dwelling_id not in noted
        )


def _remove_places(community: int, done: Done) -> None:
    """Remove places that the import made and nothing uses; the others are vacant or lived in."""
    for part in parts(pk for table, pk in done.changed if table == "places.place"):
        _settle(community, part)
    made = done.created.get("places.place", ())
    free = unused(Place, set(made))
    stay: set[int] = set()
    for part in parts(made):
        for pk, path in Place.objects.filter(pk__in=part).values_list("pk", "path"):
            if pk not in free:
                stay.update(int(step) for step in path.strip("/").split("/"))
    for part in parts(free - stay):
        rows = Place.objects.filter(community=community, pk__in=part)
        rows._raw_delete(router.db_for_write(Place))
    for part in parts(set(made) & stay):
        _settle(community, part)


def _settle(community: int, part: list[int]) -> None:
    lived_in = Household.objects.filter(
        community=community, dwelling__in=part, ends_at=None
    ).values("dwelling_id")
    rows = Place.objects.filter(community=community, pk__in=part, kind="dwelling")
    rows.filter(pk__in=lived_in).update(is_vacant=False)
    rows.exclude(pk__in=lived_in).update(is_vacant=True)


def unused(model: type[models.Model], ids: set[int]) -> set[int]:
    """Return which rows nothing else points to, references among themselves apart."""
    free = set(ids)
    for relation in model._meta.get_fields(include_hidden=True):
        if not (relation.auto_created and (relation.one_to_many or relation.one_to_one)):
            continue
        # What `auto_created` has sorted out are relations; django-stubs cannot know it.
        other, name = relation.related_model, relation.field.attname  # type: ignore[union-attr]  # see above
        for part in parts(ids):
            rows = other._default_manager.filter(**{f"{name}__in": part})  # type: ignore[union-attr]  # see above
            if other is model:
                pairs = rows.values_list("pk", name)
                free -= {pointed for pk, pointed in pairs if pk not in ids}
            else:
                free -= set(rows.values_list(name, flat=True))
    return free
