"""The roster (值班表): week and month, turns, copying a week; calendar feeds."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.models import Post, User
from gridwell.core import clock
from gridwell.core.errors import NotVisible
from gridwell.core.joining import joined
from gridwell.organisation import forms, queries
from gridwell.organisation.actions import roster as actions
from gridwell.organisation.rules import roster as rules
from gridwell.organisation.views.common import ACT, act_page, at, bound, manages, may_manage


def _day(text: str | None) -> date:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return clock.today()
    return day if 2000 <= day.year <= 2100 else clock.today()


@require_GET
def roster(request: ActorRequest, area: int) -> HttpResponse:
    """Show who is on duty in a week: a line a post, a column a day; and who is on now."""
    now = clock.now()
    monday = rules.monday_of(_day(request.GET.get("week")))
    days = [monday + timedelta(days=n) for n in range(7)]
    week = timedelta(days=7)
    context = {
        "days": days,
        "today": clock.today(),
        "lines": queries.roster_of(request.actor, request.area.pk, days, now),
        "on_duty": queries.on_duty(request.actor, request.area.pk, now),
        "monday": monday,
        "before": (monday - week).isoformat(),
        "after": (monday + week).isoformat(),
        "is_this_week": monday <= clock.today() < monday + week,
        "may_manage": may_manage(request),
        "tab": "week",
    }
    return render(request, "organisation/roster.html", context)


@require_GET
def roster_month(request: ActorRequest, area: int) -> HttpResponse:
    """Show a month, a cell a day; `?print=1` on one sheet of A4."""
    now = clock.now()
    first = rules.first_of_month(_day(request.GET.get("month")))
    weeks = rules.month_weeks(first)
    days = [day for week in weeks for day in week]
    lines = queries.roster_of(request.actor, request.area.pk, days, now, with_empty=False)
    cells: dict[date, list[Any]] = defaultdict(list)
    for line in lines:
        for day, views in line.days:
            cells[day] += [(line.post, view) for view in views]
    context = {
        "weeks": [[(day, day.month == first.month, cells.get(day, [])) for day in week] for week in weeks],
        "first": first,
        "today": clock.today(),
        "before": rules.month_before(first).isoformat(),
        "after": rules.next_month(first).isoformat(),
        "may_manage": may_manage(request),
        "back": at(request, "roster_month"),
        "tab": "month",
    }  # fmt: skip
    is_print = request.GET.get("print") == "1"
    template = "organisation/roster_print.html" if is_print else "organisation/roster_month.html"
    return render(request, template, context)


def _post(request: ActorRequest, post: int) -> Post:
    found: Any = queries.roster_posts(request.actor, request.area.pk, clock.now())
    row: Post | None = found.filter(pk=post).select_related("holder", "area").first()
    if row is None:
        raise NotVisible
    return row


def _people(post: Post, also: int | None = None) -> Any:
    ids = {person.pk for person in queries.people_of(post)} | ({also} if also else set())
    return User.objects.filter(pk__in=ids).order_by("name")


def _week_of(request: ActorRequest, day: date) -> str:
    return f"{at(request, 'roster')}?week={rules.monday_of(day).isoformat()}"


@require_http_methods(ACT)
@manages
def shift_new(request: ActorRequest, area: int, post: int) -> HttpResponse:
    """Enter a turn of duty of a post."""
    found = _post(request, post)
    day = _day(request.GET.get("day"))
    form = forms.ShiftForm(**bound(request), people=_people(found), day=day)

    def act() -> str:
        data = form.cleaned_data
        shift = actions.make_shift(
            actor=request.actor,
            post=found,
            user=data["user"],
            starts_at=data["starts_at"],
            ends_at=data["ends_at"],
            remark=data["remark"],
            override_reason=data["override_reason"],
            ref=data["ref"] or uuid4(),
            now=clock.now(),
        )
        return _week_of(request, clock.day_of(shift.starts_at))

    return act_page(
        request,
        form,
        act,
        title=_("New turn: %(post)s") % {"post": found.title},
        back=_week_of(request, day),
        submit=_("Put on the roster"),
    )


@require_http_methods(ACT)
@manages
def shift_edit(request: ActorRequest, area: int, shift: int) -> HttpResponse:
    """Change a turn of duty."""
    found = queries.access_shift(request.actor, request.area.pk, shift)
    back = _week_of(request, clock.day_of(found.starts_at))
    form = forms.ShiftForm(**bound(request), people=_people(found.post, found.user_id), shift=found)

    def act() -> str:
        data = form.cleaned_data
        row = actions.change_shift(
            actor=request.actor,
            shift=found,
            user=data["user"],
            starts_at=data["starts_at"],
            ends_at=data["ends_at"],
            remark=data["remark"],
            override_reason=data["override_reason"],
            seen=data["seen"] if data["seen"] is not None else -1,
            now=clock.now(),
        )
        return _week_of(request, clock.day_of(row.starts_at))

    return act_page(
        request,
        form,
        act,
        title=_("Turn of %(name)s: %(post)s") % {"name": found.user.name, "post": found.post.title},
        back=back,
        submit=_("Save"),
    )


@require_http_methods(ACT)
@manages
def shift_cancel(request: ActorRequest, area: int, shift: int) -> HttpResponse:
    """Take a turn off the roster."""
    found = queries.access_shift(request.actor, request.area.pk, shift)
    back = _week_of(request, clock.day_of(found.starts_at))
    form = forms.ReasonForm(**bound(request))

    def act() -> str:
        actions.cancel_shift(actor=request.actor, shift=found, now=clock.now(), **form.cleaned_data)
        return back

    return act_page(
        request,
        form,
        act,
        title=_("Cancel the turn of %(name)s: %(post)s")
        % {"name": found.user.name, "post": found.post.title},
        back=back,
        submit=_("Cancel the turn"),
    )


@require_POST
@manages
def week_copy(request: ActorRequest, area: int) -> HttpResponseBase:
    """Copy the week that is shown to the next one."""
    monday = rules.monday_of(_day(request.POST.get("week")))
    target = monday + timedelta(days=7)
    copied = actions.copy_week(
        actor=request.actor, area=request.area.pk, source=monday, target=target, now=clock.now()
    )
    count = len(copied.new)
    text = ngettext("%(count)s turn was copied.", "%(count)s turns were copied.", count)
    messages.success(request, text % {"count": count})
    if copied.clashing:
        names = dict(
            User.objects.filter(pk__in={turn.user for turn in copied.clashing}).values_list(
                "pk", "name"
            )
        )
        who = joined(
            f"{names[turn.user]} {clock.day_of(turn.starts_at).isoformat()}"
            for turn in copied.clashing[:10]
        )
        messages.warning(
            request, _("Left out, because it overlaps another turn: %(who)s") % {"who": who}
        )
    return redirect(f"{at(request, 'roster')}?week={target.isoformat()}")
