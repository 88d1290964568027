"""Work given by hand: a new task, many to one post, templates, a reminder."""

from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.core import clock
from gridwell.core.errors import NotVisible, RuleBroken
from gridwell.core.ids import new_ref
from gridwell.core.joining import joined
from gridwell.core.numbers import whole_number
from gridwell.core.wording import say
from gridwell.places.queries import buildings_of
from gridwell.places.rules.levels import AreaLevel
from gridwell.residents.queries import access_household
from gridwell.tasks import actions, labels
from gridwell.tasks.forms import NewTaskForm, TemplateForm, later_than
from gridwell.tasks.kinds import kinds
from gridwell.tasks.queries import choices
from gridwell.tasks.queries.access import access_task
from gridwell.tasks.queries.subjects import subject_at
from gridwell.tasks.queries.templates import access_template, templates_of
from gridwell.tasks.views.lists import may_assign


def at_community(view: Any) -> Any:
    """Answer 404 above a community: work is given where it is done."""

    @wraps(view)
    def guarded(request: ActorRequest, area: int, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.area.level != AreaLevel.COMMUNITY:
            raise NotVisible
        response: HttpResponse = view(request, area, *args, **kwargs)
        return response

    return guarded


def for_desk(view: Any) -> Any:
    """Answer 404 to whoever may not give work to posts."""

    @wraps(view)
    def guarded(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_assign(request):
            raise NotVisible
        response: HttpResponse = view(request, *args, **kwargs)
        return response

    return guarded


@never_cache
@require_http_methods(["GET", "POST"])
@at_community
def task_new(request: ActorRequest, area: int) -> HttpResponse:
    """Make a task; `?household=` makes it for that household."""
    now = clock.now()
    home = whole_number(request.GET.get("household"))
    household = access_household(request.actor, area, home) if home else None
    form = NewTaskForm(
        request.POST if request.method == "POST" else None,
        kinds=_by_hand("household" if household else ""),
        posts=choices.posts_for(area, now),
        buildings=buildings_of(request.actor, area),
        has_subject=household is not None,
        initial={"due_at": later_than(now, 24), "key": str(new_ref())},
    )
    if request.method == "POST" and form.is_valid():
        try:
            task = actions.create(
                actor=request.actor,
                community=area,
                now=now,
                **_values(request, area, form, household.pk if household else None),
            )
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
        else:
            messages.success(request, _("The task is there."))
            return redirect("task_file", task=task.pk)
    context = {
        "form": form,
        "household": household,
        "cancel_url": reverse("task_list", args=[area]),
    }
    return render(request, "tasks/task_new.html", context)


def _by_hand(subject_kind: str) -> dict[str, Any]:
    """Return the kinds a person may create here, those of a resident's own file left out."""
    return {
        code: kind.name
        for code, kind in kinds().items()
        if kind.by_hand
        and code != "put_right"
        and kind.subject_kind != "resident"
        and (not subject_kind or kind.subject_kind in {subject_kind, "none"})
    }


def _values(
    request: ActorRequest, area: int, form: NewTaskForm, household: int | None
) -> dict[str, Any]:
    said = form.cleaned_data
    kind = kinds()[said["kind"]]
    if household is not None:
        subject = ("household", household)
    else:
        subject = subject_at(request.actor, area, kind, said["building"], said["door"])
    return {
        "kind": kind.code,
        "subject_kind": subject[0],
        "subject": subject[1],
        "post": said["post"],
        "title": said["title"],
        "words": said["words"],
        "due_at": said["due_at"],
        "is_urgent": said["is_urgent"],
        "key": said["key"],
    }


@require_POST
@at_community
@for_desk
def task_assign(request: ActorRequest, area: int) -> HttpResponse:
    """Give the ticked tasks to one post."""
    now = clock.now()
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    ticked = [pk for text in request.POST.getlist("task") if (pk := whole_number(text))]
    chosen = whole_number(request.POST.get("post"))
    if not chosen:
        raise RuleBroken("tasks.post_needed")
    post = get_object_or_404(choices.posts_for(area, now), pk=chosen)
    moved = actions.assign_many(
        actor=request.actor, community=area, tasks=ticked, post=post, now=now
    )
    words = ngettext(
        "%(count)s task was given to %(post)s.",
        "%(count)s tasks were given to %(post)s.",
        moved,
    )
    messages.success(request, words % {"count": moved, "post": post.title})
    return redirect(back if back and is_ours else reverse("task_list", args=[area]))


@require_POST
def task_remind(request: ActorRequest, task: int) -> HttpResponse:
    """Remind whoever effectively holds the task's post; every ten minutes at most."""
    found = access_task(request.actor, task)
    try:
        told = actions.remind(actor=request.actor, task=found, now=clock.now())
    except RuleBroken as refusal:
        messages.error(request, say(refusal))
    else:
        messages.success(request, _("%(name)s is reminded.") % {"name": told})
    return redirect("task_file", task=found.pk)


@listing.offered("templates")
@never_cache
@require_http_methods(["GET", "POST"])
@at_community
@for_desk
def template_list(request: ActorRequest, area: int) -> HttpResponse:
    """Show the templates of a community and keep another one."""
    now = clock.now()
    form = TemplateForm(
        request.POST if request.method == "POST" else None,
        kinds=_by_hand(""),
        posts=choices.posts_for(area, now),
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_template(actor=request.actor, community=area, now=now, **form.cleaned_data)
            made = actions.run_templates(community=area, day=clock.day_of(now), now=now)
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
        else:
            words = ngettext(
                "Kept; %(count)s task was made for today.",
                "Kept; %(count)s tasks were made for today.",
                made,
            )
            messages.success(request, words % {"count": made})
            return redirect("template_list", area=area)
    rows = [
        {
            "template": template,
            "name": template.title or kinds()[template.kind].name
            if template.kind in kinds()
            else template.kind,
            "rhythm": _rhythm(template.rhythm, template.weekdays),
            "modes": joined(str(labels.MODES[mode]) for mode in template.modes),
            "spread": labels.SPREADS[template.spread],
        }
        for template in templates_of(request.actor, area)
    ]
    return render(request, "tasks/template_list.html", {"form": form, "rows": rows})


def _rhythm(rhythm: str, weekdays: list[int]) -> str:
    if rhythm == "daily":
        return str(labels.RHYTHMS["daily"])
    return joined(str(labels.WEEKDAYS[day]) for day in weekdays)


@require_POST
@at_community
@for_desk
def template_end(request: ActorRequest, area: int, template: int) -> HttpResponse:
    """End a template; the tasks it made stay."""
    found = access_template(request.actor, area, template)
    try:
        actions.end_template(actor=request.actor, template=found, now=clock.now())
    except RuleBroken as refusal:
        messages.error(request, say(refusal))
    else:
        messages.success(request, _("The template has ended; the tasks it made stay."))
    return redirect("template_list", area=area)
