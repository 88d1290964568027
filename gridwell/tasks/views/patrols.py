"""Patrols (巡查): what was found on a round, and the list of all findings."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.ids import new_ref
from gridwell.core.wording import say
from gridwell.tasks import actions, labels
from gridwell.tasks.actions.patrols import PATROL
from gridwell.tasks.forms import FindingForm, later_than
from gridwell.tasks.queries import choices, findings
from gridwell.tasks.queries.access import access_task
from gridwell.tasks.queries.lists import lines_of
from gridwell.tasks.views.make import at_community
from gridwell.tasks.views.rows import rows_of

PER_PAGE = 50


@never_cache
@require_http_methods(["GET", "POST"])
def finding_new(request: ActorRequest, task: int) -> HttpResponse:
    """Write down what the patrol found; the next one follows on the same page."""
    now = clock.now()
    patrol = access_task(request.actor, task)
    if patrol.kind != PATROL:
        raise NotVisible
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = FindingForm(
        *posted,
        posts=choices.posts_for(patrol.community_id, now),
        buildings=choices.buildings_at(patrol.community_id),
        initial={
            "due_at": later_than(now, 24),
            "key": str(new_ref()),
            "building": patrol.building_id,
        },
    )
    if posted and form.is_valid():
        said = dict(form.cleaned_data)
        photo = said.pop("photo")
        try:
            actions.record_finding(
                actor=request.actor,
                patrol=patrol,
                photo=photo.read() if photo is not None else None,
                now=now,
                **said,
            )
        except RuleBroken as refusal:
            form.add_error("photo" if "photo" in refusal.code else None, say(refusal))
        else:
            messages.success(
                request, _("Written down, and given to the post. Go on with the round.")
            )
            return redirect("finding_new", task=patrol.pk)
    found = rows_of(findings.findings_on(request.actor, patrol), request.actor, now)
    context = {
        "form": form,
        "patrol": patrol,
        "line": lines_of([patrol], now)[0],
        "found": found,
        "kinds": labels.FINDINGS,
        "had_photo": bool(posted and request.FILES.get("photo")),
        "cancel_url": reverse("task_file", args=[patrol.pk]),
    }
    return render(request, "tasks/finding_new.html", context)


@never_cache
@require_GET
@at_community
def finding_list(request: ActorRequest, area: int) -> HttpResponse:
    """List what patrols found, by what it is and how far it is put right."""
    now = clock.now()
    own = findings.findings_of(request.actor, area)
    finding, stage = request.GET.get("finding", ""), request.GET.get("stage", "")
    finding = finding if finding in labels.FINDINGS else ""
    shown = findings.narrowed_findings(own, finding, stage, now)
    if listing.is_asked(request):
        return _workbook(request, _rows(request, list(shown)))
    page = Paginator(shown, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": _rows(request, list(page)),
        "counts": findings.count_findings(own, now),
        "kinds": labels.FINDINGS,
        "stages": labels.STAGES,
        "finding": finding,
        "stage": stage,
    }
    return render(request, "tasks/finding_list.html", context)


def _rows(request: ActorRequest, tasks: list[Any]) -> list[dict[str, Any]]:
    rows = rows_of(tasks, request.actor, clock.now())
    return [
        {"row": row, "finding": labels.FINDINGS.get(str(row.task.facts.get("finding")), "—")}
        for row in rows
    ]


def _workbook(request: ActorRequest, rows: list[dict[str, Any]]) -> HttpResponse:
    return listing.as_workbook(
        request,
        area=request.area.pk,
        code="findings",
        title=f"{request.area.name} {_('Patrol findings')}",
        header=[
            _("What was found"),
            _("Place"),
            _("Found at"),
            _("Who puts it right"),
            pgettext("task", "Due"),
            _("State"),
        ],
        rows=[
            (
                line["finding"],
                f"{line['row'].line.where} {line['row'].task.title}".strip(),
                f"{line['row'].task.created_at.astimezone(clock.zone()):%Y-%m-%d %H:%M}",
                line["row"].line.post,
                f"{line['row'].task.due_at.astimezone(clock.zone()):%Y-%m-%d %H:%M}",
                line["row"].state,
            )
            for line in rows
        ],
        widths=[18, 40, 18, 24, 18, 10],
    )
