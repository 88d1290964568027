"""The tasks of a community: list, by building, on paper; above a community how much there is below."""

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.core import clock
from gridwell.core.numbers import whole_number
from gridwell.core.paging import page_of
from gridwell.places.queries import access_place
from gridwell.places.rules.levels import AreaLevel
from gridwell.tasks import labels
from gridwell.tasks.forms import FilterForm
from gridwell.tasks.kinds import kinds
from gridwell.tasks.queries import choices, lists
from gridwell.tasks.queries.access import tasks_of
from gridwell.tasks.queries.areas import counts_below
from gridwell.tasks.views.rows import TaskRow, rows_of

PER_PAGE = 50


def wanted_of(
    request: ActorRequest, posts: Iterable[choices.PostName]
) -> tuple[FilterForm, lists.Narrow, bool]:
    """Return the filters as a form, as what to narrow to, and whether to order as one walks."""
    community = request.area.pk
    form = FilterForm(
        request.GET,
        kinds={code: kind.name for code, kind in kinds().items()},
        posts=[(post.id, post.title) for post in posts],
        grids=choices.grid_choices(request.actor, community),
    )
    form.is_valid()
    said: dict[str, Any] = form.cleaned_data  # holds what could be read
    wanted = lists.Narrow(
        show=said.get("show") or "active",
        kind=said.get("kind") or "",
        post=said.get("post"),
        grid=said.get("grid"),
        basis=request.GET.get("basis", "")[:80],
    )
    return form, wanted, said.get("order") == "walk"


@never_cache
@require_GET
def task_list(request: ActorRequest, area: int) -> HttpResponse:
    """List the tasks of a community that the actor may see; with `export`, as a workbook."""
    if request.area.level != AreaLevel.COMMUNITY:
        return _below(request)
    now = clock.now()
    posts = choices.post_names(area, now)
    form, wanted, is_walk = wanted_of(request, posts)
    own = tasks_of(request.actor, area)
    found = lists.narrowed(own, wanted, now)
    ordered = lists.in_walking_order(found) if is_walk else lists.by_due(found)
    if listing.is_asked(request):
        return _workbook(request, rows_of(ordered, request.actor, now, shown=()))
    standing = lists.standing(own, now)
    paged = Paginator(ordered, PER_PAGE)
    if wanted == lists.Narrow():  # everything open, which is counted above
        paged.count = standing.counts.active
    page = paged.get_page(request.GET.get("page"))
    rows = rows_of(page, request.actor, now, shown=(), acting=standing.acting)
    context = {
        "page": page,
        "rows": rows,
        "filter": form,
        "chosen": {"show": wanted.show},
        "counts": standing.counts,
        "posts": [(post.id, post.words) for post in posts] if may_assign(request) else (),
        "may_create": True,
        "back": request.get_full_path(),
    }
    return render(request, "tasks/task_list.html", context)


def may_assign(request: ActorRequest) -> bool:
    """Return whether the actor may give work to posts here: the desk, or the levels above."""
    posts = request.actor.posts_at(request.area.pk)
    return any(post.grids is None for post in posts)


def _below(request: ActorRequest) -> HttpResponse:
    """Show how much is open, late and without a name in each community below."""
    rows = counts_below(request.actor, request.area, clock.now())
    if listing.is_asked(request):
        return listing.as_workbook(
            request,
            area=request.area.pk,
            code="tasks",
            title=_("Tasks by community"),
            header=[
                _("Community"),
                pgettext("task", "Open"),
                _("Late"),
                _("Without a name"),
                _("Passed up to the subdistrict"),
            ],
            rows=[(row.name, row.active, row.late, row.no_name, row.climbed) for row in rows],
        )
    return render(request, "tasks/task_areas.html", {"rows": rows})


def _workbook(request: ActorRequest, rows: list[TaskRow]) -> HttpResponse:
    header = [
        _("Task"),
        _("Building"),
        _("Door"),
        pgettext("task", "Due"),
        _("State"),
        _("Post"),
        _("Acting now"),
    ]
    return listing.as_workbook(
        request,
        area=request.area.pk,
        code="tasks",
        title=f"{request.area.name} {_('Tasks')}",
        header=[*header, _("Why")],
        rows=[
            (
                row.line.name,
                row.line.building,
                row.line.door,
                f"{row.task.due_at.astimezone(clock.zone()):%Y-%m-%d %H:%M}",
                row.state,
                row.line.post or _("no name on it"),
                row.line.acting,
                row.why,
            )
            for row in rows
        ],
        widths=[16, 20, 12, 18, 10, 24, 12, 50],
    )


@listing.offered("tasks-of-building")
@never_cache
@require_GET
def tasks_by_building(request: ActorRequest, area: int, building: int) -> HttpResponse:
    """Show what is open in one building as one walks through it."""
    now = clock.now()
    place = access_place(request.actor, area, building)
    found = lists.narrowed(tasks_of(request.actor, area), lists.Narrow(building=place.pk), now)
    page = page_of(request, lists.in_walking_order(found), PER_PAGE)
    context = {
        "building": place,
        "page": page,
        "rows": rows_of(page, request.actor, now, with_care=True),
        "late": found.filter(due_at__lt=now).count(),
        "back": request.get_full_path(),
    }
    return render(request, "tasks/by_building.html", context)


@never_cache
@require_GET
def task_print(request: ActorRequest, area: int) -> HttpResponse:
    """Show the list as sheets of A4, one building after the other, with room to tick and to write."""
    if request.area.level != AreaLevel.COMMUNITY:
        return redirect("task_list", area=area)
    now = clock.now()
    _form, wanted, _walk = wanted_of(request, choices.post_names(area, now))
    found = lists.narrowed(tasks_of(request.actor, area), wanted, now)
    if request.GET.get("building"):
        found = found.filter(building_id=whole_number(request.GET["building"]) or 0)
    rows = rows_of(lists.in_walking_order(found), request.actor, now, with_care=True, shown=())
    groups: dict[int | None, list[TaskRow]] = {}
    for row in rows:
        groups.setdefault(row.task.building_id, []).append(row)
    context = {
        "groups": list(groups.values()),
        "total": len(rows),
        "shown": labels.SHOWN.get(wanted.show, ""),
        "now": now,
        "back": reverse("task_list", args=[area]),
    }
    return render(request, "tasks/task_print.html", context)
