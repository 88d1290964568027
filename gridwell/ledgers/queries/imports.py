"""Reads of imports: the list, one of them with its findings, the answers that were given."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.core.errors import NotVisible
from gridwell.core.models import Job
from gridwell.ledgers.models import ColumnMemory, DuplicateAnswer, LedgerImport
from gridwell.ledgers.rules.matching import Answer

OPEN_STATES = ("reading", "checked", "applying")
#: Work on an import that runs in the background.
JOB_CHECK, JOB_APPLY = "ledgers.check", "ledgers.apply"


@dataclass(frozen=True)
class Findings:
    """What a check found, with personal values; lists of plain dictionaries, in file order."""

    faults: list[dict[str, Any]] = field(default_factory=list)
    asked: dict[str, dict[str, Any]] = field(default_factory=dict)
    questions: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    new: list[dict[str, Any]] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)
    columns: list[dict[str, Any]] = field(default_factory=list)
    colours: list[dict[str, Any]] = field(default_factory=list)

    def dump(self) -> str:
        """Return the text that is stored."""
        return json.dumps(self.__dict__, ensure_ascii=False)


def findings_of(ledger_import: LedgerImport) -> Findings:
    """Return what the last check found; empty once it was deleted."""
    return Findings(**json.loads(ledger_import.findings)) if ledger_import.findings else Findings()


def imports_of(actor: Actor, community: int) -> QuerySet[LedgerImport]:
    """Return the imports of a community, newest first, for those who may import there."""
    if not actor.may(Right.IMPORT_LEDGERS, community):
        return LedgerImport.objects.none()
    return LedgerImport.objects.filter(community=community).order_by("-created_at", "-pk")


def access_import(actor: Actor, community: int, import_id: int) -> LedgerImport:
    """Return an import that the actor may see, or raise NotVisible."""
    found = imports_of(actor, community).filter(pk=import_id).first()
    if found is None:
        raise NotVisible
    return found


def open_job(community: int) -> Job | None:
    """Return the work on a ledger of this community that is under way or waiting, or None."""
    return Job.objects.filter(
        community=community, kind__in=(JOB_CHECK, JOB_APPLY), state__in=("queued", "running")
    ).first()


def job_of(ledger_import: LedgerImport) -> Job | None:
    """Return the latest work on this import, or None."""
    return (
        Job.objects.filter(
            community=ledger_import.community_id, subject=f"import:{ledger_import.pk}"
        )
        .order_by("-pk")
        .first()
    )


def answers_given(ledger_import: LedgerImport) -> dict[str, DuplicateAnswer]:
    """Return the answers of this import by the key of the line."""
    rows = DuplicateAnswer.objects.filter(
        community=ledger_import.community_id, ledger_import=ledger_import
    )
    return {row.question: row for row in rows}


def answers_for(community: int, ledger_import: LedgerImport | None = None) -> dict[str, Answer]:
    """Return what is known about lines: the answers of this import, else those of finished ones.

    Of an earlier import only who the line turned out to be counts, so that an answer "new" given
    once does not register the same person twice.
    """
    found: dict[str, Answer] = {}
    earlier = DuplicateAnswer.objects.filter(
        community=community, ledger_import__state="done", answer__in=("same", "new")
    ).order_by("answered_at", "pk")
    for question, answer, resident in earlier.values_list("question", "answer", "resident"):
        if resident is not None:
            found[question] = resident
        elif answer == "same":
            found[question] = "same"
    if ledger_import is not None:
        for question, row in answers_given(ledger_import).items():
            found[question] = row.resident if row.resident is not None else row.answer
    return found


def mapping_of(community: int, own: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return what officers said columns mean: remembered for the community, then of one import."""
    remembered = ColumnMemory.objects.filter(community=community).values_list("header", "field")
    return {**dict(remembered), **(own or {})}


def due_for_purge(before: datetime) -> QuerySet[LedgerImport]:
    """Return finished imports whose rows are still kept although the time of keeping is over."""
    return LedgerImport.objects.filter(created_at__lt=before).exclude(
        findings="", file_path="", state__in=("done", "undone", "dropped", "failed")
    )
