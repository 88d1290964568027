"""What the household file shows: people with masked numbers, labels, and the timeline."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.queries import NamedLook, looks_at_any
from gridwell.accounts.queries.users import names_of
from gridwell.accounts.rules.actor import Right
from gridwell.core import clock, frame
from gridwell.core.components import TimelineEntry
from gridwell.core.joining import joined
from gridwell.residents import labels, queries
from gridwell.residents.models import Household, LabelMark, Presence, Resident, Trait
from gridwell.residents.queries.files import HouseholdFile, Member
from gridwell.residents.rules.masking import mask_document, mask_phone
from gridwell.residents.views.common import board_url, chip


def file_context(
    request: ActorRequest, household: Household, now: datetime, *, is_unmasked: bool
) -> dict[str, Any]:
    """Return the context of the file's page."""
    community = household.community_id
    file = queries.household_file(household, now)
    today = clock.day_of(now)
    people = [member.resident.pk for member in file.members]
    states = frame.fill_by_subject("file_people", request.actor, people, today)
    events = [
        *_events(file),
        *frame.fill("household_timeline", request.actor, [household.pk], today),
    ]
    kwargs = {"area": community, "household": household.pk}
    return {
        "household": household,
        "dwelling": household.dwelling,
        "file": file,
        "people": [
            _row(member, community, states.get(member.resident.pk, []), is_unmasked=is_unmasked)
            for member in file.members
        ],
        "tenure": labels.TENURE.get(household.tenure, household.tenure),
        "marks": [(mark, chip(mark.label)) for mark in file.marks],
        "waiting": [(mark, chip(mark.label)) for mark in file.waiting],
        "former": [
            (row, labels.END_REASONS.get(row.end_reason, row.end_reason)) for row in file.former
        ],
        "panels": frame.fill("household_panels", request.actor, [household.pk], today),
        "timeline": sorted(events, key=lambda entry: entry.at, reverse=True)[:60],
        "looks": _looks(file, community),
        "board": board_url(community, household.dwelling.building_id),
        "is_unmasked": is_unmasked,
        "numbers_url": f"{reverse('household_file', kwargs=kwargs)}?numbers=1",
        "may_edit": request.actor.may(Right.EDIT_REGISTER, community) and not household.ends_at,
        "may_unmask": request.actor.may(Right.UNMASK, community),
        "legend": [chip(label) for label in queries.labels_of(community) if label.name],
    }


def _row(member: Member, community: int, states: list[Any], *, is_unmasked: bool) -> dict[str, Any]:
    """Return one person as a line of the file."""
    resident = member.resident
    document, phones = resident.document, member.phones
    return {
        "member": member,
        "resident": resident,
        "sex": labels.SEX.get(resident.sex, ""),
        "kind": labels.MEMBERSHIP_KINDS.get(member.membership.kind, ""),
        "is_registered_only": member.membership.kind != "lives",
        "document_kind": labels.DOCUMENT_KINDS.get(resident.document_kind, ""),
        "document": document if is_unmasked else mask_document(document),
        "phones": phones if is_unmasked else [mask_phone(number) for number in phones],
        "traits": [(trait, trait_text(trait)) for trait in member.traits],
        "marks": [chip(mark.label) for mark in member.marks],
        "states": states,
        "edit_url": reverse("resident_edit", kwargs={"area": community, "resident": resident.pk}),
    }


def trait_text(trait: Trait) -> str:
    """Return a circumstance in words: 患病（稳定）."""
    name = str(labels.TRAITS.get(trait.code, trait.code))
    if not trait.value:
        return name
    value = str(labels.TRAIT_VALUES.get(trait.value, trait.value))
    return _("%(name)s (%(value)s)") % {"name": name, "value": value}


def _looks(file: HouseholdFile, community: int) -> list[NamedLook]:
    """Return the latest looks at the people of the file, newest first; each look stands once.

    One look is listed with each person that it showed: as many rows as people are asked for.
    """
    people = [member.resident.pk for member in file.members]
    rows = looks_at_any(community, Resident, people, 10 * max(len(people), 1))
    once = {(look.at, look.name, look.reason): look for look in rows}
    return list(once.values())[:10]


def _events(file: HouseholdFile) -> list[TimelineEntry]:
    """Return what happened in a household by what its facts say."""
    events = [TimelineEntry(file.household.starts_at, _("Household opened"))]
    for member in file.members:
        row = member.membership
        if row.starts_at != file.household.starts_at:
            text = _("%(name)s joined") % {"name": member.resident.name}
            events.append(TimelineEntry(row.starts_at, text))
    for row in file.former:
        reason = labels.END_REASONS.get(row.end_reason, row.end_reason)
        facts = {"name": row.resident.name, "reason": reason}
        if row.ends_at is not None and row.end_reason:
            events.append(TimelineEntry(row.ends_at, _("%(name)s left: %(reason)s") % facts))
    names = {member.resident.pk: member.resident.name for member in file.members}
    for fact in file.past:
        events += _fact_events(fact, names)
    if file.household.ends_at is not None:
        events.append(TimelineEntry(file.household.ends_at, _("Household ended")))
    events += corrections_shown(file, {**names, **_former_names(file)})
    for objection in file.objections:
        events.append(TimelineEntry(objection.entered_at, _("Objection entered")))
    return events


def _former_names(file: HouseholdFile) -> dict[int, str]:
    return {row.resident_id: row.resident.name for row in file.former}


def corrections_shown(file: HouseholdFile, names: Mapping[int, str]) -> list[TimelineEntry]:
    """Return what entries said before they were changed; numbers stay masked, also to who may look.

    Who changed it is said by name, a ledger as a ledger.
    """
    people = names_of(row.made_by for row in file.corrections)
    events = []
    for row in file.corrections:
        facts = {
            "name": names.get(row.resident_id or 0, ""),
            "field": labels.CORRECTED.get(row.field, row.field),
        }
        text = (
            _("%(name)s: %(field)s corrected") % facts
            if row.resident_id
            else _("%(field)s of the household changed") % facts
        )
        before = former_words(row.field, row.former) or _("nothing")
        by = _("a ledger") if row.source.startswith("import:") else people.get(row.made_by or 0, "")
        note = _("before: %(value)s") % {"value": before}
        events.append(
            TimelineEntry(
                row.superseded_at, text, note=" · ".join(filter(None, (note, by, row.reason)))
            )
        )
    return events


def former_words(field: str, value: str) -> str:
    """Return a former value as it may be shown: numbers masked, codes in words."""
    if field == "document":
        return mask_document(value)
    if field == "phones":
        return joined(mask_phone(number) for number in value.split(",") if number)
    words = {
        "sex": labels.SEX,
        "document_kind": labels.DOCUMENT_KINDS,
        "tenure": labels.TENURE,
    }.get(field)
    if words is not None:
        return str(words.get(value, value))
    if field == "remark":
        return _("a remark (characters: %(count)s)") % {"count": len(value)} if value else ""
    return value


def _fact_events(fact: Trait | Presence | LabelMark, names: dict[int, str]) -> list[TimelineEntry]:
    """Return the start and, where it is over, the end of one fact."""
    name = names.get(fact.resident_id or 0, "")
    if isinstance(fact, Presence):
        where = fact.whereabouts
        start = _("%(name)s went away") % {"name": name}
        end = _("%(name)s came back") % {"name": name}
    elif isinstance(fact, Trait):
        where = ""
        start = _("%(name)s: %(what)s") % {"name": name, "what": trait_text(fact)}
        end = _("%(name)s: %(what)s ended") % {"name": name, "what": trait_text(fact)}
    else:
        where = fact.reason
        what = fact.label.name or fact.label.sign
        start = _("Label %(label)s") % {"label": what} + (f" · {name}" if name else "")
        end = _("Label %(label)s ended") % {"label": what} + (f" · {name}" if name else "")
    events = [TimelineEntry(fact.starts_at, start, note=where)]
    if fact.ends_at is not None and fact.ends_at <= clock.now():
        events.append(TimelineEntry(fact.ends_at, end))
    return events
