"""Acts on an import (台账导入): take in a file, check it, answer, map columns, apply, drop, purge."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gridwell.accounts.rules.actor import Actor, Right
from gridwell.audit.actions import record
from gridwell.core import clock, ids
from gridwell.core.errors import RuleBroken, UnreadableFile
from gridwell.core.tables import Limits, SheetPlan, read_book
from gridwell.ledgers import files
from gridwell.ledgers.actions.facts import note_sourced
from gridwell.ledgers.actions.writing import STEPS, Step, Writing
from gridwell.ledgers.labels import KEY_HEADER, REASON_HEADER, finding
from gridwell.ledgers.models import ColumnMemory, DuplicateAnswer, ImportChange, LedgerImport
from gridwell.ledgers.queries.colours import colour_differences
from gridwell.ledgers.queries.compare import Comparison, compare
from gridwell.ledgers.queries.imports import (
    Findings,
    answers_for,
    due_for_purge,
    findings_of,
    mapping_of,
    open_job,
)
from gridwell.ledgers.rules import findings as rows_of
from gridwell.ledgers.rules.guests import COMMUNITY
from gridwell.ledgers.rules.matching import Outcome
from gridwell.ledgers.rules.mending import sheets_to_mend
from gridwell.ledgers.rules.reading import read_ledger
from gridwell.ledgers.rules.rows import LedgerRead
from gridwell.places.models import Area
from gridwell.residents.actions.corrections import keep_former
from gridwell.residents.models import Label

KEPT = timedelta(days=30)
#: A ledger is of one community: what is larger is no ledger, and would fill the memory.
LIMITS = Limits(cells=12_000_000)
ANSWERS = frozenset({"same", "new", "later"})


def no_step(done: int, total: int, message: str) -> None:
    """Take a step nobody watches."""


def require(actor: Actor, community: int) -> None:
    """Refuse who may not import ledgers in a community."""
    if not actor.may(Right.IMPORT_LEDGERS, community):
        raise RuleBroken("ledgers.not_allowed")


def lock(community: int) -> None:
    """Let imports into one community queue behind each other; hold it inside a transaction."""
    list(Area.objects.select_for_update(no_key=True).filter(pk=community))


def read_file(
    path: Path, *, community: int | None, now: datetime, mapping: Mapping[str, str], name: str
) -> LedgerRead:
    """Return what a file lists; raises UnreadableFile with the way out."""
    book = read_book(path, limits=LIMITS)
    return read_ledger(book, today=clock.day_of(now), mapping=mapping, name=name)


def _opened(ledger_import: LedgerImport, now: datetime) -> LedgerRead:
    mapping = mapping_of(ledger_import.community_id, ledger_import.mapping)
    name = ledger_import.file_name
    with files.opened(ledger_import.file_path, ledger_import.file_key, name) as path:
        return read_file(
            path, community=ledger_import.community_id, now=now, mapping=mapping, name=name
        )


def start_import(
    *, actor: Actor, community: int, name: str, parts: Iterable[bytes], now: datetime
) -> LedgerImport:
    """Take in a file (上传台账) and return its import, not checked yet. The file is kept encrypted."""
    require(actor, community)
    ref = ids.new_ref()
    kept = files.keep(ref, parts)
    try:
        with transaction.atomic():
            row = LedgerImport.objects.create(
                community_id=community,
                ref=ref,
                file_name=files.short_name(name),
                file_hash=kept.digest,
                file_path=kept.path,
                file_key=kept.key,
                report={"bytes": kept.size},
                created_at=now,
                created_by=actor.user_id,
            )
            record("ledgers.uploaded", actor=actor, community=community, subject=row, at=now)
    except BaseException:
        files.throw_away(kept.path)
        raise
    return row


def check(
    *, actor: Actor, ledger_import: LedgerImport, now: datetime, step: Step = no_step
) -> LedgerImport:
    """Read the file and compare it with the register (试读核对); nothing but the import is written.

    A file that cannot be read fails the import, and the refusal is raised on.
    """
    require(actor, ledger_import.community_id)
    if ledger_import.state not in {"reading", "checked"}:
        raise RuleBroken("ledgers.not_open")
    step(0, 2, _("Reading the file"))
    try:
        read = _opened(ledger_import, now)
    except UnreadableFile as error:
        LedgerImport.objects.filter(pk=ledger_import.pk).update(
            state="failed", error={"code": error.code, "facts": rows_of.plain(error.facts)},
            file_path="", file_key="",
        )  # fmt: skip
        files.throw_away(ledger_import.file_path)
        raise
    step(1, 2, _("Comparing with the register"))
    answers = answers_for(ledger_import.community_id, ledger_import)
    comparison = compare(ledger_import.community_id, read, now, answers)
    before = findings_of(ledger_import)
    ledger_import.findings = found(comparison, asked_before=before.asked).dump()
    ledger_import.report = figures(comparison, ledger_import.report)
    ledger_import.state = "checked"
    ledger_import.save(update_fields=["findings", "report", "state"])
    step(2, 2, _("Comparing with the register"))
    return ledger_import


def found(
    comparison: Comparison, asked_before: Mapping[str, dict[str, Any]] | None = None
) -> Findings:
    """Return what a comparison shows, with personal values; questions once asked stay listed."""
    read, matching = comparison.read, comparison.matching
    people = {person.id: person for person in comparison.register.people}
    names = {
        str(pk): name or code
        for pk, name, code in Label.objects.filter(
            pk__in=set(comparison.register.labels.values())
        ).values_list("pk", "name", "code")
    }
    listed = {d.row.row_key for d in matching.decisions}
    asked = {key: row for key, row in (asked_before or {}).items() if key in listed}
    return Findings(
        faults=[rows_of.fault_row(fault) for fault in (*read.faults, *matching.faults)],
        asked={**asked, **rows_of.questions_of(read, matching, people)},
        questions=[rows_of.plain(_fields(question)) for question in read.questions],
        changed=[
            rows_of.change_row(d, names) for d in matching.decisions if d.outcome is Outcome.CHANGED
        ],
        new=[rows_of.line_row(d.row) for d in matching.decisions if d.outcome is Outcome.NEW],
        missing=list(matching.missing),
        columns=[
            {"header": path.rpartition("/")[2], "path": path, "field": code}
            for path, code in {
                path: code for sheet in read.sheets for _letter, path, code in sheet.columns
            }.items()
        ],
    )


def _fields(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__}


def figures(comparison: Comparison, before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the figures of a comparison, without personal values, and the digest it is known by."""
    full = comparison.report
    counts = {key: value for key, value in full.items() if isinstance(value, int)}
    gaps: dict[str, int] = {}
    for gap in comparison.read.gaps:
        gaps[gap.code] = gaps.get(gap.code, 0) + 1
    return {
        **before,
        **counts,
        "faults": len(full["faults"]),
        "held": len(comparison.read.held),
        "duplicates": len(full["duplicates"]),
        "questions": len(comparison.read.questions),
        "gaps": gaps,
        "digest": comparison.digest,
    }


@transaction.atomic
def answer_questions(
    *,
    actor: Actor,
    ledger_import: LedgerImport,
    answers: Mapping[str, tuple[str, int | None]],
    now: datetime,
) -> int:
    """Keep answers about possible duplicates (判定重复): same (who), new, later; return how many."""
    community = ledger_import.community_id
    require(actor, community)
    if ledger_import.state != "checked":
        raise RuleBroken("ledgers.not_open")
    asked = findings_of(ledger_import).asked
    rows = []
    for key, (answer, resident) in answers.items():
        question = asked.get(key)
        if question is None or answer not in ANSWERS:
            continue
        known = {person["id"] for person in question["candidates"]}
        if answer == "same" and question["other"] is None and resident not in known:
            raise RuleBroken("ledgers.answer_needs_person", name=question["line"]["name"])
        rows.append(
            DuplicateAnswer(
                community_id=community,
                ledger_import=ledger_import,
                question=key,
                answer=answer,
                resident=resident if answer == "same" and resident in known else None,
                answered_at=now,
                answered_by=actor.user_id,
            )
        )
    DuplicateAnswer.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["community", "ledger_import", "question"],
        update_fields=["answer", "resident", "answered_at", "answered_by"],
    )
    if rows:
        record(
            "ledgers.duplicates_answered",
            actor=actor,
            community=community,
            subject=ledger_import,
            at=now,
            count=len(rows),
        )
    return len(rows)


@transaction.atomic
def map_columns(
    *, actor: Actor, ledger_import: LedgerImport, mapping: Mapping[str, str], now: datetime
) -> None:
    """Say what columns mean (指定列含义); remembered for the community's next file."""
    community = ledger_import.community_id
    require(actor, community)
    if ledger_import.state != "checked":
        raise RuleBroken("ledgers.not_open")
    for header, code in mapping.items():
        ColumnMemory.objects.update_or_create(
            community_id=community,
            header=header[:120],
            defaults={"field": code[:40], "set_at": now, "set_by": actor.user_id},
        )
    ledger_import.mapping = {**ledger_import.mapping, **mapping}
    ledger_import.save(update_fields=["mapping"])
    record(
        "ledgers.columns_mapped",
        actor=actor,
        community=community,
        subject=ledger_import,
        at=now,
        count=len(mapping),
    )


@transaction.atomic
def choose_community(*, actor: Actor, ledger_import: LedgerImport, name: str) -> None:
    """Say whose lines of a file of several communities are taken (选择社区); "" for all of them.

    Of this file only: the next one may be another community's.
    """
    require(actor, ledger_import.community_id)
    if ledger_import.state != "checked":
        raise RuleBroken("ledgers.not_open")
    ledger_import.mapping = {**ledger_import.mapping, COMMUNITY: name}
    ledger_import.save(update_fields=["mapping"])


def apply_import(
    *, actor: Actor, ledger_import: LedgerImport, now: datetime, step: Step = no_step
) -> LedgerImport:
    """Write a checked ledger into the register (入册), in one transaction.

    Refused when the register has changed since the check: the import is checked again, so that the
    officer sees what would happen now. Two imports into one community wait for each other.
    """
    community = ledger_import.community_id
    require(actor, community)
    step(0, STEPS + 1, _("Reading the file"))
    if ledger_import.state != "checked":
        raise RuleBroken("ledgers.not_open")
    if not lists_anything(ledger_import):
        raise RuleBroken("ledgers.nothing_to_import")
    read = _opened(ledger_import, now)
    try:
        with transaction.atomic():
            lock(community)
            row = LedgerImport.objects.select_for_update().get(pk=ledger_import.pk)
            if row.state != "checked":
                raise RuleBroken("ledgers.not_open")
            comparison = compare(community, read, now, answers_for(community, row))
            if comparison.digest != row.report.get("digest"):
                raise RuleBroken("ledgers.register_changed")
            write(actor=actor, row=row, comparison=comparison, now=now, step=step)
    except RuleBroken as refusal:
        if refusal.code == "ledgers.register_changed":
            check(actor=actor, ledger_import=ledger_import, now=now)
        raise
    _let_go(row)
    return row


def lists_anything(ledger_import: LedgerImport) -> bool:
    """Return whether a checked file lists a dwelling or a person."""
    count = ledger_import.report.get
    return bool(count("households") or count("residents"))


def write(
    *, actor: Actor, row: LedgerImport, comparison: Comparison, now: datetime, step: Step
) -> None:
    """Write a comparison under an import and close the import; inside the caller's transaction."""
    community = row.community_id
    writing = Writing(
        actor=actor,
        community=community,
        comparison=comparison,
        now=now,
        source=f"import:{row.pk}",
        step=lambda done, total, message: step(done + 1, total + 1, message),
    )
    writing.run(
        (
            _("Writing buildings and doors"),
            _("Changing entries"),
            _("Registering people"),
            _("Writing households"),
            _("Writing samples and isolation"),
            _("Writing labels"),
        )
    )
    note_sourced(writing)
    keep_former(
        actor=actor,
        community=community,
        former=writing.journal.former(),
        now=now,
        source=writing.source,
    )
    ImportChange.objects.bulk_create(writing.journal.rows(row), batch_size=500)
    _keep_who(row, writing)
    row.state, row.applied_at = "done", now
    row.report = {**row.report, **figures(comparison, row.report)}
    findings = found(comparison, asked_before=findings_of(row).asked)
    findings.colours.extend(colour_differences(community, writing.colours(), now))
    row.report["colours"] = len(findings.colours)
    row.findings = findings.dump()
    row.save(update_fields=["state", "applied_at", "report", "findings"])
    matching = comparison.matching
    record(
        "ledgers.applied",
        actor=actor,
        community=community,
        subject=row,
        at=now,
        new=matching.count(Outcome.NEW),
        changed=matching.count(Outcome.CHANGED),
        unchanged=matching.count(Outcome.UNCHANGED),
        faults=row.report["faults"],
    )


def _keep_who(row: LedgerImport, writing: Writing) -> None:
    """Keep who each answered line turned out to be, so that the next file need not ask again."""
    rows = list(DuplicateAnswer.objects.filter(community=row.community_id, ledger_import=row))
    known = [
        answer for answer in rows if answer.answer == "new" and answer.question in writing.residents
    ]
    for answer in known:
        answer.resident = writing.residents[answer.question]
    DuplicateAnswer.objects.bulk_update(known, ["resident"], batch_size=500)


def _let_go(row: LedgerImport) -> None:
    """Delete the file of a finished import, unless lines of it may have to go back."""
    if row.report.get("faults") or row.report.get("duplicates"):
        return
    LedgerImport.objects.filter(pk=row.pk).update(file_path="", file_key="")
    files.throw_away(row.file_path)


def import_path(
    *, actor: Actor, community: int, path: Path, now: datetime, step: Step = no_step
) -> tuple[LedgerImport, Comparison]:
    """Read, compare and write a file in one act, without a stop: the command's way.

    Questions stay unanswered and their lines unwritten; the file itself stays where it is.
    """
    require(actor, community)
    step(0, STEPS + 1, _("Reading the file"))
    read = read_file(
        path, community=community, now=now, mapping=mapping_of(community), name=path.name
    )
    with transaction.atomic():
        lock(community)
        if open_job(community) is not None:
            raise RuleBroken("ledgers.another_running")
        comparison = compare(community, read, now, answers_for(community))
        row = LedgerImport.objects.create(
            community_id=community,
            file_name=files.short_name(path.name),
            file_hash=_digest(path),
            created_at=now,
            created_by=actor.user_id,
            report={"bytes": path.stat().st_size},
        )
        write(actor=actor, row=row, comparison=comparison, now=now, step=step)
    return row, comparison


def _digest(path: Path) -> str:
    import hashlib

    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@transaction.atomic
def drop_import(*, actor: Actor, ledger_import: LedgerImport, now: datetime) -> None:
    """Drop an import that was not applied (放弃导入): its file and findings are deleted at once."""
    community = ledger_import.community_id
    require(actor, community)
    dropped = LedgerImport.objects.filter(
        pk=ledger_import.pk, state__in=("reading", "checked")
    ).update(state="dropped", findings="", file_path="", file_key="")
    if not dropped:
        raise RuleBroken("ledgers.not_open")
    record("ledgers.dropped", actor=actor, community=community, subject=ledger_import, at=now)
    transaction.on_commit(lambda: files.throw_away(ledger_import.file_path))


def purge_imports(*, now: datetime) -> int:
    """Delete files, findings and former values of imports older than 30 days; return how many.

    After that an import can no longer be undone. One that was never applied counts as dropped.
    """
    count = 0
    for row in due_for_purge(now - KEPT).order_by("pk").iterator():
        with transaction.atomic():
            ImportChange.objects.filter(community=row.community_id, ledger_import=row).delete()
            state = row.state if row.state not in {"reading", "checked", "applying"} else "dropped"
            LedgerImport.objects.filter(pk=row.pk).update(
                state=state, findings="", file_path="", file_key=""
            )
        files.throw_away(row.file_path)
        count += 1
    return count


def sheets_to_mend_of(ledger_import: LedgerImport, now: datetime) -> list[SheetPlan]:
    """Return the lines of an import that should go back, sheet by sheet; the file is read again."""
    read = _opened(ledger_import, now)
    answers = answers_for(ledger_import.community_id, ledger_import)
    comparison = compare(ledger_import.community_id, read, now, answers)
    return sheets_to_mend(
        read,
        finding,
        reason_header=str(REASON_HEADER),
        key_header=str(KEY_HEADER),
        more=comparison.matching.faults,
    )
