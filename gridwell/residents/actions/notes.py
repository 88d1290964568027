"""Notes on dwellings (户情备注): whom to call about an empty one, and what was said of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from gridwell.accounts.rules.actor import Actor
from gridwell.residents.actions.facts import chunks, supersede
from gridwell.residents.models import DwellingNote


class Note(NamedTuple):
    """Numbers, normalised, and words."""

    phones: Sequence[str]
    words: str


class Kept(NamedTuple):
    """The rows that were written and those that they replace."""

    made: list[int]
    replaced: list[int]


def keep_notes(
    *, actor: Actor, community: int, notes: Mapping[int, Note], now: datetime, source: str
) -> Kept:
    """Write what is newly known of dwellings; part of the act that brings it, which records it.

    Known numbers and words stay beside the new ones; what says nothing new changes nothing.
    """
    known: dict[int, DwellingNote] = {}
    for part in chunks(sorted(notes)):
        rows = DwellingNote.objects.filter(
            community=community, dwelling__in=part, ends_at=None, superseded_at=None
        )
        known.update({row.dwelling_id: row for row in rows})
    fresh: list[DwellingNote] = []
    replaced: list[int] = []
    for dwelling, note in sorted(notes.items()):
        before = known.get(dwelling)
        phones = before.phones.split(",") if before is not None and before.phones else []
        phones += [number for number in note.phones if number not in phones]
        words = before.words if before is not None else ""
        if note.words and note.words not in words:
            words = f"{words}\n{note.words}".strip()
        joined = ",".join(phones)
        if (joined, words) in {("", ""), (before.phones, before.words) if before else ("", "")}:
            continue
        if before is not None:
            replaced.append(before.pk)
        fresh.append(
            DwellingNote(
                community_id=community,
                dwelling_id=dwelling,
                phones=joined,
                words=words[:2_000],
                starts_at=now,
                recorded_at=now,
                recorded_by=actor.user_id,
                source=source[:60],
            )
        )
    supersede(DwellingNote, replaced, now)
    made = DwellingNote.objects.bulk_create(fresh, batch_size=500)
    return Kept([row.pk for row in made], replaced)
