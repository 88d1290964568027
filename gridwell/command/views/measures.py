"""What a notice asks in an emergency, turned into work (应急措施派单)."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.rules.actor import Right
from gridwell.command.actions import measures as actions
from gridwell.command.forms import MeasureForm, ReasonForm
from gridwell.command.picking import lines_of, picked_lines, set_community
from gridwell.command.presenters.measures import measure_words
from gridwell.command.queries.measures import Measure, measure_at
from gridwell.command.views import back_to, community_of, for_right
from gridwell.core import clock
from gridwell.core.errors import RuleBroken
from gridwell.core.numbers import whole_number
from gridwell.core.wording import say
from gridwell.orders.queries.notices import access_notice

_USUAL = {"transfer": "evacuate", "outage": "notice_on_door"}


@require_http_methods(["GET", "POST"])
@for_right(Right.APPROVE_ORDERS)
def measure_work(request: ActorRequest, area: int, notice: int, start: int) -> HttpResponse:
    """Make work of a measure: first whom it reaches, then the tasks."""
    community, now = community_of(request), clock.now()
    found = access_notice(request.actor, notice)
    one = measure_at(found, community, start)
    form = MeasureForm(request.POST or None, initial=_said(one, now))
    set_community(form, community)
    given = None
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        try:
            data["lines"] = _lines(community, data.pop("place"), is_whole=data.pop("is_whole"))
            if request.POST.get("confirmed"):
                made = actions.give_work(
                    actor=request.actor,
                    community=community,
                    notice=found,
                    start=start,
                    now=now,
                    **data,
                )
                words = ngettext("%(count)s task was made.", "%(count)s tasks were made.", made)
                messages.success(request, words % {"count": made})
                return back_to("notice_desk", request, fragment="measures", notice=found.pk)
            given = actions.work_of(
                community=community,
                lines=data["lines"],
                kind=data["kind"],
                is_first=data["is_first"],
                now=now,
            )
        except RuleBroken as refusal:
            form.add_error(None, say(refusal))
    context = {"notice": found, "form": form, "shown": measure_words(one), "given": given}
    return render(request, "command/measure_work.html", context)


def _lines(community: int, picked: Any, *, is_whole: bool) -> list[Any]:
    """Return the range; nothing chosen is the whole community only where that is ticked."""
    rows = lines_of(community, picked)
    if not rows and not is_whole:
        raise RuleBroken("command.measure_needs_range")
    return [] if is_whole else [line for _place, line in rows]


def _said(one: Measure, now: datetime) -> dict[str, Any]:
    """Return what the form begins with: what the notice says, as far as it was read."""
    due = one.due_at if one.due_at and one.due_at > now else now + timedelta(hours=24)
    return {
        "kind": _USUAL.get(one.said["kind"], "care_visit"),
        "place": picked_lines(line for _place, line in one.found),
        "is_whole": one.is_whole and not one.found,
        "is_first": bool(one.said["whom"]) or one.said["kind"] not in _USUAL,
        "due_at": due.astimezone(clock.zone()).strftime("%Y-%m-%dT%H:%M"),
        "words": one.said["text"][:1000],
    }


@require_POST
@for_right(Right.APPROVE_ORDERS)
def measure_end(request: ActorRequest, area: int, notice: int, start: int) -> HttpResponse:
    """End the open work of a measure that is over, with a reason."""
    community = community_of(request)
    found = access_notice(request.actor, notice)
    one = measure_at(found, community, whole_number(str(start)))
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise RuleBroken("tasks.reason_needed")
    ended = actions.end_work(
        actor=request.actor,
        community=community,
        notice=found,
        start=one.start,
        reason=form.cleaned_data["reason"],
        now=clock.now(),
    )
    words = ngettext("%(count)s task is ended.", "%(count)s tasks are ended.", ended)
    messages.success(request, words % {"count": ended})
    return back_to("notice_desk", request, fragment="measures", notice=found.pk)
