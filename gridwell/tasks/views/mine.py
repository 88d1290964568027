"""My work (我的任务): everything on the posts and duties that the person effectively holds."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.core import clock
from gridwell.core.paging import page_of
from gridwell.tasks import actions
from gridwell.tasks.queries import lists
from gridwell.tasks.queries.access import mine
from gridwell.tasks.queries.mine import Mine, done_today, my_counts, silent_since
from gridwell.tasks.views.rows import TaskRow, rows_of

PER_PAGE = 40


@listing.offered("my-work")
@never_cache
@require_GET
def my_tasks(request: ActorRequest) -> HttpResponse:
    """Show what is on the person: late, today, later; or as one walks from building to building."""
    now = clock.now()
    is_walk = request.GET.get("order") == "walk"
    own = mine(request.actor)
    open_ones = lists.narrowed(own, lists.Narrow(), now)
    ordered = lists.in_walking_order(open_ones) if is_walk else lists.by_due(open_ones)
    page = page_of(request, ordered, PER_PAGE)
    rows = rows_of(page, request.actor, now, with_care=True)
    counts = my_counts(own, now)
    done = rows_of(done_today(request.actor, now), request.actor, now, shown=())
    context: dict[str, Any] = {
        "page": page,
        "counts": counts,
        "is_walk": is_walk,
        "groups": _by_building(rows)
        if is_walk
        else _by_due(rows, clock.end_of(clock.day_of(now)), counts),
        "done": done,
        "back": request.get_full_path(),
        # Only who has nothing left may have lost a post to it; a post held costs no question.
        "silent_since": None if request.actor.all_posts else silent_since(request.actor),
    }
    return render(request, "tasks/my_tasks.html", context)


@require_POST
def my_return(request: ActorRequest) -> HttpResponse:
    """Take back the posts of somebody who had not answered an urgent task, and show their work."""
    if actions.report_back(actor=request.actor, now=clock.now()):
        messages.success(request, _("Your posts and their work are yours again."))
    return redirect("my_tasks")


def _by_due(rows: list[TaskRow], tonight: Any, counts: Mine) -> list[dict[str, Any]]:
    groups = [
        {"code": "late", "total": counts.late, "rows": [row for row in rows if row.line.is_late]},
        {
            "code": "today",
            "total": counts.today,
            "rows": [row for row in rows if not row.line.is_late and row.task.due_at <= tonight],
        },
        {
            "code": "later",
            "total": counts.active - counts.late - counts.today,
            "rows": [row for row in rows if not row.line.is_late and row.task.due_at > tonight],
        },
    ]
    return [group for group in groups if group["rows"]]


def _by_building(rows: list[TaskRow]) -> list[dict[str, Any]]:
    groups: dict[int | None, dict[str, Any]] = {}
    for row in rows:
        group = groups.setdefault(
            row.task.building_id, {"code": "", "title": row.line.building, "rows": []}
        )
        group["rows"].append(row)
    for group in groups.values():
        group["total"] = len(group["rows"])
    return list(groups.values())
