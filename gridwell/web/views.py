"""Today and the lists behind it."""

from datetime import date, datetime, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.reasons import names_need_reason
from gridwell.accounts.rules.actor import Actor, Right
from gridwell.core import clock, frame
from gridwell.core.numbers import whole_number
from gridwell.places.rules.levels import AreaLevel
from gridwell.plan import actions as plan_actions
from gridwell.plan.queries.days import Day, derived
from gridwell.residents.queries import access_household
from gridwell.screening.queries.desk import desk_rounds as sampling_rounds
from gridwell.tasks.kinds import kinds
from gridwell.web import exports, figures, looks
from gridwell.web.queries.areas import area_rows
from gridwell.web.queries.installation import installation_of
from gridwell.web.queries.lists import ALL_WORK, list_of
from gridwell.web.queries.today import today_of
from gridwell.web.queries.why import difference_lines, why_of
from gridwell.web.scope import home_area

#: How far back and ahead a day can be asked for.
REACH = timedelta(days=400)


def home(request: HttpRequest) -> HttpResponse:
    """Lead a person to Today of the area they work at; an administrator without one stays here."""
    area = home_area(request)
    if area is None:
        actor: Actor | None = getattr(request, "actor", None)
        if actor is not None and actor.duties:
            return redirect(_work_of(actor))
        if actor is None or not actor.is_administrator:
            return render(request, "web/no_post.html")
        desk = installation_of(actor, clock.now())
        context = {"desk": desk, "figures": figures.of_installation(desk)}
        return render(request, "web/installation.html", context)
    return redirect("today", area=area)


def _work_of(actor: Actor) -> str:
    """Return the page of somebody without a desk of the register: while a round is open, the sampling desk."""
    is_sampling = sampling_rounds(actor).filter(state="open").exists()
    return "desk_list" if is_sampling else "my_tasks"


def _require_community(request: ActorRequest) -> None:
    """Answer 404 for an upper area: it has figures only, no lists of its own."""
    if request.area.level != AreaLevel.COMMUNITY:
        raise Http404


def _asked_day(request: HttpRequest, now: datetime) -> date:
    """Return the day asked for; today when none is, 404 when it is no day or out of reach."""
    text = request.GET.get("day", "")
    today = clock.day_of(now)
    if not text:
        return today
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None or abs(day - today) > REACH:
        raise Http404
    return day


def _day_of(request: ActorRequest, now: datetime) -> Day:
    """Return the plan asked for: today's stored one, or another day as known then or now."""
    day = _asked_day(request, now)
    community = request.area.pk
    if day == clock.day_of(now):
        return plan_actions.up_to_date(community=community, day=day, now=now)
    is_past = day < clock.day_of(now)
    known = clock.end_of(day) if is_past and request.GET.get("known") != "now" else None
    return Day(plan=derived(community, day, known), computed_at=None)


@listing.offered("today")
def today(request: ActorRequest, area: int) -> HttpResponse:
    """Show what is due today: a community's own work, or the figures of all below an area."""
    now = clock.now()
    if request.session.get("area") != area:  # each change of a session is a write
        request.session["area"] = area
    if request.area.level != AreaLevel.COMMUNITY:
        rows = area_rows(request.actor, area, now)
        return render(
            request,
            "web/today_area.html",
            {
                "rows": rows,
                "figures": figures.of_area(rows),
                "now": now,
                "panels": frame.fill("area_panels", request.actor, [area], clock.day_of(now)),
            },
        )
    facts = today_of(request.actor, area, _day_of(request, now), now)
    may_name = request.actor.may(Right.SEE_NAMES, area)
    context = {
        "today": facts,
        "plan": facts.day.plan,
        "figures": figures.of_today(area, facts),
        "zones": [figures.zone_line(zone, facts.day.plan) for zone in facts.zones],
        "late": [
            figures.late_line(area, row, facts.late_doors, may_name=may_name) for row in facts.late
        ],
        "changes": difference_lines(area, facts.changes)[:5],
        "change_count": len(facts.changes),
        "is_today": facts.day.plan.day == clock.day_of(now),
        "yesterday": facts.day.plan.day - timedelta(days=1),
        "tomorrow": facts.day.plan.day + timedelta(days=1),
        "panels": frame.fill("today_panels", request.actor, [area], facts.day.plan.day),
    }
    return render(request, "web/today.html", context)


@names_need_reason
def today_list(request: ActorRequest, area: int, code: str) -> HttpResponse:
    """Show the households behind a figure, by building, in walking order."""
    _require_community(request)
    now = clock.now()
    day = _day_of(request, now)
    if day.plan.day == clock.day_of(now) and (code == ALL_WORK or code in kinds()):
        kind = "" if code == ALL_WORK else f"?kind={code}"
        return redirect(f"{reverse('task_list', args=[area])}{kind}")  # today's work is tasks
    building = whole_number(request.GET.get("building"))
    found = list_of(request.actor, area, day.plan, code, building)
    if found is None:
        raise Http404
    if request.look_reason:
        looks.note_list(request.actor, area, found, request.look_reason)
    if request.GET.get("export"):
        return exports.day_list(request.actor, request.area, day.plan, found, now)
    context = {
        "list": found,
        "plan": day.plan,
        "title": figures.list_title(code),
        "back": reverse("today_list", args=[area, code]),
    }
    template = "web/today_list_print.html" if request.GET.get("print") else "web/today_list.html"
    return render(request, template, context)


@names_need_reason
def today_why(request: ActorRequest, area: int, household: int) -> HttpResponse:
    """Say for everyone of a household what applies to them, on what basis, until when."""
    _require_community(request)
    now = clock.now()
    day = _day_of(request, now)
    found = access_household(request.actor, area, household)
    if request.look_reason:
        looks.note_household(request.actor, area, found, request.look_reason)
    context = {"why": why_of(area, found, day.plan), "plan": day.plan}
    return render(request, "web/today_why.html", context)


def today_changes(request: ActorRequest, area: int) -> HttpResponse:
    """Say what is different from the day before, and by which act."""
    _require_community(request)
    now = clock.now()
    facts = today_of(request.actor, area, _day_of(request, now), now)
    context = {"changes": difference_lines(area, facts.changes), "plan": facts.day.plan}
    return render(request, "web/today_changes.html", context)
