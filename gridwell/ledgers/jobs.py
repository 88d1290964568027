"""Background work of ledgers: checking and writing big files, the end of keeping."""

from typing import Any

from django.urls import reverse

from gridwell.accounts.models import User
from gridwell.accounts.queries import actor_of
from gridwell.accounts.rules.actor import Actor
from gridwell.core import clock
from gridwell.core.worker import RunningJob
from gridwell.ledgers.actions import imports
from gridwell.ledgers.models import LedgerImport


def _of(job: RunningJob) -> tuple[LedgerImport, Actor]:
    """Return the import a job is about, and who asked for it with the rights they have now."""
    row = LedgerImport.objects.get(community=job.community, pk=job.payload["import"])
    user = User.objects.filter(pk=job.created_by or 0).first()
    actor = actor_of(user, clock.now()) if user is not None else Actor.system(job.community)
    return row, actor


def _page(row: LedgerImport) -> dict[str, Any]:
    url = reverse("import_page", kwargs={"area": row.community_id, "ledger": row.pk})
    return {"url": url}


def run_check(job: RunningJob) -> dict[str, Any]:
    """Read and compare an uploaded file; stopping leaves it unread."""
    row, actor = _of(job)
    if row.state in {"reading", "checked"}:
        imports.check(actor=actor, ledger_import=row, now=clock.now(), step=job.report)
    return _page(row)


def run_apply(job: RunningJob) -> dict[str, Any]:
    """Write a checked file; one transaction, so that a stop or a crash leaves nothing."""
    row, actor = _of(job)
    if row.state == "checked":  # a job that is tried again may have been done already
        imports.apply_import(actor=actor, ledger_import=row, now=clock.now(), step=job.report)
    return _page(row)


def run_purge(job: RunningJob) -> dict[str, Any]:
    """Delete what may no longer be kept."""
    return {"count": imports.purge_imports(now=clock.now())}
