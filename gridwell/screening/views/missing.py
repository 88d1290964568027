"""The missing list (未检名单): live, by grid, building and household, as a route from door to door."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST

from gridwell.accounts import listing
from gridwell.accounts.middleware import ActorRequest
from gridwell.accounts.reasons import ask_url, has_look, names_need_reason
from gridwell.accounts.rules.actor import Right
from gridwell.audit.actions import record_look
from gridwell.core import clock
from gridwell.core.errors import RuleBroken
from gridwell.core.joining import joined
from gridwell.core.numbers import whole_number, whole_numbers
from gridwell.core.wording import say
from gridwell.residents.models import Resident
from gridwell.screening.actions import members as acts
from gridwell.screening.actions.calls import ask_visits, call_people
from gridwell.screening.forms import ExemptForm
from gridwell.screening.labels.rounds import (
    ADDED,
    DOOR_REASONS,
    EXEMPT_REASONS,
    OUTCOMES,
    STATUSES,
)
from gridwell.screening.models import Round, RoundMember
from gridwell.screening.presenters.missing import Manner, shown_lines
from gridwell.screening.presenters.rounds import round_name
from gridwell.screening.queries.calls import called_twice
from gridwell.screening.queries.lines import (
    Door,
    HomeLine,
    door_list,
    home_lines,
    lines_at,
    named_lines,
    parts_named,
    with_slots,
)
from gridwell.screening.queries.members import access_member, members_of, missing, with_status
from gridwell.screening.queries.missing_list import MissingDoors, lines_of_all
from gridwell.screening.views import back_to, needs, the_round
from gridwell.screening.views.calls import key_of

A_PAGE = 50
A_FILE = 20_000
SHOWS: Final = ("missing", "twice", "all", *STATUSES)
#: What can be done with people who are ticked, beside writing down what was found.
CALLS: Final = {"called_phone": "phone", "called_door": "door"}


@names_need_reason
def round_missing(request: ActorRequest, area: int, round: int) -> HttpResponse:
    """Who still has to be found, door by door; other statuses by `?show=`."""
    return _list(request, the_round(request, round), at_door=False)


@names_need_reason
def round_doors(request: ActorRequest, area: int, round: int) -> HttpResponse:
    """Who is sampled at the door (上门采样名单): the isolated, the immobile, the very old who live alone."""
    return _list(request, the_round(request, round), at_door=True)


def _list(request: ActorRequest, row: Round, *, at_door: bool) -> HttpResponse:
    show = request.GET.get("show", "all" if at_door else "missing")
    show = show if show in SHOWS else "missing"
    unmask = has_look(request, row.community_id, clock.now()) if _asks_numbers(request) else None
    if _asks_numbers(request) and unmask is None:
        return redirect(ask_url(request, row.community_id))
    building, grid = (whole_number(request.GET.get(name)) for name in ("building", "grid"))
    rows = _reach(request, row, building, grid, at_door=at_door)
    is_whole = _is_whole(request, row) and not at_door
    is_short = is_whole and show == "missing"
    doors: Sequence[Door] = MissingDoors(row) if is_short else door_list(_asked(rows, row, show))
    if listing.is_asked(request):
        return _file(request, row, rows, doors)
    is_paper = bool(request.GET.get("print"))
    page = Paginator(doors, A_FILE if is_paper else A_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    lines = lines_of_all(row, shown) if is_whole else lines_at(row, rows, shown)
    lines = named_for(request, row, lines, unmask=unmask or "")
    if not at_door:
        lines = with_slots(row, lines)
    may_record = row.state == "open" and request.actor.may(Right.RECORD_HEALTH, row.community_id)
    manner = Manner(may_record=may_record, is_unmasked=unmask is not None, at_door=at_door)
    items = [] if is_paper else shown_lines(row, lines, manner)
    buildings, grids = parts_named(row, members_of(request.actor, row))
    context = {
        "round": row,
        "title": round_name(row),
        "heading": _("Sampling at the door") if at_door else _("Missing list"),
        "at_door": at_door,
        "reasons": _door_reasons(rows) if at_door else [],
        "is_unmasked": unmask is not None,
        "may_unmask": request.actor.may(Right.UNMASK, row.community_id),
        "key": uuid4(),
        "page": page,
        "lines": lines if is_paper else items,
        "show": show,
        "shows": [(code, _show_words(code)) for code in SHOWS],
        "building": building,
        "grid": grid,
        "buildings": buildings,
        "grids": grids,
        "outcomes": OUTCOMES.items(),
        "may_record": may_record,
    }
    return render(request, f"screening/{'missing_print' if is_paper else 'missing'}.html", context)


def _asks_numbers(request: ActorRequest) -> bool:
    """Return whether whole telephone numbers are asked for, which needs a reason."""
    return bool(request.GET.get("numbers")) and not listing.is_asked(request)


def _door_reasons(rows: QuerySet[RoundMember]) -> list[tuple[str, int]]:
    """Return why people are sampled at the door, and how many."""
    counted = rows.order_by().values_list("door_reason").annotate(n=Count("pk"))
    return [
        (str(DOOR_REASONS.get(code, code)), n)
        for code, n in sorted(counted.values_list("door_reason", "n"))
    ]


def _show_words(code: str) -> str:
    if code == "missing":
        return _("all who are missing")
    if code == "twice":
        return _("called twice, not come")
    return _("everyone") if code == "all" else str(STATUSES[code])


def _reach(
    request: ActorRequest, row: Round, building: int | None, grid: int | None, *, at_door: bool
) -> QuerySet[RoundMember]:
    """Return the people of the filters; 0 for those without a building or grid."""
    rows = members_of(request.actor, row)
    if building is not None:
        rows = rows.filter(building_id=building) if building else rows.filter(building=None)
    if grid is not None:
        rows = rows.filter(grid_id=grid) if grid else rows.filter(grid=None)
    return rows.filter(at_door=True) if at_door or request.GET.get("at_door") else rows


def _is_whole(request: ActorRequest, row: Round) -> bool:
    """Return whether the list is about everybody of the round: no filter, and no grids of one's own."""
    names = ("building", "grid", "at_door")
    is_narrowed = any(request.GET.get(name) for name in names)
    return not is_narrowed and request.actor.grids_at(row.community_id) is None


def _asked(rows: QuerySet[RoundMember], row: Round, show: str) -> QuerySet[Any]:
    """Return those of the status asked for; the others behind their doors stay on the line."""
    if show == "all":
        return rows
    if show == "twice":
        return called_twice(rows, row)
    return missing(rows, row) if show == "missing" else with_status(rows, row).filter(status=show)


def named_for(
    request: ActorRequest, row: Round, lines: list[HomeLine], *, unmask: str = ""
) -> list[HomeLine]:
    """Return these doors with names; a look by somebody whose daily work it is not is written down.

    `unmask` is the reason for which whole telephone numbers are shown; that look is written down
    whoever looks.
    """
    reason = unmask or request.look_reason
    if reason:
        seen = [p.resident for line in lines for p in line.people if p.resident is not None]
        what = "numbers" if unmask else "names"
        record_look(request.actor, row.community_id, Resident, reason, what=what, ids=seen)
    return named_lines(row.community_id, lines, is_unmasked=bool(unmask))


def _file(
    request: ActorRequest, row: Round, rows: QuerySet[RoundMember], doors: Sequence[Door]
) -> HttpResponse:
    lines = with_slots(row, named_for(request, row, lines_at(row, rows, doors)))
    return listing.as_workbook(
        request,
        area=row.community_id,
        code="missing",
        title=f"{round_name(row)} {row.on:%Y-%m-%d}",
        header=[
            _("Building"), _("Door"), _("Name"), _("State"), pgettext("in a round", "Due"),
            _("Sampled"), _("At the door"), _("Called to"), _("Telephone"), _("Remark"),
        ],
        rows=[
            [
                line.where, line.door, person.name, person.words, line.due, line.sampled,
                person.at_door, joined(place.words for place in line.to) if person.is_missing else "",
                person.phone, " · ".join(filter(None, (person.exempt_words, person.remark))),
            ]
            for line in lines
            for person in line.people
        ],
    )  # fmt: skip


@require_POST
def round_outcome(request: ActorRequest, area: int, round: int) -> HttpResponse:
    """Write what was found behind a door, or what is done about it, for everybody ticked."""
    needs(request, Right.RECORD_HEALTH)
    row = the_round(request, round)
    outcome = request.POST.get("outcome", "")
    facts: dict[str, Any] = {
        "actor": request.actor,
        "round": row,
        "members": whole_numbers(request.POST.getlist("member"))[:500],
        "now": clock.now(),
    }
    if outcome in CALLS:
        count = call_people(how=CALLS[outcome], ref=key_of(request), **facts)
        _remark(request, facts)
        words = ngettext("%(count)s person called.", "%(count)s people called.", count)
    elif outcome == "visit":
        count = ask_visits(**facts)
        _remark(request, facts)
        words = ngettext("%(count)s visit is asked for.", "%(count)s visits are asked for.", count)
    else:
        count = _write_down(request, outcome, facts)
        words = ngettext("Written down for %(count)s.", "Written down for %(count)s.", count)
    messages.success(request, words % {"count": count})
    page = "round_doors" if request.POST.get("list") == "doors" else "round_missing"
    response = back_to(page, request, round=row.pk)
    target = request.POST.get("next", "")
    if target.startswith("?"):
        response["Location"] += target
    return response


def _remark(request: ActorRequest, facts: dict[str, Any]) -> None:
    """Write down what was remarked at a call or visit; what was found before stays."""
    if request.POST.get("remark", "").strip():
        acts.set_outcome(outcome=None, remark=request.POST["remark"], **facts)


def _write_down(request: ActorRequest, outcome: str, facts: dict[str, Any]) -> int:
    if outcome in {"at_door", "not_at_door"}:
        return acts.set_at_door(at_door=outcome == "at_door", **facts)
    remark = request.POST.get("remark", "")
    return acts.set_outcome(outcome="" if outcome == "none" else outcome, remark=remark, **facts)


@require_http_methods(["GET", "POST"])
@names_need_reason
def round_member(request: ActorRequest, area: int, round: int, member: int) -> HttpResponse:
    """Somebody of a round: exempt with an end, due again, or taken out; each with a reason."""
    row, now = the_round(request, round), clock.now()
    person = access_member(request.actor, row, member)
    form = ExemptForm(request.POST if "until" in request.POST else None)
    fault = ""
    if request.method == "POST":
        needs(request, Right.RECORD_HEALTH)
        try:
            if _act(request, form, person, now):
                return back_to("round_missing", request, round=row.pk)
        except RuleBroken as refusal:
            fault = say(refusal)
    lines = home_lines(row, members_of(request.actor, row).filter(pk=person.pk))
    line = with_slots(row, named_for(request, row, lines))[0]
    context = {
        "round": row,
        "title": round_name(row),
        "member": person,
        "line": line,
        "added": ADDED.get(person.added_reason, person.added_reason),
        "person": line.people[0],
        "why_exempt": EXEMPT_REASONS.get(person.exempt, person.exempt),
        "form": form,
        "fault": fault,
        "may_record": row.state == "open"
        and request.actor.may(Right.RECORD_HEALTH, row.community_id),
    }
    return render(request, "screening/member.html", context, status=409 if fault else 200)


def _act(request: ActorRequest, form: ExemptForm, person: Any, now: Any) -> bool:
    """Do what the page was sent for and return whether it is done."""
    act, reason = request.POST.get("act", ""), request.POST.get("why", "")
    facts = {"actor": request.actor, "member": person, "now": now}
    if act == "remove":
        acts.remove_member(reason=reason, **facts)
    elif act == "due":
        acts.end_member_exemption(reason=reason, **facts)
    elif form.is_valid():
        acts.exempt_member(
            reason=form.cleaned_data["reason"],
            until=clock.end_of(form.cleaned_data["until"]),
            remark=form.cleaned_data["remark"],
            **facts,
        )
    else:
        return False
    messages.success(request, _("On record."))
    return True
