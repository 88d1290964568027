"""The progress page of a piece of background work."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gridwell.core import actions, clock
from gridwell.core.errors import NotVisible
from gridwell.core.models import Job
from gridwell.core.worker import sign_of


def access_job(actor: Any, ref: UUID) -> Job:
    """Return a job that this person may see: their own, or one of a community they see whole."""
    job = Job.objects.filter(ref=ref).first()
    if job is None:
        raise NotVisible
    own = job.created_by is not None and job.created_by == actor.user_id
    whole = bool(job.community) and (
        actor.covers(job.community) and actor.grids_at(job.community) is None
    )
    if not (own or whole or (not job.community and actor.is_administrator)):
        raise NotVisible
    return job


def _state_words(state: str) -> str:
    return {
        "queued": _("Waiting for its turn"),
        "running": _("Under way"),
        "done": _("Done"),
        "failed": _("Not done"),
        "stopped": _("Stopped"),
    }[state]


@require_GET
@login_required
def job_page(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Show how far a job is; the part that moves is fetched every second while it is open."""
    job = access_job(request.actor, ref)  # type: ignore[attr-defined]  # accounts set it, above core
    facts = {
        "job": job,
        "sign": sign_of(job),
        "state": _state_words(job.state),
        "is_open": job.state in actions.OPEN,
        "url": job.result.get("url", ""),
    }
    part = "core/job.html#moving" if getattr(request, "htmx", False) else "core/job.html"
    return render(request, part, facts)


@require_POST
@login_required
def job_stop(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Ask a job to stop."""
    job = access_job(request.actor, ref)  # type: ignore[attr-defined]  # accounts set it, above core
    actions.ask_stop(job, now=clock.now())
    return redirect("core:job", ref=ref)
